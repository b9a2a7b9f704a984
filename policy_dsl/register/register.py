"""The register of a policy: every assumption with what rests on it and who could settle it, every parameter that is still open, all that is to
be looked at again by a day.

Made of the program alone. This is data; text.py and data.py set it for people and for programs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ..ir import nodes as ir
from ..ir.bodies.dates import day_before
from ..library import in_order
from ..model.clause import Clause
from ..source import Place
from .offices import Office, office
from .resting import Cell, Key, Lack, Resting, Time

Carrier = ir.Rule | ir.Parameter | ir.Arrears | ir.Guarantee
Said = ir.Line | ir.Entry | ir.Repeal | ir.Arrears | ir.Claim


class Written(NamedTuple):
    """One place where an assumption stands: at a rule, a parameter, a 补发 or a guarantee, about these of its lines or values."""

    reason: str
    carrier: Carrier
    about: tuple[Said, ...]
    clause: Clause
    place: Place
    office: Office
    counts: bool = (
        True  # whether any output rests on this place; not where a lower layer displaces it, or at a guarantee
    )


class Assumed(NamedTuple):
    """An assumption: its id, where it stands, and the outputs whose reasons can mention it.

    `later`: outputs that rest on it only by way of what earlier months hand over; their reasons do not mention it.
    """

    id: str
    written: tuple[Written, ...]
    outputs: tuple[Key, ...]
    later: tuple[Key, ...]


class Question(NamedTuple):
    """A parameter without a usable value for some of its keys for a time. `kind`: pending, floor, target.

    `outputs` wait for it (where it is a target alone, they are in error); `later`: by way of earlier months alone.
    """

    parameter: ir.Parameter
    cells: tuple[tuple[int, ...], ...]
    kind: str
    entry: ir.Entry
    since: int  # 0: from the beginning
    until: int  # 99991231: until further notice
    outputs: tuple[Key, ...]
    later: tuple[Key, ...]

    @property
    def keys(self) -> tuple[tuple[str, ...], ...]:
        """The cells with the names of their values."""
        types = self.parameter.key_types
        return tuple(tuple(t.members[k] for k, t in zip(cell, types, strict=True)) for cell in self.cells)


class Reviewed(NamedTuple):
    """What is to be looked at again by a day (复核): values of a parameter or lines of a rule that one place writes, and what rests on them."""

    review: int
    carrier: Carrier
    about: tuple[ir.Line | ir.Entry, ...]
    clause: Clause
    place: Place
    outputs: tuple[Key, ...]
    later: tuple[Key, ...]


class Register(NamedTuple):
    """The whole, in the order of the text, top layer first; `reviews` by their days."""

    program: ir.Program
    assumptions: tuple[Assumed, ...]
    questions: tuple[Question, ...]
    reviews: tuple[Reviewed, ...]

    @property
    def policy(self) -> str:
        return self.program.name

    def text(self, lang: str = "zh") -> str:
        from .text import text

        return text(self, lang)

    def markdown(self, lang: str = "zh") -> str:
        from .text import markdown

        return markdown(self, lang)

    def to_json(self, lang: str = "zh") -> dict[str, object]:
        """As docs/reference/json.md says."""
        from .data import data

        return data(self, lang)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Register {self.policy} {len(self.assumptions)} assumptions, {len(self.questions)} open, {len(self.reviews)} to be reviewed>"


def register(program: ir.Program) -> Register:
    """The register of a policy with all its layers."""
    resting = Resting(program)
    return Register(
        program,
        tuple(_assumptions(program, resting)),
        tuple(_questions(program, resting)),
        tuple(_reviews(program, resting)),
    )


# --- assumptions


def _assumptions(program: ir.Program, resting: Resting) -> Iterator[Assumed]:
    groups: dict[str, list[Written]] = {}
    marks: dict[str, int] = {}
    for text, made, owner in _written(program):
        id_, _, reason = text.partition(" ")
        mark = resting.bit(owner)
        apart = isinstance(made.carrier, (ir.Arrears, ir.Guarantee))
        counts = apart or bool(resting.outputs(mark) or resting.later(mark))
        made = made._replace(reason=reason.strip(), counts=counts)
        marks[id_] = marks.get(id_, 0) | mark
        group = groups.setdefault(id_, [])
        if group and _same_row(group[-1], made):
            group[-1] = group[-1]._replace(about=group[-1].about + made.about, counts=group[-1].counts or counts)
        else:
            group.append(made)
    for id_, group in groups.items():
        outputs, later = resting.outputs(marks[id_]), resting.later(marks[id_])
        yield Assumed(id_, tuple(group), tuple(outputs), tuple(later))


def _same_row(a: Written, b: Written) -> bool:
    """Whether they are the dated values of one row of a table."""
    return a.carrier is b.carrier and a.reason == b.reason and _line(a.place) == _line(b.place)


def _line(place: Place) -> tuple[str, int]:
    return place.file, place.line


def _written(program: ir.Program) -> Iterator[tuple[str, Written, int]]:
    """(text, place, id of what it stands at), in the order of the text."""
    found: list[tuple[str, Written, int]] = []

    def add(text: str, carrier: Carrier, about: tuple[Said, ...], clause: Clause, place: Place, owner: object) -> None:
        made = Written("", carrier, about, clause, place, office(program, clause))
        found.append((text, made, id(owner)))

    def body(item: ir.Parameter | ir.Rule, parts: Sequence[ir.Line | ir.Entry]) -> None:
        for remark in item.remarks:
            there = set(remark.about)
            about = tuple(x for x in parts if x.place in there)
            add(remark.text, item, about, remark.clause, remark.place, remark)
        each(item, (*parts, *item.repeals))

    def each(item: Carrier, parts: Sequence[Said]) -> None:
        for part in parts:
            for text in part.assumptions:
                add(text, item, (part,), part.clause, part.place, part)

    for parameter in program.parameters:
        body(parameter, parameter.entries)
    for rule in program.rules:
        if not rule.displaces:  # the part of another rule that 原值 reads
            body(rule, rule.lines)
    for arrears in program.arrears:
        each(arrears, (arrears,))
    for guarantee in program.guarantees:
        for text in guarantee.assumptions:
            add(text, guarantee, guarantee.claims, guarantee.clause, guarantee.place, guarantee)
        each(guarantee, guarantee.claims)
    ordered = _ordered(program)
    found.sort(key=lambda x: ordered(x[1].clause, x[1].place))
    return iter(found)


def _ordered(program: ir.Program) -> Callable[[Clause, Place], tuple[object, ...]]:
    """The order of the text."""
    layers = {name: n for n, name in enumerate(program.chain)}
    return lambda clause, place: (layers.get(clause.policy, 0), in_order(place.file), place.line)


# --- open questions


def _questions(program: ir.Program, resting: Resting) -> Iterator[Question]:
    for parameter in program.parameters:
        groups: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
        whole: dict[tuple[object, ...], Question] = {}
        for keys, times in _spans(parameter, resting):
            lack = times[0].lacks[parameter.name, keys]
            assert lack.entry is not None
            mark = resting.bit((parameter.name, keys))
            outputs = {k: None for t in times for k in resting.outputs(mark, t)}
            ordered = tuple(k for k in program.outputs if k in outputs)
            later = tuple(k for k in resting.later(mark) if k not in outputs)
            end = times[-1].following
            until = ir.OPEN if end > ir.OPEN else day_before(end)
            made = Question(parameter, (), lack.kind, lack.entry, times[0].since, until, ordered, later)
            group = (_said(lack), made.since, until, ordered, later)
            whole[group] = made
            groups.setdefault(group, []).append(keys)
        yield from (whole[group]._replace(cells=tuple(cells)) for group, cells in groups.items())


def _spans(parameter: ir.Parameter, resting: Resting) -> Iterator[tuple[tuple[int, ...], list[Time]]]:
    """Each combination of keys with times on end in which the same clause leaves it open."""
    open_: dict[Cell, list[Time]] = {}
    for time in resting.times:
        for cell in list(open_):
            now = time.lacks.get(cell)
            if now is None or _said(now) != _said(open_[cell][-1].lacks[cell]):
                yield cell[1], open_.pop(cell)
        for cell, lack in time.lacks.items():
            if cell[0] == parameter.name and lack.kind != "none":
                open_.setdefault(cell, []).append(time)
    yield from ((cell[1], times) for cell, times in open_.items())


def _said(lack: Lack) -> object:
    """The same for all that one clause leaves 待定 between the same bounds; a floor or a target is said of its own value."""
    if lack.kind == "pending" and lack.entry is not None:
        return lack.kind, lack.entry.layer, lack.entry.clause, lack.entry.bounds
    return id(lack.entry)


# --- what is to be looked at again


def _reviews(program: ir.Program, resting: Resting) -> list[Reviewed]:
    """By their days; what one declaration or amendment says by the same day stands together."""
    carriers: list[tuple[Carrier, Sequence[ir.Line | ir.Entry]]] = [(p, p.entries) for p in program.parameters]
    carriers += [(r, r.lines) for r in program.rules if not r.displaces]
    groups: dict[tuple[int, int, int, Clause], list[ir.Line | ir.Entry]] = {}
    whose: dict[int, Carrier] = {}
    for carrier, parts in carriers:
        whose[id(carrier)] = carrier
        for part in parts:
            if part.review:
                groups.setdefault((part.review, id(carrier), part.layer, part.clause), []).append(part)
    ordered = _ordered(program)
    made = []
    for (review, carrier_id, _, clause), about in groups.items():
        marks = 0
        for part in about:
            marks |= resting.bit(id(part))
        outputs, later = tuple(resting.outputs(marks)), tuple(resting.later(marks))
        made.append(Reviewed(review, whose[carrier_id], tuple(about), clause, about[0].place, outputs, later))
    return sorted(made, key=lambda x: (x.review, ordered(x.clause, x.place)))
