"""Who is who in decisions that go on from one another, in rolls and in pickles; what says who somebody is stays out of reasons."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from policy_dsl import Decision, Policy, PolicyError
from policy_dsl.facts.schema import template

from .deciding import policy_of

CARDS = """对象 就诊
  编号 : 文本
  费用 : 元, 0..1000
对象 个人 : 人
  身份证 : 文本, 认人
  姓名 : 文本
  出生日期 : 日期, 不变
  就业 : 是否
  就诊 : 若干 就诊, 0..3
对象 家庭 : 户
  户主 : 文本
  成员 : 若干 个人, 0..20
对象 名册
  户 : 若干 家庭, 0..1000
阶段 个人 状态
  起始 无
  终止 满期
  无 → 领取 当 非 就业
  领取 → 满期 当 累计(领取) ≥ 2
规则 就诊 月数 : 整数
  为 上月(月数, 默认 0) + 1
规则 名册 重复人数 : 人
  为 重复(户.成员.身份证)
"""
MARKED = policy_of(CARDS)
PLACED = policy_of(CARDS.replace(", 认人", "").replace("重复(户.成员.身份证)", "人数(户.成员)"))


def person(card: str | None, name: str = "", works: bool = False, **more: Any) -> dict[str, Any]:
    return {"身份证": card, "姓名": name or card, "就业": works, **more}


def roll(*households: list[dict[str, Any]], names: str = "甲乙丙丁") -> dict[str, Any]:
    return {"名册": {"户": [{"户主": n, "成员": h} for n, h in zip(names, households, strict=False)]}}


def months(policy: Policy, *facts: dict[str, Any]) -> Decision:
    """The last of several months, each going on from the one before."""
    before: Decision | None = None
    for n, one in enumerate(facts, 1):
        before = policy.decide(one, on=f"2022-{n:02d}", previous=before)
    assert before is not None
    return before


def refused(policy: Policy, *facts: dict[str, Any]) -> list[tuple[str, str]]:
    with pytest.raises(PolicyError) as caught:
        months(policy, *facts)
    for d in caught.value.diagnostics:
        assert d.help_zh
        assert d.help_en
    return [(d.code, d.path) for d in caught.value.diagnostics]


def test_who_leaves_a_household_takes_all_along_and_what_is_theirs() -> None:
    """The lists below a person, too, by place as they were."""
    visits = [{"编号": "一", "费用": 1}, {"编号": "二", "费用": 1}]
    first = roll([person("A", 就诊=visits), person("B", works=True)], [person("C", works=True)])
    second = roll([person("B", works=True)], [person("C", works=True), person("A", 就诊=visits)])
    last = months(MARKED, first, second, second)
    assert last["名册.户[1].成员[1].状态"] == "满期"
    assert last["名册.户[1].成员[1].就诊[1].月数"] == 3
    assert last["名册.户[0].成员[0].状态"] == "无"


def test_there_and_back_again() -> None:
    here, away = roll([person("A")], []), roll([], [person("A")])
    assert months(MARKED, here, away, here)["名册.户[0].成员[0].状态"] == "满期"


def test_there_and_back_while_the_household_is_away() -> None:
    """What the household that is away still holds of a person is no past for who has been elsewhere since, there or in a third one."""
    at_home = roll([person("A")], [], [])
    away = roll([], [person("A")], [])
    away["名册"]["户"][0]["在列"] = False
    third = roll([], [], [person("A")])
    assert months(MARKED, at_home, away, at_home)["名册.户[0].成员[0].状态"] == "满期"
    third["名册"]["户"][0]["在列"] = False
    assert months(MARKED, at_home, away, third)["名册.户[2].成员[0].状态"] == "满期"


def test_each_of_two_places_goes_on_from_its_own_past() -> None:
    both = roll([person("A")], [person("A")])
    last = months(MARKED, roll([person("A")], []), both, both)
    assert [last[f"名册.户[{n}].成员[0].状态"] for n in (0, 1)] == ["满期", "领取"]
    assert [(f.code, f.path) for f in last.findings] == [("F0231", "名册.户[1].成员[0].身份证")]
    assert last.to_json()["findings"]


def test_a_correction_of_a_name_or_a_birth_keeps_the_past() -> None:
    old, new = person("A", "张山", 出生日期="1980-01-01"), person("A", "张三", 出生日期="1981-01-01")
    assert months(MARKED, roll([old]), roll([new]), roll([new]))["名册.户[0].成员[0].状态"] == "满期"


def test_somebody_else_in_the_place_is_refused() -> None:
    """Without a mark: by what cannot change, by the name; wherever in the tree, the first entity included."""
    a, b = person("A", "甲", 出生日期="1980-01-01"), person("B", "乙", 出生日期="1985-01-01")
    assert refused(PLACED, roll([a, b]), roll([b])) == [("F0233", "名册.户[0].成员[0].身份证")]
    assert refused(PLACED, roll([a]), roll([{**a, "出生日期": "1980-01-02"}])) == [
        ("F0233", "名册.户[0].成员[0].出生日期")
    ]
    assert refused(PLACED, roll([a], names="甲"), roll([a], names="乙")) == [("F0233", "名册.户[0].户主")]
    visits = {"就诊": [{"编号": "一"}]}, {"就诊": [{"编号": "二"}]}
    path = "名册.户[0].成员[0].就诊[0].编号"
    assert refused(PLACED, roll([{**a, **visits[0]}]), roll([{**a, **visits[1]}])) == [("F0233", path)]
    assert refused(MARKED, roll([{**a, **visits[0]}]), roll([{**a, **visits[1]}])) == [("F0233", path)]
    household = {"家庭": {"户主": "甲", "成员": []}}
    assert refused(MARKED, household, {"家庭": {**household["家庭"], "户主": "乙"}}) == [("F0233", "家庭.户主")]
    assert refused(MARKED, {"个人": a}, {"个人": b}) == [("F0233", "个人.身份证")]


def test_a_place_that_was_taken_off_the_list_is_nobodys() -> None:
    """Who comes to it later begins anew; who stays in the list, said not to be there, goes on."""
    a, b, c = (person(x, x) for x in "ABC")
    after = months(PLACED, roll([a, b]), roll([a]), roll([a, c]))
    assert [after[f"名册.户[0].成员[{n}].状态"] for n in (0, 1)] == ["满期", "领取"]
    back = months(PLACED, roll([a, b]), roll([a, {**b, "在列": False}]), roll([a, b]))
    assert back["名册.户[0].成员[1].状态"] == "领取"
    again = months(PLACED, roll([a, b]), roll([a, {**b, "在列": False}]), roll([a, b]), roll([a, b]))
    assert again["名册.户[0].成员[1].状态"] == "满期"
    gone = {**b, "在列": False}
    for between in ([a, gone], [a, gone]), ([a, gone],):
        assert refused(PLACED, roll([a, b]), *map(roll, between), roll([a, c])) == [
            ("F0233", "名册.户[0].成员[1].身份证")
        ]


def test_what_is_not_known_is_nobody_else() -> None:
    a = person("A", "甲", 出生日期="1980-01-01")
    unknown = {**a, "姓名": None, "出生日期": None, "身份证": None}
    assert months(PLACED, roll([a]), roll([unknown]), roll([a]))["名册.户[0].成员[0].状态"] == "满期"


def test_an_identity_that_becomes_known_and_one_that_is_gone() -> None:
    a, unknown = person("A", "甲"), person(None, "甲")
    assert months(MARKED, roll([unknown]), roll([a]), roll([a]))["名册.户[0].成员[0].状态"] == "满期"
    assert refused(MARKED, roll([a]), roll([unknown])) == [("F0234", "名册.户[0].成员[0].身份证")]
    assert refused(MARKED, roll([unknown]), roll([{**a, "姓名": "乙"}])) == [("F0233", "名册.户[0].成员[0].姓名")]
    moved = months(MARKED, roll([a], []), roll([unknown], [a]))
    assert [moved[f"名册.户[{n}].成员[0].状态"] for n in (0, 1)] == ["领取", "领取"]


def test_nobody_else_comes_to_a_place_after_an_absence() -> None:
    """Who was not known, or is not known any more: as from one month to the next."""
    a, unknown = person("A", "甲"), person(None, "甲")
    away = [roll([{**x, "在列": False}]) for x in (unknown, a)]
    assert months(MARKED, roll([unknown]), away[0], roll([a]), roll([a]))["名册.户[0].成员[0].状态"] == "满期"
    other = refused(MARKED, roll([unknown]), away[0], roll([person("B", "乙")]))
    assert other == [("F0233", "名册.户[0].成员[0].姓名")]
    for between in ([away[1]], [away[1], away[1]]):
        assert refused(MARKED, roll([a]), *between, roll([unknown])) == [("F0234", "名册.户[0].成员[0].身份证")]
    b = person("B", "乙")
    for between in ([away[1]], [away[1], away[1]]):
        newcomer = months(MARKED, roll([a]), *between, roll([b]), roll([b]))
        assert newcomer["名册.户[0].成员[0].状态"] == "领取"


def test_who_comes_back_to_another_place_is_held_against_nobody() -> None:
    """Of the place of somebody unknown, who is gone."""
    b, unknown = person("B", "乙"), person(None, "甲")
    first, gone = roll([unknown], [b]), roll([{**unknown, "在列": False}], [{**b, "在列": False}])
    assert months(MARKED, first, gone, roll([b], []), roll([b], []))["名册.户[0].成员[0].状态"] == "满期"
    first, gone = roll([unknown, b]), roll([{**unknown, "在列": False}, {**b, "在列": False}])
    assert months(MARKED, first, gone, roll([b]), roll([b]))["名册.户[0].成员[0].状态"] == "满期"


def test_many_who_are_somebody_else_are_not_all_told() -> None:
    first = roll([person(f"{n}", f"{n}") for n in range(20)], names="甲")
    second = roll([person(f"{n}", f"别{n}") for n in range(20)], names="甲")
    assert len(refused(PLACED, roll([person("x", "x"), *first["名册"]["户"][0]["成员"][1:]]), second)) <= 20


def test_a_pickle_keeps_who_is_who() -> None:
    first = MARKED.decide(roll([person("A")], [person("B", works=True)]), on="2022-01")
    again = pickle.loads(pickle.dumps(first))
    moved = roll([], [person("B", works=True), person("A")])
    for before in (first, again):
        second = MARKED.decide(moved, on="2022-02", previous=before)
        assert MARKED.decide(moved, on="2022-03", previous=second)["名册.户[1].成员[1].状态"] == "满期"


def test_reasons_do_not_say_the_number() -> None:
    """Equal ones are told by equal signs; the name is another text."""
    given = roll([person("110101198001010011", "张三")], [person("110101198001010011", "张三")])
    decision = MARKED.decide(given, on="2022-01")
    reasons = decision.explain()
    forms = [reasons.text(lang) for lang in ("zh", "en")] + [reasons.html("zh"), reasons.markdown("zh")]
    forms += [json.dumps(decision.to_json(), ensure_ascii=False), decision.text("zh"), str(decision.findings)]
    assert not [form for form in forms if "110101198001010011" in form]
    assert "重复(张三)" in forms[0]
    assert "身份证 = #1" in forms[0]
    with pytest.raises(PolicyError) as caught:
        MARKED.decide(roll([person("110101198001010011"), person("110101198001010011")]), on="2022-01")
    assert "110101198001010011" not in str(caught.value)


def test_what_is_asked_says_that_it_identifies() -> None:
    """In the schema and in a blank."""
    asked = MARKED.schema()["$defs"]["个人"]["properties"]  # type: ignore[index]
    assert [n for n, x in asked.items() if "x-identifies" in x] == ["身份证"]
    blanks = {form: template(MARKED.program, form, "en").splitlines() for form in ("yaml", "csv")}
    assert all(
        len([x for x in lines if "says who it is" in x]) == wanted
        for lines, wanted in zip(blanks.values(), (2, 1), strict=True)
    )


def test_a_label_of_an_example_names_and_identifies() -> None:
    """One label is one person, wherever in the roll."""
    example = (
        "案例 甲\n  于 2022-01\n  户 一 成员 甲: 就业 = 是\n  户 二 成员 甲: 就业 = 是\n  应为 名册: 重复人数 = 1\n"
    )
    (given,) = policy_of(CARDS + example).program.examples
    people = [p for h in given.facts["名册"]["户"] for p in h["成员"]]  # type: ignore[index]
    assert {(p["身份证"], p["姓名"]) for p in people} == {("甲", "甲")}


def test_an_empty_text_identifies_nobody() -> None:
    """Two who have none are two; who comes elsewhere without one has not the past of who left without one."""
    two = roll([person("", "甲"), person("", "乙")])
    made = MARKED.decide(two, on="2022-01")
    assert "名册.重复人数" in {u.output for u in made.undetermined}
    gone = months(MARKED, roll([person("", "甲"), person("1", "丙")], [person("2", "乙")]), roll([person("", "甲", 在列=False), person("1", "丙")], [person("2", "乙"), person("", "丁")]))  # fmt: skip
    alike = months(MARKED, roll([person(None, "甲"), person("1", "丙")], [person("2", "乙")]), roll([person(None, "甲", 在列=False), person("1", "丙")], [person("2", "乙"), person(None, "丁")]))  # fmt: skip
    assert gone.to_json(explanation=False)["outputs"] == alike.to_json(explanation=False)["outputs"]
    assert MARKED.timeline(two, start="2022-01", end="2022-02").errors == []


@pytest.mark.parametrize("first", ["身份证 : 文本, 认人\n  姓名 : 文本", "姓名 : 文本\n  身份证 : 文本, 认人"])
def test_who_an_entry_is_has_no_dates_and_begins_nothing(first: str) -> None:
    """What identifies and what names are no facts by which somebody is there: the others are all dated."""
    text = f"对象 个人 : 人\n  {first}\n  月收入 : 元/月, 0..1000\n对象 家庭 : 户\n  成员 : 若干 个人, 1..9\n"
    policy = policy_of(text + "给付 家庭 补 : 元/月\n  为 100 元/人/月 * 人数(成员)\n")
    people = [
        {"身份证": "1", "姓名": "甲", "月收入": 0},
        {"身份证": "2", "姓名": "乙", "月收入": [{"自": "2022-03", "为": 0}]},
    ]
    made = policy.timeline({"家庭": {"成员": people}}, start="2022-01", end="2022-04")
    assert [m.decision["家庭.补"] for m in made] == [100, 100, 200, 200]
