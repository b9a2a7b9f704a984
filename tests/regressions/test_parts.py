"""Benefits in parts and shares of a month: what a decision and a timeline say of them, reckoned by hand."""

from __future__ import annotations

import pickle
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from policy_dsl import Policy, PolicyError
from policy_dsl.timeline.timeline import Timeline

from .deciding import decided, policy_of

HOUSE = "对象 家庭 : 户\n  额 : 元/年, 0..100000\n"
QUARTERS = HOUSE + "给付 家庭 补 : 元/年 按季发\n  为 额\n"
MEMBERS = (
    "对象 个人 : 人\n  姓名 : 文本\n对象 家庭 : 户\n  成员 : 若干 个人, 0..9\n给付 个人 补 : 元/年 按季发\n  为 1200\n"
)


def paid(line: Timeline, benefit: str = "家庭.补") -> list[Decimal | Fraction]:
    return [line.paid(m.month, benefit) for m in line]


def yuan(*amounts: str) -> list[Decimal]:
    return [Decimal(x) for x in amounts]


def dated(*rows: tuple[str, object]) -> list[dict[str, object]]:
    return [{"自": since, "为": value} for since, value in rows]


# --- what a decision says


def test_the_part_stands_beside_the_annual_amount() -> None:
    decision = policy_of(QUARTERS).decide({"家庭": {"额": "1000.01"}}, on="2022-12")
    (benefit,) = decision.benefits
    assert (benefit.value, benefit.unit, benefit.part, benefit.share) == (
        Decimal("1000.01"),
        "元/年",
        Decimal("250.01"),
        None,
    )
    assert decision.to_json()["outputs"] == {"家庭.补": {"value": "1000.01", "unit": "元/年", "part": "250.01"}}
    assert list(decision) == ["家庭.补"]
    assert "1000.01 元/年（本月发 250.01 元）" in decision.text()
    assert "(paid this month 250.01 yuan)" in decision.text("en")
    assert decision.explain("补").roots == ["家庭.补", "家庭.发放(补)"]
    again = pickle.loads(pickle.dumps(decision))
    assert again.benefits == decision.benefits


def test_rules_and_look_backs_read_the_annual_amount() -> None:
    policy = policy_of(
        QUARTERS + "规则 家庭 前 : 元/年\n  为 上月(补, 默认 0)\n"
        "规则 家庭 两月 : 元/年\n  为 最大(近(2 个月, 补, 默认 0))\n规则 家庭 半 : 元/年\n  为 补 / 2\n"
    )
    line = policy.timeline({"家庭": {"额": dated(("2022-01", 1200), ("2022-03", 600))}}, start="2022-01", end="2022-04")
    last = line[-1].decision
    assert [last[f"家庭.{x}"] for x in ("补", "前", "两月", "半")] == [600, 600, 1200, 300]


def test_an_unknown_amount_leaves_its_parts_open_until_the_year_is_closed() -> None:
    policy = policy_of(QUARTERS)
    facts = dated(("2022-01", 1200), ("2022-05", None), ("2022-06", 1200))
    line = policy.timeline({"家庭": {"额": facts}}, start="2022-01", end="2023-03")
    parts = {m.month: m.decision.benefits[0].part for m in line if m.decision}
    assert [m for m in parts if parts[m] is None] == ["2022-05", "2022-06", "2022-12"]
    assert (parts["2022-09"], parts["2023-03"]) == (300, 300)
    assert line["2022-06"].decision.to_json()["outputs"]["家庭.补"]["part"] is None


def test_an_error_of_a_month_is_one_of_its_part() -> None:
    policy = policy_of(HOUSE + "  数 : 整数, 0..9\n给付 家庭 补 : 元/年 按季发\n  为 四舍五入(额 / 数, 1 元)\n")
    facts = {"家庭": {"额": 1200, "数": dated(("2022-01", 1), ("2022-02", 0), ("2022-03", 1))}}
    line = policy.timeline(facts, start="2022-01", end="2022-06")
    parts = [m.decision.benefits[0].part for m in line if m.decision]
    assert parts == [0, None, None, 0, 0, 300]


# --- where it begins


@pytest.mark.parametrize("words", [("上月", "未发", "余额"), ("previous", "unpaid", "balance")])
def test_facts_may_say_what_is_carried(words: tuple[str, str, str]) -> None:
    previous, unpaid, balance = words
    facts = {"家庭": {"额": 1200, previous: {unpaid: {"补": "250/3"}, balance: {"补": "83.34"}}}}
    decision = decided(policy_of(QUARTERS), facts, "2022-06")
    assert decision.benefits[0].part == Decimal("183.33")
    closing = decided(policy_of(QUARTERS), facts, "2022-12")
    assert closing.benefits[0].part == Decimal("183.34")


def test_what_is_left_out_beside_other_values_of_last_month_is_waited_for() -> None:
    decision = policy_of(QUARTERS).decide({"家庭": {"额": 1200, "上月": {"余额": {"补": 1}}}}, on="2022-06")
    assert decision.benefits[0].part is None
    assert "家庭.上月.未发.补" in decision.explain("补").text()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"未发": {"补": -1}}, "F0106"),
        ({"未发": 3}, "F0103"),
        ({"未发": {"别": 1}}, "F0104"),
        ({"剩": {"补": 1}}, "F0104"),
    ],
)
def test_what_is_carried_is_checked(given: dict[str, Any], code: str) -> None:
    with pytest.raises(PolicyError) as raised:
        policy_of(QUARTERS).decide({"家庭": {"额": 1200, "上月": given}}, on="2022-06")
    assert raised.value.diagnostics[0].code == code


def test_who_comes_during_a_run_has_no_months_before() -> None:
    """A household that begins in May has two of June's three shares, a decision alone all three; so has a member."""
    line = policy_of(QUARTERS).timeline({"家庭": {"额": dated(("2022-05", 1200))}}, start="2022-01", end="2022-12")
    assert paid(line)[5:] == [200, 0, 0, 300, 0, 0, 300]
    policy = policy_of(MEMBERS)
    people = [{"姓名": "甲"}, {"姓名": "乙", "在列": dated(("2022-05", True))}]
    line = policy.timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-06")
    assert [line.paid("2022-06", f"家庭.成员[{n}].补") for n in (0, 1)] == [300, 200]
    before = policy.decide({"家庭": {"成员": [{"姓名": "甲"}]}}, on="2022-04")
    after = policy.decide({"家庭": {"成员": [{"姓名": "甲"}, {"姓名": "乙"}]}}, on="2022-05", previous=before)
    last = policy.decide({"家庭": {"成员": [{"姓名": "甲"}, {"姓名": "乙"}]}}, on="2022-06", previous=after)
    assert [b.part for b in last.benefits] == [300, 200]


# --- who is gone in a pay month


def test_who_is_gone_in_a_pay_month_has_the_shares_as_a_row_of_the_ledger() -> None:
    policy = policy_of(MEMBERS + "  补发 当 已发 > 100000\n")
    people = [{"姓名": "甲"}, {"姓名": "乙", "在列": dated(("2022-01", True), ("2022-06", False))}]
    line = policy.timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-12")
    (row,) = line.arrears
    assert (row.month, row.benefit, row.paid, row.due, row.difference, row.unit, row.settled) == (
        "2022-05", "家庭.成员[1].补", 0, 200, 200, "元", "2022-06",
    )  # fmt: skip
    assert line.settled("2022-06", "家庭.成员[1].补") == 200
    assert line.paid("2022-03", "家庭.成员[1].补") == 300


@pytest.mark.parametrize("late", [{}, {"获知": "2022-08-20"}])
def test_what_is_left_where_nobody_is_left_has_its_reason(late: dict[str, str]) -> None:
    """The last of a household leaves, which is then known, or known late."""
    policy = policy_of(MEMBERS.replace("0..9", "1..9"))
    people = [{"姓名": "甲", "在列": [{"自": "2022-01", "为": True}, {"自": "2022-06", "为": False, **late}]}]
    line = policy.timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-12")
    row = line.arrears[0]
    assert (row.month, row.difference) == ("2022-05", 200)
    assert row.because[0] == "2022-06 这个月没有人在了"
    assert row.because_en[0] == "2022-06 nobody is there in this month"
    assert all(x.because for x in line.arrears)


def test_what_becomes_known_late_of_somebody_gone_takes_later_parts_back() -> None:
    policy = policy_of(MEMBERS)
    there = [{"自": "2022-01", "为": True}, {"自": "2022-05", "为": False, "获知": "2022-07-10"}]
    line = policy.timeline(
        {"家庭": {"成员": [{"姓名": "甲", "在列": there}, {"姓名": "乙"}]}}, start="2022-01", end="2022-12"
    )
    rows = [(r.month, r.paid, r.due, r.settled) for r in line.arrears]
    assert rows == [("2022-04", 0, 100, "2022-07"), ("2022-06", 300, 0, "2022-07")]


def away(*rows: tuple[str, bool, str]) -> list[dict[str, object]]:
    return [{"自": since, "为": there, **({"获知": known} if known else {})} for since, there, known in rows]


BACK = (("2022-01", True, ""), ("2022-05", False, ""))


@pytest.mark.parametrize(
    ("rows", "told", "june"),
    [
        pytest.param((*BACK, ("2022-06", True, "")), [], 200, id="back in the pay month"),
        pytest.param((*BACK, ("2022-06", True, "2022-06-10")), [], 200, id="back, as its pay day knows"),
        pytest.param(BACK, [("2022-04", "2022-05-01", 0, 100, "2022-05", ("乙 已不在名单里",))], 0, id="gone"),
        pytest.param(
            (("2022-01", True, ""), ("2022-05", False, "2022-05-10")),
            [("2022-04", "2022-05-10", 0, 100, "2022-05", ("乙 已不在名单里", "乙 在列：2022-05-10 才获知"))],
            0,
            id="known late, before the part",
        ),
        pytest.param(
            (*BACK, ("2022-06", True, "2022-08-10")),
            [
                ("2022-04", "2022-05-01", 0, 100, "2022-05", ("乙 已不在名单里",)),
                ("2022-04", "2022-08-10", 100, 0, "2022-08", ("乙 回到名单", "乙 在列：2022-08-10 才获知")),
                ("2022-06", "2022-08-10", 0, 200, "2022-08", ("乙 在名单里", "乙 在列：2022-08-10 才获知")),
            ],
            0,
            id="back, known when the part is over",
        ),
    ],
)
def test_what_is_left_by_who_is_gone_is_a_row_like_any(
    rows: tuple[tuple[str, bool, str], ...], told: list[object], june: int
) -> None:
    """Nothing is paid in an absence and taken back after it, where the pay days know of the return; else that is news like any."""
    line = policy_of(MEMBERS).timeline(
        {"家庭": {"成员": [{"姓名": "甲"}, {"姓名": "乙", "在列": away(*rows)}]}}, start="2022-01", end="2022-12"
    )
    assert [(r.month, r.known, r.paid, r.due, r.settled, r.because) for r in line.arrears] == told
    assert line.paid("2022-06", "家庭.成员[1].补") == june


def test_what_is_left_is_corrected_and_asked_for_where_a_part_has_it() -> None:
    """A correction of the shares is a second row, with the month in which they differ; what a part has paid already is asked for."""
    members = MEMBERS.replace("  姓名 : 文本\n", "  姓名 : 文本\n  额 : 元/年, 0..10000\n").replace("为 1200", "为 额")
    amounts = [{"自": "2022-01", "为": 1200}, {"自": "2022-04", "为": 2400, "获知": "2022-08-05"}]
    person = {"姓名": "乙", "额": amounts, "在列": away(("2022-01", True, ""), ("2022-06", False, ""))}
    line = policy_of(members).timeline({"家庭": {"成员": [person]}}, start="2022-01", end="2022-12")
    assert [(r.month, r.known, r.paid, r.due, r.settled) for r in line.arrears] == [
        ("2022-05", "2022-06-01", 0, 200, "2022-06"),
        ("2022-05", "2022-08-05", 200, 400, "2022-08"),
    ]
    assert line.arrears[1].because[0] == "2022-04 乙 额 由 1200.00 元/年 升至 2400.00 元/年"
    late = {"姓名": "乙", "在列": away(("2022-01", True, ""), ("2022-05", False, "2022-07-10"))}
    asked = policy_of(MEMBERS + "  补发 当 已发 > 0\n").timeline(
        {"家庭": {"成员": [late]}}, start="2022-01", end="2022-12"
    )
    assert [(r.month, r.difference, r.settled, r.why) for r in asked.arrears] == [
        ("2022-04", 100, None, "condition"),
        ("2022-06", -300, None, "condition"),
    ]


def test_what_was_paid_in_parts_rests_on_what_the_pay_days_knew_whatever_is_hidden() -> None:
    """What is known later than `as_known` is hidden from what is due alone."""
    facts = [{"自": "2022-01", "为": 1200}, {"自": "2022-04", "为": 2400, "获知": "2022-05-15"}]
    made = policy_of(QUARTERS)
    whole = made.timeline({"家庭": {"额": facts}}, start="2022-01", end="2022-12")
    early = made.timeline({"家庭": {"额": facts}}, start="2022-01", end="2022-12", as_known="2022-05-01")
    assert paid(early) == paid(whole)
    assert paid(whole)[5] == 600


def test_a_benefit_per_day_that_ends_inside_a_month_known_late() -> None:
    """What was paid for the days after it is owed back, with the repeal as the reason."""
    base = "  发放日 10\n对象 家庭 : 户\n  额 : 元/日, 0..100\n给付 家庭 补 : 元/日\n  自 2022-01-01 为 额\n"
    policy = policy_of(base, "修订 补\n  自 2022-04-16 公布 2022-05-20 废止\n")
    line = policy.timeline({"家庭": {"额": 10}}, start="2022-03", end="2022-07")
    why = ("补：自 2022-04-16 起废止（2022-05-20 公布）",)
    assert [(r.month, r.paid, r.due, r.settled, r.because) for r in line.arrears] == [
        ("2022-04", 300, 150, "2022-06", why),
        ("2022-05", 310, 0, "2022-06", why),
    ]


def test_a_benefit_no_longer_in_force_pays_what_is_left_and_begins_anew() -> None:
    policy = policy_of(
        HOUSE + "给付 家庭 补 : 元/年 按季发\n  自 2022-01-01 至 2022-04-30 为 1200\n  自 2022-08-01 为 1200\n"
    )
    line = policy.timeline({"家庭": {"额": 1}}, start="2022-01", end="2023-03")
    assert [(r.month, r.due, r.settled) for r in line.arrears] == [("2022-04", 100, "2022-05")]
    assert [x for x in paid(line) if x] == [300, 200, 300, 300]


def test_the_rest_of_a_year_lapses_with_who_is_gone_when_it_is_closed() -> None:
    """1000 a year: 83.33 a month; gone in December nothing is left but the rest of eleven roundings, which is nobody's."""
    policy = policy_of(
        HOUSE + "给付 家庭 补 : 元/年 按月发\n  自 2022-01-01 至 2022-11-30 为 1000\n  自 2023-02-01 为 1000\n"
    )
    line = policy.timeline({"家庭": {"额": 1}}, start="2022-01", end="2023-12")
    assert line.arrears == []
    assert paid(line)[10:14] == yuan("83.33", "0", "0", "83.33")
    assert paid(line)[-1] == Decimal("83.37")


# --- what is known when


def test_a_part_is_of_the_shares_as_known_on_its_pay_day() -> None:
    """Nothing since May, heard of in August: June is a row of its own, September and December pay nothing and correct nothing."""
    facts = [{"自": "2022-01", "为": 1200}, {"自": "2022-05", "为": 0, "获知": "2022-08-20"}]
    line = policy_of(QUARTERS).timeline({"家庭": {"额": facts}}, start="2022-01", end="2022-12")
    assert [x for x in paid(line) if x] == [300, 300]
    assert [(r.month, r.paid, r.due, r.settled) for r in line.arrears] == [("2022-06", 300, 100, "2022-08")]


def test_the_ledger_of_a_history_is_in_parts() -> None:
    """June was paid 299.99: a row of June, and the closing part makes up for nothing."""
    facts = {"家庭": {"额": 1200, "已发": {"补": [{"自": "2022-06", "至": "2022-06", "为": "299.99"}]}}}
    line = policy_of(QUARTERS).timeline(facts, start="2022-01", end="2022-12")
    (row,) = [r for r in line.arrears if r.month == "2022-06"]
    assert (row.paid, row.due, row.difference) == (Decimal("299.99"), 300, Decimal("0.01"))
    assert line.paid("2022-12", "家庭.补") == 300


# --- shares of a month


@pytest.mark.parametrize(
    ("unit", "month", "share"),
    [
        ("元/年", "2022-02", Fraction(100, 12)),
        ("元/季", "2022-02", Fraction(100, 3)),
        ("元/日", "2022-02", 2800),
        ("元/日", "2024-02", 2900),
        ("元/周", "2022-02", 400),
        ("元/周", "2022-03", Fraction(3100, 7)),
        ("元/月", "2022-02", None),
        ("元", "2022-02", None),
    ],
)
def test_a_months_share_stands_beside_the_rate(unit: str, month: str, share: Fraction | None) -> None:
    policy = policy_of(f"对象 家庭 : 户\n  甲 : 是否\n给付 家庭 补 : {unit}\n  为 100\n")
    decision = policy.decide({"家庭": {"甲": True}}, on=month)
    assert decision.benefits[0].share == share
    assert decision.benefits[0].part is None
    told = decision.to_json()["outputs"]["家庭.补"]
    assert Fraction(told["share"]) == share if share is not None else "share" not in told
    assert ("本月合" in decision.text()) is (share is not None)
    line = policy.timeline({"家庭": {"甲": True}}, start=month, end=month)
    assert line.paid(month, "家庭.补") == (100 if share is None else share)
    for text in (line.text(), line.markdown(), line.html(), line.svg()):
        assert ("本月合" in text) is (share is not None)
    assert ("this month's share" in line.text("en")) is (share is not None)


def test_days_are_counted_up_to_the_one_on_which_the_benefit_ends() -> None:
    """Until 20 June, and in force anew from 25 July: who is there in July is paid from August on."""
    policy = policy_of(
        "对象 家庭 : 户\n  甲 : 是否\n给付 家庭 补 : 元/日\n  自 2022-01-01 至 2022-03-15 为 1\n  自 2022-03-16 至 2022-06-20 为 2\n  自 2022-07-25 为 3\n"
    )
    line = policy.timeline({"家庭": {"甲": True}}, start="2022-01", end="2022-08")
    assert [line.paid(m.month, "家庭.补") for m in line] == [31, 28, 31, 60, 62, 40, 0, 93]


def test_a_raise_of_a_year_settles_a_twelfth_for_each_month() -> None:
    policy = policy_of(
        "对象 家庭 : 户\n  甲 : 是否\n给付 家庭 补 : 元/年\n  自 2022-01-01 为 1200\n  自 2022-02-01 为 2400 公布 2022-04-10\n"
    )
    line = policy.timeline({"家庭": {"甲": True}}, start="2022-01", end="2022-05")
    assert [(s.month, s.amount) for s in line.settlements] == [("2022-04", 200)]


def test_a_displaced_value_has_no_parts_of_its_own() -> None:
    policy = policy_of(HOUSE + "给付 家庭 补 : 元/年 按月发\n  为 120\n  例外 多 当 额 > 0 为 原值 + 120\n")
    assert decided(policy, {"家庭": {"额": 1}}, "2022-01").benefits[0].part == 20


def test_who_moves_within_a_roll_has_every_share_once() -> None:
    """No row for the place that was left, whether the move falls into a pay month or before it; who leaves the roll later has one."""
    policy = policy_of(MEMBERS.replace("姓名 : 文本", "身份证 : 文本, 认人") + "对象 名册\n  户 : 若干 家庭, 0..9\n")

    def line(*homes: tuple[str, int]) -> Timeline:
        households = [
            {"成员": [{"身份证": "A", "在列": dated(*((month, home == n) for month, home in homes))}]} for n in (0, 1)
        ]
        return policy.timeline({"名册": {"户": households}}, start="2022-01", end="2022-06")

    moved = line(("2022-01", 0), ("2022-03", 1))
    assert moved.arrears == []
    assert [moved.paid(m, "名册.户[1].成员[0].补") for m in ("2022-03", "2022-06")] == yuan("300", "300")
    gone = line(("2022-01", 0), ("2022-02", 1), ("2022-03", 2))
    assert [(a.month, a.benefit, a.due, a.settled) for a in gone.arrears] == [
        ("2022-02", "名册.户[1].成员[0].补", Decimal(200), "2022-03")
    ]
    back = line(("2022-01", 0), ("2022-02", 2), ("2022-03", 1))
    assert back.arrears == []
    assert back.paid("2022-03", "名册.户[1].成员[0].补") == 200
    late = line(("2022-01", 0), ("2022-03", 2), ("2022-04", 1))
    assert [(a.month, a.due) for a in late.arrears] == [("2022-02", Decimal(200))]
    assert late.paid("2022-06", "名册.户[1].成员[0].补") == 300


# --- how it is written


def test_sections_are_paid_alike() -> None:
    with pytest.raises(PolicyError) as raised:
        policy_of(
            HOUSE
            + "给付 家庭 补 : 元/年 按季发 自 2022-01-01\n  为 额\n给付 家庭 补 : 元/年 按月发 自 2023-01-01\n  为 额\n"
        )
    assert [d.code for d in raised.value.diagnostics] == ["P0422"]


def test_words_of_parts_are_names_everywhere_else() -> None:
    policy = policy_of(
        "对象 家庭 : 户\n  按月发 : 是否\n  按季发, 于, monthly, quarterly, month : 是否\n"
        "规则 家庭 未发 : 是否\n  为 按月发 且 按季发\n给付 家庭 余额 : 元/年 按月发\n  当 未发 或 于 或 monthly 或 month 为 12\n  否则 为 0\n"
    )
    facts = dict.fromkeys(("按月发", "按季发", "于", "monthly", "quarterly", "month"), True)
    decision = policy.decide({"家庭": facts}, on="2022-01")
    assert (decision["家庭.未发"], decision["家庭.余额"], decision.benefits[0].part) == (True, 12, 1)


def test_a_policy_shows_how_it_is_paid() -> None:
    policy: Policy = policy_of(
        HOUSE + "给付 家庭 补 : 元/年 按季发 于 4 月、1 月、7 月、10 月 向下取整 1 元\n  为 额\n  许可 P0276 虚构\n"
    )
    shown = policy.show(on="2022-01")
    assert "给付 家庭 补 : 元/年 按季发 于 1 月、4 月、7 月、10 月 向下取整 1 元" in shown.text("zh")
    assert "benefit 家庭 补 : yuan/year paid quarterly in month 1, 4, 7, 10 round_down 1 yuan" in shown.text("en")
    (item,) = shown.to_json("en")["items"]
    assert item["paid"] == "paid quarterly in month 1, 4, 7, 10 round_down 1 yuan"
