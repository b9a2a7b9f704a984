"""What the engine makes and others use: compiled functions with the way to read their results, as they run and as a cache keeps them."""

from __future__ import annotations

import marshal
from collections.abc import Callable
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

PIECES = ("read", "decide", "record")  # the functions of a set


class Compiled:
    """The functions of one set of formulas for one root entity, and how to read their results. A function is made when it is first asked
    for: an attribute that is not there yet."""

    __slots__ = ("_make", "decide", "entities", "order", "program", "read", "reading", "record", "root", "slots")

    read: Any
    decide: Any
    record: Any

    def __init__(
        self,
        program: ir.Program,
        root: str,
        make: Callable[[str], Any],
        order: tuple[object, ...],
        slots: dict[RuleKey, Slot],
        entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]],
        reading: Reading,
    ) -> None:
        self.program = program
        self.root = root
        self._make = make
        self.order = order  # what the argument P brings, for all of the set
        self.slots = slots
        self.entities = entities
        self.reading = reading

    def __getattr__(self, name: str) -> Any:
        if name not in PIECES:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        made = self._make(name)
        setattr(self, name, made)
        return made

    def instance(self, root: str, data: tuple[Any, ...]) -> Instance:
        entity = next(e for e in self.program.entities if e.name == root)
        return Instance(self.program, entity, data, None, root)

    def fill(self, entry: Instance, raw: tuple[Any, ...], on: int, recorded: bool = False) -> None:
        """Writes a function's results into the entry as values in base units; `recorded`: they hold the picked lines too."""
        keys, lists = self.entities[entry.entity.name]
        types = {(r.entity, r.name): r for r in self.program.rules}
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
                self.fill(inner, result, on, recorded)


class Run(NamedTuple):
    """All that a decision on one day for one root entity needs."""

    epoch: Epoch
    compiled: Compiled
    parameters: tuple[Any, ...]


class Saved(NamedTuple):
    """One compiled function, as it is kept: its code, what its argument P brings, and of `decide` what reads the results of its set."""

    code: CodeType
    order: tuple[object, ...]
    slots: tuple[tuple[RuleKey, int, int, int, bool], ...]
    entities: tuple[tuple[str, tuple[RuleKey, ...], tuple[str, ...]], ...]

    def written(self) -> bytes:
        parts: tuple[Any, ...] = tuple(self)
        return marshal.dumps(parts)

    @classmethod
    def read(cls, raw: bytes) -> Saved | None:
        """The function in these bytes; None where there is none in them."""
        try:
            code, *parts = marshal.loads(raw)
            return cls(code, *parts) if isinstance(code, CodeType) else None
        except (ValueError, EOFError, TypeError):
            return None
