"""The types that a policy declares, and the type that is written at a fact, a rule or a parameter."""

from __future__ import annotations

from ...diagnostics.report import suggestion
from ...source import Span
from ...syntax import nodes
from ...syntax.keywords import UNIT_KEYS
from ..types import BUILTIN, Type, amount
from ..units import Unit, unit_of
from .collected import Collected


def collect_types(collected: Collected) -> None:
    """The lists of names and the units that 类型 declares."""
    named: dict[str, nodes.TypeDeclaration] = {}
    for d in collected.found:
        node = d.node
        if not isinstance(node, nodes.TypeDeclaration):
            continue
        if node.name in BUILTIN or node.name in UNIT_KEYS:
            hint = (
                "这个名称语言里已有：不用声明；另有所指的，换一个名称",
                "the name is built in and needs no declaration; for something else take another name",
            )
            collected.report.error("P0202", node.span, name=node.name, hint=hint)
            continue
        if not collected.once(("type", node.name), node.name, node.span, d.layer):
            continue
        if node.kind == "unit":
            collected.units.add(node.name)
        elif node.kind == "named":
            named[node.name] = node
        else:
            collected.types[node.name] = enumeration(
                collected, node.name, node.members, node.kind == "ordered", node.span
            )

    _refuse_named(collected, named)


def _refuse_named(collected: Collected, named: dict[str, nodes.TypeDeclaration]) -> None:
    """Reports types that are declared by one other name: a unit of a unit, perhaps in a circle, or a list of one value."""
    collected.broken |= named.keys()
    ends: dict[str, str] = {}  # where the names lead; "" into a circle
    for name in named:
        way: dict[str, int] = {}
        last = name
        while last in named and last not in ends and last not in way:
            way[last] = len(way)
            last = named[last].members[0]
        circle = list(way)[way[last] :] if last in way else []
        if circle:
            labels = [(named[x].span, "", "") for x in circle[1:]]
            collected.report.error("P0313", named[last].span, path=" → ".join((*circle, last)), labels=labels)
        end = "" if circle else ends.get(last, last)
        for x, at in way.items():
            ends[x] = end
            if circle and at >= way[last]:
                continue
            node, unit = named[x], end or named[x].members[0]
            if not end or unit in collected.units or unit in UNIT_KEYS:
                collected.report.error("P0312", node.span, name=x, other=node.members[0], unit=unit)
            else:
                collected.report.error("P0219", node.span, name=x)


def enumeration(collected: Collected, name: str, members: tuple[str, ...], ordered: bool, span: Span) -> Type:
    """A list of names as a type; a name that stands in it twice, or alone, is reported."""
    double = next((m for i, m in enumerate(members) if m in members[:i]), None)
    if double is not None:
        collected.report.error("P0202", span, name=double)
    elif len(members) < 2:
        collected.report.error("P0219", span, name=name)
    return Type("enumeration", name, members=tuple(dict.fromkeys(members)), ordered=ordered)


def type_of(collected: Collected, node: nodes.TypeExpression, owner: str, counted: str = "") -> Type | None:
    """The type that is written; an inline list is a type of its own, named after its owner. None where it is wrong."""
    if isinstance(node, nodes.InlineEnumeration):
        return enumeration(collected, owner, node.members, False, node.span)
    if isinstance(node, nodes.ListOf):
        collected.report.error("P0212", node.span, name=node.entity)
        return None
    name = "/".join(node.parts)
    if len(node.parts) == 1:
        if name in BUILTIN:
            return BUILTIN[name]
        if name in collected.types:
            return collected.types[name]
    unit = unit_of(node.parts, frozenset(collected.units))
    if unit is not None:
        return effective(unit, counted)
    if not any(p in collected.broken for p in node.parts):
        known = [*BUILTIN, *collected.types, *UNIT_KEYS, *collected.units]
        zh, en = suggestion(next((p for p in node.parts if p not in UNIT_KEYS), name), known)
        collected.report.error(
            "P0214",
            node.span,
            name=name,
            hint=(
                zh or "先用「类型」声明它，或写一个单位，如 元/月",
                en or "declare it with “type”, or write a unit such as yuan/month",
            ),
        )
    return None


def effective(unit: Unit, counted: str) -> Type:
    """The type of money, of what is declared, or of a head count in an entity that counts as 人 or 户: 元/月 of a household is 元/户/月
    (semantics, rule 4), its 亩 are 亩/户; a price (元/度) stays what it is."""
    if counted and unit.counts_per_entity:
        at = next(i for i, (_, n) in enumerate(unit.words) if n > 0) + 1
        full = Unit((*unit.words[:at], (counted, -1), *unit.words[at:]))
        return amount(full)._replace(written=unit)
    if counted == "户" and unit.words == (("人", 1),):
        return amount(Unit((("人", 1), ("户", -1))), whole=True)._replace(written=unit)
    return amount(unit)
