"""Facts → data, the plain way: generated checks for what is usual; everything else defers to the careful reader (facts/read.py)."""

from __future__ import annotations

import ast
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...model.types import decimal_text
from ...syntax.characters import MAX_TEXT
from ..encoding import carried_width, encoded, fact_range
from ..formatting import day_text
from .ast_nodes import assign, call, cmp, const, defer, item, name, op, store, times, tuple_
from .rules import Rules

MOST_FACTS = 1_000  # of all entities together; more are left to the careful reader


class Reading(Rules):
    """Emits the reader of facts."""

    def reader(self) -> tuple[ast.FunctionDef, list[ast.stmt]]:
        """`read(facts, on, other)` and the tables that it looks values up in; `other(value, fact)` reads a value that is not as usual."""
        tables: list[ast.stmt] = []
        body: list[ast.stmt] = [
            _as_dict("facts"),
            ast.If(cmp(call("len", name("facts")), "!=", const(1)), [defer("facts")], []),
            assign("o0", item(name("facts"), const(self.root))),
        ]
        if any(e.born >= 0 or e.died >= 0 for e in self.program.entities):
            body.append(assign("month", call("month_start", name("on"))))
        if sum(len(e.facts) for e in self.program.entities) > MOST_FACTS:
            body = [defer("facts")]
        else:
            body.append(ast.Return(self._read_entity(self.entities[self.root], 0, body, tables)))
        given = [ast.arg("facts"), ast.arg("on"), ast.arg("other")]
        arguments = ast.arguments([], given, None, [], [], None, [name("read_other")])
        return ast.FunctionDef("read", arguments, body, [], None, None), tables

    def _read_entity(self, entity: ir.Entity, depth: int, body: list[ast.stmt], tables: list[ast.stmt]) -> ast.expr:
        """Statements that read one entry, and the tuple that it becomes.

        An entry that has as many names as there are facts and lists, and each of those, has no others. One that has fewer is laid
        over a blank one: None (unknown) for each fact, or its 默认, and UNLISTED for each list that may be left out. So complete entries pay nothing; nor do those that leave out
        only what does not apply to them (`当 …` behind a fact), since that is usual.
        """
        o, d = f"o{depth}", f"d{depth}"
        total = len(entity.facts) + len(entity.lists)
        spare = [m for m in entity.lists if not m.low]  # lists that may be left out
        body.append(_as_dict(o))
        blank = self.local(("blank", entity.name), f"blank_{entity.name}")
        tables.append(
            assign(
                blank,
                ast.Dict(
                    [*(const(f.name) for f in entity.facts), *(const(m.name) for m in spare)],
                    [
                        *(_absent(f) for f in entity.facts),
                        *(ast.List([], ast.Load()) if m.empty else name("UNLISTED") for m in spare),
                    ],
                ),
            )
        )
        partial: list[ast.stmt] = []
        bits = [(f.name, 1 << i) for i, f in enumerate(entity.facts) if f.has_default]
        bits += [(m.name, 1 << i) for i, m in enumerate(entity.lists, len(entity.facts)) if m.empty]
        if bits:
            defaults = self.local(("defaults", entity.name), f"defaults_{entity.name}")
            tables.append(assign(defaults, tuple_(*(tuple_(const(n), const(bit)) for n, bit in bits))))
            body.append(assign(d, const(0)))
            partial.append(assign(d, call("defaulted", name(o), name(defaults))))
        wrong = cmp(call("len", name(o)), "!=", const(total))
        partial.append(assign(o, ast.Dict([None, None], [name(blank), name(o)])))
        partial.append(ast.If(wrong, [defer("names")], []))
        seldom = [f.name for f in entity.facts if f.when is not None and not f.has_default]
        fewer: ast.expr = const(total - len(seldom))
        for n in seldom:
            fewer = op(fewer, "+", cmp(const(n), "in", name(o)))
        body.append(ast.If(cmp(call("len", name(o)), "!=", fewer), partial, []))
        items: list[ast.expr] = []
        for fact in entity.facts:
            self.count += 1
            x = f"x{self.count}"
            items.append(name(x))
            given = item(name(o), const(fact.name))
            if fact.name in seldom:
                given = ast.Call(ast.Attribute(name(o), "get", ast.Load()), [const(fact.name)], [])
            self._read_fact(entity, fact, x, given, body, tables)
            if len(items) - 1 in (entity.born, entity.died):  # who is not there is left out by the careful reader
                dated = cmp(ast.Attribute(name(x), "__class__", ast.Load()), "is", name("int"))
                sign, why = ("<", "death") if fact.died else (">", "birth")
                body.append(ast.If(ast.BoolOp(ast.And(), [dated, cmp(name(x), sign, name("month"))]), [defer(why)], []))
        for members in entity.lists:
            self.count += 1
            m, out = f"m{self.count}", f"x{self.count}"
            body.append(assign(m, item(name(o), const(members.name))))
            fits = ast.Compare(const(members.low), [ast.LtE(), ast.LtE()], [call("len", name(m)), const(members.high)])
            unlike = cmp(call("type", name(m)), "is not", name("list"))
            taken: list[ast.stmt] = [ast.If(unlike, [assign(m, call("list_of", name(m)))], [])]
            taken.append(ast.If(ast.UnaryOp(ast.Not(), fits), [defer("list")], []))
            taken.append(assign(out, ast.List([], ast.Load())))
            inner: list[ast.stmt] = []
            value = self._read_entity(self.entities[members.entity], depth + 1, inner, tables)
            inner.append(ast.Expr(ast.Call(ast.Attribute(name(out), "append", ast.Load()), [value], [])))
            taken.append(ast.For(store(f"o{depth + 1}"), name(m), inner, []))
            identity = self.entities[members.entity].identity
            if identity >= 0:
                taken.append(ast.Expr(call("distinct", name(out), const(identity))))
            if members.low or members.empty:
                body += taken
            else:  # null is a list left out, too: the careful reader says so
                body.append(ast.If(cmp(name(m), "is", name("UNLISTED")), [assign(out, name(m))], taken))
            items.append(name(out))
        items.append(name(d) if bits else const(0))
        for c in entity.carried:
            if c.kind == "window":
                items.append(tuple_())
            elif c.start is None:
                items += [name("NOTHING")] * carried_width(c)
            else:
                items += [const(x) for x in encoded(c, c.start) or ()]
        return tuple_(*items)

    def _read_fact(
        self, entity: ir.Entity, fact: ir.Fact, x: str, value: ast.expr, body: list[ast.stmt], tables: list[ast.stmt]
    ) -> None:
        """The usual form of a value inline; a function of runtime.py takes every other."""
        path = const(f"{entity.name}.{fact.name}")
        kind = fact.type.kind
        if kind == "enumeration":
            table = self.local(("values", entity.name, fact.name), f"values_{fact.name}")
            members = fact.type.members
            keys: list[ast.expr | None] = [*(const(m) for m in members), const(None)]
            values = [*(const(i) for i in range(len(members))), call("Unknown", path)]
            tables.append(assign(table, ast.Dict(keys, values)))
            unlisted = ast.ExceptHandler(name("KeyError"), None, [assign(x, call("other", value, path))])
            body.append(ast.Try([assign(x, item(name(table), value))], [unlisted], [], []))
            return
        if kind == "date":
            body.append(assign(x, call("read_death" if fact.died else "read_day", value, path, name("other"))))
            return
        body.append(assign(x, value))
        if kind == "truth":
            test: ast.expr = ast.BoolOp(
                ast.And(), [cmp(name(x), "is not", const(True)), cmp(name(x), "is not", const(False))]
            )
            other = call("other", name(x), path)
        elif kind == "text":
            long = cmp(call("len", name(x)), ">", const(MAX_TEXT))
            test = ast.BoolOp(ast.Or(), [cmp(call("type", name(x)), "is not", name("str")), long])
            other = call("other", name(x), path)
            if entity.identity >= 0 and entity.facts[entity.identity] is fact:  # an empty text identifies nobody
                nobody = ast.If(ast.UnaryOp(ast.Not(), name(x)), [assign(x, call("Unknown", path))], [])
                body.append(ast.If(test, [assign(x, other)], [nobody]))
                return
        else:
            per_unit, low, high = fact_range(fact)
            whole = ast.Compare(const(-(-low // per_unit)), [ast.LtE(), ast.LtE()], [name(x), const(high // per_unit)])
            usual = ast.BoolOp(ast.And(), [cmp(call("type", name(x)), "is", name("int")), whole])
            other = call("read_amount", name(x), path, const(per_unit), const(low), const(high), name("other"))
            if per_unit != 1:
                body.append(ast.If(usual, [assign(x, times(name(x), per_unit))], [assign(x, other)]))
                return
            test = ast.UnaryOp(ast.Not(), usual)
        body.append(ast.If(test, [assign(x, other)], []))


def _as_dict(given: str) -> ast.stmt:
    """Makes a dict of a mapping of another kind."""
    return ast.If(
        cmp(call("type", name(given)), "is not", name("dict")), [assign(given, call("dict_of", name(given)))], []
    )


def _absent(fact: ir.Fact) -> ast.expr:
    """What stands for a fact that is left out, as if it had been given: its 默认, else None, which is unknown."""
    value: Any = fact.default
    if not fact.has_default or value is None:
        return const(None)
    kind = fact.type.kind
    if kind == "enumeration":
        return const(fact.type.members[value])
    if kind == "date":
        return const(day_text(value))
    if not fact.type.is_amount:
        return const(value)
    number = Fraction(value) / fact.type.own.scale
    if number.denominator == 1:
        return const(number.numerator)
    return call("decimal_of", const(decimal_text(number)))
