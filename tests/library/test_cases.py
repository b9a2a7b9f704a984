"""Cases that no 案例 can say, since they need a local figure: the shipped policy, decided with the case's parameters.

cases/*.yaml: what is given (parameters as `with_parameters` takes them, facts, or a history with its months) and what must come out.
Every value that is compared comes out of the policy.
"""

from __future__ import annotations

import functools
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import yaml

import policy_dsl

CASES = [
    pytest.param(case, id=f"{case['id']}-{n}")
    for file in sorted((Path(__file__).parent / "cases").glob("*.yaml"))
    for n, case in enumerate(yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader))
]


def read(value: Any) -> Any:
    """What a text of the file stands for: a number, a truth, a list or an entry of such, or text."""
    if isinstance(value, dict):
        merged = {**value.get("<<", {}), **value}
        return {k: read(v) for k, v in merged.items() if k != "<<"}
    if isinstance(value, list):
        return [read(v) for v in value]
    if value in ("true", "false", "null"):
        return {"true": True, "false": False, "null": None}[value]
    try:
        return int(value) if value.lstrip("-").isdigit() else Decimal(value)
    except ArithmeticError:
        return value


def shown(value: Any) -> Any:
    """An output as the file writes it."""
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, (Decimal, Fraction, int)):
        return Fraction(value)
    return str(value)


@functools.cache
def loaded(name: str, parameters: str) -> policy_dsl.Policy:
    """A shipped policy with parameters (JSON): those of one file are mostly the same."""
    policy = policy_dsl.load(name)
    return policy.with_parameters(read(json.loads(parameters))) if parameters != "null" else policy


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    policy = loaded(case.get("policy", "national"), json.dumps(case.get("parameters")))
    decision = policy.decide(read(case["facts"]), on=case["on"])
    found = {name: shown(decision[name]) for name in case["expect"]}
    assert found == {name: shown(read(value)) for name, value in case["expect"].items()}
