"""Many rows, many lines, many rules: where compiled code once ended without a word, and everything was left to the interpreter."""

from __future__ import annotations

import types
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from policy_dsl import Policy
from policy_dsl.backends import beyond
from policy_dsl.backends.standalone import standalone
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .deciding import decided, deferred, policy_of

KINDS = ("equal", "range", "mixed")
ON = "2022-06"


@cache
def table(kind: str, rows: int) -> Policy:
    """A rule of so many rows, 否则 included, and a benefit that reads it."""
    line = {
        "equal": lambda i: f"  | {i * 3} | {i * 7 % 1000} |\n",
        "range": lambda i: f"  | [{i * 10}, {i * 10 + 10}) | {i * 7 % 1000} |\n",
        "mixed": lambda i: f"  | {'子丑寅'[i % 3]} | [{i // 3 * 10}, {i // 3 * 10 + 10}) | {i * 7 % 1000} |\n",
    }[kind]
    heads = {"equal": ("号",), "range": ("收入",), "mixed": ("类", "收入")}[kind]
    return policy_of(
        "对象 家庭 : 户\n  号 : 整数, 0..99999\n  类 : 子 | 丑 | 寅\n  收入 : 元/月, 0..1000000\n规则 家庭 额 : 元/月\n"
        + f"  | {' | '.join(heads)} | 额 |\n"
        + "".join(map(line, range(rows - 1)))
        + f"  | 否则 | {'— | ' * (len(heads) - 1)}9999 |\n给付 家庭 补 : 元/月\n  为 额 + 1\n"
    )


def household(kind: str, row: int, off: int = 0) -> dict[str, Any]:
    income = (row // 3 if kind == "mixed" else row) * 10 + off
    return {"家庭": {"号": row * 3 + bool(off), "类": "子丑寅"[row % 3], "收入": income}}


@pytest.mark.parametrize(
    ("kind", "rows"), [*((k, n) for k in KINDS for n in (12, 13, 14, 199, 200, 201)), ("mixed", 5000)]
)
def test_every_row_has_its_value(kind: str, rows: int) -> None:
    """The first, the last, those beside a bound, and what no row covers; nothing of it is left to the interpreter."""
    policy = table(kind, rows)
    last = rows - 2
    middle, inside = last // 2, 9 * (kind != "equal")
    for row, off in ((0, 0), (middle, inside), (last, 0), (last, inside))[rows // 2000 :]:
        given = household(kind, row, off)
        assert decided(policy, given, ON)["家庭.补"] == row * 7 % 1000 + 1
        assert not deferred(policy, given, ON)
    for row, off in ((last + 4, 0), *(((1, 1),) if kind == "equal" else ())):
        assert decided(policy, household(kind, row, off), ON)["家庭.补"] == 10000


@pytest.mark.parametrize("kind", KINDS)
def test_more_rows_are_no_more_code(kind: str) -> None:
    """What a decision runs is the same for 201 rows and five times as many."""

    def size(rows: int) -> int:
        return sum(len(x.co_code) for x in table(kind, rows).run(20220601, "家庭").compiled.code.co_consts if code(x))

    assert size(1005) == size(201)


def code(x: object) -> bool:
    return isinstance(x, types.CodeType)


def test_overlapping_rows_are_looked_up_too() -> None:
    """Rows that agree on one date and clash on another, and the ones that 依次 hides."""
    rows = "".join(f"  | >= {n} | {n // 2} | {n} |\n" for n in range(1, 40))
    head = "对象 家庭\n  号 : 整数, 0..99\n规则 家庭 额 : 元\n"
    columns = "  | 号 | 自 2021-01-01 | 自 2022-01-01 |\n"
    free = policy_of(f"{head}{columns}{rows}  | < 1 | 0 | 0 |\n")
    for n, on, codes in ((0, ON, []), (1, ON, []), (3, ON, ["R0102"]), (3, "2021-06", ["R0102"]), (1, "2021-06", [])):
        assert [e.code for e in decided(free, {"家庭": {"号": n}}, on).errors] == codes
    ordered = policy_of(f"{head}  依次\n{columns}{rows}  | 否则 | 7 | 7 |\n")
    assert [decided(ordered, {"家庭": {"号": n}}, ON)["家庭.额"] for n in (0, 1, 30)] == [7, 1, 1]
    highest = policy_of(f"{head}  就高\n{columns}{rows}  | 否则 | 0 | 0 |\n")
    assert [decided(highest, {"家庭": {"号": n}}, ON)["家庭.额"] for n in (0, 1, 30, 99)] == [0, 1, 30, 39]
    total = policy_of(f"{head}  合计\n{columns}{rows}  | 否则 | 7 | 7 |\n")
    assert [decided(total, {"家庭": {"号": n}}, ON)["家庭.额"] for n in (0, 3, 99)] == [7, 6, 780]
    for policy in (ordered, highest, total):
        assert not deferred(policy, {"家庭": {"号": 30}}, ON)


MANY = 120


@pytest.mark.parametrize("mode", ["", "依次", "就高", "就低", "合计"])
def test_lines_that_are_no_table(mode: str) -> None:
    """Conditions that compare two facts are asked one after the other, nested no deeper than Python takes, in the file as well."""
    lines = "".join(f"  当 甲 > 乙 * {n} 且 甲 <= 乙 * {n + 1} 为 乙 + {n}\n" for n in range(MANY))
    body = f"  {mode}\n{lines}" if mode else lines
    policy = policy_of(f"对象 家庭\n  甲、乙 : 元, 1..100000\n规则 家庭 额 : 元\n{body}  否则 为 0\n")
    for n in (0, 1, MANY - 1, MANY):
        given = {"家庭": {"甲": 2 * n + 1, "乙": 2}}
        assert decided(policy, given, ON)["家庭.额"] == (2 + n if n < MANY else 0)
        assert not deferred(policy, given, ON)
    compile(standalone(policy.program), "file", "exec")


def test_many_exceptions_and_those_that_beat_others() -> None:
    """Of exceptions that hold the one that no other beats counts, and two such are a conflict."""
    beats = "".join(f"  例外 例{n} 当 甲 > 乙 * {n} 为 {n}{f' 优先于 例{n - 1}' if n % 5 else ''}\n" for n in range(60))
    head = "对象 家庭\n  甲、乙 : 元, 1..100000\n"
    policy = policy_of(f"{head}规则 家庭 额 : 元\n  为 1000\n{beats}")
    for 甲, value in ((1, 0), (5, 2), (9, 4)):  # noqa: N806
        assert decided(policy, {"家庭": {"甲": 甲, "乙": 2}}, ON)["家庭.额"] == value
        assert not deferred(policy, {"家庭": {"甲": 甲, "乙": 2}}, ON)
    assert [e.code for e in decided(policy, {"家庭": {"甲": 11, "乙": 2}}, ON).errors] == ["R0102"]
    lone = policy_of(f"{head}规则 家庭 额 : 元\n  为 1000\n" + beats.replace("甲 >", "甲 ="))
    assert [decided(lone, {"家庭": {"甲": n, "乙": 2}}, ON)["家庭.额"] for n in (2, 118, 119)] == [1, 59, 1000]
    assert not deferred(lone, {"家庭": {"甲": 118, "乙": 2}}, ON)


@pytest.mark.parametrize("count", [1300, 5000])
def test_many_rules(count: int) -> None:
    """A policy of many rules is compiled like any other."""
    rules = "".join(f"规则 家庭 规{n} : 元\n  为 {'甲' if n % 50 == 0 else f'规{n - 1}'} + {n}\n" for n in range(count))
    policy = policy_of(f"对象 家庭\n  甲 : 元, 0..100\n{rules}")
    decision = decided(policy, {"家庭": {"甲": 5}}, ON)
    assert not deferred(policy, {"家庭": {"甲": 5}}, ON)
    assert decision[f"家庭.规{count - 1}"] == 5 + sum(range(count - 50, count))


def noted(text: str) -> list[tuple[str, str]]:
    report = Report()
    files = (PolicyFile(Path("0.policy"), "0.policy", f"政策 长\n{text}", "长", "", 1),)
    assert compile_layers([LayerFiles("长", files)], report) is not None
    return [(d.code, d.zh) for d in report.sorted() if d.code == "P0620"]


def test_what_is_not_compiled_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the rules beyond the bound are left, and named; the others are compiled."""
    text = "对象 家庭\n  甲 : 元, 0..100\n" + "".join(f"规则 家庭 规{n} : 元\n  为 甲 + {n}\n" for n in range(20))
    assert noted(text) == []
    monkeypatch.setattr(beyond, "MOST_PARTS", 55)  # three parts a rule
    assert noted(text) == [
        ("P0620", "规18、规19：不编译，由解释器计算：政策的式子合起来超过 100000 个部分，它排在后面")
    ]
    policy = policy_of(text)
    assert policy.engine.laws.beyond == {("家庭", "规18"), ("家庭", "规19")}
    assert decided(policy, {"家庭": {"甲": 1}}, ON)["家庭.规19"] == 20
