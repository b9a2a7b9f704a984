"""An example to begin with: the plainest case that a policy takes, with what it gives now."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..backends.formatting import json_value
from ..decision import Decision
from ..diagnostics.report import PolicyError
from ..ir import nodes as ir
from ..ir.traverse import usual_roots
from ..outputs import Output
from ..policy import Policy
from ..source import Source, Span
from ..syntax import nodes

_HERE = Span(Source("", ""), 0, 0)  # of nodes that nobody wrote
_LABELS = "甲乙丙丁戊己庚辛"
_NOTHING = ("无", "没有", "none", "no")
_PLAIN = ("无", "没有", "正常", "分散", "散居", "none", "no_", "not_", "normal", "healthy")
_HARDSHIP = (
    "病",
    "残",
    "丧失",
    "失能",
    "孤",
    "服刑",
    "拒绝",
    "ill",
    "disab",
    "unable",
    "refus",
)  # what a plain person has not
_BIRTH = 19800101  # a grown person, whatever the day


def first_case(policy: Policy, title: str, month: str, lang: str) -> nodes.Example | None:
    """Every fact without a default, as few entries in each list as there may be; expects a benefit that waits for a parameter.

    None where the plainest case is not a legal one, or gives nothing that an example can expect.
    """
    root = next(iter(usual_roots(policy.program)), None)
    if root is None:
        return None
    made = _Case({e.name: e for e in policy.program.entities}, "无" if lang == "zh" else "none")
    facts = {root.name: made.filled(root, ())}
    try:
        decision = policy.decide(facts, on=month)
    except PolicyError:
        return None
    expected = next(made.expected(decision, root), None)
    return None if expected is None else nodes.Example(title, month, (*made.entries, expected), span=_HERE)


class _Case:
    """Facts, and the lines of an example that give the same."""

    def __init__(self, entities: dict[str, ir.Entity], nobody: str) -> None:
        self.entities = entities
        self.nobody = nobody  # who is in a list that may be empty
        self.entries: list[nodes.Entry] = []

    def filled(self, entity: ir.Entity, target: tuple[str, ...]) -> dict[str, Any]:
        asked = [
            f for f in entity.facts if not (f.has_default or f.died or f.when is not None or f.type.kind == "text")
        ]
        empty = [x.name for x in entity.lists if not x.low]
        out: dict[str, Any] = {f.name: _plainest(f) for f in asked or (() if empty else entity.facts[:1])}
        percent = {f.name for f in entity.facts if f.type.is_amount and f.type.own.in_percent}
        given = [_assignment(name, _written(value, name in percent)) for name, value in out.items()]
        given += (_assignment(name, nodes.Name((self.nobody,), span=_HERE)) for name in empty)
        if given:
            self.entries.append(nodes.Entry(False, None, target or (entity.name,), tuple(given), span=_HERE))
        for listed in entity.lists:
            inner = self.entities[listed.entity]
            out[listed.name] = [self.filled(inner, (*target, listed.name, _label(n))) for n in range(listed.low)]
        return out

    def expected(self, decision: Decision, root: ir.Entity) -> Iterator[nodes.Entry]:
        """Lines that the example may expect, the best first: benefits that wait for parameters, others that do, benefits, the rest."""
        waiting = {x.output: (*x.needs, *x.parameters) for x in decision.undetermined if x.parameters and not x.needs}
        outputs = list(decision.outputs.values())
        ordered = [x for x in outputs if x.path in waiting] + [x for x in outputs if x.state == "known"]
        ordered.sort(key=lambda x: (x.path not in waiting, not x.benefit))
        for output in ordered:
            if output.path in waiting:
                given = nodes.Given("unknown", None, waiting[output.path], span=_HERE)
            elif isinstance(output.value, Fraction) or output.value is None:
                continue  # no example writes a number that does not end, or that a day does not come
            else:
                given = nodes.Given("value", _written(output.value, output.unit.startswith("%")), span=_HERE)
            yield self._line(output, given, root)

    @staticmethod
    def _line(output: Output, given: nodes.Given, root: ir.Entity) -> nodes.Entry:
        path, _, name = output.path.rpartition(".")
        target = tuple(
            word
            for step in path.split(".")[1:]
            for listed, number in re.findall(r"(.*)\[(\d+)\]", step)
            for word in (listed, _label(int(number)))
        )
        made = (nodes.Assignment((name,), given, span=_HERE),)
        return nodes.Entry(True, None, target or (root.name,), made, span=_HERE)


def _label(n: int) -> str:
    return _LABELS[n] if n < len(_LABELS) else f"第{n + 1}"


def _plainest(fact: ir.Fact) -> Any:
    """The value of an enumeration that says nothing special, a day, the number nearest to zero that is in range; yes where people decide what is no hardship, else no."""
    kind = fact.type.kind
    if kind == "text":
        return "甲"
    if kind == "truth":
        return bool(fact.by) and not any(word in fact.name for word in _HARDSHIP)
    if kind == "enumeration":
        return _plain_value(fact.type.members)
    if kind == "date":
        return json_value(_BIRTH, fact.type)
    nearest = max(Fraction(0), fact.low or Fraction(0))
    nearest = nearest if fact.high is None else min(nearest, fact.high)
    own = nearest / fact.type.own.scale
    return int(own) if own.denominator == 1 else Decimal(own.numerator) / Decimal(own.denominator)


def _plain_value(members: tuple[str, ...]) -> str:
    """无 before 无残疾 before all else; where no value says that there is nothing special, the first one."""
    exact = next((m for m in members if m in _NOTHING), None)
    return exact or next((m for word in _PLAIN for m in members if m.startswith(word)), members[0])


def _assignment(name: str, value: nodes.Expression) -> nodes.Assignment:
    return nodes.Assignment((name,), nodes.Given("value", value, span=_HERE), span=_HERE)


def _written(value: object, percent: bool = False) -> nodes.Expression:
    """A value of Python or JSON as an example writes it; of percents the sign must stand there."""
    if isinstance(value, bool):
        return nodes.Truth(value, span=_HERE)
    if isinstance(value, (int, Decimal)):
        digits = f"{abs(value):f}" if isinstance(value, Decimal) else str(abs(value))
        number = nodes.Number(digits, ("%",) if percent else (), span=_HERE)
        return number if value >= 0 else nodes.Negative(number, span=_HERE)
    text = str(value)
    return nodes.Day(text, span=_HERE) if re.fullmatch(r"\d{4}-\d\d-\d\d", text) else nodes.Name((text,), span=_HERE)
