"""What formulas read of the months before: 上月, 近, 持续, 累计, 进入时, lowered to what entries carry (memory.py)."""

from __future__ import annotations

from fractions import Fraction

from ...diagnostics.report import Report
from ...model.functions import BY_KEY, BY_NAME, MONTHS_OF_A_YEAR, THIS_YEAR, Function
from ...model.symbols import Model, RuleSymbol
from ...model.types import MONTH_COUNT, TRUTH, WHOLE, amount
from ...model.units import MONTHS
from ...source import Place
from ...syntax import nodes
from ...syntax.printer.printer import text as printed
from .. import nodes as ir
from ..memory import Memory
from .calls import Calls
from .scope import Scope

MOST_MONTHS = 600


class LookBacks(Calls):
    """Formulas that look back, too."""

    def __init__(self, model: Model, report: Report) -> None:
        super().__init__(model, report)
        self.memory = Memory()

    def look_back(self, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
        """上月(x, 默认 d), 持续(s), 累计(s), 进入时(s, x). 近 stands inside a function over values alone."""
        if function.key == "last":
            raise self.misuse(
                function,
                node,
                "只写在 合计、平均、最大、最小、个数、任一、全部 里面",
                "stands inside sum, average, max, min, count, any or all",
            )
        if node.where is not None:
            raise self.misuse(function, node, "不能带 当", "takes no “when”")
        self.arity(function, node)
        if function.key == "previous":
            ref = self._looked_at(node.arguments[0], scope)
            default = None
            if node.default is not None:
                default = self.expression(node.default, scope, ref.type)
            if isinstance(ref, ir.RuleRef) and self._is_status(ref):
                carried = self.memory.last_state(ref)
            else:
                carried = self.memory.value(ref, False)
            return ir.Past("previous", None, carried, default, None, ref.name, ref.type, place)
        if node.default is not None:
            raise self.misuse(function, node, "不能带 默认", "takes no “default”")
        up, entity, symbol, state = self._state(node.arguments[0], scope)
        member = ir.Constant(state, symbol.type, place)
        status_ref = ir.RuleRef(up, entity, symbol.name, symbol.type, place)
        was = ir.Compare("=", self.memory.value(status_ref, True), member, "=", TRUTH, place)
        shown = symbol.type.members[state]
        alone = sum(1 for (x, _), r in self.model.rules.items() if x == entity and r.status is not None) == 1
        if function.key == "total":
            carried = self.memory.count(entity, symbol, state, up, place, alone)
            return ir.Past("total", None, carried, None, None, shown, MONTH_COUNT, place)
        if function.key == "spent":
            carried = self.memory.count(entity, symbol, None, up, place, alone)
            zero = ir.Constant(Fraction(0), MONTH_COUNT, place)
            return ir.Past("spent", was, carried, None, zero, shown, MONTH_COUNT, place)
        argument = node.arguments[1]
        words = printed(argument, "zh")
        own = Scope(self.model, entity)
        value = self.expression(argument, own, None)
        if value.type.kind == "text":
            raise self.fail("P0213", argument.span)
        name = self.memory.entry(entity, symbol, state, value, words, place, alone)
        if scope.step == (entity, symbol.name):
            kept: ir.Expression = ir.CarriedRef(up, entity, name, value.type, place)
            guard: ir.Expression = was
        else:
            kept = ir.RuleRef(up, entity, name, value.type, place)
            guard = ir.Compare("=", status_ref, member, "=", TRUTH, place)
        return ir.Past("at_entry", guard, kept, None, None, f"{shown}, {words}", value.type, place)

    def window(
        self, function: Function, node: nodes.Call, inner: nodes.Call, scope: Scope, place: Place
    ) -> ir.Expression:
        """合计(近(12 个月, x)): the function over x in the months before this one. Money per month, summed over months, is money."""
        row = BY_KEY["last"]
        if node.where is not None or node.default is not None or inner.where is not None:
            raise self.misuse(
                row, inner, "当 不能用；默认 写在 近 里面", "takes no “when”; a default stands inside “last”"
            )
        self.arity(row, inner)
        year = is_this_year(inner)
        months = MONTHS_OF_A_YEAR if year else self._months(row, inner, scope)
        ref = self._looked_at(inner.arguments[1], scope)
        kind = ref.type.kind
        fits = kind == "truth" if function.key in ("count", "any", "all") else kind == "amount"
        if not fits:
            want = ("是否", "a boolean") if function.key in ("count", "any", "all") else ("数量", "an amount")
            raise self.wanted(inner.arguments[1].span, *want, ref.type)
        default = None if inner.default is None else self.expression(inner.default, scope, ref.type)
        name = self.memory.window(ref, months)
        type_ = ref.type
        if function.key in ("any", "all"):
            type_ = TRUTH
        elif function.key == "count":
            type_ = WHOLE
        elif function.key == "sum" and dict(ref.type.unit.dims).get("month") == -1:
            type_ = amount(ref.type.unit.times(MONTHS, 1), ref.type.whole)
        elif function.key == "average":
            type_ = type_._replace(whole=False)
        return ir.Window(function.key, ref.up, ref.entity, name, months, default, ref.name, type_, place, year)

    def _months(self, row: Function, inner: nodes.Call, scope: Scope) -> int:
        """The number of months that 近 looks back, as written."""
        months = self.expression(inner.arguments[0], scope, MONTH_COUNT)
        if isinstance(months, ir.Constant) and months.value.denominator == 1 and 1 <= months.value <= MOST_MONTHS:
            return int(months.value)
        zh = f"第一项写月数，1 到 {MOST_MONTHS} 个月，或写 {THIS_YEAR[0]}"
        en = f"the first argument is a number of months, 1 to {MOST_MONTHS}, or {THIS_YEAR[1]}"
        raise self.misuse(row, inner, zh, en)

    def _looked_at(self, node: nodes.Expression, scope: Scope) -> ir.FactRef | ir.RuleRef:
        """The fact, rule, benefit or status that a look-back names."""
        made = self.expression(node, scope, None) if isinstance(node, nodes.Name) else None
        if not isinstance(made, (ir.FactRef, ir.RuleRef)):
            keyed = isinstance(node, nodes.Call) and self.model.opens_keys(node.name)
            hint = _of_another_day(node.span.text) if keyed or isinstance(made, ir.ParameterRef) else None
            raise self.fail("P1012", node.span, hint=hint)
        if made.type.kind == "text":
            raise self.fail("P0213", node.span)
        return made

    def _is_status(self, ref: ir.FactRef | ir.RuleRef) -> bool:
        symbol = self.model.rules.get((ref.entity, ref.name))
        return isinstance(ref, ir.RuleRef) and symbol is not None and symbol.status is not None

    def _state(self, node: nodes.Expression, scope: Scope) -> tuple[int, str, RuleSymbol, int]:
        """(levels out, entity, status, position) of a state by its name, with its status before it where two have it."""
        path = node.path if isinstance(node, nodes.Name) else ()
        found: list[tuple[int, str, RuleSymbol, int]] = []
        states: dict[str, None] = {}
        for up, entity in enumerate(scope.chain()):
            for (holder, name), symbol in self.model.rules.items():
                if holder != entity or symbol.status is None:
                    continue
                states.update(dict.fromkeys(symbol.type.members))
                fits = path[:-1] in ((), (name,), (entity, name))
                if path and fits and path[-1] in symbol.type.members:
                    found.append((up, entity, symbol, symbol.type.members.index(path[-1])))
        nearest = [x for x in found if x[0] == min(y[0] for y in found)]
        if len(nearest) == 1:
            return nearest[0]
        if nearest:
            raise self.fail(
                "P1013",
                node.span,
                name=path[-1],
                statuses="、".join(x[2].name for x in nearest),
                example=f"{nearest[0][2].name}.{path[-1]}",
            )
        raise self.no_state(node.span, ".".join(path) or node.span.text, list(states))


def is_this_year(node: nodes.Call) -> bool:
    """Whether 近 says 本年 in place of its months."""
    first = node.arguments[0] if BY_NAME.get(node.name) is BY_KEY["last"] and node.arguments else None
    return isinstance(first, nodes.Name) and len(first.path) == 1 and first.path[0] in THIS_YEAR


def _of_another_day(parameter: str) -> tuple[str, str]:
    """The way to a parameter's earlier value, which no entry carries."""
    return (
        f"参数一个月前的值写：{parameter} 于 (本月 - 1 个月)；或者先立一条规则（为 …），再写那条规则的名称",
        f"a parameter's value of a month ago is: {parameter} on (this_month - 1 month); or make a rule of it and write its name",
    )
