"""Tables: a row is cut into cells here, and each cell is parsed by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lark import Token, UnexpectedInput

from .. import nodes
from ..scan.scanner import Scanner
from .dates import Dates
from .pieces import Reject


class CellError(Exception):
    """A cell that the grammar refuses: the parser's error, the start symbol, and where the cell ends."""

    def __init__(self, error: UnexpectedInput, start: str, end: Token) -> None:
        super().__init__(start)
        self.error, self.start, self.end = error, start, end


def _no_grammar(_tokens: list[Token], _start: str) -> Any:
    raise AssertionError("the builder is used through a Grammar")


class Tables(Dates):
    """Tables, their columns, and what stands in a cell."""

    def __init__(self) -> None:
        super().__init__()
        self.scanner: Scanner | None = None
        self.cells: Callable[[list[Token], str], Any] = _no_grammar  # parses a cell's tokens from a start symbol

    def table(self, c: list[Any]) -> list[Token]:
        return c

    def row(self, c: list[Any]) -> Any:
        return c[0]

    def table_of(self, rows: list[Token], name: str) -> nodes.Table:
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
