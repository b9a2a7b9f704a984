"""A policy between two change dates: nothing changes there, so a decision tests no dates.

Two epochs whose lines differ only in written amounts share one compiled function (`formula_key`); the amounts are its argument.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from math import prod

from ..ir import nodes as ir
from ..ir.epoch import (
    Held,
    InForce,
    Missing,
    change_days,
    combinations,
    dependency_order,
    entry_days,
    held,
    in_force,
    late_days,
    learned_days,
    parameters_read,
)
from ..ir.traverse import references
from .interpret import evaluate_parameter

EpochOrder = tuple[list[int], list[ir.Parameter]]
Values = dict[str, dict[tuple[int, ...], Held]]
History = tuple[list[int], list[dict[tuple[int, ...], Held]]]


def epoch_order(program: ir.Program) -> EpochOrder:
    """What all epochs of a program share: the days of change, and the parameters in the order in which they are computed."""
    return change_days(program), dependency_order(program.parameters)


class Laws:
    """The law of every day, as known on any: a program's epochs, made when they are asked for, and what `x 于 d` needs of them all."""

    def __init__(self, program: ir.Program, order: EpochOrder) -> None:
        self.program = program
        self.order = order
        self.late = late_days(program)
        self._learned: list[int] | None = None
        self._epochs: dict[tuple[int, int], Epoch] = {}
        self._histories: dict[tuple[str, int], History] = {}
        self._closures: dict[tuple[str, str], tuple[ir.Rule, ...]] = {}
        self._places: dict[tuple[str, str], int] = {}  # of the rules in the program's order

    def index(self, on: int, known: int | None) -> tuple[int, int]:
        """What is the same for all pairs of days on which the law is the same, and the same is known of it."""
        return bisect_right(self.order[0], on), 0 if known is None else self._knowledge(on, known)

    def _knowledge(self, on: int, known: int) -> int:
        """A number that is the same for all days of knowledge on which the same is known of the law of `on`; 0 for all there is."""
        if known >= on and (not self.late or known >= self.late[-1]):
            return 0
        if known >= on:  # what has no 公布 of its own is known where it is in force
            return 1 + bisect_right(self.late, known)
        return -1 - bisect_right(self.learned, known)

    @property
    def learned(self) -> list[int]:
        """The days on which anything becomes known."""
        if self._learned is None:
            self._learned = learned_days(self.program)
        return self._learned

    def at(self, day: int, known: int | None = None) -> Epoch:
        """The epoch in which a day lies, as known on another day or with all that is known."""
        index = self.index(day, known)
        found = self._epochs.get(index)
        if found is None:
            made = Epoch(self.program, day, self.order, known if index[1] else None, self)
            found = self._epochs.setdefault(index, made)
        return found

    def history(self, name: str, known: int | None = None) -> History:
        """The days on which a parameter may change, and its values before, between and after them, as known on a day."""
        key = (name, -1 if known is None else bisect_right(self.learned, known))
        found = self._histories.get(key)
        if found is None:
            some = self._with_those_it_reads(name)
            days = entry_days(some)
            values = [parameter_values(some, day, known)[name] for day in [0, *days]]
            found = self._histories.setdefault(key, (days, values))
        return found

    def history_size(self, name: str) -> int:
        """How many values the history of a parameter holds, those of the parameters that it reads included."""
        some = self._with_those_it_reads(name)
        return (len(entry_days(some)) + 1) * sum(prod(len(t.members) for t in p.key_types) for p in some)

    def _with_those_it_reads(self, name: str) -> list[ir.Parameter]:
        wanted = {name}
        for parameter in reversed(self.order[1]):
            if parameter.name in wanted:
                wanted.update(parameters_read(parameter))
        return [p for p in self.order[1] if p.name in wanted]

    def closure(self, key: tuple[str, str]) -> tuple[ir.Rule, ...]:
        """A rule and all rules that it reads, directly or not, each after those it reads."""
        found = self._closures.get(key)
        if found is None:
            if not self._places:
                self._places = {(r.entity, r.name): n for n, r in enumerate(self.program.rules)}
            wanted: set[int] = set()
            stack = [key]
            while stack:
                place = self._places[stack.pop()]
                if place not in wanted:
                    wanted.add(place)
                    stack += references(self.program.rules[place])
            found = self._closures[key] = tuple(self.program.rules[n] for n in sorted(wanted))
        return found


def parameter_values(parameters: Iterable[ir.Parameter], on: int, known: int | None = None) -> Values:
    """What each parameter is on a day, for every combination of its keys; each stands after those its formulas read.

    `known`: as known on that day; None with all that is known.
    """
    out: Values = {}
    for parameter in parameters:
        values: dict[tuple[int, ...], Held] = {}
        for keys in combinations(parameter):
            entry, floor = held(parameter, keys, on, known)
            floor_value = evaluate_parameter(floor.value, keys, out, on) if floor and floor.value else None
            if entry is None:
                values[keys] = Held(Missing("floor" if floor else "none", parameter.name), floor, floor_value)
            elif entry.kind == "pending":
                values[keys] = Held(Missing("pending", parameter.name), entry, floor_value)
            else:
                assert entry.value is not None
                values[keys] = Held(evaluate_parameter(entry.value, keys, out, on), entry, floor_value)
        out[parameter.name] = values
    return out


class Epoch:
    """A policy on the days from one change to the next; with `known` as it was known on that day."""

    __slots__ = ("first", "known", "last", "laws", "parameters", "program", "rules")

    def __init__(
        self,
        program: ir.Program,
        on: int,
        order: EpochOrder | None = None,
        known: int | None = None,
        laws: Laws | None = None,
    ) -> None:
        days, parameters = order = order or epoch_order(program)
        at = bisect_right(days, on)
        self.program = program
        self.known = known
        self.laws = laws or Laws(program, order)
        self.first = days[at - 1] if at else 0
        self.last = days[at] if at < len(days) else ir.OPEN + 1  # exclusive
        self.rules: dict[tuple[str, str], InForce | None] = {
            (r.entity, r.name): in_force(r, on, known) for r in program.rules
        }
        self.parameters = parameter_values(parameters, on, known)

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
