"""Makes the tree of reasons (explanation.py) from a decision's values: each step once, whatever asks for it."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends.interpret import Instance, Interpretation, dated, evaluate_parameter, locate, parameter_value
from ..backends.runtime import NOTHING, Unknown, add_months
from ..backends.runtime import Held as HeldBack
from ..backends.show import day_text
from ..backends.values import Undetermined, Value, join, known
from ..diagnostics.report import PolicyError, diagnostic, suggestion
from ..ir import nodes as ir
from ..ir.disjoint import shape
from ..ir.epoch import Held, InForce, Missing, entries_on, held, lines_on
from ..ir.traverse import children, walk
from ..model.functions import BY_KEY
from ..model.words import PREVIOUS
from ..syntax.keywords import BY_TERMINAL
from .explanation import Considered, Displaced, Explanation, Part, Step
from .formula import parts_of

if TYPE_CHECKING:
    from ..decision import Decision


class Below(NamedTuple):
    """A rule whose step is to be made: by which explainer, of which entry."""

    by: "Explainer"
    entry: Instance
    name: str


def explain(decision: "Decision", output: str | None = None) -> Explanation:
    """The reasons for an output (its path, or the end of it), or for all. Raises PolicyError P0803 for an unknown one."""
    paths = list(decision)
    if output is None:
        wanted = paths
    else:
        wanted = [p for p in paths if p == output] or [p for p in paths if p.endswith(f".{output}")]
        if not wanted:
            raise no_output(decision, output, [*paths, *dict.fromkeys(p.rpartition(".")[2] for p in paths)])
    return Explainer(decision).of(wanted)


def no_output(decision: "Decision", path: str, names: list[str]) -> PolicyError:
    """P0803: what else may have been meant, or since when the policy has such an output, or until when."""
    hint = suggestion(path, names)
    rules = [r for r in decision.epoch.program.rules if r.name == path.rpartition(".")[2]]
    lines = [line for r in rules for line in r.lines if line.kind != "exception"]
    on = day_text(decision.day)
    if lines and decision.day < (since := min(line.since for line in lines)):
        day = day_text(since)
        hint = f"{on} 还没有这一项，{day} 起才有", f"not yet on {on}: there is one from {day} on"
    elif lines and decision.day > (until := max(line.ends for line in lines)):
        day = day_text(until)
        hint = f"{on} 已经没有这一项，到 {day} 为止", f"no longer on {on}: there was one until {day}"
    return PolicyError([diagnostic("P0803", at=path, name=path, hint=hint)])


class Explainer:
    """Explains outputs of one decision. A step is made once, whatever asks for it. `law`: the day whose law it looks at, where that is
    not the decision's own."""

    def __init__(
        self,
        decision: "Decision",
        interpretation: Interpretation | None = None,
        law: int = 0,
        steps: dict[str, Step] | None = None,
    ) -> None:
        self.decision = decision
        self.interpretation = interpretation or Interpretation(decision.epoch, decision.day, decision.recorded())
        self.epoch = self.interpretation.epoch
        self.program = self.epoch.program
        self.law = law
        self.day = law or self.interpretation.on
        self.behind = f" {BY_TERMINAL['ON'].zh} {day_text(law)}" if law else ""  # an id says whose law it is about
        self.others: dict[int, Explainer] = {}
        self.rules = {(r.entity, r.name): r for r in self.program.rules}
        self.parameters = {p.name: p for p in self.program.parameters}
        self.facts = {(e.name, f.name): (i, f) for e in self.program.entities for i, f in enumerate(e.facts)}
        self.steps: dict[str, Step] = {} if steps is None else steps

    def under(self, day: int) -> "Explainer":
        """What makes the steps of another day's law, in the same table."""
        if day not in self.others:
            self.others[day] = Explainer(self.decision, self.interpretation.under(day), day, self.steps)
        return self.others[day]

    def of(self, paths: list[str]) -> Explanation:
        """The reasons for outputs, by their whole paths."""
        for path in paths:
            self.output(path)
        return Explanation(self.decision.policy, self.decision.digest, self.interpretation, paths, self.steps)

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
            applied, considered = self.lines(found, entry, value)
            displaced = _displaced_in(applied[0].line) if applied else None
            if displaced is not None:
                given_up = entry.values[displaced]
            elif applied and applied[0].line.kind == "exception":
                other = self.interpretation.body(found, entry)
                if known(other) and other != value:
                    given_up = other
                    given_up_lines = self.giving(found, entry, other)
                    formulas += [x.result for x in given_up_lines]
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
        assumptions = [*rule.assumptions, *(a for c in applied for a in c.line.assumptions)]
        step = Step(
            id=self.id_of(entry, rule.name),
            kind="displaced" if rule.displaces else "benefit" if rule.benefit else "rule",
            entity=rule.entity,
            path=entry.path,
            name=rule.called,
            type=rule.type,
            value=value,
            clause=lead.clause if lead is not None and lead.clause.document else rule.clause,
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
            mode=found.mode if found is not None else "",
            missing="",
            published=lead.published if lead else 0,
            formula=None,
            displaced=self.displaced(rule, lead),
            at=entry,
            children=tuple(ids),
            law=self.law,
            without=rule.without,
        )
        return step, below

    def displaced(self, rule: ir.Rule, lead: ir.Line | None) -> Displaced | None:
        """The lines of the nearest upper layer in whose place the line that applied stands."""
        lines = displaced_lines(rule, lead, self.day, self.epoch.known) if lead is not None else ()
        return Displaced(lines[0].clause, None, lines) if lines else None

    def consider(self, line: ir.Line, entry: Instance) -> Considered:
        if line.condition is None:
            return Considered(line, True, ())
        parts: Iterable[ir.Expression] = (line.condition,)
        if isinstance(line.condition, ir.Logic) and line.condition.joined == "and":
            parts = parts_of(line.condition)
        made = tuple(Part(p, self.interpretation.evaluate(p, entry)) for p in parts)
        holds = made[0].holds if len(made) == 1 else self.interpretation.evaluate(line.condition, entry)
        return Considered(line, holds, made)

    def lines(self, found: InForce, entry: Instance, value: Value) -> tuple[list[Considered], list[Considered]]:
        """(lines that gave the value, lines that were looked at and did not), by the recorded pick or by their conditions."""
        exceptions = [self.consider(x, entry) for x in found.exceptions]
        order = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
        pick = None if self.law else entry.picks.get(found.rule.name)
        picked = order[pick] if isinstance(pick, int) and 0 <= pick < len(order) else None
        if picked is not None and not found.mode and picked.kind in ("value", "branch", "row", "transition"):
            return [self.consider(picked, entry)], exceptions
        winners = [c for c in exceptions if c.line is picked] or self._winners(exceptions, entry, value)
        if winners:
            return winners, [c for c in exceptions if c not in winners]
        body = [self.consider(x, entry) for x in found.body]
        if found.mode == "first":
            settled = next((i for i, c in enumerate(body) if c.holds is not False), len(body))
            body = body[: settled + 1]  # nobody looks below the line that applies
        if found.rule.status:  # only the transitions that lead from last month's state
            body = [c for c in body if c.parts[0].holds is not False]
        applying = [c for c in body if c.holds is True]
        if found.mode in ("highest", "lowest") and known(value):
            applying = [c for c in applying if self.interpretation.evaluate(c.line.result, entry) == value]
        rest = [c for c in body if c not in applying]
        if known(value) and not applying and found.otherwise is not None:
            applying = [Considered(found.otherwise, True, ())]
        elif known(value) and applying and not found.mode:
            rest = []  # no other branch or row can apply beside it
        return applying, [*exceptions, *rest]

    def _winners(self, exceptions: list[Considered], entry: Instance, value: Value) -> list[Considered]:
        """The exception that gave the value, where no recording says so; all that hold, where there is no value."""
        holding = [c for c in exceptions if c.holds is True]
        if not known(value):
            return holding
        return [c for c in holding if self.interpretation.evaluate(c.line.result, entry) == value][:1]

    def giving(self, found: InForce, entry: Instance, value: Value) -> tuple[ir.Line, ...]:
        """The lines that give the body's known value: all that are summed, else the first that applies with that result."""
        evaluate = self.interpretation.evaluate
        holding = [x for x in found.body if x.condition is None or evaluate(x.condition, entry) is True]
        if found.mode != "sum":
            holding = [x for x in holding if evaluate(x.result, entry) == value][:1]
        return tuple(holding) or ((found.otherwise,) if found.otherwise is not None else ())

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
                        if node.default is not None and len(self.interpretation.months(here, node)) < node.months:
                            stack.append((node.default, entry))
                case ir.Past():
                    stack.extend((c, entry) for c in reversed(self.looked_at(node, entry)))
                case ir.AsOf():
                    self._as_of(node, entry, ids, below)
                    keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
                    stack.extend((k, entry) for k in reversed((node.day, *keys)))
                case ir.Aggregate():
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

    def months(self, entry: Instance, node: ir.Window) -> list[str]:
        """The steps of the months that a window looks at, each by its month; one where none of them is known."""
        if isinstance(entry.carried[node.name], HeldBack) and entry.carried[node.name] is not NOTHING:
            return [self.carried(entry, node.name)]
        values = self.interpretation.months(entry, node)
        first = self.interpretation.on // 100 * 100 + 1
        return [
            self.carried(entry, node.name, day_text(add_months(first, n - len(values)))[:7], value)
            for n, value in enumerate(values)
        ]

    def carried(self, entry: Instance, name: str, month: str = "", past: Value = NOTHING) -> str:
        """The step of a value that came over from last month; with a month, of that month's value in a window."""
        id_ = f"{entry.path}.{PREVIOUS[0]}.{name}" + (f".{month}" if month else "")
        if id_ not in self.steps:
            carried = next(c for c in entry.entity.carried if c.name == name)
            rule = self.rules.get((entry.entity.name, carried.of))
            fact = self.facts.get((entry.entity.name, carried.of))
            declared: ir.Rule | ir.Fact | None = rule if carried.source == "rule" else fact[1] if fact else None
            assert declared is not None
            value = past if month else entry.carried[name]
            if isinstance(value, HeldBack):
                value = value.value
            self.steps[id_] = self._leaf(
                id=id_,
                kind="past",
                entity=entry.entity.name,
                path=entry.path,
                name=f"{name}.{month}" if month else name,
                type=carried.type,
                value=value,
                clause=declared.clause,
                place=declared.place,
                at=entry,
            )
        return id_

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
            index, fact = self.facts[entry.entity.name, name]
            given = entry.facts[name]
            value: Value
            if isinstance(given, Unknown):
                value = Undetermined((id_,))
            else:
                step = self.interpretation.steps.get((entry.entity.name, name))
                value = given if step is None else given * step
            self.steps[id_] = self._leaf(
                id=id_,
                kind="fact",
                entity=entry.entity.name,
                path=entry.path,
                name=name,
                type=fact.type,
                value=value,
                clause=fact.clause,
                place=fact.place,
                decided_by=fact.by,
                default_used=bool(entry.data[len(entry.entity.facts) + len(entry.entity.lists)] >> index & 1),
                at=entry,
            )
        return id_

    def _keys(self, node: ir.ParameterRef, entry: Instance) -> tuple[Value, ...]:
        return tuple(self.interpretation.evaluate(k, entry) for k in node.keys)

    def parameter(self, node: ir.ParameterRef, keys: tuple[Value, ...]) -> str:
        parameter = self.parameters[node.name]
        names = tuple(t.members[k] if known(k) else "?" for t, k in zip(parameter.key_types, keys, strict=True))
        name = f"{node.name}({', '.join(names)})" if names else node.name
        name = f"{BY_KEY['floor_of'].zh[0]}({name})" if node.floor else name
        id_ = f"参数 {name}{self.behind}"
        if id_ in self.steps:
            return id_
        found: Held | None = None
        source: ir.Entry | None = None
        value: Value = join(keys)
        if value is None:
            found = self.epoch.parameters[node.name][keys]
            value = parameter_value(found, node, day_text(self.day))
            exact, floor = held(parameter, keys, self.day, self.epoch.known)
            source = floor or exact if node.floor else found.entry
        ids: dict[str, None] = {}
        formula = None
        if source is not None and source.value is not None:
            formula = _filled(source.value, keys)
            self.gather(formula, self.interpretation.root, ids, [])
        self.steps[id_] = self._leaf(
            id=id_,
            kind="parameter",
            entity="",
            path="",
            name=name,
            type=parameter.type,
            value=value,
            clause=source.clause if source is not None else parameter.clause,
            place=source.place if source else parameter.place,
            since=source.since if source else 0,
            until=source.until if source else ir.OPEN,
            published=source.published if source else 0,
            assumptions=(*parameter.assumptions, *(source.assumptions if source else ())),
            missing=found.value.kind if found is not None and isinstance(found.value, Missing) else "",
            formula=formula,
            displaced=self._displaced_value(parameter, keys, source) if source is not None else None,
            children=tuple(ids),
            law=self.law,
        )
        return id_

    def _displaced_value(self, parameter: ir.Parameter, keys: tuple[int, ...], source: ir.Entry) -> Displaced | None:
        """The value of the nearest upper layer that the lower layer's hides on this day."""
        on = self.day
        below = [
            e
            for e in entries_on(parameter, keys, on, self.epoch.known)
            if e.layer < source.layer and e.kind == "exact" and e.value is not None
        ]
        hidden = max(below, key=lambda e: (e.layer, e.since), default=None)
        if hidden is None or hidden.value is None or hidden.clause.policy == source.clause.policy:
            return None
        value = evaluate_parameter(hidden.value, keys, self.epoch.parameters, on)
        return (
            Displaced(hidden.clause, value, ()) if value != self.epoch.parameters[parameter.name][keys].value else None
        )

    @staticmethod
    def _leaf(**given: Any) -> Step:
        """A step that no rule gives: a fact or a parameter."""
        usual: dict[str, Any] = {
            "applied": (), "considered": (), "since": 0, "until": ir.OPEN, "assumptions": (), "decided_by": "", "default_used": False,
            "given_up": None, "given_up_lines": (), "mode": "", "missing": "", "published": 0, "formula": None, "displaced": None,
            "at": None, "children": (),
        }  # fmt: skip
        return Step(**(usual | given))


def displaced_lines(rule: ir.Rule, lead: ir.Line, on: int, known: int | None = None) -> tuple[ir.Line, ...]:
    """The lines of the nearest upper layer in whose place a line stands on a day, as known on another: those with its condition, where
    there are any; else those whose condition the lower layer does not name."""
    if lead.layer == 0 or (lead.kind == "exception" and not lead.key):
        return ()
    below = [x for x in lines_on(rule, on, known) if x.layer < lead.layer]
    if lead.kind in ("value", "branch"):
        below = [x for x in below if x.kind in ("value", "branch", "row")]
    else:
        below = [x for x in below if x.kind == lead.kind and x.key == lead.key]
    nearest = max((x.layer for x in below), default=-1)
    there = [x for x in below if x.layer == nearest]
    alike = [x for x in there if shape(x.condition) == shape(lead.condition)]
    if not alike:
        own = {shape(x.condition) for x in lines_on(rule, on, known) if x.layer == lead.layer}
        alike = [x for x in there if shape(x.condition) not in own]
    return tuple(x for x in alike if not _says_the_same(x, lead))


def _displaced_in(line: ir.Line) -> str | None:
    """The rule that a line's result reads as 原值."""
    return next((x.name for x in walk(line.result) if isinstance(x, ir.RuleRef) and x.displaced), None)


def _says_the_same(a: ir.Line, b: ir.Line) -> bool:
    """Whether two lines have one condition and one result, wherever they stand."""
    return (a.kind, shape(a.condition), shape(a.result)) == (b.kind, shape(b.condition), shape(b.result))


def _filled(node: ir.Expression, keys: tuple[int, ...]) -> ir.Expression:
    """A parameter's formula with the keys at hand written in."""
    if isinstance(node, ir.KeyRef):
        return ir.Constant(keys[node.position], node.type, node.place)
    made: dict[str, Any] = {}
    for field, value in zip(node._fields, node, strict=True):
        if isinstance(value, ir.Expression):
            made[field] = _filled(value, keys)
        elif isinstance(value, tuple) and value and all(isinstance(x, ir.Expression) for x in value):
            made[field] = tuple(_filled(x, keys) for x in value)
    return node._replace(**made)
