"""How long a status has been in its state, and the term set for it: 第 2 个月，期限 6 个月. Said where the policy counts it (持续)."""

from __future__ import annotations

from fractions import Fraction

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import known
from ..decision import Decision
from ..ir import nodes as ir
from ..ir.traverse import steps_of, walk
from ..model.reserved_keys import stay_of


def stay(decision: Decision, entry: Instance, rule: ir.Rule, lang: str) -> str:
    """The month of the stay and the term after which a transition in force may end it; "" where the policy asks for neither."""
    state = entry.values.get(rule.name)
    month = entry.values.get(stay_of(rule.name))
    found = decision.epoch.rules[rule.entity, rule.name]
    if found is None or not isinstance(state, int) or not isinstance(month, Fraction):
        return ""
    limits = [
        limit
        for line in found.body
        if line.kind == "transition" and steps_of(line)[0] == state
        if line.condition is not None
        for node in walk(line.condition)
        if isinstance(node, ir.Compare) and (limit := _limit(decision, entry, node)) is not None
    ]
    if not limits:
        return ""
    most = min(limits)
    if lang == "zh":
        return f"第 {month} 个月，期限 {most} 个月" if month <= most else f"第 {month} 个月"
    return f"month {month} of {most}" if month <= most else f"month {month}"


def _limit(decision: Decision, entry: Instance, node: ir.Compare) -> Fraction | None:
    """The whole months that a comparison with 持续 lets pass before it holds."""
    if not isinstance(node.left, ir.Past) or node.left.function != "spent" or node.sign not in {">=", ">"}:
        return None
    term = node.right
    if isinstance(term, ir.Past) and isinstance(term.value, ir.CarriedRef) and term.function == "at_entry":
        # A transition asks what came over from last month; the month of the entry has it among its own values.
        term = ir.RuleRef(term.value.up, term.value.entity, term.value.name, term.type, term.place)
    value = Interpretation(decision.epoch, decision.day, decision.instance).evaluate(term, entry)
    if not known(value) or not isinstance(value, (int, Fraction)):
        return None
    months = Fraction(value)
    return Fraction(-(-months // 1) if node.sign == ">=" else months // 1 + 1)


__all__ = ["stay"]
