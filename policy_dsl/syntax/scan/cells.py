"""A table row → cells → tokens."""

from __future__ import annotations

import itertools

from lark import Token

from .numbers import mark_units
from .stretches import Stretches
from .tokens import TOKEN


class Cells(Stretches):
    """Cuts rows and scans their cells."""

    def row(self, token: Token) -> tuple[list[tuple[int, int]], tuple[int, int]]:
        """The cells of a ROW token and what stands behind its last bar, as offsets without outer white space."""
        start, end = token.start_pos or 0, token.end_pos or 0
        bars = []
        quoted = False
        for i in range(start, end):
            c = self.folded[i]
            if c in "「」":
                quoted = c == "「"
            elif c == "|" and not quoted:
                bars.append(i)
        cells = [self._trim(a + 1, b) for a, b in itertools.pairwise(bars)]
        return cells, self._trim(bars[-1] + 1, end)

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.folded[start] in " \t\f":
            start += 1
        while end > start and self.folded[end - 1] in " \t\f":
            end -= 1
        return start, end

    def scan_cell(self, start: int, end: int) -> list[Token]:
        """Tokens of one cell; a lone dash is `—`."""
        if self.folded[start:end] in ("-", "—", "--", "——"):
            return [self.token("ANY", start, end)]
        word = TOKEN.match(self.folded, start, end)
        out: list[Token] = []
        if word and word.group("name") in ("自", "from"):
            out.append(self.token("FROM", start, word.end()))
            start = word.end()
        tokens, _ = self.stretch(out, start, end, "CELL", 0, [], False)
        self.bound(tokens)
        mark_units(tokens)
        return tokens
