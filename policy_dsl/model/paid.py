"""The types of what a month pays of a benefit: money, without the period of the benefit."""

from __future__ import annotations

from .types import Type
from .units import DAYS, MONTHS, Unit


def period(unit: Unit) -> str:
    """The base unit of time below an amount's line: "month", "day", or "" for money without a period."""
    dims = dict(unit.dims)
    return next((base for base in ("month", "day") if dims.get(base) == -1), "")


def money_type(type_: Type) -> Type:
    """The type of what a month pays: the benefit's own without its period (元/户 for 元/户/年)."""
    return type_._replace(unit=_money(type_.unit), written=None if type_.written is None else _money(type_.written))


def paid_type(type_: Type) -> Type:
    """The type in which 已发 and 应发 are written: the benefit's own where it is per month, else that of what a month pays.

    The base units are the same number either way.
    """
    return type_ if ("月", -1) in type_.unit.words else money_type(type_)


def _money(unit: Unit) -> Unit:
    return {"month": unit.times(MONTHS), "day": unit.times(DAYS), "": unit}[period(unit)]
