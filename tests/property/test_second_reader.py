"""What the product reads, held against a reader written apart (reader.py)."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from policy_dsl import Policy, PolicyError
from policy_dsl.diagnostics.report import Report
from policy_dsl.facts.read import Reader
from policy_dsl.ir import nodes as ir
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from . import reader
from .dice import examples

DECLARED = (
    "元", "元/月", "元/人/月", "元/户/年", "元/年", "万元", "万元/年", "亿元", "角/日", "分", "元/人/季", "%", "数", "岁", "月", "年", "人", "户",
    "日", "周", "元/周", "次/月", "元/次", "亩", "亩/人", "元/亩", "万元/亩/年", "度/月", "%/年", "%/亩",
)  # fmt: skip
NUMBERS = st.one_of(
    st.integers(0, 10**6).map(str),
    st.builds("{}.{}".format, st.integers(0, 10**5), st.integers(0, 999).map(lambda n: f"{n:03d}".rstrip("0") or "0")),
    st.sampled_from(
        [
            "0",
            "0.00",
            "007",
            "1.10",
            "4,788",
            "1_000",
            "1e3",
            "４３９",
            ".5",
            "5.",
            "1.2.3",
            "12345678901234567890.123456",
        ]
    ),
)
WORDS = st.one_of(
    st.sampled_from(["", "", "%", *(d for d in DECLARED if d not in ("%", "数"))]),
    st.lists(st.sampled_from([*reader.SIZES]), min_size=1, max_size=3).map("/".join),
    st.just("斤"),
)
AMOUNTS = st.builds(lambda n, gap, unit: f"{n}{gap}{unit}", NUMBERS, st.sampled_from([" ", "", "  "]), WORDS)
DAYS = st.dates(datetime.date(1, 1, 1), datetime.date(9999, 12, 31)) | st.dates(
    datetime.date(2019, 1, 1), datetime.date(2025, 1, 1)
)


def compile_text(text: str) -> ir.Program | None:
    return compile_layers(
        [
            LayerFiles(
                "甲", (PolicyFile(Path("a.policy"), "a.policy", "政策 甲\n" + reader.DECLARATIONS + text, "甲", "", 1),)
            )
        ],
        Report(),
    )


@settings(max_examples=examples(250))
@given(st.sampled_from(DECLARED), AMOUNTS)
@example("元/人/月", "5268 元/人/年")
@example("元/人/年", "439 元")
@example("%", "0.6")
@example("%/年", "2%")
@example("%/年", "2 %/月")
@example("%/年", "2")
@example("元/亩/年", "3 元")
def test_written_amounts(declared: str, text: str) -> None:
    """A parameter's amount is what the text says, in the unit written or taken from the declaration; what cannot be is refused."""
    expected = reader.written_in(text, declared)
    program = compile_text(f"参数 标准 : {declared}\n  自 2022-01-01 为 {text}\n")
    if expected is None or sum(c.isdigit() for c in text) > 30:
        assert program is None
        return
    assert program is not None
    value = program.parameters[0].entries[0].value
    assert isinstance(value, ir.Constant)
    assert value.value == expected
    size = {"%": Fraction(1, 100), "数": Fraction(1)}.get(declared) or reader.unit(declared)[0]  # type: ignore[index]
    (given_value,) = Policy(program).parameters[0].values
    assert given_value[0] == "2022-01-01"
    assert Fraction(str(given_value[2])) == expected / size


GIVEN: st.SearchStrategy[Any] = st.one_of(
    AMOUNTS,
    st.builds(lambda sign, text: sign + text, st.sampled_from(["-", "+"]), AMOUNTS),
    st.integers(-(10**7), 10**7),
    st.decimals(-(10**6), 10**6, places=3),
    st.decimals(0, 1000, places=7),
    st.fractions(0, 100, max_denominator=8),
)


@settings(max_examples=examples(400))
@given(st.sampled_from(DECLARED), GIVEN)
@example("元/月", "300 元/月")
@example("元/年", "25.01 元/月")
@example("%", "30")
@example("%", 30)
@example("%/年", "2%/年")
@example("元/亩", "0.000001")
@example("万元/亩/年", "0.00000000001")
@example("数", "50%")
@example("元", Decimal("0.001"))
def test_given_amounts(declared: str, value: object) -> None:
    """A given fact is what its number or text says, in steps of its grid, or it is refused; both readers of the product agree."""
    program = PROGRAMS[declared]
    if isinstance(value, Fraction):
        own = value / reader.grid(declared)
        expected = own if own.denominator == 1 else None
    else:
        expected = reader.given_in(f"{value:f}" if isinstance(value, Decimal) else value, declared)
    if expected is not None and abs(expected * reader.grid(declared)) >= 10**15:
        expected = None
    facts = {"家庭": {"甲": value}}
    if expected is None:
        try:
            read: object = Reader(program).read(facts)
        except PolicyError:
            return
        raise AssertionError(read)
    assert Reader(program).read(facts) == ("家庭", (int(expected), 0))
    decided = Policy(program).decide(facts, on="2022-01")["家庭.乙"]
    assert Fraction(str(decided)) == expected * reader.grid(declared)
    assert type(decided) in (Decimal, Fraction)


def _programs() -> dict[str, ir.Program]:
    made = {d: compile_text(f"对象 家庭\n  甲 : {d}\n规则 家庭 乙 : {d}\n  为 甲\n") for d in DECLARED}
    return {d: p for d, p in made.items() if p is not None}


PROGRAMS = _programs()


@settings(max_examples=examples(60))
@given(
    st.sampled_from(
        ["2021-12", "2022-02", "2024-02-29", "2022-01-01", "2020-02", "2022-06-30", "2023-02-29", "2022-13", "2022-1-1"]
    ),
    st.sampled_from(["", "2022-02", "2024-02", "2024-12-31", "2022-06", "2023-04", "2022-02-30"]),
    st.integers(-1, 1),
)
def test_spans_of_dates(since: str, until: str, shift: int) -> None:
    """A month begins on its first day and, as an end, lasts to its last; both ends belong to the span."""
    first, last = reader.day(since), reader.day(until, end=True) if until else datetime.date.max
    span = f"自 {since} 至 {until}" if until else f"自 {since}"
    program = compile_text(f"参数 标准 : 数\n  {span} 为 7\n对象 家庭\n  甲 : 数\n规则 家庭 乙 : 数\n  为 标准\n")
    if first is None or last is None or last < first:
        assert program is None
        return
    assert program is not None
    for end in (first, last):
        on = reader.days_on(end, shift)
        if on is not None:
            d = Policy(program).decide({"家庭": {}}, on=on)
            assert [e.code for e in d.errors] == ([] if first <= on <= last else ["R0105"])


CALENDAR = """
对象 家庭
  甲、乙 : 日期
  月数 : 月
  天数 : 日
规则 家庭 加月 : 日期
  为 甲 + 月数
规则 家庭 减年 : 日期
  为 甲 - 12 * 月数
规则 家庭 加日 : 日期
  为 甲 + 天数
规则 家庭 相差 : 日
  为 乙 - 甲
规则 家庭 年龄 : 岁
  为 周岁(甲, 乙)
规则 家庭 今年龄 : 岁
  为 周岁(甲)
规则 家庭 月龄 : 月
  为 整月(甲, 乙)
规则 家庭 初 : 日期
  为 月初(甲)
规则 家庭 次 : 日期
  为 次月(甲)
规则 家庭 第几月 : 整数
  为 月份(甲)
规则 家庭 第几年 : 整数
  为 年份(甲)
规则 家庭 年 : 日期
  为 年初(甲)
规则 家庭 季 : 日期
  为 季初(甲)
规则 家庭 晚 : 日期
  为 最大(甲, 乙, 本月)
"""


@settings(max_examples=examples(300))
@given(
    DAYS,
    DAYS,
    st.integers(-400, 400) | st.integers(-130000, 130000),
    st.integers(-800, 800) | st.integers(-(10**10), 10**10),
    DAYS,
)
@example(datetime.date(2004, 2, 29), datetime.date(2022, 2, 28), 12, 1, datetime.date(2022, 3, 1))
@example(datetime.date(2022, 2, 28), datetime.date(2022, 1, 28), 1, 28, datetime.date(2022, 1, 29))
@example(datetime.date(9999, 12, 31), datetime.date(9999, 12, 1), 0, 0, datetime.date(9999, 11, 30))
@example(datetime.date(2022, 2, 28), datetime.date(2022, 1, 31), 1, 28, datetime.date(2022, 2, 28))
@example(datetime.date(2022, 1, 31), datetime.date(2022, 2, 28), 1, 28, datetime.date(2022, 2, 28))
def test_the_calendar(甲: datetime.date, 乙: datetime.date, months: int, days: int, on: datetime.date) -> None:  # noqa: N803
    """Dates moved by months and days, ages, whole months and differences are what counting on a calendar gives."""
    facts = {"家庭": {"甲": 甲.isoformat(), "乙": 乙, "月数": months, "天数": days}}
    d = CALENDAR_POLICY.decide(facts, on=on)
    expected = {
        "加月": reader.months_on(甲, months), "减年": reader.months_on(甲, -12 * months), "加日": reader.days_on(甲, days), "相差": (乙 - 甲).days,
        "年龄": reader.age(甲, 乙), "今年龄": reader.age(甲, on), "月龄": reader.whole_months(甲, 乙), "初": 甲.replace(day=1),
        "次": reader.months_on(甲.replace(day=1), 1), "第几月": 甲.month,
        "第几年": 甲.year, "年": 甲.replace(month=1, day=1), "季": reader.quarter_start(甲), "晚": max(甲, 乙, on.replace(day=1)),
    }  # fmt: skip
    errors = {e.path: e.code for e in d.errors}
    for name, value in expected.items():
        path = f"家庭.{name}"
        none = "R0112" if "年龄" in name else "R0107"
        assert errors.get(path) == (none if value is None else None)
        if value is not None:
            assert d[path] == value, name


_calendar = compile_text(CALENDAR)
assert _calendar is not None
CALENDAR_POLICY = Policy(_calendar)
