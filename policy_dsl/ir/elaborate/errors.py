"""What is wrong with a formula: each kind of mistake in its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ...diagnostics.report import Report, diagnostic, suggestion
from ...model.functions import BY_NAME, Function
from ...model.symbols import Model
from ...model.types import Type
from ...source import Span
from ...syntax import keywords, nodes
from .. import nodes as ir
from .mismatches import Mismatch, Root, Side, cause, origins
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
        self.measures: Type | None = None  # the benefit's type, where 已发 and 应发 have a meaning
        self.root: Root | None = None  # the formula that is being read
        self.mismatches: list[Mismatch] = []
        self.products: list[ir.Arithmetic] = []  # as written: what is lowered later makes some of its own

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

    def units(self, span: Span, left: Side, right: Side) -> Skip:
        """Two amounts that do not go together; what to write instead is looked for when all has been read."""
        a, b = (x.type._replace(written=None) for x in (left, right))
        hint = cause(a.unit, b.unit)
        words = {"left": a.show("zh"), "left_en": a.show("en"), "right": b.show("zh"), "right_en": b.show("en")}
        found = diagnostic("P0204", span, labels=origins(self.model, self.root, left, right), hint=hint, **words)
        self.report.add(found)
        if self.root is not None:
            self.mismatches.append(Mismatch(found, self.root, left, right, self.measures))
        return Skip()

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
