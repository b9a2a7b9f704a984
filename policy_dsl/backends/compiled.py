"""What the engine makes and others use: compiled functions with the way to read their results, as they run and as a cache keeps them."""

from __future__ import annotations

from types import CodeType
from typing import Any, NamedTuple

from ..ir import nodes as ir
from . import runtime
from .entries import Instance
from .epoch import Epoch
from .formatting import day_text
from .layout import RuleKey, Slot
from .reading_plan import Reading
from .values import Failure


class Compiled(NamedTuple):
    """The functions of one set of formulas for one root entity, and how to read their results."""

    program: ir.Program
    root: str
    code: CodeType
    read: Any
    decide: Any
    record: Any
    order: tuple[object, ...]
    slots: dict[RuleKey, Slot]
    entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]]
    reading: Reading

    def instance(self, root: str, data: tuple[Any, ...]) -> Instance:
        entity = next(e for e in self.program.entities if e.name == root)
        return Instance(self.program, entity, data, None, root)

    def fill(self, entry: Instance, raw: tuple[Any, ...], on: int, recorded: bool = False) -> None:
        """Writes a function's results into the entry as values in base units; `recorded`: they hold the picked lines too."""
        self._fill(entry, raw, on, recorded, {(r.entity, r.name): r for r in self.program.rules})

    def _fill(
        self, entry: Instance, raw: tuple[Any, ...], on: int, recorded: bool, types: dict[RuleKey, ir.Rule]
    ) -> None:
        keys, lists = self.entities[entry.entity.name]
        for key in keys:
            slot = self.slots[key]
            given = raw[slot.position]
            rule = types[key]
            if isinstance(given, runtime.Unknown):
                entry.values[key[1]] = Failure("R0105", (("name", rule.called), ("date", day_text(on))), rule.place)
            elif rule.type.is_amount:
                entry.values[key[1]] = given * slot.k / raw[slot.position + 1] if slot.dynamic else given * slot.k
            else:
                entry.values[key[1]] = given
        if recorded:
            first = len(raw) - len(lists) - len(keys)
            entry.picks.update({key[1]: raw[first + n] for n, key in enumerate(keys)})
        for n, list_ in enumerate(lists):
            results = raw[len(raw) - len(lists) + n]
            for inner, result in zip(entry.lists[list_] or (), results, strict=True):
                self._fill(inner, result, on, recorded, types)


class Run(NamedTuple):
    """All that a decision on one day for one root entity needs."""

    epoch: Epoch
    compiled: Compiled
    parameters: tuple[Any, ...]


class Saved(NamedTuple):
    """A compiled function as it is kept in a cache: marshalled code and what reads its results."""

    code: bytes
    order: tuple[object, ...]
    slots: tuple[tuple[RuleKey, int, int, int, bool], ...]
    entities: tuple[tuple[str, tuple[RuleKey, ...], tuple[str, ...]], ...]
