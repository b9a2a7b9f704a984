"""Which conditions on cases (guarantees that name facts alone) a case breaks. They are compiled apart from the rules (`ir/conditions.py`), so
a policy that has none pays nothing; the compiled function defers where one may not hold, and only then each is looked at.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..ir import nodes as ir
from ..ir.traverse import in_force_on
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
    entries: dict[str, list[Instance]] = {}
    for entry in interpretation.root.all():
        entries.setdefault(entry.entity.name, []).append(entry)
    for guarantee in program.guarantees:
        for claim in guarantee.claims:
            if claim.kind not in kinds or claim.along is not None or not in_force_on(claim, interpretation.on, known):
                continue
            for entry in entries.get(guarantee.entity, ()):
                if fails(claim, interpretation, entry):
                    yield guarantee, claim, interpretation, entry


def fails(claim: ir.Claim, interpretation: Interpretation, entry: Instance | None) -> bool:
    """Whether the claim applies and does not hold."""
    applies = True if claim.when is None else interpretation.evaluate(claim.when, entry)
    return applies is True and interpretation.evaluate(claim.says, entry) is False
