"""Lines read as a table: what several of their conditions compare is looked at once for all of them.

`当 类 = 甲` and `当 类 = 乙` never hold together, and one of them holds where 类 is 甲 or 乙. So what is compared more than once, a column, is
given each of its possible values in turn: those of a set, and of an amount one at and one between the values that it is compared with.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import Any, NamedTuple

from ...ir import nodes as ir
from ...ir.disjoint import shape
from ..possible import MOST, Bounds
from ..values import Undetermined, Value, possible

Evaluate = Callable[[ir.Expression], Value]


class Columns(NamedTuple):
    """What the conditions of some lines compare more than once: `places` tells by a formula's identity which column it is."""

    terms: Mapping[object, ir.Expression]
    beside: Mapping[object, tuple[ir.Expression, ...]]  # what each is compared with
    places: Mapping[int, object]


Choice = Mapping[object, Any]  # a column's value


def columns(conditions: Iterable[ir.Expression | None]) -> Columns:
    """The columns of some conditions."""
    found: list[tuple[ir.Expression, tuple[ir.Expression, ...]]] = []
    for condition in conditions:
        for atom in _atoms(condition) if condition is not None else ():
            match atom:
                case ir.Compare():
                    found += ((atom.left, (atom.right,)), (atom.right, (atom.left,)))
                case ir.Among():
                    found.append((atom.item, atom.options))
                case _:
                    found.append((atom, ()))
    keyed = [(shape(x), x, beside) for x, beside in found if not isinstance(x, ir.Constant)]
    often = Counter(key for key, *_ in keyed)
    keyed = [x for x in keyed if often[x[0]] > 1]
    beside: dict[object, tuple[ir.Expression, ...]] = {}
    for key, _, others in keyed:
        beside[key] = (*beside.get(key, ()), *others)
    return Columns({key: x for key, x, _ in keyed}, beside, {id(x): key for key, x, _ in keyed})


def _atoms(node: ir.Expression) -> Iterator[ir.Expression]:
    """What a condition joins by 且 and 或."""
    match node:
        case ir.Not():
            yield from _atoms(node.operand)
        case ir.Logic():
            for part in node.parts:
                yield from _atoms(part)
        case _:
            yield node


def choices(made: Columns, evaluate: Evaluate, step_of: Callable[[ir.Expression], Fraction | None]) -> list[Choice]:
    """What the columns may be, all at once; none where nothing is open, or more than 64. What may be an error is no column."""
    ways: dict[object, list[Any]] = {}
    for key, term in made.terms.items():
        value = evaluate(term)
        if not isinstance(value, Undetermined) or value.may_fail:
            continue
        left = possible(value, term.type)
        if isinstance(left, Bounds):
            beside = [evaluate(x) for x in made.beside[key]]
            cuts = sorted({x for x in beside if isinstance(x, (int, Fraction))})
            ways[key] = representatives(left, cuts, step_of(term))
        elif left is not None:
            ways[key] = sorted(left)
    if not ways or prod(len(each) for each in ways.values()) > MOST:
        return []
    return [dict(zip(ways, chosen, strict=True)) for chosen in product(*ways.values())]


def representatives(bounds: Bounds, cuts: list[Any], step: Fraction | None) -> list[Any]:
    """One amount for each way in which one within the bounds can lie to the cuts: on one of them, or between two.

    With a step only whole multiples of it count, so that nothing lies between 2 and 3 persons.
    """
    low, high = bounds
    inside = [c for c in cuts if (low is None or c >= low) and (high is None or c <= high)]
    if not inside:  # to every cut they lie alike
        return [low if low is not None else high if high is not None else Fraction(0)]
    out = [c for c in inside if step is None or Fraction(c) % step == 0]
    first, last = inside[0], inside[-1]
    if low is None or low < first:
        out.append(first - 1 if low is None else low)
    if high is None or high > last:
        out.append(last + 1 if high is None else high)
    for a, b in pairwise(inside):
        middle = Fraction(a + b) / 2 if step is None else (a // step + 1) * step
        if a < middle < b:
            out.append(middle)
    return sorted(out) or inside
