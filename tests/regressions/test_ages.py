"""Ages before birth, whole months at a month's end, and two ways to say that an age is reached; decided in every way there is."""

from __future__ import annotations

import datetime
import itertools
from pathlib import Path

import pytest

from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .deciding import decided, policy_of

DAYS = [
    datetime.date(y, m, 1) + datetime.timedelta(days=shift)
    for y, m in ((2020, 1), (2020, 3), (2021, 3), (2021, 9), (2022, 3))
    for shift in (-2, -1, 0, 1)
]
POLICY = policy_of(
    """对象 家庭 : 户
  甲、乙 : 日期
  期 : 月, 1..60
规则 家庭 整月数 : 月
  为 整月(甲, 乙)
规则 家庭 满 : 是否
  为 整月(甲, 乙) ≥ 期
规则 家庭 到期 : 是否
  为 甲 + 期 ≤ 乙
规则 家庭 年龄 : 岁
  为 周岁(甲, 乙)
规则 家庭 成年 : 是否
  为 甲 ≤ 乙 且 周岁(甲, 乙) ≥ 1
规则 家庭 年头 : 日期
  为 年初(甲)
规则 家庭 季头 : 日期
  为 季初(甲)
规则 家庭 几年 : 整数
  为 年份(甲)
"""
)


def moved(day: datetime.date, months: int) -> datetime.date:
    """The same day so many months on, or that month's last: found by going back from what may not exist."""
    count = day.year * 12 + day.month - 1 + months
    for last in range(day.day, 0, -1):
        try:
            return datetime.date(count // 12, count % 12 + 1, last)
        except ValueError:
            continue
    raise AssertionError


def greatest(a: datetime.date, b: datetime.date) -> int:
    return max(n for n in range(61) if moved(a, n) <= b)


@pytest.mark.parametrize("first", DAYS, ids=str)
def test_ages_and_months_around_month_ends(first: datetime.date) -> None:
    """Every pair of days around month ends, forward and backward, against counting with datetime."""
    for second, term in zip(DAYS, itertools.cycle((1, 6, 12, 18, 24))):
        facts = {"家庭": {"甲": first.isoformat(), "乙": second.isoformat(), "期": term}}
        d = decided(POLICY, facts, "2022-06")
        months = greatest(first, second) if first <= second else -greatest(second, first)
        assert d["家庭.整月数"] == months
        assert d["家庭.满"] == d["家庭.到期"] == (moved(first, term) <= second)
        early = second < first and moved(second, 1) <= first
        assert {e.path: e.code for e in d.errors} == ({"家庭.年龄": "R0112"} if early else {})
        if not early:
            ages = second.year - first.year - ((second.month, second.day) < (first.month, first.day))
            assert d["家庭.年龄"] == max(ages, 0)
        assert d["家庭.成年"] == (first <= second and d["家庭.年龄"] >= 1)
        assert d["家庭.几年"] == first.year
        assert d["家庭.年头"] == datetime.date(first.year, 1, 1)
        assert d["家庭.季头"] == datetime.date(first.year, {1: 1, 2: 1, 3: 1, 8: 7, 9: 7, 12: 10}[first.month], 1)


def told(text: str) -> list[tuple[str, str, int]]:
    report = Report()
    file = PolicyFile(Path("a.policy"), "a.policy", f"政策 甲\n{text}", "甲", "", 2)
    assert compile_layers([LayerFiles("甲", (file,))], report) is not None
    found = [d for d in report.sorted() if d.severity != "note"]
    return [(d.code, d.severity, d.place.line) for d in found if d.place is not None]


ENTITY = """对象 个人 : 人
  生日、他日 : 日期, 不变
  期 : 月, 0..60
  年限 : 岁, 0..60
对象 家庭 : 户
  成员 : 若干 个人, 1..9
参数 岁数 : 岁
  自 2022-01-01 为 18
"""
ASKED = "规则 个人 成年 : 是否\n  为 周岁(生日) ≥ 18\n"
HERE = ENTITY.count("\n") + ASKED.count("\n") + 3


@pytest.mark.parametrize(
    ("rule", "warned"),
    [
        ("规则 个人 乙 : 是否\n  为 决定日 ≥ 生日 + 18 年", True),
        ("规则 个人 乙 : 是否\n  为 决定日 ≥ 生日 + 216 个月", True),
        ("规则 个人 乙 : 日期\n  为 生日 + 岁数", True),
        ("规则 个人 乙 : 日期\n  为 生日 + 年限", True),
        ("规则 个人 乙 : 日期\n  为 生日 + 18 年 + 10 日", True),
        ("规则 家庭 乙 : 人\n  为 人数(成员 当 生日 + 3 年 > 决定日)", True),
        ("规则 个人 乙 : 日期\n  为 生日 + 6 个月", False),
        ("规则 个人 乙 : 日期\n  为 生日 + 期", False),
        ("规则 个人 乙 : 日期\n  为 生日 + 18 日", False),
        ("规则 个人 乙 : 是否\n  为 决定日 - 18 年 ≥ 生日", False),
        ("规则 个人 乙 : 日期\n  为 他日 + 18 年", False),
        ("规则 个人 乙 : 日期\n  为 生日 + 18 年\n  许可 P0238 通知书要写这一天", False),
    ],
)
def test_two_ways_to_say_that_an_age_is_reached(rule: str, warned: bool) -> None:
    """Years added to a date whose age is asked for are a warning at the sum; without the age, they are none."""
    assert told(ENTITY + ASKED + rule + "\n") == ([("P0238", "warning", HERE)] if warned else [])
    assert [x for x in told(ENTITY + rule + "\n") if x[0] == "P0238"] == []
