"""All functions of one set of formulas: `decide` and `record` here, `read` in reading.py."""

from __future__ import annotations

import ast

from ..schedule import Step
from .ast_nodes import name, store
from .flow import Flow
from .reading import Reading


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
        with self.into([]):
            body = self._root(self.scheduler.plan())
        head: list[ast.stmt] = []
        order = self.argument_order()
        if order:
            filled: list[ast.expr] = [store(self.locals.get(key, "_")) for key in order]
            head.append(ast.Assign([ast.Tuple(filled, ast.Store())], name("P")))
        arguments = ast.arguments([], [ast.arg(x) for x in takes], None, [], [], None, [])
        return ast.FunctionDef(called, arguments, head + body, [], None, None)

    def argument_order(self) -> list[object]:
        """The locals that the argument P fills, in its order: what was given, parameters, written amounts of dated rows and of
        long rules, parameters with the values of all days, working days."""
        made: list[object] = [("parameter", *k) for k in self.parameters] + [("amount", *k) for k in self.amounts]
        made += [("column", k) for k in self.columns]
        made += [("history", *k) for k in self.histories]
        return list(dict.fromkeys([*self.given, *made, *([("calendar",)] if self.calendar else [])]))

    def _root(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        flow = Flow(self)
        return flow.function(plan)
