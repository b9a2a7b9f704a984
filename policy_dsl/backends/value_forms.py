"""Numbers of a result as values for people and programs, each worked out once: what a rule gives repeats from case to case.

A result holds an amount as a whole number of steps; a `Form` knows the step, so that the value is a shift of digits where decimals end.
Where they may not end formatting.py says it, as for every other value.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import MAX_EMAX, MAX_PREC, MIN_EMIN, Context, Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ..model.types import Type, decimals, least_places
from .formatting import amount_digits, json_value, python_value, said, value_text
from .runtime import Defer
from .values import PLAIN

MOST = 1000  # values of one form that are remembered; then it begins anew
_EXACT = Context(prec=MAX_PREC, Emin=MIN_EMIN, Emax=MAX_EMAX, traps=[])  # a caller's context rounds nothing here


class Memo(dict[Any, Any]):
    """Number → what is made of it. Defers for what stands in a result and is no value (values.py)."""

    __slots__ = ("make",)

    def __init__(self, make: Callable[[Any], Any]) -> None:
        self.make = make

    def __missing__(self, number: Any) -> Any:
        if number.__class__ not in PLAIN:
            raise Defer
        made = self.make(number)
        if len(self) >= MOST:
            self.clear()
        self[number] = made
        return made


class Forgetful(Memo):
    """The same for texts: who is named in a case is not remembered."""

    __slots__ = ()

    def __missing__(self, number: Any) -> Any:
        if number.__class__ not in PLAIN:
            raise Defer
        return self.make(number)


class Pairs(Memo):
    """The same for (numerator, denominator) as a result holds them."""

    __slots__ = ()

    def __missing__(self, pair: Any) -> Any:
        if pair[0].__class__ is not int:
            raise Defer
        return self.make(Fraction(*pair))


class Form:
    """How the numbers of one place are read: values of a type, as multiples of `k` in base units.

    `base` (in base units), `python`, `digits` ((text, rounded form or None), of amounts), `json`, `zh` and `en`: by number.
    """

    __slots__ = ("base", "digits", "en", "json", "k", "of_pairs", "python", "type", "unit", "zh")

    def __init__(self, type_: Type, k: Fraction) -> None:
        self.type = type_
        self.k = k
        self.unit = type_.own.show() if type_.is_amount else ""
        memo = Forgetful if type_.kind == "text" else Memo
        self.base = memo((lambda number: number * k) if type_.is_amount else (lambda value: value))
        if type_.is_amount:
            python, digits = _amount(type_, k)
            self.digits = Memo(digits)
            self.python = Memo(python)
            self.json = Memo(lambda number: self.digits[number][0])
            self.zh, self.en = (Memo(self._said(lang)) for lang in ("zh", "en"))
        else:
            self.digits = Memo(_no_digits)
            self.python = memo(lambda value: python_value(value, type_))
            self.json = memo(lambda value: json_value(value, type_))
            self.zh = memo(lambda value: value_text(value, type_, "zh"))
            self.en = memo(lambda value: value_text(value, type_, "en"))
        self.of_pairs = Pairs(self.python.__getitem__)
        if type_.kind == "truth":
            for memo_ in (self.base, self.python):
                memo_.update({False: False, True: True})

    def _said(self, lang: str) -> Callable[[Any], str]:
        def made(number: Any) -> str:
            digits, shown = self.digits[number]
            return said(digits, shown, self.type, lang)

        return made

    def text(self, lang: str) -> Memo:
        """value_text of each number."""
        return self.zh if lang == "zh" else self.en

    def row(self, number: Any) -> dict[str, Any]:
        """As the contract's JSON has an output."""
        if not self.type.is_amount:
            return {"value": self.json[number]}
        digits, shown = self.digits[number]
        if shown is None:
            return {"value": digits, "unit": self.unit}
        return {"value": digits, "unit": self.unit, "shown": shown}


@lru_cache(maxsize=1024)
def form(type_: Type, k: Fraction) -> Form:
    return Form(type_, k)


def _no_digits(_: object) -> tuple[str, None]:
    raise Defer


def _amount(type_: Type, k: Fraction) -> tuple[Callable[[Any], Any], Callable[[Any], tuple[str, str | None]]]:
    """What makes the Python value, and the digits, of a number of steps of `k`."""
    own = k / type_.own.scale
    least, ends = least_places(type_.own), decimals(own.denominator)
    if ends is None:
        return lambda number: python_value(number * k, type_), lambda number: amount_digits(number * k, type_)
    places = max(ends, least)
    factor = own.numerator * 10**places // own.denominator

    def shifted(number: Any) -> tuple[int, int] | None:
        """(digits as a whole number, how many of them are decimals); None where they may not end."""
        if number.__class__ is Fraction:
            if number.denominator != 1:
                return None
            number = number.numerator
        number, left = number * factor, places
        while left > least and not number % 10:
            number //= 10
            left -= 1
        return number, left

    def python(number: Any) -> Any:
        found = shifted(number)
        if found is None:
            return python_value(number * k, type_)
        return Decimal(found[0]).scaleb(-found[1], _EXACT) if found[1] else Decimal(found[0])

    def digits(number: Any) -> tuple[str, str | None]:
        found = shifted(number)
        if found is None:
            return amount_digits(number * k, type_)
        whole, left = found
        if not left:
            return str(whole), None
        text = str(abs(whole)).rjust(left + 1, "0")
        return f"{'-' if whole < 0 else ''}{text[:-left]}.{text[-left:]}", None

    return python, digits
