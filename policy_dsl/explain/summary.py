"""A decision in a few lines: who gets what, what is open and why, then the other outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..backends.entries import fact_at
from ..backends.formatting import day_text
from ..backends.presence import REMARKS
from ..backends.reading_plan import Entry, called
from ..backends.values import Failure, Undetermined, diagnose
from ..diagnostics.report import Diagnostic
from ..ir import nodes as ir
from ..missing import Missing
from ..outputs import NotInForce, month_pays, paid_text, span_text, text_of
from ..source import width


def _person(entry: Entry, lang: str) -> str:
    """The entry's path, with the name that a text fact gives it."""
    path, name = entry[0].path, called(entry)
    return path if not name else f"{path}（{name}）" if lang == "zh" else f"{path} ({name})"


def summary(
    program: ir.Program,
    on: int,
    seen: int | None,
    entries: Iterable[Entry],
    absent: Iterable[NotInForce],
    findings: list[Diagnostic],
    assumptions: list[str],
    missing: Missing | None,
    lang: str,
) -> str:
    """`entries` with their results, on a day as known on another; `absent`: outputs that are not in force; `findings`: guarantees that the
    decision does not keep; `missing`: where an output is open."""
    zh = lang == "zh"
    lines = [f"{program.name}  {day_text(on)}"]
    benefits: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str]] = []
    waits: list[str] = []
    errors: list[str] = []
    for entry in entries:
        person = _person(entry, lang)
        place, _, raw = entry
        numbers = place.node.take(raw)
        for path, item, number in zip(place.paths, place.node.items, numbers, strict=False):
            text = text_of(item.form, number, lang)
            monthly = month_pays(item, number, numbers, on, seen)
            if monthly is not None:
                said = paid_text(monthly.kind, text_of(monthly.form, monthly.number, lang), lang)
                text += f"（{said}）" if zh else f" ({said})"
            (benefits if item.rule.benefit else others).append((person, item.rule.name, text))
            if isinstance(number, Undetermined):
                names = [_decided(program, need, zh) for need in (*number.needs, *number.parameters)]
                waits.append(f"{path}：{'、'.join(names)}" if zh else f"{path}: {', '.join(names)}")
            elif isinstance(number, Failure):
                wrong = diagnose(number)
                errors.append(f"{path}{'：' if zh else ': '}[{wrong.code}] {wrong.message(lang)}")
    _section(lines, "给付" if zh else "Benefits", benefits)
    if waits:
        lines += ["", "尚不能决定，还需要：" if zh else "Not decided yet; waiting for:", *(f"  {w}" for w in waits)]
    if missing is not None:
        lines += _later(missing, zh)
    if errors:
        lines += ["", "出错：" if zh else "Errors:", *(f"  {e}" for e in errors)]
    _section(lines, "其他结果" if zh else "Other results", others)
    spans = {re.sub(r"\[[0-9]+\]", "", x.output): x for x in absent}  # what members share is said once
    if spans:
        lines += ["", "这一天没有规定：" if zh else "Not in force on this day:"]
        lines += (f"  {name}{span_text(x, lang)}" for name, x in spans.items())
    gone, twice = [f for f in findings if f.code in REMARKS], [f for f in findings if f.code == "F0231"]
    overdue, left = ([f for f in findings if f.code == code] for code in ("R0175", "F0250"))
    broken = [f for f in findings if f not in (*gone, *twice, *overdue, *left)]
    titles = (
        ("不在：", "在两处：", "该复核了：", "不合保证：", "没有看的保证：")
        if zh
        else (
            "Not there:",
            "In two places:",
            "To be reviewed:",
            "Guarantees that do not hold:",
            "Guarantees not looked at:",
        )
    )
    for title, told in zip(titles, (gone, twice, overdue, broken, left), strict=True):
        if told:
            where = [f"{f.path}{'：' if zh else ': '}" if f.path else "" for f in told]
            lines += ["", title, *(f"  {x}[{f.code}] {f.message(lang)}" for x, f in zip(where, told, strict=True))]
    if assumptions:
        lines += ["", "依赖的假设：" if zh else "Rests on assumptions:", *(f"  - {a}" for a in assumptions)]
    return "\n".join(lines)


def _decided(program: ir.Program, need: str, zh: bool) -> str:
    """What is waited for, with who decides it."""
    entity, _, rest = need.partition(".")
    entities = {e.name: e for e in program.entities}
    fact = fact_at(entities, entity, rest) if entity in entities else None
    by = fact.by if fact is not None else ""
    return need + ((f"（由「{by}」定）" if zh else f" (decided by {by})") if by else "")


def _later(missing: Missing, zh: bool) -> list[str]:
    """What may be asked for once that is given, and how much need not be asked for at all."""
    now = {(x.fact, x.parameter) for x in missing.now}
    later = [x.fact or x.parameter for x in missing.can_matter if (x.fact, x.parameter) not in now]
    out = []
    if later:
        out += [
            "",
            "以后还可能需要：" if zh else "May be needed after that:",
            f"  {('、' if zh else ', ').join(later)}",
        ]
    if never := len(missing.cannot_matter):
        facts = (
            "One other fact is not known and changes" if never == 1 else f"{never} other facts are not known and change"
        )
        out += ["", f"另有 {never} 项没有给出，是什么都不改变结果" if zh else f"{facts} no result"]
    return out


def _section(lines: list[str], title: str, rows: list[tuple[str, str, str]]) -> None:
    if not rows:
        return
    lines += ["", title]
    wide = max(width(name) for _, name, _ in rows)
    last = ""
    for entry, name, value in rows:
        if entry != last:
            lines.append(f"  {entry}")
            last = entry
        lines.append(f"    {name}{' ' * (wide - width(name))}  {value}")
