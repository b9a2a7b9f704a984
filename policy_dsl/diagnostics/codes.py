"""Every diagnostic once: its code, severity, and words in both languages. Codes are stable; a page in docs/errors explains each.

P01 text and syntax, P02 names, types and units, P03 branches and tables, P04 dates and parameters, P05 benefits,
P06 layers and files, P07 examples, P08 the call, P10 status and looking back; F01 given facts,
F02 histories; R01 what happens while a decision is made.
Templates are filled by `report.diagnostic`; words in braces come from the pass that reports.
"""

from __future__ import annotations

from typing import NamedTuple


class Code(NamedTuple):
    code: str
    severity: str
    zh: str
    en: str
    help_zh: str = ""
    help_en: str = ""


def _table(*rows: Code) -> dict[str, Code]:
    table = {r.code: r for r in rows}
    assert len(table) == len(rows), "a code is given twice"
    return table


# fmt: off
CODES: dict[str, Code] = _table(
    # --- status and looking back
    Code("P1001", "error", "阶段「{name}」没有写起始状态", "the status “{name}” has no initial state", "写一行：起始 状态", "write a line: initial STATE"),
    Code("P1002", "error", "阶段「{name}」有两个不同的起始状态", "the status “{name}” has two different initial states", "只留一个", "keep one of them"),
    Code("P1003", "error", "「{name}」不是阶段，没有起始、终止和转换", "“{name}” is no status: it has no initial, no final, no transitions", "这些行写在 阶段 下面", "such lines stand under a status"),
    Code("P1004", "error", "阶段「{name}」里只写 起始、终止 和 甲 → 乙 当 条件", "the status “{name}” holds initial, final and transitions alone", "其余的另立规则", "make a rule of the rest"),
    Code("P1005", "error", "状态「{state}」永远到不了：没有一条转换通向它", "the state “{state}” can never be reached: no transition leads to it", "{meant}补上一条 … → {state} 当 条件，或删去这个状态", "{meant_en}add a transition … → {state} when …, or leave the state out"),
    Code("P1006", "error", "状态「{state}」没有出路，也没有写明终止", "the state “{state}” is never left and is not marked final", "{meant}补上一条 {state} → … 当 条件；若到此为止，写一行：终止 {state}", "{meant_en}add a transition {state} → … when …; if it is the end, write: final {state}"),
    Code("P1007", "error", "从「{state}」出发的两条转换会同时成立：→ {one} 与 → {other}", "two transitions from “{state}” can hold together: → {one} and → {other}", "把条件写成互相排斥，例如在其中一条加上 且 非 …", "make the conditions exclude each other, for example by “and not …” in one of them"),
    Code("P1008", "error", "「{name}」在同一个月里要用到它自己：{path}", "“{name}” needs itself in the same month: {path}", "往回看的内容不能取决于当月的这个结果；用 上月(…)", "what is looked back at cannot depend on this very result of the month; use previous(…)"),
    Code("P1009", "error", "状态「{state}」写明终止，却还有出路", "the state “{state}” is marked final and yet left", "删去 终止，或删去那条转换", "take away “final”, or the transition"),
    Code("P1010", "error", "发放日要写 1 到 31 的日子，不是 {written}", "a payday is a day from 1 to 31, not {written}", "例如：发放日 10", "as in: payday 10"),
    Code("P1011", "error", "「{word}」不能这样写在案例里", "“{word}” cannot stand here in an example", "金额只有 已发(给付) 和 补发(给付) 两种", "there are paid(benefit) and arrears(benefit)"),
    Code("P1012", "error", "这里要写一个事实、规则、给付或阶段的名称", "a fact, rule, benefit or status is named here", "先立一条规则（为 …），再在这里写那条规则的名称", "make it a rule of its own (is …) and write the name of that rule here"),
    Code("P1013", "error", "「{name}」是几个阶段的状态：{statuses}", "“{name}” is a state of several statuses: {statuses}", "写明是哪一个，例如 {example}", "say of which, as in {example}"),
    Code("P1014", "error", "没有名为「{name}」的状态", "there is no state “{name}”", "{hint}", "{hint_en}"),
    Code("P1015", "error", "补发 只写在给付下面", "“arrears” stands under a benefit alone", "把它移到给付里", "move it to the benefit"),
    Code("P1016", "error", "「{name}」的 补发 写了两次", "“arrears” of “{name}” is written twice", "合成一个条件", "make one condition of them"),
    Code("P1017", "error", "转换「{name}」从一个状态回到它自己", "the transition “{name}” leads from a state to itself", "删去它：没有转换成立时状态不变", "take it away: a state stays where no transition holds"),
    Code("P1018", "error", "案例「{title}」的月份写得不一致：{mixed}", "the example “{title}” mixes months and days: {mixed_en}", "逐月的案例：事实写 自 年-月，每条 应为 写月份，不写 于", "an example over months dates its facts by “from”, gives each expectation its month, and has no “on”"),
    Code("P1019", "error", "已发 和 补发 只能问给付，「{name}」不是", "paid and arrears are of benefits, “{name}” is none", "写给付的名称", "name a benefit"),
    Code("F0201", "error", "有日期的事实要写「自」和「为」", "a dated fact has a “from” and an “is”", '例如 {{"自": "2022-03", "为": 520}}', 'as in {{"from": "2022-03", "is": 520}}'),
    Code("F0202", "error", "「至」{until} 早于「自」{since}", "“to” {until} comes before “from” {since}", "改正其中一个", "mend one of them"),
    Code("F0203", "error", "{value} 不是日期或月份", "{value} is neither a date nor a month", "写成 2022-03 或 2022-03-15", "write 2022-03 or 2022-03-15"),
    Code("F0204", "error", "同一天（{date}）有两个值", "two values from one day ({date})", "留下一个；若后一个是后来才知道的更正，给它写 获知", "keep one; if the second is a correction that came later, give it the day as “known”"),
    Code("F0205", "error", "日期的先后乱了：{second} 写在 {first} 之后", "dates out of order: {second} stands after {first}", "按「自」的先后排列；更正写 获知", "put them in the order of “from”; give a correction its “known”"),
    Code("F0206", "error", "名单「{name}」不能分时间写", "the list “{name}” cannot have dates", "谁来谁走写在那一个的「在列」里", "who comes and goes is said by “present” of the entry"),
    Code("F0207", "error", "两段时间重叠：前一段到 {until}，后一段自 {since}", "two spells overlap: one lasts until {until}, the next begins on {since}", "改早前一段的「至」，或删去它", "let the first end earlier, or take its “to” away"),
    Code("F0208", "warning", "{since} 到 {until} 之间没有值，这段时间算作{taken}", "no value from {since} to {until}: that time counts as {taken_en}", "补上这段时间的值；若本该如此，不用改", "fill the gap, or leave it if that is right"),
    Code("F0209", "error", "{date} 的事实早于出生（{birth}）", "a fact of {date} lies before the birth ({birth})", "检查日期", "check the dates"),
    Code("F0210", "error", "{date} 的事实晚于离开（{gone}）", "a fact of {date} lies after the entry has left ({gone})", "检查日期；若又回来了，给「在列」再写一段", "check the dates; for somebody who came back, give “present” another spell"),
    Code("F0211", "error", "「{name}」不是给付，不能有已发的账", "“{name}” is no benefit and has no ledger", "{hint}", "{hint_en}"),
    Code("F0212", "warning", "事实从 {first} 就有，时间线从 {start} 开始，状态从起始算起", "facts begin in {first}, the timeline in {start}: statuses begin at their initial state", "从 {first} 开始，或在「上月」里给出那时的状态", "begin with {first}, or give the state under “previous”"),
    Code("F0213", "error", "起月 {start} 晚于止月 {end}", "the first month {start} comes after the last one {end}", "对调，或改正其中一个", "swap them, or mend one"),
    Code("F0214", "error", "时间线最多 {most} 个月", "a timeline has at most {most} months", "分几次运行", "run it in parts"),
    Code("F0215", "error", "那一天还没有公布任何规定，最早的是 {first}", "nothing had been published by then; the first is of {first}", "取 {first} 或以后的日子", "take {first} or a later day"),
    Code("F0216", "error", "{months} 没有人在", "nobody is there {months_en}", "检查「自」和「在列」，或改起止月份", "check “from” and “present”, or change the months"),
    Code("P1020", "error", "上一个月的决定属于另一份政策（{name}）或另一个对象（{root}）", "the decision of the month before is of another policy ({name}) or entity ({root})", "传入同一份政策、同一个对象的决定；内容改过的政策是另一份", "pass the decision of the same policy and entity; a policy with other contents is another one"),
    Code("R0120", "error", "「{name}」要往回看，但没有更早的月份", "“{name}” looks back, and there is no earlier month", "写明没有时用什么：{usage}；或在事实的「上月」里给出", "say what holds then: {usage_en}; or give it among the facts, under “previous”"),
    Code("R0121", "error", "现在不在状态「{name}」里，没有进入它的那个月", "not in the state of “{name}”, so there is no month of its entry", "写在条件之下：当 阶段名 = {name} 为 …，否则 …", "put it under a condition: when STATUS = {name} is …, otherwise …"),
    Code("R0122", "error", "「{name}」逐月增长，超过 {most} 位数", "“{name}” has grown beyond {most} digits from month to month", "检查规则是否每月翻倍，或在其中取整", "check whether the rule doubles each month, or round in it"),
    # --- text and syntax
    Code("P0101", "error", "这里读不下去：{found}", "cannot read on here: {found_en}", "这里可以写：{expected}", "what may stand here: {expected_en}"),
    Code("P0102", "error", "且 与 或 写在一起，先后不明", "“and” beside “or” without parentheses", "把其中一组放进括号，例如 (甲 且 乙) 或 丙", "put one group in parentheses: (a and b) or c"),
    Code("P0103", "error", "括号嵌套超过 {most} 层", "parentheses nested deeper than {most}", "把里面的式子另立为一条规则", "make the inner expression a rule of its own"),
    Code("P0104", "error", "这一行有 {length} 个字符，最多 {most} 个", "the line has {length} characters, at most {most} are read", "分成几行：以 且、或 开头的行接在上一行之后", "break the line: a line that begins with “and” or “or” continues the one above"),
    Code("P0105", "error", "式子太长或套得太深（超过 {most} 个词、层次或部分）", "the expression is too long or too deep (over {most} words, levels or parts)", "把一部分另立为一条规则", "make a part of it a rule of its own"),
    Code("P0106", "error", "数字有 {digits} 位，最多 {most} 位", "a number of {digits} digits, at most {most} are read", "检查是否多写了数字", "check for digits too many"),
    Code("P0107", "error", "数字里不能有千分位逗号：{written}", "no thousands separator in a number: {written}", "写作 {plain}；若是两个数，逗号后留一个空格", "write {plain}; if two numbers are meant, put a space behind the comma"),
    Code("P0108", "error", "不认识这种数字写法：{written}", "a number cannot be written like this: {written}", "只用 0–9 和一个小数点", "use 0–9 and one decimal point alone"),
    Code("P0109", "error", "数字 {digits} 后面紧跟着「{word}」，它不是单位", "“{word}” right behind {digits} is not a unit", "在数字、单位和词之间留空格，例如 60 岁 以上", "put spaces between number, unit and word, as in 60 years and_more"),
    Code("P0110", "error", "全角数字 {written}", "full-width digits {written}", "改成半角：{plain}", "write {plain}"),
    Code("P0111", "error", "这里有一个看不见的字符 {character}", "an invisible character {character} stands here", "删去它（多半是从网页或文档粘贴来的）", "delete it (it mostly comes with pasted text)"),
    Code("P0112", "error", "「」里没有名称", "no name between 「 and 」", "在引号里写上名称", "write the name between the marks"),
    Code("P0113", "error", "{character} 只是看起来像「{plain}」", "{character} only looks like “{plain}”", "改成「{plain}」", "replace it by “{plain}”"),
    Code("P0114", "error", "引号 {character} 没有配对", "the quotation mark {character} has no partner", "在同一行补上另一个", "add the other one on the same line"),
    Code("P0115", "error", "这里不能有字符 {character}", "the character {character} cannot stand here", "删去它，或把名称放进「」", "delete it, or put the name between 「 and 」"),
    Code("P0116", "error", "这一行缩进了，但它上面没有声明", "an indented line without a declaration above it", "声明从行首写起：政策、对象、规则……", "a declaration begins at the line's start: policy, entity, rule …"),
    Code("P0117", "error", "不认识的声明「{word}」", "“{word}” does not begin a declaration", "{hint}", "{hint_en}"),
    Code("P0118", "error", "表格的这一行有 {cells} 格，表头有 {columns} 列", "the row has {cells} cells, the header {columns} columns", "补上或删去格子；「—」表示不论", "add or take away cells; “—” stands for any"),
    Code("P0119", "error", "表格没有结果列", "the table has no result column", "最后一列的表头写规则的名称、「为」或「自 日期」", "head the last column with the rule's name, “is” or “from” and a date"),
    Code("P0120", "error", "结果列必须在条件列之后", "result columns must come after the conditions", "把结果列移到最右边", "move the result columns to the right"),
    Code("P0121", "error", "日期 {written} 不存在", "there is no date {written}", "写成 年-月-日，例如 2022-06-30", "write year-month-day, as in 2022-06-30"),
    Code("P0122", "error", "{written} 是减法还是月份？", "is {written} a subtraction or a month?", "减法写成 {left} - {right}；日期写全，例如 {written}-01", "write {left} - {right} for a subtraction, {written}-01 for a date"),
    Code("P0123", "error", "「{word}」要到下一版才能用", "“{word}” is not part of this version yet", "先用规则和给付表达", "say it with rules and benefits for now"),
    Code("P0124", "error", "文件是空的", "the file is empty", "第一条声明写：政策 名称", "begin with: policy NAME"),
    Code("P0125", "error", "文件不是 UTF-8 文本（第 {byte} 个字节处）", "not a UTF-8 text (at byte {byte})", "在编辑器里另存为 UTF-8", "save it as UTF-8"),
    Code("P0126", "error", "文件有 {size} 字节，最多 {most} 字节", "the file has {size} bytes, at most {most} are read", "分成同一文件夹、同一政策名的几个文件", "split it into files of one folder with the same policy name"),
    Code("P0127", "error", "文件里有控制字符 {character}，不是文本", "a control character {character}: not a text", "删去它，或换用正确的文件", "delete it, or take the right file"),
    Code("P0128", "error", "「{word}」在表格里没有意义", "“{word}” means nothing in a table's cell", "用值、比较、范围或 —", "use a value, a comparison, a range or —"),
    Code("P0129", "error", "读不了文件：{reason}", "cannot read the file: {reason_en}", "检查路径和权限", "check the path and the permissions"),
    Code("P0130", "error", "政策连同上级太长（超过 {most} 个词和符号）", "the policy with its layers is too long (more than {most} words and signs)", "很长的清单改成更粗的分类，或分成几个互不包含的政策", "put long lists into coarser classes, or make several policies of it"),
    Code("P0131", "error", "「自 日期」下面又套「自 日期」，超过 {most} 层", "dated blocks nested deeper than {most}", "各期间并列写，不要一层套一层", "write the periods side by side instead of inside each other"),
    Code("P0132", "error", "这一条的摘要有 {length} 个字符，最多 {most} 个", "the gist has {length} characters, at most {most} are read", "摘要用自己的话概括条款，不必抄全文", "a gist says in own words what the clause means; it need not be the whole text"),
    Code("P0133", "error", "{path} 里的 .policy 文件太多（最多 {files} 个，合计 {size} MiB）", "too many .policy files in {path} (at most {files}, {size} MiB together)", "分到几个文件夹", "put them into several folders"),
    # --- names, types, units
    Code("P0201", "error", "不认识「{name}」", "unknown name “{name}”", "{hint}", "{hint_en}"),
    Code("P0202", "error", "「{name}」声明了两次", "“{name}” is declared twice", "改名，或删去一处", "rename or delete one of them"),
    Code("P0203", "error", "这里要{wanted}，却是{found}", "{wanted_en} is wanted here, this is {found_en}", "{hint}", "{hint_en}"),
    Code("P0204", "error", "单位不合：{left} 与 {right}", "the units do not match: {left_en} and {right_en}", "{hint}", "{hint_en}"),
    Code("P0205", "error", "{digits} 没有单位，看不出是不是 {unit}", "{digits} has no unit: is it {unit_en}?", "在数字后面写出单位，例如 100 {unit}", "write the unit behind a number, as in 100 {unit_en}"),
    Code("P0206", "error", "循环：{path}", "a cycle: {path}", "其中一条规则不能再依赖后面的", "one of these rules must not depend on the next"),
    Code("P0207", "error", "「{name}」既是值又是名称", "“{name}” is both a value and a name", "给其中一个改名", "rename one of them"),
    Code("P0208", "error", "「{name}」不是{type}的值", "“{name}” is no value of {type_en}", "可用的值：{members}", "its values: {members}"),
    Code("P0209", "error", "没有名为「{name}」的函数或带键的参数", "no function or keyed parameter “{name}”", "{hint}", "{hint_en}"),
    Code("P0210", "error", "{name}：{problem}", "{name}: {problem_en}", "用法：{usage}", "usage: {usage}"),
    Code("P0211", "error", "{type}没有次序，不能比较大小", "{type_en} has no order", "声明类型时用 < 排出次序，或改用 = 与 属于", "declare the type with < between its values, or use = and “in”"),
    Code("P0212", "error", "「{name}」是一列（若干），要用 合计、人数、任一 之类来取", "“{name}” is a list: take it through sum, count, any …", "例如 合计({name}.…)", "as in sum({name}.…)"),
    Code("P0213", "error", "文本只用来显示，不能用于计算或比较", "text is shown, never computed with or compared", "改用枚举类型", "use an enumeration"),
    Code("P0214", "error", "不认识类型或单位「{name}」", "unknown type or unit “{name}”", "{hint}", "{hint_en}"),
    Code("P0215", "error", "%的数要写出 %：{digits} 是 {percent}% 还是 {digits}%？", "write the %: is {digits} {percent}% or {digits}%?", "写 {percent}% 或 {digits}%", "write {percent}% or {digits}%"),
    Code("P0216", "error", "对象「{name}」不能同时属于两个对象", "the entity “{name}” is held twice", "每种对象只由一个「若干」包含", "each entity is held by one list only"),
    Code("P0217", "error", "对象互相包含：{path}", "entities contain each other: {path}", "去掉其中一个「若干」", "take one “many” away"),
    Code("P0218", "error", "整数要求整数值，这个式子可能有小数", "a whole number is wanted, this can have a fraction", "用 四舍五入、向下取整 或 向上取整", "use round_half_up, round_down or round_up"),
    Code("P0219", "error", "类型「{name}」至少要有两个不同的值", "the type “{name}” needs two different values at least", "列出各个值", "list its values"),
    Code("P0220", "error", "范围的下限 {low} 大于上限 {high}", "the range's lower end {low} is over its upper end {high}", "交换两端", "swap the ends"),
    Code("P0221", "error", "对象「{name}」嵌套超过 {most} 层", "the entity “{name}” is nested deeper than {most}", "合并几层对象", "join some of the levels"),
    Code("P0222", "error", "属于 后面的范围要有一个方括号", "a range after “in” needs a square bracket", "写 [{low}, {high}]、[{low}, {high}) 或 ({low}, {high}]", "write [{low}, {high}], [{low}, {high}) or ({low}, {high}]"),
    Code("P0223", "error", "除数是零", "division by zero", "改用不为零的除数", "use a divisor that is not zero"),
    Code("P0224", "error", "「{name}」的数可能超过 {most} 位", "“{name}” can have more than {most} digits", "中途取整，或检查是否把连乘写多了", "round on the way, or check for products too many"),
    Code("P0225", "error", "到「{name}」为止，一条接一条的引用超过 {most} 层", "“{name}” ends a chain of more than {most} that read each other", "把中间的步骤合并", "join some of the steps"),
    Code("P0226", "error", "统计里面又套统计，超过 {most} 层", "aggregates inside each other, more than {most} deep", "把里面的统计另立为一条规则", "make the inner one a rule of its own"),
    # --- branches and tables
    Code("P0301", "error", "缺少 否则：{case} 时没有一行适用", "no “otherwise”: nothing applies when {case_en}", "补上这一情形，或加 否则 为 …", "add the case, or otherwise is …"),
    Code("P0302", "error", "否则 写了两次", "“otherwise” stands twice", "留一个", "keep one"),
    Code("P0303", "error", "{mode} 必须写 否则", "“{mode}” needs an “otherwise”", "加一行 否则 为 …", "add: otherwise is …"),
    Code("P0304", "error", "「为」不能与「当」或表格并列", "a plain “is” cannot stand beside branches or a table", "改成 否则 为 …，或删去其一", "make it “otherwise is …”, or delete one"),
    Code("P0305", "error", "没有名为「{name}」的例外", "no exception is called “{name}”", "{hint}", "{hint_en}"),
    Code("P0306", "error", "例外互相优先：{path}", "exceptions beat each other: {path}", "去掉其中一个 优先于", "take one “beats” away"),
    Code("P0307", "error", "这样合并要求结果可比大小：{type}不行", "lines joined like this need comparable results: {type_en} is not", "用有次序的类型或数量", "use an ordered type or an amount"),
    Code("P0308", "error", "规则没有内容", "the rule has no body", "写 为 …、当 … 为 … 或表格", "write is …, when … is … or a table"),
    Code("P0309", "error", "两行条件相同而结果不同", "two lines have the same condition and different results", "改条件或删去其一", "change a condition or delete one"),
    Code("P0310", "error", "「{name}」有 {lines} 行，最多 {most} 行", "“{name}” has {lines} lines, at most {most} are read", "合并相同的行，或先归类再查表", "join lines that are alike, or sort the cases into classes first"),
    # --- dates and parameters
    Code("P0401", "error", "{name} 在 {date} 有两个值", "{name} has two values on {date}", "留一个，或改日期", "keep one, or change a date"),
    Code("P0402", "error", "至 {until} 早于 自 {since}", "“to” {until} is before “from” {since}", "改正日期", "mend the dates"),
    Code("P0403", "error", "参数没有值", "the parameter has no value", "写 自 日期 为 …", "write: from DATE is …"),
    Code("P0404", "error", "参数的值只能由参数计算，「{name}」不是参数", "a parameter's value is computed from parameters alone; “{name}” is none", "改成规则", "make it a rule"),
    Code("P0405", "error", "参数「{name}」有 {wanted} 个键，这里给了 {given} 个", "the parameter “{name}” has {wanted} keys, {given} are given", "按声明的次序写出各键", "give the keys in the order of the declaration"),
    Code("P0406", "error", "参数的键必须是枚举类型：「{name}」不是", "a parameter's key must be an enumeration: “{name}” is not", "用 类型 声明它的值", "declare its values with “type”"),
    Code("P0407", "error", "待定、目标 和下限只能用于参数", "pending, target and floors are for parameters only", "在规则里写出金额，或改成参数", "write the amount, or make it a parameter"),
    Code("P0408", "error", "参数表的表头应为 {keys} 和日期列", "the table's header must be {keys} and dated columns", "按键的次序写表头", "write the keys in their order"),
    Code("P0409", "error", "参数的这一格必须写明键的值", "a parameter's key cell names its values", "写出值，多个用逗号隔开", "write the values, with commas between"),
    Code("P0410", "error", "参数「{name}」的键有 {cells} 种组合，最多 {most} 种", "the keys of the parameter “{name}” have {cells} combinations, at most {most} are kept", "减少键，或把值归成更少的类", "take fewer keys, or put their values into fewer classes"),
    Code("P0411", "error", "政策有 {days} 个变动日期，最多 {most} 个", "the policy changes on {days} days, at most {most} are kept", "检查日期；逐日的数据作为事实给出", "check the dates; daily figures are given as facts"),
    # --- benefits
    Code("P0501", "error", "给付「{name}」没有取整到分", "the benefit “{name}” is not rounded to the 分", "用 四舍五入(…, 0.01 元) 或 四舍五入(…, 1 元) 包住结果", "wrap the result: round_half_up(…, 0.01 yuan)"),
    Code("P0502", "error", "给付「{name}」的类型不是金额", "the benefit “{name}” is not an amount of money", "类型写 元/月 之类", "give it a type such as yuan/month"),
    # --- layers and files
    Code("P0601", "error", "缺少 政策 声明", "no “policy” declaration", "文件的第一条声明写：政策 名称", "begin the file with: policy NAME"),
    Code("P0602", "error", "一个文件里有两个 政策 声明", "two “policy” declarations in one file", "分成两个文件", "make two files of it"),
    Code("P0603", "error", "找不到上级政策「{name}」", "the policy “{name}” that this one extends is not found", "{hint}", "{hint_en}"),
    Code("P0604", "error", "上级互相循环：{path}", "policies extend each other: {path}", "去掉其中一个 上级", "take one “extends” away"),
    Code("P0605", "error", "「{name}」已在上级声明", "“{name}” is already declared in a layer above", "改动上级的内容要写 修订 {name}", "write: amend {name}"),
    Code("P0606", "error", "「{name}」不是上级的内容，不能修订", "“{name}” is not inherited and cannot be amended", "{hint}", "{hint_en}"),
    Code("P0607", "error", "没有文件「{name}」的声明", "no document “{name}” is declared", "{hint}", "{hint_en}"),
    Code("P0608", "error", "同一政策的文件写了不同的上级：{names}", "files of one policy extend different ones: {names}", "留一个", "keep one"),
    Code("P0610", "error", "文件夹里有几个政策：{names}", "the folder holds several policies: {names}", "写出要用的那个文件，或把各政策分到自己的文件夹", "name the file that is meant, or give each policy a folder of its own"),
    # --- examples
    Code("P0701", "error", "案例「{title}」：{problem}", "example “{title}”: {problem_en}", "{hint}", "{hint_en}"),
    Code("P0702", "error", "案例「{title}」没有 应为", "example “{title}” expects nothing", "加一行 应为 …", "add a line: expect …"),
    Code("P0703", "error", "案例「{title}」没有写日期", "example “{title}” has no date", "加一行 于 日期", "add a line: on DATE"),
    # --- the call
    Code("P0801", "error", "找不到政策「{name}」", "no policy “{name}”", "{hint}", "{hint_en}"),
    Code("P0802", "error", "日期「{date}」不对", "“{date}” is no date", "写 YYYY-MM-DD 或 YYYY-MM", "write YYYY-MM-DD or YYYY-MM"),
    Code("P0803", "error", "没有名为「{name}」的输出", "no output “{name}”", "{hint}", "{hint_en}"),
    Code("P0804", "error", "不认识诊断代码「{code}」", "no diagnostic “{code}”", "{hint}", "{hint_en}"),
    Code("P0805", "error", "参数「{name}」不能这样改：{problem}", "parameter “{name}” cannot be changed like this: {problem_en}", "", ""),
    Code("P0806", "error", "{path} 里没有 .policy 文件", "no .policy file in {path}", "给出文件或文件夹", "name a file or a folder"),
    Code("P0807", "error", "写不了 {path}：{reason}", "cannot write {path}: {reason_en}", "检查路径和权限", "check the path and the permissions"),
    Code("P0808", "error", "程序内部出错（{kind}：{problem}）", "an error inside the program ({kind}: {problem})", "这是程序的缺陷，不是政策的错：请附上文件报告；设 POLICY_DSL_DEBUG=1 可看细节", "a fault of the program, not of the policy: please report it with the files; POLICY_DSL_DEBUG=1 shows more"),
    # --- given facts
    Code("F0101", "error", "不是 JSON：{reason}", "not JSON: {reason_en}", "检查引号、逗号和括号", "check quotes, commas and brackets"),
    Code("F0102", "error", "不是 YAML：{reason}", "not YAML: {reason_en}", "检查缩进和冒号", "check indentation and colons"),
    Code("F0103", "error", "这里要{wanted}，却是{found}", "{wanted_en} is wanted here, this is {found_en}", "{hint}", "{hint_en}"),
    Code("F0104", "error", "没有名为「{name}」的事实", "there is no fact “{name}”", "{hint}", "{hint_en}"),
    Code("F0105", "error", "「{value}」不是{type}的值", "“{value}” is no value of {type_en}", "可用的值：{members}", "its values: {members}"),
    Code("F0106", "error", "{value} 超出范围 {low} 至 {high}", "{value} is outside {low} to {high_en}", "改正数值", "mend the number"),
    Code("F0107", "error", "{value} 比 {grid} 更细", "{value} is finer than {grid_en}", "写到 {grid} 为止", "give it to {grid_en}"),
    Code("F0108", "error", "单位「{unit}」不合，这里要 {wanted}", "the unit “{unit}” does not fit, {wanted_en} is wanted", "写 {wanted}，或只写数字", "write {wanted_en}, or the number alone"),
    Code("F0109", "error", "不接受 Python 浮点数 {value}：它不精确", "a Python float {value} is refused: it is not exact", "用整数、decimal.Decimal 或字符串 \"{value}\"", "use an int, a decimal.Decimal or the string \"{value}\""),
    Code("F0110", "error", "缺少「{name}」一列", "the list “{name}” is missing", "列出各成员；名单不能省略", "give its entries; a list cannot be left out"),
    Code("F0111", "error", "「{name}」有 {given} 个，应为 {low} 至 {high} 个", "“{name}” has {given} entries, {low} to {high} are wanted", "检查名单", "check the list"),
    Code("F0112", "error", "「{name}」给了两次", "“{name}” is given twice", "留一个", "keep one"),
    Code("F0113", "error", "最外层要写对象：{entities}", "the outermost key must be an entity: {entities_en}", "例如 {{\"{first}\": {{…}}}}", "as in {{\"{first}\": {{…}}}}"),
    Code("F0114", "error", "数据太大或嵌套太深（{what}）", "the data are too large or nested too deeply ({what_en})", "一次给一个对象", "give one case at a time"),
    Code("F0115", "error", "「{value}」不是日期", "“{value}” is no date", "写 YYYY-MM-DD", "write YYYY-MM-DD"),
    Code("F0116", "error", "「{value}」不是数", "“{value}” is no number", "只用 0–9 和一个小数点，单位写在后面", "use 0–9 and one decimal point, the unit behind it"),
    Code("F0117", "error", "读不了事实：{reason}", "cannot read the facts: {reason_en}", "检查路径；「-」表示标准输入", "check the path; “-” is standard input"),
    # --- while deciding
    Code("R0101", "error", "{name}：没有一行适用", "{name}: no line applies", "政策有空档：补上这一情形或 否则", "the policy has a gap: add the case or “otherwise”"),
    Code("R0102", "error", "{name}：两行同时适用而结果不同", "{name}: two lines apply with different results", "政策有冲突：改条件，或写 依次、优先于", "the policy has a conflict: change a condition, or write first or beats"),
    Code("R0103", "error", "{name}：除数为零", "{name}: division by zero", "检查事实，或先判断", "check the facts, or test first"),
    Code("R0104", "error", "{name}：给付为负", "{name}: a negative benefit", "用 最大(…, 0) 兜底", "use max(…, 0)"),
    Code("R0105", "error", "{name} 在 {date} 没有规定", "{name}: nothing is in force on {date}", "换一个日期，或补上那时的规定", "take another date, or add what was in force then"),
    Code("R0106", "error", "{name}：名单是空的，{function} 需要 默认", "{name}: the list is empty, {function_en} needs a default", "写 默认 …", "write default …"),
    Code("R0107", "error", "{name}：日期超出公历 1 至 9999 年", "{name}: a date outside the years 1 to 9999", "检查日期和月数", "check the date and the number of months"),
    Code("R0108", "error", "{name}：要整数个，却是 {value}", "{name}: a whole number is wanted, this is {value}", "先取整", "round it first"),
)
# fmt: on
