"""Entities with their facts, and which list of which entity holds them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from ...diagnostics.report import suggestion
from ...source import Span
from ...syntax import nodes
from ...syntax.characters import MAX_LEVELS
from ...syntax.keywords import UNIT_KEYS
from ..reserved_keys import RESERVED_FACTS
from ..symbols import Declared, EntitySymbol, FactSymbol, ListSymbol, Model
from ..units import unit_of
from .amendments import unknown_amendment
from .collected import Collected
from .types import type_of

# name → where it is declared, and its facts, each with where it is added
Made = dict[str, tuple[Declared, list[tuple[nodes.Fact, Declared]]]]
# entity → the entity that holds it, by which list, said where
Holders = dict[str, tuple[str, str, Span]]


def collect_entities(collected: Collected) -> dict[str, EntitySymbol]:
    """The entities by their names, with the facts and lists that they and amendments declare."""
    made = _declared(collected)
    _amended(collected, made)
    holders, lists = _held_by(collected, made)
    _break_circles(collected, made, holders)
    symbols = {
        name: EntitySymbol(
            name,
            _counts(d),
            {},
            lists[name],
            d,
            holders[name][0] if name in holders else "",
            holders[name][1] if name in holders else "",
        )
        for name, (d, _) in made.items()
    }
    _take_facts(collected, made, symbols)
    return symbols


def _declared(collected: Collected) -> Made:
    made: Made = {}
    for d in collected.found:
        if isinstance(d.node, nodes.Entity) and collected.once(
            ("entity", d.node.name), d.node.name, d.node.span, d.layer, amendable=True
        ):
            made[d.node.name] = (d, [(f, d) for f in d.node.facts])
            _reserved(collected, d.node.facts)
            if d.node.counts_as is not None and unit_of((d.node.counts_as,)) is None:
                collected.report.error(
                    "P0214",
                    d.node.span,
                    name=d.node.counts_as,
                    hint=("对象后面的单位写 人 或 户", "write person or household"),
                )
    return made


def _amended(collected: Collected, made: Made) -> None:
    """Adds the facts that 修订 adds."""
    for d in collected.found:
        if isinstance(d.node, nodes.Amendment) and d.node.facts:
            _reserved(collected, d.node.facts)
            for name in d.node.names:
                known = [n for n, (e, _) in made.items() if e.layer <= d.layer]
                if name in known:
                    made[name][1].extend((f, d) for f in d.node.facts)
                elif name not in collected.broken:
                    unknown_amendment(collected, name, d, known)


def _reserved(collected: Collected, facts: Iterable[nodes.Fact]) -> None:
    """No fact and no list has a name that means something else among given facts."""
    for fact in facts:
        for name in fact.names:
            if name in RESERVED_FACTS:
                collected.report.error("P0333", fact.span, name=name)


def _held_by(collected: Collected, made: Made) -> tuple[Holders, dict[str, dict[str, ListSymbol]]]:
    """What holds each entity, and the lists of each."""
    holders: Holders = {}
    lists: dict[str, dict[str, ListSymbol]] = {name: {} for name in made}
    for name, (_, facts) in made.items():
        for fact, d in facts:
            if not isinstance(fact.type, nodes.ListOf):
                continue
            for listed in fact.names:
                if not collected.once(("member", name, listed), listed, fact.span, d.layer):
                    continue
                held = _entity_named(fact.type.entity, made)
                if held is None:
                    if fact.type.entity not in collected.broken:
                        zh, en = suggestion(fact.type.entity, made)
                        collected.report.error(
                            "P0201",
                            fact.type.span,
                            name=fact.type.entity,
                            hint=(zh or "先用「对象」声明它", en or "declare it with “entity”"),
                        )
                    collected.broken.add(listed)
                    continue
                low, high = _size(collected, fact)
                _default(collected, fact, low)
                if held in holders:
                    other = holders[held]
                    collected.report.error(
                        "P0216", fact.span, name=held, labels=[(other[2], "已由这里包含", "held here already")]
                    )
                    collected.broken.add(listed)
                    continue
                holders[held] = (name, listed, fact.span)
                lists[name][listed] = ListSymbol(listed, held, low, high, fact)
    return holders, lists


def _break_circles(collected: Collected, made: Made, holders: Holders) -> None:
    """Reports entities that hold themselves or lie too deep, and takes them out."""
    for name in made:
        path = [name]
        while path[-1] in holders and holders[path[-1]][0] not in path and len(path) <= MAX_LEVELS:
            path.append(holders[path[-1]][0])
        if len(path) > MAX_LEVELS:
            collected.report.error("P0221", made[name][0].node.span, name=name, most=MAX_LEVELS)
            del holders[name]
        elif path[-1] in holders:
            collected.report.error("P0217", made[name][0].node.span, path=" → ".join([*path, holders[path[-1]][0]]))
            del holders[path[-1]]


def _take_facts(collected: Collected, made: Made, symbols: dict[str, EntitySymbol]) -> None:
    """Gives each symbol its facts: their types depend on what the entity counts as, and so on what holds it."""
    within = entities_alone(symbols)
    for name, (_, facts) in made.items():
        counted = within.counted(name)
        for fact, d in facts:
            if isinstance(fact.type, nodes.ListOf):
                continue
            for written in fact.names:
                if not collected.once(("member", name, written), written, fact.span, d.layer):
                    continue
                type_ = type_of(collected, fact.type, written, counted)
                if type_ is None:
                    collected.broken.add(written)
                else:
                    symbols[name].facts[written] = FactSymbol(written, type_, fact, d.clause)


def _entity_named(name: str, made: Made) -> str | None:
    """`many persons` is legal beside `many person`."""
    if name in made:
        return name
    return name[:-1] if name.isascii() and name.endswith("s") and name[:-1] in made else None


def _counts(d: Declared) -> str:
    assert isinstance(d.node, nodes.Entity)
    return UNIT_KEYS.get(d.node.counts_as or "", "")


def _size(collected: Collected, fact: nodes.Fact) -> tuple[int, int]:
    if fact.range is None:
        return 1, 50
    for end in fact.range:
        number = end.operand if isinstance(end, nodes.Negative) else end
        if (
            isinstance(number, nodes.Number)
            and number.unit
            and unit_of(number.unit, frozenset(collected.units)) is None
        ):
            hint = ("名单的大小写整数，例如 0..20", "the size of a list is a whole number, as in 0..20")
            collected.report.error("P0214", number.span, name="/".join(number.unit), hint=hint)
    ends = [_plain_value(e) for e in fact.range]
    if None in ends or any(e is not None and e.denominator != 1 for e in ends):
        collected.report.error(
            "P0203",
            fact.span,
            wanted="整数范围",
            wanted_en="a range of whole numbers",
            found="别的",
            found_en="something else",
            hint=("例如 0..20", "as in 0..20"),
        )
        return 1, 50
    low, high = int(ends[0] or 0), int(ends[1] or 0)
    if low > high or low < 0:
        collected.report.error("P0220", fact.span, low=low, high=high)
        return 1, 50
    return low, high


_NOBODY = ("无", "none")


def _default(collected: Collected, fact: nodes.Fact, low: int) -> None:
    """A list's default is 无, and so it may be empty."""
    if fact.default is None:
        return
    nobody = isinstance(fact.default, nodes.Name) and len(fact.default.path) == 1 and fact.default.path[0] in _NOBODY
    if not nobody or low:
        zh = "名单的默认只有 无" if not nobody else "名单至少有一个，不能默认 无"
        en = (
            "a list's default can only be none"
            if not nobody
            else "the list has one entry at least, so none cannot be its default"
        )
        collected.report.error("P0343", fact.default.span, name="、".join(fact.names), problem=zh, problem_en=en)


def _plain_value(node: nodes.Node) -> Fraction | None:
    """The number written, sign included, without its unit; None for anything else."""
    if isinstance(node, nodes.Negative):
        inner = _plain_value(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, nodes.Number) else None


def entities_alone(entities: dict[str, EntitySymbol]) -> Model:
    """A model of entities alone, to ask what holds what while the rest is collected."""
    return Model("", (), "", (), {}, frozenset(), entities, {}, {}, (), {})
