"""Tokens and the places from which they are made."""

from __future__ import annotations

import re

from lark import Token

from ...diagnostics.report import Diagnostic, diagnostic
from ...source import Source, Span
from .. import characters

TOKEN = re.compile(
    rf"""(?P<space>[ \t\f]+)
      | (?P<quoted>「[^」\n]*」)
      | (?P<string>"[^"\n]*")
      | (?P<day>[0-9]{{4}}-[0-9]{{2}}(?:-[0-9]{{2}})?(?![0-9]))
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>{characters.NAME})
      | (?P<sign>>=|<=|!=|->|\.\.|[→≥≤≠<>=:,()\[\]+\-*/|.%—])""",
    re.VERBOSE,
)
SIGNS = {
    ":": "_COLON",
    ",": "_COMMA",
    "(": "_LPAR",
    ")": "_RPAR",
    "[": "_LSQB",
    "]": "_RSQB",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "_SLASH",
    "|": "_BAR",
    ".": "_DOT",
    "..": "_RANGE",
    "%": "PERCENT",
    "—": "ANY",
    "=": "EQUAL",
    "<": "LESS",
    "→": "ARROW",
    "->": "ARROW",
}


class ScanError(Exception):
    """A character or word that cannot be read; the line is left out and the others go on."""

    def __init__(self, found: Diagnostic) -> None:
        super().__init__(found)
        self.found = found


class Tokens:
    """A source, and tokens made of its parts."""

    def __init__(self, source: Source, folded: str) -> None:
        self.source = source
        self.folded = folded

    def token(self, kind: str, start: int, end: int, value: str | None = None) -> Token:
        """Words and signs have one form, the half-width one; prose and quoted names (`value`) stay as they were written."""
        return Token(kind, self.folded[start:end] if value is None else value, start, None, None, None, None, end)

    def prose(self, start: int, end: int) -> Token:
        return self.token("TEXT", start, end, self.source.text[start:end])

    def span(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    def bound(self, tokens: list[Token]) -> None:
        if len(tokens) > characters.MAX_TOKENS:
            raise ScanError(diagnostic("P0105", self.span(tokens[0]), most=characters.MAX_TOKENS))
