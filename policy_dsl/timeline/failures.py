"""Errors of the months of a timeline: what goes wrong in many of them is told once, with the months."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..diagnostics.report import Diagnostic
from .stretches import Stretches

if TYPE_CHECKING:
    from .timeline import Month


def failures(months: Iterable[Month]) -> list[Diagnostic]:
    """The errors of all months in the order in which they first happen: the words of its first month, `path` with all of them."""
    first: dict[tuple[object, ...], Diagnostic] = {}
    found: Stretches[tuple[object, ...]] = Stretches()
    for month in months:
        found.begin(month.month)
        decision = month.decision
        if decision is None or decision.compiled_alone:
            continue
        for error in decision.errors:
            key = (error.code, error.place, error.path)
            first.setdefault(key, error)
            found.add(key)
    return [d._replace(path=f"{d.path} {found.text(key)}") for key, d in first.items()]
