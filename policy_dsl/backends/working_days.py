"""A program's working days: the calendar that it was given or the default one, and the digest that names both."""

from __future__ import annotations

import hashlib

from ..ir import nodes as ir
from .calendar import Calendar


def calendar_of(program: ir.Program) -> Calendar:
    """The calendar with which a program computes deadlines."""
    return program.calendar or Calendar.default()


def digest_of(program: ir.Program) -> str:
    """The program's digest; with the calendar's where one was given, or where the policy computes deadlines."""
    if program.calendar is None and not program.deadlines:
        return program.digest
    return hashlib.sha256(f"{program.digest}\0\0{calendar_of(program).digest}".encode()).hexdigest()
