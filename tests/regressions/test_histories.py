"""Slips in reading histories, each found by the generated histories of tests/property."""

from __future__ import annotations

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
