"""A lower layer's exception comes before those of the layers above. Which of them it puts out of force where both apply, the drafter is told."""

from __future__ import annotations

from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.disjoint import alternatives, disjoint, same_result
from ..ir.traverse import walk

MOST_PAIRS = 200_000  # of exceptions that are compared; a rule that has more is passed over


def stepped_over(program: ir.Program, report: Report) -> None:
    """A note (P0619) for each exception that comes before exceptions of layers above which could apply at the same time."""
    if len(program.chain) < 2:
        return
    for rule in program.rules:
        if rule.displaces or rule.hidden:
            continue
        exceptions = [x for x in rule.lines if x.kind == "exception" and x.key != ir.PAID_ON]
        lowest = max((x.layer for x in exceptions), default=0)
        if min((x.layer for x in exceptions), default=0) == lowest or len(exceptions) ** 2 > MOST_PAIRS:
            continue
        for line in exceptions:
            if line.layer != len(program.chain) - 1 or _keeps(line):
                continue  # what layers above step over is told where they are checked
            over = [x for x in exceptions if x.layer < line.layer and _stepped(rule, line, x, exceptions)]
            if over:
                _tell(rule, line, over, report)


def _keeps(line: ir.Line) -> bool:
    """Whether the line says what happens to what it steps over: 原值 reads it."""
    return any(
        isinstance(n, ir.RuleRef) and n.displaced
        for x in (line.result, line.condition)
        if x is not None
        for n in walk(x)
    )


def _stepped(rule: ir.Rule, line: ir.Line, upper: ir.Line, exceptions: list[ir.Line]) -> bool:
    together = line.since <= upper.until and upper.since <= line.until
    replaced = any(x.key and x.key == upper.key and x.layer > upper.layer for x in exceptions)
    beaten = line.label in upper.beats
    if (
        not together
        or replaced
        or beaten
        or any(r.always and r.takes(upper.key, upper.layer) for r in rule.repeals)
        or same_result(line.result, upper.result)
    ):
        return False
    return not disjoint(alternatives(line.condition), alternatives(upper.condition))


def _tell(rule: ir.Rule, line: ir.Line, over: list[ir.Line], report: Report) -> None:
    names = [x.label or x.place.written for x in over]
    named = [f"例外 {x.label}（{x.clause.policy}）" if x.label else f"{x.clause.policy} 的一条例外" for x in over]
    named_en = [f"“{x.label}” of {x.clause.policy}" if x.label else f"one of {x.clause.policy}" for x in over]
    labels = [
        (x.place, f"同时成立时，{n} 不再起作用", f"where both apply, {n} is without effect")
        for x, n in zip(over, names, strict=True)
    ]
    report.error(
        "P0619",
        line.place,
        labels=labels,
        clause=line.clause.show(),
        name=rule.name,
        label=line.label or line.place.written,
        over="、".join(named),
        over_en=", ".join(named_en),
    )
