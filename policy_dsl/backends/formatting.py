"""Values for people and programs: in the declared unit, for eyes, for JSON, for Python."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from ..model.types import Type, plain_number, writing, written_as
from ..model.units import Unit
from ..syntax.keywords import UNITS, spelling
from .runtime import NEVER
from .values import Failure, Undetermined, Value

MOST_DENOMINATOR = 10**6  # a fraction with a longer one is not read by anybody


def day_text(day: int) -> str:
    """yyyymmdd as YYYY-MM-DD."""
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def amount_digits(value: Value, type_: Type) -> tuple[str, str | None]:
    """A known amount in its declared unit: exact, and rounded for eyes where the decimals do not end."""
    return plain_number(value, type_.own)


def python_value(value: Value, type_: Type) -> object:
    """A known value as Python has it: a Decimal in the declared unit, a Fraction where the decimals do not end; None for a day that does not come."""
    if type_.kind == "enumeration":
        return type_.members[value]
    if type_.kind == "date":
        if value == NEVER:
            return None
        return datetime.date(value // 10000, value // 100 % 100, value % 100)
    if type_.kind == "amount":
        text, shown = amount_digits(value, type_)
        return Decimal(text) if shown is None else Fraction(value) / type_.own.scale
    return value


def json_value(value: Value, type_: Type) -> object:
    """A known value as the contract writes it: quantities as strings, the exact fraction where decimals do not end."""
    if type_.kind == "enumeration":
        return type_.members[value]
    if type_.kind == "date":
        return None if value == NEVER else day_text(value)
    return amount_digits(value, type_)[0] if type_.kind == "amount" else value


def json_amount(value: Value, type_: Type) -> dict[str, str]:
    """A known amount with its unit, and with the rounded form where the decimals do not end."""
    digits, shown = amount_digits(value, type_)
    row = {"value": digits, "unit": type_.own.show()}
    if shown is not None:
        row["shown"] = shown
    return row


def unit_text(number: str, type_: Type, lang: str) -> str:
    """The unit behind a number, as people say it: 6 个月 (6 月 would be June), 2 persons."""
    return _unit_text(type_.own, lang, number == "1")


@lru_cache(maxsize=4096)
def _unit_text(unit: Unit, lang: str, one: bool) -> str:
    words = unit.words
    if len(words) == 1 and words[0][1] == 1:
        zh, en = next(((zh, en) for key, zh, en in UNITS if key == words[0][0]), ((), ()))
        if lang == "zh":
            return next((w for w in zh if w.startswith("个")), unit.show("zh"))
        if len(en) > 1 and not one:
            return en[1]
    return unit.show(lang)


def value_text(value: Value, type_: Type, lang: str, exact: bool = False) -> str:
    """A value for eyes; what is not known says so. `exact` adds the fraction behind ≈33.33 where it is short enough to be read."""
    zh = lang == "zh"
    if isinstance(value, Failure):
        return ("错误" if zh else "error") + f"[{value.code}]"
    if isinstance(value, Undetermined):
        if value.parameters and not value.needs:
            return "待定" if zh else "pending"
        return "未定" if zh else "undetermined"
    if type_.kind == "truth":
        return spelling("YES" if value else "NO", lang)
    if type_.kind == "enumeration":
        return type_.members[value]
    if type_.kind == "date":
        if value == NEVER:
            return "无" if zh else "none"
        return day_text(value)
    if type_.kind == "text":
        return str(value)
    return said(*amount_digits(value, type_), type_, lang, exact)


def shower(type_: Type, lang: str, exact: bool = False) -> Callable[[Value], str]:
    """What shows values of a type as `value_text` does, for many of them."""
    if type_.kind != "amount":
        return lambda value: value_text(value, type_, lang, exact)
    writing_ = writing(type_.own.words)
    one, more = (said(digits, None, type_, lang)[len(digits) :] for digits in ("1", "2"))

    def show(value: Value) -> str:
        if value.__class__ is not Fraction and value.__class__ is not int:
            return value_text(value, type_, lang, exact)
        digits, shown = written_as(value, *writing_)
        if shown is not None:
            return said(digits, shown, type_, lang, exact)
        return digits + (one if digits == "1" else more)

    return show


def said(digits: str, shown: str | None, type_: Type, lang: str, exact: bool = False) -> str:
    """An amount's digits with its unit, for eyes."""
    words = unit_text(digits, type_, lang)
    gap = "" if words.startswith("%") else " "
    if shown is None:
        return f"{digits}{gap}{words}".strip()
    made = f"≈{shown}{gap}{words}".strip()
    if not exact or Fraction(digits).denominator > MOST_DENOMINATOR:
        return made
    whole = f"{digits} {words}".strip()
    return f"{made}（即 {whole}）" if lang == "zh" else f"{made} (that is {whole})"
