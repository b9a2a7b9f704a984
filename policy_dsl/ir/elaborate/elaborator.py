"""Every kind of expression, each to the file that makes a formula of it."""

from __future__ import annotations

from fractions import Fraction

from ...diagnostics.report import suggestion
from ...model.functions import BY_NAME, Function
from ...model.types import DATE, TRUTH, Type
from ...source import Place
from ...syntax import nodes
from ...syntax.traverse import walk
from .. import nodes as ir
from .aggregates import Aggregates
from .errors import Skip
from .scope import Scope


class Elaborator(Aggregates):
    """Makes typed formulas of expressions: `expression`, `condition`."""

    def typed(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        place = node.span.place
        match node:
            case nodes.Number():
                return self.number(node, scope, want, place)
            case nodes.Per():
                raise self.unknown(node.written, node.span, scope)
            case nodes.Truth():
                return ir.Constant(node.value, TRUTH, place)
            case nodes.Day():
                written = node.text if len(node.text) == 10 else f"{node.text}-01"
                return ir.Constant(int(written.replace("-", "")), DATE, place)
            case nodes.Name():
                return self.name(node, scope, want, place)
            case nodes.Displaced():
                return self.displaced(node, scope, place)
            case nodes.Not():
                return ir.Not(self.condition(node.operand, scope), TRUTH, place)
            case nodes.Negative():
                inner = self.make(node.operand, scope, want)
                self.must_be_amount(inner, node.operand.span)
                if isinstance(inner, ir.Constant) and isinstance(inner.value, Fraction):
                    return ir.Constant(-inner.value, inner.type, place)
                zero = ir.Constant(Fraction(0), inner.type, place)
                return ir.Arithmetic("-", zero, inner, inner.type, place)
            case nodes.Logic():
                parts = tuple(self.each([lambda p=p: self.condition(p, scope) for p in node.parts]))
                return ir.Logic(node.joined, parts, TRUTH, place)
            case nodes.Comparison():
                return self.comparison(node, scope, place)
            case nodes.Membership():
                return self.membership(node, scope, place)
            case nodes.Arithmetic():
                return self.arithmetic(node, scope, want, place)
            case nodes.Call():
                return self._call(node, scope, want, place)
            case nodes.AsOf():
                return self._as_of(node, scope, place)
        raise AssertionError(node)

    def _call(self, node: nodes.Call, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        if self.model.opens_keys(node.name):
            return self.keyed(node, scope, place, False)
        function = BY_NAME.get(node.name)
        if function is None:
            if node.name in self.model.broken:
                raise Skip
            keyed = [n for n, p in self.model.parameters.items() if p.keys]
            zh, en = suggestion(node.name, [*BY_NAME, *keyed])
            raise self.fail(
                "P0209",
                node.span,
                name=node.name,
                hint=(zh or "检查写法；参数要先声明它的键", en or "check the spelling; a parameter declares its keys"),
            )
        if node.alias and function.shape not in ("gather", "repeat"):
            raise self.misuse(function, node, "作 只用于名单", "“as” is for lists")
        levels = self._asked_outside(node, scope) if function.shape in ("in_force", "past") else 0
        if levels:
            return self.outside(self._call(node, scope.further(levels), want, place), scope, levels)
        if function.shape == "in_force":
            return self.in_force(function, node, scope, place)
        if function.shape not in ("gather", "repeat", "past") and (node.where is not None or node.default is not None):
            raise self.misuse(function, node, "不能带 当 或 默认", "takes no “when” and no “default”")
        if function.shape == "past":
            return self.look_back(function, node, scope, place)
        match function.shape:
            case "floor":
                return self.floor(function, node, scope, place)
            case "round":
                return self.round(function, node, scope, want, place)
            case "date":
                return self.date(function, node, scope, place)
            case "repeat":
                return self.repeat(function, node, scope, want, place)
        return self.gather(function, node, scope, want, place)

    def in_force(self, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
        """现行(x, 默认 d): what the law may lack on its day, and what holds then."""
        self.arity(function, node)
        if node.where is not None:
            raise self.misuse(function, node, "不能带 当", "takes no “when”")
        if node.default is None:
            raise self.misuse(function, node, "要写没有规定时的 默认", "needs a default for when nothing is in force")
        value = self.make(node.arguments[0], scope, None)
        if not isinstance(value, (ir.ParameterRef, ir.RuleRef, ir.AsOf)):
            problem = ("只读一项规则、给付、阶段或参数", "reads one rule, benefit, status or parameter alone")
            raise self.misuse(function, node, *problem)
        default = self.expression(node.default, scope, value.type)
        return ir.IfInForce(value, default, value.type, place)

    @staticmethod
    def _asked_outside(node: nodes.Expression, scope: Scope) -> int:
        """How many list functions further out a look-back, or what reads the law, stands that speaks of nothing inside."""
        return min((scope.levels_out(n.path) for n in walk(node) if isinstance(n, nodes.Name)), default=0)

    def _as_of(self, node: nodes.AsOf, scope: Scope, place: Place) -> ir.Expression:
        if scope.keys is not None:
            raise self.fail("P0229", node.span)
        levels = self._asked_outside(node, scope)
        if levels:
            return self.outside(self._as_of(node, scope.further(levels), place), scope, levels)
        inner = next((x for part in (node.target, node.day) for x in walk(part) if isinstance(x, nodes.AsOf)), None)
        if inner is not None:
            raise self.fail("P0228", inner.span, name=node.target.span.text)
        value, day = self.each(
            [lambda: self.make(node.target, scope, None), lambda: self.expression(node.day, scope, DATE)]
        )
        if not isinstance(value, (ir.ParameterRef, ir.RuleRef)):
            raise self.fail("P0227", node.target.span, name=node.target.span.text)
        return ir.AsOf(value, day, value.type, place)
