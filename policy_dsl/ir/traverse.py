"""Generic walks over formulas, written once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..diagnostics.report import PolicyError, diagnostic
from ..model.functions import BY_KEY
from ..model.units import WORKDAYS
from . import nodes as ir


def children(node: ir.Expression) -> tuple[ir.Expression, ...]:
    """The formulas directly inside, in the order in which they are read."""
    match node:
        case ir.ParameterRef():
            return node.keys
        case ir.Not():
            return (node.operand,)
        case ir.Logic():
            return node.parts
        case ir.Compare() | ir.Arithmetic():
            return (node.left, node.right)
        case ir.Among():
            return (node.item, *node.options)
        case ir.Call():
            return node.arguments
        case ir.AsOf():
            return (node.value, node.day)
        case ir.IfInForce():
            return (node.value, node.default)
        case ir.Aggregate():
            return tuple(x for x in (node.where, node.value, node.default) if x is not None)
        case ir.Outside():
            return (node.value,)
        case ir.Past():
            return tuple(x for x in (node.guard, node.value, node.default, node.otherwise) if x is not None)
        case ir.Window():
            return () if node.default is None else (node.default,)
    return ()


def walk(node: ir.Expression) -> Iterator[ir.Expression]:
    """The formula and everything inside it."""
    stack = [node]
    while stack:
        top = stack.pop()
        yield top
        stack.extend(reversed(children(top)))


def asks_calendar(node: ir.Expression) -> bool:
    """Whether the node itself, not what is inside it, needs to know the working days."""
    if isinstance(node, ir.Call):
        return node.function in BY_KEY and BY_KEY[node.function].calendar
    return (
        isinstance(node, ir.Arithmetic) and node.left.type.kind == "date" and node.right.type.unit.dims == WORKDAYS.dims
    )


def formulas(rule: ir.Rule) -> Iterator[ir.Expression]:
    """Conditions and results of all lines, whatever their date."""
    for line in rule.lines:
        if line.condition is not None:
            yield line.condition
        yield line.result


def claimed(guarantees: Iterable[ir.Guarantee]) -> Iterator[ir.Expression]:
    """The formulas of guarantees: what they say, and when."""
    for guarantee in guarantees:
        for claim in guarantee.claims:
            yield claim.says
            if claim.when is not None:
                yield claim.when


def restricted(guarantees: Iterable[ir.Guarantee]) -> frozenset[tuple[str, str]]:
    """Facts of which a guarantee about facts speaks, (entity, name): not all their combinations can come."""
    claims = (c for g in guarantees for c in g.claims if c.kind == "condition")
    said = (f for c in claims for f in (c.says, c.when) if f is not None)
    return frozenset((n.entity, n.name) for f in said for n in walk(f) if isinstance(n, ir.FactRef))


def all_formulas(program: ir.Program) -> Iterator[ir.Expression]:
    """Every formula of rules, of conditions under which differences are settled, and of guarantees."""
    for rule in program.rules:
        yield from formulas(rule)
    yield from (arrears.condition for arrears in program.arrears)
    yield from claimed(program.guarantees)


def references(rule: ir.Rule) -> list[tuple[str, str]]:
    """Rules that a rule reads, as (entity, name), each once, in the order of the text."""
    found: dict[tuple[str, str], None] = {}
    for formula in formulas(rule):
        for node in walk(formula):
            if isinstance(node, ir.RuleRef):
                found[node.entity, node.name] = None
    return list(found)


def counted_status(hidden: ir.Rule) -> tuple[str, str]:
    """The status, as (entity, name), whose months or entries a hidden rule keeps: its first condition asks for it (memory.py)."""
    condition = hidden.lines[0].condition
    assert condition is not None
    return next((n.entity, n.name) for n in walk(condition) if isinstance(n, ir.RuleRef))


def is_roll(program: ir.Program, entity: ir.Entity) -> bool:
    """Whether the entity stands above households: nothing around it counts as a person or household, and it holds what counts as 户."""
    entities = {e.name: e for e in program.entities}
    outer = entity
    while outer.holder and not outer.counts_as:
        outer = entities[outer.holder]
    return not outer.counts_as and any(entities[x.entity].counts_as == "户" for x in entity.lists)


def usual_roots(program: ir.Program) -> list[ir.Entity]:
    """The entities with which facts usually begin: the outermost ones below a roll, if there is one."""
    rolls = {e.name for e in program.entities if is_roll(program, e)}
    return [e for e in program.entities if e.name not in rolls and (not e.holder or e.holder in rolls)]


def usual_root(program: ir.Program) -> ir.Entity:
    """The entity with which facts usually begin. Raises PolicyError where a policy has none: then nothing can be decided."""
    if not program.entities:
        raise PolicyError([diagnostic("P0617", at=program.name, name=program.name)])
    return next(iter(usual_roots(program)), program.entities[0])


def ages(program: ir.Program) -> frozenset[tuple[str, str]]:
    """Facts whose age is asked for, (entity, name)."""
    asked = (node for formula in all_formulas(program) for node in walk(formula))
    days = (n.arguments[0] for n in asked if isinstance(n, ir.Call) and n.function == "age")
    return frozenset((x.entity, x.name) for x in days if isinstance(x, ir.FactRef))


def births(program: ir.Program) -> frozenset[tuple[str, str]]:
    """Facts that are births, (entity, name): before them nobody is there."""
    return frozenset((e.name, e.facts[e.born].name) for e in program.entities if e.born >= 0)


def stated_assumptions(program: ir.Program) -> Iterator[str]:
    """Every 假设 that stands at a rule, a line, a parameter, a value, a guarantee or a claim of one, whatever its date."""
    for rule in program.rules:
        yield from rule.assumptions
        for line in rule.lines:
            yield from line.assumptions
    for parameter in program.parameters:
        yield from parameter.assumptions
        for entry in parameter.entries:
            yield from entry.assumptions
    for guarantee in program.guarantees:
        yield from guarantee.assumptions
        for claim in guarantee.claims:
            yield from claim.assumptions


def first_review(program: ir.Program) -> int:
    """The earliest day (yyyymmdd) by which anything is to be looked at again; OPEN where nothing is."""
    said = (x for r in program.rules for x in r.lines)
    days = [*(x.review for x in said), *(e.review for p in program.parameters for e in p.entries)]
    return min((d for d in days if d), default=ir.OPEN)


def in_force_on(claim: ir.Claim, on: int, known: int | None = None) -> bool:
    """Whether the claim is in force on a day (yyyymmdd), as known on another."""
    return claim.since <= on <= claim.until and (known is None or (claim.published or claim.since) <= known)


def paid_on(line: ir.Line) -> ir.Expression:
    """The day that 发于 names, of the line that it makes."""
    assert isinstance(line.condition, ir.Compare)
    assert isinstance(line.condition.left, ir.Call)
    return line.condition.left.arguments[0]


def steps_of(line: ir.Line) -> tuple[int, int]:
    """(from, to) of a transition, as positions of the states."""
    assert isinstance(line.condition, ir.Logic)
    first = line.condition.parts[0]
    assert isinstance(first, ir.Compare)
    assert isinstance(first.right, ir.Constant)
    assert isinstance(line.result, ir.Constant)
    return first.right.value, line.result.value


def condition_of(line: ir.Line) -> ir.Expression:
    """What a transition demands beside the state from which it leads."""
    assert isinstance(line.condition, ir.Logic)
    rest = line.condition.parts[1:]
    return rest[0] if len(rest) == 1 else line.condition._replace(parts=rest)
