"""Shares of benefits in parts that no part pays: who is gone in a pay month, or whose benefit is no longer in force then.

They are due in the last month there, known since the first day gone, and no later part has them again: who is back in the pay month has them
in its part. Whether somebody will be is taken as the pay days until then know it, so that nothing is paid in an absence and taken back after
it. 补发's condition is not asked for them, but where a part has paid them already. Who has moved within a roll is not gone: the past goes along
(backends/handover.py), and the shares with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Any, NamedTuple

from ..backends.entries import Instance, numbers_of
from ..backends.epoch import Epoch
from ..backends.identity import Key as Identity
from ..backends.identity import keys_of
from ..backends.interpret.operations import rounded
from ..backends.runtime import Unknown, add_months
from ..backends.values import Value, join
from ..ir import nodes as ir
from ..ir.periods import closing_month
from ..model.reserved_keys import of_parts
from .courses import Courses
from .ledger import Key
from .months import Step, payday

# the nearest that is identified: its entity, its identity, and the way from there
Who = tuple[str, Identity, str] | None


class Stay(NamedTuple):
    """Where an entry is in each month in which it is there, be it here or there in a roll."""

    who: Who
    paths: dict[int, str]


class Left(NamedTuple):
    """What is owed of a benefit since its entry is gone (from the month `since` on), in 分, or why it is not known. `pays`: the month whose part
    has nothing of it."""

    since: int
    pays: int
    amount: Value


class Leave(NamedTuple):
    """What is left of a benefit rests on two decisions: that of the last month there, and that of the first one gone (`since`; None: nobody
    is there then). `path`: where the entry is in that month, if it is not gone."""

    step: Step | None
    since: int
    after: Step | None
    path: str


class Gone:
    """`left`: what is left of benefits in parts, by their last month there, as far as it has been heard."""

    def __init__(self, courses: Courses) -> None:
        self.courses = courses
        self.there = _There(courses.program, courses.course.root)
        self.left: dict[Key, Left] = {}
        self.before: dict[Key, Left] = {}  # what was left at any time

    def hear(self, months: Iterable[int], day: int, paid: bool) -> Iterator[tuple[Key, int]]:
        """Where something else is left since these months were decided, on a day; and since when that is known. `paid`: it is a pay day, on which
        what is known since the pay day before is heard."""
        rules = self.there.rules
        for rule, pays in ((r, p) for r in rules for p in dict.fromkeys(_pay_month(r, m) for m in months)):
            now = dict(self._of(rule, pays, day))
            span = [m for m in _span(rule, pays) if m != pays]
            was = {k: x for k, x in self.left.items() if k[1][1] == rule.name and k[0] in span and x.pays == pays}
            for key in [*was, *(k for k in now if k not in was)]:
                left = now.get(key)
                if left == was.get(key):
                    continue
                if left is None:
                    del self.left[key]
                    yield key, day
                else:
                    self.left[key] = self.before[key] = left
                    yield key, self._known(rule, key, left, day) if paid else max(left.since, day)

    def of(self, key: Key) -> tuple[Value, Leave] | None:
        """How much is left of a benefit in a month, and on what that rests, where something is, or was."""
        found = self.before.get(key)
        if found is None:
            return None
        due, left = self.courses.due, self.left.get(key)
        if left is not None:
            return left.amount, Leave(due[key[0]], left.since, due[left.since], key[1][0])
        rule = next(r for r in self.there.rules if r.name == key[1][1])
        again = ((m, self._where(rule, m, key)) for m in due if found.since <= m <= found.pays)
        month, path = next((x for x in again if x[1]), (found.since, key[1][0]))
        return Fraction(0), Leave(due[key[0]], month, due[month], path)

    def _of(self, rule: ir.Rule, pays: int, day: int) -> Iterator[tuple[Key, Left]]:
        """What is left of a benefit in the months of one part."""
        span = _span(rule, pays)
        due = self.courses.due
        decided = [m for m in span if m in due and m != pays]
        if not decided:
            return
        present = {m: self._present(rule, m, day) for m in span if m >= decided[0]}
        for stay in _stays(present):
            last = max(stay.paths)
            since = add_months(last, 1)
            if since not in due or last not in due or pays in stay.paths:
                continue
            amount = self._amount(rule, stay)
            if amount != 0:
                yield (last, (stay.paths[last], rule.name)), Left(since, pays, amount)

    def _where(self, rule: ir.Rule, month: int, key: Key) -> str:
        """Where the entry of a key is in another month, or ""."""
        who = self._present(rule, key[0], key[0]).get(key[1][0])
        here = self._present(rule, month, month)
        elsewhere = (path for path, x in here.items() if who is not None and x == who)
        return key[1][0] if key[1][0] in here else next(elsewhere, "")

    def _present(self, rule: ir.Rule, month: int, day: int) -> Mapping[str, Who]:
        """Whose benefit is in force in a month, by their paths: by its decision, before there is one, as its pay day knows."""
        if month not in self.courses.due:
            return self._as_known(rule, month, max(day, payday(self.courses.program, month)))
        step = self.courses.due[month]
        return {} if step is None else self.there.of(rule, step.facts, step.run.epoch)

    def _as_known(self, rule: ir.Rule, month: int, day: int) -> Mapping[str, Who]:
        course, known = self.courses.course, min(day, self.courses.as_known)
        facts = course.history.data(month, known)
        if facts is None:
            return {}
        return self.there.of(rule, facts, course.engine.run(month, course.root, known).epoch)

    def _known(self, rule: ir.Rule, key: Key, left: Left, day: int) -> int:
        """The first day from the first one gone on, on which that is known."""
        days = (left.since, *(d for d, _ in self.courses.news if left.since < d < day))
        return next((d for d in days if key[1][0] not in self._as_known(rule, left.since, d)), day)

    def _amount(self, rule: ir.Rule, stay: Stay) -> Value:
        """The shares of the months since the last part, rounded as the parts are."""
        parts = rule.parts
        assert parts is not None
        values: list[Value] = []
        for n, (month, path) in enumerate(stay.paths.items()):
            step = self.courses.due[month]
            assert step is not None
            entry = next(e for e in step.decision().instance.all() if e.path == path)
            if n:
                values.append(entry.values[of_parts("份额", rule.name)])
            else:
                values += self._first(rule, parts, entry, (month, (path, rule.name)))
        held_back = join(values)
        if held_back is not None:
            return held_back
        return rounded(parts.rounding, sum(values, Fraction(0)) / parts.step) * parts.step

    def _first(self, rule: ir.Rule, parts: ir.Parts, entry: Instance, key: Key) -> list[Value]:
        """The shares since the last part in the first month behind it; in the first one of all, of the old year what is not yet closed of it."""
        values = [entry.values[of_parts("待发", rule.name)]]
        if key[0] // 100 % 100 < closing_month(parts.months) < 12:
            earlier = (m for m in self.courses.due if m < key[0])
            if not any(self._where(rule, m, key) for m in earlier):
                values.append(entry.values[of_parts("结余", rule.name)])
        return values


def _pay_month(rule: ir.Rule, month: int) -> int:
    """The month whose part has the share of this one."""
    assert rule.parts is not None
    while month // 100 % 100 not in rule.parts.months:
        month = add_months(month, 1)
    return month


def _span(rule: ir.Rule, pays: int) -> list[int]:
    """The months whose shares a part has, its own the last."""
    assert rule.parts is not None
    months = [pays]
    while (before := add_months(months[0], -1)) // 100 % 100 not in rule.parts.months:
        months.insert(0, before)
    return months


def _stays(present: Mapping[int, Mapping[str, Who]]) -> list[Stay]:
    """Who is there, with all that goes along: in its own place, else in that of who has left another place and is known to be the same."""
    stays: list[Stay] = []
    at: dict[str, Stay] = {}
    for month, here in present.items():
        left: dict[Who, Stay] = {}
        for path, stay in at.items():
            if path not in here and stay.who is not None:
                left.setdefault(stay.who, stay)
        elsewhere = {who for who in here.values() if who is not None}
        at = {path: stay for path, stay in at.items() if path in here or stay.who not in elsewhere}
        for path, who in here.items():
            found = at.get(path) or left.get(who)
            if found is None:
                found = Stay(who, {})
                stays.append(found)
            at[path] = found
            found.paths[month] = path
    return stays


class _There:
    """Which entries have a benefit in parts that is in force, by their paths; months with the same facts are looked at once."""

    def __init__(self, program: ir.Program, root: str) -> None:
        self.entities = {e.name: e for e in program.entities}
        self.root = root
        self.rules = [r for r in program.rules if r.parts is not None]
        self.paid = {r.entity for r in self.rules}
        for entity in program.entities:  # and what holds somebody who is paid
            name = entity.name if entity.name in self.paid else ""
            while name:
                self.paid.add(name)
                name = self.entities[name].holder
        self.paths: dict[
            str, tuple[object, Mapping[str, Who]]
        ] = {}  # by entity: those of the facts that were looked at last

    def of(self, rule: ir.Rule, facts: tuple[Any, ...], epoch: Epoch) -> Mapping[str, Who]:
        if epoch.rules[rule.entity, rule.name] is None:
            return {}
        found = self.paths.get(rule.entity)
        if found is None or found[0] is not facts:
            found = self.paths[rule.entity] = facts, dict(self._entry(rule.entity, self.root, self.root, facts, None))
        return found[1]

    def _entry(self, wanted: str, name: str, path: str, data: tuple[Any, ...], who: Who) -> Iterator[tuple[str, Who]]:
        if name == wanted:
            yield path, who
        entity = self.entities[name]
        for at, members in enumerate(entity.lists, len(entity.facts)):
            given = data[at]
            if members.entity in self.paid and not isinstance(given, Unknown):
                inner = self.entities[members.entity]
                for number, key, entry in zip(numbers_of(given), keys_of(inner, given), given, strict=True):
                    step = f"{members.name}[{number}]"
                    below = who and (*who[:2], f"{who[2]}.{step}")
                    if isinstance(key, str):
                        below = inner.name, key, ""
                    yield from self._entry(wanted, inner.name, f"{path}.{step}", entry, below)
