"""Parsed pieces → nodes of the tree: one method per alternative of policy.lark, and what the grammar alone cannot refuse."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

from lark import Token, UnexpectedInput

from ..source import Source, Span
from . import characters, nodes, undated
from .keywords import COMPARISON_WORDS, MEASURES, SIGNS, UNIT_KEYS
from .scan import Scanner
from .settle import amount, join
from .traverse import depth


class CellError(Exception):
    """A cell that the grammar refuses: the parser's error, the start symbol, and where the cell ends."""

    def __init__(self, error: UnexpectedInput, start: str, end: Token) -> None:
        super().__init__(start)
        self.error, self.start, self.end = error, start, end


def _no_grammar(_tokens: list[Token], _start: str) -> Any:
    raise AssertionError("the builder is used through a Grammar")


class Reject(Exception):
    """Raised by the builder for what the grammar lets through and the language does not."""

    def __init__(self, span: Span, code: str, **words: Any) -> None:
        super().__init__(code)
        self.span, self.code, self.words = span, code, words


class Builder:
    """One method per alternative of policy.lark; children come with every token, so spans are exact."""

    def __init__(self) -> None:
        self.source = Source("", "")
        self.scanner: Scanner | None = None
        self.cells: Callable[[list[Token], str], Any] = _no_grammar  # parses a cell's tokens from a start symbol

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
        payday = lines.get("PAYDAY")
        return nodes.PolicyHead(
            str(c[1]),
            lines.get("EXTENDS"),
            lines.get("JURISDICTION"),
            int(payday) if payday else None,
            span=self.span(c[:2]),
        )

    def payday(self, c: list[Any]) -> tuple[Token, str]:
        if not (str(c[1]).isdecimal() and 1 <= int(c[1]) <= 31):
            raise Reject(self.at(c[1]), "P1010", written=str(c[1]))
        return (c[0], str(c[1]))

    def once(self, c: list[Any]) -> dict[str, str]:
        """The lines under a head by their keyword; none may be written twice, or one of the two would be lost."""
        lines: dict[str, str] = {}
        for word, value in (x for x in c if isinstance(x, tuple)):
            if word.type in lines:
                raise Reject(
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
                raise Reject(
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

    def option_born(self, c: list[Any]) -> Any:
        return ("born", True, self.span(c))

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
            raise Reject(self.at(c[3]), "P0219", name=str(c[1]))
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

    def status(self, c: list[Any]) -> nodes.Status:
        dates = self.pick(c, nodes.Dates)
        name = str(c[2])
        return nodes.Status(
            tuple(map(str, c[1])),
            name,
            dates[0] if dates else None,
            self.body_of(c[-1], name, None),
            span=self.span(c[:-1]),
        )

    def initial(self, c: list[Any]) -> nodes.Initial:
        return nodes.Initial(str(c[1]), c[2], span=self.span(c[:-1]))

    def final(self, c: list[Any]) -> nodes.Final:
        return nodes.Final(tuple(map(str, c[1])), c[2], span=self.span(c[:-1]))

    def transition(self, c: list[Any]) -> nodes.Transition:
        return nodes.Transition(tuple(map(str, c[0])), str(c[2]), self.limited(c[4]), c[5], span=self.span(c[:-1]))

    def arrears(self, c: list[Any]) -> nodes.Arrears:
        return nodes.Arrears(self.limited(c[2]), c[3], span=self.span(c[:-1]))

    def amendment_facts(self, c: list[Any]) -> nodes.Amendment:
        if c[2] is not None:
            raise Reject(c[2].span, "P0420", hint=undated.FACT)
        return nodes.Amendment(tuple(map(str, c[1])), (), tuple(self.pick(c, nodes.Fact)), span=self.span(c[:2]))

    def amendment(self, c: list[Any]) -> nodes.Amendment:
        names = tuple(map(str, c[1]))
        return nodes.Amendment(names, self.body_of(c[-1], names[0], None), (), c[2], span=self.span(c[:-1]))

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

    def repeal(self, c: list[Any]) -> nodes.Repeal:
        return nodes.Repeal(() if c[1] is None else (str(c[1]),), c[2], span=self.span(c[:-1]))

    def repeal_steps(self, c: list[Any]) -> nodes.Repeal:
        return nodes.Repeal(tuple(map(str, c[1])), c[4], str(c[3]), span=self.span(c[:-1]))

    def dated_repeal_steps(self, c: list[Any]) -> nodes.Dated:
        """`自 D 废止 甲 → 乙` on one line."""
        return nodes.Dated(c[0], (self.repeal_steps(c[1:]),), True, span=self.span(c[:-1]))

    def dated_repeal(self, c: list[Any]) -> nodes.Dated:
        """`自 D 废止 名` on one line."""
        return nodes.Dated(c[0], (self.repeal(c[1:]),), True, span=self.span(c[:-1]))

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
            raise Reject(
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
            raise Reject(dates.span, "P0402", since=dates.since, until=dates.until)
        return dates

    def day(self, c: list[Any]) -> Any:
        return c[0]

    def calendar(self, token: Token) -> str:
        text = str(token)
        try:
            datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")
        except ValueError:
            raise Reject(self.at(token), "P0121", written=text) from None
        return text

    def notes(self, c: list[Any]) -> nodes.Notes:
        for said in c:
            if isinstance(said, Token) and said.type == "UNDER":
                self.without_dates(said, undated.BASIS)
        basis = tuple(str(x) for x in c if isinstance(x, Token) and x.type == "UNDER")
        assumptions = tuple(str(x) for x in c if isinstance(x, Token) and x.type == "ASSUME")
        return nodes.Notes(basis, assumptions, span=self.span(c))

    def without_dates(self, said: Token, hint: tuple[str, str]) -> None:
        """Free text is no place for a date: what ends in one as lines write it would count for nothing."""
        found = undated.AT_END.search(characters.fold(str(said)))
        if found is not None:
            end = said.end_pos or 0
            raise Reject(Span(self.source, end - len(found.group().lstrip()), end), "P0420", hint=hint)

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
            raise Reject(expression.span, "P0105", most=characters.MAX_DEPTH)
        return expression

    # --- guarantees

    def guarantee(self, c: list[Any]) -> nodes.Guarantee:
        lines = tuple(self.pick(c, nodes.Claim, nodes.DatedClaims, nodes.Remark))
        self.without_dates(c[1], undated.CLAIM)
        return nodes.Guarantee(str(c[1]), lines, span=self.span(c[:2]))

    def claim(self, c: list[Any]) -> nodes.Claim:
        when = None if c[2] is None else self.limited(c[2])
        return nodes.Claim(self.limited(c[0]), None, when, c[3], span=self.span(c[:-1]))

    def along(self, c: list[Any]) -> nodes.Claim:
        when = None if c[5] is None else self.limited(c[5])
        return nodes.Claim(self.limited(c[0]), c[2], when, c[6], span=self.span(c[:-1]))

    def dated_claims(self, c: list[Any]) -> nodes.DatedClaims:
        return nodes.DatedClaims(c[0], tuple(x for x in c[1:] if not isinstance(x, Token)), span=self.span(c[:1]))

    # --- tables

    def table_of(self, rows: list[Token], name: str, keys: tuple[str, ...] | None) -> nodes.Table:
        assert self.scanner is not None
        scanner = self.scanner
        header, _ = scanner.row(rows[0])
        columns = [self.column(scanner, a, b, rows[0], name) for a, b in header]
        kinds = [c.kind for c in columns]
        results = [k for k in kinds if k != "condition"]
        if not results:
            raise Reject(self.at(rows[0]), "P0119")
        if kinds != ["condition"] * (len(kinds) - len(results)) + results:
            raise Reject(self.at(rows[0]), "P0120")
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
                raise Reject(self.at(token), "P0118", cells=len(cells), columns=len(columns))
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
            raise Reject(
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
            return self.cells(tokens, start)
        except UnexpectedInput as error:
            raise CellError(error, start, end) from None

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
            raise Reject(c[1].span, "P0128", word=c[1].span.text)
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
            raise Reject(self.span(c), "P0102")
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
        numbers = [x for x in options if isinstance(amount(x), (nodes.Number, nodes.Negative))]
        if len(options) == 2 and len(numbers) == 2:
            raise Reject(self.span(c[2:]), "P0222", low=numbers[0].span.text, high=numbers[1].span.text)
        return nodes.Membership(c[0], options, span=self.span(c))

    def among_open_range(self, c: list[Any]) -> nodes.Membership:
        """`(30%, 60%]`: to the grammar a set until its last bracket, so only here its ends are known to be ends."""
        low, high = amount(c[3]), amount(c[5])
        for end in (low, high):
            if not isinstance(end.operand if isinstance(end, nodes.Negative) else end, (nodes.Number, nodes.Name)):
                raise Reject(
                    end.span,
                    "P0101",
                    found="算式",
                    found_en="a formula",
                    expected="数值或名称",
                    expected_en="a number or a name",
                )
        range_ = nodes.Range(low, False, high, True, span=self.span(c[2:]))
        return nodes.Membership(c[0], range_, span=self.span(c))

    def among_range(self, c: list[Any]) -> nodes.Membership:
        return nodes.Membership(c[0], c[2], span=self.span(c))

    def range(self, c: list[Any]) -> nodes.Range:
        return nodes.Range(c[1], c[0].type == "_LSQB", c[3], c[4].type == "_RSQB", span=self.span(c))

    def arithmetic(self, c: list[Any]) -> nodes.Arithmetic:
        sign = {"PLUS": "+", "MINUS": "-", "STAR": "*", "_SLASH": "/"}[c[1].type]
        return nodes.Arithmetic(sign, c[0], c[2], span=self.span(c))  # type: ignore[arg-type]

    def per(self, c: list[Any]) -> nodes.Expression:
        """A built-in unit's word goes on with the unit at once; whether another name is a unit is not known before `settle`."""
        written = str(c[2])
        word = nodes.Per(UNIT_KEYS.get(written, written), written, span=self.at(c[2]))
        joined = join(c[0], word) if written in UNIT_KEYS else None
        return joined or nodes.Arithmetic("/", c[0], word, span=self.span(c))

    def negative(self, c: list[Any]) -> nodes.Negative:
        return nodes.Negative(c[1], span=self.span(c))

    def number(self, c: list[Any]) -> nodes.Number:
        return nodes.Number(str(c[0]), self.unit(c[1:]), span=self.span(c))

    def number_apart(self, c: list[Any]) -> nodes.Number:
        return nodes.Number(str(c[0]), self.unit(c[1:]), True, span=self.span(c))

    def unit(self, c: list[Any]) -> tuple[str, ...]:
        return tuple(UNIT_KEYS.get(w, w) for w in self.take(c, "UNIT", "NAME", "GLUED"))

    def signed(self, c: list[Any]) -> nodes.Number | nodes.Negative:
        return self.with_sign(c[0], self.number(c[1:]), c)

    def signed_apart(self, c: list[Any]) -> nodes.Number | nodes.Negative:
        return self.with_sign(c[0], self.number_apart(c[1:]), c)

    def with_sign(self, minus: Token | None, number: nodes.Number, c: list[Any]) -> nodes.Number | nodes.Negative:
        return nodes.Negative(number, span=self.span(c)) if minus is not None else number

    def date(self, c: list[Any]) -> nodes.Day:
        return nodes.Day(self.calendar(c[0]), span=self.span(c))

    def truth(self, c: list[Any]) -> nodes.Truth:
        return nodes.Truth(c[0].type == "YES", span=self.span(c))

    def displaced(self, c: list[Any]) -> nodes.Displaced:
        return nodes.Displaced(span=self.span(c))

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

    def as_of(self, c: list[Any]) -> nodes.AsOf:
        target, word, day = c[:3]
        if len(c) > 3 or isinstance(target, nodes.AsOf):
            raise Reject(self.span(c), "P0228", name=target.span.text)
        if not isinstance(target, (nodes.Name, nodes.Call)):
            raise Reject(target.span, "P0227", name=target.span.text)
        return nodes.AsOf(target, day, span=self.span([target, word, day]))

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
            raise Reject(ons[1][2], "P0401", name="案例", date=ons[1][1])
        return nodes.Example(
            title[0] if title else "", ons[0][1] if ons else None, tuple(entries), span=self.span(c[:2])
        )

    def example_on(self, c: list[Any]) -> Any:
        return ("on", self.calendar(c[1]), self.at(c[1]))

    def history_dates(self, c: list[Any]) -> dict[str, Any]:
        return {
            "span": self.span(c),
            **{k.type: self.calendar(d) for k, d in zip(c[::2], c[1::2], strict=True) if k is not None},
        }

    def given(self, c: list[Any]) -> nodes.Entry:
        dates: dict[str, Any] = c[0] or {}
        since, until = dates.get("FROM"), dates.get("TO")
        if since and until and until < since[: len(until)]:
            raise Reject(dates["span"], "P0402", since=since, until=until)
        span = self.span(c[:-1])
        if dates:
            span = Span(self.source, dates["span"].start, span.end)
        return nodes.Entry(False, since, tuple(map(str, c[1])), c[3], until, dates.get("LEARNED"), span=span)

    def expected(self, c: list[Any]) -> nodes.Entry:
        month = self.calendar(c[1]) if c[1] is not None else None
        return nodes.Entry(True, month, tuple(map(str, c[2])), c[4], span=self.span(c[:-1]))

    def expected_failure(self, c: list[Any]) -> nodes.Entry:
        return nodes.Entry(True, None, (), (), span=self.span(c[:-1]))

    def assignments(self, c: list[Any]) -> tuple[nodes.Assignment, ...]:
        return tuple(self.pick(c, nodes.Assignment))

    def assignment(self, c: list[Any]) -> nodes.Assignment:
        return nodes.Assignment(c[0].path, c[2], span=self.span(c))

    def money_assignment(self, c: list[Any]) -> nodes.Assignment:
        word = str(c[0])
        measure = next((k for k, words in MEASURES.items() if word in words), None)
        if measure is None:
            due = word in ("应发", "due")
            hint = (
                (f"应发的就是给付本身：{c[2]} = …", f"what is due is the benefit itself: {c[2]} = …") if due else None
            )
            raise Reject(self.at(c[0]), "P1011", word=word, hint=hint)
        return nodes.Assignment((str(c[2]),), c[-1], measure, span=self.span(c))

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
