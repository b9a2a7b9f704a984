"""Entities with their facts: what may be given, within which range."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ...model.clause import Clause
from ...model.symbols import EntitySymbol
from ...model.types import Type
from ...syntax import nodes
from .. import nodes as ir
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope


class Entities:
    """Builds entities."""

    def __init__(self, elaborator: Elaborator) -> None:
        self.model = elaborator.model
        self.elaborator = elaborator

    def entity(self, symbol: EntitySymbol) -> ir.Entity:
        facts = []
        for fact in symbol.facts.values():
            made = self._fact(symbol, fact.name, fact.type, fact.node, fact.clause)
            if made is not None:
                facts.append(made)
        lists = tuple(
            ir.Members(x.name, x.entity, x.low, x.high, x.node.span.place, x.node.default is not None)
            for x in symbol.lists.values()
        )
        return ir.Entity(
            symbol.name,
            symbol.counts_as,
            tuple(facts),
            lists,
            symbol.holder,
            symbol.holder_list,
            symbol.declared.clause,
            symbol.declared.node.span.place,
        )

    def _fact(self, symbol: EntitySymbol, name: str, type_: Type, node: nodes.Fact, clause: Clause) -> ir.Fact | None:
        scope = Scope(self.model, symbol.name)
        low: Any = None
        high: Any = None
        default = when = None
        given = self.elaborator.given
        try:
            if node.range is not None:
                if not type_.is_amount:
                    raise self.elaborator.wanted(node.range[0].span, "数量才有范围", "an amount, for a range,", type_)
                low, high = (self.elaborator.literal(e, scope, given(e, type_)) for e in node.range)
                if low > high:
                    raise self.elaborator.fail(
                        "P0220",
                        node.range[0].span.to(node.range[1].span),
                        low=node.range[0].span.text,
                        high=node.range[1].span.text,
                    )
            if node.default is not None:
                default = self.elaborator.literal(node.default, scope, given(node.default, type_))
                if isinstance(default, Fraction) and (
                    (low is not None and default < low) or (high is not None and default > high)
                ):
                    raise self.elaborator.fail(
                        "P0220",
                        node.default.span,
                        low=node.default.span.text,
                        high=node.range[1].span.text if node.range else "",
                    )
            if node.when is not None:
                when = self.elaborator.condition(node.when, scope)
        except Skip:
            return None
        return ir.Fact(
            name,
            type_,
            low,
            high,
            default,
            node.default is not None,
            node.fixed or node.identifies,
            node.ask or "",
            node.by or "",
            when,
            clause,
            node.span.place,
        )
