"""Conditions on cases (guarantees that name facts alone) as a program of their own, apart from the rules.

Each condition becomes a rule that is 是 where the condition holds and has no other line, so that what evaluates it finds no line where it
does not hold.
"""

from __future__ import annotations

from ..model.types import TRUTH
from . import nodes as ir


def conditions(program: ir.Program) -> ir.Program:
    """The program whose rules are the conditions: 当 (非 C 或 E) 为 是."""
    rules = []
    for guarantee in program.guarantees:
        for n, claim in enumerate(guarantee.claims):
            if claim.kind != "condition":
                continue
            holds = claim.says
            if claim.when is not None:
                parts = (ir.Not(claim.when, TRUTH, claim.place), claim.says)
                holds = ir.Logic("or", parts, TRUTH, claim.place)
            yes = ir.Constant(True, TRUTH, claim.place)
            time = (claim.since, claim.until, claim.published)
            line = ir.Line("branch", "", holds, yes, (), *time, -1, "", guarantee.layer, claim.clause, (), claim.place)
            line = line._replace(ends=claim.until)
            key = (guarantee.entity, f"{guarantee.title} {n + 1}")
            rules.append(ir.Rule(*key, TRUTH, False, (), (line,), *time[:2], claim.clause, (), claim.place))
    outputs = tuple((r.entity, r.name) for r in rules)
    return program._replace(rules=tuple(rules), outputs=outputs, examples=(), guarantees=())
