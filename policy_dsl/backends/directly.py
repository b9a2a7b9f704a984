"""What formulas read directly: facts, rules, carried values and aggregates. What an aggregate reads of its entries is its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..ir import nodes as ir
from ..ir.traverse import children

Read = ir.FactRef | ir.RuleRef | ir.CarriedRef | ir.Aggregate


def read_directly(formulas: Iterable[ir.Expression | None]) -> Iterator[Read]:
    """In the order in which they are written. What is read under another day's law, or over each pair of entries, is left out."""
    stack = [x for x in formulas if x is not None][::-1]
    while stack:
        node = stack.pop()
        if isinstance(node, (ir.FactRef, ir.RuleRef, ir.CarriedRef)):
            yield node
        elif isinstance(node, ir.Aggregate):
            if not node.outward:
                yield node
            stack += [] if node.default is None else [node.default]
        elif isinstance(node, ir.AsOf):
            keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
            stack += [node.day, *reversed(keys)]
        else:
            stack += reversed(children(node))
