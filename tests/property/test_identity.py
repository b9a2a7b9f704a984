"""Who is who: people who move within a roll, told by a plain dict from identity to past; the order of lists is of no matter."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import Decision, Policy
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_or_raise

from .dice import examples

TEXT = """政策 搬家县
对象 就诊
  费用 : 元, 0..1000
对象 个人 : 人
  {card}姓名 : 文本
  就业 : 是否
  就诊 : 若干 就诊, 0..3
对象 家庭 : 户
  户号 : 文本{known}
  成员 : 若干 个人, 0..9
对象 名册
  户 : 若干 家庭, 0..9
阶段 个人 状态
  起始 无
  终止 满期
  无 → 领取 当 非 就业
  领取 → 满期 当 累计(领取) ≥ 2
给付 个人 救助 : 元/月
  当 状态 = 领取 为 100
  否则 为 0
规则 个人 已领 : 元
  为 合计(近(12 个月, 救助, 默认 0))
规则 个人 多次 : 整数
  为 上月(多次, 默认 0) + 1
规则 家庭 月数 : 整数
  为 上月(月数, 默认 0) + 1
规则 名册 重复人数 : 人
  为 重复(户.成员.身份证)
"""
IDENTIFIED = TEXT.format(card="身份证 : 文本, 认人\n  ", known=", 认人")
MONTHS = ("2022-01", "2022-02", "2022-03", "2022-04", "2022-05", "2022-06")


def policy_of(text: str) -> Policy:
    file = PolicyFile(Path("县.policy"), "县.policy", text, "搬家县", "", 2)
    return Policy(compile_or_raise([LayerFiles("搬家县", (file,))]))


POLICY = policy_of(IDENTIFIED)


NOWHERE = -1
Closed = dict[int, tuple[bool, ...]]  # households that are not there in some months, with all who are in them


class Person(NamedTuple):
    card: str
    homes: tuple[int, ...]  # the household in each month
    works: tuple[bool, ...]  # in each month


@st.composite
def people(draw: st.DrawFn, first: int = 0) -> list[Person]:
    count = draw(st.integers(1, 5))
    months = st.tuples(*(st.integers(first, 2) for _ in MONTHS))
    works = st.tuples(*(st.booleans() for _ in MONTHS))
    return [Person(f"证{n}", draw(months), draw(works)) for n in range(count)]


closings = st.fixed_dictionaries(
    {h: st.tuples(*(st.sampled_from((False, False, True)) for _ in MONTHS)) for h in range(3)}
)


def is_open(closed: Closed | None, h: int, month: int) -> bool:
    return closed is None or not closed[h][month]


def facts(month: int, households: list[int], there: list[Person], closed: Closed | None = None) -> dict[str, Any]:
    """One month, with the people and households in the orders given."""
    return {
        "名册": {
            "户": [
                {
                    "户号": f"户{h}",
                    "在列": is_open(closed, h, month),
                    "成员": [
                        {"身份证": p.card, "姓名": "同名", "就业": p.works[month], "就诊": []}
                        for p in there
                        if p.homes[month] == h
                    ],
                }
                for h in households
            ]
        }
    }


def history(everybody: list[Person], closed: Closed | None = None) -> dict[str, Any]:
    """The whole roll: each person has an entry in every household, where they are there in their months."""

    def spells(values: tuple[object, ...]) -> list[dict[str, object]]:
        changes = (n for n, v in enumerate(values) if n == 0 or v != values[n - 1])
        return [{"自": MONTHS[n], "为": values[n]} for n in changes]

    def while_there(p: Person, h: int) -> int:
        """Facts end where the entry does."""
        return max(n for n, x in enumerate(p.homes) if x == h) + 1

    return {
        "名册": {
            "户": [
                {
                    "户号": f"户{h}",
                    "在列": spells(tuple(is_open(closed, h, m) for m in range(len(MONTHS)))),
                    "成员": [
                        {
                            "身份证": p.card,
                            "姓名": "同名",
                            "就业": spells(p.works[: while_there(p, h)]),
                            "就诊": [],
                            "在列": spells(tuple(x == h for x in p.homes)),
                        }
                        for p in everybody
                        if h in p.homes
                    ],
                }
                for h in range(3)
            ]
        }
    }


Told = dict[str, tuple[object, object, object, object]]


def expected(everybody: list[Person], closed: Closed | None = None) -> list[Told]:
    """By a dict from identity to what has been, and nothing else. Who is nowhere stays as they were, but that nothing was last month."""
    past: dict[str, tuple[str, int, int]] = {}  # state, months of drawing, months in all
    out = []
    for month in range(len(MONTHS)):
        told: Told = {}
        for p in everybody:
            state, drawn, months = past.get(p.card, ("无", 0, 0))
            if p.homes[month] == NOWHERE or not is_open(closed, p.homes[month], month):
                past[p.card] = state, drawn, 0
                continue
            paid = 100 * drawn
            if state == "无" and not p.works[month]:
                state = "领取"
            elif state == "领取" and drawn >= 2:
                state = "满期"
            past[p.card] = state, drawn + (state == "领取"), months + 1
            told[p.card] = state, 100 if state == "领取" else 0, paid, months + 1
        out.append(told)
    return out


def found(decision: Decision) -> Told:
    told = {}
    for household in decision.instance.lists["户"] or ():
        for entry in household.lists["成员"] or ():
            values = (decision[f"{entry.path}.{name}"] for name in ("状态", "救助", "已领", "多次"))
            told[entry.facts["身份证"]] = tuple(values)
    return told  # type: ignore[return-value]


@settings(max_examples=examples(60))
@given(people(), st.data())
def test_who_moves_takes_the_past_along_in_whatever_order(everybody: list[Person], data: st.DataObject) -> None:
    """Month by month with `previous=`, people and households listed in another order each time."""
    before: Decision | None = None
    for month, wanted in enumerate(expected(everybody)):
        households = data.draw(st.permutations(range(3)))
        there = data.draw(st.permutations(everybody))
        before = POLICY.decide(facts(month, households, there), on=MONTHS[month], previous=before)
        assert found(before) == wanted, MONTHS[month]
        assert before["名册.重复人数"] == 0
        assert before.findings == []
        assert {before[f"名册.户[{n}].月数"] for n in range(3)} == {month + 1}


@settings(max_examples=examples(60))
@given(people())
def test_a_timeline_of_people_who_move_is_the_same(everybody: list[Person]) -> None:
    timeline = POLICY.timeline(history(everybody), start=MONTHS[0], end=MONTHS[-1])
    for month, wanted in zip(timeline.months, expected(everybody), strict=True):
        assert month.decision is not None
        assert found(month.decision) == wanted, month.month


@settings(max_examples=examples(60))
@given(people(NOWHERE), closings, st.data())
def test_nobody_goes_on_from_where_they_were_before_they_were_elsewhere(
    everybody: list[Person], closed: Closed, data: st.DataObject
) -> None:
    """People come and go, households with all who are in them, too; decisions that go on from one another and timelines."""
    wanted = expected(everybody, closed)
    before: Decision | None = None
    for month, told in enumerate(wanted):
        households, there = data.draw(st.permutations(range(3))), data.draw(st.permutations(everybody))
        before = POLICY.decide(facts(month, households, there, closed), on=MONTHS[month], previous=before)
        assert found(before) == told, MONTHS[month]
    timeline = POLICY.timeline(history(everybody, closed), start=MONTHS[0], end=MONTHS[-1])
    for month_, told in zip(timeline.months, wanted, strict=True):
        assert month_.decision is not None
        assert found(month_.decision) == told, month_.month


@settings(max_examples=examples(40))
@given(st.lists(st.booleans(), min_size=2, max_size=4), st.data())
def test_a_permutation_changes_nothing(works: list[bool], data: st.DataObject) -> None:
    """Of the members of one household, in any month."""
    everybody = [Person(f"证{n}", (0,) * 6, (w,) * 6) for n, w in enumerate(works)]
    plain: Decision | None = None
    mixed: Decision | None = None
    for month in range(4):
        there = data.draw(st.permutations(everybody))
        plain = POLICY.decide(facts(month, [0], everybody), on=MONTHS[month], previous=plain)
        mixed = POLICY.decide(facts(month, [0], there), on=MONTHS[month], previous=mixed)
        assert found(plain) == found(mixed)
        places = {p.card: n for n, p in enumerate(there)}
        for n, p in enumerate(everybody):
            ours, theirs = f"名册.户[0].成员[{n}].", f"名册.户[0].成员[{places[p.card]}]."
            assert [plain[ours + x] for x in ("状态", "救助")] == [mixed[theirs + x] for x in ("状态", "救助")]


@pytest.mark.parametrize("marked", [True, False])
def test_the_compiled_function_counts_what_repeats(marked: bool) -> None:
    """Whether the text identifies or not; only what is unknown is left to the interpreter."""
    text = IDENTIFIED if marked else TEXT.format(card="身份证 : 文本\n  ", known="")
    policy = policy_of(text)
    people_ = [
        Person("一", (0,) * 6, (True,) * 6),
        Person("二", (1,) * 6, (True,) * 6),
        Person("一", (2,) * 6, (True,) * 6),
    ]
    decision = policy.decide(facts(0, [0, 1, 2], people_), on="2022-01")
    assert decision.compiled_alone
    assert decision["名册.重复人数"] == 1
    assert [f.code for f in decision.findings] == (["F0231"] if marked else [])


@settings(max_examples=examples(40))
@given(
    people(NOWHERE),
    closings,
    st.sampled_from(("按月发", "按季发", "按季发 于 1 月、4 月、7 月、10 月", "按季发 于 2 月、5 月、8 月、11 月")),
)
def test_where_somebody_lives_is_of_no_matter_to_the_money(everybody: list[Person], closed: Closed, parts: str) -> None:
    """Each month pays who moves what it would pay who stays, absent in the same months: also what is left of a benefit in parts."""
    policy = policy_of(IDENTIFIED + f"给付 个人 补 : 元/年 {parts}\n  为 1200\n")
    homes = [
        [NOWHERE if h == NOWHERE or not is_open(closed, h, m) else 0 for m, h in enumerate(p.homes)] for p in everybody
    ]
    stays = [p._replace(homes=tuple(h)) for p, h in zip(everybody, homes, strict=True) if 0 in h]
    moves = [p for p in everybody if p.card in {x.card for x in stays}]
    assert money(policy, history(moves, closed)) == money(policy, history(stays))


def money(policy: Policy, given: dict[str, Any]) -> dict[tuple[str, str], object]:
    """(who, month) → what the month pays, for itself and for those before."""
    cards = {
        f"名册.户[{h}].成员[{n}]": p["身份证"]
        for h, household in enumerate(given["名册"]["户"])
        for n, p in enumerate(household["成员"])
    }
    line = policy.timeline(given, start=MONTHS[0], end=MONTHS[-1])
    found = [(b.path, m.month, line.paid(m.month, b.path)) for m in line if m.paid for b in m.paid.benefits]
    out: dict[tuple[str, str], Any] = {}
    for path, month, amount in [*found, *((s.benefit, s.month, s.amount) for s in line.settlements)]:
        key = cards[path.rpartition(".")[0]], month
        out[key] = out.get(key, 0) + amount
    return {key: amount for key, amount in out.items() if amount}
