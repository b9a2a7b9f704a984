"""The way from an output down in two decisions at once: on where values differ, and later where they would."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import NamedTuple

from ..backends.entries import Instance
from ..explain.formula import who
from ..ir import nodes as ir
from .causes import Atom, Cause
from .support import Ref, Support, World, same


class Kept(NamedTuple):
    """What has the same value in both: what it reads before and after, and what to do where the causes found would change it."""

    before: Callable[[], Iterable[Atom | Ref]]
    after: Callable[[], Iterable[Atom | Ref]]
    otherwise: Callable[[], None]


Term = tuple[ir.Expression, Instance] | None


class Walk(ABC):
    """`old` is the decision before, its twin the one after; what they rest on is for those who extend this."""

    def __init__(self, old: World, support: Support) -> None:
        self.old = old
        self.new = old.twin
        self.support = support
        self.causes: dict[object, Cause] = {}
        self.named: set[Atom] = set()
        self.stack: list[Callable[[], None]] = []
        self.kept: list[Kept] = []
        self.seen: set[object] = set()
        self.formulas: list[ir.Expression] = []  # made on the way: kept, so that no two have one id

    def _all(self) -> None:
        """Goes on until the causes found leave as it is what is the same in both."""
        support = self.support
        while True:
            while self.stack:
                self.stack.pop()()
            kept, self.kept = self.kept, []
            for k in kept:
                named = self.named
                if named and support.touched(k.after(), named) and not support.within(k.before(), named):
                    self.stack.append(k.otherwise)
                else:
                    self.kept.append(k)
            if not self.stack:
                return

    def _then(self, steps: Iterable[Callable[[], None]]) -> None:
        """What is looked at next, the first one first."""
        self.stack += reversed(list(steps))

    def _tell(self, key: object, cause: Cause) -> None:
        self.causes.setdefault(key, cause)
        self.named.update(cause.atoms)

    @staticmethod
    def _month(world: World) -> int:
        return world.on // 100 * 100 + 1 if world.depth else 0

    @staticmethod
    def _who(entry: Instance) -> str:
        """Whose value it is: 甲, else 成员[1]; nothing for the outermost entry."""
        return who(entry) or entry.path.partition(".")[2]

    def _both(
        self, old: World, path: str, before: list[ir.Expression], after: list[ir.Expression], term: Term = None
    ) -> None:
        """Formulas at an entry, those that the value before rests on and those that the value after does: on to those that differ."""
        o, n = old.entries[path], old.twin.entries[path]
        first = {id(f) for f in before}
        steps: list[Callable[[], None]] = []
        for formula in {id(f): f for f in (*after, *before)}.values():
            if not same(old.evaluate(formula, o), old.twin.evaluate(formula, n)):
                steps.append(lambda f=formula: self._formula(old, f, path, term))  # type: ignore[misc]
            elif id(formula) in first:
                self._keep(old, formula, path, term)
        self._then(steps)

    def _keep(self, old: World, formula: ir.Expression, path: str, term: Term) -> None:
        new, support = old.twin, self.support
        o, n = old.entries[path], new.entries[path]
        self.kept.append(
            Kept(
                lambda: support.reads(old, formula, o),
                lambda: support.reads(new, formula, n),
                lambda: self._formula(old, formula, path, term),
            )
        )

    @abstractmethod
    def _formula(self, old: World, node: ir.Expression, path: str, term: Term) -> None:
        """On to what a formula reads."""

    @abstractmethod
    def _on(self, ref: Ref) -> None:
        """On to a rule, where its value differs, or would with the causes so far."""
