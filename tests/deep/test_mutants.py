"""The code in which a wrong character is wrong money, with one wrong character: the tests must notice.

`make deep` draws changes by a seed, which pytest prints at its end with the survivors: POLICY_MUTANTS_SEED=SEED draws the same again,
POLICY_MUTANTS_SEED=SEED:N the Nth of each room alone. It fails where more survive than `MOST` allows. What nobody can notice stands in
`EQUIVALENT` and is not drawn; CONTRIBUTING says what to do with the others.

An ordinary run draws nothing anew: a survivor would make it fail for whoever came by, whatever they had changed. It tries one change of each room out of
`CAUGHT`, of which each was noticed by the page named beside it. So it fails only where a test has lost what it noticed, or no longer runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from random import Random, SystemRandom

import pytest

from .alter import Change, changes
from .judge import House
from .known import CAUGHT, EQUIVALENT
from .rooms import ROOMS, judges, sources

DRAWN = 100  # of each room, in `make deep`

# The share that may survive, in hundredths. Behind it: how many of a sample survived, and of these how many are left now that their tests
# are written. The samples are small, so the bounds leave room; a run of `make deep` with a smaller share lowers them.
MOST = {
    "ir": 15,  # 1 of 9, none left
    "backends": 15,  # 0 of 9
    "interpret": 15,  # 0 of 9
    "python": 20,  # 1 of 9, none left; what only makes a function defer changes no value
    "facts": 20,  # 4 of 9, none left; bounds and messages are judged by few tests
    "units": 15,  # 2 of 9, none left: 1 can be noticed by nobody
    "arrears": 15,  # 0 of 9
}


def drawn(room: str, seed: int) -> list[Change]:
    """Changes in the order in which they are tried, without those that nobody can notice."""
    known = {change for change, _ in EQUIVALENT[room]}
    found = [c for path in sources(room) for c in changes(path)]
    Random(f"{seed}:{room}").shuffle(found)
    out: list[Change] = []
    for change in found:
        if len(out) == DRAWN:
            break
        if change.key not in known and change.compiles:
            out.append(change)
    return out


def listed(room: str) -> dict[tuple[str, str, str], Change]:
    return {c.key: c for path in sources(room) for c in changes(path)}


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_listed_stands_in_the_code(room: str) -> None:
    """One that does not: its code is another now. Take another change in its place (CAUGHT), or leave it out."""
    keys = [change for change, _ in (*CAUGHT[room], *EQUIVALENT[room])]
    assert [k for k in keys if k not in listed(room)] == []
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("room", ROOMS)
def test_a_change_that_was_noticed_is_noticed(
    room: str, deep: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    seed = SystemRandom().randrange(1 << 32)
    record_property("seed", seed)
    house, made = House(tmp_path), listed(room)
    for key, page in CAUGHT[room] if deep else [Random(seed).choice(CAUGHT[room])]:
        assert house.caught(made[key], (("tests/spec", "-k", page),)), f"{page} does not notice {made[key]}"


def test_nothing_is_noticed_where_nothing_is_changed(deep: bool, tmp_path: Path) -> None:
    """Else any change would be: in a copy of the package that does not run, or by a test that fails anyway."""
    runs = {run for room in ROOMS for run in judges(room)} if deep else {("tests/spec", "-k", "rounding.md")}
    assert House(tmp_path).caught(None, tuple(runs)) == ""


@pytest.mark.parametrize("room", ROOMS)
def test_few_changes_survive(
    room: str, deep: bool, tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    given, _, alone = os.environ.get("POLICY_MUTANTS_SEED", "").partition(":")
    seed = int(given) if given else SystemRandom().randrange(1 << 32)
    tried = drawn(room, seed)
    assert len(tried) == DRAWN
    if not deep:
        return
    record_property("seed", seed)
    house = House(tmp_path)
    if alone:
        tried = [tried[int(alone)]]
    survived = [f"{seed}:{n} {c}" for n, c in enumerate(tried) if not house.caught(c, judges(room))]
    told = "\n".join([f"{room}: {len(survived)} of {len(tried)} survive", *survived])
    record_property("survivors", told)
    if len(survived) * 100 > MOST[room] * len(tried):
        pytest.fail(f"more than {MOST[room]} % survive\n{told}", pytrace=False)
