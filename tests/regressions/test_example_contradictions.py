"""What an example says twice: one of two that do not go together was once taken in silence, or crashed."""

from __future__ import annotations

import itertools

import pytest

from policy_dsl.diagnostics.report import PolicyError

from .deciding import policy_of

HEAD = """对象 孩子
  姓名 : 文本
  年级 : 整数, 0..12
对象 成员人
  月收入 : 元/月
  孩子们 : 若干 孩子, 0..9
对象 家庭
  有车 : 是否
  成员 : 若干 成员人, 0..9
规则 孩子 上学 : 是否
  为 年级 > 0
规则 成员人 入 : 元/月
  为 月收入
规则 家庭 开车 : 是否
  为 有车
案例 一
"""
ENGLISH = """entity person
  income : yuan/month
entity household
  car : boolean
  members : many person, 0..9
rule person money : yuan/month
  is income
rule household drives : boolean
  is car
example one
"""


def told(text: str) -> list[tuple[str, int, tuple[int, ...]]]:
    """Code, line and the lines of the labels of what is wrong; lines count from the example's."""
    before = text.split("案例 一" if "案例 一" in text else "example one")[0].count("\n") + 1
    try:
        policy_of(text)
    except PolicyError as error:
        found = error.diagnostics
        assert all(d.place and d.help_zh and d.help_en for d in found)
        return [
            (d.code, d.place.line - before - 1, tuple(x.place.line - before - 1 for x in d.labels))
            for d in found
            if d.place
        ]
    return []


NONE = [
    ("于 2022-01", "成员 甲: 月收入 = 3", "家庭: 成员 = 无"),
    ("于 2022-01", "应为 成员 甲: 入 = 3", "家庭: 成员 = 无"),
    ("于 2022-01", "成员 甲 孩子们 乙: 年级 = 3", "成员 甲: 孩子们 = 无"),
    ("于 2022-01", "成员 甲 孩子们 乙: 年级 = 3", "家庭: 成员 = 无"),
    ("于 2022-01", "应为 成员 甲 孩子们 乙: 上学 = 是", "成员 甲: 月收入 = 5, 孩子们 = 无"),
    ("自 2022-01 家庭: 有车 = 是", "成员 甲: 月收入 = 3", "家庭: 成员 = 无"),
    ("自 2022-01 家庭: 有车 = 是", "自 2022-02 成员 甲: 月收入 = 3", "家庭: 成员 = 无"),
    ("自 2022-01 家庭: 有车 = 是", "自 2022-02 成员 甲: 在列 = 是", "家庭: 成员 = 无"),
    ("自 2022-01 家庭: 有车 = 是", "应为 2022-03 成员 甲: 入 = 3", "家庭: 成员 = 无"),
]


@pytest.mark.parametrize("lines", NONE)
def test_a_list_is_not_none_and_has_entries(lines: tuple[str, ...]) -> None:
    """In whatever order, in lists within lists, in histories: the later line is told, the earlier shown."""
    expected = "应为 2022-04 家庭: 开车 = 是" if lines[0].startswith("自") else "应为 家庭: 开车 = 未知(有车)"
    for order in itertools.permutations([*lines, expected]):
        first, second = sorted(order.index(line) for line in lines[1:])
        text = HEAD + "".join(f"  {line}\n" for line in order)
        assert told(text) == [("P0704", second + 1, (first + 1,))], text
    for left in (lines[1], lines[2]):
        without = [line for line in (*lines, expected) if line != left]
        assert told(HEAD + "".join(f"  {line}\n" for line in without)) == []


@pytest.mark.parametrize("none", ["none", "无"])
def test_in_english_too(none: str) -> None:
    lines = ["members Ann: income = 3", f"household: members = {none}"]
    for one, other in (lines, lines[::-1]):
        text = f"{ENGLISH}  on 2022-01\n  {one}\n  {other}\n  expect members Ann: money = 3\n"
        assert [x[0] for x in told(text)] in (["P0704"], ["P0704", "P0704"])


def test_another_entry_may_have_none() -> None:
    """The list of one member is not that of another; to say 无 twice is no contradiction."""
    text = f"""{HEAD}  于 2022-01
  成员 甲 孩子们 乙: 年级 = 3
  成员 丙: 孩子们 = 无, 月收入 = 3
  成员 丙: 孩子们 = 无
  应为 成员 丙: 入 = 3
"""
    assert told(text) == []


TWICE = [
    ("于 2022-01", "家庭: 有车 = 是", "家庭: 有车 = 否"),
    ("于 2022-01", "家庭: 有车 = 未知", "家庭: 有车 = 否"),
    ("于 2022-01", "成员 甲: 月收入 = 3", "成员 甲: 月收入 = 4"),
    ("于 2022-01", "成员 甲 孩子们 乙: 年级 = 3", "成员 甲 孩子们 乙: 年级 = 4"),
    ("自 2022-02 家庭: 有车 = 是", "自 2022-01 成员 甲: 月收入 = 3", "成员 甲: 月收入 = 4"),
    ("自 2022-01 家庭: 有车 = 是", "成员 甲: 在列 = 是", "自 2022-03 成员 甲: 在列 = 否"),
]


@pytest.mark.parametrize("lines", TWICE)
def test_a_fact_is_not_given_twice(lines: tuple[str, ...]) -> None:
    """One of the two was once taken in silence: the later one, or the dated ones without what was said first."""
    expected = "应为 2022-04 家庭: 开车 = 是" if lines[0].startswith("自") else "应为 家庭: 开车 = 是"
    for order in itertools.permutations([*lines, expected]):
        first, second = sorted(order.index(line) for line in lines[1:])
        text = HEAD + "".join(f"  {line}\n" for line in order)
        assert told(text) == [("P0704", second + 1, (first + 1,))], text


def test_in_one_line_too() -> None:
    text = f"{HEAD}  于 2022-01\n  家庭: 有车 = 是, 有车 = 是\n  应为 家庭: 开车 = 是\n"
    assert told(text) == [("P0704", 2, (2,))]


def test_a_label_may_be_replaced_by_a_name() -> None:
    """The label is the text of an entry until its name is given."""
    text = f"{HEAD}  于 2022-01\n  成员 甲 孩子们 乙: 姓名 = 丙, 年级 = 3\n  应为 成员 甲 孩子们 乙: 上学 = 是\n"
    assert told(text) == []


def test_none_has_no_date() -> None:
    """Entries come and go by 在列; a date of 无 was once passed over."""
    text = f"{HEAD}  自 2022-02 家庭: 成员 = 无, 有车 = 是\n  应为 2022-03 家庭: 开车 = 是\n"
    assert told(text) == [("P0701", 1, ())]
