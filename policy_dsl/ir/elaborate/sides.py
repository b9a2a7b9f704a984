"""Which side of a sign is read first: the one that has a type of its own, and the other takes it as its context."""

from __future__ import annotations

from ...model.functions import BY_NAME
from ...model.types import NUMBER, WHOLE, Type
from ...syntax import nodes
from .. import nodes as ir
from .numbers import Numbers
from .scope import Scope


class Sides(Numbers):
    """Sides of a sign or arguments of a function that must be of one type."""

    def pair(
        self, left: nodes.Expression, right: nodes.Expression, scope: Scope, want: Type | None = None
    ) -> tuple[ir.Expression, ir.Expression]:
        """Both sides, the one that has a type first; the other takes it as its context."""
        if self.rank(left, scope) >= self.rank(right, scope):
            a = self.make(left, scope, want)
            return a, self.beside(right, scope, a)
        b = self.make(right, scope, want)
        return self.beside(left, scope, b), b

    def beside(self, node: nodes.Expression, scope: Scope, other: ir.Expression) -> ir.Expression:
        context = other.type if other.type.kind in ("amount", "enumeration") else None
        if context in (NUMBER, WHOLE):
            context = None
        made = self.make(node, scope, context)
        if made.type.kind != other.type.kind:
            raise self.wanted(node.span, other.type.show("zh"), other.type.show("en"), made.type)
        return made

    def rank(self, node: nodes.Expression, scope: Scope) -> int:
        """How much type a side brings along: 2 of its own, 1 a written unit, 0 a bare number or a value's name."""
        known = scope.ranks.get(id(node))
        if known is None:
            known = scope.ranks[id(node)] = (node, self._ranked(node, scope))
        return known[1]

    def _ranked(self, node: nodes.Expression, scope: Scope) -> int:
        match node:
            case nodes.Number():
                return 1 if node.unit else 0
            case nodes.Negative():
                return self.rank(node.operand, scope)
            case nodes.Arithmetic() if node.sign in "+-":
                return max(self.rank(node.left, scope), self.rank(node.right, scope))
            case nodes.Arithmetic():
                return 1 if max(self.rank(node.left, scope), self.rank(node.right, scope)) < 2 else 2
            case nodes.Name() if len(node.path) == 1:
                return 0 if self.unqualified(node.path[0], scope, node.span.place) is None else 2
            case nodes.Call() if (
                node.name in BY_NAME and BY_NAME[node.name].shape == "gather" and not self.list_over(node, scope)
            ):
                return (
                    max((self.rank(a, scope) for a in node.arguments), default=2)
                    if BY_NAME[node.name].key in ("max", "min", "sum", "average")
                    else 2
                )
        return 2
