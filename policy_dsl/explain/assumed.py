"""The 假设 that a decision rests on, without explaining it: those of what certainly stands behind the recorded lines are told at once, and
only where the policy leaves it to the case whether one counts are that rule's reasons made, by what makes all reasons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..backends.entries import Instance
from ..backends.epoch import Epoch
from ..backends.interpret.interpretation import Interpretation
from ..backends.layout import RuleKey
from ..backends.payment import part_name
from ..backends.reading_plan import Entry, Node, Reading
from ..backends.values import known
from ..ir import nodes as ir
from ..ir.in_force import InForce
from ..ir.traverse import children, formulas, walk
from ..model.reserved_keys import PARTS
from .displaced import displaced_in
from .explainer import Below, Explainer
from .lines import consider, giving
from .phrases import phrases

MOST_KEPT = 5000  # combinations of recorded lines of which is kept what stands behind them
NONE: frozenset[str] = frozenset()
CONDITIONAL = (
    ir.Aggregate,
    ir.Past,
    ir.IfInForce,
    ir.AsOf,
    ir.Window,
)  # what reads their inside or leaves it, as the case may be


class Texts(NamedTuple):
    """Of a formula: what certainly counts where reasons tell of it, and all that perhaps does."""

    sure: frozenset[str]
    every: frozenset[str]


class Open(NamedTuple):
    """Texts of which the case says whether they count: `ask` gives those that do, None where only the rule's reasons tell."""

    every: frozenset[str]
    ask: Callable[[Interpretation, Instance], frozenset[str] | None]


class Behind(NamedTuple):
    """What stands behind an entry's outputs: texts that certainly count, and by rule those that perhaps do."""

    sure: frozenset[str]
    perhaps: tuple[tuple[RuleKey, tuple[Open, ...]], ...]


class Assumed:
    """What stands behind each line in force on the days of an epoch; worked out when a recorded line is first met."""

    def __init__(self, reading: Reading, epoch: Epoch) -> None:
        self.epoch = epoch
        self.layout = reading.layout
        self.rules = {(r.entity, r.name): r for r in epoch.program.rules}
        self.parameters = {p.name: p for p in epoch.program.parameters}
        self.told = {
            key
            for node in reading.nodes.values()
            for item in node.items
            for key in ((item.rule.entity, item.rule.name), *_part(item.rule))
        }
        self._entries: dict[tuple[str, Any], Behind] = {}
        self._formulas: dict[int, tuple[ir.Expression, Texts]] = {}
        self._ever: dict[RuleKey, frozenset[str]] = {}

    def entry(self, node: Node, picks: tuple[Any, ...] | None) -> Behind:
        """`picks`: the recorded lines, in the order of the layout; None where nothing is recorded."""
        name = node.entity.name
        found = self._entries.get((name, picks))
        if found is None:
            lines = {} if picks is None else dict(zip(self.layout[name][0], picks, strict=True))
            sure: set[str] = set()
            perhaps = []
            for item in node.items:
                for key in ((name, item.rule.name), *_part(item.rule)):
                    certain, open_ = self.rule(key, lines.get(key))
                    sure |= certain
                    perhaps.append((key, open_))
            left = ((key, tuple(x for x in open_ if not x.every <= sure)) for key, open_ in perhaps)
            found = Behind(frozenset(sure), tuple((key, open_) for key, open_ in left if open_))
            if len(self._entries) >= MOST_KEPT:
                self._entries.clear()
            self._entries[name, picks] = found
        return found

    def rule(self, key: RuleKey, pick: Any) -> tuple[set[str], list[Open]]:
        """The texts that certainly count where a rule's value is given by this line, and those that perhaps do."""
        found = self.epoch.rules[key]
        sure = set(self.rules[key].assumptions)
        if found is None:
            return sure, []
        order = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
        if not isinstance(pick, int):
            return sure, [Open(frozenset().union(*map(self._line, order)), _only_reasons)]
        applied = [order[pick]] if pick >= 0 else [x for n, x in enumerate(order) if -pick >> n & 1]
        out: list[Open] = []
        for line in applied:
            sure.update(line.assumptions)
            for formula in (line.condition, line.result):
                if formula is not None:
                    sure |= self.formula(formula).sure
                    out += self._keyed(formula)
        if found.mode in ("highest", "lowest"):  # others may give the same
            out.append(Open(frozenset().union(*map(self._line, order)), _only_reasons))
            return sure, out
        looked_at = _looked_at(found, applied)
        if found.rule.hidden and found.rule.name.partition("(")[0] in PARTS:
            looked_at = []  # lines of other months
        beaten = bool(applied) and applied[0].kind == "exception"  # only beside one do others hold, too
        out += (self._failing(found, x, beaten) for x in looked_at)
        lead = applied[0] if applied else None
        if lead is not None and lead.kind == "exception" and lead.key != ir.PAID_ON and displaced_in(lead) is None:
            out.append(self._given_up(key, found))
        return sure, out

    def _line(self, line: ir.Line) -> frozenset[str]:
        said = [self.formula(f).every for f in (line.condition, line.result) if f is not None]
        return frozenset(line.assumptions).union(*said)

    def _failing(self, found: InForce, line: ir.Line, beaten: bool) -> Open:
        """A line that was looked at and did not give the value, `beaten` where it may hold: reasons name what settles it."""

        def ask(at: Interpretation, entry: Instance) -> frozenset[str] | None:
            made = consider(at, phrases(at).line(line), entry)
            if found.rule.status and made.parts and made.parts[0].holds is False:
                return NONE
            told = [p.formula for p in made.reasons]
            return self._exactly([*told, line.result] if made.holds is not False else told)

        told = [f for f in (line.condition, line.result if beaten else None) if f is not None]
        return Open(NONE.union(*(self.formula(f).every for f in told)), ask)

    def _given_up(self, key: RuleKey, found: InForce) -> Open:
        """What the body would give beside an exception."""

        def ask(at: Interpretation, entry: Instance) -> frozenset[str] | None:
            other = at.body(found, entry)
            if not known(other) or other == at.value(entry, key[1]):
                return NONE
            return self._exactly([x.result for x in giving(at, found, entry, other)])

        body = (*found.body, *((found.otherwise,) if found.otherwise else ()))
        return Open(NONE.union(*(self.formula(x.result).every for x in body)), ask)

    def _exactly(self, formulas: list[ir.Expression]) -> frozenset[str] | None:
        told = [self.formula(f) for f in formulas]
        return None if any(x.sure != x.every for x in told) else NONE.union(*(x.sure for x in told))

    # --- what stands behind a formula

    def formula(self, formula: ir.Expression) -> Texts:
        found = self._formulas.get(id(formula))
        if found is None:
            sure = frozenset(a for x in _always(formula) for a in self._source(x))
            found = self._formulas[id(formula)] = (formula, Texts(sure, sure | self._every(formula)))
        return found[1]

    def _source(self, node: ir.ParameterRef, keys: tuple[Any, ...] = ()) -> Iterator[str]:
        """Of a parameter with one source, or of its source for the keys, and of what that reads for certain."""
        values = self.epoch.parameters[node.name]
        if node.floor or (len(values) > 1 and not keys):
            return
        entry = values[keys].entry
        yield from self.parameters[node.name].assumptions
        if entry is not None:
            yield from entry.assumptions
            for inner in _always(entry.value) if entry.value is not None else ():
                yield from self._source(inner)

    def _keyed(self, formula: ir.Expression) -> Iterator[Open]:
        """Parameters in an applied line whose source depends on keys; whatever else it perhaps reads."""
        told = self.formula(formula)
        left = set(told.every - told.sure)
        for node in _always(formula):
            if node.keys and not node.floor and left:
                every = frozenset(self._parameter(node.name))
                yield Open(every, partial(self._by_keys, node))
                left -= every
        if left:
            yield Open(frozenset(left), _only_reasons)

    def _by_keys(self, node: ir.ParameterRef, at: Interpretation, entry: Instance) -> frozenset[str] | None:
        keys = tuple(at.evaluate(k, entry) for k in node.keys)
        source = self.epoch.parameters[node.name][keys].entry if all(map(known, keys)) else None
        if source is None or (
            source.value is not None and any(isinstance(x, ir.ParameterRef) for x in walk(source.value))
        ):
            return None
        return frozenset((*self.parameters[node.name].assumptions, *source.assumptions))

    def _every(self, formula: ir.Expression, any_day: bool = False) -> frozenset[str]:
        """Of all that reasons may tell of: what no output shows by itself."""
        out: set[str] = set()
        dated = {id(x.value) for x in walk(formula) if isinstance(x, ir.AsOf)}
        for node in walk(formula):
            if isinstance(node, ir.ParameterRef):
                out |= self._parameter(node.name, any_day or node.floor or id(node) in dated)
            elif isinstance(node, ir.AsOf) and isinstance(node.value, ir.RuleRef):
                for rule in self.epoch.laws.closure((node.value.entity, node.value.name)):
                    out |= self.ever((rule.entity, rule.name))
            elif isinstance(node, ir.RuleRef) and (node.entity, node.name) not in self.told:
                out |= self.ever((node.entity, node.name))
        return frozenset(out)

    def _parameter(self, name: str, any_day: bool = False) -> set[str]:
        """Of a parameter and of those in its formulas, by all keys."""
        out: set[str] = set()
        for p in self.epoch.laws.read_with(name):
            held = (x.entry for x in self.epoch.parameters[p.name].values())
            sources = p.entries if any_day or p.name != name else [e for e in held if e is not None]
            out |= {*p.assumptions, *(a for e in sources for a in e.assumptions)}
        return out

    def ever(self, key: RuleKey) -> frozenset[str]:
        """Of a rule and all that it reads beside outputs, whatever the dates."""
        if key not in self._ever:
            rule = self.rules[key]
            out = {*rule.assumptions, *(a for x in rule.lines for a in x.assumptions)}
            self._ever[key] = frozenset(out.union(*(self._every(f, any_day=True) for f in formulas(rule))))
        return self._ever[key]


def _part(rule: ir.Rule) -> tuple[RuleKey, ...]:
    """The rule of a benefit's part, of which reasons tell beside it."""
    return () if rule.parts is None else ((rule.entity, part_name(rule)),)


def _looked_at(found: InForce, applied: list[ir.Line]) -> list[ir.Line]:
    """The lines that reasons name beside those that gave the value (lines.py)."""
    lead = applied[0] if applied else None
    others = [x for x in found.exceptions if x is not lead]
    if lead is not None and (lead.kind == "exception" or (not found.mode and lead is not found.otherwise)):
        return others
    body = list(found.body)
    if found.mode == "first" and lead is not found.otherwise:
        body = body[: next(n for n, x in enumerate(body) if x is lead)]
    return [*others, *(x for x in body if all(x is not y for y in applied))]


def _always(formula: ir.Expression) -> Iterator[ir.ParameterRef]:
    """The parameters of which reasons tell whatever the case."""
    stack = [formula]
    while stack:
        node = stack.pop()
        if isinstance(node, ir.ParameterRef):
            yield node
        if not isinstance(node, CONDITIONAL):
            stack += children(node)


def _only_reasons(_at: Interpretation, _entry: Instance) -> None:
    return None


def assumptions(
    reading: Reading,
    epoch: Epoch,
    entries: Iterable[Entry],
    recorded: bool,
    at: Callable[[], Interpretation],
    explainer: Callable[[], Explainer],
) -> list[str]:
    """Those of all outputs, in the order of the policy's text. `entries` with what the recording function gave, where it is `recorded`; `at`
    gives the decision's values, `explainer` what makes its reasons."""
    behind = _kept(reading, epoch)
    sure: set[str] = set()
    left: list[tuple[str, Behind]] = []
    for place, _, raw in entries:
        keys, lists = reading.layout[place.node.entity.name]
        first = len(raw) - len(lists) - len(keys)
        found = behind.entry(place.node, raw[first : first + len(keys)] if recorded else None)
        sure |= found.sure
        if found.perhaps:
            left.append((place.path, found))
    case: Case | None = None
    for path, found in left:
        for key, open_ in found.perhaps:
            for texts in open_:
                if not texts.every <= sure:
                    case = case or Case(behind, at(), explainer)
                    sure |= case.of(path, key[1], texts)
    order = epoch.laws.assumed
    return sorted(sure, key=order.__getitem__)


def _kept(reading: Reading, epoch: Epoch) -> Assumed:
    found = reading.behind.get(id(epoch))
    if found is None:
        found = reading.behind.setdefault(id(epoch), (epoch, Assumed(reading, epoch)))
    made: Assumed = found[1]
    return made


class Case:
    """The texts of which one case says whether they count; where it cannot be told otherwise, by what makes all reasons."""

    def __init__(self, behind: Assumed, at: Interpretation, explainer: Callable[[], Explainer]) -> None:
        self.behind = behind
        self.at = at
        self.entries = {e.path: e for e in at.root.all()}
        self.explainer = explainer
        self.done: set[str] = set()

    def of(self, path: str, name: str, texts: Open) -> frozenset[str]:
        found = texts.ask(self.at, self.entries[path])
        return frozenset(self._reasons(path, name)) if found is None else found

    @cached_property
    def _explainer(self) -> Explainer:
        return self.explainer()

    @cached_property
    def _explained(self) -> dict[str, Instance]:
        return {e.path: e for e in self._explainer.interpretation.root.all()}

    def _reasons(self, path: str, name: str) -> Iterator[str]:
        """What a rule's step and those below it state, but for other outputs', which are asked for by themselves."""
        stack = [Below(self._explainer, self._explained[path], name)]
        while stack:
            made, entry, name = stack.pop()
            id_ = made.id_of(entry, name)
            if id_ in self.done:
                continue
            self.done.add(id_)
            step, below = made.rule(name, entry, id_)
            yield from step.assumptions
            yield from self._parameters(step.children)
            stack += (x for x in below if x.by.law or (x.entry.entity.name, x.name) not in self.behind.told)

    def _parameters(self, ids: Iterable[str]) -> Iterator[str]:
        stack = list(ids)
        while stack:
            step = self._explainer.steps.get(stack.pop())
            if step is not None and step.kind == "parameter":
                yield from step.assumptions
                stack += step.children
