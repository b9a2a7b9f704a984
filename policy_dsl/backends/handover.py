"""What a month hands to the next: the carried values of every entry, from a compiled function's results or from the interpreter's values.

A `Carry` is a tree like the data: (carried places of the entry, for each of its lists the Carry of each entry by its number). Numbers
stay while people come and go; who is new begins anew.
"""

from __future__ import annotations

from math import gcd
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.carried_grids import CARRIED, PARTS
from .compiled import Compiled
from .encoding import carried_width, encoded, fact_step
from .entries import Entries, Instance, numbers_of
from .possible import Bounds
from .runtime import NOTHING, Defer, Held, Unknown
from .values import Undetermined, Value, known, possible

Carry = tuple[tuple[Any, ...], tuple[dict[int, Any], ...]]


class Unusual(Exception):
    """Something was unknown or too large: the values of the interpreter say what."""


class _Plain(NamedTuple):
    """A value that stands in the results as it is carried, but for a whole factor; 0 where it is no amount."""

    position: int
    factor: int


class _Source(NamedTuple):
    """Any other value: a place of the results (or of the data, for a fact), and what it must be multiplied by."""

    carried: ir.Carried
    fact: bool
    position: int
    over: int
    under: int
    dynamic: bool


class _Plan(NamedTuple):
    """How one entity's entries are handed over. `before`: places of the data in front of what is carried."""

    plain: tuple[_Plain, ...] | None
    sources: tuple[_Source, ...]
    before: int
    lists: tuple[
        tuple[int, str, int], ...
    ]  # (place in the data, entity, place from the end of the results or 0) of what carries below


class Handover:
    """Hands over for one compiled function. `of(data, raw)` raises Unusual where only the interpreter's values tell."""

    def __init__(self, compiled: Compiled, intake: Intake) -> None:
        self.intake = intake
        self.root = compiled.root
        self.plans = {e.name: self._plan(compiled, e) for e in compiled.program.entities}

    def _plan(self, compiled: Compiled, entity: ir.Entity) -> _Plan:
        sources = tuple(self._source(compiled, entity, c) for c in entity.carried)
        plain = [self._plain(s) for s in sources]
        walked = compiled.entities[entity.name][1] if entity.name in compiled.entities else ()
        before, below = self.intake.places[entity.name]
        names = {i: m.name for i, m in enumerate(entity.lists, len(entity.facts))}
        lists = tuple((i, e, walked.index(names[i]) - len(walked) if names[i] in walked else 0) for i, e in below)
        return _Plan(None if None in plain else tuple(x for x in plain if x), sources, before, lists)

    def _source(self, compiled: Compiled, entity: ir.Entity, c: ir.Carried) -> _Source:
        if c.source == "fact":
            position = next(i for i, f in enumerate(entity.facts) if f.name == c.of)
            step = fact_step(c.type) if c.type.is_amount else None
            return _Source(c, True, position, step.numerator if step else 1, step.denominator if step else 1, False)
        slot = compiled.slots.get((entity.name, c.of))
        if slot is None:  # the entity is above the root: its values are not computed here
            return _Source(c, False, -1, 1, 1, False)
        return _Source(c, False, slot.position, slot.k.numerator, slot.k.denominator, slot.dynamic)

    @staticmethod
    def _plain(s: _Source) -> _Plain | None:
        c = s.carried
        if s.fact or s.dynamic or s.position < 0 or c.kind == "window":
            return None
        if not c.type.is_amount:
            return _Plain(s.position, 0)
        whole = c.grid and s.over * c.grid % s.under == 0
        return _Plain(s.position, s.over * c.grid // s.under) if whole else None

    def of(self, data: tuple[Any, ...], raw: tuple[Any, ...]) -> Carry:
        try:
            return self._entry(self.root, data, raw)
        except Defer:
            raise Unusual from None

    def _entry(self, name: str, data: tuple[Any, ...], raw: tuple[Any, ...] | None) -> Carry:
        plan = self.plans[name]
        carried: list[Any] = []
        if plan.plain is not None and raw is not None:
            for position, factor in plan.plain:
                value = raw[position]
                if factor:
                    value = value * factor  # what is unknown defers
                    if not -CARRIED <= value <= CARRIED:
                        raise Unusual
                elif value.__class__ is Unknown:
                    raise Unusual
                carried.append(value)
        else:
            at = plan.before
            for source in plan.sources:
                at += self._take(source, data, raw, at, carried)
        if not plan.lists:
            return tuple(carried), ()
        below: list[dict[int, Carry]] = []
        for at, entity, result in plan.lists:
            given = data[at]
            if isinstance(given, Unknown):
                raise Unusual
            results = raw[result] if raw is not None and result else [None] * len(given)
            entries = zip(numbers_of(given), given, results, strict=True)
            below.append({n: self._entry(entity, d, r) for n, d, r in entries})
        return tuple(carried), tuple(below)

    def _take(self, s: _Source, data: tuple[Any, ...], raw: tuple[Any, ...] | None, at: int, out: list[Any]) -> int:
        """Appends what the next month gets; returns how many places it takes."""
        c = s.carried
        if not s.fact and (raw is None or s.position < 0):
            raise Unusual
        value = data[s.position] if s.fact else raw[s.position]  # type: ignore[index]
        if isinstance(value, Unknown):
            raise Unusual
        made: tuple[Any, ...] = (value,)
        if c.type.is_amount:
            over, under = value * s.over, s.under * (raw[s.position + 1] if s.dynamic else 1)  # type: ignore[index]
            if c.grid:
                over *= c.grid
                if over % under:
                    raise Unusual
                made = (over // under,)
            else:
                common = gcd(over, under)
                made = (over // common, under // common)
                if made[1] > PARTS:
                    raise Unusual
            if not -CARRIED <= made[0] <= CARRIED:
                raise Unusual
        if c.kind == "window":
            one = made[0] if len(made) == 1 else made
            out.append((*data[at], one)[-c.months :])
            return 1
        out += made
        return len(made)


def from_values(entry: Instance, intake: Intake) -> Carry:
    """The same from the interpreter's values: what was undetermined or failed is handed over as that."""
    carried: list[Any] = []
    at = len(entry.entity.facts) + len(entry.entity.lists) + 1
    for c in entry.entity.carried:
        made = _handed(entry, c)
        if c.kind == "window":
            one = made[0] if len(made) == 1 or isinstance(made[0], Held) else made
            before = entry.data[at]
            carried.append(before if isinstance(before, Held) else (*before, one)[-c.months :])
        else:
            carried += made
        at += carried_width(c)
    _, lists = intake.places[entry.entity.name]
    names = {i: m.name for i, m in enumerate(entry.entity.lists, len(entry.entity.facts))}
    below = tuple(
        {n: from_values(e, intake) for n, e in zip(numbers_of(entry.data[i]), entry.lists[names[i]] or (), strict=True)}
        if entry.lists[names[i]] is not None
        else {}
        for i, _ in lists
    )
    return tuple(carried), below


def _handed(entry: Instance, c: ir.Carried) -> tuple[Any, ...]:
    one = c._replace(kind="value")
    value: Any
    if c.source == "fact":
        given = entry.facts[c.of]
        value = given
        if isinstance(given, Unknown):
            value = Undetermined((f"{entry.path}.{c.of}",))
        elif c.type.is_amount:
            value = given * fact_step(c.type)
    else:
        value = entry.values[c.of]
    if value is NOTHING:  # a stay that began before the first month
        return (NOTHING,) * carried_width(one)
    if not known(value):
        return (Held(_open(c, value)),) * carried_width(one)
    made = encoded(one, value)
    assert made is not None, f"{c.name} is finer than its grid"
    return made


def _open(c: ir.Carried, value: Value) -> Value:
    """What was undetermined, as it is handed over: an amount that may be too large or too fine to be carried may be an error."""
    if not isinstance(value, Undetermined) or not c.type.is_amount:
        return value
    left = possible(value, c.type)
    fits = isinstance(left, Bounds) and all(x is not None and -CARRIED <= x * (c.grid or 0) <= CARRIED for x in left)
    return value if fits and c.grid else value._replace(may_fail=True)


class Intake:
    """Lays what was handed over into the next month's data."""

    def __init__(self, program: ir.Program) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.places = {e.name: self._places(e) for e in program.entities}

    def _places(self, entity: ir.Entity) -> tuple[int, tuple[tuple[int, str], ...]]:
        """(places in front of what is carried, (place, entity) of the lists in which something carries)."""
        first = len(entity.facts)
        lists = tuple((i, m.entity) for i, m in enumerate(entity.lists, first) if self._carries(m.entity))
        return first + len(entity.lists) + 1, lists

    def _carries(self, entity: str) -> bool:
        """Whether the entity or anything below it carries something."""
        e = self.entities[entity]
        return bool(e.carried) or any(self._carries(m.entity) for m in e.lists)

    def laid(self, data: tuple[Any, ...], name: str, carry: Carry) -> tuple[Any, ...]:
        """The data of an entry that was there last month. Entries that were not begin as their data say."""
        carried, below = carry
        before, lists = self.places[name]
        if not lists:
            return data[:before] + carried
        out = list(data[:before])
        for (i, entity), handed in zip(lists, below, strict=True):
            given = data[i]
            if isinstance(given, Unknown):
                continue
            numbers = numbers_of(given)
            entries = [
                self.laid(d, entity, handed[n]) if n in handed else d for n, d in zip(numbers, given, strict=True)
            ]
            out[i] = given.holding(entries) if isinstance(given, Entries) else entries
        return (*out, *carried)
