"""All ways to decide agree: the fast reader with the careful one, compiled functions with the interpreter, on generated policies."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.compiled import Run
from policy_dsl.backends.engine import Engine
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.formatting import python_value
from policy_dsl.backends.runtime import NOTHING, Defer, Unknown
from policy_dsl.backends.standalone import standalone
from policy_dsl.backends.values import Failure, Undetermined, Value, known
from policy_dsl.diagnostics.report import Report
from policy_dsl.facts.read import Reader
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.in_force import InForce
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from . import seen
from .cases import Case, case, cases
from .dice import Dice, Drawn, Thrown, examples
from .histories import story
from .months import months
from .oracle import Watched, has_slow_windows, interpreted, lines_of
from .policies import compiled
from .reading import read_alike

pytestmark = pytest.mark.xdist_group("seen")  # one worker: each adds to what has been generated in this run


class Situation(NamedTuple):
    """One decision to be made: a policy's functions for a day and a root, facts that have been read, the interpreter's values."""

    run: Run
    on: int
    root: str
    data: tuple[Any, ...]
    facts: dict[str, Any]
    oracle: Watched


def situations(made: Case) -> Iterator[Situation]:
    """Every facts on every day; facts that are refused are left out."""
    engine = Engine(made.program)
    seen.note_program(made.program)
    for facts in made.facts:
        try:
            root, data = Reader(made.program).read(facts)
        except PolicyError:
            continue
        if defaulted(made.program, root, data):
            seen.note("a default that was used")
        for on in made.days:
            run = engine.run(on, root)
            oracle = interpreted(run, on, root, data)
            seen.note(*(f"code {c}" for c in oracle.codes))
            yield Situation(run, on, root, data, facts, oracle)


def iso(day: int) -> str:
    return f"{day // 10000:04d}-{day // 100 % 100:02d}-{day % 100:02d}"


def defaulted(program: ir.Program, name: str, data: tuple[Any, ...]) -> bool:
    """Whether a written default stands in for a fact, here or in a list."""
    entity = next(e for e in program.entities if e.name == name)
    first = len(entity.facts)
    inner = (defaulted(program, m.entity, x) for i, m in enumerate(entity.lists, first) for x in data[i])
    return bool(data[first + len(entity.lists)]) or any(inner)


def filled(s: Situation, raw: tuple[Any, ...], recorded: bool = False) -> Instance:
    root = s.run.compiled.instance(s.root, s.data)
    s.run.compiled.fill(root, raw, s.on, recorded)
    return root


def plain(data: object) -> object:
    """Data for comparing: lists and tuples are one, the unknown is itself."""
    if isinstance(data, (list, tuple)):
        return tuple(plain(x) for x in data)
    return "unknown" if isinstance(data, Unknown) else (type(data), data)


@settings(max_examples=examples(80))
@given(cases(size=0, count=4, odd=6))
def test_the_fast_reader_defers_or_reads_what_the_careful_one_reads(made: Case) -> None:
    """What the generated reader accepts, the careful one accepts with the same data; what it refuses, nobody accepts in silence."""
    engine = Engine(made.program)
    for facts in made.facts:
        root = next(iter(facts))
        try:
            fast = engine.run(made.days[0], root).compiled.read(facts, made.days[0])
        except Exception:
            continue
        again, careful = Reader(made.program).read(facts, made.days[0])
        assert again == root
        assert plain(fast) == plain(careful)


@settings(max_examples=examples(150))
@given(cases(count=3))
def test_compiled_values_are_the_interpreters(made: Case) -> None:
    """`decide` and `record` leave a case to the interpreter or give its values, for every rule of every entry; no float anywhere."""
    for s in situations(made):
        for function in (s.run.compiled.decide, s.run.compiled.record):
            try:
                raw = function(s.run.parameters, s.on, s.data)
            except Defer:
                continue
            root = filled(s, raw)
            for entry, expected in zip(root.all(), s.oracle.root.all(), strict=True):
                assert entry.values == expected.values, (entry.path, s.on, s.facts)
        for entry in s.oracle.root.all():
            for value in (*entry.values.values(), *entry.facts.values()):
                assert value is NOTHING or type(value) in (bool, int, Fraction, str, Undetermined, Failure, Unknown)


@settings(max_examples=examples(60))
@given(cases(count=3, unknown=0))
def test_a_recorded_pick_is_the_line_that_gave_the_value(made: Case) -> None:
    """The picked line's condition holds, no line that comes before it does, and its result is the value."""
    for s in situations(made):
        try:
            raw = s.run.compiled.record(s.run.parameters, s.on, s.data)
        except Defer:
            continue
        root = filled(s, raw, recorded=True)
        for entry, expected in zip(root.all(), s.oracle.root.all(), strict=True):
            for name, pick in entry.picks.items():
                found = s.run.epoch.rules[entry.entity.name, name]
                if found is None:
                    assert pick is None
                else:
                    assert isinstance(pick, int)
                    picked(s.oracle, found, expected, pick)


def picked(oracle: Watched, found: InForce, entry: Instance, pick: int) -> None:
    """Checks one pick against the lines in force."""
    lines = lines_of(found)
    value = entry.values[found.rule.name]
    first = len(found.exceptions)
    holds = [x.kind == "otherwise" or x.condition is None or oracle.evaluate(x.condition, entry) is True for x in lines]
    body = [n for n in range(first, first + len(found.body)) if holds[n]]
    if pick < 0:
        assert found.mode == "sum"
        assert body == [n for n in range(len(lines)) if -pick >> n & 1]
        assert value == sum(oracle.evaluate(lines[n].result, entry) for n in body)
        assert not any(holds[:first])
        return
    line = lines[pick]
    assert holds[pick]
    assert oracle.evaluate(line.result, entry) == value
    if line.kind == "exception":
        assert all(
            x.layer <= line.layer and line.label not in (x.beats or ())
            for n, x in enumerate(lines[:first])
            if holds[n]
            if line.label
        )
        return
    assert not any(holds[:first])
    if line.kind == "otherwise":
        assert not body
    elif found.mode == "first":
        assert body[0] == pick
    elif found.mode in ("highest", "lowest"):
        values = [oracle.evaluate(lines[n].result, entry) for n in body]
        assert value == (max if found.mode == "highest" else min)(values)


@settings(max_examples=examples(80))
@given(cases(count=3, unknown=0))
def test_what_is_plain_stays_on_the_fast_way(made: Case) -> None:
    """Complete facts without an error, an open parameter or two lines at once are decided by the compiled function."""
    if has_slow_windows(made.program):
        return
    for s in situations(made):
        if s.oracle.unusual:
            continue
        if deferred(s):
            s.oracle.look_at_all()
            assert s.oracle.unusual, (s.on, s.facts)


def deferred(s: Situation) -> bool:
    try:
        s.run.compiled.decide(s.run.parameters, s.on, s.data)
    except Defer:
        return True
    return False


def expected_outputs(policy: Policy, s: Situation) -> dict[str, tuple[str, object]]:
    """Path → (state, value in the declared unit, or needs and parameters, or code) as the interpreter has it."""
    types = {(r.entity, r.name): r.type for r in policy.program.rules}
    out: dict[str, tuple[str, object]] = {}
    for entry in s.oracle.root.all():
        for entity, name in policy.program.outputs:
            if entity != entry.entity.name:
                continue
            type_ = types[entity, name]
            if s.run.epoch.rules[entity, name] is None:
                continue
            value: Value = entry.values[name]
            if isinstance(value, Failure):
                out[f"{entry.path}.{name}"] = ("error", (value.code, value.place))
            elif isinstance(value, Undetermined):
                out[f"{entry.path}.{name}"] = ("undetermined", (value.needs, value.parameters))
            else:
                out[f"{entry.path}.{name}"] = ("known", python_value(value, type_))
    return out


@settings(max_examples=examples(60))
@given(cases(count=3))
def test_a_decision_says_what_the_interpreter_says(made: Case) -> None:
    """Values, what is undetermined with what it waits for, and errors with code and place; amounts are Decimal or Fraction."""
    policy = Policy(made.program)
    for s in situations(made):
        d = policy.decide(s.facts, on=iso(s.on))
        read_alike(d)
        expected = expected_outputs(policy, s)
        assert {p: o.state for p, o in d.outputs.items()} == {p: state for p, (state, _) in expected.items()}
        for path, output in d.outputs.items():
            state, value = expected[path]
            assert type(output.value) is not float
            if state == "known":
                assert output.value == value
                assert d[path] == value
                assert isinstance(value, Decimal | Fraction) == bool(output.unit) or isinstance(
                    value, Decimal | Fraction
                )
        assert {o.output: ("undetermined", (o.needs, o.parameters)) for o in d.undetermined} == {
            p: e for p, e in expected.items() if e[0] == "undetermined"
        }
        assert {e.path: ("error", (e.code, e.place)) for e in d.errors} == {
            p: e for p, e in expected.items() if e[0] == "error"
        }


@settings(max_examples=examples(50))
@given(cases(count=2))
def test_what_is_undetermined_names_what_is_unknown(made: Case) -> None:
    """It names facts that are unknown and parameters that have no value, one at least."""
    parameters = {p.name for p in made.program.parameters}
    for s in situations(made):
        entries = s.oracle.root.all()
        unknown = {f"{e.path}.{n}" for e in entries for n, v in e.facts.items() if isinstance(v, Unknown)}
        unknown |= {f"{e.path}.{n}" for e in entries for n, listed in e.lists.items() if listed is None}
        inside = tuple(e.path for e in entries)
        for entry in entries:
            for value in entry.values.values():
                if isinstance(value, Undetermined):
                    assert value.needs or value.parameters
                    assert set(value.parameters) <= parameters
                    assert {n for n in value.needs if n.startswith(inside)} <= unknown


@settings(max_examples=examples(40))
@given(cases(count=3, unknown=5))
def test_a_file_that_stands_alone_agrees(made: Case) -> None:
    """`policy compile -o`: the module defers or gives the interpreter's values in the declared unit."""
    space: dict[str, Any] = {}
    exec(compile(standalone(made.program), "policy.py", "exec"), space)
    rules = {(r.entity, r.name): r.type for r in made.program.rules if not r.hidden}
    for s in situations(made):
        try:
            values = space["decide"](s.facts, iso(s.on))
        except space["Defer"]:
            continue
        for entry in s.oracle.root.all():
            for name, value in entry.values.items():
                type_, path = rules.get((entry.entity.name, name)), f"{entry.path}.{name}"
                if type_ is None:  # kept for a later month alone
                    assert path not in values
                    continue
                found = s.run.epoch.rules[entry.entity.name, name]
                if found is None or found.rule.displaces:  # not in force, or 原值: no output
                    assert path not in values
                    continue
                assert known(value)
                shown = python_value(value, type_)
                wanted = shown.isoformat() if isinstance(shown, datetime.date) else shown
                assert values[path] == wanted
                assert type(values[path]) in (bool, str, Fraction)


def turned(facts: Any) -> Any:
    """The same facts, every object's keys in reverse."""
    if isinstance(facts, dict):
        return {k: turned(v) for k, v in reversed(facts.items())}
    return [turned(x) for x in facts] if isinstance(facts, list) else facts


def said(policy: Policy, facts: dict[str, Any], on: str) -> dict[str, object]:
    """A decision without places in the text."""
    d = policy.decide(facts, on=on)
    out: dict[str, object] = {}
    for entry in d.instance.all():
        for name, value in entry.values.items():
            words = (value.code, value.words) if isinstance(value, Failure) else value
            out[f"{entry.path}.{name}"] = words
    assert all(known(v) or isinstance(v, (Undetermined, tuple)) for v in out.values())
    return out


@settings(max_examples=examples(40))
@given(st.data())
def test_the_order_of_writing_decides_nothing(data: st.DataObject) -> None:
    """Neither the order of a file's declarations nor that of the facts' keys changes a decision."""
    dice: Dice = Drawn(data.draw)  # type: ignore[arg-type]
    made = case(dice, count=2)
    if made is None:
        return
    other, report = compiled(made.text, dice.shuffled)
    assert other is not None, [d.zh for d in report.items]
    for facts in made.facts:
        for on in made.days:
            try:
                first = said(Policy(made.program), facts, iso(on))
            except PolicyError:
                continue
            assert said(Policy(other), turned(facts), iso(on)) == first


def test_nearly_every_text_compiles() -> None:
    """The generator writes well-typed policies: of a hundred texts, ninety-five compile at least."""
    assert sum(compiled_text(seed) for seed in range(100)) >= 95


def compiled_text(seed: int) -> bool:
    made = case(Thrown(seed), seed % 3)
    if made is None:
        return False
    seen.note_cells(made.text)
    for _ in situations(made):
        pass
    told = story(Thrown(seed + 10_000), seed % 3)
    if told is not None:
        for _ in months(told):
            pass
    return True


def test_nothing_of_the_language_is_left_out() -> None:
    """Every node, function, type, mode, kind of line, cell, sign and word, and every error while deciding has come up in this run."""
    for seed in range(100, 1500):
        if not seen.missing():
            break
        compiled_text(seed)
    assert seen.missing() == []


@settings(max_examples=examples(30))
@given(cases(count=2, unknown=5))
def test_a_layer_that_amends_nothing_changes_nothing(made: Case) -> None:
    """Neither values nor reasons: but for its own name every step says the same."""
    below = made.text.files()
    below.append(
        LayerFiles(
            "空", (PolicyFile(Path("空.policy"), "空.policy", f"政策 空\n  上级 {below[-1].policy}\n", "空", "", 2),)
        )
    )
    report = Report()
    program = compile_layers(below, report)
    assert program is not None, report.items
    upper, lower = Policy(made.program), Policy(program)
    assert lower.layers == (*upper.layers, "空")
    for facts in made.facts:
        for on in made.days:
            try:
                before = upper.decide(facts, on=iso(on))
            except PolicyError:
                with pytest.raises(PolicyError):
                    lower.decide(facts, on=iso(on))
                continue
            after = lower.decide(facts, on=iso(on))
            assert [e.values for e in after.instance.all()] == [e.values for e in before.instance.all()]
            assert after.explain().to_json()["steps"] == before.explain().to_json()["steps"]
