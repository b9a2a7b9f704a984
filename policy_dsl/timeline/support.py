"""What a value rests on: whatever else changes, with these as they are it stays the same.

That is more than its reasons name (explain/): lines that could apply beside the one that does belong to it, and who is in a list. Of all
this only what differs between the two decisions is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import NamedTuple

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import Held, Unknown
from ..backends.values import Undetermined, Value, known
from ..explain.explainer import Explainer
from ..ir import nodes as ir
from ..ir.in_force import InForce, held
from ..ir.traverse import children
from ..model.reserved_keys import CARRIED_PARTS
from .causes import Atom, month_of


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


class Support:
    """What values of two decisions of a month (`top`) rest on, as far as it differs; `most`: so many months back. Atoms have the number of their month."""

    def __init__(self, top: int, most: int) -> None:
        self.top = top
        self.most = most
        self._asked = (
            0  # so many months back has been asked for while a rule was looked up; `_refused`: more than there may be
        )
        self._refused = False

    def earlier(self, world: World, carried: str) -> World | None:
        """The month from which a carried value came, so far back and no farther."""
        back = self.top - world.at + 1
        if back > self.most:
            self._refused = True
            return None
        self._asked = max(self._asked, back)
        return world.earlier(carried)

    # --- what differs

    def fact(self, world: World, entry: Instance, name: str) -> Iterator[Atom]:
        """A fact that both have, and have otherwise; whose entry only one has goes with its entry."""
        other = world.twin.entries.get(entry.path)
        if other is not None and not same(entry.facts[name], other.facts[name]):
            yield ("fact", world.at, entry.path, name)

    def day(self, world: World) -> Iterator[Atom]:
        if world.on != world.twin.on:
            yield ("day", world.at)

    def lines(self, world: World, rule: ir.Rule) -> Iterator[Atom]:
        mine, other = (w.rule(rule.entity, rule.name) for w in (world, world.twin))
        if mine != other:
            yield ("lines", world.at, rule.entity, rule.name, world.law)

    def figure(self, world: World, name: str, keys: tuple[int, ...], floor: bool) -> Iterator[Atom]:
        mine, other = (w.source(name, keys, floor) for w in (world, world.twin))
        if mine is other or mine == other:
            return
        written = [e.value.value if e and isinstance(e.value, ir.Constant) else None for e in (mine, other)]
        if written[0] is None or written[0] != written[1]:
            yield ("figure", world.at, name, keys, floor, world.law)

    def carried(self, world: World, entry: Instance, name: str) -> Iterator[Atom | Ref]:
        """What came over; where the months before are at hand, what it was made of there."""
        sources = list(self.sources(world, entry, name))
        yield from (x for w, e, c in sources for x in self.of_month(w, e, c))
        if sources:
            return
        other = world.twin.entries.get(entry.path)
        if other is not None and not same(entry.carried[name], other.carried[name]):
            yield ("carried", world.at, entry.path, name)
        if world.second:
            yield from self._handed(world, entry, name)

    def _handed(self, world: World, entry: Instance, name: str) -> Iterator[Atom | Ref]:
        """What came over in the later decision alone: causes in the months before change it, too."""
        here = self.earlier(world, name)
        if here is None or entry.path not in here.entries:
            return
        carried = next(c for c in entry.entity.carried if c.name == name)
        yield from self.of_month(here, here.entries[entry.path], carried)
        if carried.kind == "window":
            yield from self.carried(here, here.entries[entry.path], name)

    def of_month(self, world: World, entry: Instance, carried: ir.Carried) -> Iterator[Atom | Ref]:
        if carried.source == "fact":
            yield from self.fact(world, entry, carried.of)
        else:
            yield Ref(world, entry.path, carried.of)

    def sources(self, world: World, entry: Instance, name: str) -> Iterator[tuple[World, Instance, ir.Carried]]:
        """The earlier months in which what came over was made, where all of them are at hand and have the entry in both."""
        carried = next(c for c in entry.entity.carried if c.name == name)
        count = 1
        if carried.kind == "window":
            other = world.twin.entries.get(entry.path)
            both = [x.carried[name] for x in (entry, other) if x is not None]
            lengths = {len(x) if isinstance(x, tuple) and known(x) else -1 for x in both}
            if len(lengths) > 1 or -1 in lengths:
                return
            count = lengths.pop()
        found: list[tuple[World, Instance, ir.Carried]] = []
        here: World | None = world
        for _ in range(count):
            here = self.earlier(here, name) if here is not None else None
            if here is None or entry.path not in here.entries or entry.path not in here.twin.entries:
                return
            found.append((here, here.entries[entry.path], carried))
        yield from found

    def entries(self, world: World, node: ir.Aggregate, at: Instance) -> tuple[list[Instance], list[Instance], str]:
        """Who is in the list in both worlds, or ([], [], the path of the list that is not given in one)."""
        mine: list[Instance] | Undetermined = world.interpretation.entries(node, at)
        here = world.interpretation.up(at, node.up)
        there = world.twin.entries.get(here.path) if here is not None else None
        other = world.twin.interpretation.entries(node._replace(up=0), there) if there is not None else mine
        if isinstance(mine, list) and isinstance(other, list):
            return mine, other, ""
        if isinstance(mine, list):
            assert isinstance(other, Undetermined)
            return [], [], other.needs[0]
        return [], [], "" if isinstance(other, Undetermined) else mine.needs[0]

    def missing(self, path: str, world: World) -> str:
        """The outermost entry around `path` that a world does not have."""
        while (outer := path.rpartition("].")[0] + "]") != "]" and outer not in world.entries and outer != path:
            path = outer
        return path

    def differs(self, ref: Ref) -> bool:
        """Whether the rule's value is another in the other decision."""
        world, path, name = ref
        other = world.twin.entries.get(path)
        if other is None:
            return True
        return not same(world.value(world.entries[path], name), world.twin.value(other, name))

    # --- what a formula, a rule reads

    def reads(self, world: World, formula: ir.Expression, at: Instance) -> Iterator[Atom | Ref]:
        """What a formula itself rests on."""
        stack: list[tuple[ir.Expression, Instance]] = [(formula, at)]
        up = world.interpretation.up
        while stack:
            node, entry = stack.pop()
            here = up(entry, node.up) if isinstance(node, (ir.FactRef, ir.RuleRef, ir.CarriedRef, ir.Window)) else None
            match node:
                case ir.FactRef():
                    yield from self.fact(world, here, node.name) if here is not None else ()
                case ir.RuleRef():
                    yield from [Ref(world, here.path, node.name)] if here is not None else ()
                case ir.CarriedRef():
                    yield from self.carried(world, here, node.name) if here is not None else ()
                case ir.Window():
                    yield from self.carried(world, here, node.name) if here is not None else ()
                    yield from self.day(world) if node.year else ()
                    stack += [(c, entry) for c in children(node)]
                case ir.ParameterRef():
                    yield from self._parameter(world, node, entry, stack)
                case ir.Moment():
                    yield from self.day(world)
                case ir.Past():
                    stack += [(c, entry) for c in looked_back(world, node, entry)]
                case ir.IfInForce():
                    stack += [(c, entry) for c in found_in_force(world, node, entry)]
                case ir.AsOf():
                    stack.append((node.day, entry))
                    yield from self._as_of(world, node, entry, stack)
                case ir.Aggregate():
                    yield from self._aggregate(world, world.interpretation.bound(node, entry), entry, stack)
                case ir.Outside():
                    stack.append((node.value, world.entries[node.at]))
                case _:
                    stack += [(c, entry) for c in parts(world, node, entry)]

    def _parameter(
        self, world: World, node: ir.ParameterRef, entry: Instance, stack: list[tuple[ir.Expression, Instance]]
    ) -> Iterator[Atom]:
        stack += [(k, entry) for k in node.keys]
        keys = tuple(world.evaluate(k, entry) for k in node.keys)
        if all(known(k) for k in keys):
            yield from self.figure(world, node.name, keys, node.floor)
            source = world.source(node.name, keys, node.floor)
            if source is not None and source.value is not None and not isinstance(source.value, ir.Constant):
                stack.append((world.explainer.phrases.filled(source, keys), world.root))

    def _as_of(
        self, world: World, node: ir.AsOf, entry: Instance, stack: list[tuple[ir.Expression, Instance]]
    ) -> Iterator[Atom | Ref]:
        day = world.evaluate(node.day, entry)
        if not known(day):
            return
        there = world.under(day)
        if isinstance(node.value, ir.RuleRef):
            here = world.interpretation.up(entry, node.value.up)
            yield from [Ref(there, here.path, node.value.name)] if here is not None else ()
            return
        stack += [(k, entry) for k in node.value.keys]
        keys = tuple(world.evaluate(k, entry) for k in node.value.keys)
        if all(known(k) for k in keys):
            yield from self.reads(there, with_keys(node.value, keys), world.root)

    def _aggregate(
        self, world: World, node: ir.Aggregate, at: Instance, stack: list[tuple[ir.Expression, Instance]]
    ) -> Iterator[Atom]:
        mine, other, open_ = self.entries(world, node, at)
        if open_:
            yield ("list", world.at, open_)
        theirs, own = {e.path for e in other}, {e.path for e in mine}
        for entry in mine:
            if entry.path not in theirs:
                yield ("entry", world.at, self.missing(entry.path, world.twin))
            stack += [(f, entry) for f in gathered(world, node, entry)]
        for entry in other:
            if entry.path not in own:
                yield ("entry", world.at, self.missing(entry.path, world))
        if node.default is not None and not any(counts(world, node, e) for e in mine):
            stack.append((node.default, at))

    def rule(self, ref: Ref) -> Iterator[Atom | Ref]:
        """What a rule itself rests on: its lines and what they read; a status that is another, on itself too."""
        world, path, name = ref
        entry = world.entries[path]
        rule = world.explainer.rules[entry.entity.name, name]
        if rule.status and self.differs(ref):
            yield ("status", world.at, path, name)
        yield from self.lines(world, rule)
        found = world.rule(rule.entity, rule.name)
        for formula in settling(looked_through(world, found, entry, world.value(entry, name))):
            yield from self.reads(world, formula, entry)

    def formula(self, world: World, formula: ir.Expression, at: Instance) -> list[Atom | Ref]:
        """What a formula itself rests on, looked up once."""
        return self._once(world, at.path, id(formula), formula, lambda: self.reads(world, formula, at))

    # --- with all that is under it

    def touched(self, read: Iterable[Atom | Ref], named: Collection[Atom]) -> bool:
        """Whether something of what was read rests on one of the atoms named. Months before all of these are not looked at."""
        deepest = min((month_of(x) for x in named), default=ir.OPEN)
        return any(x in named for x in self._atoms(read, deepest))

    def within(self, read: Iterable[Atom | Ref], named: Collection[Atom]) -> bool:
        """Whether all that was read rests on nothing but the atoms named."""
        return all(x in named for x in self._atoms(read))

    def all(self, read: Iterable[Atom | Ref]) -> list[Atom]:
        """All that what was read rests on, each once."""
        return sorted(set(self._atoms(read)), key=str)

    def _atoms(self, read: Iterable[Atom | Ref], deepest: int | None = None) -> Iterator[Atom]:
        """As they are found, those of earlier months last. `deepest`: no month before it is looked at."""
        seen: set[Ref] = set()
        waiting: deque[Ref] = deque()
        while True:
            for x in read:
                if not isinstance(x, Ref):
                    yield x
                elif x not in seen and (deepest is None or x.world.at >= deepest):
                    seen.add(x)
                    waiting.append(x)
            if not waiting:
                return
            read = self._rule(waiting.popleft())

    def _rule(self, ref: Ref) -> list[Atom | Ref]:
        """What a rule itself rests on, looked up once."""
        return self._once(ref.world, ref.path, ref.name, None, lambda: self.rule(ref))

    def _once(
        self, world: World, path: str, name: object, of: object, make: Callable[[], Iterable[Atom | Ref]]
    ) -> list[Atom | Ref]:
        """Made once for all that are compared, unless it goes too far back for some of them: then once for each number of months."""
        back = self.top - world.at
        for months in (0, back + 1):
            found = world.made.get((path, name, months))
            if found is not None and (months or back + found.far <= self.most):
                return found.what
        self._asked, self._refused = back, False
        made = Read(0, list(make()), of)
        if self._refused:
            world.made[path, name, back + 1] = made
        else:
            world.made[path, name, 0] = made._replace(far=self._asked - back)
        return made.what
