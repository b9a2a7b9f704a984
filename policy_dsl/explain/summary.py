"""A decision in a few lines: who gets what, what is open and why, then the other outputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..backends.interpret import Instance
from ..backends.show import day_text, value_text
from ..backends.values import Failure, Undetermined, diagnose
from ..source import width

if TYPE_CHECKING:
    from ..decision import Decision


def _person(entry: Instance) -> str:
    """The entry's path, with the name that a text fact gives it."""
    named = next((f.name for f in entry.entity.facts if f.type.kind == "text"), None)
    given = entry.facts.get(named) if named else None
    return f"{entry.path}（{given}）" if isinstance(given, str) and given else entry.path


def summary(decision: Decision, lang: str) -> str:
    zh = lang == "zh"
    lines = [f"{decision.policy}  {day_text(decision.day)}"]
    benefits: list[tuple[str, str, str]] = []
    others: list[tuple[str, str, str]] = []
    waits: list[str] = []
    errors: list[str] = []
    entries = {e.path: e for e in decision.instance.all()}
    by = {(e.name, f.name): f.by for e in decision.epoch.program.entities for f in e.facts if f.by}
    for entry, name, type_, benefit in decision.rows():
        value = entry.values[name]
        (benefits if benefit else others).append((_person(entry), name, value_text(value, type_, lang)))
        if isinstance(value, Undetermined):
            names = []
            for need in (*value.needs, *value.parameters):
                holder, _, fact = need.rpartition(".")
                who = by.get((entries[holder].entity.name, fact)) if holder in entries else None
                names.append(need + ((f"（由{who}定）" if zh else f" (decided by {who})") if who else ""))
            waits.append(
                f"{entry.path}.{name}：{'、'.join(names)}" if zh else f"{entry.path}.{name}: {', '.join(names)}"
            )
        elif isinstance(value, Failure):
            found = diagnose(value)
            errors.append(f"{entry.path}.{name}：[{found.code}] {found.message(lang)}")
    _section(lines, "给付" if zh else "Benefits", benefits)
    if waits:
        lines += ["", "尚不能决定，还需要：" if zh else "Not decided yet; waiting for:", *(f"  {w}" for w in waits)]
    if errors:
        lines += ["", "出错：" if zh else "Errors:", *(f"  {e}" for e in errors)]
    _section(lines, "其他结果" if zh else "Other results", others)
    assumptions = decision.assumptions
    if assumptions:
        lines += ["", "依赖的假设：" if zh else "Rests on assumptions:", *(f"  - {a}" for a in assumptions)]
    return "\n".join(lines)


def _section(lines: list[str], title: str, rows: list[tuple[str, str, str]]) -> None:
    if not rows:
        return
    lines += ["", title]
    wide = max(width(name) for _, name, _ in rows)
    last = ""
    for who, name, value in rows:
        if who != last:
            lines.append(f"  {who}")
            last = who
        lines.append(f"    {name}{' ' * (wide - width(name))}  {value}")
