"""Whole policies as text: well-typed, small, odd. Every construct of the language has its place here.

The writer keeps the types of what it has declared and builds each expression for the type that is wanted, so nearly every text
compiles. What it writes is text and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from hypothesis import strategies as st

from policy_dsl.diagnostics.report import Report
from policy_dsl.ir.nodes import Program
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.model.declare.types import effective
from policy_dsl.model.types import BUILTIN, DATE, NUMBER, TRUTH, WHOLE, Type
from policy_dsl.model.units import unit_of
from policy_dsl.pipeline import compile_layers

from .dice import Dice, Drawn
from .expressions import FACT_TYPES, PLAIN_RANGES, RANGES, RULE_TYPES, STARTS, At, Entity, Parameter, Rule, product
from .looking_back import Status
from .statuses import Statuses


class Text(NamedTuple):
    """A policy as written: its files, top layer first; each file as the items that stand at column 0."""

    layers: tuple[tuple[str, tuple[str, ...]], ...]

    def files(self, order: Callable[[tuple[str, ...]], list[str]] = list) -> list[LayerFiles]:
        made = []
        for n, (name, (head, *items)) in enumerate(self.layers):
            text = "\n".join([head, *order(tuple(items))]) + "\n"
            upper = self.layers[n - 1][0] if n else ""
            made.append(LayerFiles(name, (PolicyFile(Path(f"{n}.policy"), f"{n}.policy", text, name, upper, 2),)))
        return made

    def __str__(self) -> str:
        return "\n".join("\n".join(items) for _, items in self.layers)


class Writer(Statuses):
    """Writes declarations."""

    def type_of(self, word: str, owner: str, counted: str) -> tuple[str, Type]:
        """(as written, the type)."""
        d = self.dice
        if word in ("ordered", "listed"):
            names = [n for n, t in self.enumerations.items() if t.ordered == (word == "ordered")]
            if names:
                name = d.pick(names)
                return name, self.enumerations[name]
            word = "inline"
        if word == "inline":
            self.count += 1
            members = tuple(f"{c}值{self.count}" for c in "甲乙丙"[: d.between(2, 3)])
            return " | ".join(members), Type("enumeration", owner, members=members)
        if word in BUILTIN:
            return word, BUILTIN[word]
        unit = unit_of(tuple(word.split("/")), frozenset({"亩", "度"}))
        assert unit is not None
        return word, effective(unit, counted)

    def types(self) -> list[str]:
        d = self.dice
        items = []
        for stem, ordered in (("等级", True), ("地区", False), ("片", True)):
            if not d.chance(80 if stem != "片" else 30):
                continue
            members = tuple(f"{stem}{c}" for c in "甲乙丙丁"[: d.between(2, 4)])
            items.append(f"类型 {stem} = {(' < ' if ordered else ' | ').join(members)}")
            self.enumerations[stem] = Type("enumeration", stem, members=members, ordered=ordered)
        items += ["类型 亩 = 单位", "类型 度 = 单位"]
        return items

    def declare_entities(self) -> list[str]:
        d = self.dice
        shape = d.pick(("pair", "single", "three", "siblings"))
        tree = {
            "single": [("家庭", "")],
            "pair": [("家庭", ""), ("个人", "家庭")],
            "three": [("名册", ""), ("家庭", "名册"), ("个人", "家庭")],
            "siblings": [("家庭", ""), ("个人", "家庭"), ("义务人", "家庭")],
        }[shape]
        if shape == "three" and d.chance(40):
            tree = [("家庭", ""), ("个人", "家庭"), ("就诊", "个人")]
        counting = {"家庭": "户", "个人": "人", "义务人": "人", "名册": "", "就诊": ""}
        counts = d.chance(55)
        lists = {
            "个人": "成员",
            "义务人": "义务人" if d.chance(50) else "亲属",
            "家庭": "户们",
            "就诊": "就诊" if d.chance(50) else "次次",
        }
        for name, holder in tree:
            word = counting[name] if counts and not d.chance(15) else ""
            self.entities[name] = Entity(name, word, holder)
            if holder:
                self.entities[holder].lists[lists[name]] = name
        items = []
        shared: list[str] = []
        everywhere = d.chance(25)  # facts that all entities have, for rules of two of them
        for entity in self.entities.values():
            lines = [f"对象 {entity.name}{' : ' + entity.counts if entity.counts else ''}"]
            for n in range(d.between(2, 3 + 2 * self.size)):
                lines.append("  " + self.fact(entity, shared, FACT_TYPES if n else FACT_TYPES[:5]))
            if everywhere:
                lines.append("  同真、同假 : 是否")
                lines.append("  同数 : 数, -5..5")
                entity.facts |= {"同真": TRUTH, "同假": TRUTH, "同数": NUMBER}
            for list_, inner in entity.lists.items():
                bounds = d.pick((", 0..3", ", 1..3", "", ", 0..2", ", 2..4"))
                lines.insert(d.between(1, len(lines)), f"  {list_} : 若干 {inner}{bounds}")
            items.append("\n".join(lines))
        return items

    def fact(self, entity: Entity, shared: list[str], words: tuple[str, ...] = FACT_TYPES) -> str:
        d = self.dice
        word = d.pick(words)
        names = [
            self.name("事") for _ in range(2 if d.chance(12) and word not in ("inline", "ordered", "listed") else 1)
        ]
        free = [n for n in shared if n not in entity.facts and n not in entity.lists]
        if free and d.chance(20):
            names = [d.pick(free)]  # the same word in two entities is legal
        shared += names
        written, type_ = self.type_of(word, names[0], self.counted(entity.name))
        line = f"{d.pick((', ', '、')).join(names)} : {written}"
        at = At(entity.name, entity.name)
        options = []
        span = ""
        if type_.is_amount and d.chance(75):
            span = d.pick(RANGES.get(word, PLAIN_RANGES if not type_.whole or word == "整数" else PLAIN_RANGES[:2]))
            options.append(span)
        if word == "日期" and len(names) == 1 and entity.name not in self.deaths and d.chance(30):
            self.deaths.add(entity.name)
            options.append("死亡")
        elif d.chance(30) and word != "文本":
            options.append(f"默认 {span.split('..')[d.below(2)] if span else self.written(type_)}")
        options += [x for x, p in (("不变", 5), ('问 "多少？"', 8), ("由 民主评议 定", 6)) if d.chance(p)]
        truths = [n for n, t in entity.facts.items() if t.kind == "truth"]
        members = [(n, t) for n, t in entity.facts.items() if t.kind == "enumeration"]
        if truths and d.chance(18):
            options.append(f"当 {truths[0]}")
        elif members and d.chance(15):
            options.append(f"当 {members[0][0]} ≠ {self.member(at, members[0][1], 0)}")
        if word == "文本" and entity.holder and entity.name not in self.identified and len(names) == 1 and d.chance(60):
            self.identified.add(entity.name)
            options.append(d.pick(("认人", "identifies")))
        for name in names:
            entity.facts[name] = type_
        return ", ".join([line, *options])

    def declare_parameters(self) -> list[str]:
        return [self.declare_parameter() for _ in range(self.dice.between(1, 1 + 2 * self.size))]

    def declare_parameter(self) -> str:
        d = self.dice
        name = self.name("参")
        keys = tuple(d.some(list(self.enumerations), 1, 2)) if self.enumerations and d.chance(40) else ()
        word = d.pick(
            (
                "元/月",
                "元/人/月",
                "%",
                "数",
                "元",
                "是否",
                "日期",
                "ordered",
                "整数",
                "月",
                "岁",
                "元/年",
                "inline",
                "元/亩",
                "亩/人",
                "度/月",
                "%/年",
            )
        )
        written, type_ = self.type_of(word, name, "")
        head = f"参数 {name}{'(' + ', '.join(keys) + ')' if keys else ''} : {written}"
        lines = self.keyed(keys, type_) if keys and not d.chance(25) else self.dated_values(type_, keys)
        self.parameters.append(Parameter(name, type_, keys))
        return "\n".join([head, *("  " + x for x in lines)])

    def parameter_value(self, type_: Type, keys: tuple[str, ...] = ()) -> str:
        """A value of a parameter: exact, a floor, a target, pending, or a formula over parameters."""
        d = self.dice
        text = self.written(type_)
        if type_.is_amount and self.parameters and d.chance(50 if keys else 20):
            text = self.formula(type_, keys)
        kind = d.pick((*("exact",) * 12, "floor", "pending", "target"))
        if kind == "floor" and type_.is_amount:
            return f"不低于 {text}"
        return {"pending": "待定", "target": f"目标 {text}"}.get(kind, text)

    def formula(self, type_: Type, keys: tuple[str, ...]) -> str:
        """An amount computed from earlier parameters."""
        d = self.dice
        dims = type_.unit.dims
        amounts = [p for p in self.parameters if p.type.is_amount]
        same = [p for p in amounts if p.type.unit.dims == dims]
        if not amounts:
            return self.written(type_)
        other = d.pick(amounts)
        if same and d.chance(70):
            x = self.parameter(d.pick(same), None, 0, keys)
            form = d.pick(
                (
                    f"1.3 * {x}",
                    f"{x} + {x}",
                    f"下限({x})",
                    f"四舍五入({x} / 3, {self.step(dims)})",
                    f"最大({x}, {x})",
                    f"现行({x}, 默认 {self.fallback(type_)})",
                )
            )
        else:
            bottom = self.parameter(other, None, 0, keys)
            form = (
                f"{self.literal(product(dims, other.type.unit.dims))} / {bottom}"
                if not type_.unit.is_percent or d.chance(50)
                else f"{bottom} / {bottom}"
            )
        if type_ == WHOLE:
            return f"四舍五入(({form}) * 1, 1)"
        return form

    def dated_values(self, type_: Type, keys: tuple[str, ...] = ()) -> list[str]:
        d = self.dice
        lines = []
        if d.chance(60):
            lines.append(f"为 {self.parameter_value(type_, keys)}{self.note()}")
        for day in d.some(STARTS[:4], 0 if lines else 1, 2):
            until = " 至 2024-12-31" if d.chance(15) else ""
            lines.append(f"自 {day}{until}{self.published(25)} 为 {self.parameter_value(type_, keys)}{self.note()}")
            if d.chance(10):  # the same day again, published later
                lines.append(f"自 {day}{until} 为 {self.parameter_value(type_, keys)} 公布 2022-07-08")
        return lines

    def keyed(self, keys: tuple[str, ...], type_: Type) -> list[str]:
        d = self.dice
        types = [self.enumerations[k] for k in keys]
        columns = (
            [f"自 {s}{self.published(20)}" for s in d.some(("1980-01-01", *STARTS[:4]), 1, 3)]
            if d.chance(60)
            else ["为"]
        )
        lines = [f"| {' | '.join([*keys, *columns])} |"]
        first = list(types[0].members)
        groups: list[list[str]] = []
        while first:
            groups.append([first.pop(0) for _ in range(min(len(first), d.between(1, 2)))])
        if len(groups) > 1 and d.chance(12):
            groups.pop()
        for group in groups:
            rest = [[m] for m in types[1].members] if len(types) > 1 and d.chance(70) else [None]
            for other in rest:
                cells = ["、".join(group)]
                if len(types) > 1:
                    cells.append(", ".join(other) if other else "—")
                values = [self.parameter_value(type_) for _ in columns]
                if d.chance(8) and len(lines) > 1:
                    values[-1] = "—"
                lines.append(f"| {' | '.join([*cells, *values])} |")
        return lines

    def plan_rule(self) -> tuple[str, Rule]:
        """(its type as written, the rule as others may look back at it)."""
        d = self.dice
        entity = d.pick(list(self.entities))
        benefit = d.chance(30)
        name = self.name("付" if benefit else "规")
        word = d.pick(("元/月", "元", "元/人/月")) if benefit else d.pick(RULE_TYPES)
        written, type_ = self.type_of(word, name, self.counted(entity))
        if type_.kind == "text":
            type_ = TRUTH
        return written, Rule(entity, name, type_, benefit, (), "")

    def declare_rule(self, planned: tuple[str, Rule] | None = None) -> str:
        d = self.dice
        written, rule = planned or self.plan_rule()
        entity, name, type_, benefit, *_ = rule
        self.ahead = [*(r for r in self.ahead if r != rule), rule]  # it may look back at itself
        at = At(entity, entity)
        joined = (type_.is_amount, type_.is_amount or type_.ordered)
        kinds = ["value", "branches", "table", "dated", "blocks", "first"]
        if joined[1]:
            kinds += ["highest", "lowest"]
        if joined[0]:
            kinds.append("sum")
        kind = d.pick(kinds)
        if type_ == NUMBER and d.chance(50):
            kind = "growing"
        rule = rule._replace(kind=kind)
        heads = [entity]
        for other in self.entities.values():
            if other.name != entity and self.counted(other.name) == self.counted(entity) and d.chance(15):
                mine = self.entities[entity].facts
                self.common = {n for n, t in other.facts.items() if mine.get(n) == t}
                heads = [entity, other.name]
        lines = self.body(at, rule, kind)
        rule = rule._replace(table=tuple(lines) if kind == "table" else ())
        labels: tuple[str, ...] = ()
        if d.chance(35):
            more, labels = self.exceptions(at, rule, (), d.between(1, 3))
            lines += more
        if benefit:
            lines += self.settled(at)
        if benefit and "month" not in dict(type_.unit.dims) and d.chance(50):
            lines.append(f"发于 {self.value(at, DATE, 1)}")
        if d.chance(8):
            lines.append("假设 整条规则的口径待核")
        text = "\n".join(lines)
        if " 于 " in text or any(other in text for other in self.dated):
            self.dated.add(name)
        self.common = None
        self.ahead.pop()
        if benefit and written.endswith("/月") and d.chance(15):
            written += d.pick((" 按月发", " 按季发", " 按季发 于 1 月、5 月、8 月、10 月", " 按月发 向下取整 1 元"))
        span = " 自 2021-06-01 至 2023-05-31" if kind == "value" and d.chance(8) else ""
        self.rules.append(rule._replace(labels=labels))
        self.rules += [rule._replace(entity=e, labels=labels) for e in heads[1:]]
        self.usable = len(self.rules)
        head = f"{'给付' if benefit else '规则'} {', '.join(heads)} {name} : {written}{span}"
        return "\n".join([head, *("  " + x for x in lines)])

    # --- a lower layer

    def amendments(self) -> list[str]:
        d = self.dice
        items = []
        for index in d.some(range(len(self.rules)), 1, 2):
            rule = self.rules[index]
            if sum(r.name == rule.name for r in self.rules) > 1 or self.under:
                continue
            self.usable = index
            at = At(rule.entity, rule.entity)
            if rule.kind == "status":
                items.append("\n".join([f"修订 {rule.name}", *("  " + x for x in self.amend_status(rule))]))
                continue
            lines: list[str] = []
            self.below = d.chance(40)
            if rule.table and d.chance(60):
                lines = self.same_rows(at, rule)
            elif d.chance(40) and rule.kind in ("value", "branches", "table"):
                lines = self.body(at, rule, rule.kind)
            self.below = False
            if rule.labels and d.chance(40):
                since = f"自 {d.pick(STARTS[:3])} " if d.chance(50) else ""
                lines.append(f"{since}废止 {rule.labels[0]}")
                rule = rule._replace(labels=rule.labels[1:])
            elif d.chance(12):
                lines.append(d.pick(("自 2022-01-01 废止", "自 2021-06 至 2022-06-30 废止 依据 甲文 第二条")))
            if not lines or d.chance(50):
                lines += self.exceptions(at, rule, rule.labels, d.between(1, 2))[0]
            items.append("\n".join([f"修订 {rule.name}", *("  " + x for x in lines)]))
        if d.chance(50):
            p = d.pick(self.parameters)
            index = self.parameters.index(p)
            before, self.parameters = self.parameters, self.parameters[:index]
            lines = self.keyed(p.keys, p.type) if p.keys else [f"自 {d.pick(STARTS)} 为 {self.parameter_value(p.type)}"]
            self.parameters = before
            if d.chance(15):
                lines = ["自 2022-07-01 废止"]
            items.append("\n".join([f"修订 {p.name}", *("  " + x for x in lines)]))
        self.usable = len(self.rules)
        if d.chance(30):
            entity = d.pick(list(self.entities.values()))
            items.append(f"修订 {entity.name}\n  {self.fact(entity, [])}")
        items += [self.declare_rule() for _ in range(d.between(0, 1))]
        return items

    # --- all of it

    def text(self) -> Text:
        d = self.dice
        items = [*self.types(), *self.declare_entities(), *self.declare_parameters()]
        if d.chance(30):
            items.insert(0, "## 一(一) 总则\n> 只为说明。")
        statuses = self.plan_statuses()
        planned = [self.plan_rule() for _ in range(d.between(1, 2 + 2 * self.size))]
        self.ahead += [rule for _, rule in planned[: d.between(0, 2)]]
        todo: list[Status | tuple[str, Rule]] = [*planned]
        for status in statuses:
            todo.insert(d.between(0, len(todo)), status)
        items += [self.declare_status(x) if isinstance(x, Status) else self.declare_rule(x) for x in todo]
        document = "文件 甲文 : 某发〔2022〕1号\n  标题 一份文件\n  机关 某局\n  日期 2022-01-01"
        payday = f"  发放日 {d.pick((10, 1, 31, 28))}\n" if d.chance(40) else ""
        head = f"# 生成的政策\n政策 省\n  辖区 某省\n{payday}{document}"
        layers = [("省", (head, *items))]
        if d.chance(25):
            layers.append(("县", ("政策 县\n  上级 省", *self.amendments())))
        if d.chance(8):
            wide = str.maketrans({"(": "（", ")": "）", ",": "，", ":": "：", "|": "｜"})
            layers = [(n, (x[0], *(i if i.startswith("##") else i.translate(wide) for i in x[1:]))) for n, x in layers]
        return Text(tuple(layers))


def write(dice: Dice, size: int = 1) -> Text:
    return Writer(dice, size).text()


def compiled(text: Text, order: Callable[[tuple[str, ...]], list[str]] = list) -> tuple[Program | None, Report]:
    report = Report()
    return compile_layers(text.files(order), report), report


@st.composite
def texts(draw: st.DrawFn, size: int = 1) -> Text:
    """A policy's text."""
    return write(Drawn(draw), size)
