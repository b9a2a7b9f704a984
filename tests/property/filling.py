"""The law of what is unknown, by filling in: what is known, and what is an error, stays when unknown facts are given.

A filling keeps each fact's type and range and the bounds of lists, and moves no birth: who is there stays there. What is compared are the
values of all rules at all entries, hidden ones too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from copy import deepcopy
from typing import Any

from policy_dsl import Decision, Policy, PolicyError
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.possible import Bounds
from policy_dsl.backends.runtime import NOTHING
from policy_dsl.backends.values import Failure, Undetermined, Value, known
from policy_dsl.ir import nodes as ir

from .cases import FactsWriter
from .dice import Dice

LATE = "2099-05-05"
Facts = dict[str, Any]
Told = dict[tuple[str, str], Value]  # (entry, rule) → value


def iso(day: int) -> str:
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def opened(dice: Dice, program: ir.Program, facts: Facts, percent: int) -> Facts:
    """The same facts with some made unknown, of a history in some of its rows, and some lists that may be left out."""
    entities = {e.name: e for e in program.entities}

    def entry(given: Facts, entity: ir.Entity) -> Facts:
        made = dict(given)
        for fact in entity.facts:
            rows = made.get(fact.name)
            if isinstance(rows, list):
                made[fact.name] = [
                    {**x, "为": unknown(fact)} if "为" in x and dice.chance(percent) else x for x in rows
                ]
            elif dice.chance(percent):
                made[fact.name] = unknown(fact)
        for members in entity.lists:
            if not members.low and dice.chance(percent // 2):
                made.pop(members.name, None)
            elif made.get(members.name):
                made[members.name] = [entry(x, entities[members.entity]) for x in made[members.name]]
        return made

    root = next(iter(facts))
    return {root: entry(facts[root], entities[root])}


def unknown(fact: ir.Fact) -> str | None:
    """A fact that is not known: a death that is left out is none."""
    return "未知" if fact.died else None


def begins(given: Facts, entity: ir.Entity) -> bool:
    """Whether an entry of a history begins with the first date of its facts, so that one without dates would move it. A name and what
    identifies it are none of those that have no dates."""
    facts = [(n, given[f.name]) for n, f in enumerate(entity.facts) if given.get(f.name) is not None]
    dated = [n for n, x in facts if isinstance(x, list)]
    return bool(dated) and {n for n, _ in facts} <= {*dated, entity.naming, entity.identity}


class Filler:
    """Fills what a case, or a history, leaves open; `share`: percent of it. Nobody is born after the day `month`, a month's first, or has died before."""

    def __init__(self, dice: Dice, program: ir.Program, month: int, share: int = 100) -> None:
        self.dice = dice
        self.share = share
        self.month = iso(month)
        self.writer = FactsWriter(dice, program)
        self.entities = {e.name: e for e in program.entities}

    def filled(self, facts: Facts) -> Facts:
        root = next(iter(facts))
        return {root: self.entry(facts[root], self.entities[root])}

    def entry(self, given: Facts, entity: ir.Entity) -> Facts:
        made = deepcopy(given)
        moves = begins(given, entity)
        for place, fact in enumerate(entity.facts):
            birth = place == entity.born
            if isinstance(made.get(fact.name), list):
                for row in made[fact.name]:
                    if row.get("为", 0) == unknown(fact) and self.dice.chance(self.share):
                        row["为"] = self.value(fact, birth)
                continue
            left_out = not fact.has_default and not fact.died
            open_ = made[fact.name] == unknown(fact) if fact.name in made else left_out
            if open_ and not moves and self.dice.chance(self.share):
                alone = fact.died and begins({**given, fact.name: None}, entity)
                made[fact.name] = LATE if alone else self.value(fact, birth)
        for members in entity.lists:
            inner = self.entities[members.entity]
            listed = made.get(members.name)
            if (
                listed is None and not members.empty and self.dice.chance(self.share)
            ):  # one that is empty by default is not open
                most = min(members.high, members.low + 2)
                listed = [{} for _ in range(self.dice.between(members.low, most))]
            if listed is not None:
                made[members.name] = [self.entry(x, inner) for x in listed]
        return made

    def value(self, fact: ir.Fact, birth: bool) -> Any:
        if fact.died:  # who is there has not died before
            return self.dice.pick((None, LATE))
        made = self.writer.value(fact)
        return made if not birth or str(made) <= self.month else "0001-05-05"


def told(root: Instance) -> Told:
    """What the rules give at all entries."""
    return {(entry.path, name): value for entry in root.all() for name, value in entry.values.items()}


def state(value: Value) -> str:
    return "undetermined" if isinstance(value, Undetermined) else "error" if isinstance(value, Failure) else "known"


def stays(before: Value, after: Value) -> bool:
    """Whether a value may become another: what is known and an error stay, what is open becomes one of what it may be."""
    if not isinstance(before, Undetermined):
        return state(before) == state(after) and (isinstance(before, Failure) or same(before, after))
    if not known(after):
        return before.may_fail or not (after.may_fail if isinstance(after, Undetermined) else True)
    left = before.possible
    if after is NOTHING or left is None:
        return left is None and (after is not NOTHING or before.may_fail)
    if isinstance(left, Bounds):
        return (left.low is None or left.low <= after) and (left.high is None or after <= left.high)
    return after in left


def same(a: Value, b: Value) -> bool:
    return a is b if a is NOTHING or b is NOTHING else a == b


def idle(value: Value) -> bool:
    """Whether it waits and nothing is left that it may be: that is a certain error."""
    left = value.possible if isinstance(value, Undetermined) else None
    if isinstance(left, Bounds):
        return None not in left and left.low > left.high
    return left is not None and not left


def breaches(before: Told, after: Told) -> list[str]:
    """What was settled and is not the same any more, and what was open and is something that was not possible, or never was anything."""
    return [
        f"{path}.{name}: {value} → {after.get((path, name))}"
        for (path, name), value in before.items()
        if (path, name) not in after or not stays(value, after[path, name]) or idle(value)
    ]


def tried(policy: Policy, dice: Dice, part: Facts, day: int, count: int) -> Iterator[tuple[Decision, Decision, Facts]]:
    """A decision with facts left open, beside those with some or all of them filled in."""
    try:
        before = policy.decide(part, on=iso(day))
    except PolicyError:
        return
    for n in range(count):
        filled = Filler(dice, policy.program, day // 100 * 100 + 1, 50 if n % 3 == 2 else 100).filled(part)
        try:
            yield before, policy.decide(filled, on=iso(day)), filled
        except PolicyError:  # it breaks a guarantee about facts
            continue


def broken(policy: Policy, dice: Dice, some: Iterable[tuple[Facts, int]], count: int, done: Counter[str]) -> list[Any]:
    """The first breach of the law for some cases and days; `done` counts what was tried."""
    for part, day in some:
        for before, after, filled in tried(policy, dice, part, day, count):
            done["fillings"] += 1
            settled = told(before.instance)
            done.update(map(state, settled.values()))
            found = breaches(settled, told(after.instance))
            if found:
                return [found[:3], iso(day), part, filled]
    return []
