"""The lines of one rule at one entry, each looked at once: whether they hold and what they give."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from ...ir import nodes as ir
from ...ir.disjoint import shape
from ...ir.in_force import InForce
from ..entries import Instance
from ..runtime import NOTHING
from ..values import Undetermined, Value, known
from .columns import Choice, Columns, Ways, choices
from .logic import conjunction, disjunction, negation


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
    """What evaluates formulas."""

    def evaluate(self, node: ir.Expression | None, at: Instance | None) -> Value: ...

    def compare(self, node: ir.Compare, a: Value, b: Value) -> Value: ...

    def among(self, node: ir.Among, item: Value, options: list[Value]) -> Value: ...


class Rows:
    """The lines of a rule at an entry. `as_chosen` looks at the same lines with what is open in their columns chosen."""

    def __init__(self, by: Reads, found: InForce, at: Instance) -> None:
        self.by = by
        self.found = found
        self.at = at
        self.below: Outcome | None = None  # what the body gives, where that is worked out already
        self._holds: dict[int, Value] = {}
        self._results: dict[int, Outcome] = {}
        self._values: dict[int, Value] = {}  # of parts of conditions, whatever is chosen

    def as_chosen(self, lines: tuple[ir.Line, ...], made: Columns, ways: Ways) -> Iterator[Rows]:
        """The same for each choice of the lines' columns; of choices by which the same lines apply the first one stands for all."""
        table = _Table(self, made, ways)
        open_ = [x for x in lines if isinstance(self.holds(x), Undetermined)]
        seen: set[tuple[int, ...]] = set()
        for choice in choices(ways):
            rows = _Chosen(table, choice)
            alike = tuple(id(rows.holds(x)) for x in open_)  # the table keeps what is worked out
            if alike not in seen:
                seen.add(alike)
                yield rows

    def holds(self, line: ir.Line) -> Value:
        """Whether a line applies, by its condition alone."""
        if line.condition is None:
            return True
        key = id(line)
        if key not in self._holds:
            self._holds[key] = self.condition(line, line.condition)
        return self._holds[key]

    def alone(self, line: ir.Line) -> Value:
        """Whether a line applies, whatever is chosen."""
        return self.holds(line)

    def condition(self, line: ir.Line, condition: ir.Expression) -> Value:
        return self.by.evaluate(condition, self.at)

    def value(self, node: ir.Expression) -> Value:
        """A part of a condition by itself."""
        key = id(node)
        if key not in self._values:
            self._values[key] = self.by.evaluate(node, self.at)
        return self._values[key]

    def result(self, line: ir.Line) -> Outcome:
        """What a line gives if it applies."""
        key = id(line)
        if key not in self._results:
            self._results[key] = outcome(self.by.evaluate(line.result, self.at), line.result)
        return self._results[key]

    def results(self, lines: Iterable[ir.Line]) -> list[Outcome]:
        return [self.result(x) for x in lines]


class _Table:
    """The ways in which columns may be chosen, and what parts of conditions are by what is chosen of their own columns."""

    def __init__(self, plain: Rows, made: Columns, ways: Ways) -> None:
        self.plain = plain
        self.places = made.places
        self.ways = ways
        self.own = {n: tuple(k for k in columns if k in ways) for n, columns in made.inside.items()}  # the chosen ones
        self.truths: dict[tuple[int, ...], Value] = {}


class _Chosen(Rows):
    """The lines with their columns chosen."""

    def __init__(self, table: _Table, choice: Choice) -> None:
        plain = table.plain
        super().__init__(plain.by, plain.found, plain.at)
        self.table = table
        self.plain = plain
        self.choice = choice
        self._results, self._values = plain._results, plain._values

    def alone(self, line: ir.Line) -> Value:
        return self.plain.holds(line)

    def condition(self, line: ir.Line, condition: ir.Expression) -> Value:
        held = self.plain.holds(line)
        return self.chosen(condition) if isinstance(held, Undetermined) and self.table.own.get(id(condition)) else held

    def column(self, node: ir.Expression) -> Value:
        """What is chosen for a formula, or else its value."""
        key = self.table.places.get(id(node))
        return self.value(node) if key is None or key not in self.choice else self.table.ways[key][self.choice[key]]

    def chosen(self, node: ir.Expression) -> Value:
        """A condition, or a part of one."""
        own, truths = self.table.own.get(id(node)), self.table.truths
        if not own:
            return self.value(node)
        key = (id(node), *[self.choice[k] for k in own])
        if key not in truths:
            truths[key] = self.worked_out(node)
        return truths[key]

    def worked_out(self, node: ir.Expression) -> Value:
        """The same. What was chosen stands for others only beside known values, which told them apart."""
        match node:
            case ir.Not():
                return negation(self.chosen(node.operand))
            case ir.Logic():
                joined = conjunction if node.joined == "and" else disjunction
                return joined(self.chosen(p) for p in node.parts)
            case ir.Compare():
                left, right = self.value(node.left), self.value(node.right)
                if known(left) or known(right):
                    left, right = self.column(node.left), self.column(node.right)
                return self.by.compare(node, left, right)
            case ir.Among():
                options = [self.value(o) for o in node.options]
                item = self.column(node.item) if all(map(known, options)) else self.value(node.item)
                return self.by.among(node, item, options)
        return self.column(node)
