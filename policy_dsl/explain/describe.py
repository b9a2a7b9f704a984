"""One step in words: a title and labelled rows. Text, Markdown, HTML and JSON are four ways to set the same rows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..backends.show import day_text, value_text
from ..backends.values import Failure, Undetermined, diagnose, known
from ..ir import nodes as ir
from ..ir.traverse import walk
from ..syntax.keywords import spelling
from .explanation import Considered, Explanation, Step
from .formula import Words, conversion


class Row(NamedTuple):
    """`key` names the kind of row for programs and styles, `label` for people."""

    key: str
    label: str
    text: str


class Block(NamedTuple):
    id: str
    kind: str
    title: str
    value: str
    state: str
    rows: tuple[Row, ...]
    children: tuple[str, ...]


_LABELS = {
    "source": ("依据", "source"),
    "gist": ("摘要", "gist"),
    "applied": ("适用", "applies"),
    "because": ("因为", "because"),
    "not_applied": ("未适用", "does not apply"),
    "formula": ("算式", "formula"),
    "numbers": ("代入", "numbers"),
    "conversion": ("换算", "conversion"),
    "rounding": ("取整", "rounding"),
    "since": ("生效", "in force"),
    "given_up": ("放弃", "given up"),
    "assumption": ("假设", "assumption"),
    "decided_by": ("由人决定", "decided by people"),
    "default": ("默认", "default"),
    "waits": ("待", "waits for"),
    "error": ("错误", "error"),
    "place": ("出处", "written in"),
    "parameter": ("参数", "parameter"),
    "mode": ("合并", "joined"),
}
_KINDS = {
    "rule": ("规则", "rule"),
    "benefit": ("给付", "benefit"),
    "fact": ("事实", "fact"),
    "parameter": ("参数", "parameter"),
}
_MODES = {
    "first": ("依次：先适用的为准", "first that applies"),
    "highest": ("就高", "the highest"),
    "lowest": ("就低", "the lowest"),
    "sum": ("合计", "the sum"),
}


def describe(made: Explanation, step: Step, lang: str) -> Block:
    """The step's block in the language `zh` or `en`."""
    kind = _KINDS[step.kind][0 if lang == "zh" else 1]
    title = f"{kind} {step.id.removeprefix('参数 ')}" if step.kind == "parameter" else f"{step.id}"
    rows = tuple(Row(k, _LABELS[k][0 if lang == "zh" else 1], t) for k, t in _rows(made, step, lang) if t)
    return Block(step.id, kind, title, value_text(step.value, step.type, lang), step.state, rows, step.children)


def _rows(made: Explanation, step: Step, lang: str) -> Iterator[tuple[str, str]]:
    zh = lang == "zh"
    if step.kind in ("rule", "benefit", "parameter"):
        layer = f"（{step.clause.policy}）" if zh else f" ({step.clause.policy})"
        where = step.clause.show()
        yield (
            "source",
            f"{where}{layer}" if where else f"{step.place.file}:{step.place.line}{layer}" if step.place else "",
        )
        yield "gist", step.clause.gist
    if step.kind == "parameter":
        yield from _parameter(step, zh)
    if step.kind == "fact":
        if step.decided_by:
            yield "decided_by", step.decided_by
        if step.default_used:
            yield "default", "没有给出，用了写明的默认值" if zh else "not given: the written default was used"
    if step.mode in _MODES and step.kind != "parameter":
        yield "mode", _MODES[step.mode][0 if zh else 1]
    for considered in step.applied:
        yield from _applied(made, step, considered, lang)
    if step.kind != "parameter" and step.since:
        yield "since", f"自 {day_text(step.since)} 起" if zh else f"since {day_text(step.since)}"
    for considered in step.considered:
        yield "not_applied", _not_applied(made, step, considered, lang)
    if step.given_up is not None and step.given_up_line is not None:
        other = value_text(step.given_up, step.type, lang)
        words = Words(lang).text(step.given_up_line.result)
        yield "given_up", f"若无这条例外，为 {other}（{words}）" if zh else f"without this exception: {other} ({words})"
    for text in step.assumptions:
        yield "assumption", text
    if isinstance(step.value, Failure):
        found = diagnose(step.value)
        yield "error", f"[{found.code}] {found.message(lang)}"
    elif isinstance(step.value, Undetermined) and step.kind not in ("fact", "parameter"):
        yield "waits", ("、" if zh else ", ").join((*step.value.needs, *step.value.parameters))
    if step.place is not None and step.kind != "fact":
        yield "place", f"{step.place.file}:{step.place.line}"


def _parameter(step: Step, zh: bool) -> Iterator[tuple[str, str]]:
    if step.mode == "pending":
        yield "parameter", "待定：来源没有给出数额" if zh else "pending: the source gives no amount"
    elif step.mode == "floor":
        yield "parameter", "只有下限，不是应发的数额" if zh else "a floor alone, not an entitlement"
    elif step.mode == "none":
        yield "parameter", "这一天没有规定" if zh else "nothing in force on this day"
    if step.since:
        until = (
            ""
            if step.until >= ir.OPEN
            else (f"，至 {day_text(step.until)}" if zh else f" until {day_text(step.until)}")
        )
        yield "since", (f"自 {day_text(step.since)} 起{until}" if zh else f"since {day_text(step.since)}{until}")


def line_text(line: ir.Line, lang: str) -> str:
    """A line of a rule as it would be written."""
    words = Words(lang)
    result = f"{spelling('IS', lang)} {words.text(line.result)}"
    if line.kind == "value":
        return result
    if line.kind == "otherwise":
        return f"{spelling('OTHERWISE', lang)} {result}"
    label = f"{spelling('EXCEPT', lang)} {line.label} ".replace("  ", " ") if line.kind == "exception" else ""
    condition = words.text(line.condition) if line.condition is not None else ""
    return f"{label}{spelling('WHEN', lang)} {condition} {result}"


def _applied(made: Explanation, step: Step, considered: Considered, lang: str) -> Iterator[tuple[str, str]]:
    line = considered.line
    if line.kind != "value":
        yield "applied", line_text(line, lang)
    for part in considered.parts:
        yield "because", part_text(made, step, part.formula, part.holds, lang)
    plain = isinstance(line.result, ir.Constant)
    if not plain:
        names = Words(lang).text(line.result)
        numbers = made.words(step, lang, True).text(line.result)
        result = made.interpretation.evaluate(line.result, step.at)
        own = (
            step.type
            if line.result.type.own.scale == step.type.own.scale or step.type.unit.is_percent
            else line.result.type
        )
        value = value_text(result, own, lang)
        yield "formula", names
        yield "numbers", f"{numbers} = {value}" if numbers != value else value
    formulas = [*(p.formula for p in considered.parts), line.result]
    seen: dict[str, None] = {}
    for formula in formulas:
        seen.update(dict.fromkeys(_conversions(made, step, formula, lang)))
    for text in seen:
        yield "conversion", text
    target = (
        conversion(line.result, made.interpretation.evaluate(line.result, step.at), step.type.unit, lang)
        if not plain
        else None
    )
    if target and target not in seen:
        yield "conversion", target
    for text in _roundings(made, step, line.result, lang):
        yield "rounding", text


def part_text(made: Explanation, step: Step, formula: ir.Expression, holds: object, lang: str) -> str:
    """`人均月收入 < 标准：150.00 元/人/月 < 439.00 元/人/月，是`."""
    names = Words(lang).text(formula)
    held = value_text(holds, formula.type, lang)
    if isinstance(formula, ir.Not) and isinstance(formula.operand, (ir.FactRef, ir.RuleRef)):
        inner = value_text(made.interpretation.evaluate(formula.operand, step.at), formula.type, lang)
        return f"{Words(lang).text(formula.operand)} = {inner}"
    if (
        isinstance(formula, (ir.Compare, ir.Among))
        and (formula.left if isinstance(formula, ir.Compare) else formula.item).type.kind == "enumeration"
    ):
        subject = formula.left if isinstance(formula, ir.Compare) else formula.item
        value = value_text(made.interpretation.evaluate(subject, step.at), subject.type, lang)
        return (
            names
            if names == f"{Words(lang).text(subject)} = {value}"
            else f"{names}：{value}，{held}"
            if lang == "zh"
            else f"{names}: {value}, {held}"
        )
    numbers = made.words(step, lang, True).text(formula)
    if numbers in (held, names):
        return f"{names} = {held}"
    return f"{names}：{numbers}，{held}" if lang == "zh" else f"{names}: {numbers}, {held}"


def _not_applied(made: Explanation, step: Step, considered: Considered, lang: str) -> str:
    zh = lang == "zh"
    line = considered.line
    head = line_text(line, lang)
    failed = [p for p in considered.parts if p.holds is not True]
    reasons = ("；" if zh else "; ").join(part_text(made, step, p.formula, p.holds, lang) for p in failed[:2])
    if considered.holds is True:
        return f"{head}（{'另一行优先' if zh else 'another line wins'}）"
    return f"{head}（{reasons}）" if reasons else head


def _conversions(made: Explanation, step: Step, formula: ir.Expression, lang: str) -> Iterator[str]:
    """Values that are read beside one in another unit of their kind."""
    for node in walk(formula):
        if isinstance(node, (ir.Compare, ir.Arithmetic)) and node.left.type.is_amount and node.right.type.is_amount:
            if isinstance(node, ir.Arithmetic) and node.sign not in "+-":
                continue
            left, right = node.left, node.right
            if left.type.unit.dims == right.type.unit.dims and left.type.unit.scale != right.type.unit.scale:
                if any(isinstance(x, ir.Constant) for x in (left, right)):
                    continue
                text = conversion(right, made.interpretation.evaluate(right, step.at), left.type.unit, lang)
                if text:
                    yield text


def _roundings(made: Explanation, step: Step, formula: ir.Expression, lang: str) -> Iterator[str]:
    for node in walk(formula):
        if isinstance(node, ir.Call) and node.function.startswith("round_"):
            before = made.interpretation.evaluate(node.arguments[0], step.at)
            after = made.interpretation.evaluate(node, step.at)
            if known(before) and known(after) and before != after:
                word = Words(lang).function(node.function)
                yield f"{word} {value_text(before, node.arguments[0].type, lang)} → {value_text(after, node.type, lang)}"
