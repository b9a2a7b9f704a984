"""A text and the places in it. Only this file knows how an offset becomes a line, a column or a width on screen."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from functools import lru_cache
from typing import NamedTuple

MAX_SHOWN = 4_100  # characters of a line that a place carries: more than a line may have that is read


class Place(NamedTuple):
    """A stretch of a file, as people name it: lines and columns count from 1, columns in characters, ends are exclusive."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str = ""  # the first line of the stretch, for carets

    @property
    def written(self) -> str:
        """The stretch itself, as far as it stands in its first line."""
        end = self.end_column - 1 if self.end_line == self.line else len(self.text)
        return self.text[self.column - 1 : end].strip()

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def bare(self) -> Place:
        """The same in the file without its folders: what is said of a decision does not depend on where the policy lies."""
        return self._replace(file=self.bare_file)

    @property
    def bare_file(self) -> str:
        """The file without its folders."""
        return _bare(self.file)


@lru_cache(maxsize=4096)
def _bare(file: str) -> str:
    return file.replace("\\", "/").rpartition("/")[2]


class Source:
    """One file's text (BOM taken off), named as messages shall name it."""

    __slots__ = ("_shown", "_starts", "name", "text")

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text.removeprefix("\ufeff")
        self._shown: dict[int, str] = {}  # lines as places carry them: one string for all places of a line
        self._starts = [0]
        find = self.text.find
        at = find("\n")
        while at >= 0:
            self._starts.append(at + 1)
            at = find("\n", at + 1)

    def line_of(self, offset: int) -> int:
        """The line (from 1) that holds the character at `offset`."""
        return bisect_right(self._starts, offset)

    def line_text(self, line: int) -> str:
        start = self._starts[line - 1]
        end = self._starts[line] if line < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def line_start(self, line: int) -> int:
        return self._starts[line - 1]

    @property
    def lines(self) -> int:
        return len(self._starts)

    def place(self, start: int, end: int) -> Place:
        line = self.line_of(start)
        last = self.line_of(max(start, end - 1))
        text = self._shown.get(line)
        if text is None:
            text = self._shown[line] = self.line_text(line)[:MAX_SHOWN]
        return Place(self.name, line, start - self._starts[line - 1] + 1, last, end - self._starts[last - 1] + 1, text)


class Span(NamedTuple):
    """Offsets of a stretch of one source. Nodes of the syntax tree carry it; it takes no part in their equality."""

    source: Source
    start: int
    end: int

    @property
    def place(self) -> Place:
        return self.source.place(self.start, self.end)

    @property
    def text(self) -> str:
        return self.source.text[self.start : self.end]

    def to(self, other: Span) -> Span:
        return Span(self.source, min(self.start, other.start), max(self.end, other.end))


_OBEYED = r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]"


def prints_as_it_is(text: str) -> bool:
    """Whether nothing in the lines is a control, a mark or a rare space. Usual texts need no closer look, and no expression compiled."""
    return text.replace("\n", "").isprintable()


def visible(text: str) -> str:
    """The text without what a terminal would obey: control characters and marks that turn the order of what is read."""
    return text if prints_as_it_is(text) else re.sub(_OBEYED, "\ufffd", text)


def width(text: str) -> int:
    """Columns that `text` takes on a terminal: wide and full-width characters two, combining ones none."""
    return sum(
        0
        if unicodedata.combining(c) or unicodedata.category(c) in ("Cf", "Mn")
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )
