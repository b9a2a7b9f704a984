"""All functions of one set of formulas: `decide` and `record` here, `read` in reading.py."""

from __future__ import annotations

import ast
from fractions import Fraction

from ...ir.traverse import walk
from ..schedule import Step
from .ast_nodes import defer, name, store
from .flow import Flow
from .reading import Reading

MOST_NODES = (
    10_000  # parts of the formulas in force; a longer policy is left to the interpreter, so that loading ends soon
)


class Emitter(Reading):
    """Emits all functions of one epoch's formulas for one root entity."""

    def decide(self, recording: bool) -> ast.FunctionDef:
        self.recording = recording
        return self.function("record" if recording else "decide", "P", "on", "data")

    def function(self, called: str, *takes: str) -> ast.FunctionDef:
        """A function that computes all rules."""
        self.forms.clear()
        self.gathered.clear()
        self.block = []
        if self._weight() > MOST_NODES:
            self.forms.update(dict.fromkeys(self.rules_by_key, (Fraction(1), False)))
            body: list[ast.stmt] = [defer("length")]
        else:
            with self.into([]):
                body = self._root(self.scheduler.plan())
        head: list[ast.stmt] = []
        order = self.argument_order()
        if order:
            head.append(ast.Assign([ast.Tuple([store(self.locals[key]) for key in order], ast.Store())], name("P")))
        arguments = ast.arguments([], [ast.arg(x) for x in takes], None, [], [], None, [])
        return ast.FunctionDef(called, arguments, head + body, [], None, None)

    def _weight(self) -> int:
        """Parts of all formulas in force, for how long compiling takes."""
        lines = [x for f in self.epoch.rules.values() if f for x in (*f.exceptions, *f.body, f.otherwise) if x]
        return sum(
            1 for x in lines for formula in (x.condition, x.result) if formula is not None for _ in walk(formula)
        )

    def argument_order(self) -> list[object]:
        """The locals that the argument P fills, in its order: parameters, written amounts of dated rows, parameters with the values
        of all days, working days."""
        made: list[object] = [("parameter", *k) for k in self.parameters] + [("amount", *k) for k in self.amounts]
        made += [("history", *k) for k in self.histories]
        return [*made, *([("calendar",)] if self.calendar else [])]

    def _root(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        flow = Flow(self)
        return flow.function(plan)
