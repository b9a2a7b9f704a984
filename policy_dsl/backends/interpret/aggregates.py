"""What formulas gather over the entries of lists. A list that is not given stands for any number of entries between its bounds, of each
of which nothing is known."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from typing import Any, NamedTuple

from ...ir import nodes as ir
from ...model.functions import BY_KEY
from ...model.types import TRUTH
from .. import possible as may
from ..entries import Imagined, Instance
from ..possible import Bounds, Possible
from ..values import Failure, Undetermined, Value, fails, join, known, narrowed, possible
from .logic import conjunction, disjunction, may_hold, negation
from .lookback import LookBacks


class Group(NamedTuple):
    """Entries that are looked at as one: how many there are at least and at most."""

    entry: Instance
    least: int = 1
    most: int = 1


class Part(NamedTuple):
    """What a group of entries adds: how many count at least and at most, and what each of these adds."""

    least: int
    most: int
    value: Value


class Aggregates(LookBacks):
    """Formulas that gather, too."""

    def entries(self, node: ir.Aggregate, at: Instance | None) -> list[Instance] | Undetermined:
        """The entries that the aggregate ranges over, or the list that is not given."""
        here = self.up(at, node.up) if at else None
        if here is None:
            return Undetermined((".".join(node.lists),), may_fail=True)
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

    def bound(self, node: ir.Aggregate, at: Instance | None) -> ir.Aggregate:
        """The aggregate as it stands at an entry: what it reads outside of its list says of whom."""
        raise AssertionError

    def aggregate(self, node: ir.Aggregate, at: Instance | None) -> Value:
        node = self.bound(node, at)
        entries = self.entries(node, at)
        if isinstance(entries, Undetermined):
            return entries if entries.may_fail else self.over_open_list(node, at, entries)
        if node.function in ("any", "all"):
            joined = disjunction if node.function == "any" else conjunction
            return joined([self.held_truth(node, e) for e in entries])
        if node.function == "repeats":
            return self.repeats(node, entries)
        counting: list[tuple[Instance, Value]] = []
        for e in entries:
            holds = True if node.where is None else self.evaluate(node.where, e)
            if holds is not False:
                counting.append((e, holds))
        values: list[Any] = []
        for e, holds in counting:
            values.append(holds if holds is not True else True if node.value is None else self.evaluate(node.value, e))
        held = join(values)
        if held is None:
            return self.gathered(node, at, values)
        if isinstance(held, Failure):
            return held
        parts = [
            Part(1, 1, value) if holds is True else Part(0, 1, self.of_one(node, e))
            for (e, holds), value in zip(counting, values, strict=True)
            if may_hold(holds)
        ]
        return self.open_gathered(node, at, parts, held)

    def gathered(self, node: ir.Aggregate, at: Instance | None, values: list[Any]) -> Value:
        """What is gathered of known values."""
        if node.function == "count":
            return Fraction(sum(1 for v in values if v))
        if node.function == "sum":
            return sum(values, Fraction(0))
        if not values:
            return self.of_none(node, at)
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
            waiting += (text, holds) if not alone else (holds,) if fails(holds) else ()
        held_back = join(waiting)
        if isinstance(held_back, Undetermined):
            sure = Counter(text for text, holds in counted if known(text) and holds is True)
            some = Bounds(Fraction(sure.total() - len(sure)), Fraction(max(len(counted) - 1, 0)))
            return held_back._replace(possible=some)
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

    def of_none(self, node: ir.Aggregate, at: Instance | None) -> Value:
        """最大, 最小, 平均 of no entries."""
        if node.default is not None:
            return self.evaluate(node.default, at)
        row = BY_KEY[node.function]
        return self.failure("R0106", node.place, name=".".join(node.lists), function=row.zh[0], function_en=row.en[0])

    def of_one(self, node: ir.Aggregate, entry: Instance) -> Value:
        """What one entry adds if it counts."""
        return True if node.value is None else self.evaluate(node.value, entry)

    def held_truth(self, node: ir.Aggregate, entry: Instance) -> Value:
        """One entry's part in 任一 (filter and value) or 全部 (not filter, or value)."""
        assert node.value is not None
        if node.where is None:
            return self.evaluate(node.value, entry)
        holds = self.evaluate(node.where, entry)
        if holds is False:
            return node.function == "all"
        value = self.evaluate(node.value, entry)
        return conjunction([holds, value]) if node.function == "any" else disjunction([negation(holds), value])

    # --- what is open

    def groups(self, node: ir.Aggregate, at: Instance) -> list[Group]:
        """The entries at the end of the lists; in the place of a list that is not given, one entry that stands for all."""
        here = self.up(at, node.up)
        assert here is not None
        level = [Group(here)]
        for name in node.lists:
            following: list[Group] = []
            for entry, least, most in level:
                listed = entry.lists[name]
                members = next(m for m in entry.entity.lists if m.name == name)
                if listed is None:
                    following.append(Group(self.imagined(entry, members), least * members.low, most * members.high))
                else:
                    following += (Group(x, least, most) for x in listed)
            level = following
        return level

    def imagined(self, entry: Instance, members: ir.Members) -> Imagined:
        """An entry that stands for any of a list that is not given."""
        raise AssertionError

    def over_open_list(self, node: ir.Aggregate, at: Instance | None, held: Undetermined) -> Value:
        """What may come of a list that is not given; it waits for the list alone."""
        assert at is not None
        groups = self.groups(node, at)
        if node.function in ("any", "all"):
            idle = node.function == "all"
            ways: list[Value] = []
            for group in groups:
                value = self.held_truth(node, group.entry)
                left = possible(value, TRUTH)
                if not group.least:
                    left = may.either((left, frozenset((idle,))))
                ways.append(narrowed(held._replace(may_fail=fails(value)), left) if left else value)
            return disjunction(ways) if node.function == "any" else conjunction(ways)
        counting: list[Part] = []
        may_fail = False
        for entry, least, most in groups:
            holds = True if node.where is None else self.evaluate(node.where, entry)
            may_fail = may_fail or fails(holds)
            if may_hold(holds) and most:
                counting.append(Part(least if holds is True else 0, most, self.of_one(node, entry)))
        return self.open_gathered(node, at, counting, held._replace(may_fail=may_fail))

    def open_gathered(self, node: ir.Aggregate, at: Instance | None, parts: list[Part], held: Undetermined) -> Value:
        """What may come of entries of which it is open which count, how many, or what they add."""
        failed = next((p.value for p in parts if p.least and isinstance(p.value, Failure)), None)
        if failed is not None:
            return failed
        may_fail = held.may_fail or any(fails(p.value) for p in parts)
        if node.function == "count":
            truths = [may.truths(possible(p.value, TRUTH)) for p in parts]
            low = sum(p.least for p, x in zip(parts, truths, strict=True) if False not in x)
            high = sum(p.most for p, x in zip(parts, truths, strict=True) if True in x)
            return held._replace(possible=Bounds(Fraction(low), Fraction(high)), may_fail=may_fail)
        assert node.value is not None
        if node.function == "repeats":
            most = Fraction(max(sum(p.most for p in parts) - 1, 0))
            return held._replace(possible=Bounds(Fraction(0), most), may_fail=may_fail)
        sure: list[Possible] = [possible(p.value, node.value.type) for p in parts if p.least]
        perhaps: list[Possible] = [possible(p.value, node.value.type) for p in parts if not p.least]
        if node.function == "sum":
            total = Bounds(Fraction(0), Fraction(0))
            for part in parts:
                each = possible(part.value, node.value.type)
                if isinstance(each, Bounds):
                    total = may.plus(total, may.times(each, Bounds(Fraction(part.least), Fraction(part.most))))
            return held._replace(possible=total, may_fail=may_fail)
        meeting = True
        if not sure:
            instead = self.of_none(node, at)
            meeting = not isinstance(instead, Undetermined)  # alone it would be open
            may_fail = may_fail or fails(instead)
            perhaps.append(possible(instead, node.type))
            if may.either(perhaps) == may.NOTHING_LEFT:
                return instead
        held = held._replace(may_fail=may_fail)
        if node.function == "average":
            return held._replace(possible=may.either([*sure, *perhaps]))
        return narrowed(held, may.extreme(node.function == "max", sure, perhaps), meeting)
