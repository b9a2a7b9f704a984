"""What is declared: entities, facts, rules, parameters with their place in the law and their layer; bodies are left as they were written."""

from __future__ import annotations

from fractions import Fraction

from attrs import field, frozen

from ..source import Span
from ..syntax import nodes
from .clause import Clause
from .functions import BY_NAME
from .types import Type


@frozen
class Declared:
    """A declaration with its place in the law. `layer` counts from the top."""

    node: nodes.Declaration
    clause: Clause
    layer: int
    amends: bool = False


@frozen
class FactSymbol:
    name: str
    type: Type
    node: nodes.Fact
    clause: Clause


@frozen
class ListSymbol:
    name: str
    entity: str
    low: int
    high: int
    node: nodes.Fact


@frozen
class EntitySymbol:
    name: str
    counts_as: str
    facts: dict[str, FactSymbol]
    lists: dict[str, ListSymbol]
    declared: Declared
    holder: str = ""
    holder_list: str = ""


@frozen
class RuleSymbol:
    entity: str
    name: str
    type: Type
    benefit: bool
    declared: tuple[Declared, ...]
    status: StatusSymbol | None = None
    parts: PartsSymbol | None = None


@frozen
class PartsSymbol:
    """按月发, 按季发: the calendar months in which a benefit is paid, ascending, and how each part is rounded."""

    months: tuple[int, ...]
    rounding: str  # the function's key
    step: Fraction  # in 分
    span: Span = field(eq=False)


@frozen
class StatusSymbol:
    """What a 阶段 says beside its transitions: the state before the first month, and the states without a way out."""

    initial: str
    finals: frozenset[str]


@frozen
class ParameterSymbol:
    name: str
    type: Type
    keys: tuple[str, ...]
    key_types: tuple[Type, ...]
    declared: tuple[Declared, ...]


@frozen
class Model:
    """The symbols of a policy with all its layers. Dictionaries keep the order of the text and are not changed afterwards."""

    name: str
    chain: tuple[str, ...]
    jurisdiction: str
    paydays: tuple[Declared, ...]  # the heads that say one, one of a layer, top first
    types: dict[str, Type]
    units: frozenset[str]
    entities: dict[str, EntitySymbol]
    rules: dict[tuple[str, str], RuleSymbol]
    parameters: dict[str, ParameterSymbol]
    examples: tuple[Declared, ...]
    documents: dict[str, nodes.Document]
    broken: frozenset[str] = field(default=frozenset())
    guarantees: tuple[Declared, ...] = ()
    jurisdictions: tuple[str, ...] = ()  # of the layers, top first
    declaring: dict[str, int] = field(factory=dict)  # document id → the layer that declares it

    def declared_at(self, entity: str, name: str) -> Span | None:
        """Where a fact or rule of the entity, or for "" a parameter, is declared."""
        symbol: RuleSymbol | ParameterSymbol | None = (
            self.rules.get((entity, name)) if entity else self.parameters.get(name)
        )
        if symbol is not None:
            return symbol.declared[0].node.span
        holder = self.entities.get(entity)
        return holder.facts[name].node.span if holder is not None and name in holder.facts else None

    def opens_keys(self, name: str) -> bool:
        """Whether parentheses behind the name hold a parameter's keys; behind one that is a function's, too, only if it has some."""
        parameter = self.parameters.get(name)
        return parameter is not None and (bool(parameter.keys) or name not in BY_NAME)

    def ancestors(self, entity: str) -> list[str]:
        """The entity and what holds it, outward."""
        chain = []
        while entity and entity not in chain:
            chain.append(entity)
            entity = self.entities[entity].holder if entity in self.entities else ""
        return chain

    def counted(self, entity: str) -> str:
        """What one of the entity counts as: its own word, or that of what holds it; "" where none says."""
        for name in self.ancestors(entity):
            if name in self.entities and self.entities[name].counts_as:
                return self.entities[name].counts_as
        return ""
