"""Which fact of an entity is its birth: the one marked 出生, else the only one of a person of which 周岁 is asked."""

from __future__ import annotations

from ..diagnostics.report import Report
from ..model.symbols import Model
from . import nodes as ir
from .traverse import ages


def marked_births(model: Model, report: Report) -> dict[str, str]:
    """Entity → its fact that is marked 出生. Two of them, or one that is no date, are reported."""
    found: dict[str, str] = {}
    for symbol in model.entities.values():
        for members in symbol.lists.values():
            if members.node.born:
                report.error("P0236", members.node.span, name=members.name)
        marked = [f for f in symbol.facts.values() if f.node.born]
        dates = [f for f in marked if f.type.kind == "date"]
        for fact in marked:
            if fact not in dates:
                report.error("P0236", fact.node.span, name=fact.name)
        if len(dates) > 1:
            first, second = dates[:2]
            here = (first.node.span, "这里已经写了", "it is written here already")
            report.error(
                "P0235", second.node.span, name=symbol.name, first=first.name, second=second.name, labels=[here]
            )
        elif dates:
            found[symbol.name] = dates[0].name
    return found


def _person(program: ir.Program, entity: ir.Entity) -> bool:
    """Whether the entity is a person: it says so, or is an entry of a list where nothing around it says what counts as what."""
    holders = {e.name: e for e in program.entities}
    if entity.counts_as or not entity.holder:
        return entity.counts_as == "人"
    outer = entity
    while outer.holder and not outer.counts_as:
        outer = holders[outer.holder]
    return not outer.counts_as


def unmarked(program: ir.Program, entity: ir.Entity) -> list[ir.Fact]:
    """The facts that are births of a person without a mark: those of which 周岁 is asked."""
    asked = ages(program) if _person(program, entity) else frozenset()
    return [f for f in entity.facts if (entity.name, f.name) in asked]


def settle_births(program: ir.Program, marked: dict[str, str]) -> ir.Program:
    """The program whose entities know their births; of several facts without a mark none is one."""
    made = []
    for entity in program.entities:
        name = marked.get(entity.name, "")
        if not name:
            asked = unmarked(program, entity)
            name = asked[0].name if len(asked) == 1 else ""
        born = next((n for n, f in enumerate(entity.facts) if f.name == name), -1)
        made.append(entity._replace(born=born))
    return program._replace(entities=tuple(made))
