"""What holds of every household's life (lives.py): the law of reasons, nobody paid who is not there, and what has ended stays so."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import assume, given, settings

from policy_dsl import Decision, Policy, PolicyError
from policy_dsl.examples.case import facts_of
from policy_dsl.timeline.history import first_month
from policy_dsl.timeline.timeline import Timeline

from .dice import Thrown, examples
from .histories import Story
from .lives import ALLOWED, life, lives
from .months import number
from .test_reasons import month_by_month, paid_and_due
from .test_timeline import test_deciding_month_by_month_is_the_timeline as alone


def timeline_of(made: Story) -> Timeline | None:
    try:
        return Policy(made.program).timeline(made.history, start=made.start, end=made.end)
    except PolicyError:
        return None


def test_lives_are_legal() -> None:
    """Every policy compiles, nearly every history is accepted, and much happens in them."""
    made = [life(Thrown(seed)) for seed in range(20)]
    assert all(made)
    run = [t for x in made if x is not None and (t := timeline_of(x)) is not None]
    assert len(run) > 18
    assert sum(bool(t.arrears) for t in run) > 6
    assert sum(any(m.changes for m in t.months) for t in run) > 15


@settings(max_examples=examples(40))
@given(lives())
def test_every_change_of_a_life_has_its_reasons(made: Story) -> None:
    assert list(month_by_month(made)) == []


@settings(max_examples=examples(40))
@given(lives())
def test_what_is_due_and_not_paid_in_a_life_has_its_reasons(made: Story) -> None:
    assert list(paid_and_due(made)) == []


@settings(max_examples=examples(40))
@given(lives())
def test_a_month_of_a_life_decided_alone_is_the_timelines(made: Story) -> None:
    alone.hypothesis.inner_test(made)


@settings(max_examples=examples(6))
@given(lives())
def test_a_month_of_a_life_written_as_json_is_the_same(made: Story) -> None:
    """With all that came over under 上月: statuses, windows, amounts of last month, and what no part has paid yet."""
    timeline = timeline_of(made)
    policy = Policy(made.program)
    for decision in (m.decision for m in timeline or () if m.decision is not None):
        facts = json.loads(json.dumps(facts_of(made.program, decision.root, decision._data)))
        assert said(policy.decide(facts, on=decision.on)) == said(decision), decision.on


def said(decision: Decision) -> object:
    outputs = [(path, x.value, x.state) for path, x in decision.outputs.items()]
    return outputs, [(b.path, b.part, b.share) for b in decision.benefits]


def ends(person: dict[str, Any]) -> tuple[int, int]:
    """The first month of a person's life and the first after it (yyyymmdd), as all is known."""
    died = person.get("死亡日期")
    if isinstance(died, list):
        died = died[-1]["为"]
    return first_month(int(person["出生日期"].replace("-", ""))), 99991231 if died is None else after(died)


def after(day: str) -> int:
    """The first month that begins after a day."""
    year, month = int(day[:4]), int(day[5:7]) + 1
    return (year + month // 13) * 10000 + (month - 1) % 12 * 100 + 101


def paid(decision: Decision | None, path: str) -> bool:
    return any(b.value for b in decision.benefits if b.entity == path) if decision is not None else False


@settings(max_examples=examples(60))
@given(lives())
def test_nobody_is_paid_before_birth_or_after_death(made: Story) -> None:
    """Nothing of a person is due in such a month, nothing is paid before the birth, and what was paid after a death is owed back."""
    timeline = timeline_of(made)
    assume(timeline is not None)
    assert timeline is not None
    for n, person in enumerate(made.history["家庭"]["成员"]):
        path = f"家庭.成员[{n}]"
        first, last = ends(person)
        for month in timeline:
            at = number(month.month)
            if not first <= at < last:
                assert not paid(month.decision, path), (month, path)
            if at < first:
                assert not paid(month.paid, path), (month, path)
        for row in timeline.arrears:
            if row.benefit.startswith(f"{path}.") and not first <= number(row.month) < last:
                assert not row.due, row


@settings(max_examples=examples(60))
@given(lives())
def test_what_has_ended_stays_so(made: Story) -> None:
    """From the first month in 满期, a state that is not left, nobody gets what asks for 在保; nor for people whose benefit asks for another state."""
    timeline = timeline_of(made)
    assume(timeline is not None)
    assert timeline is not None
    assume(ALLOWED.clock_stops or all(m.decision is not None for m in timeline))
    ended = False
    for month in timeline:
        decision = month.decision
        if decision is None or decision["家庭.状态"] is None:
            continue
        assert not ended or decision["家庭.状态"] == "满期", month
        ended = ended or decision["家庭.状态"] == "满期"
        if ended:
            assert decision["家庭.保障金"] in (0, 30)
            assert not any(b.value for b in decision.benefits if b.name == "残疾补贴")
