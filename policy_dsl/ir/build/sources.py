"""What a declaration says of where it comes from: its clauses and assumptions, and what it takes away."""

from __future__ import annotations

from collections.abc import Iterable

from ...diagnostics.report import Report, nearest, suggestion
from ...model.clause import Clause
from ...model.symbols import Declared, Model
from ...source import Place
from ...syntax import nodes
from .. import nodes as ir
from ..bodies.layers import inherited
from ..bodies.lines import RawBody


class Sources:
    """Finds the clauses that are named, and reports what is not there."""

    def __init__(self, model: Model, report: Report) -> None:
        self.model = model
        self.report = report

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
            if raw.label in self.model.broken:
                continue
            known = [label for key, label in labels.items() if inherited(there, body.repeals, raw, key)]
            self.report.error(
                "P0611", raw.span, name=name, label=raw.label or name, hint=_repeal_hint(raw.label, known)
            )
        return tuple(made)


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
