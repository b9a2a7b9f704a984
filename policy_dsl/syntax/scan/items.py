"""A file cut into items: what begins at column 0 with its indented lines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...source import Source


class Chunk(NamedTuple):
    """Physical lines (from 1, `end` exclusive) of one item."""

    first: int
    end: int


def item_lines(source: Source, folded: str) -> Iterator[Chunk]:
    """Cuts the text where a line begins at column 0; blank and comment lines belong to the item above. An indented line before any
    declaration begins an item, too, or nobody would say that it is out of place."""
    begun = None
    for line in range(1, source.lines + 1):
        start = source.line_start(line)
        text = folded[start : start + len(source.line_text(line))]
        body = text.lstrip(" \t\f")
        if not body or body.startswith("//") or (begun is not None and len(body) < len(text)):
            continue
        if begun is not None:
            yield Chunk(begun, line)
        begun = line
    if begun is not None:
        yield Chunk(begun, source.lines + 1)
