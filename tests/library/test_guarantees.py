"""What a place promises can never happen: tried on generated households beside its own examples."""

from __future__ import annotations

from pathlib import Path

import pytest

import policy_dsl
from policy_dsl.examples.generate import generated

PLACES = ("changyuan", "qingshui", "qiannan", "liaoning", "shangluo")
LAYERS = {
    "changyuan": {"national", "henan", "changyuan"},
    "qingshui": {"national", "gansu", "qingshui"},
    "qiannan": {"national", "guizhou", "qiannan"},
    "liaoning": {"national", "liaoning"},
    "shangluo": {"national", "shaanxi", "shangluo"},
}


def own(place: str) -> list[str]:
    """The titles of the guarantees that the place itself states."""
    program = policy_dsl.load(place).program
    return [g.title for g in program.guarantees if Path(g.place.file).parent.name == place]


@pytest.mark.parametrize("place", PLACES)
def test_each_place_says_what_can_never_happen(place: str) -> None:
    assert len(own(place)) >= 2


@pytest.mark.parametrize("place", PLACES)
def test_it_does_not_happen_on_generated_households(place: str) -> None:
    tested = generated(policy_dsl.load(place), 15, 0, seconds=120)
    assert tested.cases >= 15  # fifteen for each entity with which cases begin
    assert [(d.code, d.zh) for d in tested.findings] == []


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_made_of_itself_and_its_layers(place: str) -> None:
    """Nothing of a neighbour is loaded."""
    program = policy_dsl.load(place).program
    files = {r.place.file for r in program.rules} | {p.place.file for p in program.parameters}
    assert {"national", place} <= {Path(f).parent.name for f in files} <= LAYERS[place]
