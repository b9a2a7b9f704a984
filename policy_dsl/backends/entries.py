"""One case as the backends hold it: its entries, each with its facts, its lists and the values of its rules."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ..ir import nodes as ir
from . import runtime
from .encoding import carried_width
from .possible import FIRST_DAY, LAST_DAY, UNBOUNDED, Bounds, Possible, of_type
from .values import Undetermined, Value


class Instance:
    """One entry: its facts as given (grid integers), its lists, what holds it, and the values of its rules."""

    __slots__ = (
        "_called",
        "amounts",
        "carried",
        "data",
        "entity",
        "facts",
        "holder",
        "lists",
        "path",
        "picks",
        "values",
    )

    def __init__(
        self, program: ir.Program, entity: ir.Entity, data: tuple[Any, ...], holder: Instance | None, path: str
    ) -> None:
        self.entity = entity
        self.data = data
        self.holder = holder
        self.path = path
        self._called: str | None = None
        self.amounts: dict[str, Fraction] = {}  # of facts in base units, where they were asked for
        self.facts: dict[str, Any] = {f.name: data[i] for i, f in enumerate(entity.facts)}
        self.lists: dict[str, list[Instance] | None] = {}
        self.values: dict[str, Value] = {}
        self.picks: dict[str, object] = {}  # which line gave each rule's value, where a recording function said so
        self.carried: dict[str, Value] = _carried_values(entity, data) if entity.carried else {}
        for i, members in enumerate(entity.lists, len(entity.facts)):
            given = data[i]
            if isinstance(given, runtime.Unknown):
                self.lists[members.name] = None
            elif not given:
                self.lists[members.name] = []
            else:
                inner = next(e for e in program.entities if e.name == members.entity)
                rows = zip(numbers_of(given), given, strict=True)
                where = f"{path}.{members.name}"
                self.lists[members.name] = [Instance(program, inner, d, self, f"{where}[{n}]") for n, d in rows]

    @property
    def called(self) -> str:
        """The name that a text fact gives it, or "": what identifies it is no name."""
        if self._called is None:
            naming = self.entity.naming
            given = self.data[naming] if naming >= 0 else ""
            self._called = given if isinstance(given, str) else ""
        return self._called

    def all(self) -> list[Instance]:
        """This entry and all below it."""
        out = [self]
        for entries in self.lists.values():
            for entry in entries or ():
                out += entry.all()
        return out


class Imagined(Instance):
    """An entry that stands for any of a list that is not given: nothing of it is known."""

    __slots__ = ()


def imagined(program: ir.Program, holder: Instance, members: ir.Members) -> Imagined:
    """An entry of the holder's list; of the months before it, it is not even known whether there were any."""
    entity = next(e for e in program.entities if e.name == members.entity)
    path = f"{holder.path}.{members.name}"
    unknown = runtime.Unknown(path)
    before = runtime.Held(Undetermined((path,), may_fail=True))
    width = sum(carried_width(c) for c in entity.carried)
    data = (*[unknown] * (len(entity.facts) + len(entity.lists)), 0, *[before] * width)
    return Imagined(program, entity, data, holder, path)


def locate(root: Instance, path: str) -> tuple[Instance, str] | None:
    """The entry and the name that a path means. A name may hold dots (「甲.乙」), so a path is matched, not split."""
    name = path.removeprefix(f"{root.path}.")
    if name == path:
        return None
    if name in root.values or name in root.facts or name in root.lists:
        return root, name
    for list_, listed in root.lists.items():
        if listed and name.startswith(f"{list_}["):
            before = f"{root.path}.{list_}["
            number = name[len(list_) + 1 :].partition("]")[0]
            entry = _numbered(listed, f"{before}{number}]", int(number) if NUMBER.fullmatch(number) else -1)
            found = None if entry is None else locate(entry, path)
            if found is not None:
                return found
    return None


NUMBER = re.compile("0|[1-9][0-9]{0,8}")  # of an entry, as paths have it


def _numbered(listed: list[Instance], path: str, number: int) -> Instance | None:
    """The entry of a list with this path. Numbers rise, and in front of one there are at most so many entries."""
    for at in (min(number, len(listed) - 1), bisect_left(listed, number, key=_number_of)):
        if 0 <= at < len(listed) and listed[at].path == path:
            return listed[at]
    return None


def _number_of(entry: Instance) -> int:
    return int(entry.path[entry.path.rindex("[") + 1 : -1])


def fact_at(entities: dict[str, ir.Entity], entity: str, path: str) -> ir.Fact | None:
    """The fact that a path means, whatever entries the case has; `path` begins below the entity."""
    for fact in entities[entity].facts:
        if fact.name == path:
            return fact
    for members in entities[entity].lists:
        if path.startswith(f"{members.name}["):
            found = fact_at(entities, members.entity, path.partition("].")[2])
            if found is not None:
                return found
    return None


def unknown_paths(
    entities: dict[str, ir.Entity], entity: str, data: tuple[Any, ...], path: str
) -> Iterator[tuple[str, ir.Fact | None]]:
    """The facts and lists that are not known, by their paths; no fact where it is a list."""
    found = entities[entity]
    facts = len(found.facts)
    here = data[: facts + len(found.lists)]
    if any(issubclass(kind, runtime.Unknown) for kind in set(map(type, here))):
        for fact, given in zip(found.facts, here, strict=False):
            if isinstance(given, runtime.Unknown):
                yield f"{path}.{fact.name}", fact
        for members, given in zip(found.lists, here[facts:], strict=True):
            if isinstance(given, runtime.Unknown):
                yield f"{path}.{members.name}", None
    for members, given in zip(found.lists, here[facts:], strict=True):
        if not isinstance(given, runtime.Unknown):
            for n, inner in zip(numbers_of(given), given, strict=True):
                yield from unknown_paths(entities, members.entity, inner, f"{path}.{members.name}[{n}]")


class Missing(NamedTuple):
    """An entry of a list who is not there: its number, its name or "", and the day of its birth, or of its death, or its list that has too few left."""

    number: int
    called: str
    day: int
    dead: bool
    short: str = ""


class Entries(list[Any]):
    """The entries of a list who are there in a month, with their numbers in the list as it was given.

    `given`: how many stand in the list. `missing`: who of them is not yet born, or dead, or has nobody left in it. `away`: what came over from last month for those who are not there, by what they go by; `left`: in a decision that goes on from another, the last data of who goes by a place.
    """

    __slots__ = ("away", "given", "left", "missing", "numbers")

    def __init__(
        self,
        entries: Iterable[Any],
        numbers: tuple[int, ...],
        missing: tuple[Missing, ...] = (),
        away: dict[int | str, Any] | None = None,
        given: int = 0,
    ) -> None:
        super().__init__(entries)
        self.given = given or max(numbers, default=-1) + 1
        self.numbers = numbers
        self.missing = missing
        self.away: dict[int | str, Any] = away or {}
        self.left: dict[int, Any] = {}

    def __eq__(self, other: object) -> bool:
        """Other entries with the same data are others."""
        if isinstance(other, Entries) and (self.numbers, self.missing) != (other.numbers, other.missing):
            return False
        return super().__eq__(other)

    __hash__ = None

    def holding(self, entries: Iterable[Any]) -> Entries:
        """The same list with other data of the same entries."""
        return Entries(entries, self.numbers, self.missing, self.away, self.given)


NOBODY: list[Any] = []  # the entries of a list that a history does not give and that is empty by default


def numbers_of(given: Any) -> Sequence[int]:
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


def of_fact(entity: ir.Entity, name: str, month: int) -> Possible:
    """What a fact that is not given may be: of its type, in its range; who is there in the month (yyyymmdd) was born before it, and did
    not die before."""
    place, fact = next((n, f) for n, f in enumerate(entity.facts) if f.name == name)
    if place == entity.born:
        return Bounds(FIRST_DAY, month)
    if place == entity.died:
        return Bounds(month, runtime.NEVER)
    if fact.type.kind == "date":
        return Bounds(FIRST_DAY, LAST_DAY)
    left = of_type(fact.type)
    return Bounds(fact.low, fact.high) if left == UNBOUNDED else left
