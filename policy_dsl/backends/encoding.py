"""How values lie in an entry's data: facts as whole numbers of their grid, carried amounts likewise or as a quotient."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

from ..ir import nodes as ir
from ..ir.carried_grids import CARRIED, PARTS
from ..model.types import Type, grid
from ..syntax.characters import MAX_CARRIED
from .runtime import NOTHING, Held
from .values import Failure


def carried_width(c: ir.Carried) -> int:
    """How many places of an entry's data it takes: an amount without a grid takes two, numerator and denominator."""
    return 2 if c.kind == "value" and c.type.is_amount and not c.grid else 1


def fact_step(type_: Type) -> Fraction:
    """What one of a given fact's grid integers is worth in base units."""
    return grid(type_) * type_.own.scale


def fact_range(fact: ir.Fact) -> tuple[int, int, int]:
    """(grid steps in one of an amount's unit, least and greatest number of steps that are read at once) of a fact."""
    step, per_unit = fact_step(fact.type), int(1 / grid(fact.type))
    most = 10**15 * per_unit - 1
    low = -most if fact.low is None else max(-most, math.ceil(fact.low / step))
    high = most if fact.high is None else min(most, math.floor(fact.high / step))
    return per_unit, low, high


def start_of(entity: ir.Entity) -> list[Any]:
    """What an entry carries before its first month: a status its 起始, counters 0, a window no months, the rest nothing."""
    out: list[Any] = []
    for c in entity.carried:
        if c.kind == "window":
            out.append(())
        elif c.start is None:
            out += [NOTHING] * carried_width(c)
        else:
            made = encoded(c, c.start)
            assert made is not None
            out += made
    return out


def encoded(c: ir.Carried, value: Any) -> tuple[Any, ...] | None:
    """A known value as an entry's data hold it; None for an amount that is finer than its grid."""
    if not c.type.is_amount:
        return (value,)
    number = Fraction(value)
    if abs(number.numerator) > CARRIED or number.denominator > PARTS:
        words = (("name", c.of), ("most", str(MAX_CARRIED)))
        return (Held(Failure("R0122", words, c.place)),) * carried_width(c)
    if not c.grid:
        return (number.numerator, number.denominator)
    steps = number * c.grid
    return (steps.numerator,) if steps.denominator == 1 else None
