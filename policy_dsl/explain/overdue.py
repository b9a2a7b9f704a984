"""Figures on which a decision rests and that should have been looked at again before its day (复核), as notes."""

from __future__ import annotations

from ..backends.formatting import day_text
from ..diagnostics.report import Diagnostic, diagnostic
from .explanation import Explanation


def overdue(made: Explanation, on: int) -> list[Diagnostic]:
    """One note for each place that says a day of review before `on` (yyyymmdd), with the name of what stands there."""
    found = {
        (step.place, step.review): diagnostic(
            "R0175",
            step.place,
            clause=step.clause.show(),
            name=step.name,
            review=day_text(step.review),
            date=day_text(on),
        )
        for step in made.steps.values()
        if 0 < step.review < on
    }
    return list(found.values())
