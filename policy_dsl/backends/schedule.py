"""In which order a compiled function computes: own rules, then a loop over a list, then what that loop made possible, and so on.

Aggregates are gathered in the loop over their entries, so each list is walked as few times as the rules allow.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..ir import nodes as ir
from ..ir.traverse import children
from .epoch import Epoch
from .layout import RuleKey
from .slices import closure


class Gather(NamedTuple):
    """An aggregate with the entity that hosts it."""

    host: str
    node: ir.Aggregate


class Step(NamedTuple):
    """`rule`: compute it. `gather`: take this entry into an aggregate. `loop`: walk a list; `closes` are finished after it."""

    kind: str
    rule: RuleKey | None = None
    gather: Gather | None = None
    list: str = ""
    entity: str = ""
    steps: tuple[Step, ...] = ()
    closes: tuple[Gather, ...] = ()


class Needs(NamedTuple):
    rules: frozenset[RuleKey]
    gathers: tuple[Gather, ...]


class Scheduler:
    """`wanted`: the rules that are asked for, so that only what they need is planned; None: all."""

    def __init__(self, epoch: Epoch, root: str, wanted: frozenset[RuleKey] | None = None) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.entities = {e.name: e for e in self.program.entities}
        self.root = root
        self.within = list(self._below(root))
        self.rules: dict[str, list[RuleKey]] = {}
        needed = None if wanted is None else closure(epoch, wanted, self.within)
        for rule in self.program.rules:
            if rule.entity in self.within and (needed is None or (rule.entity, rule.name) in needed):
                self.rules.setdefault(rule.entity, []).append((rule.entity, rule.name))
        self.needs: dict[RuleKey, Needs] = {k: self._rule_needs(k) for keys in self.rules.values() for k in keys}
        self.gathers: dict[Gather, Needs] = {}
        for needs in list(self.needs.values()):
            self._collect(needs)

    def _below(self, entity: str) -> Iterator[str]:
        yield entity
        for members in self.entities[entity].lists:
            yield from self._below(members.entity)

    def _collect(self, needs: Needs) -> None:
        for gather in needs.gathers:
            if gather not in self.gathers:
                node = gather.node
                parts = [x for x in (node.where, node.value) if x is not None]
                self.gathers[gather] = self._formula_needs(parts, node.entity)
                self._collect(self.gathers[gather])

    def outward(self, entity: str, up: int) -> str:
        """The entity `up` levels out; "" beyond the root."""
        for _ in range(up):
            if entity == self.root or not entity:
                return ""
            entity = self.entities[entity].holder
        return entity

    def _rule_needs(self, key: RuleKey) -> Needs:
        found = self.epoch.rules[key]
        if found is None:
            return Needs(frozenset(), ())
        lines = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
        needs = self._formula_needs(
            [x for line in lines for x in (line.condition, line.result) if x is not None], key[0]
        )
        return needs._replace(gathers=()) if key in self.epoch.laws.beyond else needs

    def _formula_needs(self, formulas: list[ir.Expression], entity: str) -> Needs:
        rules: set[RuleKey] = set()
        gathers: dict[Gather, None] = {}
        stack = list(formulas)
        while stack:
            node = stack.pop()
            if isinstance(node, ir.RuleRef):
                if self.outward(entity, node.up):
                    rules.add((node.entity, node.name))
            elif isinstance(node, ir.Aggregate) and node.outward:
                continue  # left to the interpreter
            elif isinstance(node, ir.Aggregate):
                host = self.outward(entity, node.up)
                if host:
                    gathers[Gather(host, node)] = None
                if node.default is not None:
                    stack.append(node.default)
            else:
                stack.extend(children(node))
        return Needs(frozenset(rules), tuple(gathers))

    # --- the plan

    def plan(self) -> tuple[Step, ...]:
        done: set[object] = set()
        started: set[Gather] = set()
        steps = self._entity(self.root, done, started)
        left = [k for keys in self.rules.values() for k in keys if k not in done]
        assert not left, f"not scheduled: {left}"
        return steps

    def _ready(self, needs: Needs, done: set[object]) -> bool:
        return needs.rules <= done and all(g in done for g in needs.gathers)

    def _entity(self, entity: str, done: set[object], started: set[Gather]) -> tuple[Step, ...]:
        steps: list[Step] = []
        while True:
            before = len(steps)
            for key in self.rules.get(entity, ()):
                if key not in done and self._ready(self.needs[key], done):
                    steps.append(Step("rule", rule=key))
                    done.add(key)
            for gather, needs in self.gathers.items():
                if (
                    gather.node.entity == entity
                    and gather.host != entity
                    and gather not in started
                    and self._ready(needs, done)
                ):
                    steps.append(Step("gather", gather=gather))
                    started.add(gather)
            for members in self.entities[entity].lists:
                inner_done, inner_started = set(done), set(started)
                inner = self._entity(members.entity, inner_done, inner_started)
                if not inner:
                    continue
                closes = tuple(g for g in inner_started - started if g.host == entity)
                closes = tuple(sorted(closes, key=lambda g: list(self.gathers).index(g)))
                steps.append(Step("loop", list=members.name, entity=members.entity, steps=inner, closes=closes))
                done |= inner_done
                done |= set(closes)
                started |= inner_started
            if len(steps) == before:
                return tuple(steps)


def all_gathers(steps: tuple[Step, ...]) -> Iterator[Gather]:
    """Every aggregate gathered in these steps, those of inner loops included."""
    for step in steps:
        if step.gather is not None:
            yield step.gather
        yield from all_gathers(step.steps)
