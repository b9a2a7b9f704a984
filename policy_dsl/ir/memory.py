"""Looking back: 上月, 近, 持续, 累计, 进入时 → what an entry carries from month to month.

Each look-back is lowered to plain values (elaborate/lookback.py): a month's decision is a function of its facts and of what was carried over, and gives what
the next month needs. So nothing recurses through months, every evaluator stays as it is, and what a month needs of the past is known
when the policy is compiled (as `pre` in synchronous languages: Halbwachs et al., The synchronous data flow language Lustre, 1991).
"""

from __future__ import annotations

from fractions import Fraction

from ..model.clause import Clause
from ..model.reserved_keys import stay_of
from ..model.symbols import RuleSymbol
from ..model.types import MONTH_COUNT, TRUTH, Type
from ..source import Place
from . import nodes as ir


class Memory:
    """All that the entries of a policy carry, and the hidden rules that compute it; filled while bodies are read."""

    def __init__(self) -> None:
        self.carried: dict[str, dict[str, ir.Carried]] = {}
        self.rules: dict[tuple[str, str], ir.Rule] = {}

    def _keep(self, entity: str, made: ir.Carried) -> None:
        self.carried.setdefault(entity, {}).setdefault(made.name, made)

    def value(self, ref: ir.FactRef | ir.RuleRef, status: bool) -> ir.CarriedRef:
        """Last month's value of a fact or rule; of a status the state from which it goes on. It begins in its 起始, its first state."""
        return self._value(ref, ref.name, 0 if status else None, keeps=status)

    def last_state(self, ref: ir.RuleRef) -> ir.CarriedRef:
        """What 上月 says of a status: apart from the state from which it goes on, since it has no value after an absence."""
        return self._value(ref, f"上月({ref.name})", 0, keeps=False)

    def _value(self, ref: ir.FactRef | ir.RuleRef, name: str, start: object, *, keeps: bool) -> ir.CarriedRef:
        source = "fact" if isinstance(ref, ir.FactRef) else "rule"
        made = ir.Carried(name, "value", source, ref.name, 0, ref.type, start, 0, (ref.name,), ref.place, keeps)
        self._keep(ref.entity, made)
        return ir.CarriedRef(ref.up, ref.entity, name, ref.type, ref.place)

    def window(self, ref: ir.FactRef | ir.RuleRef, months: int) -> str:
        """The carried values of the months before; the longest window asked for is kept."""
        source = "fact" if isinstance(ref, ir.FactRef) else "rule"
        name = f"近({ref.name})"
        before = self.carried.setdefault(ref.entity, {}).get(name)
        longest = max(months, before.months if before else 0)
        made = ir.Carried(name, "window", source, ref.name, longest, ref.type, None, 0, ("近", ref.name), ref.place)
        self.carried[ref.entity][name] = made
        return name

    def count(
        self, entity: str, symbol: RuleSymbol, state: int | None, up: int, place: Place, alone: bool
    ) -> ir.CarriedRef:
        """Months of this stay up to last month (`state` None), or all earlier months in a state."""
        status = ir.RuleRef(0, entity, symbol.name, symbol.type, place)
        one = ir.Constant(Fraction(1), MONTH_COUNT, place)
        if state is None:
            name, given = stay_of(symbol.name), ("持续",) if alone else ("持续", symbol.name)
            same: ir.Expression = self.value(status, True)
            rest: ir.Expression = one
        else:
            member = symbol.type.members[state]
            name, given = f"累计({symbol.name}.{member})", ("累计", member if alone else f"{symbol.name}.{member}")
            same = ir.Constant(state, symbol.type, place)
            rest = ir.CarriedRef(0, entity, name, MONTH_COUNT, place)
        carried = ir.CarriedRef(0, entity, name, MONTH_COUNT, place)
        more = ir.Arithmetic("+", carried, one, MONTH_COUNT, place)
        holds = ir.Compare("=", status, same, "=", TRUTH, place)
        self._hide(entity, name, MONTH_COUNT, symbol, place, [(holds, more), (None, rest)])
        made = ir.Carried(name, "value", "rule", name, 0, MONTH_COUNT, Fraction(0), 1, given, place, keeps=True)
        self._keep(entity, made)
        return ir.CarriedRef(up, entity, name, MONTH_COUNT, place)

    def entry(
        self, entity: str, symbol: RuleSymbol, state: int, value: ir.Expression, words: str, place: Place, alone: bool
    ) -> str:
        """The value that a formula had in the month in which the present stay in a state began."""
        shown = symbol.type.members[state] if alone else f"{symbol.name}.{symbol.type.members[state]}"
        name = f"进入时({shown}, {words})"
        status = ir.RuleRef(0, entity, symbol.name, symbol.type, place)
        member = ir.Constant(state, symbol.type, place)
        now = ir.Compare("=", status, member, "=", TRUTH, place)
        before = ir.Compare("=", self.value(status, True), member, "=", TRUTH, place)
        stays = ir.Logic("and", (now, before), TRUTH, place)
        begins = ir.Logic("and", (now, ir.Not(before, TRUTH, place)), TRUTH, place)
        carried = ir.CarriedRef(0, entity, name, value.type, place)
        lines = [(stays, carried), (begins, value), (None, _nothing(value.type, place))]
        self._hide(entity, name, value.type, symbol, place, lines)  # type: ignore[arg-type]
        key = ("进入时", f"{shown}, {words}")
        self._keep(entity, ir.Carried(name, "value", "rule", name, 0, value.type, None, 0, key, place, keeps=True))
        return name

    def _hide(
        self,
        entity: str,
        name: str,
        type_: Type,
        symbol: RuleSymbol,
        place: Place,
        lines: list[tuple[ir.Expression | None, ir.Expression]],
    ) -> None:
        if (entity, name) in self.rules:
            return
        clause: Clause = symbol.declared[0].clause
        body = tuple(
            ir.Line(
                "branch" if condition is not None else "otherwise",
                "", condition, result, (), 0, ir.OPEN, 0, -1, "", 0, clause, (), place,
            )
            for condition, result in lines
        )  # fmt: skip
        self.rules[entity, name] = ir.Rule(
            entity, name, type_, False, (), body, 0, ir.OPEN, clause, (), place, hidden=True
        )


def _nothing(type_: Type, place: Place) -> ir.Constant:
    """A value for a state that is not entered; nobody reads it."""
    value = {"amount": Fraction(0), "truth": False, "date": 10101}.get(type_.kind, 0)
    return ir.Constant(value, type_, place)
