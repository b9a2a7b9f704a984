"""What is read of a decision: values by their paths, outputs as data. `Decision` adds who decided, and why."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, KeysView, Mapping
from typing import Any

from . import outputs as given
from .backends.entries import Instance
from .backends.epoch import Epoch
from .backends.reading_plan import Entry, Reading, all_known, below
from .backends.values import diagnose, state
from .diagnostics.report import Diagnostic, PolicyError
from .facts.arguments import looked_up
from .outputs import Benefit, NotInForce, Open, Output


class Read(Mapping[str, object]):
    """A mapping from output paths to values, over a result and the data of its case."""

    __slots__ = ("_data", "_epoch", "_instance", "_on", "_raw", "_reading", "_result", "_values")

    _data: tuple[Any, ...]
    _epoch: Epoch
    _on: int
    _raw: tuple[Any, ...] | None  # what the function gave, where it could
    _reading: Reading  # reads `_result`: what the function gave, else the interpreter's values laid out
    _result: tuple[Any, ...]
    _values: dict[str, object] | None  # once all were asked for

    @property
    @abstractmethod
    def instance(self) -> Instance:
        """The root entry with the values of every rule."""

    @abstractmethod
    def _no_output(self, path: str, names: list[str]) -> PolicyError:
        """What is wrong with a path of which there is no output; `names`: what else may have been meant."""

    @property
    @abstractmethod
    def _interpreted(self) -> bool:
        """Whether the interpreter gave the result, so that what is not known stands in it with its reasons."""

    # --- the mapping

    def __getitem__(self, path: str) -> object:
        try:
            if self._values is not None:
                return self._values[path]
            way, position, python, _, _ = self._reading.spots[path]
            raw = self._result if not way else below(way, self._data, self._result)
            return python[raw[position]]  # type: ignore[index]
        except Exception:  # not met before, not known, or an object that is no name
            return self._looked_up(looked_up(path))

    def _looked_up(self, path: str) -> object:
        """The same, of a path that was not met before, and of what is not known. Raises KeyError where there is no such output."""
        spot = self._reading.spot(path)
        raw = None if spot is None else below(spot.way, self._data, self._result)
        if spot is None or raw is None:
            ends = [p for p in self if p.endswith(f".{path}")]
            error = self._no_output(path, ends or list(self))
            raise KeyError(str(error)) from error
        number = spot.node.take(raw)[spot.n]
        found = state(number)
        if found == "error":
            raise PolicyError([diagnose(number, path)])
        return spot.node.python[spot.n][number] if found == "known" else None

    def __iter__(self) -> Iterator[str]:
        return iter(self.keys())

    def __len__(self) -> int:
        return sum(len(place.paths) for place, _, _ in self._entries)

    def __contains__(self, path: object) -> bool:
        spot = self._reading.spot(path) if isinstance(path, str) else None
        return spot is not None and below(spot.way, self._data, self._result) is not None

    def keys(self) -> KeysView[str]:
        """The paths. Who asks for all of them reads all values, as `dict(d)` does: those are made here, unless one is in error."""
        if self._values is None:
            entries = self._entries
            try:
                self._values = given.values(entries)
            except PolicyError:
                return dict.fromkeys(path for place, _, _ in entries for path in place.paths).keys()
        return self._values.keys()

    # --- all outputs

    @property
    def _entries(self) -> list[Entry]:
        return self._reading.entries(self._data, self._result)

    def _told(self, entries: list[Entry]) -> list[Entry]:
        """The same, where something is not known with its reasons."""
        if self._interpreted:
            return entries
        reading = self._reading.laid_out
        return reading.entries(self._data, reading.lay_out(self.instance))

    @property
    def outputs(self) -> dict[str, Output]:
        """Every rule, benefit and status of every entry that is in force on the day, in the order of the policy."""
        return given.outputs(self._entries)

    @property
    def not_in_force(self) -> list[NotInForce]:
        """The other outputs: what is not in force on the day, with the days on which it is."""
        return given.not_in_force(self._entries, self._on, self._epoch.known)

    @property
    def benefits(self) -> list[Benefit]:
        """Every 给付 in force of every entry, in order."""
        return given.benefits(self._entries, self._on, self._epoch.known)

    @property
    def undetermined(self) -> list[Open]:
        """Outputs that wait for facts or parameters."""
        entries = self._entries
        return [] if all_known(entries) else given.undetermined(self._told(entries))

    @property
    def errors(self) -> list[Diagnostic]:
        """What went wrong while deciding: a gap, a conflict, a division by zero …, each with the output's path."""
        entries = self._entries
        return [] if all_known(entries) else given.errors(self._told(entries))
