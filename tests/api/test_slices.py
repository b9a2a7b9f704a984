"""`decide(…, outputs=[…])`: what may be asked for and how, what a decision of it has, and what it refuses."""

from __future__ import annotations

import concurrent.futures
import json
import pickle
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from referencing import Registry, Resource

import policy_dsl
from policy_dsl import Decision, Policy, PolicyError
from policy_dsl.backends import engine as engines
from policy_dsl.backends import slices
from policy_dsl.backends.slices import MOST_KEPT, Recent

TEXT = """政策 片
对象 个人 : 人
  姓名 : 文本
  月收入 : 元/月, 0..100000
  老 : 是否
对象 家庭 : 户
  车 : 是否
  成员 : 若干 个人, 1..20
对象 名册
  户 : 若干 家庭, 0..1000
给付 个人 加发金 : 元/月
  当 老 为 80
  否则 为 0
规则 家庭 收入合计 : 元/月
  为 合计(成员.月收入)
给付 家庭 保障金 : 元/月
  当 收入合计 < 900 为 四舍五入(900 - 收入合计, 1 元/月)
  否则 为 0
  例外 有车 当 车 为 0
给付 家庭 取暖费 : 元/年 按月发
  为 1200
规则 家庭 错 : 数
  为 人数(成员) / 人数(成员 当 月收入 > 50000)
规则 家庭 旧 : 数
  自 2010-01-01 至 2012-12-31 为 3
规则 名册 总额 : 元/月
  为 合计(户.保障金)
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 保障金 > 0
  在保 → 未享受 当 保障金 = 0
规则 家庭 月数 : 月
  为 持续(在保)
规则 家庭 上月保障 : 元/月
  为 上月(保障金, 默认 0)
保证 收入不为负
  收入合计 ≥ 0
保证 成员要有人老
  保障金 ≤ 900
  人数(成员 当 加发金 > 0) ≥ 0
保证 车是车
  车 或 非 车
"""
ANN = {"姓名": "安", "月收入": 300, "老": True}
BO = {"姓名": "波", "月收入": 200, "老": False}
FACTS: dict[str, Any] = {"家庭": {"车": False, "成员": [ANN, BO]}}
ON = "2022-06"
OUTPUTS = ["收入合计", "保障金", "取暖费", "错", "状态", "月数", "上月保障"]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    file = tmp_path_factory.mktemp("slices") / "片.policy"
    file.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(file)


def part(policy: Policy, *names: str, facts: Any = FACTS, on: str = ON) -> Decision:
    return policy.decide(facts, on=on, outputs=list(names))


def codes(error: pytest.ExceptionInfo[PolicyError]) -> list[str]:
    return [d.code for d in error.value.diagnostics]


# --- names


@pytest.mark.parametrize(
    ("name", "paths"),
    [
        ("家庭.保障金", ["家庭.保障金"]),
        ("保障金", ["家庭.保障金"]),
        ("加发金", ["家庭.成员[0].加发金", "家庭.成员[1].加发金"]),
        ("成员.加发金", ["家庭.成员[0].加发金", "家庭.成员[1].加发金"]),
        ("家庭.成员.加发金", ["家庭.成员[0].加发金", "家庭.成员[1].加发金"]),
        ("户.成员.加发金", ["家庭.成员[0].加发金", "家庭.成员[1].加发金"]),
        ("个人.加发金", ["家庭.成员[0].加发金", "家庭.成员[1].加发金"]),
        ("家庭.成员[1].加发金", ["家庭.成员[1].加发金"]),
        ("成员[0].加发金", ["家庭.成员[0].加发金"]),
    ],
)
def test_a_path_or_the_end_of_one(policy: Policy, name: str, paths: list[str]) -> None:
    """Lists by their names or entities by theirs; with a number that entry alone."""
    assert list(part(policy, name)) == paths
    assert [b.path for b in part(policy, name).benefits] == paths
    assert sorted(f"{path}.{benefit}" for path, benefit in part(policy, name).amounts()) == paths
    assert part(policy, name).explain().roots == paths


def test_a_number_beside_all_lists_all(policy: Policy) -> None:
    assert list(part(policy, "成员[1].加发金", "加发金")) == ["家庭.成员[0].加发金", "家庭.成员[1].加发金"]


@pytest.mark.parametrize("kind", [list, tuple, set, frozenset])
def test_any_list_of_names(policy: Policy, kind: Any) -> None:
    """Each name counts once; what has no order is put into one."""
    d = policy.decide(FACTS, on=ON, outputs=kind(["成员.加发金", "保障金", "成员.加发金"]))
    assert sorted(d.asked or ()) == ["保障金", "成员.加发金"]
    assert list(d) == ["家庭.保障金", "家庭.成员[0].加发金", "家庭.成员[1].加发金"]


@pytest.mark.parametrize(
    ("odd", "zh", "en"),
    [
        ([], "是空的", "it is empty"),
        ((), "是空的", "it is empty"),
        (set(), "是空的", "it is empty"),
        ("家庭.保障金", "给的是 str", "it is of type str"),
        (b"x", "给的是 bytes", "it is of type bytes"),
        ({"家庭.保障金": 1}, "给的是 dict", "it is of type dict"),
        (7, "给的是 int", "it is of type int"),
        (["保障金", None], "第 2 项是 NoneType", "item 2 is of type NoneType"),
        ([10**5000], "第 1 项是 int", "item 1 is of type int"),
        ([["保障金"]], "第 1 项是 list", "item 1 is of type list"),
    ],
)
def test_what_is_no_list_of_names(policy: Policy, odd: Any, zh: str, en: str) -> None:
    with pytest.raises(PolicyError) as bad:
        policy.decide(FACTS, on=ON, outputs=odd)
    assert codes(bad) == ["P0820"]
    (found,) = bad.value.diagnostics
    assert zh in found.zh
    assert en in found.en
    assert "outputs=[" in found.help_zh


def test_unknown_names_are_refused_with_the_nearest(policy: Policy) -> None:
    """All at once; a fact is no output, nor is a number of somebody who is not there."""
    with pytest.raises(PolicyError) as bad:
        part(policy, "家庭.保障全", "保障金", "成员.月收入", "")
    assert codes(bad) == ["P0803"] * 3
    assert [d.path for d in bad.value.diagnostics] == ["家庭.保障全", "成员.月收入", ""]
    assert "「家庭.保障金」" in bad.value.diagnostics[0].help_zh
    with pytest.raises(PolicyError) as bad:
        part(policy, "成员[2].加发金")
    assert codes(bad) == ["P0803"]
    with pytest.raises(PolicyError) as bad:
        part(policy, "成员[x].加发金")
    assert codes(bad) == ["P0803"]


def test_what_facts_do_not_reach_is_told(policy: Policy) -> None:
    """An output of an entity that is not there, since the facts begin below it."""
    with pytest.raises(PolicyError) as bad:
        part(policy, "名册.总额")
    assert codes(bad) == ["P0803"]
    assert bad.value.diagnostics[0].help_zh == "它是「名册」的；事实从「家庭」开始，这里没有「名册」"
    with pytest.raises(PolicyError) as bad:
        part(policy, "保障金", facts={"个人": ANN})
    assert codes(bad) == ["P0803"]


def test_facts_may_begin_anywhere(policy: Policy) -> None:
    roll = {"名册": {"户": [FACTS["家庭"], {"车": False, "成员": [BO]}]}}
    assert dict(part(policy, "名册.总额", facts=roll)) == {"名册.总额": policy.decide(roll, on=ON)["名册.总额"]}
    assert list(part(policy, "户[1].成员.加发金", facts=roll)) == ["名册.户[1].成员[0].加发金"]
    assert list(part(policy, "保障金", facts=roll)) == ["名册.户[0].保障金", "名册.户[1].保障金"]
    assert list(part(policy, "加发金", facts={"个人": ANN})) == ["个人.加发金"]


def test_what_is_not_in_force_is_refused_with_its_days(policy: Policy) -> None:
    with pytest.raises(PolicyError) as bad:
        part(policy, "家庭.旧", "保障金")
    assert codes(bad) == ["R0105"]
    assert "2012-12-31" in bad.value.diagnostics[0].help_zh
    assert part(policy, "家庭.旧", on="2011-01")["家庭.旧"] == 3


def test_facts_at_fault_are_refused_all_the_same(policy: Policy) -> None:
    """Those that no asked output reads, too; and a day at fault."""
    with pytest.raises(PolicyError) as bad:
        part(policy, "收入合计", facts={"家庭": {"车": 3, "成员": [ANN]}})
    assert codes(bad) == ["F0103"]
    with pytest.raises(PolicyError) as bad:
        part(policy, "收入合计", on="2022-13")
    assert codes(bad) == ["P0802"]


# --- what it has


def test_these_outputs_and_nothing_else(policy: Policy) -> None:
    d = part(policy, "家庭.保障金")
    assert dict(d) == {"家庭.保障金": 400}
    assert list(d.outputs) == ["家庭.保障金"]
    assert d.errors == []
    assert d.not_in_force == []
    assert d != part(policy, "状态")
    assert d == part(policy, "保障金")
    for look in (lambda: d["家庭.收入合计"], lambda: d["收入合计"]):  # computed, since it is needed, and not asked for
        with pytest.raises(KeyError, match="P0818"):
            look()
    for name in ("家庭.错", "加发金", "成员[0].加发金", "旧"):
        with pytest.raises(PolicyError) as bad:
            d.explain(name)
        assert codes(bad) == ["P0818"]
        assert "家庭.保障金" in bad.value.diagnostics[0].zh
        assert name not in d
        assert d.get(name) is None
    with pytest.raises(KeyError, match="P0803"):
        d["家庭.没有"]
    assert "收入合计" not in d.text()
    assert "取暖费" not in d.text()


def test_errors_are_those_of_what_was_asked_for(policy: Policy) -> None:
    assert [e.path for e in policy.decide(FACTS, on=ON).errors] == ["家庭.错"]
    assert [e.code for e in part(policy, "错").errors] == ["R0103"]
    assert part(policy, "状态", "保障金").errors == []


def test_what_is_waited_for_is_of_what_was_asked_for(policy: Policy) -> None:
    facts = {"家庭": {"成员": [{"姓名": "安", "月收入": 100}]}}
    d = part(policy, "保障金", facts=facts)
    assert [(o.output, o.needs) for o in d.undetermined] == [("家庭.保障金", ("家庭.车",))]
    assert [x.fact for x in d.missing.now] == ["家庭.车"]
    assert "家庭.成员[0].老" in [x.fact for x in d.missing.cannot_matter]
    d = part(policy, "收入合计", facts=facts)
    assert d.undetermined == []
    assert d.compiled_alone
    assert not policy.decide(facts, on=ON).compiled_alone


def test_a_part_of_a_benefit_comes_along(policy: Policy) -> None:
    whole = {b.path: b for b in policy.decide(FACTS, on=ON).benefits}
    d = part(policy, "取暖费")
    assert d.benefits == [whole["家庭.取暖费"]]
    assert d.benefits[0].part == 100
    assert list(d) == ["家庭.取暖费"]
    assert d.explain().roots == ["家庭.取暖费", "家庭.发放(取暖费)"]


def test_as_json(policy: Policy) -> None:
    """`asked` has the names as they were given; the published schema holds."""
    made = json.loads(json.dumps(part(policy, "成员.加发金", "保障金").to_json(), ensure_ascii=False))
    assert made["asked"] == ["成员.加发金", "保障金"]
    assert list(made["outputs"]) == ["家庭.保障金", "家庭.成员[0].加发金", "家庭.成员[1].加发金"]
    assert "asked" not in policy.decide(FACTS, on=ON).to_json()
    folder = Path(policy_dsl.__file__).parent / "explain"
    own, other = (json.loads((folder / f"{n}schema.json").read_text(encoding="utf-8")) for n in ("decision.", ""))
    registry: Registry[Any] = Registry().with_resources([(other["$id"], Resource.from_contents(other))])
    jsonschema.Draft202012Validator(own, registry=registry).validate(made)


def test_pickled(policy: Policy) -> None:
    d = part(policy, "成员[1].加发金", "保障金")
    again = pickle.loads(pickle.dumps(d))
    assert (again.asked, dict(again), again.to_json()) == (d.asked, dict(d), d.to_json())
    again = pickle.loads(pickle.dumps(d))
    with pytest.raises(KeyError, match="P0818"):
        again["家庭.收入合计"]


# --- guarantees


def test_guarantees_that_name_what_was_not_computed_are_counted(policy: Policy) -> None:
    """What the outputs need is computed, and a guarantee about it is looked at."""
    (note,) = part(policy, "收入合计").findings
    assert (note.code, note.severity) == ("F0250", "note")
    assert note.zh.startswith("1 条保证没有看")
    assert note.en.startswith("1 guarantee was not looked at")
    assert "家庭.保障金、个人.加发金" in note.help_zh
    (note,) = part(policy, "保障金").findings
    assert "家庭.保障金" not in note.help_zh
    assert part(policy, "保障金", *note.help_zh.split("把 ")[1].split(" 也")[0].split("、")).findings == []
    assert "没有看的保证" in part(policy, "保障金").text()
    assert "Guarantees not looked at:" in part(policy, "保障金").text("en")
    assert policy.decide(FACTS, on=ON).findings == []


def test_a_guarantee_about_what_is_computed_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "片.policy"
    file.write_text(TEXT + "保证 少\n  收入合计 ≤ 400\n", encoding="utf-8")
    strict = policy_dsl.load(file)
    assert [f.code for f in part(strict, "保障金").findings] == ["R0130", "F0250"]
    assert [f.code for f in part(strict, "加发金").findings] == ["F0250"]


def test_guarantees_about_facts_refuse_as_ever(tmp_path: Path) -> None:
    file = tmp_path / "片.policy"
    file.write_text(TEXT + "保证 没有车\n  非 车\n", encoding="utf-8")
    with pytest.raises(PolicyError) as bad:
        part(policy_dsl.load(file), "加发金", facts={"家庭": {"车": True, "成员": [ANN]}})
    assert codes(bad) == ["F0120"]


# --- month by month


def test_what_the_next_month_needs_is_asked_for(policy: Policy) -> None:
    """What is lacking is named; once it is asked for, the next month may be a part as well."""
    june = part(policy, "加发金")
    for hand_on in (june.carry, lambda: policy.decide(FACTS, on="2022-07", previous=june)):
        with pytest.raises(PolicyError) as bad:
            hand_on()
        assert codes(bad) == ["P0819"]
    lacking = bad.value.diagnostics[0].zh.rpartition(" ")[2].split("、")
    assert sorted(lacking) == ["家庭.保障金", "家庭.取暖费", "家庭.状态"]
    june = part(policy, "加发金", *lacking)
    whole = policy.decide(FACTS, on=ON)
    for outputs in (None, ["月数", "上月保障", "取暖费"]):
        july = policy.decide(FACTS, on="2022-07", previous=june, outputs=outputs)
        other = policy.decide(FACTS, on="2022-07", previous=whole)
        assert [july[f"家庭.{n}"] for n in ("月数", "上月保障")] == [other[f"家庭.{n}"] for n in ("月数", "上月保障")]
        assert july["家庭.上月保障"] == 400
        assert [b for b in july.benefits if b.name == "取暖费"] == [b for b in other.benefits if b.name == "取暖费"]
    with pytest.raises(PolicyError) as bad:
        policy.decide(FACTS, on="2022-08", previous=july)
    assert codes(bad) == ["P0819"]


# --- what is made once


def test_the_same_names_are_looked_up_and_compiled_once(policy: Policy, monkeypatch: pytest.MonkeyPatch) -> None:
    names = ["保障金", "月数"]
    first = part(policy, *names)

    def never(*_: object) -> Any:
        raise AssertionError("made again")

    monkeypatch.setattr(slices.Slices, "_made", never)
    monkeypatch.setattr(engines, "closure", never)
    assert part(policy, *names) == first
    assert part(policy, *names, on="2022-06-15") == first


def test_days_with_the_same_law_of_what_is_asked_for_share_a_function(policy: Policy) -> None:
    """What begins or ends elsewhere compiles nothing anew."""
    engine = policy.engine
    wanted = engine.slices.of(("加发金",), "家庭").rules
    days = (20090101, 20110101, 20220601)
    assert len({id(engine.run(on, "家庭", None, wanted).compiled) for on in days}) == 1
    assert len({id(engine.run(on, "家庭").compiled) for on in days}) == 2


def test_so_many_functions_are_kept(policy: Policy) -> None:
    """The last ones; what is gone is made again. No cache on disk holds a part."""
    fresh = Policy(policy.program)
    assert fresh.engine._sliced_runs._most == fresh.engine._sliced._most == MOST_KEPT == 256
    fresh.engine._sliced_runs, fresh.engine._sliced = Recent(3), Recent(3)
    for name in (*OUTPUTS, *OUTPUTS):
        assert list(fresh.decide(FACTS, on=ON, outputs=[name])) == [f"家庭.{name}"]
        assert len(fresh.engine._sliced_runs) <= 3
        assert len(fresh.engine._sliced) <= 3
    assert not [name for name in fresh.engine.saved() if not name.startswith("read ")]


def test_threads_ask_for_different_things(policy: Policy) -> None:
    fresh = Policy(policy.program)
    whole = policy.decide(FACTS, on=ON)
    asked = [(a, b) for a in OUTPUTS if a != "错" for b in OUTPUTS if b != "错"] * 2

    def look(names: tuple[str, str]) -> bool:
        d = fresh.decide(FACTS, on=ON, outputs=names)
        return all(d[f"家庭.{n}"] == whole[f"家庭.{n}"] for n in names) and len(d) == len(set(names))

    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert all(pool.map(look, asked))


def test_assumptions_are_those_of_the_entries_asked_for(tmp_path: Path) -> None:
    """Of a path with a number, of that entry's output alone."""
    file = tmp_path / "片.policy"
    text = "政策 片\n对象 个人 : 人\n  老 : 是否\n对象 家庭 : 户\n  成员 : 若干 个人, 1..9\n规则 个人 等 : 数\n"
    file.write_text(
        text + "  当 老 为 2    假设 J-1 老的算两份\n  否则 为 1    假设 J-2 别的算一份\n", encoding="utf-8"
    )
    facts = {"家庭": {"成员": [{"老": True}, {"老": False}, {}]}}
    for name, told in (("成员[0].等", ["J-1"]), ("成员[1].等", ["J-2"]), ("等", ["J-1", "J-2"])):
        d = part(policy_dsl.load(file), name, facts=facts)
        assert [x.split()[0] for x in d.assumptions] == told
        assert d.assumptions == d.explain().assumptions()
        del facts["家庭"]["成员"][2:]
