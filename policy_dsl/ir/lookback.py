"""Looking back: 上月, 近, 持续, 累计, 进入时 → what an entry carries from month to month, and formulas over it.

Each look-back is lowered to plain values: a month's decision is a function of its facts and of what was carried over, and gives what
the next month needs. So nothing recurses through months, every evaluator stays as it is, and what a month needs of the past is known
when the policy is compiled (as `pre` in synchronous languages: Halbwachs et al., The synchronous data flow language Lustre, 1991).
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from ..model.clause import Clause
from ..model.declare import RuleSymbol
from ..model.functions import Function
from ..model.reserved_keys import stay_of
from ..model.types import MONTH_COUNT, TRUTH, WHOLE, Type, amount
from ..model.units import MONTHS
from ..source import Place
from ..syntax import nodes
from ..syntax.printer import text as printed
from . import nodes as ir

if TYPE_CHECKING:
    from .elaborate import Elaborator, Scope

MOST_MONTHS = 600


class Memory:
    """All that the entries of a policy carry, and the hidden rules that compute it; filled while bodies are read."""

    def __init__(self) -> None:
        self.carried: dict[str, dict[str, ir.Carried]] = {}
        self.rules: dict[tuple[str, str], ir.Rule] = {}

    def _keep(self, entity: str, made: ir.Carried) -> None:
        self.carried.setdefault(entity, {}).setdefault(made.name, made)

    def value(self, ref: ir.FactRef | ir.RuleRef, status: bool) -> ir.CarriedRef:
        """Last month's value of a fact, rule or status. A status begins in its 起始, its first state."""
        source = "fact" if isinstance(ref, ir.FactRef) else "rule"
        start = 0 if status else None
        self._keep(
            ref.entity, ir.Carried(ref.name, "value", source, ref.name, 0, ref.type, start, 0, (ref.name,), ref.place)
        )
        return ir.CarriedRef(ref.up, ref.entity, ref.name, ref.type, ref.place)

    def window(self, ref: ir.FactRef | ir.RuleRef, months: int) -> str:
        """The carried values of the months before; the longest window asked for is kept."""
        source = "fact" if isinstance(ref, ir.FactRef) else "rule"
        name = f"近({ref.name})"
        before = self.carried.setdefault(ref.entity, {}).get(name)
        longest = max(months, before.months if before else 0)
        made = ir.Carried(name, "window", source, ref.name, longest, ref.type, None, 0, ("近", ref.name), ref.place)
        self.carried[ref.entity][name] = made
        return name

    def count(
        self, entity: str, symbol: RuleSymbol, state: int | None, up: int, place: Place, alone: bool
    ) -> ir.CarriedRef:
        """Months of this stay up to last month (`state` None), or all earlier months in a state."""
        status = ir.RuleRef(0, entity, symbol.name, symbol.type, place)
        one = ir.Constant(Fraction(1), MONTH_COUNT, place)
        if state is None:
            name, given = stay_of(symbol.name), ("持续",) if alone else ("持续", symbol.name)
            same: ir.Expression = self.value(status, True)
            rest: ir.Expression = one
        else:
            member = symbol.type.members[state]
            name, given = f"累计({symbol.name}.{member})", ("累计", member if alone else f"{symbol.name}.{member}")
            same = ir.Constant(state, symbol.type, place)
            rest = ir.CarriedRef(0, entity, name, MONTH_COUNT, place)
        carried = ir.CarriedRef(0, entity, name, MONTH_COUNT, place)
        more = ir.Arithmetic("+", carried, one, MONTH_COUNT, place)
        holds = ir.Compare("=", status, same, "=", TRUTH, place)
        self._hide(entity, name, MONTH_COUNT, symbol, place, [(holds, more), (None, rest)])
        self._keep(entity, ir.Carried(name, "value", "rule", name, 0, MONTH_COUNT, Fraction(0), 1, given, place))
        return ir.CarriedRef(up, entity, name, MONTH_COUNT, place)

    def entry(
        self, entity: str, symbol: RuleSymbol, state: int, value: ir.Expression, words: str, place: Place, alone: bool
    ) -> str:
        """The value that a formula had in the month in which the present stay in a state began."""
        shown = symbol.type.members[state] if alone else f"{symbol.name}.{symbol.type.members[state]}"
        name = f"进入时({shown}, {words})"
        status = ir.RuleRef(0, entity, symbol.name, symbol.type, place)
        member = ir.Constant(state, symbol.type, place)
        now = ir.Compare("=", status, member, "=", TRUTH, place)
        before = ir.Compare("=", self.value(status, True), member, "=", TRUTH, place)
        stays = ir.Logic("and", (now, before), TRUTH, place)
        begins = ir.Logic("and", (now, ir.Not(before, TRUTH, place)), TRUTH, place)
        carried = ir.CarriedRef(0, entity, name, value.type, place)
        lines = [(stays, carried), (begins, value), (None, _nothing(value.type, place))]
        self._hide(entity, name, value.type, symbol, place, lines)  # type: ignore[arg-type]
        key = ("进入时", f"{shown}, {words}")
        self._keep(entity, ir.Carried(name, "value", "rule", name, 0, value.type, None, 0, key, place))
        return name

    def _hide(
        self,
        entity: str,
        name: str,
        type_: Type,
        symbol: RuleSymbol,
        place: Place,
        lines: list[tuple[ir.Expression | None, ir.Expression]],
    ) -> None:
        if (entity, name) in self.rules:
            return
        clause: Clause = symbol.declared[0].clause
        body = tuple(
            ir.Line(
                "branch" if condition is not None else "otherwise",
                "", condition, result, (), 0, ir.OPEN, 0, -1, "", 0, clause, (), place,
            )
            for condition, result in lines
        )  # fmt: skip
        self.rules[entity, name] = ir.Rule(
            entity, name, type_, False, (), body, 0, ir.OPEN, clause, (), place, hidden=True
        )


def _nothing(type_: Type, place: Place) -> ir.Constant:
    """A value for a state that is not entered; nobody reads it."""
    value = {"amount": Fraction(0), "truth": False, "date": 10101}.get(type_.kind, 0)
    return ir.Constant(value, type_, place)


def look_back(e: Elaborator, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
    """上月(x, 默认 d), 持续(s), 累计(s), 进入时(s, x). 近 stands inside a function over values alone."""
    if function.key == "last":
        raise e.misuse(
            function,
            node,
            "只写在 合计、平均、最大、最小、个数、任一、全部 里面",
            "stands inside sum, average, max, min, count, any or all",
        )
    if node.where is not None:
        raise e.misuse(function, node, "不能带 当", "takes no “when”")
    e.arity(function, node)
    if function.key == "previous":
        ref = _looked_at(e, node.arguments[0], scope)
        status = _is_status(e, ref)
        default = None
        if node.default is not None:
            default = e.expression(node.default, scope, ref.type)
        carried = e.memory.value(ref, status)
        return ir.Past("previous", None, carried, default, None, ref.name, ref.type, place)
    if node.default is not None:
        raise e.misuse(function, node, "不能带 默认", "takes no “default”")
    up, entity, symbol, state = _state(e, node.arguments[0], scope)
    member = ir.Constant(state, symbol.type, place)
    status_ref = ir.RuleRef(up, entity, symbol.name, symbol.type, place)
    was = ir.Compare("=", e.memory.value(status_ref, True), member, "=", TRUTH, place)
    shown = symbol.type.members[state]
    alone = sum(1 for (x, _), r in e.model.rules.items() if x == entity and r.status is not None) == 1
    if function.key == "total":
        carried = e.memory.count(entity, symbol, state, up, place, alone)
        return ir.Past("total", None, carried, None, None, shown, MONTH_COUNT, place)
    if function.key == "spent":
        carried = e.memory.count(entity, symbol, None, up, place, alone)
        zero = ir.Constant(Fraction(0), MONTH_COUNT, place)
        return ir.Past("spent", was, carried, None, zero, shown, MONTH_COUNT, place)
    argument = node.arguments[1]
    words = printed(argument, "zh")
    own = e.scope_of(entity)
    value = e.expression(argument, own, None)
    if value.type.kind == "text":
        raise e.fail("P0213", argument.span)
    name = e.memory.entry(entity, symbol, state, value, words, place, alone)
    if scope.step == (entity, symbol.name):
        kept: ir.Expression = ir.CarriedRef(up, entity, name, value.type, place)
        guard: ir.Expression = was
    else:
        kept = ir.RuleRef(up, entity, name, value.type, place)
        guard = ir.Compare("=", status_ref, member, "=", TRUTH, place)
    return ir.Past("at_entry", guard, kept, None, None, f"{shown}, {words}", value.type, place)


def window(
    e: Elaborator, function: Function, node: nodes.Call, inner: nodes.Call, scope: Scope, place: Place
) -> ir.Expression:
    """合计(近(12 个月, x)): the function over x in the months before this one. Money per month, summed over months, is money."""
    from ..model.functions import BY_KEY

    row = BY_KEY["last"]
    if node.where is not None or node.default is not None or inner.where is not None:
        raise e.misuse(row, inner, "当 不能用；默认 写在 近 里面", "takes no “when”; a default stands inside “last”")
    e.arity(row, inner)
    months = e.expression(inner.arguments[0], scope, MONTH_COUNT)
    whole = isinstance(months, ir.Constant) and months.value.denominator == 1 and 1 <= months.value <= MOST_MONTHS
    if not whole:
        zh, en = (
            f"第一项写月数，1 到 {MOST_MONTHS} 个月",
            f"the first argument is a number of months, 1 to {MOST_MONTHS}",
        )
        raise e.misuse(row, inner, zh, en)
    ref = _looked_at(e, inner.arguments[1], scope)
    kind = ref.type.kind
    fits = kind == "truth" if function.key in ("count", "any", "all") else kind == "amount"
    if not fits:
        want = ("是否", "a boolean") if function.key in ("count", "any", "all") else ("数量", "an amount")
        raise e.wanted(inner.arguments[1].span, *want, ref.type)
    default = None if inner.default is None else e.expression(inner.default, scope, ref.type)
    assert isinstance(months, ir.Constant)
    name = e.memory.window(ref, int(months.value))
    type_ = ref.type
    if function.key in ("any", "all"):
        type_ = TRUTH
    elif function.key == "count":
        type_ = WHOLE
    elif function.key == "sum" and dict(ref.type.unit.dims).get("month") == -1:
        type_ = amount(ref.type.unit.times(MONTHS, 1), ref.type.whole)
    elif function.key == "average":
        type_ = type_._replace(whole=False)
    return ir.Window(function.key, ref.up, ref.entity, name, int(months.value), default, ref.name, type_, place)


def _looked_at(e: Elaborator, node: nodes.Expression, scope: Scope) -> ir.FactRef | ir.RuleRef:
    """The fact, rule, benefit or status that a look-back names."""
    made = e.expression(node, scope, None) if isinstance(node, nodes.Name) else None
    if not isinstance(made, (ir.FactRef, ir.RuleRef)):
        keyed = isinstance(node, nodes.Call) and node.name in e.model.parameters
        hint = _of_another_day(node.span.text) if keyed or isinstance(made, ir.ParameterRef) else None
        raise e.fail("P1012", node.span, hint=hint)
    if made.type.kind == "text":
        raise e.fail("P0213", node.span)
    return made


def _of_another_day(parameter: str) -> tuple[str, str]:
    """The way to a parameter's earlier value, which no entry carries."""
    return (
        f"参数一个月前的值写：{parameter} 于 (本月 - 1 个月)；或者先立一条规则（为 …），再写那条规则的名称",
        f"a parameter's value of a month ago is: {parameter} on (this_month - 1 month); or make a rule of it and write its name",
    )


def _is_status(e: Elaborator, ref: ir.FactRef | ir.RuleRef) -> bool:
    symbol = e.model.rules.get((ref.entity, ref.name))
    return isinstance(ref, ir.RuleRef) and symbol is not None and symbol.status is not None


def _state(e: Elaborator, node: nodes.Expression, scope: Scope) -> tuple[int, str, RuleSymbol, int]:
    """(levels out, entity, status, position) of a state by its name, with its status before it where two have it."""
    path = node.path if isinstance(node, nodes.Name) else ()
    found: list[tuple[int, str, RuleSymbol, int]] = []
    states: dict[str, None] = {}
    for up, entity in enumerate(scope.chain()):
        for (holder, name), symbol in e.model.rules.items():
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
        raise e.fail(
            "P1013",
            node.span,
            name=path[-1],
            statuses="、".join(x[2].name for x in nearest),
            example=f"{nearest[0][2].name}.{path[-1]}",
        )
    raise e.no_state(node.span, ".".join(path) or node.span.text, list(states))
