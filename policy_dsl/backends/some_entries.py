"""Reads results for some entries alone, where names with numbers asked for them (slices.py)."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from ..ir import nodes as ir
from .reading_plan import Entry, Node, Place, Reading, Spot
from .slices import Asked


class SomeEntries(Reading):
    """The same reading, without the outputs that were not asked for of an entry."""

    def __init__(self, of: Reading, asked: Asked) -> None:
        super().__init__(of.program, of.start[:-1], of.slots, of.layout, of.epoch, of.wanted)
        self._of = of
        self._asked = asked
        self._some: dict[tuple[str, ...], Node] = {}

    @cached_property
    def laid_out(self) -> Reading:
        return SomeEntries(self._of.laid_out, self._asked)

    def entries(self, data: tuple[Any, ...], raw: tuple[Any, ...]) -> list[Entry]:
        return [(self._narrowed(place), inner, result) for place, inner, result in self._of.entries(data, raw)]

    def _narrowed(self, place: Place) -> Place:
        node = place.node
        rules = [*(item.rule for item in node.items), *node.absent]
        some = [r for r in rules if self._asked.lists(place.path, (r.entity, r.name))]
        return place if len(some) == len(rules) else Place(self._node_of(node.entity, some), place.path, kept=False)

    def _node_of(self, entity: ir.Entity, rules: list[ir.Rule]) -> Node:
        key = (entity.name, *(r.name for r in rules))
        if key not in self._some:
            self._some[key] = self._node(entity, rules)
        return self._some[key]

    def spot(self, path: str) -> Spot | None:
        found = self._of.spot(path)
        if found is None:
            return None
        rule = found.node.items[found.n].rule
        return found if self._asked.lists(path[: -len(rule.name) - 1], (rule.entity, rule.name)) else None


def reading_of(whole: Reading, asked: Asked | None) -> Reading:
    """What reads a decision's results."""
    return SomeEntries(whole, asked) if asked is not None and asked.numbered else whole
