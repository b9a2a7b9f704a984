"""What an open value may still be holds whatever it turns out to be, operator by operator: every partial case against all its fillings.

Where a set, a bound or the mark of a possible error is too small, something is said to be known that is not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import combinations, product
from typing import Any

import pytest

from policy_dsl import PolicyError

from ..regressions.deciding import policy_of
from .filling import Told, breaches, told

Domains = dict[str, tuple[Any, ...]]

ARITHMETIC = """
类型 级 = 甲级 < 乙级 < 丙级
对象 家庭 : 户
  y : 数, -5..5
  z : 数, 0..4
  w : 数
  级别 : 级
  好、坏 : 是否
规则 家庭 加 : 数
  为 y + z - 2 * y
规则 家庭 乘 : 数
  为 y * (z - 2)
规则 家庭 除 : 数
  为 z / (y + 6)
规则 家庭 除零 : 数
  为 10 / z
规则 家庭 除负 : 数
  为 (z - 1) / (y - 6)
规则 家庭 无界 : 数
  为 w * (y - 6) / (z + 1)
规则 家庭 取整 : 数
  为 四舍五入(y / 2, 1) * 向下取整(y, 2) - 向上取整(z / 3, 1)
规则 家庭 最 : 数
  为 最大(y, 2) / 最小(y, -1) + 平均(y, z) - 合计(y, z)
规则 家庭 最大的 : 级
  为 最大(级别, 乙级)
规则 家庭 最小的 : 级
  为 最小(级别, 乙级)
规则 家庭 碰头 : 数
  为 最大(y, 5) + 最小(z, 0) + 最小(w, y)
规则 家庭 个 : 数
  为 个数(好, 坏, y > 2)
规则 家庭 比 : 是否
  为 加 > 3 或 除 < 1 或 非 (乘 = z)
规则 家庭 比二 : 是否
  为 最大的 > 级别 且 最小的 ≠ 级别
规则 家庭 比三 : 是否
  为 z ≥ 0 且 -5 ≤ y ≤ 5
规则 家庭 比四 : 是否
  为 z < 0 或 y > 5
规则 家庭 比错 : 是否
  为 除零 > 2 且 好
规则 家庭 属 : 是否
  为 z 属于 (0, 2, 3) 或 最大的 属于 (乙级, 丙级)
规则 家庭 属二 : 是否
  为 级别 属于 (甲级, 最小的)
规则 家庭 或错 : 是否
  为 坏 或 除零 > 100
"""
LINES = """
类型 级 = 甲级 < 乙级 < 丙级
对象 家庭 : 户
  y : 数, -5..5
  z : 数, 0..4
  级别 : 级
  好 : 是否
规则 家庭 旧 : 数
  自 2010-01-01 至 2010-12-31 为 1
规则 家庭 依次的 : 数
  依次
  当 y > 2 为 1
  当 10 / z > 4 为 y
  当 级别 = 甲级 且 y > 1 为 3
  当 级别 ≠ 甲级 为 z
  否则 为 4
规则 家庭 高 : 数
  就高
  当 y > 2 为 1
  当 10 / z > 4 为 y
  当 级别 = 甲级 且 y > 1 为 2
  否则 为 0
规则 家庭 高错 : 数
  就高
  当 y ≥ -5 为 1
  当 z > 旧 为 z
  否则 为 0
规则 家庭 高级 : 级
  就高
  当 好 为 乙级
  当 y > 0 为 级别
  否则 为 甲级
规则 家庭 低 : 数
  就低
  当 y > 2 为 1
  当 10 / z > 4 为 y
  否则 为 10 / z
规则 家庭 低错 : 数
  就低
  当 y ≥ -5 为 1
  当 z > 旧 为 z
  否则 为 0
规则 家庭 高空 : 数
  就高
  当 10 / z < 1 为 2
  当 旧 > 0 为 1
  否则 为 0
规则 家庭 低空 : 数
  就低
  当 旧 > 0 为 1
  当 10 / z < 1 为 2
  否则 为 0
规则 家庭 依次空 : 数
  依次
  当 高空 > 1 为 1
  当 低空 > 1 为 2
  否则 为 3
规则 家庭 无序空 : 数
  当 高空 > 1 为 1
  当 10 / z < 1 为 2
  例外 一 当 低空 > 1 为 3
规则 家庭 合 : 数
  合计
  当 y > 2 为 1
  当 级别 = 甲级 为 y
  当 10 / z > 4 为 2
  否则 为 10 / z
规则 家庭 合好 : 数
  合计
  当 好 为 y
  当 非 好 为 z
  否则 为 -9
规则 家庭 合零 : 数
  合计
  当 y > 1 且 y < 0 且 z = 1 为 1
  当 y > 0 且 z = 2 为 0
  当 y > 2 且 z ≠ 2 为 0
  否则 为 0
规则 家庭 零 : 数
  当 y > 2 为 0 * z
  否则 为 0
  例外 一 当 好 为 0
规则 家庭 高零 : 数
  就高
  当 好 为 0 * y
  否则 为 0 * z
规则 家庭 零例 : 数
  为 0 * y
  例外 一 当 好 为 0
规则 家庭 零月 : 数
  为 现行(旧, 默认 0 * z) + 零
规则 家庭 无序 : 数
  当 y > 2 为 1
  当 级别 = 甲级 为 y
  当 10 / z > 4 为 2
规则 家庭 无序二 : 数
  当 y > 2 为 1
  当 y ≤ 2 且 级别 = 甲级 为 z
  当 y < 1 且 级别 ≠ 甲级 为 y
  否则 为 7
规则 家庭 例 : 数
  当 y > 2 为 1
  当 y ≤ 2 且 级别 ≥ 乙级 为 2
  否则 为 3
  例外 一 当 级别 = 丙级 为 4
  例外 二 当 10 / z > 4 为 5 优先于 一
  例外 三 当 y = 1 为 4
规则 家庭 例二 : 数
  当 好 为 1
  否则 为 10 / z
  例外 一 当 y > 0 为 2
  例外 二 当 y > -1 为 3 优先于 一
  例外 三 当 级别 = 甲级 为 4 优先于 二
规则 家庭 例错 : 数
  为 y
  例外 一 当 z > 旧 为 z
  例外 二 当 好 为 1 优先于 一
规则 家庭 例三 : 数
  为 0
  例外 一 当 y ≥ -5 为 1
  例外 二 当 好 且 10 / z > 4 为 2 优先于 一
  例外 三 当 z ≤ 4 为 3 优先于 二
规则 家庭 例四 : 数
  为 0
  例外 一 当 y ≥ -5 为 1
  例外 二 当 好 为 2 优先于 一
  例外 三 当 z ≤ 4 为 3 优先于 二
  例外 四 当 y > 1 为 1
给付 家庭 补 : 元/户/月
  为 四舍五入(100 元/户/月 * y, 1 元/户/月)
规则 家庭 补多 : 是否
  为 补 ≥ 0 元/户/月
"""
LISTS = """
类型 级 = 甲级 < 乙级 < 丙级
对象 个人 : 人
  x : 数, 0..4
  好 : 是否
  档 : 级
  证 : 文本
对象 家庭 : 户
  成员 : 若干 个人, 0..2
  y : 数, -5..5
规则 个人 逆 : 数
  为 10 / x
规则 家庭 最大的 : 数
  为 最大(成员.x 当 好)
规则 家庭 最小的 : 数
  为 最小(成员.x 当 逆 > 4, 默认 y)
规则 家庭 平均的 : 数
  为 平均(成员.x 当 非 好, 默认 10 / y)
规则 家庭 空零 : 数
  为 最大(成员.x 当 好, 默认 0 * y)
规则 家庭 级 : 级
  为 最大(成员.档 当 好, 默认 甲级)
规则 家庭 和 : 数
  为 合计(成员.x 当 好) - y
规则 家庭 人 : 人
  为 人数(成员 当 x > 2 或 好)
规则 家庭 分 : 数
  为 10 / 合计(成员.x)
规则 家庭 倒 : 数
  为 最大(成员.逆 当 好, 默认 0)
规则 家庭 任 : 是否
  为 任一(成员.好 当 逆 > 4)
规则 家庭 全 : 是否
  为 全部(成员.好 当 逆 > 4)
规则 家庭 多 : 是否
  为 和 > 20 或 最大的 > 4
规则 家庭 重 : 人
  为 重复(成员.证)
规则 家庭 好重 : 人
  为 重复(成员.证 当 好)
规则 家庭 错重 : 人
  为 重复(成员.证 当 逆 > 4)
"""
DAYS = """
类型 级 = 甲级 < 乙级 < 丙级
对象 个人 : 人
  出生日期 : 日期, 出生
  死亡日期 : 日期, 死亡
对象 家庭 : 户
  成员 : 若干 个人, 0..2
  d : 日期
规则 个人 岁 : 岁
  为 周岁(出生日期)
规则 个人 死时 : 岁
  为 周岁(出生日期, 死亡日期)
规则 个人 死的月份 : 数
  为 月份(死亡日期)
规则 个人 死的年份 : 数
  为 年份(死亡日期)
规则 个人 死的次月 : 日期
  为 次月(死亡日期)
规则 个人 死的年初 : 日期
  为 年初(死亡日期)
规则 个人 还有 : 月
  为 整月(决定日, 死亡日期)
规则 个人 过了 : 月
  为 整月(死亡日期, 决定日)
规则 个人 还有几天 : 日
  为 死亡日期 - 决定日
规则 个人 后三天 : 日期
  为 死亡日期 + 3 天
规则 个人 前一月 : 日期
  为 死亡日期 - 1 个月
规则 个人 早的 : 日期
  为 最小(死亡日期, 2030-01-31)
规则 个人 早的季初 : 日期
  为 季初(早的)
规则 个人 早的天 : 日
  为 早的 - 出生日期
规则 个人 何时 : 数
  当 死亡日期 > 2023-01-01 为 1
  当 死亡日期 ≤ 2023-01-01 为 2
规则 个人 顺 : 日期
  为 顺延(死亡日期)
规则 家庭 没了 : 人
  为 人数(成员 当 死亡日期 < 2023-01-01)
规则 家庭 头一个 : 日期
  为 最小(成员.死亡日期)
规则 家庭 月 : 数
  为 月份(d) + 年份(d)
规则 家庭 早 : 是否
  为 月初(d) ≤ d 且 d < 次月(d)
给付 家庭 一次 : 元
  为 100 元
  发于 最小(成员.死亡日期)
"""
LAW = """
类型 级 = 甲级 < 乙级 < 丙级
对象 家庭 : 户
  k : 级
  d : 日期
  y : 数, 0..4
参数 标准(级) : 数
  | 级 | 自 2021-01-01 至 2021-12-31 | 自 2022-01-01 |
  | 甲级 | 1 | 1 |
  | 乙级 | 2 | 1 |
参数 平 : 数
  自 2021-01-01 至 2021-12-31 为 1
  自 2022-03-01 为 2
规则 家庭 旧 : 数
  自 2021-01-01 至 2021-12-31 为 10 / y
  自 2022-03-01 为 标准(k)
规则 家庭 额 : 数
  为 标准(k) + 标准(最大(k, 乙级))
规则 家庭 现甲 : 数
  为 现行(标准(k), 默认 1)
规则 家庭 现乙 : 数
  为 现行(平 于 d, 默认 2)
规则 家庭 现丙 : 数
  为 现行(旧 于 d, 默认 10 / y)
规则 家庭 现丁 : 数
  为 现行(标准(k) 于 d, 默认 y)
规则 家庭 现戊 : 数
  为 现行(旧, 默认 y)
规则 家庭 那天 : 数
  为 旧 于 d
规则 家庭 那天的 : 是否
  为 平 于 d > 0 且 标准(k) 于 2021-05-01 ≥ 1
规则 家庭 或许 : 是否
  为 现行(标准(最小(k, 乙级)), 默认 y) = 1 或 y > 3
"""


def listed(domains: Domains, facts: dict[str, Any], unknown: dict[str, Any]) -> dict[str, Any]:
    """The members' facts, written with their number before them, in a list of `n`; without that nothing is known of it."""
    out = {k: v for k, v in facts.items() if not k[0].isdigit() and k != "n"}
    if "n" in facts:
        own = [{k[1:]: v for k, v in facts.items() if k[0] == str(n)} for n in range(facts["n"])]
        out["成员"] = [{**unknown, **x} for x in own]
    return out


def partial(domains: Domains) -> Iterator[dict[str, Any]]:
    for count in range(len(domains) + 1):
        for names in combinations(domains, count):
            yield from (dict(zip(names, v, strict=True)) for v in product(*(domains[n] for n in names)))


@pytest.mark.parametrize(
    ("text", "domains", "unknown"),
    [
        (ARITHMETIC, {"y": (-5, 0, 3, 5), "z": (0, 2, 4), "w": (-7, 3), "级别": ("甲级", "丙级"), "好": (True, False)}, {}),
        (LINES, {"y": (-5, 0, 1, 3), "z": (0, 1, 2, 4), "级别": ("甲级", "丙级"), "好": (True, False)}, {}),
        (LISTS, {"n": (0, 1, 2), "y": (-1, 0), "0x": (0, 2, 4), "0好": (True, False), "0证": ("甲",), "1x": (0, 3), "1好": (True, False), "1证": ("甲", "乙")}, {}),
        (LISTS, {"n": (1, 2), "y": (0,), "0档": ("甲级", "丙级"), "1档": ("乙级", "丙级"), "0好": (True, False), "1好": (True, False)}, {}),
        (DAYS, {"n": (1,), "0死亡日期": (None, "2022-03-01", "2022-03-31", "2099-05-05"), "0出生日期": ("2022-03-01", "1960-02-29"), "d": ("2021-12-31", "2024-02-29")}, {"死亡日期": "未知"}),
        (DAYS, {"n": (0, 2), "0死亡日期": (None, "2022-03-01", "2022-04-01"), "1死亡日期": (None, "2030-01-01"), "0出生日期": ("2000-02-29",)}, {"死亡日期": "未知"}),
        (LAW, {"k": ("甲级", "乙级", "丙级"), "d": ("2020-01-01", "2021-05-01", "2022-01-31", "2022-05-01"), "y": (0, 1, 4)}, {}),
    ],
    ids=["arithmetic", "lines", "lists", "classes of lists", "days", "deaths", "law"],
)  # fmt: skip
def test_what_comes_was_possible(text: str, domains: Domains, unknown: dict[str, Any]) -> None:
    policy = policy_of(text)

    def values(facts: dict[str, Any]) -> Told | None:
        try:
            return told(policy.decide({"家庭": listed(domains, facts, unknown)}, on="2022-03-01").instance)
        except PolicyError:
            return None

    some = {frozenset(x.items()): values(x) for x in partial(domains)}
    full = {k: v for k, v in some.items() if len(k) == len(domains)}

    def pairs() -> Iterable[tuple[frozenset[Any], frozenset[Any]]]:
        """What is known in part, beside all that it may be filled in to, and beside what it is one fact earlier."""
        for part in some:
            yield from ((part, whole) for whole in full if part < whole)
            yield from ((part - {fact}, part) for fact in part)

    def found() -> Iterable[tuple[Any, ...]]:
        for less, more in pairs():
            before, after = some[less], some[more]
            assert before is not None
            assert after is not None
            yield from ((x, sorted(less), sorted(more)) for x in breaches(before, after))

    assert list(found())[:3] == []
