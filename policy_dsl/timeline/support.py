"""What a value rests on: whatever else changes, with these as they are it stays the same.

That is more than its reasons name (explain/): lines that could apply beside the one that does belong to it, and who is in a list. Of all
this only what differs between the two decisions is kept.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator

from ..backends.entries import Instance
from ..backends.values import Undetermined, known
from ..ir import nodes as ir
from .causes import Atom, month_of
from .leaves import CARRIED, DAY, FACT, FIGURE, LISTED, RULE, Leaf, Listed, of_figure, of_formula, of_rule
from .world import Read, Ref, World, same


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
        return self._of(world, of_formula(world, formula, at))

    def _of(self, world: World, leaves: Iterable[Leaf]) -> Iterator[Atom | Ref]:
        """What differs of what is read, and the rules among it."""
        theirs = world.twin.entries
        for kind, what, name, more in leaves:
            if kind == FACT:
                other = theirs.get(what.path)
                if other is not None and not same(what.facts[name], other.facts[name]):
                    yield ("fact", world.at, what.path, name)
            elif kind == RULE:
                yield Ref(world, what.path, name)
            elif kind == CARRIED:
                yield from self.carried(world, what, name)
            elif kind == FIGURE:
                yield from self.figure(world, what, name, more)
            elif kind == DAY:
                yield from self.day(world)
            elif kind == LISTED:
                yield from self._listed(world, what)
            else:
                yield from self._as_of(world, what, name)

    def _as_of(self, world: World, node: ir.AsOf, entry: Instance) -> Iterator[Atom | Ref]:
        """What is read under the law of another day."""
        there = world.under(world.evaluate(node.day, entry))
        if isinstance(node.value, ir.RuleRef):
            here = world.interpretation.up(entry, node.value.up)
            yield from [Ref(there, here.path, node.value.name)] if here is not None else ()
            return
        keys = tuple(world.evaluate(k, entry) for k in node.value.keys)
        if all(known(k) for k in keys):
            yield from self._of(there, of_figure(there, node.value, keys))

    def _listed(self, world: World, listed: Listed) -> Iterator[Atom | Ref]:
        """Who is in a list in one of the two alone, and what those in it read."""
        mine, other, open_ = self.entries(world, listed.node, listed.at)
        if open_:
            yield ("list", world.at, open_)
        theirs, own = {e.path for e in other}, {e.path for e in mine}
        if theirs != own:
            for entry in mine:
                if entry.path not in theirs:
                    yield ("entry", world.at, self.missing(entry.path, world.twin))
            for entry in other:
                if entry.path not in own:
                    yield ("entry", world.at, self.missing(entry.path, world))
        if mine:
            yield from self._of(world, listed.below)
        if listed.idle or not mine:
            yield from self._of(world, listed.default)

    def rule(self, ref: Ref) -> Iterator[Atom | Ref]:
        """What a rule itself rests on: its lines and what they read; a status that is another, on itself too."""
        world, path, name = ref
        entry = world.entries[path]
        rule = world.explainer.rules[entry.entity.name, name]
        if rule.status and self.differs(ref):
            yield ("status", world.at, path, name)
        yield from self.lines(world, rule)
        yield from self._of(world, of_rule(world, entry, name))

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
