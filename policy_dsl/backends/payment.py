"""What a month pays of a benefit, in money: its amount a month, its share of a longer or shorter period, or a sum that is paid once.

An amount per month, quarter or year is the same number of base units a month (model/units.py), so its share of a month is that number;
an amount per day or week counts for each day of the month.
"""

from __future__ import annotations

from fractions import Fraction

from ..ir import nodes as ir
from ..model.paid import money_type, period
from ..model.types import Type
from .runtime import add_months


def payment(rule: ir.Rule, value: Fraction, month: int) -> Fraction:
    """What a month (yyyymmdd) pays of a benefit with this value, both in base units."""
    return value * days_of(month) if period(rule.type.unit) == "day" else value


def days_of(month: int) -> int:
    return add_months(month // 100 * 100 + 31, 0) % 100


def payment_type(rule: ir.Rule) -> Type:
    """The type of what a month pays: the benefit's own without its period (元/户 for 元/户/年)."""
    return money_type(rule.type)
