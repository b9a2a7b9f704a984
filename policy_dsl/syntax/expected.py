"""What could stand here, in the drafter's words: terminals of the grammar never reach a message."""

from __future__ import annotations

from collections.abc import Sequence

from lark import Token

from .keywords import BY_TERMINAL

_WORDS: dict[str, tuple[str, str]] = {
    "NAME": ("名称", "a name"),
    "NUMBER": ("数字", "a number"),
    "UNIT": ("单位", "a unit"),
    "STRING": ("引号里的文字", "a text in quotes"),
    "DAY": ("日期", "a date"),
    "MONTH": ("月份", "a month"),
    "TEXT": ("文字", "text"),
    "ROW": ("表格的一行", "a table row"),
    "EQUAL": ("=", "="),
    "LESS": ("比较（<、≥、低于……）", "a comparison (<, ≥, below …)"),
    "COMPARE": ("比较（<、≥、低于……）", "a comparison (<, ≥, below …)"),
    "A_MONTH": ("「a_month」", "“a_month”"),
    "AT_LEAST": ("「不低于」", "“at_least”"),
    "PLUS": ("+", "+"),
    "MINUS": ("-", "-"),
    "STAR": ("*", "*"),
    "_SLASH": ("/", "/"),
    "_COLON": ("冒号", "a colon"),
    "_COMMA": ("逗号", "a comma"),
    "_LPAR": ("(", "("),
    "_RPAR": (")", ")"),
    "_LSQB": ("[", "["),
    "_RSQB": ("]", "]"),
    "_BAR": ("|", "|"),
    "_DOT": (".", "."),
    "_RANGE": ("..", ".."),
    "PERCENT": ("%", "%"),
    "ANY": ("—", "—"),
    "ARROW": ("→", "→"),
    "_NL": ("行尾", "the line's end"),
    "$END": ("到此为止", "the end"),
    "_INDENT": ("下面缩进的行", "indented lines below"),
    "_DEDENT": ("下一条声明", "the next declaration"),
}
_ORDER = [*BY_TERMINAL, *_WORDS]  # keywords in their table's order, then signs
_VALUE = {"NAME", "NUMBER", "MINUS", "_LPAR", "DAY", "YES", "NO"}


def _word(terminal: str) -> tuple[str, str]:
    if terminal in BY_TERMINAL:
        row = BY_TERMINAL[terminal]
        return f"「{row.zh}」", f"“{row.en}”"
    return _WORDS[terminal]


def expected_words(accepts: set[str]) -> tuple[str, str]:
    """A short list of what may stand here; a whole class of beginnings counts as one."""
    left = set(accepts) - {"PER", "GLUED"}
    if "UNIT" in left:
        left -= {"_LPAR"}  # a unit in parentheses is a unit too
    zh: list[str] = []
    en: list[str] = []
    if left >= {"NAME", "NUMBER", "_LPAR"}:
        zh.append("名称、数字或式子")
        en.append("a name, a number or an expression")
        left -= _VALUE | {"NOT"}
    if {"PLUS", "STAR"} <= left:
        zh.append("运算符")
        en.append("an operator")
        left -= {"PLUS", "MINUS", "STAR", "_SLASH"}
    if "LESS" in left and "COMPARE" in left:
        left -= {"LESS", "AT_LEAST", "EQUAL"}
    order = sorted(left, key=lambda t: (t in ("_NL", "$END", "_DEDENT"), t not in BY_TERMINAL, _ORDER.index(t)))
    for terminal in order[:8]:
        a, b = _word(terminal)
        if a not in zh:
            zh.append(a)
            en.append(b)
    return "、".join(zh), ", ".join(en)


def found_words(token: Token) -> tuple[str, str]:
    """What stands there instead."""
    text = str(token)
    if token.type == "_NL":
        return "这一行还没写完", "the line ends too early"
    if token.type == "$END":
        return "这里还没写完", "something is missing here"
    if token.type == "_INDENT":
        return "下面不该有缩进的行", "no indented lines can follow"
    if token.type == "_DEDENT":
        return "下面还缺缩进的行", "indented lines are missing below"
    if token.type == "ROW":
        return "表格的一行", "a table row"
    shown = text if len(text) <= 40 else text[:40] + "…"
    return f"「{shown}」", f"“{shown}”"


_VALUES = {t: BY_TERMINAL[t] for t in ("AT_LEAST", "PENDING", "TARGET") if t in BY_TERMINAL}
_STARTS = [BY_TERMINAL[t] for t in ("FROM", "IS", "WHEN", "OTHERWISE", "EXCEPT", "ALLOW")]

_FORMS = {  # how a line of a benefit goes on that begins with one of its soft words
    "ARREARS": ("补发 当 已发 > 0", "arrears when paid > 0"),
    "PAID_ON": ("发于 日期", "paid_on date"),
    "RECOVER": ("追回 每月不超过 60 元", "recover not_over 60 yuan a_month"),
}
_FORM_OF = {word: form for t, form in _FORMS.items() for word in (BY_TERMINAL[t].zh, BY_TERMINAL[t].en)}


def line_hint(tokens: Sequence[Token], token: Token, accepts: set[str]) -> tuple[str, str] | None:
    """The way out where a line of a parameter, a rule or a benefit begins with a word that begins none, or goes on otherwise than it
    must behind one; of a status it would be a state.
    """
    if tokens[0].type not in ("PARAMETER", "RULE", "BENEFIT"):
        return None
    line: list[Token] = []
    for x in tokens:
        if (x.start_pos or 0) >= (token.start_pos or 0):
            break
        line = [] if x.type in ("_NL", "_INDENT", "_DEDENT") else [*line, x]
    if line and not accepts <= {"ARROW", "_COMMA"}:
        return None
    line = line or [token]
    word = str(line[0])
    if line[0].type == "AT_LEAST" or word in {w for row in _VALUES.values() for w in (row.zh, row.en)}:
        return f"前面写上 为：为 {word} …", f"put “is” before it: is {word} …"
    if line[0].type != "NAME":
        return None
    if tokens[0].type == "BENEFIT" and word in _FORM_OF:
        form, written = _FORM_OF[word]
        return f"写成：{form}", f"write: {written}"
    zh, en = "、".join(f"「{row.zh}」" for row in _STARTS), ", ".join(f"“{row.en}”" for row in _STARTS)
    return f"「{word}」不能开始这一行；可以用 {zh}", f"“{word}” begins no line here; {en} do"
