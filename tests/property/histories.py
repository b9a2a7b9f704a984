"""Histories for a policy: facts with dates, some known later, people who come and go, last month's state, ledgers, and slips in all of it."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from hypothesis import reject
from hypothesis import strategies as st

from policy_dsl.ir import nodes as ir
from policy_dsl.model.types import decimal_text

from .cases import FactsWriter, constants, roots
from .dice import Dice, Drawn
from .policies import Text, compiled, write

MONTHS = ("2021-12", "2022-01", "2022-02", "2022-03", "2022-04", "2022-05", "2022-06", "2022-07")
DATED = (*MONTHS, "2022-01-01", "2022-02-15", "2022-03-31", "2022-05-02")
LEARNED = ("2022-02-11", "2022-04-30", "2022-06-01", "2022-07-20", "2021-12-20", "2022-05")


class Story(NamedTuple):
    """A policy that compiles, a history for it in the contract's form, the first and the last month."""

    text: Text
    program: ir.Program
    history: dict[str, Any]
    start: str
    end: str

    def __repr__(self) -> str:
        return f"Story({self.start} to {self.end}, history:\n{self.history!r}\npolicy:\n{self.text}\n)"


class HistoryWriter(FactsWriter):
    """`change`: percent of facts that are dated; `late`: of spells that become known later."""

    def __init__(
        self, dice: Dice, program: ir.Program, unknown: int = 0, odd: int = 0, change: int = 25, late: int = 25
    ) -> None:
        super().__init__(dice, program, unknown, odd)
        self.change = change
        self.late = late
        self.constants = constants(program)

    def entry(self, entity: ir.Entity) -> Any:
        made = super().entry(entity)
        if not isinstance(made, dict):
            return made
        d = self.dice
        for n, fact in enumerate(entity.facts):
            change = self.odd // 4 if n == entity.identity else self.change
            if made.get(fact.name) is not None and d.chance(change):
                made[fact.name] = self.spells(made[fact.name], lambda f=fact: self.value(f))
        if entity.holder and d.chance(30):
            gone = d.pick(("2022-07-01", "2022-03", "2022-05-10")) if d.chance(40) and not dated(made) else ""
            rows = [{"自": gone or "2022-02", "为": False}]
            if not gone:
                rows.append({"自": "2022-05", "为": True})
            if d.chance(40):
                rows[0]["获知"] = "2022-06-15"
            made[d.pick(("在列", "present"))] = rows
        if entity.carried and d.chance(15):
            made[d.pick(("上月", "previous"))] = self.before(entity)
        benefits = [r for r in self.program.rules if r.benefit and r.entity == entity.name]
        if benefits and d.chance(10):
            rule = d.pick(benefits)
            made["已发"] = {rule.name: d.pick((0, 100, [{"自": "2022-02", "至": "2022-03", "为": 300}]))}
        if d.chance(self.odd // 3):
            made[d.pick(("上月", "已发", "在列"))] = d.pick((3, {}, {"甲": 1}, [], [1], {"甲": []}))
        return made

    def spells(self, first: Any, value: Any) -> list[Any]:
        """Dated values in the order of 自; a correction that is known later stands among them."""
        d = self.dice
        rows: list[Any] = []
        starts = d.some(MONTHS if d.chance(60) else tuple(sorted(DATED)), 1, 3)
        for n, since in enumerate(starts):
            row = {"自": since, "为": first if n == 0 else value()}
            ends = {"至": since[:7]} if n + 1 < len(starts) and starts[n + 1][:7] > since[:7] else {}
            if ends and d.chance(10):
                row |= ends
            if n + 1 == len(starts) and d.chance(15):
                row["至"] = "2022-09"
            if d.chance(self.late):
                row["获知"] = d.pick(LEARNED)
            rows.append(row)
            if d.chance(self.late // 2):
                until = ends if d.chance(50) else {}
                rows.append({"自": since, "为": value(), "获知": "2022-06-10", **until})
        if d.chance(self.odd):
            wrong = d.pick(
                (
                    3,
                    {},
                    {"自": "2022-13", "为": first},
                    {"自": "2022-02"},
                    {"自": "2022-05", "至": "2022-01", "为": first},
                    {"自": "2021-01", "为": first},
                    {"自": "9999-12", "为": first, "至": "9999-12"},
                    {"自": "0001-01-31", "为": first},
                    {"自": None, "为": first},
                    {"自": "2022-05", "为": first, "来自": 1},
                    {"自": "2022-05", "为": {}, "获知": "昨天"},
                )
            )
            rows.insert(d.between(0, len(rows)), wrong)
        if d.chance(8):
            rows = [{{"自": "from", "至": "to", "为": "is", "获知": "known"}.get(k, k): v for k, v in r.items()} if isinstance(r, dict) else r for r in rows]  # fmt: skip
        return rows

    def before(self, entity: ir.Entity) -> dict[str, Any]:
        """What the entry carries from the month before the first: some of it may be left out or null."""
        d = self.dice
        made: dict[str, Any] = {}
        for c in entity.carried:
            if d.chance(20):
                continue
            value: Any = None if d.chance(10) else self.earlier(c)
            if c.kind == "window":
                value = [self.earlier(c) for _ in range(d.between(0, c.months + 1))]
            if len(c.given) > 1:
                made.setdefault(c.given[0], {})[c.given[1]] = value
            else:
                made[c.given[0]] = value
        return made

    def earlier(self, c: ir.Carried) -> Any:
        d = self.dice
        match c.type.kind:
            case "truth":
                return d.below(2) == 1
            case "enumeration":
                return d.pick(c.type.members)
            case "date":
                return d.pick(("2022-01-31", "2020-02-29"))
        if c.type.whole and c.given[0] in ("持续", "累计"):
            return d.between(0, 5)
        if c.source == "fact":
            fact = next(f for e in self.program.entities for f in e.facts if f.type == c.type and f.name == c.of)
            return self.value(fact)
        number = Fraction(d.between(0, 400), c.grid or d.pick((1, 3, 7))) / c.type.own.scale
        return decimal_text(number) or f"{number.numerator}/{number.denominator}"


def story(
    dice: Dice,
    size: int = 1,
    unknown: int | None = None,
    odd: int = 0,
    change: int = 25,
    late: int = 25,
    ledger: bool = True,
) -> Story | None:
    """A policy with a history; None when the text does not compile (few)."""
    text = write(dice, size)
    program, _ = compiled(text)
    if program is None:
        return None
    share = dice.pick((0, 0, 10, 30)) if unknown is None else unknown
    history = HistoryWriter(dice, program, share, odd, change, late).facts(roots(dice, program))
    first = dice.pick((0, 1, 0))
    return Story(text, program, history, MONTHS[first], MONTHS[first + dice.between(3, 6)])


def dated(made: dict[str, Any]) -> bool:
    """Whether a fact of the entry is dated: none may lie after the entry has left."""
    return any(isinstance(x, list) and x and isinstance(x[0], dict) and "为" in x[0] for x in made.values())


@st.composite
def stories(
    draw: st.DrawFn,
    size: int = 1,
    unknown: int | None = None,
    odd: int = 0,
    change: int = 25,
    late: int = 25,
) -> Story:
    made = story(Drawn(draw), size, unknown, odd, change, late)
    if made is None:
        reject()
    return made
