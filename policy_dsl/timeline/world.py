"""One of two decisions that are compared, and what settles the values in it."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import NamedTuple

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import Held, Unknown
from ..backends.values import Value, known
from ..explain.explainer import Explainer
from ..ir import nodes as ir
from ..ir.in_force import InForce, held
from ..ir.traverse import children
from ..model.reserved_keys import CARRIED_PARTS
from .causes import Atom


class World:
    """One of two decisions under one law: its own, or (`law`) that of another day. `twin` is the other under the same; `second` says which of the two it is.

    `returned`: the paths of those who are there again after an absence.
    `at`: the number of its month (of the later decision's, where the two are of different ones); `earlier` gives the month before it, where that
    is known of both. It is the same world to all that are compared after it, and so is what was found out in it (`evaluate`, `made`).
    """

    def __init__(self, explainer: Explainer, at: int, second: bool, entries: dict[str, Instance] | None = None) -> None:
        self.explainer = explainer
        self.at = at
        self.second = second
        self.law = explainer.law
        self.interpretation: Interpretation = explainer.interpretation
        self.evaluate = explainer.evaluate
        self.root = self.interpretation.root
        self.entries = entries if entries is not None else {e.path: e for e in self.root.all()}
        self.twin: World = self
        self.returned: Collection[str] = ()
        self.back: Callable[[bool], World | None] = lambda _: None
        self.made: dict[tuple[str, object, int], Read] = {}  # what rules and formulas rest on (Support)
        self._earlier: dict[bool, World | None] = {}
        self._under: dict[int, World] = {}

    def forget(self) -> None:
        """Lets go of what was found out in both, and of the months before."""
        for world in (self, self.twin, *self._under.values(), *self.twin._under.values()):
            world.made.clear()
            world._earlier.clear()

    @property
    def on(self) -> int:
        return self.interpretation.on

    def earlier(self, carried: str) -> World | None:
        """The month from which a carried value came: what is not yet paid of benefits in parts may be of another course."""
        parts = carried.partition("(")[0] in CARRIED_PARTS
        if parts not in self._earlier:
            self._earlier[parts] = self.back(parts)
        return self._earlier[parts]

    def under(self, day: int) -> World:
        """The same decision, and its twin, under the law of another day."""
        if day not in self._under:
            mine, other = (World(w.explainer.under(day), w.at, w.second, w.entries) for w in (self, self.twin))
            mine.twin, other.twin = other, mine
            self._under[day], self.twin._under[day] = mine, other
        return self._under[day]

    def rule(self, entity: str, name: str) -> InForce | None:
        return self.explainer.epoch.rules[entity, name]

    def value(self, entry: Instance, name: str) -> Value:
        return self.interpretation.value(entry, name)

    def source(self, name: str, keys: tuple[int, ...], floor: bool) -> ir.Entry | None:
        """The entry that gives a parameter."""
        epoch = self.explainer.epoch
        if not floor:
            return epoch.parameters[name][keys].entry
        exact, low = held(self.explainer.parameters[name], keys, self.explainer.day, epoch.known)
        return low or exact


class Read(NamedTuple):
    """What a rule or a formula rests on, how many months back was asked for that, and by whom it goes (`of`, so that no two have one id)."""

    far: int
    what: list[Atom | Ref]
    of: object


class Ref(NamedTuple):
    """The value of a rule of an entry."""

    world: World
    path: str
    name: str


def same(a: Value, b: Value) -> bool:
    """Whether two values are the same; what is unknown is equal to nothing but itself."""
    if a is b:
        return True
    if isinstance(a, Held) and isinstance(b, Held):
        return a.value is not None and b.value is not None and same(a.value, b.value)
    if isinstance(a, Unknown) or isinstance(b, Unknown):
        return False
    if isinstance(a, tuple) and isinstance(b, tuple) and known(a) and known(b):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    return bool(a == b)


def with_keys(node: ir.ParameterRef, keys: tuple[int, ...]) -> ir.ParameterRef:
    """The parameter for these keys, whatever gives them."""
    given = zip(keys, node.keys, strict=True)
    return node._replace(keys=tuple(ir.Constant(k, x.type, x.place) for k, x in given))


def looked_through(world: World, found: InForce | None, entry: Instance, value: Value) -> list[tuple[ir.Line, Value]]:
    """The lines that settle a rule's value at an entry, each with whether it holds, in the order in which they are looked at."""
    out: list[tuple[ir.Line, Value]] = []
    if found is None:
        return out

    def look(line: ir.Line) -> Value:
        holds = True if line.condition is None else world.evaluate(line.condition, entry)
        out.append((line, holds))
        return holds

    if any([look(line) is True for line in found.exceptions]) and known(value):
        return out
    applied = False
    for line in found.body:
        applied = look(line) is True or applied
        if applied and found.mode == "first":
            break
    if found.otherwise is not None and not (applied and known(value)):
        look(found.otherwise)
    return out


def settling(looked: list[tuple[ir.Line, Value]]) -> list[ir.Expression]:
    """Their formulas: all conditions, and the results of those that may apply."""
    out: list[ir.Expression] = []
    for line, holds in looked:
        out += [] if line.condition is None else [line.condition]
        out += [] if holds is False else [line.result]
    return out


def parts(world: World, node: ir.Expression, at: Instance) -> tuple[ir.Expression, ...]:
    """The formulas inside that settle this one: of 且 that fails those that fail, of 或 that holds those that hold."""
    if isinstance(node, ir.Logic):
        decisive = node.joined == "or"
        if world.evaluate(node, at) is decisive:
            return tuple(p for p in node.parts if world.evaluate(p, at) is decisive)
    return children(node)


def looked_back(world: World, node: ir.Past, entry: Instance) -> list[ir.Expression]:
    """What settles a look-back: what its reasons name, and that nothing came over where nothing did."""
    read = list(world.explainer.looked_at(node, entry))
    closed = node.guard is not None and world.evaluate(node.guard, entry) is not True
    return read if closed or any(f is node.value for f in read) else [node.value, *read]


def found_in_force(world: World, node: ir.IfInForce, entry: Instance) -> list[ir.Expression]:
    """What settles 现行: what its reasons name, and what is not in force where nothing is."""
    read = list(world.explainer.found(node, entry))
    return read if any(f is node.value for f in read) else [node.value, *read]


def counts(world: World, node: ir.Aggregate, entry: Instance) -> bool:
    """Whether an entry may count in an aggregate."""
    return node.where is None or world.evaluate(node.where, entry) is not False


def gathered(world: World, node: ir.Aggregate, entry: Instance) -> list[ir.Expression]:
    """What settles an entry's part in an aggregate."""
    value = (node.value,) if node.value is not None and counts(world, node, entry) else ()
    return [*((node.where,) if node.where is not None else ()), *value]


def adds_nothing(world: World, node: ir.Aggregate, entry: Instance) -> bool:
    """Whether the aggregate is the same without the entry."""
    if not counts(world, node, entry):
        return True
    neutral = {"any": False, "all": True, "sum": 0, "count": False}.get(node.function)
    if node.value is None or neutral is None:
        return False
    value = world.evaluate(node.value, entry)
    return known(value) and bool(value == neutral)
