"""The third form, `open`: the same straight lines, and another way for each rule at each entry that reads something open.

Every entry has a mask, a bit for each thing that is open there: facts, carried values, and, as they are computed, rules and aggregates
that are open or in error. Before a rule one test asks whether anything that it reads is open. Where it is, or where its own lines end in
Defer, `slow` works out that rule at that entry: it is given the values that the rule reads, so that nothing is computed twice.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ..directly import read_directly
from ..layout import RuleKey
from ..schedule import Gather, Step
from .ast_nodes import Form, assign, call, cmp, const, name, op, store, tuple_
from .emitter import Emitter
from .flow import Flow
from .workspace import Handed


class OpenFlow(Flow):
    """Loops that know which entry they are at, and begin each with its mask."""

    def __init__(self, emitter: Opening) -> None:
        super().__init__(emitter)
        self.opening = emitter
        self.first: dict[str, list[ast.stmt]] = {}  # what the first walk over an entity's entries does

    def function(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        self.opening.flow = self
        return super().function(plan)

    def names(self, entity: ir.Entity) -> list[str]:
        return [*super().names(entity), self.opening.mask(entity.name)]

    def loop(self, step: Step, entity: str) -> list[ast.stmt]:
        out = super().loop(step, entity)
        walked = out[-1]
        assert isinstance(walked, ast.For)
        self.first.setdefault(step.entity, walked.body)
        return out

    def trim(self, body: list[ast.stmt]) -> None:
        """Before names are dropped, each entry's mask begins with what its data say."""
        for entity, statements in self.first.items():
            statements[:0] = self.opening.masked(entity)
        body[1:1] = self.opening.masked(self.e.root)
        super().trim(body)

    def number(self, entity: str) -> ast.expr:
        """Which entry is at hand, level by level: as many as have been finished in this walk stand before it."""
        e = self.e
        levels: list[ast.expr] = []
        while entity != e.root:
            holder = e.entities[entity].holder
            listed = next(m.name for m in e.entities[holder].lists if m.entity == entity)
            levels.append(call("len", name(f"w{self.walks[entity]}_{e.list_local(holder, listed)}")))
            entity = holder
        return tuple_(*reversed(levels))


class Opening(Emitter):
    """Emits `open`."""

    flow: OpenFlow

    def open(self) -> ast.FunctionDef:
        self.recording = False
        self.bits: dict[str, dict[tuple[str, object], int]] = {}
        self.read = frozenset[RuleKey]().union(*(n.rules for n in self._needs()))
        self.order_of = {(r.entity, r.name): n for n, r in enumerate(self.program.rules)}
        self.numbers = {g: n for n, g in enumerate(self.scheduler.gathers)}
        self.handed = {}
        return self.function("open", "P", "on", "data", "slow")

    def _needs(self) -> Iterable[Any]:
        return (*self.scheduler.needs.values(), *self.scheduler.gathers.values())

    def _root(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        return OpenFlow(self).function(plan)

    def around(self, entity: str) -> Iterable[str]:
        """The entity and all that hold it, up to the root."""
        while entity:
            yield entity
            entity = self.scheduler.outward(entity, 1)

    # --- masks

    def mask(self, entity: str) -> str:
        return self.local(("mask", entity), "open")

    def bit(self, entity: str, key: tuple[str, object]) -> int:
        return self.bits.setdefault(entity, {}).setdefault(key, 1 << len(self.bits[entity]))

    def mark(self, entity: str, key: tuple[str, object]) -> ast.stmt:
        return ast.AugAssign(store(self.mask(entity)), ast.BitOr(), const(self.bit(entity, key)))

    def clear(self, entity: str, key: tuple[str, object]) -> ast.stmt:
        return ast.AugAssign(store(self.mask(entity)), ast.BitAnd(), const(~self.bit(entity, key)))

    def masked(self, entity: str) -> list[ast.stmt]:
        """The mask at first: what of the facts and of what came over is open, as far as anything reads it."""
        mask = self.mask(entity)
        out = [assign(mask, const(0))]
        for key, bit in self.bits.get(entity, {}).items():
            if key[0] not in ("fact", "carried"):
                continue
            make = self.fact_local if key[0] == "fact" else self.carried_local
            local = make(entity, str(key[1]))
            test: ast.expr = call("isinstance", name(local), name("Unknown"))
            if key[0] == "fact":
                test = cmp(ast.Attribute(name(local), "__class__", ast.Load()), "is", name("Unknown"))
            else:
                test = ast.BoolOp(ast.And(), [cmp(name(local), "is not", name("NOTHING")), test])
            out.append(ast.If(test, [ast.AugAssign(store(mask), ast.BitOr(), const(bit))], []))
        return out

    def test(self, formulas: Iterable[ir.Expression | None], entity: str) -> ast.expr | None:
        """Whether anything is open that formulas of an entity read; None where nothing can be."""
        asked: dict[str, int] = {}
        for node in read_directly(formulas):
            here = self.scheduler.outward(entity, node.up)
            if not here:
                continue
            if isinstance(node, ir.Aggregate):
                key: tuple[str, object] = ("gather", node)
            elif isinstance(node, ir.RuleRef):
                if self.epoch.rules[here, node.name] is None:
                    continue
                key = ("rule", node.name)
            else:
                key = ("fact" if isinstance(node, ir.FactRef) else "carried", node.name)
            asked[here] = asked.get(here, 0) | self.bit(here, key)
        tests = [op(name(self.mask(e)), "&", const(bits)) for e, bits in asked.items()]
        return None if not tests else tests[0] if len(tests) == 1 else ast.BoolOp(ast.Or(), list(tests))

    def guarded(
        self, test: ast.expr | None, usual: list[ast.stmt], open_: list[ast.stmt], ended: list[ast.stmt]
    ) -> ast.stmt:
        """The usual statements where nothing that they read is open; `ended`: where they end in Defer."""
        plain = ast.Try(usual, [ast.ExceptHandler(name("Defer"), None, ended)], [], [])
        return plain if test is None else ast.If(test, open_, [plain])

    # --- rules

    def without_exceptions(self, found: Any, arms: list[Any], positions: dict[int, int]) -> list[ast.stmt]:
        return []  # an open exception goes the other way

    def amount(self, node: ir.Expression) -> Form:
        """What is left to `slow` may be any fraction."""
        form = super().amount(node)
        left = isinstance(form.num, ast.Call) and isinstance(form.num.func, ast.Name) and form.num.func.id == "defer"
        return form._replace(den=call("defer", const("den"))) if left else form

    def rule(self, key: RuleKey) -> None:
        found = self.epoch.rules[key]
        if found is None:
            super().rule(key)
            return
        rule = self.rules_by_key[key]
        usual: list[ast.stmt] = []
        with self.into(usual):
            super().rule(key)
        comment, start = usual.pop(0), len(self.block)
        self.block.append(comment)
        if len(usual) == 1 and isinstance(usual[0], ast.Raise):  # nothing of it was emitted
            self.forms[key] = (Fraction(1), True)
            self.block += self.slowly(key)
        else:
            lines = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
            test = self.test([f for x in lines for f in (x.condition, x.result)], key[0])
            self.block.append(self.guarded(test, usual, self.slowly(key), self.slowly(key)))
        self.place(self.block[start:], rule)

    def slowly(self, key: RuleKey) -> list[ast.stmt]:
        """The rule is worked out by `slow`, which is handed what it reads."""
        number = self.order_of[key]
        if number not in self.handed:
            self.handed[number] = tuple(self._handed(key))
        local, dynamic = self.rule_local(key), self.forms[key][1]
        given = self._given(key[0], self.handed[number])
        made = call("slow", const(number), self.flow.number(key[0]), tuple_(*given))
        target: ast.expr = store(local)
        if dynamic:
            target = ast.Tuple([target, store(local + "_n")], ast.Store())
        out: list[ast.stmt] = [ast.Assign([target], made)]
        if key in self.read:
            test = call("isinstance", name(local), name("Unknown"))
            out.append(ast.If(test, [self.mark(key[0], ("rule", key[1]))], []))
        return out

    def _handed(self, key: RuleKey) -> Iterable[Handed]:
        """The rules and aggregates that a rule reads."""
        found = self.epoch.rules[key]
        assert found is not None
        lines = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
        seen: set[object] = set()
        for node in read_directly(f for x in lines for f in (x.condition, x.result)):
            here = self.scheduler.outward(key[0], node.up)
            if not here or not isinstance(node, (ir.RuleRef, ir.Aggregate)):
                continue
            named: str | int
            what: object = node.name if isinstance(node, ir.RuleRef) else Gather(here, node)
            if (node.up, what) in seen or (isinstance(node, ir.RuleRef) and self.epoch.rules[here, node.name] is None):
                continue
            seen.add((node.up, what))
            if isinstance(node, ir.RuleRef):
                k, dynamic = self.forms[here, node.name]
                kind, named = "rule", node.name
            else:
                k, dynamic = self.gathered[Gather(here, node)]
                kind, named = "gather", self.numbers[Gather(here, node)]
            amount = node.type.is_amount
            yield kind, node.up, named, k.numerator if amount else 0, k.denominator, dynamic

    def _given(self, entity: str, handed: Iterable[Handed]) -> list[ast.expr]:
        """The locals of what is handed over."""
        gathers = list(self.numbers)
        out: list[ast.expr] = []
        for kind, up, named, _, _, dynamic in handed:
            if kind == "rule":
                local = self.rule_local((self.scheduler.outward(entity, up), named))
            else:
                gather = gathers[named]
                local = self.local(("gather", gather.host, gather.node), gather.node.function)
            out += [name(local), name(local + "_n")] if dynamic else [name(local)]
        return out

    # --- aggregates: one to which an entry adds something open is open itself

    def may_lack(self, members: ir.Members) -> bool:
        return True

    def lacks(self, listed: str) -> ast.expr:
        return call("isinstance", name(listed), name("Unknown"))

    def unlisted(self, gathers: Iterable[Gather], listed: str) -> list[ast.stmt]:
        around = set(self.around(self.entity))  # whose masks are at hand
        marks = [self.mark(g.host, ("gather", g.node)) for g in gathers if g.host in around]
        return [ast.If(self.lacks(listed), marks, [])] if marks else []

    def gather(self, gather: Gather) -> None:
        node = gather.node
        usual: list[ast.stmt] = []
        with self.into(usual):
            super().gather(gather)
        mark = ("gather", node)
        test = self.test((node.where, node.value), node.entity)
        self.block.append(
            self.guarded(test, usual, [self.mark(gather.host, mark)], [self.mark(gather.host, mark)])
            if usual
            else ast.Pass()
        )

    def close_gather(self, gather: Gather) -> None:
        """What one entry alone decides is known, whatever the others add."""
        node, host = gather.node, gather.host
        local, key = self.local(("gather", host, node), node.function), ("gather", node)
        usual: list[ast.stmt] = []
        with self.into(usual):
            super().close_gather(gather)
        if node.function in ("any", "all"):
            decided = name(local) if node.function == "any" else ast.UnaryOp(ast.Not(), name(local))
            self.block.append(ast.If(decided, [self.clear(host, key)], []))
        open_ = op(name(self.mask(host)), "&", const(self.bit(host, key)))
        self.block.append(ast.If(open_, [assign(local, name("UNKNOWN"))], usual))
