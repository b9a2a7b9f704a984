"""A decision of the years before July 2021 cites the measure of its time where that measure's article is known."""

from __future__ import annotations

import policy_dsl

NO_INCOME = {"工资性收入": 0, "经营净收入": 0, "财产净收入": 0, "转移性收入": 0}
FACTS = {"家庭": {"户籍": "农村", "县市": "都匀市", "财产符合规定": True, "成员": [NO_INCOME]}}


def test_members_and_the_gap_are_those_of_2012() -> None:
    decision = policy_dsl.load("qiannan").decide(FACTS, on="2015-06")
    for output, article in (("家庭.低保金", "第二十七条"), ("家庭.成员[0].计入人口", "第五条")):
        cited = decision.explain(output).text().splitlines()
        assert any("民发〔2012〕220号" in line and article in line for line in cited)


def test_members_and_the_gap_are_those_of_2021() -> None:
    decision = policy_dsl.load("liaoning").decide(
        {"家庭": {"户籍": "城市", "设区市": "沈阳市", "财产符合规定": True, "成员": [NO_INCOME]}}, on="2021-09"
    )
    for output in ("家庭.低保金", "家庭.成员[0].计入人口"):
        assert "民发〔2012〕220号" not in decision.explain(output).text()
