"""Reasons cost as much more as there is more to explain: counted by calls of functions, not by the clock."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Policy
from policy_dsl.explain.formula import Words

EVEN = 5  # times the calls, where there is four times as much: what does not grow with it is paid once

POLICY = """
政策 均匀县
对象 个人 : 人
  姓名 : 文本
  月收入 : 元/月, 0..100000
  年龄 : 岁, 0..130
  重残 : 是否
对象 家庭 : 户
  成员 : 若干 个人, 1..200

参数 标准 : 元/人/月
  自 2020-01-01 为 600
  自 2021-01-01 为 660
规则 家庭 人均 : 元/人/月
  为 合计(成员.月收入) / 人数(成员)
规则 家庭 老人 : 人
  为 人数(成员 当 年龄 ≥ 60 岁)
给付 家庭 保障金 : 元/月
  当 人均 < 标准 为 四舍五入((标准 - 人均) * 人数(成员), 1 元)
  否则 为 0
给付 个人 加发 : 元/人/月
  当 重残 且 家庭.人均 < 标准 为 四舍五入(30% * 标准, 1 元)
  否则 为 0
"""


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    file = tmp_path_factory.mktemp("均匀县") / "均匀县.policy"
    file.write_text(POLICY, encoding="utf-8")
    return policy_dsl.load(file)


def household(people: int) -> dict[str, Any]:
    members = [
        {"姓名": f"甲{n}", "月收入": 100 * (n % 9), "年龄": 7 * n % 90, "重残": n % 3 == 0} for n in range(people)
    ]
    return {"家庭": {"成员": members}}


@cache
def history() -> dict[str, Any]:
    dated = [{"自": f"{2020 + k // 12}-{k % 12 + 1:02d}", "为": 400 + k % 2 * 200} for k in range(0, 48, 3)]
    given = household(2)
    given["家庭"]["成员"][0]["月收入"] = dated
    return given


def calls(run: Callable[[], object]) -> int:
    """How many functions are called, those of the interpreter's own included."""
    count = 0

    def seen(_frame: object, event: str, _arg: object) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(seen)
    try:
        run()
    finally:
        sys.setprofile(before)
    return count


FORMS: dict[str, Callable[[policy_dsl.Decision], object]] = {
    "json": lambda d: d.to_json(),
    "explanation": lambda d: d.explain().to_json("en"),
    "text": lambda d: d.explain().text(),
    "one output": lambda d: d.explain("保障金").text(),
    "html": lambda d: d.explain().html(),
}


@pytest.mark.parametrize("form", FORMS)
def test_four_times_the_people_take_no_more_than_five_times_the_calls(policy: Policy, form: str) -> None:
    """Households of 40 and of 160."""
    taken = []
    for people in (40, 160):
        facts = household(people)
        run = lambda f=facts: FORMS[form](policy.decide(f, on="2021-06"))  # noqa: E731
        run()  # what is made once for a policy is made here
        taken.append(calls(run))
    assert taken[1] <= EVEN * taken[0]


@pytest.mark.parametrize("form", ["to_json", "text", "html"])
def test_four_times_the_months_take_no_more_than_five_times_the_calls(policy: Policy, form: str) -> None:
    """Timelines of 12 and of 48 months whose facts change all the while."""
    taken = []
    for last in ("2020-12", "2023-12"):
        run = lambda end=last: getattr(policy.timeline(history(), start="2020-01", end=end), form)()  # noqa: E731
        run()
        taken.append(calls(run))
    assert taken[1] <= EVEN * taken[0]


def test_formulas_are_put_into_words_once(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second case is explained, in a language that was told already, without putting any formula into words."""
    policy.decide(household(3), on="2021-06").explain().to_json()
    rendered: list[object] = []
    kept = Words.pieces

    def pieces(self: Words, node: Any, *more: Any) -> Any:
        rendered.append(node)
        return kept(self, node, *more)

    monkeypatch.setattr(Words, "pieces", pieces)
    again = policy.decide(household(5), on="2021-06").explain().to_json()
    assert again["steps"]
    assert rendered == []


def test_what_is_kept_holds_nothing_of_a_case(policy: Policy) -> None:
    """Neither names nor amounts of one household are told of the next."""
    policy.decide(household(9), on="2021-06").explain().text()
    one = household(1)
    one["家庭"]["成员"][0] |= {"姓名": "乙", "月收入": 77}
    told = policy.decide(one, on="2021-06").explain().text()
    assert "甲" not in told
    assert "乙 77.00 元/月" in told
