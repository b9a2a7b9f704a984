"""What is passed beside facts: any object is one that is wanted or is refused in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..diagnostics.report import PolicyError, diagnostic
from .plain import Strange, scalar


def shown(value: object) -> str:
    """Any object, as a message can hold it."""
    plain = scalar(value)
    if isinstance(plain, Strange):
        return plain.kind
    try:
        return str(plain)[:40]
    except ValueError:  # more digits than Python writes
        return "…"


def unfit(name: str, wanted: str, wanted_en: str, value: object) -> PolicyError:
    """P0826: what was passed as an argument is not what it must be."""
    found = diagnostic("P0826", at=name, name=name, wanted=wanted, wanted_en=wanted_en, given=shown(value))
    return PolicyError([found])


def whole(name: str, value: object) -> int:
    """A whole number passed as an argument. Raises PolicyError."""
    plain = scalar(value)
    if type(plain) is not int:
        raise unfit(name, "整数", "a whole number", value)
    return plain


def named(name: str, value: object) -> str:
    """A text passed as an argument. Raises PolicyError."""
    plain = scalar(value)
    if not isinstance(plain, str):
        raise unfit(name, "文字", "a text", value)
    return plain


def looked_up(value: object) -> str:
    """A name by which something is looked up. Raises KeyError for an object that is none."""
    plain = scalar(value)
    if not isinstance(plain, str):
        raise KeyError(shown(value))
    return plain


def mapping(name: str, value: object) -> dict[Any, Any]:
    """A mapping passed as an argument. Raises PolicyError."""
    try:
        if isinstance(value, Mapping):
            return {key: value[key] for key in value}
    except Exception:
        pass
    raise unfit(name, "一个对象 {…}", "a mapping", value)
