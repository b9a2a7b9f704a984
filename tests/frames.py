"""Objects in which programs hold facts: types with the names, attributes and values of NumPy's and pandas', which are not installed for the tests."""

from __future__ import annotations

import datetime
import types
from collections import UserDict
from enum import StrEnum
from typing import Any


def numpy(name: str, kind: str, base: type = object, **more: Any) -> Any:
    """A scalar type as NumPy has it: below numpy.generic, with a dtype, and equal to nothing but its own value."""
    generic = type("generic", (), {"__module__": "numpy"})
    space = {
        "__module__": "numpy", "dtype": types.SimpleNamespace(kind=kind), "__init__": lambda self, value: setattr(self, "value", value),
        "__int__": lambda self: int(self.value), "__float__": lambda self: float(self.value), "__bool__": lambda self: bool(self.value),
        "__str__": lambda self: str(self.value), "__repr__": lambda self: f"np.{name}({self.value})", "__hash__": None,
    }  # fmt: skip
    return type(name, (generic,) if base is object else (base, generic), {**space, **more})


INT64, BOOL, FLOAT32 = numpy("int64", "i"), numpy("bool", "b"), numpy("float32", "f")
FLOAT64 = numpy("float64", "f", float, __new__=lambda cls, value: float.__new__(cls, value), __hash__=float.__hash__)
STR = numpy("str_", "U", str, __new__=lambda cls, value: str.__new__(cls, value), __hash__=str.__hash__)
MICROSECONDS = numpy(
    "datetime64", "M", astype=lambda self, _unit: MICROSECONDS(self.value), item=lambda self: self.value,
    __eq__=lambda self, other: self.value == getattr(other, "value", other), __ne__=lambda self, other: self.value is None,
)  # fmt: skip
ARRAY = type(
    "ndarray",
    (),
    {"__module__": "numpy", "dtype": types.SimpleNamespace(kind="i"), "shape": (), "item": lambda self: 5},
)
NA = type("NAType", (), {"__module__": "pandas._libs.missing", "__bool__": lambda self: 1 / 0})()
NAT = type("NaTType", (datetime.datetime,), {"__module__": "pandas._libs.tslibs.nattype"})(1, 1, 1)
TIMESTAMP = type("Timestamp", (datetime.datetime,), {"__module__": "pandas._libs.tslibs.timestamps", "nanosecond": 0})


class Text(str):
    pass


class Area(StrEnum):
    CITY = "城市"


class Row(UserDict[str, object]):
    """A row of a data base whose connection is closed."""

    def __getitem__(self, key: str) -> object:
        raise ConnectionError(key)
