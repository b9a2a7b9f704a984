"""Files in the user's cache folder: private, whole or not at all, bounded, disposable.

A file is read only when the folder and the file belong to this user and nobody else can write them, so nothing that another user wrote
is ever run, and only when it is a regular one that holds what its name says. A reader sees a whole file or none (writing.py). What cannot
be read, or does not match, is made anew: whatever stands under a name may be replaced, and no link is followed.
"""

from __future__ import annotations

import hashlib
import marshal
import os
import stat
import sys
from contextlib import suppress

from ._version import __version__
from .library import plain

MAGIC = "policy_dsl compiled 4"
SUFFIX = ".bin"
MAX_ENTRY = 64 << 20
MOST_BYTES = 256 << 20  # in all files together; beyond that the oldest are taken away
MOST_FILES = 2_000
ROOMS = ("syntax", "model", "ir", "checks", "backends")  # whose files make an entry, beside those that lie in none
UNREADABLE = (OSError, ValueError, EOFError, TypeError, KeyError, AttributeError, IndexError, ImportError, MemoryError)


def folder() -> str | None:
    """The cache folder: POLICY_DSL_CACHE, or policy_dsl under XDG_CACHE_HOME or ~/.cache; None when it is switched off ("0")."""
    given = os.environ.get("POLICY_DSL_CACHE", "")
    if given == "0":
        return None
    if given:
        return plain(given)
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "policy_dsl") if os.path.isabs(base) else None


def source_stamp() -> str:
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


def engine_stamp() -> str:
    """This engine with this Python: what one of them made, no other one runs."""
    return hashed(MAGIC, __version__, sys.version, source_stamp())


def hashed(*parts: str) -> str:
    return hashlib.sha256("\0\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def seal(name: str, body: bytes) -> bytes:
    """The bytes of the file `name`: what they hold, under which name."""
    return marshal.dumps((MAGIC, name, hashlib.sha256(body).hexdigest(), body))


def unseal(name: str, raw: bytes) -> bytes:
    """What the bytes of the file `name` hold. Raises one of UNREADABLE for bytes that are not that one's."""
    magic, called, check, body = marshal.loads(raw)
    if magic != MAGIC or called != name or hashlib.sha256(body).hexdigest() != check:
        raise ValueError("another file's, or damaged")
    found: bytes = body
    return found


def read(where: str, name: str) -> bytes | None:
    """What the file `name` in the folder `where` holds; None when it is missing, foreign or damaged."""
    try:
        around = os.lstat(where or os.curdir)
        if not _private(around) or not stat.S_ISDIR(around.st_mode):
            return None
        flags = ("O_NOFOLLOW", "O_CLOEXEC", "O_NONBLOCK")  # a pipe that nobody fills is not waited for
        path = os.path.join(where, name + SUFFIX)
        handle = os.open(path, os.O_RDONLY | sum(getattr(os, flag, 0) for flag in flags))
        with os.fdopen(handle, "rb") as file:
            info = os.fstat(file.fileno())
            if not _private(info) or not stat.S_ISREG(info.st_mode) or info.st_size > MAX_ENTRY:
                return None
            return unseal(name, file.read(MAX_ENTRY))
    except UNREADABLE:
        return None


def write(where: str, name: str, body: bytes) -> None:
    """Writes a file for this user alone; what cannot be written is no error."""
    from .writing import put

    try:
        where = where or os.curdir
        os.makedirs(where, mode=0o700, exist_ok=True)
        raw = seal(name, body)
        if not _private(os.lstat(where)) or len(raw) > MAX_ENTRY:
            return
        _make_room(where, len(raw))
        put(os.path.join(where, name + SUFFIX), raw, 0o600, settled=False)
    except OSError:
        return


def _private(info: os.stat_result) -> bool:
    """Owned by this user and not writable by anybody else."""
    uid = getattr(os, "getuid", lambda: info.st_uid)()
    return info.st_uid == uid and not info.st_mode & (stat.S_IWGRP | stat.S_IWOTH)


def _make_room(where: str, more: int) -> None:
    """Takes the oldest files away where so many bytes more would be too many: half of what may be there stays."""
    with os.scandir(where) as there:
        found = [(f.path, f.stat(follow_symlinks=False)) for f in there if f.name.endswith(SUFFIX)]
    files = sorted((i.st_mtime_ns, p, i.st_size) for p, i in found if stat.S_ISREG(i.st_mode))
    size = more + sum(s for *_, s in files)
    if size <= MOST_BYTES and len(files) < MOST_FILES:
        return
    left = len(files)
    for _, path, bytes_ in files:
        if size <= MOST_BYTES // 2 and left < MOST_FILES // 2:
            return
        with suppress(OSError):
            os.unlink(path)
        size, left = size - bytes_, left - 1


class Shelf:
    """Where the compiled functions of one program are kept, one file a function: what is compiled is added, and nothing that another
    process adds at the same time is lost."""

    def __init__(self, where: str, key: str) -> None:
        self._where = where
        self._key = key

    def get(self, name: str) -> bytes | None:
        return read(self._where, self._file(name))

    def put(self, name: str, function: bytes) -> None:
        write(self._where, self._file(name), function)

    def beside(self, what: str) -> Shelf:
        """The shelf of something else that belongs to the program."""
        return Shelf(self._where, f"{self._key}-{what}")

    def _file(self, name: str) -> str:
        return f"{self._key}-{hashed(name)[:32]}"
