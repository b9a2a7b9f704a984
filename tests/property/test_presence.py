"""Who is there, and what absence does, told apart: months of people who are born, die, leave and come back, run by hand.

Here a person's months are counted one by one in plain Python, from the facts as they are written; nothing is carried, and nothing of the
engine's tracks, presence or handing over is used.
"""

from __future__ import annotations

import datetime
import pickle
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl import Decision, Policy, PolicyError

from . import reader
from .dice import examples

TEXT = """政策 来去县
对象 个人 : 人
  姓名 : 文本
  生日 : 日期, 出生
  卒日 : 日期, 死亡
  收入 : 元/月, 0..1000
对象 家庭 : 户
  姓 : 文本
  成员 : 若干 个人, 1..3
对象 名册
  户 : 若干 家庭, 0..3
阶段 个人 状态
  起始 无
  终止 满期
  无、停 → 领取 当 收入 低于 500
  领取 → 停 当 收入 不低于 500
  领取 → 满期 当 收入 低于 500 且 累计(领取) ≥ 3
规则 个人 领过 : 月
  为 累计(领取)
规则 个人 连领 : 月
  为 持续(领取)
规则 个人 起初 : 元/月
  当 状态 = 领取 为 进入时(领取, 收入)
  否则 为 0
规则 个人 前领 : 是否
  为 上月(状态, 默认 满期) = 领取
规则 个人 前额 : 元/月
  为 上月(救助, 默认 7)
规则 个人 前收 : 元/月
  为 上月(收入)
规则 个人 三月 : 元
  为 合计(近(3 个月, 收入, 默认 1 元/月))
规则 个人 都知 : 元
  为 合计(近(2 个月, 收入))
规则 个人 在世 : 是否
  为 卒日 超过 本月
规则 家庭 人口 : 人
  为 人数(成员)
给付 个人 救助 : 元/月
  当 状态 = 领取 为 100
  否则 为 0
"""
SPAN = [datetime.date(2022, m, 1) for m in range(1, 10)]
MONTHS = [f"2022-{m:02d}" for m in range(1, 10)]
DAYS = st.sampled_from(["2021-12-31", "2022-01-01", "2022-02-14", "2022-04-01", "2022-05-31", "2022-07-02"])
BIRTHS = st.one_of(st.none(), st.just("1990-03-01"), DAYS)
INCOMES = st.sampled_from([0, 300, 500, 900])
LEARNED = st.sampled_from(["2022-03-10", "2022-06-20", "2022-08-01"])


@st.composite
def deaths(draw: st.DrawFn) -> Any:
    """Left out, known all the time, known late, or first told wrongly."""
    way = draw(st.integers(0, 4))
    if way < 2:
        return None if way else ""
    if way == 2:
        return draw(DAYS)
    day = draw(DAYS)
    rows: list[dict[str, Any]] = [{"自": day, "为": day, "获知": draw(LEARNED)}]
    if way == 4:
        rows.append({"自": day, "为": draw(st.one_of(DAYS, st.none())), "获知": "2022-08-20"})
    return rows


@st.composite
def stays(draw: st.DrawFn) -> Any:
    """在列: nothing said, or months of coming and going in turn."""
    turns = sorted(draw(st.sets(st.sampled_from(MONTHS), max_size=5)))
    begins = draw(st.booleans())
    return [{"自": m, "为": begins == (n % 2 == 0)} for n, m in enumerate(turns)] or draw(st.sampled_from([None, True]))


@st.composite
def people(draw: st.DrawFn) -> dict[str, Any]:
    born, died = draw(BIRTHS), draw(deaths())
    months = draw(st.sets(st.sampled_from(MONTHS[1:]), max_size=3))
    first = "2021-06" if born or died or draw(st.booleans()) else min(months, default="2021-06")
    rows: Any = [{"自": m, "为": draw(INCOMES)} for m in sorted({first, *months})]
    if born and born[:4] > "2020":  # no fact before the birth
        rows = draw(INCOMES)
    stay = draw(stays())
    if isinstance(stay, list) and isinstance(rows, list) and not stay[-1]["为"]:  # nor after the leaving
        rows = [r for r in rows if r["自"] <= stay[-1]["自"]] or draw(INCOMES)
    return {"姓名": "某", "生日": born, "卒日": died, "收入": rows, "在列": stay}


HOUSEHOLDS = st.fixed_dictionaries({"姓": st.just("张"), "成员": st.lists(people(), min_size=1, max_size=3)})
ROLLS = st.lists(st.tuples(HOUSEHOLDS, stays()).map(lambda x: {**x[0], "在列": x[1]}), max_size=3).map(
    lambda households: {"名册": {"户": households}}
)
HISTORIES = st.one_of(HOUSEHOLDS.map(lambda h: {"家庭": h}), ROLLS)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("presence") / "来去.policy"
    path.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(path)


# --- by hand


def holding(rows: Any, month: datetime.date) -> Any:
    """What a fact is in a month, in the end: of the rows begun the one known last, then the latest."""
    if not isinstance(rows, list):
        return rows
    begun = [r for r in rows if begun_row(r, month)]
    ranked = [((r.get("获知") or r["自"])[:7] + "-99", r.get("获知", ""), r["自"], r["为"]) for r in begun]
    return max(ranked, key=lambda r: r[:3])[3] if ranked else None


def dead(rows: Any, month: datetime.date) -> Any:
    """The same of a death: a row counts from the month of its day, if that is before 自, and so does one with the same 自."""
    if not isinstance(rows, list):
        return rows
    days = {r["自"]: min(r["自"], *(x["为"] for x in rows if x["自"] == r["自"] and x["为"])) for r in rows}
    return holding([r | {"自": days[r["自"]][:7], "获知": r.get("获知") or r["自"]} for r in rows], month)


def begun_row(row: dict[str, Any], month: datetime.date) -> bool:
    return (reader.day(row["自"]) or month) <= month


def listed(rows: Any, month: datetime.date) -> bool:
    """在列; before the first row the other way round."""
    if not isinstance(rows, list):
        return rows is not False
    found = holding(rows, month)
    return not rows[0]["为"] if found is None else found


def begun(person: dict[str, Any], month: datetime.date) -> bool:
    """Not before the first date of facts that are all dated; the name is none of them, nor is what is empty."""
    own = [person[k] for k in ("生日", "卒日", "收入") if person[k] not in (None, "")]
    return not all(isinstance(x, list) for x in own) or not own or any(begun_row(r, month) for x in own for r in x)


def there(person: dict[str, Any], month: datetime.date) -> bool:
    """Listed, born, alive, and after the first date of the facts."""
    days = [reader.day(x) if x else None for x in (person["生日"], dead(person["卒日"], month))]
    return begun(person, month) and listed(person["在列"], month) and reader.alive(days[0], days[1], month)


class Told(NamedTuple):
    """One month of one person, as the policy means it; None where it is an error."""

    state: str
    total: int
    spent: int
    entered: int
    was_drawing: bool
    before: int
    income_before: int | None
    three: int
    two: int | None
    alive: bool


def life(person: dict[str, Any], where: list[bool]) -> Iterator[Told | None]:
    """The person's months; `where`: in which of them it is there. None in the others."""
    state, drawn, spent, entered = "无", 0, 0, 0
    history: list[tuple[str, int, int] | None] = []  # state, benefit, income of each month since the first; None: away
    for month, present in zip(SPAN, where, strict=True):
        if not present:
            if history:
                history.append(None)
            yield None
            continue
        income = holding(person["收入"], month)
        total, was, stayed = drawn, state, spent
        if state in ("无", "停") and income < 500:
            state = "领取"
        elif state == "领取" and income >= 500:
            state = "停"
        elif state == "领取" and drawn >= 3:
            state = "满期"
        if state == "领取" and was != "领取":
            entered = income
        last = history[-1] if history else ("无", 7, None)
        windows = [[None if h is None else h[2] for h in history[-n:]] for n in (3, 2)]
        three = sum(1 if x is None else x for x in windows[0]) + (3 - len(windows[0]))
        two = None if len(windows[1]) < 2 or None in windows[1] else sum(x for x in windows[1] if x is not None)
        benefit = 100 if state == "领取" else 0
        death = dead(person["卒日"], month)
        yield Told(
            state,
            total,
            stayed if was == "领取" else 0,
            entered if state == "领取" else 0,
            last is not None and last[0] == "领取",
            7 if last is None else last[1],
            None if last is None else last[2],
            three,
            two,
            not death or (reader.day(death) or month) > month,
        )
        drawn += state == "领取"
        spent = stayed + 1 if state == was else 1
        history.append((state, benefit, income))


NAMES = ("状态", "领过", "连领", "起初", "前领", "前额", "前收", "三月", "都知", "在世")


def said(decision: Decision, path: str) -> Told:
    out: list[Any] = []
    for name in NAMES:
        value = decision.outputs[f"{path}.{name}"].value
        out.append(int(value) if isinstance(value, (int, Fraction)) and not isinstance(value, bool) else value)
    return Told(*(int(x) if hasattr(x, "as_tuple") else x for x in out))


def households(history: dict[str, Any]) -> list[tuple[str, dict[str, Any], list[bool]]]:
    """(path, household, in which months it is there): listed, and somebody in it."""
    if "家庭" in history:
        found = [("家庭", history["家庭"])]
    else:
        found = [(f"名册.户[{n}]", h) for n, h in enumerate(history["名册"]["户"])]
    return [
        (path, h, [listed(h.get("在列"), m) and any(there(p, m) for p in h["成员"]) for m in SPAN]) for path, h in found
    ]


def expected(history: dict[str, Any]) -> list[dict[str, Told]]:
    """Each month's people by their paths."""
    out: list[dict[str, Told]] = [{} for _ in SPAN]
    for path, household, where in households(history):
        for n, person in enumerate(household["成员"]):
            present = [w and there(person, m) for w, m in zip(where, SPAN, strict=True)]
            for month, told in zip(out, life(person, present), strict=True):
                if told is not None:
                    month[f"{path}.成员[{n}]"] = told
    return out


def contradicted(history: dict[str, Any]) -> bool:
    """Whether somebody dies before the birth, as far as is known in the end."""
    last = datetime.date(2023, 1, 1)
    return any(
        p["生日"] and any((d := dead(p["卒日"], m)) and d < p["生日"] for m in (*SPAN, last))
        for _, h, _ in households(history)
        for p in h["成员"]
    )


@settings(max_examples=examples(150))
@given(history=HISTORIES)
def test_a_timeline_is_what_counting_by_hand_gives(county: Policy, history: dict[str, Any]) -> None:
    """Who is there in each month, with state, counts and values: nobody before birth or after death, and no step while away."""
    wanted = expected(history)
    try:
        made = county.timeline(history, start=MONTHS[0], end=MONTHS[-1])
    except PolicyError as error:
        codes = {d.code for d in error.diagnostics}
        assert codes == ({"F0221"} if contradicted(history) else {"F0216"})
        assert contradicted(history) or not any(wanted)
        return
    for month, people_ in zip(made, wanted, strict=True):
        if month.decision is None:
            assert not people_
            assert month.findings
            continue
        paths = {e.path for e in month.decision.instance.all() if e.entity.name == "个人"}
        assert paths == set(people_), month.month
        for path, told in people_.items():
            assert said(month.decision, path) == told, (month.month, path)
    again = pickle.loads(pickle.dumps(made))
    assert [m.decision and dict(m.decision.outputs) for m in again] == [
        m.decision and dict(m.decision.outputs) for m in made
    ]


def facts_of(entry: Any, month: datetime.date) -> Any:
    """What `decide` is given of a history in a month: each fact as it is then, who is not listed with 在列 = 否."""
    if isinstance(entry, dict):
        made = {k: dead(v, month) if k == "卒日" else facts_of(v, month) for k, v in entry.items()}
        if "在列" in entry:
            made["在列"] = listed(entry["在列"], month) and ("收入" not in entry or begun(entry, month))
        return made
    if isinstance(entry, list) and entry and "自" in entry[0]:
        return holding(entry, month)
    return [facts_of(x, month) for x in entry] if isinstance(entry, list) else entry


@settings(max_examples=examples(80))
@given(history=HISTORIES)
def test_a_month_decided_alone_goes_on_as_the_timeline(county: Policy, history: dict[str, Any]) -> None:
    """With `previous=` over absences and returns, through pickles too."""
    try:
        made = county.timeline(history, start=MONTHS[0], end=MONTHS[-1])
    except PolicyError:
        return
    before: Decision | None = None
    absent = 0
    for month, first in zip(made, SPAN, strict=True):
        facts = facts_of(history, first)
        if month.decision is None:
            with pytest.raises(PolicyError) as refused:
                county.decide(facts, on=month.month)
            assert {d.code for d in refused.value.diagnostics} <= {"F0111", "F0224"}
            absent += before is not None
            continue
        alone = county.decide(facts, on=month.month, previous=before, months_absent=absent)
        assert alone.outputs == month.decision.outputs, month.month
        assert [(f.code, f.path) for f in alone.findings] == [(f.code, f.path) for f in month.findings]
        before, absent = pickle.loads(pickle.dumps(alone)), 0
