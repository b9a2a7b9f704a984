"""A word within a line: a name, or the keyword that it is in its place."""

from __future__ import annotations

import re

from lark import Token

from .. import characters, keywords
from .tokens import Tokens

_BODIES = frozenset(keywords.BODIES)
_NOTED = frozenset((*keywords.BODIES, "GUARANTEE", "CELL"))  # where 依据 and 假设 may stand behind a line
_FORMULAS = frozenset((*_NOTED, "ENTITY"))  # where a formula may stand
_WORD = keywords.words("word")
_TYPE = keywords.words("type")
MARK = keywords.words("mark")
_MARKED = re.compile(r"[ \t\f]*(?:,|$)", re.MULTILINE)  # what stands behind a mark
_NOTES = "|".join(keywords.words("tail"))
_ENDS = re.compile(rf"[ \t\f]*(?:$|(?:{_NOTES})(?:\s|$))", re.MULTILINE)  # what stands behind a line's formula
_CELL = keywords.words("cell")
_RESULT = keywords.words("result")
_DATED = keywords.words("dated")
_TAIL = keywords.words("tail")
_VALUE = keywords.words("value")
_BETWEEN = keywords.words("between")
_CLAIM = keywords.words("claim")
PAID = (
    "RULE",
    "BENEFIT",
    "AMEND",
)  # in whose head line how often a benefit is paid may stand, if only to say that it cannot
_PAYING = [
    (re.compile(re.escape(w).replace(r"\ ", r"[ \t]+") + r"(?!\w)"), k.terminal)
    for w, k in keywords.words("paying").items()
]
_NAMING = keywords.words("naming")
_AFTER = keywords.words("after")
_ENDS_OF_FORMULAS = frozenset(
    {"NAME", "_RPAR", "_RSQB", "NUMBER", "UNIT", "GLUED", "PERCENT", "DAY", "MONTH", "YES", "NO", "DISPLACED"}
)
_INSTALMENT = keywords.words("instalment")
_NAME_FOLLOWS = re.compile(rf"[ \t]+(?:「|(?!(?:{'|'.join(keywords.RESERVED)})(?!\w)){characters.NAME})")
_NAMING_FOLLOWS = re.compile(rf"[ \t]+(?:{'|'.join(_NAMING)})(?!\w)")
_DAY_FOLLOWS = re.compile(rf"[ \t]*(?:[0-9]{{4}}-[0-9]{{2}}|\(|「|{characters.NAME})")


class Words(Tokens):
    """The place decides: the declaration, the token before, and what follows."""

    def word(
        self, at: int, stop: int, text: str, declaration: str, previous: Token | None, colon: bool, depth: int
    ) -> Token:
        """A name, or the keyword that the word is in this place."""
        last = previous.type if previous is not None else ""
        row = None
        if last == "_DOT":
            row = None
        elif text in _DATED and re.compile(r"[ \t]+[0-9]{4}-").match(self.folded, stop):
            row = _DATED[text]
        elif declaration in ("ENTITY", "AMEND") and colon and text in _TYPE:
            row = _TYPE[text]
        elif declaration in ("ENTITY", "TYPE", "POLICY", "DOCUMENT") and not colon:
            row = None  # names come before the colon
        elif declaration in _NOTED and text in _TAIL:
            row = _TAIL[text]
        elif text in _RESULT and (
            last == "IS"
            or (last in ("DAY", "MONTH") and declaration in _BODIES)
            or (declaration == "CELL" and not last)
        ):
            row = _RESULT[text]
        elif declaration == "CELL" and text in _CELL and last:
            row = _CELL[text]
        elif declaration == "EXAMPLE" and text in _VALUE and last in ("EQUAL", "EXPECT"):
            row = _VALUE[text]
        elif (
            text in _BETWEEN
            and last in ("NAME", "_RPAR")
            and (declaration in _NOTED or (declaration == "ENTITY" and colon))
            and _DAY_FOLLOWS.match(self.folded, stop)
        ):
            row = _BETWEEN[text]
        elif (
            depth  # outside parentheses it may be a unit: `recover not_over 5 as a_month`
            and last in _ENDS_OF_FORMULAS
            and text in _NAMING
            and declaration in _FORMULAS
            and self.naming(stop)
            and not (last == "NUMBER" and self.named_behind(stop))
        ):
            row = _NAMING[text]
        elif last == "NAME" and text in _AFTER and declaration == "AMEND" and not colon and self.naming(stop):
            row = _AFTER[text]
        elif last == "RECOVER" and text in _INSTALMENT:
            row = _INSTALMENT[text]
        elif declaration == "GUARANTEE" and text in _CLAIM:
            row = _CLAIM[text]
        elif text in _WORD:
            row = _WORD[text]
        if row is not None:
            return self.token(row.terminal, at, stop)
        if (
            text in keywords.COMPARISON_WORDS
            and last != "_DOT"
            and (declaration not in ("ENTITY", "TYPE") or colon)
            and not (declaration == "AMEND" and not colon and last in ("", "_COMMA"))  # a fact that 修订 adds
        ):
            return self.token("AT_LEAST" if text in ("不低于", "at_least") else "COMPARE", at, stop)
        return self.token("NAME", at, stop)

    def naming(self, stop: int) -> bool:
        """Whether a word that ends here stands between two names, where no formula has two side by side."""
        return _NAME_FOLLOWS.match(self.folded, stop) is not None

    def named_behind(self, stop: int) -> bool:
        """Whether the word behind one that ends here is 作, so that this one is a number's unit: `最大(5 作 作 他)`."""
        behind = _NAMING_FOLLOWS.match(self.folded, stop)
        return behind is not None and self.naming(behind.end())

    def marks(self, stop: int, end: int, previous: Token | None) -> bool:
        """Whether a word of a fact's line that ends here stands alone behind a comma: `出生日期 : 日期, 出生`."""
        return previous is not None and previous.type == "_COMMA" and _MARKED.match(self.folded, stop, end) is not None

    def paying(self, at: int, head: Token, previous: Token, colon: bool) -> Token | None:
        """How often a benefit is paid, in the head line of a rule, a benefit or a 修订: a word, or two of them, behind its type."""
        for pattern, terminal in _PAYING if head.type in PAID and (colon or head.type == "AMEND") else ():
            found = pattern.match(self.folded, at)
            follows = ("MONTHLY", "QUARTERLY") if terminal == "PAY_MONTHS" else ("NAME", "PERCENT")
            if found is not None and previous.type in follows:
                return self.token(terminal, at, found.end())
        return None

    def note(self, out: list[Token], token: Token, start: int, end: int) -> int:
        """Free text after 依据 or 假设, up to the line's end or the next of the two words."""
        stop = end
        for other in re.compile(r"(?<=[ \t])\w+").finditer(self.folded, start, end):
            if other.group() in _TAIL:
                stop = other.start()
                break
        text = self.source.text[start:stop].strip(" \t\u3000\u00a0")
        out.append(self.token(token.type, token.start_pos or 0, stop, text))
        return stop

    def ends(self, stop: int, end: int) -> bool:
        """Whether a word that ends here is the last of its line but for notes."""
        return _ENDS.match(self.folded, stop, end) is not None
