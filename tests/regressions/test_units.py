"""Units and grids of given facts that were once read wrongly."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from policy_dsl import PolicyError
from policy_dsl.model.types import shown

from .deciding import decided, policy_of


def test_a_percentage_may_have_decimals() -> None:
    """A fact in % is read to 0.0001 %, not to whole percent."""
    policy = policy_of("对象 家庭\n  涨幅 : %, 0%..100%\n规则 家庭 高 : 是否\n  为 涨幅 ≥ 3.5%\n")
    for given in (Decimal("3.5"), "3.5%", "3.5"):
        assert decided(policy, {"家庭": {"涨幅": given}}, "2022-01")["家庭.高"] is True
    assert decided(policy, {"家庭": {"涨幅": "3.4999%"}}, "2022-01")["家庭.高"] is False


@pytest.mark.parametrize("unit", ["户/年", "日/月", "人/月", "次/年"])
def test_rates_are_not_counts(unit: str) -> None:
    """Persons, households and days are whole; how many of them a month is not."""
    policy = policy_of(f"对象 家庭\n  每 : {unit}\n规则 家庭 乙 : {unit}\n  为 每\n")
    assert decided(policy, {"家庭": {"每": "1.5"}}, "2022-01")["家庭.乙"] == Decimal("1.5")


def test_a_unit_that_cancels_itself_is_none() -> None:
    """5 分/分 is refused: it is neither 5 元 nor a plain 5."""
    with pytest.raises(PolicyError):
        policy_of("参数 标准 : 元\n  自 2022-01-01 为 5 分/分\n")


@pytest.mark.parametrize("type_", ["月", "岁", "人", "户", "元/月"])
def test_a_percentage_takes_no_unit_from_its_context(type_: str) -> None:
    """50% where months or persons are wanted is an error, not half a month."""
    with pytest.raises(PolicyError) as error:
        policy_of(f"对象 家庭\n  甲 : {type_}\n规则 家庭 乙 : 是否\n  为 甲 > 50%\n")
    assert [d.code for d in error.value.diagnostics] == ["P0204"]
    with pytest.raises(PolicyError):
        policy_of(f"参数 标准 : {type_}\n  自 2022-01-01 为 5 角/元\n")


@pytest.mark.parametrize("unit", ["元/次", "元/床", "元/日", "元/床/月", "元/户/次", "亩/床"])
@pytest.mark.parametrize("written", ["2 {}", "2"])
def test_a_written_amount_takes_whatever_it_lacks_below_the_line(unit: str, written: str) -> None:
    """`2 万元` beside 元/次 is per time, as it is per person beside 元/人; a bare number was read so already."""
    above = unit.partition("/")[0]
    policy = policy_of(
        f"类型 床 = 单位\n类型 亩 = 单位\n对象 机构\n  甲 : {unit}, 0..9\n参数 线 : {unit}\n"
        f"  自 2022-01-01 为 {written.format(above)}\n规则 机构 乙 : {unit}\n  为 最小(四舍五入(甲, 1 {above}), 线, 3 {above})\n"
    )
    assert decided(policy, {"机构": {"甲": 5}}, "2022-01")["机构.乙"] == 2


def test_a_price_is_no_price_of_something_else() -> None:
    """What stands below the line is completed, never changed."""
    with pytest.raises(PolicyError) as error:
        policy_of("类型 床 = 单位\n参数 线 : 元/次\n  自 2022-01-01 为 2 元/床\n")
    assert [d.code for d in error.value.diagnostics] == ["P0204"]


@pytest.mark.parametrize("name", ["人口", "床位"])
def test_a_number_with_a_unit_is_divided_by_a_name(name: str) -> None:
    """Division keeps its grouping: `x / 300 元/人口` is x ÷ 300 元 ÷ 人口, and parentheses hold."""
    policy = policy_of(
        f"对象 机构\n  {name} : 整数, 1..99\n"
        f"规则 机构 甲 : 数\n  为 600 元 / 300 元/{name}\n规则 机构 乙 : 数\n  为 600 元 / (300 元/{name})\n"
        f"规则 机构 丙 : 元\n  为 -30 元 / {name} / {name} * 100\n规则 机构 丁 : 元\n  为 (30 元\n    / {name})\n"
    )
    decision = decided(policy, {"机构": {name: 10}}, "2022-01")
    assert [decision[f"机构.{x}"] for x in "甲乙丙丁"] == [Decimal("0.2"), 20, -30, 3]


@pytest.mark.parametrize(
    ("value", "text"),
    [("6/11", "0.55"), ("5/11", "0.45"), ("1/200", "0.01"), ("-1/200", "-0.01"), ("-6/11", "-0.55"), ("0", "0.00")],
)
def test_what_is_shown_is_rounded_at_the_half(value: str, text: str) -> None:
    """A fraction without an end is shown with two decimals, halves away from zero."""
    assert shown(Fraction(value)) == text


@pytest.mark.parametrize("slash", ["/", "／", "÷", " / ", " ／ ", "\u3000÷\u3000"])
def test_a_slash_in_given_facts_is_one_sign(slash: str) -> None:
    """As it is behind a number in a policy: facts are typed with full-width signs, too."""
    policy = policy_of(
        "类型 床 = 单位\n对象 家庭\n  甲 : 元/床/月\n规则 家庭 乙 : 元/床/月\n  为 甲\n参数 丙 : 元/床\n  为 1\n"
    )
    given = f"0.03万元{slash}床{slash}月"
    assert decided(policy, {"家庭": {"甲": given}}, "2022-01")["家庭.乙"] == 300
    changed = policy.with_parameters({"丙": {"2022-01-01": f"7 元{slash}床"}})
    assert changed.digest != policy.digest
