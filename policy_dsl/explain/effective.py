"""The effective policy on a day: what is in force through all layers, each item with where it comes from and what it displaced.

Made of the program alone, so a cached policy shows itself without its texts. This is data; effective_text.py and effective_data.py
set it for people and for programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from ..backends.interpret import evaluate_parameter
from ..backends.show import day_text
from ..backends.values import Value
from ..ir import nodes as ir
from ..ir.epoch import InForce, by_keys, held, repealing
from ..model.clause import Clause
from ..model.types import Type
from ..source import Place
from .explanation import displaced_lines

if TYPE_CHECKING:
    from ..backends.epoch import Epoch


class Origin(NamedTuple):
    """Where an item stands: its layer (`own`: the policy itself), document, headings, and the line of the file."""

    layer: str
    own: bool
    clause: Clause
    file: str
    line: int


class ShownValue(NamedTuple):
    """A value of a parameter for some of its keys. `kind`: exact, floor, pending, target, none (nothing in force).

    `value` is in base units; `formula` is how it is computed where it is not written down. `displaced` is what higher layers say for the
    same keys on the day, the nearest first; a floor among them binds all the same. `written` is the type in whose unit the text has it.
    """

    keys: tuple[str, ...]
    kind: str
    value: Value
    formula: ir.Expression | None
    since: int
    until: int
    published: int
    origin: Origin | None
    assumptions: tuple[str, ...]
    displaced: tuple[ShownValue, ...] = ()
    written: Type | None = None


class ShownRepeal(NamedTuple):
    """A 废止 in force, with the lines that it takes away; no label: everything that was inherited."""

    label: str
    since: int
    until: int
    origin: Origin
    taken: tuple[ShownLine, ...]
    assumptions: tuple[str, ...]


class ShownLine(NamedTuple):
    """A line in force. `beats`: the exceptions behind it, `displaced`: the lines of a higher layer in whose place it stands."""

    line: ir.Line
    origin: Origin
    beats: tuple[ShownLine, ...] = ()
    displaced: tuple[ShownLine, ...] = ()


class ShownParameter(NamedTuple):
    name: str
    keys: tuple[str, ...]
    type: Type
    values: tuple[ShownValue, ...]
    targets: tuple[ShownValue, ...]
    repeals: tuple[ShownRepeal, ...]
    origin: Origin
    assumptions: tuple[str, ...]


class ShownRule(NamedTuple):
    """A rule or benefit; without lines: nothing of it is in force on the day."""

    entity: str
    name: str
    benefit: bool
    type: Type
    mode: str
    lines: tuple[ShownLine, ...]
    repeals: tuple[ShownRepeal, ...]
    origin: Origin
    assumptions: tuple[str, ...]


class ShownFact(NamedTuple):
    """A fact that the policy asks for; `added`: by a lower layer than the one that declares the entity."""

    entity: str
    fact: ir.Fact
    origin: Origin
    added: bool


class Effective(NamedTuple):
    """The whole, in the order of the text: the layers from the top, in each its files and lines."""

    policy: str
    digest: str
    on: int
    layers: tuple[str, ...]
    facts: tuple[ShownFact, ...]
    items: tuple[ShownParameter | ShownRule, ...]

    @property
    def parameters(self) -> list[ShownParameter]:
        return [x for x in self.items if isinstance(x, ShownParameter)]

    @property
    def rules(self) -> list[ShownRule]:
        return [x for x in self.items if isinstance(x, ShownRule)]

    @property
    def assumptions(self) -> list[str]:
        """Every 假设 behind what is in force, each once."""
        found: dict[str, None] = {}
        for item in self.items:
            parts: Iterable[ShownValue | ShownRepeal | ir.Line]
            if isinstance(item, ShownParameter):
                parts = (*item.values, *item.repeals)
            else:
                parts = (*(x.line for x in item.lines), *item.repeals)
            found.update(dict.fromkeys([*item.assumptions, *(a for x in parts for a in x.assumptions)]))
        return list(found)

    def text(self, lang: str = "zh") -> str:
        from .effective_text import text

        return text(self, lang)

    def to_json(self, lang: str = "zh") -> dict[str, object]:
        """As docs/reference/json.md says."""
        from .effective_data import data

        return data(self, lang)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Effective {self.policy} {day_text(self.on)}>"


def effective(epoch: Epoch, on: int) -> Effective:
    """What an epoch's policy says on one of its days."""
    return Shower(epoch, on).all()


class Shower:
    """Sets single rules and parameters of an epoch's policy as they are on one of its days."""

    def __init__(self, epoch: Epoch, on: int) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.on = on

    def all(self) -> Effective:
        items = [(p.clause, p.place, self.parameter(p)) for p in self.program.parameters]
        rules = {(r.entity, r.name): r for r in self.program.rules}
        made: list[tuple[Clause, Place, ShownParameter | ShownRule]] = list(items)
        made += [(r.clause, r.place, self.rule(r)) for r in (rules[k] for k in self.program.outputs)]
        layers = {name: n for n, name in enumerate(self.program.chain)}
        made.sort(key=lambda x: (layers.get(x[0].policy, 0), x[1].file, x[1].line))
        return Effective(
            self.program.name,
            self.program.digest,
            self.on,
            self.program.chain,
            tuple(
                ShownFact(e.name, f, self.origin(f.clause, f.place), f.clause.policy != e.clause.policy)
                for e in self.program.entities
                for f in e.facts
            ),
            tuple(x for _, _, x in made),
        )

    def origin(self, clause: Clause, place: Place) -> Origin:
        return Origin(clause.policy, clause.policy == self.program.name, clause, place.bare.file, place.line)

    # --- parameters

    def parameter(self, p: ir.Parameter) -> ShownParameter:
        return ShownParameter(
            p.name,
            p.keys,
            p.type,
            tuple(self.values(p)),
            tuple(
                self.value(e, self.cells(p, e), self.amount(e, ()) if not p.keys else None)
                for e in p.entries
                if e.kind == "target" and e.until >= self.on
            ),
            tuple(self.repeal(r, ()) for r in repealing(p, self.on)),
            self.origin(p.clause, p.place),
            p.assumptions,
        )

    def values(self, p: ir.Parameter) -> list[ShownValue]:
        """What holds for each combination of keys; those that one entry gives one value stand together."""
        groups: dict[tuple[object, ...], list[tuple[int, ...]]] = {}
        found: dict[tuple[object, ...], tuple[ir.Entry | None, list[ir.Entry]]] = {}
        for keys, alone in by_keys(p, self.on).items():
            exact, floor = held(alone, keys, self.on)
            entry = exact or floor
            above = self.above(alone, entry) if entry is not None else []
            key: tuple[object, ...] = (
                id(entry),
                self.amount(entry, keys),
                tuple((id(e), self.amount(e, keys)) for e in above),
            )
            groups.setdefault(key, []).append(keys)
            found[key] = (entry, above)
        out = []
        for key, (entry, above) in found.items():
            for cells, first in self.joined(p, groups[key]):
                if entry is None:
                    out.append(ShownValue(cells, "none", None, None, 0, ir.OPEN, 0, None, ()))
                    continue
                made = self.value(entry, cells, self.amount(entry, first))
                others = tuple(self.value(e, cells, self.amount(e, first)) for e in above)
                out.append(made._replace(displaced=others))
        return out

    @staticmethod
    def above(alone: ir.Parameter, entry: ir.Entry) -> list[ir.Entry]:
        """What each higher layer says on the day, the nearest layer first; of a parameter for one combination of keys."""
        tops: dict[int, ir.Entry] = {}
        for e in alone.entries:
            if e.layer < entry.layer and e.kind != "target":
                before = tops.get(e.layer)
                if before is None or (before.since, before.published) < (e.since, e.published):
                    tops[e.layer] = e
        return [tops[n] for n in sorted(tops, reverse=True)]

    def amount(self, e: ir.Entry | None, keys: tuple[int, ...]) -> Value:
        if e is None or e.value is None:
            return None
        return evaluate_parameter(e.value, keys, self.epoch.parameters, self.on)

    def value(self, e: ir.Entry, cells: tuple[str, ...], value: Value) -> ShownValue:
        computed = e.value if e.value is not None and not isinstance(e.value, ir.Constant) else None
        if value is None and isinstance(e.value, ir.Constant):
            value = e.value.value
        return ShownValue(
            cells,
            e.kind,
            value,
            computed,
            e.since,
            e.until,
            e.published,
            self.origin(e.clause, e.place),
            e.assumptions,
            written=e.value.type if isinstance(e.value, ir.Constant) else None,
        )

    @staticmethod
    def cells(p: ir.Parameter, e: ir.Entry) -> tuple[str, ...]:
        """An entry's keys as its row has them."""
        return tuple(
            "—" if k is None else "、".join(t.members[i] for i in k) for k, t in zip(e.keys, p.key_types, strict=True)
        )

    @staticmethod
    def joined(p: ir.Parameter, group: list[tuple[int, ...]]) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
        """Combinations as one row of cells where they are all that the cells name; else each by itself."""
        columns = [sorted(set(c)) for c in zip(*group, strict=True)]
        size = 1
        for column in columns:
            size *= len(column)
        rows = [columns] if size == len(group) else [[[k] for k in keys] for keys in group]
        out = []
        for row in rows:
            cells = tuple("、".join(t.members[i] for i in c) for c, t in zip(row, p.key_types, strict=True))
            out.append((cells, tuple(c[0] for c in row)))
        return out

    # --- rules

    def rule(self, r: ir.Rule) -> ShownRule:
        found = self.epoch.rules[r.entity, r.name]
        return ShownRule(
            r.entity,
            r.name,
            r.benefit,
            r.type,
            found.mode if found is not None else "",
            tuple(self.lines(r, found)) if found is not None else (),
            tuple(self.repeal(x, self.taken(r, x)) for x in repealing(r, self.on)),
            self.origin(r.clause, r.place),
            r.assumptions,
        )

    def lines(self, r: ir.Rule, found: InForce) -> list[ShownLine]:
        """Exceptions, body, 否则, as they are looked at; what a whole body displaces stands with its first line."""
        out = [self.line(x, self.behind(found, x), displaced_lines(r, x, self.on)) for x in found.exceptions]
        told: set[int] = set()
        for line in (*found.body, *((found.otherwise,) if found.otherwise is not None else ())):
            displaced = [x for x in displaced_lines(r, line, self.on) if id(x) not in told]
            told.update(map(id, displaced))
            out.append(self.line(line, (), displaced))
        return out

    def behind(self, found: InForce, line: ir.Line) -> list[ir.Line]:
        """The exceptions that a line comes before: those of higher layers, those that it names with 优先于."""
        return [
            x
            for x in found.exceptions
            if x is not line and (x.layer < line.layer or (x.layer == line.layer and x.label and x.label in line.beats))
        ]

    def taken(self, r: ir.Rule, repeal: ir.Repeal) -> list[ir.Line]:
        return [x for x in r.lines if x.since <= self.on <= x.until and repeal.takes(x.key, x.layer)]

    def line(self, x: ir.Line, beats: Iterable[ir.Line] = (), displaced: Iterable[ir.Line] = ()) -> ShownLine:
        return ShownLine(
            x, self.origin(x.clause, x.place), tuple(map(self.line, beats)), tuple(map(self.line, displaced))
        )

    def repeal(self, x: ir.Repeal, taken: Iterable[ir.Line]) -> ShownRepeal:
        return ShownRepeal(
            x.label, x.since, x.until, self.origin(x.clause, x.place), tuple(map(self.line, taken)), x.assumptions
        )


__all__ = ["Effective", "Shower", "effective"]
