"""Makes the tree of reasons (explanation.py) from a decision's values: each step once, whatever asks for it."""

from typing import NamedTuple

from ..backends.entries import Instance, locate
from ..backends.formatting import day_text
from ..backends.interpret.interpretation import Interpretation, dated
from ..backends.interpret.parameters import keyed, parameter_value
from ..backends.payment import part_name
from ..backends.runtime import NOTHING, Held, add_months
from ..backends.values import Value, join, known, possible
from ..ir import nodes as ir
from ..ir.in_force import Held as Valued
from ..ir.in_force import Missing, held
from ..ir.traverse import children
from ..model.clause import Clause
from ..model.functions import BY_KEY
from ..model.reserved_keys import PARTS, PREVIOUS
from ..syntax.keywords import BY_TERMINAL
from .displaced import displaced_in, displaced_lines, displaced_value
from .explanation import Considered, Displaced, Explanation, Step
from .leaves import filled, given_fact, handed_over, key_name, leaf, name_of
from .lines import giving, looked_at


class Below(NamedTuple):
    """A rule whose step is to be made: by which explainer, of which entry."""

    by: "Explainer"
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
        self.rules = {(r.entity, r.name): r for r in self.program.rules}
        self.parts = {(r.entity, r.name): part_name(r) for r in self.program.rules if r.parts is not None}
        self.parameters = {p.name: p for p in self.program.parameters}
        self.facts = {(e.name, f.name): (i, f) for e in self.program.entities for i, f in enumerate(e.facts)}
        self.steps: dict[str, Step] = {} if steps is None else steps
        self._values: dict[str, dict[int, Value]] = {}  # by entry and formula
        self._formulas: list[ir.Expression] = []  # kept, so that no two have one id

    def evaluate(self, formula: ir.Expression, at: Instance) -> Value:
        """The value of a formula at an entry, worked out once."""
        values = self._values.get(at.path)
        if values is None:
            values = self._values[at.path] = {}
        key = id(formula)
        if key not in values:
            values[key] = self.interpretation.evaluate(formula, at)
            self._formulas.append(formula)
        return values[key]

    def under(self, day: int) -> "Explainer":
        """What makes the steps of another day's law, in the same table."""
        if day not in self.others:
            self.others[day] = Explainer(self.policy, self.digest, self.interpretation.under(day), day, self.steps)
        return self.others[day]

    def of(self, paths: list[str]) -> Explanation:
        """The reasons for outputs, by their whole paths, each benefit in parts followed by its part."""
        roots = paths if not self.parts else [p for path in paths for p in self._with_part(path)]
        for path in roots:
            self.output(path)
        return Explanation(self.policy, self.digest, self.interpretation, roots, self.steps)

    def _with_part(self, path: str) -> list[str]:
        entry, name = self._split(path)
        part = self.parts.get((entry.entity.name, name))
        return [path] if part is None else [path, f"{entry.path}.{part}"]

    def output(self, path: str) -> None:
        """Makes the step of an output and of all it rests on, without recursion: a long chain of rules is no danger."""
        stack: list[Below] = [Below(self, *self._split(path))]
        while stack:
            made, entry, name = stack.pop()
            id_ = made.id_of(entry, name)
            if id_ in self.steps:
                continue
            rule = self.rules[entry.entity.name, name]
            step, below = made.rule(rule, entry)
            self.steps[id_] = step
            stack.extend(reversed(below))

    def id_of(self, entry: Instance, name: str) -> str:
        """The id of a rule's step."""
        return f"{entry.path}.{name}{self.behind}"

    def _split(self, path: str) -> tuple[Instance, str]:
        found = locate(self.interpretation.root, path)
        assert found is not None
        return found

    # --- rules

    def rule(self, rule: ir.Rule, entry: Instance) -> tuple[Step, list[Below]]:
        found = self.epoch.rules[rule.entity, rule.name]
        value = dated(self.interpretation.value(entry, rule.name), self.day)
        applied: list[Considered] = []
        considered: list[Considered] = []
        given_up: Value = None
        given_up_lines: tuple[ir.Line, ...] = ()
        formulas: list[ir.Expression] = []
        if found is not None:
            applied, considered = looked_at(self.interpretation, found, entry, value, self._pick(entry, rule))
            displaced = displaced_in(applied[0].line) if applied else None
            if displaced is not None:
                given_up = entry.values[displaced]
            elif applied and applied[0].line.kind == "exception" and applied[0].line.key != ir.PAID_ON:
                other = self.interpretation.body(found, entry)
                if known(other) and other != value:
                    given_up = other
                    given_up_lines = giving(self.interpretation, found, entry, other)
                    formulas += [x.result for x in given_up_lines]
            if rule.hidden and rule.name.partition("(")[0] in PARTS:
                considered = []  # lines of other months
            for c in applied:
                formulas += [*(p.formula for p in c.parts), c.line.result]
            for c in considered:
                formulas += [p.formula for p in c.reasons]
                if c.holds is not False:
                    formulas.append(c.line.result)
        below: list[Below] = []
        ids: dict[str, None] = {}
        for formula in formulas:
            self.gather(formula, entry, ids, below)
        lead = applied[0].line if applied else None
        open_ = (c.line for c in considered if c.holds is not False)
        spoken = lead or max(
            open_, key=lambda x: x.layer, default=None
        )  # whose clause it is; while open the lowest layer's
        other_layer = spoken is not None and spoken.clause.policy != rule.clause.policy
        own = other_layer or (lead is not None and lead.clause.document)
        assumptions = [*rule.assumptions, *(a for c in applied for a in c.line.assumptions)]
        step = Step(
            id=self.id_of(entry, rule.name),
            kind=self._kind(rule),
            entity=rule.entity,
            path=entry.path,
            name=rule.called,
            type=rule.type,
            value=value,
            clause=spoken.clause if spoken is not None and own else rule.clause,
            place=lead.place if lead else rule.place,
            applied=tuple(applied),
            considered=tuple(considered),
            since=lead.since if lead else 0,
            until=lead.until if lead else ir.OPEN,
            assumptions=tuple(dict.fromkeys(assumptions)),
            decided_by="",
            default_used=False,
            given_up=given_up,
            given_up_lines=given_up_lines,
            mode=found.mode if found is not None and not rule.hidden else "",
            missing="",
            published=lead.published if lead else 0,
            formula=None,
            displaced=self.displaced(rule, lead),
            at=entry,
            children=tuple(ids),
            review=min((c.line.review for c in applied if c.line.review), default=0),
            law=self.law,
            without=rule.without,
        )
        return step, below

    def _kind(self, rule: ir.Rule) -> str:
        if rule.hidden and rule.name in self.parts.values():
            return "part"
        return "displaced" if rule.displaces else "benefit" if rule.benefit else "rule"

    def _pick(self, entry: Instance, rule: ir.Rule) -> object:
        """The recorded line; nothing is recorded of another day's law."""
        return None if self.law else entry.picks.get(rule.name)

    def displaced(self, rule: ir.Rule, lead: ir.Line | None) -> Displaced | None:
        """The lines of the nearest upper layer in whose place the line that applied stands."""
        lines = displaced_lines(rule, lead, self.day, self.epoch.known) if lead is not None else ()
        return Displaced(lines[0].clause, None, lines) if lines else None

    # --- what a formula rests on

    def gather(self, formula: ir.Expression, at: Instance, ids: dict[str, None], below: list[Below]) -> None:
        """Steps for everything that a formula reads at an entry."""
        stack: list[tuple[ir.Expression, Instance]] = [(formula, at)]
        while stack:
            node, entry = stack.pop()
            match node:
                case ir.FactRef():
                    here = self.interpretation.up(entry, node.up)
                    if here is not None:
                        ids[self.fact(here, node.name)] = None
                case ir.RuleRef():
                    here = self.interpretation.up(entry, node.up)
                    if here is not None:
                        ids[self.id_of(here, node.name)] = None
                        below.append(Below(self, here, node.name))
                case ir.ParameterRef():
                    ids[self.parameter(node, self._keys(node, entry))] = None
                    stack.extend((k, entry) for k in reversed(node.keys))
                case ir.CarriedRef():
                    here = self.interpretation.up(entry, node.up)
                    if here is not None and here.carried[node.name] is not NOTHING:
                        ids[self.carried(here, node.name)] = None
                case ir.Window():
                    here = self.interpretation.up(entry, node.up)
                    if here is not None:
                        ids.update(dict.fromkeys(self.months(here, node)))
                        if node.default is not None and self._fewer(here, node):
                            stack.append((node.default, entry))
                case ir.Past():
                    stack.extend((c, entry) for c in reversed(self.looked_at(node, entry)))
                case ir.IfInForce():
                    stack.extend((c, entry) for c in reversed(self.found(node, entry)))
                case ir.AsOf():
                    self._as_of(node, entry, ids, below)
                    keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
                    stack.extend((k, entry) for k in reversed((node.day, *keys)))
                case ir.Outside():
                    stack.append((node.value, self.interpretation.entry_at(node.at)))
                case ir.Aggregate():
                    node = self.interpretation.bound(node, entry)
                    entries = self.interpretation.entries(node, entry)
                    for inner in reversed(entries if isinstance(entries, list) else []):
                        parts = [p for p in (node.where, node.value) if p is not None]
                        if node.where is not None and self.interpretation.evaluate(node.where, inner) is False:
                            parts = [node.where]
                        stack.extend((p, inner) for p in reversed(parts))
                    if node.default is not None and not entries:
                        stack.append((node.default, entry))
                case _:
                    stack.extend((c, entry) for c in reversed(children(node)))

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
        return self.facts[entity, carried.of][1]

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
            self.steps[id_] = given_fact(self.interpretation, entry, *self.facts[entry.entity.name, name])
        return id_

    def _keys(self, node: ir.ParameterRef, entry: Instance) -> tuple[Value, ...]:
        return tuple(self.interpretation.evaluate(k, entry) for k in node.keys)

    def _clause(self, parameter: ir.Parameter, keys: tuple[Value, ...]) -> Clause:
        """Where a parameter stands in the law while its keys are open: where all that they may give stands, else where it is declared."""
        left = [possible(k, t) for k, t in zip(keys, parameter.key_types, strict=True)]
        found = {
            x.entry.clause
            for way, x in self.epoch.parameters[parameter.name].items()
            if x.entry is not None
            and all(not isinstance(s, frozenset) or k in s for k, s in zip(way, left, strict=True))
        }
        return found.pop() if len(found) == 1 else parameter.clause

    def parameter(self, node: ir.ParameterRef, keys: tuple[Value, ...]) -> str:
        parameter = self.parameters[node.name]
        names = tuple(key_name(k, t) for t, k in zip(parameter.key_types, keys, strict=True))
        name = f"{node.name}({', '.join(names)})" if names else node.name
        name = f"{BY_KEY['floor_of'].zh[0]}({name})" if node.floor else name
        id_ = f"参数 {name}{self.behind}"
        if id_ in self.steps:
            return id_
        found: Valued | None = None
        source: ir.Entry | None = None
        held_values = self.epoch.parameters[node.name]
        value = keyed(node, keys, lambda way: parameter_value(held_values[way], node, way, day_text(self.day)))
        if join(keys) is None:
            found = held_values[keys]
            exact, floor = held(parameter, keys, self.day, self.epoch.known)
            source = floor or exact if node.floor else found.entry
        ids: dict[str, None] = {}
        formula = None
        if source is not None and source.value is not None:
            formula = filled(source.value, keys)
            self.gather(formula, self.interpretation.root, ids, [])
        self.steps[id_] = leaf(
            id=id_,
            kind="parameter",
            entity="",
            path="",
            name=name,
            type=parameter.type,
            value=value,
            clause=source.clause if source is not None else self._clause(parameter, keys),
            place=source.place if source else parameter.place,
            since=source.since if source else 0,
            until=source.until if source else ir.OPEN,
            published=source.published if source else 0,
            review=source.review if source else 0,
            assumptions=tuple(dict.fromkeys((*parameter.assumptions, *(source.assumptions if source else ())))),
            missing=found.value.kind if found is not None and isinstance(found.value, Missing) else "",
            formula=formula,
            displaced=displaced_value(self.epoch, self.day, parameter, keys, source) if source is not None else None,
            children=tuple(ids),
            law=self.law,
        )
        return id_
