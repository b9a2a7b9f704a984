"""One case as the backends hold it: its entries, each with its facts, its lists and the values of its rules."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..ir import nodes as ir
from . import runtime
from .encoding import carried_width
from .values import Value


class Instance:
    """One entry: its facts as given (grid integers), its lists, what holds it, and the values of its rules."""

    __slots__ = ("carried", "data", "entity", "facts", "holder", "lists", "path", "picks", "values")

    def __init__(
        self, program: ir.Program, entity: ir.Entity, data: tuple[Any, ...], holder: Instance | None, path: str
    ) -> None:
        self.entity = entity
        self.data = data
        self.holder = holder
        self.path = path
        self.facts: dict[str, Any] = {f.name: data[i] for i, f in enumerate(entity.facts)}
        self.lists: dict[str, list[Instance] | None] = {}
        self.values: dict[str, Value] = {}
        self.picks: dict[str, object] = {}  # which line gave each rule's value, where a recording function said so
        self.carried: dict[str, Value] = _carried_values(entity, data) if entity.carried else {}
        entities = {e.name: e for e in program.entities}
        for i, members in enumerate(entity.lists, len(entity.facts)):
            given = data[i]
            self.lists[members.name] = (
                None
                if isinstance(given, runtime.Unknown)
                else [
                    Instance(program, entities[members.entity], d, self, f"{path}.{members.name}[{n}]")
                    for n, d in zip(numbers_of(given), given, strict=True)
                ]
            )

    def all(self) -> list[Instance]:
        """This entry and all below it."""
        out = [self]
        for entries in self.lists.values():
            for entry in entries or ():
                out += entry.all()
        return out


def locate(root: Instance, path: str) -> tuple[Instance, str] | None:
    """The entry and the name that a path means. A name may hold dots (「甲.乙」), so a path is matched, not split."""
    for entry in root.all():
        name = path.removeprefix(f"{entry.path}.")
        if name != path and (name in entry.values or name in entry.facts or name in entry.lists):
            return entry, name
    return None


class Unborn(NamedTuple):
    """An entry of a list who is not there yet: its number, its name or "", and the day of its birth."""

    number: int
    called: str
    day: int


class Entries(list[Any]):
    """The entries of a list who are there in a month, with their numbers in the list as it was given, and who is not yet born."""

    __slots__ = ("numbers", "unborn")

    def __init__(self, entries: Iterable[Any], numbers: tuple[int, ...], unborn: tuple[Unborn, ...] = ()) -> None:
        super().__init__(entries)
        self.numbers = numbers
        self.unborn = unborn

    def __eq__(self, other: object) -> bool:
        """Other entries with the same data are others."""
        if isinstance(other, Entries) and (self.numbers, self.unborn) != (other.numbers, other.unborn):
            return False
        return super().__eq__(other)

    __hash__ = None

    def holding(self, entries: Iterable[Any]) -> Entries:
        """The same list with other data of the same entries."""
        return Entries(entries, self.numbers, self.unborn)


def numbers_of(given: Any) -> Iterable[int]:
    return given.numbers if isinstance(given, Entries) else range(len(given))


def _carried_values(entity: ir.Entity, data: tuple[Any, ...]) -> dict[str, Value]:
    """What the entry carries, as values: NOTHING where there is no month before, Undetermined and Failure where it was not known."""
    out: dict[str, Value] = {}
    at = len(entity.facts) + len(entity.lists) + 1
    for c in entity.carried:
        given = data[at]
        if c.kind == "window":
            out[c.name] = given if isinstance(given, runtime.Unknown) else tuple(_decoded(c, x) for x in given)
        elif isinstance(given, runtime.Held) and given is not runtime.NOTHING:
            out[c.name] = given.value
        elif isinstance(given, runtime.Unknown) or not c.type.is_amount:
            out[c.name] = given
        else:
            out[c.name] = Fraction(given, c.grid or data[at + 1])
        at += carried_width(c)
    return out


def _decoded(c: ir.Carried, item: Any) -> Value:
    """One month of a window, NOTHING where it had no value; an amount without a grid is a pair."""
    if isinstance(item, runtime.Held):
        return item if item is runtime.NOTHING else item.value
    if not c.type.is_amount:
        return item
    return Fraction(item, c.grid) if c.grid else Fraction(*item)
