"""Amounts of a history's ledger (已发), read as facts are: what was paid of a benefit, in money."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..backends.encoding import fact_step
from ..backends.payment import paid_type
from ..backends.runtime import UNKNOWN
from ..facts import wanted
from ..facts.read import Reader
from ..ir import nodes as ir
from ..ir.periods import money
from ..model.types import Type


class PaidAmounts:
    """Benefits as facts of the ledger, each kept: the reader knows a fact by its id."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._facts: dict[tuple[str, str, str, bool], ir.Fact] = {}

    def of(self, rule: ir.Rule, *, negative: bool) -> Callable[[object, str], object]:
        """What reads an amount of the benefit at its path: money, of a benefit per month as an amount per month, too.

        `negative`: of what a month paid for others, which may have been taken back.
        """
        monthly, plain = (self._fact(rule, type_, negative) for type_ in (paid_type(rule), money(rule.type)))

        def amount(value: object, path: str) -> object:
            if value is None:
                self.reader.wrong_type(path, wanted.amount(), value)
            by_month = not isinstance(value, str) or any(word in value for word in ("月", "month"))
            fact = monthly if by_month else plain
            steps = self.reader.fact(value, fact, path)
            return steps if steps is UNKNOWN else steps * fact_step(fact.type)

        return amount

    def _fact(self, rule: ir.Rule, type_: Type, negative: bool) -> ir.Fact:
        low = None if negative else Fraction(0)
        made = ir.Fact(rule.name, type_, low, None, None, False, False, "", "", None, rule.clause, rule.place)
        return self._facts.setdefault((rule.entity, rule.name, type_.own.show(), negative), made)
