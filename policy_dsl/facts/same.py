"""Whether the entries of a month are those of the month before: who is known by nothing but the place must still be the same there."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from typing import Any

from ..backends.encoding import fact_step
from ..backends.entries import Entries, numbers_of
from ..backends.formatting import value_text
from ..backends.handover import Moved
from ..backends.identity import Key, key_of, keys_of
from ..backends.runtime import Unknown
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from .values import MOST_ERRORS

Data = tuple[Any, ...]


def same_entries(program: ir.Program, root: str, before: Data, now: Data, moved: Moved) -> None:
    """Raises PolicyError where somebody else stands in a place of last month's, or of a month before. `moved`: who has left another one."""
    found = list(islice(_Comparison(program, root, before, now, moved).entry(root, before, now, root), MOST_ERRORS))
    if found:
        raise PolicyError(found)


def remember(program: ir.Program, name: str, before: Data, now: Data) -> None:
    """Keeps, of those who are not there now, what they were when they last were: who comes to their place must be the same."""
    entities = {e.name: e for e in program.entities}
    stack = [(entities[name], before, now)]
    while stack:
        entity, old, new = stack.pop()
        for n, members in enumerate(entity.lists, len(entity.facts)):
            was, given = old[n], new[n]
            if isinstance(was, Unknown) or isinstance(given, Unknown):
                continue
            last = last_of(was)
            if isinstance(given, Entries):
                inner = entities[members.entity]
                given.left = {n: x for n, x in last.items() if key_of(inner, x, n) in given.away}
            here = zip(numbers_of(given), given, strict=True)
            stack += [(entities[members.entity], last[k], data) for k, data in here if k in last]


def last_of(was: Any) -> dict[int, Data]:
    """The entries of a list by their places, and who of them was there last in a place that is empty."""
    left = was.left if isinstance(was, Entries) else {}
    return left | dict(zip(numbers_of(was), was, strict=True))


class _Comparison:
    def __init__(self, program: ir.Program, root: str, before: Data, now: Data, moved: Moved) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.was = {*self._identified(root, before), *moved}
        self.there = set(self._identified(root, now))

    def _identified(self, name: str, data: Data) -> Iterator[tuple[str, Key]]:
        """(entity, identity) of everybody whose identity is known, wherever."""
        for inner, given in self._lists(name, data):
            for key, below in zip(keys_of(inner, given), given, strict=True):
                if isinstance(key, str):
                    yield inner.name, key
                yield from self._identified(inner.name, below)

    def _lists(self, name: str, data: Data) -> Iterator[tuple[ir.Entity, Any]]:
        entity = self.entities[name]
        for n, members in enumerate(entity.lists, len(entity.facts)):
            yield self.entities[members.entity], () if isinstance(data[n], Unknown) else data[n]

    def entry(self, name: str, before: Data, now: Data, path: str) -> Iterator[Diagnostic]:
        """Of an entry that is matched by its place: what cannot change and has, here and below."""
        entity = self.entities[name]
        for n, fact in enumerate(entity.facts):
            a, b = before[n], now[n]
            given = not isinstance(a, Unknown) and not isinstance(b, Unknown)
            if (fact.fixed or n == entity.naming) and given and a != b and not fact.died:
                yield self.differs(entity, n, a, b, path)
                return
        yield from self.below(name, before, now, path)

    def below(self, name: str, before: Data, now: Data, path: str) -> Iterator[Diagnostic]:
        lists = self.entities[name].lists
        for members, (inner, was), (_, given) in zip(
            lists, self._lists(name, before), self._lists(name, now), strict=True
        ):
            old = dict(zip(keys_of(inner, was), was, strict=True))
            left, away = (was.left, was.away) if isinstance(was, Entries) else ({}, {})
            places = {n: key_of(inner, x, n) for n, x in last_of(was).items()}
            for n, key, data in zip(numbers_of(given), keys_of(inner, given), given, strict=True):
                where = f"{path}.{members.name}[{n}]"
                if isinstance(key, str) and key in old:
                    yield from self.below(inner.name, old[key], data, where)
                elif (inner.name, key) in self.was or (isinstance(key, str) and key in away):
                    continue  # moved here, or back after months, with all below
                elif places.get(n) == n:  # who was there, or was there last, goes by the place
                    yield from self.entry(inner.name, old.get(n) or left[n], data, where)
                elif key == n and n in places and (inner.name, places[n]) not in self.there:
                    fact = inner.facts[inner.identity].name
                    yield diagnostic("F0234", at=f"{where}.{fact}", fact=fact)

    @staticmethod
    def differs(entity: ir.Entity, n: int, before: Any, now: Any, path: str) -> Diagnostic:
        fact = entity.facts[n]
        shown = []
        for value, word in ((before, ("另一个", "another")), (now, ("这一个", "this one"))):
            exact = value * fact_step(fact.type) if fact.type.is_amount else value
            private = n == entity.identity
            shown.append(word if private else tuple(value_text(exact, fact.type, lang) for lang in ("zh", "en")))
        (a, a_en), (b, b_en) = shown
        at = f"{path}.{fact.name}"
        return diagnostic("F0233", at=at, fact=fact.name, before=a, before_en=a_en, now=b, now_en=b_en)
