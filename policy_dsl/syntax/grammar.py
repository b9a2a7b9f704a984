"""policy.lark made ready: Lark's LALR tables, fed with the scanner's tokens, with the builder bound to them."""

from __future__ import annotations

import threading
from functools import lru_cache
from typing import Any

from lark import Lark, Token
from lark.lexer import Lexer

from .builder.builder import Builder


class _Tokens(Lexer):
    """Hands Lark the tokens that the scanner made."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        return iter(lexer_state.text)


class Grammar:
    """The LALR tables with the builder bound to them. One for the process, used under a lock."""

    STARTS = ("start", "condition_cell", "result_cell", "header_cell", "row_notes", "condition")

    def __init__(self) -> None:
        self.builder = Builder()
        self.builder.cells = self.parse_tokens
        self.lock = threading.RLock()
        self.lark = Lark.open(
            "policy.lark",
            rel_to=__file__,
            parser="lalr",
            lexer=_Tokens,
            transformer=self.builder,
            start=list(self.STARTS),
            keep_all_tokens=True,
            maybe_placeholders=True,
        )

    def parse_tokens(self, tokens: list[Token], start: str = "start") -> Any:
        return self.lark.parse(tokens, start=start)


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    return Grammar()
