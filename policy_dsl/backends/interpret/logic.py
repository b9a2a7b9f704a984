"""且 and 或 of values that may be open or in error, and one of several values of which it is open which comes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from ...model.types import Type
from ..possible import either, truths
from ..runtime import NOTHING
from ..values import Failure, Undetermined, Value, fails, join, known, narrowed, possible


def negation(value: Value) -> Value:
    """非."""
    if isinstance(value, Undetermined):
        return value._replace(possible=frozenset(not x for x in truths(value.possible)))
    return value if isinstance(value, Failure) else not value


def conjunction(parts: Iterable[Value]) -> Value:
    """且: no as soon as one part is, whatever the others are; an error only where no part can be no any more."""
    open_: list[Undetermined] = []
    failed: Failure | None = None
    for part in parts:
        if part is False:
            return False
        if isinstance(part, Undetermined):
            open_.append(part)
        elif isinstance(part, Failure):
            failed = failed or part
    if not open_:
        return failed or True
    may = [truths(p.possible) for p in open_]
    some_no = any(False in x for x in may)
    if failed is not None and not some_no:
        return failed
    held = join(open_) if len(open_) > 1 else open_[0]
    assert isinstance(held, Undetermined)
    all_yes = failed is None and all(True in x for x in may)
    left = frozenset(x for x, there in ((False, some_no), (True, all_yes)) if there)
    return narrowed(held._replace(may_fail=True) if failed else held, left)


def disjunction(parts: Iterable[Value]) -> Value:
    """或: yes as soon as one part is."""
    return negation(conjunction(map(negation, parts)))


def may_hold(value: Value) -> bool:
    """Whether a condition holds, or may hold."""
    return True in truths(value.possible) if isinstance(value, Undetermined) else value is True


def may_not_hold(value: Value) -> bool:
    """Whether a condition does not hold, or may not."""
    return False in truths(value.possible) if isinstance(value, Undetermined) else value is False


def one_of(outcomes: Sequence[Value], type_: Type, held: Undetermined) -> Value:
    """The value where it is open which of several comes, and `held` waits for what tells; an error where all of them are.

    One that is open itself leaves it open, as it would by itself.
    """
    good = [x for x in outcomes if not isinstance(x, Failure)]
    if not good:
        return outcomes[0]
    may_fail = held.may_fail or any(
        fails(x) or x is NOTHING for x in outcomes
    )  # where there was no month before, reading it may be one
    left = either(possible(x, type_) for x in good)
    held = held._replace(possible=left, may_fail=may_fail)
    return narrowed(held, left, meeting=True) if all(map(known, good)) else held
