"""How many digits every computed number can have. A chain of products doubles them with each link, and no bound on the text helps:
sixty lines suffice for a number that no machine can hold. What `check` refuses here would be a slip anyway.

A number is counted as its numerator and its denominator. Denominators that are known meet in their least common multiple, so that a
long sum of twelfths stays twelfths. A list counts as fifty entries at most: its size is the data's, not the policy's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import reduce
from math import lcm
from typing import NamedTuple

from ..model.types import grid
from . import nodes as ir
from .epoch import dependency_order

GIVEN = 20  # digits of a given fact in its own steps
ENTRIES = 50
HUGE = 10**6  # where counting ends


class Size(NamedTuple):
    """Digits of the numerator; the denominator divides `den`, or, where that is 0, has `over` digits."""

    above: int
    den: int = 1
    over: int = 0

    @property
    def below(self) -> int:
        return _digits(self.den) if self.den else self.over

    @property
    def most(self) -> int:
        return min(max(self.above, self.below), HUGE)


def _digits(n: int) -> int:
    """Digits of a whole number, one too many at times; 1 has none."""
    return (abs(n).bit_length() * 30103) // 100000 + 1 if abs(n) > 1 else 0


def _over(digits: int) -> Size:
    return Size(0, 0, min(digits, HUGE))


def _common(a: Size, b: Size) -> Size:
    """The denominator of a sum."""
    if a.den and b.den:
        den = lcm(a.den, b.den)
        return Size(0, den) if _digits(den) < 1000 else _over(_digits(den))
    return _over(a.below + b.below)


def _sum(a: Size, b: Size) -> Size:
    below = _common(a, b)
    return below._replace(above=min(max(a.above + below.below, b.above + below.below) + 1, HUGE))


def _product(a: Size, b: Size) -> Size:
    known = a.den and b.den and a.below + b.below < 1000
    below = Size(0, a.den * b.den) if known else _over(a.below + b.below)
    return below._replace(above=min(a.above + b.above, HUGE))


def _quotient(a: Size, b: Size) -> Size:
    return Size(min(a.above + b.below, HUGE), 0, min(a.below + b.above, HUGE))


def _either(sizes: Iterable[Size]) -> Size:
    """One of several, whichever it is."""
    items = list(sizes)
    if not items:
        return Size(0)
    return reduce(_common, items)._replace(above=max(s.above for s in items))


class _Measure:
    def __init__(self) -> None:
        self.parameters: dict[str, Size] = {}
        self.rules: dict[tuple[str, str], Size] = {}

    def of(self, node: ir.Expression) -> Size:
        if not node.type.is_amount:
            return Size(8)
        match node:
            case ir.Constant():
                return Size(_digits(node.value.numerator), node.value.denominator)
            case ir.FactRef():
                return Size(GIVEN + 10, (grid(node.type) * node.type.own.scale).denominator)
            case ir.RuleRef():
                return self.rules.get((node.entity, node.name), Size(0))
            case ir.ParameterRef():
                return self.parameters.get(node.name, Size(0))
            case ir.Arithmetic() if node.left.type.is_amount:
                a, b = self.of(node.left), self.of(node.right)
                return {"+": _sum, "-": _sum, "*": _product, "/": _quotient}[node.sign](a, b)
            case ir.Call():
                return self._call(node)
            case ir.Aggregate() if node.value is not None and node.function != "count":
                inner = self.of(node.value)
                if node.function in ("max", "min"):
                    return inner
                below = inner if inner.den else _over(inner.below * ENTRIES)
                total = below._replace(above=inner.above + below.below + 7)
                return total if node.function == "sum" else _quotient(total, Size(7))
        return Size(GIVEN)

    def _call(self, node: ir.Call) -> Size:
        parts = [self.of(a) for a in node.arguments]
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                return Size(parts[0].above + parts[1].below + 1, parts[1].den)
            case "max" | "min":
                return _either(parts)
            case "sum" | "average":
                total = reduce(_sum, parts)
                return total if node.function == "sum" else _quotient(total, Size(2))
        return Size(GIVEN)


def digits(program: ir.Program, most: int) -> Iterator[tuple[ir.Parameter | ir.Rule, int]]:
    """Parameters and rules whose numbers can have more than `most` digits, with how many; what follows one of them is not counted again."""
    measure = _Measure()
    for parameter in dependency_order(program.parameters):
        size = _either(measure.of(e.value) for e in parameter.entries if e.value is not None)
        if size.most > most:
            yield parameter, size.most
            size = Size(0)
        measure.parameters[parameter.name] = size
    for rule in program.rules:
        parts = [measure.of(line.result) for line in rule.lines]
        size = reduce(_sum, parts) if any(m[0] == "sum" for m in rule.modes) and parts else _either(parts)
        if size.most > most:
            yield rule, size.most
            size = Size(0)
        measure.rules[rule.entity, rule.name] = size

