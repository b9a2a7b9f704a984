"""The effective policy as JSON. Amounts are strings in the declared unit, dates ISO texts; what is not there is left out."""

from __future__ import annotations

from typing import Any

from .._version import __version__
from ..backends.formatting import day_text, json_value
from ..backends.values import known
from ..explain.describe import claim_text
from ..explain.formula import Words, line_text, parts_words
from ..ir import nodes as ir
from .effective import (
    Effective,
    Origin,
    ShownArrears,
    ShownFact,
    ShownGuarantee,
    ShownLine,
    ShownParameter,
    ShownPayday,
    ShownRepeal,
    ShownRule,
    ShownValue,
)


def data(made: Effective, lang: str) -> dict[str, object]:
    return {
        "policy": made.policy,
        "digest": made.digest,
        "engine": __version__,
        "on": day_text(made.on),
        "layers": list(made.layers),
        **_plain(payday=_payday(made.payday)),
        "facts": [_fact(f) for f in made.facts],
        "items": [_parameter(x, lang) if isinstance(x, ShownParameter) else _rule(x, lang) for x in made.items],
        **_plain(guarantees=[_guarantee(g, lang) for g in made.guarantees]),
        "assumptions": made.assumptions,
    }


def _plain(**given: Any) -> dict[str, object]:
    return {k: v for k, v in given.items() if v not in (None, "", [], False)}


def _origin(origin: Origin | None) -> dict[str, object] | None:
    if origin is None:
        return None
    clause = origin.clause
    return {
        "layer": origin.layer,
        "own": origin.own,
        **_plain(document=clause.document, title=clause.title, headings=list(clause.headings), gist=clause.gist),
        "file": origin.file,
        "line": origin.line,
    }


def _dates(since: int, until: int, published: int = 0) -> dict[str, object]:
    return _plain(
        since=day_text(since) if since else None,
        until=day_text(until) if until < ir.OPEN else None,
        published=day_text(published) if published else None,
    )


def _fact(f: ShownFact) -> dict[str, object]:
    type_ = f.fact.type
    kind = type_.name if type_.kind == "enumeration" else type_.kind
    return {
        "entity": f.entity,
        "name": f.fact.name,
        "type": kind,
        **_plain(unit=type_.own.show() if type_.is_amount else "", decided_by=f.fact.by, added=f.added),
        "origin": _origin(f.origin),
    }


def _value(p: ShownParameter, v: ShownValue, lang: str) -> dict[str, object]:
    value = json_value(v.value, p.type) if v.value is not None and known(v.value) else None
    return {
        **_plain(keys=list(v.keys)),
        "kind": v.kind,
        "value": value,
        **_plain(formula=Words(lang).text(v.formula) if v.formula is not None else None),
        **_dates(v.since, v.until, v.published),
        **_plain(
            origin=_origin(v.origin),
            assumptions=list(v.assumptions),
            displaced=[_value(p, x, lang) for x in v.displaced],
        ),
    }


def _parameter(p: ShownParameter, lang: str) -> dict[str, object]:
    return {
        "kind": "parameter",
        "name": p.name,
        **_plain(keys=list(p.keys), unit=p.type.own.show() if p.type.is_amount else ""),
        "origin": _origin(p.origin),
        "values": [_value(p, v, lang) for v in p.values],
        **_plain(
            targets=[_value(p, v, lang) for v in p.targets],
            repealed=[_repeal(r, lang) for r in p.repeals],
            assumptions=list(p.assumptions),
        ),
    }


def _guarantee(g: ShownGuarantee, lang: str) -> dict[str, object]:
    return {
        "title": g.title,
        "entity": g.entity,
        "origin": _origin(g.origin),
        "claims": [
            {
                "text": claim_text(x.claim, lang),
                **_dates(x.claim.since, x.claim.until, x.claim.published),
                "origin": _origin(x.origin),
                **_plain(assumptions=list(x.claim.assumptions)),
            }
            for x in g.claims
        ],
        **_plain(assumptions=list(g.assumptions)),
    }


def _payday(p: ShownPayday | None) -> dict[str, object] | None:
    if p is None:
        return None
    return {"day": p.day, "origin": _origin(p.origin), **_plain(displaced=[_payday(x) for x in p.displaced])}


def _arrears(a: ShownArrears | None, lang: str) -> dict[str, object] | None:
    if a is None:
        return None
    displaced = [_arrears(x, lang) for x in a.displaced]
    return {"text": Words(lang).text(a.condition), "origin": _origin(a.origin), **_plain(displaced=displaced)}


def _states(r: ShownRule) -> list[dict[str, object]]:
    """Every state of a status; where it is marked 起始 or 终止 with the origin of that."""
    marks = {(m.kind, s): m for m in r.marks for s in m.states}
    return [
        {"name": s, **_plain(**{k: _origin(marks[k, s].origin) for k in ("initial", "final") if (k, s) in marks})}
        for s in r.type.members
    ]


def _rule(r: ShownRule, lang: str) -> dict[str, object]:
    return {
        "kind": "status" if r.status else "benefit" if r.benefit else "rule",
        "entity": r.entity,
        "name": r.name,
        **_plain(states=_states(r) if r.status else None),
        **_plain(unit=r.type.own.show() if r.type.is_amount else ""),
        **_plain(paid=parts_words(r.parts, r.type, lang) if r.parts is not None else None),
        "in_force": bool(r.lines),
        "origin": _origin(r.origin),
        **_plain(mode=r.mode),
        "lines": [_line(x, lang) for x in r.lines],
        **_plain(
            arrears=_arrears(r.arrears, lang),
            recover=_arrears(r.recover, lang),
            repealed=[_repeal(x, lang) for x in r.repeals],
            assumptions=list(r.assumptions),
        ),
    }


def _line(shown: ShownLine, lang: str) -> dict[str, object]:
    x = shown.line
    return {
        "kind": x.kind,
        **_plain(label=x.label if x.kind == "exception" else None),
        **(dict(zip(("from", "to"), x.label.split(" → "), strict=True)) if x.kind == "transition" else {}),
        "text": line_text(x, lang),
        **_dates(x.since, x.until, x.published),
        "origin": _origin(shown.origin),
        **_plain(
            beats=[_line(y, lang) for y in shown.beats],
            displaced=[_line(y, lang) for y in shown.displaced],
            assumptions=list(x.assumptions),
        ),
    }


def _repeal(r: ShownRepeal, lang: str) -> dict[str, object]:
    return {
        **_plain(label=r.label),
        **_dates(r.since, r.until),
        "origin": _origin(r.origin),
        "lines": [_line(x, lang) for x in r.taken],
        **_plain(assumptions=list(r.assumptions)),
    }
