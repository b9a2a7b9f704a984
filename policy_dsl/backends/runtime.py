"""All that generated code may call. Standard library only, and no import of this package: `policy compile` writes this file's text
at the head of the module that it makes.

Dates are whole numbers yyyymmdd. Amounts are integers; what they count is known where the code was made.
"""

from __future__ import annotations

import datetime
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence


class Defer(Exception):
    """Raised by generated code where the plain way ends: an unknown fact, a missing parameter, a gap, a conflict, an error.

    The interpreter then gives the exact answer; generated code never guesses.
    """


class Beyond(Defer):
    """Raised where a deadline needs a year that the calendar does not cover."""

    def __init__(self, year: int) -> None:
        super().__init__(f"calendar {year}")
        self.year = year


class Unknown:
    """Stands for a fact that nobody gave. Any use of it defers, so fast code needs no test for it."""

    __slots__ = ("name",)

    def __init__(self, name: str = "") -> None:
        self.name = name

    def _defer(self, *_: object) -> Defer:
        raise Defer(self.name)

    __bool__ = __eq__ = __ne__ = __lt__ = __le__ = __gt__ = __ge__ = __hash__ = _defer  # type: ignore[assignment]
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __floordiv__ = __rfloordiv__ = _defer
    __mod__ = __rmod__ = __neg__ = __pos__ = __abs__ = __index__ = __int__ = __iter__ = __len__ = __getitem__ = _defer

    def __repr__(self) -> str:
        return f"Unknown({self.name!r})"

    def __reduce__(self) -> str | tuple[object, tuple[str]]:
        return "UNKNOWN" if self is UNKNOWN else "ABSENT" if self is ABSENT else (Unknown, (self.name,))


UNKNOWN = Unknown()
ABSENT = Unknown()  # a parameter of which nothing is in force: known by its identity


class Unlisted(Unknown):
    """Stands for a list that nobody gave: a walk over it finds nobody, an aggregate over it defers."""

    __slots__ = ()

    def __iter__(self) -> object:  # type: ignore[override]
        return iter(())

    def __len__(self) -> int:  # type: ignore[override]
        return 0

    def __reduce__(self) -> str:
        return "UNLISTED"


UNLISTED = Unlisted()


class Held(Unknown):
    """Stands for a value carried over from last month that was not known then; `value` says why."""

    __slots__ = ("value",)

    def __init__(self, value: object = None, name: str = "") -> None:
        super().__init__(name)
        self.value = value

    def __reduce__(self) -> str | tuple[object, tuple[object, str]]:  # type: ignore[override]
        return "NOTHING" if self is NOTHING else (Held, (self.value, self.name))


NOTHING = Held(name="上月")  # no month before, or one without a value: known by its identity, so it is never made anew


class Open(Unknown):
    """Stands in results for a value that is not known. `possible`: a set of values, or lowest and highest, an amount in the units of its
    place, with None for no end; or None for any value. `may_fail`: it may be an error as well."""

    __slots__ = ("may_fail", "possible")

    def __init__(self, possible: object = None, may_fail: bool = False) -> None:
        super().__init__()
        self.possible = possible
        self.may_fail = may_fail

    def __reduce__(self) -> tuple[object, tuple[object, bool]]:  # type: ignore[override]
        return Open, (self.possible, self.may_fail)


class Fault(Unknown):
    """Stands in results for an error: its code, the words that tell it, its place."""

    __slots__ = ("code", "place", "words")

    def __init__(self, code: str, words: object = (), place: object = None) -> None:
        super().__init__()
        self.code = code
        self.words = words
        self.place = place

    def __reduce__(self) -> tuple[object, tuple[str, object, object]]:  # type: ignore[override]
        return Fault, (self.code, self.words, self.place)


NEVER = 99999999  # a day that does not come, later than every day: the death of who is alive


def unless_never(function: object, day: int, *rest: int) -> int:
    """A day made of a day; what is made of one that does not come does not come. An unknown among the rest defers."""
    if day == NEVER:
        return (day, *(+x for x in rest))[0]
    return function(day, *rest)  # type: ignore[operator, no-any-return]


def some_day(day: int) -> int:
    """The day itself; one that does not come defers."""
    if day == NEVER:
        raise Defer("never")
    return day


def defer(reason: str) -> object:
    raise Defer(reason)


def round_half_up(n: int, d: int) -> int:
    """n/d to the nearest whole number, halves away from zero; d > 0."""
    return (2 * n + d) // (2 * d) if n >= 0 else -((d - 2 * n) // (2 * d))


def age(birth: int, on: int) -> int:
    """Whole years from one day to another; a 29 February birthday falls on 1 March in other years.

    In the month before the birth it is 0; earlier there is none, and it defers.
    """
    if on < birth:
        if whole_months(on, birth):
            raise Defer("age")
        return 0
    return (on - birth) // 10000


def whole_months(first: int, last: int) -> int:
    """The most months that, added to the first day, do not go beyond the last; negated where the last comes first."""
    if last < first:
        return -whole_months(last, first)
    months = (last // 10000 - first // 10000) * 12 + last // 100 % 100 - first // 100 % 100
    return months - 1 if last % 100 < first % 100 and add_months(first, months) > last else months


def month_start(day: int) -> int:
    return day // 100 * 100 + 1


def next_month(day: int) -> int:
    """The first day of the month after."""
    return add_months(day // 100 * 100 + 1, 1)


def month_of(day: int) -> int:
    return day // 100 % 100


def year_start(day: int) -> int:
    return day // 10000 * 10000 + 101


def quarter_start(day: int) -> int:
    """The first day of January, April, July or October."""
    return day // 10000 * 10000 + (day // 100 % 100 - 1) // 3 * 300 + 101


def year_of(day: int) -> int:
    return day // 10000


def add_months(day: int, months: int) -> int:
    """The same day so many months on, or that month's last day."""
    count = (day // 10000) * 12 + day // 100 % 100 - 1 + months
    year, month = count // 12, count % 12 + 1
    if not 1 <= year <= 9999:
        raise Defer("year")
    last = (
        29
        if month == 2 and (year % 4 == 0 and (year % 100 != 0 or year % 400 == 0))
        else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]
    )
    return year * 10000 + month * 100 + min(day % 100, last)


def add_days(day: int, days: int) -> int:
    """The day so many days on; an unknown number of days defers."""
    try:
        made = datetime.date(day // 10000, day // 100 % 100, day % 100) + datetime.timedelta(days=+days)
    except OverflowError:
        raise Defer("year") from None
    return made.year * 10000 + made.month * 100 + made.day


def days_between(last: int, first: int) -> int:
    """Days from `first` to `last`."""
    a = datetime.date(first // 10000, first // 100 % 100, first % 100)
    return (datetime.date(last // 10000, last // 100 % 100, last % 100) - a).days


class Workdays:
    """The working days of whole years: Monday to Friday but for days off, and make-up days.

    `given` returns (years, days off, make-up days), the days as yyyymmdd; it is asked once, when a deadline is first computed.
    """

    __slots__ = ("given", "made")

    def __init__(self, given: object) -> None:
        self.given = given
        self.made: object = None

    def laid_out(self) -> tuple[frozenset[int], tuple[int, ...]]:
        """The years that are covered, and all their working days in order."""
        if self.made is None:
            years, off, on = self.given()  # type: ignore[operator]
            free, extra, days = frozenset(off), frozenset(on), []
            for year in sorted(years):
                first, last = datetime.date(year, 1, 1).toordinal(), datetime.date(year, 12, 31).toordinal()
                for n in range(first, last + 1):
                    date = datetime.date.fromordinal(n)
                    day = date.year * 10000 + date.month * 100 + date.day
                    if day in extra or ((n - 1) % 7 < 5 and day not in free):  # day 1 was a Monday
                        days.append(day)
            self.made = frozenset(years), tuple(days)
        return self.made  # type: ignore[return-value]


def covered(years: frozenset[int], first: int, last: int) -> None:
    """Raises Beyond for the first year on the way from `first` to `last`, up or down, that is not covered."""
    step = 1 if first <= last else -1
    for year in range(first, last + step, step):
        if year not in years:
            raise Beyond(year)


def add_workdays(calendar: Workdays, day: int, count: int) -> int:
    """The working day so many on from a day, or back from it; the day itself is not counted, and is the answer to none."""
    day = +day  # an unknown day defers before the calendar is asked
    if not +count or day == NEVER:
        return day
    years, days = calendar.laid_out()
    if count > 0:
        at, first = bisect_right(days, day) + count - 1, day // 10000 + (day % 10000 == 1231)
        covered(years, first, days[at] // 10000 if at < len(days) else 10000)
        return days[at]
    at, last = bisect_left(days, day) + count, day // 10000 - (day % 10000 == 101)
    covered(years, last, days[at] // 10000 if at >= 0 else 0)
    return days[at]


def working_days(calendar: Workdays, first: int, last: int) -> int:
    """Working days after the first day up to the last, that one included; negative where the last comes first."""
    if first == last:
        return 0
    if first > last:
        return -working_days(calendar, last, first)
    years, days = calendar.laid_out()
    covered(years, first // 10000 + (first % 10000 == 1231), last // 10000)
    return bisect_right(days, last) - bisect_right(days, first)


def postponed(calendar: Workdays, day: int) -> int:
    """The day itself if it is a working day, else the next one that is."""
    day = +day
    if day == NEVER:
        return day
    years, days = calendar.laid_out()
    at = bisect_left(days, day)
    covered(years, day // 10000, days[at] // 10000 if at < len(days) else 10000)
    return days[at]


def as_of(history: tuple[tuple[int, ...], tuple[object, ...]], day: int) -> object:
    """What a history has for a day: `history` is the days of change and, one more, the values before, between and after them."""
    return history[1][bisect_right(history[0], +day)]


def read_other(value: object, name: str) -> object:
    """None is unknown; whatever else it is defers. What reads a value that is not as usual, where nothing better is given."""
    if value is None:
        return Unknown(name)
    raise Defer(name)


Other = Callable[[object, str], object]


def read_day(text: object, name: str = "", other: Other = read_other) -> object:
    """`YYYY-MM-DD` as yyyymmdd; `other` reads whatever else it is."""
    if type(text) is not str or len(text) != 10 or not text.isascii() or text[4] != "-" or text[7] != "-":
        return other(text, name)
    made = datetime.date.fromisoformat(text)
    return made.year * 10000 + made.month * 100 + made.day


def read_death(text: object, name: str = "", other: Other = read_other) -> object:
    """The same for a date of death: None, or nothing, is that there is none; 未知 is that there may be one."""
    if text is None or (type(text) is str and not text):
        return NEVER
    return Unknown(name) if type(text) is str and text in ("未知", "unknown") else read_day(text, name, other)


def read_amount(value: object, name: str, per_unit: int, low: int, high: int, other: Other = read_other) -> object:
    """A decimal.Decimal as a whole number of 1/per_unit from low to high; one that is finer defers; `other` reads whatever else it is."""
    if type(value).__name__ != "Decimal" or not value.is_finite():  # type: ignore[attr-defined]
        return other(value, name)
    if not -30 <= value.adjusted() <= 30 or len(value.as_tuple().digits) > 30:  # type: ignore[attr-defined]
        raise Defer(name)
    n, d = value.as_integer_ratio()  # type: ignore[attr-defined]
    n *= per_unit
    if n % d or not low <= n // d <= high:
        raise Defer(name)
    return n // d


def last_months(values: object, months: int, rest: object) -> list[object]:
    """The values of the last months, oldest first; `rest` stands for those before the first and without a value, None defers."""
    made = list(values[-months:]) if months else []  # type: ignore[index]
    made[:0] = [NOTHING] * (months - len(made))
    if any(v is NOTHING for v in made):
        if rest is None:
            raise Defer("last")
        made = [rest if v is NOTHING else v for v in made]
    return [v if v.__class__ is bool else +v for v in made]


def agreed(rows: list[int] | tuple[int, ...], kinds: tuple[int, ...], written: object, none: int) -> int:
    """Of lines that apply together the first, `none` where there are none; defers where they give different results.

    `kinds` numbers what lines give; those with -1 give what is written in their place.
    """
    if not rows:
        return none
    first = rows[0]
    for row in rows:
        if kinds[row] != kinds[first] or (kinds[row] < 0 and written[row] != written[first]):  # type: ignore[index]
            raise Defer("conflict")
    return first


def not_beaten(rows: list[int], beats: tuple[tuple[int, ...], ...]) -> list[int]:
    """The exceptions of those that hold which no other of them beats."""
    beaten = {x for row in rows for x in beats[row]}
    return [row for row in rows if row not in beaten]


def highest_of(rows: tuple[int, ...], written: tuple[int, ...]) -> int:
    """Of lines that apply together the first that gives the most."""
    return max(rows, key=written.__getitem__)


def lowest_of(rows: tuple[int, ...], written: tuple[int, ...]) -> int:
    """Of lines that apply together the first that gives the least."""
    return min(rows, key=written.__getitem__)


def total(rows: tuple[int, ...], written: tuple[int, ...]) -> int:
    """What lines that apply together give in sum."""
    return sum(written[row] for row in rows)


def picked(rows: tuple[int, ...]) -> int:
    """How it is recorded which lines a sum is of."""
    return -sum(1 << row for row in rows)


def sum_of(values: list[object]) -> int:
    return sum(values)  # type: ignore[arg-type]


def any_of(values: list[object]) -> bool:
    return any(values)


def all_of(values: list[object]) -> bool:
    return all(values)


def repeated(seen: dict[object, bool], text: object) -> int:
    """1 where the text has been seen before; from now on it has. An unknown one defers."""
    if text in seen:
        return 1
    seen[text] = True
    return 0


def distinct(entries: list[tuple[object, ...]], at: int) -> None:
    """Defers where two entries of a list have one identity, the fact at this place of theirs."""
    known = [e[at] for e in entries if e[at].__class__ is str]
    if len(set(known)) < len(known):
        raise Defer("twice")


def dict_of(value: object) -> dict[object, object]:
    """A mapping of another kind as a dict; whatever else it is defers."""
    if isinstance(value, Mapping):
        return {key: value[key] for key in value}
    raise Defer("entry")


def list_of(value: object) -> list[object]:
    """A sequence of another kind as a list; whatever else it is defers."""
    if isinstance(value, Sequence) and not isinstance(value, (str, bytes, bytearray, memoryview, range)):
        return list(value)
    raise Defer("list")


def defaulted(given: dict[str, object], bits: tuple[tuple[str, int], ...]) -> int:
    """The bits of the facts that are left out, so that their defaults are used."""
    used = 0
    for name, bit in bits:
        if name not in given:
            used += bit
    return used


def decimal_of(text: str) -> object:
    """A default that is no whole number, as facts would give it."""
    from decimal import Decimal

    return Decimal(text)
