"""A decision for some outputs says of them what the whole decision says, in every form, and computes what they need and nothing else."""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import Decision, Policy, PolicyError
from policy_dsl.backends.compiled import Run
from policy_dsl.backends.epoch import Epoch
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.layout import RuleKey
from policy_dsl.backends.runtime import NOTHING, Defer, Held
from policy_dsl.backends.slices import MOST_KEPT, Recent
from policy_dsl.explain.explainer import Explainer
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import walk
from policy_dsl.missing import Lacking

from .cases import Case, case
from .dice import Dice, Drawn, examples
from .oracle import interpreted
from .test_agreement import iso


class Sliced(NamedTuple):
    whole: Decision
    part: Decision
    asked: list[RuleKey]
    wanted: frozenset[RuleKey]
    run: Run


def some(dice: Dice, program: ir.Program, root: str) -> list[RuleKey]:
    """A few outputs, one at least, of the entity with which the facts begin, and those below it."""
    within = Policy(program).engine.slices.within(root)
    entities = set(within)
    there = [k for k in program.outputs if k[0] in entities]
    return dice.some(there, 1, max(1, min(4, len(there) // 2))) if there else []


def sliced(dice: Dice, made: Case) -> Iterator[Sliced]:
    """A part of each decision that can be made beside the whole."""
    policy = Policy(made.program)
    for facts in made.facts:
        asked = some(dice, made.program, next(iter(facts)))
        for on in made.days if asked else ():
            names = [".".join(k) for k in asked]
            try:
                whole = policy.decide(facts, on=iso(on))
            except PolicyError:
                with pytest.raises(PolicyError):
                    policy.decide(facts, on=iso(on), outputs=names)
                continue
            gone = [k for k in asked if whole.epoch.rules[k] is None]
            if gone:
                with pytest.raises(PolicyError) as bad:
                    policy.decide(facts, on=iso(on), outputs=names)
                assert [d.code for d in bad.value.diagnostics] == ["R0105"]
                names = [".".join(k) for k in asked if k not in gone]
            if names:
                part = policy.decide(facts, on=iso(on), outputs=names)
                of = policy.engine.slices.of(tuple(names), part.root)
                run = policy.engine.run(on, part.root, None, of.rules)
                yield Sliced(whole, part, list(of.listed), of.rules, run)


def of_part(s: Sliced, paths: Iterable[str]) -> list[str]:
    """Those of the whole decision's paths that were asked for."""
    there = {f"{e.path}.{k[1]}" for e in s.whole.instance.all() for k in s.asked if k[0] == e.entity.name}
    return [p for p in paths if p in there]


@settings(max_examples=examples(24))
@given(st.data())
def test_a_part_is_of_the_whole(data: st.DataObject) -> None:
    """It says what the whole says, in every form, computes nothing else, and is handed on once it has what is carried."""
    dice: Dice = Drawn(data.draw)  # type: ignore[arg-type]
    made = case(dice, count=2)
    for s in sliced(dice, made) if made is not None else ():
        says_the_same(s)
        computes_what_it_needs(s)
        is_handed_on(s)


def says_the_same(s: Sliced) -> None:
    """Values, what is open and for what, errors, what is not in force, payments, reasons with their assumptions; also out of a pickle."""
    whole, part = s.whole, s.part
    paths = of_part(s, whole.outputs)
    assert part.outputs == {p: whole.outputs[p] for p in paths}
    assert list(part) == paths
    assert part.undetermined == [o for o in whole.undetermined if o.output in paths]
    assert part.errors == [e for e in whole.errors if e.path in paths]
    assert part.benefits == [b for b in whole.benefits if b.path in paths]
    assert part.amounts() == {k: v for k, v in whole.amounts().items() if ".".join(k) in paths}
    assert [x.output for x in part.not_in_force] == of_part(s, (x.output for x in whole.not_in_force))
    told = part.explain()
    assert told.roots == whole.explainer().of(paths).roots
    assert part.assumptions == told.assumptions()
    assert without_picks(part).of(paths).to_json() == without_picks(whole).of(paths).to_json()
    assert part.text().splitlines()[0] == whole.text().splitlines()[0]
    json = part.to_json()
    assert json["outputs"] == {p: v for p, v in whole.to_json()["outputs"].items() if p in paths}  # type: ignore[attr-defined]
    assert json["asked"] == list(part.asked or ())
    again = pickle.loads(pickle.dumps(part))
    assert again.to_json() == json
    waits(s, paths)
    for path in paths[-1:]:  # of one entry alone, and interpreted
        policy = Policy(part._engine.program, part._engine)
        one = policy.decide_data(part.root, part.data, on=part.day, outputs=(path,), patience=1)
        assert (one.outputs, list(one)) == ({path: whole.outputs[path]}, [path])
        assert one.benefits == [b for b in whole.benefits if b.path == path]
        assert one.amounts() == {k: v for k, v in whole.amounts().items() if ".".join(k) == path}
        assert one.undetermined == [o for o in whole.undetermined if o.output == path]
        assert one.assumptions == one.explain().assumptions()


def without_picks(d: Decision) -> Explainer:
    """What explains by values alone: of lines that agree a recording function names one, so one recorded and one not may differ."""
    return Explainer(d.policy, d.digest, Interpretation(d.epoch, d.day, d.instance))


def waits(s: Sliced, paths: list[str]) -> None:
    """What is missing: of what was asked for alone."""
    whole, part = s.whole.missing, s.part.missing
    for all_, some_ in ((whole.now, part.now), (whole.can_matter, part.can_matter)):
        assert [x for x in of_outputs(all_, paths) if x.outputs] == list(some_)
    left = {x.fact for x in part.cannot_matter}
    assert left == {x.fact for x in (*whole.cannot_matter, *whole.can_matter) if known_fact(s, x)} - {
        x.fact for x in part.can_matter
    }


def of_outputs(found: tuple[Lacking, ...], paths: list[str]) -> list[Lacking]:
    return [x._replace(outputs=tuple(p for p in x.outputs if p in paths)) for x in found]


def known_fact(s: Sliced, found: Lacking) -> bool:
    """Whether it is a fact or a list of the case, not what last month gave."""
    entries = s.whole.instance.all()
    return any(found.fact == f"{e.path}.{n}" for e in entries for n in (*e.facts, *e.lists))


def computes_what_it_needs(s: Sliced) -> None:
    """In the compiled, recording and interpreted form; each agrees with the interpreter of everything."""
    compiled, part = s.run.compiled, s.part
    assert set(compiled.slots) == read_by(s.run.epoch, s.wanted, set(compiled.entities))
    assert {k for keys, _ in compiled.entities.values() for k in keys} == set(compiled.slots)
    every = interpreted(s.run, part.day, part.root, part.data)
    root = compiled.instance(part.root, part.data)
    Interpretation(s.run.epoch, part.day, root).rules(compiled.slots)
    forms = [root]
    for function, recorded in ((compiled.decide, False), (compiled.record, True)):
        try:
            raw: tuple[Any, ...] = function(s.run.parameters, part.day, part.data)
        except Defer:
            continue
        forms.append(compiled.instance(part.root, part.data))
        compiled.fill(forms[-1], raw, part.day, recorded)
    for form in forms:
        for entry, expected in zip(form.all(), every.root.all(), strict=True):
            wanted = {k[1] for k in compiled.slots if k[0] == entry.entity.name}
            assert entry.values == {n: v for n, v in expected.values.items() if n in wanted}


def read_by(epoch: Epoch, wanted: Iterable[RuleKey], within: set[str]) -> set[RuleKey]:
    """The rules with all that the lines in force of each name."""
    found: set[RuleKey] = set()
    for key in wanted:
        found |= {key}
    while True:
        more = set(found)
        for key in found:
            rule = epoch.rules[key]
            lines = () if rule is None else (*rule.exceptions, *rule.body, rule.otherwise)
            for x in lines:
                for formula in (x.condition, x.result) if x is not None else ():
                    nodes = () if formula is None else walk(formula)
                    more |= {(n.entity, n.name) for n in nodes if isinstance(n, ir.RuleRef)}
        more = {k for k in more if k[0] in within}
        if more == found:
            return found
        found = more


def is_handed_on(s: Sliced) -> None:
    """What it lacks is named; asked for as it is named, the next month goes on as from the whole decision."""
    lacking = s.part._engine.slices.lacking(s.part.root, s.run.compiled.slots)
    if not lacking:
        assert plain(s.part.carry()) == plain(s.whole.carry())
        return
    with pytest.raises(PolicyError) as bad:
        s.part.carry()
    (found,) = bad.value.diagnostics
    assert found.code == "P0819"
    assert all(name in found.zh for name in lacking) or len(found.zh) >= 200
    names = (*(s.part.asked or ()), *lacking)
    policy = Policy(s.part._engine.program, s.part._engine)
    more = policy.decide_data(s.part.root, s.part.data, on=s.part.day, outputs=names)
    assert plain(more.carry()) == plain(s.whole.carry())


def plain(carry: Any) -> Any:
    """For comparing: what is unknown defers."""
    if isinstance(carry, tuple):
        return tuple(map(plain, carry))
    if isinstance(carry, dict):
        return {k: plain(v) for k, v in carry.items()}
    return ("held", carry is NOTHING or carry.value) if isinstance(carry, Held) else carry


def test_so_many_are_kept_and_no_more() -> None:
    kept: Recent[int, str] = Recent(3)
    for n in range(5):
        kept.keep(n, str(n))
    assert [kept.get(n) for n in range(5)] == [None, None, "2", "3", "4"]
    assert len(kept) == 3
    assert kept.keep(4, "another") == "4"
    assert MOST_KEPT > 100
