"""One function for several sets of formulas: what they have in common stands in it once, what differs under the numbers of its sets.

An epoch has one of these sets, and its number is the first entry of the argument P. A call for each rule would take many times as long as the
rule, and a function for each set would say most rules again and again; a test of a small number before what differs costs next to nothing.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from fractions import Fraction

from ...ir import nodes as ir
from ...ir.bounds import Analysis
from ...ir.traverse import all_formulas, walk
from ..epoch import Epoch
from ..layout import RuleKey
from ..schedule import Gather, Needs, Scheduler
from .ast_nodes import cmp, const, name, tuple_
from .emitter import Emitter
from .rules import Arms, Block

WHICH = ("which",)  # the argument that tells the set of formulas


class SharedScheduler(Scheduler):
    """An order that suits all sets: a rule stands behind what it reads in any of them."""

    def __init__(self, epochs: Sequence[Epoch], root: str, omitted: frozenset[RuleKey]) -> None:
        self.epochs = epochs
        self.omitted = omitted
        self.users: dict[Gather, set[int]] = {}  # the sets that need an aggregate
        super().__init__(epochs[0], root)
        grown = True
        while grown:
            before = sum(map(len, self.users.values()))
            for gather, needs in self.gathers.items():
                for inner in needs.gathers:
                    self.users.setdefault(inner, set()).update(self.users.get(gather, ()))
            grown = sum(map(len, self.users.values())) > before

    def _rule_needs(self, key: RuleKey) -> Needs:
        rules: set[RuleKey] = set()
        gathers: dict[Gather, None] = {}
        for number, epoch in enumerate(self.epochs if key not in self.omitted else ()):
            self.epoch = epoch
            needs = super()._rule_needs(key)
            rules |= needs.rules
            for gather in needs.gathers:
                gathers[gather] = None
                self.users.setdefault(gather, set()).add(number)
        return Needs(frozenset(rules), tuple(gathers))


class Shared(Emitter):
    """Emits the function. `omitted`: rules that are left out, with all that read them."""

    def __init__(
        self,
        epochs: Sequence[Epoch],
        root: str,
        analysis: Analysis,
        steps: dict[str, Fraction],
        omitted: frozenset[RuleKey],
    ) -> None:
        super().__init__(epochs[0], root, analysis, steps, {})
        self.epochs = epochs
        self.omitted = omitted
        self.shared = SharedScheduler(epochs, root, omitted)
        self.scheduler = self.shared
        self.keys = [dict(zip(e.rules, e.formula_key(), strict=True)) for e in epochs]
        if len(epochs) > 1:
            self.local(WHICH, "which")

    def argument_order(self) -> list[object]:
        return [*([WHICH] if len(self.epochs) > 1 else []), *super().argument_order()]

    def surely_in_force(self, rule: RuleKey) -> bool:
        return rule not in self.omitted and all(e.rules[rule] is not None for e in self.epochs)

    def ways(self, rule: ir.Rule, arms: Arms) -> tuple[list[Block], list[Block]]:
        key = (rule.entity, rule.name)
        if key in self.omitted:
            return [self.block], []
        alike: dict[object, list[int]] = {}
        asked = [
            (n.value.entity, n.value.name)
            for line in rule.lines
            for f in (line.condition, line.result)
            if f is not None
            for n in walk(f)
            if isinstance(n, ir.IfInForce) and isinstance(n.value, ir.RuleRef)
        ]
        for number, epoch in enumerate(self.epochs):
            states = tuple(epoch.rules[x] is None for x in asked)
            alike.setdefault((self.keys[number][key], states), []).append(number)
        nothing: list[Block] = []
        something: list[Block] = []
        block = self.block
        groups = list(alike.values())
        for at, numbers in enumerate(groups):
            inner = block
            if len(groups) > 1:
                inner = [self.comment(_named(numbers))]
                if at < len(groups) - 1:
                    rest: Block = []
                    block.append(ast.If(self.among_sets(numbers), inner, rest))
                    block = rest
                else:
                    block += inner
                    inner = block
            self.epoch = self.epochs[numbers[0]]
            with self.into(inner):
                none, some = self.in_force(rule, self.epoch.rules[key], arms)
            nothing += none
            something += some
        return nothing, something

    def gather(self, gather: Gather) -> None:
        self._where_used(gather, super().gather)

    def close_gather(self, gather: Gather) -> None:
        self._where_used(gather, super().close_gather)

    def _where_used(self, gather: Gather, emit: object) -> None:
        """What nobody needs in a set is not gathered there: it might be unknown."""
        users = sorted(self.shared.users[gather])
        self.epoch = self.epochs[users[0]]
        if len(users) == len(self.epochs):
            emit(gather)  # type: ignore[operator]
            return
        block: Block = []
        with self.into(block):
            emit(gather)  # type: ignore[operator]
        if block:
            self.block.append(ast.If(self.among_sets(users), block, []))

    def among_sets(self, numbers: list[int]) -> ast.expr:
        """Whether the set is one of these."""
        first, last = numbers[0], numbers[-1]
        which = name(self.locals[WHICH])
        if first == last:
            return cmp(which, "=", const(first))
        if last - first + 1 > len(numbers):
            return cmp(which, "in", tuple_(*map(const, numbers)))
        if first == 0:
            return cmp(which, "<=", const(last))
        if last == len(self.epochs) - 1:
            return cmp(which, ">=", const(first))
        return ast.Compare(const(first), [ast.LtE(), ast.LtE()], [which, const(last)])


def together(epochs: Sequence[Epoch]) -> list[list[Epoch]]:
    """The epochs, one for each set of formulas, that one function may serve: those that agree on what `现行` asks inside an aggregate, since an
    aggregate is gathered in one way."""
    program = epochs[0].program
    asked = {
        (n.value.entity, n.value.name)
        for f in all_formulas(program)
        for a in walk(f)
        if isinstance(a, ir.Aggregate)
        for n in walk(a)
        if isinstance(n, ir.IfInForce) and isinstance(n.value, ir.RuleRef)
    }
    alike: dict[object, list[Epoch]] = {}
    for epoch in epochs:
        alike.setdefault(tuple(epoch.rules[x] is None for x in sorted(asked)), []).append(epoch)
    return list(alike.values())


def _named(numbers: list[int]) -> str:
    """`第 0–3 套`"""
    stretches: list[list[int]] = []
    for n in numbers:
        if stretches and stretches[-1][1] == n - 1:
            stretches[-1][1] = n
        else:
            stretches.append([n, n])
    return f"第 {'、'.join(str(a) if a == b else f'{a}–{b}' for a, b in stretches)} 套"
