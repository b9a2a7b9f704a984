"""追回 beside a 补发 that settles nothing of what was overpaid: found by reading the condition for 应发 below 已发, whatever else holds."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ..diagnostics.report import Report
from ..ir import nodes as ir


def recovery(program: ir.Program, report: Report) -> None:
    """P0261: there is nothing that could be taken back."""
    said = {(a.kind, a.entity, a.benefit): a for a in program.arrears}
    for (kind, entity, benefit), limit in said.items():
        condition = said.get(("arrears", entity, benefit))
        if kind == "recover" and condition is not None and _holds(condition.condition) is False:
            label = (condition.place, "多发时不成立", "never holds where too much was paid")
            report.error("P0261", limit.place, labels=[label])


def _holds(node: ir.Expression) -> bool | None:
    """Whether it holds of every overpayment, or of none; None where that depends."""
    match node:
        case ir.Constant(value=bool() as value):
            return value
        case ir.Not(operand=operand):
            inner = _holds(operand)
            return None if inner is None else not inner
        case ir.Logic(joined=joined, parts=parts):
            found = [_holds(p) for p in parts]
            decides = joined == "or"
            if decides in found:
                return decides
            return None if None in found else not decides
        case ir.Compare(sign=sign, left=left, right=right):
            a, b = _linear(left), _linear(right)
            return None if a is None or b is None else _compares(sign, a.less(b))
    return None


class _Linear(NamedTuple):
    """due × 应发 + paid × 已发 + number."""

    due: Fraction
    paid: Fraction
    number: Fraction

    def less(self, other: _Linear) -> _Linear:
        return _Linear(*(x - y for x, y in zip(self, other, strict=True)))


def _linear(node: ir.Expression) -> _Linear | None:
    none = Fraction(0)
    match node:
        case ir.Measure(name=name):
            return _Linear(Fraction(name == "due"), Fraction(name == "paid"), none)
        case ir.Constant(value=int() | Fraction() as value) if not isinstance(value, bool):
            return _Linear(none, none, Fraction(value))
        case ir.Arithmetic(sign="+" | "-" as sign, left=left, right=right):
            a, b = _linear(left), _linear(right)
            if a is None or b is None:
                return None
            return a.less(b if sign == "-" else _Linear(none, none, none).less(b))
    return None


def _compares(sign: str, x: _Linear) -> bool | None:
    """Whether x stands so to 0 wherever 0 ≤ 应发 < 已发: there x lies beyond its number, on one side of it."""
    side = x.paid if x.due in (0, -x.paid) else Fraction(0)
    above, below = side > 0 and x.number >= 0, side < 0 and x.number <= 0
    if not above and not below:
        return None
    return {">": above, ">=": above, "<": below, "<=": below, "=": False, "!=": True}[sign]
