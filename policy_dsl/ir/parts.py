"""按月发, 按季发: a benefit that is paid in parts → hidden rules and two carried amounts.

    份额  a month's share: the month's amount, a twelfth of a year's; nothing where the benefit is not in force
    待发  the shares since the last part, this month's included
    结余  the shares of the year that is not yet closed, less its parts
    发放  the part that is paid in this month: 待发 as rounded, or what closes the year
    未发  carried: 待发 that no part has paid
    余额  carried: 结余 less the part of this month

The last pay month of a year closes it where that is December: what is left of the year is paid to the coin. Else the first pay month of
the next year does, beside its own part; from January on 待发 is of the new year, and 结余 of the old one up to that month. Who has no month
before counts the earlier ones like this one. So evaluators, what is handed over and reasons know rules and carried values, as of all that
looks back (memory.py).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction

from ..model.reserved_keys import of_parts
from ..model.types import DATE, MONTH_COUNT, NUMBER, TRUTH, WHOLE
from ..source import Place
from . import nodes as ir
from .memory import Memory
from .periods import COIN, MONTHS_OF_A_YEAR, closing_month, money


def since_part(months: tuple[int, ...], month: int) -> int:
    """How many months of this year lie between the last part before a month, and the month."""
    return month - 1 - max((p for p in months if p < month), default=0)


def parts_before(months: tuple[int, ...], month: int) -> Counter[int]:
    """The parts that this year's months before a month have had, by how many shares each is of: {3: 2} in August, by quarters."""
    return Counter(since_part(months, p) + 1 for p in months if p < month)


def pay_in_parts(rule: ir.Rule, memory: Memory) -> None:
    """Adds the hidden rules and the carried amounts of a benefit in parts."""
    assert rule.parts is not None
    made = _Lowering(rule, rule.parts)
    for hidden in made.rules():
        memory.rules[rule.entity, hidden.name] = hidden
    for carried in made.carried():
        memory.carried.setdefault(rule.entity, {})[carried.name] = carried


class _Lowering:
    def __init__(self, rule: ir.Rule, parts: ir.Parts) -> None:
        self.rule = rule
        self.parts = parts
        self.place: Place = parts.place
        self.type = money(rule.type)
        month = ir.Moment("this_month", DATE, self.place)
        self.month = ir.Call("month_of", (month,), WHOLE, self.place)
        self.share, self.outstanding, self.remainder, self.part = map(self.read, ("份额", "待发", "结余", "发放"))
        self.in_force = ir.RuleRef(0, rule.entity, self.name("现行"), TRUTH, self.place)

    def rules(self) -> Iterator[ir.Rule]:
        benefit = ir.RuleRef(0, self.rule.entity, self.rule.name, self.rule.type, self.place)
        one = ir.Constant(Fraction(1), MONTH_COUNT, self.place)
        share = ir.Arithmetic("*", benefit, one, self.type, self.place)
        months, closing = self.parts.months, closing_month(self.parts.months)
        within = closing == 12  # whether the year's own last part closes it
        yield self.standing()
        yield self.hidden("份额", [(self.in_force, share), (None, self.amount(0))])
        yield self.hidden("待发", [*self.since_last(), (None, self.share)])
        yield self.hidden("结余", [*self.open_year(within)])
        due, rest = self.rounded(self.outstanding), self.closed(self.remainder)
        last = rest if within else self.plus(rest, due)
        lines = [(self.both(self.among((closing,)), self.in_force), last)]
        others = [(self.among(x for x in months if not within or x != closing), due)]
        given = [(self.both(c, self.in_force), r) for c, r in others]
        yield self.hidden("发放", [*lines, *given, (None, self.amount(0))])
        yield self.hidden("未发", [(self.among(months), self.amount(0)), (None, self.outstanding)])
        gone = (self.among(months), self.minus(self.remainder, due))  # not in force: the ledger has what was due
        kept: list[tuple[ir.Expression | None, ir.Expression]] = [(self.among((12,)), self.amount(0))]
        if not within:
            kept = [(self.among((closing,)), self.minus(self.outstanding, due))]
            kept += [(self.among(range(1, closing)), self.remainder)] if closing > 1 else []
        standing = (self.in_force, self.minus(self.remainder, self.part))
        yield self.hidden("余额", [*kept, standing, gone, (None, self.remainder)])

    def carried(self) -> Iterator[ir.Carried]:
        for word in ("未发", "余额"):
            name = self.name(word)
            given = (word, self.rule.name)
            yield ir.Carried(name, "value", "rule", name, 0, self.type, None, 0, given, self.place, keeps=True)

    def since_last(self) -> Iterator[tuple[ir.Expression, ir.Expression]]:
        """待发 in months that do not begin anew behind a part or with the year."""
        by_count: dict[int, list[int]] = {}
        for month in MONTHS_OF_A_YEAR:
            by_count.setdefault(since_part(self.parts.months, month), []).append(month)
        for count, months in by_count.items():
            if count:
                before = self.previous("未发", self.times(self.share, count))
                yield self.among(months), self.plus(before, self.share)

    def open_year(self, within: bool) -> Iterator[tuple[ir.Expression | None, ir.Expression]]:
        """结余: January begins a year, or goes on with the old one until it is closed."""
        months = self.parts.months
        first = 1
        if within:
            yield self.among((1,)), self.share
        else:
            first = months[0]
            yield self.among(range(1, first + 1)), self.previous("余额", self.times(self.share, 12 - months[-1]))
        if len(months) == len(MONTHS_OF_A_YEAR):
            since = self.minus(self.share, self.rounded(self.share))
            like: ir.Expression = ir.Arithmetic("*", self.before(), since, self.type, self.place)
            yield None, self.plus(self.previous("余额", like), self.share)
            return
        by_parts: dict[tuple[tuple[int, int], ...], list[int]] = {}
        for month in range(first + 1, 13):
            by_parts.setdefault(tuple(sorted(parts_before(months, month).items())), []).append(month)
        for n, (parts, those) in enumerate(by_parts.items(), 1):
            like = ir.Arithmetic("*", self.before(), self.share, self.type, self.place)
            for shares, times in parts:
                like = self.minus(like, self.times(self.rounded(self.times(self.share, shares)), times))
            value = self.plus(self.previous("余额", like), self.share)
            yield (self.among(those) if n < len(by_parts) else None), value

    # --- what formulas are made of

    def name(self, word: str) -> str:
        return of_parts(word, self.rule.name)

    def read(self, word: str) -> ir.RuleRef:
        return ir.RuleRef(0, self.rule.entity, self.name(word), self.type, self.place)

    def previous(self, word: str, default: ir.Expression) -> ir.Past:
        carried = ir.CarriedRef(0, self.rule.entity, self.name(word), self.type, self.place)
        return ir.Past("previous", None, carried, default, None, self.name(word), self.type, self.place)

    def before(self) -> ir.Arithmetic:
        """How many months of the year lie before this one."""
        return ir.Arithmetic("-", self.month, ir.Constant(Fraction(1), WHOLE, self.place), WHOLE, self.place)

    def truth(self, value: bool) -> ir.Constant:
        return ir.Constant(value, TRUTH, self.place)

    def amount(self, value: int | Fraction) -> ir.Constant:
        return ir.Constant(Fraction(value), self.type, self.place)

    def plus(self, a: ir.Expression, b: ir.Expression) -> ir.Arithmetic:
        return ir.Arithmetic("+", a, b, self.type, self.place)

    def minus(self, a: ir.Expression, b: ir.Expression) -> ir.Arithmetic:
        return ir.Arithmetic("-", a, b, self.type, self.place)

    def times(self, a: ir.Expression, count: int) -> ir.Expression:
        number = ir.Constant(Fraction(count), NUMBER, self.place)
        return a if count == 1 else ir.Arithmetic("*", a, number, self.type, self.place)

    def rounded(self, a: ir.Expression) -> ir.Call:
        return ir.Call(self.parts.rounding, (a, self.amount(self.parts.step)), self.type, self.place)

    def closed(self, a: ir.Expression) -> ir.Call:
        """The rest of a year to the coin; what its parts gave too much stays given."""
        rest = ir.Call("round_half_up", (a, self.amount(COIN)), self.type, self.place)
        return ir.Call("max", (self.amount(0), rest), self.type, self.place)

    def among(self, months: Iterable[int]) -> ir.Expression:
        options = tuple(ir.Constant(Fraction(m), WHOLE, self.place) for m in months)
        if len(options) == 1:
            return ir.Compare("=", self.month, options[0], "=", TRUTH, self.place)
        return ir.Among(self.month, options, TRUTH, self.place)

    def both(self, a: ir.Expression, b: ir.Expression) -> ir.Logic:
        return ir.Logic("and", (a, b), TRUTH, self.place)

    def standing(self) -> ir.Rule:
        """现行: its first line counts where the benefit is in force (Epoch)."""
        lines = (self.line("value", None, self.truth(True)), self.line("otherwise", None, self.truth(False)))
        return self.hidden("现行", [(None, self.truth(False))])._replace(lines=lines, tells=self.rule.name)

    def hidden(self, word: str, lines: list[tuple[ir.Expression | None, ir.Expression]]) -> ir.Rule:
        """A hidden rule whose lines are asked one after the other; the last is for the rest."""
        rule = self.rule
        body = tuple(self.line("branch" if c is not None else "otherwise", c, result) for c, result in lines)
        modes = (("first", 0, ir.OPEN, 0, 0),) if len(body) > 2 else ()
        return ir.Rule(
            rule.entity, self.name(word), lines[-1][1].type, False, modes, body, 0, ir.OPEN, rule.clause, (),
            self.place, hidden=True,
        )  # fmt: skip

    def line(self, kind: str, condition: ir.Expression | None, result: ir.Expression) -> ir.Line:
        return ir.Line(
            kind, "", condition, result, (), 0, ir.OPEN, 0, -1, "", 0, self.rule.clause, (), self.place
        )  # fmt: skip
