"""Texts that were once misread, or lost without a word."""

from __future__ import annotations

import pytest

from policy_dsl.diagnostics.report import Report
from policy_dsl.source import Source
from policy_dsl.syntax import keywords, nodes
from policy_dsl.syntax.parse import parse


def codes(written: str) -> list[str]:
    report = Report()
    parse(Source("a.policy", written), report)
    return [found.code for found in report.items]


def same(one: str, other: str) -> bool:
    report = Report()
    trees = [parse(Source("a.policy", written), report) for written in (one, other)]
    assert not report.items, report.items
    return trees[0] == trees[1]


def rule(body: str) -> str:
    return f"规则 家庭 甲 : 数\n  {body}\n"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("为 1．5 元／月", "为 1.5 元/月"),
        ("当 乙 ！＝ 5％ 为 1", "当 乙 != 5% 为 1"),
        ("自 2022－01－01 为 1", "自 2022-01-01 为 1"),
        ("为 甲＿乙", "为 甲_乙"),
    ],
)
def test_full_width_signs_inside_a_word_are_the_half_width_ones(typed: str, meant: str) -> None:
    assert same(rule(typed), rule(meant))


def test_a_quoted_unit_is_one_name() -> None:
    assert not same(rule("为 5 「元/月」"), rule("为 5 元/月"))


def test_a_range_may_be_open_below() -> None:
    assert not same(rule("为 乙 属于 (30%, 60%]"), rule("为 乙 属于 [30%, 60%]"))
    assert codes(rule("为 乙 属于 (30% + 丙, 60%]")) == ["P0101"]


def test_a_result_word_is_a_name_in_an_example() -> None:
    assert same("案例\n  应为 2022-02 目标: 甲 = 1\n", "案例\n  应为 2022-02 「目标」: 甲 = 1\n")


def test_quotes_keep_colons_and_slashes() -> None:
    (document,) = parse(Source("a.policy", "文件 「a:b」 : 一号: 甲\n"), Report()).items
    assert isinstance(document, nodes.Document)
    assert (document.id, document.number) == ("a:b", "一号: 甲")
    assert not codes('对象 甲\n  「a"b」 : 文本, 问 "网址 //x ？" // 注\n')


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("# 第一条\n  为 5\n", "P0116"),
        ("> 摘要\n\n  为 5\n", "P0116"),
        ("政策 甲\n  上级 乙\n  上级 丙\n", "P0101"),
        ("文件 甲\n  日期 2022-01-01\n  日期 2022-01-02\n", "P0101"),
        (rule("为 5 公布 2022-01-01"), "P0420"),
        (rule("| 乙 | 甲 |\n  | 1 | 5 公布 2022-01-01 |"), "P0420"),
        (rule("为 「乙\u200b」"), "P0111"),
    ],
)
def test_nothing_is_dropped_without_a_word(written: str, code: str) -> None:
    assert codes(written) == [code]


def test_comments_are_kept_wherever_they_stand() -> None:
    written = "// 一\n\n  // 二\n# 甲\n// 三\n政策 乙 // 四\n  // 五\n  辖区 丙 // 六\n"
    tree = parse(Source("a.policy", written), Report())
    assert [c.text for c in tree.comments] == [f"// {n}" for n in "一二三四五六"]


def test_a_day_written_without_spaces_is_split_at_known_names() -> None:
    """于 stands in many names, so only known ones around it make a keyword of it."""
    assert keywords.apart("标准于受理日期", {"标准", "受理日期"}) == "标准 于 受理日期"
    assert keywords.apart("标准于受理日期", {"标准"}) == ""
    assert keywords.apart("关于标准", {"标准", "关"}) == "关 于 标准"
    assert keywords.apart("关于标准", {"标准", "关于"}) == ""
    assert keywords.apart("标准于受理日期") == ""
