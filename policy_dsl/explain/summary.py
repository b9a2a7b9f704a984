"""A decision in a few lines: who gets what, what is open and why, then the other outputs."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..backends.entries import Instance, locate
from ..backends.formatting import value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.presence import REMARKS
from ..backends.values import Failure, Undetermined, diagnose
from ..diagnostics.report import Diagnostic
from ..missing import Missing
from ..outputs import NotInForce, Paid, Row, beside_text, span_text
from ..source import width
from .formula import who


def _person(entry: Instance, lang: str) -> str:
    """The entry's path, with the name that a text fact gives it."""
    name = who(entry)
    return entry.path if not name else f"{entry.path}（{name}）" if lang == "zh" else f"{entry.path} ({name})"


def summary(
    policy: str,
    interpretation: Interpretation,
    rows: Iterable[Row],
    absent: Iterable[NotInForce],
    paid: Paid,
    findings: list[Diagnostic],
    assumptions: list[str],
    missing: Missing | None,
    lang: str,
) -> str:
    """`rows`: the outputs, whose values stand in their entries; `absent`: those that are not in force; `paid`: what the month pays of a
    benefit; `findings`: guarantees that the decision does not keep; `missing`: where an output is open."""
    zh = lang == "zh"
    lines = [f"{policy}  {interpretation.date}"]
    benefits: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str]] = []
    waits: list[str] = []
    errors: list[str] = []
    by = {(e.name, f.name): f.by for e in interpretation.program.entities for f in e.facts if f.by}
    for entry, name, type_, benefit in rows:
        value = entry.values[name]
        said = value_text(value, type_, lang)
        beside = beside_text(paid(entry, name), lang) if benefit else ""
        if beside:
            said += f"（{beside}）" if zh else f" ({beside})"
        (benefits if benefit else others).append((_person(entry, lang), name, said))
        if isinstance(value, Undetermined):
            names = []
            for need in (*value.needs, *value.parameters):
                at = locate(interpretation.root, need)
                decides = by.get((at[0].entity.name, at[1])) if at else None
                names.append(
                    need + ((f"（由「{decides}」定）" if zh else f" (decided by {decides})") if decides else "")
                )
            waits.append(
                f"{entry.path}.{name}：{'、'.join(names)}" if zh else f"{entry.path}.{name}: {', '.join(names)}"
            )
        elif isinstance(value, Failure):
            found = diagnose(value)
            errors.append(f"{entry.path}.{name}{'：' if zh else ': '}[{found.code}] {found.message(lang)}")
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
