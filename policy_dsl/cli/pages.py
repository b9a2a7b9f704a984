"""The page of each diagnostic (docs/errors/CODE.md): what is wrong, why, the way out, a program that shows it."""

from __future__ import annotations

import os
import re

from ..diagnostics.codes import CODES
from ..library import pages_folder


def page(code: str, lang: str) -> str:
    """The page as plain text, the part in `lang` first; without a page, what the table says."""
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
