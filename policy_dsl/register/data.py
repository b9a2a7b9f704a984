"""The register as JSON. Every key stands in every entry, so that a program need not ask."""

from __future__ import annotations

from .._version import __version__
from ..backends.formatting import day_text, json_value
from ..ir import nodes as ir
from ..model.clause import Clause
from ..source import Place
from .register import Assumed, Carrier, Question, Register, Reviewed, Written
from .resting import Key
from .words import Wording


def data(made: Register, lang: str) -> dict[str, object]:
    """The whole register; texts of lines and values in the keyword language asked for, everything else as it is written."""
    page = Wording(lang)
    return {
        "engine": __version__,
        "policy": made.policy,
        "digest": made.program.digest,
        "layers": list(made.program.chain),
        "lang": lang,
        "assumptions": [_assumption(x, page) for x in made.assumptions],
        "questions": [_question(x, page) for x in made.questions],
        "reviews": [_reviewed(x, page) for x in made.reviews],
    }


def _assumption(x: Assumed, page: Wording) -> dict[str, object]:
    return {
        "id": x.id,
        "written": [_written(w, page) for w in x.written],
        "outputs": _outputs(x.outputs),
        "later": _outputs(x.later),
    }


def _written(w: Written, page: Wording) -> dict[str, object]:
    return {
        "reason": w.reason,
        **_carrier(w.carrier),
        "about": [page.said(x, w.carrier) for x in w.about],
        **_source(w.clause, w.place),
        "counts": w.counts,
        "office": {"name": w.office.name, "by": w.office.by, "of": w.office.of},
    }


def _carrier(item: Carrier) -> dict[str, object]:
    if isinstance(item, ir.Parameter):
        return {"kind": "parameter", "entity": "", "name": item.name}
    if isinstance(item, ir.Arrears):
        return {"kind": "arrears", "entity": item.entity, "name": item.benefit}
    if isinstance(item, ir.Guarantee):
        return {"kind": "guarantee", "entity": item.entity, "name": item.title}
    kind = "benefit" if item.benefit else "status" if item.status else "rule"
    return {"kind": kind, "entity": item.entity, "name": item.name}


def _question(x: Question, page: Wording) -> dict[str, object]:
    return {
        "parameter": x.parameter.name,
        "cells": [list(keys) for keys in x.keys],
        "kind": x.kind,
        "value": page.value(x.entry),
        "bounds": [json_value(n, x.parameter.type) for n in x.entry.bounds] if x.entry.bounds is not None else None,
        "since": day_text(x.since) if x.since else None,
        "until": day_text(x.until) if x.until < ir.OPEN else None,
        **_source(x.entry.clause, x.entry.place),
        "outputs": _outputs(x.outputs),
        "later": _outputs(x.later),
    }


def _reviewed(x: Reviewed, page: Wording) -> dict[str, object]:
    return {
        "review": day_text(x.review),
        **_carrier(x.carrier),
        "about": [page.said(y, x.carrier) for y in x.about],
        **_source(x.clause, x.place),
        "outputs": _outputs(x.outputs),
        "later": _outputs(x.later),
    }


def _source(clause: Clause, place: Place) -> dict[str, object]:
    return {"layer": clause.policy, "clause": clause.show(), "file": place.bare.file, "line": place.line}


def _outputs(keys: tuple[Key, ...]) -> list[str]:
    return [f"{entity}.{name}" for entity, name in keys]
