"""保证 → claims about one entity: the outermost in which all their names resolve.

Which entity that is follows from the names alone: each name that stands in a line itself (not inside 合计(成员.…), where names
are the entries') must be a fact, rule or list of the entity, a path that begins with it or with what holds it, a parameter, a
moment, or the value of an enumeration. A state in 持续(…), 累计(…), 进入时(…, …) counts as its status, and what is behind it not at all:
that is read where the status is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from attrs import evolve

from ..diagnostics.report import Report
from ..model.clause import Clause
from ..model.functions import BY_NAME, MOMENTS
from ..model.symbols import Declared, FactSymbol, Model
from ..model.types import Type
from ..syntax import nodes
from ..syntax.traverse import children
from ..syntax.traverse import walk as tree
from . import nodes as ir
from .bodies.dates import Time, report_outside, span_of, within
from .elaborate.elaborator import Elaborator
from .elaborate.errors import Skip
from .elaborate.lookback import is_this_year
from .elaborate.scope import Scope
from .traverse import walk

ClauseOf = Callable[[Clause, Iterable[nodes.Notes]], tuple[Clause, tuple[str, ...]]]


class Opened(NamedTuple):
    """A claim with the dates and notes of the blocks around it."""

    claim: nodes.Claim
    since: int
    until: int
    published: int
    notes: tuple[nodes.Notes, ...]


def guarantees_of(model: Model, elaborator: Elaborator, clause_of: ClauseOf) -> tuple[ir.Guarantee, ...]:
    """The guarantees of all layers, top first. What is wrong is reported; a guarantee with a mistake is left out."""
    first: dict[str, nodes.Guarantee] = {}
    found = []
    values = _values(model)
    for d in model.guarantees:
        assert isinstance(d.node, nodes.Guarantee)
        before = first.setdefault(d.node.title, d.node)
        if before is not d.node:
            labels = [(before.span, "先在这里写了", "written first here")]
            elaborator.report.error("P0907", d.node.span, title=d.node.title, labels=labels)
            continue
        try:
            found.append(_Reader(model, elaborator, d, d.node, values).guarantee(clause_of))
        except Skip:
            continue
    return tuple(found)


def _values(model: Model) -> frozenset[str]:
    """Every name of an enumeration's value."""
    types: list[Type] = [*model.types.values(), *(r.type for r in model.rules.values())]
    types += [f.type for e in model.entities.values() for f in e.facts.values()]
    types += [p.type for p in model.parameters.values()]
    return frozenset(m for t in types for m in t.members)


class _Reader:
    def __init__(
        self,
        model: Model,
        elaborator: Elaborator,
        declared: Declared,
        node: nodes.Guarantee,
        values: frozenset[str],
    ) -> None:
        self.model = model
        self.elaborator = elaborator
        self.declared = declared
        self.node = node
        self.values = values  # of all enumerations

    def guarantee(self, clause_of: ClauseOf) -> ir.Guarantee:
        remarks = [x.notes for x in self.node.lines if isinstance(x, nodes.Remark)]
        clause, assumptions = clause_of(self.declared.clause, remarks)
        opened = list(_open(self.node.lines, span_of(None), (), self.elaborator.report))
        entity = self.entity([x.claim for x in opened])
        claims = []
        failed = False
        for x in opened:
            try:
                source, assumed = clause_of(clause, x.notes)
                claims.append(self.claim(x, entity, source, assumed))
            except Skip:
                failed = True
        if failed:
            raise Skip
        place = self.node.span.place
        return ir.Guarantee(self.node.title, entity, tuple(claims), self.declared.layer, clause, assumptions, place)

    def claim(self, x: Opened, entity: str, clause: Clause, assumptions: tuple[str, ...]) -> ir.Claim:
        scope, node = Scope(self.model, entity), x.claim
        when = along = None
        if node.along is None:
            says = self.elaborator.condition(node.says, scope)
        else:
            says = self.elaborator.expression(node.says, scope, None)
            along = self.along(node.along, scope)
        if node.when is not None:
            when = self.elaborator.condition(node.when, scope)
        kind = self.kind(node, [says] if when is None else [says, when], entity)
        if along is not None:
            if not _reads_rules(says) or not _rises(says.type):
                found = says.type if _reads_rules(says) else None
                raise self.elaborator.fail(
                    "P0904",
                    node.says.span,
                    found=found.show("zh") if found else "事实、参数或往月的值",
                    found_en=found.show("en") if found else "facts, parameters or values of earlier months",
                )
            if kind == "roll":
                raise self.elaborator.fail("P0906", node.span)
        return ir.Claim(kind, says, along, when, x.since, x.until, x.published, clause, assumptions, node.span.place)

    def kind(self, node: nodes.Claim, formulas: list[ir.Expression], entity: str) -> str:
        parts = [part for formula in formulas for part in walk(formula)]
        cases = any(isinstance(p, (ir.FactRef, ir.RuleRef, ir.Aggregate, ir.CarriedRef, ir.Window)) for p in parts)
        if not cases:
            if not any(isinstance(p, ir.ParameterRef) for p in parts):
                raise self.elaborator.fail("P0903", node.span)
            return "figures"
        if is_roll(self.model, entity):
            return "roll"
        return "outcome" if any(self.of_results(p) for p in parts) else "condition"

    def of_results(self, part: ir.Expression) -> bool:
        """Whether it is a value that rules give, this month's or an earlier one's."""
        if isinstance(part, (ir.CarriedRef, ir.Window)):
            return self.elaborator.memory.carried[part.entity][part.name].source == "rule"
        return isinstance(part, ir.RuleRef)

    # --- the fact that rises

    def along(self, node: nodes.Name, scope: Scope) -> ir.Along:
        """The way to the fact: out to what holds the entry, or down through lists."""
        path, up, entity = node.path, 0, scope.entity
        if path[0] in scope.chain() and len(path) > 1:
            up = scope.chain().index(path[0])
            entity, path = path[0], path[1:]
        lists: list[str] = []
        while len(path) > 1 and scope.list_of(entity, path[0]):
            lists.append(path[0])
            entity, path = scope.list_of(entity, path[0]), path[1:]
        symbol = scope.member(entity, path[0]) if len(path) == 1 else None
        if symbol is None:
            if len(path) == 1 and scope.list_of(entity, path[0]):
                raise self.not_a_fact(node, "是一列，还要写取哪一项", "is a list: say which fact of its entries")
            if path[0] in self.model.parameters:
                raise self.not_a_fact(node, "是参数", "is a parameter")
            raise self.elaborator.unknown(".".join(path), node.span, Scope(self.model, entity))
        if not isinstance(symbol, FactSymbol):
            raise self.not_a_fact(node, "是规则", "is a rule")
        if not _rises(symbol.type):
            raise self.not_a_fact(node, f"是{symbol.type.show('zh')}", f"is {symbol.type.show('en')}")
        fact = ir.FactRef(0, entity, symbol.name, symbol.type, node.span.place)
        return ir.Along(up, tuple(lists), fact)

    def not_a_fact(self, node: nodes.Name, zh: str, en: str) -> Skip:
        return self.elaborator.fail("P0905", node.span, name=".".join(node.path), problem=zh, problem_en=en)

    # --- which entity

    def entity(self, claims: list[nodes.Claim]) -> str:
        """The outermost entity in which all names resolve. Raises Skip where there is none, or two stand side by side."""
        if not self.model.entities:
            return ""  # figures alone can be spoken of
        left: dict[str, list[nodes.Name]] = {}
        own: dict[str, list[nodes.Name]] = {}
        for entity in self.model.entities:
            names = [n for c in claims for n in self.names(c, entity)]
            own[entity] = [n for n in names if self.belongs(n, entity)]
            left[entity] = [n for n in names if not self.belongs(n, entity) and not self.resolves(n, entity)]
        fit = [e for e in self.model.entities if not left[e]]
        depth = {e: len(self.model.ancestors(e)) for e in fit}
        about = [e for e in fit if own[e]] or fit
        outermost = [e for e in about if depth[e] == min(depth[x] for x in about)]
        if not outermost:
            raise self.nowhere(left)
        if len(outermost) > 1 and own[outermost[0]]:
            words = {"first": outermost[0], "name": own[outermost[0]][0].path[-1]}
            entities, entities_en = "、".join(outermost), " or ".join(outermost)
            raise self.elaborator.fail("P0902", self.node.span, title=self.node.title, entities=entities, entities_en=entities_en, **words)  # fmt: skip
        return outermost[0]

    def belongs(self, name: nodes.Name, entity: str) -> bool:
        """Whether the name begins at the entity itself."""
        symbol, head = self.model.entities[entity], name.path[0]
        if head == entity and len(name.path) > 1:
            return True
        return head in symbol.facts or head in symbol.lists or (entity, head) in self.model.rules

    def resolves(self, name: nodes.Name, entity: str) -> bool:
        head = name.path[0]
        if head in self.model.broken:
            raise Skip
        if len(name.path) > 1:
            return head in self.model.ancestors(entity)
        return head in self.model.parameters or head in MOMENTS or head in self.values

    def names(self, claim: nodes.Claim, entity: str) -> Iterator[nodes.Name]:
        """The names that stand in the line itself; of a call over a list of the entity the list's name alone."""
        scope = Scope(self.model, entity)
        stack: list[nodes.Node | None] = [claim.when, claim.along, claim.says]
        while stack:
            node = stack.pop()
            if node is None:
                continue
            if isinstance(node, nodes.Name):
                yield node
            elif isinstance(node, nodes.Call) and _of_a_state(node):
                status = self.status_of(node.arguments[0], scope)
                if status is not None:
                    yield status
            elif isinstance(node, nodes.Call) and (listed := self.listed(node, scope)) is not None:
                yield listed
                stack.append(node.default)
            elif isinstance(node, nodes.Call) and is_this_year(node):
                stack.extend((node.default, *reversed(node.arguments[1:])))
            else:
                stack.extend(reversed(list(children(node))))

    def listed(self, node: nodes.Call, scope: Scope) -> nodes.Name | None:
        """The first name of a call over a list, if the entity has that list."""
        row = BY_NAME.get(node.name)
        if row is None or row.shape not in ("gather", "repeat") or len(node.arguments) != 1:
            return None
        inside = [n for n in tree(node.arguments[0]) if isinstance(n, nodes.Name)]
        return next((n for n in inside if self.elaborator.list_path(n.path, scope)), None)

    def status_of(self, node: nodes.Expression, scope: Scope) -> nodes.Name | None:
        """The name of the status whose state is meant; None where no status has it (the elaborator says so)."""
        if not isinstance(node, nodes.Name) or (len(node.path) == 2 and node.path[0] in self.model.entities):
            return None
        if len(node.path) > 1:
            return evolve(node, path=node.path[:-1])
        owners = [key for key, r in self.model.rules.items() if r.status is not None and node.path[0] in r.type.members]
        chain = scope.chain()
        owners.sort(key=lambda key: chain.index(key[0]) if key[0] in chain else len(chain))
        if not owners:
            return None
        entity, name = owners[0]
        return evolve(node, path=(entity, name) if entity in chain[1:] else (name,))

    def nowhere(self, left: dict[str, list[nodes.Name]]) -> Skip:
        """No entity has all the names: an unknown name is said as such, else whose each of them is."""
        fewest = min(left, key=lambda e: len(left[e]))
        anywhere = {x for e, s in self.model.entities.items() for x in (e, *s.facts, *s.lists)}
        anywhere |= {n for _, n in self.model.rules}
        for name in left[fewest]:
            if name.path[0] not in anywhere:
                return self.elaborator.unknown(".".join(name.path), name.span, Scope(self.model, fewest))
        zh, en = [], []
        for head in dict.fromkeys(n.path[0] for names in left.values() for n in names):
            name = nodes.Name((head,), span=self.node.span)
            owners = [e for e in self.model.entities if self.belongs(name, e)]
            if owners:
                zh.append(f"{head}（{'、'.join(owners)}）")
                en.append(f"{head} ({', '.join(owners)})")
        place = left[fewest][0].span
        upper = self.model.ancestors(fewest)[-1]
        return self.elaborator.fail("P0901", place, title=self.node.title, names="、".join(zh), names_en=", ".join(en), upper=upper)  # fmt: skip


def is_roll(model: Model, entity: str) -> bool:
    """Whether the entity stands above households: it counts as nothing itself and holds what counts as 户."""
    if model.counted(entity):
        return False
    return any(model.entities[x.entity].counts_as == "户" for x in model.entities[entity].lists.values())


def _of_a_state(node: nodes.Call) -> bool:
    row = BY_NAME.get(node.name)
    return row is not None and row.key in ("spent", "total", "at_entry") and bool(node.arguments)


def _reads_rules(formula: ir.Expression) -> bool:
    return any(isinstance(p, ir.RuleRef) for p in walk(formula))


def _rises(type_: Type) -> bool:
    """Whether one value of the type can be more than another."""
    return type_.kind in ("amount", "date") or (type_.kind == "enumeration" and type_.ordered)


def _open(
    lines: Iterable[nodes.ClaimLine], dates: Time, notes: tuple[nodes.Notes, ...], report: Report
) -> Iterator[Opened]:
    """Claims with the dates of the blocks around them; what a block says of its source holds for the claims in it."""
    since, until, published, _ = dates
    lines = tuple(lines)
    dated = dates != span_of(None)
    notes += tuple(x.notes for x in lines if dated and isinstance(x, nodes.Remark))
    for line in lines:
        match line:
            case nodes.Claim():
                yield Opened(line, since, until, published, (line.notes, *notes))
            case nodes.DatedClaims():
                if line.dates.review:
                    report.error("P0341", line.dates.span)
                inner = within(line.dates, dates)
                if inner[0] > inner[1]:
                    report_outside(report, line.dates, dates)
                    continue
                yield from _open(line.lines, inner, notes, report)
