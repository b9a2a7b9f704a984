"""Months in which something holds, as stretches for people: (2022-03..2022-05, 2022-08)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Generic, TypeVar

SHOWN = 3  # stretches that are named
Thing = TypeVar("Thing", bound=Hashable)


class Stretches(Generic[Thing]):
    """For each thing, in the order in which it first appeared, the months in which it did."""

    def __init__(self) -> None:
        self.found: dict[Thing, list[list[str]]] = {}
        self._before = self._now = ""

    def begin(self, month: str) -> None:
        self._before, self._now = self._now, month

    def add(self, thing: Thing) -> None:
        runs = self.found.setdefault(thing, [])
        if runs and runs[-1][1] in (self._before, self._now):
            runs[-1][1] = self._now
        else:
            runs.append([self._now, self._now])

    def text(self, thing: Thing) -> str:
        """In signs of both languages."""
        runs = self.found[thing]
        shown = [first if first == last else f"{first}..{last}" for first, last in runs[:SHOWN]]
        return f"({', '.join(shown)}{' …' if len(runs) > SHOWN else ''})"
