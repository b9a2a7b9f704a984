"""Written numbers and their units."""

from __future__ import annotations

import re

from ...diagnostics.report import suggestion
from ...model.types import NUMBER, WHOLE, Type, amount, decimal_text
from ...model.units import complete, unit_of
from ...source import Place, Span
from ...syntax import keywords, nodes
from .. import nodes as ir
from .errors import Skip
from .names import Names
from .scope import Scope


class Numbers(Names):
    """Formulas that are numbers, too."""

    def number(self, node: nodes.Number, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        for written, span in node.asked:
            found = self.unqualified(written, scope, place)
            while isinstance(found, ir.Outside):
                found = found.value
            if isinstance(found, ir.Expression) and found.type.is_amount:
                raise self._two_readings(node, written, span, found)
        value = node.value
        context = want.unit if want and want.is_amount else None
        if not node.unit:
            if context is None:
                if want is not None:
                    raise self.wanted(node.span, want.show("zh"), want.show("en"), NUMBER)
                return ir.Constant(value, WHOLE if value.denominator == 1 else NUMBER, place)
            if context.in_percent:
                percent = decimal_text(value * 100) or node.digits
                raise self.fail("P0215", node.span, digits=node.digits, percent=percent)
            assert want is not None
            return ir.Constant(value * context.scale, want, place)
        unit = unit_of(node.unit, self.model.units)
        if unit is None:
            glued = re.match(r"\w+", node.span.text[len(node.digits) :])
            if glued is not None and glued.group() not in keywords.UNIT_KEYS:
                raise self.fail("P0109", node.span, digits=node.digits, word=glued.group())
            raise self.fail(
                "P0214", node.span, name="/".join(node.unit), hint=suggestion(node.unit[0], keywords.UNIT_KEYS)
            )
        if context is not None and unit.dims != context.dims:
            unit = complete(unit, context) or unit
        return ir.Constant(value * unit.scale, amount(unit, value.denominator == 1), place)

    def _two_readings(self, node: nodes.Number, name: str, span: Span, found: ir.Expression) -> Skip:
        """`300 元/床` where 床 is a unit and the name of a value: both readings, each as it can be written."""
        before = span.source.text[node.span.start : node.asked[0][1].start].rstrip(" \t\n\u3000/／")
        words = [x.text for _, x in node.asked]
        others = [x.text for _, x in node.asked if x is not span]
        kinds = {"FactRef": ("事实", "fact"), "RuleRef": ("规则", "rule"), "ParameterRef": ("参数", "parameter")}
        kind, kind_en = kinds.get(type(found).__name__, ("名称", "name"))
        declared = (
            self.model.declared_at(found.entity, found.name)
            if isinstance(found, (ir.FactRef, ir.RuleRef))
            else (self.model.declared_at("", found.name) if isinstance(found, ir.ParameterRef) else None)
        )
        unit = f"{node.digits} ({'/'.join([before[len(node.digits) :].strip(), *words])})"
        division = f"{'/'.join([before, *others])} / ({span.text})"
        hint = None
        if (
            declared is not None and declared.source is not span.source
        ):  # who adds a name mostly cannot change the text above
            hint = (
                f"给{kind}「{name}」换一个名称；或在这里，每{name}多少写 {unit}，除以{kind}的值写 {division}",
                f"take another name for the {kind_en} “{name}”; or write here {unit} for the amount per unit, {division} to divide by the {kind_en}",
            )
        return self.fail(
            "P0230",
            span,
            hint=hint,
            written=" ".join(node.span.text.split()),
            name=name,
            kind=kind,
            kind_en=kind_en,
            unit=unit,
            division=division,
            labels=[(declared, f"{kind}「{name}」在这里", f"the {kind_en} “{name}”")] if declared is not None else (),
        )
