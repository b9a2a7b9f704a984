"""The open form gives what the interpreter gives, rule by rule: values, sets, bounds, states and errors, whatever share of the facts is
unknown, and leaves no case to the whole interpreter."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings

from policy_dsl.backends.engine import Engine
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.handover import Unusual
from policy_dsl.backends.piecemeal import opened
from policy_dsl.backends.values import Undetermined, Value

from .cases import Case, cases
from .dice import examples
from .histories import Story, stories
from .months import months, plain
from .test_agreement import situations

pytestmark = pytest.mark.xdist_group("seen")


def told(value: Value) -> Any:
    """A value without what it waits for, which is worked out when somebody asks."""
    return value._replace(needs=(), parameters=()) if isinstance(value, Undetermined) else value


def agrees(engine: Engine, on: int, known: int | None, data: tuple[Any, ...], expected: Instance) -> Any:
    """The case as the open form decides it, and what it hands to the next month; None where only the interpreter's values tell that."""
    found = opened(engine, on, expected.path, known, data)
    assert found is not None
    compiled, raw = found
    root = compiled.instance(expected.path, data)
    compiled.fill(root, raw, on)
    for entry, other in zip(root.all(), expected.all(), strict=True):
        for name, value in other.values.items():
            given = entry.values[name]
            assert given is value or told(given) == told(value), (entry.path, name, on)
    try:
        return engine.handover(compiled).of(data, raw, on)
    except Unusual:
        return None


@settings(max_examples=examples(80))
@given(cases(count=3))
def test_the_open_form_agrees_with_the_interpreter(made: Case) -> None:
    engine = Engine(made.program)
    for s in situations(made):
        agrees(engine, s.on, None, s.data, s.oracle.root)


@settings(max_examples=examples(40))
@given(stories())
def test_month_after_month(made: Story) -> None:
    """Where what is carried is not known, too; and what is handed over is the same where the results tell it."""
    engine = Engine(made.program)
    for month in months(made):
        carry = agrees(engine, month.month, None, month.data, month.oracle.root)
        assert carry is None or plain(carry) == plain(month.carry)
