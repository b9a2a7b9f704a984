"""A stretch of text → tokens, one after the other."""

from __future__ import annotations

from lark import Token

from ...diagnostics.report import diagnostic
from ...source import Span
from .. import characters, keywords
from .numbers import Numbers
from .tokens import SIGNS, TOKEN, ScanError
from .unreadable import unreadable
from .words import MARK, PAID, Words


class Stretches(Words, Numbers):
    """What stands in a line behind its first keyword, or in a cell."""

    def stretch(
        self, out: list[Token], start: int, end: int, declaration: str, depth: int, before: list[Token], colon: bool
    ) -> tuple[list[Token], int]:
        at = start
        lead = before or out
        head = lead[0] if lead and (not declaration or lead[0].type in PAID) else None
        while at < end:
            if len(out) > characters.MAX_TOKENS:
                self.bound(out)
            match = TOKEN.match(self.folded, at, end)
            if match is None:
                raise ScanError(unreadable(self.source, at))
            kind, text = match.lastgroup, match.group()
            stop = match.end()
            previous = out[-1] if out else before[-1] if before else None
            if kind == "space":
                at = stop
                continue
            if kind == "name":
                strange = characters.disguised(text)
                if strange >= 0:
                    raise ScanError(unreadable(self.source, at + strange))
                token = self.word(at, stop, text, declaration, previous, colon, depth)
                paying = self.paying(at, head, previous, colon) if head is not None and previous is not None else None
                if paying is not None:
                    token, stop = paying, paying.end_pos or stop
                if (
                    token.type == "NAME"
                    and text in MARK
                    and declaration in ("ENTITY", "AMEND")
                    and colon
                    and not depth
                    and self.marks(stop, end, previous)
                ):
                    token = self.token(MARK[text].terminal, at, stop)
                if (
                    text == keywords.A_MONTH
                    and [t.type for t in (before or out)[:1]] == ["RECOVER"]
                    and self.ends(stop, end)
                ):
                    token = self.token("A_MONTH", at, stop)
                if token.type in ("UNDER", "ASSUME"):
                    at = self.note(out, token, stop, end)
                    continue
                out.append(token)
            elif kind == "quoted":
                if not text[1:-1].strip():
                    raise ScanError(diagnostic("P0112", Span(self.source, at, stop)))
                for i in range(at, stop):
                    if characters.is_hidden(self.source.text[i]):
                        raise ScanError(unreadable(self.source, i))
                out.append(self.token("NAME", at, stop, self.source.text[at + 1 : stop - 1]))
            elif kind == "string":
                out.append(self.token("STRING", at, stop, self.source.text[at + 1 : stop - 1]))
            elif kind == "day":
                out.append(self.token("DAY" if len(text) == 10 else "MONTH", at, stop))
                self.glued(at, stop, end)
            elif kind == "number":
                stop = self.number(out, at, stop, end)
            else:
                type_ = SIGNS.get(text, "COMPARE")
                depth += (text in "([") - (text in ")]")
                if depth > characters.MAX_NESTING:
                    raise ScanError(diagnostic("P0103", Span(self.source, at, stop), most=characters.MAX_NESTING))
                colon = colon or text == ":"
                out.append(self.token(type_, at, stop))
            at = stop
        return out, max(depth, 0)
