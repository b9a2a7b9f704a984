"""Guarantees: the claims under a title."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import keywords, nodes
from .layout import fitted, opening
from .results import Results

_GUARANTEE_LINE = frozenset(keywords.words("line", "GUARANTEE"))


class Guarantees(Results):
    """Claims, dated or not."""

    def claims(self, lines: Iterable[nodes.ClaimLine], depth: int) -> Iterator[str]:
        for line in lines:
            match line:
                case nodes.Remark(notes):
                    yield "  " * depth + self.notes(notes).lstrip(" ")
                case nodes.DatedClaims(dates, inner):
                    yield "  " * depth + self.dates(dates)
                    yield from self.claims(inner, depth + 1)
                case nodes.Claim(says, along, when):
                    made = opening(self.condition(says), _GUARANTEE_LINE)
                    if along is not None:
                        made += f" {self.word('ALONG')} {self.expression(along)} {self.word('NEVER_RISES')}"
                    if when is not None:
                        made += f" {self.word('WHEN')} {self.condition(when)}"
                    yield from fitted(made + self.notes(line.notes), depth)
