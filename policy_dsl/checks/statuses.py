"""What a 阶段 must keep: every state can be reached, none is left without a way out unless it says so, no two transitions hold together.

Whether a state can be reached counts the transitions of all layers and all times: what a lower layer or a later regime takes away was meant
to go. What a layer has taken away for good is no way out any more, and excuses no 终止. Whether two conditions can hold together is decided
by comparing the same terms (disjoint.py) on the days on which both are in force; the rest is an error when it happens.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence

from ..diagnostics.report import Report, suggestion
from ..ir import nodes as ir
from ..ir.disjoint import entailing, overlapping
from ..ir.in_force import day_after, in_force
from ..ir.traverse import condition_of, restricted, steps_of, walk
from ..model.symbols import Model


def _meant(name: str, likely: list[str], members: Sequence[str]) -> tuple[str, str]:
    """A state for which the name may be a slip: one that is reached and never left, or left and never reached; else any other."""
    zh, en = suggestion(name, likely)
    if not zh:
        zh, en = suggestion(name, [m for m in members if m != name])
    return f"{zh} " if zh else "", f"{en} " if en else ""


def _reached(steps: Iterable[tuple[int, int]]) -> set[int]:
    """The states to which these transitions lead from the first one."""
    steps = list(steps)
    reached = {0}
    while more := {b for a, b in steps if a in reached} - reached:
        reached |= more
    return reached


def check_statuses(program: ir.Program, model: Model, report: Report) -> None:
    """Reports what is wrong with the statuses, also in a program of which other rules could not be built."""
    spoken_of = restricted(program.guarantees)
    for rule in program.rules:
        symbol = model.rules.get((rule.entity, rule.name)) if rule.status else None
        if symbol is not None and symbol.status is not None:
            _check(rule, symbol.status.finals, report)
            _check_together(rule, spoken_of, report)


def _check(rule: ir.Rule, finals: frozenset[str], report: Report) -> None:
    members = rule.type.members
    lines = [x for x in rule.lines if x.kind == "transition"]
    steps = {id(x): steps_of(x) for x in lines}
    for line in lines:
        a, b = steps[id(line)]
        if a == b:
            report.error("P1017", line.place, name=line.label)
    gone = {id(x): r for r in rule.repeals if r.always for x in lines if r.takes(x.key, x.layer)}
    live = [x for x in lines if id(x) not in gone]
    reached, still = _reached(steps.values()), _reached(steps[id(x)] for x in live)
    for state, name in enumerate(members):
        touching = next((x for x in lines if state in steps[id(x)]), None)
        place = touching.place if touching else rule.place
        leaving = [x for x in live if steps[id(x)][0] == state]
        if state not in reached:
            dead = [m for n, m in enumerate(members) if n != state and not any(steps[id(x)][0] == n for x in lines)]
            zh, en = _meant(name, dead, members)
            report.error("P1005", place, state=name, meant=zh, meant_en=en)
        if not leaving and name not in finals and (state in still or state not in reached):
            lost = [m for n, m in enumerate(members) if n != state and n not in reached]
            taken = [gone[id(x)] for x in lines if steps[id(x)][0] == state]
            zh, en = _meant(name, lost, members)
            report.error("P1006", taken[-1].place if taken else place, state=name, meant=zh, meant_en=en)
        if leaving and name in finals:
            report.error("P1009", leaving[0].place, state=name)


def _check_together(rule: ir.Rule, spoken_of: frozenset[tuple[str, str]], report: Report) -> None:
    """Reports transitions from one state that can hold together. What rules give, and facts of which a guarantee speaks (`spoken_of`), do
    not come in all combinations, so there it is a warning; where one condition demands all that the other does, an error in any case."""
    gone = [r for r in rule.repeals if r.always]
    live = [x for x in rule.lines if x.kind == "transition" and not any(r.takes(x.key, x.layer) for r in gone)]
    together = _Together(rule)
    for x, y in itertools.combinations(live, 2):
        (a, to), (b, other) = steps_of(x), steps_of(y)
        if a != b or to == other or x.since > y.until or y.since > x.until:
            continue
        one, two = condition_of(x), condition_of(y)
        if not (overlapping(one, two) and together.ever(x, y)):
            continue
        names = [n for c in (one, two) for n in walk(c) if isinstance(n, (ir.FactRef, ir.RuleRef))]
        doubtful = {n.name: None for n in names if isinstance(n, ir.RuleRef) or (n.entity, n.name) in spoken_of}
        milder = bool(doubtful) and not entailing(one, two)
        shown = ("、".join(doubtful), ", ".join(doubtful))
        hint = (
            f"也许不会同时成立（{shown[0]} 由规则得出或有保证）。会的，在其中一条加上 且 非 …；不会的，在这条声明下写 许可 P1007 理由",
            f"perhaps they never do (rules give, or a guarantee speaks of {shown[1]}). If they do, add “and not …” to one of them; if not, write under "
            "this declaration: allow P1007 REASON",
        )
        report.error(
            "P1007",
            y.place,
            labels=[(x.place, "这一条", "this one")],
            severity="warning" if milder else "",
            hint=hint if milder else None,
            state=rule.type.members[a],
            one=rule.type.members[to],
            other=rule.type.members[other],
        )


class _Together:
    """Whether two transitions are in force on one day: neither repealed nor replaced by a lower layer."""

    def __init__(self, rule: ir.Rule) -> None:
        self.rule = rule
        ends = [x.until for x in rule.lines] + [x.until for x in rule.repeals]
        self.days = sorted({day_after(end) for end in ends if end < ir.OPEN})
        self.bodies: dict[int, set[int]] = {}

    def ever(self, x: ir.Line, y: ir.Line) -> bool:
        since, until = max(x.since, y.since), min(x.until, y.until)
        return any({id(x), id(y)} <= self.on(day) for day in (since, *self.days) if since <= day <= until)

    def on(self, day: int) -> set[int]:
        if day not in self.bodies:
            found = in_force(self.rule, day)
            self.bodies[day] = {id(line) for line in found.body} if found is not None else set()
        return self.bodies[day]
