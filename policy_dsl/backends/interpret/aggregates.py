"""What formulas gather over the entries of lists."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any

from ...ir import nodes as ir
from ...model.functions import BY_KEY
from ..entries import Instance
from ..values import Failure, Undetermined, Value, join, known
from .lookback import LookBacks


class Aggregates(LookBacks):
    """Formulas that gather, too."""

    def entries(self, node: ir.Aggregate, at: Instance | None) -> list[Instance] | Undetermined:
        """The entries that the aggregate ranges over, or the list that is not given."""
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((".".join(node.lists),))
        level = [here]
        for name in node.lists:
            following: list[Instance] = []
            for entry in level:
                listed = entry.lists[name]
                if listed is None:
                    return Undetermined((f"{entry.path}.{name}",))
                following += listed
            level = following
        return level

    def aggregate(self, node: ir.Aggregate, at: Instance | None) -> Value:
        entries = self.entries(node, at)
        if isinstance(entries, Undetermined):
            return entries
        if node.function in ("any", "all"):
            decisive = node.function == "any"
            parts = [self.held_truth(node, e, decisive) for e in entries]
            if any(p is decisive for p in parts):
                return decisive
            held_back = join(parts)
            return held_back if held_back is not None else not decisive
        if node.function == "repeats":
            return self.repeats(node, entries)
        values: list[Any] = []
        for e in entries:
            holds = True if node.where is None else self.evaluate(node.where, e)
            if holds is False:
                continue
            if holds is not True:
                values.append(holds)
                continue
            values.append(True if node.value is None else self.evaluate(node.value, e))
        held_back = join(values)
        if held_back is not None:
            return held_back
        if node.function == "count":
            return Fraction(sum(1 for v in values if v))
        if node.function == "sum":
            return sum(values, Fraction(0))
        if not values:
            if node.default is None:
                row = BY_KEY[node.function]
                return self.failure(
                    "R0106", node.place, name=".".join(node.lists), function=row.zh[0], function_en=row.en[0]
                )
            return self.evaluate(node.default, at)
        if node.function == "average":
            return Fraction(sum(values)) / len(values)
        return max(values) if node.function == "max" else min(values)

    def repeats(self, node: ir.Aggregate, entries: list[Instance]) -> Value:
        """How many texts occur before. One that is not known, or perhaps does not count, matters where it may be equal to another."""
        assert node.value is not None
        counted: list[tuple[Value, Value]] = []  # (text, whether it counts) of all that may count
        for e in entries:
            holds = True if node.where is None else self.evaluate(node.where, e)
            if holds is not False:
                counted.append((self.evaluate(node.value, e), holds))
        texts = Counter(text for text, _ in counted if known(text))
        loose = len(counted) - texts.total()  # texts that are not known
        waiting: list[Value] = []
        for text, holds in counted:
            alone = len(counted) == 1 if not known(text) else texts[text] == 1 and not loose
            if not alone or isinstance(holds, Failure):
                waiting += (text, holds)
        held_back = join(waiting)
        return held_back if held_back is not None else Fraction(texts.total() - len(texts))

    def repeated(self, node: ir.Aggregate, entries: list[Instance]) -> list[Instance]:
        """The entries that count and whose text occurs before, for people."""
        seen: set[Value] = set()
        out = []
        for e in entries:
            text = self.evaluate(node.value, e)
            if known(text) and (node.where is None or self.evaluate(node.where, e) is True):
                out += [e] if text in seen else []
                seen.add(text)
        return out

    def held_truth(self, node: ir.Aggregate, entry: Instance, decisive: bool) -> Value:
        """One entry's part in 任一 (filter and value) or 全部 (not filter, or value)."""
        assert node.value is not None
        value = self.evaluate(node.value, entry)
        if node.where is None:
            return value
        holds = self.evaluate(node.where, entry)
        if decisive:  # any: both must hold
            if holds is False or value is False:
                return False
            held_back = join([holds, value])
            return held_back if held_back is not None else True
        if holds is False or value is True:  # all: does not count, or holds
            return True
        held_back = join([holds, value])
        return held_back if held_back is not None else False
