"""A household with somebody who is not yet born decides as the household without: alone, compiled, interpreted, month by month."""

from __future__ import annotations

import datetime
import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl import Policy, PolicyError
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.runtime import Defer
from policy_dsl.backends.standalone import standalone
from policy_dsl.backends.values import known

from .reading import read_alike

TEXT = """政策 出生县
对象 个人 : 人
  姓名 : 文本
  出生日期 : 日期, 不变
  收入 : 元/月, 0..100000
  义务人 : 若干 义务人, 0..3
对象 义务人 : 人
  生日 : 日期, 出生
  能力 : 是否
对象 家庭 : 户
  存款 : 元, 0..100000
  成员 : 若干 个人, 1..4
规则 个人 无人供养 : 是否
  为 全部(义务人.能力)
规则 个人 上月收入 : 元/月
  为 上月(收入, 默认 0)
规则 家庭 人均 : 元/人/月
  为 合计(成员.收入) / 人数(成员)
规则 家庭 最小 : 岁
  为 最小(成员.周龄, 默认 0)
规则 个人 周龄 : 岁
  为 周岁(出生日期)
阶段 个人 状态
  起始 未领
  未领 → 在领 当 收入 低于 500
  在领 → 未领 当 收入 不低于 500
给付 家庭 人头钱 : 元/月
  为 10 元/人/月 * 人数(成员)
给付 个人 育儿金 : 元/月
  当 状态 = 在领 且 周龄 低于 3 为 100
  否则 为 0
"""
DAYS = st.dates(datetime.date(2021, 11, 1), datetime.date(2022, 8, 31)).map(str)
DUTY = st.fixed_dictionaries({"能力": st.sampled_from([True, False, None]), "生日": st.one_of(st.none(), DAYS)})
PERSON = st.fixed_dictionaries(
    {
        "出生日期": st.one_of(DAYS, st.just("1990-01-01"), st.none()),
        "收入": st.sampled_from([0, 300, 500, 900, None]),
        "义务人": st.lists(DUTY, max_size=3),
    },
    optional={"在列": st.booleans()},
)
HOUSEHOLDS = st.lists(PERSON, min_size=1, max_size=4).map(
    lambda people: {"家庭": {"存款": 0, "成员": [{"姓名": f"人{n}", **p} for n, p in enumerate(people)]}}
)


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("births") / "出生.policy"
    path.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(path)


def _born(person: dict[str, Any], name: str, on: str) -> bool:
    return person[name] is None or person[name] <= on[:7] + "-01"


def _without(facts: dict[str, Any], on: str) -> dict[str, Any]:
    """The same facts; who is not yet born is said to be absent."""
    people = []
    for p in facts["家庭"]["成员"]:
        duties = [d if _born(d, "生日", on) else {"在列": False} for d in p["义务人"]]
        people.append({**p, "义务人": duties} if _born(p, "出生日期", on) else {"在列": False})
    return {"家庭": {**facts["家庭"], "成员": people}}


def _values(decision: Any) -> dict[str, Any]:
    """Every output: its value, or what it waits for, or its error."""
    return {
        f"{e.path}.{n}": (e.values[n] if known(e.values[n]) else repr(e.values[n])) for e, n, _, _ in decision.rows()
    }


def _outcome(decide: Any) -> Any:
    try:
        return _values(decide())
    except PolicyError as refused:
        return [(d.code, d.path) for d in refused.diagnostics]


@settings(max_examples=200)
@given(facts=HOUSEHOLDS, day=st.dates(datetime.date(2021, 11, 1), datetime.date(2022, 8, 31)).map(str))
def test_a_decision_is_that_of_the_household_without(county: Policy, facts: dict[str, Any], day: str) -> None:
    told = _outcome(lambda: county.decide(facts, on=day))
    assert told == _outcome(lambda: county.decide(_without(facts, day), on=day))
    if isinstance(told, list):
        return
    decision = county.decide(facts, on=day)
    read_alike(decision)
    there = {e.path for e in decision.instance.all()}
    assert {f.path.rpartition(".")[0] for f in decision.findings} == {
        path for path, late in _late(facts, day) if late and path.rpartition(".")[0] in there
    }
    assert all(
        f.code == "F0218" and f.place is not None and f.message("zh") != f.message("en") for f in decision.findings
    )
    again = county._run(day)[1].compiled.instance("家庭", decision.instance.data)
    Interpretation(decision.epoch, decision.day, again).rules()  # the interpreter, from the same data
    assert _interpreted(again) == _interpreted(decision.instance)


def _interpreted(root: Any) -> dict[tuple[str, str], Any]:
    return {(e.path, n): v if known(v) else repr(v) for e in root.all() for n, v in e.values.items()}


def _late(facts: dict[str, Any], on: str) -> list[tuple[str, bool]]:
    out = []
    for n, p in enumerate(facts["家庭"]["成员"]):
        if p.get("在列", True):
            out.append((f"家庭.成员[{n}]", not _born(p, "出生日期", on)))
            out += [(f"家庭.成员[{n}].义务人[{i}]", not _born(d, "生日", on)) for i, d in enumerate(p["义务人"])]
    return out


@settings(max_examples=60)
@given(facts=HOUSEHOLDS)
def test_a_timeline_goes_on_as_the_decisions_of_its_months(county: Policy, facts: dict[str, Any]) -> None:
    """Every month as it is decided alone, going on from the month before; who comes by birth begins anew."""
    try:
        made = county.timeline(facts, start="2021-12", end="2022-08")
    except PolicyError as error:
        refused = {d.code for d in error.diagnostics}
    else:
        refused = set()
    assert refused <= {"F0216"}
    if refused:
        return
    before = None
    for month in made:
        if month.decision is None:
            assert _outcome(lambda on=month.month: county.decide(facts, on=on)) == [("F0111", "家庭.成员")]
            before = None
            continue
        alone = county.decide(facts, on=month.month, previous=before)
        assert _values(month.decision) == _values(alone)
        assert [(f.code, f.path) for f in month.findings] == [(f.code, f.path) for f in alone.findings]
        before = alone


@settings(max_examples=60)
@given(facts=HOUSEHOLDS, day=DAYS)
def test_the_compiled_file_gives_the_same_or_defers(
    county: Policy, compiled: Any, facts: dict[str, Any], day: str
) -> None:
    """The file has no findings, so it defers for who is not yet born, as it does for whom 在列 leaves out."""
    try:
        made = compiled.decide(facts, day)
    except compiled.Defer:
        return
    decision = county.decide(facts, on=day)
    assert not decision.findings
    assert made.keys() == decision.outputs.keys()


@pytest.fixture(scope="module")
def compiled(county: Policy, tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = Path(tmp_path_factory.mktemp("compiled") / "births_compiled.py")
    path.write_text(standalone(county.program), encoding="utf-8")
    spec = importlib.util.spec_from_file_location("births_compiled", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["births_compiled"] = module
    spec.loader.exec_module(module)
    return module


def test_the_fast_reader_reads_who_is_there_and_leaves_the_rest_to_the_careful_one(county: Policy) -> None:
    facts = {"家庭": {"存款": 0, "成员": [{"姓名": "母", "出生日期": "2022-06-01", "收入": 0, "义务人": []}]}}
    read = county.run(20220620, "家庭").compiled.read
    assert read(facts, 20220620)
    for on in (20220531, 20210101):
        with pytest.raises(Defer):
            read(facts, on)


def test_the_compiled_file_knows_who_is_alive(tmp_path: Path) -> None:
    """A death that is left out is later than every day, and so is what is made of it; who has died defers."""
    text = """政策 生死县
对象 个人 : 人
  卒日 : 日期, 死亡
规则 个人 在世 : 是否
  为 卒日 超过 决定日
规则 个人 停领日 : 日期
  为 次月(卒日 + 3 个月)
"""
    (tmp_path / "生死.policy").write_text(text, encoding="utf-8")
    space: dict[str, Any] = {}
    exec(standalone(policy_dsl.load(tmp_path / "生死.policy").program), space)
    for given_ in ({}, {"卒日": None}, {"卒日": ""}):
        assert space["decide"]({"个人": given_}, "2022-06-10") == {"个人.在世": True, "个人.停领日": None}
    dying = {"个人": {"卒日": "2022-06-05"}}
    assert space["decide"](dying, "2022-06-10") == {"个人.在世": False, "个人.停领日": "2022-10-01"}
    for given_, on in ((dying["个人"], "2022-07-01"), ({"卒日": "未知"}, "2022-06-10")):
        with pytest.raises(space["Defer"]):
            space["decide"]({"个人": given_}, on)
