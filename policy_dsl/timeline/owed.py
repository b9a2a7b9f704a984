"""What is owed and settled as programs read it: the ledger's rows and settlements in money, with their reasons, and as JSON."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import NamedTuple

from ..backends.engine import Engine
from ..backends.formatting import day_text, json_value, python_value
from ..backends.payment import amount_key, payment_type
from ..backends.runtime import round_half_up
from ..ir import nodes as ir
from ..model.reserved_keys import of_parts
from ..model.types import Type
from .arrears import Account
from .causes import Cause, Nobody
from .coming import Stirred, Stirring
from .gone import Leave
from .history import History
from .ledger import NONE, Benefit, Row
from .months import Step
from .reasons import Compared, learned
from .wording import say

Amount = Decimal | Fraction
BOOKED = ("按已发的账", "by the ledger of what was paid")


class Arrear(NamedTuple):
    """One piece of news about what a month owes of a benefit, or the part of it that one month settles; amounts are money in `unit`.

    Since `known` ("2022-03-05") `due` is due; `paid` was given for the month before. `difference` is what that changes, negative where too
    much was paid; both are None while `due` is undetermined (`needs`) or in error (`code`). `settled` is the month that settles it
    ("2022-04"), else `why` it is not: "condition" (补发's condition does not hold), "needs", "rest" (left by rounding), "instalment" (to be
    taken back), "end" (after the timeline). `balance`: what is still to be taken back of the benefit behind it.
    """

    month: str
    benefit: str
    known: str
    paid: Amount
    due: Amount | None
    difference: Amount | None
    unit: str
    settled: str | None
    why: str | None
    needs: tuple[str, ...]
    code: str | None
    balance: Amount | None
    because: tuple[str, ...]
    because_en: tuple[str, ...]


class Settlement(NamedTuple):
    """What one month pays for the months before it of a benefit, in money; negative where too much was paid."""

    month: str
    benefit: str
    amount: Amount
    unit: str


def amount_text(amount: Amount) -> str:
    """Exact, so that a column adds up; what has no end as decimals with the nearest 分."""
    if isinstance(amount, Decimal):
        return str(amount)
    fen = round_half_up(abs(amount.numerator) * 100, amount.denominator)
    return f"{amount} (≈{'-' if amount < 0 else ''}{fen // 100}.{fen % 100:02d})"


def settled_text(s: Settlement, lang: str) -> str:
    """`补发 320.00 元`, `320.00 in arrears`."""
    amount = amount_text(s.amount if s.amount >= 0 else -s.amount)
    if lang == "zh":
        return f"{'补发' if s.amount > 0 else '多发'} {amount} {s.unit}"
    return f"{amount} {'in arrears' if s.amount > 0 else 'too much'}"


class Owed:
    """Tells the ledger of one timeline."""

    def __init__(self, engine: Engine, history: History, account: Account) -> None:
        self.engine = engine
        self.history = history
        self.account = account
        self._stirring = Stirring(history)
        self._compared: dict[int, Compared] = {}  # of the news at hand
        self._recent: dict[int, Compared] = {}  # of the news before it
        self._types: dict[Benefit, Type] = {}

    @cached_property
    def arrears(self) -> list[Arrear]:
        told = self._told("zh", "en")
        return [self._arrear(row, told["zh"][n], told["en"][n]) for n, row in enumerate(self.account.rows)]

    @property
    def settlements(self) -> list[Settlement]:
        return [
            Settlement(_month(month), ".".join(b), self.money(amount, b), self._type(b).own.show())
            for (month, b), amount in self.account.settlements.items()
        ]

    def settled(self, month: int, benefit: Benefit) -> Amount:
        return self.money(self.account.settlements.get((month, benefit), NONE), benefit)

    def paid(self, month: int, benefit: Benefit) -> Amount:
        return self.money(self.account.own(month, benefit), benefit)

    def money(self, amount: Fraction, benefit: Benefit) -> Amount:
        made = python_value(amount, self._type(benefit))
        assert isinstance(made, (Decimal, Fraction))
        return made

    def json(self, lang: str) -> list[dict[str, object]]:
        between = "；" if lang == "zh" else "; "
        made = []
        for row, because in zip(self.account.rows, self._told(lang)[lang], strict=True):
            told: dict[str, object] = {
                "month": _month(row.month),
                "benefit": ".".join(row.benefit),
                "known": day_text(row.known),
                "paid": self._digits(row.paid, row),
                "due": self._digits(row.due, row),
                "difference": self._digits(row.difference, row),
                "unit": self._type(row.benefit).own.show(),
                "settled": None if row.settled is None else _month(row.settled),
            }
            if row.why:
                told["why"] = row.why
            if row.needs:
                told["needs"] = list(row.needs)
            if row.code:
                told["code"] = row.code
            if row.balance is not None:
                told["balance"] = self._digits(row.balance, row)
            told["because"] = between.join(because)
            made.append(told)
        return made

    @property
    def owing(self) -> list[tuple[str, Benefit]]:
        """The owed months ("2022-03") and benefits of which there are rows, each once."""
        return list(dict.fromkeys((_month(row.month), row.benefit) for row in self.account.rows))

    def _digits(self, amount: Fraction | None, row: Row) -> object:
        return None if amount is None else json_value(amount, self._type(row.benefit))

    @cached_property
    def _entities(self) -> dict[str, str]:
        return {t.path: t.entity.name for t in self.history.track.all()}

    def rule(self, benefit: Benefit) -> ir.Rule:
        path, name = benefit
        found = self.engine.rules.get((self._entities.get(path, ""), name))
        if found is None or not found.benefit:
            raise KeyError(".".join(x for x in benefit if x))
        return found

    def _type(self, benefit: Benefit) -> Type:
        if benefit not in self._types:
            self._types[benefit] = payment_type(self.rule(benefit))
        return self._types[benefit]

    def _arrear(self, row: Row, because: tuple[str, ...], because_en: tuple[str, ...]) -> Arrear:
        def money(amount: Fraction | None) -> Amount | None:
            return None if amount is None else self.money(amount, row.benefit)

        paid = money(row.paid)
        assert paid is not None
        return Arrear(
            _month(row.month),
            ".".join(row.benefit),
            day_text(row.known),
            paid,
            money(row.due),
            money(row.difference),
            self._type(row.benefit).own.show(),
            None if row.settled is None else _month(row.settled),
            row.why or None,
            row.needs,
            row.code or None,
            money(row.balance),
            because,
            because_en,
        )

    def _told(self, *langs: str) -> dict[str, list[tuple[str, ...]]]:
        """The reasons of all rows, in their order, by language; looked for news by news: what is found out of a month goes into those after it."""
        rows = self.account.rows
        out: dict[str, list[tuple[str, ...]]] = {lang: [()] * len(rows) for lang in langs}
        known = 0
        for n in sorted(range(len(rows)), key=lambda n: (rows[n].known, rows[n].month)):
            if rows[n].known != known:
                self._turn()
                known = rows[n].known
            for lang in langs:
                out[lang][n] = tuple(self._reasons(rows[n], lang))
        self._turn()
        self._turn()
        return out

    def _reasons(self, row: Row, lang: str) -> Iterator[str]:
        """Why what is due differs from what was due by the row before, or from what was decided on the pay day."""
        told: dict[str, None] = {}
        since: dict[str, None] = {}
        for old, new, month, path, measure in self._pairs(row):
            causes = new.between(old, path, measure, True)
            causes = [_in(c, month) if month != row.month else c for c in causes]
            told.update(dict.fromkeys(say(c, lang) for c in causes))
            then = row.then if month == row.month else max(row.then, month)
            since.update(dict.fromkeys(learned(self.history, causes, then, row.known, month, lang)))
        if not told and isinstance(row.source[1], Leave):  # who will be back in a month that is not decided yet
            at = row.source[1].since
            since.update(dict.fromkeys(learned(self.history, [Nobody(True)], row.then, row.known, at, lang)))
        yield from told
        yield from since
        if row.booked or (not told and self.history.ledgers):
            yield BOOKED[0 if lang == "zh" else 1]

    def _pairs(self, row: Row) -> Iterator[tuple[Compared, Compared, int, str, str]]:
        """The decisions that a row goes out from and comes to, each with their month, the output and the rule that are compared in them."""
        rule = self.rule(row.benefit)
        old, new = (s if isinstance(s, Leave) else Leave(_step(s), 0, None, "") for s in row.source)
        if old.step is not new.step:
            left = any(isinstance(s, Leave) for s in row.source)
            measure = of_parts("待发", rule.name) if left else amount_key(rule)[1]
            sides = [self._nobody(row) if s is None else self._of(s) for s in (old.step, new.step)]
            yield sides[0], sides[1], row.month, row.benefit[0], measure
        if new.since:
            before = old.after if old.since else new.step
            if before is not new.after:
                yield self._of(before), self._gone(row, new), new.since, new.path, rule.name

    def _gone(self, row: Row, leave: Leave) -> Compared:
        """The month in which somebody is gone, or nobody is left."""
        stirred = self._stirring.of(leave.since, row.known, leave.after is None)
        return Compared(None if leave.after is None else leave.after.decision(), stirred=stirred)

    def _nobody(self, row: Row) -> Compared:
        """A month in which nobody is there, as it has become known: who has died."""
        deaths = self._stirring.deaths((row.month, row.then), (row.month, row.known))
        return Compared(None, stirred=Stirred(deaths=tuple(deaths), known=True))

    def _of(self, step: Step | None) -> Compared:
        """A decision with the months from which it went on."""
        key = id(step)  # steps live as long as the account
        if key not in self._compared:
            made = self._recent.pop(key, None)
            self._compared[key] = _compared(step, self._of) if made is None else made
        return self._compared[key]

    def _turn(self) -> None:
        """Lets go of what was found out of one day's news, but for the decisions: the next news goes out from them."""
        for compared in self._recent.values():
            compared.forget()
        for compared in self._compared.values():
            compared.forget(comparisons=True)
        self._recent, self._compared = self._compared, {}


def _in(cause: Cause, month: int) -> Cause:
    """That nobody is there is told with its month, where that is another than the row's."""
    return cause._replace(month=month) if isinstance(cause, Nobody) else cause


def _step(source: object) -> Step | None:
    assert source is None or isinstance(source, Step)
    return source


def _compared(step: Step | None, of: Callable[[Step | None], Compared]) -> Compared:
    if step is None:
        return Compared(None)
    before = None if step.before is None else lambda: of(step.before)
    parted = None if step.parted is None else lambda: of(step.parted)
    return Compared(step.decision(), before, parted)


def _month(day: int) -> str:
    return day_text(day)[:7]
