"""Model → program: every body read, dated and layered; then ordered so that each rule stands after those it reads."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import product
from typing import Any

from attrs import evolve

from ..diagnostics.report import Report, nearest, suggestion
from ..model.clause import Clause
from ..model.declare import Declared, EntitySymbol, Model, ParameterSymbol, RuleSymbol
from ..model.types import Type
from ..source import Place, Span
from ..syntax import nodes
from ..syntax.characters import MAX_RULE_LINES
from . import nodes as ir
from .births import marked_births, settle_births
from .bodies import TWICE, TWICE_LABEL, Opener, RawBody, RawLine, amended_twice, day_before, inherited
from .carried_grids import settle_grids
from .displaced import Parts, Reader
from .elaborate import Elaborator, Scope, Skip
from .examples import example_of
from .guarantees import guarantees_of
from .traverse import all_formulas, asks_calendar, formulas, references, walk


def build(model: Model, digest: str, report: Report) -> ir.Program:
    """The program of a model. What is wrong is reported; with errors reported the program is not fit for use."""
    made = _Builder(model, report)
    entities = tuple(made.entity(e) for e in model.entities.values())
    parameters = tuple(made.parameter(p) for p in model.parameters.values())
    rules = [r for symbol in model.rules.values() for r in made.rule(symbol)]
    guarantees = guarantees_of(model, made.elaborator, made.clause)  # they may look back, too
    memory = made.elaborator.memory
    entities = tuple(e._replace(carried=tuple(memory.carried.get(e.name, {}).values())) for e in entities)
    ordered = _order([*rules, *memory.rules.values()], entities, report)
    program = ir.Program(
        model.name,
        model.chain,
        model.jurisdiction,
        digest,
        entities,
        parameters,
        tuple(ordered),
        (),
        tuple(model.rules),
        tuple(ir.Payday(_head(d).payday or 0, d.layer, d.clause, d.node.span.place) for d in model.paydays),
        tuple(made.arrears),
        jurisdictions=model.jurisdictions,
        documents=tuple(
            ir.Document(x.number or x.id, x.title or "", x.issuer or "", x.date or "", model.declaring[x.id])
            for x in model.documents.values()
        ),
    )
    if not report.failed:  # a rule may read what could not be built
        program = settle_grids(program)
    examples = tuple(x for d in model.examples for x in [example_of(d, model, report)] if x is not None)
    program = settle_births(program._replace(examples=examples, guarantees=guarantees), marked_births(model, report))
    deadlines = any(asks_calendar(node) for formula in all_formulas(program) for node in walk(formula))
    return program._replace(deadlines=deadlines)


def _head(d: Declared) -> nodes.PolicyHead:
    assert isinstance(d.node, nodes.PolicyHead)
    return d.node


class _Builder:
    def __init__(self, model: Model, report: Report) -> None:
        self.model = model
        self.report = report
        self.elaborator = Elaborator(model, report)
        self.arrears: list[ir.Arrears] = []

    # --- sources

    def clause(self, base: Clause, notes: Iterable[nodes.Notes]) -> tuple[Clause, tuple[str, ...]]:
        """The clause that 依据 names, or the heading's; and the assumptions written."""
        assumptions: list[str] = []
        for note in notes:
            assumptions += note.assumptions
            for text in note.basis:
                id_, _, rest = text.partition(" ")
                document = self.model.documents.get(id_)
                if document is None:
                    if id_ not in self.model.broken:
                        zh, en = suggestion(id_, self.model.documents)
                        self.report.error(
                            "P0607",
                            note.span,
                            name=id_,
                            hint=(zh or "先用「文件」声明它", en or "declare it with “document”"),
                        )
                    continue
                base = Clause(
                    base.policy,
                    document.number or id_,
                    document.title or "",
                    (rest.strip(),) if rest.strip() else (),
                    base.gist,
                )
        return base, tuple(assumptions)

    def remarks(
        self, base: Clause, body: RawBody, written: list[tuple[Declared, Place]]
    ) -> tuple[Clause, tuple[ir.Remark, ...]]:
        """What a whole body says of its source; its assumptions, each with the lines of the declaration that makes it."""
        clause, _ = self.clause(base, [notes for notes, _ in body.remarks])
        made: list[ir.Remark] = []
        for notes, d in body.remarks:
            own, texts = self.clause(d.clause, [notes])
            here = (place for other, place in written if other.node.span == d.node.span)
            about = tuple(dict.fromkeys(here))
            made += (ir.Remark(text, d.layer, own, notes.span.place, about) for text in texts)
        return clause, tuple(made)

    # --- entities

    def entity(self, symbol: EntitySymbol) -> ir.Entity:
        facts = []
        for fact in symbol.facts.values():
            made = self._fact(symbol, fact.name, fact.type, fact.node, fact.clause)
            if made is not None:
                facts.append(made)
        lists = tuple(ir.Members(x.name, x.entity, x.low, x.high, x.node.span.place) for x in symbol.lists.values())
        return ir.Entity(
            symbol.name,
            symbol.counts_as,
            tuple(facts),
            lists,
            symbol.holder,
            symbol.holder_list,
            symbol.declared.clause,
            symbol.declared.node.span.place,
        )

    def _fact(self, symbol: EntitySymbol, name: str, type_: Type, node: nodes.Fact, clause: Clause) -> ir.Fact | None:
        scope = Scope(self.model, symbol.name)
        low: Any = None
        high: Any = None
        default = when = None
        written = type_._replace(unit=type_.own, written=None) if type_.is_amount else type_
        try:
            if node.range is not None:
                if not type_.is_amount:
                    raise self.elaborator.wanted(node.range[0].span, "数量才有范围", "an amount, for a range,", type_)
                low, high = (self._literal(e, scope, written) for e in node.range)
                if low > high:
                    raise self.elaborator.fail(
                        "P0220",
                        node.range[0].span.to(node.range[1].span),
                        low=node.range[0].span.text,
                        high=node.range[1].span.text,
                    )
            if node.default is not None:
                default = self._literal(node.default, scope, written)
                if isinstance(default, Fraction) and (
                    (low is not None and default < low) or (high is not None and default > high)
                ):
                    raise self.elaborator.fail(
                        "P0220",
                        node.default.span,
                        low=node.default.span.text,
                        high=node.range[1].span.text if node.range else "",
                    )
            if node.when is not None:
                when = self.elaborator.condition(node.when, scope)
        except Skip:
            return None
        return ir.Fact(
            name,
            type_,
            low,
            high,
            default,
            node.default is not None,
            node.fixed,
            node.ask or "",
            node.by or "",
            when,
            clause,
            node.span.place,
        )

    def _literal(self, node: nodes.Expression, scope: Scope, type_: Type) -> object:
        made = self.elaborator.expression(node, scope, type_)
        if not isinstance(made, ir.Constant):
            raise self.elaborator.wanted(node.span, "写明的值", "a written value", made.type)
        return made.value

    # --- parameters

    def parameter(self, symbol: ParameterSymbol) -> ir.Parameter:
        first = symbol.declared[0]
        body = Opener(symbol.name, self.report).open(_without_key_tables(symbol))
        keys = tuple(zip(symbol.keys, symbol.key_types, strict=True))
        scope = Scope(self.model, "", keys=keys)
        entries: list[ir.Entry] = []
        declared: list[Declared] = []  # of each entry
        for d in symbol.declared:
            entries += self._key_tables(symbol, d, scope)
            declared += [d] * (len(entries) - len(declared))
        for line in body.lines:
            if line.kind != "value":
                self.report.error("P0403", line.span)
                continue
            entry = self._entry(symbol, line, (None,) * len(keys), scope)
            if entry is not None:
                entries.append(entry)
                declared.append(line.declared)
        repeals = self.repeals(symbol.name, body, [("value", e.layer) for e in entries], {})
        written = [(d, e.place) for d, e in zip(declared, entries, strict=True)]
        clause, remarks = self.remarks(first.clause, body, written)
        if not entries and not self.report.failed:
            self.report.error("P0403", first.node.span)
        self._overlaps(symbol, entries, declared)
        return ir.Parameter(
            symbol.name,
            symbol.keys,
            symbol.key_types,
            symbol.type,
            tuple(_settled_entries(symbol, entries)),
            clause,
            remarks,
            first.node.span.place,
            repeals,
        )

    def _entry(
        self, symbol: ParameterSymbol, line: RawLine, keys: tuple[tuple[int, ...] | None, ...], scope: Scope
    ) -> ir.Entry | None:
        value = None
        if line.result.value is not None:
            try:
                value = self.elaborator.expression(line.result.value, scope, symbol.type)
            except Skip:
                return None
        clause, assumptions = self.clause(line.declared.clause, line.notes)
        return ir.Entry(
            keys,
            line.result.kind,
            value,
            line.since,
            line.until,
            line.published,
            line.declared.layer,
            clause,
            assumptions,
            line.result.span.place if line.row >= 0 else line.span.place,
            line.ends,
        )

    def _key_tables(self, symbol: ParameterSymbol, d: Declared, scope: Scope) -> list[ir.Entry]:
        """Tables whose first columns are the parameter's keys."""
        entries: list[ir.Entry] = []
        for table, rows in Opener(symbol.name, self.report).tables(d):
            heads = [c.expression for c in table.columns if c.kind == "condition"]
            named = tuple(h.path[0] if isinstance(h, nodes.Name) and len(h.path) == 1 else "" for h in heads)
            if named != symbol.keys:
                self.report.error("P0408", table.span, keys="、".join(symbol.keys) or "—")
                continue
            for row, lines in rows:
                cells = [c for c in row.cells if isinstance(c, nodes.Cell)]
                try:
                    keys = tuple(self._key_cell(c, t, scope) for c, t in zip(cells, symbol.key_types, strict=True))
                except Skip:
                    continue
                for line in lines:
                    entry = self._entry(symbol, line, keys, scope)
                    if entry is not None:
                        entries.append(entry)
        return entries

    def _key_cell(self, cell: nodes.Cell, type_: Type, scope: Scope) -> tuple[int, ...] | None:
        if cell.kind == "any":
            return None
        if cell.kind == "otherwise" or any(t.sign != "=" or isinstance(t.operand, nodes.Range) for t in cell.tests):
            raise self.elaborator.fail("P0409", cell.span)
        return tuple(int(self._literal(t.operand, scope, type_)) for t in cell.tests)  # type: ignore[arg-type, call-overload]

    def _overlaps(self, symbol: ParameterSymbol, entries: list[ir.Entry], declared: list[Declared]) -> None:
        """Two values for one date and one key, in one layer. Without keys the opener has found them."""
        if not symbol.keys:
            return
        taken: dict[tuple[object, ...], tuple[ir.Entry, Declared]] = {}
        for b, d in zip(entries, declared, strict=True):
            ways = (range(len(t.members)) if k is None else k for k, t in zip(b.keys, symbol.key_types, strict=True))
            for cell in product(*ways):
                a, first = taken.setdefault((b.layer, b.since, b.published, cell), (b, d))
                if a is not b and a.until >= b.since and not all(k is None for k in (*a.keys, *b.keys)):
                    again = amended_twice(first, d)
                    self.report.error(
                        "P0401",
                        b.place,
                        name=symbol.name,
                        date=_date(b.since),
                        labels=[(a.place, *(TWICE_LABEL if again else ("先在这里写了", "written first here")))],
                        hint=TWICE if again else None,
                    )
                    break

    # --- rules

    def repeals(
        self, name: str, body: RawBody, there: list[tuple[str, int]], labels: dict[str, str]
    ) -> tuple[ir.Repeal, ...]:
        """What lower layers take away, each found among what they inherit; reports what is not there."""
        made = []
        for raw in body.repeals:
            if inherited(there, body.repeals, raw, raw.key):
                clause, assumptions = self.clause(raw.declared.clause, raw.notes)
                made.append(
                    ir.Repeal(
                        raw.key,
                        raw.label,
                        raw.since,
                        raw.until,
                        raw.published,
                        raw.declared.layer,
                        clause,
                        assumptions,
                        raw.span.place,
                    )
                )
                continue
            known = [label for key, label in labels.items() if inherited(there, body.repeals, raw, key)]
            self.report.error(
                "P0611", raw.span, name=name, label=raw.label or name, hint=_repeal_hint(raw.label, known)
            )
        return tuple(made)

    def rule(self, symbol: RuleSymbol) -> list[ir.Rule]:
        """The rule, behind the parts of it that its lines read as 原值; none where it could not be built."""
        body = Opener(symbol.name, self.report).open(symbol.declared)
        first = symbol.declared[0]
        there = [(x.key, x.declared.layer) for x in body.lines]
        repeals = self.repeals(symbol.name, body, there, {x.key: x.label for x in body.lines if x.label})
        lines: list[ir.Line] = []
        written: list[tuple[Declared, Place]] = []
        failed = len(repeals) < len(body.repeals)
        parts = Parts(self.model, symbol, body)
        for n, raw in enumerate(body.lines):
            line = self._line(symbol, raw, parts.reader(n))
            failed = failed or line is None
            if line is not None:
                lines.append(line)
                written.append((raw.declared, line.place))
        if len(body.lines) > MAX_RULE_LINES:
            self.report.error("P0310", first.node.span, name=symbol.name, lines=len(body.lines), most=MAX_RULE_LINES)
            return []
        if parts.too_many:
            self.report.error("P0614", first.node.span, name=symbol.name)
            return []
        failed = not self._of_its_kind(symbol, body) or failed
        failed = not self._shape(symbol, body) or failed
        failed = not self._settled(symbol, body) or failed
        clause, remarks = self.remarks(first.clause, body, written)
        if failed:
            return []
        if symbol.status is not None:
            lines.append(self._stay(symbol, first))
        assert isinstance(first.node, (nodes.Rule, nodes.Status))
        starts = [line.since for line in lines]
        made = ir.Rule(
            symbol.entity,
            symbol.name,
            symbol.type,
            symbol.benefit,
            tuple((m.kind, m.since, m.until, m.layer, m.published) for m in body.modes),
            tuple(lines),
            min(starts, default=0),
            ir.OPEN,
            clause,
            remarks,
            first.node.span.place,
            status=symbol.status is not None,
            repeals=repeals,
            marks=self._marks(symbol, body) if symbol.status is not None else (),
        )
        return [*parts.rules(made), made]

    def _of_its_kind(self, symbol: RuleSymbol, body: RawBody) -> bool:
        """States in a 阶段 alone, modes in everything else."""
        if symbol.status is None:
            for line, _ in body.states:
                self.report.error("P1003", line.span, name=symbol.name)
            return not body.states
        for mode in body.modes:
            self.report.error("P1004", mode.span, name=symbol.name)
        return not body.modes

    def _marks(self, symbol: RuleSymbol, body: RawBody) -> tuple[ir.Mark, ...]:
        """起始 and 终止 as they count: a 废止 of all that is inherited takes the 终止 of the layers above."""
        made = []
        members = symbol.type.members
        for line, declared in body.states:
            clause, _ = self.clause(declared.clause, [line.notes])  # the rule has the assumptions
            states = (line.state,) if isinstance(line, nodes.Initial) else line.states
            if isinstance(line, nodes.Initial) or declared.layer >= body.whole:
                kind = "initial" if isinstance(line, nodes.Initial) else "final"
                at = tuple(members.index(s) for s in states)
                made.append(ir.Mark(kind, at, declared.layer, clause, line.span.place))
        return tuple(made)

    def _stay(self, symbol: RuleSymbol, declared: Declared) -> ir.Line:
        """A status that no transition moves stays what it was."""
        place = declared.node.span.place
        kept = self.elaborator.memory.value(ir.RuleRef(0, symbol.entity, symbol.name, symbol.type, place), True)
        return ir.Line(
            "otherwise", "", None, kept, (), 0, ir.OPEN, 0, -1, "otherwise", 0, declared.clause, (), place
        )  # fmt: skip

    def _transition(self, symbol: RuleSymbol, raw: RawLine) -> ir.Line | None:
        """`s → u 当 C`: a line that applies where last month's state is s and C holds, and gives u."""
        scope = Scope(self.model, symbol.entity)
        scope.step = (symbol.entity, symbol.name)
        place = raw.span.place
        try:
            condition = self.elaborator.condition(raw.conditions[0], scope)
        except Skip:
            return None
        members = symbol.type.members
        state, target = (ir.Constant(members.index(x), symbol.type, place) for x in raw.steps)
        was = self.elaborator.memory.value(ir.RuleRef(0, symbol.entity, symbol.name, symbol.type, place), True)
        first = ir.Compare("=", was, state, "=", ir_truth, place)
        rest = condition.parts if isinstance(condition, ir.Logic) and condition.joined == "and" else (condition,)
        clause, assumptions = self.clause(raw.declared.clause, raw.notes)
        return ir.Line(
            "transition",
            raw.label,
            ir.Logic("and", (first, *rest), ir_truth, place),
            target,
            (),
            raw.since,
            raw.until,
            raw.published,
            -1,
            raw.key,
            raw.declared.layer,
            clause,
            assumptions,
            place,
            raw.ends,
        )

    def _settled(self, symbol: RuleSymbol, body: RawBody) -> bool:
        """补发 当 E: typed in the benefit's entity, 已发 and 应发 being amounts of the benefit."""
        for node, declared in body.arrears:
            if not symbol.benefit:
                self.report.error("P1015", node.span)
                return False
            if declared.layer < body.whole:
                continue
            self.elaborator.measures = symbol.type
            try:
                condition = self.elaborator.condition(node.condition, Scope(self.model, symbol.entity))
            except Skip:
                return False
            finally:
                self.elaborator.measures = None
            clause, assumptions = self.clause(declared.clause, [node.notes])
            before = [a for a in self.arrears if (a.entity, a.benefit) == (symbol.entity, symbol.name)]
            if before and before[-1].layer == declared.layer:
                labels = [(before[-1].place, "先在这里写了", "written first here")]
                self.report.error("P1016", node.span, name=symbol.name, labels=labels)
                return False
            self.arrears.append(
                ir.Arrears(symbol.entity, symbol.name, condition, declared.layer, clause, node.span.place, assumptions)
            )
        return True

    def _line(self, symbol: RuleSymbol, raw: RawLine, displaced: Reader) -> ir.Line | None:
        if (raw.kind == "transition") != (symbol.status is not None):
            self.report.error("P1004" if symbol.status is not None else "P1003", raw.span, name=symbol.name)
            return None
        if raw.kind == "transition":
            return self._transition(symbol, raw)
        scope = Scope(self.model, symbol.entity)
        scope.displaced = displaced
        parts: list[ir.Expression] = []
        failed = False
        for condition in raw.conditions:
            try:
                parts.append(self.elaborator.condition(condition, scope))
            except Skip:
                failed = True
        if raw.result.kind != "exact" or raw.result.value is None:
            self.report.error("P0407", raw.result.span)
            return None
        try:
            result = self.elaborator.expression(raw.result.value, scope, symbol.type)
        except Skip:
            return None
        if symbol.type.whole and symbol.type.is_amount and not symbol.type.unit.words and not _whole(result):
            self.report.error("P0218", raw.result.value.span)
            return None
        if failed:
            return None
        condition_: ir.Expression | None = None
        if raw.kind in ("branch", "row", "exception"):
            flat = [x for p in parts for x in (p.parts if isinstance(p, ir.Logic) and p.joined == "and" else (p,))]
            if not flat:
                condition_ = ir.Constant(True, ir_truth, raw.span.place)
            else:
                condition_ = flat[0] if len(flat) == 1 else ir.Logic("and", tuple(flat), ir_truth, raw.span.place)
        clause, assumptions = self.clause(raw.declared.clause, raw.notes)
        return ir.Line(
            raw.kind,
            raw.label,
            condition_,
            result,
            raw.beats,
            raw.since,
            raw.until,
            raw.published,
            raw.row,
            raw.key,
            raw.declared.layer,
            clause,
            assumptions,
            raw.span.place,
            raw.ends,
        )

    def _shape(self, symbol: RuleSymbol, body: RawBody) -> bool:
        """What may stand beside what in one body."""
        before = len(self.report.items)
        kinds = {line.kind for line in body.lines}
        by_layer: dict[int, set[str]] = {}
        for line in body.lines:
            by_layer.setdefault(line.declared.layer, set()).add(line.kind)
        for layer, here in by_layer.items():
            if "value" in here and here & {"branch", "row", "otherwise"}:
                value = next(x for x in body.lines if x.kind == "value" and x.declared.layer == layer)
                overlap = [
                    x
                    for x in body.lines
                    if x.kind in ("branch", "row", "otherwise")
                    and x.declared.layer == layer
                    and x.since <= value.until
                    and value.since <= x.until
                ]
                if overlap:
                    self.report.error("P0304", value.span)
        if body.complete and not kinds & {"value", "branch", "row", "otherwise", "transition"}:
            self.report.error("P0308", symbol.declared[0].node.span)
        labels = [x.label for x in body.lines if x.kind == "exception" and x.label]
        for line in body.lines:
            for other in line.beats:
                if other not in labels:
                    zh, en = suggestion(other, labels)
                    self.report.error(
                        "P0305",
                        line.span,
                        name=other,
                        hint=(zh or "先写出那条例外，并给它名称", en or "write that exception, with a label"),
                    )
        self._beats(body)
        joined = [m for m in body.modes if m.kind in ("highest", "lowest", "sum")]
        for mode in joined:
            words = {"highest": "就高", "lowest": "就低", "sum": "合计"}
            if "otherwise" not in kinds:
                self.report.error("P0303", mode.span, mode=words[mode.kind])
            comparable = symbol.type.is_amount or (
                symbol.type.kind == "enumeration" and symbol.type.ordered and mode.kind != "sum"
            )
            if not comparable:
                self.report.error("P0307", mode.span, type=symbol.type.show("zh"), type_en=symbol.type.show("en"))
        return len(self.report.items) == before

    def _beats(self, body: RawBody) -> None:
        """Reports exceptions that beat each other in a circle, once."""
        over = {x.label: x.beats for x in body.lines if x.kind == "exception" and x.label}
        done: set[str] = set()
        for start in over:
            path = {start: iter(over[start])}
            while path:
                last = next(reversed(path))
                following = next((n for n in path[last] if n in over and n not in done), None)
                if following is None:
                    done.add(last)
                    path.popitem()
                elif following in path:
                    loop = [*path, following]
                    span = next(x.span for x in body.lines if x.label == following)
                    self.report.error("P0306", span, path=" → ".join(loop[loop.index(following) :]))
                    return
                else:
                    path[following] = iter(over[following])


def _repeal_hint(label: str, known: list[str]) -> tuple[str, str]:
    """What may have been meant by a 废止: the nearest name, else the transitions that touch the states, else how it is written."""
    states = label.split(" → ")
    steps = {x: x.split(" → ") for x in known if " → " in x}
    if steps and len(states) == 2:
        alike = [x for x, s in steps.items() if all(a == b or nearest(a, [b]) for a, b in zip(states, s, strict=True))]
        zh, en = suggestion(label, alike)
    else:
        zh, en = suggestion(label, [x for x in known if x not in steps]) if label else ("", "")
    near = [x for x, s in steps.items() if set(states) & set(s)]
    if not zh and near:
        zh, en = f"上级的转换：{'、'.join(near)}", f"the transitions above: {', '.join(near)}"
    return (
        zh or "只能废止上级的规定：例外写它的名称，转换写 甲 → 乙",
        en or "only what a layer above says can be repealed: an exception by its label, a transition by its states",
    )


ir_truth = Type("truth", "是否")


def _whole(value: ir.Expression) -> bool:
    """Whether the formula can only give whole numbers, by its form."""
    match value:
        case ir.Constant():
            return isinstance(value.value, Fraction) and value.value.denominator == 1
        case ir.Arithmetic():
            return value.sign != "/" and _whole(value.left) and _whole(value.right)
        case ir.Call() if value.function in ("max", "min", "sum"):
            return all(_whole(a) for a in value.arguments)
        case ir.Call() if value.function == "average":
            return False
    return value.type.whole


def _date(day: int) -> str:
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}" if day else "任何日期"


def _settled_entries(symbol: ParameterSymbol, entries: list[ir.Entry]) -> Iterator[ir.Entry]:
    """A value holds until the next one of its keys in its layer begins. Where not all that it speaks of ends on one day it stays open,
    and what counts is found on the day (epoch.py)."""
    cells = [
        tuple(
            product(*(range(len(t.members)) if k is None else k for k, t in zip(e.keys, symbol.key_types, strict=True)))
        )
        for e in entries
    ]
    starts: dict[tuple[object, ...], set[int]] = {}
    for e, own in zip(entries, cells, strict=True):
        for cell in own if e.kind != "target" else ():  # a 目标 is never in force and ends nothing
            starts.setdefault((e.layer, cell), set()).add(e.since)
    for e, own in zip(entries, cells, strict=True):
        following = {min((s for s in starts.get((e.layer, c), ()) if s > e.since), default=0) for c in own}
        end = following.pop() if len(following) == 1 else 0
        yield e._replace(until=min(e.until, day_before(end))) if end and e.kind != "target" else e


def _without_key_tables(symbol: ParameterSymbol) -> list[Declared]:
    """The declarations without their tables, which need the keys."""

    def strip(lines: tuple[nodes.Line, ...]) -> tuple[nodes.Line, ...]:
        return tuple(
            evolve(x, lines=strip(x.lines)) if isinstance(x, nodes.Dated) else x
            for x in lines
            if not isinstance(x, nodes.Table)
        )

    out = []
    for d in symbol.declared:
        assert isinstance(d.node, (nodes.Parameter, nodes.Amendment))
        out.append(evolve(d, node=evolve(d.node, body=strip(d.node.body))))
    return out


def _order(rules: list[ir.Rule], entities: tuple[ir.Entity, ...], report: Report) -> list[ir.Rule]:
    """Rules so that each comes after those it reads; a cycle is reported once, with its whole path."""
    by_key = {(r.entity, r.name): r for r in rules}
    done: dict[tuple[str, str], bool] = {}
    out: list[ir.Rule] = []
    for start in by_key:
        if start in done:
            continue
        stack: list[tuple[tuple[str, str], Iterator[tuple[str, str]]]] = [(start, iter(_reads(by_key[start], by_key)))]
        done[start] = False
        while stack:
            key, following = stack[-1]
            for other in following:
                if other not in done:
                    done[other] = False
                    stack.append((other, iter(_reads(by_key[other], by_key))))
                    break
                if not done[other]:
                    path = [k for k, _ in stack]
                    loop = [*path[path.index(other) :], other]
                    said = [by_key[k].called for k in loop]  # a rule and what it reads as 原值 are one to the drafter
                    once = [n for n, _ in itertools.groupby(said)]
                    names = " → ".join(once if len(once) > 1 else once * 2)
                    hidden = next((by_key[k] for k in loop if by_key[k].hidden), None)
                    if hidden is not None:
                        report.error("P1008", hidden.place, name=hidden.name, path=names)
                        continue
                    labels = [
                        (_read_at(by_key[k], n), f"「{a}」要用「{b}」", f"“{a}” reads “{b}”")
                        for (k, n), (a, b) in zip(itertools.pairwise(loop), itertools.pairwise(said), strict=True)
                        if a != b or len(set(said)) == 1
                    ]
                    hint = _look_back(loop, by_key)
                    report.error("P0206", labels[0][0], path=names, labels=labels, hint=hint)
            else:
                done[key] = True
                out.append(by_key[key])
                stack.pop()
    return out


def _read_at(rule: ir.Rule, other: tuple[str, str]) -> Place:
    """Where a rule reads another one: in its own layer or in a lower one that amends it."""
    refs = (node for formula in formulas(rule) for node in walk(formula) if isinstance(node, ir.RuleRef))
    return next((r.place for r in refs if (r.entity, r.name) == other), rule.place)


def _look_back(loop: list[tuple[str, str]], by_key: dict[tuple[str, str], ir.Rule]) -> tuple[str, str] | None:
    """The way out of a cycle through a status: what it reads of last month."""
    at = next((n for n, key in enumerate(loop[:-1]) if by_key[key].status), None)
    if at is None:
        return None
    name = by_key[loop[at + 1]].called
    if loop[at] == loop[at + 1]:
        return (
            "转换的左边就是上月的状态，条件里不用再写",
            "the left side of a transition is last month's state already: leave it out of the condition",
        )
    default = " 0" if by_key[loop[at + 1]].type.is_amount else " …"
    return (
        f"条件里改用上个月的值：上月({name}, 默认{default})",
        f"read last month's value in the condition: previous({name}, default{default})",
    )


def _reads(rule: ir.Rule, by_key: dict[tuple[str, str], ir.Rule]) -> list[tuple[str, str]]:
    return [key for key in references(rule) if key in by_key]


__all__ = ["Span", "build"]
