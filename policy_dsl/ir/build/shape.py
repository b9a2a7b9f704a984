"""What may stand beside what in the body of one rule."""

from __future__ import annotations

from collections.abc import Set

from ...diagnostics.report import Report, suggestion
from ...model.symbols import RuleSymbol
from ..bodies.lines import RawBody


def of_its_kind(symbol: RuleSymbol, body: RawBody, report: Report) -> bool:
    """States in a 阶段 alone, modes in everything else."""
    if symbol.status is None:
        for line, _ in body.states:
            report.error("P1003", line.span, name=symbol.name)
        return not body.states
    for mode in body.modes:
        report.error("P1004", mode.span, name=symbol.name)
    return not body.modes


def well_shaped(symbol: RuleSymbol, body: RawBody, report: Report, broken: Set[str]) -> bool:
    """What may stand beside what in one body. `broken`: names that could not be read."""
    before = len(report.items)
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
                report.error("P0304", value.span)
    if body.complete and not kinds & {"value", "branch", "row", "otherwise", "transition"}:
        report.error("P0308", symbol.declared[0].node.span)
    labels = [x.label for x in body.lines if x.kind == "exception" and x.label]
    for line in body.lines:
        for other in line.beats:
            if other not in labels and other not in broken:
                zh, en = suggestion(other, labels)
                report.error(
                    "P0305",
                    line.span,
                    name=other,
                    hint=(zh or "先写出那条例外，并给它名称", en or "write that exception, with a label"),
                )
    _beats(body, report)
    joined = [m for m in body.modes if m.kind in ("highest", "lowest", "sum")]
    for mode in joined:
        words = {"highest": "就高", "lowest": "就低", "sum": "合计"}
        if "otherwise" not in kinds:
            report.error("P0303", mode.span, mode=words[mode.kind])
        comparable = symbol.type.is_amount or (
            symbol.type.kind == "enumeration" and symbol.type.ordered and mode.kind != "sum"
        )
        if not comparable:
            report.error("P0307", mode.span, type=symbol.type.show("zh"), type_en=symbol.type.show("en"))
    return len(report.items) == before


def _beats(body: RawBody, report: Report) -> None:
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
                report.error("P0306", span, path=" → ".join(loop[loop.index(following) :]))
                return
            else:
                path[following] = iter(over[following])
