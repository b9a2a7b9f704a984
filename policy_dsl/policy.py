"""A compiled policy: load it, decide cases, ask what it takes and gives."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from .backends.engine import Engine, Run
from .backends.runtime import Defer
from .backends.show import python_value
from .decision import Decision
from .diagnostics.report import PolicyError, diagnostic
from .ir import nodes as ir


class Input(NamedTuple):
    """A fact that the policy takes. `low` and `high` in the declared unit; `by` who decides it; `question` for people."""

    entity: str
    name: str
    type: str
    unit: str
    low: Fraction | None
    high: Fraction | None
    values: tuple[str, ...]
    default: object
    by: str
    question: str


class OutputInfo(NamedTuple):
    """A rule or benefit that the policy gives."""

    entity: str
    name: str
    type: str
    unit: str
    benefit: bool
    clause: str


class ParameterInfo(NamedTuple):
    """A dated parameter: (since, kind, value in the declared unit or None, clause) in the order of the text."""

    name: str
    unit: str
    keys: tuple[str, ...]
    values: tuple[tuple[str, str, object, str], ...]


def day(on: str | datetime.date) -> int:
    """A decision's day as yyyymmdd; a month means its first day. Raises PolicyError."""
    if isinstance(on, datetime.datetime):
        on = on.date()
    if isinstance(on, datetime.date):
        return on.year * 10000 + on.month * 100 + on.day
    text = on if isinstance(on, str) else ""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", text):
        try:
            d = datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")
            return d.year * 10000 + d.month * 100 + d.day
        except ValueError:
            pass
    raise PolicyError([diagnostic("P0802", at=str(on)[:40], date=str(on)[:40])])


class Policy:
    """A policy, compiled and immutable: share it between threads, pickle it into a process pool.

    Made by `load`. `decide` takes facts as the contract writes them: {"家庭": {"户籍": "农村", "成员": [{…}]}}.
    """

    __slots__ = ("_root", "_rules", "_runs", "engine", "program")

    def __init__(self, program: ir.Program, engine: Engine | None = None) -> None:
        self.program = program
        self.engine = engine or Engine(program)
        self._rules = {(r.entity, r.name): r for r in program.rules}
        self._runs: dict[object, tuple[int, Run]] = {}
        self._root = self._usual_root()

    def _usual_root(self) -> str:
        """The entity with which facts usually begin: the outermost whose list is a household's (a roll above it is rarer)."""
        tops = [e for e in self.program.entities if not e.holder]
        return tops[0].name if tops else self.program.entities[0].name if self.program.entities else ""

    # --- what it is

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def layers(self) -> tuple[str, ...]:
        """The policies that this one extends, top first, itself last."""
        return self.program.chain

    @property
    def digest(self) -> str:
        """SHA-256 of the texts of all layers."""
        return self.program.digest

    def rule(self, entity: str, name: str) -> ir.Rule:
        return self._rules[entity, name]

    @property
    def inputs(self) -> list[Input]:
        """Every fact of every entity, in the order of the text."""
        return [
            Input(
                e.name,
                f.name,
                f.type.show("zh").strip("「」") if f.type.kind == "enumeration" else f.type.kind,
                f.type.own.show() if f.type.is_amount else "",
                None if f.low is None else f.low / f.type.own.scale,
                None if f.high is None else f.high / f.type.own.scale,
                f.type.members,
                python_value(f.default, f.type) if f.has_default else None,
                f.by,
                f.ask,
            )
            for e in self.program.entities
            for f in e.facts
        ]

    @property
    def outputs(self) -> list[OutputInfo]:
        """Every rule and benefit, in the order of the text."""
        rows = [self._rules[k] for k in self.program.outputs]
        return [
            OutputInfo(
                r.entity, r.name, r.type.kind, r.type.own.show() if r.type.is_amount else "", r.benefit, r.clause.show()
            )
            for r in rows
        ]

    @property
    def parameters(self) -> list[ParameterInfo]:
        """Every parameter with its dated values."""
        out = []
        for p in self.program.parameters:
            values = tuple(
                (
                    f"{e.since // 10000:04d}-{e.since // 100 % 100:02d}-{e.since % 100:02d}" if e.since else "",
                    e.kind,
                    python_value(e.value.value, p.type) if isinstance(e.value, ir.Constant) else None,
                    e.clause.show(),
                )
                for e in p.entries
            )
            out.append(ParameterInfo(p.name, p.type.own.show() if p.type.is_amount else "", p.keys, values))
        return out

    # --- deciding

    def decide(self, facts: Mapping[str, Any] | Any, *, on: str | datetime.date) -> Decision:
        """Decides one case for a day.

        `facts`: the contract's form; numbers are int, decimal.Decimal, fractions.Fraction or text ("300 元/月"), never float.
        `on`: YYYY-MM-DD, YYYY-MM (its first day) or a date. Raises PolicyError for facts or a date at fault; an unknown fact is no
        fault: what it leaves open comes back undetermined.
        """
        known = self._runs.get(on)
        if known is None:
            known = self._run(on)
        number, run = known
        compiled = run.compiled
        try:
            data = compiled.read(facts)
            root = compiled.root
        except Exception:  # anything unusual: the careful reader accepts it or says what is wrong
            from .backends.facts import Reader

            root, data = Reader(self.program).read(facts)
            if root != compiled.root:
                run = self.engine.run(number, root)
                compiled = run.compiled
        try:
            raw = compiled.decide(run.parameters, number, data)
        except Defer:
            raw = None
        return Decision(self, run.epoch, compiled, number, root, data, raw)

    def run(self, on: int, root: str) -> Run:
        """The compiled functions and parameter values for a day (yyyymmdd) and a root entity."""
        return self.engine.run(on, root)

    def decide_data(self, root: str, data: tuple[Any, ...], *, on: int) -> Decision:
        """Decides facts that have been read already (backends/facts.py); `on` as yyyymmdd."""
        run = self.engine.run(on, root)
        try:
            raw = run.compiled.decide(run.parameters, on, data)
        except Defer:
            raw = None
        return Decision(self, run.epoch, run.compiled, on, root, data, raw)

    def _run(self, on: str | datetime.date) -> tuple[int, Run]:
        number = day(on)
        if not self._root:
            raise PolicyError([diagnostic("P0601")])
        made = (number, self.engine.run(number, self._root))
        if len(self._runs) < 4096:
            self._runs[on] = made
        return made

    def with_parameters(self, changes: Mapping[str, Mapping[str, object]]) -> Policy:
        """A new policy in which parameters have other values from given dates: {"农村低保标准": {"2022-01-01": 5500}}.

        Numbers are in the declared unit; a value takes the place of what would be in force from its date on. For what-if:
        the new policy's digest says that it is not the published one. Raises PolicyError.
        """
        from .backends.whatif import with_parameters

        return Policy(with_parameters(self.program, changes))

    def schema(self) -> dict[str, object]:
        """The facts as JSON Schema (2020-12)."""
        from .backends.schema import schema

        return schema(self.program)

    def __repr__(self) -> str:
        return f"<Policy {self.name} {self.digest[:12]}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return (Policy, (self.program,))
