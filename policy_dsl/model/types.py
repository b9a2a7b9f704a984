"""Types of values: truths, amounts with a unit, enumerations, dates, texts. Standard library only: deciding needs them too."""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from .units import BASE, DAYS, MONEY, MONTHS, PERCENT, PLAIN, WORKDAYS, YEARS, Unit


class Type(NamedTuple):
    """`kind` is truth, amount, enumeration, date or text. An amount's values are exact rationals in base units;
    an enumeration's are positions in `members`; a date is the whole number yyyymmdd."""

    kind: str
    name: str = ""
    unit: Unit = PLAIN
    members: tuple[str, ...] = ()
    ordered: bool = False
    whole: bool = False  # an amount that accepts whole numbers alone
    written: Unit | None = None  # the unit as declared, where the entity adds to it (元/月 of a household is 元/户/月)

    @property
    def own(self) -> Unit:
        """The unit that people read and write."""
        return self.written or self.unit

    def show(self, lang: str = "zh") -> str:
        """The type as a message names it."""
        zh = lang == "zh"
        if self.kind == "truth":
            return "是否" if zh else "a boolean"
        if self.kind == "date":
            return "日期" if zh else "a date"
        if self.kind == "text":
            return "文本" if zh else "a text"
        if self.kind == "enumeration":
            return f"「{self.name}」" if zh else f"“{self.name}”"
        if self.unit.words:
            return f"以 {self.own.show('zh')} 计的数量" if zh else f"an amount in {self.own.show('en')}"
        return ("整数" if self.whole else "数") if zh else ("a whole number" if self.whole else "a plain number")

    @property
    def is_amount(self) -> bool:
        return self.kind == "amount"


TRUTH = Type("truth", "是否")
DATE = Type("date", "日期")
TEXT = Type("text", "文本")
NUMBER = Type("amount", "数")
WHOLE = Type("amount", "整数", whole=True)
SHARE = Type("amount", "%", unit=PERCENT)
AGE = Type("amount", unit=YEARS, whole=True)
DAY_COUNT = Type("amount", unit=DAYS, whole=True)
MONTH_COUNT = Type("amount", unit=MONTHS, whole=True)
WORKDAY_COUNT = Type("amount", unit=WORKDAYS, whole=True)

# The words of the built-in types, both spellings.
BUILTIN: dict[str, Type] = {
    "是否": TRUTH,
    "boolean": TRUTH,
    "整数": WHOLE,
    "integer": WHOLE,
    "数": NUMBER,
    "number": NUMBER,
    "日期": DATE,
    "date": DATE,
    "文本": TEXT,
    "text": TEXT,
    "%": SHARE,
}


def amount(unit: Unit, whole: bool = False) -> Type:
    return SHARE if unit.is_percent else Type("amount", unit=unit, whole=whole)


def counts_whole(unit: Unit) -> bool:
    """Facts in 人, 户, 次, 日, 周, 月, 岁 … are whole; money, shares, rates and plain numbers have grids of their own."""
    return len(unit.dims) == 1 and unit.dims[0] in [
        (base, 1) for base in ("person", "household", "times", "day", "workday", "month")
    ]


def grid(type_: Type) -> Fraction:
    """The finest step, in the type's own unit, that a given value may have: 0.01 元, 0.000001 元/度, whole persons, 10⁻⁶ of a plain number."""
    if type_.whole or counts_whole(type_.unit):
        return Fraction(1)
    if type_.unit.is_money:
        coins = next(BASE[word][1] for word, n in type_.unit.words if n == 1 and BASE.get(word, ("",))[0] == "money")
        return 1 / (coins * (10**4 if type_.unit.is_price else 1))  # nobody is paid a price: 0.5583 元/度
    return Fraction(1, 10**4) if type_.unit.in_percent else Fraction(1, 10**6)


def decimals(denominator: int) -> int | None:
    """How many decimals a fraction over `denominator` has in lowest terms; None when they do not end."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def decimal_text(value: Fraction, places: int = 0) -> str | None:
    """The number in digits, with at least `places` decimals; None when its decimals do not end."""
    needed = decimals(value.denominator)
    if needed is None:
        return None
    digits = max(needed, places)
    scaled = abs(value.numerator) * 10**digits // value.denominator
    text = str(scaled).rjust(digits + 1, "0")
    sign = "-" if value < 0 else ""
    return sign + (f"{text[:-digits]}.{text[-digits:]}" if digits else text)


def shown(value: Fraction, places: int = 2) -> str:
    """The number cut to `places` decimals, halves away from zero: for eyes, never for computing."""
    scaled = abs(value) * 10**places
    whole = int(scaled + Fraction(1, 2))
    return decimal_text(Fraction(-whole if value < 0 else whole, 10**places), places) or ""


def least_places(unit: Unit) -> int:
    """How many decimals an amount in this unit has at least: two where it is in 元."""
    return MONEY.places if unit.is_money and (MONEY.main, 1) in unit.words else 0


def plain_number(value: Fraction | int, unit: Unit) -> tuple[str, str | None]:
    """A value in base units as the contract writes it: digits in a unit, money in 元 with two decimals at least; where the decimals
    do not end, the exact fraction, and beside it the rounded form for eyes."""
    return written_as(value, *writing(unit.words))


def written_as(value: Fraction | int, times: int, over: int, places: int) -> tuple[str, str | None]:
    """The same in the unit of which `writing` says how its numbers are written."""
    above, below = value.as_integer_ratio()
    above, below = above * times, below * over
    scaled, rest = divmod(above * 10**places, below)
    if not rest:  # as nearly all are: no more decimals than every amount of the unit has
        if not places:
            return str(scaled), None
        digits = str(abs(scaled)).rjust(places + 1, "0")
        return f"{'-' if scaled < 0 else ''}{digits[:-places]}.{digits[-places:]}", None
    own = Fraction(above, below)
    text = decimal_text(own, places)
    return (text, None) if text is not None else (f"{own.numerator}/{own.denominator}", shown(own))


@lru_cache(maxsize=4096)
def writing(words: tuple[tuple[str, int], ...]) -> tuple[int, int, int]:
    """How a base unit's number is written in a unit: times, over, with so many decimals at least."""
    unit = Unit(words)
    scale = unit.scale
    return scale.denominator, scale.numerator, least_places(unit)
