"""Which conditions on cases (guarantees that name facts alone) a case breaks. They are compiled apart from the rules (`ir/conditions.py`), so
a policy that has none pays nothing; the compiled function defers where one may not hold, and only then each is looked at.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from ..ir import nodes as ir
from ..ir.traverse import in_force_on, walk
from .engine import Engine
from .entries import Instance
from .interpret.interpretation import Interpretation
from .layout import RuleKey
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


def breaches(
    program: ir.Program, interpretation: Interpretation, *kinds: str, computed: Container[RuleKey] | None = None
) -> Iterator[Broken]:
    """The claims of these kinds that do not hold at an entry, on the interpretation's day: what is open or in error holds. With
    `computed`, those that name these rules alone."""
    entries: dict[str, list[Instance]] = {}
    for entry in interpretation.root.all():
        entries.setdefault(entry.entity.name, []).append(entry)
    for guarantee, claim in looked_at(program, interpretation, *kinds):
        if computed is not None and any(k not in computed for k in named(claim)):
            continue
        for entry in entries.get(guarantee.entity, ()):
            if fails(claim, interpretation, entry):
                yield guarantee, claim, interpretation, entry


def unseen(
    program: ir.Program, interpretation: Interpretation, *kinds: str, computed: Container[RuleKey]
) -> Iterator[tuple[ir.Guarantee, list[RuleKey]]]:
    """The guarantees of which a claim names rules that are not computed, though an entry is there of which it speaks, and these rules."""
    there = {entry.entity.name for entry in interpretation.root.all()}
    lacking: dict[int, list[RuleKey]] = {}
    for guarantee, claim in looked_at(program, interpretation, *kinds):
        lacks = [k for k in named(claim) if k not in computed] if guarantee.entity in there else []
        lacking.setdefault(id(guarantee), []).extend(lacks)
    return ((g, lacking[id(g)]) for g in program.guarantees if lacking.get(id(g)))


def looked_at(
    program: ir.Program, interpretation: Interpretation, *kinds: str
) -> Iterator[tuple[ir.Guarantee, ir.Claim]]:
    """The claims of these kinds in force on the interpretation's day that speak of one case alone."""
    known = interpretation.epoch.known
    for guarantee in program.guarantees:
        for claim in guarantee.claims:
            if claim.kind in kinds and claim.along is None and in_force_on(claim, interpretation.on, known):
                yield guarantee, claim


def named(claim: ir.Claim) -> list[RuleKey]:
    """The rules that a claim names."""
    said = (n for f in (claim.says, claim.when) if f is not None for n in walk(f))
    return list(dict.fromkeys((n.entity, n.name) for n in said if isinstance(n, ir.RuleRef)))


def fails(claim: ir.Claim, interpretation: Interpretation, entry: Instance | None) -> bool:
    """Whether the claim applies and does not hold."""
    applies = True if claim.when is None else interpretation.evaluate(claim.when, entry)
    return applies is True and interpretation.evaluate(claim.says, entry) is False
