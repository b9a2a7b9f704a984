"""What a decision says, read out of Instances, one output at a time: the slow way, against which the way over results is held."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from policy_dsl import Decision, PolicyError
from policy_dsl.backends.formatting import json_amount, json_value, python_value, value_text
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.payment import amount_key
from policy_dsl.backends.runtime import Unknown
from policy_dsl.backends.values import Failure, Undetermined, diagnose, known
from policy_dsl.missing import missing


def read_alike(decision: Decision) -> None:
    """Values, their types, decimals and order, texts, JSON, amounts and what is open are those of the Instances, by every way of asking."""
    rows = list(decision.rows())
    paths = [f"{e.path}.{n}" for e, n, _, _ in rows]
    values = [e.values[n] for e, n, _, _ in rows]
    _one_by_one(decision, rows, paths)
    outputs = decision.outputs
    assert list(outputs) == paths == list(decision) == list(decision.keys())
    assert len(decision) == len(paths)
    for (_, _, type_, benefit), path, value in zip(rows, paths, values, strict=True):
        made = outputs[path]
        unit = type_.own.show() if type_.is_amount else ""
        state = "known" if known(value) else "error" if isinstance(value, Failure) else "undetermined"
        text = value_text(value, type_, "zh") if known(value) else ""
        assert made[2:] == (text, unit, benefit, state), path
        assert (made.path, shown(made.value)) == (path, shown(python(value, type_))), path
    if not any(isinstance(v, Failure) for v in values):
        assert [(p, shown(v)) for p, v in dict(decision).items()] == [(p, shown(o.value)) for p, o in outputs.items()]
    _benefits(decision)
    assert [(o.output, o.needs, o.parameters) for o in decision.undetermined] == [
        (p, v.needs, v.parameters) for p, v in zip(paths, values, strict=True) if isinstance(v, Undetermined)
    ]
    assert decision.errors == [diagnose(v, p) for p, v in zip(paths, values, strict=True) if isinstance(v, Failure)]
    there = Interpretation(decision.epoch, decision.day, decision.instance)
    assert decision.missing == missing(there, rows)
    assert decision.assumptions == decision.explain().assumptions()
    _json(decision)


def _one_by_one(decision: Decision, rows: list[Any], paths: list[str]) -> None:
    """Before anybody asks for all of them, and again, when the paths are known."""
    for _ in range(2):
        for (entry, name, type_, _), path in zip(rows, paths, strict=True):
            value = entry.values[name]
            assert path in decision
            if isinstance(value, Failure):
                with pytest.raises(PolicyError) as refused:
                    decision[path]
                assert list(refused.value.diagnostics) == [diagnose(value, path)]
            else:
                assert shown(decision[path]) == shown(python(value, type_)), path
    for path in (f"{decision.root}.", "", "x", f"{paths[0]}x" if paths else "y", f"{decision.root}.x[0].y"):
        assert path in paths or path not in decision


def _benefits(decision: Decision) -> None:
    rows = [(e, n, t) for e, n, t, benefit in decision.rows() if benefit]
    found = decision.benefits
    assert len(found) == len(rows)
    amounts = {}
    for made, (entry, name, type_) in zip(found, rows, strict=True):
        value = entry.values[name]
        rule = next(r for r in decision.epoch.program.rules if (r.entity, r.name) == (entry.entity.name, name))
        paid = entry.values[amount_key(rule)[1]]
        if known(paid):
            amounts[entry.path, name] = Fraction(paid)
        beside = decision.beside(entry, name)
        said = {} if beside is None or not known(beside.value) else {beside.kind: python(beside.value, beside.type)}
        assert (made.path, made.entity, made.name) == (f"{entry.path}.{name}", entry.path, name)
        assert (shown(made.value), made.unit) == (shown(python(value, type_)), type_.own.show())
        assert (shown(made.part), shown(made.share)) == (shown(said.get("part")), shown(said.get("share"))), made
    assert decision.amounts() == amounts
    assert all(type(x) is Fraction for x in decision.amounts().values())


def _json(decision: Decision) -> None:
    made = decision.to_json(explanation=False)
    wanted: dict[str, Any] = {}
    for entry, name, type_, _ in decision.rows():
        value = entry.values[name]
        if not known(value):
            row = None
        elif type_.is_amount:
            row = dict[str, Any](json_amount(value, type_))
            beside = decision.beside(entry, name)
            if beside is not None:
                row[beside.kind] = json_value(beside.value, beside.type) if known(beside.value) else None
        else:
            row = {"value": json_value(value, type_)}
        wanted[f"{entry.path}.{name}"] = row
    assert made["outputs"] == wanted
    assert list(made["outputs"]) == list(wanted)  # type: ignore[call-overload]


def python(value: Any, type_: Any) -> object:
    return python_value(value, type_) if known(value) else None


def shown(value: object) -> tuple[type, str, object]:
    """A value with its type and, of a Decimal, its decimals."""
    assert not isinstance(value, Unknown)
    return type(value), str(value), value
