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

BASE: dict[str, tuple[str, Fraction]] = {
    "分": ("money", Fraction(1)),
    "角": ("money", Fraction(10)),
    "元": ("money", Fraction(100)),
    "万元": ("money", Fraction(1_000_000)),
    "亿元": ("money", Fraction(10_000_000_000)),
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
    def is_money(self) -> bool:
        return dict(self.dims).get("money") == 1

    @property
    def coin(self) -> Fraction:
        """One 分 of this unit of money in base units: 1/12 分/月 for 元/年 and 万元/年 alike."""
        return _scale(tuple(w for w in self.words if _base(w[0]) != "money"))

    @property
    def in_yuan(self) -> Unit:
        """This unit of money with 元 in the place of its money: 元/年 for 万元/年."""
        return Unit(tuple(("元" if _base(w) == "money" else w, n) for w, n in self.words))

    def show(self, lang: str = "zh") -> str:
        above = [unit_in(w, lang) for w, n in self.words for _ in range(n)]
        below = [unit_in(w, lang) for w, n in self.words for _ in range(-n)]
        return "·".join(above or (["1"] if below else [])) + "".join(f"/{w}" for w in below)

    def times(self, other: Unit, power: int = 1) -> Unit:
        """The unit of a product (power 1) or a quotient (power −1); words of one dimension cancel."""
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
    return BASE[word][0] if word in BASE else word


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


def unit_of(parts: tuple[str, ...], declared: frozenset[str] = frozenset()) -> Unit | None:
    """The unit written `a/b/c`, or None when a word is no unit, or nothing of it is left (分/角 is no bare number)."""
    from ..syntax.keywords import UNIT_KEYS

    words: dict[str, int] = {}
    for i, part in enumerate(parts):
        key = UNIT_KEYS.get(part, part)
        if key not in BASE and key not in declared:
            return None
        words[key] = words.get(key, 0) + (1 if i == 0 else -1)
    if "%" in words:
        return PERCENT if len(words) == 1 and words["%"] == 1 else None
    made = Unit(tuple((w, n) for w, n in words.items() if n))
    return made if made.dims else None


def complete(unit: Unit, context: Unit) -> Unit | None:
    """`unit` with what it lacks below the line taken from `context`: 1 元 beside 元/户/月 is 1 元/户/月, beside 元/床 1 元/床.

    None where the context cannot complete it: what stands above the line is never taken, nor is money. A bare number takes all of
    the context's unit, except %.
    """
    if unit.is_percent:
        return None
    if not unit.words:
        return None if context.is_percent else context
    have = dict(unit.dims)
    words = list(unit.words)
    words += [(w, n) for w, n in context.words if n < 0 and _base(w) not in (*have, "money")]
    made = Unit(_ordered(words))
    return made if made.dims == context.dims else None
