"""THE function table: one row a function. Spellings, how it is called, and the words that explain it.

Typing stands in ir/elaborate/elaborator.py (one `match` over `shape`), evaluation in backends (interpret/, python/) over the helpers of
backends/runtime.py; a function with the shape of an existing one needs its row and its helper only.
"""

from __future__ import annotations

from typing import NamedTuple


class Function(NamedTuple):
    key: str
    zh: tuple[str, ...]
    en: tuple[str, ...]
    shape: str  # round, gather (over a list, or over values), repeat (over a list's texts), date, floor, in_force, past
    usage: str
    usage_en: str
    result: str = ""  # for dates: date, years, months, number, workdays
    arguments: tuple[int, int] = (1, 1)
    calendar: bool = False  # asks the calendar of working days
    soft: bool = False  # a parameter without keys may have its name, too


# fmt: off
FUNCTIONS: tuple[Function, ...] = (
    Function("round_half_up", ("四舍五入",), ("round_half_up",), "round", "四舍五入(式子, 0.01 元)", "round_half_up(expression, 0.01 yuan)", arguments=(2, 2)),
    Function("round_down", ("向下取整",), ("round_down",), "round", "向下取整(式子, 1 元)", "round_down(expression, 1 yuan)", arguments=(2, 2)),
    Function("round_up", ("向上取整",), ("round_up",), "round", "向上取整(式子, 1 元)", "round_up(expression, 1 yuan)", arguments=(2, 2)),
    Function("sum", ("合计",), ("sum",), "gather", "合计(成员.月收入 当 条件)", "sum(members.income when condition)"),
    Function("count", ("人数", "户数", "个数"), ("count",), "gather", "人数(成员 当 条件)", "count(members when condition)"),
    Function("any", ("任一",), ("any",), "gather", "任一(成员.重病)", "any(members.ill)"),
    Function("all", ("全部",), ("all",), "gather", "全部(成员.重病)", "all(members.ill)"),
    Function("max", ("最大",), ("max",), "gather", "最大(成员.年龄, 默认 0) 或 最大(甲, 乙)", "max(members.age, default 0) or max(a, b)"),
    Function("min", ("最小",), ("min",), "gather", "最小(成员.年龄, 默认 0) 或 最小(甲, 乙)", "min(members.age, default 0) or min(a, b)"),
    Function("average", ("平均",), ("average",), "gather", "平均(成员.月收入, 默认 0)", "average(members.income, default 0)"),
    Function("repeats", ("重复",), ("repeats",), "repeat", "重复(户.成员.身份证)", "repeats(households.members.card)", soft=True),
    Function("age", ("周岁",), ("age",), "date", "周岁(出生日期)", "age(birth_date)", "years", (1, 2)),
    Function("whole_months", ("整月",), ("whole_months",), "date", "整月(起, 止)", "whole_months(from, to)", "months", (2, 2)),
    Function("month_start", ("月初",), ("month_start",), "date", "月初(日期)", "month_start(date)", "date"),
    Function("next_month", ("次月",), ("next_month",), "date", "次月(日期)", "next_month(date)", "date"),
    Function("month_of", ("月份",), ("month_of",), "date", "月份(日期)", "month_of(date)", "number"),
    Function("year_start", ("年初",), ("year_start",), "date", "年初(日期)", "year_start(date)", "date", soft=True),
    Function("quarter_start", ("季初",), ("quarter_start",), "date", "季初(日期)", "quarter_start(date)", "date", soft=True),
    Function("year_of", ("年份",), ("year_of",), "date", "年份(日期)", "year_of(date)", "number", soft=True),
    Function("working_days", ("工作日数",), ("working_days",), "date", "工作日数(起, 止)", "working_days(from, to)", "workdays", (2, 2), True),
    Function("postponed", ("顺延",), ("postponed",), "date", "顺延(日期)", "postponed(date)", "date", (1, 1), True),
    Function("previous", ("上月",), ("previous",), "past", "上月(保障金, 默认 0)", "previous(allowance, default 0)"),
    Function("last", ("近",), ("last",), "past", "合计(近(12 个月, 保障金))", "sum(last(12 months, allowance))", arguments=(2, 2)),
    Function("spent", ("持续",), ("spent",), "past", "持续(渐退)", "spent(grace)"),
    Function("total", ("累计",), ("total",), "past", "累计(渐退)", "total(grace)"),
    Function("at_entry", ("进入时",), ("at_entry",), "past", "进入时(渐退, 渐退期)", "at_entry(grace, term)", arguments=(2, 2)),
    Function("in_force", ("现行",), ("in_force",), "in_force", "现行(规则, 默认 0)", "in_force(rule, default 0)", soft=True),
    Function("floor_of", ("下限",), ("floor_of",), "floor", "下限(参数)", "floor_of(parameter)"),
)
# fmt: on
BY_NAME: dict[str, Function] = {w: f for f in FUNCTIONS for w in (*f.zh, *f.en)}
BY_KEY: dict[str, Function] = {f.key: f for f in FUNCTIONS}

# In place of the months of 近: this calendar year's earlier ones. A name everywhere else.
THIS_YEAR: tuple[str, str] = ("本年", "this_year")
MONTHS_OF_A_YEAR = 11  # earlier ones, at most

# Names that stand for a day of the decision.
MOMENTS: dict[str, str] = {
    "决定日": "decision_date",
    "decision_date": "decision_date",
    "本月": "this_month",
    "this_month": "this_month",
}
MOMENT_WORDS: dict[str, tuple[str, str]] = {
    "decision_date": ("决定日", "decision_date"),
    "this_month": ("本月", "this_month"),
}
