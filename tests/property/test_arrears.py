"""Paid against due: the books of a timeline held against books that decide every month anew whenever one is settled."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.formatting import day_text
from policy_dsl.backends.values import known
from policy_dsl.decision import Decision
from policy_dsl.timeline.history import History
from policy_dsl.timeline.months import months_between, payday
from policy_dsl.timeline.timeline import Timeline

from .dice import examples
from .histories import Story, stories
from .months import number, read
from .policies import Text, compiled
from .test_timeline import said

LAST = 99991231
Months = dict[int, Decision | None]
Benefit = tuple[str, str]


def without(made: Story, line: str) -> Story | None:
    """The same story, lines of its policy that match left out."""
    layers = [
        (n, tuple("\n".join(x for x in i.split("\n") if not re.search(line, x)) for i in items))
        for n, items in made.text.layers
    ]
    text = Text(tuple(layers))
    program, _ = compiled(text)
    return None if program is None else made._replace(text=text, program=program)


def decided(policy: Policy, history: History, months: list[int], known_on: dict[int, int | None]) -> Months:
    """All months from the first one on, each with what is known on its day."""
    out: Months = {}
    carry = None
    for month in months:
        data = history.data(month, known_on[month])
        if data is None:
            out[month] = None
            carry = None if carry is None else policy.engine.intake.away(history.root, carry)
            continue
        if carry is not None:
            data = policy.engine.intake.laid(data, history.root, carry)
        decision = out[month] = policy.decide_data(history.root, data, on=month, known=known_on[month])
        carry = decision.carry()
    return out


def open_benefits(decision: Decision | None) -> set[Benefit]:
    rows = () if decision is None else decision.rows()
    return {(e.path, name) for e, name, _, benefit in rows if benefit and not known(e.values[name])}


class Books:
    """What is paid, due, settled and owed, where every difference is settled."""

    def __init__(self, policy: Policy, history: History, months: list[int], as_known: int | None) -> None:
        self.paid = decided(policy, history, months, {m: payday(policy.program, m) for m in months})
        self.due = decided(policy, history, months, dict.fromkeys(months, as_known))
        self.settled: dict[tuple[int, Benefit], Fraction] = {}
        self.owed: dict[tuple[int, Benefit], tuple[Fraction, Fraction, int | None]] = {}
        before = 0
        for n, month in enumerate(months):
            day = min(payday(policy.program, month), as_known or LAST)
            if n and day > before:  # a month settles what became known since the pay day before
                self.settle(decided(policy, history, months[:n], dict.fromkeys(months[:n], day)), month)
            before = day
        self.settle(self.due, None)

    def settle(self, now: Months, settling: int | None) -> None:
        for month, decision in now.items():
            paid = self.paid[month]
            was, due = ({} if d is None else d.amounts() for d in (paid, decision))
            for benefit in {**was, **due}:
                if benefit in open_benefits(paid) | open_benefits(decision):
                    continue
                first, last = was.get(benefit, Fraction(0)), due.get(benefit, Fraction(0))
                already = self.owed[month, benefit][1] if (month, benefit) in self.owed else first
                if last == already:
                    continue
                self.owed[month, benefit] = first, last, settling
                if settling is not None:
                    key = (settling, benefit)
                    self.settled[key] = self.settled.get(key, Fraction(0)) + last - already


def timeline_of(made: Story, as_known: str | None = None) -> Timeline | None:
    try:
        return Policy(made.program).timeline(made.history, start=made.start, end=made.end, as_known=as_known)
    except PolicyError:
        return None


def base(timeline: Timeline, policy: Policy, benefit: str, amount: Any) -> Fraction:
    """An amount in the declared unit as base units."""
    path, _, name = benefit.rpartition(".")
    entity = next(t.entity.name for t in timeline._history.track.all() if t.path == path)
    return Fraction(amount) * policy.rule(entity, name).type.own.scale


def owed_by(timeline: Timeline, policy: Policy) -> dict[object, object]:
    return {
        (number(a.month), tuple(a.benefit.rsplit(".", 1))): (
            base(timeline, policy, a.benefit, a.paid),
            base(timeline, policy, a.benefit, a.due),
            None if a.settled is None else number(a.settled),
        )
        for a in timeline.arrears
    }


@settings(max_examples=examples(100))
@given(stories(late=45, unknown=3))
def test_the_books_are_those_of_deciding_all_anew(made: Story) -> None:
    """Each month's due and paid decision, each difference with its month of settlement, and each sum that a month settles."""
    plain = without(made, r"^ *补发 ")
    assume(plain is not None and "已发" not in str(made.history))
    assert plain is not None
    history, policy = read(plain), Policy(plain.program)
    for as_known in (None, "2022-04-15"):
        timeline = timeline_of(plain, as_known)
        if timeline is None or history is None:
            return
        months = list(months_between(number(plain.start), number(plain.end)))
        books = Books(policy, history, months, None if as_known is None else int(as_known.replace("-", "")))
        for month, at in zip(timeline.months, months, strict=True):
            assert said(month.decision) == said(books.due[at]), (at, as_known)
            assert said(month.paid) == said(books.paid[at]), (at, as_known)
        wanted = {k: v for k, v in books.owed.items() if v[0] != v[1]}
        assert owed_by(timeline, policy) == wanted, as_known
        for (at, benefit), amount in books.settled.items():
            path = ".".join(benefit)
            assert base(timeline, policy, path, timeline.settled(day_text(at)[:7], path)) == amount


@settings(max_examples=examples(60))
@given(stories(late=45))
def test_what_is_settled_and_what_is_left_make_up_the_difference(made: Story) -> None:
    """For every benefit: what months settle and what is settled afterwards is what is due less what was paid, with 补发 当 too."""
    timeline, policy = timeline_of(made), Policy(made.program)
    if timeline is None:
        return
    for benefit in {a.benefit for a in timeline.arrears}:
        mine = [a for a in timeline.arrears if a.benefit == benefit]
        assert all(a.difference == a.due - a.paid != 0 for a in mine)
        settled = sum((Fraction(timeline.settled(m.month, benefit)) for m in timeline.months), Fraction(0))
        left = sum((Fraction(a.difference) for a in mine), Fraction(0)) - settled
        if all(a.settled is not None for a in mine):
            assert left == 0, benefit
        for a in mine:
            month = timeline[a.month]
            value = month.decision.amounts() if month.decision is not None else {}
            conditions = [x for x in policy.program.arrears if benefit.endswith(f".{x.benefit}")]
            if not conditions and (tuple(benefit.rsplit(".", 1)) not in open_benefits(month.decision)):
                due = value.get(tuple(benefit.rsplit(".", 1)), Fraction(0))
                assert base(timeline, policy, benefit, a.due) == due


def with_ledger(entry: Any, path: str, ledger: dict[str, dict[str, list[Any]]]) -> Any:
    if isinstance(entry, list):
        return [with_ledger(x, f"{path}[{n}]", ledger) for n, x in enumerate(entry)]
    if not isinstance(entry, dict):
        return entry
    made = {k: with_ledger(v, f"{path}.{k}", ledger) for k, v in entry.items()}
    return {**made, "已发": ledger[path]} if path in ledger else made


@settings(max_examples=examples(60))
@given(stories(late=45))
def test_a_ledger_that_says_what_was_paid_changes_nothing(made: Story) -> None:
    """Arrears are the same with a ledger of what was decided on the pay days as without one."""
    assume("已发" not in str(made.history))
    timeline = timeline_of(made)
    if timeline is None:
        return
    ledger: dict[str, dict[str, list[Any]]] = {}
    for month in timeline.months:
        for benefit in () if month.paid is None else month.paid.benefits:
            if benefit.value is not None:
                row = {"自": month.month, "至": month.month, "为": str(benefit.value)}
                ledger.setdefault(benefit.entity, {}).setdefault(benefit.name, []).append(row)
    root = next(iter(made.history))
    again = timeline_of(made._replace(history={root: with_ledger(made.history[root], root, ledger)}))
    assert again is not None
    assert [a[:7] for a in again.arrears] == [a[:7] for a in timeline.arrears]
