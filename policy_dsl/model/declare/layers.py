"""The files of the layers, read: declarations with their place in the law, documents, gists, pay days."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import frozen

from ...syntax import nodes
from ...syntax.characters import MAX_GIST
from ..clause import Clause
from ..symbols import Declared
from .clauses import in_law
from .collected import Collected


@frozen
class Layer:
    """One 政策: its name and its files, parsed."""

    name: str
    files: tuple[nodes.File, ...]


def read_layers(collected: Collected, layers: Sequence[Layer]) -> None:
    """Takes what the files of the layers say, top first."""
    collected.jurisdictions = [""] * len(layers)
    for number, layer in enumerate(layers):
        for file in layer.files:
            collected.documents |= {x.id: x for x in file.items if isinstance(x, nodes.Document)}
        for file in layer.files:
            collected.broken |= file.broken
            collected.jurisdictions[number] = (
                _read(collected, file, layer.name, number) or collected.jurisdictions[number]
            )
            _payday(collected, file, layer.name, number)


def _read(collected: Collected, file: nodes.File, layer: str, number: int) -> str:
    jurisdiction = ""
    for item, clause in in_law(file, layer, collected.documents):
        match item:
            case nodes.Document():
                collected.once(("document", item.id), item.id, item.span, number)
                collected.declaring[item.id] = number
            case nodes.Gist():
                _gist(collected, item, len(clause.gist))
            case nodes.PolicyHead():
                jurisdiction = item.jurisdiction or ""
            case nodes.Heading():
                pass
            case _:
                collected.found.append(Declared(item, clause, number, isinstance(item, nodes.Amendment)))
    return jurisdiction


def _gist(collected: Collected, item: nodes.Gist, length: int) -> None:
    """The line with which a gist becomes too long is reported."""
    if length > MAX_GIST and (length - len(item.text) <= MAX_GIST or len(item.text) > MAX_GIST):
        collected.report.error("P0132", item.span, length=length, most=MAX_GIST)


def _payday(collected: Collected, file: nodes.File, layer: str, number: int) -> None:
    """Adds the 发放日 that the file says, unless its layer has said it already; another day is an error."""
    for head in file.items:
        if not isinstance(head, nodes.PolicyHead) or head.payday is None:
            continue
        before = next((d for d in collected.paydays if d.layer == number), None)
        if before is None:
            documents = [x for x in file.items if isinstance(x, nodes.Document)]
            named = documents[0] if len(documents) == 1 else None
            clause = Clause(layer, (named.number or named.id) if named else "", (named.title or "") if named else "")
            collected.paydays.append(Declared(head, clause, number))
        elif before.node.payday != head.payday:  # type: ignore[union-attr]
            labels = [(before.node.span, "先在这里写了", "written first here")]
            collected.report.error("P1021", head.span, labels=labels)
