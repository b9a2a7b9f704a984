"""An explanation as JSON; the schema is explain/schema.json. Steps stand in a table by id, so that nothing is repeated."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from .._version import __version__
from ..backends.show import day_text
from ..backends.values import Undetermined, known
from ..ir import nodes as ir
from ..model.types import plain_number
from .describe import describe, line_text, part_text
from .explanation import Considered, Explanation, Step
from .formula import Words


def data(made: Explanation, lang: str) -> dict[str, object]:
    """The whole explanation; `roots` are the outputs explained, in order."""
    order: dict[str, None] = {}
    for root in made.roots:
        order.update(dict.fromkeys(s.id for s in made.walk(root)))
    return {
        "schema": "https://policy-dsl.invalid/explanation-1.json",
        "engine": __version__,
        "policy": made.policy,
        "digest": made.digest,
        "on": day_text(made.on),
        "lang": lang,
        "roots": made.roots,
        "assumptions": made.assumptions(),
        "steps": {id_: _step(made, made.steps[id_], lang) for id_ in order},
    }


def _value(step: Step) -> dict[str, Any]:
    if not known(step.value):
        return {"value": None}
    if step.type.is_amount:
        digits, shown = plain_number(Fraction(step.value), step.type._replace(unit=step.type.own, written=None))
        out: dict[str, Any] = {"value": digits, "unit": step.type.own.show()}
        if shown is not None:
            out["shown"] = shown
        return out
    if step.type.kind == "enumeration":
        return {"value": step.type.members[step.value]}
    if step.type.kind == "date":
        return {"value": day_text(step.value)}
    return {"value": step.value}


def _step(made: Explanation, step: Step, lang: str) -> dict[str, object]:
    block = describe(made, step, lang)
    out: dict[str, Any] = {
        "id": step.id,
        "kind": step.kind,
        "entity": step.entity,
        "path": step.path,
        "name": step.name,
        "state": step.state,
        **_value(step),
    }
    out["clause"] = {
        "policy": step.clause.policy,
        "document": step.clause.document,
        "title": step.clause.title,
        "headings": list(step.clause.headings),
        "gist": step.clause.gist,
    }
    if step.place is not None:
        out["place"] = {"file": step.place.file, "line": step.place.line}
    out["applied"] = [_line(made, step, c, lang, True) for c in step.applied]
    out["not_applied"] = [_line(made, step, c, lang, False) for c in step.considered]
    out["since"] = day_text(step.since) if step.since else None
    out["until"] = day_text(step.until) if step.until < ir.OPEN else None
    out["assumptions"] = list(step.assumptions)
    out["decided_by"] = step.decided_by or None
    out["default_used"] = step.default_used
    if isinstance(step.value, Undetermined):
        out["needs"] = list(step.value.needs)
        out["parameters"] = list(step.value.parameters)
    for key in ("conversion", "rounding", "given_up", "error"):
        texts = [r.text for r in block.rows if r.key == key]
        if texts:
            out[key] = texts
    out["children"] = list(step.children)
    return out


def _line(made: Explanation, step: Step, considered: Considered, lang: str, applied: bool) -> dict[str, object]:
    line = considered.line
    out: dict[str, Any] = {
        "kind": line.kind,
        "label": line.label or None,
        "text": line_text(line, lang),
        "line": line.place.line,
        "file": line.place.file,
        "holds": considered.holds if known(considered.holds) else None,
        "conditions": [
            {"text": part_text(made, step, p.formula, p.holds, lang), "holds": p.holds if known(p.holds) else None}
            for p in considered.parts
        ],
    }
    if applied:
        out["formula"] = {
            "names": Words(lang).text(line.result),
            "numbers": made.words(step, lang, True).text(line.result),
        }
    return out
