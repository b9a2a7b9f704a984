"""The entry that a list function looks at and the one outside it, compared: decided in every way there is, and what would mean the wrong one."""

from __future__ import annotations

from itertools import product

import pytest

from policy_dsl.diagnostics.report import PolicyError

from .deciding import decided, policy_of

FACTS = """类型 在学 = 在校 | 离校
对象 个人 : 人
  姓名 : 文本
  年龄 : 岁, 0..130
  收入 : 元/月, 0..1000
  身份 : 在学
  生日 : 日期
对象 家庭 : 户
  收入 : 元/月, 0..1000
  序 : 整数, 0..1000
  成员 : 若干 个人, 0..20
对象 名册
  户 : 若干 家庭, 0..9
"""
OLDER = "规则 个人 年长的 : 人/户\n  为 人数(家庭.成员 作 他 当 他.年龄 > 年龄)\n"


def entry(age: int, **more: object) -> dict[str, object]:
    return {"年龄": age, "收入": 0, "身份": "离校", **more}


def home(*members: dict[str, object]) -> dict[str, object]:
    return {"家庭": {"收入": 0, "序": 0, "成员": list(members)}}


def test_each_is_compared_with_all() -> None:
    """Whoever is older than the one at hand, for all orders of three ages; what a rule says of the others is read, too."""
    policy = policy_of(
        FACTS
        + OLDER
        + "规则 个人 之前 : 人/户\n  为 人数(家庭.成员 作 他 当 他.年长的 < 年长的)\n"
        + "规则 个人 差 : 岁\n  为 最大(家庭.成员.年龄 - 年龄 作 他, 默认 0)\n"
    )
    for ages in product((3, 7, 9), repeat=3):
        d = decided(policy, home(*map(entry, ages)), "2022-01")
        older = [sum(other > age for other in ages) for age in ages]
        for n, age in enumerate(ages):
            path = f"家庭.成员[{n}]"
            assert d[f"{path}.年长的"] == older[n]
            assert d[f"{path}.之前"] == sum(x < older[n] for x in older)
            assert d[f"{path}.差"] == max(ages) - age


def test_what_is_outside_is_outside_at_every_depth() -> None:
    """A bare name means the one at hand, an alias its own entry, in list functions inside each other, and through a roll."""
    policy = policy_of(
        FACTS
        + "规则 家庭 更前 : 户\n  为 人数(名册.户 作 那户 当 那户.序 < 序)\n"
        + "规则 家庭 同富 : 户\n  为 人数(名册.户 作 那户 当 任一(那户.成员.收入 / 1 元 * 1 月 * 1 人 > 序))\n"
        + "规则 家庭 有更富 : 户\n  为 人数(名册.户 作 那户 当 任一(那户.成员 作 他 当 他.年龄 / 1 岁 > 序 且 那户.序 > 序))\n".replace(
            "任一(那户.成员 作 他 当 ", "人数(那户.成员 作 他 当 "
        ).replace("那户.序 > 序))", "那户.序 > 序) ≥ 1 人/户)")
    )
    orders, ages, incomes = (1, 5, 9), (4, 6, 20), (3, 7, 2)
    homes = [{"收入": 0, "序": o, "成员": [entry(a, 收入=i)]} for o, a, i in zip(orders, ages, incomes, strict=True)]
    d = decided(policy, {"名册": {"户": homes}}, "2022-01")
    for n, order in enumerate(orders):
        assert d[f"名册.户[{n}].更前"] == sum(o < order for o in orders)
        assert d[f"名册.户[{n}].同富"] == sum(i > order for i in incomes)
        assert d[f"名册.户[{n}].有更富"] == sum(a > order and o > order for a, o in zip(ages, orders, strict=True))


def test_a_look_back_and_the_law_of_another_day_are_the_outsides() -> None:
    """上月 and 于 that speak of nothing inside are asked of the entry at hand."""
    policy = policy_of(
        FACTS
        + "参数 线(在学) : 岁\n  | 在学 | 自 2020-01-01 | 自 2022-01-01 |\n  | 在校 | 5 | 6 |\n  | 离校 | 50 | 60 |\n"
        + "规则 个人 过线 : 人/户\n  为 人数(家庭.成员 作 他 当 他.年龄 > 线(身份) 于 2021-06-01)\n"
        + "规则 个人 比上月老 : 人/户\n  为 人数(家庭.成员 作 他 当 他.年龄 > 上月(年龄, 默认 10 岁))\n"
    )
    d = decided(policy, home(entry(20, 身份="在校"), entry(55, 上月={"年龄": 54})), "2022-01")
    assert [d[f"家庭.成员[{n}].过线"] for n in range(2)] == [2, 1]
    assert [d[f"家庭.成员[{n}].比上月老"] for n in range(2)] == [2, 1]


def test_what_is_not_known_stays_open_and_is_named() -> None:
    """One age that is open leaves open what it decides, and no more; the reasons name both entries."""
    policy = policy_of(FACTS + OLDER)
    members = [entry(5, 姓名="甲"), entry(7, 姓名="乙"), {"姓名": "丙", "收入": 0, "身份": "离校"}]
    d = policy.decide(home(*members), on="2022-01")
    assert {x.output for x in d.undetermined} == {f"家庭.成员[{n}].年长的" for n in range(3)}
    assert all("家庭.成员[2].年龄" in x.needs for x in d.undetermined)
    d = policy.decide(home(*members[:2], entry(6, 姓名="丙")), on="2022-01")
    said = d.explain("家庭.成员[0].年长的").text("zh")
    assert "人数(成员 作 他 当 他.年龄 > 年龄)" in said
    assert all(f"家庭.成员[{n}].年龄 = " in said for n in range(3))
    assert "member" not in d.explain("家庭.成员[0].年长的").text("en").split("count(")[0]


@pytest.mark.parametrize("value", ["年龄 - 5 岁", "(年龄 - 5 岁)", "年龄 * 1", "年龄"])
def test_an_alias_stands_behind_any_formula(value: str) -> None:
    policy = policy_of(
        FACTS + f"规则 个人 最大的 : 岁\n  为 最大(家庭.成员.{value.lstrip('(').rstrip(')')} 作 他, 默认 0)\n"
    )
    d = decided(policy, home(entry(9), entry(7)), "2022-01")
    assert d["家庭.成员[0].最大的"] == (4 if "5" in value else 9)


def test_a_list_that_is_not_given_leaves_it_open() -> None:
    policy = policy_of(FACTS + "规则 家庭 更多 : 人\n  为 人数(成员 作 他 当 他.年龄 / 1 岁 > 序)\n")
    d = policy.decide({"家庭": {"收入": 0, "序": 3}}, on="2022-01")
    assert [x.needs for x in d.undetermined] == [("家庭.成员",)]
    d = policy.decide({"家庭": {"收入": 0, "成员": [entry(5)]}}, on="2022-01")
    assert [x.needs for x in d.undetermined] == [("家庭.序",)]


def test_a_change_of_one_is_told_of_the_other() -> None:
    """In a timeline what changed of somebody else is the reason."""
    policy = policy_of(FACTS + OLDER + "给付 个人 补 : 元/月\n  当 年长的 ≥ 1 人/户 为 100\n  否则 为 0\n")
    older = [{"自": "2022-01", "为": 3}, {"自": "2022-03", "为": 9}]
    t = policy.timeline(home(entry(5, 姓名="甲"), entry(0, 年龄=older, 姓名="乙")), start="2022-01", end="2022-03")
    said = t.text("zh")
    assert "甲 补：0.00 元/月 → 100.00 元/月\n      · 乙 年龄 由 3 岁 升至 9 岁" in said


CAPTURED = [
    ("人数(家庭.成员 当 年龄 > 年龄)", "人数(家庭.成员 作 他 当 他.年龄 > 年龄)"),
    ("人数(家庭.成员 当 年龄 > 年龄 + 5 岁)", "人数(家庭.成员 作 他 当 他.年龄 > 年龄 + 5 岁)"),
    (
        "人数(家庭.成员 当 身份 = 在校 且 家庭.成员.年龄 ≥ 年龄)",
        "人数(家庭.成员 作 他 当 他.身份 = 在校 且 家庭.成员.年龄 ≥ 年龄)",
    ),
    ("人数(家庭.成员 当 年龄 - 年龄 > 1 岁)", "人数(家庭.成员 作 他 当 他.年龄 - 年龄 > 1 岁)"),
    ("人数(家庭.成员 当 周岁(生日) > 周岁(生日))", "人数(家庭.成员 作 他 当 周岁(他.生日) > 周岁(生日))"),
    ("人数(家庭.成员 当 年龄 属于 (年龄, 3 岁))", "人数(家庭.成员 作 他 当 他.年龄 属于 (年龄, 3 岁))"),
]


@pytest.mark.parametrize(("wrong", "right"), CAPTURED)
def test_one_name_on_both_sides_is_refused_and_the_advice_works(wrong: str, right: str) -> None:
    rule = "规则 个人 数 : 人/户\n  为 {}\n"
    with pytest.raises(PolicyError) as caught:
        policy_of(FACTS + rule.format(wrong))
    assert [d.code for d in caught.value.diagnostics] == ["P0336"]
    assert right in caught.value.diagnostics[0].help_zh
    policy_of(FACTS + rule.format(right))


@pytest.mark.parametrize(
    "formula",
    [
        "人数(家庭.成员 当 收入 > 收入 * 50% + 3 元/月)",  # a share of one's own
        "人数(家庭.成员 当 年龄 > 60 岁 且 年龄 < 80 岁)",
        "人数(家庭.成员 当 家庭.成员.年龄 > 60 岁)",
    ],
)
def test_what_speaks_of_one_alone_is_as_it_was(formula: str) -> None:
    policy_of(FACTS + f"规则 个人 数 : 人/户\n  为 {formula}\n")


def test_a_household_asks_of_its_members_as_before() -> None:
    """Where only the list's entries have the name, nothing outside could be meant; where both do, it is refused."""
    rule = "规则 家庭 数 : 人\n  为 人数(成员 当 {})\n"
    policy_of(FACTS + rule.format("个人.年龄 ≥ 60 岁"))
    with pytest.raises(PolicyError, match="P0336"):
        policy_of(FACTS + rule.format("收入 > 收入"))


@pytest.mark.parametrize("alias", ["年龄", "收入", "成员", "家庭", "个人", "合计", "决定日", "标准", "城市"])
def test_an_alias_hides_nothing(alias: str) -> None:
    more = "类型 地区 = 城市 | 农村\n参数 标准 : 数\n  自 2020-01-01 为 1\n"
    with pytest.raises(PolicyError, match="P0338"):
        policy_of(more + FACTS + f"规则 家庭 数 : 人\n  为 人数(成员 作 {alias} 当 {alias}.身份 = 在校)\n")


@pytest.mark.parametrize(
    "call", ["最大(年龄, 1 岁 作 他)", "向下取整(年龄 作 他, 1 岁)", "周岁(生日 作 他)", "合计(近(3 个月, 收入) 作 他)"]
)
def test_an_alias_is_of_a_list(call: str) -> None:
    with pytest.raises(PolicyError):
        policy_of(FACTS + f"规则 个人 数 : 岁\n  为 {call}\n")


def test_the_new_words_are_names_elsewhere() -> None:
    policy = policy_of(
        "对象 家庭 : 户\n  作、后于、复核、as, after, review : 是否\n规则 家庭 都 : 是否\n  为 作 且 后于 且 复核 且 as 且 after 且 review\n"
    )
    facts = dict.fromkeys(("作", "后于", "复核", "as", "after", "review"), True)
    assert decided(policy, {"家庭": facts}, "2022-01")["家庭.都"] is True
