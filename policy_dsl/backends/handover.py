"""What a month hands to the next: the carried values of every entry, from a compiled function's results or from the interpreter's values.

A `Carry` is a tree like the data: (carried places of the entry, for each of its lists the Carry of each entry by its number). Numbers
stay while people come and go; who is new begins anew.
"""

from __future__ import annotations

from math import gcd
from typing import TYPE_CHECKING, Any, NamedTuple

from ..ir import nodes as ir
from ..ir.sizes import CARRIED, PARTS
from .facts import encoded
from .interpret import Entries, Instance, carried_width, fact_step, numbers_of
from .runtime import Held, Unknown
from .values import Undetermined, known

if TYPE_CHECKING:
    from .engine import Compiled

Carry = tuple[tuple[Any, ...], tuple[dict[int, Any], ...]]


class Unusual(Exception):
    """Something was unknown or too large: the values of the interpreter say what."""


class _Source(NamedTuple):
    """Where one carried value comes from: a place of the results (or of the data, for a fact), and what it must be multiplied by."""

    carried: ir.Carried
    fact: bool
    position: int
    over: int
    under: int
    dynamic: bool


class Handover:
    """Hands over for one compiled function. `of(data, raw)` raises Unusual where only the interpreter's values tell."""

    def __init__(self, compiled: Compiled) -> None:
        self.entities = {e.name: e for e in compiled.program.entities}
        self.root = compiled.root
        self.walked = {e: lists for e, (_, lists) in compiled.entities.items()}
        self.sources = {e.name: tuple(self._source(compiled, e, c) for c in e.carried) for e in self.entities.values()}
        self.carries = {e: self._carries(e) for e in self.entities}

    def _carries(self, entity: str) -> bool:
        """Whether the entity or anything below it carries something."""
        e = self.entities[entity]
        return bool(e.carried) or any(self._carries(m.entity) for m in e.lists)

    def _source(self, compiled: Compiled, entity: ir.Entity, c: ir.Carried) -> _Source:
        if c.source == "fact":
            position = next(i for i, f in enumerate(entity.facts) if f.name == c.of)
            step = fact_step(c.type) if c.type.is_amount else None
            return _Source(c, True, position, step.numerator if step else 1, step.denominator if step else 1, False)
        slot = compiled.slots.get((entity.name, c.of))
        if slot is None:  # the entity is above the root: its values are not computed here
            return _Source(c, False, -1, 1, 1, False)
        return _Source(c, False, slot.position, slot.k.numerator, slot.k.denominator, slot.dynamic)

    def of(self, data: tuple[Any, ...], raw: tuple[Any, ...]) -> Carry:
        return self._entry(self.root, data, raw)

    def _entry(self, name: str, data: tuple[Any, ...], raw: tuple[Any, ...] | None) -> Carry:
        entity = self.entities[name]
        carried: list[Any] = []
        at = len(entity.facts) + len(entity.lists) + 1
        for source in self.sources[name]:
            at += self._take(source, data, raw, at, carried)
        below: list[dict[int, Carry]] = []
        walked = self.walked.get(name, ())
        for i, members in enumerate(entity.lists, len(entity.facts)):
            if not self.carries[members.entity]:
                below.append({})
                continue
            if isinstance(data[i], Unknown):
                raise Unusual
            if raw is not None and members.name in walked:
                results = raw[len(raw) - len(walked) + walked.index(members.name)]
            else:
                results = [None] * len(data[i])
            entries = zip(numbers_of(data[i]), data[i], results, strict=True)
            below.append({n: self._entry(members.entity, d, r) for n, d, r in entries})
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


def from_values(entry: Instance) -> Carry:
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
    below = tuple(
        {n: from_values(e) for n, e in zip(numbers_of(entry.data[i]), entry.lists[m.name] or (), strict=True)}
        if entry.lists[m.name] is not None
        else {}
        for i, m in enumerate(entry.entity.lists, len(entry.entity.facts))
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
    if not known(value):
        return (Held(value),) * carried_width(one)
    made = encoded(one, value)
    assert made is not None, f"{c.name} is finer than its grid"
    return made


def laid(data: tuple[Any, ...], name: str, carry: Carry, entities: dict[str, ir.Entity]) -> tuple[Any, ...]:
    """An entry's data with what it carries from the month before. Entries that were not there begin as their data say."""
    carried, below = carry
    entity = entities[name]
    first = len(entity.facts)
    out = list(data)
    for i, members in enumerate(entity.lists, first):
        handed, given = below[i - first], data[i]
        if not handed or isinstance(given, Unknown):
            continue
        numbers = numbers_of(given)
        entries = [
            laid(d, members.entity, handed[n], entities) if n in handed else d
            for n, d in zip(numbers, given, strict=True)
        ]
        out[i] = Entries(entries, given.numbers) if isinstance(given, Entries) else entries
    if carried:
        out[first + len(entity.lists) + 1 :] = carried
    return tuple(out)
