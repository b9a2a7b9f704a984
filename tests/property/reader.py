"""A second reader of numbers, units and dates, written apart: it shares no line with the product, so a mistake in one shows.

It says what is written as plainly as it can: sizes in 分 and months, days as datetime.date, calendar arithmetic by counting.
"""

from __future__ import annotations

import calendar
import datetime
import re
from fractions import Fraction
from typing import NamedTuple

SIZES: dict[str, tuple[str, int]] = {
    "分": ("money", 1), "角": ("money", 10), "元": ("money", 100), "万元": ("money", 1_000_000), "亿元": ("money", 10_000_000_000),
    "人": ("person", 1), "户": ("household", 1), "次": ("times", 1), "日": ("day", 1), "天": ("day", 1), "周": ("day", 7),
    "月": ("month", 1), "个月": ("month", 1), "季": ("month", 3), "年": ("month", 12), "岁": ("month", 12),
    "亩": ("亩", 1), "度": ("度", 1),
}  # fmt: skip
OWN = ("亩", "度")  # what the policies read here declare
DECLARATIONS = "".join(f"类型 {word} = 单位\n" for word in OWN)
Dims = frozenset[tuple[str, int]]


class Amount(NamedTuple):
    """What a text says: its size in base units and its dimensions; `bare` without a unit, `percent` with %."""

    size: Fraction
    dims: Dims
    bare: bool = False
    percent: bool = False


def number(text: str) -> Fraction | None:
    """Digits with at most one point and a sign; nothing else is a number."""
    found = re.fullmatch("([+-]?)([0-9]+)(?:[.]([0-9]+))?", text)
    if found is None:
        return None
    sign, whole, rest = found.groups(default="")
    size = Fraction(int(whole + rest), 10 ** len(rest))
    return -size if sign == "-" else size


def unit(text: str) -> tuple[Fraction, Dims] | None:
    """The size and dimensions of `元/人/月`; None where a word is no unit, or where a unit cancels itself, as in 分/角."""
    size = Fraction(1)
    dims: dict[str, int] = {}
    parts = [w.strip() for w in text.split("/")]
    if parts[0] == "%" and len(parts) > 1:
        parts, size = ["", *parts[1:]], Fraction(1, 100)
    for place, word in enumerate(parts):
        if not place and not word:
            continue
        if word not in SIZES:
            return None
        base, many = SIZES[word]
        size = size / many if place else size * many
        dims[base] = dims.get(base, 0) + (-1 if place else 1)
    left = frozenset((b, n) for b, n in dims.items() if n)
    return (size, left) if left else None


def amount(text: str) -> Amount | None:
    """`300`, `60%`, `1.5 万元`, `5268 元/人/年`."""
    found = re.fullmatch("([+-]?[0-9.]+) *(.*)", text)
    value = number(found[1]) if found else None
    if found is None or value is None:
        return None
    if not found[2]:
        return Amount(value, frozenset(), bare=True)
    if found[2] == "%":
        return Amount(value / 100, frozenset(), percent=True)
    read = unit(found[2])
    return Amount(value * read[0], read[1], percent=found[2].startswith("%")) if read else None


def written_in(text: str, declared: str) -> Fraction | None:
    """In base units: an amount written where `declared` (a unit, % or 数) is wanted. It takes from it what it lacks below the line, but money.

    None where it must be refused.
    """
    read = amount(text)
    if read is None:
        return None
    if declared == "%":
        return read.size if not read.dims and not read.bare else None  # 5 角/元 is a share, too
    if declared == "数":
        return read.size if not read.dims else None
    wanted = unit(declared)
    assert wanted is not None
    size, dims = wanted
    rate = declared.startswith("%")
    if read.percent and not rate:
        return None
    if read.bare:
        return None if rate else read.size * size
    made, have = read.size, dict(read.dims)
    for word in declared.split("/")[1:]:
        base, many = SIZES[word]
        if base != "money" and base not in have:
            made /= many
            have[base] = -1
    return made if frozenset(have.items()) == dims else None


def grid(declared: str) -> Fraction:
    """The finest step of a given fact, in the declared unit: what is counted is whole, rates and plain numbers go to a millionth."""
    first, *below = declared.split("/")
    finer = 10**4 if first not in OWN and set(OWN) & set(below) and SIZES.get(first, ("", 0))[0] == "money" else 1
    steps = {"%": 10**4, "数": 10**6, "分": 1, "角": 10, "元": 100, "万元": 10**6, "亿元": 10**10}
    return Fraction(1, steps.get(first, 10**6 if below or first in OWN else 1) * finer)


def given_in(value: object, declared: str) -> Fraction | None:
    """In steps of the grid: a fact given as text or number where `declared` is wanted; None where it must be refused."""
    text = str(value).strip()
    read = amount(text)
    if read is None:
        return None
    wanted = (
        (Fraction(1, 100), frozenset())
        if declared == "%"
        else (Fraction(1), frozenset())
        if declared == "数"
        else unit(declared)
    )
    assert wanted is not None
    if not read.bare and (read.percent != declared.startswith("%") or read.dims != wanted[1]):
        return None
    own = read.size if read.bare else read.size / wanted[0]
    steps = own / grid(declared)
    return steps if steps.denominator == 1 else None


# --- the calendar


def day(text: str, end: bool = False) -> datetime.date | None:
    """`2022-06-30`, or a month: its first day, or its last as the `end` of a span."""
    found = re.fullmatch("([0-9]{4})-([0-9]{2})(?:-([0-9]{2}))?", text)
    if found is None:
        return None
    year, month = int(found[1]), int(found[2])
    try:
        if found[3]:
            return datetime.date(year, month, int(found[3]))
        return datetime.date(year, month, calendar.monthrange(year, month)[1] if end else 1)
    except (ValueError, calendar.IllegalMonthError):
        return None


def months_on(start: datetime.date, months: int) -> datetime.date | None:
    """The same day so many months on or back, or that month's last day; None outside the calendar. Counts month by month."""
    year, month = start.year, start.month
    for _ in range(abs(months)):
        month += 1 if months > 0 else -1
        if month in (0, 13):
            year, month = (year + 1, 1) if month == 13 else (year - 1, 12)
    if not 1 <= year <= 9999:
        return None
    return datetime.date(year, month, min(start.day, calendar.monthrange(year, month)[1]))


def days_on(start: datetime.date, days: int) -> datetime.date | None:
    ordinal = start.toordinal() + days
    return datetime.date.fromordinal(ordinal) if 1 <= ordinal <= datetime.date.max.toordinal() else None


def birthday(born: datetime.date, year: int) -> datetime.date:
    """The day on which a year of life is complete; born on 29 February, it is 1 March in other years."""
    try:
        return born.replace(year=year)
    except ValueError:
        return datetime.date(year, 3, 1)


def age(born: datetime.date, on: datetime.date) -> int | None:
    """Whole years, birthday by birthday; 0 in the month before the birth, and none earlier."""
    if on < born:
        a_month_on = months_on(on, 1)
        return None if a_month_on is not None and a_month_on <= born else 0
    years = on.year - born.year
    return years if birthday(born, on.year) <= on else years - 1


def quarter_start(on: datetime.date) -> datetime.date:
    """The first day of the month of January, April, July or October at or before that month."""
    first = on.replace(day=1)
    while first.month not in (1, 4, 7, 10):
        first = first.replace(month=first.month - 1)
    return first


def whole_months(first: datetime.date, last: datetime.date) -> int:
    """Whole months: the n-th is complete on the same day n months on, or, where that month has none, on its last. Backwards negated."""
    if last < first:
        return -whole_months(last, first)
    count = (last.year - first.year) * 12 + last.month - first.month
    is_last = last.day == calendar.monthrange(last.year, last.month)[1]
    return count if last.day >= first.day or is_last else count - 1


def alive(born: datetime.date | None, died: datetime.date | None, month: datetime.date) -> bool:
    """Whether somebody is there on a month's first day, as far as birth and death say: None is that there is none, or it is not known."""
    return not (born is not None and month < born) and not (died is not None and died < month)
