"""Characters → tokens. The scanner knows words, lines and indentation; the grammar (policy.lark) knows structure.

Why a scanner of our own in front of Lark: a word is a keyword only in its place (标题 is a fact's name elsewhere), some lines
end in free text, a unit after a number must not be read as a division, and a line that begins with 且 continues the one above.
Lark's lexers decide by regular expressions alone; here the place decides, and each wrong character gets a message of its own.

An item is what begins at column 0 with its indented lines. `item_lines` cuts a file into items, `scan` turns one item into
logical lines of tokens, `scan_cell` one table cell.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from typing import NamedTuple

from lark import Token

from ..diagnostics.report import Diagnostic, diagnostic
from ..source import Source, Span
from . import characters, keywords
from .keywords import UNIT_KEYS

_BODIES = frozenset(keywords.BODIES)
_HEAD = keywords.words("head")
_LINE = {k.terminal: keywords.words("line", k.terminal) for k in keywords.KEYWORDS if "head" in k.where}
_WORD = keywords.words("word")
_TYPE = keywords.words("type")
_MARK = keywords.words("mark")
_MARKED = re.compile(r"[ \t\f]*(?:,|$)", re.MULTILINE)  # what stands behind a mark
_CELL = keywords.words("cell")
_RESULT = keywords.words("result")
_DATED = keywords.words("dated")
_TAIL = keywords.words("tail")
_VALUE = keywords.words("value")
_BETWEEN = keywords.words("between")
_CLAIM = keywords.words("claim")
_CLAIM_WORDS = frozenset((*keywords.RESERVED, *_BETWEEN, *_CLAIM))
_CODE = re.compile(r"[A-Za-z][0-9]{4}")
_NOTED = frozenset((*keywords.BODIES, "GUARANTEE", "CELL"))  # where 依据 and 假设 may stand behind a line
_MODES = frozenset({"FIRST", "HIGHEST", "LOWEST", "SUM"})
_STATE_LINES = frozenset({"INITIAL", "FINAL", "ARREARS"})
_JOINS = frozenset({"且", "或", "and", "or"})

_UNIT_WORD = "|".join(sorted((re.escape(w) for w in UNIT_KEYS if w != "%"), key=len, reverse=True))
_UNIT = re.compile(rf"%|(?:{_UNIT_WORD})(?!\w)")
_TOKEN = re.compile(
    rf"""(?P<space>[ \t\f]+)
      | (?P<quoted>「[^」\n]*」)
      | (?P<string>"[^"\n]*")
      | (?P<day>[0-9]{{4}}-[0-9]{{2}}(?:-[0-9]{{2}})?(?![0-9]))
      | (?P<number>[0-9]+(?:\.[0-9]+)?)
      | (?P<name>{characters.NAME})
      | (?P<sign>>=|<=|!=|->|\.\.|[→≥≤≠<>=:,()\[\]+\-*/|.%—])""",
    re.VERBOSE,
)
_SIGNS = {
    ":": "_COLON",
    ",": "_COMMA",
    "(": "_LPAR",
    ")": "_RPAR",
    "[": "_LSQB",
    "]": "_RSQB",
    "+": "PLUS",
    "-": "MINUS",
    "*": "STAR",
    "/": "_SLASH",
    "|": "_BAR",
    ".": "_DOT",
    "..": "_RANGE",
    "%": "PERCENT",
    "—": "ANY",
    "=": "EQUAL",
    "<": "LESS",
    "→": "ARROW",
    "->": "ARROW",
}


_QUOTED_OR_COMMENT = re.compile(r'「[^」\n]*」|"[^"\n]*"|(?<!\S)//')
_DAY_FOLLOWS = re.compile(rf"[ \t]*(?:[0-9]{{4}}-[0-9]{{2}}|\(|「|{characters.NAME})")
_BEFORE_COLON = re.compile(r"(?:「[^」\n]*」|[^:\n])*")


class ScanError(Exception):
    """A character or word that cannot be read; the line is left out and the others go on."""

    def __init__(self, found: Diagnostic) -> None:
        super().__init__(found)
        self.found = found


class LogicalLine(NamedTuple):
    """One line with what continues it: its indentation in columns, its tokens, and whether it opens a dated block."""

    indent: int
    tokens: list[Token]
    opens: bool
    error: Diagnostic | None = None


class Chunk(NamedTuple):
    """Physical lines (from 1, `end` exclusive) of one item."""

    first: int
    end: int


def item_lines(source: Source, folded: str) -> Iterator[Chunk]:
    """Cuts the text where a line begins at column 0; blank and comment lines belong to the item above. An indented line before any
    declaration begins an item, too, or nobody would say that it is out of place."""
    begun = None
    for line in range(1, source.lines + 1):
        start = source.line_start(line)
        text = folded[start : start + len(source.line_text(line))]
        body = text.lstrip(" \t\f")
        if not body or body.startswith("//") or (begun is not None and len(body) < len(text)):
            continue
        if begun is not None:
            yield Chunk(begun, line)
        begun = line
    if begun is not None:
        yield Chunk(begun, source.lines + 1)


def _comment_at(folded: str, start: int, end: int) -> int:
    """Where a comment begins: `//` at the start or after white space, outside quotes; else `end`."""
    return next((m.start() for m in _QUOTED_OR_COMMENT.finditer(folded, start, end) if m.group() == "//"), end)


class Scanner:
    """Scans the items of one source. `comments` collects the spans of comments on the way."""

    def __init__(self, source: Source, folded: str) -> None:
        self.source = source
        self.folded = folded
        self.comments: list[Span] = []

    # --- lines

    def scan(self, chunk: Chunk) -> list[LogicalLine]:
        """The logical lines of an item; a line that cannot be read carries its error instead of tokens."""
        lines: list[LogicalLine] = []
        declaration = ""
        depth = 0
        for number in range(chunk.first, chunk.end):
            start = self.source.line_start(number)
            end = start + len(self.source.line_text(number))
            text_start = start
            while text_start < end and self.folded[text_start] in " \t\f":
                text_start += 1
            comment = _comment_at(self.folded, text_start, end)
            if comment < end:
                self.comments.append(Span(self.source, comment, end))
            stop = comment
            while stop > text_start and self.folded[stop - 1] in " \t\f":
                stop -= 1
            if stop <= text_start:
                continue
            indent = sum(2 if self.source.text[i] in "\u3000\t" else 1 for i in range(start, text_start))
            word = re.compile(r"\w+").match(self.folded, text_start)
            joins = bool(lines) and (depth > 0 or (indent > 0 and word is not None and word.group() in _JOINS))
            try:
                if end - start > characters.MAX_LINE:
                    raise ScanError(
                        diagnostic(
                            "P0104", Span(self.source, start, start + 1), length=end - start, most=characters.MAX_LINE
                        )
                    )
                if joins and not lines[-1].error:
                    fresh, depth = self._tokens(text_start, stop, declaration, False, depth, lines[-1].tokens)
                    lines[-1].tokens.extend(fresh)
                    self._bound(lines[-1].tokens)
                    _mark_units(lines[-1].tokens)
                    lines[-1] = lines[-1]._replace(opens=_opens(lines[-1].tokens))
                    continue
                if joins:
                    continue
                tokens, depth = self._tokens(text_start, stop, declaration, not lines and indent == 0, 0, [])
                self._bound(tokens)
                _mark_units(tokens)
            except ScanError as error:
                depth = 0
                lines.append(LogicalLine(indent, [], False, error.found))
                continue
            if not lines and tokens:
                declaration = tokens[0].type
            lines.append(LogicalLine(indent, tokens, _opens(tokens)))
        return lines

    def _bound(self, tokens: list[Token]) -> None:
        if len(tokens) > characters.MAX_TOKENS:
            raise ScanError(diagnostic("P0105", self._span(tokens[0]), most=characters.MAX_TOKENS))

    def _span(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    # --- tokens

    def _token(self, kind: str, start: int, end: int, value: str | None = None) -> Token:
        """Words and signs have one form, the half-width one; prose and quoted names (`value`) stay as they were written."""
        return Token(kind, self.folded[start:end] if value is None else value, start, None, None, None, None, end)

    def _prose(self, start: int, end: int) -> Token:
        return self._token("TEXT", start, end, self.source.text[start:end])

    def _tokens(
        self, start: int, end: int, declaration: str, head: bool, depth: int, before: list[Token]
    ) -> tuple[list[Token], int]:
        """Tokens of one physical line, and the depth of parentheses left open at its end."""
        out: list[Token] = []
        first = not before
        if first and self.folded[start] == "|":
            return [self._token("ROW", start, end)], 0
        if first:
            word = _TOKEN.match(self.folded, start, end)
            spelled = word.group("name") if word else None
            row = None
            if spelled and word is not None:
                row = (_HEAD if head else _LINE.get(declaration, {})).get(spelled)
                if row and row.terminal in _MODES and self.folded[word.end() : end].strip():
                    row = None
                if (
                    row
                    and row.terminal in _STATE_LINES
                    and self.folded[word.end() : end].lstrip()[:1] in (":", ",", "、", "")
                ):
                    row = None  # a fact of that name, added by a 修订
                if row and row.terminal == "ALLOW" and self._named(declaration, word.end(), end):
                    row = None
            if row and word:
                rest = word.end()
                while rest < end and self.folded[rest] in " \t\f":
                    rest += 1
                if row.text:
                    return [self._token(row.terminal, start, end, self.source.text[rest:end])], 0
                out.append(self._token(row.terminal, start, word.end()))
                if row.terminal in ("EXAMPLE", "GUARANTEE"):
                    if rest < end:
                        out.append(self._prose(rest, end))
                    return out, 0
                if row.terminal == "DOCUMENT":
                    return self._document_head(out, rest, end), 0
                start = rest
        colon = any(t.type == "_COLON" for t in before)
        return self._rest(out, start, end, declaration, depth, before, colon)

    def _named(self, declaration: str, start: int, end: int) -> bool:
        """Whether 许可 at the start of a line is a name there, by what follows it."""
        while start < end and self.folded[start] in " \t\f":
            start += 1
        match = _TOKEN.match(self.folded, start, end)
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
        tokens, _ = self._rest([], start, colon, "DOCUMENT", 0, [], False)
        out += tokens
        if colon < end:
            out.append(self._token("_COLON", colon, colon + 1))
            at = colon + 1
            while at < end and self.folded[at] in " \t\f":
                at += 1
            if at < end:
                out.append(self._prose(at, end))
        return out

    def _rest(
        self, out: list[Token], start: int, end: int, declaration: str, depth: int, before: list[Token], colon: bool
    ) -> tuple[list[Token], int]:
        at = start
        while at < end:
            if len(out) > characters.MAX_TOKENS:
                self._bound(out)
            match = _TOKEN.match(self.folded, at, end)
            if match is None:
                raise ScanError(self._strange(at))
            kind, text = match.lastgroup, match.group()
            stop = match.end()
            previous = out[-1] if out else before[-1] if before else None
            if kind == "space":
                at = stop
                continue
            if kind == "name":
                strange = characters.disguised(text)
                if strange >= 0:
                    raise ScanError(self._strange(at + strange))
                token = self._word(at, stop, text, declaration, previous, colon)
                if (
                    token.type == "NAME"
                    and text in _MARK
                    and declaration in ("ENTITY", "AMEND")
                    and colon
                    and not depth
                    and self._marks(stop, end, previous)
                ):
                    token = self._token(_MARK[text].terminal, at, stop)
                if token.type in ("UNDER", "ASSUME"):
                    at = self._note(out, token, stop, end)
                    continue
                out.append(token)
            elif kind == "quoted":
                if not text[1:-1].strip():
                    raise ScanError(diagnostic("P0112", Span(self.source, at, stop)))
                for i in range(at, stop):
                    if characters.is_hidden(self.source.text[i]):
                        raise ScanError(self._strange(i))
                out.append(self._token("NAME", at, stop, self.source.text[at + 1 : stop - 1]))
            elif kind == "string":
                out.append(self._token("STRING", at, stop, self.source.text[at + 1 : stop - 1]))
            elif kind == "day":
                out.append(self._token("DAY" if len(text) == 10 else "MONTH", at, stop))
                self._glued(at, stop, end)
            elif kind == "number":
                stop = self._number(out, at, stop, end)
            else:
                type_ = _SIGNS.get(text, "COMPARE")
                depth += (text in "([") - (text in ")]")
                if depth > characters.MAX_NESTING:
                    raise ScanError(diagnostic("P0103", Span(self.source, at, stop), most=characters.MAX_NESTING))
                colon = colon or text == ":"
                out.append(self._token(type_, at, stop))
            at = stop
        return out, max(depth, 0)

    def _marks(self, stop: int, end: int, previous: Token | None) -> bool:
        """Whether a word of a fact's line that ends here stands alone behind a comma: `出生日期 : 日期, 出生`."""
        return previous is not None and previous.type == "_COMMA" and _MARKED.match(self.folded, stop, end) is not None

    def _note(self, out: list[Token], token: Token, start: int, end: int) -> int:
        """Free text after 依据 or 假设, up to the line's end or the next of the two words."""
        stop = end
        for other in re.compile(r"(?<=[ \t])\w+").finditer(self.folded, start, end):
            if other.group() in _TAIL:
                stop = other.start()
                break
        text = self.source.text[start:stop].strip(" \t\u3000\u00a0")
        out.append(self._token(token.type, token.start_pos or 0, stop, text))
        return stop

    def _word(self, at: int, stop: int, text: str, declaration: str, previous: Token | None, colon: bool) -> Token:
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
        elif declaration == "GUARANTEE" and text in _CLAIM:
            row = _CLAIM[text]
        elif text in _WORD:
            row = _WORD[text]
        if row is not None:
            return self._token(row.terminal, at, stop)
        if (
            text in keywords.COMPARISON_WORDS
            and last != "_DOT"
            and (declaration not in ("ENTITY", "TYPE") or colon)
            and not (declaration == "AMEND" and not colon and last in ("", "_COMMA"))  # a fact that 修订 adds
        ):
            return self._token("AT_LEAST" if text in ("不低于", "at_least") else "COMPARE", at, stop)
        return self._token("NAME", at, stop)

    def _number(self, out: list[Token], at: int, stop: int, end: int) -> int:
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
        out.append(self._token("NUMBER", at, stop))
        gap = stop
        while gap < end and self.folded[gap] in " \t\f":
            gap += 1
        unit = _UNIT.match(self.folded, gap, end)
        if unit:
            out.append(self._token("UNIT", gap, unit.end()))
            return unit.end()
        if gap == stop:
            word = _TOKEN.match(self.folded, stop, end)
            if word is not None and word.group("name") and characters.disguised(word.group()) < 0:
                out.append(self._token("GLUED", stop, word.end()))  # 3亩: a unit, if the policy declares it
                return word.end()
            self._glued(at, stop, end)
        return stop

    def _glued(self, at: int, stop: int, end: int) -> None:
        """What stands right behind digits is no word that could be a unit."""
        word = re.compile(r"\w+").match(self.folded, stop, end)
        if word:
            raise ScanError(
                diagnostic(
                    "P0109", Span(self.source, at, word.end()), digits=self.source.text[at:stop], word=word.group()
                )
            )

    def _strange(self, at: int) -> Diagnostic:
        character = self.source.text[at]
        span = Span(self.source, at, at + 1)
        if character.isdecimal():
            stop = at
            while stop < len(self.source.text) and (
                self.source.text[stop].isdecimal() or self.source.text[stop] in ".．"
            ):
                stop += 1
            written = self.source.text[at:stop]
            plain = "".join(str(int(c)) if c.isdecimal() else "." for c in written)
            return diagnostic("P0110", Span(self.source, at, stop), written=written, plain=plain)
        if characters.is_hidden(character):
            return diagnostic("P0111", span, character=characters.describe(character))
        plain = characters.lookalike(character)
        if plain and _TOKEN.match(characters.fold(plain)):
            return diagnostic("P0113", span, character=characters.describe(character), plain=plain)
        if character in '「」"“”':
            return diagnostic("P0114", span, character=character)
        return diagnostic("P0115", span, character=characters.describe(character))

    # --- cells

    def row(self, token: Token) -> tuple[list[tuple[int, int]], tuple[int, int]]:
        """The cells of a ROW token and what stands behind its last bar, as offsets without outer white space."""
        start, end = token.start_pos or 0, token.end_pos or 0
        bars = []
        quoted = False
        for i in range(start, end):
            c = self.folded[i]
            if c in "「」":
                quoted = c == "「"
            elif c == "|" and not quoted:
                bars.append(i)
        cells = [self._trim(a + 1, b) for a, b in itertools.pairwise(bars)]
        return cells, self._trim(bars[-1] + 1, end)

    def _trim(self, start: int, end: int) -> tuple[int, int]:
        while start < end and self.folded[start] in " \t\f":
            start += 1
        while end > start and self.folded[end - 1] in " \t\f":
            end -= 1
        return start, end

    def scan_cell(self, start: int, end: int) -> list[Token]:
        """Tokens of one cell; a lone dash is `—`."""
        if self.folded[start:end] in ("-", "—", "--", "——"):
            return [self._token("ANY", start, end)]
        word = _TOKEN.match(self.folded, start, end)
        out: list[Token] = []
        if word and word.group("name") in ("自", "from"):
            out.append(self._token("FROM", start, word.end()))
            start = word.end()
        tokens, _ = self._rest(out, start, end, "CELL", 0, [], False)
        self._bound(tokens)
        _mark_units(tokens)
        return tokens


def _mark_units(tokens: list[Token]) -> None:
    """The slash between a written unit and a name becomes a PER: the name may go on with the unit, `300 元/床`.

    Not where the name itself goes on, as a path, a call or a value of another day does.
    """
    for start, number in enumerate(tokens):
        if number.type != "NUMBER" or start + 1 == len(tokens) or tokens[start + 1] == "%":
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


def _opens(tokens: list[Token]) -> bool:
    """Whether a line is `自 D …` without a value: then the lines indented under it belong to it."""
    return (
        bool(tokens)
        and tokens[0].type == "FROM"
        and not any(t.type in ("IS", "_COLON", "AT_LEAST", "TARGET", "PENDING", "REPEAL") for t in tokens)
    )
