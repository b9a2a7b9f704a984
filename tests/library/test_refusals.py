"""What the library cannot decide is said in words, never by zero."""

from __future__ import annotations

from typing import Any

import pytest

import policy_dsl
from policy_dsl import PolicyError

NO_INCOME = {"工资性收入": 0, "经营净收入": 0, "财产净收入": 0, "转移性收入": 0}
DISABLED = {**NO_INCOME, "出生日期": "1980-01-01", "残疾类别": "肢体", "残疾等级": "一级", "领取工伤护理费": False}
NOTHING_FOUND = {"存款": 0, "车辆机械价值": 0, "商品房": False, "工商登记": False, "财政供养": False}
QINGSHUI = {"家庭": {"户籍": "农村", "档次": "一类", **NOTHING_FOUND, "成员": [DISABLED]}}
QIANNAN = {"家庭": {"户籍": "农村", "县市": "都匀市", "财产符合规定": True, "成员": [DISABLED]}}


@pytest.mark.parametrize(
    ("place", "facts", "on", "output"),
    [
        ("qingshui", QINGSHUI, "2015-03", "家庭.财产合规"),
        ("shangluo", {"家庭": {"户籍": "农村", "成员": [NO_INCOME]}}, "2010-01", "家庭.低保金"),
    ],
)
def test_a_day_before_the_places_years(place: str, facts: dict[str, Any], on: str, output: str) -> None:
    decision = policy_dsl.load(place).decide(facts, on=on)
    with pytest.raises(PolicyError, match=r"R0105.*没有规定"):
        decision[output]
    assert any("nothing is in force on" in error.en for error in decision.errors)


def test_what_is_in_error_beside_a_figure_that_is_open_waits_for_it() -> None:
    """Below the standard, the household would have no answer for want of a rule on property; above it, it gets nothing."""
    decision = policy_dsl.load("qingshui").decide(QINGSHUI, on="2015-03")
    (waits,) = (x for x in decision.undetermined if x.output == "家庭.低保金")
    assert waits.parameters == ("低保标准",)


def test_a_scheme_that_the_place_does_not_have_yet() -> None:
    """The disability subsidies began in 2016."""
    decision = policy_dsl.load("qiannan").decide(QIANNAN, on="2015-06")
    with pytest.raises(KeyError, match="2016-01-01 起才有"):
        decision["家庭.成员[0].护理补贴"]
    with pytest.raises(PolicyError, match="R0105") as refused:
        decision.explain("护理补贴")
    assert "it is from 2016-01-01 on" in refused.value.diagnostics[0].help_en


def test_a_scheme_whose_figures_the_place_has_not_set() -> None:
    decision = policy_dsl.load("qiannan").decide(QIANNAN, on="2016-06")
    assert decision["家庭.成员[0].护理补贴"] is None
    assert "护理补贴标准" in decision.explain("家庭.成员[0].护理补贴").text()


def test_a_fact_that_the_nation_needs_and_nobody_asked() -> None:
    """A county that may not ask for savings gets no answer that rests on them."""
    without = {"家庭": {k: v for k, v in QINGSHUI["家庭"].items() if k != "存款"}}
    decision = policy_dsl.load("qingshui").decide(without, on="2022-05")
    assert decision["家庭.低保金"] is None
    assert "存款" in decision.explain("家庭.低保金").text()
