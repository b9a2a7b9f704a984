"""Cases as data: facts that have been read and what came over from last month, changed in one place, written as JSON again."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any, NamedTuple

from ..backends.encoding import carried_width, start_of
from ..backends.entries import Entries, Instance, numbers_of
from ..backends.formatting import day_text
from ..backends.runtime import NEVER, NOTHING, Held, Unknown
from ..backends.values import Undetermined
from ..facts.values import MOST_DIGITS, OPEN_WORDS
from ..ir import nodes as ir
from ..model.reserved_keys import AWAY, PRESENT, PREVIOUS
from ..model.types import Type, decimal_text, grid
from .thresholds import UNBOUNDED

Data = tuple[Any, ...]
Way = tuple[tuple[int, int], ...]


class Case(NamedTuple):
    """Facts that have been read (facts/read.py says their form), with the day and the day as of which the law is known.

    `supposed`: what came over from last month was made up; else facts give it, or earlier months that were decided.
    """

    root: str
    data: Data
    on: int
    known: int | None = None
    supposed: bool = False


def route(entry: Instance) -> Way:
    """The way to an entry's data: the place of the list in its holder's data, its number in the list, whoever of it is there."""
    steps: list[tuple[int, int]] = []
    while entry.holder is not None:
        holder = entry.holder
        for n, members in enumerate(holder.entity.lists, len(holder.entity.facts)):
            entries = holder.lists[members.name] or []
            at = next((i for i, x in enumerate(entries) if x is entry), None)
            if at is not None:
                steps.append((n, numbers_of(holder.data[n])[at]))
        entry = holder
    return tuple(reversed(steps))


def bits_of(entity: ir.Entity) -> int:
    """The place of the bits for defaults in an entry's data; behind it stands what is carried."""
    return len(entity.facts) + len(entity.lists)


def changed(data: Data, way: Way, change: Callable[[Data], Data]) -> Data:
    """The data with one entry changed."""
    if not way:
        return change(data)
    (n, number), *rest = way
    entries = list(data[n])
    at = numbers_of(data[n]).index(number)
    entries[at] = changed(entries[at], tuple(rest), change)
    made = data[n].holding(entries) if isinstance(data[n], Entries) else tuple(entries)
    return (*data[:n], made, *data[n + 1 :])


def with_fact(data: Data, entry: Instance, position: int, value: Any, default: bool = False) -> Data:
    """The data with another value of one fact; `default`: as if it had been left out."""
    at, bit = bits_of(entry.entity), 1 << position

    def change(given: Data) -> Data:
        out = list(given)
        out[position] = value
        out[at] = out[at] | bit if default else out[at] & ~bit
        return tuple(out)

    return changed(data, route(entry), change)


def without_entry(data: Data, entry: Instance) -> Data:
    """The data without one entry of a list."""
    *way, (n, number) = route(entry)

    def change(given: Data) -> Data:
        kept = [x for i, x in zip(numbers_of(given[n]), given[n], strict=True) if i != number]
        numbers = tuple(i for i in numbers_of(given[n]) if i != number)
        made = Entries(kept, numbers, given[n].missing, given[n].away) if isinstance(given[n], Entries) else tuple(kept)
        return (*given[:n], made, *given[n + 1 :])

    return changed(data, tuple(way), change)


def with_carried(data: Data, entry: Instance, carried: list[Any]) -> Data:
    """The data with something else carried over by one entry."""
    first = bits_of(entry.entity) + 1
    return changed(data, route(entry), lambda given: (*given[:first], *carried))


def left_out(entry: Instance, c: ir.Carried) -> list[Any]:
    """The places of a carried value that facts do not give, though they give others."""
    path = f"{entry.path}.{PREVIOUS[0]}.{'.'.join(c.given)}"
    return [Held(Undetermined((path,)))] * carried_width(c)


def begins(entity: ir.Entity, data: Data) -> bool:
    """Whether the entry carries nothing: it stands before its first month."""
    pairs = zip(data[bits_of(entity) + 1 :], start_of(entity), strict=True)
    return all(a is b or (not (isinstance(a, Unknown) or isinstance(b, Unknown)) and a == b) for a, b in pairs)


# --- as JSON


def facts_of(program: ir.Program, root: str, data: Data) -> dict[str, object]:
    """Data as facts in JSON: what is unknown or took its default is left out, last month's values stand under 上月."""
    entities = {e.name: e for e in program.entities}

    def entry(entity: ir.Entity, given: Data) -> dict[str, object]:
        made: dict[str, object] = {}
        defaulted = given[bits_of(entity)]
        for n, fact in enumerate(entity.facts):
            if isinstance(given[n], Unknown):
                if fact.died:
                    made[fact.name] = OPEN_WORDS[0]
                elif fact.has_default:
                    made[fact.name] = None
            elif fact.died and given[n] == NEVER:
                continue
            elif not defaulted >> n & 1:
                made[fact.name] = _written(given[n] * grid(fact.type) if fact.type.is_amount else given[n], fact.type)
        for n, members in enumerate(entity.lists, len(entity.facts)):
            if not isinstance(given[n], Unknown) and not defaulted >> n & 1:
                made[members.name] = _numbered(given[n], [entry(entities[members.entity], x) for x in given[n]])
        if not begins(entity, given):
            made[PREVIOUS[0]] = _before(entity, given)
        return made

    return {root: entry(entities[root], data)}


def _numbered(given: Any, entries: list[dict[str, object]]) -> list[dict[str, object]]:
    """The entries at their numbers; in the place of one that is not there stands one that says so."""
    found = dict(zip(numbers_of(given), entries, strict=True))
    return [found.get(n, {PRESENT[0]: False}) for n in range(max(found, default=-1) + 1)]


def _before(entity: ir.Entity, data: Data) -> dict[str, object]:
    """What stands under 上月; what was not known is left out."""
    made: dict[str, object] = {}
    at = bits_of(entity) + 1
    for c in entity.carried:
        given = data[at]
        at += carried_width(c)
        if isinstance(given, Unknown):
            if given is NOTHING and not c.keeps:
                made[PRESENT[0]] = False
            elif _death(entity, c):
                made[c.given[0]] = OPEN_WORDS[0]
            continue
        if c.type.kind == "date" and given == NEVER:  # a death that is left out is none
            continue
        if c.kind == "window":
            told: object = [
                AWAY[0] if x is NOTHING else None if isinstance(x, Unknown) else _handed(c, x) for x in given
            ]
        else:
            told = _handed(c, given if not c.type.is_amount or c.grid else (given, data[at - 1]))
        if len(c.given) == 1:
            made[c.given[0]] = told
        else:
            made.setdefault(c.given[0], {})[c.given[1]] = told  # type: ignore[index]
    return made


def _death(entity: ir.Entity, c: ir.Carried) -> bool:
    """Whether it is last month's date of death."""
    return c.source == "fact" and entity.died >= 0 and entity.facts[entity.died].name == c.of


def _handed(c: ir.Carried, value: Any) -> object:
    if not c.type.is_amount:
        return _written(value, c.type)
    number = (Fraction(value, c.grid) if c.grid else Fraction(*value)) / c.type.own.scale
    return _written(number, c.type) if abs(number) < UNBOUNDED else None  # larger than facts may be: not known


def _written(value: Any, type_: Type) -> object:
    """A value in JSON; an amount is given in its declared unit."""
    match type_.kind:
        case "enumeration":
            return type_.members[value]
        case "date":
            return day_text(value)
        case "amount":
            number = Fraction(value)
            text = decimal_text(number) or ""
            return int(number) if number.denominator == 1 else text if 0 < len(text) <= MOST_DIGITS else str(number)
    return value


def measure(program: ir.Program, case: Case) -> int:
    """How much a case says: facts that are given, entries, and values of last month."""

    def count(made: object) -> int:
        if isinstance(made, dict):
            return sum(1 + count(x) for x in made.values())
        return sum(1 + count(x) for x in made) if isinstance(made, list) else 0

    return count(facts_of(program, case.root, case.data))
