"""Parameters with their values: plain ones, and tables by key."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import product

from attrs import evolve

from ...model.symbols import Declared, ParameterSymbol
from ...model.types import Type
from ...syntax import nodes
from .. import nodes as ir
from ..bodies.dates import day_before, day_text
from ..bodies.layers import TWICE, TWICE_LABEL, amended_twice
from ..bodies.lines import RawLine
from ..bodies.opener import Opener
from ..elaborate.elaborator import Elaborator
from ..elaborate.errors import Skip
from ..elaborate.scope import Scope
from .sources import Sources


class Parameters:
    """Builds parameters."""

    def __init__(self, elaborator: Elaborator, sources: Sources) -> None:
        self.model = elaborator.model
        self.report = elaborator.report
        self.elaborator = elaborator
        self.sources = sources

    def parameter(self, symbol: ParameterSymbol) -> ir.Parameter:
        first = symbol.declared[0]
        body = Opener(symbol.name, self.report).open(_without_key_tables(symbol))
        keys = tuple(zip(symbol.keys, symbol.key_types, strict=True))
        scope = Scope(self.model, "", keys=keys)
        entries: list[ir.Entry] = []
        declared: list[Declared] = []  # of each entry
        for misplaced, code in ((body.arrears, "P1015"), (body.paid_on, "P0250"), (body.states, "P1003")):
            for node, _ in misplaced:
                self.report.error(code, node.span, name=symbol.name)
        for d in symbol.declared:
            entries += self._key_tables(symbol, d, scope)
            declared += [d] * (len(entries) - len(declared))
        for line in body.lines:
            if line.kind != "value":
                self.report.error("P0403", line.span)
                continue
            entry = self._entry(symbol, line, (None,) * len(keys), scope)
            if entry is not None:
                entries.append(entry)
                declared.append(line.declared)
        repeals = self.sources.repeals(symbol.name, body, [("value", e.layer) for e in entries], {})
        written = [(d, e.place) for d, e in zip(declared, entries, strict=True)]
        clause, remarks = self.sources.remarks(first.clause, body, written)
        if not entries and not self.report.failed:
            self.report.error("P0403", first.node.span)
        self._overlaps(symbol, entries, declared)
        return ir.Parameter(
            symbol.name,
            symbol.keys,
            symbol.key_types,
            symbol.type,
            tuple(_settled_entries(symbol, entries)),
            clause,
            remarks,
            first.node.span.place,
            repeals,
        )

    def _entry(
        self, symbol: ParameterSymbol, line: RawLine, keys: tuple[tuple[int, ...] | None, ...], scope: Scope
    ) -> ir.Entry | None:
        value = bounds = None
        try:
            if line.result.value is not None:
                value = self.elaborator.expression(line.result.value, scope, symbol.type)
            if line.result.range is not None:
                bounds = self._bounds(line.result.range, symbol.type, scope)
        except Skip:
            return None
        clause, assumptions = self.sources.clause(line.declared.clause, line.notes)
        return ir.Entry(
            keys,
            line.result.kind,
            value,
            line.since,
            line.until,
            line.published,
            line.declared.layer,
            clause,
            assumptions,
            line.result.span.place if line.row >= 0 else line.span.place,
            line.ends,
            line.review,
            bounds,
        )

    def _bounds(
        self, written: tuple[nodes.Expression, nodes.Expression], type_: Type, scope: Scope
    ) -> tuple[Fraction, Fraction]:
        """Between which amounts lies what is still 待定."""
        span = written[0].span.to(written[1].span)
        if not type_.is_amount:
            raise self.elaborator.wanted(span, "数量才有范围", "an amount, for a range,", type_)
        low, high = (self.elaborator.literal(e, scope, type_) for e in written)
        assert isinstance(low, Fraction)
        assert isinstance(high, Fraction)
        if low > high:
            raise self.elaborator.fail("P0220", span, low=written[0].span.text, high=written[1].span.text)
        return low, high

    def _key_tables(self, symbol: ParameterSymbol, d: Declared, scope: Scope) -> list[ir.Entry]:
        """Tables whose first columns are the parameter's keys."""
        entries: list[ir.Entry] = []
        for table, rows in Opener(symbol.name, self.report).tables(d):
            heads = [c.expression for c in table.columns if c.kind == "condition"]
            named = tuple(h.path[0] if isinstance(h, nodes.Name) and len(h.path) == 1 else "" for h in heads)
            if named != symbol.keys:
                self.report.error("P0408", table.span, keys="、".join(symbol.keys) or "—")
                continue
            for row, lines in rows:
                cells = [c for c in row.cells if isinstance(c, nodes.Cell)]
                try:
                    keys = tuple(self._key_cell(c, t, scope) for c, t in zip(cells, symbol.key_types, strict=True))
                except Skip:
                    continue
                for line in lines:
                    entry = self._entry(symbol, line, keys, scope)
                    if entry is not None:
                        entries.append(entry)
        return entries

    def _key_cell(self, cell: nodes.Cell, type_: Type, scope: Scope) -> tuple[int, ...] | None:
        if cell.kind == "any":
            return None
        if cell.kind == "otherwise" or any(t.sign != "=" or isinstance(t.operand, nodes.Range) for t in cell.tests):
            raise self.elaborator.fail("P0409", cell.span)
        return tuple(int(self.elaborator.literal(t.operand, scope, type_)) for t in cell.tests)  # type: ignore[arg-type, call-overload]

    def _overlaps(self, symbol: ParameterSymbol, entries: list[ir.Entry], declared: list[Declared]) -> None:
        """Two values for one date and one key, in one layer. Without keys the opener has found them."""
        if not symbol.keys:
            return
        taken: dict[tuple[object, ...], tuple[ir.Entry, Declared]] = {}
        for b, d in zip(entries, declared, strict=True):
            ways = (range(len(t.members)) if k is None else k for k, t in zip(b.keys, symbol.key_types, strict=True))
            for cell in product(*ways):
                a, first = taken.setdefault((b.layer, b.since, b.published, cell), (b, d))
                if a is not b and a.until >= b.since and not all(k is None for k in (*a.keys, *b.keys)):
                    again = amended_twice(first, d)
                    self.report.error(
                        "P0401",
                        b.place,
                        name=symbol.name,
                        date=day_text(b.since),
                        labels=[(a.place, *(TWICE_LABEL if again else ("先在这里写了", "written first here")))],
                        hint=TWICE if again else None,
                    )
                    break


def _settled_entries(symbol: ParameterSymbol, entries: list[ir.Entry]) -> Iterator[ir.Entry]:
    """A value holds until the next one of its keys in its layer begins. Where not all that it speaks of ends on one day it stays open,
    and what counts is found on the day (epoch.py)."""
    cells = [
        tuple(
            product(*(range(len(t.members)) if k is None else k for k, t in zip(e.keys, symbol.key_types, strict=True)))
        )
        for e in entries
    ]
    starts: dict[tuple[object, ...], set[int]] = {}
    for e, own in zip(entries, cells, strict=True):
        for cell in own if e.kind != "target" else ():  # a 目标 is never in force and ends nothing
            starts.setdefault((e.layer, cell), set()).add(e.since)
    for e, own in zip(entries, cells, strict=True):
        following = {min((s for s in starts.get((e.layer, c), ()) if s > e.since), default=0) for c in own}
        end = following.pop() if len(following) == 1 else 0
        yield e._replace(until=min(e.until, day_before(end))) if end and e.kind != "target" else e


def _without_key_tables(symbol: ParameterSymbol) -> list[Declared]:
    """The declarations without their tables, which need the keys."""

    def strip(lines: tuple[nodes.Line, ...]) -> tuple[nodes.Line, ...]:
        return tuple(
            evolve(x, lines=strip(x.lines)) if isinstance(x, nodes.Dated) else x
            for x in lines
            if not isinstance(x, nodes.Table)
        )

    out = []
    for d in symbol.declared:
        assert isinstance(d.node, (nodes.Parameter, nodes.Amendment))
        out.append(evolve(d, node=evolve(d.node, body=strip(d.node.body))))
    return out
