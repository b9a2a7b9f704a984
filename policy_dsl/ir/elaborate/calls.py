"""Parameters with keys, and functions whose arguments have their places: a floor, rounding, what lies between dates."""

from __future__ import annotations

from fractions import Fraction

from ...model.functions import Function
from ...model.types import AGE, DATE, MONTH_COUNT, WHOLE, WORKDAY_COUNT, Type, amount
from ...model.units import PLAIN
from ...source import Place
from ...syntax import nodes
from ...syntax.settle import amount as written_amount
from .. import nodes as ir
from .arithmetic import Arithmetic
from .mismatches import Side
from .scope import Scope


class Calls(Arithmetic):
    """Formulas that call, too."""

    def arity(self, function: Function, node: nodes.Call) -> None:
        low, high = function.arguments
        if not low <= len(node.arguments) <= high:
            count = f"{low}" if low == high else f"{low}–{high}"
            raise self.misuse(
                function,
                node,
                f"要 {count} 个参数，给了 {len(node.arguments)} 个",
                f"wants {count} arguments, got {len(node.arguments)}",
            )

    def keyed(self, node: nodes.Call, scope: Scope, place: Place, floor: bool) -> ir.Expression:
        parameter = self.model.parameters[node.name]
        if (
            len(node.arguments) != len(parameter.keys)
            or node.where is not None
            or node.default is not None
            or node.alias
        ):
            raise self.fail("P0405", node.span, name=node.name, wanted=len(parameter.keys), given=len(node.arguments))
        keys = self.each(
            [
                lambda a=a, t=t: self.expression(a, scope, t)
                for a, t in zip(node.arguments, parameter.key_types, strict=True)
            ]
        )
        return ir.ParameterRef(node.name, tuple(keys), floor, parameter.type, place)

    def floor(self, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
        self.arity(function, node)
        (argument,) = node.arguments
        if (
            isinstance(argument, nodes.Name)
            and len(argument.path) == 1
            and argument.path[0] in self.model.parameters
            and not self.model.parameters[argument.path[0]].keys
        ):
            return ir.ParameterRef(argument.path[0], (), True, self.model.parameters[argument.path[0]].type, place)
        if isinstance(argument, nodes.Call) and self.model.opens_keys(argument.name):
            return self.keyed(argument, scope, place, True)
        raise self.misuse(function, node, "只用于参数", "is for parameters alone")

    def round(
        self, function: Function, node: nodes.Call, scope: Scope, want: Type | None, place: Place
    ) -> ir.Expression:
        self.arity(function, node)
        value_node, step_node = node.arguments
        context = want if want is not None and want.is_amount and self.rank(value_node, scope) < 2 else None
        value = self.make(value_node, scope, context)
        self.must_be_amount(value, value_node.span)
        step = self.make(written_amount(step_node), scope, None if value.type.unit == PLAIN else value.type)
        if not isinstance(step, ir.Constant) or not isinstance(step.value, Fraction) or step.value <= 0:
            raise self.misuse(function, node, "步长要写成大于零的数", "the step is a written number over zero")
        if step.type.unit.dims != value.type.unit.dims:
            raise self.units(node.span, Side(value.type, value_node, value), Side(step.type, step_node, step))
        written = value.type.written if step.type.unit == value.type.unit else None
        own = (step.value / step.type.unit.scale).denominator == 1
        return ir.Call(function.key, (value, step), amount(step.type.unit, own)._replace(written=written), place)

    def date(self, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
        self.arity(function, node)
        days = self.each([lambda a=a: self.expression(a, scope, DATE) for a in node.arguments])
        if function.key == "age" and len(days) == 1:
            days.append(ir.Moment("decision_date", DATE, place))
        result = {"years": AGE, "months": MONTH_COUNT, "date": DATE, "number": WHOLE, "workdays": WORKDAY_COUNT}[
            function.result
        ]
        return ir.Call(function.key, tuple(days), result, place)
