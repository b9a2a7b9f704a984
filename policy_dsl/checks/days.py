"""Sets of days, and on which days a condition is settled by the day itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise

from ..backends import runtime
from ..backends.formatting import day_text
from ..ir import nodes as ir
from ..ir.in_force import day_after
from ..model.signs import compared

END = ir.OPEN + 1  # the first day after all


class Days:
    """Stretches of days, each from its first day to the first one after it (yyyymmdd; 0 and END where there is no end)."""

    __slots__ = ("spans",)

    def __init__(self, spans: Iterable[tuple[int, int]] = ()) -> None:
        made: list[tuple[int, int]] = []
        for first, following in sorted(spans):
            if made and first <= made[-1][1]:
                made[-1] = (made[-1][0], max(following, made[-1][1]))
            elif first < following:
                made.append((first, following))
        self.spans = tuple(made)

    def __bool__(self) -> bool:
        return bool(self.spans)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Days) and self.spans == other.spans

    def __hash__(self) -> int:
        return hash(self.spans)

    @property
    def first(self) -> int:
        return self.spans[0][0]

    @property
    def all(self) -> bool:
        return self == ALL

    def joined(self, other: Days) -> Days:
        return Days((*self.spans, *other.spans))

    def within(self, other: Days) -> Days:
        return Days((max(a, c), min(b, d)) for a, b in self.spans for c, d in other.spans if max(a, c) < min(b, d))

    def without(self, other: Days) -> Days:
        return self.within(other.others())

    def others(self) -> Days:
        """All days but these."""
        ends = [0, *(day for span in self.spans for day in span), END]
        return Days((ends[n], ends[n + 1]) for n in range(0, len(ends), 2) if ends[n] < ends[n + 1])

    def since(self, day: int) -> Days:
        return self.within(Days(((day, END),)))

    def text(self, lang: str) -> str:
        """2019-01-01 起、2017-01-01 至 2017-12-31, as a message puts it before what is said of these days."""
        if self.all:
            return "哪一天都" if lang == "zh" else "on any day"
        return ("、" if lang == "zh" else " and ").join(self._stretches(lang == "zh"))

    def _stretches(self, zh: bool) -> Iterator[str]:
        for first, following in self.spans:
            since, last = day_text(first), "" if following == END else day_text(day_after(following, -1))
            if not last:
                yield f"{since} 起" if zh else f"from {since} on"
            elif not first:
                yield f"{last} 以前" if zh else f"until {last}"
            else:
                yield f"{since} 至 {last} " if zh else f"from {since} to {last}"


ALL = Days(((0, END),))


def settled(node: ir.Expression, value: bool, days: Days) -> Days:
    """Those of some days on which a condition surely has a value, whatever the case: it asks for the day itself."""
    match node:
        case ir.Constant():
            return days if node.value is value else Days()
        case ir.Not():
            return settled(node.operand, not value, days)
        case ir.Logic(joined=joined, parts=parts):
            each = [settled(p, value, days) for p in parts]
            if value is (joined == "or"):  # one part is enough
                return Days(span for found in each for span in found.spans)
            for found in each:
                days = days.within(found)
            return days
        case ir.Compare(left=ir.Moment() as moment, right=ir.Constant() as day):
            return _compared(moment, node.sign, day.value, value, days)
        case ir.Compare(left=ir.Constant() as day, right=ir.Moment() as moment):
            turned = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}.get(node.sign, node.sign)
            return _compared(moment, turned, day.value, value, days)
    return Days()


def _compared(moment: ir.Moment, sign: str, day: int, value: bool, days: Days) -> Days:
    """Where a comparison of 决定日 or 本月 with a written day holds, or does not. Between two of the turning days it does not change."""
    ends = [0, *_turns(day), END]
    holding = Days(s for s in pairwise(ends) if compared(sign, _seen(moment, s[0]), day) is value)
    return days.within(holding)


def _seen(moment: ir.Moment, on: int) -> int:
    return on if moment.name == "decision_date" or not on else runtime.month_start(on)


def _turns(day: int) -> list[int]:
    """The days on which a comparison of 决定日 or 本月 with a day may change, ascending."""
    first = runtime.month_start(day)
    following = [] if day // 100 == ir.OPEN // 100 else [runtime.next_month(day)]
    after = [day_after(day)] if day < ir.OPEN else []
    return sorted({first, day, *after, *following})
