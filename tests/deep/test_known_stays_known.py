"""The law of what is unknown at full length: thousands of fillings of generated, printed and shipped policies, and of histories.

A few of each with a seed drawn anew in every run; `tests/property/test_known_stays_known.py` tries the same ones each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from random import SystemRandom

from policy_dsl import Policy

from ..property.cases import case
from ..property.dice import Thrown
from ..property.filling import broken, opened
from ..property.test_known_stays_known import PLACES, of_places, on_pages, over_months

Record = Callable[[str, object], None]


def seeded(record_property: Record) -> int:
    seed = SystemRandom().randrange(1 << 32)
    record_property("seed", seed)
    return seed


def test_of_generated_policies(deep: bool, record_property: Record) -> None:
    seed = seeded(record_property)
    for n in range(3000 if deep else 3):
        dice = Thrown(seed + n)
        made = case(dice, count=2, unknown=0)
        if made is None:
            continue
        days = zip(made.facts, made.days, strict=True)
        parts = [(opened(dice, made.program, f, dice.pick((20, 40, 70))), day) for f, day in days]
        found = broken(Policy(made.program), dice, parts, 8, Counter())
        assert not found, (n, found, str(made.text))


def test_of_the_pages(deep: bool, record_property: Record) -> None:
    seed = seeded(record_property)
    on_pages(*((1, 0, seed, 20) if deep else (60, seed % 60, seed, 2)))


def test_of_shipped_policies(deep: bool, record_property: Record) -> None:
    seed = seeded(record_property)
    of_places(PLACES if deep else (PLACES[seed % len(PLACES)],), seed, 150 if deep else 2)


def test_of_months(deep: bool, record_property: Record) -> None:
    seed = seeded(record_property)
    for n in range(1500 if deep else 2):
        over_months(Thrown(seed + n), 3, Counter())
