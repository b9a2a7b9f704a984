"""The tree of reasons behind a decision: one step for each output, fact and parameter that had a part in it.

A step says its value, the rule with its clause, the line that applied and why, the exceptions that did not and why, the formula with
names and with numbers, since when a parameter is in force, defaults, assumptions and people's decisions. Steps are shared: the tree is
kept as a table of steps by id with the ids of their children, and every step's value follows from its children's by its formula.

Annotations are evaluated here, as in ir/nodes.py, so that the long NamedTuples load fast.
"""

from collections.abc import Iterator
from typing import NamedTuple

from ..backends.entries import Instance
from ..backends.formatting import day_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import Failure, Value, known
from ..ir import nodes as ir
from ..model.clause import Clause
from ..model.types import Type
from ..source import Place
from .formula import who
from .phrases import Phrase, Said


class Part(NamedTuple):
    """One condition of a line, looked at from an entry, and whether it held."""

    phrase: Phrase
    holds: Value

    @property
    def formula(self) -> ir.Expression:
        return self.phrase.node


MOST_REASONS = 3  # conditions named for a line that does not apply


class Considered(NamedTuple):
    """A line that was looked at: its parts, and whether it held as a whole."""

    said: Said
    holds: Value
    parts: tuple[Part, ...] = ()

    @property
    def line(self) -> ir.Line:
        return self.said.line

    @property
    def reasons(self) -> tuple[Part, ...]:
        """The parts that settle it: all where it holds; else those that fail, or, where none fails, those that are open."""
        if self.holds is True:
            return self.parts
        decisive = [p for p in self.parts if p.holds is False] or [p for p in self.parts if p.holds is not True]
        return tuple(decisive[:MOST_REASONS])


class Displaced(NamedTuple):
    """What an upper layer says where a lower one won: a parameter's value, or lines of a rule."""

    clause: Clause
    value: Value
    lines: tuple[ir.Line, ...]


class Step(NamedTuple):
    """One value with its reasons. `kind`: rule, benefit, part (what a month pays of a benefit in parts), displaced (the 原值 of a line),
    fact, parameter, past."""

    id: str
    kind: str
    entity: str
    path: str
    name: str
    type: Type
    value: Value
    clause: Clause
    place: Place | None
    at: Instance | None
    applied: tuple[Considered, ...] = ()
    considered: tuple[Considered, ...] = ()
    since: int = 0
    until: int = ir.OPEN
    assumptions: tuple[str, ...] = ()
    decided_by: str = ""
    default_used: bool = False
    given_up: Value = None  # what the rule would give without the exception that applied, or None
    given_up_lines: tuple[ir.Line, ...] = ()  # the lines that would give it
    mode: str = ""  # how lines are joined
    missing: str = ""  # why a parameter has no value: pending, floor, none
    published: int = 0
    formula: ir.Expression | None = (
        None  # of a parameter: written down, or computed from others with its keys filled in
    )
    displaced: Displaced | None = None
    children: tuple[str, ...] = ()
    review: int = 0  # the day by which what gives it is looked at again
    law: int = 0  # the day whose law gives it, where `于` asks for another than the decision's
    without: str = ""  # of a displaced value: the exception, or the layer, that is left out

    @property
    def state(self) -> str:
        return "error" if isinstance(self.value, Failure) else "known" if known(self.value) else "undetermined"

    @property
    def who(self) -> str:
        """The name of the entry that the step is about, where a text fact gives it one."""
        return who(self.at)


class Explanation:
    """Reasons for one output or for a whole decision: `.text()`, `.markdown()`, `.html()` (lang "zh" or "en"), `.to_json()`.

    `roots` are the ids of the outputs explained, `steps` the steps by id: all under the roots, and what else was explained with them.
    """

    __slots__ = ("_told", "digest", "interpretation", "on", "policy", "roots", "steps")

    def __init__(
        self, policy: str, digest: str, interpretation: Interpretation, roots: list[str], steps: dict[str, Step]
    ) -> None:
        self.policy = policy
        self.digest = digest
        self.on = interpretation.on
        self.interpretation = interpretation
        self.roots = roots
        self.steps = steps
        self._told: list[Step] | None = None

    def seen_from(self, step: Step) -> Interpretation:
        """The values as the step sees them: under the law of its own day."""
        return self.interpretation.under(step.law) if step.law else self.interpretation

    def walk(self, *roots: str) -> Iterator[Step]:
        """The roots' steps and everything under them, each once."""
        seen: set[str] = set()
        stack = list(reversed(roots))
        while stack:
            id_ = stack.pop()
            if id_ in seen:
                continue
            seen.add(id_)
            step = self.steps[id_]
            yield step
            stack.extend(reversed(step.children))

    def told(self) -> list[Step]:
        """The steps under its own roots."""
        if self._told is None:
            self._told = list(self.walk(*self.roots))
        return self._told

    def assumptions(self) -> list[str]:
        """Every 假设 that the explained outputs rest on, each once, in the order of the policy's text."""
        found = {a for step in self.told() for a in step.assumptions}
        order = self.interpretation.epoch.laws.assumed
        return sorted(found, key=order.__getitem__)

    def text(self, lang: str = "zh") -> str:
        from .text import text

        return text(self, lang)

    def markdown(self, lang: str = "zh") -> str:
        from .text import markdown

        return markdown(self, lang)

    def html(self, lang: str = "zh") -> str:
        """One self-contained page."""
        from .html import html

        return html(self, lang)

    def to_json(self, lang: str = "zh") -> dict[str, object]:
        """As the schema in explain/schema.json says."""
        from .data import data

        return data(self, lang)

    def _repr_html_(self) -> str:
        from .html import fragment

        return fragment(self, "zh")

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Explanation {self.policy} {day_text(self.on)} {', '.join(self.roots[:3])}>"
