"""The way from an output down in two decisions at once: on where values differ, and later where they would."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable

from ..backends.entries import Instance
from ..explain.formula import who
from ..ir import nodes as ir
from .causes import Atom, Cause
from .support import Support
from .world import Ref, World, same


class Kept:
    """What has the same value in both: what it reads before and after, and what to do where the causes found would change it.

    `unless`: what says that it stays the same all the same.
    """

    __slots__ = ("after", "before", "otherwise", "told", "touched", "unless")

    def __init__(
        self,
        before: Callable[[], Iterable[Atom | Ref]],
        after: Callable[[], Iterable[Atom | Ref]],
        otherwise: Callable[[], None],
        unless: Callable[[], bool] = lambda: False,
    ) -> None:
        self.before = before
        self.after = after
        self.otherwise = otherwise
        self.unless = unless
        self.touched = False  # by a cause, and then for good
        self.told = 0  # for so many atoms of causes it was asked


Term = tuple[ir.Expression, Instance] | None


class Walk(ABC):
    """`old` is the decision before, its twin the one after; what they rest on is for those who extend this."""

    def __init__(self, old: World, support: Support) -> None:
        self.old = old
        self.new = old.twin
        self.support = support
        self.causes: dict[object, Cause] = {}
        self.named: dict[Atom, None] = {}
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
            told = list(self.named)
            for k in kept:
                fresh, k.told = told[k.told :], len(told)
                if fresh and not k.touched:
                    k.touched = support.touched(k.after(), set(fresh))
                if not fresh or not k.touched:
                    self.kept.append(k)
                elif not support.within(k.before(), self.named):  # else it is as it was before, and stays so
                    if k.unless():
                        self.kept.append(k)
                    else:
                        self.stack.append(k.otherwise)
            if not self.stack:
                return

    def _then(self, steps: Iterable[Callable[[], None]]) -> None:
        """What is looked at next, the first one first."""
        self.stack += reversed(list(steps))

    def _tell(self, key: object, cause: Cause) -> None:
        self.causes.setdefault(key, cause)
        self.named.update(dict.fromkeys(cause.atoms))

    def _month(self, world: World) -> int:
        return world.on // 100 * 100 + 1 if world.at != self.support.top else 0

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
                lambda: support.formula(old, formula, o),
                lambda: support.formula(new, formula, n),
                lambda: self._formula(old, formula, path, term),
            )
        )

    @abstractmethod
    def _formula(self, old: World, node: ir.Expression, path: str, term: Term) -> None:
        """On to what a formula reads."""

    @abstractmethod
    def _on(self, ref: Ref) -> None:
        """On to a rule, where its value differs, or would with the causes so far."""
