"""What the history's own ledger (已发) says month by month: what a month paid for itself, and what other months settled of it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import NamedTuple

from .courses import Courses
from .history import History
from .ledger import NONE, Benefit, Key
from .months import payday
from .spells import Spell


class Entry(NamedTuple):
    """Known on a day later than the month's own pay day: what it paid itself, or what another month (`settled`) settled of it."""

    day: int
    key: Key
    settled: int
    amount: Fraction


class Booked:
    """`says`: whether there is anything in it; `closed`: the last month in which the history says that something of an owed month and benefit was settled."""

    def __init__(self, history: History, courses: Courses) -> None:
        self.courses = courses
        self.closed: dict[Key, int] = {}
        self._own: dict[Key, list[tuple[int, Fraction]]] = {}
        self._of: dict[int, list[Benefit]] = {}
        self._entries: list[Entry] = []
        for track in history.track.all():
            for name, payments in track.ledger.items():
                for month in courses.months:
                    self._read((month, (track.path, name)), payments)
        self.says = bool(self._of)
        self._entries.sort()
        self._told = 0

    def _read(self, key: Key, payments: tuple[Spell, ...]) -> None:
        month = key[0]
        own = [p for p in payments if not p.settled]
        begun = max((p for p in own if not _late(p) and p.first <= month), key=lambda p: p.since, default=None)
        paid = self._known(month, [p for p in own if _late(p) or p is begun], month)
        last = self.courses.months[-1]
        for settled in sorted({p.settled for p in payments if month < p.settled <= last}):
            before = NONE
            for day, amount in self._known(settled, [p for p in payments if p.settled == settled], month):
                self._entries.append(Entry(day, key, settled, amount - before))
                self.closed[key] = settled
                before = amount
        if paid:
            self._own[key] = paid
            today = payday(self.courses.program, month)
            self._entries += (Entry(day, key, 0, amount) for day, amount in paid if day > today)
        if paid or key in self.closed:
            self._of.setdefault(month, []).append(key[1])

    def _known(self, given: int, payments: list[Spell], month: int) -> list[tuple[int, Fraction]]:
        """(since when it is known, amount) of what was given in a month for another or for itself, in the order of days."""
        today = payday(self.courses.program, given)
        hidden = self.courses.as_known
        there = [p for p in payments if p.first <= month <= p.last and not (_late(p) and p.known > hidden)]
        days = [(max(p.known, today) if _late(p) else today, p) for p in there]
        return [(day, p.value) for day, p in sorted(days, key=lambda x: (x[0], x[1].since))]

    def of(self, month: int) -> list[Benefit]:
        """The benefits of which the ledger says anything for a month."""
        return self._of.get(month, [])

    def own(self, key: Key, day: int) -> Fraction | None:
        """What a month paid for itself as known on a day; None where the ledger does not say."""
        return next((amount for known, amount in reversed(self._own.get(key, [])) if known <= day), None)

    def until(self, day: int) -> Iterator[Entry]:
        """The entries that have become known by a day, each once, in the order of days."""
        while self._told < len(self._entries) and self._entries[self._told].day <= day:
            self._told += 1
            yield self._entries[self._told - 1]


def _late(p: Spell) -> bool:
    """Whether it says itself since when it is known."""
    return p.known > p.since
