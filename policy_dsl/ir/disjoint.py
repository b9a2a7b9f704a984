"""Whether two conditions can hold together, as far as comparing the same terms tells. No solver: "no" is certain, "perhaps" is not.

The emitter leaves out the test for a conflict where this says that there can be none; what a decision gives never depends on it.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ..model.signs import compared
from . import nodes as ir

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
    """Numbers between two ends, each closed or open; None is no end. With ≠ it is all numbers but one, the `hole`."""

    def __init__(self, sign: str, value: Fraction | int) -> None:
        if value.denominator == 1:
            value = value.numerator  # compared many times, and much faster than a fraction
        self.low = self.high = None
        self.low_closed = self.high_closed = True
        self.hole = value if sign == "!=" else None
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
        return self._misses(other) or other._misses(self)

    def inside(self, other: _Interval) -> bool:
        """Whether every number of it is one of the other."""
        if other.hole is not None:
            return self.hole == other.hole or self.apart(_Interval("=", other.hole))
        if self.hole is not None:
            return False
        low = other.low is None or (
            self.low is not None
            and (self.low > other.low or (self.low == other.low and (other.low_closed or not self.low_closed)))
        )
        high = other.high is None or (
            self.high is not None
            and (self.high < other.high or (self.high == other.high and (other.high_closed or not self.high_closed)))
        )
        return low and high

    def _misses(self, other: _Interval) -> bool:
        """Whether the other is just the number that is left out here."""
        return self.hole is not None and self.hole == other.low == other.high


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
        return (("number", shape(left)), _Interval(sign, right.value))
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


def _plain(node: ir.Expression) -> bool:
    """Whether `_atoms` says all that the condition demands."""
    match node:
        case ir.Not():
            return _plain(node.operand)
        case ir.Logic():
            return all(_plain(p) for p in node.parts)
        case ir.Compare():
            return True
        case ir.Among():
            return node.item.type.kind == "enumeration" and all(isinstance(o, ir.Constant) for o in node.options)
        case ir.FactRef() | ir.RuleRef() | ir.ParameterRef() | ir.Constant():
            return True
    return False


def overlapping(a: ir.Expression, b: ir.Expression) -> bool:
    """True when two conditions certainly can hold together: one speaks of nothing that the other does not, and nothing excludes it."""
    if not (_plain(a) and _plain(b)):
        return False
    ways = [(x, y) for x in alternatives(a) for y in alternatives(b)]
    if len(ways) > MOST_ALTERNATIVES:
        return False
    return any(_within(x, y) and _possible([*x, *y]) for x, y in ways)


def entailing(a: ir.Expression, b: ir.Expression) -> bool:
    """True when some way in which one of two overlapping conditions holds certainly makes the other hold, too."""
    ways = [(x, y) for x in alternatives(a) for y in alternatives(b) if _within(x, y) and _possible([*x, *y])]
    return any(_demands_all(x, y) or _demands_all(y, x) for x, y in ways)


def _demands_all(x: list[Atom], y: list[Atom]) -> bool:
    """Whether who keeps the atoms of x keeps those of y."""
    return all(any(key == other and _inside(mine, may) for other, mine in x) for key, may in y)


def _inside(mine: object, may: object) -> bool:
    if isinstance(mine, frozenset) and isinstance(may, frozenset):
        return mine <= may
    return isinstance(mine, _Interval) and isinstance(may, _Interval) and mine.inside(may)


def _within(x: list[Atom], y: list[Atom]) -> bool:
    first, second = {key for key, _ in x}, {key for key, _ in y}
    return bool(first) and bool(second) and (first <= second or second <= first)


def _possible(atoms: list[Atom]) -> bool:
    """Whether atoms can hold together, all that one term may be taken together."""
    demands: dict[object, list[Any]] = {}
    for key, may in atoms:
        demands.setdefault(key, []).append(may)
    return all(_some(may) for may in demands.values())


def _some(demands: list[Any]) -> bool:
    """Whether something is all of what is demanded of one term."""
    if not isinstance(demands[0], _Interval):
        return bool(frozenset.intersection(*demands))
    if any(x.apart(y) for x in demands for y in demands):
        return False
    low = max((x.low for x in demands if x.low is not None), default=None)
    high = min((x.high for x in demands if x.high is not None), default=None)
    return low is None or low != high or all(x.hole != low for x in demands)


def same_result(a: ir.Expression, b: ir.Expression) -> bool:
    """Whether two results are the same formula, so that it does not matter which of the lines applies."""
    return shape(a) == shape(b)
