"""What every part of the builder does with its pieces: places in the text, tokens and nodes picked out, what is refused."""

from __future__ import annotations

from typing import Any

from lark import Token

from ...source import Source, Span
from .. import characters, nodes
from ..traverse import depth


class Reject(Exception):
    """Raised by the builder for what the grammar lets through and the language does not."""

    def __init__(self, span: Span, code: str, **words: Any) -> None:
        super().__init__(code)
        self.span, self.code, self.words = span, code, words


class Pieces:
    """Children come with every token, so spans are exact."""

    def __init__(self) -> None:
        self.source = Source("", "")

    def span(self, children: list[Any]) -> Span:
        start: int | None = None
        end = 0
        for c in children:
            for part in c if isinstance(c, tuple) else (c,):
                if isinstance(part, Token):
                    s, e = part.start_pos or 0, part.end_pos or 0
                elif isinstance(part, nodes.Node):
                    s, e = part.span.start, part.span.end
                else:
                    continue
                if e > s:
                    start = s if start is None else min(start, s)
                    end = max(end, e)
        return Span(self.source, start or 0, end)

    def at(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    @staticmethod
    def take(children: list[Any], *types: str) -> list[str]:
        return [str(c) for c in children if isinstance(c, Token) and c.type in types]

    @staticmethod
    def pick(children: list[Any], *types: type) -> list[Any]:
        return [c for c in children if isinstance(c, types)]

    def limited(self, expression: nodes.Expression) -> nodes.Expression:
        if depth(expression) > characters.MAX_DEPTH:
            raise Reject(expression.span, "P0105", most=characters.MAX_DEPTH)
        return expression
