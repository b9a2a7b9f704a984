"""How a result is read: where each output of each entity stands in the tuple, and how its number is a value.

A result is a tuple for each entry: its rules' numbers, and at its end for each list the results of its entries. A `Reading` goes through it
beside the data, whose lists know their entries' numbers. Instances (entries.py) are not built for that: they are for reasons and for the
interpreter, whose values are laid out as a result of the same shape (`Reading.laid_out`), so that both are read in one way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cached_property
from operator import getitem, itemgetter
from typing import Any, NamedTuple

from ..ir import nodes as ir
from .entries import NUMBER, Entries, Instance, numbers_of
from .epoch import Epoch
from .layout import RuleKey, Slot
from .paid import Layout, Paid, paid_in
from .payment import amount_key, beside_kind, payment_type, per_day
from .value_forms import Form, Memo, form
from .values import PLAIN

MOST_KEPT = 50  # numbers in a list up to which an entry's paths are kept for the cases to come
MOST_PLACES = 1000  # and how many entries in all
MOST_SPOTS = 10_000  # outputs that were asked for by their paths

Data = tuple[Any, ...]
Raw = tuple[Any, ...]
Position = int | slice  # of a number, or of a pair


class Beside(NamedTuple):
    """What a month pays beside a benefit's amount: `part` or `share`, which of the numbers taken it is, and how that is read.

    `daily`: it is so much for each day of the month up to the benefit's end.
    """

    kind: str
    number: int
    form: Form
    daily: bool


class Item(NamedTuple):
    """One output of an entity that is in force."""

    rule: ir.Rule
    form: Form
    beside: Beside | None


class Below(NamedTuple):
    """A list of which a result holds entries: where it stands in the data and, from the end, in the result."""

    name: str
    place: int
    result: int
    node: Node


class Numbers:
    """Takes some of an entity's numbers out of a result."""

    def __init__(self, slots: Iterable[Slot]) -> None:
        self.slots = tuple(slots)
        self._pairs = tuple((n, s.position + 1) for n, s in enumerate(self.slots) if s.dynamic)
        places = tuple(s.position for s in self.slots)
        self._taken = itemgetter(*places) if len(places) > 1 else lambda raw: tuple(raw[p] for p in places)

    def take(self, raw: Raw) -> Any:
        found = self._taken(raw)
        if self._pairs:
            found = list(found)
            for n, under in self._pairs:
                if found[n].__class__ is int:
                    found[n] = Fraction(found[n], raw[under])
        return found


class Written(Numbers):
    """All rules of an entity, to be written into an Instance in base units."""

    def __init__(self, rules: tuple[ir.Rule, ...], slots: tuple[Slot, ...]) -> None:
        super().__init__(slots)
        self.rules = rules
        self.names = tuple(r.name for r in rules)
        self.base = tuple(form(r.type, s.k).base for r, s in zip(rules, slots, strict=True))


class Node(Numbers):
    """One entity: its outputs in force, in the order of the policy, those that are not in force, its lists. `take` gives the outputs' numbers,
    and behind them those of their parts."""

    def __init__(
        self, entity: ir.Entity, items: tuple[Item, ...], absent: tuple[ir.Rule, ...], slots: tuple[Slot, ...]
    ) -> None:
        super().__init__(slots)
        self.entity = entity
        self.items = items
        self.absent = absent
        self.naming = entity.naming
        self.below: tuple[Below, ...] = ()
        self.names = {item.rule.name: n for n, item in enumerate(items)}
        self.python = tuple(item.form.python for item in items)
        self.units = tuple(item.form.unit for item in items)
        self.benefits = tuple(item.rule.benefit for item in items)

    def values(self, raw: Raw) -> Iterator[Any]:
        """The items' values in Python. Defers where one is none."""
        return map(getitem, self.python, self.take(raw))


class Place:
    """An entry by its path, whatever the case."""

    __slots__ = ("below", "kept", "node", "path", "paths")

    def __init__(self, node: Node, path: str, kept: bool) -> None:
        self.node = node
        self.path = path
        self.kept = kept
        self.paths = tuple(f"{path}.{name}" for name in node.names)
        self.below: tuple[dict[int, Place], ...] = tuple({} for _ in node.below)  # by number, of those that are kept


Entry = tuple[Place, Data, Raw]  # of a case, with its results


def called(entry: Entry) -> str:
    """The name that a text fact gives an entry, or ""."""
    place, data, _ = entry
    naming = place.node.naming
    given = data[naming] if naming >= 0 else ""
    return given if isinstance(given, str) else ""


class Spot(NamedTuple):
    """An output by its path: on the way (list in the data, list in the result, number of the entry), then where it stands."""

    way: tuple[tuple[int, int, int], ...]
    position: Position
    python: Memo  # number, or pair, → value
    node: Node
    n: int  # which of the node's items


class Reading:
    """Reads the results of one function, or the interpreter's values where `laid_out`; it learns paths and changes nothing else."""

    def __init__(
        self,
        program: ir.Program,
        root: str,
        slots: dict[RuleKey, Slot],
        layout: Layout,
        epoch: Epoch,
        wanted: frozenset[RuleKey] | None = None,
    ) -> None:
        self.program = program
        self.wanted = wanted  # the outputs that were asked for; None: all
        self.slots = slots
        self.layout = layout
        self.epoch = epoch  # one of those for which the function is made: on all of them the same is in force
        self.start = f"{root}."
        self.spots: dict[str, Spot] = {}
        self.behind: dict[
            int, Any
        ] = {}  # what stands behind the lines of an epoch (explain/assumed.py), with the epoch
        self._root = root
        self._kept = 0

    @cached_property
    def root(self) -> Place:
        return Place(self.nodes[self._root], self._root, kept=True)

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """By entity, of those that a result holds."""
        return self._nodes()

    @cached_property
    def written(self) -> dict[str, Written]:
        """By entity, all rules that a result holds."""
        rules = {(r.entity, r.name): r for r in self.program.rules}
        return {
            name: Written(tuple(rules[k] for k in keys), tuple(self.slots[k] for k in keys))
            for name, (keys, _) in self.layout.items()
        }

    @cached_property
    def paid(self) -> dict[str, Paid]:
        return paid_in(self.program, self.slots, self.layout, self.wanted)

    @cached_property
    def laid_out(self) -> Reading:
        """What reads the interpreter's values as `lay_out` gives them: in the same places, amounts in base units."""
        slots = {key: Slot(n, Fraction(1), False) for keys, _ in self.layout.values() for n, key in enumerate(keys)}
        return Reading(self.program, self._root, slots, self.layout, self.epoch, self.wanted)

    def lay_out(self, entry: Instance) -> Raw:
        """The values of an entry and of those below it as a result."""
        keys, lists = self.layout[entry.entity.name]
        below = (tuple(map(self.lay_out, entry.lists[name] or ())) for name in lists)
        return (*(entry.values[name] for _, name in keys), *below)

    # --- the plan

    def _nodes(self) -> dict[str, Node]:
        rules = {(r.entity, r.name): r for r in self.program.rules}
        listed: dict[str, list[ir.Rule]] = {}
        for key in self.program.outputs:
            if key in self.slots and (self.wanted is None or key in self.wanted):
                listed.setdefault(key[0], []).append(rules[key])
        nodes = {e.name: self._node(e, listed.get(e.name, [])) for e in self.program.entities if e.name in self.layout}
        for node in nodes.values():
            walked = self.layout[node.entity.name][1]
            lists = enumerate(node.entity.lists, len(node.entity.facts))
            node.below = tuple(
                Below(m.name, i, walked.index(m.name) - len(walked), nodes[m.entity])
                for i, m in lists
                if m.name in walked
            )
        return nodes

    def _node(self, entity: ir.Entity, rules: list[ir.Rule]) -> Node:
        there = [r for r in rules if self.epoch.rules[r.entity, r.name] is not None]
        slots = [self.slots[r.entity, r.name] for r in there]
        items = []
        for n, (rule, slot) in enumerate(zip(there, slots[:], strict=True)):
            found = None
            kind = beside_kind(rule)
            if kind == "part":
                part = self.slots[amount_key(rule)]
                found = Beside(kind, len(slots), form(payment_type(rule), part.k), False)
                slots.append(part)
            elif kind:
                found = Beside(kind, n, form(payment_type(rule), slot.k), per_day(rule))
            items.append(Item(rule, form(rule.type, slot.k), found))
        return Node(entity, tuple(items), tuple(r for r in rules if r not in there), tuple(slots))

    # --- a whole case

    def entries(self, data: Data, raw: Raw) -> list[Entry]:
        """The entries that can have outputs, each before those that it holds."""
        out: list[Entry] = []
        self._walk(self.root, data, raw, out)
        return out

    def _walk(self, place: Place, data: Data, raw: Raw, out: list[Entry]) -> None:
        out.append((place, data, raw))
        for below, known in zip(place.node.below, place.below, strict=True):
            results = raw[below.result]
            if results:
                given = data[below.place]
                for number, inner, result in zip(numbers_of(given), given, results, strict=True):
                    self._walk(known.get(number) or self._place(place, below, known, number), inner, result, out)

    def _place(self, above: Place, below: Below, known: dict[int, Place], number: int) -> Place:
        keep = above.kept and number < MOST_KEPT and self._kept < MOST_PLACES
        made = Place(below.node, f"{above.path}.{below.name}[{number}]", keep)
        if keep:
            self._kept += 1
            made = known.setdefault(number, made)
        return made

    # --- one output

    def spot(self, path: str) -> Spot | None:
        """Where an output of this path stands in a case that has the entry; None where no case has such an output."""
        found = self.spots.get(path)
        if found is None and path.startswith(self.start):
            found = next(_spots(self.root.node, path[len(self.start) :], ()), None)
            if found is not None and len(self.spots) < MOST_SPOTS:
                self.spots[path] = found
        return found


def _spots(node: Node, path: str, way: tuple[tuple[int, int, int], ...]) -> Iterator[Spot]:
    """What the rest of a path may mean. A name may hold dots (「甲.乙」), so a path is matched, not split."""
    n = node.names.get(path)
    if n is not None:
        at, made = node.slots[n].position, node.items[n].form
        if node.slots[n].dynamic:
            yield Spot(way, slice(at, at + 2), made.of_pairs, node, n)
        else:
            yield Spot(way, at, made.python, node, n)
    for below in node.below:
        if path.startswith(f"{below.name}["):
            number, _, rest = path[len(below.name) + 1 :].partition("].")
            if NUMBER.fullmatch(number):
                yield from _spots(below.node, rest, (*way, (below.place, below.result, int(number))))


def below(way: tuple[tuple[int, int, int], ...], data: Data, raw: Raw) -> Raw | None:
    """The results of the entry at the end of a way; None where the case has no such entry."""
    for place, result, number in way:
        given, results = data[place], raw[result]
        at = number
        if given.__class__ is Entries:
            at = given.numbers.index(number) if number in given.numbers else len(results)
        if at >= len(results):
            return None
        data, raw = given[at], results[at]
    return raw


def all_known(entries: list[Entry]) -> bool:
    """Whether every output has a value."""
    return all(PLAIN.issuperset(map(type, place.node.take(raw)[: len(place.paths)])) for place, _, raw in entries)
