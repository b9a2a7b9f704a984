"""The effective policy as JSON. Amounts are strings in the declared unit, dates ISO texts; what is not there is left out."""

from __future__ import annotations

from typing import Any

from .._version import __version__
from ..backends.show import day_text, json_value
from ..backends.values import known
from ..ir import nodes as ir
from .describe import line_text
from .effective import Effective, Origin, ShownFact, ShownLine, ShownParameter, ShownRepeal, ShownRule, ShownValue
from .formula import Words


def data(made: Effective, lang: str) -> dict[str, object]:
    return {
        "policy": made.policy,
        "digest": made.digest,
        "engine": __version__,
        "on": day_text(made.on),
        "layers": list(made.layers),
        "facts": [_fact(f) for f in made.facts],
        "items": [_parameter(x, lang) if isinstance(x, ShownParameter) else _rule(x, lang) for x in made.items],
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


def _rule(r: ShownRule, lang: str) -> dict[str, object]:
    return {
        "kind": "benefit" if r.benefit else "rule",
        "entity": r.entity,
        "name": r.name,
        **_plain(unit=r.type.own.show() if r.type.is_amount else ""),
        "in_force": bool(r.lines),
        "origin": _origin(r.origin),
        **_plain(mode=r.mode),
        "lines": [_line(x, lang) for x in r.lines],
        **_plain(repealed=[_repeal(x, lang) for x in r.repeals], assumptions=list(r.assumptions)),
    }


def _line(shown: ShownLine, lang: str) -> dict[str, object]:
    x = shown.line
    return {
        "kind": x.kind,
        **_plain(label=x.label),
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
