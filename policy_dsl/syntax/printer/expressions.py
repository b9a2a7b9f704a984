"""Expressions, in parentheses where the grammar would group otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import assert_never

from .. import keywords, nodes
from ..nodes import (
    Arithmetic,
    AsOf,
    Call,
    Comparison,
    Day,
    Displaced,
    Logic,
    Membership,
    Name,
    Negative,
    Not,
    Number,
    Per,
    Range,
    Truth,
)
from .words import Words

_OR, _NOT, _COMPARED, SUM, _PRODUCT, _SIGNED, _ATOM = range(7)  # how tightly an expression binds


def _ends_in_unit(e: nodes.Expression) -> bool:
    """Whether a name behind `e` and a slash would be read as a part of the unit in which it ends."""
    match e:
        case Number():
            return bool(e.unit) and not e.apart
        case Negative(operand):
            return _ends_in_unit(operand)
        case Arithmetic("*" | "/", _, Number() | Negative() | Per() as right):
            return isinstance(right, Per) or _ends_in_unit(right)
    return False


class Expressions(Words):
    """What is computed, compared and asked."""

    def condition(self, e: nodes.Expression) -> str:
        """An expression that stands by itself on its line; \\n before each 且 or 或 where the line may be broken."""
        if isinstance(e, Logic):
            return f"\n{self.word(e.joined.upper())} ".join(self.expression(p, _NOT) for p in e.parts)
        return self.expression(e)

    def expression(self, e: nodes.Expression | Range, least: int = _OR) -> str:
        """In parentheses where it binds less tightly than its place takes."""
        binds, made = self._bound(e)
        return f"({made})" if binds < least else made

    def _bound(self, e: nodes.Expression | Range) -> tuple[int, str]:
        match e:
            case Name(path):
                return _ATOM, self.names(path, ".")
            case Number():
                return _ATOM, self.number(e)
            case Day(written):
                return _ATOM, written
            case Truth(value):
                return _ATOM, self.word("YES" if value else "NO")
            case Displaced():
                return _ATOM, self.word("DISPLACED")
            case Call():
                return _ATOM, self.call(e)
            case AsOf(target, day):
                at = self.expression(day)
                at = at if isinstance(day, Name | Call | Day) else f"({at})"
                return _ATOM, f"{self.expression(target)} {self.word('ON')} {at}"
            case Range():
                return _ATOM, self.range(e)
            case Negative(operand):
                return _SIGNED, f"-{self.expression(operand, _SIGNED)}"
            case Per(word):
                return _ATOM, self.unit(word)
            case Arithmetic("/", left, Per() as word):
                return _PRODUCT, f"{self.expression(left, _PRODUCT)}/{self.expression(word)}"
            case Arithmetic("/", left, Name((_,)) as name) if _ends_in_unit(left):
                return _PRODUCT, f"{self.expression(left, _PRODUCT)} / ({self.expression(name)})"
            case Arithmetic(sign, left, right):
                level = SUM if sign in "+-" else _PRODUCT
                return level, f"{self.expression(left, level)} {sign} {self.expression(right, level + 1)}"
            case Comparison(first, links):
                rest = (f" {self.compared(x.word)} {self.expression(x.right, SUM)}" for x in links)
                return _COMPARED, self.expression(first, SUM) + "".join(rest)
            case Membership(item, options):
                among = self.range(options) if isinstance(options, Range) else f"({self.listed(options)})"
                return _COMPARED, f"{self.expression(item, SUM)} {self.word('AMONG')} {among}"
            case Not(operand):
                return _NOT, f"{self.word('NOT')} {self.expression(operand, _NOT)}"
            case Logic():
                return _OR, self.condition(e).replace("\n", " ")
            case _:
                assert_never(e)

    def listed(self, expressions: Iterable[nodes.Expression]) -> str:
        return ", ".join(self.expression(e) for e in expressions)

    def number(self, e: Number) -> str:
        """The digits as written; a unit that the policy declares is a name, the others have a word in each language."""
        unit = "/".join(map(self.unit, e.unit))
        if e.apart:
            return f"{e.digits} ({unit})"
        return f"{e.digits}{unit}" if e.unit[:1] in ((), ("%",)) else f"{e.digits} {unit}"

    def unit(self, word: str) -> str:
        return keywords.unit_in(word, self.lang) if word in keywords.UNIT_KEYS else self.name(word)

    def range(self, e: Range) -> str:
        left, right = "[" if e.low_closed else "(", "]" if e.high_closed else ")"
        return f"{left}{self.expression(e.low)}, {self.expression(e.high)}{right}"

    def call(self, e: Call) -> str:
        inside = self.listed(e.arguments)
        if e.alias:
            inside += f" {self.word('AS')} {self.name(e.alias)}"
        if e.where is not None:
            inside += f" {self.word('WHEN')} {self.expression(e.where)}"
        if e.default is not None:
            inside += f", {self.word('DEFAULT')} {self.expression(e.default)}"
        return f"{self.name(e.name)}({inside})"
