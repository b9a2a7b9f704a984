"""What stands beside a formula: its parts with their numbers, entries left out, conversions, days counted, roundings."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.entries import Instance
from ..backends.formatting import day_text, value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import Value, known
from ..backends.working_days import calendar_of
from ..ir import nodes as ir
from .explanation import Step
from .formula import Words, conversion, entry_name
from .phrases import Phrase, passing, phrases

MOST_DAYS = 12  # days off or make-up days named for one deadline


def part_text(by: Interpretation, at: Instance | None, formula: ir.Expression, holds: Value, lang: str) -> str:
    """`人均月收入 < 标准：150.00 元/人/月 < 439.00 元/人/月，是`; for a plain name `财产合规 = 是`."""
    return phrases(by).of(formula).part(lang)(by, at, holds)


def left_out(by: Interpretation, at: Instance | None, phrase: Phrase, lang: str) -> Iterator[str]:
    """The entries of a list that an aggregate's filter leaves out, and why: `乙：年龄 ≥ 60 岁：12 岁 ≥ 60 岁，否`."""
    for written in phrase.filtered:
        node = by.bound(written, at)
        entries = by.entries(node, at)
        made = phrases(by) if node is written else passing(by)
        where = None if node.where is None else made.of(node.where)
        value = made.of(node.value) if node.function == "count" and node.value is not None else None
        for entry in entries if isinstance(entries, list) else ():
            if where is not None and by.evaluate(where.node, entry) is False:
                reason = where.part(lang)(by, entry, False)
            elif value is not None and by.evaluate(value.node, entry) is False:
                reason = value.part(lang)(by, entry, False)
            else:
                continue
            name = entry_name(entry, node.lists)
            yield f"{name}：{reason}" if lang == "zh" else f"{name}: {reason}"


def nobody_given(by: Interpretation, at: Instance | None, phrase: Phrase, lang: str) -> Iterator[str]:
    """The lists of which nobody said who is in them, so that their 默认 无 was used."""
    if at is None:
        return
    for node in phrase.gathered:
        level = [here] if (here := by.up(at, node.up)) is not None else []
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


def conversions(by: Interpretation, at: Instance | None, phrase: Phrase, lang: str) -> Iterator[str]:
    """Values that are read beside one in another unit of their kind: a sum is in its left side's unit, a comparison in the finer one's."""
    for node, unit in phrase.mixed:
        value = by.evaluate(node, at)
        if known(value):
            yield conversion(node, value, unit, lang)


def to_declared(by: Interpretation, step: Step, phrase: Phrase, at: Instance | None, lang: str) -> Iterator[str]:
    """The conversion of a result into the unit that its rule or parameter declares."""
    if phrase.converts(step.type):
        value = by.evaluate(phrase.node, at)
        if known(value):
            yield conversion(phrase.node, value, step.type.unit, lang)


def calendars(by: Interpretation, at: Instance | None, phrase: Phrase, lang: str) -> Iterator[str]:
    """Which calendar each deadline was counted by, and the days on the way that are no usual ones."""
    for node in phrase.counted:
        ends = [node.left, node] if isinstance(node, ir.Arithmetic) else list(node.arguments)  # type: ignore[union-attr]
        if len(ends) == 1:
            ends.append(node)
        days = [by.evaluate(x, at) for x in ends]
        if not all(known(d) for d in days):
            continue
        calendar = calendar_of(by.program)
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


def roundings(by: Interpretation, at: Instance | None, phrase: Phrase, lang: str) -> Iterator[str]:
    """What each rounding that changed something did."""
    for node in phrase.rounded:
        before, after = by.evaluate(node.arguments[0], at), by.evaluate(node, at)
        if known(before) and known(after) and before != after:
            word = Words(lang).function(node.function)
            old = value_text(before, node.type, lang, exact=True)
            yield f"{word} {old} → {value_text(after, node.type, lang)}"
