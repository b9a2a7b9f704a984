"""Amounts → num · k / den: sums, products, quotients, roundings, comparisons, and several brought to one form."""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...ir.traverse import asks_calendar
from .ast_nodes import Form, assign, call, cmp, const, defer, either, name, op, times
from .workspace import Workspace


class Amounts(Workspace):
    """What is computed with amounts."""

    def arithmetic(self, node: ir.Arithmetic) -> Form:
        if node.left.type.kind == "date":
            return Form(call("days_between", self.day(node.left), self.day(node.right)), Fraction(1))
        a, b = self.amount(node.left), self.amount(node.right)
        if node.sign in "+-":
            (x, y), k, den = self.common([a, b])
            return Form(op(x, node.sign, y), k, den)
        if node.sign == "*":
            return self.product(a, b)
        if b.const is not None and b.const > 0:
            return Form(a.num, a.k / b.const, a.den)
        bounds = self.analysis.of(node.right, self.entity)
        if not bounds.positive:
            divisor = self.temp(b.num)
            self.block.append(ast.If(cmp(divisor, "=", const(0)), [defer("division")], []))
            b = b._replace(num=divisor, const=None)
        if not bounds.not_negative:
            top = self.temp(a.num)
            over, under = self.fresh(), self.fresh()
            self.block.append(
                ast.If(
                    cmp(divisor, "<", const(0)),
                    [assign(under, op(const(0), "-", divisor)), assign(over, op(const(0), "-", top))],
                    [assign(under, divisor), assign(over, top)],
                )
            )
            a = a._replace(num=name(over), const=None)
            b = b._replace(num=name(under), const=None)
        num = a.num if b.den is None else op(a.num, "*", b.den)
        den = b.num if a.den is None else op(b.num, "*", a.den)
        return Form(num, a.k / b.k, den)

    def product(self, a: Form, b: Form) -> Form:
        if a.const is not None and b.const is not None:
            value = a.const * b.const
            return Form(const(value.numerator), Fraction(1, value.denominator), None, value)
        if a.const is not None:
            a, b = b, a
        if b.const is not None and b.const > 0:
            return Form(a.num, a.k * b.const, a.den)
        den = a.den if b.den is None else b.den if a.den is None else op(a.den, "*", b.den)
        return Form(op(a.num, "*", b.num), a.k * b.k, den)

    def call(self, node: ir.Call) -> Form:
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                return self.rounded(node)
            case "max" | "min":
                nums, k, den = self.common([self.amount(a) for a in node.arguments])
                best: ast.expr = self.temp(nums[0])
                for other in nums[1:]:
                    o = self.settled(other)
                    best = (
                        self.temp(either(cmp(o, ">" if node.function == "max" else "<", best), o, best))
                        if other is not nums[-1]
                        else either(cmp(o, ">" if node.function == "max" else "<", best), o, best)
                    )
                return Form(best, k, den)
            case "sum" | "average":
                nums, k, den = self.common([self.amount(a) for a in node.arguments])
                total = nums[0]
                for other in nums[1:]:
                    total = op(total, "+", other)
                return Form(total, k / len(nums) if node.function == "average" else k, den)
            case "count":
                terms = [either(self.truth(a), const(1), const(0)) for a in node.arguments]
                total = terms[0]
                for other in terms[1:]:
                    total = op(total, "+", other)
                return Form(total, Fraction(1))
            case "age":
                day, on = (self.settled(self.day(a)) for a in node.arguments)
                usual = op(op(on, "-", day), "//", const(10000))
                return Form(either(cmp(on, ">=", day), usual, call("age", day, on)), Fraction(12))
        return Form(self.called(node), Fraction(1))

    def called(self, node: ir.Call) -> ast.expr:
        """A function of runtime.py on plain values, and on the calendar where it asks for working days."""
        if asks_calendar(node):
            make = self.plain if node.type.kind == "date" else self.day
            return call(node.function, self.working(), *(make(a) for a in node.arguments))
        if node.type.kind == "date" and self.never(node.arguments[0]):
            return call("unless_never", name(node.function), self.plain(node.arguments[0]))
        return call(node.function, *(self.day(a) for a in node.arguments))

    def day(self, node: ir.Expression) -> ast.expr:
        """A day by which something is counted: one that does not come defers."""
        made = self.plain(node)
        return call("some_day", made) if self.never(node) else made

    def never(self, node: ir.Expression) -> bool:
        """Whether a day may be one that does not come: it may go back to a date of death."""
        if not self.deaths or isinstance(node, (ir.Constant, ir.Moment, ir.ParameterRef)):
            return False
        if isinstance(node, ir.FactRef):
            entity = self.entities[node.entity]
            return entity.died >= 0 and entity.facts[entity.died].name == node.name
        return True

    def working(self) -> ast.expr:
        """The calendar, which the argument P brings."""
        self.calendar = True
        return name(self.local(("calendar",), "calendar"))

    def rounded(self, node: ir.Call) -> Form:
        x = self.amount(node.arguments[0])
        step: Fraction = node.arguments[1].value  # type: ignore[union-attr, assignment]
        ratio = x.k / step
        if ratio.denominator == 1 and x.den is None:
            return Form(times(x.num, ratio.numerator), step)
        num = times(x.num, ratio.numerator)
        den = const(ratio.denominator) if x.den is None else times(x.den, ratio.denominator)
        if node.function == "round_down":
            return Form(op(num, "//", den), step)
        if node.function == "round_up":
            return Form(ast.UnaryOp(ast.USub(), op(ast.UnaryOp(ast.USub(), num), "//", den)), step)
        if not self.analysis.of(node.arguments[0], self.entity).not_negative:
            return Form(call("round_half_up", num, den), step)
        if isinstance(den, ast.Constant):
            d: int = den.value  # type: ignore[assignment]
            if d % 2 == 0:
                return Form(op(op(num, "+", const(d // 2)), "//", const(d)), step)
            return Form(op(op(times(num, 2), "+", const(d)), "//", const(2 * d)), step)
        divisor = self.temp(den)
        return Form(op(op(times(num, 2), "+", divisor), "//", times(divisor, 2)), step)

    def compared(self, a: Form, sign: str, b: Form) -> ast.expr:
        ratio = a.k / b.k
        left, right = times(a.num, ratio.numerator), times(b.num, ratio.denominator)
        if b.const is not None:
            value = b.const / a.k
            left, right = times(a.num, value.denominator), const(value.numerator)
        elif a.const is not None:
            value = a.const / b.k
            left, right = const(value.numerator), times(b.num, value.denominator)
        if a.den is not None and b.den is not None and ast.dump(a.den) == ast.dump(b.den):
            return cmp(left, sign, right)
        if b.den is not None:
            left = op(left, "*", b.den)
        if a.den is not None:
            right = op(right, "*", a.den)
        return cmp(left, sign, right)

    def whole(self, form: Form) -> ast.expr:
        """The amount as a whole number; what is not whole defers."""
        if form.den is None and form.k.denominator == 1:
            return times(form.num, form.k.numerator)
        num = self.temp(times(form.num, form.k.numerator))
        den = const(form.k.denominator) if form.den is None else times(form.den, form.k.denominator)
        den = self.temp(den)
        self.block.append(ast.If(op(num, "%", den), [defer("whole")], []))
        return op(num, "//", den)

    # --- one form for several

    def common(self, forms: list[Form]) -> tuple[list[ast.expr], Fraction, ast.expr | None]:
        """The numerators over one k and one denominator."""
        k = forms[0].k
        for f in forms[1:]:
            k = Fraction(
                math.gcd(k.numerator * f.k.denominator, f.k.numerator * k.denominator), k.denominator * f.k.denominator
            )
        dens: dict[str, ast.expr] = {}
        for f in forms:
            if f.den is not None:
                dens.setdefault(ast.dump(f.den), f.den)
        if len(dens) > 1 or (dens and not isinstance(next(iter(dens.values())), ast.Name)):
            dens = {d: self.temp(v) for d, v in dens.items()}
        nums = []
        for f in forms:
            num = times(f.num, int(f.k / k))
            mine = None if f.den is None else ast.dump(f.den)
            for d, v in dens.items():
                if d != mine:
                    num = op(num, "*", v)
            nums.append(num)
        den: ast.expr | None = None
        for v in dens.values():
            den = v if den is None else op(den, "*", v)
        return nums, k, den

    def unify(self, values: list[Any]) -> tuple[Fraction, bool]:
        k = values[0].k
        for f in values[1:]:
            k = Fraction(
                math.gcd(k.numerator * f.k.denominator, f.k.numerator * k.denominator), k.denominator * f.k.denominator
            )
        return k, any(f.den is not None for f in values)

    @staticmethod
    def scaled(value: Form | ast.expr, k: Fraction, dynamic: bool) -> tuple[ast.expr, ast.expr | None]:
        if not isinstance(value, Form):
            return value, None
        return times(value.num, int(value.k / k)), (value.den or const(1)) if dynamic else None

    def forced(self, value: ast.expr, node: ir.Expression) -> ast.expr:
        """A value that may be an unknown passed on is touched, so that it defers here and never becomes a result."""
        if isinstance(node, ir.Constant) and isinstance(value, ast.Subscript):
            return value  # out of a column of written results
        if node.type.kind == "truth":
            return value if isinstance(value, (ast.Constant, ast.Compare)) else either(value, const(True), const(False))
        settled = isinstance(node, ir.RuleRef) and self.epoch.rules[node.entity, node.name] is not None
        looked_up = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "as_of"
        if (looked_up or isinstance(value, (ast.Name, ast.Subscript))) and not settled:
            return ast.UnaryOp(ast.UAdd(), value)
        return value
