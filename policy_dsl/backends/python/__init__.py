"""IR → Python `ast`: straight-line functions over integers, from one emitter in three forms, and a reader for plain facts.

    read(facts, on)        a dict → the data tuple (facts/read.py says its form); anything unusual defers to the careful reader
    decide(P, on, data)    the data → values of all rules, nested like the data
    record(P, on, data)    the same, and for each rule which of its lines gave the value
    open(P, on, data, slow)   the same for facts some of which are unknown: what does not end plainly goes another way by itself

Each is a piece of its own, emitted when it is asked for. `decide` says which values P brings, and the others of its set take the same;
`read` knows no formulas, so that all sets of a root share it.

An amount is `num * k / den`: `num` an integer expression, `k` a fraction known now, `den` a positive integer expression or nothing.
So a quotient stays a pair until it is rounded, and `sum / n < standard` becomes `sum < standard * n`. Where the plain way ends (an
unknown fact, a gap, two lines at once) `decide` and `record` raise Defer, and `open` asks `slow` for that one rule at that one entry; none ever guesses.

Each file emits what its first line says; the emitter is one class, and each part of it extends the one before:

    workspace.py   names and statements         aggregates.py   what is gathered in loops
    amounts.py     what is done with amounts    tables.py       which of many lines applies
    lookback.py    the months before            rules.py        a rule's lines
    formulas.py    formulas                     reading.py      the reader of facts
    ast_nodes.py   constructors of `ast`        emitter.py      the functions; their loops are in flow.py
    opening.py     the form for what is open

cells.py says what conditions demand of the terms that they compare, lookups.py makes look-ups of them; neither knows `ast`.

Nodes carry the positions of the .policy text. Names of a policy become parts of local names, never code.
"""

from __future__ import annotations

import ast
import math
from fractions import Fraction
from typing import NamedTuple

from ...ir import nodes as ir
from ...ir.bounds import Analysis
from ..epoch import Epoch, epoch_order
from ..layout import RuleKey, Slot
from .ast_nodes import assign, literal
from .emitter import Emitter
from .opening import Opening
from .workspace import Handed


class Emitted(NamedTuple):
    """One function: its module; of `decide` also what its argument P brings, and where the values stand in its results."""

    module: ast.Module
    order: tuple[object, ...]
    slots: dict[RuleKey, Slot]
    entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]]  # rules and lists in each result tuple
    comments: list[str]
    handed: dict[int, tuple[Handed, ...]]  # what `open` hands over, by rule


def parameter_steps(program: ir.Program, analysis: Analysis) -> dict[str, Fraction]:
    """For each amount parameter the step that all its values are whole multiples of, on every date."""
    steps: dict[str, Fraction] = {}
    unclear: list[str] = []
    for p in program.parameters:
        if p.type.is_amount:
            fine = analysis.parameters[p.name].grid
            if fine is None:
                unclear.append(p.name)
            steps[p.name] = Fraction(1, fine or 1)
    if unclear:
        dens: dict[str, int] = dict.fromkeys(unclear, 1)
        order = epoch_order(program)
        for day in [0, *order[0]]:
            epoch = Epoch(program, day, order)
            for n in unclear:
                for held in epoch.parameters[n].values():
                    for v in (held.value, held.floor):
                        if isinstance(v, (int, Fraction)):
                            dens[n] = math.lcm(dens[n], Fraction(v).denominator)
        steps.update({n: Fraction(1, d) for n, d in dens.items()})
    return steps


def emit(
    piece: str,
    epoch: Epoch,
    root: str,
    analysis: Analysis,
    steps: dict[str, Fraction],
    offsets: dict[str, int],
    order: tuple[object, ...] = (),
    wanted: frozenset[RuleKey] | None = None,
) -> Emitted:
    """The module of one piece. `order`: what P brings, as `decide` of the same set said; `wanted`: of these rules and what they need."""
    make = Opening if piece == "open" else Emitter
    emitter = make(epoch, root, analysis, steps, offsets, order, wanted)
    slots: dict[RuleKey, Slot] = {}
    entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]] = {}
    if piece == "read":
        function, tables = emitter.reader()
        body = [*tables, function]
    else:
        function = emitter.open() if isinstance(emitter, Opening) else emitter.decide(piece == "record")
        body = [*(assign(n, literal(value)) for n, value in emitter.tables.items()), function]
        for entity in emitter.scheduler.within:
            keys = tuple(emitter.scheduler.rules.get(entity, ()))
            index = 0
            for key in keys:
                k, dynamic = emitter.forms[key]
                slots[key] = Slot(index, k, dynamic)
                index += 2 if dynamic else 1
            lists = tuple(m.name for m in emitter.entities[entity].lists if _walked(emitter, m.entity))
            entities[entity] = (keys, lists)
    module = ast.Module(body, [])
    ast.fix_missing_locations(module)
    return Emitted(module, tuple(emitter.argument_order()), slots, entities, emitter.comments, emitter.handed)


def _walked(emitter: Emitter, entity: str) -> bool:
    """Whether the plan walks the list of this entity."""
    if emitter.scheduler.rules.get(entity) or any(g.node.entity == entity for g in emitter.scheduler.gathers):
        return True
    return any(_walked(emitter, m.entity) for m in emitter.entities[entity].lists)


def strip_comments(module: ast.Module) -> ast.Module:
    """The module without the statements that stand for comments."""

    class Strip(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
            value = node.value
            return (
                None
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.startswith("§")
                else node
            )

    made: ast.Module = Strip().visit(module)
    return ast.fix_missing_locations(made)
