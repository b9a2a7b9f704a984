"""What a result pays: the short way to the amounts of all benefits, beside the reading of all outputs (reading_plan.py)."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from operator import itemgetter
from typing import Any, NamedTuple

from ..ir import nodes as ir
from .entries import numbers_of
from .layout import RuleKey, Slot
from .payment import amount_key
from .values import PLAIN

Layout = dict[
    str, tuple[tuple[RuleKey, ...], tuple[str, ...]]
]  # entity → its rules, and its lists at the end of a result
NOTHING_PAID = Fraction(0)


class Paid(NamedTuple):
    """Where an entity's benefits stand in its results, and the lists below which there are more: (list, entity, in data, in results)."""

    benefits: tuple[tuple[str, Slot], ...]
    lists: tuple[tuple[str, str, int, int], ...]
    results: Callable[[tuple[Any, ...]], object]  # gives those of the benefits

    @classmethod
    def of(cls, benefits: tuple[tuple[str, Slot], ...], lists: tuple[tuple[str, str, int, int], ...]) -> Paid:
        places = [p for _, s in benefits for p in (s.position, s.position + 1)[: 1 + s.dynamic]]
        return cls(benefits, lists, itemgetter(*places) if places else len)


def paid_in(
    program: ir.Program, slots: dict[RuleKey, Slot], layout: Layout, wanted: frozenset[RuleKey] | None
) -> dict[str, Paid]:
    """By entity, of the rules that a result holds and that are wanted (None: all)."""
    benefits = {(r.entity, r.name): r for r in program.rules if r.benefit}
    benefits = {k: r for k, r in benefits.items() if wanted is None or k in wanted}
    paying = {e for e, _ in benefits}
    for e in program.entities:  # what holds somebody who is paid
        holder = e.holder if e.name in paying else ""
        while holder:
            paying.add(holder)
            holder = next(x.holder for x in program.entities if x.name == holder)
    out: dict[str, Paid] = {}
    for e in program.entities:
        keys, walked = layout.get(e.name, ((), ()))
        lists = tuple(
            (m.name, m.entity, i, walked.index(m.name) - len(walked))
            for i, m in enumerate(e.lists, len(e.facts))
            if m.name in walked and m.entity in paying
        )
        paid = tuple((k[1], slots[amount_key(benefits[k])]) for k in keys if k in benefits)
        out[e.name] = Paid.of(paid, lists)
    return out


def amounts(
    paid: dict[str, Paid], name: str, path: str, data: tuple[Any, ...], raw: tuple[Any, ...]
) -> dict[tuple[str, str], Fraction]:
    """(path, benefit) → amount in base units, or part, of the entry and all below it, where it is known."""
    out: dict[tuple[str, str], Fraction] = {}
    here = paid[name]
    for benefit, slot in here.benefits:
        number = raw[slot.position]
        if number.__class__ not in PLAIN:
            continue
        out[path, benefit] = NOTHING_PAID  # as most benefits of most months are
        if number:
            under = raw[slot.position + 1] if slot.dynamic else 1
            out[path, benefit] = Fraction(number, under) * slot.k  # type: ignore[call-overload]
    for list_, inner, at, result in here.lists:
        if raw[result]:
            for number, d, r in zip(numbers_of(data[at]), data[at], raw[result], strict=True):
                out.update(amounts(paid, inner, f"{path}.{list_}[{number}]", d, r))
    return out


def pays_alike(paid: dict[str, Paid], name: str, a: tuple[Any, ...], b: tuple[Any, ...]) -> bool:
    """Whether two results, of one function on the same entries, pay the same to the entry and all below it. Defers for what is unknown."""
    here = paid[name]
    if a is b or a == b:
        return True
    if here.results(a) != here.results(b):
        return False
    return all(
        pays_alike(paid, inner, x, y) for _, inner, _, at in here.lists for x, y in zip(a[at], b[at], strict=True)
    )
