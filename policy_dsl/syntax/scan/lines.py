"""An item → logical lines: indentation, comments, and which lines continue the one above."""

from __future__ import annotations

import re
from typing import NamedTuple

from lark import Token

from ...diagnostics.report import Diagnostic, diagnostic
from ...source import Source, Span
from .. import characters
from .items import Chunk
from .line_starts import LineStarts
from .numbers import mark_units
from .tokens import ScanError

_JOINS = frozenset({"且", "或", "and", "or"})
_QUOTED_OR_COMMENT = re.compile(r'「[^」\n]*」|"[^"\n]*"|(?<!\S)//')


class LogicalLine(NamedTuple):
    """One line with what continues it: its indentation in columns, its tokens, and whether it opens a dated block."""

    indent: int
    tokens: list[Token]
    opens: bool
    error: Diagnostic | None = None


class Lines(LineStarts):
    """Scans items. `comments` collects the spans of comments on the way."""

    def __init__(self, source: Source, folded: str) -> None:
        super().__init__(source, folded)
        self.comments: list[Span] = []

    def scan(self, chunk: Chunk) -> list[LogicalLine]:
        """The logical lines of an item; a line that cannot be read carries its error instead of tokens."""
        lines: list[LogicalLine] = []
        declaration = ""
        depth = 0
        for number in range(chunk.first, chunk.end):
            start = self.source.line_start(number)
            end = start + len(self.source.line_text(number))
            text_start = start
            while text_start < end and self.folded[text_start] in " \t\f":
                text_start += 1
            comment = _comment_at(self.folded, text_start, end)
            if comment < end:
                self.comments.append(Span(self.source, comment, end))
            stop = comment
            while stop > text_start and self.folded[stop - 1] in " \t\f":
                stop -= 1
            if stop <= text_start:
                continue
            indent = sum(2 if self.source.text[i] in "\u3000\t" else 1 for i in range(start, text_start))
            word = re.compile(r"\w+").match(self.folded, text_start)
            joins = bool(lines) and (depth > 0 or (indent > 0 and word is not None and word.group() in _JOINS))
            try:
                if end - start > characters.MAX_LINE:
                    raise ScanError(
                        diagnostic(
                            "P0104", Span(self.source, start, start + 1), length=end - start, most=characters.MAX_LINE
                        )
                    )
                if joins and not lines[-1].error:
                    fresh, depth = self.line_tokens(text_start, stop, declaration, False, depth, lines[-1].tokens)
                    lines[-1].tokens.extend(fresh)
                    self.bound(lines[-1].tokens)
                    mark_units(lines[-1].tokens)
                    lines[-1] = lines[-1]._replace(opens=_opens(lines[-1].tokens))
                    continue
                if joins:
                    continue
                tokens, depth = self.line_tokens(text_start, stop, declaration, not lines and indent == 0, 0, [])
                self.bound(tokens)
                mark_units(tokens)
            except ScanError as error:
                depth = 0
                lines.append(LogicalLine(indent, [], False, error.found))
                continue
            if not lines and tokens:
                declaration = tokens[0].type
            lines.append(LogicalLine(indent, tokens, _opens(tokens)))
        return lines


def _comment_at(folded: str, start: int, end: int) -> int:
    """Where a comment begins: `//` at the start or after white space, outside quotes; else `end`."""
    return next((m.start() for m in _QUOTED_OR_COMMENT.finditer(folded, start, end) if m.group() == "//"), end)


def _opens(tokens: list[Token]) -> bool:
    """Whether a line is `自 D …` without a value: then the lines indented under it belong to it."""
    return (
        bool(tokens)
        and tokens[0].type == "FROM"
        and not any(t.type in ("IS", "_COLON", "AT_LEAST", "TARGET", "PENDING", "REPEAL") for t in tokens)
    )
