"""Values while deciding: known ones are plain (bool, int, Fraction); besides them there are the undetermined and the failed."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from ..diagnostics.report import Diagnostic, diagnostic
from ..source import Place


class Undetermined(NamedTuple):
    """Cannot be decided yet: waits for facts (paths) and parameters (names)."""

    needs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()


class Failure(NamedTuple):
    """An error with its code and place, as a value: a line that does not apply may hold one and nobody sees it."""

    code: str
    words: tuple[tuple[str, str], ...]
    place: Place


Value = Any  # bool, int, Fraction, Undetermined or Failure


def diagnose(failure: Failure, at: str = "") -> Diagnostic:
    """The failure as people are told it; `at` is the output's path."""
    words: dict[str, Any] = dict(failure.words)
    return diagnostic(failure.code, failure.place, at=at, **words)


def known(value: Value) -> bool:
    return not isinstance(value, (Undetermined, Failure))


def join(parts: Iterable[Value]) -> Undetermined | Failure | None:
    """What keeps a strict operation from a value: an error first, else all that is waited for; None when all is known."""
    needs: dict[str, None] = {}
    parameters: dict[str, None] = {}
    open_ = False
    for part in parts:
        if isinstance(part, Failure):
            return part
        if isinstance(part, Undetermined):
            open_ = True
            needs.update(dict.fromkeys(part.needs))
            parameters.update(dict.fromkeys(part.parameters))
    return Undetermined(tuple(needs), tuple(parameters)) if open_ else None
