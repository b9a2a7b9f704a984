"""Expressions: what is computed, compared and asked."""

from __future__ import annotations

from typing import Any

from lark import Token

from .. import nodes
from ..keywords import COMPARISON_WORDS, SIGNS, UNIT_KEYS
from ..settle import amount, join
from .dates import Dates
from .pieces import Reject


class Expressions(Dates):
    """Formulas, conditions, numbers and their units."""

    def logic(self, c: list[Any]) -> nodes.Logic:
        words = [x for x in c if isinstance(x, Token)]
        parts = tuple(x for x in c if not isinstance(x, Token))
        if len({w.type for w in words}) > 1:
            raise Reject(self.span(c), "P0102")
        return nodes.Logic("and" if words[0].type == "AND" else "or", parts, span=self.span(c))

    def not_(self, c: list[Any]) -> nodes.Not:
        return nodes.Not(c[1], span=self.span(c))

    def sign(self, c: list[Any]) -> tuple[str, str]:
        word = str(c[0])
        return (COMPARISON_WORDS.get(word) or SIGNS[word], word)

    def chain(self, c: list[Any]) -> nodes.Comparison:
        links = tuple(
            nodes.Link(sign, word, right, span=right.span) for (sign, word), right in zip(c[1::2], c[2::2], strict=True)
        )
        return nodes.Comparison(c[0], links, span=self.span(c))

    def among(self, c: list[Any]) -> nodes.Membership:
        options = tuple(x for x in c[2:] if not isinstance(x, Token))
        numbers = [x for x in options if isinstance(amount(x), (nodes.Number, nodes.Negative))]
        if len(options) == 2 and len(numbers) == 2:
            raise Reject(self.span(c[2:]), "P0222", low=numbers[0].span.text, high=numbers[1].span.text)
        return nodes.Membership(c[0], options, span=self.span(c))

    def among_open_range(self, c: list[Any]) -> nodes.Membership:
        """`(30%, 60%]`: to the grammar a set until its last bracket, so only here its ends are known to be ends."""
        low, high = amount(c[3]), amount(c[5])
        for end in (low, high):
            if not isinstance(end.operand if isinstance(end, nodes.Negative) else end, (nodes.Number, nodes.Name)):
                raise Reject(
                    end.span,
                    "P0101",
                    found="算式",
                    found_en="a formula",
                    expected="数值或名称",
                    expected_en="a number or a name",
                )
        range_ = nodes.Range(low, False, high, True, span=self.span(c[2:]))
        return nodes.Membership(c[0], range_, span=self.span(c))

    def among_range(self, c: list[Any]) -> nodes.Membership:
        return nodes.Membership(c[0], c[2], span=self.span(c))

    def range(self, c: list[Any]) -> nodes.Range:
        return nodes.Range(c[1], c[0].type == "_LSQB", c[3], c[4].type == "_RSQB", span=self.span(c))

    def arithmetic(self, c: list[Any]) -> nodes.Arithmetic:
        sign = {"PLUS": "+", "MINUS": "-", "STAR": "*", "_SLASH": "/"}[c[1].type]
        return nodes.Arithmetic(sign, c[0], c[2], span=self.span(c))  # type: ignore[arg-type]

    def per(self, c: list[Any]) -> nodes.Expression:
        """A built-in unit's word goes on with the unit at once; whether another name is a unit is not known before `settle`."""
        written = str(c[2])
        word = nodes.Per(UNIT_KEYS.get(written, written), written, span=self.at(c[2]))
        joined = join(c[0], word) if written in UNIT_KEYS else None
        return joined or nodes.Arithmetic("/", c[0], word, span=self.span(c))

    def negative(self, c: list[Any]) -> nodes.Negative:
        return nodes.Negative(c[1], span=self.span(c))

    def number(self, c: list[Any]) -> nodes.Number:
        return nodes.Number(str(c[0]), self.unit(c[1:]), span=self.span(c))

    def number_apart(self, c: list[Any]) -> nodes.Number:
        return nodes.Number(str(c[0]), self.unit(c[1:]), True, span=self.span(c))

    def unit(self, c: list[Any]) -> tuple[str, ...]:
        return tuple(UNIT_KEYS.get(w, w) for w in self.take(c, "UNIT", "NAME", "GLUED", "PERCENT"))

    def signed(self, c: list[Any]) -> nodes.Number | nodes.Negative:
        return self.with_sign(c[0], self.number(c[1:]), c)

    def signed_apart(self, c: list[Any]) -> nodes.Number | nodes.Negative:
        return self.with_sign(c[0], self.number_apart(c[1:]), c)

    def with_sign(self, minus: Token | None, number: nodes.Number, c: list[Any]) -> nodes.Number | nodes.Negative:
        return nodes.Negative(number, span=self.span(c)) if minus is not None else number

    def date(self, c: list[Any]) -> nodes.Day:
        return nodes.Day(self.calendar(c[0]), span=self.span(c))

    def truth(self, c: list[Any]) -> nodes.Truth:
        return nodes.Truth(c[0].type == "YES", span=self.span(c))

    def displaced(self, c: list[Any]) -> nodes.Displaced:
        return nodes.Displaced(span=self.span(c))

    def path(self, c: list[Any]) -> nodes.Name:
        return nodes.Name(tuple(self.take(c, "NAME")), span=self.span(c))

    def call(self, c: list[Any]) -> nodes.Call:
        arguments, where, default, alias = c[2] if c[2] is not None else ((), None, None, "")
        return nodes.Call(str(c[0]), arguments, where, default, alias, span=self.span(c))

    def arguments(self, c: list[Any]) -> tuple[Any, Any, Any, str]:
        where = default = None
        alias = ""
        plain: list[Any] = []
        last = ""
        for x in c:
            if isinstance(x, Token):
                alias = str(x) if last == "AS" else alias
                last = x.type
            elif x is None:
                continue
            elif last == "WHEN":
                where = x
            elif last == "DEFAULT":
                default = x
            else:
                plain.append(x)
        return tuple(plain), where, default, alias

    def as_of(self, c: list[Any]) -> nodes.AsOf:
        target, word, day = c[:3]
        if len(c) > 3 or isinstance(target, nodes.AsOf):
            raise Reject(self.span(c), "P0228", name=target.span.text)
        if not isinstance(target, (nodes.Name, nodes.Call)):
            raise Reject(target.span, "P0227", name=target.span.text)
        return nodes.AsOf(target, day, span=self.span([target, word, day]))

    def group(self, c: list[Any]) -> Any:
        return c[1]

    def literal(self, c: list[Any]) -> Any:
        return c[0]
