"""且 and 或 of values that may be open or in error, and one of several values of which it is open which comes."""

from __future__ import annotations

from collections.abc import Sequence

from ...model.types import TRUTH, Type
from ..possible import either, truths
from ..runtime import NOTHING
from ..values import Failure, Undetermined, Value, fails, join, narrowed, possible


def negation(value: Value) -> Value:
    """非."""
    if isinstance(value, Undetermined):
        return value._replace(possible=frozenset(not x for x in truths(possible(value, TRUTH))))
    return value if isinstance(value, Failure) else not value


def conjunction(parts: Sequence[Value]) -> Value:
    """且: no as soon as one part is, whatever the others are; an error only where no part can be no any more."""
    if any(p is False for p in parts):
        return False
    open_ = [p for p in parts if isinstance(p, Undetermined)]
    failed = next((p for p in parts if isinstance(p, Failure)), None)
    may = [truths(possible(p, TRUTH)) for p in open_]
    some_no = any(False in x for x in may)
    if failed is not None and not some_no:
        return failed
    held = join(open_)
    if not isinstance(held, Undetermined):
        return True
    all_yes = failed is None and all(True in x for x in may)
    left = frozenset(x for x, there in ((False, some_no), (True, all_yes)) if there)
    return narrowed(held._replace(may_fail=held.may_fail or failed is not None), left)


def disjunction(parts: Sequence[Value]) -> Value:
    """或: yes as soon as one part is."""
    if any(p is True for p in parts):
        return True
    return negation(conjunction([negation(p) for p in parts]))


def may_hold(value: Value) -> bool:
    """Whether a condition holds, or may hold."""
    return True in truths(possible(value, TRUTH)) if isinstance(value, Undetermined) else value is True


def may_not_hold(value: Value) -> bool:
    """Whether a condition does not hold, or may not."""
    return False in truths(possible(value, TRUTH)) if isinstance(value, Undetermined) else value is False


def one_of(outcomes: Sequence[Value], type_: Type, held: Undetermined) -> Value:
    """The value where it is open which of several comes, and `held` waits for what tells; an error where all of them are."""
    good = [x for x in outcomes if not isinstance(x, Failure)]
    if not good:
        return outcomes[0]
    may_fail = held.may_fail or any(
        fails(x) or x is NOTHING for x in outcomes
    )  # where there was no month before, reading it may be one
    return narrowed(held._replace(may_fail=may_fail), either(possible(x, type_) for x in good), meeting=True)
