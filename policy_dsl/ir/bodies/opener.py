"""Bodies as written, opened into lines.

A table is another way to write branches: each row becomes a line whose condition joins the row's cells; each dated column gives
that row a result for its time.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve

from ...diagnostics.report import Report
from ...model.symbols import Declared
from ...syntax import nodes, undated
from ..nodes import OPEN
from .cells import cell_condition, row_key
from .dates import ALWAYS, Time, day_before, day_text, first_day, report_outside, span_of, within
from .layers import TWICE, TWICE_LABEL, amended_twice, report_twice, twice
from .lines import RawBody, RawLine, RawMode, RawRepeal

_UNDATED: dict[type[nodes.Line], tuple[str, str]] = {
    nodes.Arrears: undated.ARREARS,
    nodes.Recover: undated.ARREARS,
    nodes.PaidOn: undated.PAID_ON,
    nodes.Initial: undated.STATES,
    nodes.Final: undated.STATES,
}


class Opener:
    """Opens the bodies of one rule or parameter, over all declarations that contribute to it.

    A date is met in four places, each inside the one before: the declaration's head line, a block, a line, a column.
    """

    def __init__(self, name: str, report: Report) -> None:
        self.name = name
        self.report = report
        self.rows = 0
        self.arrears: list[tuple[nodes.Arrears | nodes.Recover, Declared]] = []
        self.paid_on: list[tuple[nodes.PaidOn, Declared]] = []
        self.states: list[tuple[nodes.Initial | nodes.Final, Declared]] = []
        self.repeals: list[RawRepeal] = []
        self.complete = True

    def open(self, declared: Iterable[Declared]) -> RawBody:
        lines: list[RawLine] = []
        modes: list[RawMode] = []
        remarks: list[tuple[nodes.Notes, Declared]] = []
        declared = tuple(declared)
        for d in declared:
            node = d.node
            assert isinstance(node, (nodes.Rule, nodes.Status, nodes.Parameter, nodes.Amendment))
            sections = [x for x in declared if not x.amends and x.layer == d.layer]
            if node.dates is not None and (d.amends or len(sections) > 1):
                self._without_dates(
                    [x for x in node.body if isinstance(x, (nodes.Arrears, nodes.Recover, nodes.PaidOn))]
                )
            self._lines(node.body, span_of(node.dates), d, lines, modes, remarks)
        twice(self.name, lines, self.repeals, self.report)
        settled = tuple(self._settle(lines))
        return RawBody(
            settled,
            tuple(modes),
            tuple(remarks),
            tuple(self.arrears),
            tuple(self.states),
            tuple(self.repeals),
            tuple(self.paid_on),
            self.complete,
        )

    def _lines(
        self,
        body: Iterable[nodes.Line],
        dates: Time,
        d: Declared,
        lines: list[RawLine],
        modes: list[RawMode],
        remarks: list[tuple[nodes.Notes, Declared]],
        block: tuple[nodes.Notes, ...] = (),
    ) -> None:
        since, until, published, review = dates
        body = tuple(body)
        block = block + _said_of(body, dates)
        for line in body:
            common: dict[str, Any] = {
                "since": since,
                "until": until,
                "published": published,
                "declared": d,
                "span": line.span,
                "ends": until,
                "review": review,
            }
            match line:
                case nodes.Mode():
                    modes.append(RawMode(line.kind, since, until, published, d.layer, line.span))
                case nodes.Remark():
                    if dates == ALWAYS:
                        remarks.append((line.notes, d))
                case nodes.Dated():
                    self._without_dates(line.lines)
                    inner = within(line.dates, dates)
                    if inner[0] > inner[1]:
                        report_outside(self.report, line.dates, dates)
                        self.complete = False
                        continue
                    self._lines(line.lines, inner, d, lines, modes, remarks, block)
                case nodes.Value():
                    lines.append(
                        RawLine("value", "value", "", (), line.result, (), row=-1, notes=(line.notes, *block), **common)
                    )
                case nodes.Branch():
                    lines.append(
                        RawLine(
                            "branch",
                            "",
                            "",
                            (line.condition,),
                            line.result,
                            (),
                            row=-1,
                            notes=(line.notes, *block),
                            **common,
                        )
                    )
                case nodes.Otherwise():
                    lines.append(
                        RawLine(
                            "otherwise",
                            "otherwise",
                            "",
                            (),
                            line.result,
                            (),
                            row=-1,
                            notes=(line.notes, *block),
                            **common,
                        )
                    )
                case nodes.Except():
                    key = f"except {line.label}" if line.label else ""
                    lines.append(
                        RawLine(
                            "exception",
                            key,
                            line.label,
                            (line.condition,),
                            line.result,
                            line.beats,
                            row=-1,
                            notes=(line.notes, *block),
                            **common,
                        )
                    )
                case nodes.Transition():
                    target = nodes.Result("exact", nodes.Name((line.target,), span=line.span), span=line.span)
                    for state in line.sources:
                        step = f"{state} → {line.target}"
                        lines.append(
                            RawLine(
                                "transition",
                                step,
                                step,
                                (line.condition,),
                                target,
                                (),
                                row=-1,
                                notes=(line.notes, *block),
                                steps=(state, line.target),
                                **common,
                            )
                        )
                case nodes.Arrears() | nodes.Recover():
                    self.arrears.append((line, d))
                case nodes.PaidOn():
                    self.paid_on.append((line, d))
                case nodes.Initial() | nodes.Final():
                    self.states.append((line, d))
                    remarks.append((line.notes, d))
                case nodes.Repeal():
                    notes = (line.notes, *block)
                    for label in line.name or ("",):
                        step = f"{label} → {line.target}" if line.target else ""
                        key = step or (f"except {label}" if label else "")
                        gone = RawRepeal(key, step or label, since, until, published, notes, d, line.span)
                        self.repeals.append(gone)
                case nodes.Table():
                    lines.extend(self._table(line, dates, d, block))

    def _without_dates(self, lines: Iterable[nodes.Line]) -> None:
        """Reports what has no times of its own and stands under a date all the same."""
        for line in lines:
            hint = _UNDATED.get(type(line))
            if hint is not None:
                self.report.error("P0420", line.span, hint=hint)

    def _table(self, table: nodes.Table, dates: Time, d: Declared, block: tuple[nodes.Notes, ...]) -> Iterator[RawLine]:
        """The lines of a table; a column that could give none, as all its days lie outside what is around it, is reported."""
        made = list(self._rows(table, dates, d, block))
        never = [
            column
            for column in table.columns
            if column.dates and (own := [x for c, x in made if c is column]) and all(x.since > x.until for x in own)
        ]
        for column in never:
            assert column.dates is not None
            report_outside(self.report, column.dates, dates)
            self.complete = False
        yield from (line for column, line in made if column not in never)

    def _rows(
        self, table: nodes.Table, dates: Time, d: Declared, block: tuple[nodes.Notes, ...]
    ) -> Iterator[tuple[nodes.Column, RawLine]]:
        """Each line of a table with the column that holds its result."""
        columns = [c for c in table.columns if c.kind == "condition"]
        results = [c for c in table.columns if c.kind != "condition"]
        for row in table.rows:
            self.rows += 1
            cells = [c for c in row.cells if isinstance(c, nodes.Cell)]
            values = [c for c in row.cells if isinstance(c, nodes.Result)]
            otherwise = bool(cells) and cells[0].kind == "otherwise"
            conditions = tuple(
                c for column, cell in zip(columns, cells, strict=True) for c in cell_condition(column, cell)
            )
            key = "otherwise" if otherwise else row_key(columns, cells)
            # a 目标 is never in force, so it does not end what stands before it (semantics, rule 5)
            dated = [c.dates for c, v in zip(results, values, strict=True) if c.dates and v.kind != "target"]
            starts = sorted({first_day(x.since) for x in dated})
            absent = [c.dates for c, v in zip(results, values, strict=True) if c.dates and v.kind == "absent"]
            for column, value in zip(results, values, strict=True):
                since, until, published, review = within(column.dates, dates)
                ends = until
                if column.dates and not column.dates.until:
                    own = first_day(column.dates.since)
                    later = [s for s in starts if s > own]
                    until = min(until, day_before(later[0])) if later else until
                    gone = sorted(s for s in (first_day(x.since) for x in absent) if s > own)
                    ends = min(ends, day_before(gone[0])) if gone else ends
                if value.kind == "absent":
                    continue
                made = RawLine(
                    "otherwise" if otherwise else "row",
                    key,
                    "",
                    () if otherwise else conditions,
                    value,
                    (),
                    since,
                    until,
                    published,
                    self.rows,
                    (row.notes, *block),
                    d,
                    row.span,
                    ends=ends,
                    review=review,
                )
                yield column, made

    def tables(self, d: Declared) -> Iterator[tuple[nodes.Table, list[tuple[nodes.Row, list[RawLine]]]]]:
        """Each table of a parameter's declaration with the lines of its rows. What else is said there, `open` reads."""
        assert isinstance(d.node, (nodes.Parameter, nodes.Amendment))
        yield from self._tables(d.node.body, span_of(d.node.dates), d, ())

    def _tables(
        self, body: Iterable[nodes.Line], dates: Time, d: Declared, block: tuple[nodes.Notes, ...]
    ) -> Iterator[tuple[nodes.Table, list[tuple[nodes.Row, list[RawLine]]]]]:
        body = tuple(body)
        block = block + _said_of(body, dates)
        for line in body:
            if isinstance(line, nodes.Dated):
                inner = within(line.dates, dates)
                if inner[0] <= inner[1]:
                    yield from self._tables(line.lines, inner, d, block)
            elif isinstance(line, nodes.Table):
                by_row: dict[int, list[RawLine]] = {}
                for made in self._table(line, dates, d, block):
                    by_row.setdefault(made.span.start, []).append(made)
                yield line, [(row, by_row.get(row.span.start, [])) for row in line.rows]

    def _settle(self, lines: list[RawLine]) -> list[RawLine]:
        """A value holds until the next one of its key in its layer begins (semantics, further rule 8)."""
        groups: dict[tuple[str, int], list[int]] = {}
        for i, line in enumerate(lines):
            if line.key and line.kind != "transition":  # several ways from one state to another are alternatives
                groups.setdefault((line.key, line.declared.layer), []).append(i)
        out = list(lines)
        for group in groups.values():
            # a 目标 is never in force and ends nothing
            members = [i for i in group if lines[i].result.kind != "target"]
            members.sort(key=lambda i: (lines[i].since, lines[i].published, i))
            for i, j in itertools.pairwise(members):
                a, b = lines[i], lines[j]
                same_day = a.since == b.since and a.published == b.published
                again = amended_twice(a.declared, b.declared)
                if same_day and again and a.kind == "row" and a.result == b.result:
                    report_twice(self.report, a, b, self.name)
                elif same_day and (again or a.result != b.result or a.kind == "value" or _another_exception(a, b)):
                    code = {"otherwise": "P0302", "exception": "P0202", "row": "P0309"}.get(a.kind, "P0401")
                    self.report.error(
                        code,
                        b.span,
                        labels=[(a.span, *(TWICE_LABEL if again else ("先在这里写了", "written first here")))],
                        hint=TWICE if again else None,
                        name=self.name if a.kind == "value" else a.label,
                        date=day_text(b.since),
                    )
            following = after = OPEN  # the next date on which a value begins, and the one after it
            for i in reversed(members):
                line = lines[i]
                end = following if following > line.since else after
                if end <= line.until and end < OPEN:
                    out[i] = evolve(line, until=day_before(end))
                if line.since < following:
                    following, after = line.since, following
        return out


def _said_of(body: Iterable[nodes.Line], dates: Time) -> tuple[nodes.Notes, ...]:
    """What a dated body says of its source, for each of its lines; an undated one says it of the whole item."""
    return tuple(x.notes for x in body if isinstance(x, nodes.Remark) and dates != ALWAYS)


def _another_exception(a: RawLine, b: RawLine) -> bool:
    return a.kind == "exception" and (a.conditions, a.beats) != (b.conditions, b.beats)
