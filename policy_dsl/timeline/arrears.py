"""Paid against due: feeds the ledger with what becomes known of each month, and answers what the policy says of settling.

What was paid is what was decided on the pay day, or what the history's own ledger says; what is due is what is known since. A month
settles what became known since the pay day before; `补发 当 E` says which months are settled at all, `追回` by how much a month.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import NamedTuple

from ..backends.engine import Engine
from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.paid import pays_alike
from ..backends.payment import amount_key, payment
from ..backends.runtime import Defer
from ..backends.values import Failure, Undetermined, Value, diagnose, known
from ..decision import Decision
from ..diagnostics.report import Diagnostic
from ..ir import nodes as ir
from .booked import Booked
from .courses import Courses, Heard, Steps, Through
from .gone import Gone
from .history import History
from .ledger import NONE, Benefit, Key, Ledger, Open, Row
from .months import Step, payday

Payments = dict[Benefit, Fraction | Open]


class Account(NamedTuple):
    """Both courses of a timeline and what they differ in; amounts are the base units of money."""

    due: Steps
    paid: Steps
    own: Callable[[int, Benefit], Fraction]  # what a month paid for itself, as last known
    rows: tuple[Row, ...]
    settlements: dict[tuple[int, Benefit], Fraction]  # by month of settlement: what it pays for earlier months
    errors: tuple[tuple[int, Diagnostic], ...]  # by month of settlement: what went wrong in 补发's condition


class _Settling(Interpretation):
    """Evaluates 补发's condition: 已发 and 应发 are those of the month that is settled, all else is as of the month of settlement."""

    def __init__(self, decision: Decision) -> None:
        super().__init__(decision.epoch, decision.day, decision.instance)
        self.measures: dict[str, Value] = {}
        self.there = {e.path: e for e in decision.instance.all()}

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        return self.measures[node.name] if isinstance(node, ir.Measure) else super().evaluate(node, at)


class _Books:
    """Feeds the ledger with what becomes known, in the order of days, and is its terms."""

    def __init__(self, engine: Engine, history: History, start: int, end: int, as_known: int | None) -> None:
        self.rules = engine.rules
        self.courses = Courses(engine, history, start, end, as_known)
        # of each benefit the last layer's counts
        said = {(a.kind, a.entity, a.benefit): a.condition for a in engine.program.arrears}
        self.conditions = {(e, b): x for (kind, e, b), x in said.items() if kind == "arrears"}
        self.limits = {(e, b): x for (kind, e, b), x in said.items() if kind == "recover"}
        self.entities = {t.path: t.entity.name for t in history.track.all()}
        self.errors: list[tuple[int, Diagnostic]] = []
        self.settling: _Settling | None = None  # of the month that settles
        self.booked = Booked(history, self.courses)
        self.ledger = Ledger(self.booked.closed)
        self.gone = Gone(self.courses) if any(r.parts is not None for r in engine.program.rules) else None

    def account(self) -> Account:
        courses, booked = self.courses, self.booked
        for event in courses.run():
            if isinstance(event, Through):
                self._gone(event.months, event.day, False)
                continue
            at = event.month
            if isinstance(event, Heard):
                self._entries(event.day - 1)
                self._hear(at, event.day, self._differing(event.before, courses.due[at]))
                continue
            self._entries(event.day)
            self._gone([at], event.day, True)
            self.ledger.settle(at, self)
            if booked.says or courses.due[at] is not courses.paid[at]:
                self._hear(at, event.day, [*self._differing(courses.paid[at], courses.due[at]), *booked.of(at)])
        self._entries(ir.OPEN)
        settled = {k: v for k, v in sorted(self.ledger.settlements.items()) if v}
        return Account(courses.due, courses.paid, self.own, tuple(self.ledger.rows()), settled, tuple(self.errors))

    def _entries(self, day: int) -> None:
        """What the history's ledger says until a day, later than on the pay day of its month."""
        if not self.booked.says:
            return
        for entry in self.booked.until(day):
            if entry.settled:
                self.ledger.book(entry.key, entry.day, entry.settled, entry.amount)
            else:
                self.ledger.correct(entry.key, entry.day, entry.amount)

    def _hear(self, month: int, day: int, benefits: Iterable[Benefit]) -> None:
        for benefit in benefits:
            self._news((month, benefit), day)

    def _gone(self, months: Iterable[int], day: int, paid: bool) -> None:
        """What is left of benefits in parts since these months were decided. What a part has paid already is asked for like all that was overpaid."""
        if self.gone is None:
            return
        for key, since in self.gone.hear(months, day, paid):
            left = self.gone.left.get(key)
            part = NONE if left is None else self.pays(self.courses.paid.get(left.pays)).get(key[1], NONE)
            self._news(key, since, left is None or part != 0)

    def _news(self, key: Key, day: int, asked: bool = True) -> None:
        month, benefit = key
        due, paid = self.courses.due[month], self.courses.paid[month]
        decided = (self.pays(paid).get(benefit, NONE), paid, payday(self.courses.program, month))
        own, owed = self._own(month, benefit, day), self.pays(due).get(benefit, NONE)
        source: object = due
        left = None if self.gone is None else self.gone.of(key)
        if left is not None and not isinstance(owed, Open):
            amount, source = left
            owed = _open(amount) if isinstance(amount, (Undetermined, Failure)) else owed + amount
        self.ledger.hear(key, day, own, owed, decided, source, day <= self.courses.as_known, asked)

    def own(self, month: int, benefit: Benefit) -> Fraction:
        """What a month paid for itself, as last known."""
        return self._own(month, benefit, ir.OPEN)

    def _own(self, month: int, benefit: Benefit, day: int) -> Fraction:
        booked = self.booked.own((month, benefit), day)
        decided = self.pays(self.courses.paid[month]).get(benefit, NONE) if booked is None else booked
        return NONE if isinstance(decided, Open) else decided

    def _differing(self, a: Step | None, b: Step | None) -> list[Benefit]:
        """The benefits of which two decisions of a month pay something else."""
        if a is b or (a is not None and b is not None and _gives_the_same(a, b)):
            return []
        was, now = self.pays(a), self.pays(b)
        return [x for x in {**was, **now} if was.get(x, NONE) != now.get(x, NONE)]

    def pays(self, step: Step | None) -> Payments:
        """What a month pays by a decision of it, by benefit, in money."""
        if step is None:
            return {}
        if step.payments is None:
            step.payments = self._pays(step)
        made: Payments = step.payments
        return made

    def _pays(self, step: Step) -> Payments:
        decision = step.decision()
        amounts = decision.amounts()
        out: Payments = dict(amounts)
        for benefit, amount in amounts.items():
            if amount:
                path, name = benefit
                out[benefit] = payment(self.rules[self.entities[path], name], amount, step.month, step.run.epoch.known)
        if step.raw is None:
            for entry, name, _, benefit_ in decision.rows():
                if benefit_:
                    value = entry.values[amount_key(self.rules[entry.entity.name, name])[1]]
                    if not known(value):
                        out[entry.path, name] = _open(value)
        return out

    # --- what the policy says of settling

    def holds(self, month: int, key: Key, paid: Fraction, due: Fraction) -> bool | Open:
        """补发's condition; without one every month is settled, with one none with who is not there any more."""
        path, name = key[1]
        condition = self.conditions.get((self.entities[path], name))
        if condition is None:
            return True
        answer = self._as_of(month, key[1], condition, {"paid": paid, "due": due})
        return _open(answer) if isinstance(answer, (Undetermined, Failure)) else answer is True

    def recovers(self, benefit: Benefit) -> bool:
        path, name = benefit
        return (self.entities[path], name) in self.limits

    def instalment(self, month: int, benefit: Benefit) -> Fraction | Open:
        """In whole coins; nothing from who is not there."""
        path, name = benefit
        limit = self._as_of(month, benefit, self.limits[self.entities[path], name], {})
        if isinstance(limit, (Undetermined, Failure)):
            return _open(limit)
        return Fraction(limit // 1) if isinstance(limit, Fraction) and limit > 0 else NONE

    def _as_of(self, month: int, benefit: Benefit, node: ir.Expression, measures: dict[str, Value]) -> Value:
        """The value in a month of settlement, as it was paid; None of who is not there."""
        step = self.courses.paid[month]
        if step is None:
            return None
        if self.settling is None or self.settling.on != month:
            self.settling = _Settling(step.decision())
        self.settling.measures = measures
        entry = self.settling.there.get(benefit[0])
        if entry is None:
            return None
        value = self.settling.evaluate(node, entry)
        if isinstance(value, Failure):
            self.errors.append((month, diagnose(value, ".".join(benefit))))
        return value


def _open(value: Undetermined | Failure) -> Open:
    return Open((), value.code) if isinstance(value, Failure) else Open((*value.needs, *value.parameters))


def _gives_the_same(a: Step, b: Step) -> bool:
    """Whether two months certainly pay the same: results of one function on the same facts that are equal."""
    if a.raw is None or b.raw is None or a.run.compiled is not b.run.compiled or a.facts is not b.facts:
        return False
    if a.run is not b.run and a.engine.daily:
        return False  # what ends inside the month may have become known
    try:
        return pays_alike(a.run.compiled.reading.paid, a.run.compiled.root, a.raw, b.raw)
    except Defer:
        return False


def account(engine: Engine, history: History, start: int, end: int, as_known: int | None) -> Account:
    """Both courses and what they differ in. `as_known` (yyyymmdd) hides from what is due what became known later."""
    return _Books(engine, history, start, end, as_known).account()
