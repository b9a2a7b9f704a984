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

from attrs import evolve, fields, frozen

from ..diagnostics.report import Report
from ..model.declare import Declared
from ..source import Span
from ..syntax import nodes
from ..syntax.keywords import COMPARISON_WORDS
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
    states: tuple[Span, ...] = ()  # where 起始 and 终止 stand
    repeals: tuple[RawRepeal, ...] = ()


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


class Opener:
    """Opens the bodies of one rule or parameter, over all declarations that contribute to it."""

    def __init__(self, name: str, report: Report) -> None:
        self.name = name
        self.report = report
        self.rows = 0
        self.arrears: list[tuple[nodes.Arrears, Declared]] = []
        self.states: list[Span] = []
        self.repeals: list[RawRepeal] = []

    def open(self, declared: Iterable[Declared]) -> RawBody:
        lines: list[RawLine] = []
        modes: list[RawMode] = []
        remarks: list[tuple[nodes.Notes, Declared]] = []
        for d in declared:
            assert isinstance(d.node, (nodes.Rule, nodes.Status, nodes.Parameter, nodes.Amendment))
            dates = None if isinstance(d.node, nodes.Amendment) else d.node.dates
            self._lines(d.node.body, span_of(dates), d, lines, modes, remarks)
        twice(self.name, lines, self.repeals, self.report)
        settled = tuple(self._settle(lines))
        return RawBody(
            settled, tuple(modes), tuple(remarks), tuple(self.arrears), tuple(self.states), tuple(self.repeals)
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
        block = block + tuple(x.notes for x in body if isinstance(x, nodes.Remark) and dates != (0, OPEN, 0))
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
                    a, b, p = span_of(line.dates)
                    self._lines(
                        line.lines, (max(a, since), min(b, until), p or published), d, lines, modes, remarks, block
                    )
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
                    self.states.append(line.span)
                    if dates == (0, OPEN, 0):
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

    def _table(
        self, table: nodes.Table, dates: tuple[int, int, int], d: Declared, block: tuple[nodes.Notes, ...]
    ) -> Iterator[RawLine]:
        columns = [c for c in table.columns if c.kind == "condition"]
        results = [c for c in table.columns if c.kind != "condition"]
        for row in table.rows:
            self.rows += 1
            cells = [c for c in row.cells if isinstance(c, nodes.Cell)]
            values = [c for c in row.cells if isinstance(c, nodes.Result)]
            otherwise = bool(cells) and cells[0].kind == "otherwise"
            conditions = tuple(
                c
                for column, cell in zip(columns, cells, strict=True)
                for c in cell_condition(column, cell, self.report)
            )
            key = "otherwise" if otherwise else row_key(columns, cells)
            # a 目标 is never in force, so it does not end what stands before it (semantics, rule 5)
            dated = [c.dates for c, v in zip(results, values, strict=True) if c.dates and v.kind != "target"]
            starts = sorted({first_day(x.since) for x in dated})
            absent = [c.dates for c, v in zip(results, values, strict=True) if c.dates and v.kind == "absent"]
            for column, value in zip(results, values, strict=True):
                since, until, published = dates
                ends = until
                if column.dates:
                    since, until, published = span_of(column.dates)
                    ends = until
                    if not column.dates.until:
                        later = [s for s in starts if s > since]
                        until = day_before(later[0]) if later else OPEN
                        gone = sorted(s for s in (first_day(x.since) for x in absent) if s > since)
                        ends = day_before(gone[0]) if gone else OPEN
                    since, until, ends = max(since, dates[0]), min(until, dates[1]), min(ends, dates[1])
                if value.kind == "absent":
                    continue
                yield RawLine(
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


def row_key(columns: Iterable[nodes.Column], cells: Iterable[nodes.Cell]) -> str:
    """What the condition cells say, however it is written: neither the order of columns or values nor the spelling of a
    comparison counts, and a column with — says nothing."""
    parts = []
    for column, cell in zip(columns, cells, strict=True):
        tests: set[str] = set()
        joined = cell.joined if len(cell.tests) > 1 else "and"
        for test in cell.tests:
            if isinstance(test.operand, nodes.Range) and joined == "and":
                low, high = test.operand.low_closed, test.operand.high_closed
                tests.add(repr((">=" if low else ">", _meaning(test.operand.low))))
                tests.add(repr(("<=" if high else "<", _meaning(test.operand.high))))
            else:
                tests.add(repr((test.sign, _meaning(test.operand))))
        if tests:
            parts.append(repr((_meaning(column.expression), joined, sorted(tests))))
    return f"row {sorted(parts)}"


def _meaning(node: object) -> object:
    """A tree without what takes no part in equality; a number by its value."""
    if isinstance(node, nodes.Number):
        return ("Number", node.value, node.unit)
    if isinstance(node, nodes.Node):
        return (type(node).__name__, *(_meaning(getattr(node, f.name)) for f in fields(type(node)) if f.eq))
    return tuple(_meaning(x) for x in node) if isinstance(node, tuple) else node


def cell_condition(column: nodes.Column, cell: nodes.Cell, report: Report) -> list[nodes.Expression]:
    """What the cell demands of its column, as an expression of the language; nothing for —."""
    assert column.expression is not None
    subject = column.expression
    if cell.kind != "tests":
        return []
    made: list[nodes.Expression] = []
    for test in cell.tests:
        operand = test.operand
        if isinstance(operand, nodes.Range):
            made.append(nodes.Membership(subject, operand, span=test.span))
        elif test.sign == "=" and isinstance(operand, nodes.Truth):
            made.append(subject if operand.value else nodes.Not(subject, span=test.span))
        else:
            # 以上, 以下, 以内 stand behind their number in a cell alone; in a formula they are signs
            word = test.word if test.word in COMPARISON_WORDS else test.sign
            link = nodes.Link(test.sign, word, operand, span=test.span)
            made.append(nodes.Comparison(subject, (link,), span=test.span))
    if len(made) == 1:
        return made
    plain = [t.operand for t in cell.tests if t.sign == "=" and not isinstance(t.operand, (nodes.Range, nodes.Truth))]
    if cell.joined == "or" and len(plain) == len(cell.tests):
        return [nodes.Membership(subject, tuple(plain), span=cell.span)]
    return [nodes.Logic(cell.joined, tuple(made), span=cell.span)]
