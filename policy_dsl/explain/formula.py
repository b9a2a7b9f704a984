"""A formula in words, with names or with the numbers filled in, in either keyword language."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from ..backends.entries import Instance
from ..backends.formatting import unit_text, value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import Value
from ..ir import nodes as ir
from ..ir.periods import COIN, MONTHS_OF_A_YEAR, QUARTER_ENDS, money
from ..ir.traverse import condition_of, paid_on
from ..model.functions import BY_KEY, BY_NAME, MOMENT_WORDS, THIS_YEAR
from ..model.reserved_keys import CARRIED_PARTS, PARTS
from ..model.types import Type, amount, decimal_text
from ..model.units import Unit
from ..syntax.keywords import comparison_in, spelling

MOST_ENTRIES = 8  # of a list, shown inside a formula
_LEVEL = {"or": 1, "and": 1, "not": 2, "compare": 3, "+": 4, "-": 4, "*": 5, "/": 5}
MEASURES = {"paid": ("已发", "paid"), "due": ("应发", "due")}
_PRETTY = {"<=": "≤", ">=": "≥", "!=": "≠"}


def who(entry: Instance | None) -> str:
    """The name that an entry's text fact gives it, or ""; what identifies it is no name."""
    return "" if entry is None else entry.called


def entry_name(entry: Instance, lists: tuple[str, ...]) -> str:
    """An entry as a formula over `lists` names it: by its name, else 成员[0]."""
    return who(entry) or ".".join(entry.path.split(".")[-len(lists) :])


def parts_of(node: ir.Logic) -> Iterator[ir.Expression]:
    """The parts of 且 or 或, those of a part joined by the same word in its place: `a ≤ x < b` is two comparisons."""
    for part in node.parts:
        if isinstance(part, ir.Logic) and part.joined == node.joined:
            yield from parts_of(part)
        else:
            yield part


def rule_words(name: str, lang: str) -> str:
    """A rule as a formula names it; what is known of a benefit in parts in the words of the language: 份额(月发), share(月发)."""
    head, opens, rest = name.partition("(")
    return f"{PARTS[head]}({rest}" if opens and head in PARTS and lang != "zh" else name


def parts_words(parts: ir.Parts, type_: Type, lang: str) -> str:
    """How a benefit of this type is paid in parts, as it is written: 按季发 于 1 月、4 月、7 月、10 月 向下取整 1 元."""
    months, zh = parts.months, lang == "zh"
    said = spelling("MONTHLY" if len(months) == len(MONTHS_OF_A_YEAR) else "QUARTERLY", lang)
    if len(months) < len(MONTHS_OF_A_YEAR) and months != QUARTER_ENDS:
        listed = "、".join(f"{m} 月" for m in months) if zh else ", ".join(map(str, months))
        said += f" {spelling('PAY_MONTHS', lang)} {listed}"
    if (parts.rounding, parts.step) != ("round_half_up", COIN):
        row = BY_KEY[parts.rounding]
        step = Words(lang).constant(ir.Constant(parts.step, money(type_), parts.place))
        said += f" {(row.zh if zh else row.en)[0]} {step}"
    return said


def carried_words(name: str, lang: str) -> str:
    """What an entry carries, as a formula names it: 上月(保障金), 持续(低保状态)."""
    head, opens, rest = name.partition("(")
    if opens and head in CARRIED_PARTS:
        name = rule_words(name, lang)
    row = BY_NAME.get(head) if opens else None
    if row is None:
        return f"{BY_KEY['previous'].zh[0] if lang == 'zh' else BY_KEY['previous'].en[0]}({name})"
    return f"{(row.zh if lang == 'zh' else row.en)[0]}({rest}"


def _like(node: ir.Expression, other: ir.Expression) -> Type | None:
    """The type in whose own words a written amount beside `other` is shown: 2 万元 不超过 10 万元, though both are per 户."""
    same = (
        isinstance(node, ir.Constant) and other.type.written is not None and node.type.unit.dims == other.type.unit.dims
    )
    if not same:
        return None
    kept = {w for w, _ in other.type.own.words}
    mine = tuple((w, n) for w, n in node.type.own.words if n > 0 or w in kept)
    return node.type._replace(written=Unit(mine))


Fill = Callable[[Interpretation, Instance | None], str]
Piece = str | Fill  # words, and what one decision fills in at one entry
Pieces = list[Piece]


def joined(*parts: str | Pieces) -> Pieces:
    """Pieces one behind the other, what is words all through in one."""
    made: Pieces = []
    for part in parts:
        for piece in (part,) if isinstance(part, str) else part:
            if isinstance(piece, str) and made and isinstance(made[-1], str):
                made[-1] += piece
            elif piece:
                made.append(piece)
    return made


def listed(mark: str, parts: Iterable[Pieces]) -> Pieces:
    """Parts with a mark between them."""
    return joined(*(x for n, part in enumerate(parts) for x in ((mark, part) if n else (part,))))


class Words:
    """Renders formulas in one language, with the names of what they read."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self.depth = 0  # of the formula at hand inside the one that is rendered

    def text(self, node: ir.Expression) -> str:
        """The formula in words."""
        return "".join(str(x) for x in self.pieces(node))

    def pieces(self, node: ir.Expression, level: int = 0, like: ir.Expression | None = None) -> Pieces:
        """The formula; `level` is how tightly what stands around it binds, `like` what it is compared with or added to."""
        if isinstance(node, ir.Constant) and like is not None:
            return [self.constant(node._replace(type=_like(node, like) or node.type))]
        self.depth += 1
        made, own = self._render(node)
        self.depth -= 1
        return joined("(", made, ")") if own < level else made

    def keyword(self, terminal: str) -> str:
        return spelling(terminal, self.lang)

    def leaf(self, node: ir.Expression, name: str) -> Pieces:
        """What is read, by its name."""
        return [name]

    def _render(self, node: ir.Expression) -> tuple[Pieces, int]:
        match node:
            case ir.Constant():
                return [self.constant(node)], 9
            case ir.RuleRef() if node.displaced:
                return self.leaf(node, self.keyword("DISPLACED")), 9
            case ir.RuleRef():
                name = rule_words(node.name, self.lang)
                return self.leaf(node, f"{node.entity}.{name}" if node.up else name), 9
            case ir.FactRef():
                return self.leaf(node, f"{node.entity}.{node.name}" if node.up else node.name), 9
            case ir.ParameterRef():
                return self.leaf(node, self.parameter(node)), 9
            case ir.KeyRef():
                return [node.type.name], 9
            case ir.Moment():
                zh, en = MOMENT_WORDS[node.name]
                return self.leaf(node, zh if self.lang == "zh" else en), 9
            case ir.Not():
                return joined(f"{self.keyword('NOT')} ", self.pieces(node.operand, 3)), 2
            case ir.Logic():
                word = f" {self.keyword(node.joined.upper())} "
                return listed(word, (self.pieces(p, 2) for p in parts_of(node))), 1
            case ir.Compare():
                word = comparison_in(node.word, self.lang)
                return self.sides(node, f" {_PRETTY.get(word, word)} "), 3
            case ir.Among():
                options = listed(", ", (self.pieces(o, like=node.item) for o in node.options))
                return joined(self.pieces(node.item, 4), f" {self.keyword('AMONG')} (", options, ")"), 3
            case ir.Arithmetic():
                own = _LEVEL[node.sign]
                sign = {"*": "×", "/": "÷"}.get(node.sign, node.sign)
                beside = (node.right, node.left) if node.sign in "+-" else (None, None)
                left, right = self.pieces(node.left, own, beside[0]), self.pieces(node.right, own + 1, beside[1])
                return joined(left, f" {sign} ", right), own
            case ir.Call():
                like = next((a for a in node.arguments if not isinstance(a, ir.Constant)), None)
                arguments = listed(", ", (self.pieces(a, like=like) for a in node.arguments))
                return joined(f"{self.function(node.function)}(", arguments, ")"), 9
            case ir.AsOf():
                return self.as_of(node), 9
            case ir.IfInForce():
                return self.if_in_force(node), 9
            case ir.Aggregate():
                return self.aggregate(node), 9
            case ir.Outside():
                return self.outside(node), 9
            case ir.CarriedRef():
                return self.leaf(node, carried_words(node.name, self.lang)), 9
            case ir.Past():
                return self.past(node), 9
            case ir.Window():
                return self.window(node), 9
            case ir.Measure():
                return [MEASURES[node.name][0 if self.lang == "zh" else 1]], 9
        raise AssertionError(node)

    def sides(self, node: ir.Compare, sign: str) -> Pieces:
        return joined(self.pieces(node.left, 4, node.right), sign, self.pieces(node.right, 4, node.left))

    def default(self, node: ir.Expression | None, mark: str = ", ") -> Pieces:
        """`, 默认 0`, or nothing."""
        return joined(f"{mark}{self.keyword('DEFAULT')} ", self.pieces(node)) if node is not None else []

    def as_of(self, node: ir.AsOf) -> Pieces:
        return joined(self.pieces(node.value), f" {self.keyword('ON')} ", self.pieces(node.day, 9))

    def past(self, node: ir.Past) -> Pieces:
        name = rule_words(node.shown, self.lang)
        return joined(f"{self.function(node.function)}({name}", self.default(node.default), ")")

    def if_in_force(self, node: ir.IfInForce) -> Pieces:
        """现行(标准, 默认 0)."""
        return joined(f"{self.function('in_force')}(", self.pieces(node.value), self.default(node.default), ")")

    def window(self, node: ir.Window) -> Pieces:
        """合计(近(3 个月, 月收入))."""
        months = f"{node.months} 个月" if self.lang == "zh" else f"{node.months} months"
        if node.year:
            months = THIS_YEAR[0 if self.lang == "zh" else 1]
        head = f"{self.function(node.function)}({self.function('last')}({months}, {node.shown}"
        return joined(head, self.default(node.default), "))")

    def function(self, key: str) -> str:
        row = BY_KEY[key]
        return (row.zh if self.lang == "zh" else row.en)[0]

    def constant(self, node: ir.Constant) -> str:
        """As short as it can be written: 1 元, not 1.00 元."""
        if not node.type.is_amount:
            return value_text(node.value, node.type, self.lang)
        own = Fraction(node.value) / node.type.own.scale
        number = decimal_text(own) or str(own)
        words = unit_text(number, node.type, self.lang)
        return f"{number}{'' if words.startswith('%') else ' '}{words}".strip()

    def parameter(self, node: ir.ParameterRef) -> str:
        keys = f"({', '.join(Words(self.lang).text(k) for k in node.keys)})" if node.keys else ""
        name = f"{node.name}{keys}"
        return f"{self.function('floor_of')}({name})" if node.floor else name

    def aggregate(self, node: ir.Aggregate) -> Pieces:
        """合计(成员.月收入 当 …)."""
        path = ".".join(node.lists)
        inner: Pieces = [path] if node.value is None else self._inside(node.value, path)
        named = f" {self.keyword('AS')} {node.alias}" if node.alias else ""
        where: Pieces = []
        if node.where is not None:
            where = joined(f" {self.keyword('WHEN')} ", self._inside(node.where, node.alias or path))
        return joined(f"{self.function(node.function)}(", inner, named, where, self.default(node.default), ")")

    def outside(self, node: ir.Outside) -> Pieces:
        """What is read of the entry outside a list function."""
        return Words(self.lang).pieces(node.value)

    def _inside(self, node: ir.Expression, path: str) -> Pieces:
        """A formula about a list's entries, their own names written with the list's."""
        return _Inside(self.lang, path).pieces(node)


class _Inside(Words):
    def __init__(self, lang: str, path: str) -> None:
        super().__init__(lang)
        self.path = path

    def leaf(self, node: ir.Expression, name: str) -> Pieces:
        if isinstance(node, (ir.FactRef, ir.RuleRef)) and node.up == 0:
            return [f"{self.path}.{node.name}"]
        return [name]


def line_text(line: ir.Line, lang: str) -> str:
    """A line of a rule as it would be written; a table's row with its conditions joined."""
    words = Words(lang)
    result = f"{spelling('IS', lang)} {words.text(line.result)}"
    if line.kind == "value":
        return result
    if line.kind == "otherwise":
        return f"{spelling('OTHERWISE', lang)} {result}"
    condition = words.text(line.condition) if line.condition is not None else ""
    if line.kind == "row":
        row = "表格行" if lang == "zh" else "table row"
        return f"{row} {condition or '—'} → {words.text(line.result)}"
    if line.kind == "transition":
        return f"{line.label} {spelling('WHEN', lang)} {words.text(condition_of(line))}"
    if line.key == ir.PAID_ON:
        return f"{spelling('PAID_ON', lang)} {words.text(paid_on(line))}"
    label = f"{spelling('EXCEPT', lang)} {line.label} ".replace("  ", " ") if line.kind == "exception" else ""
    return f"{label}{spelling('WHEN', lang)} {condition} {result}"


def conversion(node: ir.Expression, value: Value, unit: Unit, lang: str) -> str:
    """`5268.00 元/人/年 = 439.00 元/人/月`, where a value is read beside one in another unit of its kind."""
    return f"{value_text(value, node.type._replace(written=None), lang)} = {value_text(value, amount(unit), lang)}"
