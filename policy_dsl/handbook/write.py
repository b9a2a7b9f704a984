"""Writes pages into a folder: all of them or none, and never over a file that it did not write itself.

Which files are its own stands in a list beside them, with what each held. A folder of its own pages is written anew; where a file stands in
the way that is not on the list, or has been changed since, nothing is written.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Mapping

from ..diagnostics.report import PolicyError, diagnostic
from ..library import why_unreadable

LIST = ".policy-docs.json"
MOST_NAMED = 5  # foreign files that a message names


def write(folder: str, pages: Mapping[str, str]) -> None:
    """Makes `folder` hold the pages and their list. Raises PolicyError: foreign files, no permission, no such folder."""
    target = os.path.realpath(folder)
    try:
        there = os.path.lexists(target)
        if there and not os.path.isdir(target):
            raise _unwritable(folder, "这是文件，不是文件夹", "it is a file, no folder")
        if there:
            _refuse_foreign(folder, target)
        stage = tempfile.mkdtemp(prefix=".policy-docs-", dir=target if there else os.path.dirname(target))
        try:
            new = os.path.join(stage, "new")
            _lay(new, pages)
            if there:
                _exchange(target, new, os.path.join(stage, "old"))
            else:
                os.rename(new, target)
        finally:
            shutil.rmtree(stage, ignore_errors=True)
    except OSError as error:
        zh, en = why_unreadable(error)
        if isinstance(error, FileNotFoundError):
            zh, en = "没有这个文件夹", "no such folder"
        raise _unwritable(folder, zh, en) from None


def _unwritable(folder: str, zh: str, en: str) -> PolicyError:
    return PolicyError([diagnostic("P0807", at=folder, path=folder, reason=zh, reason_en=en)])


def _digest(raw: bytes) -> str:
    return hashlib.sha256(raw).hexdigest()


def _lay(folder: str, pages: Mapping[str, str]) -> None:
    known: dict[str, str] = {}
    os.mkdir(folder)
    for path, text in pages.items():
        full = os.path.join(folder, *path.split("/"))
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "wb") as file:
            file.write(text.encode())
        known[path] = _digest(text.encode())
    with open(os.path.join(folder, LIST), "w", encoding="utf-8") as file:
        json.dump(known, file, ensure_ascii=False, indent=0, sort_keys=True)


def _refuse_foreign(folder: str, target: str) -> None:
    """What is in the folder must be what the list says, byte for byte."""
    known = _known(target)
    foreign = []
    for here, folders, files in os.walk(target):
        folders.sort()
        links = [name for name in folders if os.path.islink(os.path.join(here, name))]
        for name in sorted([*files, *links]):
            full = os.path.join(here, name)
            path = os.path.relpath(full, target).replace(os.sep, "/")
            if path != LIST and (name in links or not _is(full, known.get(path))):
                foreign.append(path)
    if foreign:
        more = len(foreign) - MOST_NAMED
        names = "、".join(foreign[:MOST_NAMED]) + (f"……（另 {more} 个）" if more > 0 else "")
        names_en = ", ".join(foreign[:MOST_NAMED]) + (f" … ({more} more)" if more > 0 else "")
        raise PolicyError([diagnostic("P0809", at=folder, path=folder, files=names, files_en=names_en)])


def _known(target: str) -> dict[str, str]:
    """The list of the folder's own files; nothing is its own where there is none that can be read."""
    os.listdir(target)  # raises where it is no folder or may not be read
    try:
        with open(os.path.join(target, LIST), encoding="utf-8") as file:
            found = json.load(file)
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _is(full: str, digest: object) -> bool:
    if not isinstance(digest, str) or not os.path.isfile(full) or os.path.islink(full):
        return False
    with open(full, "rb") as file:
        return _digest(file.read()) == digest


def _exchange(target: str, new: str, old: str) -> None:
    """Moves what is in the folder aside and the new pages in; what cannot be moved is put back."""
    os.mkdir(old)
    moved: list[tuple[str, str]] = []
    stage = os.path.dirname(new)
    try:
        for name in sorted(os.listdir(target)):
            if os.path.join(target, name) != stage:
                moved.append(_move(target, old, name))
        for name in sorted(os.listdir(new)):
            moved.append(_move(new, target, name))
    except OSError:
        for source, goal in reversed(moved):
            os.rename(goal, source)
        raise


def _move(source: str, goal: str, name: str) -> tuple[str, str]:
    pair = os.path.join(source, name), os.path.join(goal, name)
    os.rename(*pair)
    return pair
