"""Where compiled functions once gave something else than the interpreter."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from policy_dsl import PolicyError

from .deciding import decided, deferred, policy_of

HOUSEHOLD = """
对象 个人
  额 : 数
  基数 : 数
对象 家庭
  甲、乙、丙 : 数
  成员 : 若干 个人, 0..5
"""


def household(甲: Any = 1, 乙: Any = 1, 丙: Any = 1, members: tuple[dict[str, Any], ...] = ()) -> dict[str, Any]:  # noqa: N803
    return {"家庭": {"甲": 甲, "乙": 乙, "丙": 丙, "成员": list(members)}}


def test_a_quotient_of_a_quotient_keeps_its_sign() -> None:
    """Two divisions that name the same fact do not share the local that holds its size without sign."""
    policy = policy_of(HOUSEHOLD + "规则 家庭 商 : 数\n  为 (甲 * 2) / (乙 / 甲)\n")
    assert decided(policy, household(-2, 3), "2022-01")["家庭.商"] == Fraction(8, 3)
    assert decided(policy, household(-2, -3), "2022-01")["家庭.商"] == Fraction(-8, 3)


@pytest.mark.parametrize("type_", ["数", "大小", "日期", "是否"])
def test_membership_is_known_by_the_option_that_matches(type_: str) -> None:
    """One option that matches decides though another is unknown; the unknown does not match itself."""
    policy = policy_of(
        f"类型 大小 = 小 < 大\n对象 家庭\n  甲、乙 : {type_}\n规则 家庭 在 : 是否\n  为 甲 属于 (甲, 乙)\n"
    )
    given = {"数": 1, "大小": "大", "日期": "2022-01-01", "是否": True}[type_]
    assert decided(policy, {"家庭": {"甲": given, "乙": given}}, "2022-01")["家庭.在"] is True
    assert decided(policy, {"家庭": {"甲": given}}, "2022-01")["家庭.在"] is True
    assert decided(policy, {"家庭": {}}, "2022-01").undetermined[0].needs == ("家庭.甲", "家庭.乙")


def test_the_default_of_an_aggregate_belongs_to_the_rule() -> None:
    """A default that is a formula is read at the rule's entry, not at the entry that holds the list."""
    policy = policy_of("""
对象 个人
  额、基数 : 数
对象 家庭
  基数 : 数
  成员 : 若干 个人, 0..5
规则 个人 少 : 数
  为 最小(家庭.成员.额 当 家庭.成员.额 > 100, 默认 基数)
规则 个人 均 : 数
  为 平均(家庭.成员.额 当 家庭.成员.额 > 100, 默认 基数 / 额)
""")
    facts = {"家庭": {"基数": 7, "成员": [{"额": 1, "基数": 2}, {"额": 3, "基数": 4}]}}
    d = decided(policy, facts, "2022-01")
    assert [d["家庭.成员[0].少"], d["家庭.成员[1].少"]] == [2, 4]
    assert d["家庭.成员[1].均"] == Fraction(4, 3)
    assert not deferred(policy, facts, "2022-01")


def test_a_default_may_read_a_rule_that_comes_later() -> None:
    """The default waits for what it reads, also where the aggregate itself could be closed before."""
    policy = policy_of(
        HOUSEHOLD
        + """
规则 家庭 早 : 数
  为 合计(成员.额)
规则 家庭 最多 : 数
  为 最大(成员.额, 默认 早 + 合计(成员.基数) + 5)
"""
    )
    assert decided(policy, household(), "2022-01")["家庭.最多"] == 5
    assert not deferred(policy, household(), "2022-01")


def test_an_empty_list_matters_only_where_it_is_used() -> None:
    """最大 over an empty list fails the line that reads it, not the one that guards against it."""
    policy = policy_of(
        HOUSEHOLD
        + """
规则 家庭 最多 : 数
  当 个数(成员) > 0 为 最大(成员.额)
  否则 为 0
"""
    )
    assert decided(policy, household(), "2022-01")["家庭.最多"] == 0
    assert not deferred(policy, household(), "2022-01")


def test_facts_may_begin_below_what_a_rule_reads() -> None:
    """A list or fact above the entry with which the facts begin is unknown, in every kind of formula."""
    policy = policy_of("""
对象 个人
  重病 : 是否
  生日 : 日期
对象 家庭
  成员 : 若干 个人
规则 个人 有人病 : 是否
  为 任一(家庭.成员.重病)
规则 个人 最早 : 日期
  为 最小(家庭.成员.生日)
""")
    d = decided(policy, {"个人": {"重病": True, "生日": "2000-01-01"}}, "2022-01")
    assert [o.output for o in d.undetermined] == ["个人.有人病", "个人.最早"]


@pytest.mark.parametrize(("mode", "code"), [("就低", "R0104"), ("合计", "R0104")])
def test_every_line_of_a_joined_body_can_make_a_benefit_negative(mode: str, code: str) -> None:
    """That the first line cannot be negative says nothing of the others."""
    policy = policy_of(f"""
对象 家庭
  甲 : 元, -100..100
给付 家庭 金额 : 元
  {mode}
  当 甲 < 50 为 5
  当 甲 < 20 为 甲
  否则 为 0
""")
    d = decided(policy, {"家庭": {"甲": -30}}, "2022-01")
    assert [e.code for e in d.errors] == [code]
    assert decided(policy, {"家庭": {"甲": 60}}, "2022-01")["家庭.金额"] == 0


def test_an_unknown_in_any_line_of_a_joined_body_is_undetermined() -> None:
    """A line that passes an unknown fact on leaves the rule open, whatever the first line is."""
    policy = policy_of(
        HOUSEHOLD
        + """
规则 家庭 一 : 数
  为 1
规则 家庭 高 : 数
  就高
  当 甲 < 0 为 一
  当 甲 > 0 为 乙
  否则 为 0
"""
    )
    d = decided(policy, household(乙=None), "2022-01")
    assert d["家庭.高"] is None
    assert d.undetermined[0].needs == ("家庭.乙",)


def test_a_joined_body_whose_lines_are_dated() -> None:
    """Before its 否则 is in force a joined body has a gap; where it has nothing but 否则, that is the value."""
    policy = policy_of(
        HOUSEHOLD
        + """
规则 家庭 高 : 数
  就高
  自 2021-01-01
    当 甲 > 5 为 6
  自 2022-01-01
    否则 为 2
规则 家庭 和 : 数
  合计
  否则 为 3
  自 2022-01-01
    当 甲 > 5 为 4
"""
    )
    assert [e.code for e in decided(policy, household(1), "2021-06").errors] == ["R0101"]
    assert decided(policy, household(9), "2021-06")["家庭.高"] == 6
    assert decided(policy, household(1), "2022-06")["家庭.高"] == 2
    assert decided(policy, household(9), "2021-06")["家庭.和"] == 3
    assert decided(policy, household(9), "2022-06")["家庭.和"] == 4


def test_rows_that_agree_on_one_date_may_conflict_on_another() -> None:
    """Epochs share a function; what it left untested for equal amounts would hold for others too."""
    text = (
        HOUSEHOLD
        + """
规则 家庭 档 : 元
  | 甲  | 自 2021-01-01 | 自 2022-01-01 |
  | ≥ 1 | 100           | 100           |
  | ≤ 5 | 100           | 120           |
"""
    )
    for first, second in (("2021-06", "2022-06"), ("2022-06", "2021-06")):
        policy = policy_of(text)
        for on in (first, second):
            d = decided(policy, household(3), on)
            assert [e.code for e in d.errors] == (["R0102"] if on == "2022-06" else [])
    assert not deferred(policy, household(3), "2021-06")


def test_a_rule_that_passes_on_one_not_in_force() -> None:
    """The error names the rule and the day, through every rule that only hands it on."""
    policy = policy_of(
        HOUSEHOLD
        + """
规则 家庭 先 : 数
  自 2022-01-01 为 甲
规则 家庭 后 : 数
  为 先
"""
    )
    d = decided(policy, household(), "2021-06-15")
    assert [(e.path, e.code, e.zh) for e in d.errors] == [("家庭.后", "R0105", "先 在 2021-06-15 没有规定")]


def test_parameters_before_the_first_change() -> None:
    """A computed parameter is exact on the days before anything changes, too."""
    policy = policy_of(
        HOUSEHOLD
        + """
参数 分母 : 数
  为 7
  自 2022-01-01 为 5
参数 每份 : 数
  为 100 / 分母
规则 家庭 份 : 数
  为 每份
"""
    )
    assert decided(policy, household(), "2021-06")["家庭.份"] == Fraction(100, 7)
    assert decided(policy, household(), "2022-06")["家庭.份"] == 20


def test_an_error_in_a_parameter_names_the_day_decided_for() -> None:
    """Not the day on which its epoch happened to be computed first."""
    policy = policy_of(
        HOUSEHOLD
        + """
参数 标准 : 数
  自 2022-01-01 为 5
参数 双倍 : 数
  为 2 * 标准
规则 家庭 金额 : 数
  为 双倍
"""
    )
    for on in ("2020-01-01", "2021-06-01"):
        assert [e.zh for e in decided(policy, household(), on).errors] == [f"标准 在 {on} 没有规定"]


@pytest.mark.parametrize(
    "value", [Decimal("1E+1000000000"), Decimal("3." + "0" * 40), Decimal("1E-1000000000"), 10**16]
)
def test_the_fast_reader_refuses_what_the_careful_one_refuses(value: object) -> None:
    """Numbers of more digits than are read, or larger than any range, whatever range is written; and at once."""
    policy = policy_of("对象 家庭\n  甲 : 数, 0..100000000000000000\n规则 家庭 乙 : 数\n  为 甲\n")
    with pytest.raises(PolicyError):
        policy.decide({"家庭": {"甲": value}}, on="2022-01")


@pytest.mark.parametrize("type_", ["日", "月"])
def test_a_date_moved_by_an_unknown_number(type_: str) -> None:
    """The date waits for the number of days or months."""
    policy = policy_of(f"对象 家庭\n  起 : 日期\n  数目 : {type_}\n规则 家庭 止 : 日期\n  为 起 + 数目\n")
    d = decided(policy, {"家庭": {"起": "2022-01-31"}}, "2022-01")
    assert d.undetermined[0].needs == ("家庭.数目",)


@pytest.mark.parametrize("function", ["任一", "全部", "个数"])
def test_months_before_the_first_have_their_default_in_the_compiled_function(function: str) -> None:
    """With a written default it decides the first months itself; without one they are an error, which is the interpreter's."""
    type_ = "整数" if function == "个数" else "是否"
    head = f"对象 家庭\n  外出 : 是否\n规则 家庭 乙 : {type_}\n"
    for given in (True, False):
        facts = {"家庭": {"外出": given}}
        assert not deferred(policy_of(f"{head}  为 {function}(近(2 个月, 外出, 默认 否))\n"), facts, "2022-01")
        without = policy_of(f"{head}  为 {function}(近(2 个月, 外出))\n")
        assert [e.code for e in decided(without, facts, "2022-01").errors] == ["R0120"]


@pytest.mark.parametrize(("joined", "settles"), [("且", False), ("或", True)])
def test_what_a_part_needs_is_worked_out_only_where_it_is_asked(joined: str, settles: bool) -> None:
    """A division, a part of a day: the parts before them settle the condition, so that they send no case to the interpreter."""
    policy = policy_of(
        "对象 家庭\n  有房 : 是否\n  收入、口数 : 数, 0..9\n"
        f"规则 家庭 甲 : 是否\n  为 有房 {joined} 收入 / 口数 < 5 {joined} 收入 > 2\n"
        f"规则 家庭 乙 : 是否\n  为 有房 {joined} 2022-01-01 + 口数 * 1.5 工作日 > 2022-01-03 {joined} 收入 > 2\n"
    )
    for heads in (0, 1):
        d = policy.decide({"家庭": {"有房": settles, "收入": 5, "口数": heads}}, on="2022-01")
        assert (d.compiled_alone, d["家庭.甲"], d["家庭.乙"]) == (True, settles, settles)
    other = policy.decide({"家庭": {"有房": not settles, "收入": 5, "口数": 2}}, on="2022-01")
    assert (other.compiled_alone, other["家庭.甲"], other["家庭.乙"]) == (True, True, True)
