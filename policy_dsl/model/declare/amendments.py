"""修订: what an amendment adds to, and what it says where that is not declared above."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import evolve

from ...diagnostics.report import suggestion
from ...syntax import nodes
from ..symbols import Declared, ParameterSymbol, RuleSymbol
from .collected import Collected


def amend(
    collected: Collected,
    rules: dict[tuple[str, str], RuleSymbol],
    parameters: dict[str, ParameterSymbol],
) -> None:
    """Adds each amendment to the rules and parameters that it names; one that a layer above does not declare is reported."""
    by_name: dict[str, list[tuple[str, str]]] = {}
    for key in rules:
        by_name.setdefault(key[1], []).append(key)
    for d in collected.found:
        if not isinstance(d.node, nodes.Amendment) or d.node.facts or d.node.values:
            continue
        for name in d.node.names:
            targets = [k for k in by_name.get(name, []) if rules[k].declared[0].layer <= d.layer]
            if name in parameters and parameters[name].declared[0].layer <= d.layer:
                p = parameters[name]
                parameters[name] = ParameterSymbol(p.name, p.type, p.keys, p.key_types, (*p.declared, d))
            elif targets:
                for key in targets:
                    rules[key] = evolve(rules[key], declared=(*rules[key].declared, d))
            elif name not in collected.broken:
                known = [n for n, p in parameters.items() if p.declared[0].layer <= d.layer]
                above = {n: r for (_, n), r in rules.items() if r.declared[0].layer <= d.layer}
                states = {s: n for n, r in above.items() if r.status is not None for s in r.type.members}
                unknown_amendment(collected, name, d, [*known, *above], states.get(name, ""))


def unknown_amendment(collected: Collected, name: str, d: Declared, known: Iterable[str], status: str = "") -> None:
    """`status`: the one of which the name is a state."""
    zh, en = suggestion(name, known)
    if status:
        zh = f"「{name}」是阶段「{status}」的一个状态：写 修订 {status}，在下面写它的转换"
        en = f"“{name}” is a state of “{status}”: write amend {status}, and its transitions below"
    collected.report.error(
        "P0606",
        d.node.span,
        name=name,
        hint=(zh or "只能修订上级已声明的内容", en or "only what a layer above declares can be amended"),
    )
