"""Days and months, dates in front of a line, and the notes behind it, which are no place for one."""

from __future__ import annotations

import datetime
from typing import Any

from lark import Token

from ...source import Span
from .. import characters, nodes, undated
from ..keywords import BY_TERMINAL
from .pieces import Pieces, Reject


class Dates(Pieces):
    """What stands before and behind lines of all kinds."""

    def calendar(self, token: Token) -> str:
        text = str(token)
        try:
            datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")
        except ValueError:
            raise Reject(self.at(token), "P0121", written=text) from None
        return text

    def dates(self, c: list[Any]) -> nodes.Dates:
        given = {k.type: self.calendar(d) for k, d in zip(c[::2], c[1::2], strict=True) if k is not None}
        dates = nodes.Dates(
            given["FROM"], given.get("TO"), given.get("PUBLISHED"), given.get("REVIEW"), span=self.span(c)
        )
        if dates.until and dates.until < dates.since[: len(dates.until)]:
            raise Reject(dates.span, "P0402", since=dates.since, until=dates.until)
        return self.reviewed(dates)

    def reviewed(self, dates: nodes.Dates) -> nodes.Dates:
        """A value that is looked at again before it holds would be overdue from the first day."""
        if dates.review and dates.review < dates.since[: len(dates.review)]:
            raise Reject(dates.span, "P0342", since=dates.since, review=dates.review)
        return dates

    def day(self, c: list[Any]) -> Any:
        return c[0]

    def behind(self, dates: nodes.Dates, published: str | None, review: str | None) -> nodes.Dates:
        """公布 and 复核 may stand before the value or behind it; both mean the same."""
        for word, before, late in (("PUBLISHED", dates.published, published), ("REVIEW", dates.review, review)):
            if before is not None and late is not None:
                row = BY_TERMINAL[word]
                zh, en = f"{row.zh} 写了两次", f"“{row.en}” twice"
                raise Reject(dates.span, "P0101", found=zh, found_en=en, expected="", expected_en="")
        made = nodes.Dates(
            dates.since, dates.until, published or dates.published, review or dates.review, span=dates.span
        )
        return self.reviewed(made)

    def published(self, c: list[Any]) -> str:
        return self.calendar(c[1])

    def review(self, c: list[Any]) -> str:
        return self.calendar(c[1])

    def notes(self, c: list[Any]) -> nodes.Notes:
        for said in c:
            if isinstance(said, Token) and said.type == "UNDER":
                self.without_dates(said, undated.BASIS)
        basis = tuple(str(x) for x in c if isinstance(x, Token) and x.type == "UNDER")
        assumptions = tuple(str(x) for x in c if isinstance(x, Token) and x.type == "ASSUME")
        return nodes.Notes(basis, assumptions, span=self.span(c))

    def note(self, c: list[Any]) -> Any:
        return c[0]

    def without_dates(self, said: Token, hint: tuple[str, str]) -> None:
        """Free text is no place for a date: what ends in one as lines write it would count for nothing."""
        found = undated.AT_END.search(characters.fold(str(said)))
        if found is not None:
            end = said.end_pos or 0
            raise Reject(Span(self.source, end - len(found.group().lstrip()), end), "P0420", hint=hint)
