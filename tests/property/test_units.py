"""Laws of units and of the calendar, without any text between."""

from __future__ import annotations

import datetime
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from policy_dsl.backends import runtime
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.model.units import BASE, PERCENT, PLAIN, Unit, complete, unit_of
from policy_dsl.pipeline import compile_layers

from . import reader

PARTS_WORDS = [w for w in BASE if w != "%"]
PARTS = st.lists(st.sampled_from(PARTS_WORDS), min_size=1, max_size=4)
DECLARED = frozenset({"亩", "床"})
WORDS = st.lists(st.sampled_from([*PARTS_WORDS, *sorted(DECLARED)]), min_size=1, max_size=4)
RATES = WORDS.map(lambda parts: ["%", *parts])
UNITS = st.one_of(WORDS, WORDS, RATES).map(lambda parts: unit_of(tuple(parts), DECLARED) or PERCENT)
USUAL = st.sampled_from(
    [
        "元",
        "元/月",
        "元/年",
        "元/人",
        "元/户",
        "元/人/月",
        "元/户/月",
        "元/人/年",
        "万元/户/年",
        "人",
        "户",
        "月",
        "岁",
        "季",
        "日",
        "周",
        "元/周",
        "次",
        "人/户",
        "亩",
        "亩/人",
        "亩/户",
        "元/亩",
        "度/月",
        "%/年",
    ]
)


@given(UNITS, UNITS)
def test_a_product_divided_again_has_the_first_dimensions(a: Unit, b: Unit) -> None:
    """(a · b) / b and (a / b) · b have a's dimensions; a / a has none."""
    assert a.times(b).times(b, -1).dims == a.dims
    assert a.times(b, -1).times(b).dims == a.dims
    assert a.times(a, -1).dims == ()
    assert a.times(b).dims == b.times(a).dims
    assert a.times(PLAIN).dims == a.dims


@given(UNITS, UNITS, UNITS)
def test_products_of_units_are_associative(a: Unit, b: Unit, c: Unit) -> None:
    """How a product is grouped does not matter to its dimensions."""
    assert a.times(b).times(c).dims == a.times(b.times(c)).dims


@given(PARTS)
def test_sizes_and_dimensions_are_those_of_the_second_reader(parts: list[str]) -> None:
    """A written unit has the size and the dimensions that a reader written apart gives it."""
    assume("工作日" not in parts)
    made = unit_of(tuple(parts))
    expected = reader.unit("/".join(parts))
    assert (made is None) == (expected is None)
    if made is None or expected is None:
        return
    assert frozenset(made.dims) == expected[1]
    assert made.scale == expected[0]


@given(
    st.lists(st.sampled_from(["元", "角", "分", "万元", "亿元"]), min_size=3, max_size=3),
    st.sampled_from(["", "/月", "/年", "/人/月", "/户/季"]),
)
def test_conversions_are_exact_and_transitive(words: list[str], below: str) -> None:
    """From a to b to c is from a to c, and back again is nothing lost."""
    a, b, c = (unit_of(tuple(f"{w}{below}".split("/"))) for w in words)
    assert a is not None
    assert b is not None
    assert c is not None
    assert (a.scale / b.scale) * (b.scale / c.scale) == a.scale / c.scale
    assert Fraction(3015) * (a.scale / c.scale) * (c.scale / a.scale) == 3015


def test_a_year_is_twelve_months() -> None:
    """3015 元/人/年 is 251.25 元/人/月; days have no months."""
    year, month = unit_of(("元", "人", "年")), unit_of(("元", "人", "月"))
    assert year is not None
    assert month is not None
    assert 3015 * year.scale / month.scale == Fraction("251.25")
    assert dict(BASE)["日"][0] != dict(BASE)["月"][0]


@given(UNITS, UNITS)
@example(Unit((("元", 1),)), Unit((("元", 1), ("户", -1), ("月", -1))))
def test_a_unit_completed_has_the_contexts_dimensions(unit: Unit, context: Unit) -> None:
    """What is completed has the context's dimensions, keeps its own words, and takes only what stands below the line, and no money."""
    made = complete(unit, context)
    if made is None or not unit.words:
        return
    assert made.dims == context.dims
    taken = [w for w in made.words if w not in unit.words]
    assert len(taken) == len(made.words) - len(unit.words)
    assert all(base != "money" and n < 0 for base, n in Unit(tuple(taken)).dims)
    assert complete(made, context) == made
    assert not unit.is_percent or context.in_percent
    assert made.in_percent == unit.in_percent


@pytest.mark.parametrize("counts", ["", " : 户"])
@settings(max_examples=60)
@given(USUAL, USUAL)
@example("元/人", "元/户")
@example("元/人/月", "元/人/年")
@example("月", "日")
def test_amounts_compare_only_in_one_dimension(counts: str, a: str, b: str) -> None:
    """Comparing and adding compile exactly where both sides have the same dimensions; an entity's own head count is part of them."""
    for body in ("甲 < 乙", "甲 + 乙 > 0 * 甲", "最大(甲, 乙) = 甲", "甲 属于 (乙, 乙, 甲)"):
        text = f"政策 甲\n{reader.DECLARATIONS}对象 家庭{counts}\n  甲 : {a}\n  乙 : {b}\n规则 家庭 丙 : 是否\n  为 {body}\n"
        program = compile_layers(
            [LayerFiles("甲", (PolicyFile(Path("a.policy"), "a.policy", text, "甲", "", 1),))], Report()
        )
        assert (program is not None) == (dims_in(a, counts) == dims_in(b, counts)), (body, a, b)


def dims_in(unit: str, counts: str) -> reader.Dims:
    """The dimensions of a fact: money and declared units that name neither person nor household are per household in one that
    counts as it, 人 too; a price (元/亩) is not."""
    read = reader.unit(unit)
    assert read is not None
    dims = dict(read[1])
    mine = any(dims.get(base) == 1 for base in ("money", *reader.OWN)) and all(dims.get(b) != -1 for b in reader.OWN)
    if counts and ((mine and not {"person", "household"} & set(dims)) or unit == "人"):
        dims["household"] = -1
    return frozenset(dims.items())


def days(low: int = 1, high: int = 9999) -> st.SearchStrategy[datetime.date]:
    return st.dates(datetime.date(low, 1, 1), datetime.date(high, 12, 31))


def as_number(day: datetime.date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


@given(days(), st.integers(-3000, 3000))
def test_months_added_one_by_one(day: datetime.date, months: int) -> None:
    """d + n 个月 is counted from d, never step by step; outside the calendar it defers."""
    expected = reader.months_on(day, months)
    if expected is None:
        with pytest.raises(runtime.Defer):
            runtime.add_months(as_number(day), months)
    else:
        assert runtime.add_months(as_number(day), months) == as_number(expected)


def edges(low: int = 1, high: int = 9999) -> st.SearchStrategy[datetime.date]:
    """Days on which months begin and end, leap days among them."""
    return st.builds(
        lambda y, m, shift: datetime.date(y, m, 1) + datetime.timedelta(days=shift),
        st.integers(low + 1, high),
        st.sampled_from((1, 2, 3, 3, 4, 12)),
        st.integers(-4, 1),
    )


@given(days(1, 9000) | edges(1, 9000), st.integers(0, 6000))
def test_months_added_are_whole_months(day: datetime.date, months: int) -> None:
    """n 个月 on is n whole months later, and the day before is fewer."""
    later = runtime.add_months(as_number(day), months)
    assert runtime.whole_months(as_number(day), later) == months
    if months:
        assert runtime.whole_months(as_number(day), runtime.add_days(later, -1)) == months - 1


@given(days(1900, 2100) | edges(1900, 2100), days(1900, 2100) | edges(1900, 2100))
def test_whole_months_are_the_most_that_can_be_added(a: datetime.date, b: datetime.date) -> None:
    """整月(a, b) is the greatest n ≥ 0 with a + n 个月 ≤ b, counted one by one; negated backwards, so that ≥ n is that day's having come."""
    first, last = min(a, b), max(a, b)
    n = 0
    while (on := reader.months_on(first, n + 1)) is not None and on <= last:
        n += 1
    assert runtime.whole_months(as_number(first), as_number(last)) == n
    assert runtime.whole_months(as_number(last), as_number(first)) == -n
    for m in {1, max(n, 1), n + 1}:
        moved = reader.months_on(a, m)
        assert moved is not None
        assert (runtime.whole_months(as_number(a), as_number(b)) >= m) == (moved <= b)


@given(days() | edges(), days() | edges())
def test_ages_and_whole_months(born: datetime.date, on: datetime.date) -> None:
    """Ages and whole months are those of the second reader; twelve months are a year, but for the leap day's 28 February."""
    a, b = as_number(born), as_number(on)
    years = reader.age(born, on)
    if years is None:
        with pytest.raises(runtime.Defer):
            runtime.age(a, b)
    else:
        assert runtime.age(a, b) == years
    assert runtime.whole_months(a, b) == reader.whole_months(born, on)
    if born <= on:
        assert years is not None
        apart = (born.month, born.day, on.month, on.day) == (2, 29, 2, 28) and reader.days_on(on, 1) == on.replace(
            month=3, day=1
        )
        assert runtime.whole_months(a, b) // 12 - years == apart


@given(days(1850, 2150) | edges(1850, 2150), st.integers(0, 120), st.integers(-3, 3))
@example(datetime.date(2004, 2, 29), 18, 0)
def test_ages_and_years_added(born: datetime.date, years: int, shift: int) -> None:
    """周岁(d) ≥ n and d + n 年 ≤ a day part ways on 28 February of common years alone, for a birth on 29 February."""
    later = reader.months_on(born, 12 * years)
    on = later and reader.days_on(later, shift)
    assert later is not None
    assert on is not None
    if on < born:
        return
    reached = runtime.age(as_number(born), as_number(on)) >= years
    apart = (born.month, born.day) == (2, 29) and later.day == 28 and on == later
    assert (reached != (later <= on)) == apart


@given(days(), st.integers(-(10**7), 10**7))
def test_days_added_and_counted(day: datetime.date, count: int) -> None:
    """d + n 日 − d is n; outside the calendar it defers."""
    expected = reader.days_on(day, count)
    if expected is None:
        with pytest.raises(runtime.Defer):
            runtime.add_days(as_number(day), count)
    else:
        made = runtime.add_days(as_number(day), count)
        assert made == as_number(expected)
        assert runtime.days_between(made, as_number(day)) == count


@given(st.integers(-(10**30), 10**30), st.integers(1, 10**15))
def test_halves_round_away_from_zero(n: int, d: int) -> None:
    """The nearest whole number; of two equally near the one farther from zero, so that −x rounds to minus what x rounds to."""
    made = runtime.round_half_up(n, d)
    distance = abs(Fraction(n, d) - made)
    assert distance <= Fraction(1, 2)
    assert distance < Fraction(1, 2) or abs(made) > abs(Fraction(n, d))
    assert runtime.round_half_up(-n, d) == -made
