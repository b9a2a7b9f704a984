"""Facts as programs hold them → the plain objects of JSON: any mapping as a dict, any sequence as a list, values of NumPy and pandas as Python's own.

What a value means is not asked here, but for two things: what says that it is missing (pandas.NA, NaT) is None; and a float is refused
later, unless `floats` is "grid": then it is the shortest decimal that is written for it, and NaN is None. NumPy and pandas are known by the
names of their types, so neither is imported.
"""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any

from ..diagnostics.report import PolicyError, diagnostic

FLOATS = ("refuse", "grid")
_PLAIN = frozenset((type(None), bool, int, str, Fraction, datetime.date))
_NO_LIST = (str, bytes, bytearray, memoryview, range)


class Strange:
    """Stands for an object that no fact can be, and that is not looked into: it need not compare, print or hash."""

    __slots__ = ("kind",)

    def __init__(self, kind: str) -> None:
        self.kind = kind

    def __repr__(self) -> str:
        return self.kind


@lru_cache(maxsize=256)
def _sort(kind: type) -> str:
    """What objects of a type are taken as."""
    names = [(c.__module__.partition(".")[0], c.__name__) for c in kind.__mro__]
    if names[0] in (("pandas", "NAType"), ("pandas", "NaTType")):
        return "missing"
    for sort, types in (
        ("mapping", Mapping), ("text", str), ("float", float), ("whole", int), ("decimal", Decimal), ("fraction", Fraction),
        ("time", datetime.datetime), ("date", datetime.date),
    ):  # fmt: skip
        if issubclass(kind, types):
            return sort
    if ("numpy", "generic") in names:
        return "numpy"
    return "sequence" if issubclass(kind, Sequence) and not issubclass(kind, _NO_LIST) else "strange"


def scalar(value: Any, floats: str = "") -> Any:
    """One value as a plain one; containers and whatever else no fact can be as a Strange."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value
    sort = _sort(kind)
    if sort == "numpy":
        return _numpy(value, floats)
    if sort == "float":
        return _float(float.__float__(value), float.__repr__(value), floats)
    if sort == "decimal":
        return None if floats == "grid" and Decimal.is_qnan(value) else value
    if sort == "time":
        return _date(value)
    if sort == "text":
        return str.__str__(value)
    if sort == "whole":
        return int.__int__(value)
    if sort == "missing":
        return None
    return value if sort in ("fraction", "date") else Strange(kind.__name__)


def _float(value: float, written: str, floats: str) -> Any:
    if floats != "grid" or value in (math.inf, -math.inf):
        return value
    return None if value != value else Decimal(written)


def _date(value: datetime.datetime) -> datetime.date:
    """A day that is written as its first moment, in no time zone; any other moment is no day."""
    if value.tzinfo is None and value.time() == datetime.time() and not getattr(value, "nanosecond", 0):
        return datetime.date(value.year, value.month, value.day)
    return value


def _numpy(value: Any, floats: str) -> Any:
    """A scalar of NumPy: truths, whole numbers, floats and days are known by the kind of their dtype."""
    kind = value.dtype.kind
    if kind == "b":
        return bool(value)
    if kind in "iu":
        return int(value)
    if kind == "f":
        return _float(float(value), str(value), floats)
    if kind == "M":
        if value != value:
            return None
        day = value.astype("datetime64[D]")
        made = day.item()
        if day == value and isinstance(made, datetime.date):
            return made
    return Strange(type(value).__name__)


def plain(facts: Any, floats: str = "") -> Any:
    """Facts, whatever holds them, as dicts, lists and plain values. Raises PolicyError for a mapping or sequence that cannot be read.

    Each object is read once, so that one that holds itself, or stands in many places, is no more work than it is large.
    """
    made: dict[int, Any] = {}
    held: list[Any] = []  # what a mapping makes anew each time it is asked lives until the end: no id comes twice
    open_: list[tuple[Any, Any, str]] = []

    def taken(value: Any, path: str) -> Any:
        kind: Any = type(value)
        if kind in _PLAIN:
            return value
        sort = "mapping" if kind is dict else "sequence" if kind is list else _sort(kind)
        if sort not in ("mapping", "sequence"):
            return scalar(value, floats)
        found = made.get(id(value))
        if found is None:
            found = made[id(value)] = {} if sort == "mapping" else []
            held.append(value)
            open_.append((value, found, path))
        return found

    out = taken(facts, "")
    while open_:
        source, target, path = open_.pop()
        try:
            if type(target) is dict:
                for key in source:
                    name = _key(key)
                    target[name] = taken(source[key], f"{path}.{name if type(name) is str else '…'}")
            else:
                target.extend([taken(value, path) for value in source])
        except PolicyError:
            raise
        except Exception as error:
            what = type(source).__name__
            raise PolicyError(
                [diagnostic("F0135", at=path.lstrip("."), kind=what, problem=type(error).__name__)]
            ) from error
    return out


def _key(key: Any) -> Any:
    kind = type(key)
    return key if kind is str or kind in _PLAIN or kind is bytes else scalar(key)
