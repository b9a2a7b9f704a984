"""The 假设 that decisions of many months rest on, each once. A month that is decided as the one before is not explained again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from ..decision import Decision
from .months import same


class Assumptions:
    """`told`: those of all decisions asked for, in the order in which they are met; `months`, in JSON, say theirs."""

    def __init__(self, months: Iterable[Mapping[str, Any]] = ()) -> None:
        self.told: dict[str, None] = {a: None for month in months for a in month.get("assumptions", ())}
        self._last: Decision | None = None

    def of(self, decision: Decision | None) -> None:
        """Adds a decision's."""
        if decision is not None and not self._alike(decision):
            self.told.update(dict.fromkeys(decision.assumptions))
            self._last = decision

    def _alike(self, decision: Decision) -> bool:
        """Whether the decision is that of the month before: the same law, facts, past and results."""
        last = self._last
        if last is None or decision.epoch is not last.epoch or not decision.compiled_alone:
            return False
        values = [{(e.path, n): v for e in d.instance.all() for n, v in e.values.items()} for d in (last, decision)]
        return same(last.instance.data, decision.instance.data) and same(*values)
