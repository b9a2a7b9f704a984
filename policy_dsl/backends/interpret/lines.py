"""Which lines of a rule apply, and the value that they give: exceptions first, then the body in its mode."""

from __future__ import annotations

from typing import Any

from ...ir import nodes as ir
from ...ir.in_force import InForce
from ..entries import Instance
from ..values import Failure, Value, join, known
from .aggregates import Aggregates


class Lines(Aggregates):
    """Rules beside formulas."""

    def lines(self, found: InForce, at: Instance) -> Value:
        """Exceptions first, then the body (semantics, rules 3 and 7)."""
        return self.exceptions(found, at, lambda: self.body(found, at))

    def exceptions(self, found: InForce, at: Instance, body: Any) -> Value:
        applying: list[ir.Line] = []
        open_: list[tuple[ir.Line, Value]] = []
        for line in found.exceptions:
            holds = self.evaluate(line.condition, at)
            if holds is True:
                applying.append(line)
            elif holds is not False:
                open_.append((line, holds))
        if applying:
            layer = max(x.layer for x in applying)
            applying = [x for x in applying if x.layer == layer]
            beaten = {label for x in applying for label in x.beats}
            value = self.agree([x for x in applying if x.label not in beaten or not x.label], found.rule, at)
            over = {label for x in applying for label in x.beats}
            open_ = [(x, h) for x, h in open_ if x.label not in over and x.layer >= layer]
        else:
            value = body()
        if isinstance(value, Failure):
            return value
        waiting: list[Value] = []
        for line, holds in open_:
            other = self.evaluate(line.result, at)
            if not (known(value) and known(other) and other == value):
                waiting.append(holds)
        return join([*waiting, value]) if waiting else value

    def body(self, found: InForce, at: Instance) -> Value:
        rule = found.rule
        if len(found.body) == 1 and found.body[0].kind == "value":
            return self.evaluate(found.body[0].result, at)
        applying: list[ir.Line] = []
        open_: list[tuple[ir.Line, Value]] = []
        for line in found.body:
            holds = self.evaluate(line.condition, at) if line.condition is not None else True
            if found.mode == "first":
                if holds is True:
                    return self.evaluate(line.result, at)
                if holds is not False:
                    return holds
                continue
            if holds is True:
                applying.append(line)
            elif holds is not False:
                open_.append((line, holds))
        if found.mode in ("highest", "lowest", "sum"):
            return self.joined(found, applying, open_, at)
        if applying:
            return self.agree(applying, rule, at)
        if open_:
            return join(holds for _, holds in open_)
        if found.otherwise is not None:
            return self.evaluate(found.otherwise.result, at)
        return self.failure("R0101", rule.place, name=rule.called)

    def agree(self, lines: list[ir.Line], rule: ir.Rule, at: Instance) -> Value:
        """The one value of lines that apply together; different ones are a conflict."""
        values = [self.evaluate(line.result, at) for line in lines]
        held_back = join(values)
        if held_back is not None:
            return held_back
        if any(v != values[0] for v in values[1:]):
            return self.failure("R0102", lines[-1].place, name=rule.called)
        return values[0]

    def joined(
        self, found: InForce, applying: list[ir.Line], open_: list[tuple[ir.Line, Value]], at: Instance
    ) -> Value:
        values: list[Any] = [self.evaluate(line.result, at) for line in applying]
        held_back = join(values)
        if held_back is not None:
            return held_back
        if found.mode == "sum":
            waiting = join(holds for _, holds in open_)
            if waiting is not None:
                return waiting
        else:
            best = max(values) if found.mode == "highest" and values else min(values) if values else None
            could_win = []
            for line, holds in open_:
                other: Any = self.evaluate(line.result, at)
                if best is None or not known(other) or (other > best if found.mode == "highest" else other < best):
                    could_win.append(holds)
            held_back = join(could_win)
            if held_back is not None:
                return held_back
        if not values:
            if found.otherwise is None:
                return self.failure("R0101", found.rule.place, name=found.rule.called)
            return self.evaluate(found.otherwise.result, at)
        return sum(values) if found.mode == "sum" else max(values) if found.mode == "highest" else min(values)
