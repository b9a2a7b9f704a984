"""Makes the effective policy of an epoch on one of its days."""

from __future__ import annotations

from collections.abc import Iterable

from ..backends.epoch import Epoch
from ..backends.interpret.parameters import evaluate_parameter
from ..backends.values import Value
from ..explain.displaced import displaced_lines
from ..ir import nodes as ir
from ..ir.in_force import InForce, by_keys, held, repealing
from ..ir.traverse import steps_of
from ..model.clause import Clause
from ..source import Place
from .effective import (
    Effective,
    Origin,
    ShownArrears,
    ShownClaim,
    ShownFact,
    ShownGuarantee,
    ShownLine,
    ShownMark,
    ShownParameter,
    ShownPayday,
    ShownRepeal,
    ShownRule,
    ShownValue,
)


def effective(epoch: Epoch, on: int) -> Effective:
    """What an epoch's policy says on one of its days."""
    return EffectiveBuilder(epoch, on).all()


class EffectiveBuilder:
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
            self.payday(),
            tuple(x for g in self.program.guarantees for x in [self.guarantee(g)] if x.claims),
        )

    def guarantee(self, g: ir.Guarantee) -> ShownGuarantee:
        claims = tuple(ShownClaim(x, self.origin(x.clause, x.place)) for x in g.claims if x.since <= self.on <= x.until)
        return ShownGuarantee(g.title, g.entity, claims, self.origin(g.clause, g.place), g.assumptions)

    def payday(self) -> ShownPayday | None:
        shown = [ShownPayday(p.day, self.origin(p.clause, p.place)) for p in self.program.paydays]
        return shown[-1]._replace(displaced=tuple(reversed(shown[:-1]))) if shown else None

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
            review=e.review,
            bounds=e.bounds,
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
            r.status,
            tuple(
                ShownMark(m.kind, tuple(r.type.members[s] for s in m.states), self.origin(m.clause, m.place))
                for m in r.marks
            ),
            self.arrears(r, "arrears"),
            r.parts,
            self.arrears(r, "recover"),
        )

    def arrears(self, r: ir.Rule, kind: str) -> ShownArrears | None:
        said = [a for a in self.program.arrears if (a.kind, a.entity, a.benefit) == (kind, r.entity, r.name)]
        shown = [ShownArrears(a.condition, self.origin(a.clause, a.place), kind=kind) for a in said]
        return shown[-1]._replace(displaced=tuple(reversed(shown[:-1]))) if shown else None

    def lines(self, r: ir.Rule, found: InForce) -> list[ShownLine]:
        """Exceptions, body, 否则, as they are looked at; transitions by the state from which they lead. What a whole body displaces
        stands with its first line."""
        out = [self.line(x, self.behind(found, x), displaced_lines(r, x, self.on)) for x in found.exceptions]
        told: set[int] = set()
        body = sorted(found.body, key=lambda x: steps_of(x)[0]) if r.status else found.body
        rest = () if found.otherwise is None or r.status else (found.otherwise,)
        for line in (*body, *rest):
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
