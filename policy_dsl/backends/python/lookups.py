"""Rows of cells → look-ups: one column after the other, the values of each cut where a row begins or stops to apply.

A node stands for the rows that still may apply. What it reads of its column leads to a node of the next level, and from the last level to
what the rows that apply there give. So no question is asked twice, and how many rows there are hardly matters.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

MOST_VISITS = 30  # of a row, over all nodes in which it may apply; rows that overlap in more ways are no table
MOST_KEYS = 8  # whole numbers of one cell that are looked up one by one

Span = tuple[int | None, int | None]  # whole numbers from the one on and below the other; None is no end
Row = dict[int, list[Span]]  # column → where the row applies, for columns that it names
Cut = tuple[tuple[int, ...], tuple[int, ...]]  # cuts, and what lies before, between and behind them
Leaf = Callable[[tuple[int, ...]], int]


class Level(NamedTuple):
    """How the nodes of one level read their column, which is numbered: by `index` (children by position), by `key` (children of single
    values, and the one of all others), or by `cuts` (one child more than cuts). `idle`: a node has no rows that name the column; it has only
    a child.
    """

    column: int
    kind: str
    nodes: tuple[tuple[Any, Any], ...]
    idle: bool


class Choice(NamedTuple):
    """Look-ups of lines by their columns, which are numbered. Groups that are `open` have conditions left to ask."""

    levels: tuple[Level, ...]
    groups: tuple[tuple[int, ...], ...]
    open: bool
    found: frozenset[int]  # NONE, CLASH, where they may be found


class Overlapping(Exception):
    """Rows overlap in so many ways that looking them up would need more room than they take."""


class Columns:
    """Makes the look-ups of some rows. `leaf` gives what the rows that apply together stand for; `first` tells that only the first matters,
    of those whose cells are all that they demand (`sure`)."""

    def __init__(
        self,
        rows: Sequence[Row],
        sure: Sequence[bool],
        order: Sequence[int],
        sizes: dict[int, int],
        first: bool,
        leaf: Leaf,
    ) -> None:
        self.rows = rows
        self.order = order
        self.sizes = sizes  # of columns that are read by position
        self.first = first
        self.leaf = leaf
        self.left = MOST_VISITS * len(rows) + 2_000
        self.nodes: list[list[Cut]] = [[] for _ in order]
        self.known: dict[tuple[int, tuple[int, ...]], int] = {}
        # the last level at which a row names a column: from there on it surely applies
        self.last = [
            max((n for n, c in enumerate(order) if c in row), default=-1) if known else len(order)
            for row, known in zip(rows, sure, strict=True)
        ]
        self._node(0, tuple(range(len(rows))))

    def levels(self) -> list[Level]:
        """The levels, from the first column on; the first has one node."""
        return [self._level(column, nodes) for column, nodes in zip(self.order, self.nodes, strict=True)]

    def _node(self, level: int, rows: tuple[int, ...]) -> int:
        if level == len(self.order):
            return self.leaf(rows)
        key = (level, rows)
        if key not in self.known:
            made = self._cut(level, rows)
            self.known[key] = len(self.nodes[level])
            self.nodes[level].append(made)
        return self.known[key]

    def _cut(self, level: int, rows: tuple[int, ...]) -> Cut:
        """Where a column is cut, and the nodes before, between and behind the cuts."""
        column = self.order[level]
        active: list[int] = []
        starts: dict[int, list[int]] = {}
        stops: dict[int, list[int]] = {}
        named = False
        for row in rows:
            spans = self.rows[row].get(column)
            named = named or spans is not None
            for low, high in [(None, None)] if spans is None else self._inside(column, spans):
                if low is None:
                    active.append(row)
                else:
                    starts.setdefault(low, []).append(row)
                if high is not None:
                    stops.setdefault(high, []).append(row)
        cuts: list[int] = []
        children = [self._node(level + 1, self._still(level, active))]
        places = sorted(starts.keys() | stops.keys())
        for place in places:
            for row in stops.get(place, ()):
                del active[bisect_left(active, row)]
            for row in starts.get(place, ()):
                insort(active, row)
            child = self._node(level + 1, self._still(level, active))
            if child != children[-1]:
                cuts.append(place)
                children.append(child)
        if named and not cuts:  # what is not known is not known here, too, though it makes no difference
            cuts, children = (places or [0])[:1], children * 2
        return tuple(cuts), tuple(children)

    def _inside(self, column: int, spans: list[Span]) -> list[Span]:
        """Stretches of positions, cut off where there are none."""
        size = self.sizes.get(column)
        if size is None:
            return spans
        return [
            (None if low is None or low <= 0 else low, None if high is None or high >= size else high)
            for low, high in spans
            if (low is None or low < size) and (high is None or high > 0)
        ]

    def _still(self, level: int, active: Sequence[int]) -> tuple[int, ...]:
        """The rows that still count at the next level."""
        out: Sequence[int] = active
        if self.first:
            sure = next((n for n, row in enumerate(active) if self.last[row] <= level), len(active))
            out = active[: sure + 1]
        self.left -= 1 + len(out)
        if self.left < 0:
            raise Overlapping
        return tuple(out)

    def _level(self, column: int, nodes: list[Cut]) -> Level:
        idle = any(not cuts for cuts, _ in nodes)
        size = self.sizes.get(column)
        if size is not None:
            return Level(column, "index", tuple(_by_place(cuts, children, size) for cuts, children in nodes), idle)
        keyed = [_by_key(cuts, children) for cuts, children in nodes]
        if all(x is not None for x in keyed):
            return Level(column, "key", tuple(x for x in keyed if x is not None), idle)
        return Level(column, "cuts", tuple(nodes), idle)


def _by_place(cuts: tuple[int, ...], children: tuple[int, ...], size: int) -> tuple[tuple[int, ...], int]:
    """The same by position; nothing where nothing is cut."""
    return tuple(children[bisect_right(cuts, n)] for n in range(size if cuts else 0)), children[0]


def _by_key(cuts: tuple[int, ...], children: tuple[int, ...]) -> tuple[dict[int, int], int] | None:
    """The same by single values, where all others lead to one child."""
    rest = children[0]
    found: dict[int, int] = {}
    for (low, high), child in zip(pairwise(cuts), children[1:-1], strict=True):
        if child == rest:
            continue
        values = range(low, high) if high - low <= MOST_KEYS else ()
        if not values:
            return None
        found.update(dict.fromkeys(values, child))
    return (found, rest) if children[-1] == rest else None
