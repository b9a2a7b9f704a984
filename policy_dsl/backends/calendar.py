"""Calendars of working days: an input of every decision that computes a deadline.

A calendar covers whole years. In them Monday to Friday are working days except those that are `off`, and the make-up days in `on`,
which fall on weekends. The default one is the package chinesecalendar's; it is loaded when a deadline is first computed.
"""

from __future__ import annotations

import datetime
import hashlib
import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from .formatting import day_text
from .runtime import Workdays

MOST_YEARS = 300
MOST_ERRORS = 50
_KEYS = ("years", "off", "on")
_WEEKDAYS = (
    ("星期一", "Monday"),
    ("星期二", "Tuesday"),
    ("星期三", "Wednesday"),
    ("星期四", "Thursday"),
    ("星期五", "Friday"),
)


class Content(NamedTuple):
    """What a calendar says. `off` are days off on Monday to Friday, `on` working days on weekends, as yyyymmdd in order."""

    name: str
    years: tuple[int, ...]
    off: tuple[int, ...]
    on: tuple[int, ...]


class Calendar:
    """The working days of some years: Monday to Friday but for days `off`, and make-up days `on` at weekends.

    Days are datetime.date or text YYYY-MM-DD; days off that fall on a weekend may be named and change nothing. `name` is how
    explanations call the calendar. Immutable; two with the same days are equal. Raises PolicyError.
    """

    __slots__ = ("_given", "_made", "workdays")

    def __init__(
        self,
        years: Iterable[int],
        off: Iterable[str | datetime.date] = (),
        on: Iterable[str | datetime.date] = (),
        *,
        name: str = "",
    ) -> None:
        made = _Reader(name or "calendar").content(name, years, off, on)
        self._set(lambda: made)

    def _set(self, given: Callable[[], Content]) -> None:
        self._given = given
        self._made: Content | None = None
        self.workdays = Workdays(self._days)

    @classmethod
    def default(cls) -> Calendar:
        """The calendar of the package chinesecalendar, for the years that its installed version knows."""
        return _default()

    @classmethod
    def from_json(cls, data: object, *, name: str = "") -> Calendar:
        """A calendar from {"years": [2022], "off": ["2022-01-03"], "on": ["2022-01-29"]}. Raises PolicyError."""
        at = name or "calendar"
        try:
            data = {key: data[key] for key in data} if isinstance(data, Mapping) else None
        except Exception:  # it fails by itself
            data = None
        if data is None:
            raise PolicyError([_form(at, "要一个对象 {…}", "an object {…} is wanted")])
        for key in data:
            if not isinstance(key, str) or key not in _KEYS:
                shown = _shown(key)
                raise PolicyError([_form(f"{at}:{shown}", f"不认识「{shown}」", f"unknown key “{shown}”")])
        if "years" not in data:
            raise PolicyError([_form(at, "缺少 years", "“years” is missing")])
        return cls(*(data.get(k, ()) for k in _KEYS), name=name)

    def to_json(self) -> dict[str, list[int] | list[str]]:
        """The form that from_json reads."""
        made = self._content
        return {
            "years": list(made.years),
            "off": [day_text(d) for d in made.off],
            "on": [day_text(d) for d in made.on],
        }

    @property
    def _content(self) -> Content:
        if self._made is None:
            self._made = self._given()
        return self._made

    def _days(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        return self._content[1:]

    @property
    def name(self) -> str:
        return self._content.name

    @property
    def years(self) -> tuple[int, ...]:
        """The years that it covers, ascending."""
        return self._content.years

    @property
    def digest(self) -> str:
        """SHA-256 of its days; the name takes no part in it."""
        return hashlib.sha256(json.dumps(self.to_json(), separators=(",", ":")).encode()).hexdigest()

    def span(self) -> str:
        """Its years as people read them: 2004–2026, or 2022, 2024."""
        runs = [[y for _, y in group] for _, group in itertools.groupby(enumerate(self.years), lambda p: p[1] - p[0])]
        return "、".join(str(r[0]) if len(r) == 1 else f"{r[0]}–{r[-1]}" for r in runs)

    def between(self, first: int, last: int) -> tuple[list[int], list[int]]:
        """(days off, make-up days) from one day to another (yyyymmdd), both included."""
        made = self._content
        return [d for d in made.off if first <= d <= last], [d for d in made.on if first <= d <= last]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and self._content[1:] == other._content[1:]

    def __hash__(self) -> int:
        return hash(self._content[1:])

    def __repr__(self) -> str:
        return f"<Calendar {self.name} {self.span()}>".replace("  ", " ")

    def __reduce__(self) -> tuple[Any, ...]:
        if self is _default():
            return (Calendar.default, ())
        return (_again, (self._content,))


def _again(content: Content) -> Calendar:
    made = Calendar.__new__(Calendar)
    made._set(lambda: content)
    return made


@lru_cache(maxsize=1)
def _default() -> Calendar:
    made = Calendar.__new__(Calendar)
    made._set(_published)
    return made


def _published() -> Content:
    """What chinesecalendar knows: the arrangements that the State Council published, for whole years."""
    import chinese_calendar as library

    off = sorted(_number(d) for d in library.holidays if d.weekday() < 5)
    on = sorted(_number(d) for d in library.workdays)
    known = (min(library.holidays).year, max(library.holidays).year)
    return Content(
        f"chinesecalendar {library.__version__}", tuple(range(known[0], known[1] + 1)), tuple(off), tuple(on)
    )


def _number(day: datetime.date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


def _form(at: str, zh: str, en: str) -> Diagnostic:
    return diagnostic("F0130", at=at, problem=zh, problem_en=en)


class _Reader:
    """Reads what a calendar is made from, and says all that is wrong with it."""

    def __init__(self, at: str) -> None:
        self.at = at
        self.errors: list[Diagnostic] = []

    def content(self, name: str, years: object, off: object, on: object) -> Content:
        covered = self.years(years)
        if self.errors:
            raise PolicyError(self.errors)
        free, extra = self.days("off", off, covered), self.days("on", on, covered)
        for day, at in extra.items():
            if day.weekday() < 5:
                zh, en = _WEEKDAYS[day.weekday()]
                self.add("F0132", at, day=day.isoformat(), weekday=zh, weekday_en=en)
            elif day in free:
                self.add("F0133", at, day=day.isoformat())
        if self.errors:
            raise PolicyError(self.errors)
        return Content(
            name,
            tuple(sorted(covered)),
            tuple(sorted(_number(d) for d in free if d.weekday() < 5)),
            tuple(sorted(map(_number, extra))),
        )

    def add(self, code: str, at: str, **words: Any) -> None:
        if len(self.errors) < MOST_ERRORS:
            self.errors.append(diagnostic(code, at=f"{self.at}:{at}", **words))

    def wrong(self, at: str, zh: str, en: str) -> None:
        self.add("F0130", at, problem=zh, problem_en=en)

    def years(self, given: object) -> set[int]:
        items = _items(given, MOST_YEARS + 1)
        if items is None:
            self.wrong("years", "years 要一列年份", "“years” must be a list of years")
            return set()
        made: set[int] = set()
        for n, year in enumerate(items):
            if n >= MOST_YEARS:
                self.wrong("years", f"年份超过 {MOST_YEARS} 个", f"more than {MOST_YEARS} years")
                break
            if not isinstance(year, int) or isinstance(year, bool) or not 1 <= year <= 9999:
                shown = _shown(year)
                self.wrong(f"years[{n}]", f"「{shown}」不是年份", f"“{shown}” is no year")
            else:
                made.add(year)
        if not made and not self.errors:
            self.wrong("years", "一个年份也没有", "it covers no year")
        return made

    def days(self, key: str, given: object, covered: set[int]) -> dict[datetime.date, str]:
        """The days of a list, each with its place."""
        made: dict[datetime.date, str] = {}
        items = _items(given, 366 * MOST_YEARS + 1)
        if items is None:
            self.wrong(key, f"{key} 要一列日期", f"“{key}” must be a list of dates")
            return made
        for n, value in enumerate(items):
            if len(self.errors) >= MOST_ERRORS:
                break
            at = f"{key}[{n}]"
            day = _date(value)
            if day is None:
                self.add("F0115", at, value=_shown(value))
            elif day.year not in covered:
                years = [str(y) for y in sorted(covered)]
                shown = "、".join(years if len(years) <= 6 else [*years[:3], "…", *years[-2:]])
                self.add("F0131", at, day=day.isoformat(), years=shown)
            elif day in made:
                self.add("F0112", at, name=day.isoformat())
            else:
                made[day] = at
        return made


def _items(given: object, most: int) -> list[Any] | None:
    """The first so many of what is given as a list; None where it is none."""
    if isinstance(given, (str, bytes, Mapping)) or not isinstance(given, Iterable):
        return None
    try:
        return list(itertools.islice(given, most))
    except Exception:  # it fails by itself
        return None


def _shown(value: object) -> str:
    """Any object, as a message can hold it."""
    try:
        return str(value)[:40]
    except Exception:
        return type(value).__name__


def _date(value: object) -> datetime.date | None:
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value
    if isinstance(value, str) and len(value) == 10 and value.isascii() and value[4] == value[7] == "-":
        try:
            return datetime.date.fromisoformat(value)
        except ValueError:
            pass
    return None
