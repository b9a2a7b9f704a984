"""What a month pays of a benefit, in money: its part where it is paid in parts, else its amount a month, its share of a longer or shorter
period, or a sum that is paid once.

An amount per month, quarter or year is the same number of base units a month (model/units.py), so its share of a month is that number;
an amount per day or week counts for each day of the month up to the one on which the benefit ends.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from ..ir import nodes as ir
from ..ir import periods
from ..ir.in_force import day_after, in_force
from ..ir.periods import money, period
from ..model.reserved_keys import of_parts
from ..model.types import Type
from .runtime import add_days, add_months
from .values import Value, known


class Beside(NamedTuple):
    """What a month pays of a benefit, where that is not the amount of its own period. `kind`: part, share."""

    kind: str
    value: Value
    type: Type


def payment(rule: ir.Rule, value: Fraction, month: int, seen: int | None = None) -> Fraction:
    """What a month pays of a benefit with this value, or with this part (Decision.amounts), both in base units. `month`: the day decided
    (yyyymmdd); `seen`: as known on that day."""
    return value * days_of(rule, month, seen) if per_day(rule) else value


def per_day(rule: ir.Rule) -> bool:
    """Whether each day of a month up to the benefit's end is paid for, so that what ends inside a month matters to it."""
    return rule.benefit and period(rule.type.unit) == "day"


def days_of(rule: ir.Rule, month: int, seen: int | None = None) -> int:
    """The days of the month, up to the one on which the benefit ends for the time being."""
    last = add_months(month // 100 * 100 + 31, 0)
    ends = {day_after(x.ends) for x in rule.lines if month <= x.ends < last}
    ends |= {day_after(x.until) for x in rule.lines if month <= x.until < last}
    ends |= {x.since for x in rule.repeals if month < x.since <= last}
    gone = next((day for day in sorted(ends) if in_force(rule, day, seen) is None), None)
    return (last if gone is None else add_days(gone, -1)) % 100


def payment_type(rule: ir.Rule) -> Type:
    """The type of what a month pays: the benefit's own without its period (元/户 for 元/户/年)."""
    return money(rule.type)


def paid_type(rule: ir.Rule) -> Type:
    """The type in which 已发 and 应发 are written: the benefit's own where each month pays its amount, else that of what a month pays.

    The base units are those of `payment` either way.
    """
    return periods.paid_type(rule.type, rule.parts is not None)


def part_name(rule: ir.Rule) -> str:
    """The hidden rule that gives the part of a benefit in parts."""
    return of_parts("发放", rule.name)


def amount_key(rule: ir.Rule) -> tuple[str, str]:
    """The rule whose value a month pays of a benefit, before its days are counted: the benefit itself, or its part."""
    return (rule.entity, rule.name if rule.parts is None else part_name(rule))


def beside_kind(rule: ir.Rule) -> str:
    """What a month pays of a benefit beside the amount of its own period: its `part`, its `share`, or "" where that is the amount."""
    if not rule.benefit:
        return ""
    if rule.parts is not None:
        return "part"
    return "" if not period(rule.type.unit) or paid_type(rule) == rule.type else "share"


def beside(rule: ir.Rule, values: dict[str, Value], month: int, seen: int | None = None) -> Beside | None:
    """The part or the share of an entry's benefit; None for an amount a month or a single sum, and while the amount is not known."""
    value = values[rule.name]
    kind = beside_kind(rule)
    if not kind or not known(value):
        return None
    if kind == "part":
        return Beside(kind, values[part_name(rule)], payment_type(rule))
    return Beside(kind, payment(rule, Fraction(value), month, seen), payment_type(rule))
