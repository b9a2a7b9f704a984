"""Why a month's output is another: each kind of cause with its words, and nothing that is not true."""

from __future__ import annotations

from typing import Any

import pytest

from policy_dsl.timeline.reasons import Compared
from policy_dsl.timeline.timeline import Timeline

from .deciding import policy_of

COUNTY = """  发放日 10
文件 办法 : 原民发〔2022〕1号
对象 个人 : 人
  姓名 : 文本
  出生日期 : 日期, 不变
  月收入 : 元/月, 0..100000, 默认 0
对象 家庭 : 户
  困难 : 是否
  成员 : 若干 个人, 1..20

## 第一条
> 临时补助到三月底；新补四月起加到 30 元，五月才公布。
参数 标准(困难) : 元/月
  是 自 2021-01-01 为 100
给付 家庭 临补 : 元/月
  自 2022-01-01 至 2022-03-31 为 50
给付 家庭 新补 : 元/月
  自 2021-01-01 为 20
  自 2022-04-01 公布 2022-05-20 为 30
给付 个人 高龄 : 元/月
  当 周岁(出生日期) ≥ 80 为 50
  否则 为 0
给付 家庭 冬补 : 元/月
  当 月份(决定日) = 3 为 40
  否则 为 0
规则 家庭 到期 : 是否
  为 决定日 ≥ 2022-01-01 + 4 个月
规则 家庭 三月收入 : 元
  为 合计(近(2 个月, 总收入, 默认 0))
规则 家庭 总收入 : 元/月
  为 合计(成员.月收入)
规则 家庭 上月收入 : 元/月
  为 上月(总收入, 默认 0)
阶段 家庭 状态
  起始 无
  终止 满期
  无 → 领取 当 困难
  领取 → 满期 当 持续(领取) ≥ 2
给付 家庭 救助 : 元/月
  当 状态 = 领取 为 60
  否则 为 0
"""
COUNTY = COUNTY.replace("参数 标准(困难) : 元/月\n  是 自 2021-01-01 为 100\n", "")


def run(*members: dict[str, Any], text: str = COUNTY, end: str = "2022-06", **household: Any) -> Timeline:
    facts = {"家庭": {"困难": True, **household, "成员": list(members)}}
    return policy_of(text).timeline(facts, start="2022-01", end=end)


def because(made: Timeline, month: str, output: str, lang: str = "zh") -> tuple[str, ...]:
    (change,) = [c for c in made[month].changes if c.output == output]
    return change.because if lang == "zh" else change.because_en


OLD = {"姓名": "甲", "出生日期": "1942-03-15"}


@pytest.mark.parametrize(
    ("month", "output", "zh", "en"),
    [
        ("2022-04", "家庭.临补", "临补：规定到 2022-03-31 为止（原民发〔2022〕1号 第一条）", "临补: in force until 2022-03-31 (原民发〔2022〕1号 第一条)"),
        ("2022-04", "家庭.新补", "新补：自 2022-04-01 起，为 30 元/月（2022-05-20 公布，原民发〔2022〕1号 第一条）", "新补: since 2022-04-01, is 30 yuan/month (published 2022-05-20, 原民发〔2022〕1号 第一条)"),
        ("2022-04", "家庭.成员[0].高龄", "甲 周岁(出生日期) 由 79 岁 升至 80 岁（1942-03-15 出生）", "甲 age(出生日期) rose to 80 years from 79 years (born on 1942-03-15)"),
        ("2022-03", "家庭.冬补", "月份(决定日) 由 2 变为 3", "month_of(decision_date) changed to 3 from 2"),
        ("2022-04", "家庭.冬补", "月份(决定日) 由 3 变为 4", "month_of(decision_date) changed to 4 from 3"),
        ("2022-05", "家庭.到期", "决定日 ≥ 2022-01-01 + 4 个月 由 否 变为 是", "decision_date ≥ 2022-01-01 + 4 months changed to yes from no"),
    ],
)  # fmt: skip
def test_law_and_the_day(month: str, output: str, zh: str, en: str) -> None:
    made = run(OLD)
    assert because(made, month, output) == (zh,)
    assert because(made, month, output, "en") == (en,)


def test_a_term_that_is_reached() -> None:
    assert because(run(OLD), "2022-03", "家庭.救助") == (
        "持续(领取) 由 1 个月 升至 2 个月",
        "状态：领取 → 满期 当 持续(领取) ≥ 2 个月（持续(领取) ≥ 2 个月：2 个月 ≥ 2 个月，是）",
    )


def test_what_came_over_from_the_months_before() -> None:
    income = [{"自": "2022-01", "为": 100}, {"自": "2022-03", "为": 300}]
    made = run({**OLD, "月收入": income})
    assert because(made, "2022-03", "家庭.总收入") == ("甲 月收入 由 100.00 元/月 升至 300.00 元/月",)
    assert because(made, "2022-04", "家庭.上月收入") == ("上月(总收入) 由 100.00 元/月 升至 300.00 元/月",)
    assert because(made, "2022-04", "家庭.三月收入") == (
        "近(总收入)：最近一个月是 300.00 元/月，100.00 元/月 的那个月不再计入",
    )


def test_who_comes_and_who_leaves() -> None:
    """Nobody is told to be gone who is there; a birth says its day; who came with nothing is no reason."""
    born = {"姓名": "乙", "出生日期": "2022-02-10", "月收入": 10}
    came = {"姓名": "丙", "出生日期": "1980-01-01", "月收入": 20, "在列": [{"自": "2022-04", "为": True}, {"自": "2022-06", "为": False}]}  # fmt: skip
    idle = {"姓名": "丁", "出生日期": "1980-01-01", "在列": [{"自": "2022-04", "为": True}]}
    made = run(OLD, born, came, idle)
    assert because(made, "2022-03", "家庭.总收入") == ("乙 于 2022-02-10 出生",)
    assert because(made, "2022-04", "家庭.总收入") == ("丙 是新来的",)
    assert because(made, "2022-06", "家庭.总收入") == ("丙 已不在名单里",)
    assert because(made, "2022-04", "家庭.成员[3].高龄") == ("丁 是新来的",)
    assert "不在" not in "".join(r for m in made for c in m.changes for r in c.because if "丙" not in r)


def test_a_month_with_nobody_in_it() -> None:
    away = [{"自": "2022-03", "为": False}, {"自": "2022-05", "为": True}]
    made = run({**OLD, "在列": away})
    assert {c.because for c in made["2022-03"].changes} == {("这个月没有人在了",)}
    assert {c.because_en for c in made["2022-05"].changes} == {("somebody is there again from this month on",)}


PEOPLE = """  发放日 10
对象 个人 : 人
  姓名 : 文本
  出生日期 : 日期, 出生
  死亡日期 : 日期, 死亡
对象 家庭 : 户
  成员 : 若干 个人, 1..20
对象 名册
  户 : 若干 家庭, 0..20
规则 家庭 人口 : 人
  为 人数(成员)
规则 名册 户数 : 户
  为 户数(户)
给付 家庭 补 : 元/月
  为 100 元/人/月 * 人数(成员)
"""
AWAY = [{"自": "2022-01", "为": True}, {"自": "2022-03", "为": False}, {"自": "2022-05", "为": True}]
FIRST = {"姓名": "甲", "出生日期": "1980-01-01"}


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"出生日期": "1990-01-01", "在列": AWAY}, {"2022-03": ("乙 已不在名单里", "乙 has left the list"), "2022-05": ("乙 回到名单", "乙 is back on the list")}),
        ({"出生日期": "1990-01-01", "在列": AWAY[1:]}, {"2022-03": ("乙 已不在名单里", "乙 has left the list"), "2022-05": ("乙 回到名单", "乙 is back on the list")}),
        ({"出生日期": "1990-01-01", "在列": AWAY[2:]}, {"2022-05": ("乙 是新来的", "乙 is new on the list")}),
        ({"出生日期": "1990-01-01", "死亡日期": "2022-02-05"}, {"2022-03": ("乙 于 2022-02-05 去世", "乙 died on 2022-02-05")}),
        ({"出生日期": "1990-01-01", "死亡日期": [{"自": "2022-02", "为": "2022-02-05"}]}, {"2022-03": ("乙 于 2022-02-05 去世", "乙 died on 2022-02-05")}),
        ({"出生日期": "2022-02-10"}, {"2022-03": ("乙 于 2022-02-10 出生", "乙 was born on 2022-02-10")}),
    ],
    ids=["back", "back after a run that begins away", "new", "death", "death, dated", "birth"],
)  # fmt: skip
def test_who_came_and_who_left_is_told_as_it_was(other: dict[str, Any], told: dict[str, tuple[str, str]]) -> None:
    """A return, a death and a birth are called so; so in every form."""
    made = policy_of(PEOPLE).timeline(
        {"家庭": {"成员": [FIRST, {"姓名": "乙", **other}]}}, start="2022-02", end="2022-06"
    )
    found = {m.month: (c.because, c.because_en) for m in made for c in m.changes if c.output == "家庭.人口"}
    assert found == {month: ((zh,), (en,)) for month, (zh, en) in told.items()}
    for lang, at in (("zh", 0), ("en", 1)):
        forms = (made.text(lang), made.markdown(lang), made.html(lang), str(made.to_json(lang)))
        assert all(words[at] in form for words in told.values() for form in forms)


@pytest.mark.parametrize(
    ("death", "known", "told"),
    [
        ([{"自": "2022-01", "为": "2022-02-05"}, {"自": "2022-01", "为": None, "获知": "2022-04-05"}], "补发", "乙 没有去世"),
        ([{"自": "2022-01", "为": "2022-02-05"}, {"自": "2022-01", "为": "2022-03-20", "获知": "2022-04-05"}], "补发", "乙 到 2022-03-20 才去世"),
        ([{"自": "2022-01", "为": "2022-02-05", "获知": "2022-04-05"}], "多发", "乙 于 2022-02-05 去世"),
    ],
)  # fmt: skip
def test_a_death_corrected_later_is_told_in_the_ledger(death: list[Any], known: str, told: str) -> None:
    people = [FIRST, {"姓名": "乙", "出生日期": "1990-01-01", "死亡日期": death}]
    made = policy_of(PEOPLE).timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-06")
    (row,) = [a for a in made.arrears if a.month == "2022-03" and a.benefit == "家庭.补"]
    assert row.because == (told, "乙 死亡日期：2022-04-05 才获知")
    assert row.difference == (100 if known == "补发" else -100)


def test_a_household_that_is_empty_for_some_months() -> None:
    """In a roll: its people are away; it does not count until somebody is back. A death of the last one is told, too."""
    one = {"成员": [{**FIRST, "在列": AWAY}]}
    roll = {"名册": {"户": [one, {"成员": [{"姓名": "乙", "出生日期": "1990-01-01"}]}]}}
    made = policy_of(PEOPLE).timeline(roll, start="2022-02", end="2022-05")
    assert because(made, "2022-03", "名册.户数") == ("户[0] 没有人在了",)
    assert because(made, "2022-05", "名册.户数") == ("户[0] 有人在了",)
    last = {"家庭": {"成员": [{**FIRST, "死亡日期": "2022-03-05"}]}}
    made = policy_of(PEOPLE).timeline(last, start="2022-02", end="2022-05")
    assert because(made, "2022-04", "家庭.人口") == ("这个月没有人在了（甲 于 2022-03-05 去世）",)
    assert because(made, "2022-04", "家庭.人口", "en") == ("nobody is there in this month (甲 died on 2022-03-05)",)
    late = {"家庭": {"成员": [{**FIRST, "死亡日期": [{"自": "2022-01", "为": "2022-03-05", "获知": "2022-05-05"}]}]}}
    made = policy_of(PEOPLE).timeline(late, start="2022-02", end="2022-05")
    (row,) = [a for a in made.arrears if a.month == "2022-04"]
    assert row.because == ("这个月没有人在了（甲 于 2022-03-05 去世）", "甲 死亡日期：2022-05-05 才获知")


REPEALED = """对象 家庭 : 户
  收入 : 元/月, 0..10000
给付 家庭 补 : 元/月
  自 2021-01-01 为 20
参数 线 : 元/户/月
  自 2021-01-01 为 20
规则 家庭 线上 : 是否
  为 收入 > 线
"""
LOWER = """修订 补
  自 2022-03-01 公布 2022-04-20 废止
修订 线
  自 2022-03-01 公布 2022-04-20 废止
"""


def test_a_repeal_published_late_is_the_reason() -> None:
    made = policy_of(REPEALED, LOWER).timeline({"家庭": {"收入": 30}}, start="2022-02", end="2022-05")
    assert because(made, "2022-03", "家庭.补") == ("补：自 2022-03-01 起废止（2022-04-20 公布）",)
    assert because(made, "2022-03", "家庭.线上") == (
        "线 由 20.00 元/户/月 变为 没有规定：自 2022-03-01 起废止（2022-04-20 公布）",
    )
    rows = [a.because for a in made.arrears if a.month == "2022-03"]
    assert rows == [("补：自 2022-03-01 起废止（2022-04-20 公布）",)]


def test_changes_that_make_up_for_each_other() -> None:
    """Income per head stays 100, which is no change. It is told who came where the change would stay with the income alone put back."""
    text = COUNTY + "规则 家庭 人均 : 元/人/月\n  为 总收入 / 人数(成员)\n"
    text += "规则 家庭 多 : 是否\n  为 总收入 ≥ 150\n规则 家庭 多或少 : 是否\n  为 总收入 ≥ 150 或 人均 < 100\n"
    income = [{"自": "2022-01", "为": 100}, {"自": "2022-02", "为": 200}]
    more = {"姓名": "乙", "出生日期": "1990-01-01", "在列": [{"自": "2022-02", "为": True}]}
    made = run({**OLD, "月收入": income}, more, text=text)
    rose = "甲 月收入 由 100.00 元/月 升至 200.00 元/月"
    assert not [c for c in made["2022-02"].changes if c.output == "家庭.人均"]
    assert because(made, "2022-02", "家庭.多") == (rose,)
    assert because(made, "2022-02", "家庭.多或少") == (rose, "乙 是新来的")


CARRIED = """  发放日 10
对象 家庭 : 户
  收入 : 元/月, 0..10000
阶段 家庭 状态
  起始 在保
  终止 停发
  在保 → 停发 当 收入 > 500
给付 家庭 补 : 元/月
  当 状态 = 在保 为 100
  否则 为 0
"""


def test_arrears_go_back_to_the_month_in_which_it_began() -> None:
    """One month's income, known late, ended the status: each later month says of which month that was."""
    income = [{"自": "2022-01", "为": 300}, {"自": "2022-02", "为": 600, "获知": "2022-04-20"}, {"自": "2022-03", "为": 300, "获知": "2022-04-20"}]  # fmt: skip
    made = policy_of(CARRIED).timeline({"家庭": {"收入": income}}, start="2022-01", end="2022-05")
    found = {a.month: a.because for a in made.arrears}
    moved = "状态：在保 → 停发 当 收入 > 500 元/月（收入 > 500 元/月：600.00 元/月 > 500 元/月，是）"
    assert found["2022-02"] == ("收入 由 300.00 元/月 升至 600.00 元/月", moved, "收入：2022-04-20 才获知")
    assert found["2022-04"] == (
        "2022-02 收入 由 300.00 元/月 升至 600.00 元/月",
        f"2022-02 {moved}",
        "收入：2022-04-20 才获知",
    )


THERE = """  发放日 10
对象 个人 : 人
  姓名 : 文本
  出生日期 : 日期, 出生
  死亡日期 : 日期, 死亡
  月收入 : 元/月, 0..10000
对象 家庭 : 户
  成员 : 若干 个人, 1..20
给付 家庭 补 : 元/月
  为 100 元/人/月 * 人数(成员)
"""


@pytest.mark.parametrize(
    ("facts", "told"),
    [
        ({"死亡日期": [{"自": "2022-01", "为": "2022-02-05", "获知": "2022-04-10"}]}, ("乙 于 2022-02-05 去世", "乙 死亡日期：2022-04-10 才获知")),
        ({"出生日期": [{"自": "2022-01", "为": "2022-06-01"}, {"自": "2022-01", "为": "2022-02-10", "获知": "2022-04-10"}]}, ("乙 于 2022-02-10 出生", "乙 出生日期：2022-04-10 才获知")),
        ({"在列": [{"自": "2022-01", "为": True}, {"自": "2022-03", "为": False, "获知": "2022-04-10"}]}, ("乙 不在名单里", "乙 在列：2022-04-10 才获知")),
    ],
)  # fmt: skip
def test_of_who_came_or_left_late_it_is_told_what_said_so(facts: dict[str, Any], told: tuple[str, ...]) -> None:
    """And no other fact that became known late, too: the benefit reads no income."""
    income = [{"自": "2022-01", "为": 0}, {"自": "2022-01", "为": 300, "获知": "2022-04-05"}]
    other = {"姓名": "乙", "出生日期": "1990-01-01", "月收入": income, **facts}
    people = [{"姓名": "甲", "出生日期": "1980-01-01", "月收入": 0}, other]
    made = policy_of(THERE).timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-05")
    assert [a.because for a in made.arrears if a.month == "2022-03"] == [told]


def test_entries_begin_with_their_first_facts_heard_of_late() -> None:
    people = [{"姓名": "甲", "月收入": 0}, {"姓名": "乙", "月收入": [{"自": "2022-02", "为": 0, "获知": "2022-04-10"}]}]
    made = policy_of(THERE).timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-05")
    assert {a.month: a.because for a in made.arrears}["2022-03"] == ("乙 在名单里", "乙 月收入：2022-04-10 才获知")


def test_causes_are_followed_back_twelve_months() -> None:
    """Before that it is what came over into the first of them."""
    income = [
        {"自": "2021-01", "为": 100},
        {"自": "2021-01", "至": "2021-01", "为": 600, "获知": "2022-04-20"},
        {"自": "2021-02", "为": 100, "获知": "2022-04-20"},
    ]
    made = policy_of(CARRIED).timeline({"家庭": {"收入": income}}, start="2021-01", end="2022-04")
    found = {a.month: a.because for a in made.arrears}
    assert list(found) == [m.month for m in made]
    assert {x[0] for m, x in found.items() if "2021-01" < m <= "2022-01"} == {
        "2021-01 收入 由 100.00 元/月 升至 600.00 元/月"
    }
    assert found["2022-02"] == ("2021-02 上月(状态) 由 在保 变为 停发",)
    assert found["2022-04"] == ("2021-04 上月(状态) 由 在保 变为 停发",)


def test_causes_are_data_before_they_are_words() -> None:
    """Each has its kind and its name; what it was and is."""
    made = run({**OLD, "月收入": [{"自": "2022-01", "为": 100}, {"自": "2022-03", "为": 300}]})
    found = {}
    for n in range(1, len(made)):
        old, new = Compared(made[n - 1].decision), Compared(made[n].decision)
        for path in ("家庭.总收入", "家庭.临补", "家庭.冬补", "家庭.救助", "家庭.上月收入"):
            if (old.decision.outputs.get(path), new.decision.outputs.get(path)) != (None, None):
                found.update({(made[n].month, path): [(c.kind, c.name) for c in new.causes(old, path)]})
    assert found["2022-03", "家庭.总收入"] == [("fact", "月收入")]
    assert found["2022-04", "家庭.临补"] == [("law", "临补")]
    assert found["2022-04", "家庭.冬补"] == [("day", "月份(决定日)")]
    assert found["2022-03", "家庭.救助"] == [("day", "持续(领取)"), ("status", "状态")]
    assert found["2022-04", "家庭.上月收入"] == [("status", "总收入")]


def test_what_did_not_change_has_no_cause() -> None:
    made = run(OLD)
    old, new = Compared(made["2022-05"].decision), Compared(made["2022-06"].decision)
    assert [new.causes(old, path) for path in new.decision or ()] == [[] for _ in new.decision or ()]


def test_months_before_all_causes_are_not_looked_at() -> None:
    """What differs in every month, and matters only in its own, is followed back until that is seen, and no farther."""
    county = """对象 家庭
  收入 : 元/月, 0..100000
阶段 家庭 状态
  起始 无
  无 → 在保 当 收入 < 500
  在保 → 无 当 收入 ≥ 500
给付 家庭 救助 : 元/月
  当 状态 = 在保 为 500 - 收入
  否则 为 0
"""
    income = [{"自": "2021-01", "为": 300}, {"自": "2021-01", "为": 200, "获知": "2022-12-31"}]
    made = policy_of(county).timeline({"家庭": {"收入": income}}, start="2021-01", end="2022-12")
    asked: set[str] = set()

    def course(n: int, due: bool) -> Compared:
        month = made[n]
        asked.add(month.month)
        return Compared(month.decision if due else month.paid, lambda: course(n - 1, due))

    causes = course(20, due=True).causes(course(20, due=False), "家庭.救助")
    assert [c.name for c in causes] == ["收入"]
    assert asked == {"2022-09", "2022-08", "2022-07"}
