"""The other way of the open form: the interpreter works out one rule at one entry, in the place of compiled code.

What the rule reads is handed over by the function, in the forms of its locals. Whatever else is asked for (the entries of an aggregate, a
rule on another day) the interpreter works out itself, once.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from ..ir import nodes as ir
from ..ir.traverse import references
from . import runtime
from .compiled import Compiled, Opened
from .engine import Engine
from .entries import Imagined, Instance
from .interpret.interpretation import Interpretation
from .items import item_of, value_of
from .layout import RuleKey
from .values import Value

OF_ANY = ("any", "all", "sum", "count", "repeats")  # what they give depends on their host alone


class Piecemeal(Interpretation):
    """One case, of which `open` asks rule by rule."""

    def __init__(self, opened: Opened, on: int, data: tuple[Any, ...]) -> None:
        compiled = opened.compiled
        super().__init__(opened.epoch, on, compiled.instance(compiled.root, data))
        self.opened = opened
        self.slots = compiled.slots
        self.by_entity: dict[str, list[Instance]] = {}
        for entry in self.root.all():
            self.by_entity.setdefault(entry.entity.name, []).append(entry)
        self._gathered: dict[
            tuple[int, int], Value
        ] = {}  # (number of the aggregate, id of its host) → what was handed over
        self._aggregates: dict[tuple[int, int], Value] = {}  # the same by the node's id, of what was worked out

    def __call__(self, number: int, place: tuple[int, ...], handed: tuple[Any, ...]) -> Any:
        """A rule's value at an entry, as its local holds it."""
        rule = self.program.rules[number]
        entry = self._entry(rule.entity, place)
        if rule.name not in entry.values:
            self._take(number, entry, handed)
            entry.values[rule.name] = self.rule(rule, entry)
        slot = self.slots[rule.entity, rule.name]
        return item_of(entry.values[rule.name], slot.k if rule.type.is_amount else None, slot.dynamic)

    def _entry(self, name: str, place: tuple[int, ...]) -> Instance:
        """The entry at a place: its number in the list, level by level, of those who are there."""
        way: list[str] = []
        while name != self.root.entity.name:
            entity = self.opened.entities[name]
            way.append(next(m.name for m in self.opened.entities[entity.holder].lists if m.entity == name))
            name = entity.holder
        here = self.root
        for list_, n in zip(reversed(way), place, strict=True):
            here = (here.lists[list_] or [])[n]
        return here

    def _take(self, number: int, entry: Instance, handed: tuple[Any, ...]) -> None:
        """Keeps what the rule is handed over. What is UNKNOWN, or None for an empty list, is worked out here."""
        at = 0
        for kind, up, named, over, under, dynamic in self.opened.handed[number]:
            given, below = handed[at], handed[at + 1] if dynamic else 1
            at += 1 + dynamic
            here = self.up(entry, up)
            if given is None or given is runtime.UNKNOWN or here is None:
                continue
            k = Fraction(over, under) if over else None
            if kind == "gather":
                self._gathered[named, id(here)] = value_of(given, k, below)
            elif named not in here.values:
                here.values[named] = value_of(given, k, below)

    # --- what is asked for besides

    def value(self, entry: Instance, name: str) -> Value:
        if name not in entry.values and not isinstance(entry, Imagined):
            for rule in self._lacking((entry.entity.name, name)):
                for each in self.by_entity.get(rule.entity, ()):
                    if rule.name not in each.values:
                        each.values[rule.name] = self.rule(rule, each)
        return super().value(entry, name)

    def _lacking(self, key: tuple[str, str]) -> Iterator[ir.Rule]:
        """A rule and those that it reads, directly or not, which have no value yet, each after those that it reads."""
        lacking: set[tuple[str, str]] = set()
        stack = [key]
        rules = self.opened.rules
        while stack:
            entity, name = one = stack.pop()
            if one in lacking or all(name in e.values for e in self.by_entity.get(entity, ())):
                continue
            lacking.add(one)
            stack += references(rules[one])
        return (r for r in self.epoch.laws.closure(key) if (r.entity, r.name) in lacking)

    def aggregate(self, node: ir.Aggregate, at: Instance | None) -> Value:
        host = self.up(at, node.up) if at else None
        if host is None or node.outward:
            return super().aggregate(node, at)
        if not isinstance(host, Imagined):
            found = self._gathered.get((self._number(node), id(host)))
            if found is not None:
                return found
        if host is not at and node.function not in OF_ANY:  # its default is a formula of the entry that asks
            return super().aggregate(node, at)
        key = (id(node), id(host))
        if key not in self._aggregates:
            self._aggregates[key] = super().aggregate(node, at)
        return self._aggregates[key]

    def _number(self, node: ir.Aggregate) -> int:
        return self.opened.numbers.get(id(node), -1)


def opened(
    engine: Engine,
    on: int,
    root: str,
    known: int | None,
    data: tuple[Any, ...],
    wanted: frozenset[RuleKey] | None = None,
) -> tuple[Compiled, tuple[Any, ...]] | None:
    """What the open form gives for a case, with what reads it; None where only the whole interpreter answers."""
    found = engine.opened(on, root, known, wanted)
    try:
        return found.compiled, found.compiled.open(found.parameters, on, data, Piecemeal(found, on, data))
    except runtime.Defer:
        return None
