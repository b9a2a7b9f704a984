"""Values while deciding: known ones are plain (bool, int, Fraction); besides them there are the undetermined and the failed."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any, NamedTuple

from ..diagnostics.report import Diagnostic, diagnostic
from ..model.types import Type
from ..source import Place
from . import runtime
from .possible import NOTHING_LEFT, Bounds, Possible, just, of_type, single, the_one


class Undetermined(NamedTuple):
    """Cannot be decided yet: waits for facts (paths) and parameters (names).

    `possible` is what it may still be, None for any value of its type; `may_fail` whether it may also be an error. Something is always
    possible: what can only be an error is a Failure.
    """

    needs: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    possible: Possible = None
    may_fail: bool = False


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


PLAIN: frozenset[type] = frozenset((bool, int, str, Fraction))  # what a known value is, in a result too


def state(item: Any) -> str:
    """What an item of a result is: `known`, `undetermined`, `error` or `not_in_force`. Whoever reads results asks here, or whether its
    class is PLAIN."""
    if item.__class__ in PLAIN:
        return "known"
    if isinstance(item, (Failure, runtime.Fault)):
        return "error"
    nothing = isinstance(item, runtime.Unknown) and not isinstance(item, runtime.Open)
    return "not_in_force" if nothing else "undetermined"


def known(value: Value) -> bool:
    return not isinstance(value, (Undetermined, Failure))


def join(parts: Iterable[Value]) -> Undetermined | Failure | None:
    """What keeps a strict operation from a value: an error first, else all that is waited for; None when all is known.

    What waits may be an error where a part may.
    """
    open_: list[Undetermined] = []
    for part in parts:
        if isinstance(part, Undetermined):
            open_.append(part)
        elif isinstance(part, Failure):
            return part
    if not open_:
        return None
    needs = dict.fromkeys(n for x in open_ for n in x.needs)
    parameters = dict.fromkeys(n for x in open_ for n in x.parameters)
    return Undetermined(tuple(needs), tuple(parameters), None, any(x.may_fail for x in open_))


def fails(value: Value) -> bool:
    """Whether it is an error, or may be one."""
    return value.may_fail if isinstance(value, Undetermined) else isinstance(value, Failure)


def possible(value: Value, type_: Type) -> Possible:
    """What a value may be: a known one itself, an error nothing."""
    if isinstance(value, Undetermined):
        return of_type(type_) if value.possible is None else value.possible
    if isinstance(value, Failure):
        return NOTHING_LEFT
    return None if value is runtime.NOTHING else just(value, type_)


def narrowed(held: Undetermined, left: Possible, meeting: bool = False) -> Value:
    """What waits, with what it may be: known where that is one value of a set, and no error. `meeting`: or bounds that meet."""
    if not held.may_fail and single(left) and (meeting or not isinstance(left, Bounds)):
        return the_one(left)
    return held._replace(possible=left)
