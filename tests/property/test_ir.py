"""What the compiler concludes about a program holds for every value that the interpreter computes."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import PolicyError
from policy_dsl.backends.engine import Engine
from policy_dsl.backends.runtime import Defer
from policy_dsl.backends.values import Failure, known
from policy_dsl.facts.read import Reader
from policy_dsl.ir.bounds import Analysis, Bounds
from policy_dsl.ir.disjoint import alternatives, disjoint, same_result

from .cases import Case, case, cases
from .dice import Dice, Drawn, examples
from .oracle import interpreted, lines_of
from .test_agreement import Situation, filled, situations


def within(value: Fraction | int, bounds: Bounds) -> bool:
    low = bounds.low is None or value >= bounds.low
    high = bounds.high is None or value <= bounds.high
    return low and high and (bounds.grid is None or (Fraction(value) * bounds.grid).denominator == 1)


@settings(max_examples=examples(60))
@given(cases(count=3, unknown=10))
def test_values_keep_within_their_bounds(made: Case) -> None:
    """Every amount lies between the bounds that its formula has and on its grid; a benefit is whole 分 and not negative."""
    analysis = Analysis(made.program)
    amounts = [p.name for p in made.program.parameters if p.type.is_amount]
    rules = {(r.entity, r.name): r for r in made.program.rules if r.type.is_amount}
    for s in situations(made):
        for name in amounts:
            for held in s.run.epoch.parameters[name].values():
                for value in (held.value, held.floor):
                    assert not isinstance(value, (int, Fraction)) or within(value, analysis.parameters[name]), name
        for entry in s.oracle.root.all():
            for name, value in entry.values.items():
                rule = rules.get((entry.entity.name, name))
                if rule is not None and isinstance(value, (int, Fraction)):
                    assert within(value, analysis.rules[rule.entity, name]), (name, value, s.on)
                    assert not rule.benefit or (value >= 0 and Fraction(value).denominator == 1)


@settings(max_examples=examples(60))
@given(cases(count=3, unknown=10))
def test_conditions_called_disjoint_never_hold_together(made: Case) -> None:
    """Neither do results called the same differ: so a test for a conflict that is left out would never have found one."""
    for s in situations(made):
        for entry in s.oracle.root.all():
            for rule in made.program.rules:
                found = s.run.epoch.rules[rule.entity, rule.name]
                if rule.entity != entry.entity.name or found is None:
                    continue
                lines = [x for x in lines_of(found) if x.condition is not None]
                holding = [x for x in lines if s.oracle.evaluate(x.condition, entry) is True]
                for n, a in enumerate(holding):
                    for b in holding[:n]:
                        assert not disjoint(alternatives(a.condition), alternatives(b.condition))
                for n, a in enumerate(lines):
                    for b in lines[:n]:
                        if same_result(a.result, b.result):
                            values = (s.oracle.evaluate(x.result, entry) for x in (a, b))
                            one, other = (v[:2] if isinstance(v, Failure) else v for v in values)  # without the place
                            assert one is other or one == other


def without_lists(dice: Dice, facts: Any) -> Any:
    """The same facts, some lists left out."""
    if isinstance(facts, dict):
        kept = {k: v for k, v in facts.items() if not (isinstance(v, (list, tuple)) and dice.chance(40))}
        return {k: without_lists(dice, v) for k, v in kept.items()}
    return [without_lists(dice, x) for x in facts] if isinstance(facts, (list, tuple)) else facts


@settings(max_examples=examples(40))
@given(st.data())
def test_a_list_that_nobody_gave_is_unknown(data: st.DataObject) -> None:
    """As examples are read: what needs a list that is left out waits for it, in compiled functions too."""
    dice: Dice = Drawn(data.draw)  # type: ignore[arg-type]
    made = case(dice, count=2, unknown=0)
    if made is None:
        return
    engine = Engine(made.program)
    for facts in made.facts:
        try:
            root, read = Reader(made.program, lenient=True).read(without_lists(dice, facts))
        except PolicyError:
            continue
        for on in made.days:
            run = engine.run(on, root)
            s = Situation(run, on, root, read, facts, interpreted(run, on, root, read))
            try:
                raw = run.compiled.decide(run.parameters, on, read)
            except Defer:
                continue
            for entry, expected in zip(filled(s, raw).all(), s.oracle.root.all(), strict=True):
                assert entry.values == expected.values
                assert all(known(v) or getattr(v, "code", "") == "R0105" for v in entry.values.values())
