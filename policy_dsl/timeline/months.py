"""One month after another: each decided from its facts and from what the month before handed over.

A course goes forward only, so its length costs no depth. Decisions are made as objects only where somebody asks for one: a month
costs the compiled function and the handing over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from ..backends.compiled import Run
from ..backends.engine import Engine
from ..backends.handover import Carry, Unusual
from ..backends.runtime import Defer, add_months
from ..decision import Decision
from ..ir.nodes import Program
from .history import History


def months_between(start: int, end: int) -> Iterator[int]:
    """The first days (yyyymmdd) of the months from one to another, both included."""
    month = start
    while month <= end:
        yield month
        month += 100 if month % 10000 < 1200 else 8900


def payday(program: Program, month: int) -> int:
    """The day on which a month is paid: 发放日, at most the month's last day; that last day where none is written."""
    return _payday(program.payday, month)


@lru_cache(4096)
def _payday(day: int, month: int) -> int:
    if not 0 < day <= 28:
        last = add_months(month // 100 * 100 + 31, 0) % 100
        day = min(day or last, last)
    return month // 100 * 100 + day


class Step:
    """One month decided. `facts` are the month's own, `data` with what came over (`carried`); `raw` is None where the interpreter decides.

    `before` is the month from which it went on, `parted` the one from which it has what is not yet paid of benefits in parts, where that is another.
    """

    __slots__ = (
        "_decision",
        "before",
        "carried",
        "data",
        "engine",
        "facts",
        "month",
        "parted",
        "payments",
        "raw",
        "run",
    )

    def __init__(
        self,
        engine: Engine,
        month: int,
        run: Run,
        facts: tuple[Any, ...],
        data: tuple[Any, ...],
        raw: tuple[Any, ...] | None,
        carried: Carry | None = None,
        before: Step | None = None,
        parted: Step | None = None,
    ) -> None:
        self.engine = engine
        self.month = month
        self.run = run
        self.facts = facts
        self.data = data
        self.raw = raw
        self.carried = carried
        self.before = before
        self.parted = parted
        self.payments: Any = None  # what the month pays of each benefit, once somebody has asked (arrears.py)
        self._decision: Decision | None = None

    def __reduce__(self) -> tuple[Any, ...]:
        return Step.of, (self.decision(),)

    @classmethod
    def of(cls, decision: Decision) -> Step:
        """A month out of a pickle: its decision alone."""
        made = cls.__new__(cls)
        made._decision = decision
        return made

    def decision(self) -> Decision:
        if self._decision is None:
            run = self.run
            root = run.compiled.root
            self._decision = Decision(self.engine, run.epoch, run.compiled, self.month, root, self.data, self.raw)
        return self._decision


class Course:
    """Decides months of one history, the first of which is `start`. `step` gives a month's Step, or None where nobody is there."""

    def __init__(self, engine: Engine, history: History, start: int) -> None:
        self.history = history
        self.start = start
        self.engine = engine
        self.intake = engine.intake
        self.root = history.root
        self.carries = any(e.carried for e in engine.program.entities)

    def step(
        self,
        month: int,
        known: int | None,
        carry: Carry | None,
        like: Step | None = None,
        before: Step | None = None,
        parted: Step | None = None,
    ) -> Step | None:
        """`known`: with what is known on that day (yyyymmdd); None, with all. `carry`: from the month `before`; None begins anew.

        `like`: the month as decided before; where what it is decided by is certainly the same, nothing is decided again.
        """
        facts = self.history.data(month, known)
        if facts is None:
            return None
        run = self.engine.run(month, self.root, known)
        if like is not None and same(like.carried, carry) and same(like.facts, facts):
            if like.run is run:
                return like
            if like.run.compiled is run.compiled and same(like.run.parameters, run.parameters):
                return Step(self.engine, month, run, like.facts, like.data, like.raw, carry, before, parted)
        if carry is None:
            data = facts if month == self.start else self.intake.begun(facts, self.root)
        else:
            data = self.intake.laid(facts, self.root, carry)
        try:
            raw = run.compiled.decide(run.parameters, month, data)
        except Defer:
            raw = None
        if raw is not None and before is not None and before.raw is not None and before.run.compiled is run.compiled:
            raw = _sharing(raw, before.raw, len(run.compiled.entities[self.root][1]))
        return Step(self.engine, month, run, facts, data, raw, carry, before, parted)

    def after(self, steps: Mapping[int, Step | None], month: int) -> Carry | None:
        """What a month hands to the next: while nobody is there, what the last month before handed over. `steps`: the months of one run."""
        step = steps.get(month)
        if step is not None:
            return self.carry(step)
        last = month
        while steps.get(last) is None:
            if last not in steps:
                return None
            last = add_months(last, -1)
        carry = self.carry(steps[last])
        return carry if carry is None else self.intake.absent(self.root, carry, last, month)

    def carry(self, step: Step | None) -> Carry | None:
        """What a month in which somebody was there hands to the next."""
        if step is None or not self.carries:
            return None
        if step.raw is not None:
            try:
                return self.engine.handover(step.run.compiled).of(step.data, step.raw, step.month)
            except Unusual:
                pass
        return step.decision().carry()


def _sharing(raw: tuple[Any, ...], before: tuple[Any, ...], lists: int) -> tuple[Any, ...]:
    """A month's results, with those of its lists, or of entries in them, that are the month before's kept once."""
    out: list[Any] | None = None
    for i in range(len(raw) - lists, len(raw)):
        made, kept = raw[i], before[i]
        if made is kept or len(made) != len(kept):
            continue
        try:
            made = [y if x == y else x for x, y in zip(made, kept, strict=True)]
            out = out or [*raw]
            out[i] = kept if made == kept else made
        except Defer:  # something unknown in them
            continue
    return raw if out is None else tuple(out)


def same(a: object, b: object) -> bool:
    """Whether two carries, facts or results are certainly the same; with something unknown in them they are not."""
    try:
        return a is b or (a is not None and a == b)
    except Defer:
        return False
