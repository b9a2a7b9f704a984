"""The command `policy explain-code`."""

from __future__ import annotations

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
    from .pages import page

    wanted = code.upper()
    if wanted not in CODES:
        zh, en = suggestion(wanted, CODES)
        fail([diagnostic("P0804", code=code[:40], hint=(zh or "代码形如 P0201", en or "codes look like P0201"))], lang)
    say(page(wanted, lang))
