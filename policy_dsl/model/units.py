"""Units: money, person, household, period; exact factors; 元/人 never meets 元/户 by accident.

A unit is its words (元/人/年: 元 once, 人 and 年 once below the line). Its dimensions and its size in base units follow from
them. The base units are 分, 人, 户, 次, 月, 日, 工作日 and what a policy declares; a year is exactly twelve months, a week seven
days; days do not convert into months (design, section 5). This module loads nothing but the standard library: deciding needs it too.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from ..syntax.keywords import unit_in


class Currency(NamedTuple):
    """Money: the word in which amounts are shown, with how many decimals, and each word's worth in coins, which are the base unit."""

    main: str
    places: int
    words: tuple[tuple[str, int], ...]


# All that says that money is yuan; how its words are spelled is in keywords.py, as of every unit.
MONEY = Currency("元", 2, (("分", 1), ("角", 10), ("元", 100), ("万元", 1_000_000), ("亿元", 10_000_000_000)))
BASE: dict[str, tuple[str, Fraction]] = {
    **{word: ("money", Fraction(coins)) for word, coins in MONEY.words},
    "人": ("person", Fraction(1)),
    "户": ("household", Fraction(1)),
    "次": ("times", Fraction(1)),
    "日": ("day", Fraction(1)),
    "周": ("day", Fraction(7)),
    "工作日": ("workday", Fraction(1)),
    "月": ("month", Fraction(1)),
    "季": ("month", Fraction(3)),
    "年": ("month", Fraction(12)),
    "岁": ("month", Fraction(12)),
    "%": ("", Fraction(1, 100)),
}
_ORDER = {"money": 0, "person": 1, "household": 2, "times": 3, "month": 8}  # 元/人/月, as the documents write it


class Unit(NamedTuple):
    """Words with their powers, in the order in which they were written; () is a plain number."""

    words: tuple[tuple[str, int], ...]

    @property
    def dims(self) -> tuple[tuple[str, int], ...]:
        return _dims(self.words)

    @property
    def scale(self) -> Fraction:
        """One of this unit in base units: 元/年 is 100/12 分/月."""
        return _scale(self.words)

    @property
    def is_percent(self) -> bool:
        return self.words == (("%", 1),)

    @property
    def in_percent(self) -> bool:
        """Whether its numbers are written with a %: %, %/年."""
        return ("%", 1) in self.words

    @property
    def is_money(self) -> bool:
        return dict(self.dims).get("money") == 1

    @property
    def is_price(self) -> bool:
        """Whether it is per a unit that the policy declares: 元/床, 元/亩/年 are prices and rates, no amounts to pay."""
        return any(n < 0 and word not in BASE for word, n in self.words)

    @property
    def counts_per_entity(self) -> bool:
        """Whether an entity that counts as 人 or 户 has so much of it each: money and what is declared; no price, no rate."""
        above = [word for word, n in self.words if n > 0]
        own = above and (above[0] not in BASE or BASE[above[0]][0] == "money")
        return bool(own) and not self.is_price and {"person", "household"}.isdisjoint(dict(self.dims))

    @property
    def coin(self) -> Fraction:
        """One 分 of this unit of money in base units: 1/12 分/月 for 元/年 and 万元/年 alike."""
        return _scale(tuple(w for w in self.words if _base(w[0]) != "money"))

    @property
    def in_main(self) -> Unit:
        """This unit of money with the main word in the place of its money: 元/年 for 万元/年."""
        return Unit(tuple((MONEY.main if _base(w) == "money" else w, n) for w, n in self.words))

    def show(self, lang: str = "zh") -> str:
        return _show(self.words, lang)

    def times(self, other: Unit, power: int = 1) -> Unit:
        """The unit of a product (power 1) or a quotient (power −1); words of one dimension cancel. A % is a number and is left
        out, but for the one of a rate that is only multiplied or divided by a number: 2%/年 * 3 is 6%/年."""
        for rate, number in ((self, other), (other, self)):
            if rate.in_percent and rate.dims and not number.dims and (rate is self or power == 1):
                return rate
        powers = {w: n for w, n in self.words if w != "%"}
        for word, n in other.words:
            if word == "%":
                continue
            n *= power
            for mine in [w for w in powers if _base(w) == _base(word)]:
                if powers[mine] * n < 0:
                    taken = min(abs(n), abs(powers[mine]))
                    powers[mine] += taken if powers[mine] < 0 else -taken
                    n += taken if n < 0 else -taken
                elif word != mine:
                    word = mine
                if not powers[mine]:
                    del powers[mine]
                if not n:
                    break
            if n:
                powers[word] = powers.get(word, 0) + n
                if not powers[word]:
                    del powers[word]
        return Unit(_ordered(powers.items()))


PLAIN = Unit(())
PERCENT = Unit((("%", 1),))
YEARS = Unit((("岁", 1),))
DAYS = Unit((("日", 1),))
MONTHS = Unit((("月", 1),))
WORKDAYS = Unit((("工作日", 1),))
PERSONS = Unit((("人", 1),))


def _ordered(words: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted(words, key=lambda w: (w[1] < 0, _ORDER.get(_base(w[0]), 9))))


def _base(word: str) -> str:
    """What a word is of: for one that is declared itself, told apart from the bases, which may be called alike (`money`)."""
    return BASE[word][0] if word in BASE else f"「{word}」"


@lru_cache(maxsize=4096)
def _dims(words: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
    dims: dict[str, int] = {}
    for word, n in words:
        base = _base(word)
        if base:
            dims[base] = dims.get(base, 0) + n
    return tuple(sorted((b, n) for b, n in dims.items() if n))


@lru_cache(maxsize=4096)
def _scale(words: tuple[tuple[str, int], ...]) -> Fraction:
    size = Fraction(1)
    for word, n in words:
        size *= BASE.get(word, ("", Fraction(1)))[1] ** n
    return size


@lru_cache(maxsize=4096)
def _show(words: tuple[tuple[str, int], ...], lang: str) -> str:
    above = [unit_in(w, lang) for w, n in words for _ in range(n)]
    below = [unit_in(w, lang) for w, n in words for _ in range(-n)]
    return "·".join(above or (["1"] if below else [])) + "".join(f"/{w}" for w in below)


def unit_of(parts: tuple[str, ...], declared: frozenset[str] = frozenset()) -> Unit | None:
    """The unit written `a/b/c`, or None when a word is no unit, or nothing of it is left (分/角 is no bare number)."""
    from ..syntax.keywords import UNIT_KEYS

    words: dict[str, int] = {}
    for i, part in enumerate(parts):
        key = UNIT_KEYS.get(part, part)
        if key not in BASE and key not in declared:
            return None
        words[key] = words.get(key, 0) + (1 if i == 0 else -1)
    if "%" in words and (parts[0] != "%" or words["%"] != 1):
        return None
    if words == {"%": 1}:
        return PERCENT
    made = Unit(tuple((w, n) for w, n in words.items() if n))
    return made if made.dims else None


def complete(unit: Unit, context: Unit) -> Unit | None:
    """`unit` with what it lacks below the line taken from `context`: 1 元 beside 元/户/月 is 1 元/户/月, beside 元/床 1 元/床.

    None where the context cannot complete it: what stands above the line is never taken, nor is money. A bare number takes all of
    the context's unit, except %: 2% beside %/年 is 2%/年.
    """
    if unit.is_percent and not context.in_percent:
        return None
    if not unit.words:
        return None if context.in_percent else context
    have = dict(unit.dims)
    words = list(unit.words)
    words += [(w, n) for w, n in context.words if n < 0 and _base(w) not in (*have, "money")]
    made = Unit(_ordered(words))
    return made if made.dims == context.dims else None
