"""Month by month all ways to decide agree: values, what is undetermined, errors, and what a month hands to the next."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings

from policy_dsl.backends.engine import Engine
from policy_dsl.backends.handover import Unusual
from policy_dsl.backends.runtime import NOTHING, Defer, Unknown
from policy_dsl.backends.values import Failure, Undetermined
from policy_dsl.ir.bounds import Analysis

from .dice import examples
from .histories import Story, stories
from .months import Month, months, plain
from .oracle import has_slow_windows
from .test_agreement import Situation, filled
from .test_ir import within

pytestmark = pytest.mark.xdist_group("seen")  # one worker: each adds to what has been generated in this run


def situation(m: Month) -> Situation:
    return Situation(m.run, m.month, m.root, m.data, {}, m.oracle)


@settings(max_examples=examples(120))
@given(stories())
def test_compiled_months_are_the_interpreters(made: Story) -> None:
    """`decide` and `record` leave a month to the interpreter or give its values, hidden ones too, and hand over what it does."""
    engine = Engine(made.program)
    for m in months(made):
        for recorded, function in ((False, m.run.compiled.decide), (True, m.run.compiled.record)):
            try:
                raw = function(m.run.parameters, m.month, m.data)
            except Defer:
                continue
            root = filled(situation(m), raw, recorded)
            for entry, expected in zip(root.all(), m.oracle.root.all(), strict=True):
                assert entry.values == expected.values, (entry.path, m.month)
            if not recorded:
                compiled = engine.compiled(engine.epoch(m.month), m.root)
                try:
                    assert plain(engine.handover(compiled).of(m.data, raw, m.month)) == plain(m.carry), m.month
                except Unusual:
                    continue
        for entry in m.oracle.root.all():
            for name, value in (*entry.values.items(), *entry.facts.items()):
                assert type(value) in (bool, int, Fraction, str, Undetermined, Failure, Unknown) or value is NOTHING, (
                    name
                )


@settings(max_examples=examples(60))
@given(stories(unknown=0))
def test_months_that_are_plain_stay_on_the_fast_way(made: Story) -> None:
    """Complete facts without an error are decided and handed over by the compiled function.

    But for windows over quotients or with a default that is no written amount: those are the interpreter's.
    """
    if has_slow_windows(made.program):
        return
    engine = Engine(made.program)
    for m in months(made):
        if m.oracle.unusual or "held" in str(plain(m.carry)) or "nothing" in str(plain(m.carry)):
            continue
        try:
            raw = m.run.compiled.decide(m.run.parameters, m.month, m.data)
        except Defer:
            m.oracle.look_at_all()
            assert m.oracle.unusual, m.month
            continue
        engine.handover(engine.compiled(engine.epoch(m.month), m.root)).of(m.data, raw, m.month)


@settings(max_examples=examples(60))
@given(stories(unknown=5))
def test_values_of_months_keep_within_their_bounds(made: Story) -> None:
    """Amounts that were carried lie within the bounds from which the compiled code leaves out tests."""
    analysis = Analysis(made.program)
    rules = {(r.entity, r.name): r for r in made.program.rules if r.type.is_amount}
    for m in months(made):
        for entry in m.oracle.root.all():
            for name, value in entry.values.items():
                rule = rules.get((entry.entity.name, name))
                if rule is not None and isinstance(value, (int, Fraction)):
                    assert within(value, analysis.rules[rule.entity, name]), (name, value, m.month)
