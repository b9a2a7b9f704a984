"""What a timeline says of its months: found by reading its output as a stranger would."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import policy_dsl
from policy_dsl.timeline.timeline import Settlement, Timeline

from .deciding import policy_of

BRIDGE = policy_dsl.load(Path(__file__).parents[2] / "examples" / "bridge.policy")


def run(members: list[dict[str, Any]], start: str, end: str, **household: Any) -> Timeline:
    return BRIDGE.timeline({"家庭": {**household, "成员": members}}, start=start, end=end)


@pytest.fixture
def late() -> Timeline:
    """Somebody leaves in September, and the office hears of it at the end of October."""
    left = [{"自": "2022-06", "为": True}, {"自": "2022-09-12", "为": False, "获知": "2022-10-25"}]
    return run(
        [{"姓名": "甲", "月收入": 300}, {"姓名": "乙", "月收入": 0, "在列": left}],
        "2022-06",
        "2022-12",
        增收原因="就业",
    )


def test_arrears_say_since_when_a_fact_was_known(late: Timeline) -> None:
    (owed,) = late.arrears
    assert (owed.month, owed.paid, owed.due, owed.settled) == ("2022-10", Decimal(620), Decimal(160), "2022-11")
    assert "乙 在列：2022-10-25 才获知" in owed.because
    assert "乙 present: not known until 2022-10-25" in owed.because_en


def test_a_change_by_time_alone_has_its_reason() -> None:
    rising = [{"自": "2022-06", "为": 300}, {"自": "2022-07", "为": 560}]
    made = run([{"姓名": "甲", "月收入": rising}], "2022-06", "2022-09", 增收原因="就业")
    (change,) = [c for c in made["2022-09"].changes if c.output == "家庭.保障金"]
    assert change.because == ("持续(渐退) 由 1 个月 升至 2 个月",)
    assert change.because_en == ("spent(渐退) rose to 2 months from 1 month",)


def test_what_a_month_settles_is_summed_up() -> None:
    made = run([{"姓名": "甲", "月收入": 260}], "2022-01", "2022-06")
    assert made.settlements == [Settlement("2022-05", "家庭.保障金", Decimal("160.00"), "元")]
    assert "2022-05 合计  家庭.保障金  补发 160.00 元" in made.text()
    assert "2022-05 in all  家庭.保障金  160.00 in arrears" in made.text("en")


def test_a_household_is_there_as_soon_as_a_member_is() -> None:
    """A fact of its own that is dated later takes nothing away before its date: its default holds until then."""
    dated = [{"自": "2022-08", "为": "就业"}]
    made = run([{"姓名": "甲", "月收入": [{"自": "2022-06", "为": 260}]}], "2022-05", "2022-08", 增收原因=dated)
    assert made["2022-05"].decision is None
    assert made["2022-06"].decision["家庭.状态"] == "在保"


def test_labels_over_the_strip_do_not_run_into_each_other() -> None:
    made = run([{"姓名": "甲", "月收入": 260}], "2021-12", "2025-04")
    assert ">2021<" not in made.svg()
    assert ">2022<" in made.svg()


def test_the_strip_shows_what_months_settle() -> None:
    """A mark in the month of settlement with the amount; the same in words for who does not see it."""
    late = [{"自": "2022-01", "为": 260}, {"自": "2022-02", "为": 300, "获知": "2022-03-15"}]
    made = run([{"姓名": "甲", "月收入": late}], "2022-01", "2022-06")
    assert [(s.month, s.amount) for s in made.settlements] == [
        ("2022-04", Decimal("-80.00")),
        ("2022-05", Decimal("160.00")),
    ]
    for lang, words in (("zh", ("多发 80.00 元", "补发 160.00 元")), ("en", ("80.00 too much", "160.00 in arrears"))):
        root = ElementTree.fromstring(made.svg(lang))
        space = "{http://www.w3.org/2000/svg}"
        assert root.findtext(f"{space}desc") == f"2022-04 家庭.保障金 {words[0]}; 2022-05 家庭.保障金 {words[1]}"
        marks = [x.findtext(f"{space}title") for x in root.iter(f"{space}path") if x.find(f"{space}title") is not None]
        assert marks == [f"2022-04 {words[0]}", f"2022-05 {words[1]}"]
        assert {"−80.00", "160.00"} <= {x.text for x in root.iter(f"{space}text")}


@pytest.mark.parametrize(
    "given", [None, [None, 200], [100, 200, 300], []], ids=["not given", "partly known", "all of them", "none yet"]
)
def test_a_window_given_with_the_facts_is_told(given: list[Any] | None) -> None:
    """The reasons name each month that was looked at; a window that nobody knows broke them."""
    policy = policy_of("对象 家庭\n  收入 : 元/月, 0..1000\n规则 家庭 三月 : 元\n  为 合计(近(3 个月, 收入, 默认 0))\n")
    before = {} if given is None else {"近": {"收入": given}}
    decision = policy.decide({"家庭": {"收入": 1, "上月": before}}, on="2022-05")
    steps = decision.explain("三月").to_json()["steps"]
    assert isinstance(steps, dict)
    months = [i for i in steps if i.startswith("家庭.上月.近(收入).")]
    assert months == [f"家庭.上月.近(收入).2022-{5 - n:02d}" for n in range(len(given or ()), 0, -1)]
    assert decision.text("en")


GAP = """对象 家庭
  收入 : 元/月, 0..1000
参数 标准 : 元/月
  自 2021-01-01 为 400
  自 2022-01-01 为 450 公布 2022-02-18
规则 家庭 空档 : 是否
  当 收入 > 500 为 是
给付 家庭 金 : 元/月
  为 标准
"""


def test_what_another_rule_lacks_hides_no_arrears() -> None:
    """An error elsewhere leaves the month to the interpreter; what became known late is owed all the same."""
    history = {"家庭": {"收入": 300}}
    made = policy_of(GAP).timeline(history, start="2022-01", end="2022-03")
    assert [(a.month, a.difference, a.settled) for a in made.arrears] == [("2022-01", 50, "2022-02")]
    assert made.settled("2022-02", "家庭.金") == 50


UNITS = """对象 家庭
  收入 : 元/月, 0..1000
给付 家庭 金 : 元/月
  自 2021-01-01 为 四舍五入(收入, 1 元)
  自 2022-01-01 公布 2022-02-18 为 四舍五入(收入, 10 元)
"""


def test_functions_of_other_formulas_give_other_results() -> None:
    """What a compiled function gives is read by its own units: equal numbers of two functions are not equal amounts."""
    history = {"家庭": {"收入": [{"自": "2022-01", "为": 3}]}}
    made = policy_of(UNITS).timeline(history, start="2022-01", end="2022-03")
    assert [(a.month, a.paid, a.due) for a in made.arrears] == [("2022-01", 3, 0)]


def test_what_was_paid_with_later_knowledge_is_too_much_as_known_before() -> None:
    """As known in April the income of May was not known; the month was paid with it (design, section 9: what differs is in arrears)."""
    history = {"家庭": {"收入": [{"自": "2022-01", "为": 100}, {"自": "2022-05", "为": 300}]}}
    text = GAP + "给付 家庭 补 : 元/月\n  为 向上取整(收入, 1 元)\n"
    made = policy_of(text).timeline(history, start="2022-01", end="2022-06", as_known="2022-04-15")
    owed = [(a.month, a.benefit, a.difference, a.settled) for a in made.arrears if a.benefit == "家庭.补"]
    assert owed == [("2022-05", "家庭.补", -200, None), ("2022-06", "家庭.补", -200, None)]


ENDED = """对象 家庭
  收入 : 元/月, 0..1000
给付 家庭 金 : 元/月
  自 2021-01-01 至 2023-12 为 100
  自 2023-03-15 为 200
"""


def test_what_ended_by_its_own_date_has_ended_as_known_before() -> None:
    """As known in 2022 the 100 lasts until December 2023 and nothing follows, whichever month is asked for first."""
    for months in (["2023-04", "2024-03"], ["2024-03", "2023-04"]):
        policy = policy_of(ENDED)
        listed = {}
        for month in months:
            made = policy.timeline({"家庭": {"收入": 300}}, start=month, end=month, as_known="2022-06-20")
            listed[month] = [b.value for b in made[month].decision.benefits]
        assert listed == {"2023-04": [100], "2024-03": []}


MODES = """对象 家庭
  收入 : 元/月, 0..1000
规则 家庭 额 : 元/月
  自 2021-01-01
    就低
    当 收入 ≥ 0 为 10
    当 收入 < 2000 为 20
    否则 为 0
  自 2022-01-01
    合计
    当 收入 ≥ 0 为 1
    否则 为 0
"""


def test_how_lines_are_joined_is_known_with_them() -> None:
    made = policy_of(MODES).timeline({"家庭": {"收入": 300}}, start="2022-05", end="2022-05", as_known="2021-06-01")
    assert made["2022-05"].decision["家庭.额"] == 10


@pytest.mark.parametrize(
    ("way_out", "term"),
    [
        ("持续(渐退) ≥ 2", "期限 2 个月"),
        ("持续(渐退) > 2", "期限 3 个月"),
        ("持续(渐退) ≥ 进入时(渐退, 期限) 或 收入 > 900", "期限 2 个月"),
        ("收入 > 900", ""),
    ],
)
def test_months_of_a_stay(way_out: str, term: str) -> None:
    """A state that the policy counts says its month and its term, one that it does not count says neither."""
    policy = policy_of(
        "对象 家庭\n  收入 : 元/月, 0..1000\n  期限 : 月, 0..9\n"
        "阶段 家庭 状态\n  起始 在保\n  在保 → 渐退 当 收入 > 500\n  渐退 → 在保 当 收入 ≤ 500\n"
        f"  渐退 → 退出 当 收入 > 500 且 ({way_out})\n  终止 退出\n"
    )
    history = {"家庭": {"期限": [{"自": "2022-01", "至": "2022-02", "为": 2}, {"自": "2022-03", "为": 9}], "收入": [
        {"自": "2022-01", "为": 100}, {"自": "2022-02", "为": 600},
    ]}}  # fmt: skip
    lines = policy.timeline(history, start="2022-01", end="2022-03").text().splitlines()
    said = [line for line in lines if line.startswith("2022-")]
    assert said[0] == "2022-01  状态：在保"
    assert said[1] == "2022-02  状态：渐退" + (f"（第 1 个月，{term}）" if term else "")
    assert said[2] == "2022-03  状态：渐退" + (f"（第 2 个月，{term}）" if term else "")


def test_a_roll_over_months() -> None:
    """What a roll says of itself stands in its months, though it is paid nothing; an entry without a name goes by its place."""
    policy = policy_of(
        "对象 家庭 : 户\n  人口 : 人, 1..20\n  入户 : 是否\n"
        "对象 名册\n  户 : 若干 家庭, 1..1000\n  印发合计 : 人, 0..1000\n"
        "规则 名册 应抽查户数 : 户\n  为 向上取整(30% * 户数(户), 1 户)\n"
        "规则 名册 合计相符 : 是否\n  为 合计(户.人口) = 印发合计\n"
        "给付 家庭 慰问金 : 元/月\n  为 10 元/人/月 * 人口\n"
    )
    homes = [
        {"人口": 3, "入户": True},
        {"人口": [{"自": "2022-01", "为": 4}, {"自": "2022-02", "为": 5}], "入户": False},
    ]
    said = policy.timeline({"名册": {"印发合计": 7, "户": homes}}, start="2022-01", end="2022-02").text()
    assert "2022-01  应抽查户数：1 户，合计相符：是" in said
    assert "合计相符：是 → 否\n      · 户[1] 人口 由 4 人 升至 5 人" in said
    assert "户[1] 慰问金：50.00 元/月" in said


DEADLINES = """对象 家庭 : 户
  受理日期、确认日期 : 日期
  符合 : 是否
参数 办结期限 : 工作日
  自 2021-07-01 为 30
  自 2022-02-01 为 20 公布 2022-04-20
规则 家庭 最迟确认日 : 日期
  为 受理日期 + 办结期限 于 受理日期
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 符合 且 确认日期 ≤ 最迟确认日
  未享受 → 逾期 当 符合 且 确认日期 > 最迟确认日
  在保, 逾期 → 未享受 当 非 符合
给付 家庭 保障金 : 元/月
  当 状态 = 在保 为 300
  否则 为 0
"""
APPLIED = {"家庭": {"受理日期": "2022-02-14", "确认日期": "2022-03-18", "符合": True}}


def test_another_days_law_as_it_was_known() -> None:
    """A shorter term for applications from February is published in April: until then the old one decides, and March is settled."""
    policy = policy_of(DEADLINES)
    before = policy.timeline(APPLIED, start="2022-03", end="2022-03", as_known="2022-04-19")
    assert before["2022-03"].decision["家庭.状态"] == "在保"
    whole = policy.timeline(APPLIED, start="2022-03", end="2022-05")
    assert whole["2022-03"].paid["家庭.状态"] == "在保"
    assert [m.decision["家庭.状态"] for m in whole] == ["逾期"] * 3
    # what was paid goes on from what was paid before, so each month is paid on and settled by the next
    assert [(a.month, a.difference, a.settled) for a in whole.arrears] == [
        ("2022-03", Decimal(-300), "2022-04"),
        ("2022-04", Decimal(-300), "2022-05"),
        ("2022-05", Decimal(-300), None),
    ]


def test_a_calendar_in_a_timeline() -> None:
    """Deadlines of a timeline are counted by the policy's calendar; a year that it lacks is an error of those months."""
    policy = policy_of(DEADLINES.replace(" 公布 2022-04-20", ""))
    assert policy.timeline(APPLIED, start="2022-03", end="2022-03")[0].decision["家庭.状态"] == "逾期"
    lazy = policy.with_calendar({"years": [2022], "on": [f"2022-03-{d:02d}" for d in (5, 6, 12, 13)], "off": []})
    busy = policy.with_calendar({"years": [2022], "off": [f"2022-02-{d:02d}" for d in range(15, 26)]})
    assert (
        lazy.timeline(APPLIED, start="2022-03", end="2022-03")[0].decision["家庭.最迟确认日"].isoformat()
        == "2022-03-10"
    )
    assert busy.timeline(APPLIED, start="2022-03", end="2022-03")[0].decision["家庭.状态"] == "在保"
    lacking = policy.with_calendar({"years": [2021]}).timeline(APPLIED, start="2022-03", end="2022-04")
    assert {d.code for d in lacking.errors} == {"R0111"}


def test_a_month_paid_from_too_little_before_it_is_settled_by_the_next() -> None:
    """Nothing becomes known after its pay day: what the months before it were found to be was known on it already."""
    policy = policy_of("对象 家庭\n  收入 : 元/月\n给付 家庭 年资 : 元/月\n  为 上月(年资, 默认 1 元/月) + 1 元/月\n")
    late = [{"自": "2021-12", "为": 0, "获知": "2022-02-11"}]
    made = policy.timeline({"家庭": {"收入": late}}, start="2021-12", end="2022-04")
    assert [(a.month, a.paid, a.due, a.settled) for a in made.arrears] == [
        ("2021-12", Decimal(0), Decimal(2), "2022-02"),
        ("2022-01", Decimal(0), Decimal(3), "2022-02"),
        ("2022-02", Decimal(2), Decimal(4), "2022-03"),
        ("2022-03", Decimal(3), Decimal(5), "2022-04"),
        ("2022-04", Decimal(4), Decimal(6), None),
    ]


@pytest.mark.parametrize(("period", "share"), [("年", "1/12"), ("季", "1/3"), ("月", "1"), ("周", "4"), ("日", "28")])
def test_amounts_of_every_period_are_exact(period: str, share: str) -> None:
    """What a month is due and what came from the month before stand in the benefit's period, to its last 分. What a month was paid, and
    differs in, is its share in money, with the ledger too."""
    policy = policy_of(
        f"对象 家庭 : 户\n  收入 : 元/{period}, 0..9999\n"
        f"给付 家庭 补 : 元/{period}\n  为 四舍五入((1000 - 收入) / 3, 0.01 元)\n"
        f"规则 家庭 前 : 元/{period}\n  为 上月(补, 默认 7.77)\n"
    )
    income = [{"自": "2022-01", "为": 0}, {"自": "2022-02-01", "为": 100, "获知": "2022-03-20"}]
    made = policy.timeline({"家庭": {"收入": income}}, start="2022-01", end="2022-05")
    assert [m.decision["家庭.前"] for m in made.months if m.decision] == [
        Decimal(x) for x in ("7.77", "333.33", "300", "300", "300")
    ]
    part = Fraction(share)  # of February
    owed = [a for a in made.arrears if a.month == "2022-02"]
    assert (owed[0].paid, owed[0].due, owed[0].unit) == (part * Fraction("333.33"), part * 300, "元")
    assert sum(a.difference for a in owed) == part * Fraction("-33.33")
    left = [a for a in owed if a.settled is None]
    assert [(a.why, abs(a.difference) < Fraction("0.005")) for a in left] == [("rest", True)] * (period == "年")
    paid = {"补": [{"自": "2022-02", "至": "2022-02", "为": "27.77"}]}
    made = policy.timeline({"家庭": {"收入": income, "已发": paid}}, start="2022-01", end="2022-05")
    first, second = [a for a in made.arrears if a.month == "2022-02"]
    assert (first.paid, first.known, first.settled) == (Decimal("27.77"), "2022-02-28", "2022-03")
    assert (second.known, second.due, second.settled) == ("2022-03-20", part * 300, "2022-03")
    assert first.difference + second.difference == part * 300 - Fraction("27.77")


ASSUMED = """  发放日 10
对象 家庭 : 户
  收入 : 元/月, 0..10000
参数 标准 : 元/户/月
  自 2021-01-01 为 400    假设 A-1 旧标准没有印出数额
  自 2022-01-01 为 450 公布 2022-03-20
规则 家庭 别的 : 元/月
  为 0    假设 A-2 与给付无关
给付 家庭 补 : 元/月
  为 标准 - 收入
  补发 当 已发 > 0    假设 A-3 通知没有说补给谁
"""


def test_a_timeline_says_what_it_rests_on() -> None:
    """What is due, what was paid otherwise, and the condition of 补发: in every form, each once."""
    policy = policy_of(ASSUMED)
    late = policy.timeline({"家庭": {"收入": 100}}, start="2022-01", end="2022-05")
    told = ["A-2 与给付无关", "A-1 旧标准没有印出数额", "A-3 通知没有说补给谁"]
    assert late.assumptions == told
    assert late.to_json()["assumptions"] == told
    for form in (late.text(), late.markdown(), late.html(), late.text("en"), late.markdown("en"), late.html("en")):
        assert all(form.count(a) >= 1 for a in told)
    quiet = policy.timeline({"家庭": {"收入": 100}}, start="2022-05", end="2022-06")
    assert quiet.assumptions == ["A-2 与给付无关"]
    assert "A-3" not in quiet.text() + quiet.markdown() + quiet.html()


def test_a_row_says_that_the_condition_is_in_error() -> None:
    """Why a month settles nothing, for people too: what is lacking, or which error the condition is in."""
    county = """对象 家庭
  收入 : 元/月, 0..100000
  份 : 整数, 0..9
给付 家庭 金 : 元/月
  为 收入
  补发 当 应发 / 份 > 0
"""
    income = [{"自": "2022-01", "为": 300}, {"自": "2022-01", "为": 400, "获知": "2022-02-03"}]
    for shares, zh, en in (
        (0, "（尚未结清，补发的条件有错误 R0103）", "(not yet settled: the condition of arrears is in error R0103)"),
        (None, "（尚未结清，缺少 家庭.份）", "(not yet settled: waits for 家庭.份)"),
    ):
        facts = {"收入": income, "份": shares}
        made = policy_of(county).timeline({"家庭": facts}, start="2022-01", end="2022-02")
        assert [(a.why, a.due) for a in made.arrears] == [("needs", 400)]
        assert zh in made.text()
        assert en in made.text("en")


def test_a_row_says_why_nothing_is_taken_back() -> None:
    """Where the last month does not know how much a month takes back."""
    county = """对象 家庭
  收入 : 元/月, 0..100000
  份 : 整数, 0..9
给付 家庭 金 : 元/月
  为 收入
  补发 当 已发 > 0
  追回 每月不超过 60 元 / 份
"""
    income = [{"自": "2022-01", "为": 400}, {"自": "2022-01", "至": "2022-01", "为": 300, "获知": "2022-02-03"}]
    income.append({"自": "2022-02", "为": 400, "获知": "2022-02-03"})
    for shares, zh, en in (
        (0, "（尚未结清，每月追回多少有错误 R0103，还应追回 70.00）", "how much a month takes back is in error R0103"),
        (
            None,
            "（尚未结清，缺少 家庭.份，还应追回 70.00）",
            "(not yet settled: waits for 家庭.份, 70.00 left to take back)",
        ),
    ):
        given = [{"自": "2022-01", "为": 2}, {"自": "2022-03", "为": shares}]
        facts = {"收入": income, "份": given}
        made = policy_of(county).timeline({"家庭": facts}, start="2022-01", end="2022-03")
        assert [(a.settled, a.why, a.difference, a.balance) for a in made.arrears] == [
            ("2022-02", None, -30, 70),
            (None, "needs", -70, 70),
        ]
        assert zh in made.text()
        assert en in made.text("en")
        given.append({"自": "2022-04", "为": 2})
        made = policy_of(county).timeline({"家庭": facts}, start="2022-01", end="2022-06")
        assert [(a.settled, a.why, a.balance) for a in made.arrears] == [
            ("2022-02", None, 70),
            ("2022-04", None, 40),
            ("2022-05", None, 10),
            ("2022-06", None, 0),
        ]
