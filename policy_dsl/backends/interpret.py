"""The plain interpreter: the oracle that every other way to evaluate must agree with, and the slow way for what is unknown.

It says the semantics as directly as it can: exact fractions in base units, errors and the undetermined as values, all lines looked at.
Rules are evaluated in the program's order for every entry, so nothing recurses but expressions.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from ..ir import nodes as ir
from ..ir.epoch import Missing
from ..ir.traverse import asks_calendar, compared
from ..model.functions import BY_KEY
from ..source import Place
from . import runtime
from .calendar import calendar_of
from .entries import Instance
from .grids import fact_step
from .show import day_text
from .values import Failure, Undetermined, Value, join, known

if TYPE_CHECKING:
    from ..ir.epoch import Held, InForce
    from .epoch import Epoch


class Interpretation:
    """One decision, value by value. `rules()` evaluates everything; `evaluate` gives any formula's value at an entry."""

    def __init__(self, epoch: Epoch, on: int, root: Instance) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.on = on
        self.root = root
        self.date = day_text(on)  # whose law is in force, for messages
        self._under: dict[int, UnderLaw] = {}
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

    # --- rules

    def rule(self, rule: ir.Rule, at: Instance) -> Value:
        found = self.epoch.rules[rule.entity, rule.name]
        if found is None:
            return self.failure("R0105", rule.place, name=rule.called, date=self.date)
        value = self.lines(found, at)
        if rule.benefit and known(value) and value < 0:
            return self.failure("R0104", rule.place, name=rule.called)
        return value

    def lines(self, found: InForce, at: Instance) -> Value:
        """Exceptions first, then the body (semantics, rules 3 and 7)."""
        return self.exceptions(found, at, lambda: self.body(found, at))

    def exceptions(self, found: InForce, at: Instance, body: Any) -> Value:
        applying: list[ir.Line] = []
        open_: list[tuple[ir.Line, Value]] = []
        for line in found.exceptions:
            holds = self.evaluate(line.condition, at)
            if holds is True:
                applying.append(line)
            elif holds is not False:
                open_.append((line, holds))
        if applying:
            layer = max(x.layer for x in applying)
            applying = [x for x in applying if x.layer == layer]
            beaten = {label for x in applying for label in x.beats}
            value = self.agree([x for x in applying if x.label not in beaten or not x.label], found.rule, at)
            over = {label for x in applying for label in x.beats}
            open_ = [(x, h) for x, h in open_ if x.label not in over and x.layer >= layer]
        else:
            value = body()
        if isinstance(value, Failure):
            return value
        waiting: list[Value] = []
        for line, holds in open_:
            other = self.evaluate(line.result, at)
            if not (known(value) and known(other) and other == value):
                waiting.append(holds)
        return join([*waiting, value]) if waiting else value

    def body(self, found: InForce, at: Instance) -> Value:
        rule = found.rule
        if len(found.body) == 1 and found.body[0].kind == "value":
            return self.evaluate(found.body[0].result, at)
        applying: list[ir.Line] = []
        open_: list[tuple[ir.Line, Value]] = []
        for line in found.body:
            holds = self.evaluate(line.condition, at) if line.condition is not None else True
            if found.mode == "first":
                if holds is True:
                    return self.evaluate(line.result, at)
                if holds is not False:
                    return holds
                continue
            if holds is True:
                applying.append(line)
            elif holds is not False:
                open_.append((line, holds))
        if found.mode in ("highest", "lowest", "sum"):
            return self.joined(found, applying, open_, at)
        if applying:
            return self.agree(applying, rule, at)
        if open_:
            return join(holds for _, holds in open_)
        if found.otherwise is not None:
            return self.evaluate(found.otherwise.result, at)
        return self.failure("R0101", rule.place, name=rule.called)

    def agree(self, lines: list[ir.Line], rule: ir.Rule, at: Instance) -> Value:
        """The one value of lines that apply together; different ones are a conflict."""
        values = [self.evaluate(line.result, at) for line in lines]
        held_back = join(values)
        if held_back is not None:
            return held_back
        if any(v != values[0] for v in values[1:]):
            return self.failure("R0102", lines[-1].place, name=rule.called)
        return values[0]

    def joined(
        self, found: InForce, applying: list[ir.Line], open_: list[tuple[ir.Line, Value]], at: Instance
    ) -> Value:
        values: list[Any] = [self.evaluate(line.result, at) for line in applying]
        held_back = join(values)
        if held_back is not None:
            return held_back
        if found.mode == "sum":
            waiting = join(holds for _, holds in open_)
            if waiting is not None:
                return waiting
        else:
            best = max(values) if found.mode == "highest" and values else min(values) if values else None
            could_win = []
            for line, holds in open_:
                other: Any = self.evaluate(line.result, at)
                if best is None or not known(other) or (other > best if found.mode == "highest" else other < best):
                    could_win.append(holds)
            held_back = join(could_win)
            if held_back is not None:
                return held_back
        if not values:
            if found.otherwise is None:
                return self.failure("R0101", found.rule.place, name=found.rule.called)
            return self.evaluate(found.otherwise.result, at)
        return sum(values) if found.mode == "sum" else max(values) if found.mode == "highest" else min(values)

    # --- formulas

    def failure(self, code: str, place: Place, **words: str) -> Failure:
        return Failure(code, tuple(words.items()), place)

    def up(self, at: Instance, levels: int) -> Instance | None:
        here: Instance | None = at
        for _ in range(levels):
            here = here.holder if here else None
        return here

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        """The value of a formula at an entry."""
        match node:
            case ir.Constant():
                return node.value
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
            case ir.Not():
                inner = self.evaluate(node.operand, at)
                return (not inner) if known(inner) else inner
            case ir.Logic():
                decisive = node.joined == "or"
                parts = [self.evaluate(p, at) for p in node.parts]
                if any(p is decisive for p in parts):
                    return decisive
                held_back = join(parts)
                return held_back if held_back is not None else not decisive
            case ir.Compare():
                return self.strict([node.left, node.right], at, lambda a, b: compared(node.sign, a, b))
            case ir.Among():
                return self.strict([node.item, *node.options], at, lambda x, *options: x in options)
            case ir.Arithmetic():
                return self.strict([node.left, node.right], at, lambda a, b: self.arithmetic(node, a, b))
            case ir.Call():
                return self.strict(list(node.arguments), at, lambda *values: self.call(node, values))
            case ir.AsOf():
                return self.as_of(node, at)
            case ir.Aggregate():
                return self.aggregate(node, at)
            case ir.CarriedRef():
                return self.carried(node, at)
            case ir.Past():
                return self.past(node, at)
            case ir.Window():
                return self.window(node, at)
        raise AssertionError(node)

    def value(self, entry: Instance, name: str) -> Value:
        """What a rule gave for an entry."""
        return entry.values[name]

    def as_of(self, node: ir.AsOf, at: Instance | None) -> Value:
        """A parameter or rule under another day's law: its keys and the day itself are as they are today."""
        keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
        day, *filled = (self.evaluate(x, at) for x in (node.day, *keys))
        held_back = join([day, *filled])
        if held_back is not None:
            return held_back
        if isinstance(node.value, ir.ParameterRef):
            found = self.epoch.laws.at(day, self.epoch.known).parameters[node.value.name][tuple(filled)]
            return parameter_value(found, node.value, day_text(day))
        return dated(self.under(day).evaluate(node.value, at), day)

    def under(self, day: int) -> UnderLaw:
        """The same decision under the law of another day."""
        epoch = self.epoch.laws.at(day, self.epoch.known)
        if epoch.first not in self._under:
            self._under[epoch.first] = UnderLaw(epoch, self.on, self.root)
        return self._under[epoch.first]

    def strict(self, parts: list[ir.Expression], at: Instance | None, operation: Any) -> Value:
        values = [self.evaluate(p, at) for p in parts]
        held_back = join(values)
        return held_back if held_back is not None else operation(*values)

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
        return parameter_value(self.epoch.parameters[node.name][tuple(keys)], node, self.date)

    def arithmetic(self, node: ir.Arithmetic, a: Any, b: Any) -> Value:
        if node.left.type.kind == "date":
            try:
                if node.right.type.kind == "date":
                    return Fraction(runtime.days_between(a, b))
                count = Fraction(b)
                if count.denominator != 1:
                    return self.failure("R0108", node.place, name=node.place.written, value=str(count))
                steps = int(count) if node.sign == "+" else -int(count)
                if asks_calendar(node):
                    return self.deadline(node, runtime.add_workdays, a, steps)
                move = runtime.add_months if dict(node.right.type.unit.dims).get("month") else runtime.add_days
                return move(a, steps)
            except runtime.Defer:
                return self.failure("R0107", node.place, name=node.place.written)
        match node.sign:
            case "+":
                return a + b
            case "-":
                return a - b
            case "*":
                return a * b
        return self.failure("R0103", node.place, name=node.place.written) if b == 0 else Fraction(a) / b

    def call(self, node: ir.Call, values: tuple[Any, ...]) -> Value:
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                steps = Fraction(values[0]) / values[1]
                return rounded(node.function, steps) * values[1]
            case "max":
                return max(values)
            case "min":
                return min(values)
            case "sum":
                return sum(values)
            case "average":
                return Fraction(sum(values)) / len(values)
            case "count":
                return Fraction(sum(1 for v in values if v))
        if asks_calendar(node):
            found = self.deadline(node, getattr(runtime, node.function), *values)
            return Fraction(found) if known(found) and node.type.is_amount else found
        try:
            made = getattr(runtime, node.function)(*values)
        except runtime.Defer:
            return self.failure("R0107", node.place, name=node.place.written)
        return Fraction(made * 12) if node.function == "age" else made if node.type.kind == "date" else Fraction(made)

    # --- looking back

    def carried(self, node: ir.CarriedRef, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",))
        return here.carried[node.name]

    def past(self, node: ir.Past, at: Instance | None) -> Value:
        if node.guard is not None:
            holds = self.evaluate(node.guard, at)
            if holds is False:
                if node.otherwise is not None:
                    return self.evaluate(node.otherwise, at)
                return self.failure("R0121", node.place, name=node.shown.partition(", ")[0])
            if holds is not True:
                return holds
        value = self.evaluate(node.value, at)
        if value is not runtime.NOTHING:
            return value
        return self.before(node, node.default, at)

    def before(self, node: ir.Past | ir.Window, default: ir.Expression | None, at: Instance | None) -> Value:
        """What holds where there is no earlier month."""
        if default is not None:
            return self.evaluate(default, at)
        value = {"amount": ("0", "0"), "truth": ("否", "no")}.get(node.type.kind, ("…", "…"))
        instead = (f"默认 {value[0]}", f"default {value[1]}")
        if isinstance(node, ir.Past):
            usage, usage_en = (
                f"{word}({node.shown}, {x})" for word, x in zip(("上月", "previous"), instead, strict=True)
            )
        else:
            usage = f"近({node.months} 个月, {node.shown}, {instead[0]})"
            usage_en = f"last({node.months} months, {node.shown}, {instead[1]})"
        return self.failure("R0120", node.place, name=node.shown, usage=usage, usage_en=usage_en)

    def months(self, entry: Instance, node: ir.Window) -> list[Any]:
        """The values of the months before that a window looks at, the earliest first; fewer where there were fewer months."""
        carried = entry.carried[node.name]
        return [] if isinstance(carried, runtime.Held) else list(carried[-node.months :])

    def window(self, node: ir.Window, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",))
        carried = here.carried[node.name]
        if isinstance(carried, runtime.Held) and carried is not runtime.NOTHING:
            return carried.value
        values = self.months(here, node)
        if len(values) < node.months:
            rest = self.before(node, node.default, at)
            values = [*([rest] * (node.months - len(values))), *values]
        if node.function in ("any", "all"):
            decisive = node.function == "any"
            if any(v is decisive for v in values):
                return decisive
        held_back = join(values)
        if held_back is not None:
            return held_back
        match node.function:
            case "any" | "all":
                return node.function == "all"
            case "count":
                return Fraction(sum(values))
            case "max" | "min":
                return max(values) if node.function == "max" else min(values)
        total = sum(values, Fraction(0))
        return total / len(values) if node.function == "average" else total

    def deadline(self, node: ir.Arithmetic | ir.Call, count: Any, *values: Any) -> Value:
        """What a function of working days gives."""
        calendar = calendar_of(self.program)
        try:
            return count(calendar.workdays, *values)
        except runtime.Beyond as lacking:
            written = node.place.written
            if not 1 <= lacking.year <= 9999:
                return self.failure("R0107", node.place, name=written)
            named = f"{calendar.name} {calendar.span()}".strip()
            return self.failure("R0111", node.place, name=written, year=str(lacking.year), calendar=named)

    # --- aggregates

    def entries(self, node: ir.Aggregate, at: Instance | None) -> list[Instance] | Undetermined:
        """The entries that the aggregate ranges over, or the list that is not given."""
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((".".join(node.lists),))
        level = [here]
        for name in node.lists:
            following: list[Instance] = []
            for entry in level:
                listed = entry.lists[name]
                if listed is None:
                    return Undetermined((f"{entry.path}.{name}",))
                following += listed
            level = following
        return level

    def aggregate(self, node: ir.Aggregate, at: Instance | None) -> Value:
        entries = self.entries(node, at)
        if isinstance(entries, Undetermined):
            return entries
        if node.function in ("any", "all"):
            decisive = node.function == "any"
            parts = [self.held_truth(node, e, decisive) for e in entries]
            if any(p is decisive for p in parts):
                return decisive
            held_back = join(parts)
            return held_back if held_back is not None else not decisive
        values: list[Any] = []
        for e in entries:
            holds = True if node.where is None else self.evaluate(node.where, e)
            if holds is False:
                continue
            if holds is not True:
                values.append(holds)
                continue
            values.append(True if node.value is None else self.evaluate(node.value, e))
        held_back = join(values)
        if held_back is not None:
            return held_back
        if node.function == "count":
            return Fraction(sum(1 for v in values if v))
        if node.function == "sum":
            return sum(values, Fraction(0))
        if not values:
            if node.default is None:
                row = BY_KEY[node.function]
                return self.failure(
                    "R0106", node.place, name=".".join(node.lists), function=row.zh[0], function_en=row.en[0]
                )
            return self.evaluate(node.default, at)
        if node.function == "average":
            return Fraction(sum(values)) / len(values)
        return max(values) if node.function == "max" else min(values)

    def held_truth(self, node: ir.Aggregate, entry: Instance, decisive: bool) -> Value:
        """One entry's part in 任一 (filter and value) or 全部 (not filter, or value)."""
        assert node.value is not None
        value = self.evaluate(node.value, entry)
        if node.where is None:
            return value
        holds = self.evaluate(node.where, entry)
        if decisive:  # any: both must hold
            if holds is False or value is False:
                return False
            held_back = join([holds, value])
            return held_back if held_back is not None else True
        if holds is False or value is True:  # all: does not count, or holds
            return True
        held_back = join([holds, value])
        return held_back if held_back is not None else False


def rounded(how: str, steps: Fraction) -> int:
    """A number of steps made whole: halves away from zero, down towards −∞, up towards +∞."""
    if how == "round_down":
        return math.floor(steps)
    if how == "round_up":
        return math.ceil(steps)
    return runtime.round_half_up(steps.numerator, steps.denominator)


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


def parameter_value(found: Held, node: ir.ParameterRef, date: str) -> Value:
    """What a reference to a parameter gives: its value, or what it waits for, or that nothing is in force on the date."""
    if node.floor and found.floor is not None:
        return found.floor
    if isinstance(found.value, Missing):
        if found.value.kind == "none":
            return Failure("R0105", (("name", node.name), ("date", date)), node.place)
        return Undetermined((), (found.value.name,))
    if isinstance(found.value, Failure):  # computed with the epoch, on whichever of its days came first
        words = tuple((k, date if k == "date" else word) for k, word in found.value.words)
        return found.value._replace(words=words)
    return found.value


class _Closed(Interpretation):
    """Evaluates a parameter's formula: no entry, only keys and the parameters before it."""

    def __init__(self, keys: tuple[int, ...], parameters: dict[str, dict[tuple[int, ...], Held]], on: int) -> None:
        self.keys = keys
        self.parameters = parameters
        self.on = on

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        if isinstance(node, ir.KeyRef):
            return self.keys[node.position]
        return super().evaluate(node, at)

    def parameter(self, node: ir.ParameterRef, at: Instance | None) -> Value:
        keys = [self.evaluate(k, at) for k in node.keys]
        held_back = join(keys)
        if held_back is not None:
            return held_back
        return parameter_value(self.parameters[node.name][tuple(keys)], node, day_text(self.on))


def evaluate_parameter(
    node: ir.Expression, keys: tuple[int, ...], parameters: dict[str, dict[tuple[int, ...], Held]], on: int
) -> Value:
    """The value of a parameter's formula on a day: constants, keys and earlier parameters alone."""
    if isinstance(node, ir.Constant):
        return node.value
    return _Closed(keys, parameters, on).evaluate(node, None)
