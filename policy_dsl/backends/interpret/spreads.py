"""What an operation on something open may give: bounds are handed on, at whose ends functions of dates are worked out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...ir.traverse import asks_calendar
from ...model.types import TRUTH
from .. import possible as may
from ..possible import Bounds, Possible
from ..runtime import NEVER
from ..values import Undetermined, Value, known, narrowed, possible

ROUNDINGS = ("round_half_up", "round_down", "round_up")
RISING = ("month_start", "next_month", "year_start", "quarter_start", "year_of")  # of one day, never falling


def bounds(value: Value, node: ir.Expression) -> Bounds:
    """The bounds of an amount or a day."""
    found = possible(value, node.type)
    return found if isinstance(found, Bounds) else may.UNBOUNDED


def computed(
    node: ir.Arithmetic, a: Value, b: Value, worked_out: Callable[[ir.Arithmetic, Any, Any], Value]
) -> tuple[Possible, bool]:
    """(what + − × ÷ may give, whether it may be an error of its own)."""
    x, y = bounds(a, node.left), bounds(b, node.right)
    if node.left.type.kind == "date":
        if (node.right.type.kind != "date" and not known(b)) or asks_calendar(node):
            return may.of_type(node.type), True  # not whole, or out of the calendar
        turned = y if node.right.type.kind != "date" else Bounds(y.high, y.low)
        ends = [worked_out(node, x.low, turned.low), *(worked_out(node, d, turned.high) for d in _tops(x.high))]
        if all(known(e) for e in ends):
            return Bounds(ends[0], ends[-1]), False
        return may.of_type(node.type), True
    match node.sign:
        case "+":
            return may.plus(x, y), False
        case "-":
            return may.plus(x, may.minus(y)), False
        case "*":
            return may.times(x, y), False
    return may.over(x, y), may.holds_zero(y)


def called(
    node: ir.Call,
    values: tuple[Value, ...],
    held: Undetermined,
    worked_out: Callable[[ir.Call, tuple[Any, ...]], Value],
) -> Value:
    """A function of something open: 最大 and 最小 are known where their bounds meet, the others stay open."""
    if node.function in ("max", "min"):
        parts = [possible(v, a.type) for v, a in zip(values, node.arguments, strict=True)]
        return narrowed(held, may.extreme(node.function == "max", parts), meeting=True)
    if node.function == "count":
        truths = [may.truths(possible(v, TRUTH)) for v in values]
        some = (sum(False not in x for x in truths), sum(True in x for x in truths))
        return held._replace(possible=Bounds(*map(Fraction, some)))
    parts_of = [bounds(v, a) for v, a in zip(values, node.arguments, strict=True)]
    if node.function in ROUNDINGS:
        return held._replace(possible=may.along(parts_of[0], lambda x: worked_out(node, (x, values[1]))))
    if node.function in ("sum", "average"):
        total = parts_of[0]
        for more in parts_of[1:]:
            total = may.plus(total, more)
        share = Fraction(1, len(parts_of) if node.function == "average" else 1)
        return held._replace(possible=may.along(total, lambda x: x * share))
    return _of_days(node, parts_of, held, worked_out)


def _of_days(
    node: ir.Call,
    parts: list[Bounds],
    held: Undetermined,
    worked_out: Callable[[ir.Call, tuple[Any, ...]], Value],
) -> Value:
    """Functions of days. An age, and whole months, grow with the later day and fall with the earlier one."""
    if node.function == "month_of":  # of a day that does not come it is an error
        return held._replace(
            possible=Bounds(Fraction(1), Fraction(12)), may_fail=held.may_fail or parts[0].high == NEVER
        )
    if not asks_calendar(node) and (node.function in RISING or node.function in ("age", "whole_months")):
        first, *rest = parts
        ends: list[tuple[Any, ...]] = [(first.low,), *((day,) for day in _tops(first.high))]
        if rest:
            ends = [(first.high, rest[0].low), (first.low, rest[0].high)]
        made = [worked_out(node, e) for e in ends]
        if all(known(x) for x in made):
            return held._replace(possible=Bounds(made[0], made[-1]))
    return held._replace(possible=may.of_type(node.type), may_fail=True)


def _tops(high: Any) -> tuple[Any, ...]:
    """The last days of bounds: the last one that comes, and the one that does not."""
    return (may.LAST_DAY, NEVER) if high == NEVER else (high,)
