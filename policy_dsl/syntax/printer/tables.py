"""Tables, with their columns aligned on screen."""

from __future__ import annotations

from attrs import evolve

from ...source import width
from .. import keywords, nodes
from ..nodes import Day, Name, Negative, Number, Range, Truth
from .expressions import SUM
from .layout import opening
from .results import RESULT, Results

_CELL = frozenset(keywords.words("cell"))
_FROM = frozenset({keywords.spelling("FROM", "zh"), keywords.spelling("FROM", "en")})
_CELL_WORDS = {w: k.terminal for w, k in keywords.words("cell").items()}


class Tables(Results):
    """Rows, columns, and what stands in a cell."""

    def table(self, table: nodes.Table) -> list[str]:
        """Columns aligned by width on screen, and the row of dashes that makes Markdown take it for a table."""
        inside = evolve(self, reserved=self.reserved | _CELL)
        rows = [[inside.column(c) for c in table.columns]]
        rows += [[inside.cell(c) for c in row.cells] for row in table.rows]
        widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
        made = ["".join(f"| {c}{' ' * (w - width(c))} " for c, w in zip(r, widths, strict=True)) + "|" for r in rows]
        dashes = "".join(f"|{'-' * (w + 2)}" for w in widths) + "|"
        notes = [self.notes(row.notes) for row in table.rows]
        return [made[0], dashes, *(row + said for row, said in zip(made[1:], notes, strict=True))]

    def column(self, c: nodes.Column) -> str:
        if c.dates is not None:
            return self.dates(c.dates)
        if c.expression is not None:
            return opening(self.expression(c.expression), RESULT | _FROM)
        return opening(self.name(self.declared), RESULT | _FROM) if self.declared else self.word("IS")

    def cell(self, c: nodes.Cell | nodes.Result) -> str:
        if isinstance(c, nodes.Result):
            return self.result(c, RESULT | _FROM).replace("\n", " ")
        match c.kind:
            case "any":
                return "—"
            case "otherwise":
                return self.word("OTHERWISE")
            case "tests":
                listed = c.joined == "or" and all(t.sign == "=" for t in c.tests)
                between = ", " if listed else f" {self.word(c.joined.upper())} "
                return opening(between.join(map(self.test, c.tests)), RESULT | _FROM)

    def test(self, t: nodes.Test) -> str:
        match t.operand:
            case Range(low, True, high, True) if t.word == "..":
                return f"{self.expression(low)}..{self.expression(high)}"
            case Range() as range_:
                return self.range(range_)
            case operand if t.word in _CELL_WORDS:
                return f"{self.expression(operand)} {self.word(_CELL_WORDS[t.word])}"
            case Name() | Number() | Negative(Number()) | Day() | Truth() if t.sign == "=":
                return self.expression(t.operand)
            case operand:
                return f"{self.compared(t.word)} {self.expression(operand, SUM)}"
