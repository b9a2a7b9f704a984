"""Writes pages into a folder: all of them or none, and never over a file that it did not write itself.

Which files are its own stands in a list beside them, with what each held. A folder of its own pages is written anew; where a file stands in
the way that is not on the list, or has been changed since, nothing is written.

The new folder takes the place of the old one as a whole. One that must stay itself (somebody is in it, it is a mount point, or nothing may be
written beside it) gets its files exchanged one by one; a writer that is killed meanwhile leaves a mixture, of which the next one knows every file.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import stat
from collections.abc import Mapping
from contextlib import suppress

from ..diagnostics.report import PolicyError, diagnostic
from ..writing import alike, is_stage, lay, stage, unwritable

LIST = ".policy-docs.json"
MOST_NAMED = 5  # foreign files that a message names
TRIES = 8  # to take the place of a folder that others write at the same time
_STAYS = (errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY, errno.EXDEV)  # the folder cannot be moved


def write(folder: str, pages: Mapping[str, str]) -> None:
    """Makes `folder` hold the pages and their list. Raises PolicyError: foreign files, no permission, no such folder."""
    target = os.path.realpath(folder)
    try:
        there = os.path.lexists(target)
        if there and not os.path.isdir(target):
            raise PolicyError(
                [
                    diagnostic(
                        "P0807",
                        at=folder,
                        path=folder,
                        reason="这是文件，不是文件夹",
                        reason_en="it is a file, no folder",
                    )
                ]
            )
        if there:
            _refuse_foreign(folder, target)
        if there and (_entered(target) or os.path.ismount(target)):
            _inside(target, pages)
        else:
            try:
                _beside(target, pages)
            except OSError as error:
                if not there or error.errno not in _STAYS:
                    raise
                _inside(target, pages)
    except OSError as error:
        raise PolicyError([unwritable(folder, error)]) from None


def _entered(target: str) -> bool:
    """Whether this process is in the folder: then so is the shell that started it."""
    try:
        return os.path.join(os.getcwd(), "").startswith(os.path.join(target, ""))
    except OSError:
        return False


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _lay(folder: str, pages: Mapping[str, str]) -> None:
    known: dict[str, str] = {}
    os.mkdir(folder)
    for path, text in pages.items():
        full = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        lay(full, text.encode())
        known[path] = _digest(text.encode())
    lay(os.path.join(folder, LIST), json.dumps(known, ensure_ascii=False, indent=0, sort_keys=True).encode())


# --- what is there


def _refuse_foreign(folder: str, target: str) -> None:
    """What is in the folder must be what the list says, byte for byte."""
    known = _known(target)
    foreign = []
    for here, folders, files in os.walk(target):
        folders[:] = sorted(name for name in folders if here != target or not is_stage(name))
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        for name in sorted([*files, *links]):
            full = os.path.join(here, name)
            path = os.path.relpath(full, target).replace(os.sep, "/")
            if path != LIST and (name in links or not _is(full, known.get(path, set()))):
                foreign.append(path)
    if foreign:
        more = len(foreign) - MOST_NAMED
        names = "、".join(foreign[:MOST_NAMED]) + (f"……（另 {more} 个）" if more > 0 else "")
        names_en = ", ".join(foreign[:MOST_NAMED]) + (f" … ({more} more)" if more > 0 else "")
        raise PolicyError([diagnostic("P0809", at=folder, path=folder, files=names, files_en=names_en)])


def _known(target: str) -> dict[str, set[str]]:
    """What the folder's own files may hold; nothing is its own where there is no list that can be read.

    Where a writer was killed who exchanged files one by one, what his stage lists is its own too.
    """
    stages = [os.path.join(target, name) for name in os.listdir(target) if is_stage(name)]
    known: dict[str, set[str]] = {}
    for folder in (target, *(os.path.join(path, part) for path in stages for part in ("new", "old"))):
        for path, digest in _listed(os.path.join(folder, LIST)).items():
            known.setdefault(path, set()).add(digest)
    return known


def _listed(path: str) -> dict[str, str]:
    try:
        if not stat.S_ISREG(os.lstat(path).st_mode):
            return {}
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return {k: v for k, v in found.items() if isinstance(v, str)} if isinstance(found, dict) else {}


def _is(full: str, digests: set[str]) -> bool:
    if not digests or not os.path.isfile(full) or os.path.islink(full):
        return False
    with open(full, "rb") as file:
        return _digest(file.read()) in digests


# --- the exchange


def _beside(target: str, pages: Mapping[str, str]) -> None:
    """Lays the pages beside the folder and lets them take its place. Raises OSError, and then the old ones are there."""
    with stage(os.path.dirname(target)) as folder:
        new = os.path.join(folder, "new")
        _lay(new, pages)
        for attempt in range(TRIES):
            old = os.path.join(folder, f"old-{attempt}")
            try:
                with suppress(FileNotFoundError):
                    alike(new, os.stat(target))
                    os.rename(target, old)
                os.rename(new, target)
                return
            except BaseException as error:
                if os.path.lexists(old) and not os.path.lexists(target):
                    os.rename(old, target)
                again = isinstance(error, OSError) and error.errno in (errno.ENOTEMPTY, errno.EEXIST)
                if not again or attempt + 1 == TRIES:
                    raise


def _inside(target: str, pages: Mapping[str, str]) -> None:
    """Moves what is in the folder aside and the new pages in; what cannot be moved is put back. Raises OSError."""
    with stage(target) as folder:
        new, old = os.path.join(folder, "new"), os.path.join(folder, "old")
        _lay(new, pages)
        os.mkdir(old)
        moved: list[tuple[str, str]] = []
        try:
            for source, goal in ((target, old), (new, target)):
                for name in sorted(os.listdir(source)):
                    if not is_stage(name):
                        pair = os.path.join(source, name), os.path.join(goal, name)
                        os.rename(*pair)
                        moved.append(pair)
        except BaseException:
            for before, now in reversed(moved):
                os.rename(now, before)
            raise
