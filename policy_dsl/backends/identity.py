"""Who is who: entries are known by the text that identifies them (认人), else by their place in the list.

What a month hands to the next goes by these keys (handover.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from ..diagnostics.report import Diagnostic, diagnostic
from ..ir import nodes as ir
from .entries import numbers_of
from .runtime import Unknown

Key = int | str


def keys_of(entity: ir.Entity, given: Any) -> Iterable[Key]:
    """What the entries of a list go by: each its identity, where it is known, else its number."""
    if entity.identity < 0:
        return numbers_of(given)
    return [key_of(entity, data, n) for n, data in zip(numbers_of(given), given, strict=True)]


def key_of(entity: ir.Entity, data: tuple[Any, ...], number: int) -> Key:
    """What one entry goes by."""
    found = data[entity.identity] if entity.identity >= 0 else number
    return found if isinstance(found, str) else number


class Twice(NamedTuple):
    """An identity that stands in two places: the paths of both entries, and the fact."""

    path: str
    other: str
    fact: ir.Fact


def shared(entities: dict[str, ir.Entity], root: str, data: tuple[Any, ...]) -> Iterator[Twice]:
    """Who stands in several places, each place after the first."""
    seen: dict[tuple[str, str], str] = {}
    stack = [(entities[root], data, root)]
    while stack:
        entity, here, path = stack.pop()
        found = here[entity.identity] if entity.identity >= 0 else None
        if isinstance(found, str):
            first = seen.setdefault((entity.name, found), path)
            if first != path:
                yield Twice(path, first, entity.facts[entity.identity])
        inner = []
        for n, members in enumerate(entity.lists, len(entity.facts)):
            given = here[n]
            if not isinstance(given, Unknown):
                rows = zip(numbers_of(given), given, strict=True)
                inner += [(entities[members.entity], x, f"{path}.{members.name}[{i}]") for i, x in rows]
        stack.extend(reversed(inner))


def told(twice: Twice) -> Diagnostic:
    """The finding that somebody stands in two places."""
    at, fact = f"{twice.path}.{twice.fact.name}", twice.fact
    clause = fact.clause.show()
    return diagnostic("F0231", fact.place, at=at, clause=clause, fact=fact.name, other=twice.other)
