"""All layers → the model: each kind of symbol after those that it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from attrs import evolve

from ...diagnostics.report import Report
from ...syntax import nodes
from ...syntax.settle import settle
from ..symbols import Model
from .amendments import amend
from .collected import Collected
from .entities import collect_entities
from .layers import Layer, read_layers
from .names import refuse_hiding_names
from .parameters import collect_parameters
from .rules import collect_rules
from .types import collect_types, refuse_unknown_additions


def declare(layers: Sequence[Layer], report: Report) -> Model:
    """Collects the symbols of all layers, top first, and reports what is declared wrongly."""
    collected = Collected(report)
    read_layers(collected, layers)
    collect_types(collected)
    collected.found = [evolve(d, node=settle(d.node, collected.units)) for d in collected.found]
    entities = collect_entities(collected)
    parameters = collect_parameters(collected, entities)
    rules = collect_rules(collected, entities)
    refuse_unknown_additions(collected)
    amend(collected, rules, parameters)
    refuse_hiding_names(collected, parameters)
    return Model(
        layers[-1].name if layers else "",
        tuple(x.name for x in layers),
        next((j for j in reversed(collected.jurisdictions) if j), ""),
        tuple(collected.paydays),
        collected.types,
        frozenset(collected.units),
        entities,
        rules,
        parameters,
        tuple(d for d in collected.found if isinstance(d.node, nodes.Example)),
        collected.documents,
        frozenset(collected.broken),
        tuple(d for d in collected.found if isinstance(d.node, nodes.Guarantee)),
        tuple(collected.jurisdictions),
        collected.declaring,
    )
