"""Lines: indented, broken where they are too long, and a word in 「」 where it opens one that it must not open."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ...source import width
from .. import characters

WIDTH = 100  # columns of a line; a longer condition takes a line for each of its parts
_PLAIN = re.compile(characters.NAME)


def joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def opening(text: str, words: frozenset[str]) -> str:
    """`text` with its first word in 「」 where only standing first would make a keyword of it."""
    first = re.match(r"\w+", text)
    return f"「{first.group()}」{text[first.end() :]}" if first and first.group() in words else text


def fitted(text: str, depth: int) -> Iterator[str]:
    """The line, broken where \\n marks that it may be (before 且 and 或) if it is too long for one."""
    flat = "  " * depth + text.replace("\n", " ")
    if width(flat) <= WIDTH:
        yield flat
        return
    for n, part in enumerate(text.split("\n")):
        yield "  " * (depth + 2 if n else depth) + part


def plain(name: str) -> bool:
    """Whether a name can be read without 「」."""
    return _PLAIN.fullmatch(name) is not None and characters.disguised(name) < 0
