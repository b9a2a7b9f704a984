"""Paid against due: what was paid as known on each pay day, what is due as known later, and which month settles the difference.

What was decided is never overwritten: beside the months as they were paid (or as the ledger says) stand the months as they are due,
which are decided anew when something becomes known that touches them (semantics, rule 2). A month settles what became known since the
pay day before; `补发 当 E` says which months are settled at all.
"""

from __future__ import annotations

from bisect import bisect_right
from fractions import Fraction
from typing import NamedTuple

from ..backends.compiled import NOTHING_PAID
from ..backends.engine import Engine
from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.presence import first_month
from ..backends.values import Failure, Value, diagnose, known
from ..decision import Decision
from ..diagnostics.report import Diagnostic
from ..ir import nodes as ir
from .history import History
from .months import Course, Step, months_between, payday, same

Steps = dict[int, Step | None]
Benefit = tuple[str, str]  # (path of the entry, name)


class Difference(NamedTuple):
    """What one month still owes for one benefit (amounts in base units; negative where too much was paid).

    `settled`: the month that settles it, None where that lies after the timeline.
    """

    month: int
    benefit: Benefit
    paid: Fraction
    due: Fraction
    settled: int | None


class Account(NamedTuple):
    """Both courses of a timeline and what they differ in."""

    due: Steps
    paid: Steps
    differences: tuple[Difference, ...]
    settled: dict[tuple[int, Benefit], Fraction]  # by month of settlement: what it pays for earlier months
    errors: tuple[tuple[int, Diagnostic], ...]  # by month of settlement: what went wrong in 补发's condition


class _Settling(Interpretation):
    """Evaluates 补发's condition: 已发 and 应发 are those of the month that is settled, all else is as of the month of settlement."""

    def __init__(self, decision: Decision, measures: dict[str, Value]) -> None:
        super().__init__(decision.epoch, decision.day, decision.instance)
        self.measures = measures

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        return self.measures[node.name] if isinstance(node, ir.Measure) else super().evaluate(node, at)


class _Books:
    def __init__(self, engine: Engine, history: History, start: int, end: int, as_known: int | None) -> None:
        self.engine = engine
        self.history = history
        self.course = Course(engine, history)
        self.months = list(months_between(start, end))
        self.as_known = as_known
        self.conditions = {(a.entity, a.benefit): a.condition for a in engine.program.arrears}
        self.entities = {t.path: t.entity.name for t in history.track.all()}
        self.news = _news(engine, history)
        self.days = [day for day, _ in self.news]
        self.due: Steps = {}
        self.paid: Steps = {}
        self.settled: dict[tuple[int, Benefit], Fraction] = {}
        self.owed: dict[tuple[int, Benefit], Difference] = {}
        self.errors: list[tuple[int, Diagnostic]] = []

    def account(self) -> Account:
        due_carry = paid_carry = None
        told = 0  # how much of the news was known on the pay day before
        before = 0  # that pay day, or the day of as_known, after which nothing is settled
        unsettled = (
            ir.OPEN
        )  # the first month that was not paid what was due on its own pay day, since it went on from another month
        for n, month in enumerate(self.months):
            day = payday(self.engine.program, month)
            known_now = day if self.as_known is None else min(day, self.as_known)
            heard = told
            while heard < len(self.days) and self.days[heard] <= known_now:
                heard += 1
            touched = self._touched(told, heard) if n and heard > told else month
            told = heard
            if touched < month:
                self._again(touched, self.months[:n], known_now)
                due_carry = self.course.carry(self.due[self.months[n - 1]])
            if min(touched, unsettled) < month and known_now > before:
                self._settle(min(touched, unsettled), self.months[:n], month)
                unsettled = ir.OPEN
            before = known_now
            due = self.due[month] = self.course.step(month, known_now, due_carry)
            alike = day == known_now and same(due_carry, paid_carry)
            paid = self.paid[month] = due if alike else self.course.step(month, day, paid_carry)
            if paid is not due:
                unsettled = min(unsettled, month)
            due_carry = self.course.carry(due)
            paid_carry = due_carry if paid is due else self.course.carry(paid)
        last = len(self.days) if self.as_known is None else bisect_right(self.days, self.as_known)
        touched = self._touched(told, last)
        if touched <= self.months[-1]:
            self._again(touched, self.months, self.as_known)
        first = self.months[0] if self.history.ledgers else min(touched, unsettled)
        self._settle(min(first, self._beyond()), self.months, None)
        left = sorted(d for d in self.owed.values() if d.due != d.paid)
        return Account(self.due, self.paid, tuple(left), self.settled, tuple(self.errors))

    def _beyond(self) -> int:
        """The first month that was paid with more than what is known as of `as_known`."""
        if self.as_known is None:
            return ir.OPEN
        return next((m for m in self.months if payday(self.engine.program, m) > self.as_known), ir.OPEN)

    def _touched(self, told: int, heard: int) -> int:
        """The first month that any of the news from one to another touches."""
        return min((month for _, month in self.news[told:heard]), default=ir.OPEN)

    def _again(self, first: int, months: list[int], known_now: int | None) -> None:
        """Decides the months from the first one touched anew, with what is known now."""
        at = bisect_right(months, first - 1)
        carry = self.course.carry(self.due[months[at - 1]]) if at else None
        for month in months[at:]:
            step = self.due[month] = self.course.step(month, known_now, carry)
            carry = self.course.carry(step)

    def _settle(self, first: int, months: list[int], settling: int | None) -> None:
        """Brings the months from the first one touched up to what is due as known now; `settling` None: after the timeline."""
        for month in months[bisect_right(months, first - 1) :]:
            due, paid = self.due[month], self.paid[month]
            alike = due is paid or (due is not None and paid is not None and _gives_thesame(due, paid))
            if alike and not self.history.ledgers and not any(m == month for m, _ in self.owed):
                continue
            self._settle_month(month, due, paid, settling)

    def _settle_month(self, month: int, due: Step | None, paid: Step | None, settling: int | None) -> None:
        due_of, paid_of = self.amounts(due), self.handed(month)
        undecided = self._undecided(due) | self._undecided(paid)
        for benefit in dict.fromkeys((*paid_of, *due_of)):
            was, now = paid_of.get(benefit, NOTHING_PAID), due_of.get(benefit, NOTHING_PAID)
            before = self.owed.get((month, benefit))
            already = before.due if before else was
            if (
                now is already
                or benefit in undecided
                or now == already
                or not self._holds(benefit, month, settling, was, now)
            ):
                continue
            self.owed[month, benefit] = Difference(month, benefit, was, now, settling)
            if settling is not None:
                total = self.settled.get((settling, benefit), Fraction(0))
                self.settled[settling, benefit] = total + now - already

    def amounts(self, step: Step | None) -> dict[Benefit, Fraction]:
        """Each benefit's known amount in base units."""
        return {} if step is None else step.decision().amounts()

    def handed(self, month: int) -> dict[Benefit, Fraction]:
        """What was paid: by the ledger where there is one, else as decided on the pay day."""
        return handed(self.history, self.paid[month], month)

    def _undecided(self, step: Step | None) -> set[Benefit]:
        """Benefits that have no known amount."""
        if step is None or step.raw is not None:
            return set()
        rows = step.decision().rows()
        return {(e.path, name) for e, name, _, benefit in rows if benefit and not known(e.values[name])}

    def _holds(self, benefit: Benefit, month: int, settling: int | None, paid: Fraction, due: Fraction) -> bool:
        """补发's condition; without one every month is settled. Who is not there any more is asked as of the month itself."""
        path, name = benefit
        condition = self.conditions.get((self.entities[path], name))
        if condition is None:
            return True
        for at in (self.months[-1] if settling is None else settling, month):
            step = self.paid.get(at)
            decision = step.decision() if step is not None else self._deciding(at)
            entry = next((e for e in decision.instance.all() if e.path == path), None) if decision is not None else None
            if decision is not None and entry is not None:
                holds = _Settling(decision, {"paid": paid, "due": due}).evaluate(condition, entry)
                if isinstance(holds, Failure):
                    self.errors.append((at, diagnose(holds, ".".join(benefit))))
                return holds is True
        return False

    def _deciding(self, month: int) -> Decision | None:
        """The month of settlement while it has not been decided itself: as it will be, from what was paid before it."""
        if month in self.paid:
            return None
        n = self.months.index(month)
        carry = self.course.carry(self.paid[self.months[n - 1]]) if n else None
        step = self.course.step(month, payday(self.engine.program, month), carry)
        return None if step is None else step.decision()


def handed(history: History, paid: Step | None, month: int) -> dict[Benefit, Fraction]:
    """What was paid in a month for itself: by the ledger where there is one, else as decided on the pay day."""
    out = {} if paid is None else dict(paid.decision().amounts())
    if history.ledgers:
        out.update(history.ledger(month))
    return out


def _gives_thesame(a: Step, b: Step) -> bool:
    """Whether two months certainly have the same values: results of one function, on the same facts, that are equal."""
    return a.facts is b.facts and a.raw is not None and a.run.compiled is b.run.compiled and same(a.raw, b.raw)


def _news(engine: Engine, history: History) -> list[tuple[int, int]]:
    """(day on which something becomes known, first month that it touches), by day."""
    found = {(known, first_month(since)) for known, since in engine.news if since}
    found |= {(s.known, s.first) for t in history.track.all() for s in t.spells()}
    return sorted(found)


def account(engine: Engine, history: History, start: int, end: int, as_known: int | None) -> Account:
    """Both courses and what they differ in. `as_known` (yyyymmdd) hides from what is due what became known later."""
    return _Books(engine, history, start, end, as_known).account()
