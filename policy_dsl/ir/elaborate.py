"""Written expressions → typed formulas. Names are resolved, units settled, tables' cells turned into conditions.

A bare number takes its unit from its context (declared type, other side, other arguments), so sides that have a type of their own
are read first. A mistake is reported where it stands and ends its line; the other lines go on.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fractions import Fraction

from ..diagnostics.report import Report, suggestion
from ..model.declare import EntitySymbol, FactSymbol, Model, RuleSymbol
from ..model.functions import BY_KEY, BY_NAME, MOMENTS, Function
from ..model.types import (
    AGE,
    DATE,
    DAY_COUNT,
    MONTH_COUNT,
    NUMBER,
    SHARE,
    TRUTH,
    WHOLE,
    WORKDAY_COUNT,
    Type,
    amount,
    decimal_text,
)
from ..model.units import DAYS, MONTHS, PERSONS, PLAIN, WORKDAYS, Unit, complete, unit_of
from ..source import Place, Span
from ..syntax import keywords, nodes
from ..syntax.characters import MAX_GATHERS, MAX_PARTS
from ..syntax.settle import amount as written_amount
from ..syntax.traverse import walk
from . import nodes as ir
from .lookback import Memory, look_back, window
from .traverse import children

_MEASURES = {"已发": "paid", "paid": "paid", "应发": "due", "due": "due"}  # under 补发


class Skip(Exception):
    """The line cannot be used; what is wrong has been reported, or follows from something that has."""


class Scope:
    """Where names are looked up: an entity, or inside an aggregate the entry of a list (`prefix`), or a parameter's keys."""

    def __init__(
        self,
        model: Model,
        entity: str,
        prefix: tuple[str, ...] = (),
        base: str = "",
        keys: tuple[tuple[str, Type], ...] | None = None,
    ) -> None:
        self.model = model
        self.entity = entity
        self.prefix = prefix
        self.base = base or entity  # the rule's own entity: unqualified names are sought outward as far as it
        self.keys = keys
        self.step: tuple[str, str] | None = None  # (entity, status) whose step the formula belongs to
        self.displaced: Callable[[Place], ir.RuleRef | None] | None = (
            None  # what 原值 reads; none: there is no such thing
        )
        self.gathers = (
            0  # aggregates around this place: each goes through its list again for every entry of the one outside
        )
        self.ranks: dict[
            int, tuple[nodes.Expression, int]
        ] = {}  # Elaborator._rank's answers; the node keeps its id taken

    def chain(self) -> list[str]:
        return self.model.ancestors(self.entity) if self.entity else []

    def visible(self) -> list[str]:
        """Names that can be written here, for suggestions and for splitting unspaced text."""
        chain = self.chain()
        names = [n for e in chain for s in [self.model.entities[e]] for n in (*s.facts, *s.lists)]
        names += [n for (e, n) in self.model.rules if e in chain]
        return [*names, *self.model.parameters, *chain, *(k for k, _ in self.keys or ())]

    def member(self, entity: str, name: str) -> FactSymbol | RuleSymbol | None:
        symbol = self.model.entities.get(entity)
        if symbol and name in symbol.facts:
            return symbol.facts[name]
        return self.model.rules.get((entity, name))

    def list_of(self, entity: str, name: str) -> str:
        """The entity of the list `name`, or ""."""
        symbol: EntitySymbol | None = self.model.entities.get(entity)
        return symbol.lists[name].entity if symbol and name in symbol.lists else ""


class Elaborator:
    def __init__(self, model: Model, report: Report, memory: Memory | None = None) -> None:
        self.model = model
        self.report = report
        self.memory = memory or Memory()
        self.measures: Type | None = None  # the benefit's type, where 已发 and 应发 have a meaning
        self.parts: dict[int, tuple[ir.Expression, int]] = {}  # how many parts a formula has; it keeps its id taken

    # --- errors

    def fail(self, code: str, span: Span, **words: object) -> Skip:
        hint = words.pop("hint", None)
        labels = words.pop("labels", ())
        self.report.error(code, span, hint=hint, labels=labels, **words)  # type: ignore[arg-type]
        return Skip()

    def unknown(self, name: str, span: Span, scope: Scope, also: Sequence[str] = ()) -> Skip:
        if name in self.model.broken or any(part in self.model.broken for part in name.split(".")):
            return Skip()
        known = [*scope.visible(), *also]
        split = keywords.apart(name, set(known))
        if split:
            return self.fail(
                "P0201", span, name=name, hint=(f"词与词之间留空格：{split}", f"put spaces between the words: {split}")
            )
        zh, en = suggestion(name, known)
        if name in self.model.units or name in keywords.UNIT_KEYS:
            zh = f"「{name}」是单位，写在数字后面：除以它写 / 1 {name}；除以叫「{name}」的值写 / ({name})"
            en = f"“{name}” is a unit and stands behind a number: / 1 {name} divides by it, / ({name}) by a value of that name"
        if name in _MEASURES:
            zh, en = f"「{name}」只用在给付的 补发 当 … 里", f"“{name}” stands in “arrears when …” of a benefit alone"
        if not zh:
            zh, en = "先声明它，或检查写法", "declare it, or check the spelling"
        return self.fail("P0201", span, name=name, hint=(zh, en))

    def scope_of(self, entity: str) -> Scope:
        return Scope(self.model, entity)

    def no_state(self, span: Span, name: str, states: Sequence[str]) -> Skip:
        if name in self.model.broken:
            return Skip()
        zh, en = suggestion(name, states)
        if not states:
            zh, en = "这里没有阶段：先用「阶段」声明", "there is no status here: declare one with “status”"
        hint = (zh or f"可用的状态：{'、'.join(states)}", en or f"the states: {', '.join(states)}")
        return self.fail("P1014", span, name=name, hint=hint)

    def wanted(self, span: Span, want: str, want_en: str, found: Type, hint: tuple[str, str] = ("", "")) -> Skip:
        return self.fail(
            "P0203", span, wanted=want, wanted_en=want_en, found=found.show("zh"), found_en=found.show("en"), hint=hint
        )

    # --- fitting a type

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
            raise self.units(span, have, want)
        return made

    def units(self, span: Span, left: Type, right: Type) -> Skip:
        if left.own == right.own:  # both were written 元/月; which of them is a household's shows in full
            left, right = left._replace(written=None), right._replace(written=None)
        return self.fail(
            "P0204",
            span,
            left=left.show("zh"),
            left_en=left.show("en"),
            right=right.show("zh"),
            right_en=right.show("en"),
            hint=_unit_hint(left.unit, right.unit),
        )

    # --- expressions

    def condition(self, node: nodes.Expression, scope: Scope) -> ir.Expression:
        return self.expression(node, scope, TRUTH)

    def expression(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        """The typed formula of `node`; with `want` it must fit that type, and bare numbers and values take it."""
        made = self._make(node, scope, want)
        if want is None:
            return made
        bare = next((x for x in walk(node) if isinstance(x, nodes.Number) and not x.unit), None)
        if bare is not None and want.unit.dims and made.type.is_amount and not made.type.unit.words and _written(node):
            raise self.fail(
                "P0205", node.span, digits=node.span.text, unit=want.own.show("zh"), unit_en=want.own.show("en")
            )
        return self.fit(made, want, node.span)

    def _make(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        made = self._typed(node, scope, want)
        if self._parts(made) > MAX_PARTS:
            raise self.fail("P0105", node.span, most=MAX_PARTS)
        return made

    def _parts(self, made: ir.Expression) -> int:
        """Parts of a formula. `a < x < b` and ranges use x twice, so one inside the other would double them at each level."""
        known = self.parts.get(id(made))
        if known is None:
            known = self.parts[id(made)] = (made, 1 + sum(map(self._parts, children(made))))
        return known[1]

    def _typed(self, node: nodes.Expression, scope: Scope, want: Type | None) -> ir.Expression:
        place = node.span.place
        match node:
            case nodes.Number():
                return self._number(node, scope, want, place)
            case nodes.Per():
                raise self.unknown(node.written, node.span, scope)
            case nodes.Truth():
                return ir.Constant(node.value, TRUTH, place)
            case nodes.Day():
                written = node.text if len(node.text) == 10 else f"{node.text}-01"
                return ir.Constant(int(written.replace("-", "")), DATE, place)
            case nodes.Name():
                return self._name(node, scope, want, place)
            case nodes.Displaced():
                return self._displaced(node, scope, place)
            case nodes.Not():
                return ir.Not(self.condition(node.operand, scope), TRUTH, place)
            case nodes.Negative():
                inner = self._make(node.operand, scope, want)
                self._amount(inner, node.operand.span)
                if isinstance(inner, ir.Constant) and isinstance(inner.value, Fraction):
                    return ir.Constant(-inner.value, inner.type, place)
                zero = ir.Constant(Fraction(0), inner.type, place)
                return ir.Arithmetic("-", zero, inner, inner.type, place)
            case nodes.Logic():
                parts = tuple(self._each([lambda p=p: self.condition(p, scope) for p in node.parts]))
                return ir.Logic(node.joined, parts, TRUTH, place)
            case nodes.Comparison():
                return self._comparison(node, scope, place)
            case nodes.Membership():
                return self._membership(node, scope, place)
            case nodes.Arithmetic():
                return self._arithmetic(node, scope, want, place)
            case nodes.Call():
                return self._call(node, scope, want, place)
            case nodes.AsOf():
                return self._as_of(node, scope, place)
        raise AssertionError(node)

    @staticmethod
    def _each(makers: Sequence[object]) -> list[ir.Expression]:
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

    def _amount(self, made: ir.Expression, span: Span) -> None:
        if made.type.kind == "text":
            raise self.fail("P0213", span)
        if made.type.kind != "amount":
            raise self.wanted(span, "数量", "an amount", made.type)

    def _number(self, node: nodes.Number, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        for written, span in node.asked:
            found = self._simple(written, scope, place)
            if isinstance(found, ir.Expression) and found.type.is_amount:
                raise self._two_readings(node, written, span, found)
        value = node.value
        context = want.unit if want and want.is_amount else None
        if not node.unit:
            if context is None:
                if want is not None:
                    raise self.wanted(node.span, want.show("zh"), want.show("en"), NUMBER)
                return ir.Constant(value, WHOLE if value.denominator == 1 else NUMBER, place)
            if context.is_percent:
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
        return self.fail(
            "P0230",
            span,
            written=" ".join(node.span.text.split()),
            name=name,
            kind=kind,
            kind_en=kind_en,
            unit=f"{node.digits} ({'/'.join([before[len(node.digits) :].strip(), *words])})",
            division=f"{'/'.join([before, *others])} / ({span.text})",
            labels=[(declared, f"{kind}「{name}」在这里", f"the {kind_en} “{name}”")] if declared is not None else (),
        )

    def _displaced(self, node: nodes.Displaced, scope: Scope, place: Place) -> ir.Expression:
        """原值: a reference to the part of the rule that would count without the line at hand."""
        if scope.gathers:
            raise self.fail(
                "P0613", node.span, problem="名单的统计里不能用", problem_en="it cannot stand in an aggregate"
            )
        if scope.displaced is None:
            raise self.fail(
                "P0613",
                node.span,
                problem="这一行没有取代什么",
                problem_en="the line stands in the place of nothing",
            )
        found = scope.displaced(place)
        if found is None:
            raise self.fail("P0613", node.span, problem="它下面没有别的行", problem_en="there is no line below it")
        return found

    # --- names

    def _name(self, node: nodes.Name, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        path = node.path
        if scope.prefix and path[: len(scope.prefix)] == scope.prefix and len(path) > len(scope.prefix):
            path = path[len(scope.prefix) :]
            return self._member(path, 0, scope.entity, node, scope, place)
        if len(path) == 1:
            name = path[0]
            found = self._simple(name, scope, place)
            value = want is not None and want.kind == "enumeration" and name in want.members
            if value and found is not None:
                raise self.fail("P0207", node.span, name=name)
            if value:
                assert want is not None
                return ir.Constant(want.members.index(name), want, place)
            if found is not None:
                if isinstance(found, ir.Expression):
                    return found
                raise self.fail("P0212", node.span, name=name)
            if want is not None and want.kind == "enumeration" and name not in self.model.broken:
                zh, en = suggestion(name, [*want.members, *scope.visible()])
                if name not in scope.visible():
                    raise self.fail(
                        "P0208",
                        node.span,
                        name=name,
                        type=want.show("zh"),
                        type_en=want.show("en"),
                        members="、".join(want.members),
                        hint=(
                            zh or f"可用的值：{'、'.join(want.members)}",
                            en or f"its values: {', '.join(want.members)}",
                        ),
                    )
            raise self.unknown(name, node.span, scope)
        head = path[0]
        chain = scope.chain()
        if head in chain:
            return self._member(path[1:], chain.index(head), head, node, scope, place)
        for up, entity in enumerate(chain):
            if scope.list_of(entity, head):
                raise self.fail("P0212", node.span, name=head)
            if scope.member(entity, head) is not None and up <= chain.index(scope.base):
                raise self.fail(
                    "P0201",
                    node.span,
                    name=".".join(path),
                    hint=(
                        f"「{head}」是一个值，里面没有「{path[1]}」",
                        f"“{head}” is a value and holds no “{path[1]}”",
                    ),
                )
        if head in self.model.entities:
            raise self.fail(
                "P0201",
                node.span,
                name=".".join(path),
                hint=(
                    f"从这里到不了「{head}」；往下要用 合计({head}…) 之类",
                    f"“{head}” cannot be reached from here; below, use sum and the like",
                ),
            )
        raise self.unknown(".".join(path), node.span, scope)

    def _simple(self, name: str, scope: Scope, place: Place) -> ir.Expression | str | None:
        """What an unqualified name means: a formula, "list" for a list, or nothing."""
        if scope.keys is not None:
            for index, (key, type_) in enumerate(scope.keys):
                if key == name:
                    return ir.KeyRef(index, type_, place)
        chain = scope.chain()
        if chain:
            for up, entity in enumerate(chain[: chain.index(scope.base) + 1]):
                symbol = scope.member(entity, name)
                if symbol is not None:
                    return self._reference(symbol, up, entity, place)
                if scope.list_of(entity, name):
                    return "list"
        if name in self.model.parameters:
            parameter = self.model.parameters[name]
            if parameter.keys:
                return None
            return ir.ParameterRef(name, (), False, parameter.type, place)
        if self.measures is not None and name in _MEASURES:
            return ir.Measure(_MEASURES[name], self.measures, place)
        if name in MOMENTS:
            return ir.Moment(MOMENTS[name], DATE, place)
        return None

    @staticmethod
    def _reference(symbol: FactSymbol | RuleSymbol, up: int, entity: str, place: Place) -> ir.Expression:
        if isinstance(symbol, FactSymbol):
            return ir.FactRef(up, entity, symbol.name, symbol.type, place)
        return ir.RuleRef(up, entity, symbol.name, symbol.type, place)

    def _member(
        self, path: tuple[str, ...], up: int, entity: str, node: nodes.Name, scope: Scope, place: Place
    ) -> ir.Expression:
        if len(path) > 1 and path[0] in self.model.ancestors(entity)[1:]:
            outward = self.model.ancestors(entity).index(path[0])
            return self._member(path[1:], up + outward, path[0], node, scope, place)
        name = path[0]
        if scope.list_of(entity, name):
            raise self.fail("P0212", node.span, name=name)
        symbol = scope.member(entity, name)
        if symbol is None or len(path) > 1:
            if symbol is not None:
                raise self.unknown(".".join(path[1:]), node.span, scope)
            known = [*self.model.entities[entity].facts, *(n for e, n in self.model.rules if e == entity)]
            raise self.unknown(name, node.span, Scope(self.model, entity), known)
        return self._reference(symbol, up, entity, place)

    # --- comparisons

    def _rank(self, node: nodes.Expression, scope: Scope) -> int:
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
                return self._rank(node.operand, scope)
            case nodes.Arithmetic() if node.sign in "+-":
                return max(self._rank(node.left, scope), self._rank(node.right, scope))
            case nodes.Arithmetic():
                return 1 if max(self._rank(node.left, scope), self._rank(node.right, scope)) < 2 else 2
            case nodes.Name() if len(node.path) == 1:
                return 0 if self._simple(node.path[0], scope, node.span.place) is None else 2
            case nodes.Call() if (
                node.name in BY_NAME and BY_NAME[node.name].shape == "gather" and not self._lists(node, scope)
            ):
                return (
                    max((self._rank(a, scope) for a in node.arguments), default=2)
                    if BY_NAME[node.name].key in ("max", "min", "sum", "average")
                    else 2
                )
        return 2

    def _pair(
        self, left: nodes.Expression, right: nodes.Expression, scope: Scope, want: Type | None = None
    ) -> tuple[ir.Expression, ir.Expression]:
        """Both sides, the one that has a type first; the other takes it as its context."""
        if self._rank(left, scope) >= self._rank(right, scope):
            a = self._make(left, scope, want)
            return a, self._beside(right, scope, a, left)
        b = self._make(right, scope, want)
        return self._beside(left, scope, b, right), b

    def _beside(
        self, node: nodes.Expression, scope: Scope, other: ir.Expression, at: nodes.Expression
    ) -> ir.Expression:
        context = other.type if other.type.kind in ("amount", "enumeration") else None
        if context in (NUMBER, WHOLE):
            context = None
        made = self._make(node, scope, context)
        if made.type.kind != other.type.kind:
            raise self.wanted(node.span, other.type.show("zh"), other.type.show("en"), made.type)
        return made

    def _comparison(self, node: nodes.Comparison, scope: Scope, place: Place) -> ir.Expression:
        sides = [node.first, *(link.right for link in node.links)]
        order = sorted(range(len(sides)), key=lambda i: -self._rank(sides[i], scope))
        lead = self._make(sides[order[0]], scope, None)
        if lead.type.kind == "text":
            raise self.fail("P0213", sides[order[0]].span)
        made: dict[int, ir.Expression] = {order[0]: lead}
        for i in order[1:]:
            made[i] = self._beside(sides[i], scope, lead, sides[order[0]])
            if lead.type.kind == "amount" and made[i].type.unit.dims != lead.type.unit.dims:
                a, b = (made[i], lead) if i < order[0] else (lead, made[i])
                raise self.units(sides[0].span.to(sides[-1].span), a.type, b.type)
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

    def _membership(self, node: nodes.Membership, scope: Scope, place: Place) -> ir.Expression:
        if isinstance(node.options, nodes.Range):
            r = node.options
            low = nodes.Link(">=" if r.low_closed else ">", "≥" if r.low_closed else ">", r.low, span=r.low.span)
            high = nodes.Link("<=" if r.high_closed else "<", "≤" if r.high_closed else "<", r.high, span=r.high.span)
            parts = tuple(
                self._comparison(nodes.Comparison(node.item, (x,), span=node.span), scope, place) for x in (low, high)
            )
            return ir.Logic("and", parts, TRUTH, place)
        item = self._make(node.item, scope, None)
        if item.type.kind == "text":
            raise self.fail("P0213", node.item.span)
        options = self._each([lambda o=o: self._option(o, scope, item, node) for o in node.options])
        return ir.Among(item, tuple(options), TRUTH, place)

    def _option(
        self, option: nodes.Expression, scope: Scope, item: ir.Expression, node: nodes.Membership
    ) -> ir.Expression:
        made = self._beside(option, scope, item, node.item)
        return self.fit(made, item.type, option.span)

    # --- arithmetic

    def _arithmetic(self, node: nodes.Arithmetic, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        if node.sign in "+-":
            return self._sum(node, scope, want, place)
        left, right = self._each(
            [lambda: self._make(node.left, scope, None), lambda: self._make(node.right, scope, None)]
        )
        self._amount(left, node.left.span)
        self._amount(right, node.right.span)
        if node.sign == "/" and isinstance(right, ir.Constant) and right.value == 0:
            raise self.fail("P0223", node.right.span)
        unit = left.type.unit.times(right.type.unit, 1 if node.sign == "*" else -1)
        whole = node.sign == "*" and left.type.whole and right.type.whole
        return ir.Arithmetic(node.sign, left, right, amount(unit, whole), place)

    def _sum(self, node: nodes.Arithmetic, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        context = want if want is not None and want.is_amount and self._rank(node, scope) < 2 else None
        left, right = self._dated_pair(node, scope, context)
        if left.type == DATE:
            if right.type == DATE and node.sign == "-":
                return ir.Arithmetic("-", left, right, DAY_COUNT, place)
            self._amount(right, node.right.span)
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
        self._amount(left, node.left.span)
        self._amount(right, node.right.span)
        if left.type.unit.dims != right.type.unit.dims:
            raise self.units(node.span, left.type, right.type)
        type_ = amount(left.type.unit, left.type.whole and right.type.whole)
        return ir.Arithmetic(node.sign, left, right, type_._replace(written=left.type.written), place)

    def _dated_pair(
        self, node: nodes.Arithmetic, scope: Scope, context: Type | None
    ) -> tuple[ir.Expression, ir.Expression]:
        if self._rank(node.left, scope) == 2:
            left = self._make(node.left, scope, None)
            if left.type == DATE:
                return left, self._make(node.right, scope, None)
            return left, self._beside(node.right, scope, left, node.left)
        return self._pair(node.left, node.right, scope, context)

    # --- another day's law

    def _as_of(self, node: nodes.AsOf, scope: Scope, place: Place) -> ir.Expression:
        if scope.keys is not None:
            raise self.fail("P0229", node.span)
        inner = next((x for part in (node.target, node.day) for x in walk(part) if isinstance(x, nodes.AsOf)), None)
        if inner is not None:
            raise self.fail("P0228", inner.span, name=node.target.span.text)
        value, day = self._each(
            [lambda: self._make(node.target, scope, None), lambda: self.expression(node.day, scope, DATE)]
        )
        if not isinstance(value, (ir.ParameterRef, ir.RuleRef)):
            raise self.fail("P0227", node.target.span, name=node.target.span.text)
        return ir.AsOf(value, day, value.type, place)

    # --- calls

    def _call(self, node: nodes.Call, scope: Scope, want: Type | None, place: Place) -> ir.Expression:
        if node.name in self.model.parameters:
            return self._keyed(node, scope, place, False)
        function = BY_NAME.get(node.name)
        if function is None:
            if node.name in self.model.broken:
                raise Skip
            keyed = [n for n, p in self.model.parameters.items() if p.keys]
            zh, en = suggestion(node.name, [*BY_NAME, *keyed])
            raise self.fail(
                "P0209",
                node.span,
                name=node.name,
                hint=(zh or "检查写法；参数要先声明它的键", en or "check the spelling; a parameter declares its keys"),
            )
        if function.shape not in ("gather", "past") and (node.where is not None or node.default is not None):
            raise self.misuse(function, node, "不能带 当 或 默认", "takes no “when” and no “default”")
        if function.shape == "past":
            return look_back(self, function, node, scope, place)
        match function.shape:
            case "floor":
                return self._floor(function, node, scope, place)
            case "round":
                return self._round(function, node, scope, want, place)
            case "date":
                return self._date(function, node, scope, place)
        return self._gather(function, node, scope, want, place)

    def misuse(self, function: Function, node: nodes.Call, zh: str, en: str) -> Skip:
        return self.fail(
            "P0210",
            node.span,
            name=node.name,
            problem=zh,
            problem_en=en,
            usage=function.usage,
            hint=(f"用法：{function.usage}", f"usage: {function.usage_en}"),
        )

    def arity(self, function: Function, node: nodes.Call) -> None:
        low, high = function.arguments
        if not low <= len(node.arguments) <= high:
            count = f"{low}" if low == high else f"{low}–{high}"
            raise self.misuse(
                function,
                node,
                f"要 {count} 个参数，给了 {len(node.arguments)} 个",
                f"wants {count} arguments, got {len(node.arguments)}",
            )

    def _keyed(self, node: nodes.Call, scope: Scope, place: Place, floor: bool) -> ir.Expression:
        parameter = self.model.parameters[node.name]
        if len(node.arguments) != len(parameter.keys) or node.where is not None or node.default is not None:
            raise self.fail("P0405", node.span, name=node.name, wanted=len(parameter.keys), given=len(node.arguments))
        keys = self._each(
            [
                lambda a=a, t=t: self.expression(a, scope, t)
                for a, t in zip(node.arguments, parameter.key_types, strict=True)
            ]
        )
        return ir.ParameterRef(node.name, tuple(keys), floor, parameter.type, place)

    def _floor(self, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
        self.arity(function, node)
        (argument,) = node.arguments
        if (
            isinstance(argument, nodes.Name)
            and len(argument.path) == 1
            and argument.path[0] in self.model.parameters
            and not self.model.parameters[argument.path[0]].keys
        ):
            return ir.ParameterRef(argument.path[0], (), True, self.model.parameters[argument.path[0]].type, place)
        if isinstance(argument, nodes.Call) and argument.name in self.model.parameters:
            return self._keyed(argument, scope, place, True)
        raise self.misuse(function, node, "只用于参数", "is for parameters alone")

    def _round(
        self, function: Function, node: nodes.Call, scope: Scope, want: Type | None, place: Place
    ) -> ir.Expression:
        self.arity(function, node)
        value_node, step_node = node.arguments
        context = want if want is not None and want.is_amount and self._rank(value_node, scope) < 2 else None
        value = self._make(value_node, scope, context)
        self._amount(value, value_node.span)
        step = self._make(written_amount(step_node), scope, None if value.type.unit == PLAIN else value.type)
        if not isinstance(step, ir.Constant) or not isinstance(step.value, Fraction) or step.value <= 0:
            raise self.misuse(function, node, "步长要写成大于零的数", "the step is a written number over zero")
        if step.type.unit.dims != value.type.unit.dims:
            raise self.units(node.span, value.type, step.type)
        written = value.type.written if step.type.unit == value.type.unit else None
        own = (step.value / step.type.unit.scale).denominator == 1
        return ir.Call(function.key, (value, step), amount(step.type.unit, own)._replace(written=written), place)

    def _date(self, function: Function, node: nodes.Call, scope: Scope, place: Place) -> ir.Expression:
        self.arity(function, node)
        days = self._each([lambda a=a: self.expression(a, scope, DATE) for a in node.arguments])
        if function.key == "age" and len(days) == 1:
            days.append(ir.Moment("decision_date", DATE, place))
        result = {"years": AGE, "months": MONTH_COUNT, "date": DATE, "number": WHOLE, "workdays": WORKDAY_COUNT}[
            function.result
        ]
        return ir.Call(function.key, tuple(days), result, place)

    # --- aggregates

    def _lists(self, node: nodes.Call, scope: Scope) -> tuple[int, tuple[str, ...], str] | None:
        """The list that the call ranges over: levels out, path of lists, entity of its entries; None for a call on values."""
        if len(node.arguments) != 1:
            return None
        for name in _names_in(node.arguments[0]):
            found = self._list_path(name.path, scope)
            if found:
                return found
        return None

    def _list_path(self, path: tuple[str, ...], scope: Scope) -> tuple[int, tuple[str, ...], str] | None:
        chain = scope.chain()
        starts: list[tuple[int, str, tuple[str, ...]]] = []
        if scope.prefix and path[: len(scope.prefix)] == scope.prefix:
            starts.append((0, scope.entity, path[len(scope.prefix) :]))
        if path[0] in chain:
            starts.append((chain.index(path[0]), path[0], path[1:]))
        starts += (
            [(up, entity, path) for up, entity in enumerate(chain[: chain.index(scope.base) + 1])] if chain else []
        )
        for up, entity, rest in starts:
            lists: list[str] = []
            here = entity
            while rest and scope.list_of(here, rest[0]):
                lists.append(rest[0])
                here = scope.list_of(here, rest[0])
                rest = rest[1:]
            if lists:
                return up, tuple(lists), here
        return None

    def _gather(
        self, function: Function, node: nodes.Call, scope: Scope, want: Type | None, place: Place
    ) -> ir.Expression:
        if not node.arguments:
            raise self.misuse(function, node, "缺少参数", "wants an argument")
        (first, *others) = node.arguments
        if isinstance(first, nodes.Call) and not others and BY_NAME.get(first.name) is BY_KEY["last"]:
            return window(self, function, node, first, scope, place)
        found = self._lists(node, scope)
        if found is None:
            return self._values(function, node, scope, want, place)
        up, lists, entity = found
        argument = node.arguments[0]
        base = scope.chain()[up]
        written = self._written_prefix(argument, lists)
        inner = Scope(self.model, entity, written, scope.base if scope.base in self.model.ancestors(entity) else base)
        inner.gathers = scope.gathers + 1
        inner.step = scope.step
        if inner.gathers > MAX_GATHERS:
            raise self.fail("P0226", node.span, most=MAX_GATHERS)
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
        value = None if bare else self._make(argument, inner, TRUTH if key in ("count", "any", "all") else None)
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
                self._amount(value, argument.span)
        type_ = self._gathered(key, value, base, entity, want)
        return ir.Aggregate(key, up, lists, entity, where, value, default, type_, place)

    @staticmethod
    def _written_prefix(argument: nodes.Expression, lists: tuple[str, ...]) -> tuple[str, ...]:
        """The path as written before the entry's own names: `成员`, `成员.就诊`, `家庭.成员`."""
        for name in _names_in(argument):
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
            if not inner and want is not None and want.is_amount and _counts(want.unit):
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
        if node.where is not None or node.default is not None:
            raise self.misuse(function, node, "当 与 默认 只用于名单", "“when” and “default” are for lists")
        if key in ("count", "any", "all"):
            truths = self._each([lambda a=a: self.condition(a, scope) for a in node.arguments])
            if key == "count":
                return ir.Call(key, tuple(truths), WHOLE, place)
            return (
                ir.Logic("or" if key == "any" else "and", tuple(truths), TRUTH, place) if len(truths) > 1 else truths[0]
            )
        if len(node.arguments) < 2:
            raise self.misuse(
                function, node, "只有一个值；要么给一列，要么给几个值", "one value alone: give a list or several values"
            )
        order = sorted(range(len(node.arguments)), key=lambda i: -self._rank(node.arguments[i], scope))
        context = want if self._rank(node.arguments[order[0]], scope) < 2 else None
        lead = self._make(node.arguments[order[0]], scope, context)
        made: dict[int, ir.Expression] = {order[0]: lead}
        for i in order[1:]:
            made[i] = self.fit(
                self._beside(node.arguments[i], scope, lead, node.arguments[order[0]]),
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
        self._amount(lead, node.arguments[order[0]].span)
        type_ = parts[0].type._replace(whole=all(p.type.whole for p in parts) and key != "average")
        if type_.unit.is_percent and key != "average":
            type_ = SHARE
        return ir.Call(key, parts, type_, place)


def _written(node: nodes.Node) -> bool:
    """Whether an expression is made of written numbers alone."""
    return all(isinstance(x, (nodes.Number, nodes.Arithmetic, nodes.Negative)) for x in walk(node))


def _names_in(node: nodes.Node) -> list[nodes.Name]:
    """Names in the order of the text, calls' inside included."""
    return [n for n in walk(node) if isinstance(n, nodes.Name)]


def _counts(unit: Unit) -> bool:
    """Whether entries that do not say what they count as can be counted in it: plain, 人, 户, 次, a declared unit."""
    return not unit.words or (
        len(unit.dims) == 1 and unit.dims[0][1] == 1 and unit.dims[0][0] not in ("money", "month", "day", "workday")
    )


def _unit_hint(left: Unit, right: Unit) -> tuple[str, str]:
    """What to do about two units that do not match."""
    a, b = dict(left.dims), dict(right.dims)
    differ = {k for k in a.keys() | b.keys() if a.get(k, 0) != b.get(k, 0)}
    if differ == {"person"} or differ == {"person", "household"} or differ == {"household"}:
        return (
            "一边按人、一边按户：按人的乘以人数，或按户的除以人数",
            "one side is per person, the other per household: multiply by the head count, or divide",
        )
    if differ == {"month"}:
        return (
            "一边有期间、一边没有：乘以月数，或在单位里写出 /月",
            "one side has a period, the other none: multiply by the months, or write /month in the unit",
        )
    if differ == {"day", "workday"}:
        return (
            "日历日与工作日不能换算；两个日期之间的工作日用 工作日数(起, 止)",
            "calendar days do not convert into working days; between two dates take working_days(from, to)",
        )
    if differ & {"day", "workday"} and "month" in differ:
        return "天数不能换算成月数", "days do not convert into months"
    return "检查两边的单位", "check the units of both sides"
