"""The generated readers and the careful one accept and refuse the same, whatever types hold the facts and wherever they begin."""

from __future__ import annotations

import datetime
import types
from collections import OrderedDict, UserDict, UserList, deque
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl import Policy, PolicyError
from policy_dsl.facts.plain import FLOATS
from policy_dsl.facts.read import Reader
from policy_dsl.facts.taking import Taking

from .. import frames
from .cases import Case, FactsWriter, cases
from .dice import Dice, Thrown, examples
from .test_agreement import iso, plain

MAPPINGS = (dict, dict, OrderedDict, UserDict, types.MappingProxyType)
SEQUENCES = (list, list, tuple, deque, UserList)


def dressed(dice: Dice, value: Any, floats: str) -> Any:
    """The same facts as a program may hold them: other mappings and lists, scalars of NumPy and pandas, floats where they are taken."""
    if isinstance(value, dict):
        return dice.pick(MAPPINGS)({key: dressed(dice, inner, floats) for key, inner in value.items()})
    if isinstance(value, (list, tuple)):
        return dice.pick(SEQUENCES)([dressed(dice, inner, floats) for inner in value])
    if dice.chance(60):
        return value
    if value is None:
        return dice.pick((frames.NA, frames.NAT))
    if isinstance(value, str):
        return dice.pick((frames.STR, frames.Text))(value)
    if isinstance(value, bool):
        return frames.BOOL(value)
    if isinstance(value, (int, Decimal)) and floats == "grid" and dice.chance(50):
        near = float(value) if abs(value) < 10**9 else 0.5
        return frames.FLOAT64(near) if Decimal(repr(near)) == value else value
    if isinstance(value, int):
        return frames.INT64(value)
    if type(value) is datetime.date:
        return frames.TIMESTAMP(value.year, value.month, value.day)
    return value


def outcome(read: Any) -> object:
    """(root, data), or the codes and places of what is wrong."""
    try:
        root, data = read()
    except PolicyError as error:
        return [(d.code, d.path) for d in error.diagnostics]
    return root, plain(data)


def agree(policy: Policy, facts: dict[str, Any], on: int, dice: Dice) -> None:
    program, root = policy.program, next(iter(facts))
    for floats in FLOATS:
        worn = dressed(dice, facts, floats)
        careful = outcome(lambda worn=worn, floats=floats: Reader(program, floats=floats).read(worn, on))
        assert careful == outcome(lambda floats=floats: Reader(program, floats=floats).read(facts, on)), worn
        try:
            fast: Any = policy.run(on, root).compiled.read(worn, on, Taking(program, floats))
        except Exception:
            fast = None
        if fast is not None:
            assert careful == (root, plain(fast)), worn
        try:
            decision = policy.decide(worn, on=iso(on), floats=floats)
        except PolicyError as error:
            found = [(d.code, d.path) for d in error.diagnostics]
            assert found == careful or {c for c, _ in found} == {"F0120"}, worn
        else:
            assert careful == (decision.root, plain(decision.data)), worn


@settings(max_examples=examples(60))
@given(cases(size=0, count=3, odd=6), st.integers(0, 2**32))
def test_all_ways_to_read_agree(made: Case, seed: int) -> None:
    """By the careful reader, by the generated one of the facts' root and by `decide`: one outcome, the same as of plain facts."""
    policy = Policy(made.program)
    for facts in made.facts:
        agree(policy, facts, made.days[0], Thrown(seed))


@pytest.mark.parametrize("root", ["名册", "家庭", "个人"])
def test_roots_of_a_shipped_policy(root: str) -> None:
    """Facts may begin at any entity; some of these have something wrong."""
    policy = policy_dsl.load("changyuan")
    for n in range(4):
        facts = FactsWriter(Thrown(n), policy.program, 10, 2 * (n % 2)).facts(root)
        agree(policy, facts, 20220601, Thrown(n))
