"""Writes the pages that are tables of the engine: keywords, functions, bounds, and the index of the diagnostics.

    python scripts/pages.py        writes docs/language/{keywords,functions,bounds}.md and docs/errors/index.md

tests/docs and tests/errors hold them current, and refuses a keyword, a function or a bound about which nothing is said here.
"""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

from policy_dsl import library
from policy_dsl.backends import beyond, left_out
from policy_dsl.diagnostics import report
from policy_dsl.diagnostics.codes import CODES
from policy_dsl.facts import files as given
from policy_dsl.facts import values as facts
from policy_dsl.ir.elaborate import lookback
from policy_dsl.model.functions import FUNCTIONS, MOMENT_WORDS
from policy_dsl.syntax import characters
from policy_dsl.syntax.keywords import BY_TERMINAL, COMPARISONS, HEADS, KEYWORDS, RESERVED, UNITS
from policy_dsl.timeline import timeline

FOLDER = Path(__file__).parents[1] / "docs" / "language"
NOTE = "<!-- Written by scripts/pages.py from {source}; `make golden` writes it anew. -->\n"

# What each keyword does, by its terminal.
MEANING: dict[str, tuple[str, str]] = {
    "POLICY": ("政策的名称；每个文件一条，写在最前", "the policy's name; once in each file, at its top"),
    "DOCUMENT": ("一份来源文件：简称、文号", "a source: its id and number"),
    "ENTITY": ("一种对象（个人、家庭……）和它的事实", "a kind of thing (person, household …) and its facts"),
    "TYPE": ("枚举类型，或一个单位", "an enumeration, or a unit"),
    "PARAMETER": ("政策自己的数，有日期", "a dated figure of the policy itself"),
    "RULE": ("一个由规则得出的值", "a derived value"),
    "BENEFIT": ("发给人的钱：须取整、不为负", "money paid out: rounded, not negative"),
    "STATUS": ("逐月保持的状态和它的转换", "a state that lives from month to month, with its transitions"),
    "AMEND": ("改动上级的内容，或补充事实", "changes what is inherited, or adds facts"),
    "GUARANTEE": ("对每一种情形都必须成立的性质", "a property that holds for every case"),
    "EXAMPLE": ("一个案例：给出的事实和应得的结果", "given facts and what is expected of them"),
    "ALLOW": (
        "在这条声明里不再提示这个代码，其后写代码、空格和理由",
        "silences the finding of this code in the declaration; behind it stand the code, a space and the reason",
    ),
    "EXTENDS": ("这份政策的上一级", "the layer above this policy"),
    "JURISDICTION": ("适用的地方", "where it applies"),
    "PAYDAY": ("每月几号发放：那天以前知道的才算已发", "the day of the month on which it is paid, as known then"),
    "TITLE": ("文件的标题", "the document's title"),
    "ISSUER": ("发文机关", "who issued it"),
    "DATED": ("发文日期", "its date"),
    "FROM": ("从这一天起", "from this day on"),
    "TO": ("到这一天为止（含）", "until this day, included"),
    "PUBLISHED": ("公布的日期：从那天起才知道", "the day of publication: known since then"),
    "REVIEW": (
        "最迟在这一天再看一遍：以后用到它的决定会说",
        "to be looked at again by this day: later decisions say so",
    ),
    "LEARNED": ("获知的日期：事实从那天起才知道", "the day since when a fact is known"),
    "IS": ("结果", "gives the result"),
    "WHEN": ("条件", "gives the condition"),
    "OTHERWISE": ("其他行都不适用时", "when no other line applies"),
    "EXCEPT": ("例外：先于正文各行", "an exception: comes before the body's lines"),
    "INITIAL": ("第一个月以前的状态", "the state before the first month"),
    "FINAL": ("到了就不再离开的状态", "a state that is never left"),
    "ARREARS": ("哪些月份的差额要结清", "which months' differences are settled"),
    "PAID_ON": (
        "没有期间的钱在哪一天所在的月份发",
        "the day in whose month money without a period is paid",
    ),
    "RECOVER": ("多发的怎样收回，写在补发旁边", "how what was overpaid is taken back, beside arrears"),
    "INSTALMENT": (
        "每个月最多收回多少；英文写在前后：not_over 60 yuan a_month",
        "how much a month takes back at most, with a_month behind it",
    ),
    "BEATS": ("先于另一条例外", "comes before another exception"),
    "REPEAL": ("取走上级的例外，或上级的全部", "takes away an inherited exception, or all that is inherited"),
    "AFTER": ("修订类型时，加的值排在哪一个之后", "which value of an amended type the added one comes after"),
    "DISPLACED": ("没有这一行时的值", "what the rule would give without this line"),
    "FIRST": ("各行有次序，先适用的为准", "lines are ordered, the first that applies wins"),
    "HIGHEST": ("适用的各行中取最高", "the highest of the lines that apply"),
    "LOWEST": ("适用的各行中取最低", "the lowest of the lines that apply"),
    "SUM": ("适用的各行相加", "the sum of the lines that apply"),
    "UNDER": ("出自另一份文件或条款", "the source, where it is not the heading's"),
    "ASSUME": ("来源没有写的：编号和理由", "what the source does not say: an id and the reason"),
    "PENDING": ("来源没有给出数额", "the source gives no amount"),
    "TARGET": ("以后的目标，不是现在的标准", "a target for later, never in force"),
    "ON": ("案例的日期；在式子里：按那一天的规定", "the example's day; in an expression: under the law of that day"),
    "EXPECT": ("案例应得的结果", "what the example expects"),
    "FAILURE": ("应得的结果是出错", "the expected result is an error"),
    "UNKNOWN": ("不知道", "not known"),
    "ALONG": ("随着哪一个事实变大", "while which fact rises"),
    "NEVER_RISES": ("值不会变大", "the value never rises"),
    "OR": ("有一个成立即可", "one of them holds"),
    "AND": ("都要成立", "all of them hold"),
    "NOT": ("不成立", "does not hold"),
    "YES": ("成立", "true"),
    "NO": ("不成立", "false"),
    "AMONG": ("是其中之一，或在范围内", "is one of, or lies in a range"),
    "DEFAULT": ("没有给出时用的值", "the value where none is given"),
    "AS": ("名单的函数里，正在看的那一个叫什么", "what the entry is called that a list function looks at"),
    "MANY": ("一列对象", "a list of entities"),
    "FIXED": ("事实不会改变（出生日期）", "nobody can change the fact (a date of birth)"),
    "BORN": ("这个日期是出生：出生以前不在", "the date is a birth: nobody is there before it"),
    "IDENTIFIES": (
        "这项文本认得出是谁：上月、名册按它找人，不按位置",
        "the text says who it is: last month and rolls find people by it, not by place",
    ),
    "DIED": (
        "这个日期是死亡：死亡以后不在；不写就是在世",
        "the date is a death: nobody is there after it; left out, there is none",
    ),
    "ASK": ("问人时的问题", "the question for people"),
    "BY": ("由谁决定", "who decides it"),
    "DECIDES": ("与「由」成对，可省略", "goes with “by”, may be left out"),
    "MONTHLY": ("每个月发一份", "paid in parts, one each month"),
    "QUARTERLY": (
        "每季发一份：季末，或「于」写的月份；取整写在后面",
        "paid in parts, one each quarter: at its end, or in the months named; its rounding stands behind",
    ),
    "PAY_MONTHS": ("按季发的月份，每季一个", "the months of “paid quarterly”, one of each quarter"),
    "AND_MORE": ("大于或等于", "that much or more"),
    "AND_LESS": ("小于或等于", "that much or less"),
    "WITHIN": ("小于或等于", "that much or less"),
}
WHERE: tuple[tuple[str, str, str], ...] = (
    ("head", "行首：开始一条声明", "At a line's start: begins a declaration"),
    ("line", "缩进行的开头", "At the start of an indented line"),
    ("word", "式子里的任何地方", "Anywhere in an expression"),
    ("tail", "一行的末尾，其后到行尾都是它的文字", "At the end of a line; the rest of the line is its text"),
    ("type", "声明事实和类型的地方", "In a fact's or a type's line"),
    (
        "mark",
        "声明事实的一行里，单独在逗号之间或最后一个逗号之后",
        "In a fact's line, alone between commas or behind the last one",
    ),
    ("paying", "给付的声明行，类型之后", "In the head line of a benefit, behind its type"),
    ("dated", "日期之前", "Before a date"),
    (
        "between",
        "式子里的名称或括号之后、日期之前",
        "In an expression, behind a name or parentheses and before a date",
    ),
    (
        "result",
        "「为」之后，或结果格的开头，或日期之后",
        "Behind “is”, at the start of a result cell, or behind a date",
    ),
    ("cell", "表格的条件格", "In a table's condition cell"),
    ("value", "案例的值", "As a value in an example"),
    ("claim", "保证的各行", "In the lines of a guarantee"),
    ("naming", "括号里，一列之后、一个名称之前", "In parentheses, behind a list and before a name"),
    ("after", "修订的一行里，两个名称之间", "In a line of an amendment, between two names"),
    ("instalment", "追回 之后；没有它，追回 也是普通的名称", "Behind “recover”, which is a name without it"),
)
# What each function does, by its key.
DOES: dict[str, tuple[str, str]] = {
    "round_half_up": ("取最近的整数步，正中间的远离零", "to the nearest step, halves away from zero"),
    "round_down": ("取不大于它的整数步（向 −∞）", "to the step at or under it (towards −∞)"),
    "round_up": ("取不小于它的整数步（向 +∞）", "to the step at or over it (towards +∞)"),
    "sum": ("相加；空名单得 0", "the sum; 0 of an empty list"),
    "count": ("个数；空名单得 0", "how many; 0 of an empty list"),
    "any": ("有一个成立；空名单得 否", "one at least; no of an empty list"),
    "all": ("全都成立；空名单得 是", "all of them; yes of an empty list"),
    "max": ("最大的；空名单须写 默认", "the greatest; of an empty list a default must be written"),
    "min": ("最小的；空名单须写 默认", "the least; of an empty list a default must be written"),
    "average": ("平均；空名单须写 默认", "the mean; of an empty list a default must be written"),
    "repeats": (
        "值在前面出现过的有几个；人名册里一个人写了三处的得 2",
        "how many entries have a text that occurs before: 2 where one person stands in three places",
    ),
    "age": (
        "满多少周岁，按决定日或第二个日期；比出生早一个月以上是错误",
        "whole years on the day decided for, or on a second date; a month or more before the birth is an error",
    ),
    "whole_months": (
        "最大的 n，使 起 + n 个月 不晚于 止；止在前就是相反数",
        "the most months n for which from + n months is not after to; negated where to comes first",
    ),
    "month_start": ("那个月的第一天", "the first day of that month"),
    "next_month": ("下个月的第一天", "the first day of the month after"),
    "month_of": ("几月（1–12）", "the month's number, 1 to 12"),
    "year_start": ("那一年的第一天", "the first day of that year"),
    "quarter_start": (
        "那一季（1–3、4–6、7–9、10–12 月）的第一天",
        "the first day of that quarter: of January, April, July or October",
    ),
    "year_of": ("哪一年", "the year's number"),
    "working_days": (
        "起之后、到止为止（含）的工作日数；止在前就是相反数",
        "working days after the first date up to and including the second; negated where the second comes first",
    ),
    "postponed": ("那一天，或它之后的第一个工作日", "that day, or the next working day if it is none"),
    "previous": (
        "一个月前的值；第一个月以前没有，须写 默认",
        "the value a month ago; before the first month there is none but a default",
    ),
    "last": (
        "以前 n 个月的值，不含这个月，写在 合计、平均、最大、最小、个数、任一、全部 里；月数写 本年 的，是这一年的以前各月",
        "the values of the n months before this one, inside sum, average, max, min, count, any, all; with this_year for the number those of this calendar year",
    ),
    "spent": (
        "到上月为止接连在这个状态里的月数；进入的那个月是 0",
        "months of this stay up to last month; 0 in the month of entry",
    ),
    "total": ("以前各月在这个状态里的月数", "all earlier months in the state"),
    "at_entry": ("这一次进入状态的那个月的值", "the value in the month in which this stay in the state began"),
    "in_force": (
        "规则、给付、阶段或参数的值，那一天没有规定的用 默认",
        "the value of a rule, benefit, status or parameter, the default where nothing is in force on the day",
    ),
    "floor_of": ("读出只有下限的参数的下限", "reads the floor of a parameter that has only one"),
}
# Bounds: (where it stands, constant, unit, code, what it bounds).
BOUNDS: tuple[tuple[ModuleType, str, str, str, str, str], ...] = (
    (characters, "MAX_FILE", "B", "P0126", "一个 .policy 文件", "one .policy file"),
    (library, "MAX_FILES", "", "P0133", "一个文件夹里的 .policy 文件", ".policy files of one folder"),
    (library, "MAX_FOLDER", "B", "P0133", "一个文件夹里一份政策的文件合计", "the files of one policy in one folder together"),
    (library, "MAX_LAYERS", "", "P0330", "一份政策连同上级的层数", "layers: a policy with those above it"),
    (characters, "MAX_WORDS", "", "P0130", "一份政策连同上级的词和符号", "words and signs of a policy with its layers"),
    (characters, "MAX_LINE", "", "P0104", "一行的字符（注释除外）", "characters of a line (comments apart)"),
    (characters, "MAX_GIST", "", "P0132", "一条摘要的字符", "characters of one gist"),
    (characters, "MAX_TOKENS", "", "P0105", "一行（连同续行）的词和符号", "words and signs of a line with what continues it"),
    (characters, "MAX_NESTING", "", "P0103", "括号的层数", "parentheses inside each other"),
    (characters, "MAX_PARTS", "", "P0105", "一个式子展开后的部分", "parts of one formula"),
    (characters, "MAX_DEPTH", "", "P0105", "一个式子的层次", "the depth of one expression"),
    (characters, "MAX_BLOCKS", "", "P0131", "「自 日期」套「自 日期」的层数", "dated blocks inside each other"),
    (characters, "MAX_DIGITS", "", "P0106", "一个数的位数", "digits of one number"),
    (characters, "MAX_SIZE", "", "P0224", "算出的数可能有的位数", "digits that a computed number may have"),
    (characters, "MAX_CHAIN", "", "P0225", "一条接一条依赖的规则或参数", "rules or parameters that read each other in a row"),
    (characters, "MAX_GATHERS", "", "P0226", "统计套统计的层数", "aggregates inside each other"),
    (characters, "MAX_LEVELS", "", "P0221", "对象套对象的层数", "entities that contain each other"),
    (characters, "MAX_DISPLACED", "", "P0614", "一条规则里各行所用的不同 原值", "different displaced values that the lines of one rule read"),
    (characters, "MAX_RULE_LINES", "", "P0310", "一条规则的行（表格每个日期列各算一行）", "lines of one rule, each dated column of a row counted"),
    (beyond, "MOST_PARTS", "", "P0620", "编译的式子合起来的部分", "parts of all formulas together that are compiled"),
    (left_out, "MOST_HISTORY", "", "P0620", "编译的「于」所读参数各日的值", "values over all days of a parameter that is read at another day and compiled"),
    (characters, "MAX_KEYS", "", "P0410", "一个参数的键的组合", "combinations of a parameter's keys"),
    (characters, "MAX_DAYS", "", "P0411", "有变动的日期", "days on which something changes"),
    (characters, "MAX_CARRIED", "", "R0122", "逐月带到下个月的数的位数", "digits of a number that is carried into the next month"),
    (characters, "MAX_CARRIED_PARTS", "", "R0122", "它的分母的位数", "digits of its denominator"),
    (lookback, "MOST_MONTHS", "", "P0210", "近 往回看的月数", "months that “last” looks back"),
    (timeline, "MOST_MONTHS", "", "F0214", "一条时间线的月数", "months of a timeline"),
    (given, "MAX_FACTS", "B", "F0114", "一个 JSON 事实文件", "a file of facts in JSON"),
    (given, "MAX_YAML", "B", "F0114", "一个 YAML 事实文件", "a file of facts in YAML"),
    (facts, "MOST_DIGITS", "", "F0114", "事实里一个数的位数", "digits of a number in the facts"),
    (characters, "MAX_TEXT", "", "", "文本事实的字符，多出的不读", "characters of a text fact; what is beyond is not read"),
    (facts, "MOST_ERRORS", "", "", "一次报告的事实错误", "mistakes in facts reported at once"),
    (report, "KEPT", "", "", "一次检查收集的诊断", "diagnostics that one check collects"),
    (report, "MOST", "", "", "其中显示的，其余只计数", "of them shown; the rest are counted"),
)  # fmt: skip
INNER = {"MAX_REREAD"}
"""Bounds on the engine's own work that nobody meets from outside."""


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """A Markdown table."""
    lines = [head, ("---",) * len(head), *rows]
    return "".join("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |\n" for row in lines)


def code(words: tuple[str, ...] | list[str]) -> str:
    return " ".join(f"`{w}`" for w in words)


def keywords_page() -> str:
    """Every keyword with both spellings and what it does, by the place in which it is one."""
    parts = [
        NOTE.format(source="policy_dsl/syntax/keywords.py"),
        "# 关键词\n\n"
        "每个关键词有一个中文写法和一个英文写法，意思相同，可以混用。一个词只在下面写明的地方是关键词，"
        "在别处仍是普通的名称：所以 `标题`、`日期`、`from` 都可以作事实的名称。\n\n"
        "Every keyword has one Chinese and one English spelling; they mean the same and may be mixed. A word is a keyword only in "
        "the places named below and a name everywhere else.\n",
    ]
    for place, zh, en in WHERE:
        rows = []
        for k in KEYWORDS:
            if k.where[0] != place and not (place in ("line", "between") and place in k.where):
                continue
            inside = "、".join(BY_TERMINAL[d].zh for d in k.declarations if place == "line")
            inside = "任何声明" if k.declarations == HEADS else inside
            zh_, en_ = MEANING[k.terminal]
            rows.append((f"`{k.zh}`", f"`{k.en}`", zh_ + (f"（在 {inside} 里）" if inside else ""), en_))
        parts.append(f"\n## {zh}\n\n{en}\n\n{table(('中文', 'English', '意思', 'meaning'), rows)}")
    rows = [(f"`{sign}`", f"`{zh}`", f"`{en}`") for sign, zh, en in COMPARISONS]
    parts.append(
        "\n## 比较\n\n符号 `<` `<=` `≤` `=` `!=` `≠` `>=` `≥` `>`，或法律里的说法；格式不变，意思是左边的符号。\n\n"
        "Comparisons may be signs, or words as the law writes them.\n\n"
        + table(("符号 / sign", "中文", "English"), rows)
    )
    parts.append(
        "\n## 单位\n\nUnits, and how they may be written.\n\n"
        + table(("单位", "中文写法", "English"), [(f"`{k}`", code(zh), code(en)) for k, zh, en in UNITS])
    )
    parts.append(
        "\n## 保留的词\n\n这些词在式子里总是关键词；与它们同名的名称要放在「」里，如 `「是」`。\n\n"
        f"Reserved in expressions: a name that equals one stands in 「」.\n\n{code(sorted(RESERVED))}\n"
    )
    return "".join(parts)


def functions_page() -> str:
    """Every function with both spellings, how it is called, and what it does."""
    groups = (
        ("round", "取整", "Rounding", "第二个参数是步长，写成大于零的数。步长只写钱数（`1 元`）时，按所取之值的人和期间理解；结果用步长的单位。", "The second argument is the step, a written quantity. A step of money alone (`1 yuan`) is read per person and period of the value that is rounded; the result has the step's unit."),
        ("gather", "名单与几个值", "Lists, and several values", "对名单：第一个参数以名单的名称开头，可以加 `当 条件`。对几个值：逗号隔开。", "Over a list the argument begins with the list's name, and `when` filters it; over values they stand with commas between."),
        ("date", "日期", "Dates", "工作日按工作日历数，见[式子](expressions.md#工作日)。", "Working days are counted by a calendar, an input of the decision."),
        ("past", "往回看", "Looking back", "见[阶段与时间](status.md)；不在的月份、没有规定的月份怎样，见[月份、在列与账](time.md#走了再回来)。",
         "See [status and time](status.md); of months of absence and without law, [time](time.md#leaving-and-coming-back)."),
        ("in_force", "没有规定时", "Where nothing is in force", "见[没有规定的日子](rules.md#没有规定的日子)。", "See [rules](rules.md#in-english)."),
        ("floor", "参数", "Parameters", "", ""),
    )  # fmt: skip
    parts = [
        NOTE.format(source="policy_dsl/model/functions.py"),
        "# 函数\n\n政策不能自己定义函数，也不能调用别的。\n\nA policy cannot define functions of its own, and there are no others.\n",
    ]
    for shape, zh, en, note, note_en in groups:
        rows = [
            (code(f.zh), code(f.en), f"`{f.usage}`<br>`{f.usage_en}`", *DOES[f.key])
            for f in FUNCTIONS
            if f.shape == shape or (f.shape, shape) == ("repeat", "gather")
        ]
        text = f"{note}\n\n{note_en}\n\n" if note else ""
        parts.append(f"\n## {zh} · {en}\n\n{text}{table(('中文', 'English', '用法 / usage', '得到', 'gives'), rows)}")
    moments = [(f"`{zh}`", f"`{en}`") for zh, en in MOMENT_WORDS.values()]
    parts.append(
        "\n## 决定的日期 · The day decided for\n\n不是函数，是两个现成的日期：决定所按的那一天，和它所在月的第一天。\n\n"
        "No functions but two days at hand: the day decided for, and the first of its month.\n\n"
        + table(("中文", "English"), moments)
    )
    return "".join(parts)


def bounds_page() -> str:
    """What is too large, too long or too deep, and the code that says so."""
    rows = []
    for module, name, unit, said, zh, en in BOUNDS:
        value: int = getattr(module, name)
        size = f"{value >> 20} MiB" if value >> 20 else f"{value >> 10} KiB"
        shown = size if unit == "B" else f"{value:,}"
        rows.append((zh, en, shown, f"[{said}](../errors/{said}.md)" if said else "—", f"`{name}`"))
    return (
        NOTE.format(source="policy_dsl/syntax/characters.py and others")
        + "# 上限\n\n超过上限的输入会得到一条有代码、有位置的诊断，不会让程序卡住。\n\n"
        "What is beyond a bound gets a coded diagnostic with its place; nothing runs away.\n\n"
        + table(("什么", "what", "上限 / bound", "代码 / code", "常量 / constant"), rows)
        + "\n名单的长度由政策自己写（`成员 : 若干 个人, 1..20`），不写就是 1 到 50。数量的范围也由政策写；没有写范围的数，绝对值须小于 10¹⁵。\n"
        "金额的事实最细到 1 分，每一声明单位的价（`元/度`）到 0.000001 元，人、户、次、岁和期间是整数，百分比到 0.0001%，没有单位的数到 0.000001。\n\n"
        "A list's length is the policy's own (`members : many person, 1..20`), 1 to 50 where it says nothing; so are the ranges of\n"
        "amounts; a number without a range must be under 10¹⁵. Facts of money go down to 1 分, prices per a declared unit to 0.000001 yuan, persons, households, times, years and\n"
        "periods are whole, percentages go to 0.0001%, plain numbers to 0.000001.\n"
    )


GROUPS = (
    ("P01", "文字与写法", "Text and syntax"),
    ("P02", "名称、类型与单位", "Names, types and units"),
    ("P03", "分支与表格", "Branches and tables"),
    ("P04", "日期与参数", "Dates and parameters"),
    ("P05", "给付", "Benefits"),
    ("P06", "层级与文件", "Layers and files"),
    ("P07", "案例", "Examples"),
    ("P08", "命令与调用", "The call"),
    ("P09", "保证", "Guarantees"),
    ("P10", "阶段与往回看", "Statuses and looking back"),
    ("F01", "填写的事实", "Given facts"),
    ("F02", "历史", "Histories"),
    ("R01", "作出决定时", "While a decision is made"),
)


def errors_page() -> str:
    """Every diagnostic by group, with its message in both languages; what a message fills in is left out."""
    parts = [
        "# 诊断代码 · Diagnostics\n\n每个代码一页：哪里不对、为什么、怎么改。在命令行用 `policy explain-code 代码` 查看。\n\n"
        "A page for each code: what is wrong, why, and how to mend it. On the command line, "
        "`policy explain-code CODE --lang en` shows it.\n"
    ]
    for group, zh, en in GROUPS:
        rows = [
            f"- [{c}]({c}.md) {_open(row.zh)} · {_open(row.en)}\n"
            for c, row in sorted(CODES.items())
            if c.startswith(group)
        ]
        parts.append(f"\n## {group} {zh} · {en}\n\n" + "".join(rows))
    return "".join(parts)


def _open(template: str) -> str:
    return re.sub(r"\{\w+\}", "…", template)


PAGES = {"keywords.md": keywords_page, "functions.md": functions_page, "bounds.md": bounds_page}


def main() -> None:
    for name, made in PAGES.items():
        (FOLDER / name).write_text(made(), encoding="utf-8")
    (FOLDER.parent / "errors" / "index.md").write_text(errors_page(), encoding="utf-8")


if __name__ == "__main__":
    main()
