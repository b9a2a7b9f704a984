"""What a parameter is: its formula reads keys and the parameters before it, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence

from ...ir import nodes as ir
from ...ir.in_force import Held, Missing
from ..entries import Instance
from ..formatting import day_text
from ..values import Failure, Undetermined, Value, join
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
        return Undetermined((), (found.value.name,))
    if isinstance(found.value, Failure):  # computed with the epoch, on whichever of its days came first
        words = tuple((k, date if k == "date" else word) for k, word in found.value.words)
        return found.value._replace(words=words)
    return found.value


def is_held(found: Held, node: ir.ParameterRef) -> bool:
    """Whether anything is in force of a parameter for some keys: a value, 待定, or a floor."""
    floor = node.floor and found.floor is not None
    return floor or not (isinstance(found.value, Missing) and found.value.kind == "none")


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
                return self.parameter(node, at)
            case ir.IfInForce(value=ir.ParameterRef() as value):
                held_back = join(keys := [self.evaluate(k, at) for k in value.keys])
                if held_back is not None:
                    return held_back
                found = is_held(self.parameters[value.name][tuple(keys)], value)
                return self.evaluate(value if found else node.default, at)
        raise AssertionError(node)

    def parameter(self, node: ir.ParameterRef, at: Instance | None) -> Value:
        keys = [self.evaluate(k, at) for k in node.keys]
        held_back = join(keys)
        if held_back is not None:
            return held_back
        return parameter_value(self.parameters[node.name][tuple(keys)], node, keys, day_text(self.on))


def evaluate_parameter(
    node: ir.Expression, keys: tuple[int, ...], parameters: dict[str, dict[tuple[int, ...], Held]], on: int
) -> Value:
    """The value of a parameter's formula on a day: constants, keys and earlier parameters alone."""
    if isinstance(node, ir.Constant):
        return node.value
    return _Closed(keys, parameters, on).evaluate(node, None)
