"""Rules, benefits and statuses, each for the entities that it names."""

from __future__ import annotations

from attrs import evolve

from ...diagnostics.report import suggestion
from ...syntax import nodes
from ..symbols import EntitySymbol, RuleSymbol
from ..types import Type
from .collected import Collected
from .entities import entities_alone
from .parts import parts_of
from .sections import SECTIONS, alike
from .statuses import status_of
from .types import type_of


def collect_rules(collected: Collected, entities: dict[str, EntitySymbol]) -> dict[tuple[str, str], RuleSymbol]:
    """The rules by entity and name, each with all its sections."""
    made: dict[tuple[str, str], RuleSymbol] = {}
    within = entities_alone(entities)
    for d in collected.found:
        node = d.node
        if not isinstance(node, (nodes.Rule, nodes.Status)):
            continue
        for entity in node.entities:
            if entity not in entities:
                if entity not in collected.broken:
                    zh, en = suggestion(entity, entities)
                    collected.report.error(
                        "P0201",
                        node.span,
                        name=entity,
                        hint=(zh or "先用「对象」声明它", en or "declare it with “entity”"),
                    )
                collected.broken.add(node.name)
                continue
            if (
                (entity, node.name) in made
                and node.dates is not None
                and made[entity, node.name].declared[0].layer == d.layer
            ):
                before = made[entity, node.name]
                type_: Type | None = before.type
                if isinstance(node, nodes.Rule):
                    type_ = type_of(collected, node.type, node.name, within.counted(entity))
                if type_ is not None and alike(collected, before, d, type_):
                    made[entity, node.name] = evolve(before, declared=(*before.declared, d))
                continue
            again = (entity, node.name) in made  # a fact of that name has no sections and cannot be amended
            sections = SECTIONS if again else None
            key = ("member", entity, node.name)
            if not collected.once(key, node.name, node.span, d.layer, sections, amendable=again):
                continue
            if isinstance(node, nodes.Status):
                status, states = status_of(collected, node, d.layer)
                if status is None:
                    collected.broken.add(node.name)
                else:
                    made[entity, node.name] = RuleSymbol(entity, node.name, states, False, (d,), status)
                continue
            type_ = type_of(collected, node.type, node.name, within.counted(entity))
            if type_ is None:
                collected.broken.add(node.name)
                continue
            parts = None
            if node.benefit and not (type_.is_amount and type_.unit.is_money and not type_.unit.is_price):
                collected.report.error("P0502", node.type.span, name=node.name, hint=_price(type_))
            else:
                parts = parts_of(collected, node, type_)
            made[entity, node.name] = RuleSymbol(entity, node.name, type_, node.benefit, (d,), parts=parts)
    return made


def _price(type_: Type) -> tuple[str, str] | None:
    """What to do about a benefit in 元/床; None where it is no price."""
    if not type_.unit.is_money:
        return None
    zh, en = type_.own.show("zh"), type_.own.show("en")
    return (
        f"{zh} 是价，不是要付的钱：价写成 规则 或 参数，给付是它乘以数量",
        f"{en} is a price and no amount to pay: write it as a rule or a parameter; the benefit is the price times what there is of it",
    )
