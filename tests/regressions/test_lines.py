"""Shapes of lines: what is blank or a comment changes nothing wherever it stands, and what is out of place is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_dsl.diagnostics.report import PolicyError, Report
from policy_dsl.ir.nodes import Program
from policy_dsl.library import find
from policy_dsl.pipeline import compile_layers
from policy_dsl.source import Source
from policy_dsl.syntax import nodes
from policy_dsl.syntax.parse import parse

LINES = [
    "# 一、总则",
    "> 摘要一",
    "政策 甲",
    "对象 家庭",
    "  存款 : 元, 0..1000000",
    "  有车 : 是否",
    "# 二、标准",
    "> 摘要二",
    "规则 家庭 乙 : 元",
    "  | 有车 | 乙 |",
    "  | 是 | 0 |",
    "  | 否 | 1 元 |",
    "规则 家庭 丙 : 是否",
    "  为 有车",
    "    且 存款 > 3 元",
    "案例 一",
    "  于 2022-01",
    "  家庭: 有车 = 是",
    "  应为 家庭: 乙 = 0",
]
MEANS_NOTHING = {
    "nothing": "",
    "a space": " ",
    "spaces": "    ",
    "a tab": "\t",
    "a form feed": "\f",
    "a full-width space": "\u3000",
    "a no-break space": "\u00a0",
    "a comment": "// 说明",
    "an empty comment": "//",
    "an indented comment": "  // 说明",
    "a comment behind a tab": "\t//说明",
    "a comment behind a full-width space": "\u3000// 说明",
}
ENDS = {"LF": "\n", "CRLF": "\r\n"}


def tree(lines: list[str], end: str = "\n") -> tuple[nodes.Item, ...]:
    """The items of the text, without comments; nothing in it is at fault."""
    report = Report()
    made = parse(Source("甲.policy", end.join(lines)), report)
    assert [d.code for d in report.items] == []
    return made.items


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("what", MEANS_NOTHING)
def test_a_line_that_says_nothing_may_stand_anywhere(what: str, end: str) -> None:
    """Before the first line, after it, between and within items, at the end: once, twice, and everywhere at once."""
    plain, blank = tree(LINES), MEANS_NOTHING[what]
    for at in range(len(LINES) + 1):
        for count in (1, 2):
            assert tree([*LINES[:at], *[blank] * count, *LINES[at:]], ENDS[end]) == plain, at
    assert tree([x for line in LINES for x in (blank, line)] + [blank, blank], ENDS[end]) == plain


@pytest.mark.parametrize("comment", ["// 某县", "//", "  // 某县"])
def test_a_blank_line_may_follow_the_opening_comment(comment: str, tmp_path: Path) -> None:
    file = tmp_path / "甲.policy"
    for text in (f"{comment}\n\n政策 甲\n", f"\n{comment}\n政策 甲\n", f"\n\n{comment}\n\n# 标题\n\n政策 甲\n"):
        file.write_text(text, encoding="utf-8")
        assert found(file) == ([], True), text


def found(file: Path) -> tuple[list[str], bool]:
    """Codes with lines of what is wrong with a file, and whether it compiles."""
    report = Report()
    try:
        program: Program | None = compile_layers(find(file), report)
    except PolicyError as error:
        return [f"{d.code}:{d.place.line}" for d in error.diagnostics if d.place], False
    return [f"{d.code}:{d.place.line}" for d in report.sorted() if d.place], program is not None


@pytest.mark.parametrize("white", [" ", "  ", "    ", "\t", "\u3000", "\f", "\f "])
@pytest.mark.parametrize("above", ["", "\n", "// 某县\n\n"])
def test_an_indented_line_above_all_declarations_is_told(white: str, above: str, tmp_path: Path) -> None:
    """However deep: nothing that somebody wrote is passed over in silence."""
    file = tmp_path / "甲.policy"
    file.write_text(f"{above}{white}对象 家庭\n{white}  有车 : 是否\n政策 甲\n", encoding="utf-8")
    line = above.count("\n") + 1
    assert found(file) == ([f"P0116:{line}"], False)


STRANGE = {"U+0085": "\u0085", "U+2028": "\u2028", "U+2029": "\u2029", "U+000B": "\v", "U+001C": "\x1c", "CR": "\r"}


@pytest.mark.parametrize("what", STRANGE)
def test_what_only_some_programs_take_for_a_line_break_is_told(what: str, tmp_path: Path) -> None:
    """Alone on a line wherever that is, at the beginning and at the end of one; never an error inside the program."""
    file = tmp_path / "甲.policy"
    sign = STRANGE[what]
    for at in range(len(LINES) + 1):
        text = "\n".join([*LINES[:at], sign + " ", *LINES[at:]])
        file.write_bytes(text.encode("utf-8"))
        codes, compiled = found(file)
        assert {f"P0115:{at + 1}", f"P0127:{at + 1}"} & set(codes), at
        assert not compiled
    for at, line in enumerate(LINES):
        for put in (sign + line, line + sign + " "):
            file.write_bytes("\n".join([*LINES[:at], put, *LINES[at + 1 :]]).encode("utf-8"))
            found(file)  # prose, as of a heading, may hold it
