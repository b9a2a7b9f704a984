"""补发 当 … and 追回 每月不超过 …: when a benefit's difference is paid later, and how what was overpaid is taken back."""

from __future__ import annotations

from fractions import Fraction

from ...model.symbols import RuleSymbol
from ...model.units import MONTHS
from ...syntax import nodes
from .. import nodes as ir
from ..bodies.lines import RawBody
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope
from ..periods import money, paid_type, period
from .sources import Sources


class ArrearsConditions:
    """Builds the conditions of arrears and the instalments; `made` has those of all benefits."""

    def __init__(self, elaborator: Elaborator, sources: Sources) -> None:
        self.model = elaborator.model
        self.report = elaborator.report
        self.elaborator = elaborator
        self.sources = sources
        self.made: list[ir.Arrears] = []

    def read(self, symbol: RuleSymbol, body: RawBody) -> bool:
        """Typed in the benefit's entity; in 补发 当 E 已发 and 应发 are what a month pays of it."""
        for node, declared in body.arrears:
            if not symbol.benefit:
                self.report.error("P1015", node.span)
                return False
            if declared.layer < body.whole:
                continue
            kind = "arrears" if isinstance(node, nodes.Arrears) else "recover"
            try:
                condition = (
                    self._condition(node, symbol) if isinstance(node, nodes.Arrears) else self._limit(node, symbol)
                )
            except Skip:
                return False
            clause, assumptions = self.sources.clause(declared.clause, [node.notes])
            before = [a for a in self.made if (a.entity, a.benefit, a.kind) == (symbol.entity, symbol.name, kind)]
            if before and before[-1].layer == declared.layer:
                labels = [(before[-1].place, "先在这里写了", "written first here")]
                word = "补发" if kind == "arrears" else "追回"
                self.report.error("P1016", node.span, name=symbol.name, word=word, word_en=kind, labels=labels)
                return False
            self.made.append(
                ir.Arrears(
                    symbol.entity,
                    symbol.name,
                    condition,
                    declared.layer,
                    clause,
                    node.span.place,
                    assumptions,
                    kind,
                )
            )
        return True

    def _condition(self, node: nodes.Arrears, symbol: RuleSymbol) -> ir.Expression:
        self.elaborator.measures = paid_type(symbol.type, symbol.parts is not None)
        try:
            return self.elaborator.condition(node.condition, Scope(self.model, symbol.entity))
        finally:
            self.elaborator.measures = None

    def _limit(self, node: nodes.Recover, symbol: RuleSymbol) -> ir.Expression:
        """Money, or money a month, which is the same each month."""
        scope, wanted = Scope(self.model, symbol.entity), money(symbol.type)
        made = self.elaborator.make(node.limit, scope, wanted)
        if made.type.unit.times(MONTHS).dims != wanted.unit.dims:
            monthly = period(made.type.unit) == "month" and ("月", -1) in made.type.unit.words
            wanted = wanted._replace(unit=wanted.unit.times(MONTHS, -1), written=None) if monthly else wanted
            made = self.elaborator.expression(node.limit, scope, wanted)
        if isinstance(made, ir.Constant) and isinstance(made.value, (int, Fraction)) and made.value <= 0:
            self.report.error("P0260", node.limit.span)
            raise Skip
        return made
