"""Rules, benefits and statuses with their lines, each with a condition and a result."""

from __future__ import annotations

from fractions import Fraction

from ...model.symbols import Declared, RuleSymbol
from ...model.types import TRUTH
from ...source import Place
from ...syntax import nodes
from ...syntax.characters import MAX_RULE_LINES
from .. import nodes as ir
from ..bodies.lines import RawLine
from ..bodies.opener import Opener
from ..displaced import Parts, Reader
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope
from ..parts import pay_in_parts
from .arrears import ArrearsConditions
from .paid_on import PaymentDays
from .shape import of_its_kind, well_shaped
from .sources import Sources
from .statuses import Statuses


class Rules:
    """Builds rules."""

    def __init__(self, elaborator: Elaborator, sources: Sources) -> None:
        self.model = elaborator.model
        self.report = elaborator.report
        self.elaborator = elaborator
        self.sources = sources
        self.statuses = Statuses(elaborator, sources)
        self.arrears = ArrearsConditions(elaborator, sources)
        self.payment_days = PaymentDays(elaborator, sources)

    def rule(self, symbol: RuleSymbol) -> list[ir.Rule]:
        """The rule, behind the parts of it that its lines read as 原值; none where it could not be built."""
        body = Opener(symbol.name, self.report).open(symbol.declared)
        first = symbol.declared[0]
        there = [(x.key, x.declared.layer) for x in body.lines]
        repeals = self.sources.repeals(symbol.name, body, there, {x.key: x.label for x in body.lines if x.label})
        lines: list[ir.Line] = []
        written: list[tuple[Declared, Place]] = []
        failed = len(repeals) < len(body.repeals)
        parts = Parts(self.model, symbol, body)
        for n, raw in enumerate(body.lines):
            line = self._line(symbol, raw, parts.reader(n))
            failed = failed or line is None
            if line is not None:
                lines.append(line)
                written.append((raw.declared, line.place))
        if len(body.lines) > MAX_RULE_LINES:
            self.report.error("P0310", first.node.span, name=symbol.name, lines=len(body.lines), most=MAX_RULE_LINES)
            return []
        if parts.too_many:
            self.report.error("P0614", first.node.span, name=symbol.name)
            return []
        failed = not of_its_kind(symbol, body, self.report) or failed
        failed = not well_shaped(symbol, body, self.report, self.model.broken) or failed
        failed = not self.arrears.read(symbol, body) or failed
        paid_on = self.payment_days.lines(symbol, body)
        failed = paid_on is None or failed
        clause, remarks = self.sources.remarks(first.clause, body, written)
        if failed:
            return []
        if symbol.status is not None:
            lines += self.statuses.stays(symbol)
        assert isinstance(first.node, (nodes.Rule, nodes.Status))
        starts = [line.since for line in lines]
        lines += paid_on or ()
        made = ir.Rule(
            symbol.entity,
            symbol.name,
            symbol.type,
            symbol.benefit,
            tuple((m.kind, m.since, m.until, m.layer, m.published) for m in body.modes),
            tuple(lines),
            min(starts, default=0),
            ir.OPEN,
            clause,
            remarks,
            first.node.span.place,
            status=symbol.status is not None,
            repeals=repeals,
            marks=self.statuses.marks(symbol, body) if symbol.status is not None else (),
            sections=tuple(d.node.span.place for d in symbol.declared[1:]),
        )
        if symbol.parts is not None:
            p = symbol.parts
            made = made._replace(parts=ir.Parts(p.months, p.rounding, p.step, p.span.place))
            pay_in_parts(made, self.elaborator.memory)
        return [*parts.rules(made), made]

    def _line(self, symbol: RuleSymbol, raw: RawLine, displaced: Reader) -> ir.Line | None:
        if (raw.kind == "transition") != (symbol.status is not None):
            self.report.error("P1004" if symbol.status is not None else "P1003", raw.span, name=symbol.name)
            return None
        if raw.kind == "transition":
            return self.statuses.transition(symbol, raw)
        scope = Scope(self.model, symbol.entity)
        scope.displaced = displaced
        parts: list[ir.Expression] = []
        failed = False
        for condition in raw.conditions:
            try:
                parts.append(self.elaborator.condition(condition, scope))
            except Skip:
                failed = True
        if raw.result.kind != "exact" or raw.result.value is None:
            self.report.error("P0407", raw.result.span)
            return None
        try:
            scope.owner = (symbol.entity, symbol.name)
            result = self.elaborator.expression(raw.result.value, scope, symbol.type)
        except Skip:
            return None
        if symbol.type.whole and symbol.type.is_amount and not symbol.type.unit.words and not is_whole(result):
            self.report.error("P0218", raw.result.value.span)
            return None
        if failed:
            return None
        condition_: ir.Expression | None = None
        if raw.kind in ("branch", "row", "exception"):
            flat = [x for p in parts for x in (p.parts if isinstance(p, ir.Logic) and p.joined == "and" else (p,))]
            if not flat:
                condition_ = ir.Constant(True, TRUTH, raw.span.place)
            else:
                condition_ = flat[0] if len(flat) == 1 else ir.Logic("and", tuple(flat), TRUTH, raw.span.place)
        clause, assumptions = self.sources.clause(raw.declared.clause, raw.notes)
        return ir.Line(
            raw.kind,
            raw.label,
            condition_,
            result,
            raw.beats,
            raw.since,
            raw.until,
            raw.published,
            raw.row,
            raw.key,
            raw.declared.layer,
            clause,
            assumptions,
            raw.span.place,
            raw.ends,
            raw.review,
        )


def is_whole(value: ir.Expression) -> bool:
    """Whether the formula can only give whole numbers, by its form."""
    match value:
        case ir.Constant():
            return isinstance(value.value, Fraction) and value.value.denominator == 1
        case ir.Arithmetic():
            return value.sign != "/" and is_whole(value.left) and is_whole(value.right)
        case ir.Call() if value.function in ("max", "min", "sum"):
            return all(is_whole(a) for a in value.arguments)
        case ir.Call() if value.function == "average":
            return False
    return value.type.whole
