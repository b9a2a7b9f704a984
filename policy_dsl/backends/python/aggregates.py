"""Aggregates → a running value per list: opened before the loop, fed in it, closed after it."""

from __future__ import annotations

import ast
from collections.abc import Iterable
from fractions import Fraction

from ...ir import nodes as ir
from ..schedule import Gather
from .ast_nodes import assign, call, cmp, const, name, op, times
from .formulas import Formulas, late_default


class Aggregates(Formulas):
    """Emits how entries are gathered."""

    def open_gather(self, gather: Gather) -> list[ast.stmt]:
        node = gather.node
        local = self.local(("gather", gather.host, node), node.function)
        start = {"any": False, "all": True, "count": 0, "repeats": 0, "sum": 0, "average": 0}.get(node.function)
        out = [assign(local, const(start))]
        if node.function == "average":
            out.append(assign(local + "_c", const(0)))
        if node.function == "repeats":
            out.append(assign(local + "_s", ast.Dict([], [])))
        out.append(assign(local + "_n", const(1)))
        return out

    def may_lack(self, members: ir.Members) -> bool:
        """Whether data may come without the list."""
        return not members.low

    def lacks(self, listed: str) -> ast.expr:
        """Whether nobody gave a list."""
        return cmp(name(listed), "is", name("UNLISTED"))

    def unlisted(self, gathers: Iterable[Gather], listed: str) -> list[ast.stmt]:
        """What is gathered over a list that nobody gave is unknown: its use defers."""
        locals_ = [(g.node, self.local(("gather", g.host, g.node), g.node.function)) for g in gathers]
        out = [assign(local, name("UNLISTED")) for _, local in locals_]
        out += [assign(f"{local}_c", name("UNLISTED")) for node, local in locals_ if node.function == "average"]
        return [ast.If(self.lacks(listed), out, [])] if out else []

    def gather(self, gather: Gather) -> None:
        """Takes the entry at hand into the aggregate."""
        node = gather.node
        local = self.local(("gather", gather.host, node), node.function)
        outer = self.block
        block: list[ast.stmt] = []
        test: ast.expr | None = None
        if node.where is not None:
            test = self.truth(node.where)
        self.block = block
        if node.function in ("any", "all"):
            assert node.value is not None
            want = node.function == "any"
            value = self.truth(node.value)
            block.append(ast.If(value if want else ast.UnaryOp(ast.Not(), value), [assign(local, const(want))], []))
            self.gathered[gather] = (Fraction(1), False)
        elif node.function == "count":
            add: list[ast.stmt] = [assign(local, op(name(local), "+", const(1)))]
            if node.value is not None:
                add = [ast.If(self.truth(node.value), add, [])]
            block += add
            self.gathered[gather] = (Fraction(1), False)
        elif node.function == "repeats":
            assert node.value is not None
            more = call("repeated", name(local + "_s"), self.plain(node.value))
            block.append(assign(local, op(name(local), "+", more)))
            self.gathered[gather] = (Fraction(1), False)
        elif node.type.is_amount:
            assert node.value is not None
            form = self.amount(node.value)
            dynamic = form.den is not None
            n = self.settled(form.num)
            d = self.settled(form.den) if form.den is not None else None
            if node.function in ("sum", "average"):
                if d is None:
                    block.append(assign(local, op(name(local), "+", n)))
                else:
                    block += [
                        assign(local, op(op(name(local), "*", d), "+", op(n, "*", name(local + "_n")))),
                        assign(local + "_n", op(name(local + "_n"), "*", d)),
                    ]
                if node.function == "average":
                    block.append(assign(local + "_c", op(name(local + "_c"), "+", const(1))))
            else:
                left, right = (
                    (n, name(local)) if d is None else (op(n, "*", name(local + "_n")), op(name(local), "*", d))
                )
                better = ast.BoolOp(
                    ast.Or(),
                    [cmp(name(local), "is", const(None)), cmp(left, ">" if node.function == "max" else "<", right)],
                )
                # the unknown must defer even when it is the first entry
                taken = [
                    assign(local, ast.UnaryOp(ast.UAdd(), n)),
                    *([assign(local + "_n", d)] if d is not None else []),
                ]
                block.append(ast.If(better, taken, []))
            self.gathered[gather] = (form.k, dynamic)
        else:
            assert node.value is not None
            n = self.settled(self.plain(node.value))
            better = ast.BoolOp(
                ast.Or(),
                [cmp(name(local), "is", const(None)), cmp(n, ">" if node.function == "max" else "<", name(local))],
            )
            block.append(ast.If(better, [assign(local, ast.UnaryOp(ast.UAdd(), n))], []))
            self.gathered[gather] = (Fraction(1), False)
        self.block = outer
        inner: list[ast.stmt] = block if test is None else [ast.If(test, block, [])]
        if node.function in ("any", "all"):
            flag = ast.UnaryOp(ast.Not(), name(local)) if node.function == "any" else name(local)
            inner = [ast.If(flag, inner, [])]
        self.block += inner

    def close_gather(self, gather: Gather) -> None:
        """After the loop: an empty list takes a written default or leaves None (`late_default`), an average is divided."""
        node = gather.node
        local = self.local(("gather", gather.host, node), node.function)
        if node.function not in ("max", "min", "average"):
            return
        k, dynamic = self.gathered[gather]
        empty: list[ast.stmt] = []
        some: list[ast.stmt] = []
        test = (
            cmp(name(local + "_c"), "=", const(0))
            if node.function == "average"
            else cmp(name(local), "is", const(None))
        )
        written = node.default
        if written is None or late_default(node):
            if node.function == "average":
                empty.append(assign(local, const(None)))
        elif node.type.is_amount:
            form = self.amount(written)
            both, _ = self.unify([form, form._replace(k=k)])
            empty += [assign(local, times(form.num, int(form.k / both))), assign(local + "_n", const(1))]
            if k != both:
                some.append(assign(local, times(name(local), int(k / both))))
            k = both
        else:
            empty.append(assign(local, self.plain(written)))
        if node.function == "average":
            some.append(assign(local + "_n", op(name(local + "_n"), "*", name(local + "_c"))))
            dynamic = True
        if empty:
            self.block.append(ast.If(test, empty, some))
        self.gathered[gather] = (k, dynamic)
