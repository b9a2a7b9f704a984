"""Formulas → expressions: amounts as num · k / den, conditions and other values as they are."""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...ir.bounds import Analysis
from ...ir.traverse import asks_calendar
from ..epoch import Epoch
from ..grids import fact_step
from ..layout import RuleKey
from ..schedule import Gather, Scheduler
from .pieces import Form, assign, call, cmp, const, defer, either, fragment, item, name, op, times, tuple_

MOST_HISTORY = 50_000  # values of one parameter over all days; a longer one is left to the interpreter


class Formulas:
    """Formulas as Python expressions; what needs a statement first goes to `block`."""

    def __init__(
        self, epoch: Epoch, root: str, analysis: Analysis, steps: dict[str, Fraction], lines: dict[str, int]
    ) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.root = root
        self.analysis = analysis
        self.steps = steps
        self.offsets = lines  # file → line offset in the text that tracebacks show
        self.entities = {e.name: e for e in self.program.entities}
        self.rules_by_key = {(r.entity, r.name): r for r in self.program.rules}
        self.scheduler = Scheduler(epoch, root)
        self.locals: dict[object, str] = {}
        self.forms: dict[RuleKey, tuple[Fraction, bool]] = {}
        self.gathered: dict[Gather, tuple[Fraction, bool]] = {}
        self.block: list[ast.stmt] = []
        self.entity = root
        self.count = 0
        self.recording = False
        self.parameters: dict[tuple[str, bool], int] = {}
        self.amounts: dict[tuple[RuleKey, int], int] = {}
        self.histories: dict[tuple[str, bool], int] = {}
        self.calendar = False  # whether working days are asked for
        self.comments: list[str] = []

    # --- names

    def local(self, key: object, text: str) -> str:
        if key not in self.locals:
            self.count += 1
            plain = fragment(text)
            self.locals[key] = f"{plain}_{self.count}" if plain else f"v{self.count}"
        return self.locals[key]

    def fresh(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def temp(self, value: ast.expr) -> ast.Name:
        """The value in a local of its own, so that it can be used more than once."""
        if isinstance(value, ast.Name):
            return name(value.id)
        made = self.fresh()
        self.block.append(assign(made, value))
        return name(made)

    def fact_local(self, entity: str, fact: str) -> str:
        return self.local(("fact", entity, fact), fact)

    def rule_local(self, key: RuleKey) -> str:
        return self.local(("rule", *key), key[1])

    def list_local(self, entity: str, list_: str) -> str:
        return self.local(("list", entity, list_), list_)

    def carried_local(self, entity: str, carried: str) -> str:
        return self.local(("carried", entity, carried), f"before_{carried}")

    def at(self, entity: str, up: int) -> str:
        return self.scheduler.outward(entity, up)

    def comment(self, text: str) -> ast.stmt:
        """A statement that stands for a comment; `compile -o` writes the text there."""
        self.comments.append(text)
        return ast.Expr(const(f"§{len(self.comments) - 1}"))

    @contextmanager
    def into(self, block: list[ast.stmt]) -> Iterator[None]:
        """Within it, statements go to `block`."""
        outer, self.block = self.block, block
        try:
            yield
        finally:
            self.block = outer

    # --- formulas

    def truth(self, node: ir.Expression) -> ast.expr:
        match node:
            case ir.Constant():
                return const(bool(node.value))
            case ir.Not():
                return ast.UnaryOp(ast.Not(), self.truth(node.operand))
            case ir.Logic():
                joined: ast.boolop = ast.And() if node.joined == "and" else ast.Or()
                return ast.BoolOp(joined, [self.truth(p) for p in node.parts])
            case ir.Compare():
                return self.compare(node)
            case ir.Among():
                return self.among(node)
            case ir.Aggregate():
                return self.gathered_plain(node)
            case ir.Past():
                return self.past(node, self.truth)
            case ir.CarriedRef():
                return either(self.plain(node), const(True), const(False))
        return self.plain(node)

    def compare(self, node: ir.Compare) -> ast.expr:
        if not node.left.type.is_amount:
            left, right = (self.truth, self.truth) if node.left.type.kind == "truth" else (self.plain, self.plain)
            return cmp(left(node.left), node.sign, right(node.right))
        a, b = self.amount(node.left), self.amount(node.right)
        return self.compared(a, node.sign, b)

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
                return call("add_months" if months else "add_days", self.plain(node.left), count)
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
            case ir.Window():
                return self.window(node)
        return self.truth(node)

    # --- looking back

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
        return call("last_months", values, const(node.months), rest)

    def months(self, node: ir.Window, rest: ast.expr | None) -> tuple[ast.expr, ast.expr]:
        entity = self.at(self.entity, node.up)
        rest = const(None) if rest is None else rest
        if not entity:
            return call("defer", const(f"{node.entity}.{node.name}")), rest
        values = call("last_months", name(self.carried_local(entity, node.name)), const(node.months), rest)
        return values, rest

    def window_amount(self, node: ir.Window) -> Form:
        carried = self.analysis.carried[node.entity, node.name]
        if node.function == "count":
            return Form(self.window(node), Fraction(1))
        form = None if node.default is None else self.amount(node.default)
        if not carried.grid or (
            form is not None and (form.const is None or (form.const * carried.grid).denominator != 1)
        ):
            return Form(call("defer", const("window")), Fraction(1))
        rest = None if form is None or form.const is None else const(int(form.const * carried.grid))
        values, _ = self.months(node, rest)
        k = Fraction(1, carried.grid)
        if node.function in ("sum", "average"):
            return Form(call("sum_of", values), k / node.months if node.function == "average" else k)
        return Form(ast.Call(name(node.function), [values], []), k)

    def whole(self, form: Form) -> ast.expr:
        """The amount as a whole number; what is not whole defers."""
        if form.den is None and form.k.denominator == 1:
            return times(form.num, form.k.numerator)
        num = self.temp(times(form.num, form.k.numerator))
        den = const(form.k.denominator) if form.den is None else times(form.den, form.k.denominator)
        den = self.temp(den)
        self.block.append(ast.If(op(num, "%", den), [defer("whole")], []))
        return op(num, "//", den)

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
            case ir.Window():
                return self.window_amount(node)
        raise AssertionError(node)

    def gathered_plain(self, node: ir.Aggregate) -> ast.expr:
        """What an aggregate gave that is no amount."""
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

    def parameter(self, node: ir.ParameterRef) -> ast.expr:
        self.parameters.setdefault((node.name, node.floor), len(self.parameters))
        value: ast.expr = name(self.local(("parameter", node.name, node.floor), node.name))
        for key in node.keys:
            value = item(value, self.plain(key))
        return value

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

    def arithmetic(self, node: ir.Arithmetic) -> Form:
        if node.left.type.kind == "date":
            return Form(call("days_between", self.plain(node.left), self.plain(node.right)), Fraction(1))
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
                day, on = (self.plain(a) for a in node.arguments)
                return Form(op(op(on, "-", day), "//", const(10000)), Fraction(12))
        return Form(self.called(node), Fraction(1))

    def called(self, node: ir.Call) -> ast.expr:
        """A function of runtime.py on plain values, and on the calendar where it asks for working days."""
        first = [self.working()] if asks_calendar(node) else []
        return call(node.function, *first, *(self.plain(a) for a in node.arguments))

    def working(self) -> ast.expr:
        """The calendar, which the argument P brings."""
        self.calendar = True
        return name(self.local(("calendar",), "calendar"))

    def as_of(self, node: ir.AsOf) -> ast.expr:
        """A parameter on another day is looked up among its values of all days; a rule is left to the interpreter."""
        value = node.value
        if isinstance(value, ir.RuleRef) or self.epoch.laws.history_size(value.name) > MOST_HISTORY:
            return call("defer", const(value.name))
        self.histories.setdefault((value.name, value.floor), len(self.histories))
        history = name(self.local(("history", value.name, value.floor), value.name))
        found = call("as_of", history, self.plain(node.day))
        for key in value.keys:
            found = item(found, self.plain(key))
        return found

    def settled(self, value: ast.expr) -> ast.expr:
        return value if isinstance(value, (ast.Constant, ast.Name)) else self.temp(value)

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

    # --- one form for several

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
        if node.type.kind == "truth":
            return value if isinstance(value, (ast.Constant, ast.Compare)) else either(value, const(True), const(False))
        settled = isinstance(node, ir.RuleRef) and self.epoch.rules[node.entity, node.name] is not None
        looked_up = isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id == "as_of"
        if (looked_up or isinstance(value, (ast.Name, ast.Subscript))) and not settled:
            return ast.UnaryOp(ast.UAdd(), value)
        return value


def late_default(node: ir.Aggregate) -> bool:
    """Whether an empty list is answered where the value is used: no default, or one that is a formula of the rule's own entry."""
    return node.function in ("max", "min", "average") and not isinstance(node.default, ir.Constant)
