"""What belongs to a rule: what it reads and who reads it, its parameters, the assumptions it rests on, the examples that expect it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..ir import nodes as ir
from ..ir.traverse import walk
from .places import Item, Place, RuleKey, Scheme
from .series import Series, series

_NUMBER = re.compile(r"\[\d+\]\.")


class Uses(NamedTuple):
    """What a rule reads directly, each once, in the order of the text. Facts are (entity, name)."""

    rules: tuple[RuleKey, ...]
    parameters: tuple[str, ...]
    facts: tuple[RuleKey, ...]


class Expectation(NamedTuple):
    """An example that expects something of a rule, and the place and scheme in which it stands."""

    place: Place
    scheme: Scheme
    item: Item


class Relations:
    """The relations of one place's rules, through all its layers."""

    def __init__(self, place: Place) -> None:
        self.place = place
        self.carried = {(e.name, c.name): c for e in place.program.entities for c in e.carried}
        self.uses = {key: self._uses(key) for key in place.program.outputs}
        self.used_by: dict[RuleKey | str, list[RuleKey]] = {}
        for key, uses in self.uses.items():
            read: list[RuleKey | str] = [*uses.rules, *uses.parameters]
            for name in read:
                self.used_by.setdefault(name, []).append(key)
        self.expected: dict[RuleKey, list[Expectation]] = {}
        self.checked: dict[int, list[RuleKey]] = {}  # by the identity of an example's item
        self._series: dict[str, list[Series]] = {}
        self._collect_examples()

    def _uses(self, key: RuleKey) -> Uses:
        rules: dict[RuleKey, None] = {}
        parameters: dict[str, None] = {}
        facts: dict[RuleKey, None] = {}
        todo, seen = [key], {key}
        while todo:
            for node in self._nodes(self.place.rules[todo.pop(0)]):
                match node:
                    case ir.ParameterRef():
                        parameters[node.name] = None
                    case ir.FactRef():
                        facts[node.entity, node.name] = None
                    case ir.RuleRef() | ir.CarriedRef() | ir.Window():
                        read = self._read(node)
                        if read not in self.place.rules:
                            facts[read] = None
                        elif self.place.rules[read].hidden or self.place.rules[read].displaces:
                            if read not in seen:  # a part of a rule reads what the rule reads
                                seen.add(read)
                                todo.append(read)
                        elif read != key:
                            rules[read] = None
        return Uses(tuple(rules), tuple(parameters), tuple(facts))

    def _read(self, node: ir.RuleRef | ir.CarriedRef | ir.Window) -> RuleKey:
        if isinstance(node, ir.RuleRef):
            return node.entity, node.name
        return node.entity, self.carried[node.entity, node.name].of

    @staticmethod
    def _nodes(rule: ir.Rule) -> Iterator[ir.Expression]:
        for line in rule.lines:
            if line.condition is not None:
                yield from walk(line.condition)
            yield from walk(line.result)

    def series(self, name: str) -> list[Series]:
        """A parameter's history, made once."""
        if name not in self._series:
            self._series[name] = series(self.place, self.place.parameters[name])
        return self._series[name]

    # --- assumptions

    def own_assumptions(self, key: RuleKey | str) -> list[str]:
        """Those written at a rule or a parameter itself, at its lines and values."""
        item = self.place.parameters[key] if isinstance(key, str) else self.place.rules[key]
        parts = item.entries if isinstance(item, ir.Parameter) else item.lines
        return list(dict.fromkeys([*item.assumptions, *(a for x in (*parts, *item.repeals) for a in x.assumptions)]))

    def assumptions(self, key: RuleKey) -> dict[str, list[RuleKey | str]]:
        """Every 假设 that a rule rests on, its own first, each with the rules and parameters at which it is written."""
        found: dict[str, list[RuleKey | str]] = {}
        todo: list[RuleKey | str] = [key]
        seen = set(todo)
        while todo:
            here = todo.pop(0)
            for text in self.own_assumptions(here):
                found.setdefault(text, []).append(here)
            for near in self._below(here):
                if near not in seen:
                    seen.add(near)
                    todo.append(near)
        return found

    def _below(self, key: RuleKey | str) -> Iterator[RuleKey | str]:
        if isinstance(key, str):
            values = (e.value for e in self.place.parameters[key].entries if e.value is not None)
            yield from (n.name for v in values for n in walk(v) if isinstance(n, ir.ParameterRef))
        else:
            yield from self.uses[key].rules
            yield from self.uses[key].parameters

    # --- examples

    def _collect_examples(self) -> None:
        for place in self.place.chain:
            for scheme in place.schemes:
                for item in scheme.items:
                    example = place.example_of(item)
                    paths = [e.path for e in example.expected] if example is not None else []
                    keys = list(dict.fromkeys(k for p in paths if (k := self.rule_at(p)) is not None))
                    self.checked[id(item)] = keys
                    for key in keys:
                        self.expected.setdefault(key, []).append(Expectation(place, scheme, item))

    def rule_at(self, path: str) -> RuleKey | None:
        """The rule at a path such as 家庭.成员[0].年龄."""
        entities = {e.name: e for e in self.place.program.entities}
        stack = [(e, path[len(e.name) + 1 :]) for e in entities.values() if path.startswith(f"{e.name}.")]
        while stack:
            entity, rest = stack.pop()
            if (entity.name, rest) in self.uses:
                return entity.name, rest
            for held in entity.lists:
                number = _NUMBER.match(rest, len(held.name)) if rest.startswith(held.name) else None
                if number is not None:
                    stack.append((entities[held.entity], rest[number.end() :]))
        return None
