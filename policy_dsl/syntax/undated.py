"""Where no date may stand, and how what was meant is written there instead (P0420).

A date that the grammar refuses is nearly always meant: it stands at the wrong end of its line, or over what has no times. So the
parser does not list what else might stand there, but says how to write it.
"""

from __future__ import annotations

import itertools
import re

from lark import Token

from . import keywords

_DATE = r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?"
AT_END = re.compile(
    rf"(?:^|\s)(?:自|from)\s+{_DATE}(?:\s+(?:至|to)\s+{_DATE})?(?:\s+(?:公布|published)\s+{_DATE})?(?:\s+(?:复核|review)\s+{_DATE})?\s*$"
)

FACT = (
    "事实不分时期：删去日期；从某天起才要问的，写 当 决定日 ≥ 2023-01-01",
    "facts have no times: leave the date out; one that is asked for from a day on says: when decision_date >= 2023-01-01",
)
VALUES = (
    "类型不分时期：删去日期；一类从某天起才用的，写在用它的规则和表里",
    "types have no times: leave the date out; rules and tables say from when on a value is used",
)
CLAIM = (
    "标题里的日期不作数：「自 2023-01-01」单独写一行，要求缩进写在它下面",
    "a date in the title counts for nothing: write “from 2023-01-01” on a line of its own and indent the claims under it",
)
BASIS = (
    "依据里的日期不作数：一个值写 自 2023-01-01 为 … 依据 …；别的行缩进写在单独一行的「自 2023-01-01」下面",
    "a date behind the source counts for nothing: write “from 2023-01-01 is … under …” for a value, and indent other lines under a line “from 2023-01-01”",
)
ARREARS = (
    "补发、追回 属于整个给付，不分时期：写在没有日期的声明里、块的外面；从某天起才结清的，写进条件：且 本月 ≥ 2023-01-01",
    "“arrears” and “recover” belong to the whole benefit: write them in a declaration without a date, outside dated blocks; a day from which months are settled belongs into the condition: and this_month >= 2023-01-01",
)
PAID_ON = (
    "发于 属于整个给付，不分时期：写在没有日期的声明里、块的外面；日子按规定不同的，另立一条日期的规则，写 发于 那条规则",
    "“paid_on” belongs to the whole benefit: write it in a declaration without a date, outside dated blocks; where the day differs by time make a rule of it, and write: paid_on RULE",
)
STATES = (
    "起始、终止 不分时期：写在块的外面；分时期的是转换",
    "“initial” and “final” have no times: write them outside the block; only transitions can have a time",
)
_BLOCK = (
    "「自 2023-01-01」单独写一行，这一行缩进写在它下面",
    "write “from 2023-01-01” on a line of its own, and indent this line under it",
)
_VALUE = ("日期写在前面：自 2023-01-01 为 …", "the date comes first: from 2023-01-01 is …")
_SPECIAL = ("日期写在前面：自 2023-01-01 待定", "the date comes first: from 2023-01-01 pending")
_ORDER = (
    "次序是 自 日期 至 日期 公布 日期 复核 日期，「自」不能少，每样写一次",
    "the order is: from DATE to DATE published DATE review DATE; “from” cannot be missing, and each is written once",
)
_TYPED_HEAD = (
    "日期写在声明行的末尾、类型之后：参数 标准 : 元/月 自 2023-01-01",
    "the date stands at the end of the line, behind the type: parameter standard : yuan/month from 2023-01-01",
)
_HEAD = (
    "对象、类型、政策不分时期：删去日期；从某天起才有的规定，写在参数和规则里",
    "entities, types and policies have no times: leave the date out; what holds from a day on is for parameters and rules",
)
_PAYDAY = ("发放日不分时期：删去日期", "the payday has no times: leave the date out")
_CELL = (
    "格子里和行末不写日期：写在表头（| 自 2023-01-01 |），或写在声明行末尾，或让表缩进在单独一行的「自 2023-01-01」下面",
    "no date in a cell or behind a row: write it in the header (| from 2023-01-01 |), at the end of the declaration's line, or indent the table under a line “from 2023-01-01”",
)
_COLUMN = (
    "表头的日期列只写日期，次序是 自 日期 至 日期 公布 日期 复核 日期，「自」不能少：| 自 2023-01-01 |",
    "the head of a dated column is the dates alone, in the order from DATE to DATE published DATE review DATE; “from” cannot be missing: | from 2023-01-01 |",
)
_EXAMPLE = (
    "一段时间的事实把日期写在行首：自 2023-01 成员 甲: …；应为 后面写月份：应为 2023-01 …",
    "facts of a time begin with it: from 2023-01 members Ann: …; behind “expect” stands a month: expect 2023-01 …",
)

_WORDS = frozenset({"FROM", "TO", "PUBLISHED", "REVIEW"})
_DATES = _WORDS | {"DAY", "MONTH"}
_ENDS = frozenset({"_NL", "_INDENT", "_DEDENT", "$END"})
_BODIES = frozenset({"PARAMETER", "RULE", "BENEFIT", "STATUS", "AMEND"})
_STARTS = frozenset(w for k in keywords.BODIES for w in keywords.words("line", k))
_RESULT = keywords.words("result")
_WITHOUT = {  # behind a date these are no keywords any more
    **dict.fromkeys(("补发", "arrears", "追回", "recover"), ARREARS),
    **dict.fromkeys(("发于", "paid_on"), PAID_ON),
    **dict.fromkeys(("起始", "终止", "initial", "final"), STATES),
}


def way_out(tokens: list[Token], token: Token, rule: str) -> tuple[str, str] | None:
    """How to write it, where a date is what the grammar refuses, or what stands behind one; None for everything else.

    `tokens`: those of the whole declaration; `rule`: the start symbol of a cell, or `start`.
    """
    if rule != "start":
        return None if token.type not in _WORDS else _COLUMN if rule == "header_cell" else _CELL
    declaration = tokens[0].type
    line = _line_of(tokens, token)
    before = list(itertools.takewhile(lambda t: t is not token, line))
    if token.type in _WORDS:
        return _refused(declaration, before, line[0] is tokens[0], token)
    dated = bool(before) and before[0].type == "FROM" and all(t.type in _DATES for t in before)
    starts = token.type in ("WHEN", "OTHERWISE") or str(token) in _STARTS or any(t.type == "ARROW" for t in line)
    if dated and token.type not in _ENDS and (declaration == "GUARANTEE" or (declaration in _BODIES and starts)):
        return _WITHOUT.get(str(token), _BLOCK)
    return None


def _line_of(tokens: list[Token], token: Token) -> list[Token]:
    """The tokens of the line in which the token stands."""
    line: list[Token] = []
    for t in tokens:
        if t.type in _ENDS and t is not token:
            if any(x is token for x in line):
                break
            line = []
        else:
            line.append(t)
    return line or [token]


def _refused(declaration: str, before: list[Token], head: bool, token: Token) -> tuple[str, str]:
    kinds = [t.type for t in before]
    if declaration == "EXAMPLE":
        return _EXAMPLE
    if declaration == "POLICY" and not head:
        return _PAYDAY
    if declaration not in (*_BODIES, "GUARANTEE"):
        return _HEAD if head else FACT
    if head and token.type == "FROM" and "FROM" not in kinds:
        return _TYPED_HEAD
    if head or not kinds or "FROM" in kinds or (token.type == "TO" and kinds[-1] in ("DAY", "MONTH")):
        return _ORDER
    if declaration == "AMEND" and "_COLON" in kinds:
        return FACT
    if kinds[0] in ("ARREARS", "RECOVER", "PAID_ON", "INITIAL", "FINAL") and str(before[0]) in _WITHOUT:
        return _WITHOUT[str(before[0])]
    if str(before[0]) in _RESULT:
        return _SPECIAL
    return _VALUE if kinds[0] == "IS" else _BLOCK
