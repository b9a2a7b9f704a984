"""The types that a policy declares, and the type that is written at a fact, a rule or a parameter."""

from __future__ import annotations

from ...diagnostics.report import suggestion
from ...source import Span
from ...syntax import nodes
from ...syntax.keywords import UNIT_KEYS
from ..symbols import Declared
from ..types import BUILTIN, Type, amount
from ..units import Unit, unit_of
from .amendments import unknown_amendment
from .collected import INHERITED, Collected


def collect_types(collected: Collected) -> None:
    """The lists of names and the units that 类型 declares, and what 修订 adds to the lists."""
    for d in collected.found:
        if isinstance(d.node, nodes.Amendment):
            for name in d.node.names if d.node.values else ():
                collected.additions.setdefault(name, []).append(d)
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
        more = (_MORE[0].format(name=node.name), _MORE[1].format(name=node.name)) if node.kind != "unit" else INHERITED
        if not collected.once(("type", node.name), node.name, node.span, d.layer, inherited=more):
            continue
        if node.kind == "unit":
            collected.units.add(node.name)
        elif node.kind == "named":
            named[node.name] = node
        else:
            collected.types[node.name] = enumeration(
                collected, node.name, node.members, node.kind == "ordered", node.span, d.layer
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


_MORE = (
    "上级声明的在本级也能用：删去这里的；要加一个值，写 修订 {name}，下面一行写那个值；另有所指的，换一个名称",
    "what is declared above can be used here: delete this one; to add a value write amend {name} with the value on the line below; "
    "for something else take another name",
)


def enumeration(
    collected: Collected, name: str, members: tuple[str, ...], ordered: bool, span: Span, layer: int = 0
) -> Type:
    """A list of names as a type, with what 修订 of its layer and those below adds; a name that stands in it twice, or alone, is reported."""
    double = next((m for i, m in enumerate(members) if m in members[:i]), None)
    if double is not None:
        collected.report.error("P0202", span, name=double)
    elif len(members) < 2:
        collected.report.error("P0219", span, name=name)
    members = tuple(dict.fromkeys(members))
    for d in collected.additions.get(name, ()):
        if d.layer >= layer:
            collected.amended.add(name)
            members = _with_values(collected, d, name, members, ordered)
    return Type("enumeration", name, members=members, ordered=ordered)


def _with_values(
    collected: Collected, d: Declared, name: str, members: tuple[str, ...], ordered: bool
) -> tuple[str, ...]:
    """The values of a type with those of one 修订, in their places."""
    assert isinstance(d.node, nodes.Amendment)
    made = list(members)
    for value in d.node.values:
        if value.name in made:
            collected.report.error("P0334", value.span, name=value.name, type=name)
        elif (value.after is not None) != ordered:
            zh = "类型有次序，要写它在哪一个之后" if ordered else "类型没有次序，不写 后于"
            en = (
                "the type is ordered: say which value it comes after"
                if ordered
                else "the type has no order: leave “after” out"
            )
            fixed = (
                (f"{value.name} 后于 {made[-1]}", f"{value.name} after {made[-1]}") if ordered else (value.name,) * 2
            )
            hint = (f"写成：{fixed[0]}", f"write: {fixed[1]}")
            collected.report.error(
                "P0335", value.span, name=value.name, type=name, problem=zh, problem_en=en, hint=hint
            )
            made.append(value.name)  # nothing else is wrong with it
        elif value.after is not None and value.after not in made:
            zh, en = suggestion(value.after, made)
            all_zh, all_en = f"可用的值：{'、'.join(made)}", f"its values: {', '.join(made)}"
            collected.report.error(
                "P0208",
                value.span,
                name=value.after,
                type=name,
                type_en=name,
                members="",
                hint=(zh or all_zh, en or all_en),
            )
            made.append(value.name)
        else:
            made.insert(made.index(value.after) + 1 if value.after is not None else len(made), value.name)
    return tuple(made)


def refuse_unknown_additions(collected: Collected) -> None:
    """Reports values for what is no type of this layer or one above; an inline list has the name of what it is of."""
    for name, amendments in collected.additions.items():
        for d in amendments:
            if name not in collected.amended and name not in collected.broken:
                unknown_amendment(collected, name, d, collected.types)


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
