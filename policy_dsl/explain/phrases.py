"""What reasons say of formulas and lines whatever the case: put into words once for a program, and kept with its laws.

A case only fills in numbers, and picks which of this is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from ..backends.entries import Instance
from ..backends.formatting import shower
from ..backends.interpret.interpretation import Interpretation
from ..backends.payment import part_name
from ..backends.values import Value
from ..ir import nodes as ir
from ..ir.traverse import asks_calendar, children, walk
from ..model.reserved_keys import CARRIED_PARTS
from ..model.types import Type
from ..model.units import Unit
from .formula import Fill, Words, line_text, parts_of
from .numbers import Numbers

PartText = Callable[[Interpretation, Instance | None, Value], str]


def converts(type_: Type, unit: Unit) -> bool:
    """Whether an amount of a type is another number in a unit of its kind."""
    if not type_.is_amount or type_.unit.scale == unit.scale:
        return False
    return not unit.is_percent and not type_.unit.is_percent


class Phrase:
    """One formula. `rounded`, `counted` (by a calendar), `gathered` (from lists that are empty by default), `filtered` and `mixed` (read beside
    another unit of its kind) stand in it where no list function is around them; `reads` is what it reads, from left to right, down to what decides by the case what is read."""

    __slots__ = ("_converts", "_fills", "_names", "_parts", "counted", "filtered", "gathered", "mixed", "node", "parts", "plain", "reads", "rounded")  # fmt: skip

    def __init__(self, node: ir.Expression, empty: frozenset[str]) -> None:
        self.node = node
        here = tuple(_here(node))
        self.rounded = tuple(x for x in here if isinstance(x, ir.Call) and x.function.startswith("round_"))
        self.counted = tuple(x for x in here if asks_calendar(x))
        gathered = tuple(x for x in here if isinstance(x, ir.Aggregate))
        self.gathered = tuple(x for x in gathered if not empty.isdisjoint(x.lists))
        self.filtered = tuple(
            x for x in gathered if x.where is not None or (x.function == "count" and x.value is not None)
        )
        self.mixed = tuple(x for x in map(_mixed, here) if x is not None)
        self.plain = not (self.rounded or self.counted or self.filtered or self.mixed)
        self.reads = tuple(_reads(node))
        parts = (x for x in walk(node) if isinstance(x, ir.CarriedRef))
        self.parts = tuple(x for x in parts if x.name.partition("(")[0] in CARRIED_PARTS)
        self._names: dict[str, str] = {}
        self._fills: dict[str, Fill] = {}
        self._parts: dict[str, PartText] = {}
        self._converts: dict[int, tuple[Type, bool]] = {}

    def names(self, lang: str) -> str:
        """The formula in words, with names."""
        made = self._names.get(lang)
        if made is None:
            made = self._names[lang] = Words(lang).text(self.node)
        return made

    def fill(self, lang: str) -> Fill:
        """What gives it with the numbers of a case."""
        made = self._fills.get(lang)
        if made is None:
            made = self._fills[lang] = Numbers(lang).fill(self.node)
        return made

    def part(self, lang: str) -> PartText:
        """What gives it as a condition: `人均月收入 < 标准：150.00 元/人/月 < 439.00 元/人/月，是`; for a plain name `财产合规 = 是`."""
        made = self._parts.get(lang)
        if made is None:
            made = self._parts[lang] = _part(self, lang)
        return made

    def converts(self, type_: Type) -> bool:
        """Whether its value is another number in the unit that a type declares."""
        found = self._converts.get(id(type_))
        if found is None:
            found = self._converts[id(type_)] = (type_, converts(self.node.type, type_.unit))
        return found[1]


class Said:
    """One line: its conditions one by one, its result, and how it is written. `used`: all of these; `plain`: beside none of them anything stands."""

    __slots__ = ("_heads", "_texts", "constant", "gathers", "line", "parts", "plain", "result", "used")

    def __init__(self, line: ir.Line, phrases: Phrases) -> None:
        self.line = line
        parts: Iterator[ir.Expression] | tuple[ir.Expression, ...] = ()
        if line.condition is not None:
            together = isinstance(line.condition, ir.Logic) and line.condition.joined == "and"
            parts = parts_of(line.condition) if together else (line.condition,)  # type: ignore[arg-type]
        self.parts = tuple(phrases.of(x) for x in parts)
        self.result = phrases.of(line.result)
        self.constant = isinstance(line.result, ir.Constant)
        self.used = (*self.parts, self.result)
        self.plain = all(x.plain for x in self.used)
        self.gathers = any(x.gathered for x in self.used)
        self._texts: dict[str, str] = {}
        self._heads: dict[str, dict[str, Any]] = {}

    def text(self, lang: str) -> str:
        """The line as it would be written."""
        made = self._texts.get(lang)
        if made is None:
            made = self._texts[lang] = line_text(self.line, lang)
        return made

    def head(self, lang: str) -> dict[str, Any]:
        """What its JSON begins with, for the caller to go on with."""
        made = self._heads.get(lang)
        if made is None:
            line = self.line
            made = self._heads[lang] = {
                "kind": line.kind,
                "label": line.label,
                "text": self.text(lang),
                "policy": line.clause.policy,
                "file": line.place.bare_file,
                "line": line.place.line,
            }
        return made.copy()


class Phrases:
    """Those of a program, made when they are first asked for. Writing one twice does no harm, and nothing of a case is in them."""

    def __init__(self, program: ir.Program) -> None:
        self.empty = frozenset(m.name for e in program.entities for m in e.lists if m.empty)
        self.rules = {(r.entity, r.name): r for r in program.rules}
        self.paying = {(r.entity, r.name): part_name(r) for r in program.rules if r.parts is not None}
        self.parameters = {p.name: p for p in program.parameters}
        self.facts = {(e.name, f.name): (i, f) for e in program.entities for i, f in enumerate(e.facts)}
        self._phrases: dict[int, Phrase] = {}
        self._lines: dict[int, Said] = {}
        self._filled: dict[tuple[int, tuple[int, ...]], tuple[ir.Entry, ir.Expression]] = {}

    def filled(self, entry: ir.Entry, keys: tuple[int, ...]) -> ir.Expression:
        """The formula of a parameter's entry with the keys at hand written in, the same whenever it is asked for."""
        assert entry.value is not None
        if not keys:
            return entry.value
        found = self._filled.get((id(entry), keys))
        if found is None:
            found = self._filled.setdefault((id(entry), keys), (entry, filled(entry.value, keys)))
        return found[1]

    def of(self, node: ir.Expression) -> Phrase:
        """A formula's. It keeps the formula, so that no other has its id."""
        found = self._phrases.get(id(node))
        if found is None:
            found = self._phrases[id(node)] = Phrase(node, self.empty)
        return found

    def line(self, line: ir.Line) -> Said:
        found = self._lines.get(id(line))
        if found is None:
            found = self._lines[id(line)] = Said(line, self)
        return found


def filled(node: ir.Expression, keys: tuple[int, ...]) -> ir.Expression:
    """A parameter's formula with the keys at hand written in."""
    if isinstance(node, ir.KeyRef):
        return ir.Constant(keys[node.position], node.type, node.place)
    made: dict[str, Any] = {}
    for field, value in zip(node._fields, node, strict=True):
        if isinstance(value, ir.Expression):
            made[field] = filled(value, keys)
        elif isinstance(value, tuple) and value and all(isinstance(x, ir.Expression) for x in value):
            made[field] = tuple(filled(x, keys) for x in value)
    return node._replace(**made)


def phrases(by: Interpretation) -> Phrases:
    """Those of the program that is interpreted."""
    laws = by.epoch.laws
    found: Phrases | None = laws.phrases
    if found is None:
        found = laws.phrases = Phrases(laws.program)
    return found


def passing(by: Interpretation) -> Phrases:
    """Those of formulas that one decision makes, each for one entry (ir/outside.py); it keeps them as long as it lasts."""
    found: Phrases | None = by.filled.get(Phrases)
    if found is None:
        found = by.filled[Phrases] = Phrases(by.program)
    return found


def _here(formula: ir.Expression) -> Iterator[ir.Expression]:
    """The formula and what is inside it, down to aggregates: what stands in those is about their entries, not about this one."""
    yield formula
    if not isinstance(formula, ir.Aggregate):
        for part in children(formula):
            yield from _here(part)


def _mixed(node: ir.Expression) -> tuple[ir.Expression, Unit] | None:
    """What is read beside one in another unit of its kind, with that unit: a sum is in its left side's unit, a comparison in the finer one's."""
    if not isinstance(node, (ir.Compare, ir.Arithmetic)):
        return None
    left, right = node.left, node.right
    if isinstance(left, ir.Constant) or isinstance(right, ir.Constant):
        return None
    if not (left.type.is_amount and right.type.is_amount) or left.type.unit.dims != right.type.unit.dims:
        return None
    if isinstance(node, ir.Arithmetic) and node.sign not in "+-":
        return None
    if isinstance(node, ir.Compare) and left.type.unit.scale < right.type.unit.scale:
        left, right = right, left
    return (right, left.type.unit) if converts(right.type, left.type.unit) else None


def _reads(node: ir.Expression) -> Iterator[ir.Expression]:
    match node:
        case ir.Not() | ir.Logic() | ir.Compare() | ir.Among() | ir.Arithmetic() | ir.Call():
            for part in children(node):
                yield from _reads(part)
        case ir.Constant() | ir.KeyRef() | ir.Moment() | ir.Measure():
            return
        case _:
            yield node


def _part(phrase: Phrase, lang: str) -> PartText:
    formula, zh = phrase.node, lang == "zh"
    numbers = Numbers(lang)
    if isinstance(formula, ir.Not) and isinstance(formula.operand, (ir.FactRef, ir.RuleRef)):
        formula = formula.operand
    if isinstance(formula, (ir.FactRef, ir.RuleRef)):
        value, head = numbers.value(formula), f"{Words(lang).text(formula)} = "
        return lambda by, at, _holds: head + value(by, at)
    if isinstance(formula, ir.Compare) and formula.sign == "=" and formula.left.type.kind == "enumeration":
        head = f"{Words(lang).text(formula.left)} = "
        left, right, mark = numbers.fill(formula.left), numbers.fill(formula.right), "，不是 " if zh else ", not "
        return lambda by, at, holds: head + left(by, at) + (mark + right(by, at) if holds is False else "")
    names, fill, shown = phrase.names(lang), phrase.fill(lang), shower(formula.type, lang)
    colon, comma = ("：", "，") if zh else (": ", ", ")

    def part(by: Interpretation, at: Instance | None, holds: Value) -> str:
        held = shown(holds)
        numbers = fill(by, at)
        if numbers in (held, names):
            return f"{names} = {held}"
        return f"{names}{colon}{numbers}{comma}{held}"

    return part
