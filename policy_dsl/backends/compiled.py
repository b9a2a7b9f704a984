"""What the engine makes and others use: compiled functions with the way to read their results, as they run and as a cache keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from operator import getitem
from typing import Any, NamedTuple

from ..ir import nodes as ir
from . import runtime
from .entries import Instance
from .epoch import Epoch
from .formatting import day_text
from .layout import RuleKey, Slot
from .reading_plan import Reading
from .values import Failure, state


def _defer(*_: object) -> object:
    raise runtime.Defer("interpreted")


PIECES = ("read", "decide", "record")  # the functions of a set


class Compiled:
    """The functions of one set of formulas for one root entity, and how to read their results. A function is made when it is first asked
    for: an attribute that is not there yet."""

    __slots__ = (
        "_make",
        "decide",
        "entities",
        "order",
        "program",
        "read",
        "reading",
        "record",
        "root",
        "slots",
        "wanted",
    )

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
        wanted: frozenset[RuleKey] | None = None,
    ) -> None:
        self.program = program
        self.root = root
        self._make = make
        self.order = order  # what the argument P brings, for all of the set
        self.slots = slots
        self.entities = entities
        self.reading = reading
        self.wanted = wanted  # the rules that were asked for; None: all

    def __getattr__(self, name: str) -> Any:
        if name not in PIECES:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        made = self._make(name)
        setattr(self, name, made)
        return made

    @classmethod
    def interpreted(cls, epoch: Epoch, root: str, wanted: frozenset[RuleKey], needed: Iterable[RuleKey]) -> Compiled:
        """In the place of functions that would not pay: all is left to the careful reader and the interpreter of the rules needed."""
        keys = list(needed)
        slots = {k: Slot(-1, Fraction(1), dynamic=False) for k in keys}
        layout = {
            e.name: (tuple(k for k in keys if k[0] == e.name), tuple(m.name for m in e.lists))
            for e in epoch.program.entities
        }
        reading = Reading(epoch.program, root, slots, layout, epoch, wanted)
        return cls(epoch.program, root, lambda _: _defer, (), slots, layout, reading, wanted)

    def instance(self, root: str, data: tuple[Any, ...]) -> Instance:
        entity = next(e for e in self.program.entities if e.name == root)
        return Instance(self.program, entity, data, None, root)

    def fill(self, entry: Instance, raw: tuple[Any, ...], on: int, recorded: bool = False) -> None:
        """Writes a function's results into the entry as values in base units; `recorded`: they hold the picked lines too."""
        keys, lists = self.entities[entry.entity.name]
        written = self.reading.written[entry.entity.name]
        numbers = written.take(raw)
        try:
            entry.values.update(zip(written.names, map(getitem, written.base, numbers), strict=True))
        except runtime.Defer:
            for rule, base, number in zip(written.rules, written.base, numbers, strict=True):
                if state(number) == "not_in_force":
                    words = (("name", rule.called), ("date", day_text(on)))
                    entry.values[rule.name] = Failure("R0105", words, rule.place)
                else:
                    entry.values[rule.name] = base[number]
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
    """One compiled function, as it is kept: marshalled code, what its argument P brings, and of `decide` what reads the results of its set."""

    code: bytes
    order: tuple[object, ...]
    slots: tuple[tuple[RuleKey, int, int, int, bool], ...]
    entities: tuple[tuple[str, tuple[RuleKey, ...], tuple[str, ...]], ...]
