"""One decision, value by value: facts, rules and parameters under the law of its day, and of another day."""

from __future__ import annotations

from ...ir import nodes as ir
from .. import runtime
from ..calendar import Calendar
from ..encoding import fact_step
from ..entries import Instance
from ..epoch import Epoch
from ..formatting import day_text
from ..values import Failure, Undetermined, Value, join, known
from ..working_days import calendar_of
from .lines import Lines
from .parameters import is_held, parameter_value


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
        self.steps = {
            (e.name, f.name): fact_step(f.type) for e in self.program.entities for f in e.facts if f.type.is_amount
        }

    def rules(self) -> None:
        """Fills `values` of every entry with every rule of its entity."""
        entries: dict[str, list[Instance]] = {}
        for entry in self.root.all():
            entries.setdefault(entry.entity.name, []).append(entry)
        for rule in self.program.rules:
            for entry in entries.get(rule.entity, ()):
                entry.values[rule.name] = self.rule(rule, entry)

    def rule(self, rule: ir.Rule, at: Instance) -> Value:
        found = self.epoch.rules[rule.entity, rule.name]
        if found is None:
            return self.failure("R0105", rule.place, name=rule.called, date=self.date)
        value = self.lines(found, at)
        if rule.benefit and known(value) and value < 0:
            return self.failure("R0104", rule.place, name=rule.called)
        return value

    # --- what formulas read

    def read(self, node: ir.Expression | None, at: Instance | None) -> Value:
        match node:
            case ir.FactRef():
                return self.fact(node, at)
            case ir.RuleRef():
                here = self.up(at, node.up) if at else None
                if here is None:
                    return Undetermined((f"{node.entity}.{node.name}",))
                return self.value(here, node.name)
            case ir.ParameterRef():
                return self.parameter(node, at)
            case ir.Moment():
                return self.on if node.name == "decision_date" else runtime.month_start(self.on)
            case ir.AsOf():
                return self.as_of(node, at)
            case ir.IfInForce():
                return self.if_in_force(node, at)
            case ir.Aggregate():
                return self.aggregate(node, at)
            case ir.CarriedRef():
                return self.carried(node, at)
            case ir.Past():
                return self.past(node, at)
            case ir.Window():
                return self.window(node, at)
        raise AssertionError(node)

    def calendar(self) -> Calendar:
        return calendar_of(self.program)

    def value(self, entry: Instance, name: str) -> Value:
        """What a rule gave for an entry."""
        return entry.values[name]

    def fact(self, node: ir.FactRef, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",))
        given = here.facts[node.name]
        if isinstance(given, runtime.Unknown):
            return Undetermined((f"{here.path}.{node.name}",))
        step = self.steps.get((node.entity, node.name))
        return given if step is None else given * step

    def parameter(self, node: ir.ParameterRef, at: Instance | None) -> Value:
        keys = [self.evaluate(k, at) for k in node.keys]
        held_back = join(keys)
        if held_back is not None:
            return held_back
        return parameter_value(self.epoch.parameters[node.name][tuple(keys)], node, keys, self.date)

    # --- what may not be in force

    def if_in_force(self, node: ir.IfInForce, at: Instance | None) -> Value:
        """The value where it is in force on its day, else the default; what that waits for where nobody can tell."""
        found = self.is_in_force(node.value, at)
        if found is True:
            return self.evaluate(node.value, at)
        return self.evaluate(node.default, at) if found is False else found

    def is_in_force(self, node: ir.ParameterRef | ir.RuleRef | ir.AsOf, at: Instance | None) -> Value:
        """Whether anything is in force of a rule, or of a parameter for its keys, on its day."""
        epoch = self.epoch
        if isinstance(node, ir.AsOf):
            day = self.evaluate(node.day, at)
            if not known(day):
                return day
            epoch, node = epoch.laws.at(day, epoch.known), node.value
        if isinstance(node, ir.RuleRef):
            return epoch.rules[node.entity, node.name] is not None
        keys = [self.evaluate(k, at) for k in node.keys]
        held_back = join(keys)
        return is_held(epoch.parameters[node.name][tuple(keys)], node) if held_back is None else held_back

    # --- another day's law

    def as_of(self, node: ir.AsOf, at: Instance | None) -> Value:
        """A parameter or rule under another day's law: its keys and the day itself are as they are today."""
        keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
        day, *filled = (self.evaluate(x, at) for x in (node.day, *keys))
        held_back = join([day, *filled])
        if held_back is not None:
            return held_back
        if day == runtime.NEVER:
            return self.failure("R0123", node.place, name=node.place.written)
        if isinstance(node.value, ir.ParameterRef):
            found = self.epoch.laws.at(day, self.epoch.known).parameters[node.value.name][tuple(filled)]
            return parameter_value(found, node.value, filled, day_text(day))
        return dated(self.under(day).evaluate(node.value, at), day)

    def under(self, day: int) -> UnderLaw:
        """The same decision under the law of another day."""
        epoch = self.epoch.laws.at(day, self.epoch.known)
        if epoch.first not in self._under:
            self._under[epoch.first] = UnderLaw(epoch, self.on, self.root)
        return self._under[epoch.first]


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
                if (rule.entity, rule.name) not in self.done:
                    self.done.add((rule.entity, rule.name))
                    for each in self.by_entity.get(rule.entity, ()):
                        self.values[id(each), rule.name] = self.rule(rule, each)
        return self.values[key]


def dated(value: Value, day: int) -> Value:
    """A value from under another day's law: a message that names the day has it filled in."""
    if isinstance(value, Failure) and ("date", "") in value.words:
        return value._replace(words=tuple((k, word or day_text(day)) for k, word in value.words))
    return value
