"""Names of pages, folders and anchors: readable, safe on every file system, each given once."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Hashable

from ..writing import device

LONGEST = 120  # bytes of UTF-8; file systems take 255


class Names:
    """Gives each thing a name of its own, the same on every run. Names that differ in case alone count as one."""

    def __init__(self, *reserved: str) -> None:
        self.taken = {"readme", *reserved}
        self.of: dict[Hashable, str] = {}

    def take(self, key: Hashable, wanted: str = "") -> str:
        """The name of `key`, made of `wanted` when it is first asked for."""
        if key not in self.of:
            name = safe(wanted or str(key))
            number = 2
            while name.casefold() in self.taken:
                name = f"{safe(wanted or str(key))}-{number}"
                number += 1
            self.taken.add(name.casefold())
            self.of[key] = name
        return self.of[key]

    def __getitem__(self, key: Hashable) -> str:
        return self.of[key]


def safe(text: str) -> str:
    """The text as a file's name: words, dots and dashes; what had to be changed is told apart by a digest."""
    made = re.sub(r"[^\w.-]+", "_", text).strip("._") or "_"
    if device(made):
        stem, dot, rest = made.partition(".")
        made = f"{stem}_{dot}{rest}"
    raw = made.encode()
    if len(raw) > LONGEST:
        made = raw[:LONGEST].decode(errors="ignore")
    if made == text:
        return made
    return f"{made}-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
