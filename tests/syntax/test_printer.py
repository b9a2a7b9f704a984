"""What the printer writes, by example: an invented town's heating rules in both languages, and the places where it must choose."""

from __future__ import annotations

import pytest

from policy_dsl.diagnostics.report import Report
from policy_dsl.source import Source, width
from policy_dsl.syntax import nodes
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.printer.layout import WIDTH
from policy_dsl.syntax.printer.printer import text

CHINESE = """\
# 临河镇取暖补助
政策 临河镇
  上级 清源县
  辖区 某省 清源县 临河镇

文件 办法 : 临政发〔2022〕7号
  标题 临河镇冬季取暖补助办法
  机关 临河镇人民政府
  日期 2022-09-01

类型 房屋 = 楼房 | 平房 | 「自建 房」

类型 困难程度 = 一般 < 较重 < 很重

类型 吨煤 = 单位

对象 住户
  地址, 电话 : 文本
  取暖面积 : 数, 0..500, 默认 60, 问 "取暖面积是多少平方米？"
  困难 : 困难程度, 由 评议小组 定
  建成日 : 日期, 不变, 当 房屋 = 平房 且 取暖面积 > 0
  房屋 : 楼房 | 平房
  成员 : 若干 人员

对象 租户 : 住户

## 第一条 标准
> 楼房每户每年 800 元，平房 1200 元；2023 年起另定。
> 煤价每吨 900 元。
参数 取暖标准(房屋, 困难) : 元/户/年 自 2022-10-01
  | 房屋 | 困难       | 取暖标准    |
  |------|------------|-------------|
  | 楼房 | —          | 800         |
  | 平房 | 一般, 较重 | 1200        | 依据 办法 第二条
  | 平房 | 否则       | 不低于 1500 | 假设 上限未定

参数 煤价 : 元/吨煤
  自 2021-10 至 2022-09-30 为 850
  自 2022-10-01 公布 2022-09-15 为 900 依据 办法 第一条
  自 2023-10-01 为 待定
  自 2024-10-01 为 目标 1000

## 第二条 计算
规则 住户, 租户 困难户 : 是否
  依次
  当 困难 ≥ 较重 为 是
  当 困难 不低于 一般 且 (取暖面积 不足 40 或 任一(成员.重病)) 为 是
  否则 为 否
  例外 空置 当 人数(成员) = 0 为 否 优先于 新建, 「重 建」 依据 办法 第五条
  例外 当 建成日 > 2022-01-01 为 否
  依据 办法 第三条 假设 以户为单位

规则 住户 折扣 : %
  自 2022-10-01
    | 取暖面积      | 人数(成员) | 自 2022-10-01 | 自 2023-10-01 公布 2023-06-01 |
    |---------------|------------|---------------|-------------------------------|
    | < 40          | 5 人 以上  | 50%           | 60%                           |
    | [40, 90)      | 1..4       | 40%           | —                             |
    | ≥ 90 且 < 200 | —          | 10%           | 10%                           |
    例外 困难 当 困难户 为 60%
  自 2021-10-01 至 2022-09-30
    为 30%

给付 住户 取暖补助 : 元/年
  就高
  为 四舍五入(取暖标准(房屋, 困难) * (1 - 折扣), 1 元)
  当 困难户 为 合计(成员.补贴 当 年龄 ≥ 60, 默认 0)

## 第三条 县规定的变通
修订 高龄津贴
  自 2023-01-01 为 120 元/人/月

修订 住房补贴, 交通补贴 自 2023-01-01 至 2023-12 公布 2023-02-01
  为 90

修订 人员
  姓名 : 文本
  月收入 : 元/月

案例 平房，三口人
  于 2022-11-01
  住户: 房屋 = 平房, 取暖面积 = 80, 地址 = "河东 12 号"
  自 2022-10 成员 甲: 年龄 = 70, 生日 = 1952-03-01
  成员 乙: 年龄 = 未知, 房屋 = 「未知」
  应为 2022-11 住户: 困难户 = 未知(困难, 年龄), 取暖补助 = 错误 P0601
  应为 错误
"""

ENGLISH = """\
# 临河镇取暖补助
policy 临河镇
  extends 清源县
  jurisdiction 某省 清源县 临河镇

document 办法 : 临政发〔2022〕7号
  title 临河镇冬季取暖补助办法
  issuer 临河镇人民政府
  date 2022-09-01

type 房屋 = 楼房 | 平房 | 「自建 房」

type 困难程度 = 一般 < 较重 < 很重

type 吨煤 = unit

entity 住户
  地址, 电话 : 文本
  取暖面积 : 数, 0..500, default 60, ask "取暖面积是多少平方米？"
  困难 : 困难程度, by 评议小组 decides
  建成日 : 日期, fixed, when 房屋 = 平房 and 取暖面积 > 0
  房屋 : 楼房 | 平房
  成员 : many 人员

entity 租户 : 住户

## 第一条 标准
> 楼房每户每年 800 元，平房 1200 元；2023 年起另定。
> 煤价每吨 900 元。
parameter 取暖标准(房屋, 困难) : 元/户/年 from 2022-10-01
  | 房屋 | 困难       | 取暖标准      |
  |------|------------|---------------|
  | 楼房 | —          | 800           |
  | 平房 | 一般, 较重 | 1200          | under 办法 第二条
  | 平房 | otherwise  | at_least 1500 | assume 上限未定

parameter 煤价 : 元/吨煤
  from 2021-10 to 2022-09-30 is 850
  from 2022-10-01 published 2022-09-15 is 900 under 办法 第一条
  from 2023-10-01 is pending
  from 2024-10-01 is target 1000

## 第二条 计算
rule 住户, 租户 困难户 : 是否
  first
  when 困难 ≥ 较重 is yes
  when 困难 at_least 一般 and (取暖面积 short_of 40 or 任一(成员.重病)) is yes
  otherwise is no
  except 空置 when 人数(成员) = 0 is no beats 新建, 「重 建」 under 办法 第五条
  except when 建成日 > 2022-01-01 is no
  under 办法 第三条 assume 以户为单位

rule 住户 折扣 : %
  from 2022-10-01
    | 取暖面积       | 人数(成员)        | from 2022-10-01 | from 2023-10-01 published 2023-06-01 |
    |----------------|-------------------|-----------------|--------------------------------------|
    | < 40           | 5 person and_more | 50%             | 60%                                  |
    | [40, 90)       | 1..4              | 40%             | —                                    |
    | ≥ 90 and < 200 | —                 | 10%             | 10%                                  |
    except 困难 when 困难户 is 60%
  from 2021-10-01 to 2022-09-30
    is 30%

benefit 住户 取暖补助 : 元/年
  highest
  is 四舍五入(取暖标准(房屋, 困难) * (1 - 折扣), 1 yuan)
  when 困难户 is 合计(成员.补贴 when 年龄 ≥ 60, default 0)

## 第三条 县规定的变通
amend 高龄津贴
  from 2023-01-01 is 120 yuan/person/month

amend 住房补贴, 交通补贴 from 2023-01-01 to 2023-12 published 2023-02-01
  is 90

amend 人员
  姓名 : 文本
  月收入 : 元/月

example 平房，三口人
  on 2022-11-01
  住户: 房屋 = 平房, 取暖面积 = 80, 地址 = "河东 12 号"
  from 2022-10 成员 甲: 年龄 = 70, 生日 = 1952-03-01
  成员 乙: 年龄 = unknown, 房屋 = 「未知」
  expect 2022-11 住户: 困难户 = unknown(困难, 年龄), 取暖补助 = error P0601
  expect error
"""


def read(written: str) -> nodes.File:
    report = Report()
    tree = parse(Source("a.policy", written), report)
    assert not report.items, f"{report.items}\n{written}"
    return tree


def rule(body: str) -> str:
    return f"规则 家庭 甲 : 是否\n  为 {body}\n"


def expression(written: str) -> str:
    (item,) = read(rule(written)).items
    assert isinstance(item, nodes.Rule)
    assert isinstance(item.body[0], nodes.Value)
    value = item.body[0].result.value
    assert value is not None
    return text(value)


def test_chinese_is_printed_as_it_was_written() -> None:
    assert text(read(CHINESE)) == CHINESE


def test_english_is_printed_as_it_was_written() -> None:
    assert text(read(ENGLISH), "en") == ENGLISH


def test_one_language_is_translated_into_the_other() -> None:
    assert text(read(CHINESE), "en") == ENGLISH
    assert text(read(ENGLISH), "zh") == CHINESE


def test_careless_writing_comes_out_in_the_one_form() -> None:
    careless = """\
政策　临河镇
// 说明
对象 住户
\t取暖面积：数，0..500　，默认 60
参数 煤价:元／吨 自 2021-10
      自 2022-10-01 为 900   公布 2022-09-15  // 新价
规则 住户 折扣 : %
  |面积|折扣|
  |＜ 40 或 ＝ 50|((50％))|
  | - | 非(甲 且 (非 乙)) |
"""
    tidy = """\
政策 临河镇

对象 住户
  取暖面积 : 数, 0..500, 默认 60

参数 煤价 : 元/吨 自 2021-10
  自 2022-10-01 公布 2022-09-15 为 900

规则 住户 折扣 : %
  | 面积       | 折扣             |
  |------------|------------------|
  | < 40 或 50 | 50%              |
  | —          | 非 (甲 且 非 乙) |
"""
    assert text(read(careless)) == tidy


@pytest.mark.parametrize(
    "written",
    [
        "(a 且 b) 或 c",
        "a 且 (b 或 c) 且 非 d",
        "(a 且 b) 且 c",
        "非 (a 或 b)",
        "非 非 a",
        "非 a < b",
        "(非 a) = b",
        "(a < b) = c",
        "0 ≤ a < b 低于 c",
        "(a 属于 (b, c)) = d",
        "a + 1 属于 (30%, 60%]",
        "a - b - c",
        "a - (b - c)",
        "a / b / c * d",
        "a / (b * c)",
        "a * (b + c)",
        "a * b + c / d",
        "-(a + b)",
        "-a * b",
        "--a - -1",
        "5 元 / (月)",
        "5 元/月 / (月)",
        "-5 元/月 / (月)",
        "a * 5 元/月 / b.c",
        "5 元 / b(c)",
        "5 元 / (b) / 月",
        "5 元/b / (月)",
        "5%/月",
        "5%/月/b",
        "5% / (月)",
        "5 (%/月) / 月",
        "5 / 月",
        "5 (元/b) / 月",
        "a / 5 元/b",
        "a / (5 元/b)",
        "5 元 / b 于 2022-01-01",
        "甲(乙, 丙 或 丁 当 戊 且 己, 默认 庚)",
        "甲()",
    ],
)
def test_parentheses_stand_only_where_the_grammar_needs_them(written: str) -> None:
    assert expression(written) == written


@pytest.mark.parametrize(
    ("written", "printed"),
    [
        ("((a))", "a"),
        ("(a * b) + c", "a * b + c"),
        ("(a - b) - c", "a - b - c"),
        ("(a < b) 且 (非 c)", "a < b 且 非 c"),
        ("非 (a < b)", "非 a < b"),
        ("(-a) * (-b)", "-a * -b"),
        ("甲((乙), (丙 且 丁))", "甲(乙, 丙 且 丁)"),
    ],
)
def test_parentheses_that_say_nothing_are_left_out(written: str, printed: str) -> None:
    assert expression(written) == printed


@pytest.mark.parametrize(
    "written",
    [
        "「且」 + 「and」 + 「低于」 + 「依据」 + 「是」",
        "「2档」 + 「A+」 + 「甲 乙」 + 「甲.乙」",
        "标题.日期 + first.from + 以上 + 由",
        "合计(成员) + sum(成员)",
        "甲 + 目标 + 待定(甲)",
        "__class__ + None + Größe",
        "5 袋 + 5 「且」 + 5 「a/b」",
    ],
)
def test_names_are_quoted_only_where_they_would_be_read_otherwise(written: str) -> None:
    assert expression(written) == written


def test_what_is_a_keyword_depends_on_the_place() -> None:
    written = """\
类型 由 = 问 < 以上

对象 问
  由, 日期 : 「问」 | 标题, 默认 「不变」, 当 「定」(标题) > 「由」

规则 家庭 自 : 日期
  为 「目标」 + 目标 + 以上
  | 「目标」 + 目标 | 「以上」     | 「自」     |
  |-----------------|--------------|------------|
  | 「目标」, 目标  | 1 岁 以上    | 「自」(自) |
  | 日期            | 依次, 「且」 | 由         |

修订 问
  「自」, 自 : 依次

案例 于
  「于」: 自 = 「未知」, 未知 = 于
"""
    assert text(read(written)) == written


def test_a_long_condition_takes_a_line_for_each_of_its_parts() -> None:
    parts = [f"人均月收入{n} < 农村最低生活保障标准{n}" for n in range(3)]
    written = f"规则 家庭 甲 : 是否\n  当 {' 且 '.join(parts)} 且 (乙 或 丙) 为 是\n"
    tree = read(written)
    printed = text(tree)
    assert printed.splitlines()[1:] == [
        f"  当 {parts[0]}",
        *(f"      且 {part}" for part in parts[1:]),
        "      且 (乙 或 丙) 为 是",
    ]
    assert max(map(width, printed.splitlines())) <= WIDTH
    assert read(printed) == tree


def test_lines_and_tables_are_printed_by_themselves() -> None:
    tree = read("规则 家庭 甲 : 是否\n  当 乙 为 是\n  | 乙 | 甲 |\n  | 是 | 否 |\n")
    (item,) = tree.items
    assert isinstance(item, nodes.Rule)
    branch, table = item.body
    assert text(item) == text(tree)
    assert text(branch, "en") == "when 乙 is yes\n"
    assert text(table) == "| 乙 | 为 |\n|----|----|\n| 是 | 否 |\n"  # whose results these are only the rule says
