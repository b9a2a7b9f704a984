"""Dated values of a history, and which of them lie outside a life."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from ..backends.formatting import day_text
from ..backends.presence import first_month
from ..backends.runtime import NEVER
from ..ir import nodes as ir


class Spell(NamedTuple):
    """One dated value: from month `first` to month `last`, 自 as written (`since`), known since a day, the row that says so."""

    first: int
    last: int
    since: int
    known: int
    value: Any
    row: int = 0
    settled: int = 0  # of the ledger: the month in which that was paid for these months

    @property
    def begins(self) -> int:
        """The month from which it counts as written; that of a death may begin before."""
        return first_month(self.since)


def seen(s: Spell, month: int, known: int | None) -> bool:
    """Whether a value has begun in a month, as known on a day."""
    return s.first <= month and (known is None or s.known <= known)


def current(spells: tuple[Spell, ...], month: int, known: int | None) -> Spell | None:
    """The spell that counts in a month: of those begun and known, the one known last, then the one with the later 自.

    One that is over (至) leaves the month to the next, that has begun after it, also where it became known later.
    """
    found = [s for s in spells if seen(s, month, known)]
    found = [s for s in found if s.last >= month or not any(s.last < x.first and s.since < x.since for x in found)]
    return max(found, key=lambda s: (s.known, s.since)) if found else None


def deaths(spells: tuple[Spell, ...]) -> tuple[Spell, ...]:
    """Dated values of a death: each counts from the month of the day that it gives, however late 自 is, and so does what corrects it."""
    months: dict[int, int] = {}
    for s in spells:
        if isinstance(s.value, int) and s.value != NEVER:
            months[s.since] = min(months.get(s.since, s.first), s.value // 100 * 100 + 1)
    return tuple(s._replace(first=min(s.first, months.get(s.since, s.first))) for s in spells)


def is_month(value: object) -> bool:
    """Whether a date is written by the month: after 至 that lasts to the month's end."""
    return isinstance(value, str) and len(value) == len("2022-03")


def written(day: int) -> str:
    """A day as histories mostly write it: the first of a month as that month."""
    return day_text(day)[:7] if day % 100 == 1 else day_text(day)


def outside(
    facts: Mapping[str, tuple[Spell, ...]], birth: int, presence: tuple[Spell, ...]
) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """(code, path, words) of facts from before the birth (0: not known) or after the leaving of who has not come back."""
    gone = max((s for s in presence if s.value is False), key=lambda s: s.since, default=None)
    back = any(s.value is True and gone is not None and s.since > gone.since for s in presence)
    back = back or (gone is not None and gone.last < ir.OPEN)
    for path, spells in facts.items():
        for s in spells:
            if s.since < birth // 100 * 100 + 1:
                yield "F0209", f"{path}[{s.row}]", {"date": written(s.since), "birth": day_text(birth)}
                break
            if gone is not None and not back and s.since > gone.since:
                yield "F0210", f"{path}[{s.row}]", {"date": written(s.since), "gone": written(gone.since)}
                break
