"""Both courses of a history: each month as it was paid, with what was known on its pay day, and as it is due, with what is known since.

What was decided is never overwritten: the months as they are due are decided anew when something becomes known that touches them (semantics,
rule 2), and each goes on from the month before as it was known on the same day. Rows and settlements are none of its business.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterator
from itertools import groupby
from typing import NamedTuple

from ..backends.engine import Engine
from ..backends.presence import first_month
from ..ir import nodes as ir
from .history import History
from .months import Course, Step, months_between, payday, same

Steps = dict[int, Step | None]


class Payday(NamedTuple):
    """A month has been decided; its pay day."""

    day: int
    month: int


class Heard(NamedTuple):
    """Since a day a month before is due by another decision than `before`."""

    day: int
    month: int
    before: Step | None


class Through(NamedTuple):
    """All months of which something is heard on a day have been told, before any of the next day is decided."""

    day: int
    months: tuple[int, ...]


class Courses:
    """`due` and `paid` as far as `run` has come; what becomes known after `as_known` (yyyymmdd) is hidden from what is due."""

    def __init__(self, engine: Engine, history: History, start: int, end: int, as_known: int | None) -> None:
        self.engine = engine
        self.program = engine.program
        self.course = Course(engine, history, start)
        self.months = list(months_between(start, end))
        self.as_known = ir.OPEN if as_known is None else as_known
        self.news = _news(engine, history)
        self.due: Steps = {}
        self.paid: Steps = {}

    def run(self) -> Iterator[Payday | Heard | Through]:
        """Decides month after month, and tells what happens in the order of its days: the months heard of on a pay day come before it."""
        due_carry = paid_carry = None
        before: Step | None = None  # the month before as it is due, and as it was paid
        paid: Step | None = None
        whole = self._whole()
        told = 0
        for n, month in enumerate(self.months):
            day = payday(self.program, month)
            known_now = min(day, self.as_known)
            if n:
                until = bisect_right(self.news, (known_now, ir.OPEN))
                if until > told:
                    yield from self._learn(self.news[told:until], n)
                    before = self.due[self.months[n - 1]]
                    due_carry = self.course.after(self.due, self.months[n - 1])
                told = until
            else:
                told = bisect_right(self.news, (known_now, ir.OPEN))
            due = self.due[month] = self.course.step(month, known_now, due_carry, before=before)
            if whole is not None:
                paid = self.paid[month] = whole[month]
            else:
                seen = self.course.intake.with_parts(self.course.root, paid_carry, due_carry)
                alike = day == known_now and same(due_carry, seen)
                parted = None if seen is paid_carry else before
                paid = due if alike else self.course.step(month, day, seen, due, paid, parted)
                self.paid[month] = paid
            yield Payday(day, month)
            before, due_carry = due, self.course.after(self.due, month)
            one = paid is due and due is not None  # while nobody is there each goes on from its own last month
            paid_carry = due_carry if one else self.course.after(self.paid, month)
        yield from self._learn(self.news[told : bisect_right(self.news, (self.as_known, ir.OPEN))], len(self.months))

    def _whole(self) -> Steps | None:
        """What was paid, where what is due hides what the pay days knew and what was paid rests on it: parts are of shares as known on their pay day."""
        hides = self.as_known < payday(self.program, self.months[-1])
        if not hides or self.course.intake.parts is None:
            return None
        whole = Courses(self.engine, self.course.history, self.months[0], self.months[-1], None)
        deque(whole.run(), 0)
        return whole.paid

    def _learn(self, news: list[tuple[int, int]], n: int) -> Iterator[Heard | Through]:
        """Decides the first n months anew on each day of the news, from the first one that it touches."""
        for day, found in groupby(news, lambda x: x[0]):
            at = bisect_right(self.months, min(month for _, month in found) - 1)
            before = self.due[self.months[at - 1]] if 0 < at < n else None
            carry = self.course.after(self.due, self.months[at - 1]) if 0 < at < n else None
            heard = []
            for month in self.months[at:n]:
                old = self.due[month]
                new = self.due[month] = self.course.step(month, day, carry, old, before)
                if new is not old:
                    heard.append(month)
                    yield Heard(day, month, old)
                before, carry = new, self.course.after(self.due, month)
            if heard:
                yield Through(day, tuple(heard))


def _news(engine: Engine, history: History) -> list[tuple[int, int]]:
    """(day on which something becomes known, first month that it touches), by day."""
    found = {
        (known, since // 100 * 100 + 1 if engine.daily else first_month(since)) for known, since in engine.news if since
    }
    found |= {(s.known, s.first) for t in history.track.all() for s in t.spells()}
    return sorted(found)
