"""Looking back as text: 上月, 近, 持续, 累计, 进入时 of what has been declared, and of what will be: a look-back closes no cycle."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from policy_dsl.model.types import Type

from .expressions import DAYS, At, Dims, Expressions, Rule, product

MONTHS: Dims = (("month", 1),)
FUNCTIONS = ("合计", "平均", "最大", "最小")


class Status(NamedTuple):
    """A 阶段: declared or still to come."""

    entity: str
    name: str
    states: tuple[str, ...]


class LookingBack(Expressions):
    """`ahead` holds the rules that are still to come; `statuses` all statuses, `moving` the one whose transitions are being written."""

    def __init__(self, *given: object) -> None:
        super().__init__(*given)  # type: ignore[arg-type]
        self.statuses: list[Status] = []
        self.ahead: list[Rule] = []
        self.moving = ""

    # --- what can be looked back at

    def looks(self, at: At, fits: Callable[[Type], bool], entry: bool = False) -> list[tuple[str, Type]]:
        """Facts, and rules and statuses of every month, be they declared or not."""
        rules, usable = self.rules, self.usable
        self.rules = [*rules, *self.ahead]
        self.usable = len(self.rules)
        try:
            return self.references(at, fits, entry)
        finally:
            self.rules, self.usable = rules, usable

    def states(self, at: At, declared: bool) -> list[tuple[str, str, Status]]:
        """(as written, state, status) of the statuses in reach; `declared`: whose state of this month may be asked for."""
        if self.common is not None:
            return []
        chain = self.ancestors(at.entity)
        reach = [s for s in self.statuses if s.entity in chain]
        if declared:
            now = {(r.entity, r.name) for r in self.rules[: self.usable] if r.kind == "status"}
            reach = [s for s in reach if (s.entity, s.name) in now or s.name == self.moving]
        out = []
        for status in reach:
            for state in status.states:
                same = [s for s in self.statuses if s.entity in chain and state in s.states]
                form = self.dice.pick(("bare", "bare", "status", "entity")) if len(same) == 1 else "entity"
                before = {"bare": "", "status": f"{status.name}.", "entity": f"{status.entity}.{status.name}."}[form]
                out.append((f"{before}{state}", state, status))
        return out

    def rest(self, at: At, type_: Type, depth: int) -> str:
        """What stands behind 默认: mostly written, as it is one word of its own."""
        d = self.dice
        match type_.kind:
            case "truth":
                return d.pick(("否", "是"))
            case "date":
                return d.pick((*DAYS, "本月"))
            case "enumeration":
                return d.pick(type_.members)
        if d.chance(70):
            bare = not type_.unit.in_percent
            return self.literal(type_.unit.dims, bare)
        return self.amount(at, type_.unit.dims, depth - 1)

    def benefits(self, at: At, type_: Type) -> list[str]:
        """Benefits of a type, as written, that may be looked back at."""
        names = {r.name for r in (*self.rules, *self.ahead) if r.benefit}
        return [text for text, _ in self.looks(at, lambda t: t == type_) if text.split(".")[-1] in names]

    # --- the functions

    def look_back(self, at: At, fits: Callable[[Type], bool], depth: int) -> str | None:
        """上月(x, 默认 d), now and then without a default, or 进入时(s, x)."""
        d = self.dice
        if d.chance(15):
            made = self.at_entry(at, fits, depth)
            if made:
                return made
        found = self.looks(at, fits)
        if not found:
            return None
        text, type_ = d.pick(found)
        return f"上月({text}{self.default(at, type_, depth)})"

    def default(self, at: At, type_: Type, depth: int) -> str:
        return f", 默认 {self.rest(at, type_, depth)}" if self.dice.chance(75) else ""

    def paid_before(self, at: At, type_: Type) -> str | None:
        """A benefit of the month before, or of the month of entry."""
        d = self.dice
        found = self.benefits(at, type_)
        if not found:
            return None
        states = self.states(at, True)
        if states and d.chance(40):
            written, _, status = d.pick(states)
            inside = self.benefits(At(status.entity, status.entity), type_)
            if inside:
                return f"进入时({written}, 上月({d.pick(inside)}, 默认 0))"
        return f"上月({d.pick(found)}{', 默认 0' if d.chance(80) else ''})"

    def at_entry(self, at: At, fits: Callable[[Type], bool], depth: int) -> str | None:
        """Its formula stands in the status's own entity."""
        d = self.dice
        states = self.states(at, True)
        if not states or depth <= 0:
            return None
        written, _, status = d.pick(states)
        here = At(status.entity, status.entity)
        named = self.references(here, fits) or self.looks(here, fits)
        if not named:
            return None
        text, type_ = d.pick(self.references(here, fits) or [(f"上月({d.pick(named)[0]})", d.pick(named)[1])])
        if type_.is_amount and d.chance(30):
            text = f"{text} / 3" if d.chance(50) else f"{text} * 2"
        return f"进入时({written}, {text})"

    def months(self, at: At) -> str | None:
        """持续 or 累计 of a state: months."""
        states = self.states(at, False)
        return f"{self.dice.pick(('持续', '累计'))}({self.dice.pick(states)[0]})" if states else None

    def last(self, at: At, type_: Type, text: str, depth: int) -> str:
        d = self.dice
        count = d.pick(("1", "2", "3", "12"))
        months = d.pick(("本年", "this_year")) if d.chance(25) else f"{count} {d.pick(('个月', '月'))}"
        return f"近({months}, {text}{self.default(at, type_, depth)})"

    def window(self, at: At, dims: Dims, depth: int) -> str | None:
        """A function over the months before: 合计 of money per month is money."""
        d = self.dice
        function = d.pick(FUNCTIONS)
        wanted = dims
        if function == "合计":
            wanted = product(dims, MONTHS, -1) if dict(dims).get("month", 0) == 0 and d.chance(60) else dims
            if (wanted == dims) == (dict(wanted).get("month") == -1):
                return None
        found = self.looks(at, lambda t: t.is_amount and t.unit.dims == wanted)
        if not found:
            return None
        text, type_ = d.pick(found)
        return f"{function}({self.last(at, type_, text, depth)})"

    def truth_window(self, at: At, functions: tuple[str, ...], depth: int) -> str | None:
        """任一, 全部 or 个数 over the months before."""
        found = self.looks(at, lambda t: t.kind == "truth")
        if not found:
            return None
        text, type_ = self.dice.pick(found)
        return f"{self.dice.pick(functions)}({self.last(at, type_, text, depth)})"
