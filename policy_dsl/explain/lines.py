"""Which lines of a rule gave its value, which were looked at and did not, and which would give another."""

from __future__ import annotations

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.interpret.logic import may_hold, may_not_hold
from ..backends.values import Failure, Undetermined, Value, known
from ..ir import nodes as ir
from ..ir.in_force import InForce
from .explanation import Considered, Part
from .phrases import Said, phrases


def consider(by: Interpretation, said: Said, entry: Instance) -> Considered:
    """The line with its conditions one by one."""
    if not said.parts:
        return Considered(said, True)
    made = tuple([Part(p, by.evaluate(p.node, entry)) for p in said.parts])
    if len(made) == 1:
        return Considered(said, made[0].holds, made)
    truths = [p.holds for p in made]
    holds: Value = False
    if not any(x is False for x in truths):
        holds = all(x is True for x in truths) or by.evaluate(said.line.condition, entry)
    return Considered(said, holds, made)


def looked_at(
    interpretation: Interpretation, found: InForce, entry: Instance, value: Value, pick: object
) -> tuple[list[Considered], list[Considered]]:
    """(lines that gave the value, lines that were looked at and did not), by the recorded pick or by their conditions."""
    said = phrases(interpretation).line
    if found.alone is not None:
        return [Considered(said(found.alone), True)], []
    exceptions = [consider(interpretation, said(x), entry) for x in found.exceptions]
    order = (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ()))
    picked = order[pick] if isinstance(pick, int) and 0 <= pick < len(order) else None
    if picked is not None and not found.mode and picked.kind in ("value", "branch", "row", "transition"):
        return [consider(interpretation, said(picked), entry)], exceptions
    winners = [c for c in exceptions if c.line is picked] or _winners(interpretation, exceptions, entry, value)
    if winners:
        return winners, [c for c in exceptions if c not in winners]
    body = [consider(interpretation, said(x), entry) for x in found.body]
    if found.mode == "first":
        settled = next((i for i, c in enumerate(body) if c.holds is True or isinstance(c.holds, Failure)), len(body))
        body = body[: settled + 1]  # nobody looks below the line that applies
    if found.rule.status:  # only the transitions that lead from last month's state
        body = [c for c in body if c.parts[0].holds is not False]
    applying = [c for c in body if c.holds is True]
    if found.mode in ("highest", "lowest") and known(value):
        applying = [c for c in applying if interpretation.evaluate(c.line.result, entry) == value]
    rest = [c for c in body if c not in applying]
    if known(value) and not applying and found.otherwise is not None:
        open_ = [c.holds for c in body if isinstance(c.holds, Undetermined)]
        if not open_:
            applying = [Considered(said(found.otherwise), True)]
        elif all(map(may_not_hold, open_)):  # one of these, or it, and all give the same
            rest.append(Considered(said(found.otherwise), open_[0]))
    elif known(value) and applying and not found.mode:
        rest = [
            c for c in rest if isinstance(c.holds, Undetermined)
        ]  # of the others none applies beside it, but one that gives the same
    return applying, [*exceptions, *rest]


def _winners(
    interpretation: Interpretation, exceptions: list[Considered], entry: Instance, value: Value
) -> list[Considered]:
    """The exception that gave the value, where no recording says so; all that hold, where there is no value."""
    holding = [c for c in exceptions if c.holds is True]
    if not known(value):
        return holding
    return [c for c in holding if interpretation.evaluate(c.line.result, entry) == value][:1]


def giving(interpretation: Interpretation, found: InForce, entry: Instance, value: Value) -> tuple[ir.Line, ...]:
    """The lines that give the body's known value: all that are summed, else the first that applies with that result; none where it is
    open which of several does."""
    evaluate = interpretation.evaluate
    holding = [x for x in found.body if x.condition is None or evaluate(x.condition, entry) is True]
    if found.mode != "sum":
        holding = [x for x in holding if evaluate(x.result, entry) == value][:1]
    perhaps = any(may_hold(evaluate(x.condition, entry)) for x in found.body if x.condition is not None)
    return tuple(holding) or ((found.otherwise,) if found.otherwise is not None and not perhaps else ())
