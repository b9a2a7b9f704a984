"""A formula in words, with names or with the numbers filled in, in either keyword language."""

from __future__ import annotations

from fractions import Fraction

from ..backends.interpret import Instance, Interpretation
from ..backends.show import value_text
from ..backends.values import Value, known
from ..ir import nodes as ir
from ..model.functions import BY_KEY, MOMENT_WORDS
from ..model.types import amount, decimal_text
from ..model.units import Unit
from ..syntax.keywords import comparison_in, spelling

MOST_ENTRIES = 8  # of a list, shown inside a formula
_LEVEL = {"or": 1, "and": 1, "not": 2, "compare": 3, "+": 4, "-": 4, "*": 5, "/": 5}
_PRETTY = {"<=": "≤", ">=": "≥", "!=": "≠"}


class Words:
    """Renders formulas in one language; with an interpretation and an entry, with the numbers filled in."""

    def __init__(self, lang: str, interpretation: Interpretation | None = None, at: Instance | None = None) -> None:
        self.lang = lang
        self.interpretation = interpretation
        self.at = at

    @property
    def numbers(self) -> bool:
        return self.interpretation is not None

    def text(self, node: ir.Expression, level: int = 0) -> str:
        made, own = self._render(node)
        return f"({made})" if own < level else made

    def keyword(self, terminal: str) -> str:
        return spelling(terminal, self.lang)

    def leaf(self, node: ir.Expression, name: str) -> str:
        if self.interpretation is None:
            return name
        return value_text(self.interpretation.evaluate(node, self.at), node.type, self.lang)

    def _render(self, node: ir.Expression) -> tuple[str, int]:
        match node:
            case ir.Constant():
                return self.constant(node), 9
            case ir.FactRef() | ir.RuleRef():
                return self.leaf(node, f"{node.entity}.{node.name}" if node.up else node.name), 9
            case ir.ParameterRef():
                return self.leaf(node, self.parameter(node)), 9
            case ir.KeyRef():
                return node.type.name, 9
            case ir.Moment():
                zh, en = MOMENT_WORDS[node.name]
                return self.leaf(node, zh if self.lang == "zh" else en), 9
            case ir.Not():
                return f"{self.keyword('NOT')} {self.text(node.operand, 3)}", 2
            case ir.Logic():
                word = f" {self.keyword(node.joined.upper())} "
                return word.join(self.text(p, 2) for p in node.parts), 1
            case ir.Compare():
                word = comparison_in(node.word, self.lang)
                word = _PRETTY.get(word, word)
                return f"{self.text(node.left, 4)} {word} {self.text(node.right, 4)}", 3
            case ir.Among():
                options = ", ".join(self.text(o) for o in node.options)
                return f"{self.text(node.item, 4)} {self.keyword('AMONG')} ({options})", 3
            case ir.Arithmetic():
                own = _LEVEL[node.sign]
                sign = {"*": "×", "/": "÷"}.get(node.sign, node.sign)
                return f"{self.text(node.left, own)} {sign} {self.text(node.right, own + 1)}", own
            case ir.Call():
                return f"{self.function(node.function)}({', '.join(self.text(a) for a in node.arguments)})", 9
            case ir.Aggregate():
                return self.aggregate(node), 9
        raise AssertionError(node)

    def function(self, key: str) -> str:
        row = BY_KEY[key]
        return (row.zh if self.lang == "zh" else row.en)[0]

    def constant(self, node: ir.Constant) -> str:
        """As short as it can be written: 1 元, not 1.00 元."""
        if not node.type.is_amount:
            return value_text(node.value, node.type, self.lang)
        own = Fraction(node.value) / node.type.own.scale
        words = node.type.own.show(self.lang)
        return f"{decimal_text(own) or own}{'' if words == '%' else ' '}{words}".strip()

    def parameter(self, node: ir.ParameterRef) -> str:
        keys = f"({', '.join(Words(self.lang).text(k) for k in node.keys)})" if node.keys else ""
        name = f"{node.name}{keys}"
        return f"{self.function('floor_of')}({name})" if node.floor else name

    def aggregate(self, node: ir.Aggregate) -> str:
        function = self.function(node.function)
        path = ".".join(node.lists)
        if self.interpretation is None:
            inner = path if node.value is None else self._inside(node.value, path)
            where = f" {self.keyword('WHEN')} {self._inside(node.where, path)}" if node.where is not None else ""
            default = f", {self.keyword('DEFAULT')} {self.text(node.default)}" if node.default is not None else ""
            return f"{function}({inner}{where}{default})"
        entries = self.interpretation.entries(node, self.at)
        if not isinstance(entries, list):
            return value_text(entries, node.type, self.lang)
        if node.function == "count":
            return value_text(self.interpretation.evaluate(node, self.at), node.type, self.lang)
        shown = []
        for entry in entries:
            if node.where is not None and self.interpretation.evaluate(node.where, entry) is False:
                continue
            assert node.value is not None
            shown.append(value_text(self.interpretation.evaluate(node.value, entry), node.value.type, self.lang))
        if len(shown) > MOST_ENTRIES:
            rest = len(shown) - MOST_ENTRIES
            shown = [*shown[:MOST_ENTRIES], f"……共 {len(shown)} 项" if self.lang == "zh" else f"… {rest} more"]
        return f"{function}({', '.join(shown) or '—'})"

    def _inside(self, node: ir.Expression, path: str) -> str:
        """A formula about a list's entries, their own names written with the list's."""
        return _Inside(self.lang, path).text(node)


class _Inside(Words):
    def __init__(self, lang: str, path: str) -> None:
        super().__init__(lang)
        self.path = path

    def leaf(self, node: ir.Expression, name: str) -> str:
        if isinstance(node, (ir.FactRef, ir.RuleRef)) and node.up == 0:
            return f"{self.path}.{node.name}"
        return name


def conversion(node: ir.Expression, value: Value, unit: Unit, lang: str) -> str | None:
    """`5268.00 元/人/年 = 439.00 元/人/月`, where a value is read beside one in another unit of its kind."""
    if (
        not known(value)
        or not node.type.is_amount
        or node.type.unit.scale == unit.scale
        or unit.is_percent
        or node.type.unit.is_percent
    ):
        return None
    return f"{value_text(value, node.type._replace(written=None), lang)} = {value_text(value, amount(unit), lang)}"
