"""What a value that is not known may still be: a set for enumerations and booleans, bounds for amounts and dates. Exact, no solver.

`None` stands for any value of the type: of a text, and of an enumeration of which more than 64 values are possible. Bounds belong to what
they bound; an end that is None is none. The empty set is what an error leaves possible.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.traverse import compared
from ..model.types import Type
from .runtime import NEVER

MOST = 64  # values of a set, and choices that lines are read by
FIRST_DAY, LAST_DAY = 1_01_01, 9999_12_31


class Bounds(NamedTuple):
    """All amounts, or days, from `low` to `high`, both included."""

    low: Any
    high: Any


Possible = frozenset[Any] | Bounds | None

NOTHING_LEFT: frozenset[Any] = frozenset()
EITHER = frozenset((False, True))
UNBOUNDED = Bounds(None, None)


def of_type(type_: Type) -> Possible:
    """All values of a type."""
    match type_.kind:
        case "truth":
            return EITHER
        case "enumeration":
            return frozenset(range(len(type_.members))) if len(type_.members) <= MOST else None
        case "date":
            return Bounds(FIRST_DAY, NEVER)  # a death that does not come is later than every day
        case "amount":
            return UNBOUNDED
    return None


def of_fact(entity: ir.Entity, name: str, month: int) -> Possible:
    """What a fact that is not given may be: of its type, in its range; who is there in the month (yyyymmdd) was born before it, and did
    not die before."""
    place, fact = next((n, f) for n, f in enumerate(entity.facts) if f.name == name)
    if place == entity.born:
        return Bounds(FIRST_DAY, month)
    if place == entity.died:
        return Bounds(month, NEVER)
    if fact.type.kind == "date":
        return Bounds(FIRST_DAY, LAST_DAY)
    left = of_type(fact.type)
    return Bounds(fact.low, fact.high) if left == UNBOUNDED else left


def truths(found: Possible) -> frozenset[bool]:
    """What a boolean may be."""
    return found if isinstance(found, frozenset) else EITHER


def just(value: Any, type_: Type) -> Possible:
    """One value alone."""
    return Bounds(value, value) if type_.kind in ("amount", "date") else frozenset((value,))


def either(some: Iterable[Possible]) -> Possible:
    """What is possible where each of these may come: bounds become the bounds of all."""
    left = [x for x in some if x is None or isinstance(x, Bounds) or x]
    if not left:
        return NOTHING_LEFT
    if any(x is None for x in left):
        return None
    if isinstance(left[0], Bounds):
        lows, highs = ([x[n] for x in left] for n in (0, 1))  # type: ignore[index]
        return Bounds(None if None in lows else min(lows), None if None in highs else max(highs))
    made = frozenset[Any]().union(*left)  # type: ignore[arg-type]
    return made if len(made) <= MOST else None


def single(possible: Possible) -> bool:
    """Whether one value alone is possible."""
    if isinstance(possible, Bounds):
        return possible.low is not None and possible.low == possible.high
    return possible is not None and len(possible) == 1


def the_one(possible: Possible) -> Any:
    """The value that alone is possible."""
    assert possible is not None
    return possible.low if isinstance(possible, Bounds) else next(iter(possible))


def apart(a: Possible, b: Possible) -> bool:
    """Whether no value is possible of both."""
    return True not in comparing("=", a, b)


# --- comparisons


def comparing(sign: str, a: Possible, b: Possible) -> frozenset[bool]:
    """What a comparison of two values may give, each taken by itself."""
    if NOTHING_LEFT in (a, b):
        return NOTHING_LEFT
    if a is None or b is None:
        return EITHER
    if sign in ("=", "!="):
        made = _equal(a, b)
        return made if sign == "=" else frozenset(not x for x in made)
    (low, high), (other_low, other_high) = _ends(a), _ends(b)
    # of the ends the ones at which the sign most easily, and least easily, holds
    first, last = (
        ((low, other_high), (high, other_low)) if sign in ("<", "<=") else ((high, other_low), (low, other_high))
    )
    may = None in first or compared(sign, *first)
    must = None not in last and compared(sign, *last)
    return frozenset(x for x, there in ((True, may), (False, not must)) if there)


def _equal(a: Bounds | frozenset[Any], b: Bounds | frozenset[Any]) -> frozenset[bool]:
    if isinstance(a, Bounds):
        (low, high), (other_low, other_high) = a, _ends(b)
        may = all(None in pair or pair[0] <= pair[1] for pair in ((low, other_high), (other_low, high)))
    else:
        may = bool(a & b)  # type: ignore[operator]
    must = may and single(a) and single(b)
    return frozenset(x for x, there in ((True, may), (False, not must)) if there)


def _ends(a: Bounds | frozenset[Any]) -> tuple[Any, Any]:
    return (a.low, a.high) if isinstance(a, Bounds) else (min(a), max(a))


def among(item: Possible, options: Sequence[Possible]) -> frozenset[bool]:
    """What `item 属于 (options)` may give."""
    made = [comparing("=", item, o) for o in options]
    may = any(True in x for x in made)
    fixed = {the_one(o) for o in options if single(o)}
    must = item <= fixed if isinstance(item, frozenset) else single(item) and the_one(item) in fixed
    return frozenset(x for x, there in ((True, may), (False, not must)) if there)


# --- arithmetic on bounds


def plus(a: Bounds, b: Bounds) -> Bounds:
    return Bounds(*(None if x is None or y is None else x + y for x, y in zip(a, b, strict=True)))


def minus(a: Bounds) -> Bounds:
    """Its negation."""
    return Bounds(*(None if x is None else -x for x in (a.high, a.low)))


def times(a: Bounds, b: Bounds) -> Bounds:
    """The product's bounds; an end that is missing is infinite, and zero times it is zero."""
    ends = [[(-1, 0) if x.low is None else (0, x.low), (1, 0) if x.high is None else (0, x.high)] for x in (a, b)]
    corners = [_corner(x, y) for x in ends[0] for y in ends[1]]
    low, high = min(corners), max(corners)
    return Bounds(None if low[0] else low[1], None if high[0] else high[1])


def _corner(x: tuple[int, Any], y: tuple[int, Any]) -> tuple[int, Any]:
    if not x[0] and not y[0]:
        return 0, x[1] * y[1]
    sign = 1
    for infinite, value in (x, y):
        sign *= infinite or (value > 0) - (value < 0)
    return sign, 0


def holds_zero(a: Bounds) -> bool:
    return (a.low is None or a.low <= 0) and (a.high is None or a.high >= 0)


def over(a: Bounds, b: Bounds) -> Bounds:
    """The quotient's bounds wherever the divisor is not zero."""
    if b.high is not None and b.high <= 0:
        return minus(over(a, minus(b)))
    if b.low is None or b.low < 0:
        return UNBOUNDED
    return times(
        a, Bounds(Fraction(0) if b.high is None else Fraction(1) / b.high, None if b.low == 0 else 1 / Fraction(b.low))
    )


def along(a: Bounds, rising: Callable[[Any], Any]) -> Bounds:
    """The bounds of what a function that never falls makes of the value."""
    return Bounds(*(None if x is None else rising(x) for x in a))


# --- the greatest and the least of several


def extreme(greatest: bool, sure: Sequence[Possible], perhaps: Sequence[Possible] = ()) -> Possible:
    """What the greatest (or least) may be of values that are there for sure and others that perhaps are; of none it is nothing."""
    if None in sure or None in perhaps:
        return None
    fixed, parts = ([x for x in some if x] for some in (sure, (*sure, *perhaps)))
    bounds = [x for x in parts if isinstance(x, Bounds)]
    if bounds:
        there = [x for x in fixed if isinstance(x, Bounds)]
        return (
            _greatest(there, bounds)
            if greatest
            else minus(_greatest(list(map(minus, there)), list(map(minus, bounds))))
        )
    end, least = (max, min) if greatest else (min, max)
    everything = frozenset(v for x in parts if x for v in x)
    if not fixed:
        return everything
    limit = end(least(x) for x in fixed if x)
    return frozenset(v for v in everything if end(v, limit) == v)


def _greatest(sure: Sequence[Bounds], parts: Sequence[Bounds]) -> Bounds:
    highs = [x.high for x in parts]
    lows = [x.low for x in (sure or parts)]
    least = None if None in lows else min(lows)
    low = max((x for x in lows if x is not None), default=None) if sure else least
    return Bounds(low, None if None in highs else max(highs))
