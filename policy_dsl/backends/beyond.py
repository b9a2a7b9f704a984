"""How much of a program is compiled: all of it, but where formulas used again and again make it so large that loading would take too long."""

from __future__ import annotations

from collections.abc import Iterable

from ..ir import nodes as ir
from ..ir.traverse import children, formulas

MOST_PARTS = 100_000  # of all formulas together, what is used twice counted twice


def beyond(rules: Iterable[ir.Rule]) -> list[tuple[str, str]]:
    """The rules that do not fit any more, in their order; a small one behind a large one may."""
    left, out = MOST_PARTS, []
    for rule in rules:
        parts = 0
        for formula in formulas(rule):
            parts = _counted(formula, parts, left)
        if parts > left:
            out.append((rule.entity, rule.name))
        else:
            left -= parts
    return out


def _counted(formula: ir.Expression, parts: int, most: int) -> int:
    """So many parts and those of a formula; counting ends beyond `most`."""
    stack = [formula]
    while stack and parts <= most:
        parts += 1
        stack += children(stack.pop())
    return parts
