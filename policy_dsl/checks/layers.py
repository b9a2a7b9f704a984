"""What one layer's values do to another's: a value under the floor of a higher layer, a new value above that an old one below hides.

Values may be computed, from parameters that change on their own days, so this stands where formulas can be evaluated.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from math import prod
from typing import TypeVar

from ..backends.epoch import values_on
from ..backends.formatting import day_text, value_text
from ..backends.interpret.parameters import evaluate_parameter
from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.in_force import Held, by_keys, change_days, dependency_order, parameters_read

Item = TypeVar("Item", ir.Entry, ir.Line)
MOST_WORK = 4_000_000  # entries looked at, of all days or pairs together; what a policy has beyond is not compared


def compare_layers(program: ir.Program, report: Report) -> None:
    """Reports what is wrong between layers (P0615), and what is worth a look (P0616). Needs a program that has been checked."""
    if len(program.chain) < 2:
        return
    _floors(program, report)
    for parameter in program.parameters:
        _hidden_values(parameter, report)
    for rule in program.rules:
        if not rule.displaces:
            _hidden_lines(rule, report)


# --- floors


def _floors(program: ir.Program, report: Report) -> None:
    """A value of a lower layer that is below a 不低于 of a higher one, on any day."""
    order = dependency_order(program.parameters)
    bound = {p.name for p in order if _bound(p)}
    wanted = set(bound)
    for p in reversed(order):
        if p.name in wanted:
            wanted.update(parameters_read(p))
    if not bound:
        return
    needed = [p for p in order if p.name in wanted]
    part = program._replace(parameters=tuple(needed), rules=())
    told: set[tuple[int, int]] = set()
    work = 0
    for day in [0, *change_days(part)]:
        work += sum(len(p.entries) + prod(len(t.members) for t in p.key_types) for p in needed)
        if work > MOST_WORK:
            return
        values: dict[str, dict[tuple[int, ...], Held]] = {}
        for p in needed:
            values[p.name] = values_on(p, day, values)
            for keys, alone in by_keys(p, day).items() if p.name in bound else ():
                for entry, floor in _under(alone, keys, day, values):
                    if (id(entry), id(floor)) not in told:
                        told.add((id(entry), id(floor)))
                        _tell(p, keys, entry, floor, day, values, report)


def _bound(p: ir.Parameter) -> bool:
    """Whether a lower layer has a value where a higher one has a floor."""
    floors = [e.layer for e in p.entries if e.kind == "floor"]
    return bool(floors) and any(e.kind == "exact" and e.layer > min(floors) for e in p.entries)


def _under(
    p: ir.Parameter, keys: tuple[int, ...], day: int, values: dict[str, dict[tuple[int, ...], Held]]
) -> Iterator[tuple[ir.Entry, ir.Entry]]:
    """(the value in force, a floor of a higher layer that it does not reach)."""
    entry = values[p.name][keys].entry
    value = values[p.name][keys].value
    if entry is None or entry.kind != "exact" or not isinstance(value, Fraction):
        return
    tops: dict[int, ir.Entry] = {}  # what each higher layer says on the day
    for e in p.entries:
        if e.layer < entry.layer and e.kind != "target":
            before = tops.get(e.layer)
            if before is None or (before.since, before.published) < (e.since, e.published):
                tops[e.layer] = e
    for floor in tops.values():
        if floor.kind == "floor":
            least = _amount(floor, keys, day, values)
            if isinstance(least, Fraction) and value < least:
                yield entry, floor


def _amount(e: ir.Entry, keys: tuple[int, ...], day: int, values: dict[str, dict[tuple[int, ...], Held]]) -> object:
    return None if e.value is None else evaluate_parameter(e.value, keys, values, day)


def _tell(
    p: ir.Parameter,
    keys: tuple[int, ...],
    entry: ir.Entry,
    floor: ir.Entry,
    day: int,
    values: dict[str, dict[tuple[int, ...], Held]],
    report: Report,
) -> None:
    names = ", ".join(t.members[k] for t, k in zip(p.key_types, keys, strict=True))
    value, least = values[p.name][keys].value, _amount(floor, keys, day, values)
    report.error(
        "P0615",
        entry.place,
        labels=[(floor.place, f"{floor.clause.policy} 的下限", f"the floor of {floor.clause.policy}")],
        clause=entry.clause.show(),
        name=f"{p.name}({names})" if names else p.name,
        date=day_text(day) if day else "—",
        value=value_text(value, p.type, "zh"),
        value_en=value_text(value, p.type, "en"),
        floor=value_text(least, p.type, "zh"),
        floor_en=value_text(least, p.type, "en"),
    )


# --- older below newer


def _hidden_values(p: ir.Parameter, report: Report) -> None:
    """A dated value of a lower layer that still stands when a higher layer's next one begins."""
    if len({e.layer for e in p.entries}) < 2:
        return
    found: dict[int, tuple[ir.Entry, dict[int, ir.Entry]]] = {}
    work = 0
    for alone in by_keys(p).values():
        exact = [e for e in alone.entries if e.kind == "exact" and e.since]
        work += len(exact) ** 2
        if work > MOST_WORK:
            return
        for low in _lower(exact):
            for later in _hidden(low, exact):
                found.setdefault(id(low), (low, {}))[1][id(later)] = later
    layers: dict[int, list[tuple[ir.Entry, list[ir.Entry]]]] = {}
    for low, hidden in found.values():
        layers.setdefault(low.layer, []).append((low, sorted(hidden.values(), key=lambda e: e.since)))
    for pairs in layers.values():
        _warn(p.name, pairs, report)


def _lower(items: list[Item]) -> list[Item]:
    """Those that have a higher layer's above them, where there are not too many to compare."""
    top = min((x.layer for x in items), default=0)
    lower = [x for x in items if x.layer > top]
    return lower if len(lower) * len(items) <= MOST_WORK else []


def _hidden(low: Item, same: list[Item]) -> list[Item]:
    """What higher layers say later, of the same thing, while `low` stands and its own layer says nothing newer."""
    end = min((x.since for x in same if x.layer >= low.layer and x.since > low.since), default=ir.OPEN)
    found = [x for x in same if x.layer < low.layer and low.since < x.since <= low.until and x.since < end]
    return sorted((x for x in found if not _says_the_same(x, low)), key=lambda x: x.since)


def _says_the_same(a: Item, b: Item) -> bool:
    """Whether both give one written value, whatever the case."""
    if isinstance(a, ir.Line) and (a.condition is not None or (isinstance(b, ir.Line) and b.condition is not None)):
        return False
    x, y = (i.result if isinstance(i, ir.Line) else i.value for i in (a, b))
    return isinstance(x, ir.Constant) and isinstance(y, ir.Constant) and x.value == y.value


def _hidden_lines(rule: ir.Rule, report: Report) -> None:
    """The same for a rule's exceptions and rows, by key, and for its body as a whole."""
    dated = [x for x in rule.lines if x.since]
    told: set[tuple[int, int, str]] = set()
    layers: dict[int, list[tuple[ir.Line, list[ir.Line]]]] = {}
    for low in _lower(dated):
        body = low.kind in ("value", "branch")
        key = (low.layer, low.since, "" if body else low.key)
        if key in told or (low.kind == "exception" and not low.key):
            continue
        told.add(key)
        kinds = ("value", "branch", "row") if body else (low.kind,)
        later = _hidden(low, [x for x in dated if x.kind in kinds and (body or x.key == low.key)])
        if later:
            layers.setdefault(low.layer, []).append((low, later))
    for pairs in layers.values():
        _warn(rule.name, pairs, report)


def _warn(name: str, pairs: list[tuple[Item, list[Item]]], report: Report) -> None:
    """One warning for all that a layer says of one thing; its first place, with the later ones above, then the others."""
    low, later = pairs[0]
    labels = [
        (x.place, f"{x.clause.policy} 自 {day_text(x.since)}", f"{x.clause.policy} from {day_text(x.since)}")
        for x in later
    ]
    labels += [(x.place, "这里也是", "here, too") for x, _ in pairs[1:]]
    report.error(
        "P0616",
        low.place,
        labels=labels,
        clause=low.clause.show(),
        name=name,
        since=day_text(low.since),
        later=day_text(later[0].since),
    )
