"""Comparison signs."""

from __future__ import annotations

import operator
from typing import Any

SIGNS = {
    "<": operator.lt,
    "<=": operator.le,
    "=": operator.eq,
    "!=": operator.ne,
    ">": operator.gt,
    ">=": operator.ge,
}


def compared(sign: str, a: Any, b: Any) -> bool:
    """Two known values under a comparison sign."""
    return bool(SIGNS[sign](a, b))
