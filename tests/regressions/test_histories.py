"""Slips in reading histories, each found by the generated histories of tests/property."""

from __future__ import annotations

import pytest

from .deciding import policy_of

POLICY = """对象 家庭 : 户
  收入 : 元/月, 0..1000
规则 家庭 贫困 : 是否
  为 收入 < 400
"""


def test_a_month_as_the_end_lasts_to_its_last_day() -> None:
    """自 15 March 至 March is no date out of order: it ends with March, before the first month in which it would count."""
    history = {
        "家庭": {
            "收入": [
                {"自": "2022-01", "为": 300},
                {"自": "2022-03-15", "至": "2022-03", "为": 500},
                {"自": "2022-05", "为": 500},
            ]
        }
    }
    made = policy_of(POLICY).timeline(history, start="2022-01", end="2022-05")
    assert [m.decision["家庭.贫困"] for m in made] == [True, True, True, None, False]


def test_a_late_correction_of_some_months_leaves_the_next_value_alone() -> None:
    """What ends with 至 leaves the months after it to the value that begins there, though that one was known before."""
    right = {"自": "2022-01", "为": 300}
    wrong = {"自": "2022-01", "至": "2022-02", "为": 500, "获知": "2022-04-10"}
    after = {"自": "2022-03", "为": 300}
    household = {"家庭": {"收入": [right, wrong, after]}}
    made = policy_of(POLICY).timeline(household, start="2022-01", end="2022-05")
    assert [m.decision["家庭.贫困"] for m in made] == [False, False, True, True, True]
    # where nothing begins after it, what holds then is not known
    made = policy_of(POLICY).timeline({"家庭": {"收入": [right, wrong]}}, start="2022-01", end="2022-05")
    assert [m.decision["家庭.贫困"] for m in made] == [False, False, None, None, None]


def test_presence_corrected_for_some_months_goes_on_as_it_does() -> None:
    text = "对象 个人 : 人\n  姓名 : 文本\n对象 家庭 : 户\n  成员 : 若干 个人, 1..9\n规则 家庭 人口 : 人\n  为 人数(成员)\n"
    rows = [{"自": "2022-01", "为": True}, {"自": "2022-02", "至": "2022-02", "为": False, "获知": "2022-04-10"}, {"自": "2022-03", "为": True}]  # fmt: skip
    people = [{"姓名": "甲"}, {"姓名": "乙", "在列": rows}]
    made = policy_of(text).timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-04")
    assert [m.decision["家庭.人口"] for m in made] == [2, 1, 2, 2]


@pytest.mark.parametrize("paid", [100, "100", "100 元", "100元/月", "100 yuan/month", "10000 分"])
def test_a_ledger_of_a_monthly_benefit_is_in_money_too(paid: object) -> None:
    text = "对象 家庭 : 户\n  收入 : 元/月, 0..1000\n给付 家庭 补 : 元/月\n  为 300\n"
    facts = {"家庭": {"收入": 0, "已发": {"补": [{"自": "2022-01", "至": "2022-01", "为": paid}]}}}
    (row,) = policy_of(text).timeline(facts, start="2022-01", end="2022-03").arrears
    assert (row.paid, row.due, row.settled) == (100, 300, "2022-02")
