"""What formulas make of values: arithmetic, comparisons, functions. What is read is for others to say."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...ir.traverse import asks_calendar
from ...model.signs import compared
from ...source import Place
from .. import possible as may
from .. import runtime
from ..calendar import Calendar
from ..entries import Instance
from ..formatting import day_text
from ..values import Failure, Undetermined, Value, join, known, narrowed, possible
from .logic import conjunction, disjunction, negation
from .spreads import called, computed


class Operations(ABC):
    """Formulas over whatever they read: `read` gives that, and is for those who extend this."""

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        """The value of a formula at an entry."""
        way = _WAYS.get(node.__class__)
        return self.read(node, at) if way is None else way(self, node, at)

    @abstractmethod
    def read(self, node: ir.Expression | None, at: Instance | None) -> Value:
        """The value of what is no operation: a fact, a rule, a parameter …"""

    def failure(self, code: str, place: Place, **words: str) -> Failure:
        return Failure(code, tuple(words.items()), place)

    def compare(self, node: ir.Compare, a: Value, b: Value) -> Value:
        if known(a) and known(b):
            return compared(node.sign, a, b)
        held = join((a, b))
        if not isinstance(held, Undetermined):
            return held
        return narrowed(held, may.comparing(node.sign, possible(a, node.left.type), possible(b, node.right.type)))

    def among(self, node: ir.Among, item: Value, options: list[Value]) -> Value:
        held = join((item, *options))
        if held is None:
            return item in options
        if isinstance(held, Failure):
            return held
        left = [possible(o, x.type) for o, x in zip(options, node.options, strict=True)]
        return narrowed(held, may.among(possible(item, node.item.type), left))

    def compute(self, node: ir.Arithmetic, a: Value, b: Value) -> Value:
        """+ − × ÷. Of something open the result stays open; a divisor that can only be zero is an error whatever is divided."""
        if known(a) and known(b):
            return self.arithmetic(node, a, b)
        held = join((a, b))
        if not isinstance(held, Undetermined):
            return held
        if node.sign == "/" and possible(b, node.right.type) == (0, 0):
            return self.failure("R0103", node.place, name=node.place.written)
        left, may_fail = computed(node, a, b, self.arithmetic)
        return held._replace(possible=left, may_fail=held.may_fail or may_fail)

    def arithmetic(self, node: ir.Arithmetic, a: Any, b: Any) -> Value:
        if node.left.type.kind == "date":
            try:
                if node.right.type.kind == "date":
                    if runtime.NEVER in (a, b):
                        return self.failure("R0123", node.place, name=node.place.written)
                    return Fraction(runtime.days_between(a, b))
                count = Fraction(b)
                if count.denominator != 1:
                    return self.failure("R0108", node.place, name=node.place.written, value=str(count))
                if a == runtime.NEVER:
                    return a
                steps = int(count) if node.sign == "+" else -int(count)
                if asks_calendar(node):
                    return self.deadline(node, runtime.add_workdays, a, steps)
                move = runtime.add_months if dict(node.right.type.unit.dims).get("month") else runtime.add_days
                return move(a, steps)
            except runtime.Defer:
                return self.failure("R0107", node.place, name=node.place.written)
        match node.sign:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
        return self.failure("R0103", node.place, name=node.place.written) if b == 0 else Fraction(a) / b

    def call(self, node: ir.Call, values: tuple[Any, ...]) -> Value:
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                steps = Fraction(values[0]) / values[1]
                return rounded(node.function, steps) * values[1]
            case "max":
                return max(values)
            case "min":
                return min(values)
            case "sum":
                return sum(values)
            case "average":
                return Fraction(sum(values)) / len(values)
            case "count":
                return Fraction(sum(1 for v in values if v))
        if runtime.NEVER in values:  # functions of days are left
            if node.type.kind == "date":
                return runtime.NEVER
            return self.failure("R0123", node.place, name=node.place.written)
        if asks_calendar(node):
            found = self.deadline(node, getattr(runtime, node.function), *values)
            return Fraction(found) if known(found) and node.type.is_amount else found
        try:
            made = getattr(runtime, node.function)(*values)
        except runtime.Defer:
            if node.function == "age":
                born, day = (day_text(v) for v in values)
                return self.failure("R0112", node.place, name=node.place.written, born=born, day=day)
            return self.failure("R0107", node.place, name=node.place.written)
        return Fraction(made * 12) if node.function == "age" else made if node.type.kind == "date" else Fraction(made)

    def calendar(self) -> Calendar:
        """By which working days are counted: here none."""
        raise AssertionError

    def deadline(self, node: ir.Arithmetic | ir.Call, count: Any, *values: Any) -> Value:
        """What a function of working days gives."""
        calendar = self.calendar()
        try:
            return count(calendar.workdays, *values)
        except runtime.Beyond as lacking:
            written = node.place.written
            if not 1 <= lacking.year <= 9999:
                return self.failure("R0107", node.place, name=written)
            named = f"{calendar.name} {calendar.span()}".strip()
            return self.failure("R0111", node.place, name=written, year=str(lacking.year), calendar=named)


def _call(by: Operations, node: ir.Call, at: Instance | None) -> Value:
    values = tuple(by.evaluate(a, at) for a in node.arguments)
    held = join(values)
    if held is None:
        return by.call(node, values)
    return called(node, values, held, by.call) if isinstance(held, Undetermined) else held


def _logic(by: Operations, node: ir.Logic, at: Instance | None) -> Value:
    joined = conjunction if node.joined == "and" else disjunction
    return joined(by.evaluate(p, at) for p in node.parts)


def _among(by: Operations, node: ir.Among, at: Instance | None) -> Value:
    return by.among(node, by.evaluate(node.item, at), [by.evaluate(o, at) for o in node.options])


_WAYS: dict[type, Callable[[Any, Any, Instance | None], Value]] = {
    ir.Constant: lambda by, node, at: node.value,
    ir.Not: lambda by, node, at: negation(by.evaluate(node.operand, at)),
    ir.Logic: _logic,
    ir.Compare: lambda by, node, at: by.compare(node, by.evaluate(node.left, at), by.evaluate(node.right, at)),
    ir.Among: _among,
    ir.Arithmetic: lambda by, node, at: by.compute(node, by.evaluate(node.left, at), by.evaluate(node.right, at)),
    ir.Call: _call,
}


def rounded(how: str, steps: Fraction) -> int:
    """A number of steps made whole: halves away from zero, down towards −∞, up towards +∞."""
    if how == "round_down":
        return math.floor(steps)
    if how == "round_up":
        return math.ceil(steps)
    return runtime.round_half_up(steps.numerator, steps.denominator)
