"""One given value → what the data hold: a truth, a date, a text, a member of an enumeration, an amount on its grid."""

from __future__ import annotations

import datetime
import itertools
import json
import math
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from ..backends.encoding import fact_step
from ..backends.runtime import NEVER, UNKNOWN
from ..diagnostics.report import Diagnostic, diagnostic, suggestion
from ..ir import nodes as ir
from ..model.reserved_keys import IS, SINCE
from ..model.types import Type, decimal_text, grid
from ..model.units import Unit, complete, unit_of
from ..syntax.characters import MAX_TEXT
from .plain import Strange
from .wanted import DATED, DAY, TEXT, TRUTH, Wanted, amount

MOST_DIGITS = 30
OPEN_WORDS = ("未知", "unknown")  # of a death, which is left out where there is none
MOST_ERRORS = 50
_NUMBER = re.compile(r"\s*([+-]?[0-9]+(?:\.[0-9]+)?)\s*((?![eE][+-]?[0-9])[^\s0-9.,，'_+-].*?)?\s*\Z", re.ASCII)
_SLASH = re.compile("[/／÷]")  # one sign, as in policies
_KINDS = {
    dict: ("一个对象 {…}", "an object {…}"),
    list: ("名单 […]", "a list […]"),
    str: ("文字", "a text"),
    bool: ("是或否", "a boolean"),
    type(None): ("空值 null", "null"),
}


def units_of(program: ir.Program) -> frozenset[str]:
    """The words of units, beside the usual ones, in which a program's facts may be given."""
    return frozenset(w for e in program.entities for f in e.facts for w, _ in f.type.unit.words)


def _found(value: object) -> tuple[str, str]:
    for kind, words in _KINDS.items():
        if isinstance(value, kind):
            return words
    if isinstance(value, (int, Decimal, Fraction)):
        return f"数 {excerpt(value)}", f"the number {excerpt(value)}"
    name = value.kind if isinstance(value, Strange) else type(value).__name__
    return name, f"a {name}"


def excerpt(value: object) -> str:
    """What was given, as JSON writes it, cut to what a message can hold."""
    try:
        if value is None or isinstance(value, (bool, list, dict)):
            written = json.JSONEncoder(ensure_ascii=False, default=str).iterencode(value)
            return "".join(itertools.islice(written, 60))[:60]
        return str(value)[:60]
    except ValueError:  # more digits than Python writes
        return "…"


def date_of(value: object) -> int | None:
    """A date as facts give it, as yyyymmdd; None for anything else."""
    if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
        return value.year * 10000 + value.month * 100 + value.day
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        try:
            datetime.date.fromisoformat(value)
            return int(value.replace("-", ""))
        except ValueError:
            pass
    return None


# what is the same of a fact for all who read it; the fact is kept with it, so that no other one has its id
_USUAL: dict[int, tuple[ir.Fact, Any]] = {}
_DEFAULTS: dict[int, tuple[ir.Fact, Any]] = {}
_MOST_KEPT = 10_000


def _once(kept: dict[int, tuple[ir.Fact, Any]], fact: ir.Fact, make: Callable[[ir.Fact], Any]) -> Any:
    found = kept.get(id(fact))
    if found is None or found[0] is not fact:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        found = kept[id(fact)] = fact, make(fact)
    return found[1]


def _default(fact: ir.Fact) -> Any:
    return int(fact.default / fact_step(fact.type)) if fact.type.is_amount else fact.default  # type: ignore[operator]


def _usual(fact: ir.Fact) -> tuple[int, int, int]:
    """(grid steps in one of its unit, least and greatest whole number of its unit) that the fact takes."""
    scale, most = fact.type.own.scale, Fraction(10**15 - 1)
    low = -most if fact.low is None else max(fact.low / scale, -most)
    high = most if fact.high is None else min(fact.high / scale, most)
    return int(1 / grid(fact.type)), math.ceil(low), math.floor(high)


class ValueReader:
    """Reads single values and keeps what is wrong with them. `units`: words of units beside the usual ones."""

    floats = ""  # what a float is (plain.py), where a caller can say so

    def __init__(self, units: frozenset[str]) -> None:
        self.units = units
        self.errors: list[Diagnostic] = []

    @property
    def _full(self) -> bool:
        return len(self.errors) >= MOST_ERRORS

    def error(self, code: str, path: str, **words: Any) -> None:
        if not self._full:
            hint = words.pop("hint", None)
            self.errors.append(diagnostic(code, at=path, hint=hint, **words))

    def wrong_type(self, path: str, want: Wanted, value: object) -> None:
        zh, en = _found(value)
        self.error("F0103", path, wanted=want.zh, wanted_en=want.en, found=zh, found_en=en, hint=want.hint)

    @staticmethod
    def default(fact: ir.Fact) -> Any:
        """The written default as it stands in data."""
        return _once(_DEFAULTS, fact, _default)

    def fact(self, value: object, fact: ir.Fact, path: str) -> Any:
        if fact.died and (value is None or value == ""):
            return NEVER
        if value is None or (fact.died and value in OPEN_WORDS):
            return UNKNOWN
        if isinstance(value, list) and value and isinstance(value[0], dict) and (set(SINCE) | set(IS)) & set(value[0]):
            zh, en = fact.type.show("zh"), fact.type.show("en")
            want = Wanted(f"一个值（{zh}）", f"one value ({en})", *DATED)
            self.wrong_type(path, want, value)
            return UNKNOWN
        match fact.type.kind:
            case "truth":
                if isinstance(value, bool):
                    return value
                self.wrong_type(path, TRUTH, value)
            case "enumeration":
                if isinstance(value, str):
                    return self._member(value, fact.type, path)
                members = f"可用的值：{'、'.join(fact.type.members)}", f"its values: {', '.join(fact.type.members)}"
                self.wrong_type(path, Wanted(fact.type.show("zh"), fact.type.show("en"), *members), value)
            case "date":
                return self._date(value, path, fact.died)
            case "text":
                if isinstance(value, str):
                    return value[:MAX_TEXT]
                self.wrong_type(path, TEXT, value)
            case _:
                return self._amount(value, fact, path)
        return UNKNOWN

    def _member(self, value: str, type_: Type, path: str) -> Any:
        if value in type_.members:
            return type_.members.index(value)
        zh, en = suggestion(value[:80], type_.members)
        self.error(
            "F0105",
            path,
            value=value[:80],
            type=type_.show("zh"),
            type_en=type_.show("en"),
            members="、".join(type_.members),
            hint=(
                (f"{zh} " if zh else "") + f"可用的值：{'、'.join(type_.members)}",
                (f"{en} " if en else "") + f"its values: {', '.join(type_.members)}",
            ),
        )
        return UNKNOWN

    def _date(self, value: object, path: str, died: bool = False) -> Any:
        day = date_of(value)
        if day is not None:
            return day
        if isinstance(value, str):
            hint = None
            if died:
                hint = (
                    '写 YYYY-MM-DD；在世的不写这一项，不知道的写 "未知"',
                    'write YYYY-MM-DD; leave it out for the living, write "unknown" where nobody knows',
                )
            elif value in OPEN_WORDS:
                hint = ("不知道的，写 null 或不写这一项", "where it is not known, write null or leave it out")
            self.error("F0115", path, value=value[:40], hint=hint)
        else:
            self.wrong_type(path, DAY, value)
        return UNKNOWN

    def _amount(self, value: object, fact: ir.Fact, path: str) -> Any:
        if type(value) is int:  # the usual form, for which nothing has to be worked out
            per_unit, low_, high_ = _once(_USUAL, fact, _usual)
            if low_ <= value <= high_:
                return value * per_unit
        number = self.number(value, fact.type, path)
        if number is None:
            return UNKNOWN
        if not self._within(number, value, fact.type, (fact.low, fact.high), path):
            return UNKNOWN
        steps = number / grid(fact.type)
        if steps.denominator != 1:
            step = decimal_text(grid(fact.type)) or ""
            zh, en = fact.type.own.show("zh"), fact.type.own.show("en")
            self.error("F0107", path, value=excerpt(value), grid=f"{step} {zh}".strip(), grid_en=f"{step} {en}".strip())
            return UNKNOWN
        return int(steps)

    def _within(
        self, number: Fraction, value: object, type_: Type, bounds: tuple[Fraction | None, Fraction | None], path: str
    ) -> bool:
        """Whether a number (in its declared unit) is within its range (in base units) and no larger than any fact may be."""
        least, most = (None if b is None else b / type_.own.scale for b in bounds)
        if (least is None or number >= least) and (most is None or number <= most) and abs(number) < 10**15:
            return True
        low = least if least is not None else Fraction(-(10**15))
        high = most if most is not None else Fraction(10**15)
        zh, en = type_.own.show("zh"), type_.own.show("en")
        top = decimal_text(high) or str(high)
        self.error(
            "F0106",
            path,
            value=excerpt(value),
            low=decimal_text(low) or str(low),
            high=f"{top} {zh}".strip(),
            high_en=f"{top} {en}".strip(),
        )
        return False

    def number(self, value: object, type_: Type, path: str) -> Fraction | None:
        """The number in the fact's declared unit; None when it cannot be read, which is then reported."""
        if isinstance(value, (bool, dict, list, tuple)):
            self.wrong_type(path, amount(type_.own.show("zh"), type_.own.show("en")), value)
            return None
        if isinstance(value, float):
            hint = None
            if self.floats and math.isfinite(value):
                hint = (
                    f'用整数、decimal.Decimal 或字符串 "{value!r}"；数据表里来的小数，传 floats="grid"',
                    f'use an int, a decimal.Decimal or the string "{value!r}"; for decimals of a data frame pass floats="grid"',
                )
            self.error("F0109" if math.isfinite(value) else "F0116", path, value=repr(value), hint=hint)
            return None
        if isinstance(value, (int, Fraction)):
            if abs(value) >= 10**MOST_DIGITS:
                self.error(
                    "F0114", path, what=f"数超过 {MOST_DIGITS} 位", what_en=f"a number of over {MOST_DIGITS} digits"
                )
                return None
            return Fraction(value)
        if isinstance(value, Decimal):
            if (
                not value.is_finite()
                or abs(value.adjusted()) > MOST_DIGITS
                or len(value.as_tuple().digits) > MOST_DIGITS
            ):
                self.error("F0116", path, value=str(value)[:40])
                return None
            return Fraction(value)
        if not isinstance(value, str):
            self.wrong_type(path, amount(), value)
            return None
        match = _NUMBER.fullmatch(value) if len(value) <= 100 else None
        if match is None or sum(c.isdigit() for c in match[1]) > MOST_DIGITS:
            self.error("F0116", path, value=value[:40])
            return None
        number = Fraction(match[1])
        if match[2] is None:
            return number
        unit = unit_of(tuple(p.strip() for p in _SLASH.split(match[2])), self.units)
        return self._converted(number, unit, match[2], type_, path)

    def _converted(self, number: Fraction, unit: Unit | None, written: str, type_: Type, path: str) -> Fraction | None:
        """A number with a written unit, in the declared unit; the conversion is exact."""
        own = type_.own
        if unit is not None and unit.dims not in (own.dims, type_.unit.dims):
            completed = complete(unit, own) if unit.dims and not unit.is_percent else None
            unit = completed if completed is not None and len(dict(unit.dims)) == len(dict(own.dims)) else None
        if unit is None or unit.in_percent != own.in_percent:
            self.error(
                "F0108",
                path,
                unit=written[:40],
                wanted=own.show("zh") or "不带单位的数",
                wanted_en=own.show("en") or "a plain number",
            )
            return None
        return number * unit.scale / own.scale
