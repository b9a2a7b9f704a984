"""Lists with a default: `默认 无`, used where the list is left out or null, and told in the reasons."""

from __future__ import annotations

import json
import pickle

import pytest

from policy_dsl.diagnostics.report import PolicyError
from policy_dsl.facts.schema import schema, template

from .deciding import decided, deferred, policy_of

TEXT = """对象 办理件
  受理 : 是否
  次数 : 整数, 0..9, 默认 1
对象 家庭 : 户
  收入 : 元/月, 0..1000
  办理 : 若干 办理件, 0..20, 默认 无
  别的 : 若干 别件, 0..20
对象 别件
  受理 : 是否
给付 家庭 补 : 元/月
  当 任一(办理.受理) 为 0
  否则 为 420
规则 家庭 几次 : 整数
  为 合计(办理.次数)
"""


@pytest.mark.parametrize("given", [{}, {"办理": None}, {"办理": []}], ids=["left out", "null", "nobody"])
def test_who_is_not_given_is_nobody(given: dict[str, object]) -> None:
    """The same amounts as with an empty list; only where it was not given do the reasons name the default."""
    policy = policy_of(TEXT)
    d = decided(policy, {"家庭": {"收入": 0, "别的": [], **given}}, "2022-01")
    assert (d["家庭.补"], d["家庭.几次"]) == (420, 0)
    assert not deferred(policy, {"家庭": {"收入": 0, "别的": [], **given}}, "2022-01")
    said = "家庭.办理 没有给出，用了写明的默认：无"
    assert (said in d.explain("家庭.补").text("zh")) == ("办理" not in given or given["办理"] is None)
    steps = d.to_json()["explanation"]["steps"]  # type: ignore[index,call-overload]
    told = [s for s in steps.values() if s.get("default_lists")]
    assert len(told) == (2 if given != {"办理": []} else 0)


def test_a_list_that_is_given_is_as_ever() -> None:
    policy = policy_of(TEXT)
    d = decided(policy, {"家庭": {"收入": 0, "办理": [{"受理": True}, {"受理": False, "次数": 4}]}}, "2022-01")
    assert (d["家庭.补"], d["家庭.几次"]) == (0, 5)
    open_ = policy.decide({"家庭": {"收入": 0, "办理": [{}]}}, on="2022-01")
    assert [x.needs for x in open_.undetermined] == [("家庭.办理[0].受理",)]


def test_a_history_a_pickle_and_an_example_know_it() -> None:
    policy = policy_of(TEXT + "案例 没有办理\n  于 2022-01\n  家庭: 收入 = 0\n  应为 家庭: 补 = 420\n")
    t = policy.timeline({"家庭": {"收入": [{"自": "2022-01", "为": 1}]}}, start="2022-01", end="2022-02")
    for made in (t, pickle.loads(pickle.dumps(t))):
        d = made.months[-1].decision
        assert d is not None
        assert d["家庭.补"] == 420
    assert "没有给出，用了写明的默认" in d.explain().text("zh")
    from policy_dsl.examples.run import run

    assert all(r.passed for r in run(policy))


def test_schemas_and_blanks_show_it() -> None:
    """In the schema an empty list is its default; a blank shows its entry like that of any other list, and filled in it counts."""
    program = policy_of(TEXT).program
    listed = schema(program)["$defs"]["家庭"]["properties"]["办理"]  # type: ignore[index,call-overload]
    assert listed["default"] == []
    blank = json.loads(template(program, "json"))
    assert blank["家庭"]["办理"] == [{"在列": None, "受理": None, "次数": None}]
    assert '"办理":  # 一个也没有的删去这一项' in template(program, "yaml")
    d = policy_of(TEXT).decide({"家庭": {**blank["家庭"], "收入": 0}}, on="2022-01")
    assert {n for x in d.undetermined for n in x.needs} == {"家庭.办理"}


@pytest.mark.parametrize("written", ["0..20, 默认 甲", "1..20, 默认 无", "默认 无", "0..20, 默认 3"])
def test_only_an_empty_list_can_be_the_default(written: str) -> None:
    with pytest.raises(PolicyError) as caught:
        policy_of(TEXT.replace("办理件, 0..20, 默认 无", f"办理件, {written}"))
    assert {d.code for d in caught.value.diagnostics} == {"P0343"}
