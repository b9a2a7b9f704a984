"""Generic walks over the syntax tree, written once: children, all nodes below, a node made anew, depth."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, TypeVar

import attrs

from .nodes import Node

N = TypeVar("N", bound=Node)


def children(node: Node) -> Iterator[Node]:
    """The nodes directly under `node`, in the order of the fields."""
    for f in attrs.fields(type(node)):
        value = getattr(node, f.name)
        if isinstance(value, Node):
            yield value
        elif isinstance(value, tuple) and f.name != "span":
            for item in value:
                if isinstance(item, Node):
                    yield item


def rebuilt(node: N, change: Callable[[Node], Node]) -> N:
    """The node with `change` made to each node directly under it; the same node where nothing changes."""
    fresh: dict[str, Any] = {}
    for f in attrs.fields(type(node)):
        value = getattr(node, f.name)
        if isinstance(value, Node):
            made: Any = change(value)
        elif isinstance(value, tuple):
            made = tuple(change(x) if isinstance(x, Node) else x for x in value)
        else:
            continue
        if made is not value and (isinstance(made, Node) or any(a is not b for a, b in zip(made, value, strict=True))):
            fresh[f.name] = made
    return attrs.evolve(node, **fresh) if fresh else node


def walk(node: Node) -> Iterator[Node]:
    """The node and everything below it, without recursion."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(list(children(top))))


def depth(node: Node) -> int:
    """Levels of the tree; a leaf is 1."""
    deepest = 0
    stack = [(node, 1)]
    while stack:
        top, level = stack.pop()
        deepest = max(deepest, level)
        stack.extend((c, level + 1) for c in children(top))
    return deepest
