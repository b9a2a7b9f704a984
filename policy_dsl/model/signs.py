"""Comparison signs."""

from __future__ import annotations

import operator
from typing import Any


def compared(sign: str, a: Any, b: Any) -> bool:
    """Two known values under a comparison sign."""
    signs = {
        "<": operator.lt,
        "<=": operator.le,
        "=": operator.eq,
        "!=": operator.ne,
        ">": operator.gt,
        ">=": operator.ge,
    }
    return bool(signs[sign](a, b))
