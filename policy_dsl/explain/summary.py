"""A decision in a few lines: who gets what, what is open and why, then the other outputs."""

from __future__ import annotations

from collections.abc import Iterable

from ..backends.entries import Instance, locate
from ..backends.formatting import value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.presence import REMARKS
from ..backends.values import Failure, Undetermined, diagnose
from ..diagnostics.report import Diagnostic
from ..outputs import Row
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
    findings: list[Diagnostic],
    assumptions: list[str],
    lang: str,
) -> str:
    """`rows`: the outputs, whose values stand in their entries; `findings`: guarantees that the decision does not keep."""
    zh = lang == "zh"
    lines = [f"{policy}  {interpretation.date}"]
    benefits: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str]] = []
    waits: list[str] = []
    errors: list[str] = []
    by = {(e.name, f.name): f.by for e in interpretation.program.entities for f in e.facts if f.by}
    for entry, name, type_, benefit in rows:
        value = entry.values[name]
        (benefits if benefit else others).append((_person(entry, lang), name, value_text(value, type_, lang)))
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
    if errors:
        lines += ["", "出错：" if zh else "Errors:", *(f"  {e}" for e in errors)]
    _section(lines, "其他结果" if zh else "Other results", others)
    absent = [f for f in findings if f.code in REMARKS]
    broken = [f for f in findings if f not in absent]
    titles = ("不在：", "不合保证：") if zh else ("Not there:", "Guarantees that do not hold:")
    for title, told in zip(titles, (absent, broken), strict=True):
        if told:
            lines += ["", title, *(f"  {f.path}{'：' if zh else ': '}[{f.code}] {f.message(lang)}" for f in told)]
    if assumptions:
        lines += ["", "依赖的假设：" if zh else "Rests on assumptions:", *(f"  - {a}" for a in assumptions)]
    return "\n".join(lines)


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
