"""Strategies of Hypothesis for cases: facts at which the policy may turn, and what came over from last month.

Last month is drawn in two ways. Earlier months with facts of their own are decided, so that the case lies on a history; or, where the
policy leads nowhere near by chance, what stands under 上月 is made up (`Case.supposed`).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ..backends.encoding import start_of
from ..backends.handover import Carry
from ..backends.presence import lifetime
from ..backends.runtime import NEVER, UNKNOWN, Defer, add_months, month_start
from ..diagnostics.report import PolicyError
from ..facts.read import Reader
from ..ir import nodes as ir
from ..policy import Policy
from .case import Case, Data
from .thresholds import Thresholds
from .value_strategies import LEFT_OUT, fact_values, last_month, lengths

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

MOST_ENTRIES = 3  # of a list
MOST_STRETCHES = 3  # of earlier months, each with facts that stay
LONGEST = 24  # months of a stretch


class CaseStrategies:
    """Strategies for one policy; `near` has the thresholds of each day that is tried, `most` bounds lists whose own bounds allow it."""

    def __init__(self, policy: Policy, near: dict[int, Thresholds], most: int = MOST_ENTRIES) -> None:
        self.policy = policy
        self.most = most
        self.near = near
        self.entities = {e.name: e for e in policy.program.entities}
        self.carries = any(e.carried for e in policy.program.entities)
        self.facts: dict[tuple[int, int], SearchStrategy[Any]] = {}  # by fact and day
        self.entries: dict[
            tuple[str, int, bool], SearchStrategy[Data]
        ] = {}  # by entity, day and whether last month is supposed

    def cases(self, root: str) -> SearchStrategy[Case]:
        """First months, months after others, and months for which last month is supposed."""
        from hypothesis import strategies as st

        ways = [self.first, self.later, self.supposed] if self.carries else [self.first]
        return self.on_days(lambda on: st.one_of([way(root, on) for way in ways]))

    def real(self, root: str) -> SearchStrategy[Case]:
        """The same without what is supposed."""
        from hypothesis import strategies as st

        return self.on_days(lambda on: st.one_of(self.first(root, on), self.later(root, on)))

    def on_days(self, cases: Callable[[int], SearchStrategy[Case]]) -> SearchStrategy[Case]:
        from hypothesis import strategies as st

        days = st.sampled_from(list(self.near))
        if self.carries:  # the first is the one on which months look back at months of its own law
            days = st.one_of(st.just(next(iter(self.near))), days)
        made = functools.cache(cases)  # of a policy with many changes most days are never drawn
        return days.flatmap(lambda on: made(on))

    def first(self, root: str, on: int) -> SearchStrategy[Case]:
        return self.entry(self.entities[root], self.near[on]).map(lambda data: Case(root, data, on))

    def supposed(self, root: str, on: int) -> SearchStrategy[Case]:
        entry = self.entry(self.entities[root], self.near[on], supposed=True)
        return entry.map(lambda data: Case(root, data, on, supposed=True))

    def later(self, root: str, on: int) -> SearchStrategy[Case]:
        """A month after others; in each of them some facts are other than now."""
        from hypothesis import reject
        from hypothesis import strategies as st

        entity, near = self.entities[root], self.near[on]
        now, months_of = self.entry(entity, near), st.sampled_from(lengths(near, LONGEST))

        @st.composite
        def made(draw: DrawFn) -> Case:
            data = draw(now)
            months: list[Data] = []
            for _ in range(draw(st.integers(1, MOST_STRETCHES))):
                one_in = draw(st.sampled_from((1, 2, 4)))
                months += [self.varied(draw, entity, data, near, one_in)] * draw(months_of)
            case = self.after(Case(root, data, on), months)
            if case is None:
                reject()
            return case

        return made()

    def after(self, case: Case, months: list[Data]) -> Case | None:
        """The case with what these months hand over; None where one of them is refused or before the calendar begins.

        After a month that ends in an error all begins anew: the error is a finding of that month, not of this one.
        """
        intake = self.policy.engine.intake
        carry: Carry | None = None
        try:
            month = add_months(month_start(case.on), -len(months))
            for facts in months:
                data = facts if carry is None else intake.laid(facts, case.root, carry)
                decision = self.policy.decide_data(case.root, data, on=month)
                carry = decision.carry() if decision.compiled_alone or not decision.errors else None
                month = add_months(month, 1)
        except (Defer, PolicyError):
            return None
        return case if carry is None else case._replace(data=intake.laid(case.data, case.root, carry))

    def varied(self, draw: DrawFn, entity: ir.Entity, data: Data, near: Thresholds, one_in: int) -> Data:
        """The facts of an entry, one in so many of them drawn anew; now and then a list has one more, who has left since."""
        from hypothesis import strategies as st

        out = list(data)
        bits = data[len(entity.facts) + len(entity.lists)]
        for n, fact in enumerate(entity.facts):
            if not fact.fixed and not fact.died and draw(st.integers(1, one_in)) == one_in:
                out[n], used = self.settled(fact, draw(self.fact(fact, near)))
                bits = bits & ~(1 << n) | used << n
        for n, members in enumerate(entity.lists, len(entity.facts)):
            inner = self.entities[members.entity]
            entries = [self.varied(draw, inner, x, near, one_in) for x in data[n]]
            if len(entries) < members.high and draw(st.integers(0, 3)) == 3:
                entries.append(draw(self.entry(inner, near)))
            out[n] = tuple(entries)
            bits = bits & ~(1 << n) if entries else bits
        out[len(entity.facts) + len(entity.lists)] = bits
        return tuple(out)

    # --- one entry

    def entry(self, entity: ir.Entity, near: Thresholds, supposed: bool = False) -> SearchStrategy[Data]:
        key = (entity.name, near.on, supposed)
        if key not in self.entries:
            self.entries[key] = self.new_entry(entity, near, supposed)
        return self.entries[key]

    def new_entry(self, entity: ir.Entity, near: Thresholds, supposed: bool) -> SearchStrategy[Data]:
        from hypothesis import strategies as st

        facts = [self.fact(f, near) for f in entity.facts]
        lists = [
            st.lists(
                self.entry(self.entities[m.entity], near, supposed),
                min_size=m.low,
                max_size=min(m.high, max(m.low, self.most)),
            ).map(tuple)
            for m in entity.lists
        ]
        start = tuple(start_of(entity))
        before: SearchStrategy[Any] = st.just(LEFT_OUT)
        if supposed and entity.carried:
            made_up = last_month(entity, near, self.policy.engine.analysis)
            before = st.one_of(before, made_up) if entity.holder else made_up

        def made(drawn: tuple[Any, ...]) -> Data:
            *out, carried = drawn
            bits = 0
            for n, fact in enumerate(entity.facts):
                out[n], used = self.settled(fact, out[n])
                bits |= used << n
            birth, death = lifetime(entity, out)
            if death < birth:
                out[entity.died] = NEVER
            return (*out, bits, *(start if carried is LEFT_OUT else carried))

        return st.tuples(*facts, *lists, before).map(made)

    @staticmethod
    def settled(fact: ir.Fact, value: Any) -> tuple[Any, int]:
        """(the value as it stands in data, whether its default is used)."""
        if value is not LEFT_OUT:
            return value, 0
        if fact.died:
            return NEVER, 0
        return (Reader.default(fact), 1) if fact.has_default else (UNKNOWN, 0)

    def fact(self, fact: ir.Fact, near: Thresholds) -> SearchStrategy[Any]:
        key = (id(fact), near.on)
        if key not in self.facts:
            self.facts[key] = fact_values(fact, near)
        return self.facts[key]
