"""Condition cells of a table → the expression that each demands of its column, and the key by which rows replace each other."""

from __future__ import annotations

from collections.abc import Iterable

from attrs import fields

from ...syntax import nodes
from ...syntax.keywords import COMPARISON_WORDS


def row_key(columns: Iterable[nodes.Column], cells: Iterable[nodes.Cell]) -> str:
    """What the condition cells say, however it is written: neither the order of columns or values nor the spelling of a
    comparison counts, and a column with — says nothing."""
    parts = []
    for column, cell in zip(columns, cells, strict=True):
        tests: set[str] = set()
        joined = cell.joined if len(cell.tests) > 1 else "and"
        for test in cell.tests:
            if isinstance(test.operand, nodes.Range) and joined == "and":
                low, high = test.operand.low_closed, test.operand.high_closed
                tests.add(repr((">=" if low else ">", _meaning(test.operand.low))))
                tests.add(repr(("<=" if high else "<", _meaning(test.operand.high))))
            else:
                tests.add(repr((test.sign, _meaning(test.operand))))
        if tests:
            parts.append(repr((_meaning(column.expression), joined, sorted(tests))))
    return f"row {sorted(parts)}"


def _meaning(node: object) -> object:
    """A tree without what takes no part in equality; a number by its value."""
    if isinstance(node, nodes.Number):
        return ("Number", node.value, node.unit)
    if isinstance(node, nodes.Node):
        return (type(node).__name__, *(_meaning(getattr(node, f.name)) for f in fields(type(node)) if f.eq))
    return tuple(_meaning(x) for x in node) if isinstance(node, tuple) else node


def cell_condition(column: nodes.Column, cell: nodes.Cell) -> list[nodes.Expression]:
    """What the cell demands of its column, as an expression of the language; nothing for —."""
    assert column.expression is not None
    subject = column.expression
    if cell.kind != "tests":
        return []
    made: list[nodes.Expression] = []
    for test in cell.tests:
        operand = test.operand
        if isinstance(operand, nodes.Range):
            made.append(nodes.Membership(subject, operand, span=test.span))
        elif test.sign == "=" and isinstance(operand, nodes.Truth):
            made.append(subject if operand.value else nodes.Not(subject, span=test.span))
        else:
            # 以上, 以下, 以内 stand behind their number in a cell alone; in a formula they are signs
            word = test.word if test.word in COMPARISON_WORDS else test.sign
            link = nodes.Link(test.sign, word, operand, span=test.span)
            made.append(nodes.Comparison(subject, (link,), span=test.span))
    if len(made) == 1:
        return made
    plain = [t.operand for t in cell.tests if t.sign == "=" and not isinstance(t.operand, (nodes.Range, nodes.Truth))]
    if cell.joined == "or" and len(plain) == len(cell.tests):
        return [nodes.Membership(subject, tuple(plain), span=cell.span)]
    return [nodes.Logic(cell.joined, tuple(made), span=cell.span)]
