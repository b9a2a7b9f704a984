"""Paid against due: the ledger of a timeline held against books that are kept by hand, and the sums that its rows must keep."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

from hypothesis import assume, given, settings

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.handover import Carry
from policy_dsl.decision import Decision
from policy_dsl.timeline.history import History
from policy_dsl.timeline.months import months_between, payday
from policy_dsl.timeline.timeline import Arrear, Timeline

from .accounts import Account, accounts, case_of, number
from .bookkeeping import Books
from .dice import examples
from .histories import Story, stories
from .months import read
from .test_timeline import said

WHY = {"claim": "instalment", "": "end"}


@settings(max_examples=examples(150))
@given(accounts())
def test_the_ledger_is_that_of_bookkeeping(made: Account) -> None:
    """What each piece of news changes, which month settles how much of it, why the rest is open, and what each month settles of a benefit."""
    for as_known in (None, "2022-04-15"):
        case = case_of(made, None if as_known is None else number(as_known))
        books = Books(case)
        timeline = made.policy.timeline(made.history, start="2022-01", end="2022-07", as_known=as_known)
        moved: dict[object, Fraction] = defaultdict(Fraction)
        first: dict[object, tuple[Fraction, object]] = {}
        for a in timeline.arrears:
            key = (number(a.month), a.benefit, number(a.known))
            moved[(*key, a.settled and number(a.settled), a.why)] += Fraction(a.difference or 0)
            first.setdefault(key, (Fraction(a.paid), None if a.due is None else Fraction(a.due)))
        wanted: dict[object, Fraction] = defaultdict(Fraction)
        heard: dict[object, object] = {}
        for (month, path), news in books.news.items():
            for n in news:
                key = (month, path, n.day)
                heard.setdefault(key, None if isinstance(n.due, str) else n.due)
                for settled, amount in n.moved.items():
                    wanted[(*key, settled, None)] += amount
                for kind, amount in n.open.items():
                    wanted[(*key, None, WHY.get(kind, kind))] += amount
        assert {k: v for k, v in moved.items() if v} == {k: v for k, v in wanted.items() if v}, as_known
        assert {k: due for k, (_, due) in first.items()} == heard, as_known
        settled = {(number(s.month), s.benefit): Fraction(s.amount) for s in timeline.settlements}
        assert settled == {k: v for k, v in books.totals.items() if v}, as_known


@settings(max_examples=examples(100))
@given(accounts())
def test_rows_add_up(made: Account) -> None:
    """Rows by month of settlement are the settlements, in whole fen; a month's rows lead from its own payment to its own line; what
    is taken back in a month is no more than an instalment."""
    timeline = made.policy.timeline(made.history, start="2022-01", end="2022-07")
    keeps_account(timeline)
    case = case_of(made, None)
    for (month, benefit), rows in settled_by(timeline).items():
        if case.limit is not None and not case.settled and all((a.difference or 0) <= 0 for a in rows):
            assert -sum(Fraction(a.difference or 0) for a in rows) <= case.limit(number(month), benefit)


def settled_by(timeline: Timeline) -> dict[tuple[str, str], list[Arrear]]:
    out: dict[tuple[str, str], list[Arrear]] = defaultdict(list)
    for a in timeline.arrears:
        if a.settled is not None:
            out[a.settled, a.benefit].append(a)
    return out


def keeps_account(timeline: Timeline) -> None:
    """The sums that hold of every ledger."""
    sums = {
        k: sum((Fraction(a.difference or 0) for a in rows), Fraction(0)) for k, rows in settled_by(timeline).items()
    }
    assert {k: v for k, v in sums.items() if v} == {
        (s.month, s.benefit): Fraction(s.amount) for s in timeline.settlements
    }
    by_month: dict[tuple[str, str], list[Arrear]] = defaultdict(list)
    for a in timeline.arrears:
        by_month[a.month, a.benefit].append(a)
        assert (a.settled is None) == (a.why is not None)
        assert a.due is not None or a.difference is None or booked(a)
        assert a.why == "needs" or a.due is None or not (a.needs or a.code)
        assert a.settled is None or a.settled > a.month
    for (month, benefit), rows in by_month.items():
        assert [a.known for a in rows] == sorted(a.known for a in rows)
        change = sum((Fraction(a.difference or 0) for a in rows), Fraction(0))
        due = line_of(timeline, month, benefit)
        assert (rows[-1].due is None) == (due is None) or between(timeline, month, benefit)
        if rows[-1].due is not None:
            assert Fraction(timeline.paid(month, benefit)) + change == Fraction(rows[-1].due)
            assert due == Fraction(rows[-1].due) or between(timeline, month, benefit)


def between(timeline: Timeline, month: str, benefit: str) -> bool:
    """Whether a benefit has no part in this month: then its rows are about what is left of it by who is gone, which the month's line does not say."""
    parts = timeline.benefit(benefit).parts
    return parts is not None and int(month[5:]) not in parts.months


def booked(a: Arrear) -> bool:
    """Whether the history's ledger has a part in it: it may settle what nobody knows to be due."""
    return "按已发的账" in a.because


def line_of(timeline: Timeline, month: str, benefit: str) -> Fraction | None:
    """What the month's own line pays of the benefit, in yuan; None where it is not known."""
    decision = timeline[month].decision
    benefits = [] if decision is None else decision.benefits
    found = next((b for b in benefits if b.path == benefit), None)
    if decision is None or found is None:
        return Fraction(0)
    if found.value is None:
        return None
    if timeline.benefit(benefit).parts is not None:
        return None if found.part is None else Fraction(found.part)
    return Fraction(found.value if found.share is None else found.share)


def timeline_of(made: Story, as_known: str | None = None) -> Timeline | None:
    try:
        return Policy(made.program).timeline(made.history, start=made.start, end=made.end, as_known=as_known)
    except PolicyError:
        return None


def decided(
    policy: Policy, history: History, months: list[int], known_on: dict[int, int | None], pays: bool = False
) -> list[object]:
    """All months from the first one on, each with what is known on its day; `pays`: each part is of the shares as known on that day."""
    intake, root = policy.engine.intake, history.root
    out: list[object] = []
    carry: Carry | None = None
    for n, month in enumerate(months):
        data = history.data(month, known_on[month])
        if data is None:
            carry = None if carry is None else intake.absent(root, carry, months[n - 1], month)
            out.append(None)
            continue
        if carry is not None and pays and any(r.parts is not None for r in policy.program.rules):
            carry = intake.with_parts(root, carry, handed(policy, history, months[:n], known_on[month]))
        if carry is not None:
            data = intake.laid(data, root, carry)
        elif n:
            data = intake.begun(data, root)
        decision: Decision = policy.decide_data(root, data, on=month, known=known_on[month])
        out.append(said(decision))
        carry = decision.carry()
    return out


def handed(policy: Policy, history: History, months: list[int], known: int | None) -> Carry | None:
    """What the last of these months hands over, all of them as known on a day."""
    intake, root = policy.engine.intake, history.root
    carry: Carry | None = None
    for n, month in enumerate(months):
        data = history.data(month, known)
        if data is None:
            carry = None if carry is None else intake.absent(root, carry, months[n - 1], month)
            continue
        if n:
            data = intake.begun(data, root) if carry is None else intake.laid(data, root, carry)
        carry = policy.decide_data(root, data, on=month, known=known).carry()
    return carry


@settings(max_examples=examples(100))
@given(stories(late=45, unknown=3))
def test_what_is_reused_is_as_if_decided_anew(made: Story) -> None:
    """Each month's due and paid decision, in any policy, is that of deciding all months with what is known."""
    history = read(made)
    for as_known in (None, "2022-04-15"):
        timeline = timeline_of(made, as_known)
        if timeline is None or history is None:
            return
        keeps_account(timeline)
        months = list(months_between(number(made.start), number(made.end)))
        policy = Policy(made.program)
        known = None if as_known is None else number(as_known)
        assert [said(m.decision) for m in timeline.months] == decided(
            policy, history, months, dict.fromkeys(months, known)
        )
        paydays: dict[int, int | None] = {m: payday(policy.program, m) for m in months}
        assert [said(m.paid) for m in timeline.months] == decided(policy, history, months, paydays, True)
        again = timeline_of(made, as_known)
        assert again is not None
        assert again.arrears == timeline.arrears


@settings(max_examples=examples(60))
@given(stories(late=45))
def test_nothing_is_settled_with_who_is_gone(made: Story) -> None:
    """Where 补发 has a condition, a month settles only with those who are there in it."""
    timeline = timeline_of(made)
    if timeline is None or "结清" in str(made.history):
        return
    conditions = {(a.entity, a.benefit) for a in made.program.arrears}
    for a in timeline.arrears:
        rule = timeline.benefit(a.benefit)
        if between(timeline, a.month, a.benefit):
            continue  # what no part pays is settled all the same
        if a.settled is not None and (rule.entity, rule.name) in conditions:
            decision = timeline[a.settled].paid
            assert decision is not None
            assert a.benefit.rpartition(".")[0] in {e.path for e in decision.instance.all()}


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
                paid = timeline.paid(month.month, benefit.path)
                if (Fraction(paid) * 100).denominator > 1:
                    return  # a share that is no whole 分 cannot be written
                row = {"自": month.month, "至": month.month, "为": str(paid)}
                ledger.setdefault(benefit.entity, {}).setdefault(benefit.name, []).append(row)
    root = next(iter(made.history))
    again = timeline_of(made._replace(history={root: with_ledger(made.history[root], root, ledger)}))
    assert again is not None
    assert [a[:-2] for a in again.arrears] == [a[:-2] for a in timeline.arrears]
