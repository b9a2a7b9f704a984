"""Any node of a tree → its text."""

from __future__ import annotations

from .. import nodes
from .declarations import Declarations
from .layout import joined
from .words import Language

Printable = nodes.File | nodes.Item | nodes.Line | nodes.Expression


def text(node: Printable, lang: Language = "zh") -> str:
    """The node as a drafter would write it; a file and its lines end in a line break, expressions do not."""
    printer = Declarations(lang)
    if isinstance(node, nodes.File):
        return printer.file(node.items)
    if isinstance(node, nodes.Line):
        return joined(printer.line(node, 0))
    if isinstance(node, nodes.Expression):
        return printer.expression(node)
    return joined(printer.item(node))
