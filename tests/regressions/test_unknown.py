"""What is known stays known, and its reasons stay true while lines are open."""

from __future__ import annotations

from itertools import combinations, product

import pytest

from policy_dsl import PolicyError

from .deciding import decided, policy_of

OVERLAP = """
类型 方式 = 甲式 | 乙式 | 丙式
对象 家庭 : 户
  收入 : 元/月, 0..1000
  有病人、整户、单人、有老人 : 是否
  档次 : 一 | 二
规则 家庭 旧线 : 元/月
  自 2010-01-01 至 2012-12-31 为 100
给付 家庭 补助 : 元/月
  当 收入 低于 300 元/月 为 100
  当 有病人 为 200
  否则 为 0
规则 家庭 施保 : 方式
  当 整户 为 甲式
  当 非 整户 且 单人 为 乙式
  否则 为 丙式
给付 家庭 补贴 : 元/月
  当 施保 = 甲式 且 档次 = 一 为 10
  当 施保 = 甲式 且 档次 = 二 为 20
  否则 为 0
规则 家庭 过线 : 是否
  为 有病人 且 旧线 > 50
给付 家庭 加发 : 元/月
  就高
  当 有老人 为 30
  当 有病人 为 50
  否则 为 0
  例外 整户的 当 整户 为 0
给付 家庭 无缘 : 元/月
  当 单人 为 0
  当 有老人 为 5
  否则 为 1
  例外 整户的 当 整户 为 0
给付 家庭 依次发 : 元/月
  依次
  当 有老人 为 30
  当 有病人 为 30
  否则 为 10
"""
DOMAINS = {
    "收入": (0, 300, 1000), "有病人": (True, False), "整户": (True, False), "单人": (True, False), "有老人": (True, False), "档次": ("一", "二"),
}  # fmt: skip


def test_every_partial_case_against_all_its_fillings() -> None:
    """Nothing that is settled changes, and nothing stays open on which all fillings agree: here each thing is read once."""
    policy = policy_of(OVERLAP)

    def outcome(facts: dict[str, object]) -> dict[str, tuple[str, object]]:
        found = decided(policy, {"家庭": facts}, "2022-01").outputs
        return {p: (o.state, o.value if o.state == "known" else None) for p, o in found.items()}

    names = list(DOMAINS)
    full = {v: outcome(dict(zip(names, v, strict=True))) for v in product(*DOMAINS.values())}
    for keep in (k for n in range(len(names)) for k in combinations(range(len(names)), n)):
        for values in product(*(DOMAINS[names[k]] for k in keep)):
            part = dict(zip(keep, values, strict=True))
            fillings = [o for v, o in full.items() if all(v[k] == x for k, x in part.items())]
            for path, found in outcome({names[k]: x for k, x in part.items()}).items():
                later = {o[path] for o in fillings}
                assert (later == {found}) if found[0] != "undetermined" else len(later) > 1, (part, path)


@pytest.mark.parametrize(
    ("facts", "path", "needs"),
    [
        ({"有病人": True}, "家庭.补助", ("家庭.收入",)),
        ({"收入": 500}, "家庭.过线", ("家庭.有病人",)),
        ({"整户": False}, "家庭.施保", ("家庭.单人",)),
        ({}, "家庭.依次发", ("家庭.有老人",)),
        ({"单人": True}, "家庭.无缘", ("家庭.整户", "家庭.有老人")),
        ({"单人": True, "有老人": False}, "家庭.无缘", ()),
    ],
)
def test_what_is_waited_for(facts: dict[str, object], path: str, needs: tuple[str, ...]) -> None:
    """What decides now. An exception that would give what the line gives is asked for only where the line may not."""
    found = {o.output: o.needs for o in decided(policy_of(OVERLAP), {"家庭": facts}, "2022-01").undetermined}
    assert found.get(path, ()) == needs


def test_nothing_is_waited_for_that_cannot_matter() -> None:
    d = decided(policy_of(OVERLAP), {"家庭": {"整户": False}}, "2022-01")
    assert d["家庭.补贴"] == 0
    d = decided(policy_of(OVERLAP), {"家庭": {"有病人": True, "收入": 400, "整户": False}}, "2022-01")
    assert [d["家庭.补助"], d["家庭.加发"], d["家庭.依次发"]] == [200, 50, 30]
    assert "家庭.过线" in [e.path for e in d.errors]
    with pytest.raises(PolicyError, match="R0105"):
        d["家庭.过线"]


def reasons(policy_text: str, facts: dict[str, object], output: str, lang: str = "zh") -> str:
    return decided(policy_of(policy_text), facts, "2022-01").explain(output).text(lang)


def test_reasons_of_a_value_that_open_lines_share() -> None:
    """The line that applies is named, and the open one above it with the reason why it does not matter."""
    text = reasons(OVERLAP, {"家庭": {"有病人": True}}, "家庭.依次发")
    assert "适用  当 有病人 为 30 元/月" in text
    assert "未定  当 有老人 为 30 元/月" in text
    assert "是否适用，结果都一样" in text
    assert "否则" not in text


def test_no_line_is_said_to_apply_where_it_is_open_which_does() -> None:
    same = """
类型 类 = 甲 | 乙 | 丙
对象 家庭
  类 : 类
  好 : 是否
规则 家庭 一样 : 整数
  当 类 = 甲 为 1
  当 类 = 乙 为 1
  否则 为 1
规则 家庭 例 : 整数
  当 类 = 甲 为 1
  否则 为 1
  例外 坏 当 非 好 为 2
"""
    text = reasons(same, {"家庭": {}}, "家庭.一样")
    assert "家庭.一样 = 1" in text
    assert "· 适用" not in text
    assert text.count("未定  ") == 3  # 否则 is one of them
    text = reasons(same, {"家庭": {"好": False}}, "家庭.例")
    assert "原值，没有这一行时的结果" in text
    assert "没有这条例外时适用" not in text


def test_reasons_over_a_list_that_is_not_given() -> None:
    listed = """
对象 个人
  收入 : 元/月, 0..100
对象 家庭
  成员 : 若干 个人, 0..3
规则 家庭 都穷 : 是否
  为 全部(成员.收入 < 500 元/月)
"""
    text = reasons(listed, {"家庭": {}}, "家庭.都穷")
    assert "家庭.都穷 = 是" in text


def test_a_parameter_is_told_by_the_keys_that_are_possible() -> None:
    keyed = """
类型 区 = 一区 | 二区 | 三区
对象 家庭
  区 : 区
  城里 : 是否
参数 额(区) : 元/月
  | 区 | 自 2020-01-01 |
  | 一区 | 100 |
  | 二区、三区 | 200 |
规则 家庭 算作 : 区
  当 城里 为 二区
  否则 为 三区
规则 家庭 得 : 元/月
  为 额(算作)
规则 家庭 另得 : 元/月
  为 额(区)
"""
    d = decided(policy_of(keyed), {"家庭": {}}, "2022-01")
    assert d["家庭.得"] == 200
    text = d.explain().text()
    assert "额(二区/三区) = 200.00 元/月" in text
    assert "额(?) = 未定" in text
