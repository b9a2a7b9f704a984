"""What steps say by the law alone: of a rule, of each line that may give its value, of a parameter for its keys. Kept with an epoch."""

from __future__ import annotations

from typing import NamedTuple

from ..backends.epoch import Epoch
from ..backends.values import Failure, Value, possible
from ..ir import nodes as ir
from ..ir.in_force import InForce, Missing, held
from ..model.clause import Clause
from ..model.functions import BY_KEY
from ..model.reserved_keys import PARTS
from ..source import Place
from .displaced import displaced_in, displaced_lines, displaced_value
from .explanation import Displaced
from .leaves import key_name
from .phrases import Phrases


class Lead(NamedTuple):
    """What a step says by the line that gave its value. `reads`: the rule that it reads as 原值."""

    clause: Clause
    place: Place
    dates: tuple[int, int]  # since, until
    published: int
    review: int
    displaced: Displaced | None
    reads: str | None
    assumptions: tuple[str, ...]


class RulePlan:
    """A rule. `passing`: its lines are of other months, so that those that were looked at say nothing."""

    __slots__ = ("_leads", "assumptions", "called", "found", "kind", "mode", "passing", "rule")

    def __init__(self, rule: ir.Rule, found: InForce | None, part: bool) -> None:
        self.rule = rule
        self.found = found
        self.called = rule.called
        self.assumptions = tuple(dict.fromkeys(rule.assumptions))
        self.kind = "part" if part else "displaced" if rule.displaces else "benefit" if rule.benefit else "rule"
        self.mode = found.mode if found is not None and not rule.hidden else ""
        self.passing = rule.hidden and rule.name.partition("(")[0] in PARTS
        self._leads: dict[int, Lead] = {}

    def lead(self, line: ir.Line, day: int, known: int | None) -> Lead:
        """What is said by a line, one of the rule's; the same on all days of the epoch."""
        made = self._leads.get(id(line))
        if made is None:
            rule = self.rule
            own = line.clause.policy != rule.clause.policy or line.clause.document
            lines = displaced_lines(rule, line, day, known)
            made = self._leads[id(line)] = Lead(
                line.clause if own else rule.clause,
                line.place,
                (line.since, line.until),
                line.published,
                line.review,
                Displaced(lines[0].clause, None, lines) if lines else None,
                displaced_in(line),
                tuple(dict.fromkeys((*self.assumptions, *line.assumptions))),
            )
        return made

    def clause(self, open_: list[ir.Line]) -> Clause:
        """Whose clause it is where no line gave a value: while lines are open the lowest layer's."""
        own = self.rule.clause
        spoken = max(open_, key=lambda x: x.layer, default=None)
        return spoken.clause if spoken is not None and spoken.clause.policy != own.policy else own


class ParameterPlan(NamedTuple):
    """A parameter for known keys: `source` is the entry that gives it."""

    source: ir.Entry | None
    clause: Clause
    place: Place
    formula: ir.Expression | None
    assumptions: tuple[str, ...]
    missing: str
    displaced: Displaced | None


class Plans:
    """Those of an epoch, made when they are first asked for. Writing one twice does no harm, and nothing of a case is in them."""

    def __init__(self, epoch: Epoch, phrases: Phrases) -> None:
        self.epoch = epoch
        self.phrases = phrases
        self._rules: dict[tuple[str, str], RulePlan] = {}
        self._parameters: dict[tuple[str, tuple[int, ...], bool], ParameterPlan] = {}

    def rule(self, key: tuple[str, str]) -> RulePlan:
        made = self._rules.get(key)
        if made is None:
            rule = self.phrases.rules[key]
            part = rule.hidden and rule.name in self.phrases.paying.values()
            made = self._rules[key] = RulePlan(rule, self.epoch.rules[key], part)
        return made

    def parameter(self, node: ir.ParameterRef, keys: tuple[int, ...], day: int) -> ParameterPlan:
        made = self._parameters.get((node.name, keys, node.floor))
        if made is None:
            made = self._parameter(node, keys, day)
            values = [self.epoch.parameters[node.name][keys].value, made.displaced and made.displaced.value]
            if not any(isinstance(v, Failure) for v in values):  # whose words name a day
                self._parameters[node.name, keys, node.floor] = made
        return made

    def clause(self, parameter: ir.Parameter, keys: tuple[Value, ...]) -> Clause:
        """Where a parameter stands in the law while its keys are open: where all that they may give stands, else where it is declared."""
        left = [possible(k, t) for k, t in zip(keys, parameter.key_types, strict=True)]
        found = {
            x.entry.clause
            for way, x in self.epoch.parameters[parameter.name].items()
            if x.entry is not None
            and all(not isinstance(s, frozenset) or k in s for k, s in zip(way, left, strict=True))
        }
        return found.pop() if len(found) == 1 else parameter.clause

    def _parameter(self, node: ir.ParameterRef, keys: tuple[int, ...], day: int) -> ParameterPlan:
        epoch, parameter = self.epoch, self.phrases.parameters[node.name]
        found = epoch.parameters[node.name][keys]
        source = found.entry
        if node.floor:
            exact, floor = held(parameter, keys, day, epoch.known)
            source = floor or exact
        missing = found.value.kind if isinstance(found.value, Missing) else ""
        if source is None:
            clause = self.clause(parameter, keys)
            return ParameterPlan(None, clause, parameter.place, None, parameter.assumptions, missing, None)
        return ParameterPlan(
            source,
            source.clause,
            source.place,
            self.phrases.filled(source, keys) if source.value is not None else None,
            tuple(dict.fromkeys((*parameter.assumptions, *source.assumptions))),
            missing,
            displaced_value(epoch, day, parameter, keys, source),
        )


def parameter_name(node: ir.ParameterRef, parameter: ir.Parameter, keys: tuple[object, ...]) -> str:
    """A parameter with its keys, as its step is called."""
    names = tuple(key_name(k, t) for t, k in zip(parameter.key_types, keys, strict=True))
    name = f"{node.name}({', '.join(names)})" if names else node.name
    return f"{BY_KEY['floor_of'].zh[0]}({name})" if node.floor else name


def plans(epoch: Epoch, phrases: Phrases) -> Plans:
    """Those of an epoch."""
    found: Plans | None = epoch.plans
    if found is None:
        found = epoch.plans = Plans(epoch, phrases)
    return found
