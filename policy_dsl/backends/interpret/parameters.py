"""What a parameter is: its formula reads keys and the parameters before it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from ...ir import nodes as ir
from ...ir.in_force import Held, Missing
from ...model.types import TRUTH, Type
from ..entries import Instance
from ..formatting import day_text
from ..possible import MOST, Bounds, of_type
from ..values import Failure, Undetermined, Value, join, possible
from .logic import one_of
from .operations import Operations


def parameter_value(found: Held, node: ir.ParameterRef, keys: Sequence[int], date: str) -> Value:
    """What a reference to a parameter gives: its value, or what it waits for, or that nothing is in force on the date for its keys."""
    if node.floor and found.floor is not None:
        return found.floor
    if isinstance(found.value, Missing):
        if found.value.kind == "none":
            cell = ", ".join(k.type.members[n] for k, n in zip(node.keys, keys, strict=True))
            name = f"{node.name}({cell})" if cell else node.name
            return Failure("R0105", (("name", name), ("date", date)), node.place)
        bounds = found.value.bounds
        return Undetermined((), (found.value.name,), None if bounds is None else Bounds(*bounds))
    if isinstance(found.value, Failure):  # computed with the epoch, on whichever of its days came first
        words = tuple((k, date if k == "date" else word) for k, word in found.value.words)
        return found.value._replace(words=words)
    return found.value


def is_held(found: Held, node: ir.ParameterRef) -> bool:
    """Whether anything is in force of a parameter for some keys: a value, 待定, or a floor."""
    floor = node.floor and found.floor is not None
    return floor or not (isinstance(found.value, Missing) and found.value.kind == "none")


def keyed(
    node: ir.ParameterRef,
    keys: Sequence[Value],
    looked_up: Callable[[tuple[int, ...]], Value],
    type_: Type | None = None,
) -> Value:
    """A parameter's value for its keys (or what else is looked up by them, of `type_`): where they are open, what those that are possible
    give, as in a table."""
    held = join(keys)
    if held is None:
        return looked_up(tuple(keys))
    if isinstance(held, Failure):
        return held
    ways = [possible(k, x.type) for k, x in zip(keys, node.keys, strict=True)]
    sets = [w for w in ways if isinstance(w, frozenset)]
    if len(sets) < len(ways) or prod(map(len, sets)) > MOST:
        return held._replace(possible=of_type(type_ or node.type), may_fail=True)
    chosen = product(*map(sorted, sets))
    return one_of([looked_up(way) for way in chosen], type_ or node.type, held)


class _Closed(Operations):
    """Evaluates a parameter's formula: no entry, only keys and the parameters before it."""

    def __init__(self, keys: tuple[int, ...], parameters: dict[str, dict[tuple[int, ...], Held]], on: int) -> None:
        self.keys = keys
        self.parameters = parameters
        self.on = on

    def read(self, node: ir.Expression | None, at: Instance | None) -> Value:
        match node:
            case ir.KeyRef():
                return self.keys[node.position]
            case ir.ParameterRef() if node.name not in self.parameters:
                return Undetermined((), (node.name,))  # one that reads itself, which is told
            case ir.ParameterRef():
                found = self.parameters[node.name]
                return self.looked_up(node, at, lambda way: parameter_value(found[way], node, way, day_text(self.on)))
            case ir.IfInForce(value=ir.ParameterRef() as value) if value.name not in self.parameters:
                return Undetermined((), (value.name,))
            case ir.IfInForce(value=ir.ParameterRef() as value):
                held = self.parameters[value.name]
                found = self.looked_up(value, at, lambda way: is_held(held[way], value), TRUTH)
                if isinstance(found, Failure):
                    return found
                if isinstance(found, Undetermined):
                    return one_of([self.evaluate(x, at) for x in (value, node.default)], node.type, found)
                return self.evaluate(value if found else node.default, at)
        raise AssertionError(node)

    def looked_up(
        self,
        node: ir.ParameterRef,
        at: Instance | None,
        of: Callable[[tuple[int, ...]], Value],
        type_: Type | None = None,
    ) -> Value:
        return keyed(node, [self.evaluate(k, at) for k in node.keys], of, type_)


def evaluate_parameter(
    node: ir.Expression, keys: tuple[int, ...], parameters: dict[str, dict[tuple[int, ...], Held]], on: int
) -> Value:
    """The value of a parameter's formula on a day: constants, keys and earlier parameters alone."""
    if isinstance(node, ir.Constant):
        return node.value
    return _Closed(keys, parameters, on).evaluate(node, None)
