"""Where the names of a formula are looked up."""

from __future__ import annotations

from collections.abc import Callable

from ...model.symbols import EntitySymbol, FactSymbol, Model, RuleSymbol
from ...model.types import Type
from ...source import Place
from ...syntax import nodes
from .. import nodes as ir

MEASURES = {"已发": "paid", "paid": "paid", "应发": "due", "due": "due"}  # under 补发


class Scope:
    """Where names are looked up: an entity, or inside an aggregate the entry of a list (`prefix`), or a parameter's keys."""

    def __init__(
        self,
        model: Model,
        entity: str,
        prefix: tuple[str, ...] = (),
        base: str = "",
        keys: tuple[tuple[str, Type], ...] | None = None,
    ) -> None:
        self.model = model
        self.entity = entity
        self.prefix = prefix
        self.base = base or entity  # the rule's own entity: unqualified names are sought outward as far as it
        self.keys = keys
        self.step: tuple[str, str] | None = None  # (entity, status) whose step the formula belongs to
        self.owner: tuple[str, str] | None = None  # (entity, name) of the rule whose result the formula is
        self.displaced: Callable[[Place], ir.RuleRef | None] | None = (
            None  # what 原值 reads; none: there is no such thing
        )
        self.gathers = (
            0  # aggregates around this place: each goes through its list again for every entry of the one outside
        )
        self.ranks: dict[int, tuple[nodes.Expression, int]] = {}  # Sides.rank's answers; the node keeps its id taken

    def chain(self) -> list[str]:
        return self.model.ancestors(self.entity) if self.entity else []

    def visible(self) -> list[str]:
        """Names that can be written here, for suggestions and for splitting unspaced text."""
        chain = self.chain()
        names = [n for e in chain for s in [self.model.entities[e]] for n in (*s.facts, *s.lists)]
        names += [n for (e, n) in self.model.rules if e in chain]
        return [*names, *self.model.parameters, *chain, *(k for k, _ in self.keys or ())]

    def member(self, entity: str, name: str) -> FactSymbol | RuleSymbol | None:
        symbol = self.model.entities.get(entity)
        if symbol and name in symbol.facts:
            return symbol.facts[name]
        return self.model.rules.get((entity, name))

    def list_of(self, entity: str, name: str) -> str:
        """The entity of the list `name`, or ""."""
        symbol: EntitySymbol | None = self.model.entities.get(entity)
        return symbol.lists[name].entity if symbol and name in symbol.lists else ""
