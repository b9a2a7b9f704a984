"""标准 / 12, 月收入 * 12: a period is converted where it is read, so this is a twelfth of a year's amount still a year, not a month's."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from ...diagnostics.report import Report
from ...model.types import Type, amount, plain_number
from ...model.units import Unit
from .. import nodes as ir

_OTHER = {"年": "月", "月": "年"}


def tell_twelfths(products: Iterable[ir.Arithmetic], parameters: tuple[ir.Parameter, ...], report: Report) -> None:
    """Warns of each, with what is meant by it and the amount where it is known."""
    values = {p.name: p for p in parameters}
    for made in products:
        for side, period in _twelve(made):
            other = _in(side.type.unit, period)
            own = side.type._replace(written=None)
            example = _example(side, values, other)
            zh, en = example or ("", "")
            report.error(
                "P0311",
                made.place,
                written=made.place.written,
                part="十二分之一" if period == "年" else "十二倍",
                part_en="a twelfth of" if period == "年" else "twelve times",
                unit=own.unit.show("zh"),
                unit_en=own.unit.show("en"),
                instead=side.place.written,
                other=other.unit.show("zh"),
                other_en=other.unit.show("en"),
                amount=zh,
                amount_en=en,
            )


def _twelve(made: ir.Arithmetic) -> Iterator[tuple[ir.Expression, str]]:
    """The side that has a period, with it, where the other is the twelve that would convert it."""
    for side, number, turned in ((made.left, made.right, made.sign == "/"), (made.right, made.left, False)):
        factor = _number(number)
        if factor is None or (made.sign == "/" and side is made.right):
            continue
        factor = 1 / factor if turned and factor else factor
        for period, twelve in (("年", Fraction(1, 12)), ("月", Fraction(12))):
            if factor == twelve and (period, -1) in side.type.unit.words:
                yield side, period


def _number(made: ir.Expression) -> Fraction | None:
    """The value of a plain number that is written out."""
    if not made.type.is_amount or made.type.unit.words:
        return None
    match made:
        case ir.Constant(value) if isinstance(value, (int, Fraction)):
            return Fraction(value)
        case ir.Arithmetic("*" | "/" as sign, left, right):
            a, b = _number(left), _number(right)
            if a is None or b is None or (sign == "/" and not b):
                return None
            return a * b if sign == "*" else a / b
    return None


def _in(unit: Unit, period: str) -> Type:
    return amount(Unit(tuple((_OTHER[w] if w == period and n < 0 else w, n) for w, n in unit.words)))


def _example(side: ir.Expression, values: dict[str, ir.Parameter], other: Type) -> tuple[str, str] | None:
    """What a parameter's last value is in the other period: `，6000.00 元/年 就是 500.00 元/月`."""
    if not isinstance(side, ir.ParameterRef) or side.name not in values:
        return None
    entries = values[side.name].entries
    written = [e.value.value for e in entries if e.kind == "exact" and isinstance(e.value, ir.Constant)]
    if not written:
        return None
    own = side.type._replace(written=None)
    amounts = [[_shown(Fraction(written[-1]), t, lang) for t in (own, other)] for lang in ("zh", "en")]
    return f"，{amounts[0][0]} 就是 {amounts[0][1]}", f"; {amounts[1][0]} is {amounts[1][1]}"


def _shown(value: Fraction, type_: Type, lang: str) -> str:
    text, rounded = plain_number(value, type_.unit)
    return f"{text if rounded is None else f'≈{rounded}'} {type_.unit.show(lang)}"
