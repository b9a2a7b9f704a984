"""Shares of benefits in parts that no part pays: who is gone in a pay month, or whose benefit is no longer in force then.

They are one row of the ledger, in the last month there, known on the first day gone; 补发's condition is not asked for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..backends.entries import Instance, numbers_of
from ..backends.interpret.operations import rounded
from ..backends.runtime import Unknown
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


class _Run:
    """A benefit's months there since its last part, the first of them perhaps the first that is seen at all."""

    def __init__(self, rule: ir.Rule, step: Step | None, month: int) -> None:
        self.rule = rule
        self.unpaid: list[Step] = [] if step is None else [step]
        self.begins = step is not None
        self.last = month
        self.gone = 0  # the first month after the last one there


def gone(program: ir.Program, steps: Iterable[tuple[int, Step | None]]) -> Iterator[Gone]:
    """The rows that one course of months makes, in the order of the pay months. `steps`: its months, each with its decision."""
    there = _There(program)
    runs: dict[Benefit, _Run] = {}
    for month, step in steps if there.rules else ():
        number = month // 100 % 100
        found = there.of(step)
        for benefit, rule in found.items():
            run = runs.get(benefit)
            assert rule.parts is not None
            if number in rule.parts.months:
                runs[benefit] = _Run(rule, None, month)
            elif run is None:
                runs[benefit] = _Run(rule, step, month)
            else:
                assert step is not None
                run.unpaid.append(step)
                run.last, run.gone = month, 0
        for benefit in [b for b in runs if b not in found]:
            run = runs[benefit]
            run.gone = run.gone or month
            assert run.rule.parts is not None
            if number in run.rule.parts.months:
                del runs[benefit]
                amount = _amount(run, benefit[0])
                if amount != 0:
                    yield Gone(run.last, benefit, run.gone, amount)


class _There:
    """Which benefits in parts are there and in force in a month, by their paths; months with the same facts are looked at once."""

    def __init__(self, program: ir.Program) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.rules = [r for r in program.rules if r.parts is not None]
        self.paid = {r.entity for r in self.rules}
        for entity in program.entities:  # and what holds somebody who is paid
            name = entity.name if entity.name in self.paid else ""
            while name:
                self.paid.add(name)
                name = self.entities[name].holder
        self.before: tuple[object, tuple[bool, ...], dict[Benefit, ir.Rule]] = (None, (), {})

    def of(self, step: Step | None) -> dict[Benefit, ir.Rule]:
        if step is None:
            return {}
        standing = tuple(step.run.epoch.rules[r.entity, r.name] is not None for r in self.rules)
        if self.before[0] is not step.facts or self.before[1] != standing:
            rules = [r for r, stands in zip(self.rules, standing, strict=True) if stands]
            root = step.run.compiled.root
            self.before = step.facts, standing, dict(self._entry(rules, root, root, step.facts))
        return self.before[2]

    def _entry(
        self, rules: Sequence[ir.Rule], name: str, path: str, data: tuple[Any, ...]
    ) -> Iterator[tuple[Benefit, ir.Rule]]:
        yield from (((path, r.name), r) for r in rules if r.entity == name)
        entity = self.entities[name]
        for at, members in enumerate(entity.lists, len(entity.facts)):
            given = data[at]
            if members.entity in self.paid and not isinstance(given, Unknown):
                for number, entry in zip(numbers_of(given), given, strict=True):
                    yield from self._entry(rules, members.entity, f"{path}.{members.name}[{number}]", entry)


def _amount(run: _Run, path: str) -> Value:
    """The shares since the last part, rounded as its parts are."""
    parts = run.rule.parts
    assert parts is not None
    values: list[Value] = []
    for n, step in enumerate(run.unpaid):
        entry = next(e for e in step.decision().instance.all() if e.path == path)
        if n or not run.begins:
            values.append(entry.values[of_parts("份额", run.rule.name)])
        else:
            values += _begun(run.rule, parts, entry, step.month // 100 % 100)
    held_back = join(values)
    if held_back is not None:
        return held_back
    assert all(known(v) for v in values)
    return rounded(parts.rounding, sum(values, Fraction(0)) / parts.step) * parts.step


def _begun(rule: ir.Rule, parts: ir.Parts, entry: Instance, month: int) -> list[Value]:
    """The shares since the last part in the first month that is seen; of the old year there is what is not yet closed of it."""
    values = [entry.values[of_parts("待发", rule.name)]]
    if month < closing_month(parts.months) < 12:
        values.append(entry.values[of_parts("结余", rule.name)])
    return values
