"""How a policy takes facts: by the generated reader of the entity with which they begin; what that leaves is read with care, one value where
a value is unusual, the whole case where more is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from ..backends.compiled import Run
from ..backends.encoding import fact_range
from ..backends.runtime import UNKNOWN, Defer, Unknown, read_amount
from ..ir import nodes as ir

MOST_KEPT = 10_000  # amounts that were given as texts


class Taking:
    """Takes facts for one program; `floats` says what a float is (plain.py). Called by generated readers with a value that is not as usual."""

    def __init__(self, program: ir.Program, floats: str) -> None:
        self.program = program
        self.floats = floats
        self._facts: dict[str, ir.Fact] = {}
        self._ranges: dict[str, tuple[int, int, int]] = {}  # of amounts
        self._identify: frozenset[str] = frozenset()
        self._units: frozenset[str] = frozenset()
        self._texts: dict[tuple[str, str], int] = {}  # (fact, amount as it was given) → grid steps

    def _prepare(self) -> None:
        from .values import units_of

        entities = self.program.entities
        self._units = units_of(self.program)
        self._identify = frozenset(f"{e.name}.{e.facts[e.identity].name}" for e in entities if e.identity >= 0)
        facts = {f"{e.name}.{f.name}": f for e in entities for f in e.facts}
        self._ranges = {name: fact_range(f) for name, f in facts.items() if f.type.is_amount}
        self._facts = facts

    def __call__(self, value: object, name: str) -> Any:
        """A value of the fact `entity.fact` as it stands in data; defers where it is at fault, so that the careful reader says what is wrong."""
        if value is None:
            return Unknown(name)
        from .plain import scalar

        if not self._facts:
            self._prepare()
        plain = scalar(value, self.floats)
        usual = self._ranges.get(name)
        if usual is not None:
            if type(plain) is str and (name, plain) in self._texts:
                return self._texts[name, plain]
            if type(plain) is int:
                plain = Decimal(plain)
            if type(plain) is Decimal:
                return read_amount(plain, name, *usual)
        return self._read(plain, name)

    def _read(self, plain: object, name: str) -> Any:
        from .values import ValueReader

        reader = ValueReader(self._units)
        made = reader.fact(plain, self._facts[name], name)
        if reader.errors:
            raise Defer(name)
        if made is UNKNOWN or (made == "" and name in self._identify):  # an empty text identifies nobody
            return Unknown(name)
        if type(plain) is str and name in self._ranges and len(self._texts) < MOST_KEPT:
            self._texts[name, plain] = made
        return made

    def otherwise(self, facts: object, on: int, run: Run, find: Callable[[str], Run]) -> tuple[Run, tuple[Any, ...]]:
        """(what decides them, their data) of facts that the reader of `run` does not take; `find` gives another root's. Raises PolicyError."""
        root = _outermost(facts)
        if root != run.compiled.root and any(e.name == root for e in self.program.entities):
            run = find(root)
            try:
                return run, run.compiled.read(facts, on, self)
            except Exception:  # anything unusual: the careful reader accepts it or says what is wrong
                pass
        from .read import Reader

        root, data = Reader(self.program, floats=self.floats).read(facts, on)
        return run if root == run.compiled.root else find(root), data


def _outermost(facts: object) -> str:
    """The name of the entity with which facts begin, or "" where that has to be looked for."""
    try:
        if isinstance(facts, Mapping) and len(facts) == 1:
            root = next(iter(facts))
            return root if type(root) is str else ""
    except Exception:  # a mapping that cannot be read: the careful reader says so
        pass
    return ""
