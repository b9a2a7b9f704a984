"""Which fact of an entity says who an entry is: the text that is marked 认人."""

from __future__ import annotations

from ..diagnostics.report import Report
from ..model.symbols import EntitySymbol, Model
from . import nodes as ir


def settle_identities(program: ir.Program, model: Model, report: Report) -> ir.Program:
    """The program whose entities know what identifies their entries. A mark in the wrong place is reported."""
    made = []
    for entity in program.entities:
        marked = _marked(model.entities[entity.name], report, bool(model.broken))
        made.append(entity._replace(identity=next((n for n, f in enumerate(entity.facts) if f.name == marked), -1)))
    return program._replace(entities=tuple(made))


def _marked(symbol: EntitySymbol, report: Report, broken: bool) -> str:
    """The name of the marked fact, or ""."""
    for members in symbol.lists.values():
        if members.node.identifies:
            report.error("P0255", members.node.span, name=members.name)
    marked = [f for f in symbol.facts.values() if f.node.identifies]
    texts = [f for f in marked if f.type.kind == "text"]
    for fact in marked:
        if fact not in texts:
            report.error("P0255", fact.node.span, name=fact.name)
    if len(texts) > 1:
        first, second = texts[:2]
        here = (first.node.span, "这里已经写了", "it is written here already")
        report.error("P0254", second.node.span, name=symbol.name, first=first.name, second=second.name, labels=[here])
        return ""
    if texts and not symbol.holder:
        if not broken:  # else the list may stand in what cannot be read
            report.error("P0256", texts[0].node.span, name=symbol.name, fact=texts[0].name)
        return ""
    return texts[0].name if texts else ""
