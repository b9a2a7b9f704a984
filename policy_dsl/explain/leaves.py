"""Steps that no rule gives: facts as they were given, and what came over from last month."""

from __future__ import annotations

from typing import Any

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import Held, Unknown
from ..backends.values import Undetermined, Value, known, possible
from ..ir import nodes as ir
from ..model.types import Type
from .explanation import Step


def leaf(**given: Any) -> Step:
    """A step of what no rule gives: the rest of it is as usual."""
    usual: dict[str, Any] = {
        "applied": (), "considered": (), "since": 0, "until": ir.OPEN, "assumptions": (), "decided_by": "", "default_used": False,
        "given_up": None, "given_up_lines": (), "mode": "", "missing": "", "published": 0, "formula": None, "displaced": None,
        "at": None, "children": (),
    }  # fmt: skip
    return Step(**(usual | given))


def given_fact(interpretation: Interpretation, entry: Instance, index: int, fact: ir.Fact) -> Step:
    """The step of a fact, `index` being its place among those of its entity."""
    id_ = f"{entry.path}.{fact.name}"
    given = entry.facts[fact.name]
    value: Value
    if isinstance(given, Unknown):
        value = Undetermined((id_,), (), interpretation.fact_possible(entry.entity, fact.name))
    elif index == entry.entity.identity:
        value = _pseudonym(interpretation, entry, index)
    else:
        step = interpretation.steps.get((entry.entity.name, fact.name))
        value = given if step is None else given * step
    return leaf(
        id=id_,
        kind="fact",
        entity=entry.entity.name,
        path=entry.path,
        name=fact.name,
        type=fact.type,
        value=value,
        clause=fact.clause,
        place=fact.place,
        decided_by=fact.by,
        default_used=bool(entry.data[len(entry.entity.facts) + len(entry.entity.lists)] >> index & 1),
        at=entry,
    )


def _pseudonym(interpretation: Interpretation, entry: Instance, index: int) -> str:
    """#1, #2 … for what identifies entries, the same for the same: reasons say who is who, and not by which number."""
    name = entry.entity.name
    numbers = interpretation.pseudonyms.get(name)
    if numbers is None:
        numbers = interpretation.pseudonyms[name] = {}
        for other in interpretation.root.all():
            if other.entity.name == name and isinstance(other.data[index], str):
                numbers.setdefault(other.data[index], f"#{len(numbers) + 1}")
    return numbers[entry.data[index]]


def name_of(carried: ir.Carried) -> str:
    """How steps name it: what 上月 says of a status has the status's name, as every other value of last month has."""
    return carried.of if carried.name == f"上月({carried.of})" else carried.name


def handed_over(
    id_: str, entry: Instance, carried: ir.Carried, declared: ir.Rule | ir.Fact, month: str, past: Value
) -> Step:
    """The step of a value that came over from last month; with a month, of that month's value in a window. `declared`: what it is of."""
    value = past if month else entry.carried[carried.name]
    if isinstance(value, Held):
        value = value.value
    return leaf(
        id=id_,
        kind="past",
        entity=entry.entity.name,
        path=entry.path,
        name=f"{carried.name}.{month}" if month else name_of(carried),
        type=carried.type,
        value=value,
        clause=declared.clause,
        place=declared.place,
        at=entry,
    )


def key_name(value: Value, type_: Type) -> str:
    """A parameter's key: its value, or where it is open those that are possible, `?` for all."""
    if known(value):
        return type_.members[value]
    left = possible(value, type_)
    some = sorted(left) if isinstance(left, frozenset) else []
    return "/".join(type_.members[v] for v in some) if 0 < len(some) < len(type_.members) else "?"


def filled(node: ir.Expression, keys: tuple[int, ...]) -> ir.Expression:
    """A parameter's formula with the keys at hand written in."""
    if isinstance(node, ir.KeyRef):
        return ir.Constant(keys[node.position], node.type, node.place)
    made: dict[str, Any] = {}
    for field, value in zip(node._fields, node, strict=True):
        if isinstance(value, ir.Expression):
            made[field] = filled(value, keys)
        elif isinstance(value, tuple) and value and all(isinstance(x, ir.Expression) for x in value):
            made[field] = tuple(filled(x, keys) for x in value)
    return node._replace(**made)
