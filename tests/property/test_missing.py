"""The three lists of what is missing: what cannot matter changes nothing, and once all that can matter is given nothing waits."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl import Decision, Policy, PolicyError
from policy_dsl.backends.values import Failure, known
from policy_dsl.facts.read import Reader
from policy_dsl.ir import nodes as ir

from .cases import FactsWriter, case
from .dice import Dice, Drawn, Thrown, examples
from .filling import LATE, opened, same
from .test_ir import without_lists

FILLINGS = 2


def decided(policy: Policy, facts: Any, on: int) -> Decision | None:
    """As examples are read: lists may be left out. None for facts that are at fault."""
    try:
        root, data = Reader(policy.program, lenient=True).read(facts, on)
        return policy.decide_data(root, data, on=on)
    except PolicyError:
        return None


def filled(program: ir.Program, facts: Any, give: dict[str, Any]) -> Any:
    """The same facts with what is given by its path."""
    entities = {e.name: e for e in program.entities}

    def entry(entity: ir.Entity, value: Any, path: str) -> Any:
        out = dict(value)
        for name, inner in [*((f.name, "") for f in entity.facts), *((m.name, m.entity) for m in entity.lists)]:
            here = f"{path}.{name}"
            if here in give:
                out[name] = give[here]
            elif inner and isinstance(out.get(name), (list, tuple)):
                out[name] = [entry(entities[inner], x, f"{here}[{n}]") for n, x in enumerate(out[name])]
        return out

    return {root: entry(entities[root], value, root) for root, value in facts.items()}


def drawn(writer: FactsWriter, decision: Decision, paths: set[str]) -> dict[str, Any]:
    """A value for each fact or list that is not known."""
    give: dict[str, Any] = {}
    for e in decision.instance.all():
        births = {e.entity.facts[e.entity.born].name} if e.entity.born >= 0 else set()
        give |= {
            p: given_value(writer, e.entity, f)
            for f in e.entity.facts
            if f.name not in births and (p := f"{e.path}.{f.name}") in paths
        }
        for m in e.entity.lists:
            if (p := f"{e.path}.{m.name}") in paths:
                inner = writer.entities[m.entity]
                give[p] = [writer.entry(inner) for _ in range(writer.dice.between(m.low, min(m.high, m.low + 2)))]
    return give


def given_value(writer: FactsWriter, entity: ir.Entity, fact: ir.Fact) -> Any:
    """One that says something: an empty text identifies nobody, and a death may be given as not known."""
    if fact.died:
        return LATE
    value = writer.value(fact)
    return value or "甲" if entity.identity >= 0 and entity.facts[entity.identity] is fact else value


def kept(before: Decision, after: Decision) -> bool:
    """Whether the same entries are there, and what was known or in error stayed it: the law of unknowns, which others hold to account."""
    old, new = before.instance.all(), after.instance.all()
    if [e.path for e in old if not e.path.startswith(_inside(before))] != [
        e.path for e in new if not e.path.startswith(_inside(before))
    ]:
        return False
    later = {e.path: e for e in new}
    for e in old:
        for name, value in e.values.items():
            final = later[e.path].values[name]
            if (known(value) and not same(final, value)) or (
                isinstance(value, Failure) and not isinstance(final, Failure)
            ):
                return False
    return True


def _inside(decision: Decision) -> tuple[str, ...]:
    """The beginnings of the paths of entries in lists that are not given."""
    return tuple(f"{e.path}.{n}[" for e in decision.instance.all() for n, x in e.lists.items() if x is None)


def said(decision: Decision) -> dict[str, object]:
    waiting = {o.output: (o.needs, o.parameters) for o in decision.undetermined}
    return {path: waiting.get(path) or (o.state, o.value) for path, o in decision.outputs.items()}


def hold(dice: Dice, policy: Policy, part: Any, on: int) -> int:
    """Holds a decision to the laws of what is missing; how many facts could not matter, and did not."""
    program = policy.program
    d = decided(policy, part, on)
    if d is None:
        return 0
    now, later, never = ({(x.fact, x.parameter): x for x in found} for found in d.missing)
    unknown = {
        f"{e.path}.{f.name}" for e in d.instance.all() for f in e.entity.facts if repr(e.facts[f.name]) == "UNKNOWN"
    }
    assert set(now) <= set(later)
    assert not set(later) & set(never)
    assert {(path, "") for path in unknown} <= set(later) | set(never)
    assert {(n, "") for o in d.undetermined for n in o.needs} | {
        ("", p) for o in d.undetermined for p in o.parameters
    } == set(now)
    assert all(set(now[x].outputs) <= set(later[x].outputs) for x in now)
    assert bool(now) == bool(d.undetermined)

    writer = FactsWriter(dice, program)
    for _ in range(FILLINGS if never else 0):
        give = drawn(writer, d, {fact for fact, _ in never})
        after = decided(policy, filled(program, part, give), on)
        if after is not None and kept(d, after):
            own = {path: value for path, value in said(after).items() if path in d.outputs}
            assert own == said(d), (give, on, part)
    give = drawn(writer, d, {fact for fact, _ in later})
    after = decided(policy, filled(program, part, give), on)
    if after is not None and kept(d, after):
        inside = _inside(d)
        waits = {n for o in after.undetermined for n in o.needs}
        births = {f"{e.path}.{e.entity.facts[e.entity.born].name}" for e in d.instance.all() if e.entity.born >= 0}
        # nobody can give what is asked of those above the one with whom the facts begin
        left = {n for n in waits if n.startswith(f"{d.root}.") and not n.startswith(inside) and n not in births}
        assert not left, (left, give, on, part)
    return len(never)


@settings(max_examples=examples(40))
@given(st.data())
def test_of_generated_policies(data: st.DataObject) -> None:
    dice: Dice = Drawn(data.draw)  # type: ignore[arg-type]
    made = case(dice, count=2, unknown=0)
    if made is None:
        return
    for facts in made.facts:
        part = opened(dice, made.program, facts, 25)
        part = without_lists(dice, part) if dice.chance(40) else part
        for on in made.days:
            hold(dice, Policy(made.program), part, on)


@lru_cache
def cases_of_the_library() -> list[tuple[Policy, Any, int]]:
    """Examples of one day of the shipped places, which have the layers above with them."""
    out = []
    for name in ("changyuan", "liaoning", "qiannan", "qingshui", "shangluo"):
        policy = policy_dsl.load(name)
        own = [e for e in policy.program.examples if e.policy == policy.name and not e.history]
        out += [(policy, e.facts, e.on) for e in own[:: len(own) // 4 + 1]]
    return out


def test_of_the_library() -> None:
    """Some facts of each example are left open: most of the rest never mattered, and are said not to."""
    never = 0
    for n, (policy, facts, on) in enumerate(cases_of_the_library()):
        dice = Thrown(n)
        never += hold(dice, policy, opened(dice, policy.program, facts, 25), on)
    assert never > 200


def test_what_is_asked_for_in_turn_was_told_at_once() -> None:
    """Whoever gives what decides now, and then what decides now, is never asked for something that was said not to matter."""
    for n, (policy, facts, on) in enumerate(cases_of_the_library()[::3]):
        dice = Thrown(1000 + n)
        part = opened(dice, policy.program, facts, 25)
        d = decided(policy, part, on)
        assert d is not None
        told = {x.fact for x in d.missing.can_matter}
        for _ in range(20):
            asked = {n for o in d.undetermined for n in o.needs}
            give = drawn(FactsWriter(dice, policy.program), d, asked)
            after = decided(policy, part := filled(policy.program, part, give), on) if give else None
            if after is None or not kept(d, after):
                break
            fresh = {n for o in after.undetermined for n in o.needs} - asked
            assert {n for n in fresh if not n.startswith(_inside(d))} <= told
            d = after
