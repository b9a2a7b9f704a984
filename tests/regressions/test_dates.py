"""What is in force on a day: where it was once told wrongly."""

from __future__ import annotations

import pytest

from policy_dsl import PolicyError

from .deciding import decided, policy_of

HOUSEHOLD = "对象 家庭\n  甲 : 数\n"


@pytest.mark.parametrize(
    "parameter",
    [
        "参数 标准 : 数\n  自 2015-01-01 为 495\n  自 2020-01-01 目标 728\n",
        "参数 标准 : 数\n  自 2015-01-01 为 495\n  自 2020-01-01\n    为 目标 728\n",
    ],
)
def test_a_target_ends_nothing(parameter: str) -> None:
    """A 目标 is never in force: the value before it stays."""
    policy = policy_of(HOUSEHOLD + parameter + "规则 家庭 乙 : 数\n  为 标准\n")
    for on in ("2016-01", "2020-02"):
        assert decided(policy, {"家庭": {}}, on)["家庭.乙"] == 495


def test_a_target_in_a_table_ends_nothing() -> None:
    """In a row whose later column holds a 目标 the earlier column's value stays; the other rows change."""
    policy = policy_of(
        HOUSEHOLD + "类型 地区 = 城市 | 农村\n参数 标准(地区) : 数\n  | 地区 | 自 2015-01-01 | 自 2020-01-01 |\n"
        "  | 城市 | 495 | 目标 728 |\n  | 农村 | 215 | 220 |\n"
        "规则 家庭 乙 : 数\n  为 标准(城市)\n规则 家庭 丙 : 数\n  为 标准(农村)\n"
    )
    d = decided(policy, {"家庭": {}}, "2020-02")
    assert (d["家庭.乙"], d["家庭.丙"]) == (495, 220)


@pytest.mark.parametrize(
    "declaration",
    [
        "参数 标准 : 数\n  自 2021-01 公布 {0} 为 {1}\n  自 2021-01 公布 {2} 为 {3}\n  自 2022-01 为 3\n规则 家庭 乙 : 数\n  为 标准\n",
        "规则 家庭 乙 : 数\n  自 2021-01 公布 {0} 为 {1}\n  自 2021-01 公布 {2} 为 {3}\n  自 2022-01 为 3\n",
        "规则 家庭 乙 : 数\n  | 甲 | 自 2021-01 公布 {0} | 自 2021-01 公布 {2} | 自 2022-01 |\n  | > 0 | {1} | {3} | 3 |\n  | 否则 | 0 | 0 | 0 |\n",
        "规则 家庭 乙 : 数\n  | 甲 | 自 2021-01 公布 {0} | 自 2021-01 公布 {2} | 自 2022-01 |\n  | < 0 | 0 | 0 | 0 |\n  | 否则 | {1} | {3} | 3 |\n",
        "规则 家庭 乙 : 数\n  为 0\n  自 2021-01 公布 {0}\n    例外 子 当 甲 > 0 为 {1}\n  自 2021-01 公布 {2}\n    例外 子 当 甲 > 0 为 {3}\n  自 2022-01\n    例外 子 当 甲 > 0 为 3\n",
    ],
)
@pytest.mark.parametrize("order", [("2021-02-01", 1, "2021-06-01", 2), ("2021-06-01", 2, "2021-02-01", 1)])
def test_of_two_values_from_one_day_the_one_known_last_counts(declaration: str, order: tuple[object, ...]) -> None:
    """In every kind of body, in either order of the text; the next date ends both."""
    policy = policy_of(HOUSEHOLD + declaration.format(*order))
    assert decided(policy, {"家庭": {"甲": 1}}, "2021-03")["家庭.乙"] == 2
    assert decided(policy, {"家庭": {"甲": 1}}, "2022-03")["家庭.乙"] == 3


def test_a_dated_column_begins_no_earlier_than_its_block() -> None:
    """A table in a dated block is in force in the block's time alone."""
    policy = policy_of(
        HOUSEHOLD
        + "规则 家庭 乙 : 数\n  自 2022-01-01\n    | 甲 | 自 2021-01-01 | 自 2022-06-01 |\n    | > 0 | 1 | 2 |\n    | 否则 | 4 | 5 |\n"
    )
    assert [x.output for x in decided(policy, {"家庭": {"甲": 1}}, "2021-03").not_in_force] == ["家庭.乙"]
    assert decided(policy, {"家庭": {"甲": 1}}, "2022-03")["家庭.乙"] == 1
    assert decided(policy, {"家庭": {"甲": 1}}, "2022-07")["家庭.乙"] == 2


def test_a_gap_before_the_first_date() -> None:
    """Undated lines that need a dated block to cover every case leave a gap before it."""
    text = "类型 地区 = 城市 | 农村\n对象 家庭\n  户籍 : 地区\n规则 家庭 乙 : 数\n"
    with pytest.raises(PolicyError) as error:
        policy_of(text + "  当 户籍 = 城市 为 1\n  自 2022-01-01\n    当 户籍 = 农村 为 2\n")
    assert [d.code for d in error.value.diagnostics] == ["P0301"]
    policy_of(text + "  自 2021-01-01\n    当 户籍 = 城市 为 1\n    当 户籍 = 农村 为 2\n")
