"""Who is there in a month: an entry is from the first month that begins on or after its birth to the last one that begins up to its death.

What is unknown moves nobody. Who is not there is left out where data are made, so that all evaluators see only who is there; the list
remembers who was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from .entries import Entries, Missing, numbers_of
from .formatting import day_text
from .runtime import NEVER, Unknown, next_month

LAST_MONTH = 99991201  # of the calendar
REMARKS = ("F0218", "F0222", "F0225", "F0226")  # who is not there, or that nobody is


def month_after(month: int) -> int:
    return ir.OPEN if month >= LAST_MONTH else next_month(month)


def first_month(day: int) -> int:
    """The first month that begins on or after the day; none does after the calendar's last."""
    return day if day % 100 == 1 else month_after(day)


def lifetime(entity: ir.Entity, data: Sequence[Any]) -> tuple[int, int]:
    """The days of the entry's birth and death; 0 and NEVER where there is none, or it is not known."""
    birth = data[entity.born] if entity.born >= 0 else 0
    death = data[entity.died] if entity.died >= 0 else NEVER
    return birth if isinstance(birth, int) else 0, death if isinstance(death, int) else NEVER


class Gone(NamedTuple):
    """Why an entry is not there: the day of its birth, or of its death."""

    day: int
    dead: bool


def gone(birth: int, death: int, month: int) -> Gone | None:
    """Why somebody with these days is not there on the month's first day (yyyymmdd); None where nothing speaks against it."""
    if birth > month:
        return Gone(birth, dead=False)
    return Gone(death, dead=True) if death < month else None


def short(entity: ir.Entity, data: Sequence[Any]) -> str:
    """The list of an entry in which fewer are left than it must have, or ""."""
    for n, members in enumerate(entity.lists, len(entity.facts)):
        if isinstance(data[n], Entries) and len(data[n]) < members.low:
            return members.name
    return ""


def listed(entity: ir.Entity, rows: Iterable[tuple[int, Any]], given: int, month: int) -> Any:
    """The entries of a list, each with its number, as data; `given`: how many there are with those who are not present.

    `month` 0: whenever they were born or died.
    """
    there: list[tuple[int, Any]] = []
    missing: list[Missing] = []
    for n, data in rows:
        why = gone(*lifetime(entity, data), month) if month else None
        lacking = "" if why else short(entity, data)
        if why is not None:
            missing.append(Missing(n, called(entity, data), *why))
        elif lacking:
            missing.append(Missing(n, called(entity, data), 0, dead=False, short=lacking))
        else:
            there.append((n, data))
    return entries_of(there, given, missing)


def entries_of(there: Sequence[tuple[int, Any]], given: int, missing: Iterable[Missing]) -> Any:
    """The list as data: those who are there with their numbers, and who of those given is not, but for 在列."""
    entries = [data for _, data in there]
    if len(there) == given:
        return tuple(entries)
    return Entries(entries, tuple(n for n, _ in there), tuple(missing), None, given)


def too_few(path: str, members: ir.Members, given: int, missing: int) -> Diagnostic:
    """F0111, with the likely cause where somebody is not yet born, or dead."""
    hint = (
        f"还有 {missing} 个没有出生或已经去世，不算在内：检查日期和名单",
        f"{missing} more are not yet born or have died and do not count: check the dates and the list",
    )
    low, high = members.low, members.high
    return diagnostic(
        "F0111", at=path, hint=hint if missing else None, name=members.name, given=given, low=low, high=high
    )


def called(entity: ir.Entity, data: Sequence[Any]) -> str:
    """The name that the entry's text fact gives it, or ""; what identifies it is no name."""
    named = (data[n] for n, f in enumerate(entity.facts) if f.type.kind == "text" and n != entity.identity)
    return next((v for v in named if isinstance(v, str)), "")


class Absent(NamedTuple):
    """Somebody who is not there in a month, since the birth comes later or the death came before, or nobody is left in a list of it."""

    path: str
    called: str
    fact: ir.Fact | None
    day: int = 0
    short: str = ""

    @property
    def dead(self) -> bool:
        return self.fact is not None and self.fact.died


def absent(entity: ir.Entity, path: str, called: str, why: Gone | Missing) -> Absent:
    """Somebody of this entity who is not there."""
    if isinstance(why, Missing) and why.short:
        return Absent(path, called, None, 0, why.short)
    return Absent(path, called, entity.facts[entity.died if why.dead else entity.born], why.day)


def told(absent: Absent, month: int) -> Diagnostic:
    """The finding that somebody is not there."""
    name = absent.called or absent.path.partition(".")[2] or absent.path
    if absent.fact is None:
        return diagnostic("F0226", at=f"{absent.path}.{absent.short}", name=name, month=day_text(month)[:7])
    at = f"{absent.path}.{absent.fact.name}"
    code = "F0222" if absent.dead else "F0218"
    return diagnostic(
        code, absent.fact.place, at=at, clause=absent.fact.clause.show(), name=name, **_days(absent, month)
    )


def _days(absent: Absent, month: int) -> dict[str, Any]:
    """The day, the month in which somebody is not there, and the first month in which it is otherwise."""
    first = (month_after if absent.dead else first_month)(absent.day)
    day = day_text(absent.day)
    shown = day_text(first)[:7] if first < ir.OPEN else day
    return {"death" if absent.dead else "birth": day, "month": day_text(month)[:7], "first": shown}


def refused(absent: Absent, month: int) -> Diagnostic:
    """The error that a case begins with somebody who is not there."""
    assert absent.fact is not None
    code = "F0223" if absent.dead else "F0219"
    return diagnostic(code, at=f"{absent.path}.{absent.fact.name}", **_days(absent, month))


class Presence:
    """Leaves out of data who is not yet born, or dead, for one program."""

    def __init__(self, program: ir.Program) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.within = {e.name: self._may_lack(e) for e in program.entities}
        """Entities that may not be there, or hold some that may not: for a birth, a death, or a list with too few left."""

    def _may_lack(self, entity: ir.Entity) -> bool:
        own = entity.born >= 0 or entity.died >= 0 or (bool(entity.holder) and any(m.low for m in entity.lists))
        return own or any(self._may_lack(self.entities[m.entity]) for m in entity.lists)

    def of(self, root: str, data: tuple[Any, ...], month: int) -> tuple[Any, ...]:
        """The data of those who are there in the month. Raises PolicyError where the first is not, or a list of it has too few left."""
        if not self.within[root]:
            return data
        entity = self.entities[root]
        why = gone(*lifetime(entity, data), month)
        if why is not None:
            raise PolicyError([refused(absent(entity, root, called(entity, data), why), month)])
        return self._entry(entity, data, root, month)

    def _entry(self, entity: ir.Entity, data: tuple[Any, ...], path: str, month: int) -> tuple[Any, ...]:
        out = list(data)
        for n, members in enumerate(entity.lists, len(entity.facts)):
            given = data[n]
            if not self.within[members.entity] or isinstance(given, Unknown):
                continue
            inner, where = self.entities[members.entity], f"{path}.{members.name}"
            rows = zip(numbers_of(given), given, strict=True)
            made: Any = listed(
                inner, [(i, self._entry(inner, x, f"{where}[{i}]", month)) for i, x in rows], len(given), month
            )
            if isinstance(made, Entries) and len(made) < members.low and path == entity.name:
                raise PolicyError([too_few(where, members, len(made), len(made.missing))])
            if isinstance(given, Entries):
                missing = made.missing if isinstance(made, Entries) else ()
                numbers = made.numbers if isinstance(made, Entries) else given.numbers
                made = Entries(made, numbers, (*given.missing, *missing), given.away, given.given)
            out[n] = made
        return tuple(out)

    def absent(self, root: str, data: tuple[Any, ...], path: str = "") -> Iterator[Absent]:
        """Who was left out of the data for a birth or a death."""
        if not self.within[root]:
            return
        entity = self.entities[root]
        for n, members in enumerate(entity.lists, len(entity.facts)):
            given = data[n]
            if not self.within[members.entity] or isinstance(given, Unknown):
                continue
            inner, where = self.entities[members.entity], f"{path or root}.{members.name}"
            for x in given.missing if isinstance(given, Entries) else ():
                yield absent(inner, f"{where}[{x.number}]", x.called, x)
            for i, x in zip(numbers_of(given), given, strict=True):
                yield from self.absent(members.entity, x, f"{where}[{i}]")
