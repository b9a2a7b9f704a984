"""Examples: what is given, and what is expected."""

from __future__ import annotations

from typing import Any

from lark import Token

from ...source import Span
from .. import nodes
from ..keywords import MEASURES
from .expressions import Expressions
from .pieces import Reject


class Examples(Expressions):
    """The lines of a 案例."""

    def example(self, c: list[Any]) -> nodes.Example:
        title = self.take(c, "TEXT")
        entries = self.pick(c, nodes.Entry)
        ons = [x for x in c if isinstance(x, tuple) and x[0] == "on"]
        if len(ons) > 1:
            raise Reject(
                ons[1][2],
                "P0704",
                title=title[0] if title else "",
                problem="写了两个 于",
                problem_en="it has two “on”",
                hint=("留一个", "keep one"),
            )
        return nodes.Example(
            title[0] if title else "", ons[0][1] if ons else None, tuple(entries), span=self.span(c[:2])
        )

    def example_on(self, c: list[Any]) -> Any:
        return ("on", self.calendar(c[1]), self.at(c[1]))

    def history_dates(self, c: list[Any]) -> dict[str, Any]:
        return {
            "span": self.span(c),
            **{k.type: self.calendar(d) for k, d in zip(c[::2], c[1::2], strict=True) if k is not None},
        }

    def given(self, c: list[Any]) -> nodes.Entry:
        dates: dict[str, Any] = c[0] or {}
        since, until = dates.get("FROM"), dates.get("TO")
        if since and until and until < since[: len(until)]:
            raise Reject(dates["span"], "P0402", since=since, until=until)
        span = self.span(c[:-1])
        if dates:
            span = Span(self.source, dates["span"].start, span.end)
        return nodes.Entry(False, since, tuple(map(str, c[1])), c[3], until, dates.get("LEARNED"), span=span)

    def expected(self, c: list[Any]) -> nodes.Entry:
        month = self.calendar(c[1]) if c[1] is not None else None
        return nodes.Entry(True, month, tuple(map(str, c[2])), c[4], span=self.span(c[:-1]))

    def expected_failure(self, c: list[Any]) -> nodes.Entry:
        return nodes.Entry(True, None, (), (), span=self.span(c[:-1]))

    def who(self, c: list[Any]) -> tuple[Token, ...]:
        return tuple(c)

    def assignments(self, c: list[Any]) -> tuple[nodes.Assignment, ...]:
        return tuple(self.pick(c, nodes.Assignment))

    def assignment(self, c: list[Any]) -> nodes.Assignment:
        return nodes.Assignment(c[0].path, c[2], span=self.span(c))

    def money_assignment(self, c: list[Any]) -> nodes.Assignment:
        word = str(c[0])
        measure = next((k for k, words in MEASURES.items() if word in words), None)
        if measure is None:
            due = word in ("应发", "due")
            hint = (
                (f"应发的就是给付本身：{c[2]} = …", f"what is due is the benefit itself: {c[2]} = …") if due else None
            )
            raise Reject(self.at(c[0]), "P1011", word=word, hint=hint)
        return nodes.Assignment((str(c[2]),), c[-1], measure, span=self.span(c))

    def given_bound(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", c[0], span=self.span(c))

    def given_truth(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", self.truth(c), span=self.span(c))

    def given_day(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", nodes.Day(self.calendar(c[0]), span=self.span(c)), span=self.span(c))

    def given_text(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", nodes.Name((str(c[0]),), span=self.span(c)), span=self.span(c))

    def given_unknown(self, c: list[Any]) -> nodes.Given:
        names = next((tuple(map(str, x)) for x in c if isinstance(x, tuple)), ())
        return nodes.Given("unknown", None, names, span=self.span(c))

    def given_failure(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("error", None, tuple(self.take(c, "NAME")), span=self.span(c))
