"""What pages are made of: each policy with the layers above it, compiled, and its own files as they were written.

A *place* is a policy (a county, a province, the nation); its *schemes* are its files, in which items stand in groups: a gist or a note, and
what follows it. Everything has one home: a rule's page belongs to each place that declares or amends it, a parameter and an example to the
scheme in which they stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from attrs import define, field, frozen

from ..backends.engine import Engine
from ..ir import nodes as ir
from ..model.clause import Clause
from ..syntax import nodes
from .names import Names

RuleKey = tuple[str, str]

REGISTER = "register"  # the page of what a place assumes and leaves open


@frozen
class Item:
    """A declaration as it was written, with its place in the law and the comments inside it."""

    node: nodes.Declaration
    clause: Clause
    notes: tuple[str, ...]
    file: str
    line: int
    anchor: str


@define
class Group:
    """What stands under one gist or note: `texts` are (gist or note, text), in their order."""

    heading: nodes.Heading | None = None
    texts: list[tuple[str, str]] = field(factory=list)
    items: list[Item] = field(factory=list)


@define
class Scheme:
    """One file of a policy. `page` is its page's name without ending, `listing` that of the page that holds its `text`."""

    file: str
    title: str
    page: str
    listing: str
    text: str
    groups: list[Group]

    @property
    def items(self) -> Iterator[Item]:
        return (item for group in self.groups for item in group.items)


@define(eq=False)
class Place:
    """A policy with its layers. `upper` is the layer above it, `lower` those that extend it."""

    name: str
    folder: str
    engine: Engine
    upper: Place | None
    schemes: list[Scheme]
    pages: Names
    lower: list[Place] = field(factory=list)

    @property
    def program(self) -> ir.Program:
        return self.engine.program

    @cached_property
    def chain(self) -> list[Place]:
        """The layers, top first, itself last."""
        return [*(self.upper.chain if self.upper else ()), self]

    @cached_property
    def below(self) -> list[Place]:
        """All that extend it, each before those that extend it in turn."""
        return [p for low in self.lower for p in (low, *low.below)]

    @cached_property
    def rules(self) -> dict[RuleKey, ir.Rule]:
        """Rules and benefits by entity and name, the hidden ones too."""
        return {(r.entity, r.name): r for r in self.program.rules}

    @cached_property
    def parameters(self) -> dict[str, ir.Parameter]:
        return {p.name: p for p in self.program.parameters}

    @cached_property
    def said(self) -> dict[RuleKey | str, list[tuple[Scheme, Item]]]:
        """What this place itself says of each rule and parameter: declarations and amendments, in the order of the text."""
        out: dict[RuleKey | str, list[tuple[Scheme, Item]]] = {}
        for scheme in self.schemes:
            for item in scheme.items:
                for key in self._speaks_of(item.node):
                    out.setdefault(key, []).append((scheme, item))
        return out

    def _speaks_of(self, node: nodes.Declaration) -> list[RuleKey | str]:
        match node:
            case nodes.Parameter():
                return [node.name]
            case nodes.Rule() | nodes.Status():
                return [(e, node.name) for e in node.entities]
            case nodes.Amendment() if not node.facts:
                keys = [k for k in self.program.outputs if k[1] in node.names]
                return [*keys, *(n for n in node.names if n in self.parameters)]
        return []

    @cached_property
    def own_rules(self) -> list[RuleKey]:
        """The rules that have a page here: those that this place declares or amends, in the order of the text."""
        return [k for k in self.program.outputs if k in self.said]

    def home(self, key: RuleKey | str) -> Place:
        """The lowest layer that says something of a rule or parameter."""
        return next(p for p in reversed(self.chain) if key in p.said)

    def example_of(self, item: Item) -> ir.Example | None:
        """The compiled example of an item."""
        found = (e for e in self.program.examples if e.policy == self.name and e.place.line == item.line)
        return next((e for e in found if e.place.bare.file == item.file), None)


def documents_of(place: Place) -> list[nodes.Document]:
    """The documents that a place's own files name."""
    return [i.node for s in place.schemes for i in s.items if isinstance(i.node, nodes.Document)]
