"""A formula with its numbers filled in. What is the same in every case is put into words once; what a case fills in is found when it is asked for."""

from __future__ import annotations

from collections.abc import Iterable

from ..backends.entries import Instance
from ..backends.formatting import shower, value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import NOTHING, Held
from ..backends.values import Undetermined
from ..ir import nodes as ir
from .formula import MOST_ENTRIES, Fill, Pieces, Words, entry_name, joined, who


def filling(pieces: Pieces) -> Fill:
    """What makes one text of pieces."""
    if all(isinstance(x, str) for x in pieces):
        whole = "".join(map(str, pieces))
        return lambda _by, _at: whole
    if len(pieces) == 1 and not isinstance(pieces[0], str):
        return pieces[0]
    return lambda by, at: "".join([x if x.__class__ is str else x(by, at) for x in pieces])  # type: ignore[operator]


class Numbers(Words):
    """Renders formulas with what they read filled in, for any decision and entry."""

    def fill(self, node: ir.Expression, level: int = 0) -> Fill:
        """The formula as a text of a decision at an entry."""
        return filling(self.pieces(node, level))

    def leaf(self, node: ir.Expression, name: str) -> Pieces:
        return [self.value(node)]

    def value(self, node: ir.Expression, exact: bool = False) -> Fill:
        """The value of what is read."""
        shown = shower(node.type, self.lang, exact)
        unknown = self.keyword("UNKNOWN") if isinstance(node, ir.FactRef) else ""

        def given(by: Interpretation, at: Instance | None) -> str:
            found = by.evaluate(node, at)
            if unknown and isinstance(found, Undetermined):
                return unknown
            return shown(found)

        return given

    def sides(self, node: ir.Compare, sign: str) -> Pieces:
        """Both sides; where rounding for the eye would make them look equal, with the exact fraction."""
        pieces = super().sides(node, sign)
        if not node.left.type.is_amount or all(isinstance(x, str) for x in pieces):
            return pieces
        left, right = filling(self.pieces(node.left, 4, node.right)), filling(self.pieces(node.right, 4, node.left))
        lang, types = self.lang, (node.left.type, node.right.type)

        def both(by: Interpretation, at: Instance | None) -> str:
            a, b = left(by, at), right(by, at)
            if ("≈" in a or "≈" in b) and a.lstrip("≈") == b.lstrip("≈"):
                values = (by.evaluate(x, at) for x in (node.left, node.right))
                a, b = (value_text(v, t, lang, True) for v, t in zip(values, types, strict=True))
            return a + sign + b

        return [both]

    def as_of(self, node: ir.AsOf) -> Pieces:
        return [self.value(node)]

    def past(self, node: ir.Past) -> Pieces:
        return [self.value(node)]

    def if_in_force(self, node: ir.IfInForce) -> Pieces:
        """The value, or, where nothing is in force, the default: 现行(标准 没有规定, 默认 0 元/月)."""
        read = node.value.value if isinstance(node.value, ir.AsOf) else node.value
        name = self.parameter(read) if isinstance(read, ir.ParameterRef) else read.name
        lacking = "没有规定" if self.lang == "zh" else "not in force"
        absent = filling(joined(f"{self.function('in_force')}({name} {lacking}", self.default(node.default), ")"))
        value = self.value(node)
        return [lambda by, at: (absent if by.is_in_force(node.value, at) is False else value)(by, at)]

    def window(self, node: ir.Window) -> Pieces:
        """Each month's value: 合计(100.00 元/月, 200.00 元/月, 默认 0 元/月)."""
        names = filling(super().window(node))
        default = filling(self.default(node.default, ""))
        value = self.value(node)

        def months(by: Interpretation, at: Instance | None) -> str:
            if at is None:
                return names(by, at)
            here = by.up(at, node.up)
            if here is None or (isinstance(here.carried[node.name], Held) and here.carried[node.name] is not NOTHING):
                return value(by, at)
            type_ = next(c.type for c in here.entity.carried if c.name == node.name)
            shown = [value_text(v, type_, self.lang) for v in by.months(here, node) if v is not NOTHING]
            missing = by.lacking(here, node)
            if missing and node.default is not None:
                shown.insert(0, default(by, at) + ("" if missing == 1 else f" × {missing}"))
            if len(shown) > MOST_ENTRIES:
                rest = len(shown) - MOST_ENTRIES
                before = f"另 {rest} 个月……" if self.lang == "zh" else f"{rest} more months …"
                shown = [before, *shown[-MOST_ENTRIES:]]
            return f"{self.function(node.function)}({', '.join(shown) or '—'})"

        return [months]

    def aggregate(self, node: ir.Aggregate) -> Pieces:
        return [Gathered(self.lang, node, filling(self.default(node.default, "")), self.depth > 1)]

    def outside(self, node: ir.Outside) -> Pieces:
        inner = Numbers(self.lang).fill(node.value, 9)
        return [lambda by, _at: inner(by, by.entry_at(node.at))]


class Gathered:
    """What each entry contributes to a list function: 合计(甲 300.00 元/月, 乙 0.00 元/月). `inside`: a formula, where people need the number, too."""

    def __init__(self, lang: str, node: ir.Aggregate, default: Fill, inside: bool) -> None:
        self.lang = lang
        self.node = node
        self.default = default
        self.inside = inside
        self.function = Words(lang).function(node.function)
        if not node.outward and node.value is not None:
            numbers = Numbers(lang)
            plain = isinstance(node.value, (ir.FactRef, ir.RuleRef, ir.ParameterRef, ir.AsOf, ir.Constant))
            self.value = numbers.value(node.value)
            self.worked = None if plain else numbers.fill(node.value)

    def __call__(self, by: Interpretation, at: Instance | None) -> str:
        node = by.bound(self.node, at)
        if node is not self.node:
            return self.of(by, node)(by, at)
        entries = by.entries(node, at)
        if not isinstance(entries, list):
            return self.number(by, at)
        zh = self.lang == "zh"
        counting = by.repeated(node, entries) if node.function == "repeats" else self.counting(by, entries)
        shown = list(self.shown(by, entries, counting[:MOST_ENTRIES]))
        if len(counting) > MOST_ENTRIES:
            rest = len(counting) - MOST_ENTRIES
            shown.append(f"……另 {rest} 项" if zh else f"… {rest} more")
        if not shown and node.default is not None and node.function not in ("count", "sum"):
            shown = [self.default(by, at)]
        if self.inside and node.function in ("count", "repeats"):  # 2 人（甲、乙）
            number = self.number(by, at)
            return f"{number}（{'、'.join(shown) or '—'}）" if zh else f"{number} ({', '.join(shown) or '—'})"
        return f"{self.function}({', '.join(shown) or '—'})"

    def of(self, by: Interpretation, bound: ir.Aggregate) -> Gathered:
        """The same of the function as it stands at one entry."""
        key = (id(bound), self.lang, self.inside)
        made: Gathered | None = by.filled.get(key)
        if made is None:
            made = by.filled[key] = Gathered(self.lang, bound, self.default, self.inside)
        return made

    def number(self, by: Interpretation, at: Instance | None) -> str:
        return value_text(by.evaluate(self.node, at), self.node.type, self.lang)

    def counting(self, by: Interpretation, entries: list[Instance]) -> list[Instance]:
        """The entries that count, or may."""
        node = self.node
        if node.where is not None:
            entries = [x for x in entries if by.evaluate(node.where, x) is not False]
        if node.function == "count" and node.value is not None:
            entries = [x for x in entries if by.evaluate(node.value, x) is not False or not self.surely(by, x)]
        return entries

    def surely(self, by: Interpretation, entry: Instance) -> bool:
        """Whether it is known that an entry is not left out."""
        return self.node.where is None or by.evaluate(self.node.where, entry) is True

    def shown(self, by: Interpretation, entries: list[Instance], counting: list[Instance]) -> Iterable[str]:
        if self.node.function == "repeats":
            return (entry_name(x, self.node.lists) for x in counting)
        named = any(who(x) for x in entries)
        return (self.contribution(by, x, named) for x in counting)

    def contribution(self, by: Interpretation, entry: Instance, named: bool) -> str:
        """What one entry adds, its name before it where entries have names."""
        node = self.node
        name = entry_name(entry, node.lists)
        holds = True if node.where is None else by.evaluate(node.where, entry)
        if holds is not True:
            return f"{name} {value_text(holds, node.type, self.lang)}"
        if node.value is None or (node.function == "count" and by.evaluate(node.value, entry) is True):
            return name
        shown = self.value(by, entry)
        if self.worked is not None:
            worked = self.worked(by, entry)  # 甲 是（72 岁 ≥ 60 岁）
            shown = f"{shown}（{worked}）" if self.lang == "zh" else f"{shown} ({worked})"
        return f"{name} {shown}" if named else shown


def filled_in(node: ir.Expression, lang: str, by: Interpretation, at: Instance | None) -> str:
    """A formula with its numbers, for once."""
    return Numbers(lang).fill(node)(by, at)
