"""Tokens → tree. Each item at column 0 is parsed on its own, so a mistake in one never hides those in the others.

Inside an item, a line that cannot be read is reported and left out, and the item is parsed again without it: all independent
mistakes come at once. An item with a mistake is not kept, but the name that it would have declared is (File.broken), so that
later passes say nothing that only follows from its absence.
"""

from __future__ import annotations

import datetime
import threading
from functools import lru_cache
from typing import Any

from lark import Lark, Token, UnexpectedInput, UnexpectedToken
from lark.lexer import Lexer

from ..diagnostics.report import Report, suggestion
from ..source import Source, Span
from . import characters, keywords, nodes
from .expected import expected_words, found_words
from .keywords import COMPARISON_WORDS, SIGNS, UNIT_KEYS
from .scan import Chunk, LogicalLine, ScanError, Scanner, item_lines
from .traverse import depth

NOT_YET = frozenset({"STATUS", "GUARANTEE"})


class _Tokens(Lexer):
    """Hands Lark the tokens that the scanner made."""

    __future_interface__ = 2

    def __init__(self, lexer_conf: Any) -> None:
        pass

    def lex(self, lexer_state: Any, parser_state: Any) -> Any:
        return iter(lexer_state.text)


class _Reject(Exception):
    """Raised by the builder for what the grammar lets through and the language does not."""

    def __init__(self, span: Span, code: str, **words: Any) -> None:
        super().__init__(code)
        self.span, self.code, self.words = span, code, words


class Builder:
    """One method per alternative of policy.lark; children come with every token, so spans are exact."""

    def __init__(self) -> None:
        self.source = Source("", "")
        self.scanner: Scanner | None = None

    # --- helpers

    def span(self, children: list[Any]) -> Span:
        start: int | None = None
        end = 0
        for c in children:
            for part in c if isinstance(c, tuple) else (c,):
                if isinstance(part, Token):
                    s, e = part.start_pos or 0, part.end_pos or 0
                elif isinstance(part, nodes.Node):
                    s, e = part.span.start, part.span.end
                else:
                    continue
                if e > s:
                    start = s if start is None else min(start, s)
                    end = max(end, e)
        return Span(self.source, start or 0, end)

    def at(self, token: Token) -> Span:
        return Span(self.source, token.start_pos or 0, token.end_pos or 0)

    @staticmethod
    def take(children: list[Any], *types: str) -> list[str]:
        return [str(c) for c in children if isinstance(c, Token) and c.type in types]

    @staticmethod
    def pick(children: list[Any], *types: type) -> list[Any]:
        return [c for c in children if isinstance(c, types)]

    def start(self, c: list[Any]) -> Any:
        return c[0]

    # --- declarations

    def policy(self, c: list[Any]) -> nodes.PolicyHead:
        lines = self.once(c)
        return nodes.PolicyHead(str(c[1]), lines.get("EXTENDS"), lines.get("JURISDICTION"), span=self.span(c[:2]))

    def once(self, c: list[Any]) -> dict[str, str]:
        """The lines under a head by their keyword; none may be written twice, or one of the two would be lost."""
        lines: dict[str, str] = {}
        for word, value in (x for x in c if isinstance(x, tuple)):
            if word.type in lines:
                raise _Reject(
                    self.at(word),
                    "P0101",
                    found="同一说明写了两次",
                    found_en="the same line twice",
                    expected="",
                    expected_en="",
                )
            lines[word.type] = value
        return lines

    def extends(self, c: list[Any]) -> tuple[Token, str]:
        return (c[0], str(c[1]))

    def text_line(self, c: list[Any]) -> tuple[Token, str]:
        return (c[0], str(c[0]))

    def dated_line(self, c: list[Any]) -> tuple[Token, str]:
        return (c[0], self.calendar(c[1]))

    def document(self, c: list[Any]) -> nodes.Document:
        lines = self.once(c)
        number = self.take(c, "TEXT")
        return nodes.Document(
            str(c[1]),
            number[0].strip() if number else "",
            lines.get("TITLE"),
            lines.get("ISSUER"),
            lines.get("DATED"),
            span=self.span(c[:4]),
        )

    def entity(self, c: list[Any]) -> nodes.Entity:
        names = self.take(c, "NAME")
        return nodes.Entity(
            names[0], names[1] if len(names) > 1 else None, tuple(self.pick(c, nodes.Fact)), span=self.span(c[:4])
        )

    def names(self, c: list[Any]) -> tuple[Token, ...]:
        return tuple(x for x in c if x.type == "NAME")

    def fact(self, c: list[Any]) -> nodes.Fact:
        options: dict[str, Any] = {}
        for key, value, span in (
            x
            for x in c
            if isinstance(x, tuple) and len(x) == 3 and isinstance(x[0], str) and not isinstance(x[0], Token)
        ):
            if key in options:
                raise _Reject(
                    span,
                    "P0101",
                    found="同一说明写了两次",
                    found_en="the same option twice",
                    expected="",
                    expected_en="",
                )
            options[key] = value
        return nodes.Fact(tuple(map(str, c[0])), c[2], **options, span=self.span(c))

    def option_range(self, c: list[Any]) -> Any:
        return ("range", (c[0], c[2]), self.span(c))

    def option_default(self, c: list[Any]) -> Any:
        return ("default", c[1], self.span(c))

    def option_fixed(self, c: list[Any]) -> Any:
        return ("fixed", True, self.span(c))

    def option_ask(self, c: list[Any]) -> Any:
        return ("ask", str(c[1]), self.span(c))

    def option_by(self, c: list[Any]) -> Any:
        return ("by", str(c[1]), self.span(c))

    def option_when(self, c: list[Any]) -> Any:
        return ("when", self.limited(c[1]), self.span(c))

    def named_type(self, c: list[Any]) -> nodes.NamedType:
        return nodes.NamedType(tuple(self.take(c, "NAME")), span=self.span(c))

    def percent_type(self, c: list[Any]) -> nodes.NamedType:
        return nodes.NamedType(("%",), span=self.span(c))

    def inline_enumeration(self, c: list[Any]) -> nodes.InlineEnumeration:
        return nodes.InlineEnumeration(tuple(self.take(c, "NAME")), span=self.span(c))

    def list_of(self, c: list[Any]) -> nodes.ListOf:
        return nodes.ListOf(str(c[1]), span=self.span(c))

    def type_unit(self, c: list[Any]) -> nodes.TypeDeclaration:
        if str(c[3]) not in ("单位", "unit"):
            raise _Reject(self.at(c[3]), "P0219", name=str(c[1]))
        return nodes.TypeDeclaration(str(c[1]), "unit", span=self.span(c[:2]))

    def type_ordered(self, c: list[Any]) -> nodes.TypeDeclaration:
        return nodes.TypeDeclaration(str(c[1]), "ordered", tuple(self.take(c[2:], "NAME")), span=self.span(c[:2]))

    def type_unordered(self, c: list[Any]) -> nodes.TypeDeclaration:
        return nodes.TypeDeclaration(str(c[1]), "unordered", tuple(self.take(c[2:], "NAME")), span=self.span(c[:2]))

    def parameter(self, c: list[Any]) -> nodes.Parameter:
        keys = next((tuple(map(str, x)) for x in c if isinstance(x, tuple) and x and isinstance(x[0], Token)), ())
        (type_,) = self.pick(c, nodes.NamedType, nodes.InlineEnumeration, nodes.ListOf)
        dates = self.pick(c, nodes.Dates)
        body = self.body_of(c[-1], str(c[1]), keys)
        return nodes.Parameter(str(c[1]), keys, type_, dates[0] if dates else None, body, span=self.span(c[:-1]))

    def rule(self, c: list[Any]) -> nodes.Rule:
        (type_,) = self.pick(c, nodes.NamedType, nodes.InlineEnumeration, nodes.ListOf)
        dates = self.pick(c, nodes.Dates)
        name = str(c[2])
        return nodes.Rule(
            tuple(map(str, c[1])),
            name,
            type_,
            dates[0] if dates else None,
            self.body_of(c[-1], name, None),
            c[0].type == "BENEFIT",
            span=self.span(c[:-1]),
        )

    def amendment_facts(self, c: list[Any]) -> nodes.Amendment:
        return nodes.Amendment(tuple(map(str, c[1])), (), tuple(self.pick(c, nodes.Fact)), span=self.span(c[:2]))

    def amendment(self, c: list[Any]) -> nodes.Amendment:
        names = tuple(map(str, c[1]))
        return nodes.Amendment(names, self.body_of(c[-1], names[0], None), span=self.span(c[:2]))

    # --- bodies

    def body(self, c: list[Any]) -> list[Any]:
        return [x for x in c if not isinstance(x, Token)]

    def body_of(self, lines: list[Any], name: str, keys: tuple[str, ...] | None) -> tuple[nodes.Line, ...]:
        """Tables are read here, since only the declaration's name tells which columns are results."""
        out: list[nodes.Line] = []
        for line in lines:
            if isinstance(line, list):
                out.append(self.table_of(line, name, keys))
            elif isinstance(line, nodes.Dated):
                out.append(
                    nodes.Dated(line.dates, self.body_of(list(line.lines), name, keys), line.inline, span=line.span)
                )
            else:
                out.append(line)
        return tuple(out)

    def value(self, c: list[Any]) -> nodes.Value:
        return nodes.Value(c[1], c[2], span=self.span(c[:-1]))

    def branch(self, c: list[Any]) -> nodes.Branch:
        return nodes.Branch(self.limited(c[1]), c[3], c[4], span=self.span(c[:-1]))

    def otherwise(self, c: list[Any]) -> nodes.Otherwise:
        return nodes.Otherwise(c[2], c[3], span=self.span(c[:-1]))

    def exception(self, c: list[Any]) -> nodes.Except:
        result = self.pick(c, nodes.Result)[0]
        beats = next((tuple(map(str, x)) for x in c if isinstance(x, tuple)), ())
        notes = self.pick(c, nodes.Notes)[0]
        label = str(c[1]) if c[1] is not None else ""
        return nodes.Except(label, self.limited(c[3]), result, beats, notes, span=self.span(c[:-1]))

    def mode(self, c: list[Any]) -> Any:
        return c[0]

    def mode_line(self, c: list[Any]) -> nodes.Mode:
        return nodes.Mode(c[0].type.lower(), span=self.at(c[0]))

    def remark(self, c: list[Any]) -> nodes.Remark:
        return nodes.Remark(self.notes(c[:-1]), span=self.span(c[:-1]))

    def dated_value(self, c: list[Any]) -> nodes.Dated:
        value = nodes.Value(c[2], c[4], span=self.span(c[1:-1]))
        return nodes.Dated(self.publish(c[0], c[3]), (value,), True, span=self.span(c[:-1]))

    def dated_special(self, c: list[Any]) -> nodes.Dated:
        """`自 D 不低于 420`, `自 D 待定`: these need no 为."""
        value = nodes.Value(c[1], c[3], span=self.span(c[1:-1]))
        return nodes.Dated(self.publish(c[0], c[2]), (value,), True, span=self.span(c[:-1]))

    def publish(self, dates: nodes.Dates, late: str | None) -> nodes.Dates:
        """公布 may stand before the value or behind it; both mean the same."""
        if late is None:
            return dates
        if dates.published is not None:
            raise _Reject(
                dates.span, "P0101", found="公布 写了两次", found_en="“published” twice", expected="", expected_en=""
            )
        return nodes.Dates(dates.since, dates.until, late, span=dates.span)

    def dated_block(self, c: list[Any]) -> nodes.Dated:
        return nodes.Dated(c[0], tuple(x for x in c[1:] if not isinstance(x, Token)), False, span=self.span(c[:1]))

    def table(self, c: list[Any]) -> list[Token]:
        return c

    def row(self, c: list[Any]) -> Any:
        return c[0]

    def dates(self, c: list[Any]) -> nodes.Dates:
        given = {k.type: self.calendar(d) for k, d in zip(c[::2], c[1::2], strict=True) if k is not None}
        dates = nodes.Dates(given["FROM"], given.get("TO"), given.get("PUBLISHED"), span=self.span(c))
        if dates.until and dates.until < dates.since[: len(dates.until)]:
            raise _Reject(dates.span, "P0402", since=dates.since, until=dates.until)
        return dates

    def day(self, c: list[Any]) -> Any:
        return c[0]

    def calendar(self, token: Token) -> str:
        text = str(token)
        try:
            datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")
        except ValueError:
            raise _Reject(self.at(token), "P0121", written=text) from None
        return text

    def notes(self, c: list[Any]) -> nodes.Notes:
        basis = tuple(str(x) for x in c if isinstance(x, Token) and x.type == "UNDER")
        assumptions = tuple(str(x) for x in c if isinstance(x, Token) and x.type == "ASSUME")
        return nodes.Notes(basis, assumptions, span=self.span(c))

    def published(self, c: list[Any]) -> str:
        return self.calendar(c[1])

    def note(self, c: list[Any]) -> Any:
        return c[0]

    def exact(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("exact", self.limited(c[0]), span=self.span(c))

    def floor(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("floor", self.limited(c[1]), span=self.span(c))

    def who(self, c: list[Any]) -> tuple[Token, ...]:
        return tuple(c)

    def target(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("target", self.limited(c[1]), span=self.span(c))

    def pending(self, c: list[Any]) -> nodes.Result:
        return nodes.Result("pending", None, span=self.span(c))

    def limited(self, expression: nodes.Expression) -> nodes.Expression:
        if depth(expression) > characters.MAX_DEPTH:
            raise _Reject(expression.span, "P0105", most=characters.MAX_DEPTH)
        return expression

    # --- tables

    def table_of(self, rows: list[Token], name: str, keys: tuple[str, ...] | None) -> nodes.Table:
        assert self.scanner is not None
        scanner = self.scanner
        header, _ = scanner.row(rows[0])
        columns = [self.column(scanner, a, b, rows[0], name) for a, b in header]
        kinds = [c.kind for c in columns]
        results = [k for k in kinds if k != "condition"]
        if not results:
            raise _Reject(self.at(rows[0]), "P0119")
        if kinds != ["condition"] * (len(kinds) - len(results)) + results:
            raise _Reject(self.at(rows[0]), "P0120")
        made = []
        for n, token in enumerate(rows[1:]):
            cells, tail = scanner.row(token)
            texts = [scanner.folded[a:b] for a, b in cells]
            if (
                n == 0
                and all(t and set(t) <= set("-:—") and "-" in t for t in texts)
                and all(len(t) > 1 for t in texts)
            ):
                continue
            if len(cells) != len(columns):
                raise _Reject(self.at(token), "P0118", cells=len(cells), columns=len(columns))
            read = []
            for column, (a, b) in zip(columns, cells, strict=True):
                start = "condition_cell" if column.kind == "condition" else "result_cell"
                read.append(self.cell(scanner, start, a, b, token))
            notes = (
                self.cell(scanner, "row_notes", *tail, token) if tail[1] > tail[0] else nodes.Notes(span=self.at(token))
            )
            made.append(nodes.Row(tuple(read), notes, span=self.at(token)))
        return nodes.Table(tuple(columns), tuple(made), span=self.at(rows[0]).to(self.at(rows[-1])))

    def column(self, scanner: Scanner, a: int, b: int, row: Token, name: str) -> nodes.Column:
        column = self.cell(scanner, "header_cell", a, b, row)
        if column.kind == "condition" and column.expression == nodes.Name((name,), span=column.span):
            return nodes.Column("result", span=column.span)
        assert isinstance(column, nodes.Column)
        return column

    def cell(self, scanner: Scanner, start: str, a: int, b: int, row: Token) -> Any:
        if a >= b:
            raise _Reject(
                self.at(row),
                "P0101",
                found="空格子",
                found_en="an empty cell",
                expected="值、比较、范围或 —",
                expected_en="a value, a comparison, a range or —",
            )
        tokens = scanner.scan_cell(a, b)
        end = Token("$END", "", b, None, None, None, None, b)
        try:
            return grammar().parse_tokens(tokens, start)
        except UnexpectedInput as error:
            raise _CellError(error, start, end) from None

    def any_cell(self, c: list[Any]) -> nodes.Cell:
        return nodes.Cell("any", span=self.span(c))

    def otherwise_cell(self, c: list[Any]) -> nodes.Cell:
        return nodes.Cell("otherwise", span=self.span(c))

    def one_test(self, c: list[Any]) -> nodes.Cell:
        return nodes.Cell("tests", (c[0],), span=self.span(c))

    def either_test(self, c: list[Any]) -> nodes.Cell:
        return nodes.Cell("tests", tuple(self.pick(c, nodes.Test)), "or", span=self.span(c))

    def both_tests(self, c: list[Any]) -> nodes.Cell:
        return nodes.Cell("tests", tuple(self.pick(c, nodes.Test)), "and", span=self.span(c))

    def equal_test(self, c: list[Any]) -> nodes.Test:
        return nodes.Test("=", "=", c[0], span=self.span(c))

    def bound_test(self, c: list[Any]) -> nodes.Test:
        return nodes.Test(">=" if c[1].type == "AND_MORE" else "<=", str(c[1]), c[0], span=self.span(c))

    def compare_test(self, c: list[Any]) -> nodes.Test:
        return nodes.Test(c[0][0], c[0][1], self.limited(c[1]), span=self.span(c[1:]))

    def range_test(self, c: list[Any]) -> nodes.Test:
        made = nodes.Range(c[1], c[0].type == "_LSQB", c[3], c[4].type == "_RSQB", span=self.span(c))
        return nodes.Test("in", "in", made, span=made.span)

    def closed_test(self, c: list[Any]) -> nodes.Test:
        made = nodes.Range(c[0], True, c[2], True, span=self.span(c))
        return nodes.Test("in", "..", made, span=made.span)

    def absent_cell(self, c: list[Any]) -> Any:
        return self.result_cell([nodes.Result("absent", span=self.span(c)), self.notes([])])

    def result_cell(self, c: list[Any]) -> Any:
        if c[1].basis or c[1].assumptions:
            raise _Reject(c[1].span, "P0128", word=c[1].span.text)
        return c[0]

    def condition_column(self, c: list[Any]) -> nodes.Column:
        return nodes.Column("condition", self.limited(c[0]), span=self.span(c))

    def result_column(self, c: list[Any]) -> nodes.Column:
        return nodes.Column("result", span=self.span(c))

    def dated_column(self, c: list[Any]) -> nodes.Column:
        return nodes.Column("dated", None, c[0], span=self.span(c))

    def row_notes(self, c: list[Any]) -> nodes.Notes:
        return self.notes(c)

    # --- expressions

    def logic(self, c: list[Any]) -> nodes.Logic:
        words = [x for x in c if isinstance(x, Token)]
        parts = tuple(x for x in c if not isinstance(x, Token))
        if len({w.type for w in words}) > 1:
            raise _Reject(self.span(c), "P0102")
        return nodes.Logic("and" if words[0].type == "AND" else "or", parts, span=self.span(c))

    def not_(self, c: list[Any]) -> nodes.Not:
        return nodes.Not(c[1], span=self.span(c))

    def sign(self, c: list[Any]) -> tuple[str, str]:
        word = str(c[0])
        return (COMPARISON_WORDS.get(word) or SIGNS[word], word)

    def chain(self, c: list[Any]) -> nodes.Comparison:
        links = tuple(
            nodes.Link(sign, word, right, span=right.span) for (sign, word), right in zip(c[1::2], c[2::2], strict=True)
        )
        return nodes.Comparison(c[0], links, span=self.span(c))

    def among(self, c: list[Any]) -> nodes.Membership:
        options = tuple(x for x in c[2:] if not isinstance(x, Token))
        numbers = [x for x in options if isinstance(x, (nodes.Number, nodes.Negative))]
        if len(options) == 2 and len(numbers) == 2:
            raise _Reject(self.span(c[2:]), "P0222", low=numbers[0].span.text, high=numbers[1].span.text)
        return nodes.Membership(c[0], options, span=self.span(c))

    def among_open_range(self, c: list[Any]) -> nodes.Membership:
        """`(30%, 60%]`: to the grammar a set until its last bracket, so only here its ends are known to be ends."""
        for end in (c[3], c[5]):
            if not isinstance(end.operand if isinstance(end, nodes.Negative) else end, (nodes.Number, nodes.Name)):
                raise _Reject(
                    end.span,
                    "P0101",
                    found="算式",
                    found_en="a formula",
                    expected="数值或名称",
                    expected_en="a number or a name",
                )
        range_ = nodes.Range(c[3], False, c[5], True, span=self.span(c[2:]))
        return nodes.Membership(c[0], range_, span=self.span(c))

    def among_range(self, c: list[Any]) -> nodes.Membership:
        return nodes.Membership(c[0], c[2], span=self.span(c))

    def range(self, c: list[Any]) -> nodes.Range:
        return nodes.Range(c[1], c[0].type == "_LSQB", c[3], c[4].type == "_RSQB", span=self.span(c))

    def arithmetic(self, c: list[Any]) -> nodes.Arithmetic:
        sign = {"PLUS": "+", "MINUS": "-", "STAR": "*", "_SLASH": "/"}[c[1].type]
        return nodes.Arithmetic(sign, c[0], c[2], span=self.span(c))  # type: ignore[arg-type]

    def negative(self, c: list[Any]) -> nodes.Negative:
        return nodes.Negative(c[1], span=self.span(c))

    def number(self, c: list[Any]) -> nodes.Number:
        words = () if c[1] is None else str(c[1]).split("/") if c[1].type == "UNIT" else (str(c[1]),)
        unit = tuple(UNIT_KEYS.get(w, w) for w in words)
        return nodes.Number(str(c[0]), unit, span=self.span(c))

    def signed(self, c: list[Any]) -> nodes.Number | nodes.Negative:
        number = self.number(c[1:])
        return nodes.Negative(number, span=self.span(c)) if c[0] is not None else number

    def date(self, c: list[Any]) -> nodes.Day:
        return nodes.Day(self.calendar(c[0]), span=self.span(c))

    def truth(self, c: list[Any]) -> nodes.Truth:
        return nodes.Truth(c[0].type == "YES", span=self.span(c))

    def path(self, c: list[Any]) -> nodes.Name:
        return nodes.Name(tuple(self.take(c, "NAME")), span=self.span(c))

    def call(self, c: list[Any]) -> nodes.Call:
        arguments, where, default = c[2] if c[2] is not None else ((), None, None)
        return nodes.Call(str(c[0]), arguments, where, default, span=self.span(c))

    def arguments(self, c: list[Any]) -> tuple[Any, Any, Any]:
        where = default = None
        plain: list[Any] = []
        last = ""
        for x in c:
            if isinstance(x, Token):
                last = x.type
            elif x is None:
                continue
            elif last == "WHEN":
                where = x
            elif last == "DEFAULT":
                default = x
            else:
                plain.append(x)
        return tuple(plain), where, default

    def group(self, c: list[Any]) -> Any:
        return c[1]

    def literal(self, c: list[Any]) -> Any:
        return c[0]

    # --- examples

    def example(self, c: list[Any]) -> nodes.Example:
        title = self.take(c, "TEXT")
        entries = self.pick(c, nodes.Entry)
        ons = [x for x in c if isinstance(x, tuple) and x[0] == "on"]
        if len(ons) > 1:
            raise _Reject(ons[1][2], "P0401", name="案例", date=ons[1][1])
        return nodes.Example(
            title[0] if title else "", ons[0][1] if ons else None, tuple(entries), span=self.span(c[:2])
        )

    def example_on(self, c: list[Any]) -> Any:
        return ("on", self.calendar(c[1]), self.at(c[1]))

    def given(self, c: list[Any]) -> nodes.Entry:
        month = self.calendar(c[1]) if c[1] is not None else None
        return nodes.Entry(False, month, tuple(map(str, c[2])), c[4], span=self.span(c[:-1]))

    def expected(self, c: list[Any]) -> nodes.Entry:
        month = self.calendar(c[1]) if c[1] is not None else None
        return nodes.Entry(True, month, tuple(map(str, c[2])), c[4], span=self.span(c[:-1]))

    def expected_failure(self, c: list[Any]) -> nodes.Entry:
        return nodes.Entry(True, None, (), (), span=self.span(c[:-1]))

    def assignments(self, c: list[Any]) -> tuple[nodes.Assignment, ...]:
        return tuple(self.pick(c, nodes.Assignment))

    def assignment(self, c: list[Any]) -> nodes.Assignment:
        return nodes.Assignment(c[0].path, c[2], span=self.span(c))

    def given_bound(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", c[0], span=self.span(c))

    def given_truth(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", self.truth(c), span=self.span(c))

    def given_day(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", nodes.Day(self.calendar(c[0]), span=self.span(c)), span=self.span(c))

    def given_text(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("value", nodes.Name((str(c[0]),), span=self.span(c)), span=self.span(c))

    def given_unknown(self, c: list[Any]) -> nodes.Given:
        names = next((tuple(map(str, x)) for x in c if isinstance(x, tuple)), ())
        return nodes.Given("unknown", None, names, span=self.span(c))

    def given_failure(self, c: list[Any]) -> nodes.Given:
        return nodes.Given("error", None, tuple(self.take(c, "NAME")), span=self.span(c))


class _CellError(Exception):
    def __init__(self, error: UnexpectedInput, start: str, end: Token) -> None:
        super().__init__(start)
        self.error, self.start, self.end = error, start, end


class Grammar:
    """The LALR tables with the builder bound to them. One for the process, used under a lock."""

    STARTS = ("start", "condition_cell", "result_cell", "header_cell", "row_notes", "condition")

    def __init__(self) -> None:
        self.builder = Builder()
        self.lock = threading.RLock()
        self.lark = Lark.open(
            "policy.lark",
            rel_to=__file__,
            parser="lalr",
            lexer=_Tokens,
            transformer=self.builder,
            start=list(self.STARTS),
            keep_all_tokens=True,
            maybe_placeholders=True,
        )

    def parse_tokens(self, tokens: list[Token], start: str = "start") -> Any:
        return self.lark.parse(tokens, start=start)


@lru_cache(maxsize=1)
def grammar() -> Grammar:
    return Grammar()


def parse(source: Source, report: Report) -> nodes.File:
    """The tree of one file. Everything that cannot be read is reported, what is left is returned."""
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
    if first.type in NOT_YET:
        report.error("P0123", Span(source, first.start_pos or start, first.end_pos or end), word=str(first))
        broken.update(_declared(head))
        return None
    deep = _too_deep(logical)
    if deep is not None:
        report.error("P0131", machine.builder.at(deep.tokens[0]), most=characters.MAX_BLOCKS)
        broken.update(_declared(head))
        return None
    read = 0
    while logical:
        tokens, owners = _stream(logical)
        try:
            made = machine.parse_tokens(tokens)
        except (_Reject, ScanError, _CellError, UnexpectedInput) as error:
            at = _report(error, source, tokens, machine, report, start)
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
        assert isinstance(made, nodes.Node)
        return made  # type: ignore[return-value]
    broken.update(_declared(head))
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


def _report(error: Exception, source: Source, tokens: list[Token], machine: Grammar, report: Report, start: int) -> int:
    """Says in the drafter's words what is wrong; returns the offset, so that the line can be left out."""
    rule = "start"
    if isinstance(error, ScanError):
        report.add(error.found)
        place = error.found.place
        assert place is not None
        return source.line_start(place.line) + place.column - 1
    if isinstance(error, _Reject):
        report.error(error.code, error.span, **error.words)
        return error.span.start
    end: Token | None = None
    if isinstance(error, _CellError):
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
    if token.type == "$END" and end is None:
        token = Token("$END", "", tokens[-1].end_pos, None, None, None, None, tokens[-1].end_pos)
        a = b = tokens[-1].end_pos or 0
    accepts = set(error.accepts or error.expected)
    history = [t for t in tokens if (t.end_pos or 0) <= a]
    zh, en = expected_words(accepts, rule)
    found, found_en = found_words(token)
    if token.type in ("_NL", "_INDENT", "_DEDENT", "$END"):
        a = history[-1].start_pos or 0 if history else a
        b = history[-1].end_pos or b if history else b
        if rule != "start":
            a, b = max(0, b - 1), b
    apart = keywords.apart(str(token)) if token.type == "NAME" else ""
    report.error(
        "P0101",
        Span(source, a, max(b, a + 1)),
        found=found,
        found_en=found_en,
        expected=zh,
        expected_en=en,
        hint=(f"词与词之间留空格：{apart}", f"put spaces between the words: {apart}") if apart else None,
    )
    return a
