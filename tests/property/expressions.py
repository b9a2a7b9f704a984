"""Expressions as text, each for the type that is wanted. They know the language by its rules (units, names, contexts), not its parser."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from policy_dsl.model.types import WHOLE, Type, amount
from policy_dsl.model.units import unit_of
from policy_dsl.syntax.keywords import COMPARISON_WORDS

from .dice import Dice

Dims = tuple[tuple[str, int], ...]
RATE: Dims = (("month", -1),)  # of %/年

NUMBERS = ("1", "2", "0", "3", "10", "0.5", "12", "100", "1.5", "99.99", "7", "365", "1000", "250.01")
PERCENTS = ("50%", "100%", "0%", "10%", "33.3%", "150%", "60%", "0.5%")
DAYS = ("2022-01-01", "2021-01-01", "2022-07-01", "2023-01-01", "2020-02-29", "2022-03-31", "2022-12-31", "1990-06-15")
STARTS = ("2021-01-01", "2022-01-01", "2022-07", "2023-03-15", "2024-02-29", "2020-01")
SIGNS = ("<", "≤", ">", "≥", "=", "≠", "<=", ">=", "!=")
ORDERS = ("<", "≤", ">", "≥", "<=", ">=")
WORDS = tuple(w for w in COMPARISON_WORDS if not w.isascii())
AT_LEAST = "不低于"  # opens a floor where a result may stand, so only used inside comparisons
ODD_NAMES = (
    "class", "None", "on", "data", "P", "UNKNOWN", "v", "o0", "x1", "t1", "max", "__", "é", "标题", "定", "「两 字」", "「且」", "「是」",
    "「a|b」", "「3」", "Defer", "read", "_",
)  # fmt: skip
WORDS_OF = {
    "money": ("元", "角", "分", "万元"), "person": ("人",), "household": ("户",), "month": ("月", "年", "季", "个月"),
    "day": ("日", "天", "周"), "times": ("次",), "workday": ("工作日",), "「亩」": ("亩",), "「度」": ("度",),
}  # fmt: skip
FACT_TYPES = (
    "是否",
    "整数",
    "元/月",
    "数",
    "日期",
    "ordered",
    "元/年",
    "元",
    "%",
    "岁",
    "人",
    "月",
    "日",
    "listed",
    "inline",
    "户",
    "次",
    "万元",
    "亩",
    "文本",
    "角/日",
    "元/人/月",
    "季",
    "工作日",
    "元/周",
    "元/亩",
    "度/月",
    "亩/人",
    "%/年",
)
RULE_TYPES = (
    "是否",
    "元/月",
    "整数",
    "数",
    "日期",
    "ordered",
    "元/年",
    "元",
    "%",
    "岁",
    "人",
    "月",
    "日",
    "listed",
    "inline",
    "元/人/月",
    "人/户",
    "元/户/年",
    "户",
    "万元",
    "元/亩",
    "次/年",
    "工作日",
    "亩",
    "元/亩/年",
    "度/月",
    "%/年",
)
RANGES = {
    "岁": ("0..130", "18..60"),
    "%": ("0%..100%", "-50%..300%"),
    "%/年": ("0%..24%", "-1%/月..100 %/年"),
    "亩": ("0..100", "0 亩..10.5亩"),
    "元/亩": ("0..1000000", "0.0001..300 元/亩"),
    "人": ("1..20", "0..5"),
    "月": ("0..60", "0..3"),
    "数": ("0..10", "-1.5..99.5"),
}
PLAIN_RANGES = ("0..100", "0..1000000", "-10..10", "1..12", "0..1", "-100..-1")


def product(a: Dims, b: Dims, power: int = 1) -> Dims:
    made = dict(a)
    for base, n in b:
        made[base] = made.get(base, 0) + n * power
    return tuple(sorted((k, n) for k, n in made.items() if n))


@dataclass
class Entity:
    name: str
    counts: str
    holder: str = ""
    facts: dict[str, Type] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)


class Rule(NamedTuple):
    entity: str
    name: str
    type: Type
    benefit: bool
    labels: tuple[str, ...]
    kind: str
    table: tuple[str, ...] = ()  # its lines, where the body is one table


class Parameter(NamedTuple):
    name: str
    type: Type
    keys: tuple[str, ...]  # names of enumeration types


class At(NamedTuple):
    """Where an expression stands: the entity at hand, how far out bare names are sought, the written list in an aggregate; there, the
    names that an entry outside has, too, and the entities that are both in the list and outside."""

    entity: str
    base: str
    prefix: str = ""
    outside: frozenset[str] = frozenset()
    doubled: frozenset[str] = frozenset()


class Expressions:
    """Keeps the types of what has been declared and writes expressions for a type that is wanted."""

    def __init__(self, dice: Dice, size: int) -> None:
        self.dice = dice
        self.size = size
        self.enumerations: dict[str, Type] = {}
        self.identified: set[str] = set()  # entities with a fact that identifies
        self.entities: dict[str, Entity] = {}
        self.parameters: list[Parameter] = []
        self.rules: list[Rule] = []
        self.usable = 0  # rules that an expression may read
        self.taken: set[str] = set()
        self.common: set[str] | None = None  # the only names that a rule of two entities may use
        self.count = 0
        self.another_day = False  # inside `x 于 d`, which may not be nested
        self.dated: set[str] = set()  # rules that do, or read a rule that does
        self.under: set[str] = set()  # rules that are read on another day
        self.deaths: set[str] = set()  # entities with a date of death

    # --- looking back, written by who knows the statuses (looking_back.py)

    def look_back(self, at: At, fits: Callable[[Type], bool], depth: int) -> str | None:
        return None

    def paid_before(self, at: At, type_: Type) -> str | None:
        return None

    def months(self, at: At) -> str | None:
        return None

    def window(self, at: At, dims: Dims, depth: int) -> str | None:
        return None

    def truth_window(self, at: At, functions: tuple[str, ...], depth: int) -> str | None:
        return None

    # --- names

    def name(self, stem: str) -> str:
        if self.dice.chance(6):
            odd = self.dice.pick(ODD_NAMES)
            if odd not in self.taken and not (odd == "max" and stem == "参"):
                self.taken.add(odd)
                return odd
        self.count += 1
        return f"{stem}{self.count}"

    def ancestors(self, entity: str) -> list[str]:
        chain = []
        while entity:
            chain.append(entity)
            entity = self.entities[entity].holder
        return chain

    def counted(self, entity: str) -> str:
        return next((self.entities[e].counts for e in self.ancestors(entity) if self.entities[e].counts), "")

    def members(self, entity: str) -> set[str]:
        """What an entry has, as far as it is declared."""
        own = self.entities[entity]
        return {*own.facts, *own.lists, *(r.name for r in self.rules if r.entity == entity)}

    def references(
        self, at: At, fits: Callable[[Type], bool], entry: bool = False, alone: bool = False
    ) -> list[tuple[str, Type]]:
        """What may be named here: facts and earlier rules of the entity and of what holds it, parameters (with keys filled in later).

        `entry`: only what belongs to the entry at hand, written with the list's name before it. `alone`: no other name is beside it, so
        that a bare one of the list's entry is not taken for the one outside.
        """
        found: list[tuple[str, Type]] = []
        chain = self.ancestors(at.entity)
        reach = chain.index(at.base) if at.base in chain else 0
        hidden: set[str] = set()
        for up, name in enumerate(chain[:1] if entry else chain):
            entity = self.entities[name]
            members = [
                *entity.facts.items(),
                *((r.name, r.type) for r in self.rules[: self.usable] if r.entity == name),
            ]
            for member, type_ in members:
                if not fits(type_) or type_.kind == "text":
                    continue
                if self.common is not None and (up or member not in self.common):
                    continue
                if up == 0 and at.prefix:
                    found.append((f"{at.prefix}.{member}", type_))
                if not entry:
                    if up and name not in at.doubled:
                        found.append((f"{name}.{member}", type_))
                    if up <= reach and member not in hidden and (alone or up or member not in at.outside):
                        found.append((member, type_))
            hidden |= self.members(name)
        return found

    def reference(self, at: At, fits: Callable[[Type], bool], depth: int) -> str | None:
        """One reference; a parameter's keys are expressions themselves."""
        if self.dice.chance(12):
            back = self.look_back(at, fits, depth)
            if back:
                return back
        named = self.references(at, fits)
        given = [p for p in self.parameters if fits(p.type)]
        if not named and not given:
            return None
        n = self.dice.below(len(named) + len(given))
        if n < len(named):
            return self.if_in_force(self.on_a_day(at, named[n][0], depth), named[n][1])
        p = given[n - len(named)]
        return self.if_in_force(self.on_a_day(at, self.parameter(p, at, depth), depth), p.type)

    def if_in_force(self, name: str, type_: Type) -> str:
        """Now and then a parameter or rule is read with a default for when it is not in force."""
        plain = name.partition(" 于 ")[0].partition("(")[0].rpartition(".")[2]
        if any(plain in e.facts for e in self.entities.values()) or not self.dice.chance(8):
            return name
        return f"{self.dice.pick(('现行', 'in_force'))}({name}, 默认 {self.fallback(type_)})"

    def fallback(self, type_: Type) -> str:
        """A written value."""
        match type_.kind:
            case "truth":
                return self.dice.pick(("是", "否"))
            case "date":
                return self.dice.pick(DAYS)
            case "enumeration":
                return self.dice.pick(type_.members)
        if type_ == WHOLE:
            return self.dice.pick(("0", "1", "12"))
        return self.literal(type_.unit.dims, bare=not type_.unit.in_percent)

    def on_a_day(self, at: At, name: str, depth: int) -> str:
        """Now and then a parameter or rule is read under the law of another day."""
        plain = name.split("(")[0].split(".")[-1]
        never = self.another_day or plain in self.dated or any(plain in e.facts for e in self.entities.values())
        if never or depth <= 0 or not self.dice.chance(12):
            return name
        self.another_day = True
        day = self.date(at, 0 if self.dice.chance(60) else depth - 1)
        self.another_day = False
        self.under.add(plain)
        return f"{name} 于 {day}"

    def parameter(self, p: Parameter, at: At | None, depth: int, own: tuple[str, ...] = ()) -> str:
        """A parameter with its keys; within a parameter's formula its `own` keys may be handed on."""
        if not p.keys:
            return p.name
        keys = []
        for key in p.keys:
            type_ = self.enumerations[key]
            if at is not None:
                keys.append(self.member(at, type_, depth - 1))
            else:
                keys.append(key if key in own and self.dice.chance(75) else self.dice.pick(type_.members))
        return f"{p.name}({', '.join(keys)})"

    # --- amounts

    def number(self) -> str:
        return self.dice.pick(NUMBERS)

    def literal(self, dims: Dims, bare: bool = False) -> str:
        """A written amount. `bare`: the context gives the unit, and it is not %."""
        if not dims:
            return self.number() if bare and not self.dice.chance(10) else self.dice.pick(PERCENTS)
        if bare and self.dice.chance(60):
            return self.number()
        above = [b for b, n in dims for _ in range(n)]
        below = [b for b, n in dims for _ in range(-n)]
        if dims == RATE and self.dice.chance(50):
            return f"{self.dice.pick(PERCENTS)}/{self.dice.pick(('年', '月'))}"
        if len(above) == 1:
            words = [self.dice.pick(WORDS_OF[b]) for b in (*above, *below)]
            if dims == (("month", 1),) and self.dice.chance(30):
                words = ["岁"]
            glue = "" if all(ord(w[0]) > 127 for w in words) and self.dice.chance(30) else " "
            return f"{self.number()}{glue}{'/'.join(words)}"
        top = [self.literal(((b, 1),)) for b in above] or [self.number()]
        bottom = [self.dice.pick(("2", "1", "12")) + " " + self.dice.pick(WORDS_OF[b]) for b in below]
        return f"({' * '.join(top)}{''.join(' / ' + x for x in bottom)})"

    def leaf(self, at: At, dims: Dims, bare: bool, depth: int) -> str:
        found = (
            None if self.dice.chance(25) else self.reference(at, lambda t: t.is_amount and t.unit.dims == dims, depth)
        )
        return found or self.literal(dims, bare)

    def amount(self, at: At, dims: Dims, depth: int, bare: bool = False) -> str:
        d = self.dice
        if depth <= 0 or d.chance(25):
            return self.leaf(at, dims, bare, depth)
        inner = depth - 1
        form = d.pick(
            (
                "sum",
                "gather",
                "scaled",
                "quotient",
                "round",
                "values",
                "special",
                "negative",
                "product",
                "mixed",
                "last",
            )
        )
        if form == "last":
            made = self.window(at, dims, inner)
            if made:
                return made
        if form == "sum":
            return f"({self.amount(at, dims, inner)} {d.pick('+-−')} {self.amount(at, dims, inner)})"
        if form == "gather":
            made = self.gather(at, dims, inner)
            if made:
                return made
        if form == "scaled":
            times = self.literal((), bare=True) if d.chance(50) else self.amount(at, (), inner, bare=True)
            x = self.amount(at, dims, inner)
            return (
                f"({times} * {x})" if d.chance(50) else f"({x} {d.pick('*×/÷')} {times if times.strip('0.%') else '2'})"
            )
        if form in ("quotient", "product"):
            named = self.references(at, lambda t: t.is_amount)
            if named:
                text, type_ = d.pick(named)
                if form == "quotient":
                    return f"({self.amount(at, product(dims, type_.unit.dims), inner)} / {text})"
                return f"({self.amount(at, product(dims, type_.unit.dims, -1), inner)} * {text})"
        if form == "round":
            function = d.pick(("四舍五入", "向下取整", "向上取整", "round_half_up"))
            return f"{function}({self.amount(at, dims, inner)}, {self.step(dims)})"
        if form == "values":
            function = d.pick(("最大", "最小", "合计", "平均"))
            return f"{function}({', '.join(self.amount(at, dims, inner) for _ in range(d.between(2, 3)))})"
        if form == "special":
            made = self.special(at, dims, inner)
            if made:
                return made
        if form == "negative":
            return f"(-{self.amount(at, dims, inner)})"
        if form == "mixed":
            return f"({self.amount(at, dims, inner)} + {self.amount(at, dims, inner)} * {self.amount(at, (), inner, bare=True)})"
        return self.leaf(at, dims, bare, depth)

    def step(self, dims: Dims) -> str:
        if not dims:
            return self.dice.pick(("100%", "1%", "10%"))
        if dims == RATE:
            return self.dice.pick(("1%/年", "0.1 %/月"))
        bases = dict(dims)
        if bases.get("money") == 1 and set(bases) <= {"money", "person", "household", "month"} and self.dice.chance(70):
            return self.dice.pick(("1 元", "0.01 元", "10 元", "1 角"))
        if sum(n > 0 for n in bases.values()) != 1 or max(bases.values()) > 1:
            return self.dice.pick(("1", "10"))  # bare: the value's own unit
        text = self.literal(dims)
        return "10" if text[0] in "(0" else text

    def special(self, at: At, dims: Dims, depth: int) -> str | None:
        """What has a unit of its own: ages, months, days, counts, floors."""
        d = self.dice
        floors = [p for p in self.parameters if p.type.is_amount and p.type.unit.dims == dims]
        if floors and d.chance(40):
            return f"下限({self.parameter(d.pick(floors), at, depth)})"
        if dims == (("month", 1),):
            stay = self.months(at) if d.chance(50) else None
            if stay:
                return stay
            if d.chance(50):
                return f"整月({self.date(at, depth)}, {self.date(at, depth)})"
            return f"周岁({self.date(at, depth)}{', ' + self.date(at, depth) if d.chance(40) else ''})"
        if dims == (("day", 1),):
            return f"({self.date(at, depth)} - {self.date(at, depth)})"
        if dims == (("workday", 1),):
            return f"工作日数({self.date(at, depth)}, {self.date(at, depth)})"
        if not dims:
            if d.chance(50):
                return f"{d.pick(('月份', '年份'))}({self.date(at, depth)})"
            often = self.truth_window(at, ("个数", "count"), depth) if d.chance(30) else None
            if often:
                return often
            return f"个数({', '.join(self.condition(at, depth) for _ in range(d.between(2, 3)))})"
        return None

    def paths(self, at: At) -> list[tuple[str, str, str]]:
        """Lists in reach: (as written, entity of the entries, entity that hosts)."""
        found: list[tuple[str, str, str]] = []
        chain = [] if self.common is not None else self.ancestors(at.entity)
        reach = chain.index(at.base) if at.base in chain else 0
        for up, name in enumerate(chain):
            entity = self.entities[name]
            for list_, inner in entity.lists.items():
                for path, target in [
                    (list_, inner),
                    *((f"{list_}.{x}", y) for x, y in self.entities[inner].lists.items()),
                ]:
                    if up == 0 and at.prefix:
                        found.append((f"{at.prefix}.{path}", target, name))
                    if up and not (at.prefix and f"{name}.{path}.".startswith(at.prefix + ".")):
                        found.append((f"{name}.{path}", target, name))
                    if up <= reach and list_ not in self.entities:
                        found.append((path, target, name))
        return found

    def within(self, at: At, written: str, target: str, host: str) -> At:
        out, chain = self.ancestors(at.entity), self.ancestors(target)
        outside = at.outside.union(*(self.members(e) for e in out))
        doubled = at.doubled | set(chain[: chain.index(host)]).intersection(out)
        return At(target, at.base if at.base in chain else host, written, outside, doubled)

    def gather(self, at: At, dims: Dims, depth: int) -> str | None:
        d = self.dice
        paths = self.paths(at)
        if not paths:
            return None
        written, target, host = d.pick(paths)
        inside = self.within(at, written, target, host)
        inner, outer = self.counted(target), self.counted(host)
        where = f" 当 {self.condition(inside, depth)}" if d.chance(40) else ""
        counts = {"人": "person", "户": "household"}
        count_dims: Dims = ((counts[inner] if inner else "person", 1),)
        if inner and outer and inner != outer:
            count_dims = product(count_dims, ((counts[outer], -1),))
        texts = [n for n, t in self.entities[target].facts.items() if t.kind == "text"]
        function = d.pick(("合计", "人数", "最大", "最小", "平均", "个数", "户数"))
        if function in ("人数", "个数", "户数"):
            if dims != count_dims:
                function = "合计"
            elif texts and d.chance(40):
                return f"{d.pick(('重复', 'repeats'))}({written}.{d.pick(texts)}{where})"
            elif d.chance(50):
                return f"{function}({written}{where})"
            else:
                return f"{function}({self.entry_truth(inside, depth)}{where})"
        wanted = dims
        if function == "合计" and inner and inner != outer:
            per_inner: Dims = ((counts[inner], -1),)
            if dict(dims).get(counts[inner]) == -1:
                return None
            taken_over = product(product(dims, ((counts[outer], 1),)), per_inner) if outer else product(dims, per_inner)
            if dict(taken_over).get(counts[inner]) == -1 and d.chance(60):
                wanted = taken_over
        value = self.entry_amount(inside, wanted, depth)
        if value is None:
            return None
        default = (
            f", 默认 {self.amount(at, dims if function != '合计' else wanted, depth)}"
            if function != "合计" and d.chance(70)
            else ""
        )
        return f"{function}({value}{where}{default})"

    def entry_amount(self, at: At, dims: Dims, depth: int) -> str | None:
        """A value of the list's entry; it begins with the entry's own name."""
        d = self.dice
        same = self.references(at, lambda t: t.is_amount and t.unit.dims == dims, entry=True)
        if same and not d.chance(30):
            text = d.pick(same)[0]
            return text if d.chance(60) else f"({text} {d.pick('+-')} {self.amount(at, dims, depth)})"
        other = self.references(at, lambda t: t.is_amount, entry=True)
        if not other:
            return None
        text, type_ = d.pick(other)
        return f"({text} * {self.amount(at, product(dims, type_.unit.dims, -1), depth)})"

    def entry_truth(self, at: At, depth: int) -> str:
        d = self.dice
        truths = self.references(at, lambda t: t.kind == "truth", entry=True)
        if truths and not d.chance(30):
            text = d.pick(truths)[0]
            return text if d.chance(70) else f"{text} {d.pick(('且', '或'))} {self.simple(at, depth)}"
        amounts = self.references(at, lambda t: t.is_amount, entry=True)
        if amounts:
            text, type_ = d.pick(amounts)
            return f"{text} {d.pick(SIGNS)} {self.amount(at, type_.unit.dims, depth, not type_.unit.in_percent)}"
        text, type_ = d.pick(self.references(at, lambda t: t.kind != "text", entry=True))
        return f"{text} = {self.value(at, type_, depth)}"

    def whole(self, at: At, depth: int) -> str:
        """An amount that is a whole number by its form."""
        d = self.dice
        small = (str(n) for n in (1, 0, 2, 12, 100))
        form = d.pick(("written", "named", "count", "sum", "round", "month", "list", "product"))
        named = self.references(at, lambda t: t.is_amount and t.whole and not t.unit.words)
        if form == "named" and named:
            return d.pick(named)[0]
        if depth <= 0 or form in ("written", "named"):
            return d.pick(list(small))
        if form == "count":
            return f"个数({self.condition(at, depth - 1)}, {self.condition(at, depth - 1)})"
        if form == "sum":
            return f"({self.whole(at, depth - 1)} {d.pick('+-*')} {self.whole(at, depth - 1)})"
        if form == "round":
            return f"{d.pick(('四舍五入', '向下取整', '向上取整'))}(({self.amount(at, (), depth - 1)} * {d.pick(('3', '0.5'))}), 1)"
        if form == "month":
            return f"{d.pick(('月份', '年份'))}({self.date(at, depth - 1)})"
        paths = self.paths(at)
        if form == "list" and paths:
            written, target, host = d.pick(paths)
            inside = self.within(at, written, target, host)
            entries = self.references(inside, lambda t: t.is_amount and t.whole and not t.unit.words, entry=True)
            if entries:
                return (
                    f"{d.pick(('最大', '最小'))}({d.pick(entries)[0]}, 默认 0)"
                    if d.chance(60)
                    else f"合计({d.pick(entries)[0]})"
                )
        return f"{d.pick(('最大', '最小', '合计'))}({self.whole(at, depth - 1)}, {d.pick(named)[0] if named else '个数(是, 否)'})"

    # --- dates and members of enumerations

    def date(self, at: At, depth: int) -> str:
        d = self.dice
        simple = self.reference(at, lambda t: t.kind == "date", depth) if not d.chance(40) else None
        if depth <= 0 or d.chance(40):
            return simple or d.pick((*DAYS, "决定日", "本月"))
        form = d.pick(("move", "start", "next", "extreme", "gather"))
        inner = depth - 1
        if form == "move":
            dims: Dims = ((d.pick(("month", "day", "workday")), 1),)
            much = d.pick(("9000 年", "5000000 日")) if d.chance(4) else self.amount(at, dims, inner)
            return f"({simple or self.date(at, inner)} {d.pick('+-')} {much})"
        if form == "gather":
            for written, target, host in self.paths(at)[:3]:
                dates = self.references(self.within(at, written, target, host), lambda t: t.kind == "date", entry=True)
                if dates:
                    default = f", 默认 {self.date(at, inner)}" if d.chance(75) else ""
                    return f"{d.pick(('最大', '最小'))}({d.pick(dates)[0]}{default})"
        if form == "extreme":
            return f"{d.pick(('最大', '最小'))}({self.date(at, inner)}, {self.date(at, inner)})"
        function = "顺延" if d.chance(30) else d.pick(("月初", "年初", "季初")) if form == "start" else "次月"
        return f"{function}({self.date(at, inner)})"

    def member(self, at: At, type_: Type, depth: int) -> str:
        d = self.dice
        found = self.reference(at, lambda t: t == type_, 0) if d.chance(50) else None
        if found is None:
            return d.pick(type_.members)
        if depth > 0 and type_.ordered and d.chance(30):
            for written, target, host in self.paths(at)[:3]:
                entries = self.references(self.within(at, written, target, host), lambda t: t == type_, entry=True)
                if entries and d.chance(60):
                    default = f", 默认 {d.pick(type_.members)}" if d.chance(75) else ""
                    return f"{d.pick(('最大', '最小'))}({d.pick(entries)[0]}{default})"
            return f"{d.pick(('最大', '最小'))}({found}, {d.pick(type_.members)})"
        return found

    # --- conditions

    def condition(self, at: At, depth: int) -> str:
        d = self.dice
        if depth <= 0 or d.chance(55):
            return self.simple(at, depth)
        form = d.pick(("且", "或", "非", "list", "values", "last"))
        if form == "last":
            made = self.truth_window(at, ("任一", "全部"), depth) if d.chance(60) else None
            stay = self.months(at)
            if made or stay:
                return made or f"{stay} {d.pick(ORDERS)} {d.pick(('1', '2', '1 年', '0'))}"
        if form == "非":
            return f"非 ({self.condition(at, depth - 1)})"
        if form == "list":
            paths = self.paths(at)
            if paths:
                path = d.pick(paths)
                inside = self.within(at, *path)
                where = f" 当 {self.simple(inside, depth - 1)}" if d.chance(40) else ""
                texts = [n for n, t in self.entities[path[1]].facts.items() if t.kind == "text"]
                if texts and d.chance(60):
                    return f"{d.pick(('重复', 'repeats'))}({path[0]}.{d.pick(texts)}{where}) > {d.below(2)}"
                return f"{d.pick(('任一', '全部', 'any'))}({self.entry_truth(inside, depth - 1)}{where})"
        if form == "values":
            return f"{d.pick(('任一', '全部'))}({', '.join(self.condition(at, depth - 1) for _ in range(d.between(2, 3)))})"
        joined = "或" if form == "或" else "且"
        return f" {joined} ".join(f"({self.condition(at, depth - 1)})" for _ in range(d.between(2, 3)))

    def simple(self, at: At, depth: int) -> str:
        d = self.dice
        kind = d.pick(("truth", "amount", "enumeration", "amount", "date", "constant"))
        if kind == "truth":
            bare = (
                [text for text, _ in self.references(at, lambda t: t.kind == "truth", alone=True)] if at.outside else []
            )
            if bare and d.chance(40):
                return d.pick(bare)
            found = self.reference(at, lambda t: t.kind == "truth", depth)
            if found:
                again = self.reference(at, lambda t: t.kind == "truth", depth) or "是"
                return d.pick(
                    (found, found, f"非 {found}", f"{found} = 否", f"{found} ≠ {again}", f"{found} 属于 ({again}, 否)")
                )
        if kind == "amount":
            return self.compared(at, depth)
        if kind == "enumeration":
            named = self.references(at, lambda t: t.kind == "enumeration")
            if named:
                text, type_ = d.pick(named)
                other = self.member(at, type_, depth)
                if d.chance(30):
                    options = [self.member(at, type_, depth) for _ in range(d.between(1, 2))]
                    return f"{text} 属于 ({', '.join([other, *options])})"
                return f"{text} {d.pick(SIGNS if type_.ordered else ('=', '≠'))} {other}"
        if kind == "date":
            a, b = self.date(at, depth), self.date(at, depth)
            if d.chance(20):
                return f"{a} 属于 ({b}, {self.date(at, depth)})"
            return f"{a} {d.pick((*SIGNS, *WORDS))} {b}"
        return d.pick(("是", "否")) if d.chance(30) else self.compared(at, depth)

    def compared(self, at: At, depth: int) -> str:
        d = self.dice
        named = self.references(at, lambda t: t.is_amount)
        if not named:
            dims: Dims = (("money", 1),)
            return f"{self.amount(at, dims, depth)} {d.pick(SIGNS)} {self.amount(at, dims, depth)}"
        text, type_ = d.pick(named)
        dims, bare = type_.unit.dims, not type_.unit.in_percent
        form = d.pick(("plain", "plain", "both", "chain", "range", "set"))
        if form == "both":
            return f"{self.amount(at, dims, depth)} {d.pick((*SIGNS, *WORDS))} {self.amount(at, dims, depth)}"
        if form == "chain":
            return f"{self.literal(dims, bare)} {d.pick(ORDERS[:2])} {text} {d.pick(ORDERS[:2])} {self.amount(at, dims, depth, bare)}"
        if form == "range" and len([n for _, n in dims if n > 0]) <= 1 and not any(n > 1 for _, n in dims):
            ends = d.pick(("[]", "[)", "(]"))
            low, high = (("-" if d.chance(20) else "") + self.bound(dims, bare) for _ in range(2))
            if ends[0] == "[":
                bare_too = self.references(at, lambda t: t == type_, alone=True)
                return f"{d.pick(bare_too)[0] if at.outside else text} 属于 [{low}, {high}{ends[1]}"
        if form == "set":
            return f"{text} 属于 ({', '.join(self.amount(at, dims, depth - 1, bare) for _ in range(3))})"
        return f"{text} {d.pick((*SIGNS, *WORDS))} {self.amount(at, dims, depth, bare)}"

    def bound(self, dims: Dims, bare: bool) -> str:
        """A written amount that may stand in a range: one number and one unit."""
        text = self.literal(dims, bare)
        if text[0] != "(":
            return text
        return self.dice.pick(PERCENTS) if dims == RATE else self.number()

    # --- values of a type

    def value(self, at: At, type_: Type, depth: int) -> str:
        if type_.kind == "truth":
            return self.dice.pick(("是", "否")) if self.dice.chance(25) else self.condition(at, depth)
        if type_.kind == "date":
            return self.date(at, depth)
        if type_.kind == "enumeration":
            return self.member(at, type_, depth)
        if type_ == WHOLE:
            uncounted = [written for written, target, _ in self.paths(at) if not self.counted(target)]
            if uncounted and self.dice.chance(20):
                return f"{self.dice.pick(('个数', '人数', '户数'))}({self.dice.pick(uncounted)})"
            return self.whole(at, depth)
        return self.amount(at, type_.unit.dims, depth, bare=not type_.unit.in_percent)

    def paid(self, at: At, type_: Type, depth: int) -> str:
        """An amount of money that is whole 分 by its form."""
        d = self.dice
        dims = type_.unit.dims
        same = [
            r
            for r, t in self.references(at, lambda t: t == type_)
            if any(x.benefit and r.split(".")[-1] == x.name for x in self.rules)
        ]
        form = d.pick(("round", "written", "benefit", "sum", "extreme", "list", "before"))
        if form == "before":
            before = self.paid_before(at, type_)
            if before:
                return before
        if form == "benefit" and same:
            return d.pick(same)
        if form == "sum" and depth > 0:
            return f"({self.paid(at, type_, depth - 1)} {d.pick('+-')} {self.paid(at, type_, depth - 1)})"
        if form == "extreme" and depth > 0:
            return f"{d.pick(('最大', '最小'))}({self.paid(at, type_, depth - 1)}, {self.paid(at, type_, depth - 1)})"
        if form == "written":
            return d.pick(("0", "300", "0.05", "12.5", "1000"))
        if form == "list":
            for written, target, host in self.paths(at)[:2]:
                inside = self.within(at, written, target, host)
                if self.counted(target) == self.counted(host):
                    benefits = [
                        r
                        for r, _ in self.references(inside, lambda t: t == type_, entry=True)
                        if any(x.benefit and r.endswith("." + x.name) for x in self.rules)
                    ]
                    if benefits:
                        return f"合计({d.pick(benefits)})"
        function = d.pick(("四舍五入", "向下取整", "向上取整"))
        period = "/月" if dict(dims).get("month") else ""
        return f"{function}({self.amount(at, dims, depth)}, {d.pick(('0.01', '1', '0.1', '10'))} 元{period})"


def amount_of(word: str) -> Type:
    unit = unit_of(tuple(word.split("/")))
    assert unit is not None
    return amount(unit)
