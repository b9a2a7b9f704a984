"""What a parameter is: its formula reads keys and the parameters before it, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product
from math import prod

from ...ir import nodes as ir
from ...ir.in_force import Held, Missing
from ..entries import Instance
from ..formatting import day_text
from ..possible import MOST, of_type
from ..values import Failure, Undetermined, Value, join, possible
from .logic import one_of
from .operations import Operations


def parameter_value(found: Held, node: ir.ParameterRef, date: str) -> Value:
    """What a reference to a parameter gives: its value, or what it waits for, or that nothing is in force on the date."""
    if node.floor and found.floor is not None:
        return found.floor
    if isinstance(found.value, Missing):
        if found.value.kind == "none":
            return Failure("R0105", (("name", node.name), ("date", date)), node.place)
        return Undetermined((), (found.value.name,))
    if isinstance(found.value, Failure):  # computed with the epoch, on whichever of its days came first
        words = tuple((k, date if k == "date" else word) for k, word in found.value.words)
        return found.value._replace(words=words)
    return found.value


def keyed(node: ir.ParameterRef, keys: Sequence[Value], looked_up: Callable[[tuple[int, ...]], Value]) -> Value:
    """A parameter's value for its keys: where they are open, what those that are possible give, as in a table."""
    held = join(keys)
    if held is None:
        return looked_up(tuple(keys))
    if isinstance(held, Failure):
        return held
    ways = [possible(k, x.type) for k, x in zip(keys, node.keys, strict=True)]
    sets = [w for w in ways if isinstance(w, frozenset)]
    if len(sets) < len(ways) or prod(map(len, sets)) > MOST:
        return held._replace(possible=of_type(node.type), may_fail=True)
    chosen = product(*map(sorted, sets))
    return one_of([looked_up(way) for way in chosen], node.type, held)


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
            case ir.ParameterRef():
                keys = [self.evaluate(k, at) for k in node.keys]
                return keyed(
                    node, keys, lambda way: parameter_value(self.parameters[node.name][way], node, day_text(self.on))
                )
        raise AssertionError(node)


def evaluate_parameter(
    node: ir.Expression, keys: tuple[int, ...], parameters: dict[str, dict[tuple[int, ...], Held]], on: int
) -> Value:
    """The value of a parameter's formula on a day: constants, keys and earlier parameters alone."""
    if isinstance(node, ir.Constant):
        return node.value
    return _Closed(keys, parameters, on).evaluate(node, None)
