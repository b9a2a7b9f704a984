"""补发 当 …: when a benefit's difference is paid later."""

from __future__ import annotations

from ...model.paid import paid_type
from ...model.symbols import RuleSymbol
from .. import nodes as ir
from ..bodies.lines import RawBody
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope
from .sources import Sources


class ArrearsConditions:
    """Builds the conditions of arrears; `made` has those of all benefits."""

    def __init__(self, elaborator: Elaborator, sources: Sources) -> None:
        self.model = elaborator.model
        self.report = elaborator.report
        self.elaborator = elaborator
        self.sources = sources
        self.made: list[ir.Arrears] = []

    def read(self, symbol: RuleSymbol, body: RawBody) -> bool:
        """补发 当 E: typed in the benefit's entity, 已发 and 应发 being what a month pays of it."""
        for node, declared in body.arrears:
            if not symbol.benefit:
                self.report.error("P1015", node.span)
                return False
            if declared.layer < body.whole:
                continue
            self.elaborator.measures = paid_type(symbol.type)
            try:
                condition = self.elaborator.condition(node.condition, Scope(self.model, symbol.entity))
            except Skip:
                return False
            finally:
                self.elaborator.measures = None
            clause, assumptions = self.sources.clause(declared.clause, [node.notes])
            before = [a for a in self.made if (a.entity, a.benefit) == (symbol.entity, symbol.name)]
            if before and before[-1].layer == declared.layer:
                labels = [(before[-1].place, "先在这里写了", "written first here")]
                self.report.error("P1016", node.span, name=symbol.name, labels=labels)
                return False
            self.made.append(
                ir.Arrears(symbol.entity, symbol.name, condition, declared.layer, clause, node.span.place, assumptions)
            )
        return True
