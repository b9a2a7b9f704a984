"""The pages of the diagnostics (docs/errors) as data: their sections and the fenced blocks in them.

A block says behind its language what it shows: ```policy 出错. Facts that are a history say over which months it is run, from the first to
the last: ```json 出错 2022-01..2022-06; the reader sees that as the block's title. Facts without months are decided for 2022-06-01.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from policy_dsl.diagnostics.codes import CODES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "errors"
_BLOCK = re.compile(
    r"^```(?P<lang>\w+)(?: (?P<mark>\S+))?(?: (?P<start>[0-9-]{7})\.\.(?P<end>[0-9-]{7}))?\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)


class Block(NamedTuple):
    """One fenced block: its language (policy, json, text …), what it shows (出错, 改好, 上级, or nothing), its text.

    `months`: the first and the last month of a history, ("2022-01", "2022-06"); None for facts of one day.
    """

    lang: str
    mark: str
    text: str
    months: tuple[str, str] | None = None


class Page(NamedTuple):
    code: str
    title: str
    zh: str
    en: str

    @property
    def blocks(self) -> list[Block]:
        return [
            Block(m["lang"], m["mark"] or "", m["text"], (m["start"], m["end"]) if m["start"] else None)
            for m in _BLOCK.finditer(self.zh)
        ]

    def shown(self, lang: str, mark: str) -> list[str]:
        """The texts of the blocks in `lang` with the mark."""
        return [b.text for b in self.blocks if (b.lang, b.mark) == (lang, mark)]

    def facts(self, mark: str) -> list[Block]:
        """The blocks of facts with the mark."""
        return [b for b in self.blocks if (b.lang, b.mark) == ("json", mark)]

    def messages(self) -> list[str]:
        """The first lines of the messages that the page shows as the terminal does."""
        return [x for b in self.blocks if b.lang == "text" for x in b.text.splitlines() if x.startswith("错误[")]


def page(code: str) -> Page:
    """The page of a code, in its exact form: a title, 中文, English."""
    text = (FOLDER / f"{code}.md").read_text(encoding="utf-8")
    match = re.fullmatch(r"# (?P<title>\S+ .+ · .+)\n\n## 中文\n(?P<zh>.+)\n## English\n(?P<en>.+)", text, re.DOTALL)
    assert match is not None, (
        f"{code}.md: a title line “# {code} 短题 · Short title”, ## 中文, ## English, in this order"
    )
    return Page(code, match["title"], match["zh"], match["en"])


PAGES = {code: page(code) for code in CODES if (FOLDER / f"{code}.md").is_file()}
