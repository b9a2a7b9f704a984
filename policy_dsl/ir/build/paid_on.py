"""发于 DATE: money without a period is paid in the month that holds the day, and 0 in every other.

It is lowered to an exception that comes before all others: 当 月初(DATE) ≠ 本月 为 0. So evaluators, bounds and checks have nothing new to learn, and
the benefit is in force on the days on which its body is.
"""

from __future__ import annotations

from fractions import Fraction

from ...model.symbols import RuleSymbol
from ...model.types import DATE, TRUTH
from .. import nodes as ir
from ..bodies.lines import RawBody
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope
from .sources import Sources


class PaymentDays:
    """Builds the lines that 发于 makes."""

    def __init__(self, elaborator: Elaborator, sources: Sources) -> None:
        self.model = elaborator.model
        self.report = elaborator.report
        self.elaborator = elaborator
        self.sources = sources

    def lines(self, symbol: RuleSymbol, body: RawBody) -> list[ir.Line] | None:
        """The line that the lowest layer's 发于 makes, none where there is none; None where something is wrong with it."""
        made: list[ir.Line] = []
        before = None
        for node, declared in body.paid_on:
            if not symbol.benefit:
                self.report.error("P0250", node.span)
                return None
            if declared.layer < body.whole:
                continue
            if before is not None and before[1].layer == declared.layer:
                labels = [(before[0].span, "先在这里写了", "written first here")]
                self.report.error("P0251", node.span, name=symbol.name, labels=labels)
                return None
            before = node, declared
            try:
                day = self.elaborator.expression(node.day, Scope(self.model, symbol.entity), DATE)
            except Skip:
                return None
            place = node.span.place
            month = ir.Call("month_start", (day,), DATE, place)
            other = ir.Compare("!=", month, ir.Moment("this_month", DATE, place), "≠", TRUTH, place)
            nothing = ir.Constant(Fraction(0), symbol.type, place)
            clause, assumptions = self.sources.clause(declared.clause, [node.notes])
            made = [
                ir.Line(
                    "exception",
                    "",
                    other,
                    nothing,
                    (),
                    0,
                    ir.OPEN,
                    0,
                    -1,
                    ir.PAID_ON,
                    len(self.model.chain),  # before every exception of every layer
                    clause,
                    assumptions,
                    place,
                )
            ]
        return made
