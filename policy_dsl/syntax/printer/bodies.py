"""Bodies: the lines under a declaration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from .. import keywords, nodes
from .layout import fitted, opening
from .tables import Tables

AMENDMENT_LINE = frozenset(keywords.words("line", "AMEND"))
_BODY_LINE = frozenset(keywords.words("line", "STATUS")) | AMENDMENT_LINE


class Bodies(Tables):
    """Lines that give a value or take one away, and those of a 阶段."""

    def body(self, lines: Iterable[nodes.Line], depth: int = 1) -> Iterator[str]:
        for line in lines:
            yield from self.line(line, depth)

    def line(self, line: nodes.Line, depth: int) -> Iterator[str]:
        match line:
            case nodes.Table():
                yield from ("  " * depth + row for row in self.table(line))
            case nodes.Dated(dates, (nodes.Value() | nodes.Repeal() as value,), True):
                yield from fitted(f"{self.dates(dates)} {self.given(value)}", depth)
            case nodes.Dated(dates, lines):
                yield "  " * depth + self.dates(dates)
                yield from self.body(lines, depth + 1)
            case nodes.Mode(kind):
                yield "  " * depth + self.word(kind.upper())
            case nodes.Remark(notes):
                yield "  " * depth + self.notes(notes).lstrip(" ")
            case nodes.Initial(state, notes):
                yield "  " * depth + f"{self.word('INITIAL')} {self.name(state)}{self.notes(notes)}"
            case nodes.Final(states, notes):
                yield "  " * depth + f"{self.word('FINAL')} {self.names(states)}{self.notes(notes)}"
            case nodes.Transition():
                yield from fitted(self.transition(line), depth)
            case nodes.Arrears(condition, notes):
                made = f"{self.word('ARREARS')} {self.word('WHEN')} {self.condition(condition)}{self.notes(notes)}"
                yield from fitted(made, depth)
            case nodes.PaidOn(day, notes):
                yield from fitted(f"{self.word('PAID_ON')} {self.expression(day)}{self.notes(notes)}", depth)
            case nodes.Recover(limit, notes):
                a_month = "" if self.lang == "zh" else f" {keywords.A_MONTH}"
                made = f"{self.word('RECOVER')} {self.word('INSTALMENT')} {self.condition(limit)}{a_month}{self.notes(notes)}"
                yield from fitted(made, depth)
            case _:
                yield from fitted(self.given(line), depth)

    def transition(self, line: nodes.Transition) -> str:
        steps = f"{self.names(line.sources)} → {self.name(line.target)}"
        made = f"{steps} {self.word('WHEN')} {self.condition(line.condition)}{self.notes(line.notes)}"
        return opening(made, _BODY_LINE)

    def given(self, line: nodes.Value | nodes.Branch | nodes.Otherwise | nodes.Except | nodes.Repeal) -> str:
        """A line that gives a result: what must hold, 为, the result, its notes; or one that takes something away."""
        if isinstance(line, nodes.Repeal):
            target = f" → {self.name(line.target)}" if line.target else ""
            return f"{self.word('REPEAL')} {self.names(line.name)}{target}".rstrip(" ") + self.notes(line.notes)
        ends = f"{self.word('IS')} {self.result(line.result)}"
        match line:
            case nodes.Branch():
                ends = f"{self.word('WHEN')} {self.condition(line.condition)} {ends}"
            case nodes.Otherwise():
                ends = f"{self.word('OTHERWISE')} {ends}"
            case nodes.Except():
                label = f" {self.name(line.label)}" if line.label else ""
                beats = f" {self.word('BEATS')} {self.names(line.beats)}" if line.beats else ""
                ends = (
                    f"{self.word('EXCEPT')}{label} {self.word('WHEN')} {self.condition(line.condition)} {ends}{beats}"
                )
            case nodes.Value():
                pass
        return ends + self.notes(line.notes)
