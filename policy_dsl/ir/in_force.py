"""What is in force on a day: the lines of each rule, the entry of each parameter. Layers and dates are settled here and nowhere else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise, product
from typing import NamedTuple

from . import nodes as ir
from .traverse import walk

FIRST = 10101  # the calendar's first day


class InForce(NamedTuple):
    """A rule on a day. `exceptions` come lowest layer first; `body` in the order of the text; `otherwise` apart."""

    rule: ir.Rule
    mode: str  # "", first, highest, lowest, sum
    exceptions: tuple[ir.Line, ...]
    body: tuple[ir.Line, ...]
    otherwise: ir.Line | None

    @property
    def alone(self) -> ir.Line | None:
        """The one line that there is, where it always applies."""
        if len(self.body) != 1 or self.exceptions or self.mode or self.body[0].kind != "value":
            return None
        return self.body[0]


class Missing(NamedTuple):
    """A parameter without a usable value on a day: pending, floor (not an entitlement), or none (nothing in force)."""

    kind: str
    name: str
    bounds: tuple[Fraction, Fraction] | None = None


class Held(NamedTuple):
    """A parameter's value on a day for one combination of keys, with the entry that gives it. A floor's value is in `floor`."""

    value: object
    entry: ir.Entry | None
    floor: object = None


def change_days(program: ir.Program) -> list[int]:
    """Days on which something begins or has ended, ascending."""
    return sorted({*entry_days(program.parameters), *rule_days(program.rules)})


def rule_days(rules: Iterable[ir.Rule]) -> list[int]:
    """Days on which a line of these rules begins or has ended, or is repealed, ascending."""
    days: set[int] = set()
    for rule in rules:
        for line in rule.lines:
            days.update(_ends(line.since, line.until))
            days.update(_ends(0, line.ends))  # where it ends as long as what follows is not known
        for _, since, until, *_ in rule.modes:
            days.update(_ends(since, until))
        for repeal in rule.repeals:
            days.update(_ends(repeal.since, repeal.until))
    return sorted(days)


def entry_days(parameters: Iterable[ir.Parameter]) -> list[int]:
    """Days on which a value of these parameters begins or has ended, or is repealed, ascending."""
    days: set[int] = set()
    for parameter in parameters:
        for entry in parameter.entries:
            days.update(_ends(entry.since, entry.until))
            days.update(_ends(0, entry.ends))
        for repeal in parameter.repeals:
            days.update(_ends(repeal.since, repeal.until))
    return sorted(days)


def _ends(since: int, until: int) -> Iterator[int]:
    if since:
        yield since
    if until < ir.OPEN:
        yield day_after(until)


def day_after(day: int, count: int = 1) -> int:
    """The day so many days on, or back."""
    import datetime

    d = datetime.date(day // 10000, day // 100 % 100, day % 100) + datetime.timedelta(days=count)
    return d.year * 10000 + d.month * 100 + d.day


def _holds(since: int, until: int, on: int) -> bool:
    return since <= on <= until


def _rank(x: ir.Line | ir.Entry) -> tuple[int, int, int]:
    """Which of several with one key counts: the lowest layer's, the latest, of one day the one known last (semantics, rule 2)."""
    return x.layer, x.since, x.published


def learned(x: ir.Line | ir.Entry | ir.Repeal | ir.Claim) -> int:
    """The day since when it is known: its 公布, else its 自 (semantics, rule 2)."""
    return x.published or x.since


def late_days(program: ir.Program) -> list[int]:
    """Days on which something becomes known that has been in force for a while, ascending."""
    return sorted({known for known, since in news(program) if known > since})


def news(program: ir.Program) -> set[tuple[int, int]]:
    """(day on which it becomes known, day since when it is in force) of everything dated."""
    items: list[ir.Line | ir.Entry | ir.Repeal | ir.Claim] = [c for g in program.guarantees for c in g.claims]
    modes: list[tuple[int, int]] = []
    for rule in program.rules:
        items += (*rule.lines, *rule.repeals)
        modes += ((published or since, since) for _, since, _, _, published in rule.modes)
    for parameter in program.parameters:
        items += (*parameter.entries, *parameter.repeals)
    return {*((learned(x), x.since) for x in items), *modes}


def learned_days(program: ir.Program) -> list[int]:
    """Days on which anything becomes known, ascending."""
    return sorted({known for known, _ in news(program)})


def lines_on(rule: ir.Rule, on: int, known: int | None = None) -> list[ir.Line]:
    """The lines of all layers that hold on a day. As known on another what was not known yet neither gives anything nor ends what
    stood before it."""
    if known is None:
        return [x for x in rule.lines if _holds(x.since, x.until, on)]
    seen = [x for x in rule.lines if x.since <= on and learned(x) <= known]
    newest: dict[tuple[str, int], tuple[int, int]] = {}
    for x in seen:
        if x.key and x.kind != "transition":
            key = (x.key, x.layer)
            newest[key] = max(newest.get(key, (0, 0)), (x.since, x.published))
    return [
        x
        for x in seen
        if on <= x.ends and (not x.key or x.kind == "transition" or newest[x.key, x.layer] == (x.since, x.published))
    ]


def repealing(item: ir.Rule | ir.Parameter, on: int, known: int | None = None) -> tuple[ir.Repeal, ...]:
    """What takes something away on the day, as known on another."""
    return tuple(r for r in item.repeals if _holds(r.since, r.until, on) and (known is None or learned(r) <= known))


def in_force(rule: ir.Rule, on: int, known: int | None = None) -> InForce | None:
    """The rule's lines on the day, amendments laid over what they amend; None when nothing is in force (semantics, rule 7).

    `known`: as known on that day (yyyymmdd); None with all that is known.
    """
    repeals = repealing(rule, on, known)
    lines = [x for x in lines_on(rule, on, known) if not any(r.takes(x.key, x.layer) for r in repeals)]
    exceptions: dict[str, ir.Line] = {}
    for n, line in enumerate(x for x in lines if x.kind == "exception"):
        key = line.key or f"#{n}"
        if key not in exceptions or _rank(exceptions[key]) < _rank(line):
            exceptions[key] = line
    if rule.status:
        body = [x for x in lines if x.kind == "transition"]
        if not lines:
            return None
        lowest = {x.key: max(y.layer for y in body if y.key == x.key) for x in body}
        stay = next(x for x in rule.lines if x.kind == "otherwise")
        return InForce(rule, "", (), tuple(x for x in body if x.layer == lowest[x.key]), stay)
    body = [x for x in lines if x.kind in ("value", "branch")]
    rows = [x for x in lines if x.kind == "row"]
    otherwise = max((x for x in lines if x.kind == "otherwise"), key=_rank, default=None)
    lead = max((x.layer for x in body), default=-1)
    value = max((x for x in body if x.kind == "value" and x.layer == lead), key=_rank, default=None)
    body = [x for x in body if x.layer == lead and (x.kind == "branch" or x is value)]
    by_key: dict[str, ir.Line] = {}
    for row in rows:
        if row.layer >= lead and (row.key not in by_key or _rank(by_key[row.key]) < _rank(row)):
            by_key[row.key] = row
    if any(row.layer > lead for row in by_key.values()):
        body = []  # a lower layer's table stands in the place of a higher one's branches
    body += by_key.values()
    if any(x.kind == "value" for x in body):
        otherwise = None
    if not body and otherwise is None:
        return None
    modes = [
        m
        for m in rule.modes
        if _holds(m[1], m[2], on) and (known is None or (m[4] or m[1]) <= known)
        if not any(r.takes("", m[3]) for r in repeals)
    ]
    mode = max(modes, key=lambda m: (m[3], m[1]))[0] if modes else ""
    ordered = tuple(sorted(exceptions.values(), key=lambda x: -x.layer))
    return InForce(rule, mode, ordered, tuple(body), otherwise)


def spans(rule: ir.Rule, known: int | None = None) -> list[tuple[int, int]]:
    """(first day, last day) of each stretch of days on which the rule is in force, ascending; 0 and OPEN where it has no end."""
    found: list[tuple[int, int]] = []
    for first, following in pairwise([0, *rule_days([rule]), ir.OPEN + 1]):
        if following == FIRST or in_force(rule, first, known) is None:
            continue
        last = ir.OPEN if following > ir.OPEN else day_after(following, -1)
        if found and first == day_after(found[-1][1]):
            found[-1] = (found[-1][0], last)
        else:
            found.append((first, last))
    return found


def nearest_span(rule: ir.Rule, on: int, known: int | None = None) -> tuple[int, int] | None:
    """Of the stretches in which the rule is in force the one with the fewest days to a day, of two the later; None where there is none."""
    return min(spans(rule, known), key=lambda s: (apart(on, s), -s[0]), default=None)


def apart(on: int, span: tuple[int, int]) -> int:
    """Days between a day and a stretch of days."""
    import datetime

    a, b = (on, span[0]) if on < span[0] else (span[1], on) if on > span[1] else (on, on)
    a, b = (datetime.date(d // 10000, d // 100 % 100, d % 100).toordinal() for d in (a, b))
    return b - a


def combinations(parameter: ir.Parameter) -> Iterator[tuple[int, ...]]:
    """All combinations of the parameter's keys; one empty combination where it has none."""
    return product(*(range(len(t.members)) for t in parameter.key_types))


def by_keys(
    parameter: ir.Parameter, on: int | None = None, known: int | None = None
) -> dict[tuple[int, ...], ir.Parameter]:
    """The parameter for each combination of its keys alone, with the entries (of a day, as known on another) that speak of it."""
    cells: dict[tuple[int, ...], list[ir.Entry]] = {keys: [] for keys in combinations(parameter)}
    for e in parameter.entries:
        if on is None or _speaks(e, on, known):
            ways = (range(len(t.members)) if k is None else k for k, t in zip(e.keys, parameter.key_types, strict=True))
            for keys in product(*ways):
                cells[keys].append(e)
    if on is not None:
        cells = {keys: _counting(es, on, known) for keys, es in cells.items()}
    return {keys: parameter._replace(entries=tuple(es)) for keys, es in cells.items()}


def _speaks(e: ir.Entry, on: int, known: int | None) -> bool:
    """Whether an entry has begun on the day, and was known on another; what was not known yet ends nothing."""
    return e.since <= on and (known is None or learned(e) <= known)


def _counting(entries: list[ir.Entry], on: int, known: int | None) -> list[ir.Entry]:
    """Of the entries that speak of the keys: each layer's latest, where it has not ended. What it followed does not come back."""
    newest: dict[int, int] = {}
    for e in entries:
        if e.kind != "target":
            newest[e.layer] = max(newest.get(e.layer, 0), e.since)
    return [
        e
        for e in entries
        if on <= (e.until if known is None else e.ends) and (e.kind == "target" or e.since == newest[e.layer])
    ]


def entries_on(parameter: ir.Parameter, keys: tuple[int, ...], on: int, known: int | None = None) -> list[ir.Entry]:
    """The entries of all layers that hold on a day for the keys, as known on another; targets never count."""
    found = [
        e
        for e in parameter.entries
        if _speaks(e, on, known)
        and e.kind != "target"
        and all(k is None or x in k for k, x in zip(e.keys, keys, strict=True))
    ]
    return _counting(found, on, known)


def held(
    parameter: ir.Parameter, keys: tuple[int, ...], on: int, known: int | None = None
) -> tuple[ir.Entry | None, ir.Entry | None]:
    """(the exact entry in force, the floor in force) for the keys on the day; lower layers hide higher ones, targets never count.

    A lower layer's 废止 leaves a floor standing: a floor is how a higher layer binds it.
    `known`: as known on that day; None with all that is known.
    """
    repeals = repealing(parameter, on, known)
    found = [
        e
        for e in entries_on(parameter, keys, on, known)
        if e.kind == "floor" or not any(r.takes("", e.layer) for r in repeals)
    ]
    if not found:
        return None, None
    top = max(found, key=_rank)
    floor = max((e for e in found if e.kind == "floor"), key=_rank, default=None)
    return (None, floor) if top.kind == "floor" else (top, floor)


def parameters_read(parameter: ir.Parameter) -> Iterator[str]:
    """The names of the parameters in its formulas."""
    for e in parameter.entries:
        for node in walk(e.value) if e.value is not None else ():
            if isinstance(node, ir.ParameterRef):
                yield node.name


def dependency_order(parameters: tuple[ir.Parameter, ...]) -> list[ir.Parameter]:
    """Parameters so that each comes after those its formulas read (cycles have been refused)."""
    by_name = {p.name: p for p in parameters}

    def reads(p: ir.Parameter) -> Iterator[ir.Parameter]:
        return (by_name[name] for name in parameters_read(p) if name in by_name)

    out: dict[str, ir.Parameter] = {}
    begun: set[str] = set()
    for p in parameters:
        stack = [(p, reads(p))] if p.name not in begun else []
        begun.add(p.name)
        while stack:
            top, following = stack[-1]
            inner = next((x for x in following if x.name not in begun), None)
            if inner is None:
                out[top.name] = top
                stack.pop()
            else:
                begun.add(inner.name)
                stack.append((inner, reads(inner)))
    return list(out.values())
