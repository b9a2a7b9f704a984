"""What an upper layer says where a lower one won: the lines of a rule, the value of a parameter."""

from __future__ import annotations

from ..backends.epoch import Epoch
from ..backends.interpret.parameters import evaluate_parameter
from ..ir import nodes as ir
from ..ir.disjoint import shape
from ..ir.in_force import entries_on, lines_on
from ..ir.traverse import walk
from .explanation import Displaced


def displaced_lines(rule: ir.Rule, lead: ir.Line, on: int, known: int | None = None) -> tuple[ir.Line, ...]:
    """The lines of the nearest upper layer in whose place a line stands on a day, as known on another: those with its condition, where
    there are any; else those whose condition the lower layer does not name."""
    if lead.layer == 0 or (lead.kind == "exception" and not lead.key):
        return ()
    below = [x for x in lines_on(rule, on, known) if x.layer < lead.layer]
    if lead.kind in ("value", "branch"):
        below = [x for x in below if x.kind in ("value", "branch", "row")]
    else:
        below = [x for x in below if x.kind == lead.kind and x.key == lead.key]
    nearest = max((x.layer for x in below), default=-1)
    there = [x for x in below if x.layer == nearest]
    alike = [x for x in there if shape(x.condition) == shape(lead.condition)]
    if not alike:
        own = {shape(x.condition) for x in lines_on(rule, on, known) if x.layer == lead.layer}
        alike = [x for x in there if shape(x.condition) not in own]
    return tuple(x for x in alike if not _says_the_same(x, lead))


def displaced_in(line: ir.Line) -> str | None:
    """The rule that a line's result reads as 原值."""
    return next((x.name for x in walk(line.result) if isinstance(x, ir.RuleRef) and x.displaced), None)


def _says_the_same(a: ir.Line, b: ir.Line) -> bool:
    """Whether two lines have one condition and one result, wherever they stand."""
    return (a.kind, shape(a.condition), shape(a.result)) == (b.kind, shape(b.condition), shape(b.result))


def displaced_value(
    epoch: Epoch, on: int, parameter: ir.Parameter, keys: tuple[int, ...], source: ir.Entry
) -> Displaced | None:
    """The value of the nearest upper layer that the lower layer's hides on this day."""
    below = [
        e
        for e in entries_on(parameter, keys, on, epoch.known)
        if e.layer < source.layer and e.kind == "exact" and e.value is not None
    ]
    hidden = max(below, key=lambda e: (e.layer, e.since), default=None)
    if hidden is None or hidden.value is None or hidden.clause.policy == source.clause.policy:
        return None
    value = evaluate_parameter(hidden.value, keys, epoch.parameters, on)
    return Displaced(hidden.clause, value, ()) if value != epoch.parameters[parameter.name][keys].value else None
