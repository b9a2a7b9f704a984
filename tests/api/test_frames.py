"""Facts out of data frames: scalars of NumPy and pandas, known by the names of their types, and floats where somebody says what they are."""

from __future__ import annotations

import datetime
import types
from collections import OrderedDict, UserDict, UserList, deque
from decimal import Decimal
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Policy, PolicyError
from policy_dsl.facts import read
from tests.frames import ARRAY, BOOL, FLOAT32, FLOAT64, INT64, MICROSECONDS, NA, NAT, STR, TIMESTAMP, Area, Row, Text

TEXT = """政策 甲
类型 地区 = 城市 | 农村
对象 家庭
  收入 : 元/月, 0..10000
  人数 : 整数, 0..20
  申请 : 日期
  病 : 是否
  区 : 地区
  成员 : 若干 个人, 0..9
对象 个人
  身份证 : 文本, 认人
  姓名 : 文本
  工资 : 元/月, 0..10000
对象 村
  户 : 若干 家庭, 0..9
规则 家庭 收 : 元/月
  为 收入 + 合计(成员.工资)
规则 家庭 日 : 日期
  为 申请
规则 家庭 真 : 是否
  为 病
规则 家庭 几 : 整数
  为 人数
规则 家庭 何 : 地区
  为 区
规则 村 户数 : 户
  为 个数(户)
"""


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("frames") / "甲.policy"
    path.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(path)


def got(policy: Policy, fact: str, rule: str, value: object, **more: Any) -> object:
    """What the rule gives that repeats a fact, or the code of the refusal."""
    try:
        return policy.decide({"家庭": {fact: value, "成员": []}}, on="2022-06", **more)[f"家庭.{rule}"]
    except PolicyError as error:
        return error.diagnostics[0].code


GRID = {"floats": "grid"}


@pytest.mark.parametrize(
    ("value", "wanted", "on_the_grid"),
    [
        (INT64(5), 5, 5),
        (INT64(-1), "F0106", "F0106"),
        (BOOL(True), "F0103", "F0103"),
        (ARRAY(), "F0103", "F0103"),
        (5.0, "F0109", 5),
        (0.1, "F0109", Decimal("0.1")),
        (0.1 + 0.2, "F0109", "F0107"),
        (100.125, "F0109", "F0107"),
        (FLOAT64(0.07), "F0109", Decimal("0.07")),
        (FLOAT32("0.07"), "F0109", Decimal("0.07")),
        (1e300, "F0109", "F0116"),
        (float("inf"), "F0116", "F0116"),
        (FLOAT64("-inf"), "F0116", "F0116"),
        (float("nan"), "F0116", None),
        (FLOAT64("nan"), "F0116", None),
        (Decimal("NaN"), "F0116", None),
        (Decimal("sNaN"), "F0116", "F0116"),
        (NA, None, None),
        (NAT, None, None),
        ("300 元", "F0108", "F0108"),
        ("300 元/月", 300, 300),
        (Text("1.5 元/月"), Decimal("1.5"), Decimal("1.5")),
        (STR("3600 元/年"), 300, 300),
        ("0.01 万元/月", 100, 100),
    ],
)
def test_amounts(policy: Policy, value: object, wanted: object, on_the_grid: object) -> None:
    """Exact ones are taken; a float is, if somebody says so, the shortest decimal that is written for it."""
    assert got(policy, "收入", "收", value) == wanted
    assert got(policy, "收入", "收", value, **GRID) == on_the_grid


DAY = datetime.date(2022, 3, 15)


@pytest.mark.parametrize(
    ("fact", "rule", "value", "wanted"),
    [
        ("病", "真", BOOL(True), True),
        ("病", "真", BOOL(False), False),
        ("病", "真", INT64(1), "F0103"),
        ("病", "真", NA, None),
        ("病", "真", float("nan"), None),
        ("区", "何", STR("农村"), "农村"),
        ("区", "何", Area.CITY, "城市"),
        ("区", "何", Text("郊区"), "F0105"),
        ("区", "何", float("nan"), None),
        ("区", "何", 1.0, "F0103"),
        ("申请", "日", DAY, DAY),
        ("申请", "日", TIMESTAMP(2022, 3, 15), DAY),
        ("申请", "日", TIMESTAMP(2022, 3, 15, 8), "F0103"),
        ("申请", "日", TIMESTAMP(2022, 3, 15, tzinfo=datetime.UTC), "F0103"),
        ("申请", "日", datetime.datetime(2022, 3, 15), DAY),
        ("申请", "日", MICROSECONDS(DAY), DAY),
        ("申请", "日", MICROSECONDS(None), None),
        ("申请", "日", NAT, None),
        ("申请", "日", Text("2022-03-15"), DAY),
        ("人数", "几", INT64(3), 3),
        ("人数", "几", FLOAT64(3.0), 3),
        ("人数", "几", FLOAT64(3.5), "F0107"),
        ("人数", "几", True, "F0103"),
    ],
)
def test_other_facts(policy: Policy, fact: str, rule: str, value: object, wanted: object) -> None:
    """Truths, members of enumerations, days and whole numbers of NumPy and pandas are Python's; a moment of a day is no day."""
    assert got(policy, fact, rule, value, **GRID) == wanted


@pytest.mark.parametrize("mapping", [dict, OrderedDict, UserDict, types.MappingProxyType])
@pytest.mark.parametrize("sequence", [list, tuple, deque, UserList])
def test_any_mapping_and_sequence(policy: Policy, mapping: Any, sequence: Any) -> None:
    """Objects and lists may be of any kind at every level, and are then read by the generated reader."""
    people = sequence([mapping({"身份证": str(n), "姓名": Text("甲"), "工资": INT64(100)}) for n in range(3)])
    facts = mapping({"家庭": mapping({"收入": 1, "成员": people})})
    assert policy.decide(facts, on="2022-06")["家庭.收"] == 301


@pytest.mark.parametrize("people", ["甲", b"x", range(2), {1, 2}, ({} for _ in ()), memoryview(b"")])
def test_what_is_no_list(policy: Policy, people: object) -> None:
    with pytest.raises(PolicyError, match="F0103"):
        policy.decide({"家庭": {"成员": people}}, on="2022-06")


def test_one_unusual_value_costs_one_value(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """The careful reader reads no case in which single values alone are unusual, nor one that begins at another root."""
    read_with_care: list[object] = []
    monkeypatch.setattr(read.Reader, "read", lambda self, facts, on=0: read_with_care.append(facts))
    person = {"身份证": STR("1"), "姓名": Text("甲"), "工资": "3.5 元/月"}
    home = {
        "收入": FLOAT64(1.5), "人数": INT64(2), "申请": TIMESTAMP(2022, 3, 15), "病": BOOL(True), "区": NA, "成员": (types.MappingProxyType(person),),
    }  # fmt: skip
    assert policy.decide({"家庭": home}, on="2022-06", floats="grid")["家庭.收"] == 5
    roll = policy.decide({"村": {"户": [home, home]}}, on="2022-06", floats="grid")
    assert (roll["村.户数"], roll["村.户[1].收"]) == (2, 5)
    assert not read_with_care


def test_who_is_nobody_and_who_is_twice(policy: Policy) -> None:
    """What identifies is compared as the text that it is; an empty one, or one that is missing, identifies nobody."""
    for nobody in ("", STR(""), NA, None, float("nan")):
        policy.decide({"家庭": {"成员": [{"身份证": nobody}, {"身份证": nobody}]}}, on="2022-06", floats="grid")
    with pytest.raises(PolicyError, match="F0230"):
        policy.decide({"家庭": {"成员": [{"身份证": STR("1")}, {"身份证": "1"}]}}, on="2022-06")


def test_histories_take_the_same(policy: Policy) -> None:
    spells = deque([{"自": TIMESTAMP(2022, 3, 1), "为": 1.5}, {"自": STR("2022-05"), "为": INT64(4)}])
    facts = types.MappingProxyType({"家庭": OrderedDict({"收入": spells, "成员": ()})})
    told = policy.timeline(
        facts, start=TIMESTAMP(2022, 3, 1), end=MICROSECONDS(datetime.date(2022, 6, 1)), floats="grid"
    )
    assert [m.decision["家庭.收"] for m in told.months if m.decision] == [Decimal("1.5"), Decimal("1.5"), 4, 4]


def test_days_of_the_api(policy: Policy) -> None:
    for on in (MICROSECONDS(DAY), TIMESTAMP(2022, 3, 15, 7), Text("2022-03-15")):
        assert policy.decide({"家庭": {"成员": []}}, on=on).on == DAY


def test_a_mapping_that_fails_is_named(policy: Policy) -> None:
    with pytest.raises(PolicyError) as caught:
        policy.decide({"家庭": {"成员": [Row(姓名="甲")]}}, on="2022-06")
    (found,) = caught.value.diagnostics
    assert (found.code, found.path) == ("F0135", "家庭.成员")
    assert "Row" in found.zh
    assert isinstance(caught.value.__cause__, ConnectionError)
