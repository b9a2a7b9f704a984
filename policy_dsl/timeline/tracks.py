"""An entry over time: in which months it is there, and what its facts are in them, as known on a day."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..backends.entries import NOBODY, Missing
from ..backends.presence import Absent, Gone, absent, called, entries_of, first_month, gone, lifetime, month_after
from ..backends.runtime import NEVER, UNKNOWN, UNLISTED
from ..facts.read import Reader
from ..ir import nodes as ir
from .spells import Spell, current, seen


class Track:
    """One entry over time. `fixed` is its data where nothing is dated; `dated` the facts (by position) that are."""

    __slots__ = (
        "_life", "_same", "_span", "_undated", "carried", "dated", "entity", "fixed", "ledger", "lists", "number", "path", "presence", "undated",
    )  # fmt: skip

    def __init__(self, entity: ir.Entity, path: str, number: int) -> None:
        self.entity = entity
        self.path = path
        self.number = number
        self.fixed: list[Any] = []
        self.dated: dict[int, tuple[Spell, ...]] = {}
        self.undated = False  # whether a fact is given without dates, but for the one that names the entry
        self.presence: tuple[Spell, ...] = ()
        self.lists: list[list[Track] | None] = []
        self.carried: tuple[Any, ...] = ()
        self.ledger: dict[str, tuple[Spell, ...]] = {}
        # the same in all months, or in those of `_span`, once it was asked: its days, its facts without dates, its data
        self._life: tuple[int, int] | None = None
        self._span: tuple[int, int] | None = None
        self._undated: tuple[list[Any], int] | None = None
        self._same: tuple[Any, ...] | None = None

    @property
    def called(self) -> str:
        """The name that the entry's text fact gives it, or ""."""
        return called(self.entity, self.fixed)

    def all(self) -> list[Track]:
        return [self, *(t for tracks in self.lists for inner in tracks or () for t in inner.all())]

    def spells(self) -> list[Spell]:
        return [s for spells in (*self.dated.values(), self.presence) for s in spells]

    def there(self, month: int, known: int | None) -> bool:
        """Whether the entry is there: born, alive, after the first date of its facts, and not gone."""
        if not self.presence and self._whole(month):
            return gone(*self.lifetime(month, known), month) is None
        return self._here(month, known) and not self._short(month, known)

    def _here(self, month: int, known: int | None) -> bool:
        """The same, whoever is left in its lists."""
        return self._present(month, known) and self._gone(month, known) is None

    def _short(self, month: int, known: int | None) -> str:
        """A list of it in which fewer are left than it must have, or ""."""
        for members, tracks in zip(self.entity.lists, self.lists, strict=True):
            if tracks is not None and members.low and sum(t.there(month, known) for t in tracks) < members.low:
                return members.name
        return ""

    def lifetime(self, month: int, known: int | None) -> tuple[int, int]:
        """The days of its birth and death as known for the month; 0 and NEVER where there is none, or it is not known."""
        entity = self.entity
        if self._life is not None:
            return self._life
        days = {i: self._value(i, month, known)[0] for i in (entity.born, entity.died) if i >= 0}
        found = lifetime(entity, [days.get(i) for i in range(len(entity.facts))])
        if self.dated.keys().isdisjoint(days):
            self._life = found
        return found

    def _gone(self, month: int, known: int | None) -> Gone | None:
        """Why it is not there, where it is not yet born, or dead."""
        if self.entity.born < 0 and self.entity.died < 0:
            return None
        return gone(*self.lifetime(month, known), month)

    def absent(self, month: int, known: int | None) -> Iterator[Absent]:
        """The entry itself, where it would be there but is not yet born, or dead."""
        why = self._gone(month, known)
        if why is not None and self._present(month, known):
            yield absent(self.entity, self.path, self.called, why)

    def missing(self, month: int, known: int | None) -> Iterator[Missing]:
        """The same as data hold it, and where nobody is left in one of its lists."""
        short = self._short(month, known)
        for x in self.absent(month, known):
            yield Missing(self.number, self.called, x.day, x.dead)
        if short and self._here(month, known):
            yield Missing(self.number, self.called, 0, dead=False, short=short)

    def all_absent(self, month: int, known: int | None) -> Iterator[Absent]:
        """The same of the entry and of those below it, where it is there."""
        yield from self.absent(month, known)
        if self._here(month, known):
            for inner in (t for tracks in self.lists for t in tracks or ()):
                yield from inner.all_absent(month, known)

    def turns(self) -> Iterator[int]:
        """The first months in which the entry is there for its birth, or not for its death, whichever counts at some time."""
        for i, first in ((self.entity.born, first_month), (self.entity.died, month_after)):
            given = (self.fixed[i], *(s.value for s in self.dated.get(i, ()))) if i >= 0 else ()
            yield from (first(x) for x in given if isinstance(x, int) and x != NEVER)

    def _present(self, month: int, known: int | None) -> bool:
        """Whether the entry is there by its dates: where all its facts are dated after the first of them, or of those of whom it
        holds, and not gone. 在列 is one of its facts; 至 ends what it says.
        """
        if self.dated and not self.undated and not self.begun(month, known):
            return False
        found = current(self.presence, month, known)
        if found is None:
            return not (self.presence and min(self.presence, key=lambda s: (s.since, s.known)).value)
        return bool(found.value) is (month <= found.last)

    def short(self, month: int, known: int | None) -> str:
        """The path of what is missing where nobody is there: the entry, or its list that has too few."""
        short = self._short(month, known) if self._here(month, known) else ""
        return f"{self.path}.{short}" if short else self.path

    def begun(self, month: int, known: int | None) -> bool:
        """Whether the first date of its facts, or of those of whom it holds, has come."""
        if any(s.begins <= month and seen(s, month, known) for spells in self.dated.values() for s in spells):
            return True
        return any(t.dated and t.begun(month, known) for tracks in self.lists for t in tracks or ())

    def data(self, month: int, known: int | None) -> tuple[Any, ...]:
        """The data of an entry that is there in a month."""
        whole = self._whole(month)
        if whole and self._same is not None:
            return self._same
        if self._undated is None:
            facts = range(len(self.fixed))
            made = [(UNKNOWN, 0) if i in self.dated else self._value(i, month, known) for i in facts]
            self._undated = [value for value, _ in made], sum(used << i for i, (_, used) in enumerate(made))
        out, defaulted = [*self._undated[0]], self._undated[1]
        for i in self.dated:
            out[i], used = self._value(i, month, known)
            defaulted |= used << i
        for members, tracks in zip(self.entity.lists, self.lists, strict=True):
            defaulted |= (tracks is NOBODY) << len(out)
            if tracks is None:
                out.append(UNKNOWN if members.low else UNLISTED)
                continue
            there = [(t.number, t.data(month, known)) for t in tracks if t.there(month, known)]
            missing = [] if len(there) == len(tracks) else [x for t in tracks for x in t.missing(month, known)]
            out.append(entries_of(there, len(tracks), missing))
        data = (*out, defaulted, *self.carried)
        self._same = data if whole else self._same
        return data

    def _whole(self, month: int) -> bool:
        """Whether nothing in it or below it has a date, and all below it are there in the month: its data are the same in all such months."""
        if self._span is None:
            below = [t for tracks in self.lists for t in tracks or ()]
            dated = self.dated or any(t.presence for t in below)
            spans = [(0, 0 if dated else NEVER)]  # no month where something has a date
            for t in below:
                t._whole(month)
                spans += [t._span or (0, 0), t.lifetime(month, None)]
            self._span = max(first for first, _ in spans), min(last for _, last in spans)
        return self._span[0] <= month <= self._span[1]

    def _value(self, i: int, month: int, known: int | None) -> tuple[Any, int]:
        """(what one of the facts is in a month, whether that is its default)."""
        fact, spells = self.entity.facts[i], self.dated.get(i)
        if spells is not None:
            found = current(spells, month, known)
            if found is not None or not fact.has_default:
                unsaid = NEVER if fact.died else UNKNOWN
                return unsaid if found is None or month > found.last else found.value, 0
        elif not fact.has_default or self.fixed[i] is not None:
            return self.fixed[i], 0
        return Reader.default(fact), 1
