"""What stands beside a formula: its parts with their numbers, entries left out, conversions, days counted, roundings."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.entries import Instance
from ..backends.formatting import day_text, value_text
from ..backends.values import Value, known
from ..backends.working_days import calendar_of
from ..ir import nodes as ir
from ..ir.traverse import asks_calendar, children
from .explanation import Explanation, Step
from .formula import Words, conversion, entry_name

MOST_DAYS = 12  # days off or make-up days named for one deadline


def part_text(made: Explanation, at: Instance | None, formula: ir.Expression, holds: Value, lang: str) -> str:
    """`人均月收入 < 标准：150.00 元/人/月 < 439.00 元/人/月，是`; for a plain name `财产合规 = 是`."""
    names = Words(lang).text(formula)
    filled = Words(lang, made.interpretation, at)
    if isinstance(formula, ir.Not) and isinstance(formula.operand, (ir.FactRef, ir.RuleRef)):
        return f"{Words(lang).text(formula.operand)} = {filled.text(formula.operand)}"
    if isinstance(formula, (ir.FactRef, ir.RuleRef)):
        return f"{names} = {filled.text(formula)}"
    if isinstance(formula, ir.Compare) and formula.sign == "=" and formula.left.type.kind == "enumeration":
        left, right = Words(lang).text(formula.left), filled.text(formula.right)
        if holds is not False:
            return f"{left} = {filled.text(formula.left)}"
        return (
            f"{left} = {filled.text(formula.left)}，不是 {right}"
            if lang == "zh"
            else f"{left} = {filled.text(formula.left)}, not {right}"
        )
    held = value_text(holds, formula.type, lang)
    numbers = filled.text(formula)
    if numbers in (held, names):
        return f"{names} = {held}"
    return f"{names}：{numbers}，{held}" if lang == "zh" else f"{names}: {numbers}, {held}"


def _here(formula: ir.Expression) -> Iterator[ir.Expression]:
    """The formula and what is inside it, down to aggregates: what stands in those is about their entries, not about this one."""
    yield formula
    if not isinstance(formula, ir.Aggregate):
        for part in children(formula):
            yield from _here(part)


def left_out(made: Explanation, at: Instance | None, formula: ir.Expression, lang: str) -> Iterator[str]:
    """The entries of a list that an aggregate's filter leaves out, and why: `乙：年龄 ≥ 60 岁：12 岁 ≥ 60 岁，否`."""
    for node in _here(formula):
        if not isinstance(node, ir.Aggregate):
            continue
        node = made.interpretation.bound(node, at)
        entries = made.interpretation.entries(node, at)
        for entry in entries if isinstance(entries, list) else ():
            name = entry_name(entry, node.lists)
            if node.where is not None and made.interpretation.evaluate(node.where, entry) is False:
                reason = part_text(made, entry, node.where, False, lang)
            elif (
                node.function == "count"
                and node.value is not None
                and made.interpretation.evaluate(node.value, entry) is False
            ):
                reason = part_text(made, entry, node.value, False, lang)
            else:
                continue
            yield f"{name}：{reason}" if lang == "zh" else f"{name}: {reason}"


def nobody_given(made: Explanation, at: Instance | None, formula: ir.Expression, lang: str) -> Iterator[str]:
    """The lists of which nobody said who is in them, so that their 默认 无 was used."""
    for node in _here(formula):
        if not isinstance(node, ir.Aggregate) or at is None:
            continue
        level = [here] if (here := made.interpretation.up(at, node.up)) is not None else []
        for name in node.lists:
            for entry in level:
                place = next(n for n, m in enumerate(entry.entity.lists) if m.name == name) + len(entry.entity.facts)
                if entry.data[len(entry.entity.facts) + len(entry.entity.lists)] >> place & 1:
                    path = f"{entry.path}.{name}"
                    yield (
                        f"{path} 没有给出，用了写明的默认：无"
                        if lang == "zh"
                        else f"{path} was not given: its written default, none, was used"
                    )
            level = [x for entry in level for x in entry.lists[name] or ()]


def conversions(made: Explanation, at: Instance | None, formula: ir.Expression, lang: str) -> Iterator[str]:
    """Values that are read beside one in another unit of their kind: a sum is in its left side's unit, a comparison in the finer one's."""
    for node in _here(formula):
        if (
            not isinstance(node, (ir.Compare, ir.Arithmetic))
            or isinstance(node.left, ir.Constant)
            or isinstance(node.right, ir.Constant)
        ):
            continue
        left, right = node.left, node.right
        if not (left.type.is_amount and right.type.is_amount) or left.type.unit.dims != right.type.unit.dims:
            continue
        if isinstance(node, ir.Arithmetic) and node.sign not in "+-":
            continue
        if isinstance(node, ir.Compare) and left.type.unit.scale < right.type.unit.scale:
            left, right = right, left
        text = conversion(right, made.interpretation.evaluate(right, at), left.type.unit, lang)
        if text:
            yield text


def to_declared(made: Explanation, step: Step, formula: ir.Expression, at: Instance | None, lang: str) -> Iterator[str]:
    """The conversion of a result into the unit that its rule or parameter declares."""
    text = conversion(formula, made.interpretation.evaluate(formula, at), step.type.unit, lang)
    if text:
        yield text


def calendars(made: Explanation, at: Instance | None, formula: ir.Expression, lang: str) -> Iterator[str]:
    """Which calendar each deadline was counted by, and the days on the way that are no usual ones."""
    for node in _here(formula):
        if not asks_calendar(node):
            continue
        ends = [node.left, node] if isinstance(node, ir.Arithmetic) else list(node.arguments)  # type: ignore[union-attr]
        if len(ends) == 1:
            ends.append(node)
        days = [made.interpretation.evaluate(x, at) for x in ends]
        if not all(known(d) for d in days):
            continue
        calendar = calendar_of(made.interpretation.program)
        start = days[0] if isinstance(node, ir.Arithmetic) else min(days) if len(node.arguments) > 1 else 0  # type: ignore[union-attr]
        off, on = ([d for d in some if d != start] for some in calendar.between(min(days), max(days)))
        yield _counted(
            f"{calendar.name} {calendar.span()}".strip(), day_text(min(days)), day_text(max(days)), off, on, lang
        )


def _counted(calendar: str, first: str, last: str, off: list[int], on: list[int], lang: str) -> str:
    zh = lang == "zh"
    parts = []
    for days, word, word_en in ((off, "放假", "off"), (on, "补班", "make-up days")):
        shown = [day_text(d) for d in days[:MOST_DAYS]]
        if len(days) > MOST_DAYS:
            shown.append(f"……共 {len(days)} 天" if zh else f"… {len(days)} in all")
        if shown:
            parts.append(f"{word} {'、'.join(shown)}" if zh else f"{word_en} {', '.join(shown)}")
    between = ("；" if zh else "; ").join(parts) or (
        "没有另行放假或补班" if zh else "neither days off nor make-up days"
    )
    return f"{calendar}：{first} 至 {last}，{between}" if zh else f"{calendar}: {first} to {last}, {between}"


def roundings(made: Explanation, at: Instance | None, formula: ir.Expression, lang: str) -> Iterator[str]:
    """What each rounding that changed something did."""
    for node in _here(formula):
        if isinstance(node, ir.Call) and node.function.startswith("round_"):
            before = made.interpretation.evaluate(node.arguments[0], at)
            after = made.interpretation.evaluate(node, at)
            if known(before) and known(after) and before != after:
                word = Words(lang).function(node.function)
                old = value_text(before, node.type, lang, exact=True)
                yield f"{word} {old} → {value_text(after, node.type, lang)}"
