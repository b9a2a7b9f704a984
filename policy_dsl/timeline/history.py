"""A history as given → tracks: for each entry and fact what holds in which month, and since when that is known (semantics, rules 1 and 2).

A date written by the day counts from the first month that begins on or after it, one written by the month from that month. Of several
entries for a month the one known last counts, then the one with the later 自. Days are yyyymmdd, a month is its first day.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from typing import Any, NamedTuple

from ..backends.days import day
from ..backends.facts import Reader
from ..backends.interpret import Entries
from ..backends.runtime import UNKNOWN, add_months, next_month
from ..backends.show import day_text
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from ..ir import nodes as ir
from ..model.words import IS, LEARNED, PAID, PRESENT, PREVIOUS, SINCE, UNTIL, given

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_KEYS = (SINCE, UNTIL, IS, LEARNED)


class Spell(NamedTuple):
    """One dated value: from month `first` to month `last`, 自 as written (`since`), known since a day."""

    first: int
    last: int
    since: int
    known: int
    value: Any


class Track:
    """One entry over time. `fixed` is its data where nothing is dated; `dated` the facts (by position) that are."""

    __slots__ = (
        "carried", "dated", "entity", "fixed", "ledger", "lists", "number", "path", "presence",
    )  # fmt: skip

    def __init__(self, entity: ir.Entity, path: str, number: int) -> None:
        self.entity = entity
        self.path = path
        self.number = number
        self.fixed: list[Any] = []
        self.dated: dict[int, tuple[Spell, ...]] = {}
        self.presence: tuple[Spell, ...] = ()
        self.lists: list[list[Track] | None] = []
        self.carried: tuple[Any, ...] = ()
        self.ledger: dict[str, tuple[Spell, ...]] = {}

    @property
    def called(self) -> str:
        """The name that the entry's text fact gives it, or ""."""
        named = (v for f, v in zip(self.entity.facts, self.fixed, strict=True) if f.type.kind == "text")
        return next((v for v in named if isinstance(v, str)), "")

    def all(self) -> list[Track]:
        return [self, *(t for tracks in self.lists for inner in tracks or () for t in inner.all())]

    def spells(self) -> list[Spell]:
        return [s for spells in (*self.dated.values(), self.presence) for s in spells]

    def there(self, month: int, known: int | None) -> bool:
        """Whether the entry is there: after the first date of its facts, or of those of whom it holds, and not gone."""
        if self.dated and not self._begun(month, known):
            return False
        found = _current(self.presence, month, known)
        return found is None or found.value is not False

    def _begun(self, month: int, known: int | None) -> bool:
        if any(_seen(s, month, known) for spells in self.dated.values() for s in spells):
            return True
        return any(t.dated and t._begun(month, known) for tracks in self.lists for t in tracks or ())

    def data(self, month: int, known: int | None) -> tuple[Any, ...] | None:
        """The entry's data in a month; None where one of its lists has fewer entries than it must (nobody is left)."""
        out = list(self.fixed)
        defaulted = 0
        for i, fact in enumerate(self.entity.facts):
            spells = self.dated.get(i)
            if spells is not None:
                found = _current(spells, month, known)
                if found is None and fact.has_default:
                    out[i] = Reader.default(fact)
                    defaulted |= 1 << i
                else:
                    out[i] = UNKNOWN if found is None or month > found.last else found.value
            elif fact.has_default and out[i] is None:
                out[i] = Reader.default(fact)
                defaulted |= 1 << i
        for members, tracks in zip(self.entity.lists, self.lists, strict=True):
            if tracks is None:
                out.append(UNKNOWN)
                continue
            there = [t for t in tracks if t.there(month, known)]
            entries = [t.data(month, known) for t in there]
            if len(entries) < members.low or None in entries:
                return None
            numbers = tuple(t.number for t in there)
            out.append(tuple(entries) if len(there) == len(tracks) else Entries(entries, numbers))
        return (*out, defaulted, *self.carried)


def _seen(s: Spell, month: int, known: int | None) -> bool:
    return s.first <= month and (known is None or s.known <= known)


def _current(spells: tuple[Spell, ...], month: int, known: int | None) -> Spell | None:
    """The spell that counts in a month: of those begun and known, the one known last, then the one with the later 自."""
    seen = [s for s in spells if _seen(s, month, known)]
    return max(seen, key=lambda s: (s.known, s.since)) if seen else None


class History:
    """A history read for one policy. `data` gives a month's facts; `late` the days on which something became known afterwards."""

    def __init__(self, root: str, track: Track, findings: list[Diagnostic], given_state: bool) -> None:
        self.root = root
        self.track = track
        self.findings = findings
        self.given_state = given_state
        spells = [s for t in track.all() for s in t.spells()]
        self.months = sorted({s.first for s in spells} | {_after(s.last) for s in spells if s.last < ir.OPEN})
        self.known = sorted({s.known for s in spells})
        self.late = sorted({s.known for s in spells if s.known > s.since})
        self.first = min((s.first for t in track.all() for x in t.dated.values() for s in x), default=0)
        self.ledgers = any(t.ledger for t in track.all())
        self._data: dict[tuple[int, int], tuple[Any, ...] | None] = {}

    def data(self, month: int, known: int | None) -> tuple[Any, ...] | None:
        """The root's data in a month as known on a day; None where nobody is there."""
        key = (bisect_right(self.months, month), -1 if known is None else bisect_right(self.known, known))
        if key not in self._data:
            there = self.track.there(month, known)
            self._data[key] = self.track.data(month, known) if there else None
        return self._data[key]

    def learned(self, month: int, then: int, now: int | None) -> list[tuple[Track, str, int]]:
        """(entry, fact or 在列, day) of what holds in the month and became known after the day `then`, by the day `now`."""
        out = []
        for track in self.track.all():
            named = {track.entity.facts[i].name: spells for i, spells in track.dated.items()}
            for name, spells in {**named, PRESENT[0]: track.presence}.items():
                found = _current(spells, month, now)
                if found is not None and found.known > then and found is not _current(spells, month, then):
                    out.append((track, name, found.known))
        return out

    def ledger(self, month: int) -> dict[tuple[str, str], Any]:
        """What was really paid, where the history says so: (path of the entry, benefit) → amount in base units."""
        out = {}
        for track in self.track.all():
            for name, spells in track.ledger.items():
                found = _current(spells, month, None)
                if found is not None and month <= found.last:
                    out[track.path, name] = found.value
        return out


def _after(month: int) -> int:
    return next_month(month)


def first_month(day: int) -> int:
    """The first month that begins on or after the day."""
    return day if day % 100 == 1 else next_month(day)


class HistoryReader:
    """Reads the contract's form of a history; everything wrong is collected, with its path."""

    def __init__(self, program: ir.Program, births: frozenset[tuple[str, str]], *, lenient: bool = False) -> None:
        self.program = program
        self.reader = Reader(program, lenient=lenient)
        self.entities = self.reader.entities
        self.lenient = lenient
        self.findings: list[Diagnostic] = []
        self.given_state = False
        self.births = births

    def read(self, facts: object) -> History:
        """Raises PolicyError with all that is wrong."""
        self.reader.errors = []
        self.findings = []
        root = self.reader.root(facts)
        track = self._entry(facts[root], self.entities[root], root, 0) if root else None  # type: ignore[index]
        if self.reader.errors or track is None:
            raise PolicyError(self.reader.errors)
        return History(root, track, self.findings, self.given_state)

    def _error(self, code: str, path: str, **words: Any) -> None:
        self.reader.error(code, path, **words)

    def _entry(self, value: object, entity: ir.Entity, path: str, number: int) -> Track | None:
        if not isinstance(value, dict):
            self.reader.wrong_type(path, ("一个对象 {…}", "an object {…}"), value)
            return None
        self.reader.names(value, entity, path, (PAID,))
        track = Track(entity, path, number)
        for i, fact in enumerate(entity.facts):
            where = f"{path}.{fact.name}"
            if fact.name not in value and fact.has_default:
                track.fixed.append(None)
                continue
            here = value.get(fact.name)
            if isinstance(here, list):
                track.dated[i] = self._spells(here, where, lambda v, at, f=fact: self.reader.fact(v, f, at))
                track.fixed.append(UNKNOWN)
            else:
                track.fixed.append(self.reader.fact(here, fact, where))
        if entity.holder and given(value, PRESENT) is not None:
            there = given(value, PRESENT)
            rows = there if isinstance(there, list) else [{SINCE[0]: "0001-01", IS[0]: there}]
            track.presence = self._spells(rows, f"{path}.{PRESENT[0]}", self._truth)
        for members in entity.lists:
            track.lists.append(self._list(value.get(members.name), members, f"{path}.{members.name}"))
        if entity.carried:
            before = given(value, PREVIOUS)
            self.given_state = self.given_state or before is not None
            track.carried = tuple(self.reader.before(before, entity, f"{path}.{PREVIOUS[0]}"))
        ledger = given(value, PAID)
        if ledger is not None:
            self._ledger(ledger, track)
        self._life(track)
        return track

    def _truth(self, value: object, path: str) -> object:
        if not isinstance(value, bool):
            hint = ("「是」写 true，「否」写 false，不带引号", "yes is true, no is false, without quotes")
            self.reader.wrong_type(path, (" true 或 false", "true or false"), value, hint)
        return value

    def _list(self, value: object, members: ir.Members, path: str) -> list[Track] | None:
        if value is None:
            if self.lenient:
                return None
            self._error("F0110", path, name=members.name)
            return []
        if not isinstance(value, (list, tuple)):
            self.reader.wrong_type(path, ("名单 […]", "a list […]"), value)
            return []
        dated = [v for v in value if isinstance(v, dict) and v and all(k in _words() for k in v)]
        if dated:
            self._error("F0206", path, name=members.name)
            return []
        if not members.low <= len(value) <= members.high:
            self._error("F0111", path, name=members.name, given=len(value), low=members.low, high=members.high)
            return []
        entity = self.entities[members.entity]
        tracks = [self._entry(v, entity, f"{path}[{n}]", n) for n, v in enumerate(value)]
        return [t for t in tracks if t is not None]

    # --- dated values

    def _spells(self, rows: list[object], path: str, read: Any) -> tuple[Spell, ...]:
        out: list[Spell] = []
        for n, row in enumerate(rows):
            at = f"{path}[{n}]"
            if not isinstance(row, dict):
                self._error("F0201", at)
                continue
            for key in row:
                if key not in _words():
                    zh, en = suggestion(str(key)[:40], _words())
                    self._error(
                        "F0104",
                        f"{at}.{str(key)[:40]}",
                        name=str(key)[:40],
                        hint=(zh or "可写：自、至、为、获知", en or "from, to, is, known"),
                    )
            since, until, known = (self._day(given(row, w), f"{at}.{w[0]}") for w in (SINCE, UNTIL, LEARNED))
            if since is None or not any(w in row for w in IS):
                if given(row, SINCE) is None or not any(w in row for w in IS):
                    self._error("F0201", at)
                continue
            if until is not None and until[0] < (
                since[0] // 100 * 100 + 1 if _is_month(given(row, UNTIL)) else since[0]
            ):
                self._error("F0202", at, since=given(row, SINCE), until=given(row, UNTIL))
                continue
            last = ir.OPEN if until is None else until[0] // 100 * 100 + 1
            value = read(given(row, IS), f"{at}.{IS[0]}")
            out.append(Spell(first_month(since[0]), last, since[0], known[0] if known else since[0], value))
        self._order(out, path)
        return tuple(out)

    def _day(self, value: object, path: str) -> tuple[int] | None:
        """A day, or the first day of a month; None where nothing is given or it is wrong, which is reported."""
        if value is None:
            return None
        text = value.isoformat()[:10] if hasattr(value, "isoformat") else value
        if isinstance(text, str) and _DATE.fullmatch(text):
            try:
                return (day(text),)
            except PolicyError:
                pass
        self._error("F0203", path, value=str(value)[:40])
        return None

    def _order(self, spells: list[Spell], path: str) -> None:
        """Two values for one date, spells that overlap, months out of order; a gap is a finding."""
        taken: set[tuple[int, int]] = set()
        plain = [s for s in spells if s.known <= s.since]
        for s in spells:
            if (s.since, s.known) in taken:
                self._error("F0204", path, date=day_text(s.since))
                return
            taken.add((s.since, s.known))
        for a, b in itertools.pairwise(plain):
            if b.since < a.since:
                self._error("F0205", path, first=day_text(a.since), second=day_text(b.since))
                return
        for a, b in itertools.pairwise(plain):
            if a.last < ir.OPEN and a.last >= b.first:
                self._error("F0207", path, until=day_text(a.last)[:7], since=day_text(b.since))
            elif a.last < ir.OPEN and add_months(a.last, 1) < b.first:
                self._find(
                    "F0208",
                    path,
                    since=day_text(add_months(a.last, 1))[:7],
                    until=day_text(add_months(b.first, -1))[:7],
                )

    def _find(self, code: str, path: str, **words: Any) -> None:
        self.findings.append(diagnostic(code, at=path, **words))

    # --- what goes with a life

    def _life(self, track: Track) -> None:
        """No fact before a person's birth, none after the person has left."""
        birth = next((i for i, f in enumerate(track.entity.facts) if (track.entity.name, f.name) in self.births), None)
        born = track.fixed[birth] if birth is not None and birth not in track.dated else None
        gone = max((s for s in track.presence if s.value is False), key=lambda s: s.since, default=None)
        back = any(s.value is True and gone is not None and s.since > gone.since for s in track.presence)
        for i, spells in track.dated.items():
            where = f"{track.path}.{track.entity.facts[i].name}"
            for s in spells:
                if isinstance(born, int) and s.since < born // 100 * 100 + 1:
                    self._error("F0209", where, date=day_text(s.since), birth=day_text(born))
                    break
                if gone is not None and not back and s.since > gone.since:
                    self._error("F0210", where, date=day_text(s.since), gone=day_text(gone.since))
                    break

    def _ledger(self, value: object, track: Track) -> None:
        """已发: what was really paid, by benefit: an amount, or amounts with dates."""
        path = f"{track.path}.{PAID[0]}"
        if not isinstance(value, dict):
            self.reader.wrong_type(path, ("以给付为名的对象 {…}", "an object of benefits {…}"), value)
            return
        benefits = {r.name: r for r in self.program.rules if r.benefit and r.entity == track.entity.name}
        for name, rows in value.items():
            rule = benefits.get(name)
            if rule is None:
                zh, en = suggestion(str(name)[:40], benefits)
                known = "、".join(benefits) or "—"
                self._error(
                    "F0211",
                    f"{path}.{str(name)[:40]}",
                    name=str(name)[:40],
                    hint=(zh or f"给付：{known}", en or f"benefits: {known}"),
                )
                continue

            def amount(v: object, at: str, rule: ir.Rule = rule) -> object:
                number = self.reader.number(v, rule.type, at)
                return None if number is None else number * rule.type.own.scale

            listed = rows if isinstance(rows, list) else [{SINCE[0]: "0001-01", IS[0]: rows}]
            track.ledger[name] = self._spells(listed, f"{path}.{name}", amount)


def _is_month(value: object) -> bool:
    """Whether a date is written by the month: after 至 that lasts to the month's end."""
    return isinstance(value, str) and len(value) == len("2022-03")


def _words() -> set[str]:
    return {w for word in _KEYS for w in word}
