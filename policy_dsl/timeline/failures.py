"""Errors of the months of a timeline: what goes wrong in many of them is told once, with the months."""

from __future__ import annotations

from collections.abc import Iterable

from ..backends.formatting import day_text
from ..diagnostics.report import Diagnostic
from .month import Month
from .stretches import Stretches


def failures(months: Iterable[Month], settling: Iterable[tuple[int, Diagnostic]]) -> list[Diagnostic]:
    """The errors of all months in the order in which they first happen: the words of its first month, `path` with all of them.

    `settling`: those of the conditions under which a month settles others, with that month.
    """
    also: dict[str, list[Diagnostic]] = {}
    for number, error in settling:
        also.setdefault(day_text(number)[:7], []).append(error)
    first: dict[tuple[object, ...], Diagnostic] = {}
    found: Stretches[tuple[object, ...]] = Stretches()
    for month in months:
        found.begin(month.month)
        decision = month.decision
        own = [] if decision is None or decision.compiled_alone else decision.errors
        for error in (*own, *also.get(month.month, ())):
            key = (error.code, error.place, error.path)
            first.setdefault(key, error)
            found.add(key)
    return [d._replace(path=f"{d.path} {found.text(key)}") for key, d in first.items()]
