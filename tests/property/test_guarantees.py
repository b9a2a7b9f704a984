"""Guarantees on generated policies: the compiled guard and the plain interpreter agree, and a refusal changes nothing else."""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import pytest
from hypothesis import given, reject, settings
from hypothesis import strategies as st

from policy_dsl import Policy, PolicyError
from policy_dsl.backends import guarantees
from policy_dsl.backends.engine import Engine
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.runtime import month_start
from policy_dsl.examples.case import Case as Tried
from policy_dsl.examples.case import facts_of
from policy_dsl.examples.generate import _Search
from policy_dsl.examples.guarantees import errors, problems
from policy_dsl.examples.shrink import smaller_cases
from policy_dsl.explain.guarantees import BROKEN
from policy_dsl.facts.read import Reader
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import walk

from .cases import FACT_DAYS, Case, FactsWriter, days_of, roots
from .dice import Dice, Drawn, Thrown, examples
from .expressions import At
from .histories import MONTHS, HistoryWriter
from .policies import FACT_TYPES, Entity, Text, Writer, compiled

SEEN: Counter[str] = Counter()
NOBODY = {"F0111", "F0219", "F0223", "F0224"}  # who begins the case is not there, or too few of its list


class Guaranteed(Writer):
    """A policy whose last layer ends in guarantees; some entities have a birth."""

    births: frozenset[str] = frozenset()

    def fact(self, entity: Entity, shared: list[str], words: tuple[str, ...] = FACT_TYPES) -> str:
        line = super().fact(entity, shared, words)
        date = re.match(r"\w+ : 日期(?!.*死亡)", line)
        if date and entity.name not in self.births and self.dice.chance(60):
            self.births |= {entity.name}
            line = f"{date[0]}, 出生{line[date.end() :]}"
        return line

    def text(self) -> Text:
        *layers, (name, items) = super().text().layers
        return Text((*layers, (name, (*items, *self.guarantees()))))

    def guarantees(self) -> list[str]:
        made = [self.guarantee(n) for n in range(self.dice.between(1, 3))]
        return [x for x in made if x]

    def guarantee(self, n: int) -> str:
        d = self.dice
        entity = d.pick(list(self.entities))
        self.usable = len(self.rules) if d.chance(50) else 0
        at = At(entity, entity)
        names = {n for e in self.entities.values() for n in (*e.facts, *e.lists)}
        names |= {x.name for x in (*self.parameters, *self.rules[: self.usable])}
        lines = [x for x in (self.claim(at) for _ in range(d.between(1, 2))) if any(n in x for n in names)]
        if lines and d.chance(30):
            lines = [d.pick(("自 2021-06-01", "自 2022-01 至 2022-06")), *("  " + x for x in lines)]
        return "\n".join([f"保证 第{n}条", *("  " + x for x in lines)]) if lines else ""

    def claim(self, at: At) -> str:
        d = self.dice
        when = f" 当 {self.condition(at, 1)}" if d.chance(40) else ""
        risen = [r for r in self.rules[: self.usable] if r.entity == at.entity and r.type.is_amount]
        facts = [n for n, t in self.entities[at.entity].facts.items() if t.is_amount]
        facts += [
            f"{listed}.{n}"
            for listed, inner in self.entities[at.entity].lists.items()
            for n, t in self.entities[inner].facts.items()
            if t.is_amount
        ]
        if risen and facts and d.chance(50):
            return f"{d.pick(risen).name} 随 {d.pick(facts)} 不增{when}"
        return self.condition(at, 2) + when


class Continued(HistoryWriter):
    """Facts without dates; some entries have a last month."""

    def entry(self, entity: ir.Entity) -> Any:
        given = FactsWriter.entry(self, entity)
        if entity.carried and self.dice.chance(50):
            given["上月"] = self.before(entity)
        return given

    def value(self, fact: ir.Fact) -> Any:
        return self.dice.pick(FACT_DAYS) if fact.died and self.dice.chance(30) else super().value(fact)


def made(dice: Dice) -> Case | None:
    text = Guaranteed(dice, 0).text()
    program, _ = compiled(text)
    if program is None or not program.guarantees:
        return None
    facts = [Continued(dice, program, dice.pick((0, 15))).facts(roots(dice, program)) for _ in range(3)]
    return Case(text, program, facts, days_of(dice, program, 2))


@st.composite
def guaranteed(draw: st.DrawFn) -> Case:
    case = made(Drawn(draw))
    if case is None:
        reject()
    return case


def read(program: ir.Program, facts: object) -> tuple[str, tuple[Any, ...]] | None:
    try:
        return Reader(program).read(facts)
    except PolicyError:
        return None


def holds(claim: ir.Claim, run: Interpretation, entry: Instance) -> bool | None:
    """Said anew: a claim that applies and is 否 is broken; None where it applies and is known to hold."""
    applies = claim.when is None or run.evaluate(claim.when, entry) is True
    value = run.evaluate(claim.says, entry)
    return None if applies and value is True else not (applies and value is False)


def looks_back(claim: ir.Claim) -> bool:
    formulas = [f for f in (claim.says, claim.when) if f is not None]
    return any(isinstance(p, (ir.CarriedRef, ir.Window)) for f in formulas for p in walk(f))


def oracle(program: ir.Program, on: int, root: str, data: tuple[Any, ...], *kinds: str) -> list[tuple[str, str]]:
    """(title, path) of every claim of these kinds that is broken, by the interpreter alone."""
    epoch = Engine(program).epoch(on)
    top = Instance(program, next(e for e in program.entities if e.name == root), data, None, root)
    run = Interpretation(epoch, on, top)
    run.rules()
    out = []
    for g in program.guarantees:
        for c in g.claims:
            SEEN[c.kind if c.along is None else "along"] += 1
            if c.kind in kinds and c.along is None and c.since <= on <= c.until:
                for entry in top.all():
                    if entry.entity.name == g.entity:
                        known = holds(c, run, entry)
                        state = "kept" if known is None else "open" if known else "broken"
                        SEEN[f"{c.kind} {state}"] += 1
                        SEEN[f"{c.kind} looking back {state}"] += looks_back(c)
                        if known is False:
                            out.append((g.title, entry.path))
    return out


def agree(case: Case) -> None:
    policy, plain = Policy(case.program), Policy(case.program._replace(guarantees=()))
    for facts in case.facts:
        given = read(case.program, facts)
        for on in case.days if given else ():
            assert given is not None
            root, data = given
            try:
                there = policy.engine.presence.of(root, data, month_start(on))
            except PolicyError:
                SEEN["nobody there"] += 1
                with pytest.raises(PolicyError) as refused:
                    policy.decide_data(root, data, on=on)
                assert {d.code for d in refused.value.diagnostics} < NOBODY
                continue
            SEEN["somebody gone"] += repr(there) != repr(data)
            wanted = oracle(case.program, on, root, there, "condition")
            if policy.engine.guard is not None:
                found = guarantees.broken(policy.engine, on, root, there)
                assert [(g.title, entry.path) for g, _, _, entry in found] == wanted
            if wanted:
                with pytest.raises(PolicyError) as refused:
                    policy.decide_data(root, data, on=on)
                assert [(d.code, d.path) for d in refused.value.diagnostics] == [("F0120", p) for _, p in wanted]
                continue
            decision = policy.decide_data(root, data, on=on)
            other = plain.decide_data(root, data, on=on)
            assert [e.values for e in decision.instance.all()] == [e.values for e in other.instance.all()]
            broken = oracle(case.program, on, root, there, "outcome", "roll")
            assert [f.path for f in decision.findings if f.code in BROKEN.values()] == [path for _, path in broken]
            tried = Tried(root, data, on)
            shown = {p.key[1] for p in problems(policy, tried, decision) if p.key[0] == "broken"}
            assert shown == {title for title, _ in broken}
            told(policy, tried)


def told(policy: Policy, case: Tried) -> None:
    """Each finding is worded in both languages, and its case, read from JSON, shows it again."""
    decision = policy.decide_data(case.root, case.data, on=case.on)
    for problem in (*problems(policy, case, decision), *errors(policy, case, decision)):
        finding = problem.make(())
        assert finding.zh
        assert finding.en
        SEEN[str(problem.key[0])] += 1
        first = finding.witness[0]
        again = policy.decide(first.facts, on=first.on)
        same = Tried(case.root, again._data, case.on)
        keys = {p.key for p in (*problems(policy, same, again), *errors(policy, same, again))}
        assert problem.key in keys


@settings(max_examples=examples(60))
@given(guaranteed())
def test_guard_and_interpreter_agree(case: Case) -> None:
    """A case is refused exactly where the interpreter finds a condition broken; otherwise all values are what they were."""
    agree(case)


@settings(max_examples=examples(60))
@given(guaranteed())
def test_facts_of_data_are_the_facts(case: Case) -> None:
    """What is written as JSON is read as the same data."""
    for facts in case.facts:
        given = read(case.program, facts)
        if given is not None:
            root, data = given
            again = Reader(case.program).read(facts_of(case.program, root, data))
            assert repr(again) == repr((root, data))


def test_smaller_cases_are_cases() -> None:
    """What is left out on the way to the smallest case leaves facts that can be read, within the bounds of lists."""
    tried = 0
    for seed in range(40):
        case = made(Thrown(seed))
        if case is None:
            continue
        policy = Policy(case.program)
        for facts in case.facts:
            given = read(case.program, facts)
            if given is None:
                continue
            whole = Tried(*given, case.days[0])
            for smaller in smaller_cases(policy, whole):
                tried += 1
                again = Reader(case.program).read(facts_of(case.program, whole.root, smaller.data))
                assert repr(again[1]) == repr(smaller.data)
    assert tried > 50


@settings(max_examples=examples(40))
@given(guaranteed())
def test_months_of_a_timeline_are_held_to_them(case: Case) -> None:
    """What a month finds is what the interpreter finds in it, conditions on its facts too; the month is decided all the same."""
    policy = Policy(case.program)
    for facts in case.facts[:1]:
        try:
            months = policy.timeline(facts, start=MONTHS[1], end=MONTHS[4])
        except PolicyError:
            continue
        for month in months:
            decision = month.decision
            if decision is None:
                continue
            data = decision.instance.data
            wanted = oracle(case.program, decision.day, decision.root, data, "condition", "outcome", "roll")
            assert [f.path for f in month.findings if f.code in BROKEN.values()] == [path for _, path in wanted]
            SEEN["a month's finding"] += len(wanted)


def lost(given_: Any, before: bool = False) -> bool:
    """Whether something of last month cannot be given: it was too large, or not known."""
    if isinstance(given_, dict):
        return any(lost(x, before or k == "上月") for k, x in given_.items())
    return any(lost(x, before) for x in given_) if isinstance(given_, list) else before and given_ is None


@settings(max_examples=examples(30))
@given(guaranteed(), st.data())
def test_generated_cases_can_be_given(case: Case, data: st.DataObject) -> None:
    """A generated case, written as JSON, is the same case: its last month too."""
    search = _Search(Policy(case.program), 1, 0, 1.0)
    tried: Tried = data.draw(search.strategies.cases(next(e.name for e in case.program.entities if not e.holder)))
    facts = facts_of(case.program, tried.root, tried.data)
    root, again = Reader(case.program).read(facts)
    assert (root, repr(facts_of(case.program, root, again))) == (tried.root, repr(facts))
    if lost(facts):
        return
    told = [decided_or_not(search.policy, root, x, tried.on) for x in (again, tried.data)]
    assert told[0] == told[1]


def decided_or_not(policy: Policy, root: str, data: tuple[Any, ...], on: int) -> object:
    """The decision as text; or why the case is refused: for a guarantee about facts, or since nobody is there."""
    try:
        return policy.decide_data(root, data, on=on).text()
    except PolicyError as error:
        codes = {d.code for d in error.diagnostics}
        assert codes == {"F0120"} or codes < NOBODY
        return error.diagnostics


def test_every_kind_of_claim_has_come_up() -> None:
    """Conditions kept, broken and open, outcomes, rolls, figures, 随, and errors have all been generated."""
    for seed in range(400):
        case = made(Thrown(seed))
        if case is not None:
            agree(case)
        if seed > 60 and not WANTED - set(SEEN):
            break
    assert WANTED - set(SEEN) == set()


WANTED = {
    f"{kind}{past} {state}"
    for kind in ("condition", "outcome")
    for past in ("", " looking back")
    for state in ("kept", "broken", "open")
} | {
    "condition", "outcome", "figures", "along", "rises", "broken", "error", "nobody there", "somebody gone",
}  # fmt: skip


def test_nearly_every_guarantee_compiles() -> None:
    """Of a hundred texts with guarantees, eighty compile at least."""
    assert sum(compiled(Guaranteed(Thrown(seed), 0).text())[0] is not None for seed in range(100)) >= 80
