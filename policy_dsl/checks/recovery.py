"""追回 beside a 补发 that settles nothing of what was overpaid: found by reading the condition for 应发 below 已发, whatever else holds.

What else it names counts with its bounds: a parameter with all its values, a fact with its range, a rule with what it can be.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.bounds import Analysis
from ..ir.traverse import walk


def recovery(program: ir.Program, report: Report) -> None:
    """P0260: no instalment is ever more than nothing; P0261: there is nothing that could be taken back."""
    said = {(a.kind, a.entity, a.benefit): a for a in program.arrears}
    limits = [a for a in said.values() if a.kind == "recover"]
    if not limits:
        return
    reading = _Reading(program)
    for limit in limits:
        high = reading.bounds(limit.condition, limit.entity)[1]
        if high is not None and high <= 0:
            report.error("P0260", limit.condition.place)
        condition = said.get(("arrears", limit.entity, limit.benefit))
        if condition is not None and reading.holds(condition.condition, limit.entity) is False:
            label = (condition.place, "多发时不成立", "never holds where too much was paid")
            report.error("P0261", limit.place, labels=[label])


class _Linear(NamedTuple):
    """due × 应发 + paid × 已发 + a number from `low` to `high` (None: no bound)."""

    due: Fraction
    paid: Fraction
    low: Fraction | None
    high: Fraction | None

    def less(self, other: _Linear) -> _Linear:
        low = None if self.low is None or other.high is None else self.low - other.high
        high = None if self.high is None or other.low is None else self.high - other.low
        return _Linear(self.due - other.due, self.paid - other.paid, low, high)


NONE = Fraction(0)
NOTHING = _Linear(NONE, NONE, NONE, NONE)


class _Reading:
    """Reads conditions of 补发."""

    def __init__(self, program: ir.Program) -> None:
        # what is open, or has a floor alone, may come to anything
        known = [p if all(e.kind == "exact" for e in p.entries) else p._replace(entries=()) for p in program.parameters]
        self.analysis = Analysis(program._replace(parameters=tuple(known)))

    def bounds(self, node: ir.Expression, entity: str) -> tuple[Fraction | None, Fraction | None]:
        """What a formula can be, in base units."""
        found = self.analysis.of(node, entity)
        return found.low, found.high

    def holds(self, node: ir.Expression, entity: str) -> bool | None:
        """Whether a condition holds of every overpayment, or of none; None where that depends."""
        match node:
            case ir.Constant(value=bool() as value):
                return value
            case ir.Not(operand=operand):
                inner = self.holds(operand, entity)
                return None if inner is None else not inner
            case ir.Logic(joined=joined, parts=parts):
                found = [self.holds(p, entity) for p in parts]
                decides = joined == "or"
                if decides in found:
                    return decides
                return None if None in found else not decides
            case ir.Compare(sign=sign, left=left, right=right):
                a, b = self._linear(left, entity), self._linear(right, entity)
                return None if a is None or b is None else _compares(sign, a.less(b))
        return None

    def _linear(self, node: ir.Expression, entity: str) -> _Linear | None:
        match node:
            case ir.Measure(name=name):
                return _Linear(Fraction(name == "due"), Fraction(name == "paid"), NONE, NONE)
            case ir.Arithmetic(sign="+" | "-" as sign, left=left, right=right):
                a, b = self._linear(left, entity), self._linear(right, entity)
                if a is None or b is None:
                    return None
                return a.less(b if sign == "-" else NOTHING.less(b))
        if any(isinstance(x, ir.Measure) for x in walk(node)):
            return None
        return _Linear(NONE, NONE, *self.bounds(node, entity))


def _compares(sign: str, x: _Linear) -> bool | None:
    """Whether x stands so to 0 wherever 0 ≤ 应发 < 已发: there x lies beyond its number, on one side of it."""
    side = x.paid if x.due in (0, -x.paid) else NONE
    above = side > 0 and x.low is not None and x.low >= 0
    below = side < 0 and x.high is not None and x.high <= 0
    if not above and not below:
        return None
    return {">": above, ">=": above, "<": below, "<=": below, "=": False, "!=": True}[sign]
