"""Facts that were once read wrongly."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from policy_dsl import PolicyError
from policy_dsl.facts import files

from .deciding import decided, policy_of


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


def test_a_birth_that_is_an_entitys_first_fact() -> None:
    """Whoever is not yet born is left out wherever the birth stands: decided from facts as given or as read, and month by month."""
    policy = policy_of(
        "对象 个人 : 人\n  出生日期 : 日期, 不变, 出生\n  收入 : 元/月, 0..1000\n"
        "对象 家庭 : 户\n  成员 : 若干 个人, 1..9\n"
        "规则 家庭 人口 : 人\n  为 人数(成员)\n规则 家庭 总收入 : 元/月\n  为 合计(成员.收入)\n"
    )
    old, new = {"出生日期": "1990-03-01", "收入": 300}, {"出生日期": "2022-06-15", "收入": 50}
    for day, count, income in (("2022-06", 1, 300), ("2022-07", 2, 350)):
        d = decided(policy, {"家庭": {"成员": [new, old]}}, day)
        assert (d["家庭.人口"], d["家庭.总收入"]) == (count, income)
        assert [f.code for f in d.findings] == ["F0218"] * (2 - count)
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"成员": [new]}}, on="2022-06")
    assert [d.code for d in error.value.diagnostics] == ["F0111"]
    months = policy.timeline({"家庭": {"成员": [new, old]}}, start="2022-06", end="2022-07").to_json()["months"]
    assert [m["outputs"]["家庭.人口"]["value"] for m in months] == ["1", "2"]


def test_a_birth_with_a_default_counts_as_given() -> None:
    """The default stands for a birth that is left out, and for no other."""
    policy = policy_of(
        "对象 个人 : 人\n  出生日期 : 日期, 不变, 出生, 默认 2000-01-01\n"
        "对象 家庭 : 户\n  成员 : 若干 个人, 1..9\n规则 家庭 人口 : 人\n  为 人数(成员)\n"
    )
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"成员": [{"出生日期": "2022-06-15"}]}}, on="2022-06")
    assert [d.code for d in error.value.diagnostics] == ["F0111"]
    assert decided(policy, {"家庭": {"成员": [{"出生日期": "2022-06-15"}, {}]}}, "2022-06")["家庭.人口"] == 1


@pytest.mark.parametrize("read", [files.json, files.yaml])
def test_a_number_is_read_up_to_forty_digits(read: Callable[[str, str], Any]) -> None:
    """A file's longest number has forty digits; whether a fact may have so many is asked later."""
    assert read('{"甲": ' + "1" * 40 + "}", "a") == {"甲": int("1" * 40)}
    with pytest.raises(PolicyError) as error:
        read('{"甲": ' + "1" * 41 + "}", "a")
    assert [d.code for d in error.value.diagnostics] == ["F0114"]


def test_a_step_without_an_end_is_told_as_a_fraction() -> None:
    """What a month before may have is told also where its decimals do not end; nothing was told there."""
    policy = policy_of(
        "对象 家庭\n  甲 : 元/季, 0..9999\n规则 家庭 补 : 元/季\n  为 甲 / 3\n规则 家庭 前 : 元/季\n  为 上月(补, 默认 0)\n"
    )
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"甲": 1, "上月": {"补": "1/700"}}}, on="2022-02")
    assert [(d.code, d.zh) for d in error.value.diagnostics] == [("F0107", "1/700 比 1/300 元/季 更细")]
