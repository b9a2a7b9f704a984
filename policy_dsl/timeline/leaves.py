"""What the formulas and rules of one decision read, whatever it is compared with: found once for all comparisons that it has a part in."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..backends.entries import Instance
from ..backends.values import known
from ..ir import nodes as ir
from ..ir.traverse import children
from .world import World, counts, found_in_force, gathered, looked_back, looked_through, parts, settling

FACT, RULE, CARRIED, FIGURE, DAY, LISTED, AS_OF = range(7)
Leaf = tuple[int, Any, Any, Any]
"""(FACT or RULE or CARRIED, entry, name, None), (FIGURE, parameter, keys, whether its floor is read), (DAY, …), (LISTED, Listed, …),
(AS_OF, node, entry, None)."""


class Listed(NamedTuple):
    """A list that is gathered at an entry: what its entries read, and the default that counts where none of them does."""

    node: ir.Aggregate
    at: Instance
    below: tuple[Leaf, ...]
    default: tuple[Leaf, ...]
    idle: bool  # whether none counts


def of_rule(world: World, entry: Instance, name: str) -> tuple[Leaf, ...]:
    """What the lines read that settle a rule's value at an entry."""
    kept = world.explainer.leaves
    key = (entry.path, name)
    found = kept.get(key)
    if found is None:
        lines = world.rule(entry.entity.name, name)
        looked = settling(looked_through(world, lines, entry, world.value(entry, name)))
        found = kept[key] = _once(leaf for f in looked for leaf in of_formula(world, f, entry))
    return found


def of_formula(world: World, formula: ir.Expression, at: Instance) -> tuple[Leaf, ...]:
    """What a formula reads at an entry, as far as it settles its value. `formula` lives as long as the decision does, or as its explainer."""
    kept = world.explainer.leaves
    key = (at.path, id(formula))
    found = kept.get(key)
    if found is None:
        world.explainer.keep(formula)
        found = kept[key] = _once(_leaves(world, formula, at))
    return found


def of_figure(world: World, node: ir.ParameterRef, keys: tuple[int, ...]) -> tuple[Leaf, ...]:
    """A parameter for its keys, and what its formula reads."""
    figure = (FIGURE, node.name, keys, node.floor)
    source = world.source(node.name, keys, node.floor)
    if source is None or source.value is None or isinstance(source.value, ir.Constant):
        return (figure,)
    return (figure, *of_formula(world, world.explainer.phrases.filled(source, keys), world.root))


def _once(leaves: Iterable[Leaf]) -> tuple[Leaf, ...]:
    return tuple({(x[0], id(x[1]), x[2], x[3]) if x[0] != FIGURE else x: x for x in leaves}.values())


def _leaves(world: World, formula: ir.Expression, at: Instance) -> list[Leaf]:
    out: list[Leaf] = []
    stack: list[tuple[ir.Expression, Instance]] = [(formula, at)]
    up = world.interpretation.up
    while stack:
        node, entry = stack.pop()
        match node:
            case ir.FactRef() | ir.RuleRef() | ir.CarriedRef() | ir.Window():
                here = up(entry, node.up) if node.up else entry
                if here is not None:
                    kind = FACT if isinstance(node, ir.FactRef) else RULE if isinstance(node, ir.RuleRef) else CARRIED
                    out.append((kind, here, node.name, None))
                if isinstance(node, ir.Window):
                    out += [(DAY, None, None, None)] if node.year else []
                    stack += [(c, entry) for c in children(node)]
            case ir.ParameterRef():
                stack += [(k, entry) for k in node.keys]
                keys = tuple(world.evaluate(k, entry) for k in node.keys)
                out += of_figure(world, node, keys) if all(known(k) for k in keys) else ()
            case ir.Moment():
                out.append((DAY, None, None, None))
            case ir.Past():
                stack += [(c, entry) for c in looked_back(world, node, entry)]
            case ir.IfInForce():
                stack += [(c, entry) for c in found_in_force(world, node, entry)]
            case ir.AsOf():
                stack.append((node.day, entry))
                if known(world.evaluate(node.day, entry)):
                    out.append((AS_OF, node, entry, None))
                    stack += [(k, entry) for k in (node.value.keys if isinstance(node.value, ir.ParameterRef) else ())]
            case ir.Aggregate():
                out.append((LISTED, _listed(world, world.interpretation.bound(node, entry), entry), None, None))
            case ir.Outside():
                stack.append((node.value, world.entries[node.at]))
            case _:
                stack += [(c, entry) for c in parts(world, node, entry)]
    return out


def _listed(world: World, node: ir.Aggregate, at: Instance) -> Listed:
    entries = world.interpretation.entries(node, at)
    mine = entries if isinstance(entries, list) else []
    below = _once(x for e in mine for f in gathered(world, node, e) for x in of_formula(world, f, e))
    default = () if node.default is None else of_formula(world, node.default, at)
    return Listed(node, at, below, default, not any(counts(world, node, e) for e in mine))
