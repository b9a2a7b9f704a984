"""Look-backs → what an entry carried over from the months before, and what holds where there were none."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction

from ...ir import nodes as ir
from .amounts import Amounts
from .ast_nodes import Form, call, cmp, const, either, name, op


class LookBacks(Amounts):
    """What is read of the months before."""

    def past(self, node: ir.Past, make: Callable[[ir.Expression], ast.expr]) -> ast.expr:
        """A look-back that is no amount, as one expression: what is not asked for must not defer."""
        value = make(node.value)
        if not isinstance(value, (ast.Constant, ast.IfExp)) and node.type.kind != "truth":
            value = ast.UnaryOp(ast.UAdd(), value)  # what was not known last month defers here
        if node.default is not None:
            value = either(self.is_nothing(node), make(node.default), value)
        if node.guard is None:
            return value
        rest = call("defer", const("state")) if node.otherwise is None else make(node.otherwise)
        return either(self.truth(node.guard), value, rest)

    def is_nothing(self, node: ir.Past) -> ast.expr:
        """Whether there was no month before."""
        assert isinstance(node.value, ir.CarriedRef)
        return cmp(self.plain(node.value), "is", name("NOTHING"))

    def carried_amount(self, node: ir.CarriedRef) -> Form:
        carried = self.analysis.carried[node.entity, node.name]
        value = self.plain(node)
        if carried.grid or not isinstance(value, ast.Name):
            return Form(value, Fraction(1, carried.grid or 1))
        return Form(value, Fraction(1), name(value.id + "_n"))

    def past_amount(self, node: ir.Past) -> Form:
        forms = [self.amount(x) for x in (node.value, node.default, node.otherwise) if x is not None]
        k, dynamic = self.unify(forms)
        made = [self.scaled(f, k, dynamic) for f in forms]
        rest = made.pop() if node.otherwise is not None else (call("defer", const("state")), const(1))
        num, den = made[0]
        num = ast.UnaryOp(ast.UAdd(), num)  # what was not known last month defers here
        if node.default is not None:
            nothing = self.is_nothing(node)
            num = either(nothing, made[1][0], num)
            den = None if den is None or made[1][1] is None else either(nothing, made[1][1], den)
        if node.guard is not None:
            guard = self.truth(node.guard)
            num = either(guard, num, rest[0])
            den = None if den is None or rest[1] is None else either(guard, den, rest[1])
        return Form(num, k, None if den is None else self.settled(den))

    def window(self, node: ir.Window) -> ast.expr:
        """The values of a window as a list of Python values; the function over it is one of runtime.py."""
        values, rest = self.months(node, None if node.default is None else self.plain(node.default))
        if node.function == "count":
            return call("sum_of", values)
        if node.function in ("any", "all"):
            return call(f"{node.function}_of", values)
        return call("last_months", values, self.length(node), rest)

    @staticmethod
    def length(node: ir.Window) -> ast.expr:
        """How many months before this one a window looks at."""
        return op(call("month_of", name("on")), "-", const(1)) if node.year else const(node.months)

    def months(self, node: ir.Window, rest: ast.expr | None) -> tuple[ast.expr, ast.expr]:
        entity = self.at(self.entity, node.up)
        rest = const(None) if rest is None else rest
        if not entity:
            return call("defer", const(f"{node.entity}.{node.name}")), rest
        values = call("last_months", name(self.carried_local(entity, node.name)), self.length(node), rest)
        return values, rest

    def window_amount(self, node: ir.Window) -> Form:
        carried = self.analysis.carried[node.entity, node.name]
        if node.function == "count":
            return Form(self.window(node), Fraction(1))
        form = None if node.default is None else self.amount(node.default)
        of_none = node.year and node.function in ("average", "max", "min")  # in January there is nothing to take one of
        if (
            not carried.grid
            or of_none
            or (form is not None and (form.const is None or (form.const * carried.grid).denominator != 1))
        ):
            return Form(call("defer", const("window")), Fraction(1))
        rest = None if form is None or form.const is None else const(int(form.const * carried.grid))
        values, _ = self.months(node, rest)
        k = Fraction(1, carried.grid)
        if node.function in ("sum", "average"):
            return Form(call("sum_of", values), k / node.months if node.function == "average" else k)
        return Form(ast.Call(name(node.function), [values], []), k)
