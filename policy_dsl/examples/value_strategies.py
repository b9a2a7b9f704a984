"""Strategies of Hypothesis for single values: a fact's, and what an entry may carry over where last month is made up."""

from __future__ import annotations

import datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..backends.encoding import encoded, fact_step
from ..backends.runtime import NEVER
from ..ir import nodes as ir
from ..ir.bounds import ANY, GIVEN, Analysis
from .thresholds import Thresholds, ends

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MOST_MONTHS = 600  # of a stay
LEFT_OUT = object()


def fact_values(fact: ir.Fact, near: Thresholds) -> SearchStrategy[Any]:
    """A value as it stands in data, or that it is left out: at the thresholds, round about them, anywhere in its range."""
    from hypothesis import strategies as st

    some = near.values(fact)
    if not some:
        return st.just(LEFT_OUT)  # texts: no rule reads them
    ways: list[SearchStrategy[Any]] = [st.just(LEFT_OUT)] if fact.has_default or fact.died else []
    ways.append(st.sampled_from(some))
    if fact.type.is_amount:
        ways += [st.sampled_from(some)] * 3  # mostly these
        low, high = ends(fact)
        usual = max(abs(x) for x in some) * 2
        if fact.high is not None and len(some) > 3:
            usual = max(abs(x) for x in some if x != high) * 2
        ways += [st.integers(max(low, -usual), max(low, min(high, usual))), st.integers(low, high)]
    elif fact.type.kind == "date":
        ways.append(st.dates(_back(near.on, 100), _back(near.on, 0)).map(_number))
    return st.one_of(ways)


def last_month(entity: ir.Entity, near: Thresholds, analysis: Analysis) -> SearchStrategy[tuple[Any, ...]]:
    """What an entry carries, each value by itself but for the counts, which go with the state."""
    from hypothesis import strategies as st

    ways = [_carried(entity, c, near, analysis) for c in entity.carried]

    def made(drawn: tuple[Any, ...]) -> tuple[Any, ...]:
        values = dict(zip((c.name for c in entity.carried), drawn, strict=True))
        out: list[Any] = []
        for c, value in zip(entity.carried, drawn, strict=True):
            if c.kind == "window":
                out.append(tuple(x[0] if len(x) == 1 else x for x in value))
                continue
            if c.name == f"上月({c.of})":  # the same state as the one from which the status goes on
                value = values.get(c.of, value)
            out += _at_least_this_stay(entity, c, values) if c.given[0] == "累计" else value
        return tuple(out)

    return st.tuples(*ways).map(made)


def _carried(entity: ir.Entity, c: ir.Carried, near: Thresholds, analysis: Analysis) -> SearchStrategy[Any]:
    """The places of one value; of a window a tuple of them for each month."""
    from hypothesis import strategies as st

    if c.kind == "window":
        one = _carried(entity, c._replace(kind="value"), near, analysis)
        return st.integers(0, c.months).flatmap(lambda n: st.lists(one, min_size=n, max_size=n)).map(tuple)
    if c.given[0] in ("持续", "累计"):
        some = [*([0] if c.given[0] == "累计" else []), *lengths(near, MOST_MONTHS)]
        return st.sampled_from(some).map(lambda n: _places(c, n * c.type.own.scale))
    fact = next((f for f in entity.facts if c.source == "fact" and f.name == c.of), None)
    fact = fact or _pretended(entity, c, analysis)
    made = fact_values(fact._replace(has_default=False), near)
    if not c.type.is_amount:
        return made.map(lambda x: (NEVER if x is LEFT_OUT else x,))  # a death that is left out is none
    return made.map(lambda x: _places(c, x * fact_step(fact.type)))


def _pretended(entity: ir.Entity, c: ir.Carried, analysis: Analysis) -> ir.Fact:
    """A rule's value as if it were a fact, within the bounds that the rule is known to keep."""
    bounds = analysis.rules.get((entity.name, c.of)) if c.type.is_amount else None
    most = GIVEN * c.type.own.scale
    low, high = ((None if x is None or abs(x) >= most else x) for x in (bounds[:2] if bounds else ANY[:2]))
    if (entity.name, c.of) in analysis.never_negative:
        low = max(low or Fraction(0), Fraction(0))
    return ir.Fact(c.of, c.type, low, high, None, False, False, "", "", None, entity.clause, c.place)


def _at_least_this_stay(entity: ir.Entity, c: ir.Carried, values: dict[str, Any]) -> tuple[Any, ...]:
    """All months in a state: where it is the present one, at least those of this stay."""
    for status in entity.carried:
        stay = values.get(f"持续({status.name})")
        if stay is not None and c.name == f"累计({status.name}.{status.type.members[values[status.name][0]]})":
            return max(values[c.name], stay)
    return values[c.name]  # type: ignore[no-any-return]


def _places(c: ir.Carried, value: Fraction) -> tuple[Any, ...]:
    """An amount as it is carried; what is finer than its grid is cut."""
    made = encoded(c, value if not c.grid else Fraction(value * c.grid // 1, c.grid))
    assert made is not None
    return made


def lengths(near: Thresholds, most: int) -> list[int]:
    """Numbers of months to try: few, and those that the policy writes, with their neighbours."""
    written = {int(v) for v in near.amounts.get((("month", 1),), ()) if v.denominator == 1 and 0 < v <= most}
    return sorted({1, 2, 3, *(n for w in written for n in (w - 1, w, w + 1) if 0 < n <= most)})


def _number(date: datetime.date) -> int:
    return date.year * 10000 + date.month * 100 + date.day


def _back(day: int, years: int) -> datetime.date:
    return datetime.date(max(1, day // 10000 - years), day // 100 % 100, min(28, day % 100))
