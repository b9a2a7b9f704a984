"""A blank to fill in answers nothing: left as printed it is unknown everywhere, whatever the policy and the form."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Policy, PolicyError
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.runtime import Unknown
from policy_dsl.backends.values import known
from policy_dsl.facts import files as given
from policy_dsl.facts.read import Reader
from policy_dsl.facts.schema import template
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import usual_roots

from .deciding import policy_of

ROOT = Path(__file__).parents[2]
SHIPPED = sorted(p.name for p in (ROOT / "policies").iterdir() if p.is_dir())
EXAMPLES = sorted(str(p) for p in (ROOT / "examples").glob("*.policy"))
DAYS = ("2015-07-01", "2022-06-01")
FORMS = ("json", "yaml")

SUPPORT = """政策 供养县
类型 区 = 城 | 乡
对象 个人 : 人
  姓名 : 文本
  出生日期 : 日期
  义务人 : 若干 义务人, 0..9
对象 义务人 : 人
  不能履行 : 是否
对象 家庭 : 户
  在何处 : 区
  存款 : 元, 0..1000000, 默认 0
  备案 : 是否, 默认 是
  成员 : 若干 个人
规则 个人 无人供养 : 是否
  为 全部(义务人.不能履行)
给付 个人 生活费 : 元/月
  当 无人供养 为 571
  否则 为 0
给付 家庭 人头钱 : 元/月
  当 存款 低于 100 且 备案 为 10 元/人/月 * 人数(成员)
  否则 为 0
对象 汇总
  户数 : 户, 0..1000
"""


@pytest.fixture(scope="module")
def support(tmp_path_factory: pytest.TempPathFactory) -> Policy:
    path = tmp_path_factory.mktemp("blank") / "供养.policy"
    path.write_text(SUPPORT, encoding="utf-8")
    return policy_dsl.load(path)


def _blank(policy: Policy, form: str, lang: str = "zh") -> dict[str, Any]:
    text = template(policy.program, form, lang)
    made: dict[str, Any] = given.yaml(text, "blank.yaml") if form == "yaml" else given.json(text, "blank.json")
    return made


def _read(program: ir.Program, facts: object) -> Instance:
    root, data = Reader(program).read(facts)
    return Instance(program, next(e for e in program.entities if e.name == root), data, None, root)


def _answers(entry: Instance) -> Iterator[str]:
    """Facts and lists that read as given, and defaults that were used."""
    for fact, value in entry.facts.items():
        if not isinstance(value, Unknown):
            yield f"{entry.path}.{fact}"
    for name, entries in entry.lists.items():
        if entries is not None:
            yield f"{entry.path}.{name}"
    if entry.data[len(entry.entity.facts) + len(entry.entity.lists)]:
        yield f"{entry.path}: a default"


def _bare(entity: ir.Entity, program: ir.Program) -> dict[str, Any]:
    """Nothing but what a case must have: the entries without which a list is refused, and no default for what is unknown."""
    entities = {e.name: e for e in program.entities}
    made: dict[str, Any] = {f.name: None for f in entity.facts if f.has_default}
    return made | {m.name: [_bare(entities[m.entity], program)] * m.low for m in entity.lists if m.low}


@pytest.mark.parametrize("name", [*SHIPPED, *EXAMPLES], ids=lambda n: Path(n).stem)
def test_a_blank_left_as_printed_answers_nothing(name: str) -> None:
    policy = policy_dsl.load(name)
    program = policy.program
    blank = _blank(policy, "json")
    assert blank == _blank(policy, "yaml")
    assert {e.name for e in program.entities if not e.holder} <= set(blank)
    for root, entry in blank.items():
        read = _read(program, {root: entry})
        assert read.path == root
        assert not list(_answers(read))
        entity = next(e for e in program.entities if e.name == root)
        for on in DAYS if entity in usual_roots(program)[:1] else ():
            blind = policy.decide({root: entry}, on=on)
            bare = policy.decide({root: _bare(entity, program)}, on=on)
            settled = {f"{e.path}.{n}": e.values[n] for e, n, _, _ in bare.rows()}
            for at, output, _, _ in blind.rows():
                value = at.values[output]
                assert not known(value) or settled[f"{at.path}.{output}"] == value, (on, at.path, output)
    as_printed = policy.decide(blank, on=DAYS[1])
    assert as_printed.root == next(iter(blank))


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", FORMS)
def test_what_is_filled_in_counts_and_the_rest_stays_open(support: Policy, form: str, lang: str) -> None:
    blank = _blank(support, form, lang)
    household = blank["家庭"]
    assert household["存款"] is None
    assert household["备案"] is None
    person = household["成员"][0]
    person["姓名"] = "甲"
    decision = support.decide(blank, on="2022-06")  # of the other roots nothing is said
    assert decision.root == "家庭"
    assert decision["家庭.人头钱"] is None
    assert decision["家庭.成员[0].生活费"] is None
    household["存款"], household["备案"] = 0, True
    assert support.decide(blank, on="2022-06")["家庭.人头钱"] == 10
    person["义务人"] = []
    assert support.decide(blank, on="2022-06")["家庭.成员[0].生活费"] == 571
    person["义务人"] = [{}]  # one, of whom nothing is known
    assert support.decide(blank, on="2022-06").undetermined[0].needs == ("家庭.成员[0].义务人[0].不能履行",)


def test_two_roots_that_are_filled_in_are_told_to_be_one(support: Policy) -> None:
    blank = _blank(support, "json")
    blank["家庭"]["存款"], blank["汇总"]["户数"] = 5, 3
    with pytest.raises(PolicyError) as refused:
        support.decide(blank, on="2022-06")
    (found,) = refused.value.diagnostics
    assert found.code == "F0113"
    assert "只留一个" in found.help("zh")
    assert "keep one" in found.help("en")


def test_the_same_blank_in_a_history(support: Policy) -> None:
    months = support.timeline(_blank(support, "json"), start="2022-06", end="2022-07")
    assert all(m.decision is not None and m.decision["家庭.人头钱"] is None for m in months)


def test_a_name_at_fault_in_a_blank_is_told(support: Policy) -> None:
    for run in (
        lambda facts: support.decide(facts, on="2022-06"),
        lambda facts: support.timeline(facts, start="2022-06", end="2022-06"),
    ):
        with pytest.raises(PolicyError) as refused:
            run({"家庭": {"成员": [{"在列": None, "姓明": None}]}})
        assert [d.code for d in refused.value.diagnostics] == ["F0104"]


@pytest.mark.parametrize("form", ["json", "yaml", "csv"])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_form_has_every_fact_and_list_and_no_answer(support: Policy, form: str, lang: str) -> None:
    text = template(support.program, form, lang)
    for entity in support.program.entities:
        for name in [
            *([] if entity.holder else [entity.name]),
            *(f.name for f in entity.facts),
            *(m.name for m in entity.lists),
        ]:
            assert name in text
    if form == "csv":
        assert all(row.endswith(",") for row in text.splitlines()[1:])
    else:
        assert "[]" not in text


def test_null_is_unknown_for_every_type(tmp_path: Path) -> None:
    path = tmp_path / "各类.policy"
    lines = [
        "数 : 整数, 0..9, 默认 1",
        "钱 : 元/月, 0..9",
        "比 : %",
        "日 : 日期",
        "话 : 文本",
        "真 : 是否, 默认 是",
        "类 : 甲 | 乙, 默认 乙",
    ]
    path.write_text(
        "政策 各类\n对象 家庭\n" + "".join(f"  {line}\n" for line in lines) + "规则 家庭 和 : 整数\n  为 数\n",
        encoding="utf-8",
    )
    policy = policy_dsl.load(str(path))
    facts = {"家庭": {f.name: None for f in policy.program.entities[0].facts}}
    for data in (Reader(policy.program).read(facts)[1], policy.run(20220601, "家庭").compiled.read(facts, 20220601)):
        assert all(isinstance(v, Unknown) for v in data[:-1])
        assert data[-1] == 0


@pytest.mark.parametrize("at", [0, 1])
def test_an_entry_left_as_printed_beside_others_is_refused(support: Policy, at: int) -> None:
    """Whoever copies a blank entry and does not fill it in has not said that there is somebody more."""
    blank = _blank(support, "json")
    household = blank["家庭"]
    household["存款"], household["备案"] = 5, True
    spare = household["成员"][0]
    filled = {**spare, "姓名": "甲", "义务人": []}
    household["成员"] = [spare, filled] if at == 0 else [filled, spare]
    for decide in (
        lambda: support.decide(blank, on="2022-06"),
        lambda: support.timeline(blank, start="2022-06", end="2022-07"),
    ):
        with pytest.raises(PolicyError) as refused:
            decide()
        (found,) = refused.value.diagnostics
        assert (found.code, found.path) == ("F0118", f"家庭.成员[{at}]")
    del household["成员"][at]  # the way out, when there is nobody
    alone = support.decide(blank, on="2022-06")
    household["成员"].append({**spare, "在列": True})  # and when there is somebody of whom nothing is known
    assert support.decide(blank, on="2022-06")["家庭.人头钱"] != alone["家庭.人头钱"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_root_of_which_nothing_is_asked_says_nothing(lang: str) -> None:
    """Its blank is {}: it stays empty, whatever is filled in beside it."""
    policy = policy_of("对象 机构\n对象 个人\n  收入 : 元/月, 0..1000\n规则 个人 乙 : 元/月\n  为 收入\n")
    blank = json.loads(template(policy.program, "json", lang))
    assert blank == {"机构": {}, "个人": {"收入": None}}
    assert policy.decide(blank, on="2022-01").root == "机构"
    blank["个人"]["收入"] = 7
    decision = policy.decide(blank, on="2022-01")
    assert (decision.root, decision["个人.乙"]) == ("个人", 7)
    blank["机构"] = {"甲": 1}
    with pytest.raises(PolicyError) as error:
        policy.decide(blank, on="2022-01")
    assert [d.code for d in error.value.diagnostics] == ["F0113"]
