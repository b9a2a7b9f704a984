"""Numbers with their units."""

from __future__ import annotations

import re

from lark import Token

from ...diagnostics.report import diagnostic
from ...source import Span
from .. import characters
from ..keywords import UNIT_KEYS
from .tokens import TOKEN, ScanError, Tokens

_UNIT_WORD = "|".join(sorted((re.escape(w) for w in UNIT_KEYS if w != "%"), key=len, reverse=True))
_UNIT = re.compile(rf"%|(?:{_UNIT_WORD})(?!\w)")


class Numbers(Tokens):
    """Digits and what stands behind them."""

    def number(self, out: list[Token], at: int, stop: int, end: int) -> int:
        digits = stop - at
        if digits > characters.MAX_DIGITS:
            raise ScanError(diagnostic("P0106", Span(self.source, at, stop), digits=digits, most=characters.MAX_DIGITS))
        thousands = re.compile(r"(?:,[0-9]{3})+(?![0-9])").match(self.folded, stop, end)
        if thousands and stop - at <= 3:
            written = self.source.text[at : thousands.end()]
            plain = written.replace(",", "").replace("，", "")
            raise ScanError(diagnostic("P0107", Span(self.source, at, thousands.end()), written=written, plain=plain))
        odd = re.compile(r"_[0-9]+|[eE][+-]?[0-9]+").match(self.folded, stop, end)
        if odd:
            raise ScanError(
                diagnostic("P0108", Span(self.source, at, odd.end()), written=self.source.text[at : odd.end()])
            )
        out.append(self.token("NUMBER", at, stop))
        gap = stop
        while gap < end and self.folded[gap] in " \t\f":
            gap += 1
        unit = _UNIT.match(self.folded, gap, end)
        if unit:
            out.append(self.token("UNIT", gap, unit.end()))
            return unit.end()
        if gap == stop:
            word = TOKEN.match(self.folded, stop, end)
            if word is not None and word.group("name") and characters.disguised(word.group()) < 0:
                out.append(self.token("GLUED", stop, word.end()))  # 3亩: a unit, if the policy declares it
                return word.end()
            self.glued(at, stop, end)
        return stop

    def glued(self, at: int, stop: int, end: int) -> None:
        """What stands right behind digits is no word that could be a unit."""
        word = re.compile(r"\w+").match(self.folded, stop, end)
        if word:
            raise ScanError(
                diagnostic(
                    "P0109", Span(self.source, at, word.end()), digits=self.source.text[at:stop], word=word.group()
                )
            )


def mark_units(tokens: list[Token]) -> None:
    """The slash between a written unit and a name becomes a PER: the name may go on with the unit, `300 元/床`.

    Not where the name itself goes on, as a path, a call or a value of another day does.
    """
    for start, number in enumerate(tokens):
        if number.type != "NUMBER" or start + 1 == len(tokens):
            continue
        at = start + 2
        while [t.type for t in tokens[at - 1 : at + 2 : 2]] in (
            ["UNIT", "NAME"],
            ["NAME", "NAME"],
            ["GLUED", "NAME"],
        ):
            slash, following = tokens[at], tokens[at + 2 : at + 3]
            if slash.type not in ("_SLASH", "PER") or tokens[at + 1] == "%":
                break
            slash.type = "_SLASH" if following and following[0].type in ("_DOT", "_LPAR", "ON") else "PER"
            at += 2
