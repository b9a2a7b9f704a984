"""Decides a policy given as text in every way there is, and holds the ways against each other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from policy_dsl import Policy
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.runtime import Defer
from policy_dsl.decision import Decision
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_or_raise

from ..property.reading import read_alike


def policy_of(*layers: str) -> Policy:
    """A policy from its layers' texts, top first; the 政策 line is written here."""
    files = []
    for n, text in enumerate(layers):
        head = f"政策 层{n}\n" + (f"  上级 层{n - 1}\n" if n else "")
        files.append(
            LayerFiles(f"层{n}", (PolicyFile(Path(f"{n}.policy"), f"{n}.policy", head + text, f"层{n}", "", 2),))
        )
    return Policy(compile_or_raise(files))


def decided(policy: Policy, facts: dict[str, Any], on: str) -> Decision:
    """The decision; its values are the interpreter's, and the recording function's where that can run."""
    decision = policy.decide(facts, on=on)
    read_alike(decision)
    root = decision.root
    run = policy.run(decision.day, root)
    data = decision.instance.data
    oracle = run.compiled.instance(root, data)
    Interpretation(run.epoch, decision.day, oracle).rules()
    for entry, expected in zip(decision.instance.all(), oracle.all(), strict=True):
        assert entry.values == expected.values
    try:
        raw = run.compiled.record(run.parameters, decision.day, data)
    except Defer:
        return decision
    again = run.compiled.instance(root, data)
    run.compiled.fill(again, raw, decision.day, recorded=True)
    for entry, expected in zip(again.all(), oracle.all(), strict=True):
        assert entry.values == expected.values
    return decision


def deferred(policy: Policy, facts: dict[str, Any], on: str) -> bool:
    """Whether the compiled function leaves the case to the interpreter."""
    decision = policy.decide(facts, on=on)
    run = policy.run(decision.day, decision.root)
    try:
        run.compiled.decide(run.parameters, decision.day, decision.instance.data)
    except Defer:
        return True
    return False
