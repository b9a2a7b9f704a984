"""Cases that no 案例 can say, since they need a local figure: the shipped policy, decided with the case's parameters.

cases/*.yaml: what is given (parameters as `with_parameters` takes them; facts with `on`, or a history with `from` and `to`) and what must
come out: `expect` (by month for a history), `findings` (the guarantees that are not kept), `trace` (words of the reasons, by output),
`paid` (what a month pays, by benefit and month), `arrears` (due less paid, by benefit and month), `settled` (what a month pays for those before it), `total` (over all months), or `refused`
(the code with which the facts are refused). `adds` marks a roll of thousands whose counts are those of its households, added. A `policy` in variants/ is a county's own layer over the shipped nation. `times: 20` in an entry
of a list stands for twenty such entries.
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
        own = {k: read(v) for k, v in value.items() if k not in ("<<", "times")}
        return {**read(value["<<"]), **own} if "<<" in value else own
    if isinstance(value, list):
        return [x for v in value for x in [read(v)] * int(v.get("times", 1) if isinstance(v, dict) else 1)]
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
    policy = policy_dsl.load(Path(__file__).parent / name if name.endswith(".policy") else name)
    return policy.with_parameters(read(json.loads(parameters))) if parameters != "null" else policy


def compare(decision: policy_dsl.Decision, expected: dict[str, Any]) -> None:
    found = {name: shown(decision[name]) for name in expected}
    assert found == {name: shown(read(value)) for name, value in expected.items()}


def paid_in(decision: policy_dsl.Decision, name: str) -> Any:
    """What a month pays of an output: its part, where it is paid in parts."""
    part = next((b.part for b in decision.benefits if b.path == name), None)
    return shown(decision[name] if part is None else part)


def added(policy: policy_dsl.Policy, case: dict[str, Any]) -> dict[str, int]:
    """The counts of a roll of thousands: each household that differs decided once, times how many there are. That counts of a roll are those of
    its households, added, is asked of the roll that has each of them once."""
    names = list(case["expect"])

    def counts(homes: list[Any]) -> dict[str, int]:
        decision = policy.decide({"名册": {"户": homes}}, on=case["on"], outputs=names)
        return {name: int(decision[name]) for name in names}

    homes = [(int(home.get("times", 1)), *read([{**home, "times": "1"}])) for home in case["facts"]["名册"]["户"]]
    single = [counts([home]) for _, home in homes]
    assert counts([home for _, home in homes]) == {name: sum(x[name] for x in single) for name in names}
    return {name: sum(times * x[name] for (times, _), x in zip(homes, single, strict=True)) for name in names}


@pytest.mark.parametrize("case", CASES)
def test_case(case: dict[str, Any]) -> None:
    policy = loaded(case.get("policy", "national"), json.dumps(case.get("parameters")))
    if "from" in case:
        timeline = policy.timeline(read(case["facts"]), start=case["from"], end=case["to"])
        for month, expected in case["expect"].items():
            decision = timeline[month].decision
            assert decision is not None
            compare(decision, expected)
        for benefit, months in case.get("arrears", {}).items():
            found = {a.month: shown(a.difference) for a in timeline.arrears if a.benefit == benefit}
            assert found == {month: shown(read(value)) for month, value in months.items()}
        for benefit, months in case.get("settled", {}).items():
            found = {s.month: shown(s.amount) for s in timeline.settlements if s.benefit == benefit}
            assert found == {month: shown(read(value)) for month, value in months.items()}
        for name, months in case.get("paid", {}).items():
            assert {m: shown(timeline.paid(m, name)) for m in months} == {m: shown(read(v)) for m, v in months.items()}
        for name, value in case.get("total", {}).items():
            assert sum(paid_in(month.decision, name) for month in timeline if month.decision) == shown(read(value))
        return
    if "refused" in case:
        with pytest.raises(policy_dsl.PolicyError, match=case["refused"]):
            policy.decide(read(case["facts"]), on=case["on"])
        return
    if "adds" in case:
        assert added(policy, case) == {name: int(value) for name, value in case["expect"].items()}
        return
    decision = policy.decide(read(case["facts"]), on=case["on"])
    compare(decision, case["expect"])
    for name, words in case.get("trace", {}).items():
        text = decision.explain(name).text()
        assert [word for word in words if word not in text] == []
    if "findings" in case:
        told = [finding.zh for finding in decision.findings]
        assert len(told) == len(case["findings"])
        assert [name for name in case["findings"] if not any(f"「{name}」" in text for text in told)] == []
