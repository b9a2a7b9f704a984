"""A copy of a file in its folder: both say that they belong to one policy, and so would declare everything twice."""

from __future__ import annotations

import os
from collections.abc import Sequence

from attrs import evolve

from ...diagnostics.report import Report
from ...syntax import nodes

_SHOWN = 5  # names of what is declared twice


def without_copies(files: Sequence[nodes.File], report: Report) -> tuple[nodes.File, ...]:
    """The files of one layer, each without what an earlier one declares too, where it is that one's copy, which is reported once.

    A copy says much that the other says, or its one thing word for word: else a single name in both files is a mistake in that name, of which
    its declaration tells.
    """
    kept: list[tuple[nodes.File, dict[object, str]]] = []
    for file in files:
        mine = _declared(file)
        for other, others in kept:
            both = [key for key in mine if key in others]
            if len(both) > 1 or (both and len(mine) == 1 and _same(both[0], file, other)):
                _tell(file, other, [mine[key] for key in both], report)
                gone = {*both, *(name for x in other.items for name in _amended(x))}
                file = evolve(file, items=tuple(x for x in file.items if gone.isdisjoint((_key(x), *_amended(x)))))
                mine = _declared(file)
        kept.append((file, mine))
    return tuple(file for file, _ in kept)


def _declared(file: nodes.File) -> dict[object, str]:
    """What a file declares that may be declared once: by kind, names and date, with the name to show."""
    return {key: _shown(item) for item in file.items if (key := _key(item)) is not None}


def _same(key: object, file: nodes.File, other: nodes.File) -> bool:
    a, b = (next(x for x in f.items if _key(x) == key) for f in (file, other))
    return a == b


def _key(item: nodes.Item) -> object:
    match item:
        case nodes.Document():
            return "document", item.id
        case nodes.Entity() | nodes.TypeDeclaration():
            return type(item), item.name
        case nodes.Parameter():
            return "parameter", item.name, _since(item.dates)
        case nodes.Rule() | nodes.Status():
            return "rule", item.entities, item.name, _since(item.dates)
        case nodes.Guarantee() | nodes.Amendment():
            return item  # may be said in several pieces: the same piece twice is none
        case _:
            return None


def _amended(item: nodes.Item) -> list[object]:
    """A copy in which a figure was changed still amends what the other one does."""
    return [("amend", name) for name in item.names] if isinstance(item, nodes.Amendment) else []


def _since(dates: nodes.Dates | None) -> str:
    return dates.since if dates is not None else ""


def _shown(item: nodes.Item) -> str:
    match item:
        case nodes.Document():
            return item.id
        case nodes.Guarantee():
            return item.title
        case nodes.Amendment():
            return "、".join(item.names)
        case nodes.Entity() | nodes.TypeDeclaration() | nodes.Parameter() | nodes.Rule() | nodes.Status():
            return item.name
        case _:
            return ""


def _tell(file: nodes.File, other: nodes.File, names: list[str], report: Report) -> None:
    said, first = (next((i for i in x.items if isinstance(i, nodes.PolicyHead)), x.items[0]) for x in (file, other))
    shown = list(dict.fromkeys(names))
    more = len(shown) - _SHOWN
    report.error(
        "P0332",
        said.span,
        name=said.name if isinstance(said, nodes.PolicyHead) else "",
        file=os.path.basename(said.span.source.name),
        other=os.path.basename(first.span.source.name),
        what="、".join(shown[:_SHOWN]) + (f" 等 {len(shown)} 项" if more > 0 else ""),
        what_en=", ".join(shown[:_SHOWN]) + (f" and {more} more" if more > 0 else ""),
        labels=[(first.span, "另一份", "the other one")],
    )
