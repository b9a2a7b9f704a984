"""The days that a written date, or a span of dates, speaks of."""

from __future__ import annotations

import calendar
import datetime

from ...diagnostics.report import Report
from ...syntax import nodes
from ..nodes import OPEN


def first_day(text: str) -> int:
    """A date as yyyymmdd; a month means its first day."""
    return int((text if len(text) == 10 else text + "-01").replace("-", ""))


def last_day(text: str) -> int:
    """As the end of a span: a month means its last day."""
    if len(text) == 10:
        return int(text.replace("-", ""))
    year, month = int(text[:4]), int(text[5:])
    return year * 10000 + month * 100 + calendar.monthrange(year, month)[1]


def day_before(day: int) -> int:
    """The day before, but for the first that there is."""
    d = datetime.date(day // 10000, day // 100 % 100, day % 100)
    if d == datetime.date.min:
        return day
    d -= datetime.timedelta(days=1)
    return d.year * 10000 + d.month * 100 + d.day


def day_text(day: int) -> str:
    """yyyymmdd as YYYY-MM-DD; 0 stands for no date."""
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else "任何日期"


Time = tuple[int, int, int, int]  # since, until, 公布, 复核, each yyyymmdd
ALWAYS: Time = (0, OPEN, 0, 0)


def span_of(dates: nodes.Dates | None) -> Time:
    if dates is None:
        return ALWAYS
    return (
        first_day(dates.since),
        last_day(dates.until) if dates.until else OPEN,
        first_day(dates.published) if dates.published else 0,
        last_day(dates.review) if dates.review else 0,
    )


def within(dates: nodes.Dates | None, outer: Time) -> Time:
    """The time of what is written inside something dated: the days that both have. Where it says no 公布, or no 复核, that of the outer one holds.

    From later than its end: no day at all.
    """
    since, until, published, review = span_of(dates)
    return max(since, outer[0]), min(until, outer[1]), published or outer[2], review or outer[3]


def report_outside(report: Report, dates: nodes.Dates, outer: Time) -> None:
    """Says that no day of `dates` lies within the outer time."""
    since, until = (day_text(x) if x not in (0, OPEN) else "" for x in outer[:2])
    zh = " ".join(f"{word} {day}" for word, day in (("自", since), ("至", until)) if day)
    en = " ".join(f"{word} {day}" for word, day in (("from", since), ("to", until)) if day)
    report.error("P0421", dates.span, dates=dates.span.text, outer=zh, outer_en=en)
