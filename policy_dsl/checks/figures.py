"""Figures that are lacking or idle: keys of a parameter that never have a value, and parameters that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.traverse import all_formulas, children, walk

_SHOWN = 5  # keys of one parameter


def check_figures(program: ir.Program, report: Report) -> None:
    """Notes on the parameters that the policy itself declares: keys without a value on any day (P0344), what nothing reads (P0345).

    A policy without rules, which is for layers below, has nothing that could read.
    """
    needed = (f.when for e in program.entities for f in e.facts if f.when is not None)
    values = (e.value for p in program.parameters for e in p.entries if e.value is not None)
    formulas = [*all_formulas(program), *needed, *values]
    read = {n.name for f in formulas for n in walk(f) if isinstance(n, ir.ParameterRef)}
    relied = [n for f in formulas for n in _without_default(f) if isinstance(n, ir.ParameterRef)]
    for parameter in program.parameters:
        if parameter.clause.policy != program.chain[-1]:
            continue  # told where the layer that declares it is checked
        if parameter.keys:
            _keys(parameter, [n for n in relied if n.name == parameter.name], report)
        if program.rules and parameter.name not in read and any(e.kind != "target" for e in parameter.entries):
            report.error("P0345", parameter.place, name=parameter.name, clause=parameter.clause.show())


def _without_default(formula: ir.Expression) -> Iterator[ir.Expression]:
    """The formula and what is inside it, but for what 现行 reads: there nothing in force is provided for."""
    stack = [formula]
    while stack:
        node = stack.pop()
        yield node
        stack.extend((node.default,) if isinstance(node, ir.IfInForce) else children(node))


def _keys(parameter: ir.Parameter, refs: list[ir.ParameterRef], report: Report) -> None:
    left: set[tuple[int, ...]] = set()
    for ref in refs:
        asked = zip(ref.keys, parameter.key_types, strict=True)
        left.update(product(*((k.value,) if isinstance(k, ir.Constant) else range(len(t.members)) for k, t in asked)))
    for e in parameter.entries:
        if e.kind != "target":
            ways = (range(len(t.members)) if k is None else k for k, t in zip(e.keys, parameter.key_types, strict=True))
            left.difference_update(product(*ways))
    if not left:
        return
    names = [
        f"{parameter.name}({', '.join(t.members[k] for k, t in zip(way, parameter.key_types, strict=True))})"
        for way in sorted(left)
    ]
    more = len(names) - _SHOWN
    report.error(
        "P0344",
        parameter.place,
        names="、".join(names[:_SHOWN]) + (f" 等 {len(names)} 项" if more > 0 else ""),
        names_en=", ".join(names[:_SHOWN]) + (f" and {more} more" if more > 0 else ""),
        clause=parameter.clause.show(),
    )
