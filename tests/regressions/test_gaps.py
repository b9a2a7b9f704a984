"""Gaps and transitions that hold together: an error where every case can come, a warning where rules or guarantees may keep it away."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from policy_dsl.diagnostics.report import Diagnostic, Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .deciding import decided, policy_of

ENTITY = """对象 家庭 : 户
  收入 : 元/月, 0..10000
  甲、乙、丙 : 是否
  级 : 一级 | 二级 | 三级
"""
RULES = """规则 家庭 低 : 是否
  为 收入 < 500
规则 家庭 高 : 是否
  为 收入 ≥ 500
规则 家庭 档 : 一档 | 二档 | 三档
  当 收入 < 500 为 一档
  否则 为 二档
"""


def found(*layers: str) -> list[Diagnostic]:
    """What is told of a policy, given by its layers."""
    report = Report()
    files = []
    for n, text in enumerate(layers):
        head = f"政策 层{n}\n" + (f"  上级 层{n - 1}\n" if n else "")
        file = PolicyFile(Path(f"{n}.policy"), f"{n}.policy", head + text, f"层{n}", "", 2)
        files.append(LayerFiles(f"层{n}", (file,)))
    program = compile_layers(files, report)
    assert (program is None) == report.failed
    return report.sorted()


def told(*layers: str) -> list[tuple[str, str]]:
    return [(d.code, d.severity) for d in found(*layers)]


def benefit(*lines: str) -> str:
    return "给付 家庭 补 : 元/月\n" + "".join(f"  {x}\n" for x in lines)


FREE = {
    "甲": ("当 甲 为 1", "当 乙 为 2"),
    "级": ("当 级 = 一级 为 1", "当 级 = 二级 为 2"),
    "甲、级": ("当 甲 且 级 = 一级 为 1", "当 非 甲 为 2"),
}
DERIVED = {
    "低、高": ("当 低 为 1", "当 高 为 2"),
    "档": ("当 档 = 一档 为 1", "当 档 = 二档 为 2"),
    "甲、低": ("当 甲 且 低 为 1", "当 非 甲 为 2"),
}


@pytest.mark.parametrize("lines", FREE.values(), ids=FREE)
def test_a_gap_between_plain_facts_is_an_error(lines: tuple[str, ...]) -> None:
    """Every combination of them can come; a guarantee about other facts changes nothing."""
    assert told(ENTITY + benefit(*lines)) == [("P0301", "error")]
    assert told(ENTITY + benefit(*lines) + "保证 别的\n  丙 当 收入 > 5\n") == [("P0301", "error")]
    assert told(ENTITY + benefit(*lines) + "保证 结果\n  补 ≤ 900 当 甲 且 级 = 一级\n") == [("P0301", "error")]


@pytest.mark.parametrize("lines", DERIVED.values(), ids=DERIVED)
def test_a_gap_between_derived_values_is_a_warning(lines: tuple[str, ...]) -> None:
    """It says why, and how to silence it; the policy can be used, and so can what it offers."""
    (item,) = found(ENTITY + RULES + benefit(*lines))
    assert (item.code, item.severity) == ("P0301", "warning")
    assert "由规则得出" in item.help_zh
    assert "许可 P0301 理由" in item.help_zh
    assert "allow P0301 REASON" in item.help_en
    assert found(ENTITY + RULES + benefit(*lines, "许可 P0301 不会有")) == []
    assert found(ENTITY + RULES + benefit(*lines, "否则 为 3")) == []


def test_a_gap_that_a_guarantee_may_exclude_is_a_warning() -> None:
    """One that it visibly excludes is none; where the guarantee says more, the gap stays a warning."""
    lines = benefit("当 甲 为 1", "当 乙 为 2")
    assert told(ENTITY + lines + "保证 只有一样\n  甲 ≠ 乙\n") == []
    assert told(ENTITY + lines + "保证 总有一样\n  甲 或 乙 当 非 甲\n") == []
    assert told(ENTITY + lines + "保证 有收入的\n  甲 或 乙 当 收入 > 5\n") == [("P0301", "warning")]
    assert told(ENTITY + lines + "保证 不会两样\n  非 (甲 且 乙)\n") == [("P0301", "warning")]
    outer = "对象 名册 : 户\n  成员 : 若干 家庭, 1..9\n".replace(" : 户", "")
    assert told(ENTITY.replace(" : 户", "") + outer + lines + "保证 全部\n  全部(成员.甲 或 成员.乙)\n") == [
        ("P0301", "warning")
    ]


def test_a_guarantee_of_later_years_excludes_nothing_before() -> None:
    later = "保证 只有一样\n  自 2030-01-01\n    甲 ≠ 乙\n"
    assert told(ENTITY + benefit("当 甲 为 1", "当 乙 为 2") + later) == [("P0301", "warning")]


def test_a_rule_that_is_a_formula_of_the_others_is_seen_through() -> None:
    rules = RULES + "规则 家庭 中 : 是否\n  为 非 低 且 非 高\n"
    lines = ("当 低 为 1", "当 高 为 2", "当 中 为 3")
    assert told(ENTITY + rules + benefit(*lines)) == []
    dated = rules.replace("  为 非 低 且 非 高", "  自 2020-01-01 为 非 低 且 非 高\n  自 2022-01-01 为 非 低")
    assert told(ENTITY + dated + benefit(*lines)) == [("P0301", "warning")]


def test_an_exception_covers_its_case() -> None:
    """Unless it needs what the body gives."""
    lines = ("当 甲 为 1", "当 乙 为 2")
    assert told(ENTITY + benefit(*lines, "例外 都不 当 非 甲 且 非 乙 为 3")) == []
    assert told(ENTITY + benefit(*lines, "例外 都不 当 非 甲 且 非 乙 且 丙 为 3")) == [("P0301", "error")]
    assert told(ENTITY + benefit(*lines, "例外 都不 当 非 甲 且 非 乙 为 原值 + 3 元/月")) == [("P0301", "error")]


@pytest.mark.parametrize("case", list(itertools.product((False, True), repeat=2)))
def test_where_nothing_is_told_a_line_applies(case: tuple[bool, bool]) -> None:
    """The combination that the exception covers is decided, the ones of the body too."""
    a, b = case
    text = ENTITY + benefit("当 甲 为 1", "当 乙 且 非 甲 为 2", "例外 都不 当 非 甲 且 非 乙 为 3")
    facts = {"家庭": {"收入": 1, "甲": a, "乙": b, "丙": False, "级": "一级"}}
    assert decided(policy_of(text), facts, "2022-01")["家庭.补"] == (1 if a else 2 if b else 3)


def test_a_certain_gap_is_told_behind_one_that_is_perhaps_none() -> None:
    """Of two times of a rule."""
    dated = benefit(
        "自 2020-01-01 至 2020-12-31", "  当 低 为 1", "  当 高 为 2", "自 2021-01-01", "  当 甲 为 1", "  当 乙 为 2"
    )
    assert sorted(told(ENTITY + RULES + dated)) == [("P0301", "error"), ("P0301", "warning")]


def test_a_gap_stands_at_the_layer_that_makes_it() -> None:
    """The county that amends the rule is told in its own text, and can allow it there."""
    upper = ENTITY + RULES + benefit("当 低 为 1", "当 高 为 2", "否则 为 3")
    lower = "修订 补\n  废止\n  当 低 为 5\n  当 高 为 6\n"
    (item,) = found(upper, lower)
    assert item.place is not None
    assert (item.code, item.severity, item.place.file, item.place.line) == ("P0301", "warning", "1.policy", 5)
    assert [x.place.file for x in item.labels] == ["0.policy"]
    assert found(upper, lower + "  许可 P0301 不会有\n") == []


@pytest.mark.parametrize("again", ["给付 家庭 补 : 元/月 自 2022-01-01", "修订 补 自 2022-01-01"])
@pytest.mark.parametrize("allowed", list(itertools.product((False, True), repeat=2)))
def test_a_gap_stands_in_the_section_that_makes_it(again: str, allowed: tuple[bool, bool]) -> None:
    """Each section of a rule is told of its own gap, and allows that alone."""
    head = ENTITY + RULES
    heads = ("给付 家庭 补 : 元/月 自 2021-01-01 至 2021-12-31", again)
    texts = [f"{x}\n  当 低 为 {n}\n  当 高 为 {n}\n" for n, x in enumerate(heads)]
    first = head.count("\n") + 2  # the line 政策 comes first
    written = "".join(t + "  许可 P0301 不会有\n" * a for t, a in zip(texts, allowed, strict=True))
    got = [(d.code, d.place.line if d.place else 0) for d in found(head + written)]
    at = (first, first + 3 + allowed[0])
    assert got == [("P0301", line) for line, a in zip(at, allowed, strict=True) if not a]


def test_a_warning_stops_no_later_check() -> None:
    """What is checked behind it is still told."""
    text = ENTITY + RULES + benefit("当 低 为 1", "当 高 为 2") + "给付 家庭 另 : 元/月\n  为 收入 / 3\n"
    assert sorted(told(text)) == [("P0301", "warning"), ("P0501", "error")]


# --- transitions


def status(first: str, second: str) -> str:
    return f"阶段 家庭 状态\n  起始 在保\n  终止 停发, 复核\n  在保 → 停发 当 {first}\n  在保 → 复核 当 {second}\n"


@pytest.mark.parametrize(
    ("first", "second", "severity"),
    [
        ("收入 ≥ 500", "收入 ≥ 300 且 甲", "error"),  # plain facts
        ("收入 ≥ 500", "收入 ≥ 300 且 低", "warning"),
        ("收入 ≠ 500", "收入 ≥ 300 且 低", "warning"),
        ("收入 > 500", "收入 ≥ 600 且 低", "error"),  # the second demands all that the first does
        ("收入 > 500", "收入 = 600 且 低", "error"),
        ("收入 ≠ 500", "收入 ≠ 500 且 低", "error"),
        ("收入 ≠ 500", "收入 > 500 且 低", "error"),
        ("低", "低 且 甲", "error"),
        ("级 ≠ 一级", "级 = 二级 且 低", "error"),
        ("级 ≠ 一级", "级 ≠ 二级 且 低", "warning"),
        ("低 或 甲", "低 或 乙", "error"),
        ("档 ≠ 一档", "档 ≠ 二档", "warning"),
    ],
)
def test_transitions_that_hold_together(first: str, second: str, severity: str) -> None:
    text = ENTITY + RULES + status(first, second)
    (item,) = found(text)
    assert (item.code, item.severity) == ("P1007", severity)
    swapped = found(ENTITY + RULES + status(second, first))
    assert [(d.code, d.severity) for d in swapped] == [("P1007", severity)]
    allowed = found(text + "  许可 P1007 不会有\n")
    assert [d.severity for d in allowed] == ([] if severity == "warning" else ["error"])
    assert ("许可 P1007 理由" in item.help_zh) == (severity == "warning")


def test_transitions_that_a_guarantee_may_keep_apart() -> None:
    text = ENTITY + status("收入 ≥ 500", "收入 ≥ 300 且 甲")
    assert told(text + "保证 甲的收入低\n  收入 < 500 当 甲\n") == [("P1007", "warning")]
    assert told(text + "保证 乙的收入低\n  收入 < 500 当 乙\n") == [("P1007", "warning")]  # it speaks of 收入
    assert told(text + "保证 别的\n  非 丙 当 乙\n") == [("P1007", "error")]
