"""What the words of a call stand for: a policy, a calendar, a day, the decision on a case."""

from __future__ import annotations

import datetime
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from ..diagnostics.report import PolicyError


def proper(name: str) -> str:
    """A name as it was typed, also in a locale that cannot read it. Paths stay as they are, or no file would be found."""
    return os.fsencode(name).decode("utf-8", "replace")


def policy_named(name: str) -> Any:
    """The policy at a path, or the shipped one of this name."""
    from .. import library
    from ..loading import load

    return load(name if library.is_path(name) else proper(name))


def with_calendar(file: str | None) -> Callable[[Any], Any]:
    """What gives a policy the calendar of a file; the policy as it is where none is named."""
    if file is None:
        return lambda policy: policy
    from ..facts.files import read_calendar

    calendar = read_calendar(file)
    return lambda policy: policy.with_calendar(calendar)


def today(on: str | None, lang: str) -> str:
    """The day asked for, or today, which is then printed."""
    if on is not None:
        from ..facts.days import day

        day(on)  # said before anything is read
        return on
    now = datetime.date.today().isoformat()
    click.echo(
        f"未给 --on，按今天 {now} 决定" if lang == "zh" else f"no --on given: deciding for today, {now}", err=True
    )
    return now


def decided(policy: str, facts: str, on: str, calendar: str | None, names: tuple[str, ...]) -> Any:
    """The decision of a policy on the case of a file; with names, for these outputs alone."""
    from ..facts.files import read

    made = with_calendar(calendar)(policy_named(policy))
    given = read(facts)
    with about(facts):
        return made.decide(given, on=on, outputs=tuple(map(proper, names)) or None)


@contextmanager
def about(file: str) -> Iterator[None]:
    """What is found at fault, and has no place of its own, is told of this file."""
    try:
        yield
    except PolicyError as error:
        raise PolicyError(d if d.path or d.place else d._replace(path=file) for d in error.diagnostics) from None
