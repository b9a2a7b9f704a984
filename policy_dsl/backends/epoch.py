"""A policy between two change dates: nothing changes there, so a decision tests no dates.

Two epochs whose lines differ only in written amounts share one compiled function (`formula_key`); the amounts are its argument.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction

from ..ir import nodes as ir
from ..ir.epoch import Held, InForce, Missing, by_keys, change_days, dependency_order, held, in_force
from .interpret import evaluate_parameter

EpochOrder = tuple[list[int], list[ir.Parameter]]


def epoch_order(program: ir.Program) -> EpochOrder:
    """What all epochs of a program share: the days of change, and the parameters in the order in which they are computed."""
    return change_days(program), dependency_order(program.parameters)


def values_on(
    parameter: ir.Parameter, on: int, before: dict[str, dict[tuple[int, ...], Held]], known: int | None = None
) -> dict[tuple[int, ...], Held]:
    """A parameter's value on a day for each combination of its keys, computed from the parameters that come before it in order."""
    values: dict[tuple[int, ...], Held] = {}
    for keys, alone in by_keys(parameter, on, known).items():
        entry, floor = held(alone, keys, on, known)
        floor_value = evaluate_parameter(floor.value, keys, before, on) if floor and floor.value else None
        if entry is None:
            values[keys] = Held(Missing("floor" if floor else "none", parameter.name), floor, floor_value)
        elif entry.kind == "pending":
            values[keys] = Held(Missing("pending", parameter.name), entry, floor_value)
        else:
            assert entry.value is not None
            values[keys] = Held(evaluate_parameter(entry.value, keys, before, on), entry, floor_value)
    return values


class Epoch:
    """A policy on the days from one change to the next; with `known` as it was known on that day."""

    __slots__ = ("first", "known", "last", "parameters", "program", "rules")

    def __init__(self, program: ir.Program, on: int, order: EpochOrder | None = None, known: int | None = None) -> None:
        days, parameters = order or epoch_order(program)
        at = bisect_right(days, on)
        self.program = program
        self.known = known
        self.first = days[at - 1] if at else 0
        self.last = days[at] if at < len(days) else ir.OPEN + 1  # exclusive
        self.rules: dict[tuple[str, str], InForce | None] = {
            (r.entity, r.name): in_force(r, on, known) for r in program.rules
        }
        self.parameters: dict[str, dict[tuple[int, ...], Held]] = {}
        for parameter in parameters:
            self.parameters[parameter.name] = values_on(parameter, on, self.parameters, known)

    def formula_key(self) -> tuple[object, ...]:
        """What the compiled function depends on: the lines in force, written amounts of dated rows left out."""
        key: list[object] = []
        for found in self.rules.values():
            if found is None:
                key.append(None)
                continue
            places = {id(line): n for n, line in enumerate(found.rule.lines)}
            parts: list[object] = [found.mode]
            for line in (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())):
                abstract = (
                    line.row >= 0 and isinstance(line.result, ir.Constant) and isinstance(line.result.value, Fraction)
                )
                parts.append((line.kind, line.row if abstract else places[id(line)], abstract))
            key.append(tuple(parts))
        return tuple(key)
