"""Amounts of a history's ledger (已发), read as facts are: what was paid of a benefit, in money."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from ..backends.encoding import fact_step
from ..backends.payment import paid_type
from ..backends.runtime import UNKNOWN
from ..facts.read import Reader
from ..ir import nodes as ir


class PaidAmounts:
    """Benefits as facts of the ledger, each kept: the reader knows a fact by its id."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self._facts: dict[tuple[str, str, bool], ir.Fact] = {}

    def of(self, rule: ir.Rule, *, negative: bool) -> Callable[[object, str], object]:
        """What reads an amount of the benefit at its path. `negative`: of what a month paid for others, which may have been taken back."""
        low = None if negative else Fraction(0)
        made = ir.Fact(rule.name, paid_type(rule), low, None, None, False, False, "", "", None, rule.clause, rule.place)
        fact = self._facts.setdefault((rule.entity, rule.name, negative), made)

        def amount(value: object, path: str) -> object:
            if value is None:
                self.reader.wrong_type(path, ("数", "a number"), value)
            steps = self.reader.fact(value, fact, path)
            return steps if steps is UNKNOWN else steps * fact_step(fact.type)

        return amount
