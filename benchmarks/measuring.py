"""How the benchmarks measure: CPU time in one process, the ways in turn and each round in another order, the collector off, and each way
against its base in the same round, so that a machine that slows down slows both. What crosses its bound by more than NOISE fails.
"""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from typing import NamedTuple

ROUNDS = 7
NOISE = 1.2  # by so much may a median of ratios be above its bound on a machine that others use, too
clock = time.process_time


class Way(NamedTuple):
    """One way to do something with `count` cases. `bound`: at most so many times its base; `goal`: what it is to become, where that is less."""

    name: str
    count: int
    run: Callable[[], object]
    starts: str = ""  # from what, for who compares
    bound: float = 0
    goal: float = 0


class Taken(NamedTuple):
    seconds: float  # a case, the median over the rounds
    ratio: float  # to the base, the median over the rounds


def measured(ways: Sequence[Way]) -> dict[str, Taken]:
    """The first is the base of all."""
    for way in ways:
        way.run()
    order = list(ways)
    rounds: list[dict[str, float]] = []
    collecting = gc.isenabled()
    gc.disable()
    try:
        for _ in range(ROUNDS):
            taken = {}
            for way in order:
                start = clock()
                way.run()
                taken[way.name] = (clock() - start) / way.count
                gc.collect()
            rounds.append(taken)
            order = order[1:] + order[:1]
    finally:
        if collecting:
            gc.enable()
    base = ways[0].name
    return {
        w.name: Taken(
            statistics.median(r[w.name] for r in rounds),
            statistics.median(r[w.name] / (r[base] or 1e-9) for r in rounds),
        )
        for w in ways
    }


def table(title: str, ways: Sequence[Way]) -> list[str]:
    """Prints the ways against the first; gives what crossed its bound."""
    taken = measured(ways)
    print(f"\n{title}")
    crossed = []
    for way in ways:
        seconds, ratio = taken[way.name]
        wanted = f"at most {way.bound:g}" if way.bound else ""
        if way.goal and way.goal < way.bound:
            wanted += f", to become {way.goal:g}"
        print(f"  {way.name:32} {seconds * 1e6:10.2f} µs  {ratio:8.2f} x  {wanted:28} {way.starts}".rstrip())
        if way.bound and ratio > way.bound * NOISE:
            crossed.append(f"{title.partition(':')[0]}, {way.name}: {ratio:.2f} x, at most {way.bound:g}")
    return crossed
