"""What is missing of a decision, in three lists: by hand, and every partial case of a policy with every construct against all its fillings."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Decision, Policy

TEXT = """政策 缺县
文件 办法 : 缺民发〔2022〕1号
类型 地区 = 城市 | 农村
对象 个人 : 人
  姓名 : 文本
  重病 : 是否, 问 "有没有重病？"
对象 家庭 : 户
  地区 : 地区
  受理日 : 日期
  甲、乙、丙、丁 : 是否
  等级 : 一等 | 二等, 由 民主评议 定
  收入 : 元/月, 0..1000
  成员 : 若干 个人, 0..5
参数 标准(地区) : 元/户/月
  | 地区 | 自 2022-01-01 |
  | 城市 | 500           |
参数 标准(地区) : 元/户/月 自 2022-02-01
  | 地区 | 标准 |
  | 农村 | 400  |
参数 加额 : 元/户/月
  自 2022-01-01 待定
规则 家庭 特殊 : 是否
  为 甲 且 乙
规则 家庭 顺序 : 是否
  依次
  当 丙 为 是
  当 丁 为 否
  否则 为 是
规则 家庭 几个 : 整数
  依次
  当 乙 为 1
  当 丁 为 2
  否则 为 3
规则 个人 几分 : 整数
  当 重病 为 1
  否则 为 2
规则 家庭 期限 : 元/月
  依次
  自 2021-01-01 至 2022-05-31
    当 丙 为 1
    当 丁 为 2
  自 2022-06-01
    当 甲 为 3
  否则 为 4
给付 家庭 分支 : 元/月
  当 甲 且 丙 为 100
  当 非 甲 且 丙 为 200
  否则 为 0
给付 家庭 例外的 : 元/月
  当 乙 为 10
  否则 为 20
  例外 特殊的 当 特殊 为 30
  例外 丁的 当 丁 为 40 优先于 特殊的
给付 家庭 依次的 : 元/月
  依次
  当 甲 为 10
  当 乙 且 等级 = 一等 为 20
  否则 为 30
给付 家庭 就高的 : 元/月
  就高
  当 丙 为 50
  当 丁 为 30
  否则 为 0
给付 家庭 差额 : 元/月
  当 收入 低于 标准(地区) 为 标准(地区) - 收入
  否则 为 0
规则 家庭 加的 : 元/月
  当 甲 为 加额
  否则 为 0
规则 家庭 有病人 : 是否
  为 任一(成员.重病 当 甲)
规则 家庭 那天的 : 元/月
  为 期限 于 受理日
规则 家庭 上次 : 是否
  为 上月(乙, 默认 顺序)
规则 家庭 不然 : 整数
  当 甲 为 1
  否则 为 几个
规则 家庭 没有人 : 是否
  为 最大(成员.几分, 默认 几个) > 1
规则 家庭 最高 : 元/月
  为 最大(收入, 500)
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("missing") / "a.policy"
    path.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(path)


def facts(**given: Any) -> dict[str, Any]:
    return {"家庭": given}


def lists(d: Decision, *outputs: str) -> list[set[str]]:
    """The names of each list, of those that wait for some of the outputs where any are named."""
    wanted = {f"家庭.{o}" for o in outputs}
    return [
        {x.fact.removeprefix("家庭.") or x.parameter for x in found if not wanted or wanted & set(x.outputs)}
        for found in d.missing
    ]


def test_by_hand(county: Policy) -> None:
    """Each construct: what it waits for now, and what it may come to wait for."""
    d = county.decide(facts(), on="2022-07")
    for output, wanted in {
        "分支": {"甲", "丙"},
        "例外的": {"甲", "乙", "丁"},
        "依次的": {"甲", "乙", "等级"},
        "就高的": {"丙", "丁"},
        "差额": {"收入", "地区"},
        "加的": {"甲", "加额"},
        "有病人": {"甲", "成员"},
        "那天的": {"受理日", "甲", "丙", "丁"},
        "上次": {"丙", "丁"},
        "不然": {"甲", "乙", "丁"},
        "没有人": {"成员", "乙", "丁"},
    }.items():
        assert lists(d, output)[1] == wanted, output
    assert lists(d, "依次的")[0] == {"甲"}
    assert lists(d, "加的")[0] == {"甲"}
    assert lists(county.decide(facts(受理日="2021-05-01"), on="2022-07"), "那天的")[1] == {"丙", "丁"}


def test_what_is_known_is_not_walked(county: Policy) -> None:
    """A condition that does not hold, a part that is known, what stands below the line that applies."""
    d = county.decide(facts(甲=False, 丁=True, 收入=100, 地区="城市", 成员=[]), on="2022-07")
    assert lists(d, "加的", "例外的", "差额", "有病人")[1] == set()
    assert lists(d, "依次的")[1] == {"乙", "等级"}
    assert lists(d, "分支")[1] == {"丙"}
    later = county.decide(facts(甲=True, 乙=True, 丙=True, 丁=False, 收入=0, 地区="农村", 成员=[]), on="2022-07")
    assert lists(later) == [{"加额", "受理日"}, {"加额", "受理日"}, {"等级"}]


def test_who_decides_and_how_to_ask(county: Policy) -> None:
    """Entries name the outputs that wait, who decides and how to ask; facts stand in the case's order, parameters last."""
    d = county.decide(
        facts(甲=True, 乙=True, 丙=True, 丁=True, 收入=0, 地区="城市", 成员=[{"姓名": "甲"}]), on="2022-07"
    )
    assert [(x.fact, x.parameter, x.by, x.question, x.outputs) for x in d.missing.now] == [
        ("家庭.受理日", "", "", "", ("家庭.那天的",)),
        ("家庭.成员[0].重病", "", "", "有没有重病？", ("家庭.有病人", "家庭.没有人", "家庭.成员[0].几分")),
        ("", "加额", "", "", ("家庭.加的",)),
    ]
    assert [(x.fact, x.by) for x in d.missing.cannot_matter] == [("家庭.等级", "民主评议")]
    made = json.loads(json.dumps(d.to_json()["missing"]))
    assert made["now"][2] == {"parameter": "加额", "outputs": ["家庭.加的"], "by": "", "question": ""}
    assert made["cannot_matter"] == [{"fact": "家庭.等级", "outputs": [], "by": "民主评议", "question": ""}]
    assert list(made) == ["now", "can_matter", "cannot_matter"]


def test_nothing_is_missing_where_all_is_given(county: Policy) -> None:
    every = facts(甲=False, 乙=True, 丙=True, 丁=True, 等级="一等", 收入=0, 地区="城市", 受理日="2022-01-01", 成员=[])
    assert county.decide(every, on="2022-07").missing == ((), (), ())


def test_every_partial_case_against_all_its_fillings(county: Policy) -> None:
    """Whatever is filled in of what cannot matter, no output changes; where all that can matter is given, nothing waits for a fact."""
    domains: dict[str, tuple[Any, ...]] = {
        "甲": (True, False), "乙": (True, False), "丙": (True, False), "丁": (True, False), "等级": ("一等", "二等"),
        "受理日": ("2021-05-01", "2022-06-30"),
    }  # fmt: skip
    rest: dict[str, Any] = {"收入": 100, "地区": "城市", "成员": [{"姓名": "子", "重病": True}]}
    made = {}
    for values in itertools.product(*((*d, None) for d in domains.values())):
        given = {k: v for k, v in zip(domains, values, strict=True) if v is not None}
        made[values] = county.decide(facts(**rest, **given), on="2022-07")
    said = {v: {p: (o.state, o.value) for p, o in d.outputs.items()} for v, d in made.items()}
    for values, d in made.items():
        now, later, never = lists(d)
        assert now <= later
        assert {k for k, v in zip(domains, values, strict=True) if v is None} == (later | never) - {"加额"}
        for name in never:
            at = list(domains).index(name)
            for value in domains[name]:
                assert said[(*values[:at], value, *values[at + 1 :])] == said[values], (name, values)
        choices = [
            (v,) if v is not None else d if k in later else (None,)
            for v, (k, d) in zip(values, domains.items(), strict=True)
        ]
        for filled in itertools.product(*choices):
            assert not any(o.needs for o in made[filled].undetermined), (values, filled)


def test_a_case_that_nobody_has_told_anything_of(county: Policy, tmp_path: Path) -> None:
    """Lists that are not given stand for all that their entries would be asked, and what lies around them counts."""
    path = tmp_path / "b.policy"
    path.write_text(
        "政策 单县\n对象 个人 : 人\n  月收入 : 元/月\n对象 家庭 : 户\n  上限 : 元/人/月\n  人头 : 是否\n  成员 : 若干 个人, 0..9\n"
        "规则 个人 算在内 : 是否\n  为 月收入 < 家庭.上限\n规则 家庭 人口 : 人\n  为 人数(成员 当 算在内)\n",
        encoding="utf-8",
    )
    policy = policy_dsl.load(path)
    d = policy.decide({"家庭": {}}, on="2022-01")
    assert [x.fact for x in d.missing.now] == ["家庭.成员"]
    assert [x.fact for x in d.missing.can_matter] == ["家庭.上限", "家庭.成员"]
    assert [x.fact for x in d.missing.cannot_matter] == ["家庭.人头"]


def test_a_path_of_lists_that_nobody_gave(tmp_path: Path) -> None:
    """What only an output of those in between reads is asked, too."""
    path = tmp_path / "c.policy"
    path.write_text(
        "政策 层县\n对象 个人 : 人\n  月收入 : 元/月, 0..1000\n对象 家庭 : 户\n  成员 : 若干 个人, 0..9\n"
        "对象 名册\n  上限 : 元/户/月, 0..1000\n  备注 : 是否\n  户 : 若干 家庭, 0..9\n规则 家庭 上线 : 元/月\n  为 名册.上限\n"
        "规则 名册 合计额 : 元/月\n  为 合计(户.成员.月收入)\n",
        encoding="utf-8",
    )
    d = policy_dsl.load(path).decide({"名册": {}}, on="2022-01")
    assert [x.fact for x in d.missing.now] == ["名册.户"]
    assert [x.fact for x in d.missing.can_matter] == ["名册.上限", "名册.户"]
    assert [x.fact for x in d.missing.cannot_matter] == ["名册.备注"]


def test_in_words(county: Policy) -> None:
    """The summary names what is waited for, then what may be needed after that, then how many facts need not be asked for."""
    d = county.decide(facts(乙=True, 丙=True, 丁=True, 收入=0, 地区="城市", 成员=[], 受理日="2022-06-30"), on="2022-07")
    assert lists(d)[1] - lists(d)[0] == {"等级", "加额"}
    assert "\n\n以后还可能需要：\n  家庭.等级、加额\n" in d.text()
    assert "\n\nMay be needed after that:\n  家庭.等级, 加额\n" in d.text("en")
    assert "没有给出" not in d.text()
    whole = county.decide(facts(甲=True, 乙=True, 丙=True, 丁=False, 收入=0, 地区="农村", 成员=[]), on="2022-07")
    assert "\n\n另有 1 项没有给出，是什么都不改变结果\n" in whole.text()
    assert "\n\nOne other fact is not known and changes no result\n" in whole.text("en")
    every = facts(甲=False, 乙=True, 丙=True, 丁=True, 等级="一等", 收入=0, 地区="城市", 受理日="2022-01-01", 成员=[])
    assert "需要" not in county.decide(every, on="2022-07").text()
