"""Diagnostics as data, the collector that passes report to, and nearest names."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any, NamedTuple

from ..source import Place, Span


class Label(NamedTuple):
    """A further place that has a part in the matter, with its words."""

    place: Place
    zh: str
    en: str


class Witness(NamedTuple):
    """A case that shows a finding: facts as JSON has them, the day, and what came out (path, value for eyes).

    `supposed`: what stands under 上月 was made up, and no history need lead there.
    """

    facts: object
    on: str
    outputs: tuple[tuple[str, str], ...]
    supposed: bool = False


class Diagnostic(NamedTuple):
    """One finding. `place` is where it stands in a file, `path` where it stands in given facts (家庭.成员[0].月收入)."""

    code: str
    severity: str  # error, warning, note
    zh: str
    en: str
    place: Place | None = None
    path: str = ""
    labels: tuple[Label, ...] = ()
    help_zh: str = ""
    help_en: str = ""
    clause: str = ""
    witness: tuple[Witness, ...] = ()
    allowed: str = ""  # why it may stay as it is, where the policy says so

    def message(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def help(self, lang: str) -> str:
        return self.help_zh if lang == "zh" else self.help_en


def diagnostic(
    code_: str,
    place: Place | Span | None = None,
    *,
    at: str = "",
    labels: Iterable[tuple[Place | Span, str, str]] = (),
    hint: tuple[str, str] | None = None,
    clause: str = "",
    severity: str = "",
    **words: Any,
) -> Diagnostic:
    """Fills the templates of a code; `hint` and `severity` replace the table's where the case knows better. `at` is a path in given facts."""
    from .codes import CODES  # only when there is something to say

    row = CODES[code_]
    words = {key: shortened(word) if isinstance(word, str) else word for key, word in words.items()}
    if hint is None:
        hint = ("", "") if "{hint}" in row.help_zh else (row.help_zh.format(**words), row.help_en.format(**words))
    help_zh, help_en = (shortened(text, 400) for text in hint)
    return Diagnostic(
        code_,
        severity or row.severity,
        row.zh.format(**words),
        row.en.format(**words),
        place.place if isinstance(place, Span) else place,
        shortened(at, 1000),
        tuple(Label(p.place if isinstance(p, Span) else p, zh, en) for p, zh, en in list(labels)[:MOST_LABELS]),
        help_zh,
        help_en,
        clause,
    )


def shortened(text: str, most: int = 200) -> str:
    """A written word as a message shows it: a very long one loses its middle."""
    return text if len(text) <= most else f"{text[: most - 30]}…{text[-29:]}"


MOST = 100  # findings of one run; more are counted, not shown
KEPT = 2 * MOST  # where a run ends: who has so much to mend needs no more, and a file of rubbish must not take minutes
MOST_LABELS = 12


class Enough(Exception):
    """Raised where a report is full; the passes stop (pipeline.py)."""


class Report:
    """Collects what the passes find, once per place and code, in the order of the text. Raises Enough when it is full, unless it holds
    what several policies have (`ends` no)."""

    def __init__(self, *, ends: bool = True) -> None:
        self._ends = ends
        self.items: list[Diagnostic] = []
        self.allowed: list[Diagnostic] = []  # what the policy allows, with its reason
        self._seen: set[tuple[object, ...]] = set()
        self._errors = 0

    def add(self, found: Diagnostic) -> None:
        key = (found.code, found.place, found.path, found.zh)
        if key not in self._seen:
            self._seen.add(key)
            (self.allowed if found.allowed else self.items).append(found)
            self._errors += found.severity == "error"
        if self.full:
            raise Enough

    def replace(self, found: Diagnostic, better: Diagnostic) -> None:
        """Puts what is known better in the place of what was found."""
        self.items = [better if x is found else x for x in self.items]

    def set_aside(self, reason: Callable[[Diagnostic], str]) -> None:
        """Sets aside the items that the policy allows, each with its reason ("": it stays)."""
        told = [(found, reason(found)) for found in self.items]
        self.items = [found for found, why in told if not why]
        self.allowed += [found._replace(allowed=why) for found, why in told if why]

    def take(self, other: Report) -> None:
        """Adds all that another report holds."""
        for found in (*other.items, *other.allowed):
            self.add(found)

    @property
    def full(self) -> bool:
        """Of errors: warnings must not end the passes."""
        return self._ends and self._errors >= KEPT

    def error(
        self,
        code: str,
        place: Place | Span | None = None,
        *,
        labels: Iterable[tuple[Place | Span, str, str]] = (),
        hint: tuple[str, str] | None = None,
        clause: str = "",
        severity: str = "",
        **words: Any,
    ) -> None:
        self.add(diagnostic(code, place, labels=labels, hint=hint, clause=clause, severity=severity, **words))

    @property
    def failed(self) -> bool:
        return any(d.severity == "error" for d in self.items)

    def sorted(self) -> list[Diagnostic]:
        def key(d: Diagnostic) -> tuple[str, int, int, str]:
            return (d.place.file, d.place.line, d.place.column, d.code) if d.place else ("", 0, 0, d.code)

        return sorted(self.items, key=key)


class PolicyError(Exception):
    """Raised by the Python API for input at fault: a policy that does not compile, facts that are refused.

    `diagnostics` holds what is wrong, each with its place; `str()` renders them in Chinese.
    """

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__(self.diagnostics)

    def __str__(self) -> str:
        from .render import text

        return text(self.diagnostics, "zh")


MOST_KNOWN = 2_000  # names compared for a suggestion
MOST_MEASURED = 100  # of them measured letter by letter


def _distance(a: str, b: str, limit: int) -> int:
    """Edits (insert, delete, replace, swap of neighbours) from a to b, or more than `limit`."""
    if abs(len(a) - len(b)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        before, last, row = row, before, [i]
        for j, y in enumerate(b, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and a[i - 2] == y:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return row[-1]


def nearest(name: str, known: Iterable[str], most: int = 3) -> list[str]:
    """Known names that `name` was probably meant to be, nearest first (edit distance, look-alike characters folded)."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    limit = 1 if len(folded) <= 3 else 2 if len(folded) <= 7 else 3
    letters = set(folded)
    measured = 0
    scored = []
    for other in islice(dict.fromkeys(known), MOST_KNOWN):
        plain = other.casefold() if other.isascii() else unicodedata.normalize("NFKC", other).casefold()
        d = limit + 1
        # an edit adds or takes away two letters at most; whatever differs in more is not worth measuring
        if (
            abs(len(plain) - len(folded)) <= limit
            and len(letters ^ set(plain)) <= 2 * limit
            and measured < MOST_MEASURED
        ):
            measured += 1
            d = _distance(folded[:200], plain[:200], limit)
        if d <= limit and d < max(len(folded), len(plain)):
            scored.append((d, other))
        elif len(folded) >= 2 and (folded in plain or plain in folded) and len(plain) >= 2:
            scored.append((limit + 1, other))
    return [other for _, other in sorted(scored, key=lambda s: s[0])][:most]


def suggestion(name: str, known: Iterable[str]) -> tuple[str, str]:
    """ "Did you mean" in both languages, or two empty strings."""
    found = nearest(name, known)
    if not found:
        return "", ""
    zh = "、".join(f"「{n}」" for n in found)
    return f"是不是 {zh}？", "did you mean " + " or ".join(f"“{n}”" for n in found) + "?"
