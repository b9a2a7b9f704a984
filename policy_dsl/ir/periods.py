"""Periods of money: what an amount is per, and its type without that. Loads what deciding needs alone."""

from __future__ import annotations

from fractions import Fraction

from ..model.types import Type
from ..model.units import DAYS, MONTHS, Unit

COIN = Fraction(1)  # a 分 in base units
MONTHS_OF_A_YEAR = tuple(range(1, 13))
QUARTER_ENDS = (3, 6, 9, 12)


def period(unit: Unit) -> str:
    """The base unit of time below an amount's line: "month", "day", or "" for money without a period."""
    dims = dict(unit.dims)
    return next((base for base in ("month", "day") if dims.get(base) == -1), "")


def money(type_: Type) -> Type:
    """An amount of money without its period: 元/户 for 元/户/年."""
    written = None if type_.written is None else _money(type_.written)
    return type_._replace(unit=_money(type_.unit), written=written)


def paid_type(type_: Type, parts: bool) -> Type:
    """The type of 已发 and 应发 of a benefit: its own where each month pays its amount, else money without a period."""
    return type_ if not parts and ("月", -1) in type_.unit.words else money(type_)


def _money(unit: Unit) -> Unit:
    return {"month": unit.times(MONTHS), "day": unit.times(DAYS), "": unit}[period(unit)]


def closing_month(months: tuple[int, ...]) -> int:
    """The calendar month whose part closes a year: December, or the next year's first pay month."""
    return 12 if months[-1] == 12 else months[0]
