"""Shares of benefits in parts that no part pays: who is gone in a pay month, or whose benefit is no longer in force then.

They are one row of the ledger, in the last month there, known on the first day gone; 补发's condition is not asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from ..backends.entries import Instance
from ..backends.interpret.operations import rounded
from ..backends.values import Value, join, known
from ..ir import nodes as ir
from ..ir.periods import closing_month
from ..model.reserved_keys import of_parts
from .months import Step

Benefit = tuple[str, str]  # (path of the entry, name)


class Gone(NamedTuple):
    """What is owed of a benefit when its entry is gone: in which month's row, known when, how much (in 分), or why it is not known."""

    month: int
    benefit: Benefit
    known: int
    amount: Value


class _Last(NamedTuple):
    """The shares since the last part, up to the last month there; the first month after that."""

    month: int
    rule: ir.Rule
    shares: Value
    gone: int = 0


def gone(rules: Iterable[ir.Rule], steps: Iterable[tuple[int, Step | None]]) -> Iterator[Gone]:
    """The rows that one run of months makes, in the order of the pay months. `steps`: its months, each with its decision."""
    in_parts = {(r.entity, r.name): r for r in rules if r.parts is not None}
    if not in_parts:
        return
    last: dict[Benefit, _Last] = {}
    for month, step in steps:
        there = _standing(in_parts, step)
        number = month // 100 % 100
        for benefit, (rule, entry) in there.items():
            assert rule.parts is not None
            before = last.pop(benefit, None)
            if number not in rule.parts.months:
                shares = _begun(rule, entry, number) if before is None else _more(before.shares, rule, entry)
                last[benefit] = _Last(month, rule, shares)
            else:
                last[benefit] = _Last(month, rule, Fraction(0))
        for benefit, was in list(last.items()):
            if benefit in there:
                continue
            assert was.rule.parts is not None
            since = was.gone or month
            if number not in was.rule.parts.months:
                last[benefit] = was._replace(gone=since)
                continue
            del last[benefit]
            amount = _rounded(was.rule.parts, was.shares)
            if amount != 0:
                yield Gone(was.month, benefit, since, amount)


def _standing(in_parts: dict[tuple[str, str], ir.Rule], step: Step | None) -> dict[Benefit, tuple[ir.Rule, Instance]]:
    """The benefits in parts of who is there, where they are in force."""
    if step is None:
        return {}
    decision = step.decision()
    return {
        (entry.path, name): (rule, entry)
        for entry in decision.instance.all()
        for (entity, name), rule in in_parts.items()
        if entity == entry.entity.name and decision.epoch.rules[entity, name] is not None
    }


def _begun(rule: ir.Rule, entry: Instance, number: int) -> Value:
    """The shares since the last part in the first month that is seen; of the old year there is what is not yet closed of it."""
    assert rule.parts is not None
    values = [entry.values[of_parts("待发", rule.name)]]
    if number < closing_month(rule.parts.months) < 12:
        values.append(entry.values[of_parts("结余", rule.name)])
    held_back = join(values)
    return sum(values, Fraction(0)) if held_back is None else held_back


def _more(shares: Value, rule: ir.Rule, entry: Instance) -> Value:
    share = entry.values[of_parts("份额", rule.name)]
    held_back = join([shares, share])
    return shares + share if held_back is None else held_back


def _rounded(parts: ir.Parts, shares: Value) -> Value:
    return rounded(parts.rounding, Fraction(shares) / parts.step) * parts.step if known(shares) else shares
