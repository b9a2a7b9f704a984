"""The effective policy on a day: what is in force through all layers, each item with where it comes from and what it displaced.

Made of the program alone (make.py), so a cached policy shows itself without its texts. This is data; text.py and
data.py set it for people and for programs.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import NamedTuple

from ..backends.formatting import day_text
from ..backends.values import Value
from ..ir import nodes as ir
from ..model.clause import Clause
from ..model.types import Type


class Origin(NamedTuple):
    """Where an item stands: its layer (`own`: the policy itself), document, headings, and the line of the file."""

    layer: str
    own: bool
    clause: Clause
    file: str
    line: int


class ShownValue(NamedTuple):
    """A value of a parameter for some of its keys. `kind`: exact, floor, pending, target, none (nothing in force).

    `value` is in base units; `formula` is how it is computed where it is not written down. `displaced` is what higher layers say for the
    same keys on the day, the nearest first; a floor among them binds all the same. `written` is the type in whose unit the text has it, `bounds` are those of 待定.
    """

    keys: tuple[str, ...]
    kind: str
    value: Value
    formula: ir.Expression | None
    since: int
    until: int
    published: int
    origin: Origin | None
    assumptions: tuple[str, ...]
    displaced: tuple[ShownValue, ...] = ()
    written: Type | None = None
    review: int = 0  # the day by which it is looked at again
    bounds: tuple[Fraction, Fraction] | None = None


class ShownRepeal(NamedTuple):
    """A 废止 in force, with the lines that it takes away; no label: everything that was inherited."""

    label: str
    since: int
    until: int
    origin: Origin
    taken: tuple[ShownLine, ...]
    assumptions: tuple[str, ...]


class ShownLine(NamedTuple):
    """A line in force. `beats`: the exceptions behind it, `displaced`: the lines of a higher layer in whose place it stands."""

    line: ir.Line
    origin: Origin
    beats: tuple[ShownLine, ...] = ()
    displaced: tuple[ShownLine, ...] = ()


class ShownParameter(NamedTuple):
    name: str
    keys: tuple[str, ...]
    type: Type
    values: tuple[ShownValue, ...]
    targets: tuple[ShownValue, ...]
    repeals: tuple[ShownRepeal, ...]
    origin: Origin
    assumptions: tuple[str, ...]


class ShownMark(NamedTuple):
    """A 起始 or 终止 of a status; `kind`: initial, final."""

    kind: str
    states: tuple[str, ...]
    origin: Origin


class ShownArrears(NamedTuple):
    """补发 of a benefit: which months are settled, or its 追回 (`kind` recover). `displaced`: what higher layers say, the nearest first."""

    condition: ir.Expression
    origin: Origin
    displaced: tuple[ShownArrears, ...] = ()
    kind: str = "arrears"


class ShownPayday(NamedTuple):
    """发放日. `displaced`: those of higher layers, the nearest first."""

    day: int
    origin: Origin
    displaced: tuple[ShownPayday, ...] = ()


class ShownRule(NamedTuple):
    """A rule, benefit or status; without lines: nothing of it is in force on the day.

    A status has its states in `type.members`, `marks`, and transitions alone as lines: what no transition moves stays what it was.
    """

    entity: str
    name: str
    benefit: bool
    type: Type
    mode: str
    lines: tuple[ShownLine, ...]
    repeals: tuple[ShownRepeal, ...]
    origin: Origin
    assumptions: tuple[str, ...]
    status: bool = False
    marks: tuple[ShownMark, ...] = ()
    arrears: ShownArrears | None = None
    parts: ir.Parts | None = None
    recover: ShownArrears | None = None

    @property
    def finals(self) -> frozenset[str]:
        return frozenset(s for m in self.marks if m.kind == "final" for s in m.states)


class ShownClaim(NamedTuple):
    claim: ir.Claim
    origin: Origin


class ShownGuarantee(NamedTuple):
    """A 保证 with the lines of it in force on the day."""

    title: str
    entity: str
    claims: tuple[ShownClaim, ...]
    origin: Origin
    assumptions: tuple[str, ...]


class ShownFact(NamedTuple):
    """A fact that the policy asks for; `added`: by a lower layer than the one that declares the entity."""

    entity: str
    fact: ir.Fact
    origin: Origin
    added: bool


class Effective(NamedTuple):
    """The whole, in the order of the text: the layers from the top, in each its files and lines."""

    policy: str
    digest: str
    on: int
    layers: tuple[str, ...]
    facts: tuple[ShownFact, ...]
    items: tuple[ShownParameter | ShownRule, ...]
    payday: ShownPayday | None = None
    guarantees: tuple[ShownGuarantee, ...] = ()

    @property
    def parameters(self) -> list[ShownParameter]:
        return [x for x in self.items if isinstance(x, ShownParameter)]

    @property
    def rules(self) -> list[ShownRule]:
        return [x for x in self.items if isinstance(x, ShownRule)]

    @property
    def assumptions(self) -> list[str]:
        """Every 假设 behind what is in force, each once."""
        found: dict[str, None] = {}
        for item in self.items:
            parts: Iterable[ShownValue | ShownRepeal | ir.Line]
            if isinstance(item, ShownParameter):
                parts = (*item.values, *item.repeals)
            else:
                parts = (*(x.line for x in item.lines), *item.repeals)
            found.update(dict.fromkeys([*item.assumptions, *(a for x in parts for a in x.assumptions)]))
        for g in self.guarantees:
            found.update(dict.fromkeys([*g.assumptions, *(a for x in g.claims for a in x.claim.assumptions)]))
        return list(found)

    def text(self, lang: str = "zh") -> str:
        from .text import text

        return text(self, lang)

    def to_json(self, lang: str = "zh") -> dict[str, object]:
        """As docs/reference/json.md says."""
        from .data import data

        return data(self, lang)

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Effective {self.policy} {day_text(self.on)}>"
