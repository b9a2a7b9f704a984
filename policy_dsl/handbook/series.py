"""A parameter over time: for each combination of its keys what holds from when to when, and which targets are set."""

from __future__ import annotations

from typing import NamedTuple

from ..backends.values import Value, known
from ..effective.make import EffectiveBuilder
from ..ir import nodes as ir
from ..ir.in_force import Held, Missing
from .places import Place


class Segment(NamedTuple):
    """What holds on the days [since, until): `kind` is exact, floor or pending. `since` 0: from the beginning."""

    since: int
    until: int
    kind: str
    value: Value
    layer: str


class Aim(NamedTuple):
    since: int
    value: Value
    layer: str


class Series(NamedTuple):
    """The combinations of keys that share it, as words of each key, and what holds for them; `floors` bind beside what is in force."""

    keys: tuple[str, ...]
    segments: tuple[Segment, ...]
    floors: tuple[Segment, ...]
    aims: tuple[Aim, ...]


def series(place: Place, parameter: ir.Parameter) -> list[Series]:
    """The whole history of a parameter as the place's policy sees it, through all layers."""
    days = [0, *place.engine.days]
    held = [place.engine.epoch(day).parameters[parameter.name] for day in days]
    groups: dict[tuple[tuple[Segment, ...], tuple[Segment, ...], tuple[Aim, ...]], list[tuple[int, ...]]] = {}
    for keys in held[0]:
        mine = [h[keys] for h in held]
        floors = [Held(Missing("none", ""), None) if x.floor is None else x for x in map(_beside, mine)]
        found = (tuple(_segments(days, mine)), tuple(_segments(days, floors)), tuple(_aims(parameter, keys)))
        groups.setdefault(found, []).append(keys)
    return [
        Series(cells, *found) for found, keys in groups.items() for cells, _ in EffectiveBuilder.joined(parameter, keys)
    ]


def _beside(held: Held) -> Held:
    """The floor that binds beside a value, by itself."""
    alone = isinstance(held.value, Missing) and held.value.kind != "pending"
    return Held(Missing("floor", ""), None, None if alone else held.floor)


def _segments(days: list[int], held: list[Held]) -> list[Segment]:
    out: list[Segment] = []
    for day, until, now in zip(days, [*days[1:], ir.OPEN], held, strict=True):
        value = now.value
        kind, layer = "exact", now.entry.clause.policy if now.entry is not None else ""
        if isinstance(value, Missing):
            kind, value = value.kind, now.floor if value.kind == "floor" else None
        if not known(value):  # computed from one that is pending
            kind, value = "floor" if kind == "floor" else "pending", None
        if kind == "none":
            continue
        last = out[-1] if out else None
        if last is not None and last.until == day and last[2:] == (kind, value, layer):
            out[-1] = last._replace(until=until)
        else:
            out.append(Segment(day, until, kind, value, layer))
    return out


def _aims(parameter: ir.Parameter, keys: tuple[int, ...]) -> list[Aim]:
    return [
        Aim(e.since, e.value.value, e.clause.policy)
        for e in parameter.entries
        if e.kind == "target"
        and isinstance(e.value, ir.Constant)
        and all(k is None or x in k for k, x in zip(e.keys, keys, strict=True))
    ]
