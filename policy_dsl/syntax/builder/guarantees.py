"""Guarantees: the claims under a title."""

from __future__ import annotations

from typing import Any

from lark import Token

from .. import nodes, undated
from .dates import Dates


class Guarantees(Dates):
    """Claims, dated or not."""

    def guarantee(self, c: list[Any]) -> nodes.Guarantee:
        lines = tuple(self.pick(c, nodes.Claim, nodes.DatedClaims, nodes.Remark))
        self.without_dates(c[1], undated.CLAIM)
        return nodes.Guarantee(str(c[1]), lines, span=self.span(c[:2]))

    def claim(self, c: list[Any]) -> nodes.Claim:
        when = None if c[2] is None else self.limited(c[2])
        return nodes.Claim(self.limited(c[0]), None, when, c[3], span=self.span(c[:-1]))

    def along(self, c: list[Any]) -> nodes.Claim:
        when = None if c[5] is None else self.limited(c[5])
        return nodes.Claim(self.limited(c[0]), c[2], when, c[6], span=self.span(c[:-1]))

    def dated_claims(self, c: list[Any]) -> nodes.DatedClaims:
        return nodes.DatedClaims(c[0], tuple(x for x in c[1:] if not isinstance(x, Token)), span=self.span(c[:1]))
