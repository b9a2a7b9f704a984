"""A parameter over time as a step chart: one row for each series, one axis of days below them. SVG without script or outside parts.

Whole numbers alone: coordinates are rounded down, and nothing depends on the machine. What a step says in full is its <title>.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from html import escape

from ..backends.formatting import day_text, value_text
from ..backends.values import Value
from ..ir import nodes as ir
from ..model.types import Type
from ..source import width
from ..syntax.keywords import comparison_in, spelling
from .series import Aim, Segment, Series

WIDE, RIGHT, HIGH, GAP, SMALL = (
    760,
    24,
    46,
    26,
    13,
)  # of the picture, its margin, a row's steps, between rows, a line of text
LETTER = 6  # of one column of text
MOST_LABELS = 5  # lines of dates below the axis
COLOURS = {"exact": "#0969da", "floor": "#9a6700", "target": "#8250df", "pending": "#6e7781"}
TO_THE_LEFT = ' text-anchor="end"'
FONT = "'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif"


def chart(name: str, type_: Type, rows: list[Series], lang: str) -> str:
    """The picture as one <svg> element on one line; "" where nothing is dated or said."""
    if not any(r.segments or r.aims for r in rows):
        return ""
    return _Chart(type_, rows, lang).svg(name)


class _Chart:
    def __init__(self, type_: Type, rows: list[Series], lang: str) -> None:
        self.type = type_
        self.rows = rows
        self.lang = lang
        shown = [width(_keys(r)) * LETTER for r in rows]
        self.left = min(220, 16 + max(shown)) if any(shown) else 16
        parts: list[Segment | Aim] = []
        for r in rows:
            parts += (*r.segments, *r.floors, *r.aims)
        self.days = sorted({d for x in parts for d in _days(x) if 0 < d < ir.OPEN})
        first, last = (_ordinal(d) for d in (self.days[0], self.days[-1])) if self.days else (0, 0)
        margin = max((last - first) // 6, 200)
        self.first, self.span = first - margin, last - first + 2 * margin
        amounts = [Fraction(x.value) for x in parts if type_.is_amount and x.value is not None]
        self.low, self.high = min([Fraction(0), *amounts]), max([Fraction(0), *amounts])

    def x(self, day: int) -> int:
        """Where a day stands; the left and right edge for what has no beginning or no end."""
        if not day or day >= ir.OPEN:
            return WIDE - RIGHT if day else self.left
        return self.left + (_ordinal(day) - self.first) * (WIDE - RIGHT - self.left) // self.span

    def y(self, value: Value, top: int) -> int:
        """Where a value stands in its row."""
        if not self.type.is_amount or self.high == self.low:
            return top + HIGH // 2
        return top + HIGH - int((Fraction(value) - self.low) * (HIGH - 8) / (self.high - self.low))

    def svg(self, name: str) -> str:
        parts: list[str] = []
        top = SMALL + 8
        for row in self.rows:
            parts += self.row(row, top)
            top += HIGH + GAP
        bottom = top - GAP + 6
        parts += self.axis(bottom)
        high = bottom + 6 + SMALL * self.labels
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" width="{WIDE}" height="{high}" role="img" '
            f'aria-label="{escape(name)}" style="max-width:100%;height:auto" font-family="{FONT}" font-size="11" '
            f'fill="currentColor">{"".join(parts)}</svg>'
        )

    def row(self, row: Series, top: int) -> Iterator[str]:
        label = _keys(row)
        if label:
            yield _text(
                4, top + HIGH // 2 + 4, _cut(label, (self.left - 12) // LETTER), f"<title>{escape(label)}</title>"
            )
        yield _line(self.left, top + HIGH, WIDE - RIGHT, top + HIGH, "currentColor", ' stroke-opacity=".2"')
        free = 0  # where the text before ends
        for floor in row.floors:
            y, said = self.y(floor.value, top) if floor.value is not None else top + HIGH, self.said(floor)
            x, end = self.x(floor.since), self.x(floor.until)
            dashes = ' stroke-width="1" stroke-dasharray="6 4"'
            yield _line(x, y, end, y, COLOURS["floor"], dashes, self.title(floor, said))
            if x >= free:
                yield _label(x + 2, y + SMALL - 2, said, COLOURS["floor"])
                free = x + 6 + width(said) * LETTER
        before: tuple[int, int] | None = None  # the end of the step before: its day and height
        free = 0
        for s in row.segments:
            x, end = self.x(s.since), self.x(s.until)
            y = top + HIGH if s.value is None else self.y(s.value, top)
            colour = COLOURS[s.kind]
            if before is not None and before[0] == s.since and before[1] != y:
                yield _line(x, before[1], x, y, colour, ' stroke-width="1.5"')
            dashes = {"floor": ' stroke-dasharray="6 4"', "pending": ' stroke-dasharray="2 3"'}.get(s.kind, "")
            said = self.said(s)
            yield _line(
                x, y, end, y, colour, f' stroke-width="{2 if s.kind == "exact" else 3}"{dashes}', self.title(s, said)
            )
            if x >= free:
                yield _label(x + 2, y - 4, said, colour)
                free = x + 6 + width(said) * LETTER
            before = (s.until, y)
        for aim in row.aims:
            yield from self.aim(aim, top)

    def aim(self, aim: Aim, top: int) -> Iterator[str]:
        """A target: a mark at its day, never a step."""
        x, y, colour = self.x(aim.since), self.y(aim.value, top), COLOURS["target"]
        said = f"{spelling('TARGET', self.lang)} {self.value(aim.value)}"
        yield (
            f'<path d="M{x} {y - 5}l5 5l-5 5l-5 -5z" fill="none" stroke="{colour}" stroke-width="1.5">'
            f"<title>{escape(f'{said} · {day_text(aim.since)} · {aim.layer}')}</title></path>"
        )
        yield _label(x + 8, y + 4, said, colour, x - 8)

    def value(self, value: Value) -> str:
        return value_text(value, self.type, self.lang)

    def said(self, s: Segment) -> str:
        if s.kind == "pending":
            return spelling("PENDING", self.lang)
        floor = f"{comparison_in('不低于', self.lang)} " if s.kind == "floor" else ""
        return floor + (self.value(s.value) if s.value is not None else spelling("PENDING", self.lang))

    def title(self, s: Segment, said: str) -> str:
        since = day_text(s.since) if s.since else "…"
        until = day_text(_day_before(s.until)) if s.until < ir.OPEN else "…"
        return " · ".join(x for x in (said, f"{since} – {until}", s.layer) if x)

    def axis(self, bottom: int) -> Iterator[str]:
        """Every day on which something changes, exact; dates that would touch stand on different lines."""
        yield _line(self.left, bottom, WIDE - RIGHT, bottom, "currentColor", ' stroke-opacity=".5"')
        ends: list[int] = []
        for day in self.days:
            x, said = self.x(day), day_text(day)
            half = len(said) * LETTER // 2
            line = next((n for n, end in enumerate(ends) if end < x - half), len(ends))
            yield _line(x, bottom - 4, x, bottom + 3, "currentColor", "")
            if line < MOST_LABELS:
                ends[line : line + 1] = [x + half + 4]
                yield _text(x, bottom + 4 + SMALL * (line + 1), said, "", ' text-anchor="middle"')
        self.labels = max(len(ends), 1) if self.days else 0


def _days(x: Segment | Aim) -> tuple[int, ...]:
    return (x.since, x.until) if isinstance(x, Segment) else (x.since,)


def _ordinal(day: int) -> int:
    return datetime.date(day // 10000, day // 100 % 100, day % 100).toordinal()


def _day_before(day: int) -> int:
    d = datetime.date.fromordinal(_ordinal(day) - 1)
    return d.year * 10000 + d.month * 100 + d.day


def _keys(row: Series) -> str:
    return " · ".join(row.keys)


def _cut(text: str, columns: int) -> str:
    """The text, ended by … where it is too wide."""
    if width(text) <= columns:
        return text
    while text and width(text) >= columns:
        text = text[:-1]
    return f"{text}…"


def _text(x: int, y: int, said: str, inside: str = "", more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{more}>{escape(said)}{inside}</text>'


def _label(x: int, y: int, said: str, colour: str, end: int = WIDE - 2) -> str:
    """A text that begins at x, or ends at `end` where it would go beyond the picture's edge."""
    over = x + width(said) * LETTER > WIDE
    return _text(end if over else x, y, said, "", f' fill="{colour}"{TO_THE_LEFT if over else ""}')


def _line(x: int, y: int, to_x: int, to_y: int, colour: str, more: str, title: str = "") -> str:
    inside = f"<title>{escape(title)}</title>" if title else ""
    return f'<line x1="{x}" y1="{y}" x2="{to_x}" y2="{to_y}" stroke="{colour}"{more}>{inside}</line>'
