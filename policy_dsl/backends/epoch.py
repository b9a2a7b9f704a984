"""A policy between two change dates: nothing changes there, so a decision tests no dates.

Two epochs whose lines differ only in written amounts share one compiled function (`formula_key`); the amounts are its argument.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from fractions import Fraction
from functools import cached_property
from math import prod
from typing import Any

from ..ir import nodes as ir
from ..ir.in_force import (
    Held,
    InForce,
    Missing,
    by_keys,
    change_days,
    dependency_order,
    entry_days,
    held,
    in_force,
    late_days,
    learned,
    learned_days,
    news,
    parameters_read,
)
from ..ir.traverse import all_formulas, counted_status, formulas, references, stated_assumptions, walk
from ..model.reserved_keys import PARTS
from .beyond import beyond
from .encoding import fact_step
from .interpret.parameters import evaluate_parameter

EpochOrder = tuple[list[int], list[ir.Parameter]]
Values = dict[str, dict[tuple[int, ...], Held]]
Index = tuple[int, int, int]  # which stretch of days, what is known of its law, what is known of other days' laws
ANY_DAY = 10101  # the calendar's first


def epoch_order(program: ir.Program) -> EpochOrder:
    """What all epochs of a program share: the days of change, and the parameters in the order in which they are computed."""
    return change_days(program), dependency_order(program.parameters)


class Laws:
    """The law of every day, with all that is known or as it was known on another: a program's epochs, made when they are asked for, and
    what `x 于 d` needs of them all."""

    def __init__(self, program: ir.Program, order: EpochOrder) -> None:
        self.program = program
        self.order = order
        self.late = late_days(program)
        self._learned: list[int] | None = None
        self._dated: tuple[ir.AsOf, ...] | None = None
        self._epochs: dict[Index, Epoch] = {}
        self._spans: dict[str, tuple[list[ir.Parameter], list[int]]] = {}
        self._histories: dict[tuple[str, int], ParameterHistory] = {}
        self._closures: dict[tuple[str, str], tuple[ir.Rule, ...]] = {}
        self._places: dict[tuple[str, str], int] = {}  # of the rules in the program's order
        self._beyond: frozenset[tuple[str, str]] | None = None
        self.steps = {
            (e.name, f.name): fact_step(f.type) for e in program.entities for f in e.facts if f.type.is_amount
        }
        self.columns: dict[
            tuple[int, ...], Any
        ] = {}  # of lines that are read as a table (interpret/columns.py), with the lines
        self.phrases: Any = None  # what reasons say of formulas whatever the case (explain/phrases.py)

    def __getstate__(self) -> dict[str, Any]:
        """What is kept by the ids of objects is of this process."""
        return {**self.__dict__, "columns": {}, "phrases": None}

    def index(self, on: int, known: int | None) -> Index:
        """What is the same for all pairs of days on which the law is the same and the same is known of it, and of every other day's
        law where the policy reads one at another (`x 于 d`)."""
        place = bisect_right(self.order[0], on)
        if known is None:
            return place, 0, 0
        other = 1 + bisect_right(self.learned, known) if self.dated else 0
        if known < on:
            return place, -1 - bisect_right(self.learned, known), other
        # what has no 公布 of its own is known where it is in force
        return place, 0 if not self.late or known >= self.late[-1] else 1 + bisect_right(self.late, known), other

    @cached_property
    def assumed(self) -> dict[str, int]:
        """Every 假设 of the policy, with its place in the order of the text."""
        return {text: n for n, text in enumerate(dict.fromkeys(stated_assumptions(self.program)))}

    @property
    def learned(self) -> list[int]:
        """The days on which anything becomes known."""
        if self._learned is None:
            self._learned = learned_days(self.program)
        return self._learned

    @property
    def dated(self) -> tuple[ir.AsOf, ...]:
        """Every `x 于 d` of the policy."""
        if self._dated is None:
            nodes = (n for f in all_formulas(self.program) for n in walk(f))
            self._dated = tuple(n for n in nodes if isinstance(n, ir.AsOf))
        return self._dated

    @property
    def beyond(self) -> frozenset[tuple[str, str]]:
        """The rules that are too many for generated code."""
        if self._beyond is None:
            self._beyond = frozenset(beyond(self.program.rules))
        return self._beyond

    def news(self) -> set[tuple[int, int]]:
        """(day on which something becomes known, first day whose decisions it touches). What is read at a day that may lie ahead touches
        all days."""
        asked = [n for n in self.dated if not _behind(n.day)]
        last = max((n.day.value if isinstance(n.day, ir.Constant) else ir.OPEN for n in asked), default=0)
        ahead = [n.value for n in asked]
        rules = {
            (x.entity, x.name) for r in ahead if isinstance(r, ir.RuleRef) for x in self.closure((r.entity, r.name))
        }
        read = [r.name for r in ahead if isinstance(r, ir.ParameterRef)]
        for rule in (r for r in self.program.rules if (r.entity, r.name) in rules):
            read += (n.name for f in formulas(rule) for n in walk(f) if isinstance(n, ir.ParameterRef))
        items: list[ir.Line | ir.Entry] = [
            x for r in self.program.rules if (r.entity, r.name) in rules for x in r.lines
        ]
        items += (e for name in dict.fromkeys(read) for p in self.read_with(name) for e in p.entries)
        return news(self.program) | {(learned(x), ANY_DAY) for x in items if 0 < x.since <= last}

    def at(self, day: int, known: int | None = None) -> Epoch:
        """The epoch in which a day lies, as known on another or with all that is known."""
        index = self.index(day, known)
        found = self._epochs.get(index)
        if found is None:
            place, own, other = index
            if other:
                assert known is not None
                plain = self._epochs.get((place, own, 0)) or self._made((place, own, 0), day, known)
                found = self._epochs.setdefault(index, plain.seen_on(known))
            else:
                found = self._made(index, day, known)
        return found

    def _made(self, index: Index, day: int, known: int | None) -> Epoch:
        return self._epochs.setdefault(index, Epoch(self.program, day, self.order, self, known if index[1] else None))

    def history(self, name: str, known: int | None = None) -> ParameterHistory:
        """A parameter's values on all days, as known on a day or with all that is known."""
        key = (name, 0 if known is None else 1 + bisect_right(self.learned, known))
        found = self._histories.get(key)
        if found is None:
            found = self._histories.setdefault(key, ParameterHistory(name, *self._span(name), known))
        return found

    def history_size(self, name: str) -> int:
        """How many values the history of a parameter holds, those of the parameters that it reads included."""
        some, days = self._span(name)
        return (len(days) + 1) * sum(prod(len(t.members) for t in p.key_types) for p in some)

    def _span(self, name: str) -> tuple[list[ir.Parameter], list[int]]:
        """A parameter with those it reads, and the days on which its value may change."""
        if name not in self._spans:
            some = self.read_with(name)
            self._spans[name] = (some, entry_days(some))
        return self._spans[name]

    def read_with(self, name: str) -> list[ir.Parameter]:
        """A parameter with those that its formulas read."""
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


class ParameterHistory:
    """A parameter's values before, between and after the days on which it may change; each is worked out when it is asked for, since
    a timeline asks for few and knows more from month to month."""

    def __init__(self, name: str, parameters: list[ir.Parameter], days: list[int], known: int | None) -> None:
        self.days = tuple(days)
        self.laid_out: dict[bool, tuple[Any, ...]] = {}  # as compiled functions take it; of the floor, of the value
        self._name = name
        self._parameters = parameters
        self._known = known
        self._values: dict[int, dict[tuple[int, ...], Held]] = {}

    def values(self, place: int) -> dict[tuple[int, ...], Held]:
        """By keys; from the day before `place`, counted from the first, until the next."""
        found = self._values.get(place)
        if found is None:
            day = self.days[place - 1] if place else 0
            found = self._values[place] = parameter_values(self._parameters, day, self._known)[self._name]
        return found


def _behind(day: ir.Expression) -> bool:
    """Whether a day is surely not after the decision's: the day itself, its month, or some time before."""
    while (
        isinstance(day, ir.Arithmetic)
        and day.sign == "-"
        and isinstance(day.right, ir.Constant)
        and day.right.value >= 0
    ):
        day = day.left
    return isinstance(day, ir.Moment)


def parameter_values(parameters: Iterable[ir.Parameter], on: int, known: int | None = None) -> Values:
    """What each parameter is on a day, as known on another or with all that is known, for every combination of its keys; each stands
    after those its formulas read."""
    out: Values = {}
    for parameter in parameters:
        out[parameter.name] = values_on(parameter, on, out, known)
    return out


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
            values[keys] = Held(Missing("pending", parameter.name, entry.bounds), entry, floor_value)
        else:
            assert entry.value is not None
            values[keys] = Held(evaluate_parameter(entry.value, keys, before, on), entry, floor_value)
    return values


class Epoch:
    """A policy on the days from one change to the next; with `known` as it was known on that day."""

    __slots__ = ("first", "known", "last", "laws", "parameters", "plans", "program", "rules")

    def __init__(
        self,
        program: ir.Program,
        on: int,
        order: EpochOrder | None = None,
        laws: Laws | None = None,
        known: int | None = None,
    ) -> None:
        days, parameters = order = order or epoch_order(program)
        self.laws = laws or Laws(program, order)
        at = bisect_right(days, on)
        self.program = program
        self.known = known
        self.plans: Any = None  # what steps of reasons say by the law alone (explain/plans.py)
        self.first = days[at - 1] if at else 0
        self.last = days[at] if at < len(days) else ir.OPEN + 1  # exclusive
        self.rules: dict[tuple[str, str], InForce | None] = {
            (r.entity, r.name): in_force(r, on, known) for r in program.rules
        }
        self._stand_still()
        for rule in program.rules:
            found = self.rules[rule.entity, rule.name] if rule.tells else None
            if found is not None and self.rules[rule.entity, rule.tells] is None:
                otherwise = next(x for x in rule.lines if x.kind == "otherwise")
                self.rules[rule.entity, rule.name] = found._replace(body=(), otherwise=otherwise)
        self.parameters = parameter_values(parameters, on, known)

    def _stand_still(self) -> None:
        """While a status is not in force nothing counts its months."""
        gone = {(r.entity, r.name) for r in self.program.rules if r.status and self.rules[r.entity, r.name] is None}
        for rule in self.program.rules if gone else ():
            if rule.hidden and rule.name.partition("(")[0] not in PARTS and counted_status(rule) in gone:
                self.rules[rule.entity, rule.name] = None

    def __getstate__(self) -> tuple[None, dict[str, Any]]:
        """The same of what is kept for reasons."""
        return None, {name: None if name == "plans" else getattr(self, name) for name in Epoch.__slots__}

    def seen_on(self, known: int) -> Epoch:
        """The same law, from which other days' laws are seen as they are known on a day."""
        made = Epoch.__new__(Epoch)
        for name in Epoch.__slots__:
            setattr(made, name, getattr(self, name))
        made.known, made.plans = known, None
        return made

    def formula_key(self, only: frozenset[tuple[str, str]] | None = None) -> tuple[object, ...]:
        """What the compiled function depends on: the lines in force, written amounts of dated rows left out; of all rules, or of these."""
        key: list[object] = []
        for name, found in self.rules.items():
            if only is not None and name not in only:
                continue
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
