"""Compiled policies on disk: keyed by content and version, private to the user, disposable (shelf.py).

A policy's entry is its program, a restricted pickle, with its examples apart, since deciding reads none. Beside it stand its compiled
functions, one file each, added when somebody asks for them; what they are is `marshal` data. No facts are ever kept.
"""

from __future__ import annotations

import gc
import io
import marshal
import os
import pickle
from fractions import Fraction
from typing import Any

from .backends.engine import Engine
from .ir import nodes as ir
from .ir.conditions import conditions
from .ir.later import Later
from .library import LayerFiles
from .library import digest as content_digest
from .policy import Policy
from .shelf import SUFFIX, UNREADABLE, Shelf, engine_stamp, folder, hashed
from .shelf import read as read_file
from .shelf import write as write_file

Steps = dict[str, tuple[int, int]]


def key_of(layers: list[LayerFiles]) -> str:
    """The entry's name: what the texts say, under which names, for which engine and Python."""
    return hashed(engine_stamp(), content_digest(layers), *(f.name for layer in layers for f in layer.files))


def entry(layers: list[LayerFiles]) -> str | None:
    """Where the policy of these layers is kept; None when there is no cache."""
    where = folder()
    return os.path.join(where, f"{key_of(layers)}{SUFFIX}") if where is not None else None


class _Restricted(pickle.Unpickler):
    """Unpickles the program's own classes and nothing else."""

    ALLOWED = frozenset(
        {("policy_dsl.ir.nodes", n) for n, c in vars(ir).items() if getattr(c, "__module__", "") == ir.__name__}
        | {
            ("policy_dsl.model.types", "Type"),
            ("policy_dsl.model.units", "Unit"),
            ("policy_dsl.model.clause", "Clause"),
            ("policy_dsl.source", "Place"),
            ("fractions", "Fraction"),
            ("decimal", "Decimal"),
        }
    )

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) in self.ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} does not belong into a compiled policy")


def _unpickled(raw: bytes) -> Any:
    collecting = gc.isenabled()
    gc.disable()  # a program holds no cycles, and looking for some again and again takes as long as reading it
    try:
        return _Restricted(io.BytesIO(raw)).load()
    finally:
        if collecting:
            gc.enable()


def dump(engine: Engine) -> bytes:
    """A program as bytes."""
    program = engine.program
    parts = (program._replace(examples=()), tuple(program.examples))
    steps = [None if e is None else _steps(e) for e in (engine, engine.guard)]
    return marshal.dumps((*(pickle.dumps(x, protocol=5) for x in parts), *steps))


def parse(body: bytes, shelf: Shelf | None = None) -> Policy:
    """The policy in these bytes; what is compiled goes onto the shelf. Raises any of the usual exceptions for bytes that are none."""
    bare, examples, steps, guarding = marshal.loads(body)
    program = _unpickled(bare)
    if not isinstance(program, ir.Program):
        raise ValueError("not a compiled policy")
    program = program._replace(examples=Later(lambda: _unpickled(examples)))
    guard = None if guarding is None else Engine(conditions(program), None, _fractions(guarding))
    return Policy(program, Engine(program, None, _fractions(steps), guard, shelf))


def _steps(engine: Engine) -> Steps:
    return {k: (v.numerator, v.denominator) for k, v in engine.steps.items()}


def _fractions(steps: Steps) -> dict[str, Fraction]:
    return {k: Fraction(n, d) for k, (n, d) in steps.items()}


def shelf(path: str | os.PathLike[str]) -> Shelf:
    """Where the functions of the policy whose entry is at `path` are kept."""
    return Shelf(*_split(path))


def _split(path: str | os.PathLike[str]) -> tuple[str, str]:
    where, name = os.path.split(path)
    return os.fspath(where), name.removesuffix(SUFFIX)


def read(path: str | os.PathLike[str]) -> Policy | None:
    """The entry at `path`, or None when it is missing, foreign or damaged."""
    body = read_file(*_split(path))
    try:
        return None if body is None else parse(body, shelf(path))
    except (*UNREADABLE, pickle.UnpicklingError):
        return None


def write(path: str | os.PathLike[str], engine: Engine) -> None:
    """Writes an entry for this user alone; a cache that cannot be written is no error."""
    write_file(*_split(path), dump(engine))
