"""What the engine makes and others use: compiled functions with the way to read their results, as they run and as a cache keeps them."""

from __future__ import annotations

import marshal
from collections.abc import Callable, Iterable
from fractions import Fraction
from operator import getitem
from types import CodeType
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.traverse import children
from . import runtime
from .entries import Instance
from .epoch import Epoch
from .formatting import day_text
from .items import value_of
from .layout import RuleKey, Slot
from .reading_plan import Reading
from .schedule import Gather, Scheduler
from .values import PLAIN, Failure


def _defer(*_: object) -> object:
    raise runtime.Defer("interpreted")


PIECES = ("read", "decide", "record")  # the functions of a set; that for what is open is a set of its own
Handed = tuple[str, int, Any, int, int, bool]  # what `open` hands over: python/opening.py


class Compiled:
    """The functions of one set of formulas for one root entity, and how to read their results. A function is made when it is first asked
    for: an attribute that is not there yet."""

    __slots__ = (
        "_make",
        "decide",
        "entities",
        "open",
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
    open: Any

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
        if name not in (*PIECES, "open"):
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

    @property
    def emitted(self) -> bool:
        """Whether there are functions."""
        return self.decide is not _defer

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
                if number is runtime.UNKNOWN:
                    words = (("name", rule.called), ("date", day_text(on)))
                    entry.values[rule.name] = Failure("R0105", words, rule.place)
                elif number.__class__ in PLAIN:
                    entry.values[rule.name] = base[number]
                else:
                    k = self.slots[rule.entity, rule.name].k if rule.type.is_amount else None
                    entry.values[rule.name] = value_of(number, k)
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


class Opened(NamedTuple):
    """All that `open` needs on one day for one root entity, and what answers it where its own lines end."""

    epoch: Epoch
    compiled: Compiled
    parameters: tuple[Any, ...]
    entities: dict[str, ir.Entity]
    rules: dict[RuleKey, ir.Rule]
    numbers: dict[int, int]  # id of an aggregate's node → its number among those that are gathered
    handed: dict[int, tuple[Handed, ...]]

    @classmethod
    def of(
        cls,
        epoch: Epoch,
        compiled: Compiled,
        parameters: tuple[Any, ...],
        handed: dict[int, tuple[Handed, ...]],
    ) -> Opened:
        program = epoch.program
        scheduler = Scheduler(epoch, compiled.root, compiled.wanted)
        gathers = {g: n for n, g in enumerate(scheduler.gathers)}
        numbers: dict[int, int] = {}
        for key in scheduler.needs:
            found = epoch.rules[key]
            lines = () if found is None else (*found.exceptions, *found.body, found.otherwise)
            formulas = [f for x in lines if x is not None for f in (x.condition, x.result) if f is not None]
            stack = [(f, key[0]) for f in formulas]
            while stack:
                node, entity = stack.pop()
                if isinstance(node, ir.Aggregate):
                    number = gathers.get(Gather(scheduler.outward(entity, node.up), node))
                    if number is not None:
                        numbers[id(node)] = number
                    stack += [(f, node.entity) for f in (node.where, node.value) if f is not None]
                    stack += [] if node.default is None else [(node.default, entity)]
                else:
                    stack += [(f, entity) for f in children(node)]
        entities = {e.name: e for e in program.entities}
        rules = {(r.entity, r.name): r for r in program.rules}
        return cls(epoch, compiled, parameters, entities, rules, numbers, handed)


class Saved(NamedTuple):
    """One compiled function, as it is kept: its code, what its argument P brings, and of `decide` what reads the results of its set."""

    code: CodeType
    order: tuple[object, ...]
    slots: tuple[tuple[RuleKey, int, int, int, bool], ...]
    entities: tuple[tuple[str, tuple[RuleKey, ...], tuple[str, ...]], ...]
    handed: tuple[tuple[int, tuple[Handed, ...]], ...] = ()

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
