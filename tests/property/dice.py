"""Choices. The generators take them from here, so that Hypothesis can draw (and shrink) them, or a seeded generator throw them."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import lru_cache
from random import Random
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

T = TypeVar("T")


class Dice:
    """The first of several choices is the simplest: what a failure shrinks to."""

    def below(self, n: int) -> int:
        raise NotImplementedError

    def chance(self, percent: int) -> bool:
        return self.below(100) >= 100 - percent

    def pick(self, items: Sequence[T]) -> T:
        return items[self.below(len(items))]

    def between(self, low: int, high: int) -> int:
        return low + self.below(high - low + 1)

    def some(self, items: Sequence[T], least: int, most: int) -> list[T]:
        """So many different ones, in their order."""
        left = list(range(len(items)))
        count = min(self.between(least, most), len(items))
        taken = sorted(left.pop(self.below(len(left))) for _ in range(count))
        return [items[i] for i in taken]

    def shuffled(self, items: Sequence[T]) -> list[T]:
        left = list(items)
        return [left.pop(self.below(len(left))) for _ in items]


@lru_cache
def _upto(n: int) -> SearchStrategy[int]:
    return st.integers(0, n - 1)


class Drawn(Dice):
    def __init__(self, draw: DrawFn) -> None:
        self.draw = draw

    def below(self, n: int) -> int:
        return 0 if n <= 1 else self.draw(_upto(n))


class Thrown(Dice):
    def __init__(self, seed: int) -> None:
        self.random = Random(seed)

    def below(self, n: int) -> int:
        return 0 if n <= 1 else self.random.randrange(n)


def examples(count: int) -> int:
    """How many cases of a law are tried; POLICY_DSL_EXAMPLES=20 tries twenty times as many."""
    return count * int(os.environ.get("POLICY_DSL_EXAMPLES", "1"))
