"""Inside a list function, what stands outside it: `人数(家庭.成员 作 他 当 他.年龄 > 年龄)` compares each member with the one at hand.

Levels (`up`) lead from an entry to what holds it, and the one at hand holds no entry of the list. So such a reference is an `Outside`, which
says no more than that it is read one list function further out. Before a list is gone through for an entry, `bound` writes into each whose it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import nodes as ir


def reaches_out(node: ir.Expression | None, depth: int = 0) -> bool:
    """Whether anything in a formula, `depth` list functions deep, is read outside all of these."""
    return node is not None and any(True for _ in outward(node, depth))


def outward(node: ir.Expression, depth: int = 0) -> Iterator[ir.Expression]:
    """The formulas inside, `depth` list functions deep, that are read in the entry outside all of these."""
    if isinstance(node, ir.Outside) and not node.at:
        if depth:
            yield from outward(node.value, depth - 1)
        else:
            yield node.value
        return
    inside = (node.where, node.value) if isinstance(node, ir.Aggregate) else ()
    for part in _parts(node):
        yield from outward(part, depth + any(part is x for x in inside))


def bound(node: ir.Aggregate, at: str) -> ir.Aggregate:
    """The aggregate for the entry whose path is given: what it reads of that entry says so."""
    where = None if node.where is None else _bound(node.where, at, 0)
    value = None if node.value is None else _bound(node.value, at, 0)
    return node._replace(where=where, value=value, outward=False)


def _bound(node: ir.Expression, at: str, depth: int) -> ir.Expression:
    if isinstance(node, ir.Outside) and not node.at:
        if not depth:
            return node._replace(at=at)
        return node._replace(value=_bound(node.value, at, depth - 1))
    inside = (node.where, node.value) if isinstance(node, ir.Aggregate) else ()
    made: dict[str, Any] = {}
    for field, part in zip(node._fields, node, strict=True):
        if isinstance(part, ir.Expression):
            made[field] = _bound(part, at, depth + any(part is x for x in inside))
        elif isinstance(part, tuple) and part and all(isinstance(x, ir.Expression) for x in part):
            made[field] = tuple(_bound(x, at, depth) for x in part)
    return node._replace(**made)


def _parts(node: ir.Expression) -> Iterator[ir.Expression]:
    for part in node:
        if isinstance(part, ir.Expression):
            yield part
        elif isinstance(part, tuple) and not isinstance(part, (ir.Constant, str)):
            yield from (x for x in part if isinstance(x, ir.Expression))
