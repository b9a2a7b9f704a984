"""Lines read as a table: what several of their conditions compare is looked at once for all of them.

`当 类 = 甲` and `当 类 = 乙` never hold together, and one of them holds where 类 is 甲 or 乙. So what is compared more than once, a column, is
given its possible values in turn, those of a set, and of an amount one at and one between the values that it is compared with; of those
that every comparison treats alike one stands for all.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product
from math import prod
from typing import Any, NamedTuple

from ...ir import nodes as ir
from ...ir.disjoint import shape
from ...model.signs import compared
from ..possible import MOST, Bounds
from ..values import Undetermined, Value, known, possible

Evaluate = Callable[[ir.Expression], Value]
Ways = Mapping[int, list[Any]]  # a column → the values that it is given in turn
Choice = Mapping[int, int]  # a column → which of these is chosen
Use = tuple[int, ir.Expression]  # a column, and the part of a condition that compares it


class Columns(NamedTuple):
    """What some conditions compare more than once, numbered; formulas are known by their identity.

    `places` tells which column a formula is, `uses` those of each condition, `inside` those of a condition and of its parts.
    """

    terms: Mapping[int, ir.Expression]
    places: Mapping[int, int]
    uses: tuple[tuple[Use, ...], ...]
    inside: Mapping[int, tuple[int, ...]]


def columns(conditions: Sequence[ir.Expression | None]) -> Columns:
    """The columns of some conditions."""
    found = [
        [(shape(x), x, atom) for atom in _atoms(c) for x in _compared(atom) if not isinstance(x, ir.Constant)]
        for c in conditions
    ]
    often = Counter(key for uses in found for key, *_ in uses)
    number = {key: n for n, key in enumerate(k for k, count in often.items() if count > 1)}
    kept = [[(number[key], x, atom) for key, x, atom in uses if key in number] for uses in found]
    own: dict[int, list[int]] = {}
    for uses in kept:
        for key, _, atom in uses:
            own.setdefault(id(atom), []).append(key)
    inside: dict[int, tuple[int, ...]] = {}
    for c in conditions:
        _gather(c, own, inside)
    return Columns(
        {key: x for uses in kept for key, x, _ in uses},
        {id(x): key for uses in kept for key, x, _ in uses},
        tuple(tuple((key, atom) for key, _, atom in uses) for uses in kept),
        inside,
    )


def _gather(node: ir.Expression | None, own: Mapping[int, list[int]], inside: dict[int, tuple[int, ...]]) -> None:
    """The columns of a condition and of its parts."""
    parts = (node.operand,) if isinstance(node, ir.Not) else node.parts if isinstance(node, ir.Logic) else ()
    for part in parts:
        _gather(part, own, inside)
    held = own.get(id(node), []) if not parts else [key for part in parts for key in inside[id(part)]]
    inside[id(node)] = tuple(dict.fromkeys(held))


def _atoms(node: ir.Expression | None) -> Iterator[ir.Expression]:
    """What a condition joins by 且 and 或."""
    match node:
        case None:
            return
        case ir.Not():
            yield from _atoms(node.operand)
        case ir.Logic():
            for part in node.parts:
                yield from _atoms(part)
        case _:
            yield node


def _compared(atom: ir.Expression) -> tuple[ir.Expression, ...]:
    """What a part of a condition compares."""
    match atom:
        case ir.Compare():
            return (atom.left, atom.right)
        case ir.Among():
            return (atom.item,)
    return (atom,)


def ways_of(
    made: Columns, open_: Iterable[int], evaluate: Evaluate, step_of: Callable[[ir.Expression], Fraction | None]
) -> Ways:
    """What each column may be; nothing where none is open, or where there are more than 64 choices. What may be an error is no column.

    `open_`: the places of the conditions that are open, for what the others compare does not matter.
    """
    beside: dict[int, list[ir.Expression]] = {}
    for place in open_:
        for key, atom in made.uses[place]:
            beside.setdefault(key, []).append(atom)
    ways: dict[int, list[Any]] = {}
    for key, atoms in beside.items():
        term = made.terms[key]
        value = evaluate(term) if len(atoms) > 1 else None
        if not isinstance(value, Undetermined) or value.may_fail:
            continue
        left = possible(value, term.type)
        if left is None:
            continue
        tests = [x for atom in atoms if (x := _test(atom, key, made, evaluate)) is not None]
        each = sorted(left) if not isinstance(left, Bounds) else []
        if isinstance(left, Bounds):
            cuts = sorted({v for _, values in tests for v in values})
            each = representatives(left, cuts, step_of(term))
        most = MOST // prod(map(len, ways.values()))
        told: dict[tuple[bool, ...], Any] = {}
        for v in each:
            told[tuple(test(v) for test, _ in tests)] = v
            if len(told) > most:
                return {}
        ways[key] = list(told.values())
    return ways


def choices(ways: Ways) -> Iterator[Choice]:
    """All that the columns may be at once. What differs most comes first, where that tells enough."""
    if all(ways.values()):
        yield dict.fromkeys(ways, 0)
        for chosen in product(*(range(len(each))[::-1] for each in ways.values())):
            if any(chosen):
                yield dict(zip(ways, chosen, strict=True))


def _test(
    atom: ir.Expression, key: int, made: Columns, evaluate: Evaluate
) -> tuple[Callable[[Any], bool], list[Any]] | None:
    """What a part of a condition says of a column's value, and the values that it compares it with; None where one is not known."""
    match atom:
        case ir.Compare():
            turned = made.places.get(id(atom.left)) != key
            other = evaluate(atom.left if turned else atom.right)
            if not known(other):
                return None
            sign = atom.sign
            return (lambda v: compared(sign, other, v) if turned else compared(sign, v, other)), [other]
        case ir.Among():
            options = [evaluate(o) for o in atom.options]
            return ((lambda v: v in options), options) if all(map(known, options)) else None
    return bool, []


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
