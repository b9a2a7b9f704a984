"""Paid against due: what was paid as known on each pay day, what is due as known later, and which month settles the difference.

What was decided is never overwritten: the paid run goes on from what was paid (or from the ledger), the due run begins anew from the
start (semantics, rule 2). A month settles what became known since the pay day before; `补发 当 E` says which months are settled at all.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import TYPE_CHECKING, NamedTuple

from ..backends.interpret import Instance, Interpretation
from ..backends.values import Value, known
from ..decision import Decision
from ..ir import nodes as ir
from .history import History
from .months import months_between, payday, run

if TYPE_CHECKING:
    from ..policy import Policy

Months = dict[int, Decision | None]
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
    """Both runs of a timeline and what they differ in."""

    due: Months
    paid: Months
    differences: tuple[Difference, ...]
    settled: dict[tuple[int, Benefit], Fraction]  # by month of settlement: what it pays for earlier months
    handed: dict[tuple[int, Benefit], Fraction]  # what each month paid on its pay day


class _Settling(Interpretation):
    """Evaluates 补发's condition: 已发 and 应发 are those of the month that is settled, all else is as of the month of settlement."""

    def __init__(self, decision: Decision, measures: dict[str, Value]) -> None:
        super().__init__(decision.epoch, decision.day, decision.instance)
        self.measures = measures

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value:
        return self.measures[node.name] if isinstance(node, ir.Measure) else super().evaluate(node, at)


class _Books:
    def __init__(self, policy: Policy, history: History, start: int, end: int, as_known: int | None) -> None:
        self.policy = policy
        self.history = history
        self.months = list(months_between(start, end))
        self.as_known = as_known
        self.conditions = {(a.entity, a.benefit): a.condition for a in policy.program.arrears}
        self.entities = {t.path: t.entity.name for t in history.track.all()}
        self.paid: Months = {}
        self.handed: dict[int, dict[Benefit, Fraction]] = {}
        self.settled: dict[tuple[int, Benefit], Fraction] = {}
        self.owed: dict[tuple[int, Benefit], Difference] = {}

    def account(self) -> Account:
        due = self._run(lambda _: self.as_known)
        first = payday(self.policy, self.months[0])
        until = self.as_known or max(self.policy.engine.late[-1:] + self.history.late[-1:], default=0)
        late = [d for d in {*self.policy.engine.late, *self.history.late} if first < d <= until]
        if not late and not self.history.ledgers:
            return Account(due, due, (), {}, {})
        self.paid = self._run(lambda m: payday(self.policy, m)) if late else due
        self.handed = {m: self._paid(m) for m in self.months}
        before = 0
        for n, month in enumerate(self.months):
            day = payday(self.policy, month)
            news = any(before < d <= day for d in late)
            if n and news:
                known_now = self._run(lambda _, day=day: day, n) if any(d > day for d in late) else due  # type: ignore[misc]
                self._settle(known_now, self.months[:n], month)
            before = day
        self._settle(due, self.months, None)
        left = sorted(d for d in self.owed.values() if d.due != d.paid)
        handed = {(m, b): x for m, amounts in self.handed.items() for b, x in amounts.items()}
        return Account(due, self.paid, tuple(left), self.settled, handed)

    def _run(self, known: Callable[[int], int | None], count: int | None = None) -> Months:
        months = self.months[:count]
        return run(self.policy, self.history, months[0], months[-1], known)

    def _paid(self, month: int) -> dict[Benefit, Fraction]:
        """What was paid: by the ledger where there is one, else as decided on the pay day."""
        out = amounts_of(self.paid[month])
        if self.history.ledgers:
            out.update(self.history.ledger(month))
        return out

    def _settle(self, now: Months, months: list[int], settling: int | None) -> None:
        """Brings months up to what is due as known now; None: after the timeline."""
        for month in months:
            due_of, paid_of = amounts_of(now[month]), self.handed[month]
            undecided = _undecided(now[month]) | _undecided(self.paid[month])
            for benefit in dict.fromkeys((*paid_of, *due_of)):
                paid, due = paid_of.get(benefit, Fraction(0)), due_of.get(benefit, Fraction(0))
                before = self.owed.get((month, benefit))
                already = before.due if before else paid
                if benefit in undecided or due == already or not self._holds(benefit, month, settling, paid, due):
                    continue
                self.owed[month, benefit] = Difference(month, benefit, paid, due, settling)
                if settling is not None:
                    total = self.settled.get((settling, benefit), Fraction(0))
                    self.settled[settling, benefit] = total + due - already

    def _holds(self, benefit: Benefit, month: int, settling: int | None, paid: Fraction, due: Fraction) -> bool:
        """补发's condition; without one every month is settled. Who is not there any more is asked as of the month itself."""
        path, name = benefit
        condition = self.conditions.get((self.entities[path], name))
        if condition is None:
            return True
        for at in (self.months[-1] if settling is None else settling, month):
            decision = self.paid[at]
            entry = next((e for e in decision.instance.all() if e.path == path), None) if decision else None
            if decision is not None and entry is not None:
                return _Settling(decision, {"paid": paid, "due": due}).evaluate(condition, entry) is True
        return False


def amounts_of(decision: Decision | None) -> dict[Benefit, Fraction]:
    """Each benefit's known amount in base units."""
    return {} if decision is None else decision.amounts()


def _undecided(decision: Decision | None) -> set[Benefit]:
    """Benefits that have no known amount."""
    if decision is None or decision.compiled_alone:
        return set()
    return {(e.path, name) for e, name, _, benefit in decision.rows() if benefit and not known(e.values[name])}


def account(policy: Policy, history: History, start: int, end: int, as_known: int | None) -> Account:
    """Both runs and what they differ in. `as_known` (yyyymmdd) hides from the due run what became known later."""
    return _Books(policy, history, start, end, as_known).account()
