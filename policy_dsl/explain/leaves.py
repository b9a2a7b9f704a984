"""Steps that no rule gives: facts as they were given, and what came over from last month."""

from __future__ import annotations

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import Held, Unknown
from ..backends.values import Undetermined, Value, known, possible
from ..ir import nodes as ir
from ..model.types import Type
from .explanation import Step


def given_fact(by: Interpretation, entry: Instance, index: int, fact: ir.Fact, id_: str) -> Step:
    """The step of a fact, `index` being its place among those of its entity."""
    entity = entry.entity
    given = entry.data[index]
    value: Value
    if isinstance(given, Unknown):
        value = Undetermined((id_,), (), by.fact_possible(entity, fact.name))
    elif index == entity.identity:
        value = _pseudonym(by, entry, index)
    else:
        value = by.exact(entry, fact.name, given)
    used = bool(entry.data[len(entity.facts) + len(entity.lists)] >> index & 1)
    about = (fact.name, fact.type, value, fact.clause, fact.place, entry)
    return Step(id_, "fact", entity.name, entry.path, *about, decided_by=fact.by, default_used=used)


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
    name = f"{carried.name}.{month}" if month else name_of(carried)
    about = (name, carried.type, value, declared.clause, declared.place, entry)
    return Step(id_, "past", entry.entity.name, entry.path, *about)


def key_name(value: Value, type_: Type) -> str:
    """A parameter's key: its value, or where it is open those that are possible, `?` for all."""
    if known(value):
        return type_.members[value]
    left = possible(value, type_)
    some = sorted(left) if isinstance(left, frozenset) else []
    return "/".join(type_.members[v] for v in some) if 0 < len(some) < len(type_.members) else "?"
