"""A condition → cells: what it demands of each term that it compares with constants, as a set of the term's values.

A set is kept as the ends at which it begins and stops: (value, 0) lies just before a value, (value, 1) just after it. So sets of amounts, days,
positions and texts are joined and turned round in one way, and nothing is lost where numbers are no whole ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from ...ir import nodes as ir
from ...ir.disjoint import shape

End = tuple[Any, int]
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


class Cell(NamedTuple):
    """Values of a term: `below` tells whether it holds before the first end; each end turns that round."""

    below: bool
    ends: tuple[End, ...]

    def turned(self) -> Cell:
        return Cell(not self.below, self.ends)


class Cells(NamedTuple):
    """What a condition demands: of each term, known by its shape, a cell; `rest` where that is not all."""

    terms: dict[object, tuple[ir.Expression, Cell]]
    rest: bool


def cells(condition: ir.Expression | None) -> Cells:
    """The cells of a condition that joins comparisons of terms with constants by 且."""
    terms: dict[object, tuple[ir.Expression, Cell]] = {}
    rest = False
    stack = [condition] if condition is not None else []
    while stack:
        node = stack.pop()
        if isinstance(node, ir.Logic) and node.joined == "and":
            stack += reversed(node.parts)
            continue
        found = _cell(node)
        if found is None:
            rest = rest or not (isinstance(node, ir.Constant) and node.value)
            continue
        key, term, cell = found
        if key in terms:
            cell = joined(all, (terms[key][1], cell))
        terms[key] = (term, cell)
    return Cells(terms, rest)


def joined(how: Callable[[Iterable[bool]], bool], parts: Iterable[Cell]) -> Cell:
    """What lies in all of several sets, or in any."""
    parts = tuple(parts)
    inside = [p.below for p in parts]
    turns: dict[End, list[int]] = {}
    for n, part in enumerate(parts):
        for end in part.ends:
            turns.setdefault(end, []).append(n)
    below = now = how(inside)
    ends: list[End] = []
    for end in sorted(turns):
        for n in turns[end]:
            inside[n] = not inside[n]
        if how(inside) != now:
            now = not now
            ends.append(end)
    return Cell(below, tuple(ends))


def _cell(node: ir.Expression) -> tuple[object, ir.Expression, Cell] | None:
    """The one term of a part of a condition, with its values; None where it has several, or is compared with what is no constant."""
    match node:
        case ir.Constant():
            return None
        case ir.Not():
            found = _cell(node.operand)
            return None if found is None else (found[0], found[1], found[2].turned())
        case ir.Logic():
            each = [_cell(p) for p in node.parts]
            same = [x for x in each if x is not None and each[0] is not None and x[0] == each[0][0]]
            if len(same) < len(each):
                return None
            return (same[0][0], same[0][1], joined(all if node.joined == "and" else any, (x[2] for x in same)))
        case ir.Compare():
            term, sign, other = node.left, node.sign, node.right
            if isinstance(term, ir.Constant):
                term, sign, other = other, _MIRROR.get(sign, sign), term
            if isinstance(term, ir.Constant) or not isinstance(other, ir.Constant):
                return None
            return (shape(term), term, _compared(sign, other.value))
        case ir.Among():
            if isinstance(node.item, ir.Constant) or not all(isinstance(o, ir.Constant) for o in node.options):
                return None
            values = [o.value for o in node.options if isinstance(o, ir.Constant)]
            return (shape(node.item), node.item, joined(any, (_compared("=", v) for v in values)))
    return (shape(node), node, _compared("=", True))


def _compared(sign: str, value: Any) -> Cell:
    """The values that stand so to another."""
    before, after = (value, 0), (value, 1)
    match sign:
        case "<":
            return Cell(True, (before,))
        case "<=":
            return Cell(True, (after,))
        case ">=":
            return Cell(False, (before,))
        case ">":
            return Cell(False, (after,))
        case "=":
            return Cell(False, (before, after))
    return Cell(True, (before, after))
