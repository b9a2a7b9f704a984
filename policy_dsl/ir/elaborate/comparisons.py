"""Comparisons; whether a value is one of several, or within a range."""

from __future__ import annotations

import itertools

from ...model.types import TRUTH
from ...source import Place
from ...syntax import nodes
from .. import nodes as ir
from .captures import captured, way_out
from .mismatches import Side
from .scope import Scope
from .sides import Sides


class Comparisons(Sides):
    """Formulas that compare, too."""

    def comparison(self, node: nodes.Comparison, scope: Scope, place: Place) -> ir.Expression:
        sides = [node.first, *(link.right for link in node.links)]
        for one, other in itertools.pairwise(sides):
            self.apart(node, one, other, scope)
        order = sorted(range(len(sides)), key=lambda i: -self.rank(sides[i], scope))
        lead = self.make(sides[order[0]], scope, None)
        if lead.type.kind == "text":
            raise self.fail("P0213", sides[order[0]].span)
        made: dict[int, ir.Expression] = {order[0]: lead}
        for i in order[1:]:
            made[i] = self.beside(sides[i], scope, lead)
            if lead.type.kind == "amount" and made[i].type.unit.dims != lead.type.unit.dims:
                a, b = sorted((i, order[0]))
                left, right = (Side(made[n].type, sides[n], made[n]) for n in (a, b))
                raise self.units(sides[0].span.to(sides[-1].span), left, right)
            if lead.type.kind == "enumeration":
                self.fit(made[i], lead.type, sides[i].span)
        parts: list[ir.Expression] = []
        for i, link in enumerate(node.links):
            if link.sign not in ("=", "!="):
                if lead.type.kind == "enumeration" and not lead.type.ordered:
                    raise self.fail("P0211", node.span, type=lead.type.show("zh"), type_en=lead.type.show("en"))
                if lead.type.kind == "truth":
                    raise self.wanted(
                        node.span, "数量、日期或有次序的类型", "an amount, a date or an ordered type", lead.type
                    )
            parts.append(ir.Compare(link.sign, made[i], made[i + 1], link.word, TRUTH, place))
        return parts[0] if len(parts) == 1 else ir.Logic("and", tuple(parts), TRUTH, place)

    def membership(self, node: nodes.Membership, scope: Scope, place: Place) -> ir.Expression:
        if isinstance(node.options, nodes.Range):
            r = node.options
            low = nodes.Link(">=" if r.low_closed else ">", "≥" if r.low_closed else ">", r.low, span=r.low.span)
            high = nodes.Link("<=" if r.high_closed else "<", "≤" if r.high_closed else "<", r.high, span=r.high.span)
            parts = tuple(
                self.comparison(nodes.Comparison(node.item, (x,), span=node.span), scope, place) for x in (low, high)
            )
            return ir.Logic("and", parts, TRUTH, place)
        for listed in node.options:
            self.apart(node, node.item, listed, scope)
        item = self.make(node.item, scope, None)
        if item.type.kind == "text":
            raise self.fail("P0213", node.item.span)
        options = self.each([lambda o=o: self._option(o, scope, item) for o in node.options])
        return ir.Among(item, tuple(options), TRUTH, place)

    def apart(
        self,
        node: nodes.Comparison | nodes.Membership | nodes.Arithmetic,
        left: nodes.Expression,
        right: nodes.Expression,
        scope: Scope,
    ) -> None:
        """Refuses one name on both sides of a sign inside a list function, where it could mean the list's entry and the one outside."""
        name = None if scope.outer is None or scope.alias else captured(left, right, scope)
        if name is not None:
            zh, en = way_out(node, scope)
            hint = (f"给名单里的那一个起个名：{zh}", f"give the list's entry a name: {en}")
            raise self.fail("P0336", node.span, name=name.path[0], hint=hint)

    def _option(self, option: nodes.Expression, scope: Scope, item: ir.Expression) -> ir.Expression:
        made = self.beside(option, scope, item)
        return self.fit(made, item.type, option.span)
