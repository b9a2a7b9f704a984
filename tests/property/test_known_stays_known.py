"""What is known stays the same however unknown facts are filled in, and an error that is final stays an error.

The other laws compare evaluators with one another, which share a rule that is wrong; this one compares the language with itself.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl import Policy, PolicyError
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from ..docs.blocks import blocks
from .cases import FactsWriter, case, days_of, roots
from .dice import Dice, Drawn, Thrown, examples
from .filling import Filler, breaches, broken, opened, state, told
from .histories import story
from .months import months, number

ROOT = Path(__file__).parents[2]
PAGES = sorted([*(ROOT / "docs").rglob("*.md"), *(ROOT / "tests/spec").glob("*.md")])
PLACES = ("qingshui", "changyuan", "qiannan", "shangluo", "liaoning")


@settings(max_examples=examples(60))
@given(st.data())
def test_of_generated_policies(data: st.DataObject) -> None:
    """Overlapping lines, exceptions that beat others, all modes, lists, tables, parameters that are open."""
    dice: Dice = Drawn(data.draw)  # type: ignore[arg-type]
    made = case(dice, count=2, unknown=0)
    if made is None:
        return
    parts = [(opened(dice, made.program, facts, dice.pick((30, 60))), day) for facts in made.facts for day in made.days]
    found = broken(Policy(made.program), dice, parts, 4, Counter())
    assert not found, (found, str(made.text))


def compiled(text: str) -> Policy | None:
    """A block of a page by itself; None where it needs others, or is one that shows errors."""
    name = text.split()[1] if len(text.split()) > 1 else "甲"
    file = PolicyFile(Path("a.policy"), "a.policy", text, name, "", 2)
    try:
        program = compile_layers([LayerFiles(name, (file,))], Report())
    except PolicyError:
        return None
    return None if program is None or not program.entities else Policy(program)


def on_pages(every: int, first: int, seed: int, count: int) -> Counter[str]:
    """The law on each so many-th policy of the pages, from the first on."""
    done: Counter[str] = Counter()
    texts = [b.text for page in PAGES for b in blocks(page) if b.lang == "policy" and not b.fragment]
    for n in range(first, len(texts), every):
        policy = compiled(texts[n])
        if policy is None:
            continue
        done["policies"] += 1
        dice = Thrown(seed + n)
        facts = [FactsWriter(dice, policy.program).facts(roots(dice, policy.program)) for _ in range(count)]
        days = days_of(dice, policy.program, count)
        parts = [(opened(dice, policy.program, f, dice.pick((30, 70))), d) for f, d in zip(facts, days, strict=True)]
        found = broken(policy, dice, parts, 4, done)
        assert not found, (found, texts[n])
    return done


def test_of_every_fourth_policy_of_the_pages() -> None:
    done = on_pages(4, 3, 0, 3)
    assert done["policies"] > 40
    assert done["known"] > 300


def of_places(places: tuple[str, ...], seed: int, count: int) -> Counter[str]:
    """The law on shipped policies: on the cases that stand beside their rules, with facts made unknown."""
    done: Counter[str] = Counter()
    for place in places:
        policy = policy_dsl.load(place)
        dice = Thrown(seed)
        cases = [x for x in policy.program.examples if not x.history]
        parts = []
        for x in (cases[dice.below(len(cases))] for _ in range(count)):
            whole = Filler(dice, policy.program, x.on // 100 * 100 + 1).filled(x.facts)  # type: ignore[arg-type]
            parts.append((opened(dice, policy.program, whole, dice.pick((5, 20, 60))), x.on))
        found = broken(policy, dice, parts, 3, done)
        assert not found, (place, found)
    return done


def test_of_a_shipped_policy() -> None:
    assert of_places(PLACES[:1], 1, 6)["known"] > 300


def over_months(dice: Dice, count: int, done: Counter[str]) -> None:
    """The law on one history: a month that is known stays known when facts of it, or of months before, are filled in."""
    made = story(dice, unknown=0, odd=0, ledger=False)
    if made is None:
        return
    part = made._replace(history=opened(dice, made.program, made.history, 40))
    before = [(m.month, told(m.oracle.root)) for m in months(part)]
    for n in range(count):
        filler = Filler(dice, made.program, number(made.start), 60 if n % 2 else 100)
        after = {m.month: told(m.oracle.root) for m in months(part._replace(history=filler.filled(part.history)))}
        for month, settled in before if after else ():
            done.update(map(state, settled.values()))
            found = breaches(settled, after.get(month, {}))
            assert not found, (month, found[:3], part, filler.filled(part.history))


@settings(max_examples=examples(25))
@given(st.data())
def test_of_months(data: st.DataObject) -> None:
    over_months(Drawn(data.draw), 2, Counter())  # type: ignore[arg-type]
