"""`policy test` decides an example for the outputs that it needs; what it finds, and how it says so, is what the whole decision would give."""

from __future__ import annotations

from pathlib import Path

import pytest

import policy_dsl
from policy_dsl import Policy
from policy_dsl.examples import run as testing
from policy_dsl.examples.case import Case
from policy_dsl.examples.guarantees import PATIENCE, decided, named_in
from policy_dsl.examples.run import Result, asked_by

TEXT = """政策 片
对象 个人 : 人
  月收入 : 元/月, 0..5000
对象 家庭 : 户
  车 : 是否
  成员 : 若干 个人, 0..20
规则 家庭 合计收入 : 元/月
  为 合计(成员.月收入)
给付 家庭 保障金 : 元/月
  当 车 为 0
  当 非 车 且 合计收入 < 900 为 四舍五入(900 - 合计收入, 1 元/月)
给付 家庭 补助 : 元/月
  当 合计收入 ≥ 500 为 30
  否则 为 20
规则 家庭 旧 : 数
  自 2010-01-01 至 2012-12-31 为 3
规则 家庭 商 : 数
  为 人数(成员) / 人数(成员 当 月收入 > 4000)
规则 个人 老 : 数
  为 1
规则 家庭 甲 : 数
  为 1
规则 家庭 乙 : 数
  为 甲 + 1
规则 家庭 丙 : 数
  为 乙 + 1
规则 家庭 丁 : 数
  为 商 + 1
规则 家庭 戊 : 数
  为 丁 + 1
规则 家庭 己 : 数
  为 1
规则 家庭 庚 : 数
  为 2
规则 家庭 辛 : 数
  为 3
案例 对
  于 2022-06
  成员 甲: 月收入 = 300
  家庭: 车 = 否
  应为 家庭: 保障金 = 600
案例 错数
  于 2022-06
  成员 甲: 月收入 = 300
  家庭: 车 = 否
  应为 家庭: 保障金 = 500
案例 空档
  于 2022-06
  成员 甲: 月收入 = 1300
  家庭: 车 = 否
  应为 家庭: 保障金 = 错误
案例 等事实
  于 2022-06
  成员 甲: 月收入 = 300
  应为 家庭: 保障金 = 未知(车)
案例 等错了
  于 2022-06
  成员 甲: 月收入 = 300
  应为 家庭: 保障金 = 未知(月收入)
案例 不在名单
  于 2022-06
  成员 甲: 月收入 = 300
  应为 成员 甲: 老 = 2
案例 没有规定
  于 2022-06
  成员 甲: 月收入 = 300
  应为 家庭: 旧 = 3
案例 除零
  于 2022-06
  成员 甲: 月收入 = 300
  应为 家庭: 戊 = 3
案例 哪里都行
  于 2022-06
  成员 甲: 月收入 = 300
  应为 错误
"""
RISES = """保证 补助不随收入增
  补助 随 成员.月收入 不增
"""


def loaded(folder: Path, text: str) -> Policy:
    (folder / "片.policy").write_text(text, encoding="utf-8")
    return policy_dsl.load(folder / "片.policy")


def found(results: list[Result]) -> list[object]:
    return [(r.example.title, r.passed, r.mismatches, [f._replace(labels=()) for f in r.findings]) for r in results]


@pytest.mark.parametrize("more", ["", RISES])
def test_what_is_found_is_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: str) -> None:
    policy = loaded(tmp_path, TEXT + more)
    part = found(testing.run(policy))
    monkeypatch.setattr(testing, "asked_by", lambda *_: None)
    assert part == found(testing.run(policy))
    assert [passed for _, passed, *_ in part][:3] == ([True, False, True] if not more else [False, False, True])


def test_what_an_example_does_not_need_is_not_computed(tmp_path: Path) -> None:
    """What it expects, and what guarantees name; all where any error will do."""
    policy = loaded(tmp_path, TEXT + RISES)
    asked = [asked_by(policy, e, "家庭") for e in policy.program.examples]
    assert asked[0] == ("家庭.保障金", "家庭.补助")
    assert asked[5] == ("家庭.成员.老", "家庭.补助")
    assert asked[-1] is None


def test_few_cases_are_interpreted_and_many_compiled(tmp_path: Path) -> None:
    policy = loaded(tmp_path, TEXT + RISES)
    names = named_in(policy, "家庭", [c for g in policy.program.guarantees for c in g.claims])
    assert names == ("家庭.补助",)
    data = policy.decide({"家庭": {"车": False, "成员": [{"月收入": 300}]}}, on="2022-06").data
    made = [decided(policy, Case("家庭", data, 20220601), names) for _ in range(PATIENCE + 2)]
    assert [d is not None and d.compiled_alone for d in made] == [False] * PATIENCE + [True] * 2
    assert {None if d is None else d["家庭.补助"] for d in made} == {20}
