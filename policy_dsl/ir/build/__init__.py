"""Model → program: every body read, dated and layered; then ordered so that each rule stands after those it reads.

Each file builds what its first line says:

    sources.py     clauses, assumptions, and what is repealed
    entities.py    entities and their facts
    parameters.py  parameters and their values
    rules.py       rules, benefits and statuses with their lines
    statuses.py    what a status alone has: transitions, first and last states
    arrears.py     when the difference of a benefit is paid later
    paid_on.py     on which day money without a period is paid
    shape.py       what may stand beside what in one rule
    twelfths.py    / 12 and * 12 beside a period, which is converted already
    unit_fixes.py  what to write where units do not go together
    order.py       the order of rules, and circles among them
"""

from __future__ import annotations

from ...diagnostics.report import Report
from ...model.symbols import Declared, Model
from ...syntax import nodes
from .. import nodes as ir
from ..births import marked_dates, settle_births
from ..carried_grids import settle_grids
from ..elaborate.elaborator import Elaborator
from ..examples import example_of
from ..guarantees import guarantees_of
from ..identities import settle_identities
from ..traverse import all_formulas, asks_calendar, walk
from .entities import Entities
from .order import in_order
from .parameters import Parameters
from .rules import Rules
from .sources import Sources
from .twelfths import tell_twelfths
from .unit_fixes import tell_fixes


def build(model: Model, digest: str, report: Report) -> ir.Program:
    """The program of a model. What is wrong is reported; with errors reported the program is not fit for use."""
    elaborator, sources = Elaborator(model, report), Sources(model, report)
    entities = tuple(map(Entities(elaborator).entity, model.entities.values()))
    parameters = tuple(map(Parameters(elaborator, sources).parameter, model.parameters.values()))
    bodies = Rules(elaborator, sources)
    rules = [r for symbol in model.rules.values() for r in bodies.rule(symbol)]
    guarantees = guarantees_of(model, elaborator, sources.clause)  # they may look back, too
    memory = elaborator.memory
    entities = tuple(e._replace(carried=tuple(memory.carried.get(e.name, {}).values())) for e in entities)
    ordered = in_order([*rules, *memory.rules.values()], report)
    program = ir.Program(
        model.name,
        model.chain,
        model.jurisdiction,
        digest,
        entities,
        parameters,
        tuple(ordered),
        (),
        tuple(model.rules),
        tuple(ir.Payday(_head(d).payday or 0, d.layer, d.clause, d.node.span.place) for d in model.paydays),
        tuple(bodies.arrears.made),
        jurisdictions=model.jurisdictions,
        documents=tuple(
            ir.Document(x.number or x.id, x.title or "", x.issuer or "", x.date or "", model.declaring[x.id])
            for x in model.documents.values()
        ),
    )
    tell_fixes(elaborator, report)
    tell_twelfths(elaborator.products, parameters, report)
    if not report.failed:  # a rule may read what could not be built
        program = settle_grids(program)
    examples = tuple(x for d in model.examples for x in [example_of(d, model, report)] if x is not None)
    program = settle_identities(program, model, report)
    program = settle_births(program._replace(examples=examples, guarantees=guarantees), *marked_dates(model, report))
    deadlines = any(asks_calendar(node) for formula in all_formulas(program) for node in walk(formula))
    return program._replace(deadlines=deadlines)


def _head(d: Declared) -> nodes.PolicyHead:
    assert isinstance(d.node, nodes.PolicyHead)
    return d.node
