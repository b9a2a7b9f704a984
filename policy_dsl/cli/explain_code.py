"""The command `policy explain-code`: the page of a diagnostic (docs/errors/CODE.md), what is wrong, why, the way out, a program that shows it."""

from __future__ import annotations

import os
import re

import click

from ..diagnostics.report import diagnostic, suggestion
from .guarded import guarded
from .options import lang_option
from .printing import fail, say


@click.command()
@click.argument("code")
@lang_option
@guarded
def explain_code(code: str, lang: str) -> None:
    """显示一个诊断代码的说明页。 / Show the page of a diagnostic."""
    from ..diagnostics.codes import CODES

    wanted = code.upper()
    if wanted not in CODES:
        zh, en = suggestion(wanted, CODES)
        fail([diagnostic("P0804", code=code[:40], hint=(zh or "代码形如 P0201", en or "codes look like P0201"))], lang)
    say(page(wanted, lang), lang)


def page(code: str, lang: str) -> str:
    """The page as plain text, the part in `lang` first; without a page, what the table says."""
    from ..diagnostics.codes import CODES
    from ..library import pages_folder

    row = CODES[code]
    path = os.path.join(pages_folder(), f"{code}.md")
    if not os.path.isfile(path):
        words = (row.zh, row.help_zh) if lang == "zh" else (row.en, row.help_en)
        return f"{code}\n\n{words[0]}\n\n{words[1]}"
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, *parts = re.split(r"^## (中文|English)\n", text, flags=re.MULTILINE)
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    order = ("中文", "English") if lang == "zh" else ("English", "中文")
    title = head.strip().lstrip("# ")
    return "\n\n".join([title, *(sections[name].strip() for name in order if name in sections)])
