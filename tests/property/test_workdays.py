"""Working days against a count day by day, for calendars of any years."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import Calendar
from policy_dsl.backends import runtime
from policy_dsl.backends.runtime import Beyond

from .dice import examples

YEARS = st.sets(st.sampled_from([2019, 2020, 2021, 2022, 2024, 2025]), min_size=1)
DAY = datetime.timedelta(days=1)


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    years = sorted(draw(YEARS))
    some = st.sampled_from(years).flatmap(
        lambda y: st.dates(datetime.date(y, 1, 1), datetime.date(y, 12, 31)) | st.just(datetime.date(y, 12, 31))
    )
    off = draw(st.sets(some, max_size=20))
    on = {d for d in draw(st.sets(some, max_size=20)) if d.weekday() >= 5} - off
    return Calendar(years, off, on, name="甲")


days = st.dates(datetime.date(2018, 12, 20), datetime.date(2026, 1, 10))


def number(day: datetime.date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def works(calendar: Calendar, day: datetime.date) -> bool:
    """Whether it is a working day; a year that is not covered stops the count."""
    if day.year not in calendar.years:
        raise Beyond(day.year)
    off, on = calendar.between(number(day), number(day))
    return bool(on) or (day.weekday() < 5 and not off)


def moved(calendar: Calendar, day: datetime.date, count: int) -> datetime.date:
    step = DAY if count > 0 else -DAY
    left = abs(count)
    while left:
        day += step
        left -= works(calendar, day)
    return day


def counted(calendar: Calendar, first: datetime.date, last: datetime.date) -> int:
    if last < first:
        return -counted(calendar, last, first)
    return sum(works(calendar, first + n * DAY) for n in range(1, (last - first).days + 1))


def postponed(calendar: Calendar, day: datetime.date) -> datetime.date:
    while not works(calendar, day):
        day += DAY
    return day


def same(slow: object, fast: object) -> None:
    """Both give the same value, or stop at the same year."""

    def run(function: object) -> object:
        try:
            made = function()  # type: ignore[operator]
        except Beyond as lacking:
            return ("beyond", lacking.year)
        return number(made) if isinstance(made, datetime.date) else made

    assert run(fast) == run(slow)


@settings(max_examples=examples(150))
@given(calendars(), days, days, st.integers(-600, 600))
def test_the_table_says_what_counting_says(calendar: Calendar, a: datetime.date, b: datetime.date, n: int) -> None:
    """A year that is lacking is the first one that a count from the start meets."""
    w = calendar.workdays
    same(lambda: moved(calendar, a, n), lambda: runtime.add_workdays(w, number(a), n))
    same(lambda: postponed(calendar, a), lambda: runtime.postponed(w, number(a)))
    same(lambda: counted(calendar, a, b), lambda: runtime.working_days(w, number(a), number(b)))


inside = st.dates(datetime.date(2019, 1, 1), datetime.date(2026, 5, 31)).map(number)


@settings(max_examples=examples(150))
@given(inside, inside, inside, st.integers(0, 60), st.integers(0, 60))
def test_laws_of_working_days(a: int, b: int, c: int, n: int, m: int) -> None:
    """Counts add up; adding is counting back; steps join; what is postponed is a working day, and stays."""
    w = Calendar.default().workdays

    def add(day: int, count: int) -> int:
        return runtime.add_workdays(w, day, count)

    def between(first: int, last: int) -> int:
        return runtime.working_days(w, first, last)

    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)
    assert add(a, 0) == a
    assert between(a, add(a, n)) == n
    assert add(add(a, n), m) == add(a, n + m)
    day = runtime.postponed(w, a)
    assert day >= a
    assert runtime.postponed(w, day) == day
    assert add(add(day, n), -n) == day
    assert between(runtime.add_days(day, -1), day) == 1


@pytest.mark.parametrize("count", [1, 45, 250])
def test_half_the_way_is_not_enough(count: int) -> None:
    """A year that is lacking on the way is missed, though the years at both ends are there."""
    w = Calendar([2020, 2022]).workdays
    with pytest.raises(Beyond) as caught:
        runtime.add_workdays(w, 20201230, 1 + count)
    assert caught.value.year == 2021
    assert runtime.add_workdays(w, 20211231, 1) == 20220103
