"""原值: what a rule would give if the line that says it were not there.

A line that reads it makes a rule of the lines below it in the order of rule 7 of the semantics: for an exception those of higher layers, those of its own
layer that it beats, and the body; for an amendment's line the body of the higher layers. So every evaluator, bound and check has
nothing new to learn: 原值 is a reference to a rule that stands before the one at hand and is nobody's output.
"""

from __future__ import annotations

from collections.abc import Callable

from ..model.symbols import Model, RuleSymbol
from ..source import Place
from ..syntax.characters import MAX_DISPLACED, MAX_RULE_LINES
from . import nodes as ir
from .bodies.lines import RawBody, RawLine

Reader = Callable[[Place], ir.RuleRef | None]


class Parts:
    """The parts of one rule that its lines read as 原值. Lines with the same lines below them share a part."""

    def __init__(self, model: Model, symbol: RuleSymbol, body: RawBody) -> None:
        self.model = model
        self.symbol = symbol
        self.body = body
        self.made: dict[tuple[int, ...], tuple[str, RawLine]] = {}
        self.below: dict[tuple[bool, int, frozenset[str]], tuple[int, ...]] = {}
        self.over: dict[int, dict[str, set[str]]] = {}  # by layer: which exceptions each exception beats
        for x in body.lines:
            if x.kind == "exception":
                self.over.setdefault(x.declared.layer, {}).setdefault(x.label, set()).update(x.beats)

    @property
    def too_many(self) -> bool:
        return len(self.made) > MAX_DISPLACED or sum(map(len, self.made)) > MAX_RULE_LINES

    def reader(self, n: int) -> Reader:
        """What 原值 means in the n-th line: asks for its part, or gives None where nothing is below it."""

        def read(place: Place) -> ir.RuleRef | None:
            below = next(iter(self.made)) if self.too_many else self._below(self.body.lines[n])
            if not below:
                return None
            if below not in self.made:
                self.made[below] = (self._name(self.body.lines[n]), self.body.lines[n])
            return ir.RuleRef(0, self.symbol.entity, self.made[below][0], self.symbol.type, place, True)

        return read

    def rules(self, whole: ir.Rule) -> list[ir.Rule]:
        """The parts as rules, made of the whole rule's lines."""
        return [
            whole._replace(
                name=name,
                benefit=False,  # an exception may well save a benefit from being negative
                lines=tuple(whole.lines[i] for i in below),
                modes=tuple(m for m in whole.modes if line.kind == "exception" or m[3] < line.declared.layer),
                displaces=whole.name,
                without=_without(line),
                parts=None,
            )
            for below, (name, line) in self.made.items()
        ]

    def _name(self, line: RawLine) -> str:
        """A name that nothing else of the entity has."""
        name = f"{self.symbol.name}~{_without(line) or len(self.made) + 1}"
        facts = self.model.entities[self.symbol.entity].facts
        taken = {x for x, _ in self.made.values()}
        while name in taken or name in facts or (self.symbol.entity, name) in self.model.rules:
            name += "'"
        return name

    def _below(self, line: RawLine) -> tuple[int, ...]:
        """The lines below, by their place in the body; none where no line of the body is among them."""
        exception, layer = line.kind == "exception", line.declared.layer
        key = (exception, layer, self._beaten(line) if exception else frozenset())
        if key not in self.below:
            gone = [r for r in self.body.repeals if r.always]
            found = tuple(
                i
                for i, x in enumerate(self.body.lines)
                if (self._lower(x, layer, key[2]) if exception else x.kind != "exception" and x.declared.layer < layer)
                and not any(r.declared.layer > x.declared.layer and r.key in ("", x.key) for r in gone)
            )
            self.below[key] = found if any(self.body.lines[i].kind != "exception" for i in found) else ()
        return self.below[key]

    @staticmethod
    def _lower(x: RawLine, layer: int, beaten: frozenset[str]) -> bool:
        """Whether a line comes behind an exception of the layer that beats those."""
        return x.kind != "exception" or x.declared.layer < layer or (x.declared.layer == layer and x.label in beaten)

    def _beaten(self, line: RawLine) -> frozenset[str]:
        """Labels of the line's layer that it beats, also through others."""
        over = self.over[line.declared.layer]
        found: set[str] = set()
        stack = list(line.beats)
        while stack:
            label = stack.pop()
            if label and label not in found:
                found.add(label)
                stack.extend(over.get(label, ()))
        return frozenset(found - {line.label})


def _without(line: RawLine) -> str:
    return line.label if line.kind == "exception" else line.declared.clause.policy
