"""The lines of one rule at one entry, each looked at once: whether they hold and what they give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from ...ir import nodes as ir
from ...ir.disjoint import shape
from ...ir.in_force import InForce
from ..entries import Instance
from ..runtime import NOTHING
from ..values import Undetermined, Value, known
from .columns import Choice, Columns


class Outcome(NamedTuple):
    """A value, and what it is known by: two with one key are the same, known ones by value, others by how they are written."""

    value: Value
    key: object


def outcome(value: Value, written: ir.Expression | None = None) -> Outcome:
    """The outcome of a result as it is written, or of several lines together."""
    if value is NOTHING:
        return Outcome(value, ("nothing",))
    if known(value):
        return Outcome(value, ("known", value))
    return Outcome(value, object() if written is None else ("written", shape(written)))


class Reads(Protocol):
    """What evaluates a formula, by itself or as some columns are chosen."""

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value: ...

    def chosen(self, node: ir.Expression, at: Instance, made: Columns, choice: Choice) -> Value: ...


class Rows:
    """The lines of a rule at an entry. `as_chosen` looks at the same lines with what is open in their columns chosen."""

    def __init__(self, by: Reads, found: InForce, at: Instance) -> None:
        self.by = by
        self.found = found
        self.at = at
        self.below: Outcome | None = None  # what the body gives, where that is worked out already
        self._plain: Rows | None = None
        self._chosen: tuple[Columns, Choice] | None = None
        self._holds: dict[int, Value] = {}
        self._results: dict[int, Outcome] = {}

    def as_chosen(self, made: Columns, choice: Choice) -> Rows:
        rows = Rows(self.by, self.found, self.at)
        rows._plain, rows._chosen, rows._results = self, (made, choice), self._results
        return rows

    def holds(self, line: ir.Line) -> Value:
        """Whether a line applies, by its condition alone."""
        if line.condition is None:
            return True
        key = id(line)
        if key not in self._holds:
            if self._plain is None or self._chosen is None:
                held = self.by.evaluate(line.condition, self.at)
            else:
                held = self._plain.holds(line)
                if isinstance(held, Undetermined):
                    held = self.by.chosen(line.condition, self.at, *self._chosen)
            self._holds[key] = held
        return self._holds[key]

    def result(self, line: ir.Line) -> Outcome:
        """What a line gives if it applies."""
        key = id(line)
        if key not in self._results:
            self._results[key] = outcome(self.by.evaluate(line.result, self.at), line.result)
        return self._results[key]

    def results(self, lines: Iterable[ir.Line]) -> list[Outcome]:
        return [self.result(x) for x in lines]
