"""The law of another day and working days, beside what was known, statuses, look-backs and the settling of differences."""

from __future__ import annotations

import itertools
import pickle
import re
from decimal import Decimal
from typing import Any

import pytest

from policy_dsl import Calendar, PolicyError
from policy_dsl.backends.runtime import Defer
from policy_dsl.policy import Policy

from .deciding import policy_of

LAW = """对象 家庭
  户籍 : 农村 | 城市
  月份 : 日期
参数 农村标准 : 元/月
  自 2021-01-01 为 400
  自 2022-03-01 为 450
  自 2023-01-01 为 650
参数 城市标准 : 元/月
  自 2021-01-01 为 500
  自 2022-01-01 为 600 公布 2022-06-15
  自 2023-01-01 为 700 公布 2022-11-20
参数 标准(户籍) : 元/月
  | 户籍 | 为 |
  | 农村 | 农村标准 |
  | 城市 | 城市标准 |
参数 比例 : 数
  自 2021-01-01 为 0.5
  自 2022-03-01 为 0.4 公布 2022-02-10
规则 家庭 半数 : 元/月
  自 2021-01-01 为 标准(户籍) * 比例
  自 2022-07-01 为 标准(户籍) * 比例 + 10 元/月 公布 2022-09-01
规则 家庭 那时标准 : 元/月
  为 标准(户籍) 于 月份
规则 家庭 那时半数 : 元/月
  为 半数 于 月份
"""
DAYS = (20211231, 20220101, 20220301, 20220614, 20220615, 20220701, 20220831, 20220901, 20221120, 20230101)
"""On, and as known on; another day's law is asked for on each of them."""


def without_later(text: str, known: str) -> str:
    """The policy's text without what was not known on a day."""
    lines = []
    for line in text.splitlines():
        since = re.search(r"(公布|自) (\d{4}-\d{2}-\d{2})$", line) or re.search(r"(自) (\S+)", line)
        if since is None or since[2] <= known:
            lines.append(re.sub(r" 公布 \S+", "", line))
    return "\n".join(lines) + "\n"


def written(day: int) -> str:
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def values(policy: Policy, on: int, known: int | None, facts: dict[str, Any]) -> dict[str, object]:
    """Every output, by the interpreter and, where it can, by the compiled function."""
    from policy_dsl.facts.read import Reader

    root, data = Reader(policy.program).read(facts)
    decision = policy.decide_data(root, data, on=on, known=known)
    run = policy.run(on, root, known)
    try:
        raw = run.compiled.record(run.parameters, on, data)
    except Defer:
        raw = None
    if raw is not None:
        again = run.compiled.instance(root, data)
        run.compiled.fill(again, raw, on, recorded=True)
        assert again.values == decision.instance.values
    return {path: (o.state, o.value) for path, o in decision.outputs.items()}


@pytest.mark.parametrize("known", DAYS[1:])
def test_another_day_as_known_is_the_text_as_it_was(known: int) -> None:
    """Whatever day is decided for and whatever day is asked for, past or to come: what was published later is not read."""
    policy, older = policy_of(LAW), policy_of(without_later(LAW, written(known)))
    for on, asked, where in itertools.product(DAYS, DAYS, ("农村", "城市")):
        facts = {"家庭": {"户籍": where, "月份": written(asked)}}
        assert values(policy, on, known, facts) == values(older, on, None, facts), (on, asked, where)


def test_explained_as_it_was_known() -> None:
    policy = policy_of(LAW)
    history = {"家庭": {"户籍": "城市", "月份": "2022-05-01"}}
    before = policy.timeline(history, start="2022-05", end="2022-05", as_known="2022-06-14")
    after = policy.timeline(history, start="2022-05", end="2022-05")
    for made, amount, half in ((before, "500.00", "200.00"), (after, "600.00", "240.00")):
        said = made[0].decision.explain().text()
        assert f"标准(城市) 于 2022-05-01 = {amount} 元/月" in said
        assert f"家庭.半数 于 2022-05-01 = {half} 元/月" in said


AHEAD = """对象 家庭
  收入 : 元/月, 0..10000
参数 标准 : 元/月
  自 2021-01-01 为 500
  自 2023-01-01 为 600
给付 家庭 保障金 : 元/月
  为 最大(0, 标准 于 2023-06-01 - 收入)
"""


def test_a_day_to_come_is_read_as_it_is_known() -> None:
    """What is in force from January is not known before, so the months of autumn are paid by the old standard and settled in January."""
    made = policy_of(AHEAD).timeline({"家庭": {"收入": 200}}, start="2022-10", end="2023-02")
    assert [m.paid["家庭.保障金"] for m in made] == [300, 300, 300, 400, 400]
    assert [m.decision["家庭.保障金"] for m in made] == [400] * 5
    assert [(a.month, a.difference, a.settled) for a in made.arrears] == [
        (month, Decimal(100), "2023-01") for month in ("2022-10", "2022-11", "2022-12")
    ]
    announced = policy_of(AHEAD.replace("600", "600 公布 2022-10-15"))
    assert not announced.timeline({"家庭": {"收入": 200}}, start="2022-10", end="2023-02").arrears


def test_what_no_asked_day_reaches_decides_nothing_anew() -> None:
    """`于 2021-12-31` reads nothing that comes later, and `于 (本月 - 1 个月)` nothing that is to come: no month waits for it."""
    for day in ("2021-12-31", "(本月 - 1 个月)"):
        policy = policy_of(AHEAD.replace("2023-06-01", day))
        news = policy.engine.news
        assert (20230101, 10101) not in news, day
        assert (20230101, 20230101) in news


SETTLING = """对象 家庭
  收入 : 元/月, 0..100000
  截止 : 日期
参数 标准 : 元/月
  自 2021-01-01 为 500
  自 2022-01-01 为 600 公布 2022-06-15
参数 起点 : 日期
  自 2021-01-01 为 2022-06-01
  自 2022-03-01 为 2022-01-01 公布 2022-08-05
给付 家庭 保障金 : 元/月
  当 收入 低于 标准 为 标准 - 收入
  否则 为 0
  补发 当 CONDITION
"""
ONE = {"家庭": {"收入": 300, "截止": "2022-05-01"}}
FIRST = ("2022-01", "2022-02", "2022-03", "2022-04", "2022-05")


def settling(condition: str, rule: str = "") -> Policy:
    return policy_of(SETTLING.replace("CONDITION", condition) + rule)


def test_a_condition_of_arrears_reads_another_day() -> None:
    """In June, when it is asked, the day from which months are settled is the old one; news of that day alone asks nothing again."""
    made = settling("本月 > 起点 于 2022-05-01").timeline(ONE, start="2022-01", end="2022-12")
    assert [(a.month, a.settled, a.why) for a in made.arrears] == [(m, None, "condition") for m in FIRST]
    made = settling("本月 ≥ 起点 于 2022-05-01").timeline(ONE, start="2022-01", end="2022-12")
    assert [(a.month, a.settled, a.why) for a in made.arrears] == [(m, "2022-06", None) for m in FIRST]
    with pytest.raises(PolicyError) as raised:
        settling("本月 > 里 于 2022-05-01", "规则 家庭 里 : 日期\n  为 起点 于 截止\n")
    assert [d.code for d in raised.value.diagnostics] == ["P0228"]


def test_a_condition_of_arrears_counts_working_days() -> None:
    """The calendar is part of what the policy says, and a year that it lacks is told with the months that settle."""
    policy = settling("工作日数(截止, 决定日) > 20 个工作日")
    assert policy.digest != policy.program.digest
    made = policy.timeline(ONE, start="2022-01", end="2022-12")
    assert [(a.month, a.settled) for a in made.arrears] == [(m, "2022-06") for m in FIRST]
    lacking = policy.with_calendar({"years": [2020]}).timeline(ONE, start="2022-01", end="2022-12")
    assert [(a.month, a.settled, a.why, a.code) for a in lacking.arrears] == [
        (m, None, "needs", "R0111") for m in FIRST
    ]
    assert [(d.code, d.path) for d in lacking.errors] == [("R0111", "家庭.保障金 (2022-06..2022-12)")]


MOVING = """对象 家庭
  收入 : 元/月, 0..100000
参数 标准 : 元/月
  自 2021-01-01 为 500
  自 2022-03-01 为 600
  自 2022-06-01 为 700 公布 2022-08-10
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 收入 低于 标准 于 (本月 - 1 个月)
  在保 → 未享受 当 收入 不低于 标准 于 (本月 - 1 个月)
给付 家庭 保障金 : 元/月
  当 状态 = 在保 为 标准 于 (本月 - 1 个月) - 收入
  否则 为 0
"""


def test_the_day_moves_on_with_the_months() -> None:
    """Reasons compare last month's value on its day with this month's on its own."""
    made = policy_of(MOVING).timeline({"家庭": {"收入": 550}}, start="2022-02", end="2022-08")
    assert [str(m.decision["家庭.保障金"]) for m in made] == [
        "0.00",
        "0.00",
        "50.00",
        "50.00",
        "50.00",
        "150.00",
        "150.00",
    ]
    begun, raised = (next(c for c in made[m].changes if c.output == "家庭.保障金") for m in ("2022-04", "2022-07"))
    assert (
        begun.because[0] == "标准 于 2022-03-01 由 500.00 元/月（于 2022-02-01） 升至 600.00 元/月（自 2022-03-01 起）"
    )
    assert raised.because_en == (
        "标准 on 2022-06-01 rose to 700.00 yuan/month from 600.00 yuan/month (on 2022-05-01) (since 2022-06-01, published 2022-08-10)",
    )
    (owed,) = made.arrears
    assert (owed.month, owed.difference, owed.settled) == ("2022-07", Decimal(100), "2022-08")
    assert owed.because == (
        "标准 于 2022-06-01 由 600.00 元/月 升至 700.00 元/月（自 2022-06-01 起，2022-08-10 公布）",
    )
    assert "标准 于 (本月 - 1 个月)" not in made.svg()  # 收入 is a fact, and lines are drawn of rules


STEPS = """对象 家庭
  收入 : 元/月, 0..100000
参数 标准 : 元/月
  自 2021-01-01 为 500
  自 2022-03-01 为 600
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 收入 低于 标准
  在保 → 未享受 当 收入 不低于 标准
规则 家庭 原规定下 : 是否
  为 状态 于 2021-12-31 = 在保
"""


def test_a_status_on_another_day_is_this_months_step_under_its_law() -> None:
    made = policy_of(STEPS).timeline({"家庭": {"收入": 550}}, start="2022-02", end="2022-04")
    assert [m.decision["家庭.状态"] for m in made] == ["未享受", "在保", "在保"]
    assert [m.decision["家庭.原规定下"] for m in made] == [False, False, False]
    said = made["2022-04"].decision.explain("原规定下").text()
    assert "家庭.状态 于 2021-12-31 = 未享受" in said
    assert "适用  在保 → 未享受 当 收入 不低于 标准" in said
    assert "家庭.上月(状态) = 在保" in said


DEADLINES = """对象 家庭
  受理日期 : 日期
  交齐 : 是否
参数 办结期限 : 工作日
  自 2021-07-01 为 30
  自 2023-01-01 为 20
阶段 家庭 状态
  起始 未受理
  未受理 → 审核 当 受理日期 ≤ 决定日
  审核 → 在保 当 交齐 且 决定日 ≤ 进入时(审核, 受理日期 + 办结期限 于 受理日期)
  审核 → 逾期 当 决定日 > 进入时(审核, 受理日期 + 办结期限 于 受理日期)
  在保、逾期 → 未受理 当 非 交齐
规则 家庭 还剩 : 工作日
  为 最大(0, 工作日数(决定日, 受理日期 + 办结期限 于 受理日期))
规则 家庭 上月还剩 : 工作日
  为 上月(还剩, 默认 0)
"""
APPLIED = {"家庭": {"受理日期": "2022-12-15", "交齐": [{"自": "2022-12", "为": False}, {"自": "2023-02", "为": True}]}}


def test_deadlines_over_months() -> None:
    """Thirty working days from the middle of December end on the first of February, with two holidays and make-up days."""
    policy = policy_of(DEADLINES)
    made = policy.timeline(APPLIED, start="2022-12", end="2023-03")
    assert [m.decision["家庭.状态"] for m in made] == ["未受理", "审核", "在保", "在保"]
    assert [str(m.decision["家庭.还剩"]) for m in made] == ["40", "19", "0", "0"]
    assert [str(m.decision["家庭.上月还剩"]) for m in made] == ["0", "40", "19", "0"]
    said = made["2023-02"].decision.explain("还剩").text()
    assert "chinesecalendar" in said
    assert "放假 2023-01-02、2023-01-23" in said
    plain = policy.with_calendar({"years": [2022, 2023]}).timeline(APPLIED, start="2022-12", end="2023-03")
    assert [m.decision["家庭.状态"] for m in plain] == ["未受理", "审核", "逾期", "逾期"]


def test_a_year_that_is_lacking_over_months() -> None:
    """Months before the gap are decided; those that need the year tell its code, and what they hand over is told as that."""
    policy = policy_of(DEADLINES).with_calendar(Calendar([2022], name="2022 年"))
    made = policy.timeline(APPLIED, start="2022-12", end="2023-02")
    assert made[0].decision.outputs["家庭.状态"].state == "known"
    assert {d.code for d in made.errors} == {"R0111"}
    assert all("2022 年" in d.zh and "2023" in d.zh for d in made.errors)


def test_a_policy_with_a_calendar_is_pickled() -> None:
    policy = policy_of(DEADLINES).with_calendar(Calendar([2022, 2023], off=["2023-01-20"], name="局里的"))
    again = pickle.loads(pickle.dumps(policy))
    assert again.digest == policy.digest
    assert again.calendar == policy.calendar
    wanted = policy.timeline(APPLIED, start="2022-12", end="2023-03", as_known="2023-02-15")
    made = again.timeline(APPLIED, start="2022-12", end="2023-03", as_known="2023-02-15")
    assert made.to_json(explanations=True) == wanted.to_json(explanations=True)
    december = again.decide({"家庭": {"受理日期": "2022-12-15", "交齐": False}}, on="2022-12")
    next_month = again.decide({"家庭": {"受理日期": "2022-12-15", "交齐": False}}, on="2023-01", previous=december)
    assert next_month["家庭.状态"] == "审核"
    with pytest.raises(PolicyError):  # of another calendar, so of another policy
        policy_of(DEADLINES).decide({"家庭": {"受理日期": "2022-12-15"}}, on="2023-01", previous=december)
