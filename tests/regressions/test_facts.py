"""Facts that were once read wrongly."""

from __future__ import annotations

import pytest

from policy_dsl import PolicyError

from .deciding import policy_of


def test_a_misspelt_fact_beside_one_that_is_asked_only_sometimes() -> None:
    """A wrong name is an error, also where a fact that may be left out makes the number of names right."""
    policy = policy_of("对象 家庭\n  甲 : 是否\n  乙 : 数, 当 甲\n规则 家庭 丙 : 是否\n  为 甲\n")
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"甲": True, "已": 5}}, on="2022-01")
    assert [d.code for d in error.value.diagnostics] == ["F0104"]
    assert policy.decide({"家庭": {"甲": True}}, on="2022-01")["家庭.丙"] is True


def test_a_step_without_an_end_is_told_as_a_fraction() -> None:
    """What a month before may have is told also where its decimals do not end; nothing was told there."""
    policy = policy_of(
        "对象 家庭\n  甲 : 元/季, 0..9999\n规则 家庭 补 : 元/季\n  为 甲 / 3\n规则 家庭 前 : 元/季\n  为 上月(补, 默认 0)\n"
    )
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"甲": 1, "上月": {"补": "1/700"}}}, on="2022-02")
    assert [(d.code, d.zh) for d in error.value.diagnostics] == [("F0107", "1/700 比 1/300 元/季 更细")]
