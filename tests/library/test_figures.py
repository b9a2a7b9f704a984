"""No figure without its source: what a place's own paper does not print is marked 假设 or comes from a document that its heading names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import policy_dsl
from policy_dsl.ir import nodes as ir
from scripts import facts as register

# The paper from which each place is written, as its clauses name it.
PAPERS = {
    "changyuan": "长垣2022",
    "qingshui": "清民发〔2022〕251号",
    "qiannan": "黔南2015",
    "liaoning": "辽宁2021",
    "shangluo": "商洛2017",
}
NUMBER = re.compile(r"(?<![\w.])[0-9][0-9,]*(?:\.[0-9]+)?")
DATE = re.compile(r"\d{4}-\d{2}(?:-\d{2})?")


def numbers(text: str) -> set[str]:
    return {n.replace(",", "") for n in NUMBER.findall(DATE.sub("", text))}


def printed(place: str) -> set[str]:
    """The figures of the place's paper, as its register of facts has them."""
    facts = register.facts(place)
    return set().union(*(numbers(f.said["zh"]) for f in facts), *(numbers(x.holds) for f in facts for x in f.where))


def figures(place: str) -> Iterator[tuple[ir.Parameter, ir.Entry, set[str]]]:
    """The values that the place's own files write, with the figures of their lines."""
    for parameter in policy_dsl.load(place).program.parameters:
        for entry in parameter.entries:
            file = Path(entry.place.file)
            if file.parent.name == place:
                line = register.rule_lines(f"{place}/{file.name}")[entry.place.line]
                yield parameter, entry, numbers(line)


@pytest.mark.parametrize("place", PAPERS)
def test_every_figure_has_a_source(place: str) -> None:
    known = printed(place)
    bare = [
        (parameter.name, entry.place.line, found - known)
        for parameter, entry, found in figures(place)
        if entry.clause.document == PAPERS[place] and not (entry.assumptions or parameter.assumptions) and found - known
    ]
    assert bare == []


@pytest.mark.parametrize("place", PAPERS)
def test_the_papers_figures_are_looked_at(place: str) -> None:
    """The test above is about something: values stand under the paper's own headings."""
    assert any(entry.clause.document == PAPERS[place] and found for _, entry, found in figures(place))
