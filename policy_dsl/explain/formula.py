"""A formula in words, with names or with the numbers filled in, in either keyword language."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from ..backends.entries import Instance
from ..backends.formatting import unit_text, value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import NOTHING, Held
from ..backends.values import Undetermined, Value, known
from ..ir import nodes as ir
from ..ir.periods import COIN, MONTHS_OF_A_YEAR, QUARTER_ENDS, money
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
    if entry is None or entry.entity.naming < 0:
        return ""
    given = entry.data[entry.entity.naming]
    return given if isinstance(given, str) else ""


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


class Words:
    """Renders formulas in one language; with an interpretation and an entry, with the numbers filled in."""

    def __init__(self, lang: str, interpretation: Interpretation | None = None, at: Instance | None = None) -> None:
        self.lang = lang
        self.interpretation = interpretation
        self.at = at
        self.depth = 0  # of the formula at hand inside the one that is rendered

    def text(self, node: ir.Expression, level: int = 0, like: ir.Expression | None = None) -> str:
        """The formula; `level` is how tightly what stands around it binds, `like` what it is compared with or added to."""
        if isinstance(node, ir.Constant) and like is not None:
            return self.constant(node._replace(type=_like(node, like) or node.type))
        self.depth += 1
        made, own = self._render(node)
        self.depth -= 1
        return f"({made})" if own < level else made

    def keyword(self, terminal: str) -> str:
        return spelling(terminal, self.lang)

    def value(self, value: Value, type_: Type, exact: bool = False) -> str:
        return value_text(value, type_, self.lang, exact)

    def leaf(self, node: ir.Expression, name: str) -> str:
        if self.interpretation is None:
            return name
        found = self.interpretation.evaluate(node, self.at)
        if isinstance(found, Undetermined) and isinstance(node, ir.FactRef):
            return self.keyword("UNKNOWN")
        return self.value(found, node.type)

    def _render(self, node: ir.Expression) -> tuple[str, int]:
        match node:
            case ir.Constant():
                return self.constant(node), 9
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
                return node.type.name, 9
            case ir.Moment():
                zh, en = MOMENT_WORDS[node.name]
                return self.leaf(node, zh if self.lang == "zh" else en), 9
            case ir.Not():
                return f"{self.keyword('NOT')} {self.text(node.operand, 3)}", 2
            case ir.Logic():
                word = f" {self.keyword(node.joined.upper())} "
                return word.join(self.text(p, 2) for p in parts_of(node)), 1
            case ir.Compare():
                word = comparison_in(node.word, self.lang)
                left, right = self._sides(node)
                return f"{left} {_PRETTY.get(word, word)} {right}", 3
            case ir.Among():
                options = ", ".join(self.text(o, like=node.item) for o in node.options)
                return f"{self.text(node.item, 4)} {self.keyword('AMONG')} ({options})", 3
            case ir.Arithmetic():
                own = _LEVEL[node.sign]
                sign = {"*": "×", "/": "÷"}.get(node.sign, node.sign)
                beside = (node.right, node.left) if node.sign in "+-" else (None, None)
                return f"{self.text(node.left, own, beside[0])} {sign} {self.text(node.right, own + 1, beside[1])}", own
            case ir.Call():
                like = next((a for a in node.arguments if not isinstance(a, ir.Constant)), None)
                return (
                    f"{self.function(node.function)}({', '.join(self.text(a, like=like) for a in node.arguments)})",
                    9,
                )
            case ir.AsOf():
                if self.interpretation is not None:
                    return self.leaf(node, ""), 9
                return f"{self.text(node.value)} {self.keyword('ON')} {self.text(node.day, 9)}", 9
            case ir.IfInForce():
                return self.if_in_force(node), 9
            case ir.Aggregate():
                return self.aggregate(node), 9
            case ir.Outside():
                return self.outside(node), 9
            case ir.CarriedRef():
                return self.leaf(node, carried_words(node.name, self.lang)), 9
            case ir.Past():
                return self.leaf(node, self.past(node)), 9
            case ir.Window():
                return self.window(node), 9
            case ir.Measure():
                return MEASURES[node.name][0 if self.lang == "zh" else 1], 9
        raise AssertionError(node)

    def past(self, node: ir.Past) -> str:
        default = f", {self.keyword('DEFAULT')} {self.text(node.default)}" if node.default is not None else ""
        return f"{self.function(node.function)}({rule_words(node.shown, self.lang)}{default})"

    def if_in_force(self, node: ir.IfInForce) -> str:
        """现行(标准, 默认 0); with numbers the value, or, where nothing is in force, the default: 现行(标准 没有规定, 默认 0 元/月)."""
        default = f"{self.keyword('DEFAULT')} {self.text(node.default)}"
        if self.interpretation is None:
            return f"{self.function('in_force')}({self.text(node.value)}, {default})"
        if self.interpretation.is_in_force(node.value, self.at) is not False:
            return self.leaf(node, "")
        read = node.value.value if isinstance(node.value, ir.AsOf) else node.value
        name = self.parameter(read) if isinstance(read, ir.ParameterRef) else read.name
        lacking = "没有规定" if self.lang == "zh" else "not in force"
        return f"{self.function('in_force')}({name} {lacking}, {default})"

    def window(self, node: ir.Window) -> str:
        """合计(近(3 个月, 月收入)); with numbers, each month's: 合计(100.00 元/月, 200.00 元/月, 默认 0 元/月)."""
        if self.interpretation is not None and self.at is not None:
            return self.window_numbers(node)
        default = f", {self.keyword('DEFAULT')} {self.text(node.default)}" if node.default is not None else ""
        months = f"{node.months} 个月" if self.lang == "zh" else f"{node.months} months"
        if node.year:
            months = THIS_YEAR[0 if self.lang == "zh" else 1]
        return f"{self.function(node.function)}({self.function('last')}({months}, {node.shown}{default}))"

    def window_numbers(self, node: ir.Window) -> str:
        interpretation = self.interpretation
        assert interpretation is not None
        here = interpretation.up(self.at, node.up) if self.at is not None else None
        if here is None or (isinstance(here.carried[node.name], Held) and here.carried[node.name] is not NOTHING):
            return self.value(interpretation.evaluate(node, self.at), node.type)
        type_ = next(c.type for c in here.entity.carried if c.name == node.name)
        values = [v for v in interpretation.months(here, node) if v is not NOTHING]
        shown = [self.value(v, type_) for v in values]
        missing = interpretation.lacking(here, node)
        if missing and node.default is not None:
            times = "" if missing == 1 else f" × {missing}"
            shown.insert(0, f"{self.keyword('DEFAULT')} {self.text(node.default)}{times}")
        if len(shown) > MOST_ENTRIES:
            rest = len(shown) - MOST_ENTRIES
            before = f"另 {rest} 个月……" if self.lang == "zh" else f"{rest} more months …"
            shown = [before, *shown[-MOST_ENTRIES:]]
        return f"{self.function(node.function)}({', '.join(shown) or '—'})"

    def _sides(self, node: ir.Compare) -> tuple[str, str]:
        """Both sides; where rounding for the eye would make them look equal, with the exact fraction."""
        left, right = self.text(node.left, 4, node.right), self.text(node.right, 4, node.left)
        if self.interpretation is not None and "≈" in left + right and left.lstrip("≈") == right.lstrip("≈"):
            both = [self.interpretation.evaluate(x, self.at) for x in (node.left, node.right)]
            return self.value(both[0], node.left.type, True), self.value(both[1], node.right.type, True)
        return left, right

    def function(self, key: str) -> str:
        row = BY_KEY[key]
        return (row.zh if self.lang == "zh" else row.en)[0]

    def constant(self, node: ir.Constant) -> str:
        """As short as it can be written: 1 元, not 1.00 元."""
        if not node.type.is_amount:
            return self.value(node.value, node.type)
        own = Fraction(node.value) / node.type.own.scale
        number = decimal_text(own) or str(own)
        words = unit_text(number, node.type, self.lang)
        return f"{number}{'' if words.startswith('%') else ' '}{words}".strip()

    def parameter(self, node: ir.ParameterRef) -> str:
        keys = f"({', '.join(Words(self.lang).text(k) for k in node.keys)})" if node.keys else ""
        name = f"{node.name}{keys}"
        return f"{self.function('floor_of')}({name})" if node.floor else name

    def aggregate(self, node: ir.Aggregate) -> str:
        """With names: 合计(成员.月收入 当 …). With numbers, what each entry contributes: 合计(甲 300.00 元/月, 乙 0.00 元/月)."""
        function = self.function(node.function)
        if self.interpretation is None:
            path = ".".join(node.lists)
            inner = path if node.value is None else self._inside(node.value, path)
            inner += f" {self.keyword('AS')} {node.alias}" if node.alias else ""
            called = node.alias or path
            where = f" {self.keyword('WHEN')} {self._inside(node.where, called)}" if node.where is not None else ""
            default = f", {self.keyword('DEFAULT')} {self.text(node.default)}" if node.default is not None else ""
            return f"{function}({inner}{where}{default})"
        node = self.interpretation.bound(node, self.at)
        entries = self.interpretation.entries(node, self.at)
        if not isinstance(entries, list):
            return self.value(self.interpretation.evaluate(node, self.at), node.type)
        named = any(who(entry) for entry in entries)
        if node.function == "repeats":
            shown = [entry_name(entry, node.lists) for entry in self.interpretation.repeated(node, entries)]
        else:
            shown = [made for entry in entries if (made := self.contribution(node, entry, named))]
        if len(shown) > MOST_ENTRIES:
            rest = len(shown) - MOST_ENTRIES
            shown = [*shown[:MOST_ENTRIES], f"……另 {rest} 项" if self.lang == "zh" else f"… {rest} more"]
        if not shown and node.default is not None and node.function not in ("count", "sum"):
            shown = [f"{self.keyword('DEFAULT')} {self.text(node.default)}"]
        if (
            node.function in ("count", "repeats") and self.depth > 1
        ):  # inside a formula people need the number: 2 人（甲、乙）
            number = self.value(self.interpretation.evaluate(node, self.at), node.type)
            return (
                f"{number}（{'、'.join(shown) or '—'}）"
                if self.lang == "zh"
                else f"{number} ({', '.join(shown) or '—'})"
            )
        return f"{function}({', '.join(shown) or '—'})"

    def contribution(self, node: ir.Aggregate, entry: Instance, named: bool) -> str:
        """What one entry adds to an aggregate, its name before it where entries have names; "" for one that does not count."""
        assert self.interpretation is not None
        holds = True if node.where is None else self.interpretation.evaluate(node.where, entry)
        if holds is False:
            return ""
        name = entry_name(entry, node.lists)
        if holds is not True:
            return f"{name} {self.value(holds, node.type)}"
        if node.value is None:
            return name
        value = self.interpretation.evaluate(node.value, entry)
        if node.function == "count" and known(value):
            return name if value is True else ""
        inner = Words(self.lang, self.interpretation, entry)
        shown = inner.leaf(node.value, "")
        if not isinstance(node.value, (ir.FactRef, ir.RuleRef, ir.ParameterRef, ir.AsOf, ir.Constant)):
            worked = inner.text(node.value)  # 甲 是（72 岁 ≥ 60 岁）
            shown = f"{shown}（{worked}）" if self.lang == "zh" else f"{shown} ({worked})"
        return f"{name} {shown}" if named else shown

    def outside(self, node: ir.Outside) -> str:
        """What is read of the entry outside a list function."""
        if self.interpretation is None:
            return Words(self.lang).text(node.value)
        return Words(self.lang, self.interpretation, self.interpretation.entry_at(node.at)).text(node.value, 9)

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
