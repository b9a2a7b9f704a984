"""Month by month: each month decided from its facts and from what the month before handed over.

A run goes forward only, so its length costs no depth. `known` says for each month what it is decided with: None, all that is known.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from ..backends.handover import Carry
from ..decision import Decision
from .history import History

if TYPE_CHECKING:
    from ..policy import Policy


def months_between(start: int, end: int) -> Iterator[int]:
    """The first days (yyyymmdd) of the months from one to another, both included."""
    month = start
    while month <= end:
        yield month
        month += 100 if month % 10000 < 1200 else 8900


def payday(policy: Policy, month: int) -> int:
    """The day on which a month is paid: 发放日, at most the month's last day; that last day where none is written."""
    day = policy.program.payday
    if not 0 < day <= 28:
        last = monthrange(month // 10000, month // 100 % 100)[1]
        day = min(day or last, last)
    return month // 100 * 100 + day


def run(
    policy: Policy, history: History, start: int, end: int, known: Callable[[int], int | None]
) -> dict[int, Decision | None]:
    """The decision of each month; None where nobody is there. Statuses begin anew after such a month."""
    layer = policy.engine.layer
    carries = any(e.carried for e in policy.program.entities)
    out: dict[int, Decision | None] = {}
    carry: Carry | None = None
    for month in months_between(start, end):
        day = known(month)
        data = history.data(month, day)
        if data is None:
            out[month] = carry = None
            continue
        if carry is not None:
            data = layer.laid(data, history.root, carry)
        decision = policy.decide_data(history.root, data, on=month, known=day)
        out[month] = decision
        carry = decision.carry() if carries else None
    return out
