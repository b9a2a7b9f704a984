"""The tree of reasons behind a decision: one step for each output, fact and parameter that had a part in it.

A step says its value, the rule with its clause, the line that applied and why, the exceptions that did not and why, the formula with
names and with numbers, since when a parameter is in force, defaults, assumptions and people's decisions. Steps are shared: the tree is
kept as a table of steps by id with the ids of their children, and every step's value follows from its children's by its formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from ..backends.interpret import Instance, Interpretation
from ..backends.runtime import Unknown
from ..backends.show import day_text, value_text
from ..backends.values import Failure, Undetermined, Value, known
from ..diagnostics.report import PolicyError, diagnostic, suggestion
from ..ir import nodes as ir
from ..ir.epoch import Held, InForce, Missing
from ..ir.traverse import children
from ..model.clause import Clause
from ..model.types import Type
from ..source import Place
from .formula import Words, conversion

if TYPE_CHECKING:
    from ..decision import Decision


class Part(NamedTuple):
    """One condition of a line: its formula and the entry it was looked at from, and whether it held."""

    formula: ir.Expression
    holds: Value


class Considered(NamedTuple):
    """A line that was looked at: its parts, and whether it held as a whole."""

    line: ir.Line
    holds: Value
    parts: tuple[Part, ...]


class Step(NamedTuple):
    """One value with its reasons. `kind`: rule, benefit, fact, parameter."""

    id: str
    kind: str
    entity: str
    path: str
    name: str
    type: Type
    value: Value
    clause: Clause
    place: Place | None
    applied: tuple[Considered, ...]
    considered: tuple[Considered, ...]
    since: int
    until: int
    assumptions: tuple[str, ...]
    decided_by: str
    default_used: bool
    given_up: Value  # what the rule would give without the exception that applied, or None
    given_up_line: ir.Line | None
    mode: str
    at: Instance | None
    children: tuple[str, ...]

    @property
    def state(self) -> str:
        return "error" if isinstance(self.value, Failure) else "known" if known(self.value) else "undetermined"


class Explanation:
    """Reasons for one output or for a whole decision: `.text()`, `.markdown()`, `.html()` (lang "zh" or "en"), `.to_json()`.

    `roots` are the ids of the outputs explained, `steps` all steps by id.
    """

    __slots__ = ("digest", "interpretation", "on", "policy", "roots", "steps")

    def __init__(
        self, policy: str, digest: str, interpretation: Interpretation, roots: list[str], steps: dict[str, Step]
    ) -> None:
        self.policy = policy
        self.digest = digest
        self.on = interpretation.on
        self.interpretation = interpretation
        self.roots = roots
        self.steps = steps

    def words(self, step: Step, lang: str, numbers: bool) -> Words:
        return Words(lang, self.interpretation, step.at) if numbers else Words(lang)

    def walk(self, root: str) -> Iterator[Step]:
        """The root's step and everything under it, each once."""
        seen: set[str] = set()
        stack = [root]
        while stack:
            id_ = stack.pop()
            if id_ in seen:
                continue
            seen.add(id_)
            step = self.steps[id_]
            yield step
            stack.extend(reversed(step.children))

    def assumptions(self) -> list[str]:
        """Every 假设 that the explained outputs rest on, each once."""
        found: dict[str, None] = {}
        for root in self.roots:
            for step in self.walk(root):
                found.update(dict.fromkeys(step.assumptions))
        return list(found)

    def text(self, lang: str = "zh") -> str:
        from .render import text

        return text(self, lang)

    def markdown(self, lang: str = "zh") -> str:
        from .render import markdown

        return markdown(self, lang)

    def html(self, lang: str = "zh") -> str:
        """One self-contained page."""
        from .page import html

        return html(self, lang)

    def to_json(self, lang: str = "zh") -> dict[str, object]:
        """As the schema in explain/schema.json says."""
        from .data import data

        return data(self, lang)

    def _repr_html_(self) -> str:
        from .page import fragment

        return fragment(self, "zh")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Explanation {self.policy} {day_text(self.on)} {', '.join(self.roots[:3])}>"


def explain(decision: Decision, output: str | None = None) -> Explanation:
    """The reasons for an output (its path, or the end of it), or for all. Raises PolicyError P0803 for an unknown one."""
    root = decision.recorded()
    made = _Explainer(decision, root)
    paths = list(decision)
    if output is None:
        wanted = paths
    else:
        wanted = [p for p in paths if p == output] or [p for p in paths if p.endswith(f".{output}")]
        if not wanted:
            names = [*paths, *dict.fromkeys(p.rpartition(".")[2] for p in paths)]
            zh, en = suggestion(output, names)
            raise PolicyError([diagnostic("P0803", at=output, name=output, hint=(zh, en))])
    for path in wanted:
        made.output(path)
    return Explanation(decision.policy, decision.digest, made.interpretation, wanted, made.steps)


class _Explainer:
    def __init__(self, decision: Decision, root: Instance) -> None:
        self.epoch = decision.epoch
        self.program = self.epoch.program
        self.interpretation = Interpretation(self.epoch, decision.day, root)
        self.rules = {(r.entity, r.name): r for r in self.program.rules}
        self.parameters = {p.name: p for p in self.program.parameters}
        self.facts = {(e.name, f.name): (i, f) for e in self.program.entities for i, f in enumerate(e.facts)}
        self.entries = {e.path: e for e in root.all()}
        self.steps: dict[str, Step] = {}

    def output(self, path: str) -> None:
        """Makes the step of an output and of all it rests on, without recursion: a long chain of rules is no danger."""
        stack: list[tuple[Instance, str]] = [self._split(path)]
        while stack:
            entry, name = stack.pop()
            id_ = f"{entry.path}.{name}"
            if id_ in self.steps:
                continue
            rule = self.rules[entry.entity.name, name]
            step, below = self.rule(rule, entry)
            self.steps[id_] = step
            stack.extend(reversed(below))

    def _split(self, path: str) -> tuple[Instance, str]:
        holder, _, name = path.rpartition(".")
        return self.entries[holder], name

    # --- rules

    def rule(self, rule: ir.Rule, entry: Instance) -> tuple[Step, list[tuple[Instance, str]]]:
        found = self.epoch.rules[rule.entity, rule.name]
        value = entry.values[rule.name]
        applied: list[Considered] = []
        considered: list[Considered] = []
        given_up: Value = None
        given_up_line: ir.Line | None = None
        formulas: list[ir.Expression] = []
        mode = ""
        if found is not None:
            mode = found.mode
            applied, considered = self.lines(found, entry, value)
            if applied and applied[0].line.kind == "exception":
                other = self.interpretation.body(found, entry)
                if known(other) and other != value:
                    given_up = other
                    given_up_line = next((x for x in self.body_lines(found, entry)), None)
                    if given_up_line is not None:
                        formulas.append(given_up_line.result)
            for c in applied:
                formulas += [*(p.formula for p in c.parts), c.line.result]
            for c in considered:
                decisive = [p.formula for p in c.parts if p.holds is not True] or [p.formula for p in c.parts]
                formulas += decisive[:1]
                if c.holds is True or not known(c.holds):
                    formulas.append(c.line.result)
        below: list[tuple[Instance, str]] = []
        ids: dict[str, None] = {}
        for formula in formulas:
            self.gather(formula, entry, ids, below)
        lead = applied[0].line if applied else None
        clause = lead.clause if lead is not None and lead.clause.document else rule.clause
        assumptions = [*rule.assumptions, *(a for c in applied for a in c.line.assumptions)]
        step = Step(
            f"{entry.path}.{rule.name}", "benefit" if rule.benefit else "rule", rule.entity, entry.path, rule.name, rule.type, value,
            clause, lead.place if lead else rule.place, tuple(applied), tuple(considered), lead.since if lead else 0,
            lead.until if lead else ir.OPEN, tuple(dict.fromkeys(assumptions)), "", False, given_up, given_up_line, mode, entry, tuple(ids),
        )  # fmt: skip
        return step, below

    def consider(self, line: ir.Line, entry: Instance) -> Considered:
        if line.condition is None:
            return Considered(line, True, ())
        parts = (
            line.condition.parts
            if isinstance(line.condition, ir.Logic) and line.condition.joined == "and"
            else (line.condition,)
        )
        held = tuple(Part(p, self.interpretation.evaluate(p, entry)) for p in parts)
        return Considered(line, self.interpretation.evaluate(line.condition, entry), held)

    def lines(self, found: InForce, entry: Instance, value: Value) -> tuple[list[Considered], list[Considered]]:
        """(lines that gave the value, lines that were looked at and did not), by the recorded pick or by their conditions."""
        exceptions = [self.consider(x, entry) for x in found.exceptions]
        order = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
        pick = entry.picks.get(found.rule.name)
        if isinstance(pick, int) and found.mode not in ("sum",) and 0 <= pick < len(order):
            line = order[pick]
            if line.kind == "exception":
                return [self.consider(line, entry)], [c for c in exceptions if c.line is not line]
            if line.kind == "otherwise":
                return [self.consider(line, entry)], [*exceptions, *(self.consider(x, entry) for x in found.body)]
            return [self.consider(line, entry)], exceptions
        holding = [c for c in exceptions if c.holds is True]
        if holding and known(value):
            winners = [c for c in holding if self.interpretation.evaluate(c.line.result, entry) == value]
            if winners:
                return winners[:1], [c for c in exceptions if c not in winners[:1]]
        body = [self.consider(x, entry) for x in found.body]
        if not known(value):
            return [c for c in body if c.holds is True], [*exceptions, *(c for c in body if c.holds is not True)]
        applying = [c for c in body if c.holds is True]
        if found.mode == "first":
            return applying[:1] or self._otherwise(found), exceptions if applying else [*exceptions, *body]
        if found.mode in ("highest", "lowest"):
            best = [c for c in applying if self.interpretation.evaluate(c.line.result, entry) == value]
            return best or self._otherwise(found), [*exceptions, *(c for c in body if c not in best)]
        if applying:
            return applying, exceptions
        return self._otherwise(found), [*exceptions, *body]

    @staticmethod
    def _otherwise(found: InForce) -> list[Considered]:
        return [Considered(found.otherwise, True, ())] if found.otherwise is not None else []

    def body_lines(self, found: InForce, entry: Instance) -> list[ir.Line]:
        holding = [
            x for x in found.body if x.condition is None or self.interpretation.evaluate(x.condition, entry) is True
        ]
        return holding or ([found.otherwise] if found.otherwise is not None else [])

    # --- what a formula rests on

    def gather(
        self, formula: ir.Expression, at: Instance, ids: dict[str, None], below: list[tuple[Instance, str]]
    ) -> None:
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
                        ids[f"{here.path}.{node.name}"] = None
                        below.append((here, node.name))
                case ir.ParameterRef():
                    ids[self.parameter(node, entry)] = None
                    stack.extend((k, entry) for k in reversed(node.keys))
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
            self.steps[id_] = Step(
                id_, "fact", entry.entity.name, entry.path, name, fact.type, value, fact.clause, fact.place, (), (), 0, ir.OPEN, (), fact.by,
                bool(entry.data[-1] >> index & 1), None, None, "", entry, (),
            )  # fmt: skip
        return id_

    def parameter(self, node: ir.ParameterRef, entry: Instance) -> str:
        parameter = self.parameters[node.name]
        keys: Any = tuple(self.interpretation.evaluate(k, entry) for k in node.keys)
        names = tuple(t.members[k] if known(k) else "?" for t, k in zip(parameter.key_types, keys, strict=True))
        id_ = f"参数 {node.name}" + (f"({', '.join(names)})" if names else "") + (" 下限" if node.floor else "")
        if id_ not in self.steps:
            held: Held | None = self.epoch.parameters[node.name][keys] if all(known(k) for k in keys) else None
            value = self.interpretation.parameter(node, entry)
            source = held.entry if held else None
            clause = source.clause if source is not None else parameter.clause
            assumptions = (*parameter.assumptions, *(source.assumptions if source else ()))
            ids: dict[str, None] = {}
            if source is not None and source.value is not None and not isinstance(source.value, ir.Constant):
                self._formula_parameters(source.value, keys, ids)
            self.steps[id_] = Step(
                id_, "parameter", "", "", id_.removeprefix("参数 "), parameter.type, value, clause, source.place if source else parameter.place,
                (), (), source.since if source else 0, source.until if source else ir.OPEN, assumptions, "", False, None, None,
                held.value.kind if held is not None and isinstance(held.value, Missing) else "", None, tuple(ids),
            )  # fmt: skip
        return id_

    def _formula_parameters(self, node: ir.Expression, keys: tuple[int, ...], ids: dict[str, None]) -> None:
        """Parameters that a parameter's formula reads, with the keys at hand."""
        match node:
            case ir.ParameterRef():
                fixed = tuple(
                    ir.Constant(keys[k.position], k.type, k.place) if isinstance(k, ir.KeyRef) else k for k in node.keys
                )
                ids[self.parameter(node._replace(keys=fixed), self.interpretation.root)] = None
            case _:
                for child in children(node):
                    self._formula_parameters(child, keys, ids)


__all__ = ["Explanation", "Step", "Words", "conversion", "explain", "value_text"]
