"""policy.lark made ready: Lark's LALR tables, fed with the scanner's tokens, with the builder bound to them.

Making the tables takes longer than reading a short policy, so they are kept in the cache folder (shelf.py): plain data, `marshal`led.
"""

from __future__ import annotations

import marshal
import os
import threading
from functools import lru_cache
from typing import Any

import lark
from lark import Lark, Token
from lark.grammar import Rule
from lark.lexer import Lexer, TerminalDef

from .. import shelf
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
        self.lark = _made(self.builder, list(self.STARTS))

    def parse_tokens(self, tokens: list[Token], start: str = "start") -> Any:
        return self.lark.parse(tokens, start=start)


def _made(builder: Builder, starts: list[str]) -> Lark:
    """The parser with the builder bound to it: its tables from the cache, or made and kept there."""
    with open(os.path.join(os.path.dirname(__file__), "policy.lark"), encoding="utf-8") as file:
        text = file.read()
    where = shelf.folder()
    name = f"grammar-{shelf.hashed(shelf.engine_stamp(), lark.__version__, text)}" if where is not None else ""
    body = None if where is None else shelf.read(where, name)
    if body is not None:
        try:
            data, memo = marshal.loads(body)
            data["options"]["lexer"] = data["parser"]["lexer_conf"]["lexer_type"] = _Tokens
            load: Any = Lark._load_from_dict  # as Lark's own standalone parsers do
            found: Lark = load(data, memo, transformer=builder)
            return found
        except shelf.UNREADABLE:
            pass
    made = Lark(
        text,
        parser="lalr",
        lexer=_Tokens,
        transformer=builder,
        start=starts,
        keep_all_tokens=True,
        maybe_placeholders=True,
    )
    if where is not None:
        data, memo = made.memo_serialize([TerminalDef, Rule])
        bound = ("lexer", "transformer", "postlex", "lexer_callbacks", "tree_class", "_plugins")
        data["options"] = {k: v for k, v in data["options"].items() if k not in bound}
        del data["parser"]["lexer_conf"]["lexer_type"]
        shelf.write(where, name, marshal.dumps((data, memo)))
    return made


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    return Grammar()
