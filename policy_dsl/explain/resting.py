"""What outputs rest on, whatever the facts: the assumptions that an explanation can mention, the parameters without a value.

Each of the policy's times is followed by itself, from the lines in force and the values held down to all that they read: what stands at a
line that a lower layer displaces, or that is read at another time, is never mentioned. A set of marks is a number, a bit for each.
"""

from __future__ import annotations

from itertools import pairwise, product
from typing import NamedTuple

from ..backends.epoch import Epoch, epoch_order
from ..ir import nodes as ir
from ..ir.epoch import Missing, held
from ..ir.traverse import walk

Key = tuple[str, str]  # (entity, rule)
Cell = tuple[str, tuple[int, ...]]  # a parameter, one value for each of its keys


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
        order = epoch_order(program)
        ends = [0, *order[0], ir.OPEN + 1]
        self.times = [_Follower(self, Epoch(program, a, order), a).time(b) for a, b in pairwise(ends)]
        self.now: dict[Key, int] = dict.fromkeys(self._keys(), 0)
        for time in self.times:
            for key, rests in time.rests.items():
                self.now[key] |= rests
        self.ever = self._through_months()

    def _keys(self) -> list[Key]:
        return [(r.entity, r.name) for r in self.program.rules]

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
    """Follows one time. Rules stand after those that they read, so each is looked at once."""

    def __init__(self, resting: Resting, epoch: Epoch, since: int) -> None:
        self.resting = resting
        self.epoch = epoch
        self.since = since
        self.parameters = {p.name: p for p in epoch.program.parameters}
        self.carried = {(e.name, c.name): c for e in epoch.program.entities for c in e.carried}
        self.rests: dict[Key, int] = {}
        self.values: dict[tuple[str, tuple[int, ...], bool], int] = {}
        self.every: dict[tuple[str, bool], int] = {}

    def time(self, following: int) -> Time:
        for name, values in self.epoch.parameters.items():  # each after those that it reads
            floors = any(e.kind == "floor" for e in self.parameters[name].entries)
            for keys in values:
                self.value(name, keys, False)
                if floors:
                    self.value(name, keys, True)
        for rule in self.epoch.program.rules:
            rests = self.said(rule)
            found = self.epoch.rules[rule.entity, rule.name]
            if found is not None:
                for line in (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())):
                    rests |= self.said(line) | self.formula(line.result, ())
                    if line.condition is not None:
                        rests |= self.formula(line.condition, ())
            self.rests[rule.entity, rule.name] = rests
        return Time(self.since, following, self.rests, self.lacks())

    def said(self, item: ir.Rule | ir.Line | ir.Parameter | ir.Entry) -> int:
        return self.resting.bit(id(item)) if item.assumptions else 0

    def formula(self, formula: ir.Expression, keys: tuple[int, ...]) -> int:
        """What it reads; `keys` are those of the parameter whose value it is."""
        rests = 0
        for node in walk(formula):
            match node:
                case ir.RuleRef():
                    rests |= self.rests[node.entity, node.name]
                case ir.ParameterRef():
                    rests |= self.parameter(node, keys)
                case ir.CarriedRef() | ir.Window():
                    carried = self.carried[node.entity, node.name]
                    if carried.source == "rule":
                        rests |= self.resting.bit(("past", node.entity, carried.of))
        return rests

    def parameter(self, node: ir.ParameterRef, keys: tuple[int, ...]) -> int:
        """All values that the keys may pick: one where they are written, else every one."""
        ways = []
        for key, type_ in zip(node.keys, self.parameters[node.name].key_types, strict=True):
            if isinstance(key, ir.Constant):
                ways.append([key.value])
            elif isinstance(key, ir.KeyRef):
                ways.append([keys[key.position]])
            else:
                ways.append(list(range(len(type_.members))))
        whole = all(len(w) == len(t.members) for w, t in zip(ways, self.parameters[node.name].key_types, strict=True))
        if whole and (node.name, node.floor) in self.every:
            return self.every[node.name, node.floor]
        rests = 0
        for cell in product(*ways):
            rests |= self.value(node.name, cell, node.floor)
        if whole:
            self.every[node.name, node.floor] = rests
        return rests

    def value(self, name: str, keys: tuple[int, ...], floor: bool) -> int:
        known = self.values.get((name, keys, floor))
        if known is not None:
            return known
        parameter = self.parameters[name]
        found = self.epoch.parameters[name][keys]
        rests = self.said(parameter)
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
