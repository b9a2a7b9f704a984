"""Which rule reads which, as a Mermaid graph: text that Markdown viewers draw themselves. Arrows lead from what is read to who reads it."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from .markdown import code
from .places import Place, RuleKey
from .relations import Relations

MOST = 60  # nodes of one graph; a larger one is read by nobody

Node = RuleKey | str
Target = Callable[[Node], str]  # where a click on a node leads


def around(place: Place, relations: Relations, key: RuleKey, target: Target) -> str:
    """A rule with what it reads and who reads it."""
    uses = relations.uses[key]
    read: list[Node] = [*uses.parameters, *uses.rules]
    readers = [k for k in relations.used_by.get(key, []) if k != key]
    edges: list[tuple[Node, Node]] = [(n, key) for n in read]
    edges += [(key, k) for k in readers]
    return _graph(place, [*read, key, *readers], edges, key, target)


def among(place: Place, relations: Relations, keys: Iterable[RuleKey], target: Target) -> str:
    """The rules of a scheme and what they read of each other, no parameters."""
    inside = list(keys)
    edges: list[tuple[Node, Node]] = [(r, k) for k in inside for r in relations.uses[k].rules if r in inside]
    linked = [k for k in inside if any(k in e for e in edges)]
    return _graph(place, [*linked], edges, None, target)


def _graph(place: Place, nodes: list[Node], edges: list[tuple[Node, Node]], centre: Node | None, target: Target) -> str:
    """Mermaid's text; "" when there is nothing to draw, or more than can be read."""
    names: dict[Node, str] = {}
    for node in nodes:
        names.setdefault(node, f"n{len(names)}")
    if not edges or len(names) > MOST:
        return ""
    lines = ["graph LR"]
    for node, name in names.items():
        said = label(node if isinstance(node, str) else ".".join(node))
        if isinstance(node, str):
            lines.append(f'  {name}[/"{said}"/]')
        elif place.rules[node].benefit:
            lines.append(f'  {name}(["{said}"])')
        else:
            lines.append(f'  {name}["{said}"]')
    lines += [f"  {names[a]} --> {names[b]}" for a, b in dict.fromkeys(edges)]
    lines += [f'  click {name} href "{target(node)}"' for node, name in names.items() if node != centre]
    if centre is not None:
        lines.append(f"  style {names[centre]} stroke-width:3px")
    return "\n".join(lines)


def drawn(graph: str) -> str:
    """The graph as a page holds it; the search leaves out how it is written."""
    return f"<div data-search-exclude markdown>\n\n{code(graph, 'mermaid')}\n\n</div>" if graph else ""


def label(text: str) -> str:
    """A name inside quotes: what Mermaid could take for markup as its code."""
    return "".join(c if c.isalnum() or c in "._- ，、（）" else f"#{ord(c)};" for c in text)
