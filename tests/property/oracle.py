"""The interpreter, watched: what it met on the way to its values, and from which line each value came."""

from __future__ import annotations

from typing import Any

from policy_dsl.backends.compiled import Run
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.interpret.rows import Outcome, Rows
from policy_dsl.backends.runtime import NOTHING
from policy_dsl.backends.values import Failure, Value, known
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.in_force import InForce
from policy_dsl.ir.traverse import children, formulas, walk

from .filling import idle


class Watched(Interpretation):
    """Keeps the codes of failures that came up anywhere, and whether anything unusual did."""

    def __init__(self, run: Run, on: int, root: Instance) -> None:
        super().__init__(run.epoch, on, root)
        self.codes: set[str] = set()
        self.unusual = False

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        value = super().evaluate(node, at)
        if not known(value):
            assert not idle(value), (node, value)
            self.unusual = True
            if isinstance(value, Failure):
                self.codes.add(value.code)
        return value

    def rule(self, rule: ir.Rule, at: Instance) -> Value:
        value = super().rule(rule, at)
        if value is NOTHING:  # a stay that began before the first month
            self.unusual = True
        if not known(value):
            assert not idle(value), (rule.name, value)
            self.unusual = True
            if isinstance(value, Failure):
                self.codes.add(value.code)
        return value

    def as_of(self, node: ir.AsOf, at: Instance | None) -> Value:
        """A rule on another day is always left to the interpreter."""
        if isinstance(node.value, ir.RuleRef):
            self.unusual = True
        return super().as_of(node, at)

    def is_in_force(self, node: ir.ParameterRef | ir.RuleRef | ir.AsOf, at: Instance | None) -> Value:
        """So is whether one is in force on another day."""
        if isinstance(node, ir.AsOf) and isinstance(node.value, ir.RuleRef):
            self.unusual = True
        return super().is_in_force(node, at)

    def agree(self, rows: Rows, lines: list[ir.Line]) -> Outcome:
        if len(lines) > 1:
            self.unusual = True
        return super().agree(rows, lines)

    def before(self, node: ir.Past | ir.Window, default: ir.Expression | None, at: Instance | None) -> Value:
        value = super().before(node, default, at)
        if isinstance(value, Failure):  # 任一 and 全部 may be decided all the same
            self.unusual = True
            self.codes.add(value.code)
        return value

    def exceptions(self, rows: Rows) -> Outcome:
        if sum(rows.holds(x) is True for x in rows.found.exceptions) > 1:
            self.unusual = True  # two exceptions at once, be it that one beats the other
        return super().exceptions(rows)

    def look_at_all(self) -> None:
        """Evaluates what a compiled function computes ahead of need: the aggregates of all lines in force, entry by entry."""
        entries: dict[str, list[Instance]] = {}
        for entry in self.root.all():
            entries.setdefault(entry.entity.name, []).append(entry)
        for rule in self.program.rules:
            found = self.epoch.rules[rule.entity, rule.name]
            stack = [
                (x, rule.entity) for line in (lines_of(found) if found else ()) for x in (line.condition, line.result)
            ]
            while stack:
                node, entity = stack.pop()
                if isinstance(node, ir.Aggregate):
                    self.look_at(node, entries.get(entity, []), entries.get(node.entity, []))
                    stack += [(node.where, node.entity), (node.value, node.entity), (node.default, entity)]
                elif node is not None:
                    stack += [(x, entity) for x in children(node)]

    def look_at(self, node: ir.Aggregate, hosts: list[Instance], entries: list[Instance]) -> None:
        for entry in hosts:
            self.evaluate(node, entry)
        for entry in entries:
            if node.where is None or self.evaluate(node.where, entry) is not False:
                self.evaluate(node.value, entry) if node.value is not None else None


def has_slow_windows(program: ir.Program) -> bool:
    """Whether it looks back over months at a quotient, with a default that is no written amount, or for one of a year's months: left to the
    interpreter."""
    windows = [x for r in program.rules for f in formulas(r) for x in walk(f) if isinstance(x, ir.Window)]
    grids = {(e.name, c.name): c.grid for e in program.entities for c in e.carried}
    return any(
        x.function != "count"
        and x.type.is_amount
        and (not grids[x.entity, x.name] or x.default is not None or (x.year and x.function != "sum"))
        for x in windows
    )


def lines_of(found: InForce) -> tuple[ir.Line, ...]:
    """The lines in force in the order that a recorded pick counts in."""
    return (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))


def interpreted(run: Run, on: int, root: str, data: tuple[Any, ...]) -> Watched:
    """The interpreter's whole decision."""
    watched = Watched(run, on, run.compiled.instance(root, data))
    watched.rules()
    return watched
