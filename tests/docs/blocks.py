"""The code blocks of a Markdown page, and what a reader would see on running them.

Conventions of our pages:

- ```policy compiles, and its examples hold. A block without a 政策 line stands on the prelude of docs/language/index.md. Exempt is
  ```policy fragment, and a block right below `<!-- fragment -->` (which a site renders well).
- ```console holds `$ command` lines with what they print; `…` alone on a line stands for anything. Without output it must succeed.
- ```sh: its `policy` lines must succeed, its `make` targets must exist.
- ```pycon is a doctest, ```python is run; the blocks of a page share one namespace.
- A block with title="NAME" is a file of that name in the folder in which the page's later blocks run.
"""

from __future__ import annotations

import doctest
import re
from pathlib import Path
from typing import NamedTuple

FENCE = re.compile(r"^(?P<pad> *)(?P<marks>`{3,})(?P<lang>[\w#.+-]*)(?P<info>[^`\n]*)$")
TITLE = re.compile(r'title="([^"]+)"')


class Block(NamedTuple):
    """One fenced block: where its first line of text stands (from 1), its language, its options, its text."""

    page: Path
    line: int
    lang: str
    title: str
    fragment: bool
    text: str

    def __str__(self) -> str:
        return f"{self.page.name}:{self.line}"


class Command(NamedTuple):
    """A `$ line` of a console block with the output printed under it."""

    text: str
    output: str


def blocks(page: Path) -> list[Block]:
    """All fenced blocks of a page."""
    out: list[Block] = []
    lines = page.read_text(encoding="utf-8").splitlines()
    at = 0
    while at < len(lines):
        fence = FENCE.match(lines[at])
        if fence is None:
            at += 1
            continue
        begin, pad = at + 1, len(fence["pad"])
        end = next(i for i in range(begin, len(lines)) if lines[i].strip() == fence["marks"])
        title = TITLE.search(fence["info"])
        marked = "fragment" in fence["info"].split() or (at > 0 and lines[at - 1].strip() == "<!-- fragment -->")
        text = "".join(line[pad:] + "\n" for line in lines[begin:end])
        out.append(Block(page, begin + 1, fence["lang"], title[1] if title else "", marked, text))
        at = end + 1
    return out


def commands(text: str) -> list[Command]:
    """The commands of a console block."""
    out: list[Command] = []
    for line in text.splitlines():
        if line.startswith("$ "):
            out.append(Command(line[2:], ""))
        elif out:
            out[-1] = Command(out[-1].text, out[-1].output + line + "\n")
    return out


def agrees(wanted: str, found: str) -> bool:
    """Whether an output is as printed; … alone on a line stands for any lines."""
    doctested = "\n".join("..." if line.strip() == "…" else line for line in wanted.rstrip().splitlines())
    return doctest.OutputChecker().check_output(doctested + "\n", found.rstrip() + "\n", doctest.ELLIPSIS)


def rewritten(page: Path, block: Block, outputs: list[str]) -> str:
    """The page's text with a console block's outputs replaced; those that have … in them are left to people."""
    shown = []
    for command, output in zip(commands(block.text), outputs, strict=True):
        keep = "…" in [line.strip() for line in command.output.splitlines()]
        shown += [f"$ {command.text}", *(command.output if keep else output).rstrip().splitlines()]
    lines = page.read_text(encoding="utf-8").splitlines()
    old = block.text.splitlines()
    first = block.line - 1
    return "\n".join([*lines[:first], *shown, *lines[first + len(old) :]]) + "\n"
