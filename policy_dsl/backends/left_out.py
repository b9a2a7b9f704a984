"""Which rules generated code leaves to the interpreter, and why: `policy check` tells it, and the emitter keeps to it.

There are few: what is read under another day's law, what a list inside another reads in a way that is not bound, and what would take too
long to compile. All others are compiled, whatever the number of rules and of their lines.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ..ir import nodes as ir
from ..ir.traverse import children
from ..source import Place
from .epoch import Laws
from .layout import RuleKey

MOST_HISTORY = 50_000  # values of one parameter over all days


class Left(NamedTuple):
    """Why a rule is left, and where that is written: `another_day`, `history`, `outward` with what is read so, or `parts`."""

    why: str
    what: str
    place: Place
    layer: int


def left_out(laws: Laws) -> dict[RuleKey, Left]:
    """The rules that are left, in the program's order."""
    program = laws.program
    found: dict[RuleKey, Left] = {}
    for rule in program.rules:
        key = (rule.entity, rule.name)
        if key in laws.beyond:
            found[key] = Left("parts", rule.called, rule.place, len(program.chain) - 1)
            continue
        for line in rule.lines:
            reasons = (x for f in (line.condition, line.result) if f is not None for x in _reasons(f, laws))
            why = next(reasons, None)
            if why is not None:
                found[key] = Left(*why, line.layer)
                break
    return found


def _reasons(formula: ir.Expression, laws: Laws) -> Iterator[tuple[str, str, Place]]:
    stack = [formula]
    while stack:
        node = stack.pop()
        if isinstance(node, ir.AsOf) and isinstance(node.value, ir.RuleRef):
            yield "another_day", node.value.name, node.place
        elif isinstance(node, ir.AsOf) and laws.history_size(node.value.name) > MOST_HISTORY:
            yield "history", node.value.name, node.place
        elif isinstance(node, ir.Aggregate) and node.outward:
            yield "outward", ".".join(node.lists), node.place
        stack += children(node)
