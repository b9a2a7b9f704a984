"""What made two decisions differ, as data: facts, law, status, the day. `comparing.py` finds them, `wording.py` says them.

Every cause has `kind` (fact, law, status, day), `name` (the fact, the entry's path, the parameter, the rule, the status), `before` and `after`, and
names what is put back to take it away: its atoms. An atom begins with its kind and, while causes are looked for, with the number of its month; in
the end with how many months back it lies (0: in the month of the two decisions).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

from ..backends.entries import Instance
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import Value
from ..explain.explanation import Considered
from ..ir import nodes as ir
from ..model.clause import Clause
from ..model.types import Type

Atom = tuple[object, ...]
Way = Literal["list", "back", "birth", "death", "left"]


def month_of(atom: Atom) -> int:
    """The number of an atom's month."""
    month = atom[1]
    assert isinstance(month, int)
    return month


class Fact(NamedTuple):
    """A fact of an entry is another. `who`: whose it is, in words."""

    atoms: tuple[Atom, ...]
    month: int  # the month of the fact (its first day), where it is an earlier one; else 0
    path: str
    name: str
    who: str
    type: Type
    before: Value
    after: Value

    @property
    def kind(self) -> str:
        return "fact"


class Entry(NamedTuple):
    """An entry of a list came or left; all of them, where nobody knows who they are (`open`).

    `way`: by a birth or a death, `day` being its day in the decision that has it, where it does (0: no death after all); back after an
    absence; since enough are in a list of it again, or too few are left; else by the list. `known`: in one month, since more is known of it.
    """

    atoms: tuple[Atom, ...]
    month: int
    path: str
    who: str
    came: bool
    way: Way = "list"
    day: int = 0
    known: bool = False
    open: bool = False

    @property
    def kind(self) -> str:
        return "fact"

    @property
    def name(self) -> str:
        return self.path

    @property
    def before(self) -> bool:
        """Whether it was there."""
        return not self.came

    @property
    def after(self) -> bool:
        """Whether it is."""
        return self.came


class Nobody(NamedTuple):
    """One of the two months has nobody in it. `back`: somebody was there before that; `deaths`: who has died (in words, ""
    for the outermost entry) and when; `known`: in one month, since more is known of it."""

    came: bool
    back: bool = False
    deaths: tuple[tuple[str, int], ...] = ()
    known: bool = False
    atoms: tuple[Atom, ...] = (("root", 0),)
    month: int = 0
    name: str = ""

    @property
    def kind(self) -> str:
        return "fact"

    @property
    def before(self) -> bool:
        """Whether somebody was there."""
        return not self.came

    @property
    def after(self) -> bool:
        """Whether somebody is."""
        return self.came


class Figure(NamedTuple):
    """A parameter's value is another: its entries begin, end, are published or repealed, or another day's law is asked (`law`)."""

    atoms: tuple[Atom, ...]
    month: int
    name: str
    type: Type
    before: Value
    after: Value
    entry_before: ir.Entry | None
    entry_after: ir.Entry | None
    repeal: ir.Repeal | None
    law: tuple[int, int] = (0, 0)  # the days whose law is looked at, where `于` asks for them

    @property
    def kind(self) -> str:
        return "law"


class Lines(NamedTuple):
    """Lines of a rule begin or end. `began` and `ended` are those that mattered."""

    atoms: tuple[Atom, ...]
    month: int
    name: str
    began: tuple[ir.Line, ...]
    ended: tuple[ir.Line, ...]
    repeal: ir.Repeal | None
    gone: bool  # nothing of the rule is in force afterwards
    days: tuple[int, int]  # the days of the two decisions' law
    known: int | None  # as of which day the law afterwards is known
    clause: Clause
    law: int = 0

    @property
    def kind(self) -> str:
        return "law"

    @property
    def before(self) -> tuple[ir.Line, ...]:
        return self.ended

    @property
    def after(self) -> tuple[ir.Line, ...]:
        return self.began


class Carried(NamedTuple):
    """What came over from the month before is another: 上月, 近, 进入时."""

    atoms: tuple[Atom, ...]
    month: int
    name: str
    who: str
    type: Type
    before: Value
    after: Value

    @property
    def kind(self) -> str:
        return "status"


class Moved(NamedTuple):
    """A status took a transition."""

    atoms: tuple[Atom, ...]
    month: int
    name: str
    entry: Instance
    taken: Considered
    interpretation: Interpretation
    before: Value
    after: Value
    law: int = 0

    @property
    def kind(self) -> str:
        return "status"


class Passed(NamedTuple):
    """The day has moved on: an age, a month of the year, months of a stay, a day that was waited for. `formula` is what it changed."""

    atoms: tuple[Atom, ...]
    month: int
    formula: ir.Expression
    who: str
    type: Type
    before: Value
    after: Value
    since: tuple[str, int] = ("", 0)  # of an age: the name and the day of the birth

    @property
    def kind(self) -> str:
        return "day"

    @property
    def name(self) -> str:
        """As the policy writes it."""
        return self.formula.place.written


Cause = Fact | Entry | Nobody | Figure | Lines | Carried | Moved | Passed


def counted(cause: Cause, top: int) -> Cause:
    """A cause whose atoms say how many months back they lie from a month."""
    return cause._replace(atoms=tuple((a[0], top - month_of(a), *a[2:]) for a in cause.atoms))
