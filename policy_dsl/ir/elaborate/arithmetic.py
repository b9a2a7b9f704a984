"""+ - * / on amounts with their units; + and - on dates."""

from __future__ import annotations

from ...model.types import DATE, DAY_COUNT, Type, amount
from ...model.units import DAYS, MONTHS, WORKDAYS
from ...source import Place
from ...syntax import nodes
from .. import nodes as ir
from .comparisons import Comparisons
from .mismatches import Side
from .scope import Scope


class Arithmetic(Comparisons):
    """Formulas that reckon, too."""

    def arithmetic(self, node: nodes.Arithmetic, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        if node.sign in "+-":
            return self._sum(node, scope, want, place)
        left, right = self.each([lambda: self.make(node.left, scope, None), lambda: self.make(node.right, scope, None)])
        self.must_be_amount(left, node.left.span)
        self.must_be_amount(right, node.right.span)
        if node.sign == "/" and isinstance(right, ir.Constant) and right.value == 0:
            raise self.fail("P0223", node.right.span)
        unit = left.type.unit.times(right.type.unit, 1 if node.sign == "*" else -1)
        whole = node.sign == "*" and left.type.whole and right.type.whole
        made = ir.Arithmetic(node.sign, left, right, amount(unit, whole), place)
        self.products.append(made)
        return made

    def _sum(self, node: nodes.Arithmetic, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        self.apart(node, node.left, node.right, scope)
        context = want if want is not None and want.is_amount and self.rank(node, scope) < 2 else None
        left, right = self._dated_pair(node, scope, context)
        if left.type == DATE:
            if right.type == DATE and node.sign == "-":
                return ir.Arithmetic("-", left, right, DAY_COUNT, place)
            self.must_be_amount(right, node.right.span)
            if right.type.unit.dims not in (DAYS.dims, MONTHS.dims, WORKDAYS.dims):
                raise self.fail(
                    "P0203",
                    node.right.span,
                    wanted="天数、工作日数或月数",
                    wanted_en="a number of days, workdays or months",
                    found=right.type.show("zh"),
                    found_en=right.type.show("en"),
                    hint=("例如 日期 + 3 个月", "as in date + 3 months"),
                )
            return ir.Arithmetic(node.sign, left, right, DATE, place)
        self.must_be_amount(left, node.left.span)
        self.must_be_amount(right, node.right.span)
        if left.type.unit.dims != right.type.unit.dims:
            raise self.units(node.span, Side(left.type, node.left, left), Side(right.type, node.right, right))
        type_ = amount(left.type.unit, left.type.whole and right.type.whole)
        return ir.Arithmetic(node.sign, left, right, type_._replace(written=left.type.written), place)

    def _dated_pair(
        self, node: nodes.Arithmetic, scope: Scope, context: Type | None
    ) -> tuple[ir.Expression, ir.Expression]:
        if self.rank(node.left, scope) == 2:
            left = self.make(node.left, scope, None)
            if left.type == DATE:
                return left, self.make(node.right, scope, None)
            return left, self.beside(node.right, scope, left)
        return self.pair(node.left, node.right, scope, context)
