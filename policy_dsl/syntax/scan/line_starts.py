"""How a line begins: its first word is a keyword of lines or of heads, and may leave the rest to free text."""

from __future__ import annotations

import re

from lark import Token

from .. import keywords
from .stretches import Stretches
from .tokens import TOKEN

_HEAD = keywords.words("head")
_LINE = {k.terminal: keywords.words("line", k.terminal) for k in keywords.KEYWORDS if "head" in k.where}
_BETWEEN = keywords.words("between")
_CLAIM = keywords.words("claim")
_INSTALMENT_NEXT = re.compile(rf"[ \t]*(?:{'|'.join(keywords.words('instalment'))})(?!\w)")
_CLAIM_WORDS = frozenset((*keywords.RESERVED, *_BETWEEN, *_CLAIM))
_CODE = re.compile(r"[A-Za-z][0-9]{4}")
_MODES = frozenset({"FIRST", "HIGHEST", "LOWEST", "SUM"})
_STATE_LINES = frozenset({"INITIAL", "FINAL", "ARREARS", "PAID_ON"})
_BEFORE_COLON = re.compile(r"(?:「[^」\n]*」|[^:\n])*")


class LineStarts(Stretches):
    """Physical lines: the first word, then the rest as a stretch."""

    def line_tokens(
        self, start: int, end: int, declaration: str, head: bool, depth: int, before: list[Token]
    ) -> tuple[list[Token], int]:
        """Tokens of one physical line, and the depth of parentheses left open at its end."""
        out: list[Token] = []
        first = not before
        if first and self.folded[start] == "|":
            return [self.token("ROW", start, end)], 0
        if first:
            word = TOKEN.match(self.folded, start, end)
            spelled = word.group("name") if word else None
            row = None
            if spelled and word is not None:
                row = (_HEAD if head else _LINE.get(declaration, {})).get(spelled)
                if row and row.terminal in _MODES and self.folded[word.end() : end].strip():
                    row = None
                if row and row.terminal in _STATE_LINES and self._is_name(word.end(), end):
                    row = None  # a fact of that name, added by a 修订, or a state
                if row and row.terminal == "RECOVER" and not self._instalment(word.end(), end):
                    row = None
                if row and row.terminal == "ALLOW" and self._named(declaration, word.end(), end):
                    row = None
            if row and word:
                rest = word.end()
                while rest < end and self.folded[rest] in " \t\f":
                    rest += 1
                if row.text:
                    return [self.token(row.terminal, start, end, self.source.text[rest:end])], 0
                out.append(self.token(row.terminal, start, word.end()))
                if row.terminal in ("EXAMPLE", "GUARANTEE"):
                    if rest < end:
                        out.append(self.prose(rest, end))
                    return out, 0
                if row.terminal == "DOCUMENT":
                    return self._document_head(out, rest, end), 0
                start = rest
        colon = any(t.type == "_COLON" for t in before)
        return self.stretch(out, start, end, declaration, depth, before, colon)

    def _is_name(self, start: int, end: int) -> bool:
        """Whether the word before stands where a fact or a state does: before a colon, a comma or an arrow, or alone."""
        rest = self.folded[start:end].lstrip()
        return rest[:1] in (":", ",", "、", "→", "") or rest.startswith("->")

    def _instalment(self, start: int, end: int) -> bool:
        """Whether the word that follows says how much is taken back a month."""
        return _INSTALMENT_NEXT.match(self.folded[start:end]) is not None

    def _named(self, declaration: str, start: int, end: int) -> bool:
        """Whether 许可 at the start of a line is a name there, by what follows it."""
        while start < end and self.folded[start] in " \t\f":
            start += 1
        match = TOKEN.match(self.folded, start, end)
        following = match.group() if match else ""
        if declaration in ("ENTITY", "STATUS", "AMEND"):  # facts and transitions begin with names
            return following in (":", ",", "→", "->")
        if declaration == "GUARANTEE":  # a condition may, and has no two names side by side
            word = match is not None and match.lastgroup == "name"
            return not word or following in _CLAIM_WORDS
        if declaration == "EXAMPLE":  # a line of facts has a colon, and so may a reason
            colon = self.folded.find(":", start, end)
            return colon >= 0 and (
                _CODE.match(following) is None or not self.folded[start + len(following) : colon].strip()
            )
        return False

    def _document_head(self, out: list[Token], start: int, end: int) -> list[Token]:
        before = _BEFORE_COLON.match(self.folded, start, end)
        colon = before.end() if before else end
        tokens, _ = self.stretch([], start, colon, "DOCUMENT", 0, [], False)
        out += tokens
        if colon < end:
            out.append(self.token("_COLON", colon, colon + 1))
            at = colon + 1
            while at < end and self.folded[at] in " \t\f":
                at += 1
            if at < end:
                out.append(self.prose(at, end))
        return out
