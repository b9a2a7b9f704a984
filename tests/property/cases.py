"""Facts for a policy, days to decide for, and the strategies that join them to a policy."""

from __future__ import annotations

import datetime
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st

from policy_dsl.ir import nodes as ir
from policy_dsl.ir.in_force import change_days
from policy_dsl.ir.traverse import walk
from policy_dsl.model.types import decimal_text, grid

from .dice import Dice, Drawn
from .policies import Text, compiled, write

DAYS = (19900615, 20200229, 20211231, 20220101, 20220131, 20220228, 20240229, 20250301)
FACT_DAYS = (
    "1990-06-15",
    "2022-01-01",
    "2004-02-29",
    "2021-12-31",
    "2022-01-31",
    "1950-12-01",
    "2022-06-30",
    "0001-01-01",
    "9999-12-31",
)
OTHER_UNITS = {
    ("month",): ("月", "年", "季", "岁"), ("money",): ("元", "分", "角", "万元"), ("month", "money"): ("元/月", "元/年", "万元/年", "分/月"),
}  # fmt: skip
MOST = 10**15


class Case(NamedTuple):
    """A policy that compiles, facts for it in the contract's form, days (yyyymmdd)."""

    text: Text
    program: ir.Program
    facts: list[dict[str, Any]]
    days: list[int]

    def __repr__(self) -> str:
        shown = "\n".join(repr(f) for f in self.facts)
        return f"Case(days={self.days}, facts:\n{shown}\npolicy:\n{self.text}\n)"


def constants(program: ir.Program) -> dict[object, list[Fraction]]:
    """Amounts written in the policy by dimension: where conditions turn."""
    found: dict[object, set[Fraction]] = {}
    nodes = [x for r in program.rules for line in r.lines for x in (line.condition, line.result) if x is not None]
    nodes += [e.value for p in program.parameters for e in p.entries if e.value is not None]
    for node in nodes:
        for part in walk(node):
            if isinstance(part, ir.Constant) and isinstance(part.value, Fraction):
                found.setdefault(part.type.unit.dims, set()).add(part.value)
    return {k: sorted(v) for k, v in found.items()}


PEOPLE = tuple(f"证{n}" for n in range(12))  # by what identifies them


class FactsWriter:
    """`unknown`: percent of facts left open. `odd`: percent of facts that are wrong in some way."""

    def __init__(self, dice: Dice, program: ir.Program, unknown: int = 0, odd: int = 0) -> None:
        self.dice = dice
        self.program = program
        self.unknown = unknown
        self.odd = odd
        self.plain = dice.chance(50)  # as most programs give facts: ints, Decimals and texts, nothing else
        self.constants = constants(program)
        self.entities = {e.name: e for e in program.entities}

    def facts(self, root: str) -> dict[str, Any]:
        made: dict[str, Any] = {root: self.entry(self.entities[root])}
        if self.dice.chance(self.odd // 2):
            made[self.dice.pick(list(self.entities))] = {}
        return made

    def entry(self, entity: ir.Entity) -> Any:
        d = self.dice
        if d.chance(self.odd // 4):
            return d.pick(([], None, "甲", 3))
        made: dict[str, Any] = {}
        for fact in entity.facts:
            if fact.has_default and d.chance(40):
                continue
            if self.odd and d.chance(30 if fact.when is not None else 6):
                if d.chance(40):
                    made[fact.name + "儿"] = 1  # misspelt
                continue
            if d.chance(self.unknown):
                if d.chance(50) and not fact.has_default:
                    continue
                made[fact.name] = None
                continue
            right = (
                d.pick(PEOPLE) if fact is entity.facts[entity.identity] and entity.identity >= 0 else self.value(fact)
            )
            made[fact.name] = self.wrong(fact) if d.chance(self.odd) else right
        for members in entity.lists:
            most = min(members.high, max(members.low, 3))
            count = d.between(members.low, most)
            if d.chance(self.odd // 4):
                count = members.high + 1 if members.high < 10 else 0
            entries = [self.entry(self.entities[members.entity]) for _ in range(count)]
            made[members.name] = (
                d.pick((None, {}, "甲"))
                if d.chance(self.odd // 4)
                else tuple(entries)
                if not self.plain and d.chance(6)
                else entries
            )
        if d.chance(self.odd // 4):
            made["没有这个事实"] = 1
        return dict(d.shuffled(list(made.items()))) if d.chance(30) else made

    def value(self, fact: ir.Fact) -> Any:
        d = self.dice
        match fact.type.kind:
            case "truth":
                return d.below(2) == 1
            case "enumeration":
                return d.pick(fact.type.members)
            case "date" if fact.died:  # alive, or not yet dead: who is there is another matter (test_presence.py)
                return d.pick((None, None, "" if self.plain else None, "未知", "2099-01-31"))
            case "date":
                text = (
                    d.pick(FACT_DAYS)
                    if d.chance(60)
                    else f"{d.between(1985, 2024)}-{d.between(1, 12):02d}-{d.between(1, 28):02d}"
                )
                return datetime.date.fromisoformat(text) if not self.plain and d.chance(20) else text
            case "text":
                return d.pick(("甲", "", "长" * (5 if self.plain else 10_005)))
        return self.written(self.number(fact), fact)

    def number(self, fact: ir.Fact) -> Fraction:
        """In the declared unit, within range and grid; often where a condition turns."""
        d = self.dice
        scale, step = fact.type.own.scale, grid(fact.type)
        low = -MOST + 1 if fact.low is None else fact.low / scale
        high = MOST - 1 if fact.high is None else fact.high / scale
        turns = [v / scale for v in self.constants.get(fact.type.unit.dims, ())]
        ends = [] if fact.low is None and fact.high is None else [low, high, low + step, high - step]
        near = [*(t + n * step for t in turns for n in (0, 1, -1)), *ends, Fraction(0), Fraction(1), Fraction(2)]
        fit = [Fraction(x) for x in near if low <= x <= high and (x / step).denominator == 1]
        if fit and d.chance(65):
            return d.pick(fit)
        least, most = math.ceil(max(low, -1000) / step), math.floor(min(high, 1000) / step)
        if least > most:
            least, most = math.ceil(low / step), math.floor(high / step)
        plain = list(range(math.ceil(least * step), math.floor(most * step) + 1))[:200]
        return Fraction(d.pick(plain)) if plain and d.chance(60) else d.between(least, most) * step

    def written(self, number: Fraction, fact: ir.Fact) -> Any:
        d = self.dice
        text = decimal_text(number)
        assert text is not None
        own = fact.type.own.show("zh")
        form = "plain" if self.plain else d.pick(("plain", "decimal", "text", "fraction", "unit", "other"))
        if form == "plain":
            return int(number) if number.denominator == 1 else Decimal(text)
        if form == "decimal":
            return Decimal(text + ("0" if "." in text else ".00")) if d.chance(30) else Decimal(text)
        if form == "fraction":
            return number
        if form == "unit" and own and "·" not in own and not own.startswith("1/"):
            return f"{text}{d.pick((' ', ''))}{own}"
        bases = tuple(sorted(b for b, n in fact.type.own.dims))
        if form == "other" and bases in OTHER_UNITS and abs(number) < 10**9:
            from policy_dsl.model.units import unit_of

            for word in d.shuffled(OTHER_UNITS[bases]):
                unit = unit_of(tuple(word.split("/")))
                if unit is not None and unit.dims == fact.type.own.dims:
                    digits = decimal_text(number * fact.type.own.scale / unit.scale)
                    if digits is not None:
                        return f"{digits} {word}"
        return text

    def wrong(self, fact: ir.Fact) -> Any:
        d = self.dice
        return d.pick((
            True, 3.5, "甲", [], {}, "2022-02-30", "12 元/人/年", Decimal("1e-30"), Decimal("NaN"), Decimal("Infinity"), 10**15, -(10**15), 10**40,
            Decimal("1.000000000000000000000000000000000000000"), Decimal("1E+40"), "1e3", "", "１２", "3 斤", 10**14, "50%", "2022-06", 20220101,
            datetime.datetime(2022, 1, 1), Decimal("0.001"), Fraction(1, 3), "-0", Decimal("-0.0"), 1, "是", b"1",
        ))  # fmt: skip


def days_of(dice: Dice, program: ir.Program, count: int) -> list[int]:
    """Days around the changes, and some others."""
    near = []
    for day in change_days(program):
        date = datetime.date(day // 10000, day // 100 % 100, day % 100)
        near += [date, date - datetime.timedelta(days=1), date + datetime.timedelta(days=1)]
    known = [d.year * 10000 + d.month * 100 + d.day for d in near]
    return [dice.pick(known) if known and dice.chance(70) else dice.pick(DAYS) for _ in range(count)]


def roots(dice: Dice, program: ir.Program) -> str:
    """Mostly the top entity; facts may begin at any."""
    top = next(e.name for e in program.entities if not e.holder)
    return top if not dice.chance(20) else dice.pick([e.name for e in program.entities])


def case(dice: Dice, size: int = 1, count: int = 2, unknown: int | None = None, odd: int = 0) -> Case | None:
    """A policy with facts and days; None when the text does not compile (few)."""
    text = write(dice, size)
    program, _ = compiled(text)
    if program is None:
        return None
    made = []
    for _ in range(count):
        share = dice.pick((0, 12, 40)) if unknown is None else unknown
        made.append(FactsWriter(dice, program, share, odd).facts(roots(dice, program)))
    return Case(text, program, made, days_of(dice, program, count))


@st.composite
def cases(draw: st.DrawFn, size: int = 1, count: int = 2, unknown: int | None = None, odd: int = 0) -> Case:
    made = case(Drawn(draw), size, count, unknown, odd)
    if made is None:
        reject()
    return made
