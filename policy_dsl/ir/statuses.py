"""What a 阶段 must keep: every state can be reached, none is left without a way out unless it says so, no two transitions hold together.

Reachability counts the transitions of all layers and all times: what a lower layer or a later regime takes away was meant to go.
Whether two conditions can hold together is decided by comparing the same terms (disjoint.py); the rest is an error when it happens.
"""

from __future__ import annotations

import itertools

from ..diagnostics.report import Report, suggestion
from . import nodes as ir
from .disjoint import overlapping


def steps_of(line: ir.Line) -> tuple[int, int]:
    """(from, to) of a transition, as positions of the states."""
    assert isinstance(line.condition, ir.Logic)
    first = line.condition.parts[0]
    assert isinstance(first, ir.Compare)
    assert isinstance(first.right, ir.Constant)
    assert isinstance(line.result, ir.Constant)
    return first.right.value, line.result.value


def condition_of(line: ir.Line) -> ir.Expression:
    """What a transition demands beside the state from which it leads."""
    assert isinstance(line.condition, ir.Logic)
    rest = line.condition.parts[1:]
    return rest[0] if len(rest) == 1 else line.condition._replace(parts=rest)


def _meant(name: str, others: list[str], lang: int) -> str:
    """A state for which the name may be a slip: one that is reached and never left, or left and never reached."""
    found = suggestion(name, others)[lang]
    return f"{found} " if found else ""


def check_status(rule: ir.Rule, finals: frozenset[str], report: Report) -> bool:
    """Whether the status is sound; what is not is reported."""
    before = len(report.items)
    members = rule.type.members
    lines = [x for x in rule.lines if x.kind == "transition"]
    steps = {id(x): steps_of(x) for x in lines}
    for line in lines:
        a, b = steps[id(line)]
        if a == b:
            report.error("P1017", line.place, name=line.label)
    reached = {0}
    while more := {b for a, b in steps.values() if a in reached} - reached:
        reached |= more
    for state, name in enumerate(members):
        touching = next((x for x in lines if state in steps[id(x)]), None)
        place = touching.place if touching else rule.place
        leaving = [x for x in lines if steps[id(x)][0] == state]
        if state not in reached:
            dead = [m for n, m in enumerate(members) if n != state and not any(steps[id(x)][0] == n for x in lines)]
            report.error("P1005", place, state=name, meant=_meant(name, dead, 0), meant_en=_meant(name, dead, 1))
        if not leaving and name not in finals:
            lost = [m for n, m in enumerate(members) if n != state and n not in reached]
            report.error("P1006", place, state=name, meant=_meant(name, lost, 0), meant_en=_meant(name, lost, 1))
        if leaving and name in finals:
            report.error("P1009", leaving[0].place, state=name)
    for x, y in itertools.combinations(lines, 2):
        (a, to), (b, other) = steps[id(x)], steps[id(y)]
        if a != b or to == other or x.since > y.until or y.since > x.until:
            continue
        replaced = any(
            z.key == low.key and z.layer > low.layer for low in (x, y) for z in lines
        )  # a lower layer says it otherwise
        repealed = any(r.takes(low.key, low.layer) for low in (x, y) for r in rule.repeals)
        if not replaced and not repealed and overlapping(condition_of(x), condition_of(y)):
            labels = [(x.place, "这一条", "this one")]
            report.error("P1007", y.place, labels=labels, state=members[a], one=members[to], other=members[other])
    return len(report.items) == before
