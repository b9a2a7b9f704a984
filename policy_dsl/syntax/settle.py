"""`300 元/床`: a part of the unit, or 300 元 divided by 床? Units are declared in any layer, so no parser of one file can tell.

The grammar gives a division whose right side is a Per; `settle` makes a unit of each that is one, and a name of the others.
"""

from __future__ import annotations

from collections.abc import Set
from typing import TypeVar

from attrs import evolve

from . import nodes
from .keywords import UNIT_KEYS
from .traverse import rebuilt, walk

N = TypeVar("N", bound=nodes.Node)


def join(left: nodes.Expression, word: nodes.Per) -> nodes.Expression | None:
    """`left` with the word behind the unit of the number that it ends in; None where it ends in no such number."""
    span = left.span.to(word.span)
    match left:
        case nodes.Number(unit=unit, asked=asked) if unit:
            return evolve(left, unit=(*unit, word.word), asked=(*asked, (word.written, word.span)), span=span)
        case nodes.Negative(operand):
            inner = join(operand, word)
            return None if inner is None else evolve(left, operand=inner, span=span)
        case nodes.Arithmetic("*" | "/", _, right):
            inner = join(right, word)
            return None if inner is None else evolve(left, right=inner, span=span)
    return None


def amount(node: nodes.Expression) -> nodes.Expression:
    """A number with its unit where nothing can be divided, so that each word is a unit's; any other expression as it is."""
    if isinstance(node, nodes.Arithmetic) and isinstance(node.right, nodes.Per):
        return join(amount(node.left), node.right) or node
    return evolve(node, asked=()) if isinstance(node, nodes.Number) else node


def settle(item: N, units: Set[str]) -> N:
    """The item with each Per that is a unit (`units`: those that the policy declares) in its number, the others as names.

    A unit's word behind such a name stays a Per: it can be neither.
    """
    return _settled(item, units) if any(isinstance(x, nodes.Per) for x in walk(item)) else item


def _settled(node: N, units: Set[str]) -> N:
    made = rebuilt(node, lambda child: _settled(child, units))
    if not (isinstance(made, nodes.Arithmetic) and isinstance(made.right, nodes.Per)):
        return made
    word = made.right
    if word.word in units or word.written in UNIT_KEYS:
        return join(made.left, word) or made  # type: ignore[return-value]
    return evolve(made, right=nodes.Name((word.written,), span=word.span))
