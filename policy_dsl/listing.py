"""What a policy takes, gives and is set by, listed for the Python API. Apart from `Policy`, since deciding lists nothing."""

from fractions import Fraction
from typing import NamedTuple

from .backends.formatting import day_text, python_value
from .ir import nodes as ir


class Input(NamedTuple):
    """A fact that the policy takes. `low` and `high` in the declared unit; `by` who decides it; `question` for people."""

    entity: str
    name: str
    type: str
    unit: str
    low: Fraction | None
    high: Fraction | None
    values: tuple[str, ...]
    default: object
    by: str
    question: str


class OutputInfo(NamedTuple):
    """A rule or benefit that the policy gives."""

    entity: str
    name: str
    type: str
    unit: str
    benefit: bool
    clause: str


class ParameterInfo(NamedTuple):
    """A dated parameter: (since, kind, value in the declared unit or None, clause) in the order of the text."""

    name: str
    unit: str
    keys: tuple[str, ...]
    values: tuple[tuple[str, str, object, str], ...]


def inputs(program: ir.Program) -> list[Input]:
    """Every fact of every entity, in the order of the text."""
    return [
        Input(
            e.name,
            f.name,
            f.type.show("zh").strip("「」") if f.type.kind == "enumeration" else f.type.kind,
            f.type.own.show() if f.type.is_amount else "",
            None if f.low is None else f.low / f.type.own.scale,
            None if f.high is None else f.high / f.type.own.scale,
            f.type.members,
            python_value(f.default, f.type) if f.has_default else None,
            f.by,
            f.ask,
        )
        for e in program.entities
        for f in e.facts
    ]


def outputs(program: ir.Program) -> list[OutputInfo]:
    """Every rule and benefit, in the order of the text."""
    rules = {(r.entity, r.name): r for r in program.rules}
    return [
        OutputInfo(
            r.entity, r.name, r.type.kind, r.type.own.show() if r.type.is_amount else "", r.benefit, r.clause.show()
        )
        for r in (rules[k] for k in program.outputs)
    ]


def parameters(program: ir.Program) -> list[ParameterInfo]:
    """Every parameter with its dated values."""
    return [
        ParameterInfo(
            p.name,
            p.type.own.show() if p.type.is_amount else "",
            p.keys,
            tuple(
                (
                    day_text(e.since) if e.since else "",
                    e.kind,
                    python_value(e.value.value, p.type) if isinstance(e.value, ir.Constant) else None,
                    e.clause.show(),
                )
                for e in p.entries
            ),
        )
        for p in program.parameters
    ]
