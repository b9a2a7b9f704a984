"""Where in the law the items of a file stand: the document, the headings down to them, the gist over them."""

from __future__ import annotations

from collections.abc import Iterator

from ...syntax import nodes
from ..clause import Clause


def in_law(file: nodes.File, layer: str, documents: dict[str, nodes.Document]) -> Iterator[tuple[nodes.Item, Clause]]:
    """A file's items with the place in the law at which each stands; a gist's lines are joined, a heading begins anew.

    `documents`: those that headings may name, by their ids.
    """
    document: nodes.Document | None = None
    headings: dict[int, str] = {}
    gist = ""
    gist_open = False
    for item in file.items:
        if isinstance(item, nodes.Document):
            document, headings, gist = item, {}, ""
        elif isinstance(item, nodes.Heading) and item.level > 1:
            text = item.text
            first, _, rest = text.partition(" ")
            if first in documents and rest:
                document, text = documents[first], rest.strip()
            headings = {k: v for k, v in headings.items() if k < item.level}
            headings[item.level] = text
            gist, gist_open = "", False
        elif isinstance(item, nodes.Gist):
            gist = f"{gist} {item.text}" if gist_open else item.text
            gist_open = True
        elif not isinstance(item, nodes.Heading):
            gist_open = False
        yield (
            item,
            Clause(
                layer,
                (document.number or document.id) if document else "",
                (document.title or "") if document else "",
                tuple(headings[k] for k in sorted(headings)),
                gist,
            ),
        )
