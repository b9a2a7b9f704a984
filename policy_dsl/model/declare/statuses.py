"""The states of a 阶段: those that its lines name, in all layers and sections."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ...diagnostics.report import suggestion
from ...syntax import nodes
from ..symbols import StatusSymbol
from ..types import TRUTH, Type
from .collected import Collected
from .types import enumeration


def status_of(collected: Collected, node: nodes.Status, layer: int) -> tuple[StatusSymbol | None, Type]:
    """The states of a 阶段, those that lower layers or later regimes add among them; 起始 comes first."""
    bodies = [(node, layer)]
    for d in collected.found:
        again = isinstance(d.node, nodes.Status) and d.node.name == node.name and d.node is not node
        if again or (isinstance(d.node, nodes.Amendment) and node.name in d.node.names):
            bodies.append((d.node, d.layer))  # type: ignore[arg-type]
    initials: list[nodes.Initial] = []
    states: dict[str, None] = {}
    left: dict[str, None] = {}
    finals: set[str] = set()
    said = sorted(bodies, key=lambda x: x[1])
    kept = max((at for body, at in said if not body.dates and any(_takes_all(x) for x in body.body)), default=0)
    for body, at in said:
        for line in _flat(body.body):
            if isinstance(line, nodes.Initial):
                initials.append(line)
            elif isinstance(line, nodes.Transition):
                states.update(dict.fromkeys((*line.sources, line.target)))
                left.update(dict.fromkeys(line.sources))
            elif isinstance(line, nodes.Final):
                states.update(dict.fromkeys(line.states))
                finals |= set(line.states) if at >= kept else set()
    if len({x.state for x in initials}) != 1:
        if initials:
            labels = [(initials[0].span, "先在这里写了", "written first here")]
            collected.report.error("P1002", initials[-1].span, name=node.name, labels=labels)
        else:
            collected.report.error("P1001", node.span, name=node.name)
        return None, TRUTH
    first = initials[0].state
    members = tuple(dict.fromkeys((first, *states)))
    if first not in left and first not in finals:  # all else would follow from it
        zh, en = suggestion(first, left)
        hint = (zh or f"写一行：{first} → … 当 条件", en or f"write a line: {first} → … when …")
        collected.report.error("P1006", initials[-1].span, state=first, hint=hint)
        return None, TRUTH
    return StatusSymbol(first, frozenset(finals)), enumeration(collected, node.name, members, False, node.span)


def _takes_all(line: nodes.Line) -> bool:
    """A 废止 of everything that is inherited, without a date."""
    return isinstance(line, nodes.Repeal) and not line.name


def _flat(lines: Iterable[nodes.Line]) -> Iterator[nodes.Line]:
    """The lines of a body, those of dated blocks in their place."""
    for line in lines:
        if isinstance(line, nodes.Dated):
            yield from _flat(line.lines)
        else:
            yield line
