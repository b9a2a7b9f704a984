"""What the emitter has at hand while it writes a function: the names of locals, and the block that statements go to."""

from __future__ import annotations

import ast
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from functools import cached_property
from typing import Any

from ...ir import nodes as ir
from ...ir.bounds import Analysis
from ..epoch import Epoch
from ..layout import RuleKey
from ..schedule import Gather, Scheduler
from .ast_nodes import Form, assign, const, fragment, name
from .lookups import Choice

# rule or aggregate, levels out, its name or number, k (over 0: no amount), whether divided
Handed = tuple[str, int, Any, int, int, bool]


class Workspace(ABC):
    """Names and statements of one function; what needs a statement first goes to `block`."""

    def __init__(
        self,
        epoch: Epoch,
        root: str,
        analysis: Analysis,
        steps: dict[str, Fraction],
        lines: dict[str, int],
        order: Iterable[Any] = (),
        wanted: frozenset[RuleKey] | None = None,
    ) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.root = root
        self.analysis = analysis
        self.steps = steps
        self.offsets = lines  # file → line offset in the text that tracebacks show
        self.entities = {e.name: e for e in self.program.entities}
        self.deaths = any(e.died >= 0 for e in self.program.entities)
        self.rules_by_key = {(r.entity, r.name): r for r in self.program.rules}
        self.locals: dict[object, str] = {}
        self.forms: dict[RuleKey, tuple[Fraction, bool]] = {}
        self.gathered: dict[Gather, tuple[Fraction, bool]] = {}
        self.block: list[ast.stmt] = []
        self.entity = root
        self.count = 0
        self.recording = False
        self.parameters: dict[tuple[str, bool], int] = {}
        self.amounts: dict[tuple[RuleKey, int], int] = {}
        self.columns: dict[RuleKey, int] = {}
        self.tables: dict[str, object] = {}  # what stands beside the functions: tuples, dicts and what is in them
        self.choices: dict[object, Choice | None] = {}
        self.histories: dict[tuple[str, bool], int] = {}
        self.calendar = False  # whether working days are asked for
        self.comments: list[str] = []
        self.handed: dict[int, tuple[Handed, ...]] = {}  # what the open form hands over, by rule
        self.wanted = wanted  # the rules that are asked for; None: all
        self.given = tuple(order)  # what another function of the set takes already
        places: dict[str, dict[Any, int]] = {
            "parameter": self.parameters, "amount": self.amounts, "history": self.histories,
        }  # fmt: skip
        for kind, *key in self.given:
            if kind == "calendar":
                self.calendar = True
            elif kind == "column":
                self.columns[key[0]] = len(self.columns)
            else:
                places[kind][tuple(key)] = len(places[kind])

    @cached_property
    def scheduler(self) -> Scheduler:
        return Scheduler(self.epoch, self.root, self.wanted)

    # --- names

    def local(self, key: object, text: str) -> str:
        if key not in self.locals:
            self.count += 1
            plain = fragment(text)
            self.locals[key] = f"{plain}_{self.count}" if plain else f"v{self.count}"
        return self.locals[key]

    def fresh(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def temp(self, value: ast.expr) -> ast.Name:
        """The value in a local of its own, so that it can be used more than once."""
        if isinstance(value, ast.Name):
            return name(value.id)
        made = self.fresh()
        self.block.append(assign(made, value))
        return name(made)

    def settled(self, value: ast.expr) -> ast.expr:
        """The value as something that costs nothing to say again."""
        return value if isinstance(value, (ast.Constant, ast.Name)) else self.temp(value)

    def fact_local(self, entity: str, fact: str) -> str:
        return self.local(("fact", entity, fact), fact)

    def rule_local(self, key: RuleKey) -> str:
        return self.local(("rule", *key), key[1])

    def list_local(self, entity: str, list_: str) -> str:
        return self.local(("list", entity, list_), list_)

    def carried_local(self, entity: str, carried: str) -> str:
        return self.local(("carried", entity, carried), f"before_{carried}")

    def at(self, entity: str, up: int) -> str:
        return self.scheduler.outward(entity, up)

    def comment(self, text: str) -> ast.stmt:
        """A statement that stands for a comment; `compile -o` writes the text there."""
        self.comments.append(text)
        return ast.Expr(const(f"§{len(self.comments) - 1}"))

    @contextmanager
    def into(self, block: list[ast.stmt]) -> Iterator[None]:
        """Within it, statements go to `block`."""
        outer, self.block = self.block, block
        try:
            yield
        finally:
            self.block = outer

    # --- a formula as an expression: of which form depends on who asks

    @abstractmethod
    def truth(self, node: ir.Expression) -> ast.expr:
        """A condition: True or False."""

    @abstractmethod
    def plain(self, node: ir.Expression) -> ast.expr:
        """A value that is no amount: position, date, truth of a fact or rule."""

    @abstractmethod
    def amount(self, node: ir.Expression) -> Form:
        """An amount as num · k / den."""
