"""Rules → if … else …: exceptions first, then the body in its mode, then what must hold of the value."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from fractions import Fraction
from itertools import groupby
from typing import Any

from ...ir import nodes as ir
from ...ir.disjoint import Atom, alternatives, disjoint, same_result
from ...ir.in_force import InForce
from ...ir.traverse import children
from ..layout import RuleKey, row_step
from .ast_nodes import Form, assign, cmp, const, defer, name, op
from .tables import FEW, NESTED, Tables


class Rules(Tables):
    """Emits the lines of rules. An arm is (block, line, position, value): where a value is written once all forms are known."""

    def place(self, statements: list[ast.stmt], at: ir.Rule | ir.Line) -> None:
        """Gives new statements the position of the policy's text."""
        line = self.offsets.get(at.place.file, 0) + at.place.line
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, (ast.expr, ast.stmt)) and not hasattr(node, "lineno"):
                    node.lineno = node.end_lineno = line
                    node.col_offset = node.end_col_offset = 0

    def rule(self, key: RuleKey) -> None:
        rule = self.rules_by_key[key]
        local = self.rule_local(key)
        found = self.epoch.rules[key]
        start = len(self.block)
        self.block.append(self.comment(_headline(rule)))
        if found is None:
            self.forms[key] = (Fraction(1), False)
            self.block.append(assign(local, name("UNKNOWN")))
            if self.recording:
                self.block.append(assign(local + "_p", const(None)))
            self.place(self.block[start:], rule)
            return
        if key in self.epoch.laws.beyond:
            self.forms[key] = (Fraction(1), False)
            self.block.append(defer("length"))
            self.place(self.block[start:], rule)
            return
        arms: list[tuple[list[ast.stmt], ir.Line, int, Form | ast.expr]] = []
        order = self.ordered_exceptions(found)
        self.lines = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
        self.places = positions = {id(x): n for n, x in enumerate(self.lines)}
        lines = [(x, "exception") for x in order]
        again = self.without_exceptions(found, arms, positions)
        usual: list[ast.stmt] = [] if again else self.block
        with self.into(usual):
            self.layers(found, lines, lambda: self.body(found, arms, positions), arms, positions)
        if again:
            self.block.append(ast.Try(usual, [ast.ExceptHandler(name("Defer"), None, again)], [], []))
        self.finish(rule, arms, local)
        self.place(self.block[start:], rule)

    def without_exceptions(self, found: InForce, arms: list[Any], positions: dict[int, int]) -> list[ast.stmt]:
        """Where all exceptions give what a line of the body gives: that line without them, for when an exception is open.

        An open exception does not matter if the rest gives the same (semantics, rule 3), so who gets nothing anyway need not be asked
        for what would exclude them. Which line gave the value is not known then, so a recording function does not do this.
        """
        lines = (*found.body, *((found.otherwise,) if found.otherwise else ()))
        gives = found.exceptions[0].result if found.exceptions else None
        asked = _may_be_open(found.exceptions) - _may_be_open(found.body)
        if (
            len(found.body) > NESTED
            or self.recording
            or not asked
            or not isinstance(gives, ir.Constant)
            or found.mode not in ("", "first")
        ):
            return []
        same = {id(x) for x in lines if same_result(x.result, gives) and not _amount_by_date(x)}
        if not same or not all(same_result(x.result, gives) for x in found.exceptions):
            return []
        self._current = (found.rule.entity, found.rule.name)
        again: list[ast.stmt] = []
        block = again
        body = list(found.body) if found.mode else sorted(found.body, key=lambda x: id(x) in same)
        for agrees, group in groupby(body, lambda x: id(x) in same):
            members = list(group)
            yes: list[ast.stmt] = []
            no: list[ast.stmt] = []
            with self.into(block):
                tests = [const(True) if x.condition is None else self.truth(x.condition) for x in members]
                self.block.append(ast.If(ast.BoolOp(ast.Or(), tests) if len(tests) > 1 else tests[0], yes, no))
            if agrees:
                self.arm(members[0], yes, arms, positions)
            else:
                yes.append(defer("open"))
            block = no
        if found.otherwise is not None and id(found.otherwise) in same:
            self.arm(found.otherwise, block, arms, positions)
        else:
            block.append(defer("open"))
        return again

    def layers(
        self,
        found: InForce,
        lines: list[tuple[ir.Line, str]],
        rest: Callable[[], None],
        arms: list[Any],
        positions: dict[int, int],
    ) -> None:
        """Exceptions: where they are many, layer by layer."""
        self._current = (found.rule.entity, found.rule.name)
        if len(lines) <= FEW:
            self.chain(found, lines, rest, arms, positions)
            return
        first = [x for x in lines if x[0].layer == lines[0][0].layer]
        others = lines[len(first) :]

        def below() -> None:
            self.layers(found, others, rest, arms, positions)

        if not self.one_of_many(found, [x for x, _ in first], "exception", below if others else rest, arms):
            self.chain(found, first, below if others else rest, arms, positions)

    def ordered_exceptions(self, found: InForce) -> list[ir.Line]:
        """Lowest layer first, inside a layer those that beat others before them."""
        left = list(found.exceptions)
        out: list[ir.Line] = []
        while left:
            for x in left:
                if not any(x.label and x.label in y.beats and y.layer == x.layer for y in left if y is not x):
                    break
            else:
                x = left[0]
            left.remove(x)
            out.append(x)
        return sorted(out, key=lambda x: -x.layer)

    def arm(self, line: ir.Line, block: list[ast.stmt], arms: list[Any], positions: dict[int, int]) -> None:
        key = self.current
        with self.into(block):
            value = self.result(line, key)
        arms.append((block, line, positions[id(line)], value))

    def result(self, line: ir.Line, key: RuleKey) -> Form | ast.expr:
        node = line.result
        if not node.type.is_amount:
            return self.truth(node) if node.type.kind == "truth" else self.plain(node)
        if _amount_by_date(line):
            return Form(
                name(self.local(("amount", key, line.row), f"{key[1]}_{line.row}")), self.row_step(key, line.row)
            )
        return self.amount(node)

    def row_step(self, key: RuleKey, row: int) -> Fraction:
        """A step for the written amounts of one table row over all its dates."""
        self.amounts.setdefault((key, row), len(self.amounts))
        return row_step(self.rules_by_key[key], row)

    @property
    def current(self) -> RuleKey:
        return self._current

    def chain(
        self,
        found: InForce,
        lines: list[tuple[ir.Line, str]],
        rest: Callable[[], None],
        arms: list[Any],
        positions: dict[int, int],
    ) -> None:
        """if … else if … for lines of which at most one may apply; `rest` fills the last else."""
        self._current = (found.rule.entity, found.rule.name)
        ways = [alternatives(line.condition) for line, _ in lines]
        with ExitStack() as nested:
            for at in range(len(lines)):
                no: list[ast.stmt] = []
                self.link(lines[at:], ways[at:], no, arms, positions)
                nested.enter_context(self.into(no))
            rest()

    def link(
        self,
        lines: list[tuple[ir.Line, str]],
        ways: list[list[list[Atom]]],
        no: list[ast.stmt],
        arms: list[Any],
        positions: dict[int, int],
    ) -> None:
        """One line of a chain: if it applies, no later one may with another result."""
        line, kind = lines[0]
        test = self.truth(line.condition) if line.condition is not None else const(True)
        yes: list[ast.stmt] = []
        if kind != "first":
            for (other, _), way in zip(lines[1:], ways[1:], strict=True):
                if kind == "exception" and (other.layer != line.layer or (other.label and other.label in line.beats)):
                    continue
                if disjoint(ways[0], way):
                    continue
                dated = _amount_by_date(line) or _amount_by_date(other)
                if same_result(line.result, other.result) and not dated:
                    continue
                with self.into(yes):
                    both = self.truth(other.condition) if other.condition is not None else const(True)
                    if dated and isinstance(line.result, ir.Constant) and isinstance(other.result, ir.Constant):
                        a, b = self.result(line, self.current), self.result(other, self.current)
                        assert isinstance(a, Form)
                        assert isinstance(b, Form)
                        both = ast.BoolOp(ast.And(), [both, self.compared(a, "!=", b)])
                    self.block.append(ast.If(both, [defer("conflict")], []))
        self.arm(line, yes, arms, positions)
        self.block.append(ast.If(test, yes, no))

    def body(self, found: InForce, arms: list[Any], positions: dict[int, int]) -> None:
        if len(found.body) == 1 and found.body[0].kind == "value":
            self.arm(found.body[0], self.block, arms, positions)
            return
        if found.mode in ("highest", "lowest", "sum"):
            self.joined(found, arms, positions)
            return

        def rest() -> None:
            self.none_applies(found, arms, positions)

        if not self.one_of_many(found, found.body, found.mode or "one", rest, arms):
            self.chain(found, [(x, found.mode or "one") for x in found.body], rest, arms, positions)

    def none_applies(self, found: InForce, arms: list[Any], positions: dict[int, int]) -> None:
        """否则, or else a gap."""
        if found.otherwise is not None:
            self.arm(found.otherwise, self.block, arms, positions)
        else:
            self.block.append(defer("gap"))

    def joined(self, found: InForce, arms: list[Any], positions: dict[int, int]) -> None:
        """就高, 就低, 合计: all lines are looked at. The pick of 合计 is minus the sum of 1 << position of those that apply."""
        if not found.body:
            assert found.otherwise is not None
            self.arm(found.otherwise, self.block, arms, positions)
            return
        if self.many_joined(found, lambda: self.none_applies(found, arms, positions), arms):
            return
        amount = found.rule.type.is_amount
        inner: list[tuple[list[ast.stmt], ir.Line, int, Form | ast.expr]] = []
        tests: list[tuple[ast.expr, list[ast.stmt], list[ast.stmt]]] = []
        for line in found.body:
            before: list[ast.stmt] = []
            with self.into(before):
                test = self.truth(line.condition) if line.condition is not None else const(True)
            block: list[ast.stmt] = []
            self.arm(line, block, inner, positions)
            tests.append((test, before, block))
        self.count += 1
        best, pick = f"b{self.count}", f"p{self.count}"
        k, dynamic = self.unify([v for *_, v in inner]) if amount else (Fraction(1), False)
        self.block.append(assign(best, const(None)))
        if dynamic:
            self.block.append(assign(best + "_n", const(1)))
        self.block.append(assign(pick, const(0 if found.mode == "sum" else -1)))
        for (test, before, block), (_, line, position, value) in zip(tests, inner, strict=True):
            self.block += before
            num, den = self.scaled(value, k, dynamic)
            with self.into(block):
                n = self.temp(self.forced(num, line.result))
                d = self.temp(den) if den is not None else None
            if found.mode == "sum":
                more: list[ast.stmt] = []
                if d is not None:
                    more += [
                        assign(best, op(op(name(best), "*", d), "+", op(n, "*", name(best + "_n")))),
                        assign(best + "_n", op(name(best + "_n"), "*", d)),
                    ]
                else:
                    more.append(assign(best, op(name(best), "+", n)))
                first = [assign(best, n), *([assign(best + "_n", d)] if d is not None else [])]
                block.append(ast.If(cmp(name(best), "is", const(None)), first, more))
                block.append(assign(pick, op(name(pick), "-", const(1 << position))))
            else:
                left, right = (n, name(best)) if d is None else (op(n, "*", name(best + "_n")), op(name(best), "*", d))
                better = ast.BoolOp(
                    ast.Or(),
                    [cmp(name(best), "is", const(None)), cmp(left, ">" if found.mode == "highest" else "<", right)],
                )
                block.append(
                    ast.If(
                        better,
                        [
                            assign(best, n),
                            *([assign(best + "_n", d)] if d is not None else []),
                            assign(pick, const(position)),
                        ],
                        [],
                    )
                )
            self.block.append(ast.If(test, block, []))
        none: list[ast.stmt] = []
        with self.into(none):
            self.none_applies(found, arms, positions)
        some: list[ast.stmt] = []
        form = Form(name(best), k, name(best + "_n") if dynamic else None) if amount else name(best)
        arms.append((some, found.body[0], pick, form))
        self.block.append(ast.If(cmp(name(best), "is", const(None)), none, some))

    def finish(self, rule: ir.Rule, arms: list[Any], local: str) -> None:
        """All arms write their value in one form; then what must hold of it is tested."""
        k, dynamic = self.unify([v for *_, v in arms]) if rule.type.is_amount else (Fraction(1), False)
        self.forms[rule.entity, rule.name] = (k, dynamic)
        for block, line, position, value in arms:
            num, den = self.scaled(value, k, dynamic)
            block.append(assign(local, self.forced(num, line.result)))
            if den is not None:
                block.append(assign(local + "_n", self.forced(den, line.result)))
            if self.recording:
                block.append(assign(local + "_p", name(position) if isinstance(position, str) else const(position)))
        if rule.benefit and not all(self.analysis.of(x.result, rule.entity).not_negative for x in rule.lines):
            self.block.append(ast.If(cmp(name(local), "<", const(0)), [defer("negative")], []))


def _amount_by_date(line: ir.Line) -> bool:
    """A table's written amount: an argument of the function, so what it is on one date says nothing of another."""
    return line.row >= 0 and isinstance(line.result, ir.Constant) and line.result.type.is_amount


def _may_be_open(lines: Iterable[ir.Line]) -> set[tuple[str, ...]]:
    """What the conditions read that may be unknown when a rule is computed: facts and parameters. Rules and aggregates are known then."""
    found: set[tuple[str, ...]] = set()
    stack = [x.condition for x in lines if x.condition is not None]
    while stack:
        node = stack.pop()
        if isinstance(node, ir.FactRef):
            found.add((node.entity, node.name))
        elif isinstance(node, ir.ParameterRef):
            found.add((node.name,))
        elif isinstance(node, (ir.CarriedRef, ir.Window)):
            found.add((node.entity, "上月", node.name))
        if not isinstance(node, ir.Aggregate):
            stack += children(node)
    return found


def _headline(rule: ir.Rule) -> str:
    clause = rule.clause.show()
    words = f"{rule.entity} {rule.name}"
    gist = f"：{rule.clause.gist}" if rule.clause.gist else ""
    return f"{words} 〔{clause}{gist}〕" if clause else words
