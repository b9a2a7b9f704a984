"""Which fact of an entity is its birth: the one marked 出生, else the only one of a person of which 周岁 is asked. Its death is marked."""

from __future__ import annotations

from ..diagnostics.report import Report
from ..model.symbols import Model
from . import nodes as ir
from .traverse import ages

_CODES = {"born": ("P0235", "P0236"), "died": ("P0240", "P0241")}  # two of them, one that is no date


def marked_dates(model: Model, report: Report) -> tuple[dict[str, str], dict[str, str]]:
    """Entity → its fact that is marked 出生, and the same for 死亡. Two of a kind, or one that is no date, are reported."""
    for symbol in model.entities.values():
        for fact in symbol.facts.values():
            if fact.node.died and (fact.node.born or fact.node.default is not None):
                zh, en = ("出生", "born") if fact.node.born else ("默认", "default")
                report.error("P0242", fact.node.span, name=fact.name, other=zh, other_en=en)
    return _marked(model, report, "born"), _marked(model, report, "died")


def _marked(model: Model, report: Report, mark: str) -> dict[str, str]:
    found: dict[str, str] = {}
    twice, no_date = _CODES[mark]
    for symbol in model.entities.values():
        for members in symbol.lists.values():
            if getattr(members.node, mark):
                report.error(no_date, members.node.span, name=members.name)
        marked = [f for f in symbol.facts.values() if getattr(f.node, mark)]
        dates = [f for f in marked if f.type.kind == "date"]
        for fact in marked:
            if fact not in dates:
                report.error(no_date, fact.node.span, name=fact.name)
        if len(dates) > 1:
            first, second = dates[:2]
            here = (first.node.span, "这里已经写了", "it is written here already")
            report.error(twice, second.node.span, name=symbol.name, first=first.name, second=second.name, labels=[here])
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


def unmarked(program: ir.Program, entity: ir.Entity, asked: frozenset[tuple[str, str]]) -> list[ir.Fact]:
    """The facts that are births of a person without a mark: those of which 周岁 is `asked` (traverse.ages)."""
    if not _person(program, entity):
        return []
    return [f for f in entity.facts if (entity.name, f.name) in asked and not f.died]


def settle_births(program: ir.Program, born: dict[str, str], died: dict[str, str]) -> ir.Program:
    """The program whose entities know their births and deaths; of several facts without a mark none is a birth."""
    made = []
    asked = ages(program)
    for entity in program.entities:
        name, end = born.get(entity.name, ""), died.get(entity.name, "")
        facts = tuple(f._replace(died=f.name == end) for f in entity.facts)
        entity = entity._replace(facts=facts)
        if not name:
            births = unmarked(program, entity, asked)
            name = births[0].name if len(births) == 1 else ""
        names = [f.name for f in facts]
        made.append(
            entity._replace(
                born=names.index(name) if name in names else -1, died=names.index(end) if end in names else -1
            )
        )
    return program._replace(entities=tuple(made))
