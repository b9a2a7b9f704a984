"""A parameter that the layers above leave open, as a 修订 of 待定: a table with its keys, or one line."""

from __future__ import annotations

from collections import Counter
from math import prod

from ..backends.formatting import day_text
from ..ir import nodes as ir
from ..ir.in_force import day_after, held
from ..source import Source, Span
from ..syntax import nodes

MOST_ROWS = (
    60  # of one table; where more cells are open, those of a value of the first key share a row if all of them are
)
_HERE = Span(Source("", ""), 0, 0)  # of nodes that nobody wrote


def amendment(parameter: ir.Parameter, cells: list[tuple[int, ...]]) -> nodes.Amendment:
    """The declaration that leaves the cells open; dated where the layers above had an amount before."""
    since = max(open_since(parameter, cell) for cell in cells)
    dates = nodes.Dates(day_text(since), span=_HERE) if since else None
    line: nodes.Line
    if parameter.keys:
        line = _table(parameter, cells, dates)
    else:
        line = nodes.Value(nodes.Result("pending", span=_HERE), nodes.Notes(span=_HERE), span=_HERE)
        line = line if dates is None else nodes.Dated(dates, (line,), True, span=_HERE)
    return nodes.Amendment((parameter.name,), (line,), span=_HERE)


def _table(parameter: ir.Parameter, cells: list[tuple[int, ...]], dates: nodes.Dates | None) -> nodes.Table:
    """A row for each combination of keys, in the order of their types."""
    rows: list[tuple[int | None, ...]] = sorted(cells)
    if len(rows) > MOST_ROWS:
        each = prod(len(t.members) for t in parameter.key_types[1:])
        whole = {first for first, n in Counter(cell[0] for cell in cells).items() if n == each}
        rest = (None,) * (len(parameter.keys) - 1)
        rows = list(dict.fromkeys((cell[0], *rest) if cell[0] in whole else cell for cell in sorted(cells)))
    columns = [nodes.Column("condition", nodes.Name((key,), span=_HERE), span=_HERE) for key in parameter.keys]
    columns.append(nodes.Column("result" if dates is None else "dated", None, dates, span=_HERE))
    return nodes.Table(tuple(columns), tuple(_row(parameter, row) for row in rows), span=_HERE)


def _row(parameter: ir.Parameter, keys: tuple[int | None, ...]) -> nodes.Row:
    made: list[nodes.Cell | nodes.Result] = []
    for key, type_ in zip(keys, parameter.key_types, strict=True):
        if key is None:
            made.append(nodes.Cell("any", span=_HERE))
        else:
            name = nodes.Name((type_.members[key],), span=_HERE)
            made.append(nodes.Cell("tests", (nodes.Test("=", "=", name, span=_HERE),), span=_HERE))
    made.append(nodes.Result("pending", span=_HERE))
    return nodes.Row(tuple(made), nodes.Notes(span=_HERE), span=_HERE)


def open_since(parameter: ir.Parameter, keys: tuple[int, ...]) -> int:
    """The day since which the layers above have no amount for the keys; 0 where they never had one: what they had must go on counting."""
    days = {0, *(e.since for e in parameter.entries)}
    days |= {day_after(e.until) for e in parameter.entries if e.until < ir.OPEN}
    since = 0
    for day in sorted(days):
        exact, _ = held(parameter, keys, day)
        if exact is not None and exact.kind == "exact":
            since = ir.OPEN
        elif since == ir.OPEN:
            since = day
    return since
