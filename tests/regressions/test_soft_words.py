"""Words that came with months, ledgers and parts are keywords where they are shown, and names everywhere else."""

from __future__ import annotations

import pytest

from policy_dsl.diagnostics.report import Report
from policy_dsl.examples.run import run_example
from policy_dsl.model.reserved_keys import RESERVED_FACTS
from policy_dsl.source import Source
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.printer.printer import text as printed

from .deciding import policy_of

FUNCTIONS = ("现行", "重复", "年份", "年初", "季初", "in_force", "repeats", "year_of", "year_start", "quarter_start")
WORDS = (
    *("死亡", "出生", "认人", "结清", "追回", "每月不超过", "发于", "本年", "按月发", "按季发", "复核", "许可", "作", "无", "后于"),
    *("died", "born", "identifies", "settled", "recover", "a_month", "paid_on", "this_year", "paid", "monthly", "quarterly"),
    *("review", "allow", "as", "none", "after", *FUNCTIONS),
)  # fmt: skip

VALUES = """\
类型 种类 = {w} | 乙
对象 个人 : 人
  姓名 : 文本
  数 : 整数
对象 家庭 : 户
  类 : 种类
  成员 : 若干 个人, 0..9
规则 家庭 值 : 种类
  当 类 = {w} 且 合计(成员.数) > 1 为 {w}
  否则 为 乙
  例外 {w} 当 类 = 乙 且 类 ≠ {w} 为 {w}
规则 家庭 表 : 整数
  | 类  | 表 |
  | {w} | 1  |
  | 乙  | 2  |
阶段 家庭 情形
  起始 {w}
  终止 二
  {w} → 二 当 类 = {w}
案例 {w}
  于 2022-01
  家庭: 类 = {w}
  成员 {w}: 数 = 2
  应为 家庭: 值 = {w}, 表 = 1, 情形 = 二
"""
NAMES = """\
对象 {w} : 人
  {w} : 整数
  日 : 日期
对象 家庭 : 户
  {w} : 若干 {w}, 0..9
对象 名册
  户 : 若干 家庭, 0..9
规则 家庭 和 : 整数
  为 合计({w}.{w} 当 {w} ≥ 0 且 日 ≤ 决定日)
规则 {w} 倍 : 整数
  为 {w}.{w} * 2 + {w}
给付 名册 {w} : 元/年 按月发
  当 合计(户.和) > 1 为 1200
  否则 为 0
  补发 当 应发 > 0
规则 名册 领 : 元
  为 合计(近(本年, {w}, 默认 0)) + 上月({w}, 默认 0) * 1 月
案例 一
  于 2022-01
  户 一 {w} 甲: {w} = 2, 日 = 2021-01-01
  应为 户 一: 和 = 2
  应为 户 一 {w} 甲: 倍 = 6
  应为 名册: {w} = 1200, 领 = 0
"""
PARAMETERS = """\
参数 {w} : 整数
  自 2021-01-01 为 2
对象 家庭 : 户
  数 : 整数
规则 家庭 甲 : 整数
  为 数 + {w} + {w} * 2
案例 一
  于 2022-01
  家庭: 数 = 2
  应为 家庭: 甲 = 8
"""


@pytest.mark.parametrize("text", [VALUES, NAMES, PARAMETERS], ids=["value", "name", "parameter"])
def test_a_soft_word_is_a_name_everywhere_else(text: str) -> None:
    """As value, state, exception, example and entry; as entity, list, fact, rule and benefit; as parameter. Printed in both languages, too."""
    for word in WORDS:
        if text == NAMES and word in RESERVED_FACTS:
            continue  # among given facts it is the ledger
        policy = policy_of(text.replace("{w}", word))
        for example in policy.program.examples:
            assert run_example(policy, example).mismatches == (), word
        tree = parse(Source("甲.policy", text.replace("{w}", word)), Report())
        for lang in ("zh", "en"):
            assert parse(Source("甲.policy", printed(tree, lang)), Report()) == tree, word
