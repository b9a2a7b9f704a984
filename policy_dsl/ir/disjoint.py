"""Whether two conditions can hold together, as far as comparing the same terms tells. No solver: "no" is certain, "perhaps" is not.

The emitter leaves out the test for a conflict where this says that there can be none; what a decision gives never depends on it.
"""

from __future__ import annotations

from fractions import Fraction

from . import nodes as ir
from .traverse import compared

MOST_ALTERNATIVES = 24
Atom = tuple[object, object]  # (what is constrained, what it may be)


def shape(node: object) -> object:
    """A formula without places and words: equal shapes have equal values at the same entry."""
    if isinstance(node, tuple) and hasattr(node, "_fields"):
        return (
            type(node).__name__,
            *(shape(getattr(node, f)) for f in node._fields if f not in ("place", "word", "type")),
        )
    if isinstance(node, tuple):
        return tuple(shape(x) for x in node)
    return node


_RELATIONS = {"<": {"<"}, "<=": {"<", "="}, "=": {"="}, ">=": {"=", ">"}, ">": {">"}, "!=": {"<", ">"}}
_MIRROR = {"<": ">", ">": "<", "=": "="}


class _Interval:
    """Numbers between two ends, each closed or open; None is no end."""

    def __init__(self, sign: str, value: Fraction | int) -> None:
        if value.denominator == 1:
            value = value.numerator  # compared many times, and much faster than a fraction
        self.low = self.high = None
        self.low_closed = self.high_closed = True
        if sign in ("=", ">=", ">"):
            self.low, self.low_closed = value, sign != ">"
        if sign in ("=", "<=", "<"):
            self.high, self.high_closed = value, sign != "<"

    def apart(self, other: _Interval) -> bool:
        for a, b in ((self, other), (other, self)):
            if a.high is None or b.low is None:
                continue
            if a.high < b.low or (a.high == b.low and not (a.high_closed and b.low_closed)):
                return True
        return False


def _negate(sign: str) -> str:
    return {"<": ">=", "<=": ">", "=": "!=", "!=": "=", ">": "<=", ">=": "<"}[sign]


def _atoms(node: ir.Expression, positive: bool) -> list[list[Atom]]:
    """The condition as alternatives of atoms that hold together; [[]] where nothing is known."""
    match node:
        case ir.Not():
            return _atoms(node.operand, not positive)
        case ir.Logic():
            if (node.joined == "and") == positive:
                made: list[list[Atom]] = [[]]
                for part in node.parts:
                    inner = _atoms(part, positive)
                    if len(made) * len(inner) > MOST_ALTERNATIVES:
                        continue  # weaker, still sound
                    made = [a + b for a in made for b in inner]
                return made
            alternatives = [alt for part in node.parts for alt in _atoms(part, positive)]
            return alternatives if len(alternatives) <= MOST_ALTERNATIVES else [[]]
        case ir.Constant():
            return [[]] if bool(node.value) == positive else []
        case ir.Compare():
            return [[_compare(node, positive)]]
        case ir.Among():
            values = [o.value for o in node.options if isinstance(o, ir.Constant)]
            if len(values) != len(node.options) or node.item.type.kind != "enumeration":
                return [[]]
            rest = set(range(len(node.item.type.members)))
            return [[(shape(node.item), frozenset(values) if positive else frozenset(rest - set(values)))]]
    return [[(shape(node), frozenset([positive]))]]


def _compare(node: ir.Compare, positive: bool) -> Atom:
    sign = node.sign if positive else _negate(node.sign)
    left, right = node.left, node.right
    if isinstance(left, ir.Constant) and not isinstance(right, ir.Constant):
        left, right = right, left
        sign = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(sign, sign)
    if isinstance(right, ir.Constant):
        if left.type.kind == "enumeration":
            members = range(len(left.type.members))
            return (shape(left), frozenset(x for x in members if compared(sign, x, right.value)))
        if left.type.kind == "truth":
            return (shape(left), frozenset([bool(right.value) == (sign == "=")]))
        if sign != "!=":
            return (("number", shape(left)), _Interval(sign, right.value))
        return (("number", shape(left)), None)
    a, b = shape(left), shape(right)
    relations = _RELATIONS[sign]
    if repr(b) < repr(a):
        a, b = b, a
        relations = {_MIRROR[r] for r in relations}
    return (("pair", a, b), frozenset(relations))


def alternatives(condition: ir.Expression | None) -> list[list[Atom]]:
    """The ways in which a condition can hold, to be compared with another's by `disjoint`."""
    return [[]] if condition is None else _atoms(condition, True)


def disjoint(a: list[list[Atom]], b: list[list[Atom]]) -> bool:
    """True when two conditions certainly never hold together."""
    return all(_apart(x, y) for x in a for y in b)


def _apart(x: list[Atom], y: list[Atom]) -> bool:
    for key, may in x:
        for other, may_too in y:
            if key != other:
                continue
            if isinstance(may, frozenset) and isinstance(may_too, frozenset) and not may & may_too:
                return True
            if isinstance(may, _Interval) and isinstance(may_too, _Interval) and may.apart(may_too):
                return True
    return False


def same_result(a: ir.Expression, b: ir.Expression) -> bool:
    """Whether two results are the same formula, so that it does not matter which of the lines applies."""
    return shape(a) == shape(b)
