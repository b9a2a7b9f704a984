"""What emitted functions take and give: the argument P on an epoch, and where each value stands in a result.

Apart from the emitter, since running a cached policy needs these and not the emitter.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.in_force import Held, Missing, combinations
from .epoch import Epoch, ParameterHistory
from .runtime import ABSENT, UNKNOWN
from .values import known
from .working_days import calendar_of

RuleKey = tuple[str, str]


class Slot(NamedTuple):
    """Where a rule's value stands in the result tuple, and how to read it: value = item * k / (item after it, where dynamic)."""

    position: int
    k: Fraction
    dynamic: bool


def row_step(rule: ir.Rule, row: int) -> Fraction:
    """The step that all written amounts of one table row, over its dates, are whole multiples of."""
    values = [x.result.value for x in rule.lines if x.row == row and isinstance(x.result, ir.Constant)]
    return Fraction(1, math.lcm(*(Fraction(v).denominator for v in values)))


def column_step(rule: ir.Rule) -> Fraction:
    """The step that all written amounts of a rule, over all dates, are whole multiples of."""
    values = [x.result.value for x in rule.lines if isinstance(x.result, ir.Constant)]
    return Fraction(1, math.lcm(*(Fraction(v).denominator for v in values)))


def arguments(epoch: Epoch, order: list[object], steps: dict[str, Fraction]) -> tuple[Any, ...]:
    """The argument P on an epoch: parameter values as integers of their step (nested by keys), then the dated rows' amounts, then
    the written amounts of long rules, then parameters with their values on all days (runtime.as_of), then the working days."""
    program = epoch.program
    by_name = {p.name: p for p in program.parameters}
    rules = {(r.entity, r.name): r for r in program.rules}
    rows: dict[RuleKey, dict[int, ir.Line]] = {}
    out: list[Any] = []
    for key in order:
        assert isinstance(key, tuple)
        if key[0] == "parameter":
            out.append(_nested(epoch.parameters[key[1]], by_name[key[1]], key[2], steps))
        elif key[0] == "history":
            history = epoch.laws.history(key[1], epoch.known)
            if key[2] not in history.laid_out:
                history.laid_out[key[2]] = (history.days, Values(history, by_name[key[1]], key[2], steps))
            out.append(history.laid_out[key[2]])
        elif key[0] == "calendar":
            out.append(calendar_of(program).workdays)
        elif key[0] == "column":
            out.append(_column(epoch, rules[key[1]]))
        else:
            rule_key, row = key[1], key[2]
            if rule_key not in rows:
                found = epoch.rules[rule_key]
                body = [] if found is None else [*found.body, *((found.otherwise,) if found.otherwise else ())]
                rows[rule_key] = {x.row: x for x in reversed(body)}
            line = rows[rule_key].get(row)
            value = line.result.value if line is not None and isinstance(line.result, ir.Constant) else None
            out.append(UNKNOWN if value is None else int(Fraction(value) / row_step(rules[rule_key], row)))
    return tuple(out)


def _column(epoch: Epoch, rule: ir.Rule) -> tuple[int | None, ...]:
    """The written amounts of a rule's lines in force, in their order; None for formulas."""
    found = epoch.rules[rule.entity, rule.name]
    assert found is not None
    lines = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
    shares = column_step(rule).denominator
    return tuple(int(Fraction(x.result.value) * shares) if isinstance(x.result, ir.Constant) else None for x in lines)


class Values(Sequence[Any]):
    """A parameter's values between the days of its history, as integers of its step, nested by keys."""

    def __init__(
        self, history: ParameterHistory, parameter: ir.Parameter, floor: bool, steps: dict[str, Fraction]
    ) -> None:
        self._history = history
        self._how = (parameter, floor, steps)
        self._made: dict[int, Any] = {}

    def __len__(self) -> int:
        return len(self._history.days) + 1

    def __getitem__(self, place: Any) -> Any:
        if place not in self._made:
            if not 0 <= place < len(self):
                raise IndexError(place)
            self._made[place] = _nested(self._history.values(place), *self._how)
        return self._made[place]


def _nested(
    found: dict[tuple[int, ...], Held], parameter: ir.Parameter, floor: bool, steps: dict[str, Fraction]
) -> Any:
    values: dict[tuple[int, ...], Any] = {}
    for keys in combinations(parameter):
        held = found[keys]
        value = held.floor if floor and held.floor is not None else held.value
        if isinstance(value, Missing) or not known(value):
            values[keys] = ABSENT if isinstance(value, Missing) and value.kind == "none" else UNKNOWN
        else:
            values[keys] = int(Fraction(value) / steps[parameter.name]) if parameter.type.is_amount else value  # type: ignore[call-overload]
    return _nest(values, (), [len(t.members) for t in parameter.key_types])


def _nest(values: dict[tuple[int, ...], Any], prefix: tuple[int, ...], sizes: list[int]) -> Any:
    if not sizes:
        return values[prefix]
    return tuple(_nest(values, (*prefix, i), sizes[1:]) for i in range(sizes[0]))
