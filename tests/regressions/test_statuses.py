"""Slips in statuses and looking back, each found by the generated policies of tests/property."""

from __future__ import annotations

from decimal import Decimal

import pytest

from policy_dsl import PolicyError

from .deciding import decided, policy_of

HEAD = """对象 家庭 : 户
  数 : 整数, 0..9
  岁数 : 整数, 0..9
"""


def codes(text: str) -> list[str]:
    """The codes of what is wrong with a policy's text."""
    try:
        policy_of(text)
    except PolicyError as error:
        return [d.code for d in error.diagnostics]
    return []


def status(first: str, second: str) -> str:
    return f"""{HEAD}阶段 家庭 状态
  起始 丙
  终止 甲, 乙
  丙 → 甲 当 {first}
  丙 → 乙 当 {second}
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("数 = 1", "非 数 = 1"),
        ("数 = 1", "数 ≠ 1 且 岁数 > 2"),
        ("累计(丙) = 1", "非 (累计(丙) = 1) 且 岁数 > 2"),
        ("数 < 1 且 数 > 2", "数 < 4"),  # the first never holds, so it meets nothing
        ("数 ≥ 1", "数 ≤ 1 且 数 ≠ 1"),
    ],
)
def test_conditions_that_exclude_each_other_are_no_conflict(first: str, second: str) -> None:
    assert "P1007" not in codes(status(first, second))


@pytest.mark.parametrize(
    ("first", "second"), [("数 = 1", "数 ≠ 2"), ("数 ≠ 1", "数 ≠ 2"), ("数 ≥ 1", "数 ≤ 3 且 数 ≠ 1")]
)
def test_conditions_that_meet_are_one(first: str, second: str) -> None:
    assert "P1007" in codes(status(first, second))


ENTERED = """对象 家庭 : 户
  高 : 是否
  标准 : 元/月, 0..1000
阶段 家庭 状态
  起始 低
  低 → 高档 当 高
  高档 → 低 当 非 高
规则 家庭 记下 : 元/月
  为 进入时(低, 标准)
规则 家庭 低时高 : 是否
  为 进入时(低, 高)
"""


def test_a_stay_that_began_before_the_first_month_has_no_value() -> None:
    """起始 held before the first month: what held when it was entered is not known to anybody (semantics, rule 1)."""
    policy = policy_of(ENTERED)
    facts = {"家庭": {"高": False, "标准": 300}}
    first = decided(policy, facts, "2022-01")
    second = policy.decide(facts, on="2022-02", previous=first)
    for decision in (first, second):
        assert [(e.path, e.code) for e in decision.errors] == [("家庭.记下", "R0120"), ("家庭.低时高", "R0120")]
    high = policy.decide({"家庭": {"高": True, "标准": 300}}, on="2022-03", previous=second)
    low = policy.decide(facts, on="2022-04", previous=high)
    assert low["家庭.记下"] == 300
    assert low["家庭.低时高"] is False


HANDED = """对象 家庭 : 户
  数 : 整数, 1..12
  额 : 元/月, 0..100
阶段 家庭 状态
  起始 甲
  甲 → 乙 当 持续(甲) ≥ 2
  乙 → 甲 当 累计(乙) ≥ 2
规则 家庭 商 : 数
  为 12 / 上月(数, 默认 1)
规则 家庭 和 : 数
  为 1 / 合计(近(2 个月, 数, 默认 1))
给付 家庭 金 : 元/月
  为 四舍五入(额, 1 元)
规则 家庭 比 : 数
  为 额 / (上月(金, 默认 0) + 1)
"""


@pytest.mark.parametrize(
    ("before", "code"),
    [
        ({"数": 0}, "F0106"),
        ({"近": {"数": [1, -1]}}, "F0106"),
        ({"金": -1}, "F0106"),
        ({"持续": -1}, "F0106"),
        ({"累计": {"乙": -1}}, "F0106"),
        ({"数": "5/2"}, "F0107"),
        ({"数": "1/0"}, "F0116"),
        ({"近": 3}, "F0103"),
        ({"近": {"数儿": [1]}}, "F0104"),
        ({"累计": {"乙儿": 1}}, "F0104"),
        ({"累计": 3}, "F0103"),
    ],
)
def test_what_last_month_cannot_have_been_is_refused(before: object, code: str) -> None:
    """Compiled functions leave out tests that the ranges make needless: a given month before must keep within them too."""
    policy = policy_of(HANDED)
    with pytest.raises(PolicyError) as caught:
        policy.decide({"家庭": {"数": 3, "额": 50, "上月": before}}, on="2022-01")
    assert [d.code for d in caught.value.diagnostics] == [code]


def test_what_last_month_can_have_been_is_read() -> None:
    before = {"数": 4, "金": 24, "状态": "甲", "持续": 2, "累计": {"乙": 1}, "近": {"数": [1, 3]}}
    decision = decided(policy_of(HANDED), {"家庭": {"数": 3, "额": 50, "上月": before}}, "2022-01")
    assert (decision["家庭.商"], decision["家庭.比"], decision["家庭.状态"]) == (3, 2, "乙")
    assert decision["家庭.和"] == Decimal("0.25")


TWO = """对象 家庭 : 户
  一高 : 是否
  二高 : 是否
  额 : 元/月, 0..1000
阶段 家庭 一
  起始 低
  低 → 高 当 一高
  高 → 低 当 非 一高
阶段 家庭 二
  起始 低
  低 → 高 当 二高
  高 → 低 当 非 二高
规则 家庭 一时 : 元/月
  当 一 = 高 为 进入时(一.高, 额)
  否则 为 0
规则 家庭 二时 : 元/月
  当 二 = 高 为 进入时(家庭.二.高, 额)
  否则 为 0
"""


def test_two_statuses_with_the_same_states_keep_their_entries_apart() -> None:
    policy = policy_of(TWO)
    first = policy.decide({"家庭": {"一高": True, "二高": False, "额": 100}}, on="2022-01")
    second = policy.decide({"家庭": {"一高": True, "二高": True, "额": 200}}, on="2022-02", previous=first)
    assert (second["家庭.一时"], second["家庭.二时"]) == (100, 200)
    before = {"一": "高", "二": "高", "进入时": {"一.高, 额": 7, "二.高, 额": 8}}
    facts = {"家庭": {"一高": True, "二高": True, "额": 300, "上月": before}}
    third = policy.decide(facts, on="2022-03")
    assert (third["家庭.一时"], third["家庭.二时"]) == (7, 8)


def test_a_stay_without_a_beginning_is_explained() -> None:
    """What has no value is no step of an explanation."""
    decision = decided(policy_of(ENTERED), {"家庭": {"高": False, "标准": 300}}, "2022-01")
    for lang in ("zh", "en"):
        assert "R0120" in decision.explain("记下").text(lang)
        assert decision.explain().html(lang)


def test_a_status_with_a_slip_hides_its_states_only() -> None:
    """What asks for a state of a status that cannot be read says nothing of its own."""
    text = f"""{HEAD}阶段 家庭 状态
  起始 在保
  在保 → 渐退 当 数 > 3 且 岁数 > 1 或 数 > 5
  渐退 → 在保 当 数 ≤ 3
规则 家庭 久 : 是否
  为 持续(渐退) ≥ 2
"""
    assert codes(text) == ["P0102"]
    assert codes(text.replace("持续(渐退)", "持续(停发)")) == ["P0102", "P1014"]


def test_a_fact_at_fault_beside_what_is_carried_is_a_message() -> None:
    """A rule that reads a fact which could not be built, in a policy that carries amounts from month to month."""
    text = (
        "对象 家庭 : 户\n  收入 : 元/月, 0..100\n  比 : %, -100..1000\n"
        "规则 家庭 高 : %\n  为 比\n规则 家庭 涨了 : 是否\n  为 收入 > 上月(收入, 默认 0)\n"
    )
    assert codes(text) == ["P0215"]
