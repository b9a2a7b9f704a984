"""The next smaller cases: what may be left out of one on the way to the smallest that shows a problem."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.encoding import carried_width, start_of
from ..backends.entries import Instance
from ..backends.runtime import NEVER, UNKNOWN, Unknown
from ..facts.read import Reader
from ..ir import nodes as ir
from ..policy import Policy
from .case import Case, begins, bits_of, left_out, with_carried, with_fact, without_entry


def smaller_cases(policy: Policy, case: Case) -> Iterator[Case]:
    """The case without one of its entries, without one value of last month, without one fact."""
    instance = policy.run(case.on, case.root).compiled.instance(case.root, case.data)
    entries = instance.all()
    for entry in reversed(entries):
        if entry.holder is None:
            continue
        members = next(
            m for m in entry.holder.entity.lists if any(x is entry for x in entry.holder.lists[m.name] or ())
        )
        if len(entry.holder.lists[members.name] or ()) > members.low:
            yield case._replace(data=without_entry(case.data, entry))
    for entry in entries:
        if not begins(entry.entity, entry.data):
            yield from _forgetting(case, entry)
        for n, fact in enumerate(entry.entity.facts):
            if isinstance(entry.facts[fact.name], Unknown) or entry.data[bits_of(entry.entity)] >> n & 1:
                continue
            if fact.died and entry.facts[fact.name] == NEVER:
                continue
            value = NEVER if fact.died else Reader.default(fact) if fact.has_default else UNKNOWN
            yield case._replace(data=with_fact(case.data, entry, n, value, fact.has_default))


def _forgetting(case: Case, entry: Instance) -> Iterator[Case]:
    """The case with the entry in its first month, then without one value of last month after another."""
    yield case._replace(data=with_carried(case.data, entry, start_of(entry.entity)))
    first = at = bits_of(entry.entity) + 1
    values: dict[
        tuple[str, ...], list[tuple[int, ir.Carried]]
    ] = {}  # by where facts give them: some are given once for two
    for c in entry.entity.carried:
        values.setdefault(c.given, []).append((at, c))
        at += carried_width(c)
    for same in values.values():
        carried = list(entry.data[first:])
        for at, c in same:
            carried[at - first : at - first + carried_width(c)] = left_out(entry, c)
        if not all(isinstance(entry.data[at], Unknown) for at, _ in same):
            yield case._replace(data=with_carried(case.data, entry, carried))
