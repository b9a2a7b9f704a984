"""Facts → data, the plain way: generated checks for what is usual; everything else defers to the careful reader (facts.py)."""

from __future__ import annotations

import ast
import math

from ...ir import nodes as ir
from ...model.types import grid
from ..facts import MOST_TEXT, Reader
from ..interpret import fact_step
from ..schedule import Step
from .flow import Flow
from .pieces import assign, call, cmp, const, defer, item, name, op, store, times, tuple_
from .rules import Rules


class Emitter(Rules):
    """Emits all functions of one epoch's formulas for one root entity."""

    # --- functions

    def decide(self, recording: bool) -> ast.FunctionDef:
        self.recording = recording
        self.forms.clear()
        self.gathered.clear()
        self.block = []
        plan = self.scheduler.plan()
        with self.into([]):
            body = self._root(plan)
        head: list[ast.stmt] = []
        order = self.argument_order()
        if order:
            head.append(ast.Assign([ast.Tuple([store(self.locals[key]) for key in order], ast.Store())], name("P")))
        arguments = ast.arguments([], [ast.arg("P"), ast.arg("on"), ast.arg("data")], None, [], [], None, [])
        return ast.FunctionDef("record" if recording else "decide", arguments, head + body, [], None, None)

    def argument_order(self) -> list[object]:
        """The locals that the argument P fills, in its order: parameters, then written amounts of dated rows."""
        return [("parameter", *k) for k in self.parameters] + [("amount", *k) for k in self.amounts]

    def _root(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        flow = Flow(self)
        return flow.function(plan)

    # --- the reader

    def reader(self) -> tuple[ast.FunctionDef, list[ast.stmt]]:
        """`read(facts)` and the tables that it looks values up in."""
        tables: list[ast.stmt] = []
        body: list[ast.stmt] = [
            ast.If(
                ast.BoolOp(
                    ast.Or(),
                    [
                        cmp(call("type", name("facts")), "is not", name("dict")),
                        cmp(call("len", name("facts")), "!=", const(1)),
                    ],
                ),
                [defer("facts")],
                [],
            ),
            assign("o0", item(name("facts"), const(self.root))),
        ]
        value = self._read_entity(self.entities[self.root], 0, body, tables)
        body.append(ast.Return(value))
        arguments = ast.arguments([], [ast.arg("facts")], None, [], [], None, [])
        return ast.FunctionDef("read", arguments, body, [], None, None), tables

    def _read_entity(self, entity: ir.Entity, depth: int, body: list[ast.stmt], tables: list[ast.stmt]) -> ast.expr:
        o = f"o{depth}"
        body.append(ast.If(cmp(call("type", name(o)), "is not", name("dict")), [defer("entry")], []))
        counted = any(f.has_default for f in entity.facts)
        total = len(entity.facts) + len(entity.lists)
        if counted:
            body += [assign(f"n{depth}", const(total)), assign(f"d{depth}", const(0))]
        items: list[ast.expr] = []
        for i, fact in enumerate(entity.facts):
            self.count += 1
            x = f"x{self.count}"
            if fact.has_default:
                body.append(
                    assign(
                        "v",
                        ast.Call(ast.Attribute(name(o), "get", ast.Load()), [const(fact.name), name("UNKNOWN")], []),
                    )
                )
                given: list[ast.stmt] = []
                self._read_fact(fact, x, name("v"), given, tables)
                absent: list[ast.stmt] = [
                    assign(x, const(Reader.default(fact))),
                    assign(f"n{depth}", op(name(f"n{depth}"), "-", const(1))),
                    assign(f"d{depth}", op(name(f"d{depth}"), "+", const(1 << i))),
                ]
                body.append(ast.If(cmp(name("v"), "is", name("UNKNOWN")), absent, given))
            else:
                self._read_fact(fact, x, item(name(o), const(fact.name)), body, tables)
            items.append(name(x))
        for members in entity.lists:
            self.count += 1
            m, out = f"m{self.count}", f"x{self.count}"
            body.append(assign(m, item(name(o), const(members.name))))
            size = call("len", name(m))
            body.append(
                ast.If(
                    ast.BoolOp(
                        ast.Or(),
                        [
                            cmp(call("type", name(m)), "is not", name("list")),
                            ast.UnaryOp(
                                ast.Not(),
                                ast.Compare(const(members.low), [ast.LtE(), ast.LtE()], [size, const(members.high)]),
                            ),
                        ],
                    ),
                    [defer("list")],
                    [],
                )
            )
            body.append(assign(out, ast.List([], ast.Load())))
            inner: list[ast.stmt] = []
            value = self._read_entity(self.entities[members.entity], depth + 1, inner, tables)
            inner.append(ast.Expr(ast.Call(ast.Attribute(name(out), "append", ast.Load()), [value], [])))
            body.append(ast.For(store(f"o{depth + 1}"), name(m), inner, []))
            items.append(name(out))
        body.append(
            ast.If(
                cmp(call("len", name(o)), "!=", name(f"n{depth}") if counted else const(total)), [defer("names")], []
            )
        )
        items.append(name(f"d{depth}") if counted else const(0))
        return tuple_(*items)

    def _read_fact(self, fact: ir.Fact, x: str, value: ast.expr, body: list[ast.stmt], tables: list[ast.stmt]) -> None:
        kind = fact.type.kind
        if kind == "enumeration":
            table = self.local(("table", fact.type.members), "values")
            if not any(
                isinstance(t, ast.Assign) and isinstance(t.targets[0], ast.Name) and t.targets[0].id == table
                for t in tables
            ):
                keys: list[ast.expr | None] = [const(m) for m in fact.type.members]
                tables.append(assign(table, ast.Dict(keys, [const(i) for i in range(len(keys))])))
            body.append(assign(x, item(name(table), value)))
            return
        body.append(assign(x, value))
        if kind == "truth":
            test: ast.expr = ast.BoolOp(
                ast.And(), [cmp(name(x), "is not", const(True)), cmp(name(x), "is not", const(False))]
            )
            body.append(ast.If(test, [defer("truth")], []))
        elif kind == "date":
            body.append(assign(x, call("read_day", name(x))))
        elif kind == "text":
            test = ast.BoolOp(
                ast.Or(),
                [cmp(call("type", name(x)), "is not", name("str")), cmp(call("len", name(x)), ">", const(MOST_TEXT))],
            )
            body.append(ast.If(test, [defer("text")], []))
        else:
            step = fact_step(fact.type)
            per_unit = int(1 / grid(fact.type))
            bound = 10**15 * per_unit - 1
            low = -bound if fact.low is None else max(-bound, math.ceil(fact.low / step))
            high = bound if fact.high is None else min(bound, math.floor(fact.high / step))
            plain: list[ast.stmt] = [] if per_unit == 1 else [assign(x, times(name(x), per_unit))]
            other: list[ast.stmt] = [assign(x, call("read_decimal", name(x), const(per_unit)))]
            body.append(ast.If(cmp(call("type", name(x)), "is", name("int")), plain or [ast.Pass()], other))
            body.append(
                ast.If(
                    ast.UnaryOp(ast.Not(), ast.Compare(const(low), [ast.LtE(), ast.LtE()], [name(x), const(high)])),
                    [defer("range")],
                    [],
                )
            )
