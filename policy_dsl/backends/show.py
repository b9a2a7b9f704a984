"""Values for people and programs: in the declared unit, for eyes, for JSON, for Python."""

from __future__ import annotations

import datetime
from decimal import Decimal
from fractions import Fraction

from ..model.types import Type, plain_number
from ..syntax.keywords import spelling
from .values import Failure, Value, known


def day_text(day: int) -> str:
    """yyyymmdd as YYYY-MM-DD."""
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def _number(value: Value, type_: Type) -> tuple[str, str | None]:
    return plain_number(Fraction(value), type_._replace(unit=type_.own, written=None))


def python_value(value: Value, type_: Type) -> object:
    """A known value as Python has it: a Decimal in the declared unit, a Fraction where the decimals do not end."""
    if type_.kind == "enumeration":
        return type_.members[value]
    if type_.kind == "date":
        return datetime.date(value // 10000, value // 100 % 100, value % 100)
    if type_.kind == "amount":
        text, shown = _number(value, type_)
        return Decimal(text) if shown is None else Fraction(value) / type_.own.scale
    return value


def json_value(value: Value, type_: Type) -> object:
    """A known value as the contract writes it: quantities as strings, the exact fraction where decimals do not end."""
    if type_.kind == "enumeration":
        return type_.members[value]
    if type_.kind == "date":
        return day_text(value)
    return _number(value, type_)[0] if type_.kind == "amount" else value


def json_amount(value: Value, type_: Type) -> dict[str, str]:
    """A known amount with its unit, and with the rounded form where the decimals do not end."""
    digits, shown = _number(value, type_)
    row = {"value": digits, "unit": type_.own.show()}
    if shown is not None:
        row["shown"] = shown
    return row


def value_text(value: Value, type_: Type, lang: str, unit: bool = True) -> str:
    """A value for eyes; what is not known says so."""
    if isinstance(value, Failure):
        return ("错误" if lang == "zh" else "error") + f"[{value.code}]"
    if not known(value):
        return "未知" if lang == "zh" else "unknown"
    if type_.kind == "truth":
        return spelling("YES" if value else "NO", lang)
    if type_.kind == "enumeration":
        return type_.members[value]
    if type_.kind == "date":
        return day_text(value)
    digits, shown = _number(value, type_)
    words = type_.own.show(lang) if unit else ""
    number = (
        digits
        if shown is None
        else f"≈{shown}"
        if Fraction(digits).denominator > 10**6
        else f"{digits}（≈{shown}）"
        if lang == "zh"
        else f"{digits} (≈{shown})"
    )
    return f"{number}{words}" if words == "%" else f"{number} {words}".strip()
