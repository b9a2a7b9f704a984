"""Money without a period: when it is paid, which 发于 says."""

from __future__ import annotations

from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.periods import period


def check_one_off(program: ir.Program, report: Report) -> None:
    """Reports 发于 under a benefit that has a period, and money without a period of which no month is said."""
    for rule in program.rules:
        if not rule.benefit:
            continue
        said = [x for x in rule.lines if x.key == ir.PAID_ON]
        own = rule.type.own
        unit, unit_en = own.show("zh"), own.show("en")
        if said and period(rule.type.unit):
            report.error("P0252", said[0].place, name=rule.name, unit=unit, unit_en=unit_en)
        if not said and not period(rule.type.unit):
            report.error("P0253", rule.place, name=rule.name, unit=unit, unit_en=unit_en)
