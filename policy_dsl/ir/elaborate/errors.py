"""What is wrong with a formula: each kind of mistake in its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...diagnostics.report import Report, suggestion
from ...model.functions import BY_NAME, Function
from ...model.symbols import Model
from ...model.types import Type
from ...model.units import Unit
from ...source import Span
from ...syntax import keywords, nodes
from .scope import MEASURES, Scope

_AMOUNT = re.compile(r"[0-9]\s*([^\W\d]+)(?:\s*[/／÷]\s*[^\W\d]+)*\s*[/／÷]\s*\Z")

_WAYS = {  # by what is wanted: how it is written
    "a date": ("写一个日期，例如 2022-06-30，或一项日期", "write a date, as in 2022-06-30, or the name of one"),
    "a boolean": ("写一个条件，例如 收入 > 0", "write a condition, as in income > 0"),
    "an amount": ("写一个数量，例如 300 元", "write an amount, as in 300 yuan"),
}


class Skip(Exception):
    """The line cannot be used; what is wrong has been reported, or follows from something that has."""


class Errors:
    """Reports what is wrong; what is given back is to be raised, and ends the line."""

    def __init__(self, model: Model, report: Report) -> None:
        self.model = model
        self.report = report

    def fail(self, code: str, span: Span, **words: object) -> Skip:
        hint = words.pop("hint", None)
        labels = words.pop("labels", ())
        self.report.error(code, span, hint=hint, labels=labels, **words)  # type: ignore[arg-type]
        return Skip()

    def unknown(self, name: str, span: Span, scope: Scope, also: Sequence[str] = ()) -> Skip:
        if name in self.model.broken or any(part in self.model.broken for part in name.split(".")):
            return Skip()
        keys = self.model.parameters[name].keys if name in self.model.parameters else ()
        if keys:
            return self.fail("P0405", span, name=name, wanted=len(keys), given=0)
        known = [x for x in (*scope.visible(), *also) if x != name]
        split = keywords.apart(name, set(known))
        if split:
            return self.fail(
                "P0201", span, name=name, hint=(f"词与词之间留空格：{split}", f"put spaces between the words: {split}")
            )
        zh, en = suggestion(name, known)
        if name in self.model.units or name in keywords.UNIT_KEYS:
            zh = f"「{name}」是单位，写在数字后面：除以它写 / 1 {name}；除以叫「{name}」的值写 / ({name})"
            en = f"“{name}” is a unit and stands behind a number: / 1 {name} divides by it, / ({name}) by a value of that name"
        elif self._behind_unit(span):
            zh = f"每{name}多少的，先声明这个单位：类型 {name} = 单位" + (f"；除以一个值的，{zh}" if zh else "")
            en = f"for an amount per {name} declare the unit: type {name} = unit" + (
                f"; to divide by a value: {en}" if en else ""
            )
        if name in scope.chain():
            one = next(iter(self.model.entities[name].facts), "…")
            zh = f"「{name}」是对象，不是一个值：写出它的哪一项，例如 {name}.{one}"
            en = f"“{name}” is an entity and no value: say which one of its values, as in {name}.{one}"
        if name in MEASURES:
            zh, en = f"「{name}」只用在给付的 补发 当 … 里", f"“{name}” stands in “arrears when …” of a benefit alone"
        if name in BY_NAME:
            zh, en = (
                f"「{name}」是函数，用法：{BY_NAME[name].usage}",
                f"“{name}” is a function: {BY_NAME[name].usage_en}",
            )
        if not zh:
            zh, en = "先声明它，或检查写法", "declare it, or check the spelling"
        return self.fail("P0201", span, name=name, hint=(zh, en))

    def _behind_unit(self, span: Span) -> bool:
        """Whether it stands where `300 元/床` has its last unit."""
        found = _AMOUNT.search(span.source.text, span.source.line_start(span.source.line_of(span.start)), span.start)
        return found is not None and (found[1] in keywords.UNIT_KEYS or found[1] in self.model.units)

    def no_state(self, span: Span, name: str, states: Sequence[str]) -> Skip:
        if name in self.model.broken:
            return Skip()
        zh, en = suggestion(name, states)
        if not states:
            zh, en = "这里没有阶段：先用「阶段」声明", "there is no status here: declare one with “status”"
        hint = (zh or f"可用的状态：{'、'.join(states)}", en or f"the states: {', '.join(states)}")
        return self.fail("P1014", span, name=name, hint=hint)

    def wanted(self, span: Span, want: str, want_en: str, found: Type, hint: tuple[str, str] = ("", "")) -> Skip:
        other = f"写{want}，或检查用到的名称", f"write {want_en}, or check the names in it"
        hint = hint if any(hint) else _WAYS.get(want_en, other)
        return self.fail(
            "P0203", span, wanted=want, wanted_en=want_en, found=found.show("zh"), found_en=found.show("en"), hint=hint
        )

    def units(self, span: Span, left: Type, right: Type) -> Skip:
        if left.own == right.own:  # both were written 元/月; which of them is a household's shows in full
            left, right = left._replace(written=None), right._replace(written=None)
        return self.fail(
            "P0204",
            span,
            left=left.show("zh"),
            left_en=left.show("en"),
            right=right.show("zh"),
            right_en=right.show("en"),
            hint=_unit_hint(left.unit, right.unit),
        )

    def misuse(self, function: Function, node: nodes.Call, zh: str, en: str) -> Skip:
        return self.fail(
            "P0210",
            node.span,
            name=node.name,
            problem=zh,
            problem_en=en,
            usage=function.usage,
            hint=(f"用法：{function.usage}", f"usage: {function.usage_en}"),
        )


def _unit_hint(left: Unit, right: Unit) -> tuple[str, str]:
    """What to do about two units that do not match."""
    a, b = dict(left.dims), dict(right.dims)
    differ = {k for k in a.keys() | b.keys() if a.get(k, 0) != b.get(k, 0)}
    unit = left if a else right
    zh, en = unit.show("zh"), unit.show("en")
    if (not a or not b) and not zh.startswith("1/"):
        return (
            f"一边是没有单位的数：给它写上单位 {zh}；或除以 1 {zh}，去掉另一边的",
            f"one side is a number without a unit: give it the unit {en}, or divide the other one by 1 {en}",
        )
    whose = {"person", "household"}
    if differ <= whose and (whose.isdisjoint(a) or whose.isdisjoint(b)):
        bare = left if whose.isdisjoint(a) else right
        who, who_en = ("人", "person") if "person" in differ else ("户", "household")
        if not bare.words:
            return (
                f"没有单位的数不是每{who}的：另一边乘以 1 {who}",
                f"a number without a unit is not per {who_en}: multiply the other side by 1 {who_en}",
            )
        return (
            f"{bare.show('zh')} 没有说是每人的还是每户的：在单位里写上 /{who}，或乘以、除以人数或户数",
            f"{bare.show('en')} does not say whether it is per person or per household: write /{who_en} in the unit, or multiply or divide by a count",
        )
    if differ == {"person"} or differ == {"person", "household"} or differ == {"household"}:
        return (
            "一边按人、一边按户：按人的乘以人数，或按户的除以人数",
            "one side is per person, the other per household: multiply by the head count, or divide",
        )
    if differ == {"month"}:
        return (
            "一边有期间、一边没有：乘以月数，或在单位里写出 /月",
            "one side has a period, the other none: multiply by the months, or write /month in the unit",
        )
    if differ == {"day", "workday"}:
        return (
            "日历日与工作日不能换算；两个日期之间的工作日用 工作日数(起, 止)",
            "calendar days do not convert into working days; between two dates take working_days(from, to)",
        )
    if differ & {"day", "workday"} and "month" in differ:
        return "天数不能换算成月数", "days do not convert into months"
    return "检查两边的单位", "check the units of both sides"
