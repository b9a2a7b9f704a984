"""What outputs rest on, whatever the facts: the assumptions and days of review that an explanation can mention, the parameters without a value.

Each of the policy's times is followed by itself, from the lines in force and the values held down to all that they read: what stands at a
line that a lower layer displaces, or that is read at another time, is never mentioned. A set of marks is a number, a bit for each.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from ..backends.epoch import Epoch, Laws, epoch_order
from ..ir import nodes as ir
from ..ir.in_force import Missing, held, repealing
from ..ir.traverse import children

Key = tuple[str, str]  # (entity, rule)
Cell = tuple[str, tuple[int, ...]]  # a parameter, one value for each of its keys
Marked = ir.Line | ir.Entry | ir.Remark | ir.Repeal  # what assumptions and days of review stand at


class Lack(NamedTuple):
    """Why a parameter has no usable value for a cell: pending, floor, target, or none; and what says so."""

    kind: str
    entry: ir.Entry | None


class Time(NamedTuple):
    """From one change of the policy to the next: what each rule rests on then, and the cells that have no usable value."""

    since: int  # 0: from the beginning
    following: int  # the first day after it
    rests: dict[Key, int]
    lacks: dict[Cell, Lack]


class Resting:
    """All times of a program, and what reaches an output only by way of earlier months."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self._bits: dict[object, int] = {}
        laws = Laws(program, epoch_order(program))
        spans = list(pairwise([0, *laws.order[0], ir.OPEN + 1]))
        followers = [_Follower(self, laws.at(since), since) for since, _ in spans]
        if laws.dated:  # `x 于 d` reads at any day what never reads at another day itself
            others = [f.followed() for f in followers]
            followers = [_Follower(self, f.epoch, f.since, others) for f in followers]
        self.times = [
            Time(since, following, f.followed().rests, f.lacks())
            for f, (since, following) in zip(followers, spans, strict=True)
        ]
        self.now: dict[Key, int] = {}
        for time in self.times:
            for key, rests in time.rests.items():
                self.now[key] = self.now.get(key, 0) | rests
        self.ever = self._through_months()

    def bit(self, mark: object) -> int:
        """The bit of a mark: of an object of the program, by its id; of a cell; or of what is carried, ("past", entity, rule)."""
        return 1 << self._bits.setdefault(mark, len(self._bits))

    def outputs(self, marks: int, time: Time | None = None) -> list[Key]:
        """Outputs that rest on any of the marks within the month, in the order of the text."""
        rests = self.now if time is None else time.rests
        return [k for k in self.program.outputs if rests.get(k, 0) & marks]

    def later(self, marks: int) -> list[Key]:
        """Outputs that rest on any of them by way of earlier months alone."""
        return [k for k in self.program.outputs if self.ever[k] & marks and not self.now[k] & marks]

    def _through_months(self) -> dict[Key, int]:
        carried = {bit: mark for mark, bit in self._bits.items() if isinstance(mark, tuple) and mark[0] == "past"}
        reads = {
            key: [mark[1:] for bit, mark in carried.items() if rests >> bit & 1] for key, rests in self.now.items()
        }
        ever = dict(self.now)
        changed = True
        while changed:
            changed = False
            for key, others in reads.items():
                made = ever[key]
                for other in others:
                    made |= ever.get(other, 0)
                changed = changed or made != ever[key]
                ever[key] = made
        return ever


class _Follower:
    """Follows one time. Rules stand after those that they read, so each is looked at once. `others`: all times, for `x 于 d`."""

    def __init__(self, resting: Resting, epoch: Epoch, since: int, others: list[_Follower] | None = None) -> None:
        self.resting = resting
        self.epoch = epoch
        self.since = since
        self.others = others or []
        self.parameters = {p.name: p for p in epoch.program.parameters}
        self.carried = {(e.name, c.name): c for e in epoch.program.entities for c in e.carried}
        self.rests: dict[Key, int] = {}
        self.values: dict[tuple[str, tuple[int, ...], bool], int] = {}
        self.together: dict[
            tuple[str, bool, tuple[tuple[int, ...], ...]], int
        ] = {}  # of several values of one parameter

    def followed(self) -> _Follower:
        """Itself, with what every rule of the time rests on."""
        for name, values in self.epoch.parameters.items():  # each after those that it reads
            floors = any(e.kind == "floor" for e in self.parameters[name].entries)
            for keys in values:
                self.value(name, keys, False)
                if floors:
                    self.value(name, keys, True)
        for rule in self.epoch.program.rules:
            rests = self.said(*rule.remarks, *repealing(rule, self.since))
            found = self.epoch.rules[rule.entity, rule.name]
            if found is not None:
                for line in (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())):
                    rests |= self.said(line) | self.formula(line.result, ())
                    if line.condition is not None:
                        rests |= self.formula(line.condition, ())
            self.rests[rule.entity, rule.name] = rests
        return self

    def said(self, *items: Marked) -> int:
        rests = 0
        for item in items:
            reviewed = isinstance(item, (ir.Line, ir.Entry)) and item.review
            if isinstance(item, ir.Remark) or item.assumptions or reviewed:
                rests |= self.resting.bit(id(item))
        return rests

    def formula(self, formula: ir.Expression, keys: tuple[int, ...]) -> int:
        """What it reads; `keys` are those of the parameter whose value it is."""
        rests = 0
        stack = [formula]
        while stack:
            node = stack.pop()
            match node:
                case ir.AsOf():
                    stack.append(node.day)
                    stack.extend(children(node.value))
                    for other in self.others:
                        if not isinstance(node.day, ir.Constant) or other.since <= node.day.value < other.epoch.last:
                            rests |= other.read(node.value, keys)
                case ir.RuleRef() | ir.ParameterRef():
                    rests |= self.read(node, keys)
                    stack.extend(children(node))
                case ir.CarriedRef() | ir.Window():
                    carried = self.carried[node.entity, node.name]
                    if carried.source == "rule":
                        rests |= self.resting.bit(("past", node.entity, carried.of))
                    stack.extend(children(node))
                case _:
                    stack.extend(children(node))
        return rests

    def read(self, node: ir.RuleRef | ir.ParameterRef, keys: tuple[int, ...]) -> int:
        """What a rule, or a parameter for all keys that it may be read with, rests on."""
        if isinstance(node, ir.RuleRef):
            return self.rests[node.entity, node.name]
        ways = tuple(self.ways(node, keys))
        rests = self.together.get((node.name, node.floor, ways), 0)
        if not rests:
            for cell in product(*ways):
                rests |= self.value(node.name, cell, node.floor)
            self.together[node.name, node.floor, ways] = rests
        return rests

    def ways(self, node: ir.ParameterRef, keys: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
        """For each key the values that it may have: one where it is written, else every one."""
        for key, type_ in zip(node.keys, self.parameters[node.name].key_types, strict=True):
            if isinstance(key, ir.Constant):
                yield (key.value,)
            elif isinstance(key, ir.KeyRef):
                yield (keys[key.position],)
            else:
                yield tuple(range(len(type_.members)))

    def value(self, name: str, keys: tuple[int, ...], floor: bool) -> int:
        known = self.values.get((name, keys, floor))
        if known is not None:
            return known
        parameter = self.parameters[name]
        found = self.epoch.parameters[name][keys]
        rests = self.said(*parameter.remarks, *repealing(parameter, self.since))
        entry = found.entry
        if floor:
            exact, lowest = held(parameter, keys, self.since)
            entry = lowest or exact
        elif isinstance(found.value, Missing):
            rests |= self.resting.bit((name, keys))
        if entry is not None:
            rests |= self.said(entry)
            if entry.value is not None:
                rests |= self.formula(entry.value, keys)
        self.values[name, keys, floor] = rests
        return rests

    # --- what is open

    def lacks(self) -> dict[Cell, Lack]:
        out: dict[Cell, Lack] = {}
        for name, values in self.epoch.parameters.items():
            for keys, found in values.items():
                if isinstance(found.value, Missing):
                    target = self.target(name, keys) if found.value.kind == "none" else None
                    out[name, keys] = Lack("target" if target else found.value.kind, target or found.entry)
        return out

    def target(self, name: str, keys: tuple[int, ...]) -> ir.Entry | None:
        """The target that speaks of the cell at the time, where nothing else does."""
        for e in self.parameters[name].entries:
            speaks = all(k is None or x in k for k, x in zip(e.keys, keys, strict=True))
            if e.kind == "target" and e.since <= self.since <= e.until and speaks:
                return e
        return None
