"""One month of a timeline: what is due, what was paid, and what changed since the month before and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..backends.formatting import day_text, python_value
from ..backends.values import known
from ..decision import Decision
from ..diagnostics.report import Diagnostic
from .coming import STILL, Stirred
from .months import Step
from .reasons import Compared, because


class Change(NamedTuple):
    """An output that differs from the month before: both values as Python has them (None where it is not known, not there or not in force),
    and why, in both languages."""

    output: str
    before: object
    after: object
    because: tuple[str, ...]
    because_en: tuple[str, ...]


class Month:
    """One month of a timeline. `decision` is what is due, `paid` what was decided on the pay day; None where nobody is there.

    `previous` is the decision of the month before; `first` says that there is none.
    """

    __slots__ = ("_absent", "_due", "_number", "_paid", "_previous", "_stirred", "first")

    def __init__(
        self,
        month: int,
        due: Step | None,
        paid: Step | None,
        previous: Step | None,
        first: bool,
        absent: Sequence[Diagnostic] = (),
        stirred: Stirred = STILL,
    ) -> None:
        self._number = month
        self._due = due
        self._paid = paid
        self._previous = previous
        self._absent = absent
        self._stirred = stirred
        self.first = first

    @property
    def month(self) -> str:
        return day_text(self._number)[:7]

    @property
    def decision(self) -> Decision | None:
        return None if self._due is None else self._due.decision()

    @property
    def paid(self) -> Decision | None:
        return None if self._paid is None else self._paid.decision()

    @property
    def previous(self) -> Decision | None:
        return None if self._previous is None else self._previous.decision()

    @property
    def findings(self) -> list[Diagnostic]:
        """Who is not there yet, and guarantees that the month does not keep, as of a decision; its facts may break one too (F0120)."""
        return list(self._absent) if self.decision is None else self.decision.findings

    @property
    def changes(self) -> list[Change]:
        """Outputs that differ from the month before, in the order of the policy; none in the first month."""
        if self.first:
            return []
        old, new = Compared(self.previous), compared(self)
        out = []
        for path in differing(old.decision, new.decision):
            before, after = value_of(old.decision, path), value_of(new.decision, path)
            out.append(
                Change(path, before, after, tuple(because(old, new, path, "zh")), tuple(because(old, new, path, "en")))
            )
        return out

    def __repr__(self) -> str:
        return f"<Month {self.month}>"


def compared(month: Month) -> Compared:
    """What is due in a month, to be compared with another month's."""
    return Compared(month.decision, stirred=month._stirred)


def _values(decision: Decision | None) -> dict[str, object]:
    """Path → value in base units of every output, None where it is not known."""
    if decision is None:
        return {}
    return {
        path: entry.values[name] if known(entry.values[name]) else None
        for path, (entry, name, _) in decision.paths.items()
    }


def differing(before: Decision | None, after: Decision | None) -> Iterator[str]:
    """The paths of outputs that differ, or that only one of the two has."""
    old, new = _values(before), _values(after)
    for path in {**new, **old}:
        if old.get(path) != new.get(path) or (path in old) != (path in new):
            yield path


def value_of(decision: Decision | None, path: str) -> object:
    """An output as Python has it; None where it is not known or not there."""
    found = None if decision is None else decision.paths.get(path)
    if found is None:
        return None
    entry, name, type_ = found
    return python_value(entry.values[name], type_) if known(entry.values[name]) else None
