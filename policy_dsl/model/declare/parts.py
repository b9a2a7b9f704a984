"""How a benefit is paid where that is not its own period: 按月发, 按季发."""

from __future__ import annotations

from fractions import Fraction

from ...syntax import nodes
from ..functions import BY_NAME
from ..symbols import PartsSymbol
from ..types import Type
from ..units import unit_of
from .collected import Collected

_MONTHS = {"monthly": tuple(range(1, 13)), "quarterly": (3, 6, 9, 12)}
_MONEY = (("money", 1),)


def parts_of(collected: Collected, node: nodes.Rule, type_: Type) -> PartsSymbol | None:
    """The months and the rounding of a benefit's parts; None where it has none. Reports what cannot be paid so."""
    parts = node.parts
    if parts is None:
        return None
    if not (
        type_.is_amount and type_.unit.is_money and not type_.unit.is_price and dict(type_.unit.dims).get("month") == -1
    ):
        zh, en = (type_.own.show(x) if type_.is_amount else type_.show(x) for x in ("zh", "en"))
        collected.report.error("P0273", parts.span, name=node.name, unit=zh, unit_en=en)
        return None
    months = tuple(sorted(parts.months)) or _MONTHS[parts.every]
    if parts.step is None:
        return PartsSymbol(months, "round_half_up", Fraction(1), parts.span)
    function = BY_NAME.get(parts.rounding)
    step = _step(parts.step)
    if function is None or function.shape != "round":
        zh, en = f"「{parts.rounding}」不是取整", f"“{parts.rounding}” does not round"
    elif step is None:
        zh, en = "步长不是钱", "the step is no money"
    elif step < 1 or step.denominator != 1:
        zh, en = "步长不是整分", "the step is not whole 分"
    else:
        return PartsSymbol(months, function.key, step, parts.span)
    collected.report.error("P0274", parts.span, problem=zh, problem_en=en)
    return None


def _step(node: nodes.Expression) -> Fraction | None:
    """The written step in 分; None where it is no money."""
    sign = 1
    if isinstance(node, nodes.Negative):
        node, sign = node.operand, -1
    unit = unit_of(node.unit) if isinstance(node, nodes.Number) and node.unit else None
    if not isinstance(node, nodes.Number) or unit is None or unit.dims != _MONEY:
        return None
    return sign * node.value * unit.scale
