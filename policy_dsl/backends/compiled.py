"""What the engine makes and others use: compiled functions with the way to read their results, as they run and as a cache keeps them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import itemgetter
from types import CodeType
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.traverse import children
from . import runtime
from .entries import Instance, numbers_of
from .epoch import Epoch
from .formatting import day_text
from .items import NO_VALUE, value_of
from .layout import RuleKey, Slot
from .schedule import Gather, Scheduler
from .values import Failure

NOTHING_PAID = Fraction(0)


Handed = tuple[str, int, Any, int, int, bool]  # what `open` hands over: python/opening.py


class Paid(NamedTuple):
    """Where an entity's benefits stand in its results, and the lists below which there are more: (list, entity, in data, in results)."""

    benefits: tuple[tuple[str, Slot], ...]
    lists: tuple[tuple[str, str, int, int], ...]
    results: Callable[[tuple[Any, ...]], object]  # gives those of the benefits

    @classmethod
    def of(cls, benefits: tuple[tuple[str, Slot], ...], lists: tuple[tuple[str, str, int, int], ...]) -> Paid:
        places = [p for _, s in benefits for p in (s.position, s.position + 1)[: 1 + s.dynamic]]
        return cls(benefits, lists, itemgetter(*places) if places else len)


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
    paid: dict[str, Paid]
    handed: dict[int, tuple[Handed, ...]]  # of the open form

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
            if given.__class__ in NO_VALUE or given is runtime.NOTHING:
                entry.values[key[1]] = value_of(given, slot.k if rule.type.is_amount else None)
            elif isinstance(given, runtime.Unknown):
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

    def amounts(
        self, name: str, path: str, data: tuple[Any, ...], raw: tuple[Any, ...]
    ) -> dict[tuple[str, str], Fraction]:
        """(path, benefit) → amount in base units, or part, of the entry and all below it; the short way beside `fill`."""
        out: dict[tuple[str, str], Fraction] = {}
        paid = self.paid[name]
        for benefit, slot in paid.benefits:
            number = raw[slot.position]
            if isinstance(number, runtime.Unknown):
                continue
            out[path, benefit] = NOTHING_PAID  # as most benefits of most months are
            if number:
                out[path, benefit] = Fraction(number, raw[slot.position + 1] if slot.dynamic else 1) * slot.k
        for list_, inner, at, result in paid.lists:
            for number, d, r in zip(numbers_of(data[at]), data[at], raw[result], strict=True) if raw[result] else ():
                out.update(self.amounts(inner, f"{path}.{list_}[{number}]", d, r))
        return out

    def pays_alike(self, name: str, a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
        """Whether two results, of one function on the same entries, pay the same to the entry and all below it. Defers for what is unknown."""
        paid = self.paid[name]
        if a is b or a == b:
            return True
        if paid.results(a) != paid.results(b):
            return False
        return all(
            self.pays_alike(inner, x, y) for _, inner, _, at in paid.lists for x, y in zip(a[at], b[at], strict=True)
        )


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

    @classmethod
    def of(cls, epoch: Epoch, compiled: Compiled, parameters: tuple[Any, ...]) -> Opened:
        program = epoch.program
        scheduler = Scheduler(epoch, compiled.root)
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
        return cls(epoch, compiled, parameters, entities, {(r.entity, r.name): r for r in program.rules}, numbers)


class Saved(NamedTuple):
    """A compiled function as it is kept in a cache: marshalled code and what reads its results."""

    code: bytes
    order: tuple[object, ...]
    slots: tuple[tuple[RuleKey, int, int, int, bool], ...]
    entities: tuple[tuple[str, tuple[RuleKey, ...], tuple[str, ...]], ...]
    handed: tuple[tuple[int, tuple[Handed, ...]], ...] = ()
