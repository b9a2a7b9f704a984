"""Small constructors of Python `ast`, so that the emitter reads like the code that it makes."""

from __future__ import annotations

import ast
import keyword
import unicodedata
from fractions import Fraction
from typing import NamedTuple


class Form(NamedTuple):
    """An amount: num * k / den. `const` holds the value where it is written."""

    num: ast.expr
    k: Fraction
    den: ast.expr | None = None
    const: Fraction | None = None


def name(id_: str) -> ast.Name:
    return ast.Name(id_, ast.Load())


def store(id_: str) -> ast.Name:
    return ast.Name(id_, ast.Store())


def const(value: object) -> ast.expr:
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)  # type: ignore[arg-type]


_OPS: dict[str, type[ast.operator]] = {
    "+": ast.Add,
    "-": ast.Sub,
    "*": ast.Mult,
    "//": ast.FloorDiv,
    "%": ast.Mod,
    "&": ast.BitAnd,
}
_SIGNS: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "=": ast.Eq, "!=": ast.NotEq, "is": ast.Is, "is not": ast.IsNot, "in": ast.In,
}  # fmt: skip


def op(left: ast.expr, sign: str, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, _OPS[sign](), right)


def times(num: ast.expr, factor: int) -> ast.expr:
    if factor == 1:
        return num
    if isinstance(num, ast.Constant) and isinstance(num.value, int):
        return const(num.value * factor)
    return op(num, "*", const(factor))


def cmp(left: ast.expr, sign: str, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [_SIGNS[sign]()], [right])


def call(function: str, *args: ast.expr) -> ast.expr:
    return ast.Call(name(function), list(args), [])


def either(test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    return ast.IfExp(test, yes, no)


def assign(target: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([store(target)], value)


def item(value: ast.expr, index: ast.expr) -> ast.expr:
    return ast.Subscript(value, index, ast.Load())


def tuple_(*items: ast.expr) -> ast.expr:
    return ast.Tuple(list(items), ast.Load())


def defer(reason: str) -> ast.stmt:
    return ast.Raise(call("Defer", const(reason)), None)


def literal(value: object) -> ast.expr:
    """Tuples and dicts of written values; what holds no dict is one constant."""
    if isinstance(value, dict):
        return ast.Dict([literal(k) for k in value], [literal(v) for v in value.values()])
    if isinstance(value, tuple) and any(isinstance(v, (tuple, dict)) and _holds_dict(v) for v in value):
        return tuple_(*(literal(v) for v in value))
    return const(value)


def _holds_dict(value: object) -> bool:
    return isinstance(value, dict) or (isinstance(value, tuple) and any(map(_holds_dict, value)))


def fragment(text: str) -> str:
    """A part of an identifier that is safe to compile and reads like the policy's name."""
    plain = "".join(c if c.isalnum() or c == "_" else "_" for c in unicodedata.normalize("NFKC", text))[:40].strip("_")
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) else ""
