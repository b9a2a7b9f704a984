"""Parameters, their types and the lists of names that are their keys."""

from __future__ import annotations

from math import prod

from attrs import evolve

from ...syntax import nodes
from ...syntax.characters import MAX_KEYS
from ..symbols import EntitySymbol, ParameterSymbol
from ..types import Type
from .collected import Collected
from .sections import SECTIONS, alike
from .types import type_of


def collect_parameters(collected: Collected, entities: dict[str, EntitySymbol]) -> dict[str, ParameterSymbol]:
    """The parameters by their names, each with all its sections."""
    inline = _inline_types(entities)
    made: dict[str, ParameterSymbol] = {}
    for d in collected.found:
        node = d.node
        if not isinstance(node, nodes.Parameter):
            continue
        if node.name in made and made[node.name].declared[0].layer == d.layer and node.dates is not None:
            before = made[node.name]
            type_ = type_of(collected, node.type, node.name)
            if type_ is not None and alike(collected, before, d, type_):
                made[node.name] = evolve(before, declared=(*before.declared, d))
            continue
        if not collected.once(("parameter", node.name), node.name, node.span, d.layer, SECTIONS, amendable=True):
            continue
        type_ = type_of(collected, node.type, node.name)
        keys: list[Type] = []
        for key in node.keys:
            type_of_key = collected.types.get(key) or inline.get(key)
            if type_of_key is not None:
                keys.append(type_of_key)
            elif key not in collected.broken:
                collected.report.error("P0406", node.span, name=key)
        cells = prod(len(t.members) for t in keys)
        if cells > MAX_KEYS:
            collected.report.error("P0410", node.span, name=node.name, cells=cells, most=MAX_KEYS)
            keys = []
        if type_ is None or len(keys) != len(node.keys):
            collected.broken.add(node.name)
            continue
        made[node.name] = ParameterSymbol(node.name, type_, node.keys, tuple(keys), (d,))
    return made


def _inline_types(entities: dict[str, EntitySymbol]) -> dict[str, Type]:
    """Types written as a list at a fact, by the fact's name; a name that two facts give to different lists is none."""
    found: dict[str, Type | None] = {}
    for symbol in entities.values():
        for fact in symbol.facts.values():
            if fact.type.kind == "enumeration" and fact.type.name == fact.name:
                found[fact.name] = fact.type if found.get(fact.name, fact.type) == fact.type else None
    return {name: t for name, t in found.items() if t is not None}
