"""Bodies as written → plain lines: dated blocks opened, tables turned into rows with conditions, amendments laid over.

A table is another way to write branches: each row becomes a line whose condition joins the row's cells; each dated column gives
that row a result for its time.
"""

from __future__ import annotations

import calendar
import datetime
import itertools
from collections.abc import Iterable, Iterator
from typing import Any

from attrs import evolve, frozen

from ..diagnostics.report import Report
from ..model.symbols import Declared
from ..source import Span
from ..syntax import nodes, undated
from .cells import cell_condition, row_key
from .nodes import OPEN


@frozen
class RawLine:
    """A line before its expressions are read. `since` 0 means undated; `key` is what an amendment or a later date replaces."""

    kind: str
    key: str
    label: str
    conditions: tuple[nodes.Expression, ...]
    result: nodes.Result
    beats: tuple[str, ...]
    since: int
    until: int
    published: int
    row: int
    notes: tuple[nodes.Notes, ...]
    declared: Declared
    span: Span
    steps: tuple[str, str] = ("", "")  # of a transition: from which state to which
    ends: int = OPEN  # its own 至


@frozen
class RawMode:
    kind: str
    since: int
    until: int
    published: int
    layer: int
    span: Span


@frozen
class RawRepeal:
    """`废止`, by the key of what it takes away; "" for everything."""

    key: str
    label: str
    since: int
    until: int
    published: int
    notes: tuple[nodes.Notes, ...]
    declared: Declared
    span: Span

    @property
    def always(self) -> bool:
        return not self.since and self.until == OPEN


@frozen
class RawBody:
    lines: tuple[RawLine, ...]
    modes: tuple[RawMode, ...]
    remarks: tuple[tuple[nodes.Notes, Declared], ...]
    arrears: tuple[tuple[nodes.Arrears, Declared], ...] = ()
    states: tuple[tuple[nodes.Initial | nodes.Final, Declared], ...] = ()
    repeals: tuple[RawRepeal, ...] = ()
    complete: bool = True  # whether nothing was left out, as its days lie outside what is around it

    @property
    def whole(self) -> int:
        """The lowest layer that takes all that it inherits away for good; 0 where none does."""
        return max((r.declared.layer for r in self.repeals if r.always and not r.key), default=0)


def first_day(text: str) -> int:
    """A date as yyyymmdd; a month means its first day."""
    return int((text if len(text) == 10 else text + "-01").replace("-", ""))


def last_day(text: str) -> int:
    """As the end of a span: a month means its last day."""
    if len(text) == 10:
        return int(text.replace("-", ""))
    year, month = int(text[:4]), int(text[5:])
    return year * 10000 + month * 100 + calendar.monthrange(year, month)[1]


def day_before(day: int) -> int:
    d = datetime.date(day // 10000, day // 100 % 100, day % 100)
    if d == datetime.date.min:
        return day
    d -= datetime.timedelta(days=1)
    return d.year * 10000 + d.month * 100 + d.day


def span_of(dates: nodes.Dates | None) -> tuple[int, int, int]:
    if dates is None:
        return 0, OPEN, 0
    return (
        first_day(dates.since),
        last_day(dates.until) if dates.until else OPEN,
        first_day(dates.published) if dates.published else 0,
    )


def within(dates: nodes.Dates | None, outer: tuple[int, int, int]) -> tuple[int, int, int]:
    """The time of what is written inside something dated: the days that both have. Where it says no 公布 that of the outer one holds.

    From later than its end: no day at all.
    """
    since, until, published = span_of(dates)
    return max(since, outer[0]), min(until, outer[1]), published or outer[2]


def report_outside(report: Report, dates: nodes.Dates, outer: tuple[int, int, int]) -> None:
    """Says that no day of `dates` lies within the outer time."""
    since, until = (_day_text(x) if x not in (0, OPEN) else "" for x in outer[:2])
    zh = " ".join(f"{word} {day}" for word, day in (("自", since), ("至", until)) if day)
    en = " ".join(f"{word} {day}" for word, day in (("from", since), ("to", until)) if day)
    report.error("P0421", dates.span, dates=dates.span.text, outer=zh, outer_en=en)


class Opener:
    """Opens the bodies of one rule or parameter, over all declarations that contribute to it.

    A date is met in four places, each inside the one before: the declaration's head line, a block, a line, a column.
    """

    def __init__(self, name: str, report: Report) -> None:
        self.name = name
        self.report = report
        self.rows = 0
        self.arrears: list[tuple[nodes.Arrears, Declared]] = []
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
                self._without_dates([x for x in node.body if isinstance(x, nodes.Arrears)])
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
            self.complete,
        )

    def _lines(
        self,
        body: Iterable[nodes.Line],
        dates: tuple[int, int, int],
        d: Declared,
        lines: list[RawLine],
        modes: list[RawMode],
        remarks: list[tuple[nodes.Notes, Declared]],
        block: tuple[nodes.Notes, ...] = (),
    ) -> None:
        since, until, published = dates
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
            }
            match line:
                case nodes.Mode():
                    modes.append(RawMode(line.kind, since, until, published, d.layer, line.span))
                case nodes.Remark():
                    if dates == (0, OPEN, 0):
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
                case nodes.Arrears():
                    self.arrears.append((line, d))
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
            if isinstance(line, (nodes.Arrears, nodes.Initial, nodes.Final)):
                hint = undated.ARREARS if isinstance(line, nodes.Arrears) else undated.STATES
                self.report.error("P0420", line.span, hint=hint)

    def _table(
        self, table: nodes.Table, dates: tuple[int, int, int], d: Declared, block: tuple[nodes.Notes, ...]
    ) -> Iterator[RawLine]:
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
        self, table: nodes.Table, dates: tuple[int, int, int], d: Declared, block: tuple[nodes.Notes, ...]
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
                since, until, published = within(column.dates, dates)
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
                )
                yield column, made

    def tables(self, d: Declared) -> Iterator[tuple[nodes.Table, list[tuple[nodes.Row, list[RawLine]]]]]:
        """Each table of a parameter's declaration with the lines of its rows. What else is said there, `open` reads."""
        assert isinstance(d.node, (nodes.Parameter, nodes.Amendment))
        yield from self._tables(d.node.body, span_of(d.node.dates), d, ())

    def _tables(
        self, body: Iterable[nodes.Line], dates: tuple[int, int, int], d: Declared, block: tuple[nodes.Notes, ...]
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
                        date=_day_text(b.since),
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


def _said_of(body: Iterable[nodes.Line], dates: tuple[int, int, int]) -> tuple[nodes.Notes, ...]:
    """What a dated body says of its source, for each of its lines; an undated one says it of the whole item."""
    return tuple(x.notes for x in body if isinstance(x, nodes.Remark) and dates != (0, OPEN, 0))


TWICE = (
    "同一层把它修订了两次：合成一处，或用「自 日期」分开",
    "one layer amends it twice: join the two, or part them by dates",
)
TWICE_LABEL = ("这一层先在这里改了", "this layer amends it here first")


def amended_twice(a: Declared, b: Declared) -> bool:
    """Whether two declarations of one layer, one of them a 修订 at least, say the same thing."""
    return a is not b and a.layer == b.layer and (a.amends or b.amends)


def report_twice(report: Report, a: RawLine | RawRepeal, b: RawLine | RawRepeal, name: str) -> None:
    report.error("P0612", b.span, name=name, labels=[(a.span, *TWICE_LABEL)])


def twice(name: str, lines: list[RawLine], repeals: list[RawRepeal], report: Report) -> None:
    """Reports what two declarations of one layer take away or replace as a whole; what has a key is compared by `_settle`."""
    taken: dict[tuple[object, ...], RawLine | RawRepeal] = {}
    labelled = [x for x in lines if x.kind in ("exception", "transition") and x.label]
    there = [(x.key, x.declared.layer) for x in lines]
    known = [r for r in repeals if not r.key or inherited(there, repeals, r, r.key)]  # of the others P0611 speaks
    keyed: list[RawLine | RawRepeal] = [*known, *labelled]
    for line in keyed:
        before = taken.setdefault((line.key, line.declared.layer, line.since, line.published), line)
        if before is not line and isinstance(before, RawRepeal):
            report_twice(report, before, line, line.label or name)
    first: dict[int, RawLine] = {}
    for branch in (x for x in lines if x.kind == "branch"):
        other = first.setdefault(branch.declared.layer, branch)
        if _both_amend(other, branch):
            report_twice(report, other, branch, name)
            break
    steps: dict[tuple[int, str], RawLine] = {}
    for line in (x for x in lines if x.kind == "transition"):
        other = steps.setdefault((line.declared.layer, line.key), line)
        if _both_amend(other, line):
            report_twice(report, other, line, line.label)
            steps[line.declared.layer, line.key] = line


def _both_amend(a: RawLine, b: RawLine) -> bool:
    """Whether one layer says both, apart, for days that they share."""
    return amended_twice(a.declared, b.declared) and a.since <= b.until and b.since <= a.until


def inherited(there: Iterable[tuple[str, int]], repeals: Iterable[RawRepeal], repeal: RawRepeal, key: str) -> bool:
    """Whether something with the key ("": anything) is inherited by a 废止's layer; `there` says (key, layer) of all that is declared.

    What a layer between has taken away for good is not inherited any more.
    """
    layer = repeal.declared.layer
    between = [r for r in repeals if r.always and r.declared.layer < layer]
    return any(
        at < layer and key in ("", k) and not any(r.declared.layer > at and r.key in ("", k) for r in between)
        for k, at in there
    )


def _another_exception(a: RawLine, b: RawLine) -> bool:
    return a.kind == "exception" and (a.conditions, a.beats) != (b.conditions, b.beats)


def _day_text(day: int) -> str:
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else "任何日期"
