"""An amount is read as the unit that was written, wherever it stands: built-in and declared units are one thing."""

from __future__ import annotations

import re

import pytest

from policy_dsl import PolicyError
from policy_dsl.diagnostics.report import Report
from policy_dsl.examples.run import run
from policy_dsl.source import Source
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.printer.printer import text

from ..regressions.deciding import decided, policy_of

UNITS = [
    "元/人",
    "元/人/月",
    "万元/户",
    "元/次",
    "次",
    "岁",
    "床",
    "元/床",
    "元/床/年",
    "元/年/床",
    "元/床/亩/月",
    "元/人/床",
    "床/人",
    "床/亩",
    "元/「公 里」",
    "「公 里」/年",
]
SLASHES = ["/", " / ", "／", "/ "]

# Every place where an amount may be written; U is the unit, the fact 甲 is 3 U.
EVERYWHERE = """类型 床 = 单位
类型 亩 = 单位
类型 「公 里」 = 单位
对象 机构
  甲 : U, 0 U..900 U
  乙 : U, 0..900, 默认 3 U
  级 : 上 | 下, 默认 下
参数 线 : U
  自 2021-01-01 为 2 U
  自 2022-01-01 为 3 U 公布 2021-12-01
参数 底 : U
  自 2021-01-01 不低于 3 U
参数 档 (级) : U
  | 级 | 自 2021-01-01 | 自 2022-01-01 |
  | 上 | 1 U | 2 U |
  | 下 | 2 U | 3 U |
类型 级 = 上 | 下
规则 机构 直接 : U
  为 3 U
规则 机构 分支 : U
  当 甲 = 3 U 为 3 U
  否则 为 1 U
规则 机构 例外的 : U
  为 1 U
  例外 当 甲 ≥ 3 U 为 3 U
规则 机构 就高的 : U
  就高
  当 甲 > 2 U 为 3 U
  当 甲 > 1 U 为 2 U
  否则 为 1 U
规则 机构 日期里 : U
  自 2021-01-01 为 1 U
  自 2022-01-01
    为 3 U
规则 机构 加减 : U
  为 甲 + 2 U - 1 U * 2
规则 机构 取负 : U
  为 6 U - -(-3 U)
规则 机构 相除 : U
  为 (6 U) / (2 U) * 1 U
规则 机构 连除 : U
  为 6 U / 2 U * 1 U
规则 机构 取大 : U
  为 最大(1 U, 甲, 2 U)
规则 机构 取整 : U
  为 向上取整(2 U, 3 U)
规则 机构 默认的 : U
  为 乙
规则 机构 参数的 : U
  为 最小(线, 档(级), 下限(底), 3 U)
规则 机构 比较 : 是否
  为 2 U < 甲 < 4 U 且 甲 不超过 3 U
规则 机构 属于的 : 是否
  为 甲 属于 (1 U, 2 U, 3 U) 且 甲 属于 [3 U, 4 U) 且 甲 属于 (2 U, 3 U] 且 甲 属于 [3 U, 3 U]
规则 机构 表 : U
  | 甲 | 为 |
  | 1 U | 1 U |
  | 1.1 U..2 U, 2.5 U | 2 U |
  | > 2.5 U 且 < 3 U | 2.5 U |
  | [3 U, 4 U) | 3 U |
  | 4 U 以上 | 4 U |
  | 否则 | — |
保证 甲在界内
  甲 ≥ 0 U 且 甲 < 901 U
案例 三
  于 2022-01
  机构: 甲 = 3 U, 乙 = 3 U
  应为 机构: 直接 = 3 U, 表 = 3 U
"""
NAMES = re.findall(r"规则 机构 (\w+) : U", EVERYWHERE)


def translated(written: str) -> str:
    report = Report()
    tree = parse(Source("a.policy", written), report)
    assert not report.items, report.items
    return text(tree, "en")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("unit", "slash"), [(u, SLASHES[n % len(SLASHES)]) for n, u in enumerate(UNITS)])
def test_what_is_read_is_what_is_written_in_every_place(unit: str, slash: str, lang: str) -> None:
    spelled, close = (
        re.sub(r"(?<=[0-9]) U", between + slash.join(unit.split("/")), EVERYWHERE).replace("U", unit)
        for between in (" ", "")
    )
    assert translated(close) == translated(spelled)
    policy = policy_of(translated(spelled) if lang == "en" else close)
    for given in (3, f"3 {unit}".replace("「", "").replace("」", "")):
        decision = decided(policy, {"机构": {"甲": given}}, "2022-01")
        assert {name: decision[f"机构.{name}"] for name in NAMES} == dict.fromkeys(NAMES, 3)
        assert decision["机构.比较"] is True
        assert decision["机构.属于的"] is True
    assert all(result.passed for result in run(policy))


# 床 is a unit; in each of these ways it is an amount too, of 10.
TWICE = [
    "对象 机构\n  床 : 床, 0..9999, 默认 10 床\n",
    "对象 机构\n  床 : 整数, 0..9999, 默认 10\n",
    "对象 机构\n  床位 : 床, 默认 10 床\n规则 机构 床 : 床\n  为 床位\n",
    "对象 机构\n  床位 : 床, 默认 10 床\n参数 床 : 床\n  自 2021-01-01 为 10\n",
]
# What is written, what it is with 床 as the unit, and what with 300 元 divided by 10.
READINGS = [
    ("300 元/床", "300 (元/床)", 300, 30),
    ("-300 元 / 床", "-300 (元/床)", -300, -30),
    ("2 * 300 元/床", "2 * 300 (元/床)", 600, 60),
    ("300 元/人/床 * 2 人", "300 (元/人/床) * 2 人", 600, 60),
    ("300 元/床/人 * 2 人", "300 (元/床/人) * 2 人", 600, 60),
]


@pytest.mark.parametrize("declared", TWICE)
@pytest.mark.parametrize(("written", "apart", "as_unit", "divided"), READINGS)
def test_each_way_out_of_two_readings_gives_that_reading(
    declared: str, written: str, apart: str, as_unit: int, divided: int
) -> None:
    def value(expression: str, unit: str) -> object:
        made = policy_of(f"类型 床 = 单位\n{declared}规则 机构 甲 : {unit}\n  为 {expression}\n")
        return decided(made, {"机构": {}}, "2022-01")["机构.甲"]

    with pytest.raises(PolicyError) as error:
        value(written, "元/床")
    (found,) = error.value.diagnostics
    assert found.code == "P0230"
    ways = re.fullmatch(r"每床多少写 (.+)；除以..的值写 (.+)", found.help_zh)
    assert ways is not None
    assert all(way in found.help_en for way in ways.groups())
    amount = re.search(r"300 元(?: ?/ ?[床人])+", written)
    assert amount is not None
    as_it_says, division = (written.replace(amount.group(), way) for way in ways.groups())
    assert as_it_says == apart
    assert value(as_it_says, "元/床") == as_unit
    assert value(division, "元" if "整数" in declared else "元/床") == divided


@pytest.mark.parametrize("name", ["是否", "日期", "若干 床铺, 0..9"])
def test_what_cannot_be_divided_by_is_no_second_reading(name: str) -> None:
    policy = policy_of(
        f"类型 床 = 单位\n对象 床铺\n  好 : 是否\n对象 机构\n  床 : {name}\n规则 机构 甲 : 元/床\n  为 300 元/床\n"
    )
    assert decided(policy, {"机构": {}}, "2022-01")["机构.甲"] == 300


@pytest.mark.parametrize("where", [0, 1])
def test_a_unit_of_any_layer_is_one_in_each(where: int) -> None:
    """A division that the upper layer writes is one by a unit as soon as any layer declares it."""
    layers = [
        "对象 机构\n  数 : 整数, 0..99\n规则 机构 甲 : 元\n  为 300 元/床 * 2 床\n",
        "规则 机构 乙 : 元\n  为 30 元/床 * 2 床\n",
    ]
    layers[where] = "类型 床 = 单位\n" + layers[where]
    decision = decided(policy_of(*layers), {"机构": {"数": 3}}, "2022-01")
    assert (decision["机构.甲"], decision["机构.乙"]) == (600, 60)


def test_explanations_print_the_unit_as_it_was_written() -> None:
    policy = policy_of("类型 床 = 单位\n对象 机构\n  床位 : 床, 0..99\n规则 机构 甲 : 元\n  为 300 元/床 * 床位\n")
    told = policy.decide({"机构": {"床位": 3}}, on="2022-01").explain("机构.甲").text()
    assert "300 元/床 × 床位\n" in told
    assert "300 元/床 × 3 床 = 900.00 元\n" in told
