"""How small, how large and how fine every amount can be, from the ranges of facts, the written amounts and the calendar.

`low` and `high` are in base units (None: no bound); `grid` says that the value is always a multiple of 1/grid (None: any fraction).
The ranges tell the emitter which signs and divisors need no test, the grids whether a benefit is whole 分 in its own period.

A fact without a range is as large as facts may be; a quotient by what can be zero as large as the least step of the divisor allows, since
by zero there is none. What is carried from month to month was given, or is what its rule gave: if the rule keeps within what may be given
as long as what it reads does, so does what is carried; else it is as large as a carried number may be. A parameter has its written values
and, while it is 待定, what 在 … 之间 says; one that is 待定 and says nothing has no bound, nor what is computed from it.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from ..model.types import grid as fact_grid
from ..syntax.characters import MAX_CARRIED
from . import nodes as ir
from .in_force import dependency_order


class Bounds(NamedTuple):
    low: Fraction | None
    high: Fraction | None
    grid: int | None

    @property
    def positive(self) -> bool:
        return self.low is not None and self.low > 0

    @property
    def not_negative(self) -> bool:
        return self.low is not None and self.low >= 0


ANY = Bounds(None, None, None)
GIVEN = 10**15  # of its unit: no fact is larger, whatever its range
CARRIED = Fraction(10**MAX_CARRIED)  # in base units: what is larger is not carried into the next month
MONTHS = Fraction(9999 * 12)  # of the calendar
DAYS = Fraction(9999 * 366)
_MOST = {"whole_months": MONTHS, "working_days": DAYS}  # of functions of two dates, the one or the other way round


def exactly(value: Fraction) -> Bounds:
    return Bounds(value, value, value.denominator)


def union(parts: Iterable[Bounds]) -> Bounds:
    items = list(parts)
    if not items:
        return ANY
    lows, highs, grids = [p.low for p in items], [p.high for p in items], [p.grid for p in items]
    return Bounds(
        None if None in lows else min(x for x in lows if x is not None),
        None if None in highs else max(x for x in highs if x is not None),
        None if None in grids else lcm(*(g for g in grids if g is not None)),
    )


def _add(a: Fraction | None, b: Fraction | None) -> Fraction | None:
    return None if a is None or b is None else a + b


def _within(a: Bounds, b: Bounds) -> bool:
    """Whether what keeps within the first bounds keeps within the second, which have none that is missing."""
    return None not in (a.low, a.high) and b.low <= a.low and a.high <= b.high  # type: ignore[operator]


def _product(a: Bounds, b: Bounds) -> tuple[Fraction | None, Fraction | None]:
    if None not in (a.low, a.high, b.low, b.high):
        corners = [x * y for x in (a.low, a.high) for y in (b.low, b.high)]  # type: ignore[operator]
        return min(corners), max(corners)
    if a.not_negative and b.not_negative:
        return a.low * b.low, None  # type: ignore[operator]
    return None, None


def _inverse(b: Bounds) -> Bounds:
    """One divided by it, wherever it is not zero: then it is no nearer to zero than a step of its grid."""
    step = None if b.grid is None else Fraction(1, b.grid)
    if b.not_negative:
        least = b.low if b.positive else step
        return Bounds(Fraction(1) / b.high if b.high else Fraction(0), None if least is None else 1 / least, None)
    if b.high is not None and b.high <= 0:
        turned = _inverse(Bounds(-b.high, None if b.low is None else -b.low, b.grid))
        return Bounds(None if turned.high is None else -turned.high, Fraction(0), None)
    return ANY if step is None else Bounds(-1 / step, 1 / step, None)


class Analysis:
    """Bounds of every rule and parameter of a program, and of any formula in them."""

    def __init__(self, program: ir.Program) -> None:
        self.carried = {(e.name, c.name): c for e in program.entities for c in e.carried}
        self.facts = {(e.name, f.name): f for e in program.entities for f in e.facts}
        self.lists = {(e.name, m.name): m for e in program.entities for m in e.lists}
        self.holders = {e.name: e.holder for e in program.entities}
        benefits = {(r.entity, r.name) for r in program.rules if r.benefit}
        counted = {(e, c.name) for (e, _), c in self.carried.items() if c.start == 0 and c.type.is_amount}
        self.never_negative = benefits | counted
        self.parameters: dict[str, Bounds] = {}
        self.rules: dict[tuple[str, str], Bounds] = {}
        by_name = {p.name: p for p in program.parameters}
        for parameter in dependency_order(program.parameters):
            self._parameter(parameter, by_name)
        self.free: set[tuple[str, str]] = set()  # carried amounts that their rules let grow
        while True:
            for rule in program.rules:
                self.rules[rule.entity, rule.name] = self._rule(rule)
            grown = {
                (e, c.name)
                for (e, _), c in self.carried.items()
                if c.source == "rule" and c.type.is_amount and (e, c.name) not in self.free and (e, c.of) not in counted
                if not _within(self.rules.get((e, c.of), ANY), self._carried(e, c.name))
            }
            if not grown:
                break
            self.free |= grown

    def _parameter(self, parameter: ir.Parameter, by_name: dict[str, ir.Parameter]) -> Bounds:
        if parameter.name not in self.parameters:
            self.parameters[parameter.name] = ANY
            self._by_name = by_name
            if parameter.type.is_amount:
                values = [
                    self.of(e.value, "")
                    for e in parameter.entries
                    if e.value is not None and e.kind in ("exact", "floor")
                ]
                open_ = [Bounds(*e.bounds, None) for e in parameter.entries if e.kind == "pending" and e.bounds]
                self.parameters[parameter.name] = union([*values, *open_])._replace(grid=union(values).grid)
        return self.parameters[parameter.name]

    def _rule(self, rule: ir.Rule) -> Bounds:
        if not rule.type.is_amount:
            return ANY
        parts = [self.of(line.result, rule.entity) for line in rule.lines]
        if any(m[0] == "sum" for m in rule.modes):
            low: Fraction | None = Fraction(0)
            high: Fraction | None = Fraction(0)
            for p in parts:
                low = _add(low, None if p.low is None else min(p.low, Fraction(0)))
                high = _add(high, None if p.high is None else max(p.high, Fraction(0)))
            return Bounds(low, high, union(parts).grid)
        joined = union(parts)
        if rule.benefit and (joined.low is None or joined.low < 0):
            return joined._replace(low=Fraction(0))  # a negative one is an error, never a value
        return joined

    def of(self, node: ir.Expression, entity: str) -> Bounds:
        """Bounds of a formula that stands in `entity`; ANY for what is no amount."""
        if not node.type.is_amount:
            return ANY
        match node:
            case ir.Constant():
                return exactly(node.value)
            case ir.FactRef():
                fact = self.facts[node.entity, node.name]
                step = fact_grid(fact.type) * fact.type.own.scale
                most = GIVEN * fact.type.own.scale
                low, high = -most if fact.low is None else fact.low, most if fact.high is None else fact.high
                return Bounds(low, high, step.denominator)
            case ir.RuleRef():
                return self.rules.get((node.entity, node.name), ANY)
            case ir.ParameterRef():
                return self._parameter(self._by_name[node.name], self._by_name)
            case ir.Arithmetic():
                return self._arithmetic(node, entity)
            case ir.Call():
                return self._call(node, entity)
            case ir.AsOf():
                return self.of(node.value, entity)
            case ir.IfInForce():
                return union([self.of(node.value, entity), self.of(node.default, entity)])
            case ir.Aggregate():
                return self._aggregate(node, entity)
            case ir.Outside():
                return self.of(node.value, node.entity)
            case ir.CarriedRef():
                return self._carried(node.entity, node.name)
            case ir.Past():
                values = (node.value, node.default, node.otherwise)
                return union(self.of(x, entity) for x in values if x is not None)
            case ir.Window():
                return self._window(node, entity)
        return ANY

    def _carried(self, entity: str, name: str) -> Bounds:
        """Its grid was settled when the program was built (carried_grids.py)."""
        c = self.carried[entity, name]
        most = CARRIED if (entity, name) in self.free else GIVEN * c.type.own.scale
        low = high = None
        if c.source == "fact":
            fact = self.facts[entity, c.of]
            low, high = fact.low, fact.high
        elif (entity, c.of) in self.never_negative:
            low = Fraction(0)
            if c.start == 0:  # months are counted from what is given on, one a month
                high = 2 * MONTHS
        return Bounds(-most if low is None else low, most if high is None else high, c.grid or None)

    def _window(self, node: ir.Window, entity: str) -> Bounds:
        if node.function == "count":
            return Bounds(Fraction(0), Fraction(node.months), 1)
        one = self._carried(node.entity, node.name)
        if node.default is not None:
            one = union([one, self.of(node.default, entity)])
        if node.function == "sum":
            n, least = Fraction(node.months), Fraction(0 if node.year else 1)  # in January nothing is added up
            return Bounds(
                None if one.low is None else min(one.low * least, one.low * n),
                None if one.high is None else max(one.high * least, one.high * n),
                one.grid,
            )
        return one._replace(grid=None) if node.function == "average" else one

    def _arithmetic(self, node: ir.Arithmetic, entity: str) -> Bounds:
        if node.left.type.kind == "date":
            return Bounds(-DAYS, DAYS, 1)
        a, b = self.of(node.left, entity), self.of(node.right, entity)
        both = None if a.grid is None or b.grid is None else lcm(a.grid, b.grid)
        match node.sign:
            case "+":
                return Bounds(_add(a.low, b.low), _add(a.high, b.high), both)
            case "-":
                return Bounds(
                    None if a.low is None or b.high is None else a.low - b.high,
                    None if a.high is None or b.low is None else a.high - b.low,
                    both,
                )
            case "*":
                return Bounds(*_product(a, b), None if a.grid is None or b.grid is None else a.grid * b.grid)
        fine = None
        if b.low is not None and b.low == b.high and b.low != 0 and a.grid is not None:
            fine = a.grid * abs(b.low.numerator)
        return Bounds(*_product(a, _inverse(b)), fine)

    def _call(self, node: ir.Call, entity: str) -> Bounds:
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                inner, step = self.of(node.arguments[0], entity), self.of(node.arguments[1], entity)
                size = step.low or Fraction(1)
                low = None if inner.low is None else Fraction(inner.low // size) * size
                high = None if inner.high is None else -Fraction(-inner.high // size) * size
                return Bounds(low, high, size.denominator)
            case "max" | "min":
                parts = [self.of(a, entity) for a in node.arguments]
                joined = union(parts)
                if node.function == "max":
                    known = [p.low for p in parts if p.low is not None]
                    return joined._replace(low=max(known) if known else None)
                known = [p.high for p in parts if p.high is not None]
                return joined._replace(high=min(known) if known else None)
            case "sum":
                total = exactly(Fraction(0))
                for a in node.arguments:
                    p = self.of(a, entity)
                    total = Bounds(
                        _add(total.low, p.low),
                        _add(total.high, p.high),
                        None if total.grid is None or p.grid is None else lcm(total.grid, p.grid),
                    )
                return total
            case "average":
                return union(self.of(a, entity) for a in node.arguments)._replace(grid=None)
            case "count":
                return Bounds(Fraction(0), Fraction(len(node.arguments)), 1)
            case "age":
                return Bounds(Fraction(0), Fraction(9998 * 12), 1)
            case "month_of":
                return Bounds(Fraction(1), Fraction(12), 1)
            case "year_of":
                return Bounds(Fraction(1), Fraction(9999), 1)
        most = _MOST.get(node.function)
        return Bounds(None if most is None else -most, most, 1)

    def _size(self, node: ir.Aggregate, entity: str) -> tuple[int, int]:
        here = entity
        for _ in range(node.up):
            here = self.holders.get(here, "")
        low = high = 1
        for name in node.lists:
            members = self.lists[here, name]
            low, high = low * members.low, high * members.high
            here = members.entity
        return (0 if node.where is not None else low), high

    def _aggregate(self, node: ir.Aggregate, entity: str) -> Bounds:
        low, high = self._size(node, entity)
        if node.function == "count":
            return Bounds(Fraction(low if node.value is None else 0), Fraction(high), 1)
        if node.function == "repeats":
            return Bounds(Fraction(0), Fraction(max(high - 1, 0)), 1)
        assert node.value is not None
        inner = self.of(node.value, node.entity)
        if node.function == "sum":
            least = None if inner.low is None else min(inner.low * low, inner.low * high)
            most = None if inner.high is None else max(inner.high * low, inner.high * high)
            return Bounds(least, most, inner.grid)
        joined = inner if node.default is None else union([inner, self.of(node.default, entity)])
        return joined._replace(grid=None) if node.function == "average" else joined
