"""What lines and cells share: the dates before, what is given, the notes behind."""

from __future__ import annotations

from .. import keywords, nodes
from .expressions import Expressions
from .layout import opening

RESULT = frozenset(keywords.words("result"))


class Results(Expressions):
    """Dates, results, notes."""

    def dates(self, d: nodes.Dates) -> str:
        parts = (("FROM", d.since), ("TO", d.until), ("PUBLISHED", d.published), ("REVIEW", d.review))
        return " ".join(f"{self.word(terminal)} {day}" for terminal, day in parts if day is not None)

    def notes(self, notes: nodes.Notes) -> str:
        """With a space before each, as they stand behind a line."""
        said = [("UNDER", x) for x in notes.basis] + [("ASSUME", x) for x in notes.assumptions]
        return "".join(f" {self.word(terminal)} {x}".rstrip() for terminal, x in said)

    def result(self, r: nodes.Result, keyword: frozenset[str] = RESULT) -> str:
        made = self.condition(r.value) if r.value is not None else ""
        match r.kind:
            case "exact":
                return opening(made, keyword)
            case "floor":
                return f"{self.compared('不低于')} {made}"
            case "target":
                return f"{self.word('TARGET')} {made}"
            case "pending":
                bounds = "" if r.range is None else ", " + "..".join(map(self.expression, r.range))
                return self.word("PENDING") + bounds
            case "absent":
                return "—"
