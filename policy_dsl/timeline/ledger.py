"""The ledger: what is known to be due of each month, what was given for it, and which month settles the difference.

It is fed with news in the order of their days and asked once a month to settle; it knows amounts and days, neither policies nor decisions
(`arrears.py` feeds it). Every piece of news about an owed month and benefit is a row, and what is settled in part is split. So the rows
of a month lead from what was paid to what is due, and the rows that a month settles add up to what it paid. Amounts are whole coins and
fractions of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import NamedTuple, Protocol

from ..backends.runtime import round_half_up

Benefit = tuple[str, str]  # (path of the entry, name)
Key = tuple[int, Benefit]  # an owed month of a benefit
NONE = Fraction(0)


class Open(NamedTuple):
    """Stands for an amount or an answer that is not known: what it waits for, or the code of its error."""

    needs: tuple[str, ...] = ()
    code: str = ""


class Terms(Protocol):
    """What a policy says of settling."""

    def holds(self, month: int, key: Key, paid: Fraction, due: Fraction) -> bool | Open:
        """补发's condition in a month of settlement, for one owed month and benefit."""

    def recovers(self, benefit: Benefit) -> bool:
        """Whether what was overpaid is taken back in instalments."""

    def instalment(self, month: int, benefit: Benefit) -> Fraction | Open:
        """How much of it a month takes back at most, in whole coins."""


class Row:
    """One piece of news about an owed month and benefit, or the part of it that one month settles.

    `paid`: what was given for the month before; `due`: as then known, None with `needs` or `code` while it is not; `difference`: by how
    much it changes what is owed. `settled`: the month that settles it, else `why` none does: condition, needs, rest, instalment, end.
    `source`: by what it was due before, known since `then`, and is now; `booked`: the history's own ledger has a part in it; `asked`: whether
    补发's condition is asked for it. `balance`: what is still to be taken back of the benefit, where that goes by instalments.
    """

    __slots__ = (
        "asked", "balance", "before", "benefit", "booked", "code", "difference", "due", "known", "month", "needs", "paid", "part", "settled", "source",
        "then", "why",
    )  # fmt: skip

    def __init__(
        self,
        key: Key,
        known: int,
        paid: Fraction,
        due: Fraction | Open,
        then: int,
        source: tuple[object, object],
        booked: bool,
        asked: bool = True,
    ) -> None:
        self.month, self.benefit = key
        self.known = known
        self.paid = self.before = paid
        self.due = None if isinstance(due, Open) else due
        self.needs, self.code = due if isinstance(due, Open) else Open()
        self.difference: Fraction | None = None
        self.settled: int | None = None
        self.why = ""
        self.then = then
        self.source = source
        self.booked = booked
        self.asked = asked
        self.part = False
        self.balance: Fraction | None = None

    def cut(self, amount: Fraction) -> Row:
        """Makes this row the part with this amount. Gives what is left of it."""
        assert self.difference is not None
        left = Row(
            (self.month, self.benefit), self.known, self.paid, NONE, self.then, self.source, self.booked, self.asked
        )
        left.due, left.needs, left.code, left.why = self.due, self.needs, self.code, self.why
        left.difference = self.difference - amount
        self.difference = amount
        self.part = left.part = True
        return left


class _Account:
    """One owed month of a benefit: what it paid itself, what was settled, what its rows come to, and what is due as last known."""

    __slots__ = ("due", "given", "known", "own", "rows", "source", "total")

    def __init__(self, decided: Fraction | Open, source: object, known: int) -> None:
        self.own = NONE if isinstance(decided, Open) else decided
        self.given = self.total = NONE
        self.due = decided
        self.source = source
        self.known = known
        self.rows: list[Row] = []

    @property
    def paid(self) -> Fraction:
        return self.own + self.given

    def open(self, *why: str) -> list[Row]:
        """The rows with an amount that no month has settled, in order; `why`: those alone that stay open for it."""
        left = [r for r in self.rows if r.settled is None and r.difference is not None]
        return [r for r in left if r.why in why] if why else left

    def fresh(self) -> list[Row]:
        """The open rows of which 补发's condition is asked."""
        return [r for r in self.open() if r.why not in ("rest", "instalment")]

    def cut(self, row: Row, amount: Fraction) -> Row:
        left = row.cut(amount)
        self.rows.insert(self.rows.index(row) + 1, left)
        return left


class Ledger:
    """Takes news by `hear`, settles by `settle`; `book` takes what the history's own ledger says was settled.

    `closed`: for an owed month of a benefit the last month in which the history says that some of it was settled; the run settles
    nothing of it until that is over.
    """

    def __init__(self, closed: Mapping[Key, int]) -> None:
        self.closed = closed
        self.accounts: dict[Key, _Account] = {}
        self.settlements: dict[tuple[int, Benefit], Fraction] = {}
        self._waiting: set[Key] = set()  # a month of settlement is still to be asked of them
        self._claims: dict[Benefit, set[Key]] = {}  # of which some is taken back in instalments
        self._owing: dict[Benefit, Fraction] = {}  # how much that is
        self._held: dict[Benefit, Open] = {}  # where the last month asked does not know how much it takes back
        self._rests: dict[Benefit, set[Key]] = {}  # of which rounding has left something

    # --- what becomes known

    def hear(
        self,
        key: Key,
        known: int,
        own: Fraction,
        due: Fraction | Open,
        decided: tuple[Fraction | Open, object, int],
        source: object,
        settles: bool = True,
        asked: bool = True,
    ) -> None:
        """As known on a day: what the month itself paid, and what is due by `source`. `decided`: what it pays by what, as decided on its pay day.

        `settles`: whether a month may settle it; `asked`: whether 补发's condition is asked for it.
        """
        if key not in self.accounts:
            self.accounts[key] = _Account(*decided)
        self._hear(key, known, own, due, source, settles, asked)

    def correct(self, key: Key, known: int, own: Fraction) -> None:
        """As known on a day the month itself paid something else; what is due is what it was."""
        account = self.accounts[key]
        self._hear(key, known, own, account.due, account.source, True)

    def _hear(
        self,
        key: Key,
        known: int,
        own: Fraction,
        due: Fraction | Open,
        source: object,
        settles: bool,
        asked: bool = True,
    ) -> None:
        account = self.accounts[key]
        booked = own != account.own
        account.own = own
        row = Row(key, known, account.paid, due, account.known, (account.source, source), booked, asked)
        last = account.rows[-1].due if account.rows else due
        stays = due == account.due and not booked
        if not isinstance(due, Open):
            row.difference = due - own - account.total
            stays = not row.difference and due == last
        elif not stays:
            row.why = "needs"
        account.due = due
        if stays:
            return
        account.source, account.known = source, known
        account.total += row.difference or NONE
        account.rows.append(row)
        if settles:
            self._waiting.add(key)

    def book(self, key: Key, known: int, month: int, amount: Fraction) -> None:
        """What the history says a month settled: the oldest open rows first; what goes beyond them is open the other way."""
        account = self.accounts[key]
        taken = self._up_to(
            month, account, (r for r in account.open() if r.difference and r.difference * amount > 0), amount
        )
        beyond = amount - _sum(taken)
        if beyond and taken:
            account.cut(taken[-1], _sum(taken[-1:]) + beyond)
            account.given += beyond
        elif beyond:
            rows = account.open()
            if not rows:
                both = (account.source, account.source)
                rows = [Row(key, known, account.paid, account.due, account.known, both, True)]
                rows[0].difference = NONE
                account.rows += rows
            self._take(month, account, rows[-1], beyond)
        self._pay(month, key[1], amount)
        self._after(account)
        if account.fresh():
            self._waiting.add(key)

    # --- settling

    def settle(self, month: int, terms: Terms) -> None:
        """What a month settles of all months before it."""
        if not self._waiting and not self._claims:
            return
        moved: dict[Benefit, list[tuple[_Account, Row]]] = {}
        for key in sorted(self._waiting):
            if self.closed.get(key, 0) < month:
                account = self.accounts[key]
                moved.setdefault(key[1], []).extend((account, r) for r in self._asked(month, key, account, terms))
        for benefit in sorted({*moved, *self._claims}):
            self._close(month, benefit, moved.get(benefit, []), self._instalments(month, benefit, terms))

    def _asked(self, month: int, key: Key, account: _Account, terms: Terms) -> list[Row]:
        """The rows of an owed month that are settled, by the answer of 补发's condition."""
        if isinstance(account.due, Open):
            self._waiting.discard(key)  # until the next news
            return self._stay(account, "needs", account.due)
        claims = account.open("instalment")
        rows = self._net(month, account, claims, account.fresh()) if claims else []
        unasked = [r for r in account.fresh() if not r.asked]
        for row in unasked:
            self._take(month, account, row)
        rows += unasked
        fresh = account.fresh()
        answer = not any(r.difference for r in fresh) or terms.holds(month, key, account.paid, account.due)
        if isinstance(answer, Open):
            return rows + self._stay(account, "needs", answer)
        self._waiting.discard(key)
        if not answer:
            return rows + self._stay(account, "condition", Open())
        if terms.recovers(key[1]) and _sum(fresh) < 0:
            rows += self._net(month, account, fresh, fresh)
            self._claim(key, [r for r in account.fresh() if r.difference])
            fresh = account.fresh()
        for row in fresh:
            self._take(month, account, row)
        return rows + fresh

    def _stay(self, account: _Account, why: str, waits: Open) -> list[Row]:
        for row in account.fresh():
            row.why = why
            row.needs, row.code = waits
        return []

    def _net(self, month: int, account: _Account, over: Iterable[Row], short: Iterable[Row]) -> list[Row]:
        """Settles what was overpaid with what is short, as far as they cover each other."""
        much = [r for r in over if _sum([r]) < 0]
        little = [r for r in short if _sum([r]) > 0]
        both = min(-_sum(much), _sum(little))
        return [*self._up_to(month, account, much, -both), *self._up_to(month, account, little, both)]

    def _up_to(self, month: int, account: _Account, rows: Iterable[Row], amount: Fraction) -> list[Row]:
        """Settles the first of these rows up to an amount of their sign."""
        taken = []
        for row in rows:
            if amount:
                self._take(month, account, row, min(_sum([row]), amount, key=abs))
                amount -= _sum([row])
                taken.append(row)
        return taken

    def _take(self, month: int, account: _Account, row: Row, amount: Fraction | None = None) -> None:
        """A month settles a row, or this much of it."""
        claim = row.why == "instalment"
        if amount is not None and amount != row.difference:
            account.cut(row, amount)
        row.before = account.paid
        if row.part:
            row.paid = row.before
        row.settled, row.why = month, ""
        if row.due is not None:
            row.needs, row.code = Open()
        account.given += _sum([row])
        if claim:
            self._owing[row.benefit] += _sum([row])
            row.balance = self._owing[row.benefit]

    # --- by instalments

    def _claim(self, key: Key, rows: Iterable[Row]) -> None:
        """What is taken back from now on, month by month."""
        benefit = key[1]
        for row in rows:
            row.why, row.needs, row.code = "instalment", (), ""
            self._owing[benefit] = self._owing.get(benefit, NONE) - _sum([row])
        self._claims.setdefault(benefit, set()).add(key)

    def _instalments(self, month: int, benefit: Benefit, terms: Terms) -> list[tuple[_Account, Row]]:
        """What a month takes back: the oldest first, with what rounding has left together no more than the instalment."""
        taken: list[tuple[_Account, Row]] = []
        if not self._owing.get(benefit):
            return taken
        limit = terms.instalment(month, benefit)
        self._held.pop(benefit, None)
        if isinstance(limit, Open):
            self._held[benefit] = limit
            return taken
        room = limit + min(_sum(r for _, r in self._left(month, benefit)), NONE)
        for key in sorted(self._claims[benefit]):
            account = self.accounts[key]
            if room > 0 and self.closed.get(key, 0) < month and not isinstance(account.due, Open):
                rows = self._up_to(month, account, account.open("instalment"), -room)
                room += _sum(rows)
                taken += ((account, r) for r in rows)
        return taken

    # --- in whole coins

    def _left(self, month: int, benefit: Benefit) -> list[tuple[_Account, Row]]:
        """What rounding has left of a benefit, where a month may settle it."""
        keys = sorted(k for k in self._rests.get(benefit, ()) if self.closed.get(k, 0) < month)
        return [(self.accounts[k], r) for k in keys for r in self.accounts[k].open("rest")]

    def _close(
        self,
        month: int,
        benefit: Benefit,
        rows: list[tuple[_Account, Row]],
        instalments: list[tuple[_Account, Row]],
    ) -> None:
        """Makes one settlement in whole coins of all that a month settles of a benefit."""
        total = _sum(r for _, r in (*rows, *instalments))
        if total:
            for account, row in self._left(month, benefit):
                self._take(month, account, row)
                total += _sum([row])
                self._after(account)
            whole = Fraction(round_half_up(total.numerator, total.denominator))
            self._pay(month, benefit, whole)
            if total != whole:
                moved = [x for x in rows if x[1].difference] or instalments
                self._split_off(*max(moved, key=lambda x: (x[1].month, x[0].rows.index(x[1]))), total - whole)
        for account, _ in (*rows, *instalments):
            self._after(account)

    def _split_off(self, account: _Account, row: Row, left: Fraction) -> None:
        """What was rounded stays open, for the benefit's next settlement."""
        account.given -= left
        if row.difference == left:
            row.settled, row.why = None, "rest"
        else:
            account.cut(row, _sum([row]) - left).why = "rest"
            row.paid = row.before
        self._rests.setdefault(row.benefit, set()).add((row.month, row.benefit))

    def _pay(self, month: int, benefit: Benefit, amount: Fraction) -> None:
        total = self.settlements.get((month, benefit), NONE) + amount
        self.settlements[month, benefit] = total

    @staticmethod
    def _after(account: _Account) -> None:
        """A part that is still open stands behind all that was given."""
        for row in account.open():
            if row.part:
                row.paid = account.paid

    # --- in the end

    def rows(self) -> list[Row]:
        """All rows, by owed month and benefit, in the order of knowledge; those that no month was left to settle say so."""
        out = [r for key in sorted(self.accounts) for r in self.accounts[key].rows]
        for row in out:
            if row.settled is None:
                row.why = row.why or "end"
                if row.why == "instalment":
                    row.balance = self._owing[row.benefit]
                    if row.benefit in self._held:
                        row.why, (row.needs, row.code) = "needs", self._held[row.benefit]
        return out


def _sum(rows: Iterable[Row]) -> Fraction:
    return sum((r.difference or NONE for r in rows), NONE)
