"""Amounts whose units do not go together, as they were met. What to write instead is tried at the end (ir/build/unit_fixes.py)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from ...diagnostics.report import Diagnostic
from ...model.symbols import Model
from ...model.types import Type
from ...model.units import Unit
from ...source import Place, Span
from ...syntax import nodes
from .. import nodes as ir
from ..traverse import children
from .scope import Scope


class Root(NamedTuple):
    """A whole formula, where its names are looked up, and the type that it must have."""

    node: nodes.Expression
    scope: Scope
    want: Type | None


class Side(NamedTuple):
    """One of the two amounts: as written and as typed; without these it is the type that is wanted."""

    type: Type
    node: nodes.Expression | None = None
    made: ir.Expression | None = None


class Mismatch(NamedTuple):
    found: Diagnostic
    root: Root
    left: Side
    right: Side
    measures: Type | None


_WHOSE = ("person", "household")
_WHOSE_WORDS = {"person": ("人", "person"), "household": ("户", "household")}


def cause(left: Unit, right: Unit) -> tuple[str, str]:
    """In which way two units do not go together: what each is per, or is of."""
    a, b = dict(left.dims), dict(right.dims)
    differ = {k for k in a.keys() | b.keys() if a.get(k, 0) != b.get(k, 0)}
    names = [(x.show("zh") or "没有单位的数", x.show("en") or "a number without a unit") for x in (left, right)]
    if differ == {"day", "workday"}:
        return (
            "日历日与工作日不能换算；两个日期之间的工作日用 工作日数(起, 止)",
            "calendar days do not convert into working days; between two dates take working_days(from, to)",
        )
    if differ & {"day", "workday"} and "month" in differ:
        return "天数不能换算成月数", "days do not convert into months"
    if not left.words or not right.words:
        zh, en = names[0] if left.words else names[1]
        return f"一边以 {zh} 计，一边是没有单位的数", f"one side is in {en}, the other a number without a unit"
    if differ <= set(_WHOSE):
        said = [_whose(x, *name) for x, name in zip((a, b), names, strict=True)]
    elif differ == {"month"} and {a.get("month", 0), b.get("month", 0)} == {0, -1}:
        said = [
            (f"{zh} 是一段时间的", f"{en} has a period") if x.get("month") else (f"{zh} 没有期间", f"{en} has none")
            for x, (zh, en) in zip((a, b), names, strict=True)
        ]
    else:
        (zh, en), (other, other_en) = names
        return f"{zh} 与 {other} 量的不是一样东西", f"{en} and {other_en} do not measure the same"
    return "，".join(zh for zh, _ in said), ", ".join(en for _, en in said)


def _whose(dims: dict[str, int], zh: str, en: str) -> tuple[str, str]:
    for base, (word, word_en) in _WHOSE_WORDS.items():
        if dims.get(base) == -1:
            return f"{zh} 是每{word}的", f"{en} is per {word_en}"
    return f"{zh} 没有说是每人的还是每户的", f"{en} does not say whether it is per person or per household"


Label = tuple[Place | Span, str, str]
_LARGEST = ("max", "min", "average")


def origins(model: Model, root: Root | None, left: Side, right: Side) -> list[Label]:
    """Where each side gets from what it is per, or is not."""
    found: dict[object, Label] = {}
    for side, other in ((left, right), (right, left)):
        mine, theirs = dict(side.type.unit.dims), dict(other.type.unit.dims)
        differ = {k for k in mine.keys() | theirs.keys() if mine.get(k, 0) != theirs.get(k, 0)}
        leaves = list(_leaves(side.made)) if side.made is not None else []
        named = [x for x in leaves if differ & dict(x.type.unit.dims).keys()] or [
            x for x in leaves[:1] if x.type.unit.words
        ]
        for leaf in named[:3]:
            for label in _labels(model, leaf):
                found.setdefault(label[0], label)
        if side.made is None and side.type.written is not None and root is not None and root.scope.entity:
            label = _counting(model, root.scope.entity, side.type)
            found.setdefault(label[0], label)
    return list(found.values())


def _leaves(made: ir.Expression) -> Iterator[ir.Expression]:
    """What a formula of + − × ÷ gets its unit from."""
    match made:
        case ir.Arithmetic() | ir.Call():
            for inner in children(made):
                yield from _leaves(inner)
        case ir.FactRef() | ir.RuleRef() | ir.ParameterRef() | ir.Aggregate():
            if made.type.is_amount:
                yield made


def _labels(model: Model, leaf: ir.Expression) -> Iterator[Label]:
    zh, en = (leaf.type._replace(written=None).unit.show(x) for x in ("zh", "en"))
    zh, en = zh or "没有单位的数", en or "a number without a unit"
    if isinstance(leaf, ir.Aggregate):
        if leaf.function in _LARGEST and leaf.type.unit.words:
            yield leaf.place, f"几个里取出来的，还是一个的：{zh}", f"of several, yet of one: {en}"
        elif leaf.function == "sum" and leaf.type.written is not None:
            yield leaf.place, f"合成一个的：{zh}", f"put together for one: {en}"
        else:
            yield leaf.place, f"是 {zh}", f"is in {en}"
        return
    assert isinstance(leaf, (ir.FactRef, ir.RuleRef, ir.ParameterRef))
    entity = "" if isinstance(leaf, ir.ParameterRef) else leaf.entity
    declared = model.declared_at(entity, leaf.name)
    if declared is None:
        return
    yield declared, f"「{leaf.name}」是 {zh}", f"“{leaf.name}” is in {en}"
    if leaf.type.written is not None:
        yield _counting(model, entity, leaf.type)


def _counting(model: Model, entity: str, type_: Type) -> Label:
    """Where it is said that what stands in an entity is per person or per household."""
    holder = next(e for e in model.ancestors(entity) if model.entities[e].counts_as)
    word = model.entities[holder].counts_as
    word_en = {"人": "person", "户": "household"}.get(word, word)
    own, own_en = type_.own.show("zh"), type_.own.show("en")
    return (
        model.entities[holder].declared.node.span,
        f"「{holder}」算一{word}：里面写 {own}，就是每{word}的",
        f"“{holder}” counts as a {word_en}: {own_en} in it is per {word_en}",
    )
