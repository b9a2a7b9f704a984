"""Formulas of the type that is wanted, and not too long, whatever they are made of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from ...diagnostics.report import Report
from ...model.symbols import Model
from ...model.types import TRUTH, Type
from ...model.units import unit_of
from ...source import Span
from ...syntax import nodes
from ...syntax.characters import MAX_PARTS
from ...syntax.traverse import walk
from .. import nodes as ir
from ..traverse import children
from .errors import Errors, Skip
from .mismatches import Root, Side
from .scope import Scope


class Formulas(Errors, ABC):
    """Formulas of any kind: `typed` makes them, and is for those who extend this."""

    def __init__(self, model: Model, report: Report) -> None:
        super().__init__(model, report)
        self.parts: dict[int, tuple[ir.Expression, int]] = {}  # how many parts a formula has; it keeps its id taken

    def condition(self, node: nodes.Expression, scope: Scope) -> ir.Expression:
        return self.expression(node, scope, TRUTH)

    def expression(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        """The typed formula of `node`; with `want` it must fit that type, and bare numbers and values take it."""
        if self.root is not None:
            return self._expression(node, scope, want)
        self.root = Root(node, scope, want)
        try:
            return self._expression(node, scope, want)
        finally:
            self.root = None

    def _expression(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        made = self.make(node, scope, want)
        if want is None:
            return made
        bare = next((x for x in walk(node) if isinstance(x, nodes.Number) and not x.unit), None)
        if bare is not None and want.unit.dims and made.type.is_amount and not made.type.unit.words and _written(node):
            zh, en = (want.unit.show(lang) for lang in ("zh", "en"))  # in full: no context completes a factor
            raise self.fail("P0205", node.span, digits=node.span.text, unit=zh, unit_en=en, number=bare.digits)
        return self.fit(made, want, node.span)

    def literal(self, node: nodes.Expression, scope: Scope, want: Type) -> object:
        """The value of `node`, which must be written out."""
        made = self.expression(node, scope, want)
        if not isinstance(made, ir.Constant):
            raise self.wanted(node.span, "写明的值", "a written value", made.type)
        return made.value

    def given(self, node: nodes.Expression, type_: Type) -> Type:
        """The type that a value of a fact or an output has where it is written out: in the declared unit, or in full (元/户 for the 元
        of a household)."""
        if not type_.is_amount:
            return type_
        number = node.operand if isinstance(node, nodes.Negative) else node
        unit = unit_of(number.unit, self.model.units) if isinstance(number, nodes.Number) and number.unit else None
        full = unit is not None and unit.dims == type_.unit.dims
        return type_._replace(unit=type_.unit if full else type_.own, written=None)

    def make(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        made = self.typed(node, scope, want)
        if self._parts(made) > MAX_PARTS:
            raise self.fail("P0105", node.span, most=MAX_PARTS)
        return made

    @abstractmethod
    def typed(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        """The formula of any expression, by its kind; `want` is its context and need not be met."""

    def _parts(self, made: ir.Expression) -> int:
        """Parts of a formula. `a < x < b` and ranges use x twice, so one inside the other would double them at each level."""
        known = self.parts.get(id(made))
        if known is None:
            known = self.parts[id(made)] = (made, 1 + sum(map(self._parts, children(made))))
        return known[1]

    @staticmethod
    def each(makers: Sequence[object]) -> list[ir.Expression]:
        """All parts, so that every part's mistakes are reported; then the first failure counts."""
        made: list[ir.Expression] = []
        failed = False
        for maker in makers:
            try:
                made.append(maker())  # type: ignore[operator]
            except Skip:
                failed = True
        if failed:
            raise Skip
        return made

    def fit(self, made: ir.Expression, want: Type, span: Span) -> ir.Expression:
        """The formula, if its value can stand where `want` is wanted."""
        have = made.type
        if want.kind != have.kind:
            raise self.wanted(span, want.show("zh"), want.show("en"), have)
        if want.kind == "enumeration" and (want.name, want.members) != (have.name, have.members):
            raise self.wanted(
                span, want.show("zh"), want.show("en"), have, ("两个类型的值不能混用", "values of two types do not mix")
            )
        if want.kind == "amount" and want.unit.dims != have.unit.dims:
            inside = walk(self.root.node) if self.root is not None else ()
            node = next((x for x in inside if isinstance(x, nodes.Expression) and x.span == span), None)
            raise self.units(span, Side(have, node, made), Side(want))
        return made

    def must_be_amount(self, made: ir.Expression, span: Span) -> None:
        if made.type.kind == "text":
            raise self.fail("P0213", span)
        if made.type.kind != "amount":
            raise self.wanted(span, "数量", "an amount", made.type)


def _written(node: nodes.Node) -> bool:
    """Whether an expression is made of written numbers alone."""
    return all(isinstance(x, (nodes.Number, nodes.Arithmetic, nodes.Negative)) for x in walk(node))
