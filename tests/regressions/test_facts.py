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


@pytest.mark.parametrize("value", [10**15, -(10**15)])
def test_the_bound_of_a_fact_without_a_range_is_told(value: int) -> None:
    """Without a written range a number ends before 10¹⁵, and the message says so."""
    policy = policy_of("对象 家庭\n  甲 : 数\n规则 家庭 乙 : 数\n  为 甲\n")
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"甲": value}}, on="2022-01")
    (told,) = error.value.diagnostics
    assert told.code == "F0106"
    assert "-1000000000000000" in told.message("zh")
    assert " 1000000000000000" in told.message("zh")
    assert policy.decide({"家庭": {"甲": 10**15 - 1}}, on="2022-01")["家庭.乙"] == 10**15 - 1
