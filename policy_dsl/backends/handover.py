"""What a month hands to the next: the carried values of every entry, from a compiled function's results or from the interpreter's values.

A `Carry` is a tree like the data: (carried places of the entry, for each of its lists the Carry of each entry by what it goes by: its
identity, else its number). Numbers stay while people come and go; who is new begins anew. The Carry of who is not there goes along
(`Entries.away`), a month older each month (`Intake.away`): states and counts as they were, no value of last month, a month without a
value in each window. Who is not where they were last month, and stands elsewhere in the roll now, takes the past along.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import gcd
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.carried_grids import CARRIED, PARTS
from .compiled import Compiled
from .encoding import carried_width, encoded, fact_step
from .entries import Entries, Instance, numbers_of, of_fact
from .epoch import Epoch
from .identity import Key, keys_of
from .parts import CarriedParts
from .possible import Bounds
from .runtime import NOTHING, Defer, Held, Unknown, month_start, next_month
from .values import Undetermined, Value, known, possible

Carry = tuple[tuple[Any, ...], tuple[dict[Key, Any], ...]]
Moved = dict[tuple[str, Key], Carry]  # (entity, identity) → what was carried in the place that was left


class Here(NamedTuple):
    """Who is there this month by an identity, as (entity, identity), and what was carried in the places that they have left."""

    there: frozenset[tuple[str, Key]]
    moved: Moved


NOWHERE = Here(frozenset(), {})


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
    still: bool = False  # not in force it stays what it was


class _Plan(NamedTuple):
    """How one entity's entries are handed over. `before`: places of the data in front of what is carried."""

    plain: tuple[_Plain, ...] | None
    sources: tuple[_Source, ...]
    before: int
    lists: tuple[
        tuple[int, str, int], ...
    ]  # (place in the data, entity, place from the end of the results or 0) of what carries below


class _Aging(NamedTuple):
    """What a month of absence does to what an entry carries: (from, to, months of a window or 0, whether it stays) of each value.

    `lost`: the places that have no value after it; `steady`: that is all that happens, since there is no window, nothing is carried below it, and no benefit is in parts.
    """

    places: tuple[tuple[int, int, int, bool], ...]
    lost: tuple[int, ...]
    steady: bool


class Handover:
    """Hands over for one compiled function. `of(data, raw, month)` raises Unusual where only the interpreter's values tell."""

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
        still = (entity.name, c.of) in self.intake.still
        return _Source(c, False, slot.position, slot.k.numerator, slot.k.denominator, slot.dynamic, still)

    @staticmethod
    def _plain(s: _Source) -> _Plain | None:
        c = s.carried
        if s.fact or s.dynamic or s.position < 0 or c.kind == "window":
            return None
        if not c.type.is_amount:
            return _Plain(s.position, 0)
        whole = c.grid and s.over * c.grid % s.under == 0
        return _Plain(s.position, s.over * c.grid // s.under) if whole else None

    def of(self, data: tuple[Any, ...], raw: tuple[Any, ...], month: int) -> Carry:
        try:
            return self._entry(self.root, data, raw, month)
        except Defer:
            raise Unusual from None

    def _entry(self, name: str, data: tuple[Any, ...], raw: tuple[Any, ...] | None, month: int) -> Carry:
        plan = self.plans[name]
        carried: list[Any] = []
        if plan.plain is not None and raw is not None:
            for position, factor in plan.plain:
                value = raw[position]
                if value.__class__ is Unknown:  # not in force
                    carried.clear()
                    break
                if factor:
                    value = value * factor  # what is unknown defers
                    if not -CARRIED <= value <= CARRIED:
                        raise Unusual
                elif isinstance(value, Unknown):
                    raise Unusual
                carried.append(value)
        if not carried:
            at = plan.before
            for source in plan.sources:
                at += self._take(source, data, raw, at, carried)
        if not plan.lists:
            return tuple(carried), ()
        below: list[dict[Key, Carry]] = []
        for at, entity, result in plan.lists:
            given = data[at]
            if isinstance(given, Unknown):
                raise Unusual
            results = raw[result] if raw is not None and result else [None] * len(given)
            entries = zip(keys_of(self.intake.entities[entity], given), given, results, strict=True)
            handed = {key: self._entry(entity, d, r, month) for key, d, r in entries}
            if given.__class__ is Entries and given.away:
                handed |= self.intake.all_away(entity, given.away, month)
            below.append(handed)
        return tuple(carried), tuple(below)

    def _take(self, s: _Source, data: tuple[Any, ...], raw: tuple[Any, ...] | None, at: int, out: list[Any]) -> int:
        """Appends what the next month gets; returns how many places it takes."""
        c = s.carried
        if not s.fact and (raw is None or s.position < 0):
            raise Unusual
        value = data[s.position] if s.fact else raw[s.position]  # type: ignore[index]
        made: tuple[Any, ...]
        if value.__class__ is Unknown and not s.fact:  # not in force
            made = _without_value(c, s.still, data, at)
            out += made
            return len(made)
        if isinstance(value, Unknown):
            raise Unusual
        made = (value,)
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
            out.append(_appended(data[at], made[0] if len(made) == 1 else made, c.months))
            return 1
        out += made
        return len(made)


def _without_value(c: ir.Carried, still: bool, data: tuple[Any, ...], at: int) -> tuple[Any, ...]:
    """What the next month gets of a rule that is not in force: nothing, or what came over where it stands still."""
    width = carried_width(c)
    if still:
        return data[at : at + width]
    if c.kind == "window":
        return (_appended(data[at], NOTHING, c.months),)
    return (NOTHING,) * width


def _appended(before: Any, one: Any, months: int) -> Any:
    """A window one month on."""
    return before if isinstance(before, Held) else (*before, one)[-months:]


def from_values(entry: Instance, intake: Intake, epoch: Epoch, month: int) -> Carry:
    """The same from the interpreter's values: what was undetermined or failed is handed over as that, what was not in force as nothing.

    A status that is not in force stays where it was, and so does all that counts its months.
    """
    carried: list[Any] = []
    at = len(entry.entity.facts) + len(entry.entity.lists) + 1
    for c in entry.entity.carried:
        key = (entry.entity.name, c.of)
        if c.source == "rule" and epoch.rules[key] is None:
            carried += _without_value(c, key in intake.still, entry.data, at)
        elif c.kind == "window":
            made = _handed(entry, c, month)
            one = made[0] if len(made) == 1 or isinstance(made[0], Held) else made
            carried.append(_appended(entry.data[at], one, c.months))
        else:
            carried += _handed(entry, c, month)
        at += carried_width(c)
    _, lists = intake.places[entry.entity.name]
    names = {i: m.name for i, m in enumerate(entry.entity.lists, len(entry.entity.facts))}
    below: list[dict[Key, Carry]] = []
    for i, entity in lists:
        given, inner = entry.data[i], entry.lists[names[i]]
        keys = () if inner is None else keys_of(intake.entities[entity], given)
        handed = {key: from_values(e, intake, epoch, month) for key, e in zip(keys, inner or (), strict=True)}
        if isinstance(given, Entries):
            handed |= intake.all_away(entity, given.away, month)
        below.append(handed)
    return tuple(carried), tuple(below)


def _handed(entry: Instance, c: ir.Carried, month: int) -> tuple[Any, ...]:
    one = c._replace(kind="value")
    value: Any
    if c.source == "fact":
        given = entry.facts[c.of]
        value = given
        if isinstance(given, Unknown):
            left = of_fact(entry.entity, c.of, month_start(month))
            value = Undetermined((f"{entry.path}.{c.of}",), (), left)
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
        # what goes on from where it was when it is in force again: statuses, and what counts their months
        self.still = frozenset((r.entity, r.name) for r in program.rules if r.status or r.hidden)
        self.identified = any(e.identity >= 0 and self._carries(e.name) for e in program.entities)
        self.parts = CarriedParts(program) if any(r.parts is not None for r in program.rules) else None
        self.aging = {e.name: self._aging(e) for e in program.entities}

    def _places(self, entity: ir.Entity) -> tuple[int, tuple[tuple[int, str], ...]]:
        """(places in front of what is carried, (place, entity) of the lists in which something carries)."""
        first = len(entity.facts)
        lists = tuple((i, m.entity) for i, m in enumerate(entity.lists, first) if self._carries(m.entity))
        return first + len(entity.lists) + 1, lists

    def _aging(self, entity: ir.Entity) -> _Aging:
        places: list[tuple[int, int, int, bool]] = []
        at = 0
        for c in entity.carried:
            to = at + carried_width(c)
            places.append((at, to, c.months if c.kind == "window" else 0, c.keeps))
            at = to
        lost = tuple(at for at, _, longest, keeps in places if not keeps and not longest)
        windows = any(longest for _, _, longest, _ in places)
        return _Aging(tuple(places), lost, not (windows or self.places[entity.name][1] or self.parts))

    def _carries(self, entity: str) -> bool:
        """Whether the entity or anything below it carries something."""
        e = self.entities[entity]
        return bool(e.carried) or any(self._carries(m.entity) for m in e.lists)

    def laid(self, data: tuple[Any, ...], name: str, carry: Carry) -> tuple[Any, ...]:
        """The data of an entry that was there last month. Entries that were not begin as their data say, but for those who have moved."""
        return self._laid(data, name, carry, self.here(data, name, carry))

    def here(self, data: tuple[Any, ...], name: str, carry: Carry) -> Here:
        """Who is there now by an identity, and what was carried where they were."""
        return moved(self, name, carry, data) if self.identified else NOWHERE

    def _laid(self, data: tuple[Any, ...], name: str, carry: Carry | None, here: Here) -> tuple[Any, ...]:
        """`carry`: None for an entry that is new here."""
        before, lists = self.places[name]
        if carry is not None:
            carried = carry[0]
        else:
            carried = data[before:] if self.parts is None else self.parts.begun(name, data[before:])
        if not lists or (carry is None and not here.moved and self.parts is None):
            return (*data[:before], *carried)
        out = list(data[:before])
        for n, (i, entity) in enumerate(lists):
            given = data[i]
            if isinstance(given, Unknown):
                continue
            handed = {} if carry is None else carry[1][n]
            keys = keys_of(self.entities[entity], given)
            rows = zip(numbers_of(given), keys, given, strict=True)
            entries = [self._laid(d, entity, self._past(entity, key, at, handed, here), here) for at, key, d in rows]
            gone = self._gone(entity, given, handed, here)
            if isinstance(given, Entries):
                out[i] = Entries(entries, given.numbers, given.missing, gone, given.given)
            elif gone:
                out[i] = Entries(entries, tuple(numbers_of(given)), (), gone, len(given))
            else:
                out[i] = entries
        return (*out, *carried)

    def _gone(self, name: str, given: Any, handed: dict[Key, Carry], here: Here) -> dict[Key, Carry]:
        """What came over for those who are not there this month, and nowhere else either, in what they hold, too: who goes by a place that the
        list still has, and who is known. A place that the list has no more is nobody's: whoever comes to it begins anew."""
        some = isinstance(given, Entries)
        if not some and self.entities[name].identity < 0:
            return {}
        places = given.given if some else len(given)
        taken = {*keys_of(self.entities[name], given), *numbers_of(given)}
        return {
            key: self._without(name, c, here)
            for key, c in handed.items()
            if key not in taken and (key < places if isinstance(key, int) else (name, key) not in here.there)
        }

    def _without(self, name: str, carry: Carry, here: Here) -> Carry:
        """What came over for somebody who is not there, without those below who are elsewhere now: their past is there with them."""
        if not here.there:
            return carry
        carried, below = carry
        inner = tuple(
            {key: self._without(entity, c, here) for key, c in handed.items() if (entity, key) not in here.there}
            for (_, entity), handed in zip(self.places[name][1], below, strict=True)
        )
        return carried, inner

    @staticmethod
    def _past(entity: str, key: Key, number: int, handed: dict[Key, Carry], here: Here) -> Carry | None:
        """What an entry carried last month: here, in the place that it has left, or in this place, where nobody knew yet who it was."""
        found = handed.get(key)
        if found is None and isinstance(key, str):
            found = here.moved.get((entity, key)) or handed.get(number)
        return found

    def with_parts(self, name: str, carry: Carry | None, seen: Carry | None) -> Carry | None:
        """The carry, with what another one of the same month says of benefits in parts: a part is of the shares as known on its pay day."""
        if self.parts is None or carry is None or seen is None or carry is seen:
            return carry
        _, lists = self.places[name]
        below = tuple(
            {n: self.with_parts(entity, c, other.get(n)) or c for n, c in handed.items()}
            for (_, entity), handed, other in zip(lists, carry[1], seen[1], strict=True)
        )
        return self.parts.taken(name, carry[0], seen[0]), below

    def away(self, name: str, carry: Carry, month: int) -> Carry:
        """What an entry hands to the next month that is not there in this one (yyyymmdd): the clock stands still, the calendar goes on."""
        aging = self.aging[name]
        carried, below = carry
        if aging.steady and all(carried[at] is NOTHING for at in aging.lost):
            return carry  # it was away before, and nothing more happens to it
        out: list[Any] = []
        for at, to, longest, keeps in aging.places:
            if keeps or (longest and isinstance(carried[at], Held)):
                out += carried[at:to]
            elif longest:
                out.append((*carried[at], NOTHING)[-longest:])
            else:
                out += [NOTHING] * (to - at)
        _, lists = self.places[name]
        inner = tuple(self.all_away(entity, handed, month) for (_, entity), handed in zip(lists, below, strict=True))
        return tuple(out) if self.parts is None else self.parts.gone(name, tuple(out), month), inner

    def absent(self, name: str, carry: Carry, last: int, month: int) -> Carry:
        """What an entry hands to the month after `month` that was there in `last` and since then not (yyyymmdd)."""
        while last // 100 < month // 100:
            last = next_month(last)
            carry = self.away(name, carry, last)
        return carry

    def all_away(self, name: str, handed: dict[Key, Carry], month: int) -> dict[Key, Carry]:
        return {n: self.away(name, c, month) for n, c in handed.items()}

    def begun(self, data: tuple[Any, ...], name: str) -> tuple[Any, ...]:
        """The data of an entry that comes during a run: of its benefits in parts nothing is unpaid yet."""
        return data if self.parts is None else self._laid(data, name, None, NOWHERE)


def moved(intake: Intake, name: str, carry: Carry, data: tuple[Any, ...]) -> Here:
    """Who is there by an identity, and what those carried who are not where they were last month."""
    out: Moved = {}
    _compare(intake, name, carry, data, out)
    return Here(frozenset(_identified(intake, name, data)), out)


def _identified(intake: Intake, name: str, data: tuple[Any, ...]) -> Iterator[tuple[str, Key]]:
    for i, entity in intake.places[name][1]:
        given = data[i]
        if not isinstance(given, Unknown):
            for key, inner in zip(keys_of(intake.entities[entity], given), given, strict=True):
                if isinstance(key, str):
                    yield entity, key
                yield from _identified(intake, entity, inner)


def _compare(intake: Intake, name: str, carry: Carry, data: tuple[Any, ...], out: Moved) -> None:
    for (i, entity), handed in zip(intake.places[name][1], carry[1], strict=True):
        given = data[i]
        keys = () if isinstance(given, Unknown) else keys_of(intake.entities[entity], given)
        here = dict(zip(keys, given, strict=True)) if keys else {}
        for key, inner in handed.items():
            if key in here:
                _compare(intake, entity, inner, here[key], out)
            else:
                _gone(intake, entity, key, inner, out)


def _gone(intake: Intake, name: str, key: Key, carry: Carry, out: Moved) -> None:
    """Somebody is not there any more, with all below."""
    if isinstance(key, str):
        out.setdefault((name, key), carry)
    for (_, entity), handed in zip(intake.places[name][1], carry[1], strict=True):
        for inner, below in handed.items():
            _gone(intake, entity, inner, below, out)
