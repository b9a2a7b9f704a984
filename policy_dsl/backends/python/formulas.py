"""Formulas → expressions: conditions and other values as they are, amounts as num · k / den."""

from __future__ import annotations

import ast
from collections.abc import Callable
from fractions import Fraction

from ...ir import nodes as ir
from ...ir.traverse import asks_calendar
from ..encoding import fact_step
from ..left_out import MOST_HISTORY
from ..schedule import Gather
from .ast_nodes import Form, assign, call, cmp, const, defer, either, item, name, op, tuple_
from .lookback import LookBacks


class Formulas(LookBacks):
    """Formulas as Python expressions."""

    def truth(self, node: ir.Expression) -> ast.expr:
        match node:
            case ir.Constant():
                return const(bool(node.value))
            case ir.Not():
                return ast.UnaryOp(ast.Not(), self.truth(node.operand))
            case ir.Logic():
                return self.logic(node)
            case ir.Compare():
                return self.compare(node)
            case ir.Among():
                return self.among(node)
            case ir.Aggregate():
                return self.gathered_plain(node)
            case ir.Past():
                return self.past(node, self.truth)
            case ir.IfInForce():
                return self.if_in_force(node, self.truth)
            case ir.CarriedRef():
                return either(self.plain(node), const(True), const(False))
        return self.plain(node)

    def logic(self, node: ir.Logic) -> ast.expr:
        """且, 或: what a part needs to be worked out first is worked out only where the parts before it leave it open."""
        both = node.joined == "and"
        joined: ast.boolop = ast.And() if both else ast.Or()
        tests: list[ast.expr] = []
        for part in node.parts:
            first: list[ast.stmt] = []
            with self.into(first):
                test = self.truth(part)
            if first and tests:
                so_far = self.fresh()
                self.block.append(assign(so_far, ast.BoolOp(joined, tests) if len(tests) > 1 else tests[0]))
                left = name(so_far) if both else ast.UnaryOp(ast.Not(), name(so_far))
                self.block.append(ast.If(left, [*first, assign(so_far, test)], []))
                tests = [name(so_far)]
            else:
                self.block += first
                tests.append(test)
        return ast.BoolOp(joined, tests) if len(tests) > 1 else tests[0]

    def plain(self, node: ir.Expression) -> ast.expr:
        """A value that is no amount: position, date, truth of a fact or rule."""
        match node:
            case ir.Constant():
                return const(node.value)
            case ir.FactRef():
                entity = self.at(self.entity, node.up)
                return (
                    name(self.fact_local(entity, node.name))
                    if entity
                    else call("defer", const(f"{node.entity}.{node.name}"))
                )
            case ir.RuleRef():
                entity = self.at(self.entity, node.up)
                return (
                    name(self.rule_local((entity, node.name)))
                    if entity
                    else call("defer", const(f"{node.entity}.{node.name}"))
                )
            case ir.ParameterRef():
                return self.parameter(node)
            case ir.Moment():
                if node.name == "decision_date":
                    return name("on")
                return op(op(op(name("on"), "//", const(100)), "*", const(100)), "+", const(1))
            case ir.AsOf():
                return self.as_of(node)
            case ir.Arithmetic():  # a date moved
                months = bool(dict(node.right.type.unit.dims).get("month"))
                count = self.whole(self.amount(node.right))
                if node.sign == "-":
                    count = ast.UnaryOp(ast.USub(), count)
                if asks_calendar(node):
                    return call("add_workdays", self.working(), self.plain(node.left), count)
                move = "add_months" if months else "add_days"
                if self.never(node.left):
                    return call("unless_never", name(move), self.plain(node.left), count)
                return call(move, self.plain(node.left), count)
            case ir.Call() if node.function in ("max", "min"):
                return ast.Call(name(node.function), [self.plain(a) for a in node.arguments], [])
            case ir.Call():
                return self.called(node)
            case ir.Aggregate():
                return self.gathered_plain(node)
            case ir.CarriedRef():
                entity = self.at(self.entity, node.up)
                if not entity:
                    return call("defer", const(f"{node.entity}.{node.name}"))
                return name(self.carried_local(entity, node.name))
            case ir.Past() if node.type.kind != "truth":
                return self.past(node, self.plain)
            case ir.IfInForce() if node.type.kind != "truth":
                return self.if_in_force(node, self.plain)
            case ir.Window():
                return self.window(node)
        return self.truth(node)

    def amount(self, node: ir.Expression) -> Form:
        match node:
            case ir.Constant():
                value = Fraction(node.value)
                return Form(const(value.numerator), Fraction(1, value.denominator), None, value)
            case ir.FactRef():
                return Form(self.plain(node), fact_step(node.type))
            case ir.RuleRef():
                entity = self.at(self.entity, node.up)
                if not entity or (entity, node.name) not in self.forms:
                    return Form(call("defer", const(f"{node.entity}.{node.name}")), Fraction(1))
                k, dynamic = self.forms[entity, node.name]
                local = self.rule_local((entity, node.name))
                return Form(name(local), k, name(local + "_n") if dynamic else None)
            case ir.ParameterRef():
                return Form(self.parameter(node), self.steps[node.name])
            case ir.Arithmetic():
                return self.arithmetic(node)
            case ir.Call():
                return self.call(node)
            case ir.AsOf():
                step = self.steps[node.value.name] if isinstance(node.value, ir.ParameterRef) else Fraction(1)
                return Form(self.as_of(node), step)
            case ir.Aggregate():
                return self.gathered_amount(node)
            case ir.CarriedRef():
                return self.carried_amount(node)
            case ir.Past():
                return self.past_amount(node)
            case ir.IfInForce():
                return self.amount_if_in_force(node)
            case ir.Window():
                return self.window_amount(node)
        raise AssertionError(node)

    # --- comparisons

    def compare(self, node: ir.Compare) -> ast.expr:
        if not node.left.type.is_amount:
            left, right = (self.truth, self.truth) if node.left.type.kind == "truth" else (self.plain, self.plain)
            return cmp(left(node.left), node.sign, right(node.right))
        a, b = self.amount(node.left), self.amount(node.right)
        return self.compared(a, node.sign, b)

    def among(self, node: ir.Among) -> ast.expr:
        written = all(isinstance(o, ir.Constant) for o in node.options)
        if not node.item.type.is_amount:
            make = self.truth if node.item.type.kind == "truth" else self.plain
            options = [make(o) for o in node.options]
            if written:
                return cmp(make(node.item), "in", tuple_(*options))
            one = self.settled(make(node.item))
            return self.one_of([cmp(one, "=", o) for o in options])
        subject = self.amount(node.item)
        if subject.const is None:
            subject = subject._replace(
                num=self.temp(subject.num), den=None if subject.den is None else self.temp(subject.den)
            )
        tests = [self.compared(subject, "=", self.amount(o)) for o in node.options]
        return ast.BoolOp(ast.Or(), [*tests, const(False)]) if written else self.one_of(tests)

    @staticmethod
    def one_of(tests: list[ast.expr]) -> ast.expr:
        """Whether a test holds; all are made, so that an unknown among them defers even beside one that holds."""
        made = tests[0]
        for test in tests[1:]:
            made = ast.BinOp(made, ast.BitOr(), test)
        return made

    # --- what is read

    def parameter(self, node: ir.ParameterRef) -> ast.expr:
        self.parameters.setdefault((node.name, node.floor), len(self.parameters))
        value: ast.expr = name(self.local(("parameter", node.name, node.floor), node.name))
        for key in node.keys:
            value = item(value, self.plain(key))
        return value

    def as_of(self, node: ir.AsOf) -> ast.expr:
        """A parameter on another day is looked up among its values of all days; a rule is left to the interpreter."""
        value = node.value
        if isinstance(value, ir.RuleRef) or self.epoch.laws.history_size(value.name) > MOST_HISTORY:
            return call("defer", const(value.name))
        self.histories.setdefault((value.name, value.floor), len(self.histories))
        history = name(self.local(("history", value.name, value.floor), value.name))
        found = call("as_of", history, self.day(node.day))
        for key in value.keys:
            found = item(found, self.plain(key))
        return found

    # --- what may not be in force: of a rule the epoch tells, of a parameter what its argument holds

    def if_in_force(self, node: ir.IfInForce, make: Callable[[ir.Expression], ast.expr]) -> ast.expr:
        """`现行(x, 默认 d)` that is no amount."""
        if isinstance(node.value, ir.RuleRef):
            return make(node.value if self.rule_in_force(node.value) else node.default)
        value = self.plain(node.value)
        value = (
            either(value, const(True), const(False)) if node.type.kind == "truth" else ast.UnaryOp(ast.UAdd(), value)
        )
        return either(cmp(self.plain(node.value), "is", name("ABSENT")), make(node.default), value)

    def amount_if_in_force(self, node: ir.IfInForce) -> Form:
        if isinstance(node.value, ir.RuleRef):
            return self.amount(node.value if self.rule_in_force(node.value) else node.default)
        found, default = self.amount(node.value), self.amount(node.default)
        k, dynamic = self.unify([found, default])
        num, den = self.scaled(found, k, dynamic)
        other, below = self.scaled(default, k, dynamic)
        absent = cmp(self.plain(node.value), "is", name("ABSENT"))
        if den is not None and below is not None:
            den = self.settled(either(absent, below, den))
        return Form(either(absent, other, ast.UnaryOp(ast.UAdd(), num)), k, den)

    def rule_in_force(self, node: ir.RuleRef) -> bool:
        return self.epoch.rules[node.entity, node.name] is not None

    def gathered_plain(self, node: ir.Aggregate) -> ast.expr:
        """What an aggregate gave that is no amount."""
        if node.outward:
            return call("defer", const(".".join(node.lists)))
        gather = Gather(self.at(self.entity, node.up), node)
        if not gather.host:
            return call("defer", const(".".join(node.lists)))
        local = self.local(("gather", gather.host, node), node.function)
        if not late_default(node):
            return name(local)
        if node.default is None:
            self.block.append(ast.If(cmp(name(local), "is", const(None)), [defer("empty")], []))
            return name(local)
        made = self.fresh()
        empty: list[ast.stmt] = []
        with self.into(empty):
            self.block.append(assign(made, self.plain(node.default)))
        self.block.append(ast.If(cmp(name(local), "is", const(None)), empty, [assign(made, name(local))]))
        return name(made)

    def gathered_amount(self, node: ir.Aggregate) -> Form:
        """The amount that an aggregate gave."""
        if node.outward:
            return Form(call("defer", const(".".join(node.lists))), Fraction(1))
        gather = Gather(self.at(self.entity, node.up), node)
        if not gather.host:
            return Form(call("defer", const(".".join(node.lists))), Fraction(1))
        k, dynamic = self.gathered[gather]
        local = self.local(("gather", gather.host, node), node.function)
        found = Form(name(local), k, name(local + "_n") if dynamic else None)
        if not late_default(node):
            return found
        if node.default is None:
            self.block.append(ast.If(cmp(name(local), "is", const(None)), [defer("empty")], []))
            return found
        made = self.fresh()
        empty: list[ast.stmt] = []
        with self.into(empty):
            form = self.amount(node.default)
        both, divided = self.unify([found, form])
        some: list[ast.stmt] = []
        for block, value in ((empty, form), (some, found)):
            num, den = self.scaled(value, both, divided)
            block.append(assign(made, num))
            if den is not None:
                block.append(assign(made + "_n", den))
        self.block.append(ast.If(cmp(name(local), "is", const(None)), empty, some))
        return Form(name(made), both, name(made + "_n") if divided else None)


def late_default(node: ir.Aggregate) -> bool:
    """Whether an empty list is answered where the value is used: no default, or one that is a formula of the rule's own entry."""
    return node.function in ("max", "min", "average") and not isinstance(node.default, ir.Constant)
