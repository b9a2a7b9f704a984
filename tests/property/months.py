"""A story month by month: each month's data with what was handed over, and the watched interpreter's values."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from policy_dsl import PolicyError
from policy_dsl.backends.compiled import Run
from policy_dsl.backends.engine import Engine
from policy_dsl.backends.handover import Carry, from_values
from policy_dsl.backends.runtime import NOTHING, Held, Unknown
from policy_dsl.timeline.history import History, HistoryReader
from policy_dsl.timeline.months import months_between

from . import seen
from .histories import Story
from .oracle import Watched, interpreted


class Month(NamedTuple):
    """One month: the functions for it, the data, the interpreter's values, and what they hand to the next month."""

    run: Run
    month: int
    root: str
    data: tuple[Any, ...]
    oracle: Watched
    carry: Carry


def number(month: str) -> int:
    return int(month.replace("-", "")) * 100 + 1


def read(made: Story) -> History | None:
    """The history as read; None where it is refused."""
    try:
        return HistoryReader(made.program).read(made.history)
    except PolicyError:
        return None


def months(made: Story, known: Callable[[int], int | None] = lambda _: None) -> Iterator[Month]:
    """Every month in which somebody is there. `known`: as of which day the month is decided."""
    seen.note_program(made.program)
    history = read(made)
    if history is None:
        return
    engine = Engine(made.program)
    carry: Carry | None = None
    for month in months_between(number(made.start), number(made.end)):
        data = history.data(month, known(month))
        if data is None:
            carry = None if carry is None else engine.intake.away(history.root, carry, month)
            continue
        if carry is not None:
            data = engine.intake.laid(data, history.root, carry)
        elif month != number(made.start):
            data = engine.intake.begun(data, history.root)
        run = engine.run(month, history.root, known(month))
        oracle = interpreted(run, month, history.root, data)
        seen.note(*(f"code {c}" for c in oracle.codes))
        carry = from_values(oracle.root, engine.intake, run.epoch, month)
        yield Month(run, month, history.root, data, oracle, carry)


def plain(carry: object) -> object:
    """What is handed over, for comparing: what was not known is named by its reason."""
    if isinstance(carry, dict):
        return {n: plain(x) for n, x in carry.items()}
    if isinstance(carry, tuple):
        return tuple(plain(x) for x in carry)
    if isinstance(carry, Unknown):
        return "nothing" if carry is NOTHING else ("held", carry.value if isinstance(carry, Held) else None)
    return type(carry), carry
