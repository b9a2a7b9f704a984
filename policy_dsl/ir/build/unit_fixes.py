"""What to write where units do not go together: each fix is tried on the formula, and told only if it fits.

A fix changes what is written (a number gets the rest of its unit, a side is multiplied), or the type of a parameter. It is printed,
read again and typed in the place of the formula; a changed type must not break what else reads the parameter.
"""

from __future__ import annotations

from collections.abc import Iterator
from copy import copy
from itertools import product
from typing import NamedTuple

from attrs import evolve

from ...diagnostics.report import Enough, Report
from ...model.declare.types import effective
from ...model.functions import BY_KEY, BY_NAME
from ...model.symbols import Declared, Model, ParameterSymbol, RuleSymbol
from ...model.types import amount
from ...model.units import BASE, Unit
from ...source import Source, Span
from ...syntax import nodes
from ...syntax.parse import parse
from ...syntax.printer.printer import text as printed
from ...syntax.settle import settle
from ...syntax.traverse import rebuilt, walk
from .. import nodes as ir
from .. import traverse
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.mismatches import Mismatch
from .parameters import Parameters
from .rules import Rules, is_whole
from .sources import Sources

MOST_TRIED = 20  # mismatches for which fixes are looked for
MOST_SHOWN = 160  # characters of a formula that a fix writes out
WHOSE = ("person", "household")
_COUNT, _LARGEST = BY_KEY["count"], ("max", "min")

Change = dict[int, nodes.Expression]  # what stands in the place of a node, by the node's id


class Fix(NamedTuple):
    zh: str
    en: str


def tell_fixes(elaborator: Elaborator, report: Report) -> None:
    """Adds to each mismatch that was met what to write instead, if something that fits is found."""
    for mismatch in elaborator.mismatches[:MOST_TRIED]:
        fixes = list(_Fixes(elaborator.model, mismatch).fitting())
        found = mismatch.found
        if fixes:
            zh = f"{found.help_zh}：{'；或'.join(x.zh for x in fixes)}"
            en = f"{found.help_en}: {'; or '.join(x.en for x in fixes)}"
            report.replace(found, found._replace(help_zh=zh, help_en=en))


class _Fixes:
    def __init__(self, model: Model, mismatch: Mismatch) -> None:
        self.model = model
        self.mismatch = mismatch
        self.root = mismatch.root
        sides = (mismatch.left, mismatch.right)
        pairs = [(s, o.type.unit.times(s.type.unit, -1)) for s, o in (sides, sides[::-1]) if s.node is not None]
        # first the side that says less
        self.sides = sorted(pairs, key=lambda x: (not _adds(x[1]), len(x[0].type.unit.words)))
        outer = self.root.node.span
        inside = (x.span for x in walk(self.root.node))
        self.whole = all(x.source is outer.source and outer.start <= x.start and x.end <= outer.end for x in inside)

    def fitting(self) -> Iterator[Fix]:
        """The fixes that fit, of the first kind that has some."""
        for kind in (self._one_of_many, self._numbers, self._declared, self._rule_type, self._head_count, self._factor):
            found = list(kind())
            if found:
                yield from found
                return

    # --- kinds of fixes

    def _one_of_many(self) -> Iterator[Fix]:
        """The largest of a household's members is one person's: * 1 人/户, not times the head count."""
        for side, factor in self.sides:
            if dict(factor.words) != {"人": 1, "户": -1}:
                continue
            for leaves in self._leaves(side.node):
                if len(leaves) == 1 and isinstance(leaves[0], nodes.Call) and self._is_largest(leaves[0]):
                    yield from self._written({id(leaves[0]): self._times(leaves[0], ("人", "户"))})
                    return

    def _numbers(self) -> Iterator[Fix]:
        """A written number gets the rest of its unit: 100 元 * 次数 is 100 元/户 * 次数."""
        for side, factor in self.sides:
            for leaves in self._leaves(side.node):
                made = [self._unit_of(x) for x in leaves]
                if not all(isinstance(x, nodes.Number) for x in leaves) or None in made:
                    continue
                units = [u for x in made if x is not None for u in [_parts(x.times(factor))] if u and _keeps(x, u)]
                if len(units) != len(leaves):
                    continue
                for apart in (False, True):
                    change: Change = {}
                    for leaf, parts in zip(leaves, units, strict=True):
                        assert isinstance(leaf, nodes.Number)
                        change[id(leaf)] = evolve(leaf, unit=parts, apart=apart, asked=())
                    found = list(self._written(change))
                    if found:
                        yield from found
                        return

    def _declared(self) -> Iterator[Fix]:
        """A parameter is declared with the rest of its unit."""
        for side, factor in self.sides:
            if side.made is None or not _adds(factor):
                continue
            refs = {x.name for x in traverse.walk(side.made) if isinstance(x, ir.ParameterRef)}
            for leaves in self._leaves(side.node):
                name = _name(leaves[0]) if len(leaves) == 1 else ""
                if name not in refs:
                    continue
                before = self.model.parameters[name]
                parts = _parts(before.type.unit.times(factor)) if before.type.is_amount else None
                if parts is None or not self._may_change(before):
                    continue
                other = evolve(before, type=amount(before.type.unit.times(factor)))
                model = evolve(self.model, parameters={**self.model.parameters, name: other})
                if self._fits(self.root.node, model) and self._no_worse(before, model):
                    zh, en = _type_words(parts)
                    yield Fix(f"参数「{name}」的类型写成 {zh}", f"declare the parameter “{name}” in {en}")
                    return

    def _rule_type(self) -> Iterator[Fix]:
        """A rule that was declared a plain number gets the unit of its formula."""
        owner, want, side = self.root.scope.owner, self.root.want, self.mismatch.left
        if owner is None or want is None or want.unit.words or self.mismatch.right.node is not None:
            return
        rule = self.model.rules[owner]
        parts = _parts(side.type.own)
        type_ = effective(side.type.own, self.model.counted(rule.entity))
        if parts is None or type_.unit.dims != side.type.unit.dims or not self._may_change(rule):
            return
        model = evolve(self.model, rules={**self.model.rules, owner: evolve(rule, type=type_)})
        if self._no_worse(rule, model):
            zh, en = _type_words(parts)
            yield Fix(f"规则「{rule.name}」的类型写成 {zh}", f"declare the rule “{rule.name}” in {en}")

    def _head_count(self) -> Iterator[Fix]:
        """What is per person times the head count, or what is per household divided by it."""
        for side, factor in sorted(self.sides, key=lambda x: dict(x[1].dims).get("person") != 1):  # times comes first
            powers = {BASE[w][0]: n for w, n in factor.words if w in BASE}
            if len(factor.words) != 2 or set(powers) != set(WHOSE):
                continue
            for count in self._counts():
                node = side.node
                assert node is not None
                made = nodes.Arithmetic("*" if powers["person"] == 1 else "/", node, count, span=node.span)
                found = list(self._written({id(node): made}))
                if found:
                    yield from found
                    break

    def _factor(self) -> Iterator[Fix]:
        """A side is said to be of one of what it lacks, or has too much: / 1 户, / 1 岁, * 1 个月."""
        for side, factor in self.sides:
            if len(factor.words) != 1 or abs(factor.words[0][1]) != 1 or not self._sensible(side.type.unit, factor):
                continue
            if self.mismatch.left.type.unit.in_percent or self.mismatch.right.type.unit.in_percent:
                continue
            if side.node is None or isinstance(side.node, (nodes.Number, nodes.Negative)):
                continue  # what is written out is of what it says
            ((word, power),) = factor.words
            made = self._times(side.node, (word,), "*" if power == 1 else "/")
            found = list(self._written({id(side.node): made}))
            if found:
                yield from found
                return

    @staticmethod
    def _sensible(unit: Unit, factor: Unit) -> bool:
        """Whether the factor takes a word of the unit away, says of what a number is, or whose an amount is."""
        ((word, power),) = factor.words
        base = BASE.get(word, ("",))[0]
        if base in WHOSE and power == -1:
            return (word, 1) not in unit.words or len(unit.words) == 1
        return (word, -power) in unit.words or (power == 1 and not unit.words and base != "money")

    # --- pieces of fixes

    def _times(self, node: nodes.Expression, words: tuple[str, ...], sign: str = "*") -> nodes.Expression:
        one = nodes.Number("1", words, span=node.span)
        return nodes.Arithmetic("*" if sign == "*" else "/", node, one, span=node.span)

    def _is_largest(self, node: nodes.Call) -> bool:
        function = BY_NAME.get(node.name)
        return function is not None and function.key in _LARGEST and len(node.arguments) == 1

    def _unit_of(self, node: nodes.Expression) -> Unit | None:
        if not isinstance(node, nodes.Number):
            return None
        words = tuple((w, 1 if n == 0 else -1) for n, w in enumerate(node.unit))
        return Unit(words)

    def _leaves(self, node: nodes.Expression | None) -> list[tuple[nodes.Expression, ...]]:
        """Sets of leaves that, each multiplied by one thing, multiply the formula by it."""
        match node:
            case None:
                return []
            case nodes.Arithmetic("*", left, right):
                return [*self._leaves(left), *self._leaves(right)][:8]
            case nodes.Arithmetic("/", left, _):
                return self._leaves(left)
            case nodes.Arithmetic("+" | "-", nodes.Number(unit=()), other) | nodes.Arithmetic(
                "+" | "-", other, nodes.Number(unit=())
            ):
                return self._leaves(other)  # a bare number takes the other's unit
            case nodes.Arithmetic("+" | "-", left, right):
                both = product(self._leaves(left)[:4], self._leaves(right)[:4])
                return [(*a, *b) for a, b in both][:8]
            case nodes.Negative(operand):
                return self._leaves(operand)
            case nodes.Call(name, (value, _), None, None) if name in BY_NAME and BY_NAME[name].shape == "round":
                return self._leaves(value)
        return [(node,)]

    def _counts(self) -> Iterator[nodes.Expression]:
        """Head counts of the household at hand: of its list of persons; where it has none, its one fact or rule in 人."""
        span = self.root.node.span
        chain = self.root.scope.chain()
        home = next((e for e in chain if self.model.entities[e].counts_as == "户"), None)
        if home is None:
            return
        before = () if home == chain[0] else (home,)
        lists = [x.name for x in self.model.entities[home].lists.values() if self.model.counted(x.entity) == "人"]
        if len(lists) == 1:
            yield nodes.Call(_COUNT.zh[0], (nodes.Name((*before, lists[0]), span=span),), span=span)
        elif not lists:
            named = [(x.name, x.type) for x in self.model.entities[home].facts.values()]
            named += [(r.name, r.type) for (e, _), r in self.model.rules.items() if e == home]
            counts = [name for name, type_ in named if type_.is_amount and type_.own.words == (("人", 1),)]
            if len(counts) == 1:
                yield nodes.Name((*before, counts[0]), span=span)

    def _may_change(self, symbol: ParameterSymbol | RuleSymbol) -> bool:
        """Whether who writes the formula may change the parameter or rule: it is declared in the same layer."""
        layers = {d.node.span.source: d.layer for d in self._declarations()}
        mine = layers.get(self.root.node.span.source)
        return len(symbol.declared) == 1 and symbol.declared[0].layer == mine

    def _declarations(self) -> Iterator[Declared]:
        for rule in self.model.rules.values():
            yield from rule.declared
        for parameter in self.model.parameters.values():
            yield from parameter.declared
        yield from (e.declared for e in self.model.entities.values())
        yield from self.model.guarantees

    # --- trying

    def _written(self, change: Change) -> Iterator[Fix]:
        """The formula with the change, if it fits; only a number is told by itself where the formula is long or lies in a table."""
        made = _changed(self.root.node, change)
        again = self._again(printed(made, "zh"))
        if again is None or not self._fits(again, self.model):
            return
        zh, en = printed(made, "zh"), printed(made, "en")
        if self.whole and max(len(zh), len(en)) <= MOST_SHOWN:
            yield Fix(f"写成 {zh}", f"write {en}")
            return
        said = []
        for node in walk(self.root.node):
            if id(node) in change:
                assert isinstance(node, nodes.Expression)
                said.append([printed(x, lang) for lang in ("zh", "en") for x in (node, change[id(node)])])
        if self.whole or all(isinstance(x, nodes.Number) for x in change.values()):
            yield Fix(
                "、".join(f"把 {a} 写成 {b}" for a, b, _, _ in said),
                ", ".join(f"write {b} for {a}" for _, _, a, b in said),
            )

    def _again(self, text: str) -> nodes.Expression | None:
        """The formula that is read of a text."""
        report = Report()
        file = parse(Source("", f"规则 x y : 数\n  为 {text}\n"), report)
        if report.items or len(file.items) != 1 or not isinstance(file.items[0], nodes.Rule):
            return None
        line = settle(file.items[0], self.model.units).body[0]
        return line.result.value if isinstance(line, nodes.Value) else None

    def _fits(self, node: nodes.Expression, model: Model) -> bool:
        report = Report()
        elaborator = Elaborator(model, report)
        elaborator.measures = self.mismatch.measures
        scope = copy(self.root.scope)
        scope.model, scope.ranks = model, {}
        want = self.root.want
        try:
            made = elaborator.expression(node, scope, want)
        except Skip:
            return False
        whole = want is not None and want.is_amount and want.whole and not want.unit.words
        return not report.items and not (whole and not is_whole(made))

    def _no_worse(self, symbol: ParameterSymbol | RuleSymbol, model: Model) -> bool:
        """Whether the parameter or rule and what reads it have fewer mistakes by the other model than by this one."""
        others = (*(e.declared for e in self.model.entities.values()), *self.model.guarantees)
        if any(_mentions(d, symbol.name) for d in others):
            return False
        if isinstance(symbol, ParameterSymbol) and self._mistakes(symbol.name, model, alone=True):
            return False  # its values say what it is per
        return self._mistakes(symbol.name, model) < self._mistakes(symbol.name, self.model)

    def _mistakes(self, name: str, model: Model, alone: bool = False) -> int:
        """How many there are in a parameter or rule and, unless `alone`, in what reads it."""
        report = Report()
        elaborator, sources = Elaborator(model, report), Sources(model, report)
        try:
            for parameter in model.parameters.values():
                if parameter.name == name or (not alone and any(_mentions(d, name) for d in parameter.declared)):
                    Parameters(elaborator, sources).parameter(parameter)
            for rule in model.rules.values():
                if rule.name == name or (not alone and any(_mentions(d, name) for d in rule.declared)):
                    Rules(elaborator, sources).rule(rule)
        except Enough:
            pass
        return sum(x.severity == "error" for x in report.items)


def _adds(factor: Unit) -> bool:
    """Whether a unit times the factor only says more below the line."""
    return bool(factor.words) and all(n < 0 for _, n in factor.words)


def _keeps(before: Unit | None, parts: tuple[str, ...]) -> bool:
    """Whether a number keeps the unit that it has, and what it gets stands below the line; a bare one gets the whole. It is an amount of
    money or of what is declared: persons and years are per nothing."""
    words = tuple(w for w, _ in before.words) if before is not None else ()
    if not Unit(((parts[0], 1),)).counts_per_entity or any(BASE.get(w, ("",))[0] == "money" for w in parts[1:]):
        return False
    return not words or (parts[0] == words[0] and set(words) <= set(parts) and len(parts) > len(words))


def _parts(unit: Unit) -> tuple[str, ...] | None:
    """A unit's words as they are written, 元/户/月; None for one that cannot be."""
    above = [w for w, n in unit.words if n > 0]
    below = [w for w, n in unit.words if n < 0]
    if len(above) != 1 or any(abs(n) != 1 for _, n in unit.words):
        return None
    return (*above, *below)


def _type_words(parts: tuple[str, ...]) -> tuple[str, str]:
    """A unit as it is written at a declaration."""
    zh, en = (printed(nodes.Number("1", parts, span=Span(Source("", ""), 0, 0)), x)[1:].strip() for x in ("zh", "en"))
    return zh, en


def _name(node: nodes.Expression) -> str:
    if isinstance(node, nodes.Name):
        return node.path[0] if len(node.path) == 1 else ""
    return node.name if isinstance(node, nodes.Call) else ""


def _mentions(d: Declared, name: str) -> bool:
    return any(
        (isinstance(x, nodes.Name) and x.path[0] == name) or (isinstance(x, nodes.Call) and x.name == name)
        for x in walk(d.node)
    )


def _changed(node: nodes.Expression, change: Change) -> nodes.Expression:
    def made(x: nodes.Node) -> nodes.Node:
        return change[id(x)] if id(x) in change else rebuilt(x, made)

    found = made(node)
    assert isinstance(found, nodes.Expression)
    return found
