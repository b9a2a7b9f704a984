"""Messages about units: what was told did not fit, or nothing was told of what was silently wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from policy_dsl import PolicyError
from policy_dsl.diagnostics.report import Diagnostic, Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .deciding import policy_of


def told(text: str) -> list[Diagnostic]:
    """What `check` says of a policy that compiles, but for its notes."""
    report = Report()
    file = PolicyFile(Path("a.policy"), "a.policy", "政策 甲\n" + text, "甲", "", 1)
    assert compile_layers([LayerFiles("甲", (file,))], report) is not None, report.items
    return [d for d in report.items if d.severity != "note"]


HOME = (
    "对象 个人 : 人\n  收入 : 元/月, 0..100000\n对象 家庭 : 户\n  存款 : 元, 0..1000000\n  次数 : 整数, 0..9\n  成员 : 若干 个人, 1..20\n"
    "参数 年标准 : 元/人/年\n  自 2021-01-01 为 5268\n  自 2022-01-01 为 6000\n参数 月标准 : 元/人/月\n  自 2022-01-01 为 500\n"
)


@pytest.mark.parametrize(
    ("written", "instead", "amount"),
    [
        ("年标准 / 12", "年标准", "6000.00 元/人/年 就是 500.00 元/人/月"),
        ("年标准 * 人数(成员) / 12", "年标准 * 人数(成员)", ""),
        ("年标准 * (1 / 12)", "年标准", "500.00 元/人/月"),
        ("1 / 12 * 年标准", "年标准", "500.00 元/人/月"),
        ("月标准 * 12", "月标准", "500.00 元/人/月 就是 6000.00 元/人/年"),
        ("12 * 合计(成员.收入)", "合计(成员.收入)", ""),
        ("600 元/人/年 / 12", "600 元/人/年", ""),
    ],
)
def test_a_period_converted_twice_is_told_with_the_right_amount(written: str, instead: str, amount: str) -> None:
    """标准 / 12 stays an amount a year, a twelfth of it; read by the month it is divided twice."""
    unit = "元/月" if "成员" in written else "元/人/月"
    (found,) = told(f"{HOME}规则 家庭 甲 : {unit}\n  为 {written}\n")
    assert (found.code, found.severity) == ("P0311", "warning")
    assert f"写 {instead}" in found.help_zh
    assert amount in found.help_zh
    assert not told(f"{HOME}规则 家庭 甲 : {unit}\n  为 {instead}\n")


@pytest.mark.parametrize(
    "written",
    [
        "年标准 / 4",
        "月标准 * 3",
        "年标准 / 12 个月 * 1 年",
        "月标准 * 12 个月 / 1 年",
        "年标准 * 12",
        "月标准 / 12",
        "12 / 次数 * 月标准",
    ],
)
def test_other_factors_beside_a_period_are_none_of_it(written: str) -> None:
    assert not told(f"{HOME}规则 家庭 甲 : 元/人/月\n  为 {written}\n")


def test_what_is_lowered_is_not_taken_for_a_period_converted_twice() -> None:
    """A benefit in parts divides by twelve itself."""
    assert not told("对象 家庭 : 户\n  数 : 整数, 0..9\n给付 家庭 补 : 元/年 按月发\n  为 1200\n")


CEILING = "参数 上限 : 元\n  自 2022-01-01 为 30000\n"
COMPARED = "规则 家庭 合规 : 是否\n  为 存款 不超过 上限\n"


@pytest.mark.parametrize(
    ("layers", "fix"),
    [
        ([HOME + CEILING + COMPARED], "参数「上限」的类型写成 元/户"),
        ([HOME + CEILING + COMPARED + "规则 家庭 少 : 是否\n  为 存款 > 上限\n"], "参数「上限」的类型写成 元/户"),
        (
            [HOME + CEILING + COMPARED + "规则 个人 多 : 是否\n  为 收入 * 12 个月 > 上限 / 1 人\n"],
            "写成 存款 不超过 上限 / 1 户",
        ),
        ([HOME + CEILING, COMPARED], "写成 存款 不超过 上限 / 1 户"),
        ([HOME + CEILING.replace("30000", "30000 元/人") + COMPARED], ""),
    ],
)
def test_a_parameters_type_is_told_only_where_that_mends_all(layers: list[str], fix: str) -> None:
    """Not where another layer declares it, nor where something else reads it as it is; never beside a mistake of its own."""
    with pytest.raises(PolicyError) as error:
        policy_of(*layers)
    for found in error.value.diagnostics:
        assert found.code == "P0204"
        assert found.help_zh.endswith(f"：{fix}") if fix else "类型写成" not in found.help_zh


def test_each_side_is_told_with_where_it_comes_from() -> None:
    with pytest.raises(PolicyError) as error:
        policy_of(HOME + CEILING + COMPARED)
    (found,) = error.value.diagnostics
    assert [(x.place.written, x.zh) for x in found.labels] == [
        ("存款 : 元,", "「存款」是 元/户"),
        ("对象 家庭 : 户", "「家庭」算一户：里面写 元，就是每户的"),
        ("参数 上限 : 元", "「上限」是 元"),
    ]


def test_the_largest_of_several_is_one_persons() -> None:
    """It is not multiplied by the head count, in whatever formula it stands; an average is."""
    for formula, fix in (
        ("最大(成员.收入)", "最大(成员.收入) * 1 人/户"),
        ("四舍五入(最大(成员.收入) * 2, 1 元)", "四舍五入(最大(成员.收入) * 1 人/户 * 2, 1 元)"),
        ("最小(成员.收入) + 100 元/户/月", "最小(成员.收入) * 1 人/户 + 100 元/户/月"),
        ("平均(成员.收入)", "平均(成员.收入) * 人数(成员)"),
    ):
        with pytest.raises(PolicyError) as error:
            policy_of(f"{HOME}规则 家庭 甲 : 元/月\n  为 {formula}\n")
        (found,) = error.value.diagnostics
        assert found.help_zh.endswith(f"写成 {fix}")
