"""A history as given → tracks: for each entry and fact what holds in which month, and since when that is known (semantics, rules 1 and 2).

A date written by the day counts from the first month that begins on or after it, one written by the month from that month. Of several
entries for a month the one known last counts, then the one with the later 自. Days are yyyymmdd, a month is its first day.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Collection
from typing import Any

from ..backends.entries import NOBODY
from ..backends.formatting import day_text
from ..backends.presence import (
    LAST_MONTH,
    first_month,
    month_after,
    told,
)
from ..backends.runtime import UNKNOWN, add_months
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from ..facts.days import day
from ..facts.plain import plain
from ..facts.read import Reader, spare, unfilled
from ..facts.values import MOST_ERRORS, excerpt
from ..facts.wanted import BARE, EMPTY, LIST, OBJECT, TRUTH
from ..ir import nodes as ir
from ..model.reserved_keys import IS, LEARNED, PAID, PRESENT, PREVIOUS, SETTLED, SINCE, UNTIL, given
from .paid_amounts import PaidAmounts
from .spells import Spell, current, deaths, is_month, outside, written
from .tracks import Track

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?")
_KEYS = (SINCE, UNTIL, IS, LEARNED)
_WORDS = frozenset(w for word in _KEYS for w in word)
_OPEN_WORDS = ("未知", "unknown")


class History:
    """A history read for one policy. `data` gives a month's facts; `late` the days on which something became known afterwards."""

    def __init__(self, root: str, track: Track, findings: list[Diagnostic], given_state: bool) -> None:
        self.root = root
        self.track = track
        self.findings = findings
        self.given_state = given_state
        spells = [s for t in track.all() for s in t.spells()]
        turns = {month for s in spells for month in (s.first, s.begins)}
        turns |= {month_after(s.last) for s in spells if s.last < ir.OPEN}
        self.months = sorted(turns | {month for t in track.all() for month in t.turns()})
        self.known = sorted({s.known for s in spells})
        self.late = sorted({s.known for s in spells if s.known > min(s.since, s.first)})
        self.first = min((s.begins for t in track.all() for x in t.dated.values() for s in x), default=0)
        self.ledgers = any(t.ledger for t in track.all())
        self._data: dict[tuple[int, int], tuple[Any, ...] | None] = {}

    def data(self, month: int, known: int | None) -> tuple[Any, ...] | None:
        """The root's data in a month as known on a day; None where nobody is there."""
        place = 0  # what is known of the month; what began in it is known unless it became known later
        if known is not None and known < month:
            place = -1 - bisect_right(self.known, known)
        elif known is not None and self.late and known < self.late[-1]:
            place = 1 + bisect_right(self.late, known)
        key = (bisect_right(self.months, month), place)
        if key not in self._data:
            there = self.track.there(month, known)
            self._data[key] = self.track.data(month, known) if there else None
        return self._data[key]

    def absent(self, month: int, known: int | None) -> list[Diagnostic]:
        """Who is not there in a month that has no data, since nobody is left or the first is not yet born, or dead."""
        return [told(x, month) for x in self.track.all_absent(month, known)]

    def nobody(self, month: int, known: int | None) -> list[Diagnostic]:
        """Why a month has no results: who is not there for a birth or a death, else that nobody is."""
        found = self.absent(month, known)
        at = self.track.short(month, known) or self.root
        return found or [diagnostic("F0225", at=at, month=day_text(month)[:7])]

    def learned(self, month: int, then: int, now: int | None) -> list[tuple[Track, str, int, bool]]:
        """(entry, fact or 在列, day, whether it may say that the entry is there, or not) of what holds in the month and became known
        after the day `then`, by the day `now`.
        """
        out = []
        for track in self.track.all():
            ends = [track.entity.facts[i].name for i in (track.entity.born, track.entity.died) if i >= 0]
            begins = bool(track.dated) and not track.undated and not track.begun(month, then)
            named = {track.entity.facts[i].name: spells for i, spells in track.dated.items()}
            for name, spells in {**named, PRESENT[0]: track.presence}.items():
                found = current(spells, month, now)
                if found is not None and found.known > then and found is not current(spells, month, then):
                    out.append((track, name, found.known, begins or name in (PRESENT[0], *ends)))
        return out


class HistoryReader:
    """Reads the contract's form of a history; everything wrong is collected, with its path."""

    def __init__(self, program: ir.Program, *, lenient: bool = False, floats: str = "") -> None:
        self.program = program
        self.reader = Reader(program, lenient=lenient, floats=floats)
        self.entities = self.reader.entities
        self.lenient = lenient
        self.findings: list[Diagnostic] = []
        self.given_state = False
        self.amounts = PaidAmounts(self.reader)

    def read(self, facts: object) -> History:
        """Raises PolicyError with all that is wrong."""
        self.reader.errors = []
        self.findings = []
        facts = plain(facts, self.reader.floats)
        root = self.reader.root(facts)
        track = self._entry(facts[root], self.entities[root], root, 0) if root else None  # type: ignore[index]
        if self.reader.errors or track is None:
            raise PolicyError(self.reader.errors)
        return History(root, track, self.findings, self.given_state)

    def _error(self, code: str, path: str, **words: Any) -> None:
        self.reader.error(code, path, **words)

    def _entry(self, value: object, entity: ir.Entity, path: str, number: int) -> Track | None:
        if not isinstance(value, dict):
            self.reader.wrong_type(path, OBJECT, value)
            return None
        self.reader.names(value, entity, path, (PAID,))
        track = Track(entity, path, number)
        names = (entity.identity, entity.naming)  # what these say has no dates
        for i, fact in enumerate(entity.facts):
            here = self.reader.said(value, entity, i)
            left = fact.has_default and fact.name not in value
            if left or (here is None and not fact.died):
                track.fixed.append(None if left else UNKNOWN)
                continue
            where = f"{path}.{fact.name}"
            identity = i == entity.identity and isinstance(here, (list, dict))
            if identity:
                self._error("F0232", where, name=fact.name)
            if identity or self._bare(here, where):
                track.fixed.append(UNKNOWN)
            elif isinstance(here, list):
                taken = ("在世", "alive") if fact.died else _OPEN_WORDS
                spells = self._spells(here, where, lambda v, at, f=fact: self.reader.fact(v, f, at), taken)
                track.dated[i] = deaths(spells) if fact.died else spells
                track.fixed.append(UNKNOWN)
            else:
                track.fixed.append(self.reader.fact(here, fact, where))
                left_out = here is None or (fact.died and here == "")
                track.undated = track.undated or not (left_out or i in names)
        if entity.holder and given(value, PRESENT) is not None:
            track.presence = self._lasting(given(value, PRESENT), f"{path}.{PRESENT[0]}", self._truth, ("", ""))
        for members in entity.lists:
            track.lists.append(self._list(value.get(members.name), members, f"{path}.{members.name}"))
        if entity.carried:
            before = given(value, PREVIOUS)
            self.given_state = self.given_state or before is not None
            track.carried = tuple(self.reader.before(before, entity, f"{path}.{PREVIOUS[0]}"))
        if (ledger := given(value, PAID)) is not None:
            readers = (self._spells, self._lasting)
            track.ledger = self.amounts.ledger(ledger, entity, f"{path}.{PAID[0]}", *readers)
        self._life(track)
        return track

    def _truth(self, value: object, path: str) -> object:
        if not isinstance(value, bool):
            self.reader.wrong_type(path, TRUTH, value)
        return value

    def _list(self, value: object, members: ir.Members, path: str) -> list[Track] | None:
        if value is None and (self.lenient or not members.low):
            return NOBODY if members.empty else None
        if value is None:
            self._error("F0110", path, name=members.name)
            return []
        if not isinstance(value, (list, tuple)):
            self.reader.wrong_type(path, LIST, value)
            return []
        entity = self.entities[members.entity]
        strange = _WORDS - {f.name for f in entity.facts} - {m.name for m in entity.lists}
        dated = next((n for n, v in enumerate(value) if isinstance(v, dict) and not strange.isdisjoint(v)), None)
        if dated is not None:
            self._error("F0206", f"{path}[{dated}]", name=members.name)
            return []
        if unfilled(value):
            for n, v in enumerate(value):
                self.reader.names(v, entity, f"{path}[{n}]", (PAID,))
            return None
        for n in spare(value):
            self._error("F0118", f"{path}[{n}]", name=members.name)
        self.reader.twins_in(value, entity, path)
        if not members.low <= len(value) <= members.high:
            self._error("F0111", path, name=members.name, given=len(value), low=members.low, high=members.high)
            return []
        tracks = [self._entry(v, entity, f"{path}[{n}]", n) for n, v in enumerate(value)]
        return [t for t in tracks if t is not None]

    # --- dated values

    def _bare(self, value: object, path: str) -> bool:
        """Whether it is one dated value without the brackets around it, which is reported."""
        if bare := isinstance(value, dict) and not _WORDS.isdisjoint(value):
            self._error("F0201", path, hint=BARE)
        return bare

    def _lasting(self, value: object, path: str, read: Any, taken: tuple[str, str]) -> tuple[Spell, ...]:
        """A value with dates, or one without, which holds always."""
        if isinstance(value, list) or self._bare(value, path):
            return self._spells(value, path, read, taken) if isinstance(value, list) else ()
        return (Spell(10101, ir.OPEN, 10101, 10101, read(value, path)),)

    def _spells(
        self, rows: list[object], path: str, read: Any, taken: tuple[str, str] = _OPEN_WORDS, settled: Any = None
    ) -> tuple[Spell, ...]:
        """The dated values in `rows`; `taken`: as what a time without a value counts. `settled` reads what a month paid for others (结清)."""
        words = _WORDS.union(SETTLED) if settled else _WORDS
        out: list[Spell] = []
        if not rows:
            self._error("F0201", path, hint=EMPTY)
        for n, row in enumerate(rows):
            if len(self.reader.errors) >= MOST_ERRORS:
                break
            at = f"{path}[{n}]"
            if not isinstance(row, dict):
                self._error("F0201", at)
                continue
            strange = [key for key in row if key not in words]
            for key in strange:
                self._stranger(str(key)[:40], at, words)
            self.reader.twins(row, (*_KEYS, SETTLED), at)
            since, until, known = (self._day(given(row, w), f"{at}.{w[0]}") for w in (SINCE, UNTIL, LEARNED))
            if since is None or not any(w in row for w in IS):
                if not strange and (given(row, SINCE) is None or not any(w in row for w in IS)):
                    self._error("F0201", at)
                continue
            least = since[0] // 100 * 100 + 1 if is_month(given(row, UNTIL)) else since[0]
            if until is not None and until[0] < least:
                self._error("F0202", at, since=given(row, SINCE), until=given(row, UNTIL))
                continue
            last = ir.OPEN if until is None else until[0] // 100 * 100 + 1
            paid_in = self._settled_in(row, last, at) if settled else 0
            value = (settled if paid_in else read)(given(row, IS), f"{at}.{IS[0]}")
            out.append(Spell(first_month(since[0]), last, since[0], known[0] if known else since[0], value, n, paid_in))
        self._order([s for s in out if not s.settled], path, taken)
        for month in sorted({s.settled for s in out if s.settled}):
            self._order([s for s in out if s.settled == month], path, None)
        return tuple(out)

    def _settled_in(self, row: dict[str, object], last: int, at: str) -> int:
        """The month of 结清, which lies after those for which it is paid; 0 where none is said or it is wrong."""
        if given(row, SETTLED) is None:
            return 0
        path = f"{at}.{SETTLED[0]}"
        found = self._day(given(row, SETTLED), path)
        month = found[0] // 100 * 100 + 1 if found else 0
        if month and month <= last:
            until = "" if last == ir.OPEN else day_text(last)[:7]
            words = (f"到 {until}", f"until {until}") if until else ("没有「至」，没有完", "for ever, without “to”")
            self._error("F0240", path, settled=day_text(month)[:7], last=words[0], last_en=words[1])
        return month

    def _stranger(self, key: str, at: str, words: Collection[str]) -> None:
        """A key that no dated value has."""
        zh, en = suggestion(key, words)
        form, form_en = "有日期的事实可写：自、至、为、获知", "a dated fact has: from, to, is, known"
        if SETTLED[0] in words:
            form, form_en = "已发的账可写：自、至、为、结清、获知", "a ledger has: from, to, is, settled, known"
        self._error("F0104", f"{at}.{key}", name=key, hint=(f"{zh} {form}".strip(), f"{en} {form_en}".strip()))

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
        self._error("F0203", path, value=excerpt(value)[:40])
        return None

    def _order(self, spells: list[Spell], path: str, taken: tuple[str, str] | None) -> None:
        """Two values for one date, spells that overlap, months out of order; a gap is a finding, but where `taken` is None."""
        days: set[tuple[int, int]] = set()
        plain = [s for s in spells if s.known <= s.since]
        for s in spells:
            if (s.since, s.known) in days:
                self._error("F0204", f"{path}[{s.row}]", date=written(s.since))
                return
            days.add((s.since, s.known))
        for a, b in itertools.pairwise(plain):
            if b.since < a.since:
                self._error("F0205", f"{path}[{b.row}]", first=written(a.since), second=written(b.since))
                return
        for a, b in itertools.pairwise(plain):
            if a.last < ir.OPEN and a.last >= b.first:
                self._error("F0207", f"{path}[{b.row}]", until=day_text(a.last)[:7], since=written(b.since))
            elif a.last < ir.OPEN and month_after(a.last) < b.first and taken:
                words = taken
                if not all(taken):  # 在列: after the end of what was said; nothing is open where it goes on like that
                    if a.value == b.value:
                        continue
                    words = ("不在列", "not present") if a.value else ("在列", "present")
                until = LAST_MONTH if b.first > LAST_MONTH else add_months(b.first, -1)
                since, until_ = day_text(month_after(a.last))[:7], day_text(until)[:7]
                zh, en, at = *words, f"{path}[{b.row}]"
                self.findings.append(diagnostic("F0208", at=at, since=since, until=until_, taken=zh, taken_en=en))

    # --- what goes with a life

    def _life(self, track: Track) -> None:
        """No fact before a person's birth, none after the person has left; no death before the birth."""
        entity, birth = track.entity, track.entity.born
        born = track.fixed[birth] if birth >= 0 and birth not in track.dated else 0
        facts = {f"{track.path}.{entity.facts[i].name}": s for i, s in track.dated.items() if i != entity.died}
        for code, path, words in outside(facts, born if isinstance(born, int) else 0, track.presence):
            self._error(code, path, **words)
        if entity.born < 0 or entity.died < 0:
            return
        deaths = track.dated.get(entity.died, ())  # as far as is known in the end
        for month in sorted({ir.OPEN, *(s.first for i in (entity.born, entity.died) for s in track.dated.get(i, ()))}):
            birth, death = track.lifetime(month, None)
            if death < birth:
                row = current(deaths, month, None)
                at = f"{track.path}.{entity.facts[entity.died].name}" + (f"[{row.row}]" if row else "")
                self._error("F0221", at, birth=day_text(birth), death=day_text(death))
                return
