"""How large every computed number can be. A chain of products doubles the digits with each link, and no bound on the text helps: sixty
lines suffice for a number that no machine can hold. What `check` refuses here would be a slip anyway.

A number counts as its numerator and its denominator. Denominators that are known meet in their least common multiple, so that a long
sum of twelfths stays twelfths. A fact counts as its range allows, a list as fifty entries at most: its size is the data's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from math import ceil, lcm
from typing import NamedTuple

from ..ir import nodes as ir
from ..ir.bounds import GIVEN
from ..ir.carried_grids import CARRIED, PARTS
from ..ir.in_force import dependency_order
from ..model.types import grid
from ..syntax.characters import MAX_SIZE

ENTRIES = 50
LIMIT: int = 10**MAX_SIZE
BEYOND = LIMIT**2  # where counting ends


class Size(NamedTuple):
    """Bounds of numerator and denominator; `exact`: the denominator divides `below`."""

    above: int
    below: int = 1
    exact: bool = True

    @property
    def fits(self) -> bool:
        return self.above <= LIMIT and self.below <= LIMIT


SMALL = Size(10**8)


def _capped(above: int, below: int, exact: bool) -> Size:
    return Size(min(above, BEYOND), min(below, BEYOND), exact and below <= BEYOND)


def _sum(a: Size, b: Size) -> Size:
    if a.exact and b.exact:
        below = lcm(a.below, b.below)
        return _capped(a.above * (below // a.below) + b.above * (below // b.below), below, True)
    return _capped(a.above * b.below + b.above * a.below, a.below * b.below, False)


def _product(a: Size, b: Size) -> Size:
    return _capped(a.above * b.above, a.below * b.below, a.exact and b.exact)


def _quotient(a: Size, b: Size) -> Size:
    return _capped(a.above * b.below, a.below * b.above, False)


def _either(sizes: Iterable[Size]) -> Size:
    """One of several, whichever it is."""

    def union(a: Size, b: Size) -> Size:
        if a.exact and b.exact:
            return _capped(max(a.above, b.above), lcm(a.below, b.below), True)
        return _capped(max(a.above, b.above), max(a.below, b.below), False)

    return reduce(union, sizes, Size(0))


class _Measure:
    def __init__(self, program: ir.Program) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.carried = {(e.name, c.name): c for e in program.entities for c in e.carried}
        self.facts = {(e.name, f.name): f for e in program.entities for f in e.facts}
        self.parameters: dict[str, Size] = {}
        self.rules: dict[tuple[str, str], Size] = {}

    def of(self, node: ir.Expression) -> Size:
        if not node.type.is_amount:
            return SMALL
        match node:
            case ir.Constant():
                return Size(abs(node.value.numerator), node.value.denominator)
            case ir.FactRef():
                below = (grid(node.type) * node.type.own.scale).denominator
                fact = self.facts[node.entity, node.name]
                most = GIVEN * node.type.own.scale
                if fact.low is not None and fact.high is not None:
                    most = min(most, max(abs(fact.low), abs(fact.high)))
                return Size(ceil(most * below), below)
            case ir.RuleRef():
                return self.rules.get((node.entity, node.name), SMALL)
            case ir.ParameterRef():
                return self.parameters.get(node.name, SMALL)
            case ir.Arithmetic() if node.left.type.is_amount:
                a, b = self.of(node.left), self.of(node.right)
                return {"+": _sum, "-": _sum, "*": _product, "/": _quotient}[node.sign](a, b)
            case ir.CarriedRef():
                grid_ = self.carried[node.entity, node.name].grid
                return Size(CARRIED, grid_ or PARTS, bool(grid_))
            case ir.Past():
                return _either(self.of(x) for x in (node.value, node.default, node.otherwise) if x is not None)
            case ir.Window() if node.function != "count":
                grid_ = self.carried[node.entity, node.name].grid
                one = Size(CARRIED, grid_ or PARTS, bool(grid_))
                if node.function in ("max", "min"):
                    return one
                total = one._replace(above=one.above * node.months) if one.exact else reduce(_sum, [one] * node.months)
                return total if node.function == "sum" else _quotient(total, SMALL)
            case ir.Call():
                return self._call(node)
            case ir.AsOf():
                return self.of(node.value)
            case ir.IfInForce():
                return _either([self.of(node.value), self.of(node.default)])
            case ir.Outside():
                return self.of(node.value)
            case ir.Aggregate() if node.value is not None and node.function not in ("count", "repeats"):
                inner = self.of(node.value)
                if node.function in ("max", "min"):
                    return inner
                n = self._entries(node)
                total = inner._replace(above=inner.above * n) if inner.exact else reduce(_sum, [inner] * n, Size(0))
                return total if node.function == "sum" else _quotient(total, SMALL)
        return SMALL

    def _entries(self, node: ir.Aggregate) -> int:
        most, here = 1, self.entities[node.entity]
        for name in reversed(node.lists):
            here = self.entities[here.holder]
            most *= next(x.high for x in here.lists if x.name == name)
        return min(most, ENTRIES)

    def _call(self, node: ir.Call) -> Size:
        parts = [self.of(a) for a in node.arguments]
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                return _capped((parts[0].above + 1) * parts[1].below * parts[1].above, parts[1].below, True)
            case "max" | "min":
                return _either(parts)
            case "sum" | "average":
                total = reduce(_sum, parts)
                return total if node.function == "sum" else _quotient(total, SMALL)
        return SMALL


def too_large(program: ir.Program) -> Iterator[ir.Parameter | ir.Rule]:
    """Parameters and rules whose numbers can outgrow MAX_SIZE digits; what follows from one of them is not counted again."""
    measure = _Measure(program)
    for parameter in dependency_order(program.parameters):
        size = _either(measure.of(e.value) for e in parameter.entries if e.value is not None)
        if not size.fits:
            yield parameter
        measure.parameters[parameter.name] = size if size.fits else SMALL
    for rule in program.rules:
        parts = [measure.of(line.result) for line in rule.lines]
        size = reduce(_sum, parts) if parts and any(m[0] == "sum" for m in rule.modes) else _either(parts)
        if not size.fits:
            yield rule
        measure.rules[rule.entity, rule.name] = size if size.fits else SMALL
