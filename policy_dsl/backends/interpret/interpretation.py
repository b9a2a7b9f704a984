"""One decision, value by value: facts, rules and parameters under the law of its day, and of another day."""

from __future__ import annotations

from collections.abc import Callable, Container
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...ir.outside import bound
from ...model.types import TRUTH
from .. import runtime
from ..calendar import Calendar
from ..entries import Imagined, Instance, imagined, of_fact
from ..epoch import Epoch
from ..formatting import day_text
from ..possible import EITHER, Bounds, Possible, of_type
from ..values import Failure, Undetermined, Value, join, known, possible
from ..working_days import calendar_of
from .columns import Columns, columns
from .lines import Lines
from .logic import one_of
from .parameters import is_held, keyed, parameter_value


class Interpretation(Lines):
    """One decision, value by value. `rules()` evaluates everything; `evaluate` gives any formula's value at an entry."""

    def __init__(self, epoch: Epoch, on: int, root: Instance) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.on = on
        self.root = root
        self.date = day_text(on)  # whose law is in force, for messages
        self._under: dict[int, UnderLaw] = {}
        self.pseudonyms: dict[str, dict[str, str]] = {}  # entity → what identifies its entries, as reasons name it
        self._imagined: dict[tuple[int, str], Imagined] = {}
        self._bound: dict[
            tuple[int, str], tuple[ir.Aggregate, ir.Aggregate]
        ] = {}  # with the node, which keeps its id taken
        self.filled: dict[object, Any] = {}  # of nodes in `_bound`: how reasons show them (explain/numbers.py)
        self._entries: dict[str, Instance] = {}
        self._facts: dict[tuple[str, str], Possible] = {}
        self.steps = epoch.laws.steps

    def rules(self, wanted: Container[tuple[str, str]] | None = None) -> None:
        """Fills `values` of every entry with every rule of its entity, or with these alone: then they hold all that they read."""
        entries: dict[str, list[Instance]] = {}
        for entry in self.root.all():
            entries.setdefault(entry.entity.name, []).append(entry)
        for rule in self.program.rules:
            if wanted is not None and (rule.entity, rule.name) not in wanted:
                continue
            for entry in entries.get(rule.entity, ()):
                entry.values[rule.name] = self.rule(rule, entry)

    def rule(self, rule: ir.Rule, at: Instance) -> Value:
        found = self.epoch.rules[rule.entity, rule.name]
        if found is None:
            return self.failure("R0105", rule.place, name=rule.called, date=self.date)
        value = self.lines(found, at)
        return self.not_negative(rule, value) if rule.benefit else value

    def not_negative(self, rule: ir.Rule, value: Value) -> Value:
        """A benefit below zero is an error; one that may be is one that may be an error."""
        if isinstance(value, Failure):
            return value
        left = possible(value, rule.type)
        if not isinstance(left, Bounds) or (left.low is not None and left.low >= 0):
            return value
        if left.high is not None and left.high < 0:
            return self.failure("R0104", rule.place, name=rule.called)
        return value._replace(possible=Bounds(Fraction(0), left.high), may_fail=True)

    # --- what formulas read

    def read(self, node: ir.Expression | None, at: Instance | None) -> Value:
        return _READ[node.__class__](self, node, at)

    def rule_read(self, node: ir.RuleRef, at: Instance | None) -> Value:
        here = at if not node.up else self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",))
        return self.value(here, node.name)

    def moment(self, node: ir.Moment) -> int:
        return self.on if node.name == "decision_date" else runtime.month_start(self.on)

    def calendar(self) -> Calendar:
        return calendar_of(self.program)

    def value(self, entry: Instance, name: str) -> Value:
        """What a rule gave for an entry."""
        if name not in entry.values and isinstance(entry, Imagined):
            for rule in self.epoch.laws.closure((entry.entity.name, name)):
                if rule.entity == entry.entity.name and rule.name not in entry.values:
                    entry.values[rule.name] = self.rule(rule, entry)
        return entry.values[name]

    def imagined(self, entry: Instance, members: ir.Members) -> Imagined:
        key = (id(entry), members.name)
        if key not in self._imagined:
            self._imagined[key] = imagined(self.program, entry, members)
        return self._imagined[key]

    # --- whom a list function is asked for

    def bound(self, node: ir.Aggregate, at: Instance | None) -> ir.Aggregate:
        if not node.outward or at is None:
            return node
        key = (id(node), at.path)
        if key not in self._bound:
            self._bound[key] = (node, bound(node, at.path))
            self._entries[at.path] = at
        return self._bound[key][1]

    def entry_at(self, path: str) -> Instance:
        """The entry of a path that stands in a formula."""
        if path not in self._entries:
            self._entries |= {e.path: e for e in self.root.all()}
        return self._entries[path]

    def fact(self, node: ir.FactRef, at: Instance | None) -> Value:
        here = at if not node.up else self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",))
        given = here.facts[node.name]
        if isinstance(given, runtime.Unknown):
            return Undetermined((f"{here.path}.{node.name}",), (), self.fact_possible(here.entity, node.name))
        return self.exact(here, node.name, given)

    def exact(self, entry: Instance, name: str, given: Any) -> Value:
        """A fact that is given, an amount in base units."""
        found = entry.amounts.get(name)
        if found is not None:
            return found
        step = self.steps.get((entry.entity.name, name))
        if step is None:
            return given
        made = entry.amounts[name] = given * step
        return made

    def fact_possible(self, entity: ir.Entity, name: str) -> Possible:
        """What a fact that is not given may be."""
        key = (entity.name, name)
        if key not in self._facts:
            self._facts[key] = of_fact(entity, name, runtime.month_start(self.on))
        return self._facts[key]

    def columns(self, lines: tuple[ir.Line, ...]) -> Columns:
        kept = self.epoch.laws.columns
        key = tuple(map(id, lines))
        if key not in kept:
            kept[key] = (lines, columns([x.condition for x in lines]))
        made: Columns = kept[key][1]
        return made

    def step_of(self, node: ir.Expression) -> Fraction | None:
        return self.steps.get((node.entity, node.name)) if isinstance(node, ir.FactRef) else None

    def parameter(self, node: ir.ParameterRef, at: Instance | None) -> Value:
        found, date = self.epoch.parameters[node.name], self.date
        if not node.keys:
            return parameter_value(found[()], node, (), date)
        keys = [self.evaluate(k, at) for k in node.keys]
        return keyed(node, keys, lambda way: parameter_value(found[way], node, way, date))

    # --- what may not be in force

    def if_in_force(self, node: ir.IfInForce, at: Instance | None) -> Value:
        """The value where it is in force on its day, else the default; where nobody can tell, what either may give."""
        found = self.is_in_force(node.value, at)
        if found is True:
            return self.evaluate(node.value, at)
        if found is False:
            return self.evaluate(node.default, at)
        if isinstance(found, Failure):
            return found
        outcomes = [self.evaluate(x, at) for x in (node.value, node.default)]
        return one_of(outcomes, node.type, found)

    def is_in_force(self, node: ir.ParameterRef | ir.RuleRef | ir.AsOf, at: Instance | None) -> Value:
        """Whether anything is in force of a rule, or of a parameter for its keys, on its day."""
        epoch = self.epoch
        if isinstance(node, ir.AsOf):
            day = self.evaluate(node.day, at)
            if not known(day):
                return day._replace(possible=EITHER, may_fail=True) if isinstance(day, Undetermined) else day
            if day == runtime.NEVER:
                return self.failure("R0123", node.place, name=node.place.written)
            epoch, node = epoch.laws.at(day, epoch.known), node.value
        if isinstance(node, ir.RuleRef):
            return epoch.rules[node.entity, node.name] is not None
        wanted, held = node, epoch.parameters[node.name]
        return keyed(wanted, [self.evaluate(k, at) for k in node.keys], lambda way: is_held(held[way], wanted), TRUTH)

    # --- another day's law

    def as_of(self, node: ir.AsOf, at: Instance | None) -> Value:
        """A parameter or rule under another day's law: its keys and the day itself are as they are today."""
        keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
        day, *filled = (self.evaluate(x, at) for x in (node.day, *keys))
        held_back = join([day, *filled]) if not known(day) else None
        if isinstance(held_back, Undetermined):
            return held_back._replace(possible=of_type(node.type), may_fail=True)
        if held_back is not None:
            return held_back
        if day == runtime.NEVER:
            return self.failure("R0123", node.place, name=node.place.written)
        if isinstance(node.value, ir.ParameterRef):
            wanted, held = node.value, self.epoch.laws.at(day, self.epoch.known).parameters[node.value.name]
            return keyed(wanted, filled, lambda way: parameter_value(held[way], wanted, way, day_text(day)))
        return dated(self.under(day).evaluate(node.value, at), day)

    def under(self, day: int) -> UnderLaw:
        """The same decision under the law of another day."""
        epoch = self.epoch.laws.at(day, self.epoch.known)
        if epoch.first not in self._under:
            self._under[epoch.first] = UnderLaw(epoch, self.on, self.root)
        return self._under[epoch.first]


_READ: dict[type, Callable[[Interpretation, Any, Instance | None], Value]] = {
    ir.FactRef: lambda by, node, at: by.fact(node, at),
    ir.RuleRef: lambda by, node, at: by.rule_read(node, at),
    ir.ParameterRef: lambda by, node, at: by.parameter(node, at),
    ir.Moment: lambda by, node, at: by.moment(node),
    ir.AsOf: lambda by, node, at: by.as_of(node, at),
    ir.IfInForce: lambda by, node, at: by.if_in_force(node, at),
    ir.Aggregate: lambda by, node, at: by.aggregate(node, at),
    ir.Outside: lambda by, node, at: by.evaluate(node.value, by.entry_at(node.at)),
    ir.CarriedRef: lambda by, node, at: by.carried(node, at),
    ir.Past: lambda by, node, at: by.past(node, at),
    ir.Window: lambda by, node, at: by.window(node, at),
}


class UnderLaw(Interpretation):
    """The same decision under the law of another day: a rule is worked out, with those that it reads, when it is first asked for.

    Facts, 决定日 and 本月 stay those of the decision. One serves all days of an epoch, so a message's date is left to `dated`.
    """

    def __init__(self, epoch: Epoch, on: int, root: Instance) -> None:
        super().__init__(epoch, on, root)
        self.date = ""
        self.values: dict[tuple[int, str], Value] = {}
        self.done: set[tuple[str, str]] = set()
        self.by_entity: dict[str, list[Instance]] = {}
        for entry in root.all():
            self.by_entity.setdefault(entry.entity.name, []).append(entry)

    def value(self, entry: Instance, name: str) -> Value:
        key = (id(entry), name)
        if key not in self.values:
            for rule in self.epoch.laws.closure((entry.entity.name, name)):
                if isinstance(entry, Imagined):
                    if rule.entity == entry.entity.name and (id(entry), rule.name) not in self.values:
                        self.values[id(entry), rule.name] = self.rule(rule, entry)
                elif (rule.entity, rule.name) not in self.done:
                    self.done.add((rule.entity, rule.name))
                    for each in self.by_entity.get(rule.entity, ()):
                        self.values[id(each), rule.name] = self.rule(rule, each)
        return self.values[key]


def dated(value: Value, day: int) -> Value:
    """A value from under another day's law: a message that names the day has it filled in."""
    if isinstance(value, Failure) and ("date", "") in value.words:
        return value._replace(words=tuple((k, word or day_text(day)) for k, word in value.words))
    return value
