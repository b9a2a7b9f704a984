"""What stands in a result, or in a local of the open form, for a value: a number in the units of its place, or an object for what has none."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from . import runtime
from .possible import Bounds
from .values import Failure, Undetermined, Value

NO_VALUE = (runtime.Open, runtime.Fault)


def value_of(given: Any, k: Fraction | None, below: int = 1) -> Value:
    """The value of a local, or of an item of a result; `k` of an amount. NOTHING is one, too: a stay that began before the first month."""
    if isinstance(given, runtime.Open):
        left = given.possible
        return Undetermined((), (), Bounds(*_times(left, k)) if left.__class__ is tuple else left, given.may_fail)  # type: ignore[arg-type]
    if isinstance(given, runtime.Fault):
        return Failure(given.code, given.words, given.place)  # type: ignore[arg-type]
    return given if k is None or isinstance(given, runtime.Unknown) else given * k / below


def item_of(value: Value, k: Fraction | None, dynamic: bool) -> Any:
    """A value as a local holds it, with its divisor behind it where the rule has one. Defers for one that has no place there."""
    made, below = value, 1
    if isinstance(value, Undetermined):
        left = value.possible
        made = runtime.Open(
            _times(left, None if k is None else 1 / k) if isinstance(left, Bounds) else left, value.may_fail
        )
    elif isinstance(value, Failure):
        made = runtime.Fault(*value)
    elif k is not None and value is not runtime.NOTHING:
        number = Fraction(value) / k
        made, below = number.numerator, number.denominator
        if below != 1 and not dynamic:
            raise runtime.Defer("grid")
    return (made, below) if dynamic else made


def _times(bounds: Any, k: Fraction | None) -> tuple[Any, ...]:
    """Bounds in other units."""
    return tuple(bounds if k is None else [None if x is None else x * k for x in bounds])
