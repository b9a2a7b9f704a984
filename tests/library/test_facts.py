"""Every fact of the sources has its entry, and every entry is true of the policies."""

from __future__ import annotations

import re

import pytest

from scripts import facts as register

# How many facts each source has.
FACTS = {"changyuan": 42, "qingshui": 46, "qiannan": 32, "liaoning": 19, "shangluo": 15}
PART = {"changyuan": 1, "qingshui": 2, "qiannan": 3, "liaoning": 4, "shangluo": 5}
DIGITS = re.compile(r"\d")


@pytest.mark.parametrize("place", FACTS)
def test_none_is_left_out(place: str) -> None:
    assert [fact.id for fact in register.facts(place)] == [f"A{PART[place]}-{n}" for n in range(1, FACTS[place] + 1)]


@pytest.mark.parametrize("place", FACTS)
def test_an_encoded_fact_names_a_line_that_holds_it(place: str) -> None:
    lost = [(f.id, line) for f in register.facts(place) for line in f.where if len(register.lines(line)) != 1]
    assert lost == [], "no line, or more than one: say `near`"
    assert [f.id for f in register.facts(place) if f.standing == "encoded" and not f.where] == []


@pytest.mark.parametrize("place", FACTS)
def test_a_figure_that_is_encoded_is_among_what_the_lines_hold(place: str) -> None:
    """A fact with a figure is not encoded by a line without one."""
    bare = [
        f.id
        for f in register.facts(place)
        if f.standing == "encoded" and DIGITS.search(f.said["zh"]) and not any(DIGITS.search(x.holds) for x in f.where)
    ]
    assert bare == []


@pytest.mark.parametrize("place", FACTS)
def test_a_control_is_used_by_what_it_names(place: str) -> None:
    names = register.controls()
    lost = [(f.id, c) for f in register.facts(place) for c in f.check if c not in names]
    assert lost == []
    assert [f.id for f in register.facts(place) if f.standing == "control" and not f.check] == []


@pytest.mark.parametrize("place", FACTS)
def test_what_is_no_rule_says_why(place: str) -> None:
    assert [f.id for f in register.facts(place) if f.standing == "not a rule" and not all(f.because.values())] == []
    assert {f.standing for f in register.facts(place)} <= {"encoded", "control", "not a rule"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_page_lists_all(lang: str) -> None:
    page = register.page(lang)
    for place in FACTS:
        for fact in register.facts(place):
            assert f"| {fact.id} | " in page
