"""How an entry of a list came or left between two decisions: by a birth or a death, back after an absence, or by the list."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..backends.entries import Entries, Instance, Missing
from ..backends.presence import first_month, lifetime
from ..backends.runtime import NEVER, add_months
from .causes import Way
from .history import History
from .tracks import Track
from .world import World


class Stirred(NamedTuple):
    """What one decision does not say of those who came and left: the paths of who is there again after an absence; where nobody is there,
    who has died (in words, "" for the outermost entry), and when; `known`: nobody was thought to be there, or is, as of another day."""

    returned: frozenset[str] = frozenset()
    deaths: tuple[tuple[str, int], ...] = ()
    known: bool = False


STILL = Stirred()


class Stirring:
    """Asks a history for that, month by month."""

    def __init__(self, history: History) -> None:
        self.history = history
        self.tracks = history.track.all()
        self.returns = any(len(t.presence) > 1 or {t.entity.born, t.entity.died} & {*t.dated} for t in self.tracks)

    def of(self, month: int, known: int | None, nobody: bool) -> Stirred:
        """In a month, against the one before."""
        before = add_months(month, -1) if month > 10101 else month
        deaths = tuple(self.deaths((before, known), (month, known))) if nobody else ()
        turns = self.history.months
        if not self.returns or month not in turns:
            return Stirred(frozenset(), deaths) if deaths else STILL
        earlier = {x for m in turns if 10101 < m <= before for x in (m, add_months(m, -1)) if x < before}
        found = (t for t in self.tracks if t.there(month, known) and not t.there(before, known))
        return Stirred(frozenset(t.path for t in found if self._once(t, earlier, known)), deaths)

    @staticmethod
    def _once(track: Track, months: set[int], known: int | None) -> bool:
        return any(track.there(m, known) for m in months)

    def deaths(self, before: tuple[int, int | None], after: tuple[int, int | None]) -> Iterator[tuple[str, int]]:
        """Who was there in a month, as known on a day, and has died in another, or as known on another day."""
        for track in self.tracks:
            if track.there(*before):
                for x in track.absent(*after):
                    if x.dead:
                        yield track.called or track.path.partition(".")[2], x.day


def way_of(world: World, entry: Instance, came: bool) -> tuple[Way, int]:
    """(how, the day of the birth or death) an entry came that only the later decision has (`world`), or left that only the earlier one has."""
    other = world.twin
    birth, death = lifetime(entry.entity, entry.data)
    month = other.on // 100 * 100 + 1
    why = _missing(other, entry)
    if why is not None and why.short:
        return "left", 0
    if came:
        if birth and first_month(birth) > month and world.on > other.on:
            return "birth", birth
        if why is not None and why.dead:
            return "death", 0 if death == NEVER else death
        if why is not None and birth:
            return "birth", birth
        return ("back", 0) if entry.path in world.returned else ("list", 0)
    if why is not None:
        return "death" if why.dead else "birth", why.day
    return ("death", death) if death < month else ("list", 0)


def _missing(world: World, entry: Instance) -> Missing | None:
    """What the list in a decision that does not have the entry says of it: that it is not yet born, or dead, or has too few left."""
    holder = None if entry.holder is None else world.entries.get(entry.holder.path)
    if holder is None:
        return None
    where, _, number = entry.path.rpartition("[")
    lists = enumerate(holder.entity.lists, len(holder.entity.facts))
    given = next((holder.data[n] for n, members in lists if where == f"{holder.path}.{members.name}"), None)
    missing = given.missing if isinstance(given, Entries) else ()
    return next((m for m in missing if m.number == int(number.rstrip("]"))), None)
