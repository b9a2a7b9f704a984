"""What the layers say of one line: what one of them says twice, and what the lower ones inherit."""

from __future__ import annotations

from collections.abc import Iterable

from ...diagnostics.report import Report
from ...model.symbols import Declared
from .lines import RawLine, RawRepeal

TWICE = (
    "同一层把它修订了两次：合成一处，或用「自 日期」分开",
    "one layer amends it twice: join the two, or part them by dates",
)
TWICE_LABEL = ("这一层先在这里改了", "this layer amends it here first")


def amended_twice(a: Declared, b: Declared) -> bool:
    """Whether two declarations of one layer, one of them a 修订 at least, say the same thing."""
    return a is not b and a.layer == b.layer and (a.amends or b.amends)


def report_twice(report: Report, a: RawLine | RawRepeal, b: RawLine | RawRepeal, name: str) -> None:
    report.error("P0612", b.span, name=name, labels=[(a.span, *TWICE_LABEL)])


def twice(name: str, lines: list[RawLine], repeals: list[RawRepeal], report: Report) -> None:
    """Reports what two declarations of one layer take away or replace as a whole; what has a key is compared where lines are settled (opener.py)."""
    taken: dict[tuple[object, ...], RawLine | RawRepeal] = {}
    labelled = [x for x in lines if x.kind in ("exception", "transition") and x.label]
    there = [(x.key, x.declared.layer) for x in lines]
    known = [r for r in repeals if not r.key or inherited(there, repeals, r, r.key)]  # of the others P0611 speaks
    keyed: list[RawLine | RawRepeal] = [*known, *labelled]
    for line in keyed:
        before = taken.setdefault((line.key, line.declared.layer, line.since, line.published), line)
        if before is not line and isinstance(before, RawRepeal):
            report_twice(report, before, line, line.label or name)
    first: dict[int, RawLine] = {}
    for branch in (x for x in lines if x.kind == "branch"):
        other = first.setdefault(branch.declared.layer, branch)
        if _both_amend(other, branch):
            report_twice(report, other, branch, name)
            break
    steps: dict[tuple[int, str], RawLine] = {}
    for line in (x for x in lines if x.kind == "transition"):
        other = steps.setdefault((line.declared.layer, line.key), line)
        if _both_amend(other, line):
            report_twice(report, other, line, line.label)
            steps[line.declared.layer, line.key] = line


def _both_amend(a: RawLine, b: RawLine) -> bool:
    """Whether one layer says both, apart, for days that they share."""
    return amended_twice(a.declared, b.declared) and a.since <= b.until and b.since <= a.until


def inherited(there: Iterable[tuple[str, int]], repeals: Iterable[RawRepeal], repeal: RawRepeal, key: str) -> bool:
    """Whether something with the key ("": anything) is inherited by a 废止's layer; `there` says (key, layer) of all that is declared.

    What a layer between has taken away for good is not inherited any more.
    """
    layer = repeal.declared.layer
    between = [r for r in repeals if r.always and r.declared.layer < layer]
    return any(
        at < layer and key in ("", k) and not any(r.declared.layer > at and r.key in ("", k) for r in between)
        for k, at in there
    )
