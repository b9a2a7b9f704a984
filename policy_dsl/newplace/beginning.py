"""The first file of a policy that extends none: people in a household, one open figure, one benefit, and a case that passes."""

from __future__ import annotations

from ..register.offices import civil_affairs
from ..syntax.unfilled import TO_FILL

_ZH = """# {name}：从这里写起

政策 {name}
  辖区 {name}

// 从上往下改成您的文件的话：先写文件，再一条一条照着写，条号写进标题（把「{to_fill}」换掉），条文的大意写在 > 后面。
// 没有数的先留着「待定」：待定不是零，用到它的结果会写明在等什么。改完就运行 policy check 和 policy test。

// 哪一份文件？去掉下面各行的「// 」，填上文号、标题、机关、日期；有几份写几份。
// 文件 本地文件 : 文号
//   标题 标题
//   机关 {office}
//   日期 2024-01-20

// 要问一个人、一户的什么？一行一项：名称、类型或单位、范围。
对象 个人 : 人
  姓名 : 文本
  月收入 : 元/月, 0..1000000
对象 家庭 : 户
  成员 : 若干 个人, 1..20

## {to_fill} 标准
> 每人每月多少，从哪一天起。
参数 标准 : 元/人/月
  为 待定

## {to_fill} 条件和数额
> 人均月收入低于标准的，补足差额。
规则 家庭 人均月收入 : 元/人/月
  为 合计(成员.月收入) / 人数(成员)
给付 家庭 补助 : 元/月
  当 人均月收入 低于 标准 为 四舍五入((标准 - 人均月收入) * 人数(成员), 0.01 元)
  否则 为 0

## 案例
// 从一户开始：改成您手上的一户，在「应为」里写您算出的结果。
案例 第一户
  于 {month}
  成员 甲: 月收入 = 0
  应为 家庭: 人均月收入 = 0, 补助 = 未知(标准)
"""
_EN = """# {name}: begin here

policy {name}
  jurisdiction {name}

// From top to bottom, put what your document says in the place of what stands here: the document first, then article by article, its number in the
// heading (in the place of “{to_fill}”), what it says behind >. A figure that you do not have stays “pending”: it is not zero, and a result
// that needs it says what it waits for. After each change run policy check and policy test.

// Which document? Take the “// ” away and fill in.
// document local_document : number
//   title its title
//   issuer {office}
//   date 2024-01-20

// What is asked of a person, of a household? A line each: its name, its type or unit, its range.
entity person : person
  name : text
  income : yuan/month, 0..1000000
entity household : household
  members : many persons, 1..20

## {to_fill} Standard
> How much a person and month, since when.
parameter standard : yuan/person/month
  is pending

## {to_fill} Who and how much
> Income per head under the standard: the difference.
rule household per_head : yuan/person/month
  is sum(members.income) / count(members)
benefit household allowance : yuan/month
  when per_head below standard is round_half_up((standard - per_head) * count(members), 0.01 yuan)
  otherwise is 0

## Examples
// Begin with one household: write the facts of one that you have at hand, and expect what you work out by hand.
example the first household
  on {month}
  members Ann: income = 0
  expect household: per_head = 0, allowance = unknown(standard)
"""


def beginning(name: str, lang: str, month: str) -> str:
    """The text of a policy `name` of its own; `month` (YYYY-MM) is that of the example to begin with."""
    zh = lang == "zh"
    office = civil_affairs(name) or (f"{name}民政局" if zh else f"the office in charge of {name}")
    return (_ZH if zh else _EN).format(name=name, office=office, month=month, to_fill=TO_FILL[0 if zh else 1])
