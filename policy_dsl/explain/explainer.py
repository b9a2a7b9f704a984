"""Makes the tree of reasons (explanation.py) from a decision's values: each step once, whatever asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ..backends.entries import Instance
from ..backends.formatting import day_text
from ..backends.interpret.interpretation import Interpretation, dated
from ..backends.interpret.parameters import keyed, parameter_value
from ..backends.runtime import NOTHING, Held, add_months
from ..backends.values import Value, join, known
from ..ir import nodes as ir
from ..model.reserved_keys import PREVIOUS
from ..syntax.keywords import BY_TERMINAL
from .explanation import Considered, Explanation, Step
from .leaves import given_fact, handed_over, name_of
from .lines import giving, looked_at
from .phrases import Phrase, Phrases, passing, phrases
from .plans import Lead, ParameterPlan, parameter_name, plans


class Below(NamedTuple):
    """A rule whose step is to be made: by which explainer, of which entry."""

    by: Explainer
    entry: Instance
    name: str


class Explainer:
    """Explains outputs of one decision, of which it knows the policy's name and digest and the values. A step is made once, whatever
    asks for it. `law`: the day whose law it looks at, where that is not the decision's own."""

    def __init__(
        self,
        policy: str,
        digest: str,
        interpretation: Interpretation,
        law: int = 0,
        steps: dict[str, Step] | None = None,
    ) -> None:
        self.policy = policy
        self.digest = digest
        self.interpretation = interpretation
        self.epoch = self.interpretation.epoch
        self.program = self.epoch.program
        self.law = law
        self.day = law or self.interpretation.on
        self.behind = f" {BY_TERMINAL['ON'].zh} {day_text(law)}" if law else ""  # an id says whose law it is about
        self.others: dict[int, Explainer] = {}
        self.phrases = phrases(interpretation)
        self.plans = plans(self.epoch, self.phrases)
        self.rules = self.phrases.rules
        self.parameters = self.phrases.parameters
        self.steps: dict[str, Step] = {} if steps is None else steps
        self._places: dict[str, tuple[Instance, str]] = {}  # of all values, by their paths
        self._values: dict[str, dict[int, Value]] = {}  # by entry and formula
        self._formulas: list[ir.Expression] = []  # kept, so that no two have one id
        self.leaves: dict[
            tuple[str, object], Any
        ] = {}  # what is read, by entry and rule or formula (timeline/leaves.py)

    def evaluate(self, formula: ir.Expression, at: Instance) -> Value:
        """The value of a formula at an entry, worked out once."""
        values = self._values.get(at.path)
        if values is None:
            values = self._values[at.path] = {}
        key = id(formula)
        if key not in values:
            values[key] = self.interpretation.evaluate(formula, at)
            self.keep(formula)
        return values[key]

    def keep(self, formula: ir.Expression) -> None:
        """Keeps a formula whose id something goes by."""
        self._formulas.append(formula)

    def under(self, day: int) -> Explainer:
        """What makes the steps of another day's law, in the same table."""
        if day not in self.others:
            self.others[day] = Explainer(self.policy, self.digest, self.interpretation.under(day), day, self.steps)
        return self.others[day]

    def of(self, paths: list[str]) -> Explanation:
        """The reasons for outputs, by their whole paths, each benefit in parts followed by its part."""
        roots = paths if not self.phrases.paying else [p for path in paths for p in self._with_part(path)]
        for path in roots:
            if path not in self.steps or self.law:
                self.output(path)
        return Explanation(self.policy, self.digest, self.interpretation, roots, self.steps)

    def _with_part(self, path: str) -> list[str]:
        entry, name = self._split(path)
        part = self.phrases.paying.get((entry.entity.name, name))
        return [path] if part is None else [path, f"{entry.path}.{part}"]

    def output(self, path: str) -> None:
        """Makes the step of an output and of all it rests on, without recursion: a long chain of rules is no danger."""
        stack: list[Below] = [Below(self, *self._split(path))]
        while stack:
            made, entry, name = stack.pop()
            id_ = made.id_of(entry, name)
            if id_ in self.steps:
                continue
            step, below = made.rule(name, entry, id_)
            self.steps[id_] = step
            below.reverse()
            stack += below

    def id_of(self, entry: Instance, name: str) -> str:
        """The id of a rule's step."""
        return f"{entry.path}.{name}{self.behind}"

    def _split(self, path: str) -> tuple[Instance, str]:
        if not self._places:
            for entry in self.interpretation.root.all():
                for name in entry.values:
                    self._places.setdefault(f"{entry.path}.{name}", (entry, name))
        return self._places[path]

    # --- rules

    def rule(self, name: str, entry: Instance, id_: str) -> tuple[Step, list[Below]]:
        """The step of a rule at an entry, and the rules that it reads."""
        plan = self.plans.rule((entry.entity.name, name))
        rule, found, by = plan.rule, plan.found, self.interpretation
        value = dated(by.value(entry, name), self.day)
        applied: list[Considered] = []
        considered: list[Considered] = []
        given_up: Value = None
        given_up_lines: tuple[ir.Line, ...] = ()
        lead: Lead | None = None
        ids: dict[str, None] = {}
        below: list[Below] = []
        used: list[Phrase] = []
        if found is not None:
            pick = None if self.law else entry.picks.get(name)  # nothing is recorded of another day's law
            applied, considered = looked_at(by, found, entry, value, pick)
            if applied:
                line = applied[0].line
                lead = plan.lead(line, self.day, self.epoch.known)
                if lead.reads is not None:
                    given_up = entry.values[lead.reads]
                elif line.kind == "exception" and line.key != ir.PAID_ON:
                    other = by.body(found, entry)
                    if known(other) and other != value:
                        given_up = other
                        given_up_lines = giving(by, found, entry, other)
                        used += [self.phrases.of(x.result) for x in given_up_lines]
            if plan.passing:
                considered = []
            for c in applied:
                used += c.said.used
            for c in considered:
                used += [p.phrase for p in c.reasons]
                if c.holds is not False:
                    used.append(c.said.result)
        for phrase in used:
            if phrase.reads:
                self._gather(phrase.reads, entry, ids, below)
        if lead is None:
            clause, place = plan.clause([c.line for c in considered if c.holds is not False]), rule.place
            dates, assumptions, published, review = (0, ir.OPEN), plan.assumptions, 0, 0
        else:
            clause, place, dates, published, review = lead.clause, lead.place, lead.dates, lead.published, lead.review
            assumptions = lead.assumptions
            if len(applied) > 1:
                assumptions = tuple(dict.fromkeys((*assumptions, *(a for c in applied for a in c.line.assumptions))))
                review = min((c.line.review for c in applied if c.line.review), default=0)
        step = Step(
            id_,
            plan.kind,
            rule.entity,
            entry.path,
            plan.called,
            rule.type,
            value,
            clause,
            place,
            entry,
            tuple(applied),
            tuple(considered),
            *dates,
            assumptions,
            "",
            False,
            given_up,
            given_up_lines,
            plan.mode,
            "",
            published,
            None,
            lead.displaced if lead is not None else None,
            tuple(ids),
            review,
            self.law,
            rule.without,
        )
        return step, below

    # --- what a formula rests on

    def gather(self, formula: ir.Expression, at: Instance, ids: dict[str, None], below: list[Below]) -> None:
        """Steps for everything that a formula of the policy reads at an entry."""
        self._gather(self.phrases.of(formula).reads, at, ids, below)

    def _gather(
        self,
        reads: tuple[ir.Expression, ...],
        at: Instance,
        ids: dict[str, None],
        below: list[Below],
        kept: Phrases | None = None,
    ) -> None:
        """The same of what one reads; `kept`: where the phrases of what stands in it are, if not with the policy's."""
        for node in reads:
            if isinstance(node, (ir.FactRef, ir.RuleRef)):
                here = self.interpretation.up(at, node.up) if node.up else at
                if here is None:
                    continue
                if isinstance(node, ir.FactRef):
                    ids[self.fact(here, node.name)] = None
                else:
                    ids[self.id_of(here, node.name)] = None
                    below.append(Below(self, here, node.name))
                continue
            for inner, entry, passing_ in self._inside(node, at, ids, below, kept):
                self._gather((passing_ or self.phrases).of(inner).reads, entry, ids, below, passing_)

    def _inside(
        self, node: ir.Expression, entry: Instance, ids: dict[str, None], below: list[Below], kept: Phrases | None
    ) -> Iterator[tuple[ir.Expression, Instance, Phrases | None]]:
        """What is read inside of what the case decides about, with whose it is; its own step goes into `ids`."""
        by = self.interpretation
        match node:
            case ir.ParameterRef():
                ids[self.parameter(node, self._keys(node, entry))] = None
                yield from ((k, entry, kept) for k in node.keys)
            case ir.CarriedRef():
                here = by.up(entry, node.up)
                if here is not None and here.carried[node.name] is not NOTHING:
                    ids[self.carried(here, node.name)] = None
            case ir.Window():
                here = by.up(entry, node.up)
                if here is not None:
                    ids.update(dict.fromkeys(self.months(here, node)))
                    if node.default is not None and self._fewer(here, node):
                        yield node.default, entry, kept
            case ir.Past():
                yield from ((c, entry, kept) for c in self.looked_at(node, entry))
            case ir.IfInForce():
                yield from ((c, entry, kept) for c in self.found(node, entry))
            case ir.AsOf():
                self._as_of(node, entry, ids, below)
                keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
                yield from ((k, entry, kept) for k in (node.day, *keys))
            case ir.Outside():
                yield node.value, by.entry_at(node.at), kept
            case ir.Aggregate():
                bound = by.bound(node, entry)
                if bound is not node:
                    node, kept = bound, passing(by)
                entries = by.entries(node, entry)
                both = tuple(p for p in (node.where, node.value) if p is not None)
                for inner in entries if isinstance(entries, list) else ():
                    out = node.where is not None and by.evaluate(node.where, inner) is False
                    yield from ((p, inner, kept) for p in (both[:1] if out else both))
                if node.default is not None and not entries:
                    yield node.default, entry, kept

    def looked_at(self, node: ir.Past, entry: Instance) -> tuple[ir.Expression, ...]:
        """What a look-back rests on at an entry: its guard, and what the guard lets it read."""
        guard = () if node.guard is None else (node.guard,)
        holds = True if node.guard is None else self.interpretation.evaluate(node.guard, entry)
        if holds is False:
            return guard if node.otherwise is None else (*guard, node.otherwise)
        if self.interpretation.evaluate(node.value, entry) is NOTHING:
            return guard if node.default is None else (*guard, node.default)
        return (*guard, node.value)

    def found(self, node: ir.IfInForce, entry: Instance) -> tuple[ir.Expression, ...]:
        """What 现行 rests on at an entry: the value where it is in force, else what says that it is not, and the default."""
        holds = self.interpretation.is_in_force(node.value, entry)
        if holds is True:
            return (node.value,)
        day = (node.value.day,) if isinstance(node.value, ir.AsOf) else ()
        read = node.value.value if isinstance(node.value, ir.AsOf) else node.value
        keys = read.keys if isinstance(read, ir.ParameterRef) else ()
        return (*day, *keys, *((node.default,) if holds is False else ()))

    def _fewer(self, entry: Instance, node: ir.Window) -> bool:
        """Whether a window's default stands for something."""
        lacking, there = self.interpretation.lacking(entry, node), self.interpretation.months(entry, node)
        return bool(lacking) or (not there and node.function in ("max", "min", "average"))

    def months(self, entry: Instance, node: ir.Window) -> list[str]:
        """The steps of the months that a window looks at, each by its month; one where none of them is known."""
        if isinstance(entry.carried[node.name], Held) and entry.carried[node.name] is not NOTHING:
            return [self.carried(entry, node.name)]
        values = self.interpretation.months(entry, node)
        first = self.interpretation.on // 100 * 100 + 1
        return [
            self.carried(entry, node.name, day_text(add_months(first, n - len(values)))[:7], value)
            for n, value in enumerate(values)
            if value is not NOTHING
        ]

    def carried(self, entry: Instance, name: str, month: str = "", past: Value = NOTHING) -> str:
        """The step of a value that came over from last month; with a month, of that month's value in a window."""
        carried = next(c for c in entry.entity.carried if c.name == name)
        id_ = f"{entry.path}.{PREVIOUS[0]}.{name_of(carried)}" + (f".{month}" if month else "")
        if id_ not in self.steps:
            self.steps[id_] = handed_over(id_, entry, carried, self._declared(entry.entity.name, carried), month, past)
        return id_

    def _declared(self, entity: str, carried: ir.Carried) -> ir.Rule | ir.Fact:
        """The rule or the fact whose value is carried."""
        if carried.source == "rule":
            return self.rules[entity, carried.of]
        return self.phrases.facts[entity, carried.of][1]

    def _as_of(self, node: ir.AsOf, entry: Instance, ids: dict[str, None], below: list[Below]) -> None:
        """What is read under the law of another day, once that day is known."""
        day = self.interpretation.evaluate(node.day, entry)
        if not known(day):
            return
        other = self.under(day)
        if isinstance(node.value, ir.ParameterRef):
            ids[other.parameter(node.value, self._keys(node.value, entry))] = None
            return
        here = self.interpretation.up(entry, node.value.up)
        if here is not None:
            ids[other.id_of(here, node.value.name)] = None
            below.append(Below(other, here, node.value.name))

    def fact(self, entry: Instance, name: str) -> str:
        id_ = f"{entry.path}.{name}"
        if id_ not in self.steps:
            self.steps[id_] = given_fact(self.interpretation, entry, *self.phrases.facts[entry.entity.name, name], id_)
        return id_

    def _keys(self, node: ir.ParameterRef, entry: Instance) -> tuple[Value, ...]:
        return tuple(self.interpretation.evaluate(k, entry) for k in node.keys)

    def parameter(self, node: ir.ParameterRef, keys: tuple[Value, ...]) -> str:
        parameter = self.parameters[node.name]
        name = parameter_name(node, parameter, keys)
        id_ = f"参数 {name}{self.behind}"
        if id_ in self.steps:
            return id_
        held_values = self.epoch.parameters[node.name]
        value = keyed(node, keys, lambda way: parameter_value(held_values[way], node, way, day_text(self.day)))
        if join(keys) is None:
            plan = self.plans.parameter(node, keys, self.day)
        else:
            clause = self.plans.clause(parameter, keys)
            plan = ParameterPlan(None, clause, parameter.place, None, parameter.assumptions, "", None)
        source = plan.source
        ids: dict[str, None] = {}
        if plan.formula is not None:
            self.gather(plan.formula, self.interpretation.root, ids, [])
        self.steps[id_] = Step(
            id_,
            "parameter",
            "",
            "",
            name,
            parameter.type,
            value,
            plan.clause,
            plan.place,
            None,
            since=source.since if source else 0,
            until=source.until if source else ir.OPEN,
            published=source.published if source else 0,
            review=source.review if source else 0,
            assumptions=tuple(dict.fromkeys(plan.assumptions)),
            missing=plan.missing,
            formula=plan.formula,
            displaced=plan.displaced,
            children=tuple(ids),
            law=self.law,
        )
        return id_
