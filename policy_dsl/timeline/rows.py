"""A timeline's months as rows for people: statuses and benefits of every entry, what changed in them, and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from ..backends.entries import Instance
from ..backends.formatting import value_text
from ..backends.presence import REMARKS
from ..decision import Decision
from ..diagnostics.report import Diagnostic
from ..explain.formula import who
from ..model.types import Type
from ..outputs import beside_text
from .month import Month, compared
from .reasons import Compared, because
from .stays import stay


class Cell(NamedTuple):
    """One status or benefit in a month: its path, its name for people, its value in words, and what is said beside it: how long a state
    has lasted, what the month pays of an annual amount."""

    path: str
    label: str
    text: str
    value: object
    type: Type
    status: bool
    beside: str = ""

    def said(self, lang: str) -> str:
        """渐退（第 1 个月，期限 6 个月）, 5500.00 元/年（本月发 458.33 元）"""
        if not self.beside:
            return self.text
        return f"{self.text}（{self.beside}）" if lang == "zh" else f"{self.text} ({self.beside})"


class Moved(NamedTuple):
    """A status or benefit that differs from the month before."""

    label: str
    before: str
    after: str
    reasons: tuple[str, ...]


class Row(NamedTuple):
    month: str
    cells: tuple[Cell, ...]
    moved: tuple[Moved, ...]
    there: bool
    findings: tuple[Diagnostic, ...] = ()


def label(entry: Instance, name: str, root: str) -> str:
    """状态, 甲 护理补贴, 成员[1] 护理补贴."""
    if entry.path == root:
        return name
    return f"{who(entry) or entry.path.removeprefix(f'{root}.')} {name}"


def cells(decision: Decision | None, lang: str) -> Iterator[Cell]:
    """Statuses and benefits of every entry, in the order of the policy; where the outermost has none (a roll, say), its rules."""
    if decision is None:
        return
    rules = {(r.entity, r.name): r for r in decision.epoch.program.rules}
    own = [r for (entity, _), r in rules.items() if entity == decision.root and (r.status or r.benefit)]
    for entry, name, type_, benefit in decision.rows():
        status = rules[entry.entity.name, name].status
        if status or benefit or (not own and entry.path == decision.root):
            value = entry.values[name]
            text = value_text(value, type_, lang)
            beside = beside_text(decision.beside(entry, name), lang) if benefit else ""
            if status:
                beside = stay(decision, entry, rules[entry.entity.name, name], lang)
            yield Cell(f"{entry.path}.{name}", label(entry, name, decision.root), text, value, type_, status, beside)


def rows(months: Sequence[Month], lang: str) -> Iterator[Row]:
    before: dict[str, Cell] = {}
    old = Compared(None)
    absent: set[tuple[str, str]] = set()
    for n, month in enumerate(months):
        findings = tuple(f for f in month.findings if (f.code, f.path) not in absent)
        absent = {(f.code, f.path) for f in month.findings if f.code in REMARKS}  # told once for months on end
        now = {c.path: c for c in cells(month.decision, lang)}
        new = compared(month)
        moved = tuple(_moved(old, new, before, now, lang)) if n else ()
        yield Row(month.month, tuple(now.values()), moved, month.decision is not None, findings)
        before, old = now, new


def _moved(old: Compared, new: Compared, before: dict[str, Cell], now: dict[str, Cell], lang: str) -> Iterator[Moved]:
    for path in {**now, **before}:
        was, is_ = before.get(path), now.get(path)
        if was is not None and is_ is not None and was.text == is_.text:
            continue
        if new.decision is None and is_ is None:
            continue  # nobody is there any more: said once for the month
        named = is_ or was
        assert named is not None
        yield Moved(
            named.label,
            was.text if was is not None else "—",
            is_.said(lang) if is_ is not None else "—",
            tuple(because(old, new, path, lang)),
        )
