"""The law of what is unknown, by filling in: what a decision knows, and what it calls an error, stays when unknown facts are given.

A filling keeps each fact's type and range and the bounds of lists, and moves no birth: who is born stays there on the day decided.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from policy_dsl import Decision
from policy_dsl.ir import nodes as ir

from .cases import FactsWriter
from .dice import Dice

Path = tuple[str | int, ...]


def opened(dice: Dice, program: ir.Program, facts: dict[str, Any], percent: int = 30) -> dict[str, Any]:
    """The same facts with some made unknown, and some lists that may be left out."""
    entities = {e.name: e for e in program.entities}

    def entry(given: dict[str, Any], entity: ir.Entity) -> dict[str, Any]:
        made = dict(given)
        for fact in entity.facts:
            if dice.chance(percent):
                made[fact.name] = None
        for members in entity.lists:
            if not members.low and dice.chance(percent // 2):
                made.pop(members.name, None)
            elif made.get(members.name):
                made[members.name] = [entry(x, entities[members.entity]) for x in made[members.name]]
        return made

    root = next(iter(facts))
    return {root: entry(facts[root], entities[root])}


class Filler:
    """Fills what a case leaves open."""

    def __init__(self, dice: Dice, program: ir.Program, on: int, share: int = 100) -> None:
        self.dice = dice
        self.share = share  # percent of what is open that is filled
        self.writer = FactsWriter(dice, program)
        self.entities = {e.name: e for e in program.entities}
        month = on // 100 * 100 + 1
        self.month = f"{month // 10000:04d}-{month // 100 % 100:02d}-01"

    def filled(self, facts: dict[str, Any]) -> dict[str, Any]:
        root = next(iter(facts))
        return {root: self.entry(facts[root], self.entities[root])}

    def entry(self, given: dict[str, Any], entity: ir.Entity) -> dict[str, Any]:
        made = deepcopy(given)
        for place, fact in enumerate(entity.facts):
            open_ = made[fact.name] is None if fact.name in made else not fact.has_default
            if open_ and self.dice.chance(self.share):
                made[fact.name] = self.value(fact, place == entity.born)
        for members in entity.lists:
            inner = self.entities[members.entity]
            listed = made.get(members.name)
            if listed is None and self.dice.chance(self.share):
                most = min(members.high, members.low + 2)
                listed = [{} for _ in range(self.dice.between(members.low, most))]
            if listed is not None:
                made[members.name] = [self.entry(x, inner) for x in listed]
        return made

    def value(self, fact: ir.Fact, birth: bool) -> Any:
        for _ in range(20):
            made = self.writer.value(fact)
            if not birth or str(made) <= self.month:
                return made
        return "1980-05-05"


def states(decision: Decision) -> dict[str, tuple[str, object]]:
    """Path → (state, value) of every output, as far as it is settled."""
    out: dict[str, tuple[str, object]] = {}
    for path, output in decision.outputs.items():
        out[path] = (output.state, output.value if output.state == "known" else None)
    return out


def breaches(before: Decision, after: Decision) -> Iterator[str]:
    """What was settled before and is not the same after."""
    later = states(after)
    for path, (state, value) in states(before).items():
        if state != "undetermined" and later.get(path) != (state, value):
            yield f"{path}: {state} {value} → {later.get(path)}"
