"""Messages that once led nowhere: no way out, a way that did not work, or a mistake that only followed from another."""

from __future__ import annotations

import pytest

from policy_dsl import PolicyError
from policy_dsl.diagnostics.report import Diagnostic

from .deciding import policy_of

PEOPLE = "对象 个人 : 人\n  出生日期 : 日期\n对象 家庭 : 户\n  成员 : 若干 个人, 1..20\n"
HEADS = "规则 家庭 人口 : 人\n  为 人数(成员)\n"


def refused(*layers: str) -> list[Diagnostic]:
    with pytest.raises(PolicyError) as error:
        policy_of(*layers)
    return list(error.value.diagnostics)


@pytest.mark.parametrize(
    "text",
    [
        PEOPLE.replace("日期\n", "日期, 不变, 不变\n") + HEADS,
        PEOPLE.replace("日期\n", "日期, 问 “何时？”, 出生, 问 “何日？”\n") + HEADS,
        PEOPLE.replace("日期\n", "日期 日期\n") + HEADS,  # any mistake in the entity of a list
        PEOPLE.replace("日期\n", "日期 死亡\n  月收入 : 元/月\n") + "规则 家庭 收入 : 元/月\n  为 合计(成员.月收入)\n",
        PEOPLE.replace("日期\n", "日期 死亡\n  月收入 : 元/月\n") + "规则 家庭 收入 : 元/月\n  为 最大(成员.月收入)\n",
        PEOPLE.replace("若干 个人", "若干 个体") + HEADS,
        PEOPLE.replace("  出生日期", "  身份证 : 文本, 认人\n  出生日期").replace("若干 个人", "几个 个人"),
        PEOPLE + "对象 班组\n  成员 : 若干 个人, 1..20\n规则 班组 人口 : 人\n  为 人数(成员)\n",
        "文件 甲 : 一号\n  日期 2022-01-01\n  日期 2022-01-02\n",
    ],
)
def test_one_mistake_is_told_once_with_a_way_out(text: str) -> None:
    (found,) = refused(text)
    assert found.help_zh.rstrip("：") == found.help_zh
    assert found.help_en.rstrip(": ") == found.help_en
    assert found.help_zh


@pytest.mark.parametrize(
    ("text", "hint", "followed"),
    [
        (
            "参数 甲 : 元/月\n  为 9\n规则 家庭 乙 : 元/月\n  为 甲\n",
            "在单位里写上 /户",
            ("参数 甲 : 元/月", "参数 甲 : 元/户/月"),
        ),
        ("规则 家庭 乙 : 元\n  为 3 * 2 元\n", "在单位里写上 /户", ("2 元", "2 元/户")),
        ("规则 个人 乙 : 整数\n  为 周岁(出生日期)\n", "写上单位 岁", ("整数", "岁")),
        ("规则 家庭 乙 : 数\n  为 人数(成员) / 1 人\n", "另一边乘以 1 户", ("/ 1 人", "/ 1 人 * 1 户")),
        ("规则 个人 乙 : 数\n  为 周岁(出生日期)\n", "除以 1 岁", ("(出生日期)", "(出生日期) / 1 岁")),
    ],
)
def test_units_that_do_not_match_say_what_to_write(text: str, hint: str, followed: tuple[str, str]) -> None:
    (found,) = refused(PEOPLE + text)
    assert found.code == "P0204"
    assert hint in found.help_zh
    policy_of(PEOPLE + text.replace(*followed))


CASE = PEOPLE + "  存款 : 元, 0..1000\n" + HEADS + "案例 一\n  于 2022-01\n"


@pytest.mark.parametrize(
    "lines",
    [
        "  成员 甲: 出生日期 = 1990-01-01\n  应为 成员 甲: 人口 = 1\n",
        "  成员 甲: 存款 = 1\n  应为 家庭: 人口 = 1\n",
        "  家庭: 出生日期 = 1990-01-01\n  应为 家庭: 人口 = 1\n",
    ],
)
def test_a_name_of_another_entity_is_not_offered_as_itself(lines: str) -> None:
    (found,) = refused(CASE + lines)
    assert found.code == "P0201"
    assert "是不是" not in found.help_zh
    assert "写到那一行" in found.help_zh


def test_a_day_said_twice_is_a_contradiction() -> None:
    (found,) = refused(CASE + "  于 2022-02\n  成员 甲: 出生日期 = 1990-01-01\n  应为 家庭: 人口 = 1\n")
    assert (found.code, found.zh) == ("P0704", "案例「一」前后不一：写了两个 于")


def test_a_built_in_name_need_not_be_declared() -> None:
    for line in ("类型 月 = 单位", "类型 户 = 单位", "类型 文本 = 甲 | 乙"):
        (found,) = refused(f"{line}\n{PEOPLE}")
        assert (found.code, found.zh.startswith("「")) == ("P0202", True)
        assert "语言里已有" in found.help_zh
        assert "built in" in found.help_en


def test_an_output_of_somebody_not_yet_born_says_so() -> None:
    policy = policy_of(PEOPLE + "规则 个人 岁数 : 岁\n  为 周岁(出生日期)\n")
    facts = {"家庭": {"成员": [{"出生日期": "1950-01-01"}, {"出生日期": "2022-06-15"}]}}
    june = policy.decide(facts, on="2022-06")
    for ask in (lambda: june["家庭.成员[1].岁数"], lambda: june.explain("家庭.成员[1].岁数")):
        with pytest.raises((KeyError, PolicyError), match=r"2022-06-15 出生，2022-06 还不在；从 2022-07 起算在内"):
            ask()
    with pytest.raises(PolicyError, match="是不是"):
        june.explain("家庭.成员[0].年数")
    assert policy.decide(facts, on="2022-07")["家庭.成员[1].岁数"] == 0


@pytest.mark.parametrize(
    "below",
    ["修订 家庭\n  床 : 床, 默认 2\n", "规则 家庭 床 : 床\n  为 床数\n", "参数 床 : 床\n  为 2\n"],
    ids=["事实", "规则", "参数"],
)
def test_a_name_below_that_is_a_unit_above_is_to_be_renamed(below: str) -> None:
    """The county that adds the name cannot change the province's text."""
    above = "类型 床 = 单位\n对象 家庭\n  床数 : 床, 0..9\n规则 家庭 费 : 元\n  为 300 元/床 * 床数\n"
    (found,) = refused(above, below)
    assert (found.code, found.place and found.place.file) == ("P0230", "0.policy")
    assert [x.place.file for x in found.labels] == ["1.policy"]
    assert "换一个名称；或在这里" in found.help_zh
    assert "another name" in found.help_en
    renamed = below.replace("  床 :", "  现有床 :").replace("家庭 床", "家庭 现有床").replace("参数 床", "参数 现有床")
    policy_of(above, renamed)


@pytest.mark.parametrize(
    "written", ["300 元/间", "300元/间", "1.5 万元／间", "300 元 / 间", "300 元/人/间", "300 元/间/月"]
)
def test_a_unit_that_is_not_declared_is_to_be_declared(written: str) -> None:
    text = f"对象 家庭\n  间数 : 数, 0..9\n规则 家庭 费 : 是否\n  为 {written} > {written}\n"
    first = refused(text)[0]
    assert first.code == "P0201"
    assert "类型 间 = 单位" in first.help_zh
    assert "type 间 = unit" in first.help_en
    policy_of("类型 间 = 单位\n" + text)


def test_a_name_behind_a_division_of_values_is_no_unit() -> None:
    (found,) = refused("对象 家庭\n  收入 : 元, 0..9\n规则 家庭 费 : 元\n  为 收入 / 间\n")
    assert "单位" not in found.help_zh


ABOVE = "文件 办法 : 一号\n类型 床 = 单位\n类型 档 = 高 | 低\n" + PEOPLE + HEADS + "参数 标准 : 元\n  为 5\n"


@pytest.mark.parametrize(
    "below",
    [
        "类型 床 = 单位\n",
        "文件 办法 : 二号\n",
        "修订 个人\n  出生日期 : 日期\n",
        "修订 家庭\n  成员 : 若干 个人, 1..9\n",
        "规则 个人 出生日期 : 日期\n  为 2022-01-01\n",
    ],
)
def test_what_no_layer_can_amend_is_not_to_be_amended(below: str) -> None:
    (found,) = refused(ABOVE, below)
    assert found.code == "P0605"
    assert "修订" not in found.help_zh
    assert "删去这里的" in found.help_zh


@pytest.mark.parametrize(
    ("below", "followed"),
    [
        ("参数 标准 : 元\n  为 6\n", "修订 标准\n  为 6\n"),
        ("规则 家庭 人口 : 人\n  为 3\n", "修订 人口\n  为 3\n"),
        ("对象 家庭\n  存款 : 元\n", "修订 家庭\n  存款 : 元\n"),
    ],
)
def test_what_can_be_amended_is(below: str, followed: str) -> None:
    (found,) = refused(ABOVE, below)
    assert (found.code, found.help_zh) == ("P0605", f"改动上级的内容要写 {followed.partition(chr(10))[0]}")
    policy_of(ABOVE, followed)


RULE, PARAMETER = "给付 家庭 补 : 元/月\n", "参数 额 : 元/月\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (RULE + "  允许 P0301 不会有\n  为 1\n", "「许可」"),
        (RULE + "  如果 存款 < 5 为 1\n  否则 为 0\n", "「当」"),
        (RULE + "  当 存款 < 5 为 1\n  其他 为 0\n", "「否则」"),
        (RULE + "  从 2023-01-01 为 3\n", "「自」"),
        (PARAMETER + "  等于 3\n", "「为」"),
        (PARAMETER + "  自 2022-01-01\n    待定\n", "为 待定"),
        (PARAMETER.replace("\n", " 自 2022-01-01\n") + "  不低于 5\n", "为 不低于"),
        (PARAMETER.replace("\n", " 自 2022-01-01\n") + "  目标 5\n", "为 目标"),
    ],
)
def test_a_line_that_begins_with_another_word_says_which_words_begin_one(text: str, said: str) -> None:
    found = refused(PEOPLE + "  存款 : 元, 0..1000\n" + text)[0]
    assert found.code == "P0101"
    assert said in found.help_zh
    assert "→" not in found.help_zh
    assert found.help_en


@pytest.mark.parametrize(
    ("type_", "line", "said"),
    [
        ("元/月", "补发", "补发 当 已发 > 0"),
        ("元", "发于", "发于 日期"),
        ("元/月", "追回", "追回 每月不超过 60 元"),
        ("元/月", "追回 60 元", "追回 每月不超过 60 元"),
        ("元/月", "追回 每月 60 元", "追回 每月不超过 60 元"),
    ],
)
def test_a_line_of_a_benefit_that_is_not_finished_says_how_it_is_written(type_: str, line: str, said: str) -> None:
    benefit = PEOPLE + f"  日期 : 日期\n给付 家庭 补 : {type_}\n  为 1\n  "
    (found,) = refused(benefit + line + "\n")
    assert found.help_zh == f"写成：{said}"
    policy_of(benefit + said + "\n")


@pytest.mark.parametrize(
    ("written", "code", "said", "meant"),
    [
        ("标准", "P0405", "写出各键", "标准(户籍)"),
        ("现行(标准, 默认 0)", "P0405", "写出各键", "现行(标准(户籍), 默认 0)"),
        ("标准 于 2022-01-01", "P0405", "写出各键", "标准(户籍) 于 2022-01-01"),
        ("家庭", "P0201", "例如 家庭.存款", "家庭.存款"),
    ],
)
def test_a_name_that_stands_there_is_not_offered_for_itself(written: str, code: str, said: str, meant: str) -> None:
    text = "类型 地区 = 城市 | 农村\n对象 家庭 : 户\n  存款 : 元/月\n  户籍 : 地区\n"
    text += "参数 标准(地区) : 元/户/月\n  | 地区 | 自 2022-01-01 |\n  | 城市 | 5 |\n  | 农村 | 3 |\n"
    rule = "规则 家庭 额 : 元/月\n  为 "
    (found,) = refused(text + rule + written + "\n")
    assert found.code == code
    assert said in found.help_zh
    policy_of(text + rule + meant + "\n")
