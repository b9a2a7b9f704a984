"""THE keyword table: every keyword once, in both spellings. The scanner, the printer and the docs read it; nobody else knows a spelling.

A word is a keyword only where the table says so, so that 标题, 日期, `from` and `first` stay usable as names elsewhere:
`head` at column 0; `line` at the start of a line in the named declarations; `word` anywhere in an expression;
`type` in the head or fact line of a declaration; `mark` in a fact line, alone between commas or behind the last one; `cell` in a table's cell; `result` right after 为 or at the start of a result cell;
`dated` only before a date; `between` in an expression, behind a name or a call and before a day; `tail` after white space in a body line, and the rest of the line is its text; `value` in the lines of an example;
`claim` in the lines of a guarantee; `paying` behind the type in the head line of a benefit, where its spelling may be two words; `instalment` right
behind 追回, which is a keyword only before it; `naming` in the parentheses of a call, between a list and a name; `after` between two names alone on a
line of a 修订.
"""

from __future__ import annotations

from typing import NamedTuple


class Keyword(NamedTuple):
    terminal: str
    zh: str
    en: str
    where: tuple[str, ...]
    declarations: tuple[str, ...] = ()  # for `line`: the declarations (by terminal) in whose lines it is a keyword
    text: bool = False  # the rest of the line is free text
    misplaced: tuple[str, ...] = ()  # declarations in whose lines it is known only to say that it does not belong there


BODIES = ("PARAMETER", "RULE", "BENEFIT", "STATUS", "AMEND")
HEADS = ("POLICY", "DOCUMENT", "ENTITY", "TYPE", *BODIES, "GUARANTEE", "EXAMPLE")

# fmt: off
KEYWORDS: tuple[Keyword, ...] = (
    Keyword("POLICY", "政策", "policy", ("head",)),
    Keyword("DOCUMENT", "文件", "document", ("head",)),
    Keyword("ENTITY", "对象", "entity", ("head",)),
    Keyword("TYPE", "类型", "type", ("head",)),
    Keyword("PARAMETER", "参数", "parameter", ("head",)),
    Keyword("RULE", "规则", "rule", ("head",)),
    Keyword("BENEFIT", "给付", "benefit", ("head",)),
    Keyword("STATUS", "阶段", "status", ("head",)),
    Keyword("AMEND", "修订", "amend", ("head",)),
    Keyword("GUARANTEE", "保证", "guarantee", ("head",)),
    Keyword("EXAMPLE", "案例", "example", ("head",)),
    Keyword("ALLOW", "许可", "allow", ("line",), HEADS, text=True),
    Keyword("EXTENDS", "上级", "extends", ("line",), ("POLICY",)),
    Keyword("JURISDICTION", "辖区", "jurisdiction", ("line",), ("POLICY",), text=True),
    Keyword("PAYDAY", "发放日", "payday", ("line",), ("POLICY",)),
    Keyword("TITLE", "标题", "title", ("line",), ("DOCUMENT",), text=True),
    Keyword("ISSUER", "机关", "issuer", ("line",), ("DOCUMENT",), text=True),
    Keyword("DATED", "日期", "date", ("line",), ("DOCUMENT",)),
    Keyword("FROM", "自", "from", ("line", "dated"), (*BODIES, "EXAMPLE", "GUARANTEE")),
    Keyword("TO", "至", "to", ("dated",)),
    Keyword("PUBLISHED", "公布", "published", ("dated",)),
    Keyword("REVIEW", "复核", "review", ("dated",)),
    Keyword("LEARNED", "获知", "known", ("dated",)),
    Keyword("IS", "为", "is", ("word",)),
    Keyword("WHEN", "当", "when", ("word",)),
    Keyword("OTHERWISE", "否则", "otherwise", ("word",)),
    Keyword("EXCEPT", "例外", "except", ("line",), BODIES),
    Keyword("INITIAL", "起始", "initial", ("line",), ("STATUS", "AMEND"), misplaced=("RULE", "BENEFIT")),
    Keyword("FINAL", "终止", "final", ("line",), ("STATUS", "AMEND"), misplaced=("RULE", "BENEFIT")),
    Keyword("ARREARS", "补发", "arrears", ("line",), ("BENEFIT", "AMEND"), misplaced=("RULE", "STATUS")),
    Keyword("PAID_ON", "发于", "paid_on", ("line",), ("BENEFIT", "AMEND"), misplaced=("RULE", "STATUS")),
    Keyword("RECOVER", "追回", "recover", ("line",), ("BENEFIT", "AMEND"), misplaced=("RULE", "STATUS")),
    Keyword("INSTALMENT", "每月不超过", "not_over", ("instalment",)),
    Keyword("BEATS", "优先于", "beats", ("word",)),
    Keyword("REPEAL", "废止", "repeal", ("line", "result"), ("AMEND",)),
    Keyword("AFTER", "后于", "after", ("after",)),
    Keyword("DISPLACED", "原值", "displaced", ("word",)),
    Keyword("FIRST", "依次", "first", ("line",), BODIES),
    Keyword("HIGHEST", "就高", "highest", ("line",), BODIES),
    Keyword("LOWEST", "就低", "lowest", ("line",), BODIES),
    Keyword("SUM", "合计", "sum", ("line",), BODIES),
    Keyword("UNDER", "依据", "under", ("tail",), text=True),
    Keyword("ASSUME", "假设", "assume", ("tail",), text=True),
    Keyword("PENDING", "待定", "pending", ("result",)),
    Keyword("TARGET", "目标", "target", ("result",)),
    Keyword("ON", "于", "on", ("line", "between"), ("EXAMPLE",)),
    Keyword("EXPECT", "应为", "expect", ("line",), ("EXAMPLE",)),
    Keyword("FAILURE", "错误", "error", ("value",)),
    Keyword("UNKNOWN", "未知", "unknown", ("value",)),
    Keyword("ALONG", "随", "along", ("claim",)),
    Keyword("NEVER_RISES", "不增", "never_rises", ("claim",)),
    Keyword("OR", "或", "or", ("word",)),
    Keyword("AND", "且", "and", ("word",)),
    Keyword("NOT", "非", "not", ("word",)),
    Keyword("YES", "是", "yes", ("word",)),
    Keyword("NO", "否", "no", ("word",)),
    Keyword("AMONG", "属于", "in", ("word",)),
    Keyword("DEFAULT", "默认", "default", ("word", "type")),
    Keyword("AS", "作", "as", ("naming",)),
    Keyword("MANY", "若干", "many", ("type",)),
    Keyword("FIXED", "不变", "fixed", ("type",)),
    Keyword("BORN", "出生", "born", ("mark",)),
    Keyword("IDENTIFIES", "认人", "identifies", ("mark",)),
    Keyword("DIED", "死亡", "died", ("mark",)),
    Keyword("ASK", "问", "ask", ("type",)),
    Keyword("BY", "由", "by", ("type",)),
    Keyword("DECIDES", "定", "decides", ("type",)),
    Keyword("MONTHLY", "按月发", "paid monthly", ("paying",)),
    Keyword("QUARTERLY", "按季发", "paid quarterly", ("paying",)),
    Keyword("PAY_MONTHS", "于", "in month", ("paying",)),
    Keyword("AND_MORE", "以上", "and_more", ("cell",)),
    Keyword("AND_LESS", "以下", "and_less", ("cell",)),
    Keyword("WITHIN", "以内", "within", ("cell",)),
)
# fmt: on

# Comparisons as the law writes them: the drafter's word is kept in the tree, its meaning is the sign.
COMPARISONS: tuple[tuple[str, str, str], ...] = (
    ("<", "低于", "below"),
    ("<", "不足", "short_of"),
    ("<", "不满", "under_full"),
    (">", "超过", "exceeds"),
    (">", "高于", "above"),
    (">=", "不低于", "at_least"),
    (">=", "达到", "reaches"),
    ("<=", "不超过", "not_over"),
    ("<=", "不高于", "at_most"),
)

SIGNS: dict[str, str] = {
    "<": "<",
    ">": ">",
    "<=": "<=",
    ">=": ">=",
    "≤": "<=",
    "≥": ">=",
    "=": "=",
    "!=": "!=",
    "≠": "!=",
}

# What an example may expect of a benefit in a month besides what is due: `已发(x)`, `补发(x)`.
MEASURES: dict[str, tuple[str, str]] = {"paid": ("已发", "paid"), "arrears": ("补发", "arrears")}

A_MONTH = "a_month"  # ends an instalment in English: `recover not_over 60 yuan a_month`

BY_TERMINAL: dict[str, Keyword] = {k.terminal: k for k in KEYWORDS}
COMPARISON_WORDS: dict[str, str] = {w: op for op, zh, en in COMPARISONS for w in (zh, en)}


def spelling(terminal: str, lang: str) -> str:
    """The keyword of a terminal in the language `zh` or `en`."""
    row = BY_TERMINAL[terminal]
    return row.zh if lang == "zh" else row.en


def comparison_in(word: str, lang: str) -> str:
    """The same comparison word in the other keyword language; a sign stays what it is."""
    for _, zh, en in COMPARISONS:
        if word in (zh, en):
            return zh if lang == "zh" else en
    return word


def words(where: str, declaration: str = "") -> dict[str, Keyword]:
    """Spelling → keyword for one place, as `where` in the table; for `line` also by the declaration that the line stands in."""
    return {
        spelled: k
        for k in KEYWORDS
        if where in k.where and (where != "line" or declaration in k.declarations + k.misplaced)
        for spelled in (k.zh, k.en)
    }


RESERVED: frozenset[str] = frozenset(
    w for k in KEYWORDS if {"word", "tail"} & set(k.where) for w in (k.zh, k.en)
) | frozenset(COMPARISON_WORDS)
"""Words that are keywords wherever an expression may stand: a name that equals one stands in 「」."""

# Unit words: (key, Chinese spellings, English spellings); the first of each is the one that is printed.
UNITS: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...] = (
    ("亿元", ("亿元",), ("hundred_million_yuan",)),
    ("万元", ("万元",), ("ten_thousand_yuan",)),
    ("元", ("元",), ("yuan",)),
    ("角", ("角",), ("jiao",)),
    ("分", ("分",), ("fen",)),
    ("人", ("人",), ("person", "persons")),
    ("户", ("户",), ("household", "households")),
    ("次", ("次",), ("time", "times")),
    ("工作日", ("工作日", "个工作日"), ("workday", "workdays")),
    ("日", ("日", "天"), ("day", "days")),
    ("周", ("周",), ("week", "weeks")),
    ("月", ("月", "个月"), ("month", "months")),
    ("季", ("季", "季度"), ("quarter", "quarters")),
    ("年", ("年",), ("year",)),
    ("岁", ("岁", "周岁"), ("years",)),
    ("%", ("%",), ("%",)),
)
UNIT_KEYS: dict[str, str] = {word: key for key, zh, en in UNITS for word in (*zh, *en)}


def unit_in(key: str, lang: str) -> str:
    """A unit's printed word; a unit that a policy declares keeps its name."""
    for k, zh, en in UNITS:
        if k == key:
            return zh[0] if lang == "zh" else en[0]
    return key


LONGEST_TO_SPLIT = 200  # characters; a longer word is no sentence that lacks its spaces
_BETWEEN = tuple(
    k.zh for k in KEYWORDS if "between" in k.where
)  # 于 stands in many names, so it needs known ones around it
_CJK_WORDS = sorted((w for w in RESERVED if not w.isascii() and w not in ("是", "为", "于")), key=len, reverse=True)


def apart(word: str, known: frozenset[str] | set[str] = frozenset()) -> str:
    """`且非` → `且 非`, `人均月收入且有车` → `人均月收入 且 有车`: the word split at keywords it swallowed, or "".

    Chinese has no word breaks, so unspaced text is one name to every scanner. With `known` names a split counts only if
    all other pieces are known.
    """
    if len(word) > LONGEST_TO_SPLIT:
        return ""
    pieces: list[str] = []
    rest, plain = word, ""
    while rest:
        if known and not plain:
            name = next((rest[:n] for n in range(len(rest), 0, -1) if rest[:n] in known), "")
            if name and name != word:
                pieces.append(name)
                rest = rest[len(name) :]
                continue
        splits = (*_CJK_WORDS, *_BETWEEN) if known else _CJK_WORDS
        keyword = next((w for w in splits if rest.startswith(w)), "")
        if keyword:
            if plain:
                pieces.append(plain)
                plain = ""
            pieces.append(keyword)
            rest = rest[len(keyword) :]
        else:
            plain += rest[0]
            rest = rest[1:]
    if plain:
        pieces.append(plain)
    words = RESERVED.union(_BETWEEN)
    if len(pieces) < 2 or words.isdisjoint(pieces):
        return ""
    if known and any(p not in known and p not in words and not p.isdecimal() for p in pieces):
        return ""
    return " ".join(pieces)
