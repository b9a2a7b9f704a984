"""Compiled policies on disk: keyed by content and version, private to the user, disposable.

An entry is `marshal` data with the program (a restricted pickle) and the compiled functions. It is read only when the folder and
the file belong to this user and nobody else can write them, so nothing that another user wrote is ever run. A reader sees a whole entry
or none (writing.py). What cannot be read, or does not match, is made anew: whatever stands under an entry's name may be replaced, and no
link is followed. No facts are ever kept.
"""

from __future__ import annotations

import hashlib
import io
import marshal
import os
import pickle
import stat
import sys
from fractions import Fraction
from typing import Any

from ._version import __version__
from .backends.compiled import Saved
from .backends.engine import Engine
from .ir import nodes as ir
from .ir.conditions import conditions
from .library import LayerFiles, plain
from .library import digest as content_digest
from .policy import Policy

MAGIC = "policy_dsl compiled 3"
SUFFIX = ".bin"
MAX_ENTRY = 64 << 20
ROOMS = ("syntax", "model", "ir", "checks", "backends")  # whose files make an entry, beside those that lie in none


def folder() -> str | None:
    """The cache folder: POLICY_DSL_CACHE, or policy_dsl under XDG_CACHE_HOME or ~/.cache; None when it is switched off ("0")."""
    given = os.environ.get("POLICY_DSL_CACHE", "")
    if given == "0":
        return None
    if given:
        return plain(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "policy_dsl") if os.path.isabs(base) else None


def _private(info: os.stat_result) -> bool:
    """Owned by this user and not writable by anybody else."""
    uid = getattr(os, "getuid", lambda: info.st_uid)()
    return info.st_uid == uid and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _source_stamp() -> str:
    """Changes when the engine's own files change, so that neither a checkout nor another build of one version runs stale code."""
    root = os.path.dirname(__file__)
    if os.path.isdir(os.path.join(root, "policies")):  # installed: the installer's record holds every file's hash
        record = os.path.join(os.path.dirname(root), f"policy_dsl-{__version__}.dist-info", "RECORD")
        try:
            with open(record, encoding="utf-8", errors="surrogateescape") as file:
                return file.read()
        except OSError:
            return ""
    changed = [0]
    folders = [root, *(folder for room in ROOMS for folder, _, _ in os.walk(os.path.join(root, room)))]
    for folder in folders:
        with os.scandir(folder) as files:
            changed += [f.stat().st_mtime_ns for f in files if f.name.endswith((".py", ".lark"))]
    return str(max(changed))


def key_of(layers: list[LayerFiles]) -> str:
    """The entry's name: what the texts say, under which names, for which engine and Python."""
    names = "\0".join(f.name for layer in layers for f in layer.files)
    parts = (MAGIC, __version__, sys.version, _source_stamp(), content_digest(layers), names)
    return hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


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


def dump(policy_engine: Engine, key: str) -> bytes:
    """A program and its compiled functions as bytes, with the name under which they are kept."""
    program = pickle.dumps(policy_engine.program, protocol=5)
    guard = None if policy_engine.guard is None else _functions(policy_engine.guard)
    body = marshal.dumps((program, *_functions(policy_engine), guard))
    return marshal.dumps((MAGIC, key, hashlib.sha256(body).hexdigest(), body))


def parse(raw: bytes, key: str) -> Policy:
    """The policy in the bytes of the entry `key`. Raises any of the usual exceptions for bytes that are not that one."""
    magic, name, check, body = marshal.loads(raw)
    if magic != MAGIC or name != key or hashlib.sha256(body).hexdigest() != check:
        raise ValueError("not a compiled policy")
    program_bytes, saved, steps, guard = marshal.loads(body)
    program = _Restricted(io.BytesIO(program_bytes)).load()
    if not isinstance(program, ir.Program):
        raise ValueError("not a compiled policy")
    conditioned = None if guard is None else _engine(conditions(program), *guard)
    return Policy(program, _engine(program, saved, steps, conditioned))


def _functions(engine: Engine) -> tuple[dict[str, Any], dict[str, tuple[int, int]]]:
    """An engine's compiled functions, and its parameters' steps."""
    steps = {k: (v.numerator, v.denominator) for k, v in engine.steps.items()}
    return {k: tuple(v) for k, v in engine.saved().items()}, steps


def _engine(
    program: ir.Program, saved: dict[str, Any], steps: dict[str, tuple[int, int]], guard: Engine | None = None
) -> Engine:
    return Engine(
        program, {k: Saved(*v) for k, v in saved.items()}, {k: Fraction(n, d) for k, (n, d) in steps.items()}, guard
    )


def _key(path: str | os.PathLike[str]) -> str:
    return os.path.basename(path).removesuffix(SUFFIX)


def read(path: str | os.PathLike[str]) -> Policy | None:
    """The entry at `path`, or None when it is missing, foreign or damaged."""
    try:
        around = os.lstat(os.path.dirname(path) or os.curdir)
        if not _private(around) or not stat.S_ISDIR(around.st_mode):
            return None
        flags = ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK")  # a pipe that nobody fills is not waited for
        handle = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
        with os.fdopen(handle, "rb") as file:
            info = os.fstat(file.fileno())
            if not _private(info) or not stat.S_ISREG(info.st_mode) or info.st_size > MAX_ENTRY:
                return None
            return parse(file.read(MAX_ENTRY), _key(path))
    except (
        OSError,
        ValueError,
        EOFError,
        TypeError,
        KeyError,
        AttributeError,
        IndexError,
        ImportError,
        pickle.UnpicklingError,
        MemoryError,
    ):
        return None


def write(path: str | os.PathLike[str], policy_engine: Engine) -> None:
    """Writes an entry for this user alone; a cache that cannot be written is no error."""
    from .writing import put

    try:
        where = os.path.dirname(path) or os.curdir
        os.makedirs(where, mode=0o700, exist_ok=True)
        if not _private(os.lstat(where)):
            return
        put(os.fspath(path), dump(policy_engine, _key(path)), 0o600)
    except OSError:
        return
