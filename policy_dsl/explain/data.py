"""An explanation as JSON; explain/schema.json is its schema. Steps stand in a table by id, so that nothing is repeated.

The keys in ALWAYS stand in every step (`unit` in that of every quantity); the others only where they say something. `value`, `unit` and `shown` follow the contract's
form of an output; `unit` has the Chinese spelling in both languages, so that programs can compare it.
"""

from __future__ import annotations

from typing import Any

from .._version import __version__
from ..backends.formatting import day_text, json_amount, json_value
from ..backends.values import Failure, Undetermined, diagnose, known
from ..ir import nodes as ir
from .describe import default_lists, displaced_text, like_this, line_text
from .explanation import Considered, Explanation, Step
from .formula import Words
from .workings import calendars, conversions, left_out, part_text, roundings, to_declared

SCHEMA = "https://policy-dsl.invalid/explanation-1.json"
ALWAYS = (
    "id",
    "kind",
    "entity",
    "path",
    "name",
    "state",
    "value",
    "unit",
    "clause",
    "place",
    "assumptions",
    "children",
)


def data(made: Explanation, lang: str) -> dict[str, object]:
    """The whole explanation; `roots` are the outputs explained, in order."""
    return {
        "schema": SCHEMA,
        "engine": __version__,
        "policy": made.policy,
        "digest": made.digest,
        "on": day_text(made.on),
        "lang": lang,
        "roots": made.roots,
        "assumptions": made.assumptions(),
        "steps": {step.id: _step(made, step, lang) for step in made.walk(*made.roots)},
    }


def _value(value: object, step: Step) -> dict[str, Any]:
    if not known(value):
        return {"value": None}
    if step.type.is_amount:
        return dict(json_amount(value, step.type))
    return {"value": json_value(value, step.type)}


def _step(made: Explanation, step: Step, lang: str) -> dict[str, object]:
    made = made.seen_from(step)
    open_ = step.value if isinstance(step.value, Undetermined) else Undetermined()
    applied = [_line(made, step, c, lang, True) for c in step.applied]
    texts = _texts(made, step, lang)
    out: dict[str, Any] = {
        "id": step.id,
        "kind": step.kind,
        "entity": step.entity,
        "path": step.path,
        "who": step.who,
        "name": step.name,
        "without": step.without,
        "state": step.state,
        **_value(step.value, step),
        "clause": {
            "policy": step.clause.policy,
            "document": step.clause.document,
            "title": step.clause.title,
            "headings": list(step.clause.headings),
            "gist": step.clause.gist,
        },
        "place": _place(step),
        "mode": step.mode or None,
        "applied": applied,
        "not_applied": [_line(made, step, c, lang, False) for c in step.considered],
        "formula": None if step.formula is None else _formula(made, step, step.formula, lang, root=True),
        "conversions": texts["conversions"],
        "roundings": texts["roundings"],
        "left_out": texts["left_out"],
        "calendar": texts["calendar"],
        "law": day_text(step.law) if step.law else None,
        "since": day_text(step.since) if step.since else None,
        "until": day_text(step.until) if step.until < ir.OPEN else None,
        "published": day_text(step.published) if step.published else None,
        "review": day_text(step.review) if step.review else None,
        "missing": step.missing or None,
        "given_up": _given_up(made, step, lang),
        "displaced": displaced_text(step, lang) or None,
        "like_this": any(like_this(made, step, c.line.result) for c in step.applied),
        "assumptions": list(step.assumptions),
        "decided_by": step.decided_by or None,
        "default_used": step.default_used,
        "default_lists": default_lists(made, step, lang),
        "needs": list(open_.needs),
        "parameters": list(open_.parameters),
        "error": _error(step, lang),
        "children": list(step.children),
    }
    return {k: v for k, v in out.items() if k in ALWAYS or v not in (None, "", False, [])}


def _place(step: Step) -> dict[str, object] | None:
    return None if step.place is None else {"file": step.place.bare.file, "line": step.place.line}


def _formula(made: Explanation, step: Step, formula: ir.Expression, lang: str, root: bool = False) -> dict[str, str]:
    at = made.interpretation.root if root else step.at
    return {"names": Words(lang).text(formula), "numbers": Words(lang, made.interpretation, at).text(formula)}


def _texts(made: Explanation, step: Step, lang: str) -> dict[str, list[str]]:
    """Conversions, roundings and entries left out, of all lines that had a part in the value, each once."""
    out: dict[str, dict[str, None]] = {"conversions": {}, "roundings": {}, "left_out": {}, "calendar": {}}
    formulas = [f for c in step.applied for f in (*(p.formula for p in c.parts), c.line.result)]
    at = step.at
    if step.formula is not None:
        formulas, at = [step.formula], made.interpretation.root
    for formula in formulas:
        out["conversions"].update(dict.fromkeys(conversions(made, at, formula, lang)))
        out["roundings"].update(dict.fromkeys(roundings(made, at, formula, lang)))
        out["left_out"].update(dict.fromkeys(left_out(made, at, formula, lang)))
        out["calendar"].update(dict.fromkeys(calendars(made, at, formula, lang)))
    results = [c.line.result for c in step.applied if not isinstance(c.line.result, ir.Constant)]
    for formula in [step.formula] if step.formula is not None else results:
        out["conversions"].update(dict.fromkeys(to_declared(made, step, formula, at, lang)))
    return {k: list(v) for k, v in out.items()}


def _given_up(made: Explanation, step: Step, lang: str) -> dict[str, object] | None:
    """What the rule would give without the exception that applied, and the lines that would give it."""
    if step.given_up is None:
        return None
    lines = [
        {
            "text": line_text(x, lang),
            "policy": x.clause.policy,
            "file": x.place.bare.file,
            "line": x.place.line,
            "formula": _formula(made, step, x.result, lang),
        }
        for x in step.given_up_lines
    ]
    return {**_value(step.given_up, step), "lines": lines}


def _error(step: Step, lang: str) -> dict[str, object] | None:
    if not isinstance(step.value, Failure):
        return None
    found = diagnose(step.value)
    place = found.place
    return {
        "code": found.code,
        "message": found.message(lang),
        "file": place.bare.file if place else None,
        "line": place.line if place else None,
    }


def _line(made: Explanation, step: Step, considered: Considered, lang: str, applied: bool) -> dict[str, object]:
    line = considered.line
    out: dict[str, Any] = {
        "kind": line.kind,
        "label": line.label,
        "text": line_text(line, lang),
        "policy": line.clause.policy,
        "file": line.place.bare.file,
        "line": line.place.line,
        "holds": considered.holds if known(considered.holds) else None,
        "conditions": [
            {
                "text": part_text(made, step.at, p.formula, p.holds, lang),
                "holds": p.holds if known(p.holds) else None,
            }
            for p in (considered.parts if applied else considered.reasons)
        ],
    }
    if applied:
        out["formula"] = _formula(made, step, line.result, lang)
    return out
