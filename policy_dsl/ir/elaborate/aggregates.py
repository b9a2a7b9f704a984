"""What is gathered: over the entries of lists, or over values that are written out."""

from __future__ import annotations

from ...model.functions import BY_KEY, BY_NAME, Function
from ...model.types import SHARE, TRUTH, WHOLE, Type, amount
from ...model.units import PERSONS, Unit
from ...source import Place
from ...syntax import nodes
from ...syntax.characters import MAX_GATHERS
from .. import nodes as ir
from ..outside import reaches_out
from .captures import taken
from .lookback import LookBacks
from .names import names_in
from .scope import Scope


class Aggregates(LookBacks):
    """Formulas that gather, too."""

    def gather(
        self, function: Function, node: nodes.Call, scope: Scope, want: Type | None, place: Place
    ) -> ir.Expression:
        if not node.arguments:
            raise self.misuse(function, node, "缺少参数", "wants an argument")
        (first, *others) = node.arguments
        window = isinstance(first, nodes.Call) and not others and BY_NAME.get(first.name) is BY_KEY["last"]
        if window and node.alias:
            raise self.misuse(function, node, "作 只用于名单", "“as” is for lists")
        levels = self._list_outside(node, scope) or (self._window_outside(node, scope) if window else 0)
        if levels:
            return self.outside(self.gather(function, node, scope.further(levels), want, place), scope, levels)
        if isinstance(first, nodes.Call) and window:
            return self.window(function, node, first, scope, place)
        found = self.list_over(node, scope)
        if found is None:
            return self._values(function, node, scope, want, place)
        up, lists, entity = found
        argument = node.arguments[0]
        base = scope.chain()[up]
        written = self._written_prefix(argument, lists)
        inner = self._inner(node, scope, base, entity, written, len(lists))
        where = None if node.where is None else self.condition(node.where, inner)
        bare = isinstance(argument, nodes.Name) and argument.path == written
        key = function.key
        if bare and key != "count":
            raise self.misuse(
                function,
                node,
                f"要写出取哪一项，例如 {function.zh[0]}({'.'.join(written)}.…)",
                "say which value of the entries",
            )
        value = None if bare else self.make(argument, inner, TRUTH if key in ("count", "any", "all") else None)
        default = None
        if node.default is not None:
            if key not in ("max", "min", "average"):
                raise self.misuse(
                    function, node, "不需要 默认：空名单有确定的值", "needs no default: an empty list has a value"
                )
            assert value is not None
            default = self.expression(node.default, scope, value.type)
        if value is not None:
            if key in ("count", "any", "all"):
                self.fit(value, TRUTH, argument.span)
            elif key in ("max", "min") and value.type.kind in ("date", "enumeration"):
                if value.type.kind == "enumeration" and not value.type.ordered:
                    raise self.fail("P0211", argument.span, type=value.type.show("zh"), type_en=value.type.show("en"))
            else:
                self.must_be_amount(value, argument.span)
        type_ = self._gathered(key, value, base, entity, want)
        outward = reaches_out(where) or reaches_out(value)
        return ir.Aggregate(key, up, lists, entity, where, value, default, type_, place, node.alias, outward)

    def _list_outside(self, node: nodes.Call, scope: Scope) -> int:
        """How many list functions further out the list is that a call ranges over."""
        paths = [n.path for n in names_in(node.arguments[0])] if len(node.arguments) == 1 else []
        for path in paths:
            levels = scope.levels_out(path)
            if levels and self.list_path(path, scope.further(levels)):
                return levels
        return 0

    @staticmethod
    def _window_outside(node: nodes.Call, scope: Scope) -> int:
        return min((scope.levels_out(n.path) for n in names_in(node)), default=0)

    def _inner(
        self, node: nodes.Call, scope: Scope, base: str, entity: str, written: tuple[str, ...], lists: int
    ) -> Scope:
        """Where formulas about the entries of a list stand."""
        inner = Scope(self.model, entity, written, scope.base if scope.base in self.model.ancestors(entity) else base)
        inner.outer, inner.call, inner.lists = scope, node, lists
        if node.alias in taken(inner):
            raise self.fail("P0338", node.span, name=node.alias)
        inner.gathers = scope.gathers + 1
        inner.step = scope.step
        if inner.gathers > MAX_GATHERS:
            raise self.fail("P0226", node.span, most=MAX_GATHERS)
        return inner

    def repeat(
        self, function: Function, node: nodes.Call, scope: Scope, want: Type | None, place: Place
    ) -> ir.Expression:
        """重复(户.成员.身份证 当 …): how many entries have a text that an entry before has. Nothing else reads texts."""
        self.arity(function, node)
        if node.default is not None:
            raise self.misuse(
                function, node, "不需要 默认：空名单有确定的值", "needs no default: an empty list has a value"
            )
        levels = self._list_outside(node, scope)
        if levels:
            return self.outside(self.repeat(function, node, scope.further(levels), want, place), scope, levels)
        found = self.list_over(node, scope)
        argument = node.arguments[0]
        if found is None or not isinstance(argument, nodes.Name):
            raise self.misuse(function, node, "要写名单里的一项文本", "wants a text of the entries of a list")
        up, lists, entity = found
        base = scope.chain()[up]
        inner = self._inner(node, scope, base, entity, self._written_prefix(argument, lists), len(lists))
        where = None if node.where is None else self.condition(node.where, inner)
        value = self.make(argument, inner, None) if argument.path != inner.prefix else None
        if not isinstance(value, ir.FactRef) or value.up or value.type.kind != "text":
            raise self.misuse(function, node, "要写名单里的一项文本", "wants a text of the entries of a list")
        type_ = self._gathered("count", None, base, entity, want)
        outward = reaches_out(where)
        return ir.Aggregate(function.key, up, lists, entity, where, value, None, type_, place, node.alias, outward)

    @staticmethod
    def _written_prefix(argument: nodes.Expression, lists: tuple[str, ...]) -> tuple[str, ...]:
        """The path as written before the entry's own names: `成员`, `成员.就诊`, `家庭.成员`."""
        for name in names_in(argument):
            for start in range(len(name.path)):
                if name.path[start : start + len(lists)] == lists:
                    return name.path[: start + len(lists)]
        return lists

    def _gathered(self, key: str, value: ir.Expression | None, base: str, entity: str, want: Type | None) -> Type:
        inner, outer = self.model.counted(entity), self.model.counted(base)
        if key in ("any", "all"):
            return TRUTH
        if key == "count":
            unit = Unit(((inner, 1),)) if inner else PERSONS
            unsaid = not self.model.entities[entity].counts_as  # what holds it may count as 户, a 房 of it is none
            if unsaid and want is not None and want.is_amount and _counts(want.own):
                return want._replace(whole=True)
            if inner and outer and inner != outer:
                full = Unit((*unit.words, (outer, -1)))
                return amount(full, whole=True)._replace(written=unit)
            return amount(unit, whole=True)
        assert value is not None
        if key != "sum":
            return value.type._replace(whole=value.type.whole and key != "average")
        unit = value.type.unit
        if inner and any(w == inner and n == -1 for w, n in unit.words) and inner != outer:
            words = [(w, n) for w, n in unit.words if not (w == inner and n == -1)]
            plain = Unit(tuple(words))
            if outer:
                at = next((i + 1 for i, (_, n) in enumerate(words) if n > 0), len(words))
                words.insert(at, (outer, -1))
            return amount(Unit(tuple(words)), value.type.whole)._replace(written=plain if outer else None)
        return value.type

    def _values(
        self, function: Function, node: nodes.Call, scope: Scope, want: Type | None, place: Place
    ) -> ir.Expression:
        """The same functions on values that are written out: 最大(a, 0), 个数(非 能吃饭, 非 能穿衣)."""
        key = function.key
        if node.where is not None or node.default is not None or node.alias:
            raise self.misuse(function, node, "当、默认 与 作 只用于名单", "“when”, “default” and “as” are for lists")
        if key in ("count", "any", "all"):
            truths = self.each([lambda a=a: self.condition(a, scope) for a in node.arguments])
            if key == "count":
                return ir.Call(key, tuple(truths), WHOLE, place)
            return (
                ir.Logic("or" if key == "any" else "and", tuple(truths), TRUTH, place) if len(truths) > 1 else truths[0]
            )
        if len(node.arguments) < 2:
            for argument in node.arguments:
                self.make(
                    argument, scope, None
                )  # what is wrong in it, perhaps a list whose entity cannot be read, is told instead
            raise self.misuse(
                function, node, "只有一个值；要么给一列，要么给几个值", "one value alone: give a list or several values"
            )
        order = sorted(range(len(node.arguments)), key=lambda i: -self.rank(node.arguments[i], scope))
        context = want if self.rank(node.arguments[order[0]], scope) < 2 else None
        lead = self.make(node.arguments[order[0]], scope, context)
        made: dict[int, ir.Expression] = {order[0]: lead}
        for i in order[1:]:
            made[i] = self.fit(
                self.beside(node.arguments[i], scope, lead),
                lead.type,
                node.arguments[i].span,
            )
        parts = tuple(made[i] for i in range(len(made)))
        if key in ("max", "min") and lead.type.kind == "date":
            return ir.Call(key, parts, lead.type, place)
        if key in ("max", "min") and lead.type.kind == "enumeration":
            if not lead.type.ordered:
                raise self.fail("P0211", node.span, type=lead.type.show("zh"), type_en=lead.type.show("en"))
            return ir.Call(key, parts, lead.type, place)
        self.must_be_amount(lead, node.arguments[order[0]].span)
        type_ = parts[0].type._replace(whole=all(p.type.whole for p in parts) and key != "average")
        if type_.unit.is_percent and key != "average":
            type_ = SHARE
        return ir.Call(key, parts, type_, place)


def _counts(unit: Unit) -> bool:
    """Whether entries that do not say what they count as can be counted in it: plain, 人, 户, 次, a declared unit."""
    return not unit.words or (
        len(unit.dims) == 1 and unit.dims[0][1] == 1 and unit.dims[0][0] not in ("money", "month", "day", "workday")
    )
