"""Markdown that says what it is given: nothing in a policy's words can become markup. Plain enough for any renderer.

Two columns are `div`s with the attribute `markdown` (the site's extension md_in_html); elsewhere they stand one below the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from ..source import visible

_MARKS = {c: f"\\{c}" for c in "\\`*_{}[]#!>"}  # what both CommonMark and Python-Markdown take back from a backslash
_MARKS |= {c: f"&#{ord(c)};" for c in "&<|~^$="}
_FIRST = re.compile(r"^(\s*)([-+:]|\d+[.)])")  # a list, or a definition, at a line's beginning


def md(text: str) -> str:
    """The text, inside a line."""
    return "".join(_MARKS.get(c, c) for c in " ".join(text.split()))


def opening(text: str) -> str:
    """The text where a line begins with it."""
    made = md(text)
    first = _FIRST.match(made)
    return made if first is None else f"{first[1]}&#{ord(first[2][0])};{made[first.start(2) + 1 :]}"


def link(text: str, target: str) -> str:
    return f"[{md(text)}]({target})"


def anchor(name: str) -> str:
    return f'<a id="{escape(name)}"></a>'


def code(text: str, lang: str = "text") -> str:
    """A fenced block, its fence longer than any in the text."""
    longest = max((len(m) for m in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{lang}\n{text.rstrip()}\n{fence}"


def whole(block: str) -> str:
    """A fenced block in which a table stands, so that no line of it is broken; any other as it is."""
    return f'<div class="whole" markdown>\n\n{block}\n\n</div>' if re.search(r"^ *\|", block, re.MULTILINE) else block


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are Markdown already; "" when there are no rows. A column in which nothing stands is left out."""
    rows = list(rows)
    kept = [n for n in range(len(head)) if any(r[n] != "—" for r in rows)]
    head, rows = [head[n] for n in kept], [[r[n] for n in kept] for r in rows]
    made = [f"| {' | '.join(cells)} |" for cells in rows]
    return "\n".join([f"| {' | '.join(head)} |", "|" + " --- |" * len(head), *made]) if made else ""


def beside(left: str, right: str) -> str:
    """Two columns."""
    return f'<div class="beside" markdown>\n<div markdown>\n\n{left}\n\n</div>\n<div markdown>\n\n{right}\n\n</div>\n</div>'


def listing(text: str) -> str:
    """A file as it was written; each line is an anchor, L1 the first."""
    lines = [f'<span id="L{n}">{_plain(line)}</span>' for n, line in enumerate(text.rstrip().split("\n"), 1)]
    return '<pre class="listing"><code>' + "\n".join(lines) + "</code></pre>"


def _plain(text: str) -> str:
    return escape(visible(text.rstrip("\r"))).replace("`", "&#96;")  # a fence is looked for in HTML, too


def folded(summary: str, inside: str, name: str = "") -> str:
    """What is opened by its summary; a link to its name opens it, too."""
    named = f' id="{escape(name)}"' if name else ""
    return f"<details{named} markdown>\n<summary>{escape(summary)}</summary>\n\n{inside}\n\n</details>"


def page(parts: Iterable[str]) -> str:
    """The parts with blank lines between, those that are empty left out."""
    return "\n\n".join(p for p in parts if p) + "\n"
