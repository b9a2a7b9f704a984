"""Bookkeeping told apart: what is due is decided from the first month on for every day on which anything happens, and the books are kept by hand.

Nothing here is shared with `policy_dsl/timeline/ledger.py`: no rows and no parts, only how much of each piece of news is open, by whom it is
claimed, and what each month did with it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction
from typing import NamedTuple

Key = tuple[int, str]  # the owed month (yyyymmdd), the path of the benefit
COIN = Fraction(1, 100)


class Case(NamedTuple):
    """What the books are kept of; amounts are yuan. `due(day)`: by month and path what is due as known on the day, a text where it is open."""

    months: list[int]
    payday: Callable[[int], int]
    days: list[int]  # on which something becomes known
    due: Callable[[int], dict[int, dict[str, Fraction | str]]]
    paid: dict[int, dict[str, Fraction | str]]  # as decided on the pay days
    holds: Callable[[int, str, Fraction, Fraction], bool | None]  # in a month; None: not known
    limit: Callable[[int, str], Fraction] | None  # how much a month takes back
    own: dict[Key, list[tuple[int, Fraction]]]  # by the ledger: (since when it is known, amount)
    settled: dict[Key, list[tuple[int, int, Fraction]]]  # by the ledger: (since when it is known, month, amount)
    until: int  # what becomes known after this day is hidden


class News:
    """One piece of news about an owed month: what it changes, how much of that is open, and as what."""

    def __init__(self, day: int, due: Fraction | str, change: Fraction, paid: Fraction) -> None:
        self.day, self.due, self.change, self.paid = day, due, change, paid
        self.open = {"": change} if change else {}
        self.moved: dict[int, Fraction] = defaultdict(Fraction)

    def move(self, kind: str, month: int, amount: Fraction) -> None:
        self.open[kind] = self.open.get(kind, Fraction(0)) - amount
        if not self.open[kind]:
            del self.open[kind]
        self.moved[month] += amount


class Books:
    """`news` and `totals` are what comes out: what every piece of news changed and who settled it, and what each month settled of a benefit."""

    def __init__(self, case: Case) -> None:
        self.case = case
        self.news: dict[Key, list[News]] = defaultdict(list)
        self.totals: dict[tuple[int, str], Fraction] = defaultdict(Fraction)
        self.told: dict[Key, Fraction | str] = {}
        self.own: dict[Key, Fraction] = {}
        self.asked: set[Key] = set()
        self.closed = {k: max(m for _, m, _ in rows) for k, rows in case.settled.items()}
        written = {d for rows in case.own.values() for d, _ in rows}
        written |= {d for rows in case.settled.values() for d, _, _ in rows}
        days = sorted({*case.days, *written})
        before = 0
        for n, month in enumerate(case.months):
            payday = case.payday(month)
            self.learn([d for d in days if before < d <= payday], case.months[:n])
            self.settle(month)
            self.hear(month, payday)
            before = payday
        self.learn([d for d in days if d > before], case.months)

    def learn(self, days: list[int], months: list[int]) -> None:
        for day in days:
            for month in months:
                self.hear(month, day)
            for key, rows in sorted(self.case.settled.items()):
                for known, month, amount in rows:
                    if known == day:
                        self.enter(key, day, month, amount)

    def given(self, key: Key) -> Fraction:
        return sum((sum(n.moved.values(), Fraction(0)) for n in self.news[key]), Fraction(0))

    def hear(self, month: int, day: int) -> None:
        due = self.case.due(min(day, self.case.until))[month]
        decided = self.case.paid[month]
        written = {p for m, p in (*self.case.own, *self.case.settled) if m == month}
        for path in {*decided, *due, *written}:
            key = (month, path)
            first = decided.get(path, Fraction(0))
            start = Fraction(0) if isinstance(first, str) else first
            known = [a for d, a in self.case.own.get(key, ()) if d <= day]
            paid = known[-1] if known else start
            changed = paid != self.own.get(key, start)
            was, now = self.told.get(key, first), due.get(path, Fraction(0))
            self.told[key], self.own[key] = now, paid
            news = self.news[key]
            change = Fraction(0)
            if isinstance(now, str):
                if now == was and not changed:
                    continue
            else:
                change = now - paid - sum((n.change for n in news), Fraction(0))
                if not change and (not news or news[-1].due == now):
                    continue
            news.append(News(day, now, change, paid + self.given(key)))
            if day <= self.case.until:
                self.asked.add(key)

    def enter(self, key: Key, day: int, month: int, amount: Fraction) -> None:
        """What the history says a month settled: the oldest first; what goes beyond is open the other way."""
        left = amount
        last: tuple[News, str] | None = None
        for n in self.news[key]:
            for kind in list(n.open):
                if left and n.open[kind] * left > 0:
                    part = min(n.open[kind], left, key=abs)
                    n.move(kind, month, part)
                    left -= part
                    last = n, ""
        if left:
            opened = [(n, k) for n in self.news[key] for k in n.open]
            if last is None and not opened:
                self.news[key].append(News(day, self.told[key], Fraction(0), self.own[key] + self.given(key)))
                opened = [(self.news[key][-1], "")]
            news, kind = last or opened[-1]
            news.move(kind, month, left)
        self.totals[month, key[1]] += amount
        if self.fresh(key):
            self.asked.add(key)

    # --- a month settles

    def settle(self, month: int) -> None:
        self.asks: dict[str, list[tuple[int, int, News]]] = defaultdict(list)
        self.backs: dict[str, list[tuple[int, int, News]]] = defaultdict(list)
        self.sums: dict[str, Fraction] = defaultdict(Fraction)
        self.moving = month
        for key in sorted(self.asked):
            if self.closed.get(key, 0) < month:
                self.ask(month, key)
        for path in {p for _, p in self.news}:
            if self.case.limit is not None:
                self.take_back(month, path, self.case.limit(month, path))
        for path in {*self.asks, *self.backs}:
            self.whole(month, path)

    def ask(self, month: int, key: Key) -> None:
        due = self.told[key]
        if isinstance(due, str):
            self.asked.discard(key)
            return self.name(key, "needs")
        claims = [(n, "claim", n.open["claim"]) for n in self.news[key] if "claim" in n.open]
        self.cover(key, claims, self.fresh(key))
        fresh = self.fresh(key)
        answer = self.case.holds(month, key[1], self.own[key] + self.given(key), due) if fresh else True
        if answer is None:
            return self.name(key, "needs")
        self.asked.discard(key)
        if not answer:
            return self.name(key, "condition")
        if self.case.limit is not None and sum(a for _, _, a in fresh) < 0:
            self.cover(key, fresh, fresh)
            return self.name(key, "claim")
        for n, kind, amount in fresh:
            self.move(self.asks, key, n, kind, amount)
        return None

    def move(
        self, where: dict[str, list[tuple[int, int, News]]], key: Key, n: News, kind: str, amount: Fraction
    ) -> None:
        if amount:
            n.move(kind, self.moving, amount)
            self.sums[key[1]] += amount
            where[key[1]].append((key[0], self.news[key].index(n), n))

    def fresh(self, key: Key) -> list[tuple[News, str, Fraction]]:
        return [(n, k, a) for n in self.news[key] for k, a in list(n.open.items()) if k not in ("claim", "rest")]

    def name(self, key: Key, kind: str) -> None:
        for n, k, amount in self.fresh(key):
            del n.open[k]
            n.open[kind] = n.open.get(kind, Fraction(0)) + amount

    def cover(self, key: Key, over: list[tuple[News, str, Fraction]], short: list[tuple[News, str, Fraction]]) -> None:
        """What was overpaid and what is short, as far as they cover each other, the oldest first."""
        much = [x for x in over if x[2] < 0]
        little = [x for x in short if x[2] > 0]
        both = min(-sum(x[2] for x in much), sum(x[2] for x in little))
        for rows, sign in ((much, -1), (little, 1)):
            left = Fraction(both)
            for n, k, a in rows:
                part = min(abs(a), left)
                left -= part
                self.move(self.asks, key, n, k, sign * part)

    def take_back(self, month: int, path: str, limit: Fraction) -> None:
        keys = sorted(k for k in self.news if k[1] == path and self.closed.get(k, 0) < month)
        rest = sum((n.open.get("rest", Fraction(0)) for k in keys for n in self.news[k]), Fraction(0))
        room = limit // COIN * COIN + min(rest, Fraction(0))
        for key in keys:
            for n in self.news[key] if not isinstance(self.told[key], str) else ():
                part = min(-n.open.get("claim", Fraction(0)), max(room, Fraction(0)))
                room -= part
                self.move(self.backs, key, n, "claim", -part)

    def whole(self, month: int, path: str) -> None:
        """One settlement in whole fen; what is rounded stays open with the last piece of news, an instalment only where there is nothing else."""
        keys = [k for k in self.news if k[1] == path and self.closed.get(k, 0) < month]
        total = self.sums[path]
        if not total:
            return
        for key in keys:
            for n in self.news[key]:
                if "rest" in n.open:
                    total += n.open["rest"]
                    n.move("rest", month, n.open["rest"])
        rounded = (abs(total) / COIN + Fraction(1, 2)) // 1 * COIN * (1 if total > 0 else -1)
        self.totals[month, path] += rounded
        left = total - rounded
        if left:
            *_, n = max(self.asks[path] or self.backs[path], key=lambda x: x[:2])
            n.moved[month] -= left
            n.open["rest"] = n.open.get("rest", Fraction(0)) + left
