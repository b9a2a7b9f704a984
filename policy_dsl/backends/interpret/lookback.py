"""What formulas read of the months before: carried values, 上月, 近."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...model.functions import THIS_YEAR
from ...model.types import TRUTH
from .. import possible as may
from .. import runtime
from ..entries import Instance
from ..possible import Bounds
from ..values import Failure, Undetermined, Value, join, narrowed, possible
from .logic import conjunction, disjunction, may_hold, may_not_hold, one_of
from .operations import Operations


class LookBacks(Operations):
    """Formulas that look back, too."""

    on: int  # the day that is decided, yyyymmdd

    def up(self, at: Instance, levels: int) -> Instance | None:
        here: Instance | None = at
        for _ in range(levels):
            here = here.holder if here else None
        return here

    def carried(self, node: ir.CarriedRef, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",), may_fail=True)
        return here.carried[node.name]

    def past(self, node: ir.Past, at: Instance | None) -> Value:
        if node.guard is None:
            return self.earlier(node, at)
        holds = self.evaluate(node.guard, at)
        if isinstance(holds, Failure):
            return holds
        outcomes = [self.earlier(node, at)] if may_hold(holds) else []
        if may_not_hold(holds):
            if node.otherwise is not None:
                outcomes.append(self.evaluate(node.otherwise, at))
            else:
                outcomes.append(self.failure("R0121", node.place, name=node.shown.partition(", ")[0]))
        return one_of(outcomes, node.type, holds) if isinstance(holds, Undetermined) else outcomes[0]

    def earlier(self, node: ir.Past, at: Instance | None) -> Value:
        """The value of the month before, or what holds where there is none."""
        value = self.evaluate(node.value, at)
        if value is not runtime.NOTHING:
            return value
        return self.before(node, node.default, at)

    def before(self, node: ir.Past | ir.Window, default: ir.Expression | None, at: Instance | None) -> Value:
        """What holds where there is no earlier month, or none with a value: nothing was in force, or the entry was not there."""
        if default is not None:
            return self.evaluate(default, at)
        value = {"amount": ("0", "0"), "truth": ("否", "no")}.get(node.type.kind, ("…", "…"))
        instead = (f"默认 {value[0]}", f"default {value[1]}")
        if isinstance(node, ir.Past):
            usage, usage_en = (
                f"{word}({node.shown}, {x})" for word, x in zip(("上月", "previous"), instead, strict=True)
            )
        else:
            zh, en = THIS_YEAR if node.year else (f"{node.months} 个月", f"{node.months} months")
            usage = f"近({zh}, {node.shown}, {instead[0]})"
            usage_en = f"last({en}, {node.shown}, {instead[1]})"
        return self.failure("R0120", node.place, name=node.shown, usage=usage, usage_en=usage_en)

    def length(self, node: ir.Window) -> int:
        """How many months before this one a window looks at."""
        return runtime.month_of(self.on) - 1 if node.year else node.months

    def months(self, entry: Instance, node: ir.Window) -> list[Any]:
        """The values of the months before that a window looks at, the earliest first; fewer where there were fewer months, NOTHING for one
        without a value: nothing was in force, or the entry was not there."""
        carried = entry.carried[node.name]
        return [] if isinstance(carried, runtime.Held) else list(carried[max(len(carried) - self.length(node), 0) :])

    def lacking(self, entry: Instance, node: ir.Window) -> int:
        """How many of a window's months have no value."""
        values = self.months(entry, node)
        return self.length(node) - sum(v is not runtime.NOTHING for v in values)

    def window(self, node: ir.Window, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((f"{node.entity}.{node.name}",), may_fail=True)
        carried = here.carried[node.name]
        if isinstance(carried, runtime.Held) and carried is not runtime.NOTHING:
            held: Value = carried.value
            # how many months there were is not known
            return held._replace(possible=None, may_fail=True) if isinstance(held, Undetermined) else held
        values = self.months(here, node)
        if self.lacking(here, node):
            rest = self.before(node, node.default, at)
            values = [rest if v is runtime.NOTHING else v for v in values]
            values = [*([rest] * (self.length(node) - len(values))), *values]
        if not values and node.function in ("max", "min", "average"):
            return self.before(node, node.default, at)  # in January
        if node.function in ("any", "all"):
            return disjunction(values) if node.function == "any" else conjunction(values)
        held_back = join(values)
        if isinstance(held_back, Undetermined):
            return over_months(node, values, held_back)
        if held_back is not None:
            return held_back
        match node.function:
            case "count":
                return Fraction(sum(values))
            case "max" | "min":
                return max(values) if node.function == "max" else min(values)
        total = sum(values, Fraction(0))
        return total / len(values) if node.function == "average" else total


def over_months(node: ir.Window, values: list[Value], held: Undetermined) -> Value:
    """A function over months some of which are open."""
    if node.function == "count":
        truths = [may.truths(possible(v, TRUTH)) for v in values]
        some = (sum(False not in x for x in truths), sum(True in x for x in truths))
        return held._replace(possible=Bounds(*map(Fraction, some)))
    parts = [possible(v, node.type) for v in values]
    if node.function in ("max", "min"):
        return narrowed(held, may.extreme(node.function == "max", parts), meeting=True)
    total = Bounds(Fraction(0), Fraction(0))
    for part in parts:
        total = may.plus(total, part if isinstance(part, Bounds) else may.UNBOUNDED)
    share = Fraction(1, len(values) if node.function == "average" else 1)
    return held._replace(possible=may.along(total, lambda x: x * share))
