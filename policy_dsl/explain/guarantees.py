"""Guarantees that do not hold, as diagnostics: which, by which clause, of whom, with the numbers filled in."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from ..backends.entries import Instance
from ..backends.formatting import value_text
from ..backends.guarantees import Broken, breaches, unseen
from ..backends.interpret.interpretation import Interpretation
from ..backends.layout import RuleKey
from ..backends.slices import Slices
from ..backends.values import Undetermined
from ..diagnostics.report import Diagnostic, diagnostic
from ..ir import nodes as ir
from ..ir.traverse import walk
from ..source import Place
from .formula import Words
from .numbers import filled_in

Labels = Iterable[tuple[Place, str, str]]


def diagnose(code: str, found: Broken, labels: Labels = (), **words: str) -> Diagnostic:
    """The finding under a code, with the entry's path."""
    guarantee, claim, interpretation, entry = found
    zh, en = (said(claim, interpretation, entry, lang) for lang in ("zh", "en"))
    return diagnostic(
        code,
        claim.place,
        at=entry.path,
        clause=claim.clause.show(),
        labels=labels,
        title=guarantee.title,
        numbers=zh,
        numbers_en=en,
        hint=None,
        **words,
    )


BROKEN = {"condition": "F0120", "outcome": "R0130", "roll": "R0132"}


def findings(
    program: ir.Program, interpretation: Interpretation, computed: Container[RuleKey] | None = None
) -> list[Diagnostic]:
    """The guarantees that a decision does not keep: each once for every entry that breaks it. Where some rules alone were `computed`, a
    note says how many guarantees were not looked at."""
    found = [diagnose(BROKEN[x[1].kind], x) for x in breaches(program, interpretation, *BROKEN, computed=computed)]
    if computed is not None:
        left = list(unseen(program, interpretation, *BROKEN, computed=computed))
        found += [_not_looked_at(left, interpretation)] if left else []
    return found


def _not_looked_at(left: list[tuple[ir.Guarantee, list[RuleKey]]], interpretation: Interpretation) -> Diagnostic:
    """F0250, at the first of them."""
    owners = Slices(interpretation.program).owners
    first, *others = (g for g, _ in left)
    names = list(dict.fromkeys(".".join(owners.get(k, k)) for _, lacks in left for k in lacks))
    return diagnostic(
        "F0250",
        first.place,
        labels=[(g.place, f"保证「{g.title}」", f"guarantee “{g.title}”") for g in others],
        clause=first.clause.show(),
        count=len(left),
        guarantees="guarantee was" if len(left) == 1 else "guarantees were",
        titles="、".join(f"「{g.title}」" for g, _ in left),
        titles_en=", ".join(f"“{g.title}”" for g, _ in left),
        names="、".join(names),
        names_en=", ".join(names),
    )


def refused(found: Iterable[Broken]) -> list[Diagnostic]:
    """A case's breaches of conditions: each once for every entry that breaks it."""
    return [diagnose("F0120", x) for x in found]


def said(claim: ir.Claim, interpretation: Interpretation, entry: Instance | None, lang: str) -> str:
    """`补助 ≤ 1000 元/月，即 1200.00 元/月 ≤ 1000 元/月`: what is claimed, with names and with numbers; then what made it apply."""
    zh = lang == "zh"
    made = _both(claim.says, interpretation, entry, lang)
    if claim.when is not None:
        when = _both(claim.when, interpretation, entry, lang)
        made += f"；适用于 {when}" if zh else f"; it applies when {when}"
    return made


def _both(formula: ir.Expression, interpretation: Interpretation, entry: Instance | None, lang: str) -> str:
    names = Words(lang).text(formula)
    numbers = filled_in(formula, lang, interpretation, entry)
    if names == numbers:
        return names
    if isinstance(formula, (ir.FactRef, ir.RuleRef)):
        return f"{names} = {numbers}"
    return f"{names}，即 {numbers}" if lang == "zh" else f"{names}, that is {numbers}"


def values(claim: ir.Claim, interpretation: Interpretation, entry: Instance, lang: str = "zh") -> Iterator[tuple[str, str]]:  # fmt: skip
    """(path, value for eyes) of the outputs that the claim reads of the entry and of what holds it, each once."""
    done = {f"{x.path}.{r.name}" for x in interpretation.root.all() for r in interpretation.program.rules if r.hidden}
    formulas = [f for f in (claim.says, claim.when) if f is not None]
    stack = [x for f in formulas for x in _own(f)]
    for node in stack:
        at = interpretation.up(entry, node.up)
        if at is None or f"{at.path}.{node.name}" in done:
            continue
        done.add(f"{at.path}.{node.name}")
        value = interpretation.evaluate(node, entry)
        if not isinstance(value, Undetermined):
            yield f"{at.path}.{node.name}", value_text(value, node.type, lang)


def _own(formula: ir.Expression) -> Iterator[ir.RuleRef]:
    """Rules that the formula itself reads; inside an aggregate levels count from the list's entry."""
    inside = {id(y) for x in walk(formula) if isinstance(x, ir.Aggregate) for y in walk(x) if y is not x}
    return (x for x in walk(formula) if isinstance(x, ir.RuleRef) and id(x) not in inside)
