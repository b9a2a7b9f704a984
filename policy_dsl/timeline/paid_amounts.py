"""Amounts of a history's ledger (已发), read as facts are: what was paid of a benefit, in money."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from ..backends.encoding import fact_step
from ..backends.payment import paid_type
from ..backends.runtime import UNKNOWN
from ..diagnostics.report import suggestion
from ..facts import wanted
from ..facts.read import Reader
from ..ir import nodes as ir
from ..ir.periods import money
from ..model.types import Type
from .spells import Spell


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

    def ledger(
        self,
        value: object,
        entity: ir.Entity,
        path: str,
        spells: Callable[..., tuple[Spell, ...]],
        lasting: Callable[..., tuple[Spell, ...]],
    ) -> dict[str, tuple[Spell, ...]]:
        """已发 of one entry: what was really paid, by benefit: an amount (read by `lasting`), or amounts with dates (read by `spells`)."""
        out: dict[str, tuple[Spell, ...]] = {}
        if not isinstance(value, dict):
            self.reader.wrong_type(path, wanted.BENEFITS, value)
            return out
        benefits: dict[Any, ir.Rule] = {
            r.name: r for r in self.reader.program.rules if r.benefit and r.entity == entity.name
        }
        for name, rows in value.items():
            rule = benefits.get(name)
            if rule is None:
                zh, en = suggestion(str(name)[:40], benefits)
                own = (f"给付：{'、'.join(benefits)}", f"benefits: {', '.join(benefits)}")
                if not benefits:
                    own = (f"{entity.name}没有给付", f"{entity.name} has no benefit")
                hint = (zh or own[0], en or own[1])
                self.reader.error("F0211", f"{path}.{str(name)[:40]}", name=str(name)[:40], hint=hint)
                continue
            paid, where = self.of(rule, negative=False), f"{path}.{name}"
            if isinstance(rows, list):
                words = ("按决定发放", "paid as decided")
                out[name] = spells(rows, where, paid, words, self.of(rule, negative=True))
            else:
                out[name] = lasting(rows, where, paid, ("", ""))
        return out

    def _fact(self, rule: ir.Rule, type_: Type, negative: bool) -> ir.Fact:
        low = None if negative else Fraction(0)
        made = ir.Fact(rule.name, type_, low, None, None, False, False, "", "", None, rule.clause, rule.place)
        return self._facts.setdefault((rule.entity, rule.name, type_.own.show(), negative), made)
