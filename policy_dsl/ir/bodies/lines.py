"""Lines, modes and repeals of a body before their expressions are read."""

from __future__ import annotations

from attrs import frozen

from ...model.symbols import Declared
from ...source import Span
from ...syntax import nodes
from ..nodes import OPEN


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
    review: int = 0  # its 复核


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
    arrears: tuple[tuple[nodes.Arrears | nodes.Recover, Declared], ...] = ()
    states: tuple[tuple[nodes.Initial | nodes.Final, Declared], ...] = ()
    repeals: tuple[RawRepeal, ...] = ()
    paid_on: tuple[tuple[nodes.PaidOn, Declared], ...] = ()
    complete: bool = True  # whether nothing was left out, as its days lie outside what is around it

    @property
    def whole(self) -> int:
        """The lowest layer that takes all that it inherits away for good; 0 where none does."""
        return max((r.declared.layer for r in self.repeals if r.always and not r.key), default=0)
