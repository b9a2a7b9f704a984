"""An explanation as JSON; explain/schema.json is its schema. Steps stand in a table by id, so that nothing is repeated.

`id`, `kind`, `entity`, `path`, `name`, `state`, `value`, `clause`, `place`, `assumptions` and `children` stand in every step (and `unit`
in that of every known quantity); the others only where they say something. `value`, `unit` and `shown` follow the contract's form of an
output; `unit` has the Chinese spelling in both languages, so that programs can compare it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from .._version import __version__
from ..backends.entries import Instance
from ..backends.formatting import day_text, json_amount, json_value
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import Failure, Undetermined, diagnose, known
from ..ir import nodes as ir
from ..model.types import Type
from .describe import default_lists, displaced_text, like_this, written
from .explanation import Considered, Explanation, Step
from .phrases import Phrase, phrases
from .workings import calendars, conversions, left_out, roundings, to_declared

SCHEMA = "https://policy-dsl.invalid/explanation-1.json"


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


def _value(value: object, type_: Type) -> dict[str, Any]:
    if not known(value):
        return {"value": None}
    if type_.is_amount:
        return dict(json_amount(value, type_))
    return {"value": json_value(value, type_)}


def _step(made: Explanation, step: Step, lang: str) -> dict[str, object]:
    clause = step.clause
    out: dict[str, Any] = {"id": step.id, "kind": step.kind, "entity": step.entity, "path": step.path}
    if who := step.who:
        out["who"] = who
    out["name"] = step.name
    if step.without:
        out["without"] = step.without
    out["state"] = step.state
    out |= _value(step.value, step.type)
    out["clause"] = {
        "policy": clause.policy,
        "document": clause.document,
        "title": clause.title,
        "headings": list(clause.headings),
        "gist": clause.gist,
    }
    out["place"] = None if step.place is None else {"file": step.place.bare_file, "line": step.place.line}
    if step.kind in ("fact", "past"):
        more: Iterable[tuple[str, object]] = (("decided_by", step.decided_by), ("default_used", step.default_used))
    else:
        more = _reasons(made, step, lang)
    assumptions = list(step.assumptions)
    for key, value in more:
        if key == "decided_by":
            out["assumptions"] = assumptions
        if value:
            out[key] = value
    if isinstance(step.value, Undetermined):
        if step.value.needs:
            out["needs"] = list(step.value.needs)
        if step.value.parameters:
            out["parameters"] = list(step.value.parameters)
    elif isinstance(step.value, Failure):
        out["error"] = _error(step.value, lang)
    out["children"] = list(step.children)
    return out


def _reasons(made: Explanation, step: Step, lang: str) -> Iterator[tuple[str, object]]:
    """What gave a step's value, in the order of the schema; what says nothing is left out."""
    by = made.seen_from(step)
    yield "mode", step.mode
    yield "applied", [_line(by, step, c, lang, True) for c in step.applied]
    yield "not_applied", [_line(by, step, c, lang, False) for c in step.considered]
    formula = None if step.formula is None else phrases(by).of(step.formula)
    if formula is not None:
        yield "formula", _formula(formula, by, by.root, lang)
    yield from _texts(by, step, formula, lang)
    yield "law", step.law and day_text(step.law)
    yield "since", step.since and day_text(step.since)
    yield "until", step.until < ir.OPEN and day_text(step.until)
    yield "published", step.published and day_text(step.published)
    yield "review", step.review and day_text(step.review)
    yield "missing", step.missing
    yield "given_up", _given_up(by, step, lang)
    yield "displaced", displaced_text(by, step, lang)
    yield "like_this", any(like_this(by, step, phrases(by).of(c.line.result)) for c in step.applied)
    yield "decided_by", step.decided_by
    yield "default_used", step.default_used
    yield "default_lists", default_lists(by, step, lang)


def _formula(phrase: Phrase, by: Interpretation, at: Instance | None, lang: str) -> dict[str, str]:
    return {"names": phrase.names(lang), "numbers": phrase.fill(lang)(by, at)}


def _texts(by: Interpretation, step: Step, formula: Phrase | None, lang: str) -> Iterator[tuple[str, list[str]]]:
    """Conversions, roundings and entries left out, of all lines that had a part in the value, each once."""
    at = step.at if formula is None else by.root
    if formula is not None:
        used = results = [formula]
    else:
        kept = phrases(by)
        lines = [kept.line(c.line) for c in step.applied]
        used = [x for line in lines for x in (*line.parts, line.result)]
        results = [line.result for line in lines if not isinstance(line.result.node, ir.Constant)]
    converted = [t for x in used if x.mixed for t in conversions(by, at, x, lang)]
    converted += [t for x in results if x.converts(step.type) for t in to_declared(by, step, x, at, lang)]
    yield "conversions", list(dict.fromkeys(converted))
    yield "roundings", list(dict.fromkeys(t for x in used if x.rounded for t in roundings(by, at, x, lang)))
    yield "left_out", list(dict.fromkeys(t for x in used if x.filtered for t in left_out(by, at, x, lang)))
    yield "calendar", list(dict.fromkeys(t for x in used if x.counted for t in calendars(by, at, x, lang)))


def _given_up(by: Interpretation, step: Step, lang: str) -> dict[str, object] | None:
    """What the rule would give without the exception that applied, and the lines that would give it."""
    if step.given_up is None:
        return None
    lines = [
        {
            "text": written(by, x, lang),
            "policy": x.clause.policy,
            "file": x.place.bare_file,
            "line": x.place.line,
            "formula": _formula(phrases(by).of(x.result), by, step.at, lang),
        }
        for x in step.given_up_lines
    ]
    return {**_value(step.given_up, step.type), "lines": lines}


def _error(value: Failure, lang: str) -> dict[str, object]:
    found = diagnose(value)
    place = found.place
    return {
        "code": found.code,
        "message": found.message(lang),
        "file": place.bare_file if place else None,
        "line": place.line if place else None,
    }


def _line(by: Interpretation, step: Step, considered: Considered, lang: str, applied: bool) -> dict[str, object]:
    line, kept = considered.line, phrases(by)
    out: dict[str, Any] = {
        "kind": line.kind,
        "label": line.label,
        "text": written(by, line, lang),
        "policy": line.clause.policy,
        "file": line.place.bare_file,
        "line": line.place.line,
        "holds": considered.holds if known(considered.holds) else None,
        "conditions": [
            {
                "text": kept.of(p.formula).part(lang)(by, step.at, p.holds),
                "holds": p.holds if known(p.holds) else None,
            }
            for p in (considered.parts if applied else considered.reasons)
        ],
    }
    if applied:
        out["formula"] = _formula(kept.of(line.result), by, step.at, lang)
    return out
