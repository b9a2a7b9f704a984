"""Who is there in a month: an entry is from the first month that begins on or after its birth; an unknown birth moves nobody.

Who is not yet born is left out where data are made, so that all evaluators see only who is there; the list remembers who was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from .entries import Entries, Unborn, numbers_of
from .formatting import day_text
from .runtime import Unknown, next_month

LAST_MONTH = 99991201  # of the calendar


def month_after(month: int) -> int:
    return ir.OPEN if month >= LAST_MONTH else next_month(month)


def first_month(day: int) -> int:
    """The first month that begins on or after the day; none does after the calendar's last."""
    return day if day % 100 == 1 else month_after(day)


def unborn(entity: ir.Entity, data: Sequence[Any], month: int) -> bool:
    """Whether the entry with these facts is born after the month's first day (yyyymmdd)."""
    day = data[entity.born] if entity.born >= 0 else None
    return isinstance(day, int) and day > month


def listed(entity: ir.Entity, rows: Iterable[tuple[int, Any]], given: int, month: int) -> Any:
    """The entries of a list, each with its number, as data; `given`: how many there are with those who are not present."""
    there: list[tuple[int, Any]] = []
    late: list[Unborn] = []
    for n, data in rows:
        if unborn(entity, data, month):
            late.append(Unborn(n, called(entity, data), data[entity.born]))
        else:
            there.append((n, data))
    return entries_of(there, given, late)


def entries_of(there: Sequence[tuple[int, Any]], given: int, late: Iterable[Unborn]) -> Any:
    """The list as data: those who are there with their numbers, and who of those given is not yet born."""
    entries = [data for _, data in there]
    return tuple(entries) if len(there) == given else Entries(entries, tuple(n for n, _ in there), tuple(late))


def too_few(path: str, members: ir.Members, given: int, late: int) -> Diagnostic:
    """F0111, with the likely cause where somebody is not yet born."""
    hint = (
        f"还有 {late} 个没有出生，不算在内：检查出生日期和名单",
        f"{late} more not yet born do not count: check the births and the list",
    )
    low, high = members.low, members.high
    return diagnostic("F0111", at=path, hint=hint if late else None, name=members.name, given=given, low=low, high=high)


def called(entity: ir.Entity, data: Sequence[Any]) -> str:
    """The name that the entry's text fact gives it, or ""; what identifies it is no name."""
    named = (data[n] for n, f in enumerate(entity.facts) if f.type.kind == "text" and n != entity.identity)
    return next((v for v in named if isinstance(v, str)), "")


class Absent(NamedTuple):
    """Somebody who is not there in a month, since the birth comes later."""

    path: str
    called: str
    fact: ir.Fact
    day: int


def told(absent: Absent, month: int) -> Diagnostic:
    """The finding that somebody is not there."""
    words = _days(absent, month)
    name = absent.called or absent.path.partition(".")[2] or absent.path
    place = absent.fact.place
    at = f"{absent.path}.{absent.fact.name}"
    return diagnostic("F0218", place, at=at, clause=absent.fact.clause.show(), name=name, **words)


def _days(absent: Absent, month: int) -> dict[str, Any]:
    first = first_month(absent.day)
    return {
        "birth": day_text(absent.day),
        "month": day_text(month)[:7],
        "first": day_text(first)[:7] if first < ir.OPEN else day_text(absent.day),
    }


def refused(absent: Absent, month: int) -> Diagnostic:
    """The error that a case begins with somebody who is not there."""
    return diagnostic("F0219", at=f"{absent.path}.{absent.fact.name}", **_days(absent, month))


class Presence:
    """Leaves out of data who is not yet born, for one program."""

    def __init__(self, program: ir.Program) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.within = {e.name: self._born_within(e) for e in program.entities}
        """Entities with a birth, or with one below them."""

    def _born_within(self, entity: ir.Entity) -> bool:
        return entity.born >= 0 or any(self._born_within(self.entities[m.entity]) for m in entity.lists)

    def of(self, root: str, data: tuple[Any, ...], month: int) -> tuple[Any, ...]:
        """The data of those who are there in the month. Raises PolicyError where the first is not, or a list has too few left."""
        if not self.within[root]:
            return data
        entity = self.entities[root]
        if unborn(entity, data, month):
            absent = Absent(root, called(entity, data), entity.facts[entity.born], data[entity.born])
            raise PolicyError([refused(absent, month)])
        return self._entry(entity, data, root, month)

    def _entry(self, entity: ir.Entity, data: tuple[Any, ...], path: str, month: int) -> tuple[Any, ...]:
        out = list(data)
        for n, members in enumerate(entity.lists, len(entity.facts)):
            given = data[n]
            if not self.within[members.entity] or isinstance(given, Unknown):
                continue
            inner, where = self.entities[members.entity], f"{path}.{members.name}"
            rows = zip(numbers_of(given), given, strict=True)
            made = listed(
                inner, [(i, self._entry(inner, x, f"{where}[{i}]", month)) for i, x in rows], len(given), month
            )
            if isinstance(made, Entries) and len(made) < members.low:
                raise PolicyError([too_few(where, members, len(made), len(made.unborn))])
            if isinstance(given, Entries):
                late = made.unborn if isinstance(made, Entries) else ()
                numbers = made.numbers if isinstance(made, Entries) else given.numbers
                made = Entries(made, numbers, (*given.unborn, *late))
            out[n] = made
        return tuple(out)

    def absent(self, root: str, data: tuple[Any, ...], path: str = "") -> Iterator[Absent]:
        """Who was left out of the data for a birth."""
        if not self.within[root]:
            return
        entity = self.entities[root]
        for n, members in enumerate(entity.lists, len(entity.facts)):
            given = data[n]
            if not self.within[members.entity] or isinstance(given, Unknown):
                continue
            inner, where = self.entities[members.entity], f"{path or root}.{members.name}"
            for late in given.unborn if isinstance(given, Entries) else ():
                yield Absent(f"{where}[{late.number}]", late.called, inner.facts[inner.born], late.day)
            for i, x in zip(numbers_of(given), given, strict=True):
                yield from self.absent(members.entity, x, f"{where}[{i}]")
