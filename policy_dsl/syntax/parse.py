"""Tokens → tree. Each item at column 0 is parsed on its own, so a mistake in one never hides those in the others.

Inside an item, a line that cannot be read is reported and left out, and the item is parsed again without it: all independent
mistakes come at once. An item with a mistake is not kept, but the name that it would have declared is (File.broken), so that
later passes say nothing that only follows from its absence.
"""

from __future__ import annotations

import itertools
import re
from collections import OrderedDict
from collections.abc import Iterator

from attrs import evolve
from lark import Token, UnexpectedInput, UnexpectedToken

from ..diagnostics.report import Diagnostic, Enough, Report, suggestion
from ..source import Source, Span
from . import characters, keywords, nodes, undated
from .allowances import taken_out
from .builder.pieces import Reject
from .builder.tables import CellError
from .expected import expected_words, found_words, line_hint
from .grammar import Grammar, grammar
from .scan.items import Chunk, item_lines
from .scan.lines import LogicalLine
from .scan.scanner import Scanner
from .scan.tokens import ScanError

MOST_REMEMBERED = 300_000  # characters of the texts whose trees are kept, some 40 bytes each

_remembered: OrderedDict[tuple[str, str], tuple[nodes.File, list[Diagnostic]]] = OrderedDict()


def parse(source: Source, report: Report) -> nodes.File:
    """The tree of one file. Everything that cannot be read is reported, what is left is returned.

    Several places extend one layer, and each is compiled with it: a text that was just read, under the same name, is not read again.
    """
    key = (source.name, source.text)
    with grammar().lock:
        found = _remembered.get(key)
        if found is None:
            mine = Report()
            try:
                tree = _parsed(source, mine)
            except Enough:
                report.take(mine)
                raise
            found = _remembered[key] = (tree, mine.items)
            size = sum(len(text) for _, text in _remembered)
            while size > MOST_REMEMBERED:
                size -= len(_remembered.popitem(last=False)[0][1])
        else:
            _remembered.move_to_end(key)
    tree, told = found
    for diagnostic in told:
        report.add(diagnostic)
    return tree


def _parsed(source: Source, report: Report) -> nodes.File:
    whole = Span(source, 0, len(source.text))
    if not source.text.strip():
        report.error("P0124", Span(source, 0, 0))
        return nodes.File((), span=whole)
    folded = characters.fold(source.text)
    scanner = Scanner(source, folded)
    items: list[nodes.Item] = []
    broken: set[str] = set()
    machine = grammar()
    for mark in characters.BIDIRECTIONAL.finditer(source.text):
        report.error("P0111", Span(source, *mark.span()), character=characters.describe(mark.group()))
    with machine.lock:
        machine.builder.source, machine.builder.scanner = source, scanner
        chunks = list(item_lines(source, folded))
        scanner.scan(Chunk(1, chunks[0].first if chunks else source.lines + 1))  # for the comments above the first item
        for chunk in chunks:
            item = _item(source, folded, scanner, chunk, machine, report, broken)
            if item is not None:
                items.append(item)
    comments = tuple(nodes.Comment(s.text.strip(), span=s) for s in scanner.comments)
    return nodes.File(tuple(items), comments, frozenset(broken), span=whole)


def _item(
    source: Source, folded: str, scanner: Scanner, chunk: Chunk, machine: Grammar, report: Report, broken: set[str]
) -> nodes.Item | None:
    start = source.line_start(chunk.first)
    line = source.line_text(chunk.first)
    end = start + len(line)
    head = folded[start:end]
    if head[0] in "#>":
        for stray in scanner.scan(Chunk(chunk.first + 1, chunk.end))[:1]:
            if stray.error:
                report.add(stray.error)
            else:
                report.error("P0116", Span(source, stray.tokens[0].start_pos or 0, stray.tokens[-1].end_pos or 0))
    if head[0] in "#>" and len(line) > characters.MAX_LINE:
        report.error("P0104", Span(source, start, start + 1), length=len(line), most=characters.MAX_LINE)
        return None
    if head.startswith("#"):
        level = len(head) - len(head.lstrip("#"))
        return nodes.Heading(level, line[level:].strip(" \t\u3000"), span=Span(source, start, end))
    if head.startswith(">"):
        return nodes.Gist(line[1:].strip(" \t\u3000"), span=Span(source, start, end))
    if head[0] in " \t\f":
        at = start + len(head) - len(head.lstrip())
        report.error("P0116", Span(source, at, end))
        return None
    logical = scanner.scan(chunk)
    failed = False
    for bad in [x for x in logical if x.error]:
        assert bad.error is not None
        report.add(bad.error)
        failed = True
    if failed and logical[0].error:
        broken.update(_declared(head))
        return None
    logical = [x for x in logical if not x.error]
    if failed and len(logical) == 1:
        broken.update(_declared(head))
        return None
    covers = Span(source, start, source.line_start(chunk.end - 1) + len(source.line_text(chunk.end - 1)))
    logical, allowances, wrong = taken_out(logical, source, covers, report)
    failed = failed or wrong
    first = logical[0].tokens[0]
    if first.type not in DECLARATIONS:
        word = str(first)
        zh, en = suggestion(word, [w for k in keywords.KEYWORDS if "head" in k.where for w in (k.zh, k.en)])
        report.error(
            "P0117",
            Span(source, first.start_pos or start, first.end_pos or end),
            word=word,
            hint=(
                zh or "行首只写声明（政策、对象、规则……）、# 标题或 > 摘要；其余的行要缩进",
                en or "only declarations, # headings and > gists begin at the line's start; indent other lines",
            ),
        )
        return None
    deep = _too_deep(logical)
    if deep is not None:
        report.error("P0131", machine.builder.at(deep.tokens[0]), most=characters.MAX_BLOCKS)
        broken.update(_declared(head))
        return None
    names = [*_declared(head), *_states(logical), *_labels(logical)]
    read = 0
    while logical:
        tokens, owners = _stream(logical)
        try:
            made = machine.parse_tokens(tokens)
        except (Reject, ScanError, CellError, UnexpectedInput) as error:
            at = _report(error, source, tokens, report, start)
            failed = True
            owner = next((k for k, (a, b) in enumerate(owners) if a <= at < b), len(logical) - 1)
            read += len(logical)
            if owner == 0 or read > characters.MAX_REREAD:
                break
            logical = _without(logical, owner)
            if len(logical) == 1:
                break
            continue
        if failed:
            break
        assert isinstance(made, nodes.Declaring)
        return evolve(made, allowances=allowances) if allowances else made  # type: ignore[return-value]
    broken.update(names)
    return None


DECLARATIONS = frozenset(k.terminal for k in keywords.KEYWORDS if "head" in k.where)


def _declared(head: str) -> list[str]:
    """Names that a broken declaration probably declares: the words before its colon or equals sign."""
    body = head.split(":")[0].split("=")[0].replace("「", " ").replace("」", " ").replace("(", " ")
    words = body.split()
    if len(words) < 2:
        return []
    row = next((k for k in keywords.KEYWORDS if "head" in k.where and words[0] in (k.zh, k.en)), None)
    if row is None:
        return []
    if row.terminal in ("RULE", "BENEFIT", "STATUS"):
        return words[-1:]
    return [words[1]] if row.terminal in ("ENTITY", "TYPE", "PARAMETER", "DOCUMENT") else []


def _states(logical: list[LogicalLine]) -> Iterator[str]:
    """The states that a broken status probably declares: the names in its lines before any condition."""
    if logical[0].tokens[0].type == "STATUS":
        for line in logical[1:]:
            for token in itertools.takewhile(lambda t: t.type != "WHEN", line.tokens):
                if token.type == "NAME":
                    yield str(token)


def _labels(logical: list[LogicalLine]) -> Iterator[str]:
    """The names of the exceptions in a broken declaration: others may beat them."""
    for line in logical[1:]:
        if len(line.tokens) > 1 and (line.tokens[0].type, line.tokens[1].type) == ("EXCEPT", "NAME"):
            yield str(line.tokens[1])


def _too_deep(logical: list[LogicalLine]) -> LogicalLine | None:
    """The line that opens one dated block too many inside others."""
    open_: list[int] = []
    for line in logical:
        while open_ and line.indent <= open_[-1]:
            open_.pop()
        if line.opens:
            open_.append(line.indent)
            if len(open_) > characters.MAX_BLOCKS:
                return line
    return None


def _without(logical: list[LogicalLine], owner: int) -> list[LogicalLine]:
    """The lines without line `owner`, without what is indented under it where it opens a block, without the rows under a table's
    header; nor a block left empty."""
    end = owner + 1
    if _is_row(logical[owner]) and not _is_row(logical[owner - 1]):
        while end < len(logical) and _is_row(logical[end]):
            end += 1
    if logical[owner].opens:
        while end < len(logical) and logical[end].indent > logical[owner].indent:
            end += 1
    left = logical[:owner] + logical[end:]
    before = owner - 1
    if before > 0 and left[before].opens and (owner >= len(left) or left[owner].indent <= left[before].indent):
        return _without(left, before)
    return left


def _is_row(line: LogicalLine) -> bool:
    return line.tokens[0].type == "ROW"


def _stream(logical: list[LogicalLine]) -> tuple[list[Token], list[tuple[int, int]]]:
    """Tokens of the item with line ends and indentation; for each line its stretch of offsets."""
    tokens: list[Token] = []
    owners: list[tuple[int, int]] = []
    blocks: list[int] = []
    opened = False
    for n, line in enumerate(logical):
        while blocks and line.indent <= blocks[-1]:
            tokens.append(_mark("_DEDENT", tokens))
            blocks.pop()
        if n == 1:
            tokens.append(_mark("_INDENT", tokens))
        elif n > 1 and opened and line.indent > logical[n - 1].indent:
            tokens.append(_mark("_INDENT", tokens))
            blocks.append(logical[n - 1].indent)
        tokens.extend(line.tokens)
        tokens.append(_mark("_NL", tokens))
        owners.append((line.tokens[0].start_pos or 0, (line.tokens[-1].end_pos or 0) + 1))
        opened = line.opens
    for _ in blocks:
        tokens.append(_mark("_DEDENT", tokens))
    if len(logical) > 1:
        tokens.append(_mark("_DEDENT", tokens))
    return tokens, owners


def _mark(kind: str, tokens: list[Token]) -> Token:
    end = tokens[-1].end_pos or 0
    return Token(kind, "", end, None, None, None, None, end)


def _report(error: Exception, source: Source, tokens: list[Token], report: Report, start: int) -> int:
    """Says in the drafter's words what is wrong; returns the offset, so that the line can be left out."""
    rule = "start"
    if isinstance(error, ScanError):
        report.add(error.found)
        place = error.found.place
        assert place is not None
        return source.line_start(place.line) + place.column - 1
    if isinstance(error, Reject):
        report.error(error.code, error.span, **error.words)
        return error.span.start
    end: Token | None = None
    if isinstance(error, CellError):
        end, rule = error.end, error.start
        error = error.error
    assert isinstance(error, UnexpectedInput)
    if not isinstance(error, UnexpectedToken):
        report.error(
            "P0101", Span(source, start, start + 1), found=str(error), found_en=str(error), expected="", expected_en=""
        )
        return start
    token = error.token
    if end is not None and token.type == "$END":
        token = end
    a, b = token.start_pos or 0, token.end_pos or 0
    if token.type == "MONTH":
        left, right = str(token).split("-")
        report.error("P0122", Span(source, a, b), written=str(token), left=left, right=str(int(right)))
        return a
    glued = re.compile(r"\w+").match(source.text, b) if token.type == "NUMBER" else None
    if glued is not None and glued.group() not in keywords.UNIT_KEYS:
        report.error("P0109", Span(source, a, glued.end()), digits=str(token), word=glued.group())
        return a
    if token.type == "$END" and end is None:
        token = Token("$END", "", tokens[-1].end_pos, None, None, None, None, tokens[-1].end_pos)
        a = b = tokens[-1].end_pos or 0
    way_out = undated.way_out(tokens, token, rule)
    if way_out is not None:
        report.error("P0420", Span(source, a, max(b, a + 1)), hint=way_out)
        return a
    accepts = set(error.accepts or error.expected)
    history = [t for t in tokens if (t.end_pos or 0) <= a]
    zh, en = expected_words(accepts)
    found, found_en = found_words(token)
    if token.type in ("_NL", "_INDENT", "_DEDENT", "$END"):
        a = history[-1].start_pos or 0 if history else a
        b = history[-1].end_pos or b if history else b
        if rule != "start":
            a, b = max(0, b - 1), b
    apart = keywords.apart(str(token)) if token.type == "NAME" else ""
    hint = (f"词与词之间留空格：{apart}", f"put spaces between the words: {apart}") if apart else None
    hint = hint or line_hint(tokens, token, accepts)
    if token.type == "NUMBER":
        words = source.text[max(0, a - 40) : a].split()
        before = words[-1] if words else ""
        if before in _BEHIND:
            hint = (
                f"「{before}」写在数的后面：{token} {before}",
                f"“{before}” stands behind the number: {token} {before}",
            )
    report.error(
        "P0101",
        Span(source, a, max(b, a + 1)),
        found=found,
        found_en=found_en,
        expected=zh,
        expected_en=en,
        hint=hint,
    )
    return a


_BEHIND = keywords.words("cell")  # 以上, 以下, 以内
