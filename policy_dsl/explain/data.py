"""An explanation as JSON; explain/schema.json is its schema. Steps stand in a table by id, so that nothing is repeated.

`id`, `kind`, `entity`, `path`, `name`, `state`, `value`, `clause`, `place`, `assumptions` and `children` stand in every step (and `unit`
in that of every known quantity); the others only where they say something. `value`, `unit` and `shown` follow the contract's form of an
output; `unit` has the Chinese spelling in both languages, so that programs can compare it.
"""

from __future__ import annotations

from typing import Any

from .._version import __version__
from ..backends.entries import Instance
from ..backends.formatting import day_text, json_amount, json_value
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import Failure, Undetermined, Value, diagnose, known
from ..ir import nodes as ir
from ..model.types import Type
from .describe import default_lists, displaced_text, like_this
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
        "steps": {step.id: _step(made, step, lang) for step in made.told()},
    }


def _value(value: Value, type_: Type) -> dict[str, Any]:
    if not known(value):
        return {"value": None}
    if type_.is_amount:
        return json_amount(value, type_)
    return {"value": json_value(value, type_)}


def _step(made: Explanation, step: Step, lang: str) -> dict[str, object]:
    """One step; what says nothing is left out."""
    clause, place, value = step.clause, step.place, step.value
    out: dict[str, Any] = {"id": step.id, "kind": step.kind, "entity": step.entity, "path": step.path}
    if step.at is not None and step.at.called:
        out["who"] = step.at.called
    out["name"] = step.name
    if step.without:
        out["without"] = step.without
    out["state"] = step.state
    out |= _value(value, step.type)
    out["clause"] = {
        "policy": clause.policy,
        "document": clause.document,
        "title": clause.title,
        "headings": list(clause.headings),
        "gist": clause.gist,
    }
    out["place"] = None if place is None else {"file": place.bare_file, "line": place.line}
    by = made.interpretation
    if step.kind not in ("fact", "past"):
        by = made.seen_from(step)
        _reasons(by, step, lang, out)
    out["assumptions"] = list(step.assumptions)
    if step.decided_by:
        out["decided_by"] = step.decided_by
    if step.default_used:
        out["default_used"] = True
    if step.applied or step.considered:
        used = default_lists(by, step, lang)
        if used:
            out["default_lists"] = used
    if isinstance(value, Undetermined):
        if value.needs:
            out["needs"] = list(value.needs)
        if value.parameters:
            out["parameters"] = list(value.parameters)
    elif isinstance(value, Failure):
        out["error"] = _error(value, lang)
    out["children"] = list(step.children)
    return out


def _reasons(by: Interpretation, step: Step, lang: str, out: dict[str, Any]) -> None:
    """What gave the value of a rule or a parameter."""
    at, applied = step.at, step.applied
    if step.mode:
        out["mode"] = step.mode
    if applied:
        out["applied"] = [_line(by, at, c, lang, True) for c in applied]
    if step.considered:
        out["not_applied"] = [_line(by, at, c, lang, False) for c in step.considered]
    if step.formula is not None:
        phrase = phrases(by).of(step.formula)
        out["formula"] = _formula(phrase, by, by.root, lang)
        _beside(by, step, by.root, (phrase,), (phrase,), lang, out)
    elif any([not c.said.plain or c.said.result.converts(step.type) for c in applied]):
        used = tuple(x for c in applied for x in c.said.used)
        results = tuple(c.said.result for c in applied if not c.said.constant)
        _beside(by, step, at, used, results, lang, out)
    if step.law:
        out["law"] = day_text(step.law)
    if step.since:
        out["since"] = day_text(step.since)
    if step.until < ir.OPEN:
        out["until"] = day_text(step.until)
    if step.published:
        out["published"] = day_text(step.published)
    if step.review:
        out["review"] = day_text(step.review)
    if step.missing:
        out["missing"] = step.missing
    if step.given_up is not None:
        out["given_up"] = _given_up(by, step, lang)
    if step.displaced is not None:
        out["displaced"] = displaced_text(by, step, lang)
    if any([c.said.result.parts and like_this(by, step, c.said.result) for c in applied]):
        out["like_this"] = True


def _formula(phrase: Phrase, by: Interpretation, at: Instance | None, lang: str) -> dict[str, str]:
    return {"names": phrase.names(lang), "numbers": phrase.fill(lang)(by, at)}


def _beside(
    by: Interpretation,
    step: Step,
    at: Instance | None,
    used: tuple[Phrase, ...],
    results: tuple[Phrase, ...],
    lang: str,
    out: dict[str, Any],
) -> None:
    """Conversions, roundings and entries left out, of all that had a part in the value, each once."""
    converted = [t for x in used if x.mixed for t in conversions(by, at, x, lang)]
    converted += [t for x in results for t in to_declared(by, step, x, at, lang)]
    told = {
        "conversions": converted,
        "roundings": [t for x in used if x.rounded for t in roundings(by, at, x, lang)],
        "left_out": [t for x in used if x.filtered for t in left_out(by, at, x, lang)],
        "calendar": [t for x in used if x.counted for t in calendars(by, at, x, lang)],
    }
    out |= {key: list(dict.fromkeys(texts)) for key, texts in told.items() if texts}


def _given_up(by: Interpretation, step: Step, lang: str) -> dict[str, object]:
    """What the rule would give without the exception that applied, and the lines that would give it."""
    lines = []
    for line in step.given_up_lines:
        said = phrases(by).line(line)
        head = said.head(lang)
        told = {key: head[key] for key in ("text", "policy", "file", "line")}
        lines.append({**told, "formula": _formula(said.result, by, step.at, lang)})
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


def _line(by: Interpretation, at: Instance | None, considered: Considered, lang: str, applied: bool) -> dict[str, Any]:
    said, holds = considered.said, considered.holds
    out = said.head(lang)
    out["holds"] = _truth(holds)
    out["conditions"] = [
        {"text": phrase.part(lang)(by, at, held), "holds": _truth(held)}
        for phrase, held in (considered.parts if applied else considered.reasons)
    ]
    if applied:
        out["formula"] = _formula(said.result, by, at, lang)
    return out


def _truth(holds: Value) -> bool | None:
    """是 or 否; None while it is open, and where it is an error."""
    return holds if holds is True or holds is False else None
