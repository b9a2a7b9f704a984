"""Values of facts at which a policy may turn: what is written in it or in force on a day, in each fact's grid, with both neighbours."""

from __future__ import annotations

import datetime
import math
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from typing import Any

from ..backends.encoding import fact_step
from ..backends.epoch import Epoch
from ..backends.values import known
from ..ir import nodes as ir
from ..ir.traverse import formulas, walk
from ..model.types import Type, grid

MOST = 60  # thresholds of one kind; a policy that writes more has tables of them
UNBOUNDED = 10**15  # the declared unit's numbers that a fact without a range may have


def claims(program: ir.Program) -> Iterator[tuple[ir.Guarantee, ir.Claim]]:
    return ((g, c) for g in program.guarantees for c in g.claims)


def _kind(type_: Type) -> tuple[tuple[str, int], ...]:
    """What an amount is of, whoever it is for: a household's income may be held against a standard per head."""
    return tuple(d for d in type_.unit.dims if d[0] not in ("person", "household"))


def written(program: ir.Program) -> dict[object, set[Fraction]]:
    """Amounts written in rules and guarantees, in base units, by what they are of; a step of rounding is no threshold."""
    found: dict[object, set[Fraction]] = {}
    said = [f for rule in program.rules for f in formulas(rule)]
    said += [f for _, c in claims(program) for f in (c.says, c.when) if f is not None]
    for formula in said:
        parts = list(walk(formula))
        steps = {id(p.arguments[1]) for p in parts if isinstance(p, ir.Call) and p.function.startswith("round_")}
        for part in parts:
            if isinstance(part, ir.Constant) and part.type.is_amount and id(part) not in steps:
                found.setdefault(_kind(part.type), set()).add(Fraction(part.value))
    return found


class Thresholds:
    """The thresholds of one epoch."""

    def __init__(self, epoch: Epoch, on: int, days: list[int]) -> None:
        self.on = on
        self.days = days
        self.amounts = written(epoch.program)
        types = {p.name: p.type for p in epoch.program.parameters if p.type.is_amount}
        for name, type_ in types.items():
            for held in epoch.parameters[name].values():
                for value in (held.value, held.floor):
                    if isinstance(value, (int, Fraction)) and known(value):
                        self.amounts.setdefault(_kind(type_), set()).add(Fraction(value))
        multiples = [m for m in self.amounts.get((), ()) if 0 < m <= 20 and m != 1]
        for kind, values in self.amounts.items():
            if kind != ():
                few = sorted(values)[:MOST]
                values |= set(sorted({v * m for v in few for m in multiples})[: MOST // 2])

    def values(self, fact: ir.Fact) -> list[Any]:
        """Values to try, as they stand in data, the plainest first."""
        match fact.type.kind:
            case "truth":
                return [False, True]
            case "enumeration":
                return list(range(len(fact.type.members)))
            case "date":
                return self.dates()
            case "amount":
                return self.numbers(fact)
        return []

    def numbers(self, fact: ir.Fact) -> list[int]:
        low, high = ends(fact)
        step = fact_step(fact.type)
        near: dict[int, None] = dict.fromkeys([0, low, *((high,) if fact.high is not None else ())])
        for value in sorted(self.amounts.get(_kind(fact.type), ()), key=abs)[:MOST]:
            at = math.floor(value / step)
            near.update(dict.fromkeys((at, at - 1, at + 1, *((at + 2,) if at * step != value else ()))))
        some = sorted(n for n in near if low <= n <= high)
        some += [
            min((a + b) // 2, 2 * a) for a, b in pairwise(some) if a > 0 and b - a > 3
        ]  # one between two thresholds
        return sorted(dict.fromkeys(some), key=lambda n: (abs(n), n < 0))

    def dates(self) -> list[int]:
        """The day itself, the policy's days, and days so long ago as the policy writes ages, with their neighbours."""
        near: dict[datetime.date, None] = {_date(self.on): None}
        months = {int(v) for v in self.amounts.get((("month", 1),), ()) if v.denominator == 1 and 0 < v < 1800}
        on = _date(self.on)
        for count in sorted(months):
            years, rest = divmod(on.year * 12 + on.month - 1 - count, 12)
            if years >= 1:
                near.update(_around(datetime.date(years, rest + 1, min(on.day, 28))))
        for day in self.days[:MOST]:
            near.update(_around(_date(day)))
        return [d.year * 10000 + d.month * 100 + d.day for d in near]

    def above(self, fact: ir.Fact, value: Any) -> list[Any]:
        """A handful of values over the one given: its neighbour, the next thresholds, the top of its range."""
        match fact.type.kind:
            case "amount":
                _, high = ends(fact)
                some = [value + 1, *sorted(n for n in self.numbers(fact) if n > value)[:6]]
                some += [high] if fact.high is not None else []
                return list(dict.fromkeys(n for n in some if n <= high))
            case "date":
                return sorted(d for d in self.dates() if d > value)[:6]
            case "enumeration":
                return list(range(value + 1, len(fact.type.members)))
        return []


def ends(fact: ir.Fact) -> tuple[int, int]:
    """The least and the greatest value of an amount, as whole numbers of its grid."""
    step = fact_step(fact.type)
    most = int(UNBOUNDED / grid(fact.type)) - 1
    low = -most if fact.low is None else max(-most, math.ceil(fact.low / step))
    high = most if fact.high is None else min(most, math.floor(fact.high / step))
    return low, high


def _date(day: int) -> datetime.date:
    return datetime.date(day // 10000, day // 100 % 100, day % 100)


def _around(day: datetime.date) -> dict[datetime.date, None]:
    one = datetime.timedelta(days=1)
    near = [day]
    if day > datetime.date.min:
        near.append(day - one)
    if day < datetime.date.max:
        near.append(day + one)
    return dict.fromkeys(near)
