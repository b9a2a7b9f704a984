"""Examples: what is given, and what is expected."""

from __future__ import annotations

from .. import characters, keywords, nodes
from ..nodes import Name
from .expressions import Expressions
from .layout import opening, plain

_VALUE = frozenset(keywords.words("value"))
_EXAMPLE_LINE = frozenset(keywords.words("line", "EXAMPLE"))


class Examples(Expressions):
    """The lines of a 案例."""

    def entry(self, e: nodes.Entry) -> str:
        assigned = ", ".join(f"{self.assigned(a)} = {self.value(a.given)}" for a in e.assignments)
        who = f"{self.names(e.target, ' ')}: {assigned}"
        if not e.expected:
            if e.month is None:
                return opening(who, _EXAMPLE_LINE)
            dates = (("FROM", e.month), ("TO", e.until), ("LEARNED", e.learned))
            return " ".join([*(f"{self.word(t)} {day}" for t, day in dates if day is not None), who])
        if not e.target:
            return f"{self.word('EXPECT')} {self.word('FAILURE')}"
        return f"{self.word('EXPECT')} {opening(who, _VALUE) if e.month is None else f'{e.month} {who}'}"

    def assigned(self, a: nodes.Assignment) -> str:
        name = self.names(a.name, ".")
        if not a.measure:
            return name
        zh, en = keywords.MEASURES[a.measure]
        return f"{zh if self.lang == 'zh' else en}({name})"

    def value(self, g: nodes.Given) -> str:
        match g:
            case nodes.Given("unknown", _, names):
                return self.word("UNKNOWN") + (f"({self.names(names)})" if names else "")
            case nodes.Given("error", _, names):
                return " ".join([self.word("FAILURE"), *map(self.name, names)])
            case nodes.Given(_, Name((said,))) if not plain(said) and '"' not in characters.fold(said):
                return f'"{said}"'
            case nodes.Given(_, value):
                return opening(self.expression(value), _VALUE) if value is not None else ""
