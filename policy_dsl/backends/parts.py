"""What an entry carries of its benefits in parts when it comes during a run, and when it is not there in a month."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.periods import closing_month
from ..model.reserved_keys import of_parts
from .encoding import carried_width, encoded
from .interpret.operations import rounded
from .runtime import NOTHING, Held


class _Places(NamedTuple):
    """Where a benefit's 未发 and 余额 stand among what its entity carries."""

    parts: ir.Parts
    unpaid: tuple[ir.Carried, int]
    balance: tuple[ir.Carried, int]


class CarriedParts:
    """The carried amounts of benefits in parts, by entity."""

    def __init__(self, program: ir.Program) -> None:
        self.places = {e.name: tuple(_places(program, e)) for e in program.entities}

    def begun(self, entity: str, carried: tuple[Any, ...]) -> tuple[Any, ...]:
        """What carries over to the first month of an entry that comes during a run: nothing is unpaid, where no facts say otherwise."""
        out = list(carried)
        for place in self.places[entity]:
            for c, at in (place.unpaid, place.balance):
                if out[at] is NOTHING:
                    _put(out, c, at, Fraction(0))
        return tuple(out)

    def taken(self, entity: str, carried: tuple[Any, ...], seen: tuple[Any, ...]) -> tuple[Any, ...]:
        """What is carried, with the amounts of benefits in parts from another run."""
        out = list(carried)
        for place in self.places[entity]:
            for c, at in (place.unpaid, place.balance):
                out[at : at + carried_width(c)] = seen[at : at + carried_width(c)]
        return tuple(out)

    def gone(self, entity: str, carried: tuple[Any, ...], month: int) -> tuple[Any, ...]:
        """What an entry still carries after a month (yyyymmdd) in which it was not there: in a pay month its shares since the last part
        are a row of the ledger, and no later part has them again."""
        out = list(carried)
        number = month // 100 % 100
        for parts, (unpaid, u), (balance, b) in self.places[entity]:
            closing = closing_month(parts.months)
            if number in parts.months:
                owed, left = _value(out, unpaid, u), _value(out, balance, b)
                due = None if owed is None else rounded(parts.rounding, owed / parts.step) * parts.step
                if number == closing:  # the rest of the year that it would close lapses
                    left = owed if 1 < number < 12 else Fraction(0)
                    due = due if 1 < number < 12 else Fraction(0)
                if due is not None and left is not None:
                    _put(out, balance, b, left - due)
                elif left is not None:
                    out[b : b + carried_width(balance)] = [out[u]] * carried_width(balance)
            if number in parts.months or (number == 1 and closing != 12):
                _put(out, unpaid, u, Fraction(0))
        return tuple(out)


def _places(program: ir.Program, entity: ir.Entity) -> Iterator[_Places]:
    at, where = 0, {}
    for c in entity.carried:
        where[c.name] = (c, at)
        at += carried_width(c)
    for rule in program.rules:
        if rule.parts is not None and rule.entity == entity.name:
            yield _Places(rule.parts, where[of_parts("未发", rule.name)], where[of_parts("余额", rule.name)])


def _value(carried: list[Any], c: ir.Carried, at: int) -> Fraction | None:
    """The amount that is carried; None where it is not known, or nothing is."""
    if isinstance(carried[at], Held):
        return None
    return Fraction(carried[at], c.grid or carried[at + 1])


def _put(carried: list[Any], c: ir.Carried, at: int, value: Fraction) -> None:
    made = encoded(c, value)
    assert made is not None
    carried[at : at + carried_width(c)] = made
