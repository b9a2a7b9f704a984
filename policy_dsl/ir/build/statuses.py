"""What a status has and no other rule: transitions, its first and last states, and that it stays what it was."""

from __future__ import annotations

from ...model.symbols import RuleSymbol
from ...model.types import TRUTH
from ...syntax import nodes
from .. import nodes as ir
from ..bodies.dates import span_of
from ..bodies.lines import RawBody, RawLine
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope
from .sources import Sources


class Statuses:
    """Builds what is a status's own."""

    def __init__(self, elaborator: Elaborator, sources: Sources) -> None:
        self.model = elaborator.model
        self.elaborator = elaborator
        self.sources = sources

    def transition(self, symbol: RuleSymbol, raw: RawLine) -> ir.Line | None:
        """`s → u 当 C`: a line that applies where last month's state is s and C holds, and gives u."""
        scope = Scope(self.model, symbol.entity)
        scope.step = (symbol.entity, symbol.name)
        place = raw.span.place
        try:
            condition = self.elaborator.condition(raw.conditions[0], scope)
        except Skip:
            return None
        members = symbol.type.members
        state, target = (ir.Constant(members.index(x), symbol.type, place) for x in raw.steps)
        was = self.elaborator.memory.value(ir.RuleRef(0, symbol.entity, symbol.name, symbol.type, place), True)
        first = ir.Compare("=", was, state, "=", TRUTH, place)
        rest = condition.parts if isinstance(condition, ir.Logic) and condition.joined == "and" else (condition,)
        clause, assumptions = self.sources.clause(raw.declared.clause, raw.notes)
        return ir.Line(
            "transition",
            raw.label,
            ir.Logic("and", (first, *rest), TRUTH, place),
            target,
            (),
            raw.since,
            raw.until,
            raw.published,
            -1,
            raw.key,
            raw.declared.layer,
            clause,
            assumptions,
            place,
            raw.ends,
        )

    def stays(self, symbol: RuleSymbol) -> list[ir.Line]:
        """A status that no transition moves stays what it was: a line for each declaration, on the days for which that is made."""
        kept: ir.Expression | None = None
        made = []
        for declared in symbol.declared:
            node = declared.node
            if not isinstance(node, nodes.Status):
                continue
            place = node.span.place
            if kept is None:
                kept = self.elaborator.memory.value(ir.RuleRef(0, symbol.entity, symbol.name, symbol.type, place), True)
            since, until, published, _ = span_of(node.dates)
            made.append(
                ir.Line(
                    "otherwise",
                    "",
                    None,
                    kept,
                    (),
                    since,
                    until,
                    published,
                    -1,
                    "",
                    declared.layer,
                    declared.clause,
                    (),
                    place,
                    until,
                )
            )
        return made

    def marks(self, symbol: RuleSymbol, body: RawBody) -> tuple[ir.Mark, ...]:
        """起始 and 终止 as they count: a 废止 of all that is inherited takes the 终止 of the layers above."""
        made = []
        members = symbol.type.members
        for line, declared in body.states:
            clause, _ = self.sources.clause(declared.clause, [line.notes])  # the rule has the assumptions
            states = (line.state,) if isinstance(line, nodes.Initial) else line.states
            if isinstance(line, nodes.Initial) or declared.layer >= body.whole:
                kind = "initial" if isinstance(line, nodes.Initial) else "final"
                at = tuple(members.index(s) for s in states)
                made.append(ir.Mark(kind, at, declared.layer, clause, line.span.place))
        return tuple(made)
