"""Real policies with a few words and lines changed: whatever comes of it, the program gives diagnostics and no fault of its own.

Each run takes a new seed, which pytest prints at its end. POLICY_FUZZ_SEED=SEED runs the same mutants again, POLICY_FUZZ_SEED=SEED:N the Nth alone.
A mutant that fails is printed as small as dropping lines makes it. When its fault is mended it stays as tests/deep/kept/NAME.policy (of several
layers: a folder with 0.policy, 1.policy …, top first), which every run of the tests tries.
"""

from __future__ import annotations

import os
import time
import traceback
from collections.abc import Callable
from itertools import count
from pathlib import Path
from random import Random, SystemRandom

import pytest

from .exercise import Endless, bounded, exercise
from .mutate import Layers, corpus, mutant, without_lines

KEPT = Path(__file__).parent / "kept"
SAMPLE, DEEP = 20.0, 30 * 60.0  # seconds of the processor
SMALLER = 60.0  # for making a failure smaller


def kept() -> dict[str, Layers]:
    """The texts that once failed."""
    return {
        path.stem: tuple(
            file.read_bytes().decode("utf-8") for file in (sorted(path.iterdir()) if path.is_dir() else [path])
        )
        for path in sorted(KEPT.iterdir())
    }


@pytest.mark.parametrize("name", kept())
def test_what_failed_once_fails_no_more(name: str) -> None:
    with bounded():
        exercise(kept()[name])


def fault(layers: Layers, seed: int = 0) -> tuple[str, str]:
    """Where a text makes the program fail, in few words, and the traceback; nothing where it does not."""
    try:
        with bounded():
            exercise(layers, seed)
    except (Exception, Endless) as error:
        if isinstance(error, Endless):
            return "Endless", str(error)
        last = traceback.extract_tb(error.__traceback__)[-1]
        return f"{type(error).__name__} {last.filename}:{last.lineno}", traceback.format_exc()
    return "", ""


def smaller(layers: Layers, where: str, seed: int) -> Layers:
    """The text without the lines that its failure does not need, as far as that comes in time."""
    end = time.process_time() + SMALLER
    going = True
    while going:
        going = False
        for tried in without_lines(layers):
            if time.process_time() > end:
                return layers
            if fault(tried, seed)[0] == where:
                layers, going = tried, True
                break
    return layers


def failure(layers: Layers, told: str, again: str) -> str:
    """What is said of a mutant that failed: the text, how to run it again, how to keep it."""
    shown = "\n".join(f"--- layer {n} of {len(layers)}\n{text}" for n, text in enumerate(layers))
    return (
        f"{again} makes the program fail\n\n{told}\n{shown}\n---\n"
        f"again: POLICY_FUZZ_SEED={again} pytest {__file__}\n"
        f"mend it, then keep the text as {KEPT}/NAME.policy (layers: NAME/0.policy, NAME/1.policy …)"
    )


def test_texts_with_a_few_changes_never_crash(deep: bool, record_property: Callable[[str, object], None]) -> None:
    given, _, alone = os.environ.get("POLICY_FUZZ_SEED", "").partition(":")
    seed = int(given) if given else SystemRandom().randrange(1 << 32)
    record_property("seed", seed)
    found = corpus()
    end = time.process_time() + (DEEP if deep else SAMPLE)
    for number in [int(alone)] if alone else count():
        if time.process_time() > end and not alone:
            break
        layers = mutant(found, Random(f"{seed}:{number}"))
        where, told = fault(layers, number)
        if where:
            pytest.fail(failure(smaller(layers, where, number), told, f"{seed}:{number}"), pytrace=False)
