"""Generic walks over the syntax tree, written once: children, all nodes below, depth."""

from __future__ import annotations

from collections.abc import Iterator

import attrs

from .nodes import Node


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
