"""Conditions on cases (guarantees that name facts alone), compiled apart from the rules: a policy that has none pays nothing.

Each condition becomes a rule that is 是 where the condition holds and has no other line, so the compiled function defers where one
may not hold; only then each is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir import nodes as ir
from ..ir.traverse import in_force_on
from ..model.types import TRUTH
from .engine import Engine
from .entries import Instance
from .interpret.interpretation import Interpretation
from .runtime import Defer

Broken = tuple[ir.Guarantee, ir.Claim, Interpretation, Instance]


def broken(engine: Engine, on: int, root: str, data: tuple[Any, ...], known: int | None = None) -> list[Broken]:
    """The conditions that a case breaks on a day, as `known` on another; what is unknown or in error breaks nothing."""
    assert engine.guard is not None
    run = engine.guard.run(on, root, known)
    try:
        run.compiled.decide(run.parameters, on, data)
    except Defer:
        interpretation = Interpretation(run.epoch, on, run.compiled.instance(root, data))
        return list(breaches(engine.program, interpretation, "condition"))
    return []


def breaches(program: ir.Program, interpretation: Interpretation, *kinds: str) -> Iterator[Broken]:
    """The claims of these kinds that do not hold at an entry, on the interpretation's day: what is open or in error holds."""
    known = interpretation.epoch.known
    for guarantee in program.guarantees:
        for claim in guarantee.claims:
            if claim.kind not in kinds or claim.along is not None or not in_force_on(claim, interpretation.on, known):
                continue
            for entry in interpretation.root.all():
                if entry.entity.name == guarantee.entity and fails(claim, interpretation, entry):
                    yield guarantee, claim, interpretation, entry


def fails(claim: ir.Claim, interpretation: Interpretation, entry: Instance | None) -> bool:
    """Whether the claim applies and does not hold."""
    applies = True if claim.when is None else interpretation.evaluate(claim.when, entry)
    return applies is True and interpretation.evaluate(claim.says, entry) is False


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
