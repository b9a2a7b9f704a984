"""The intermediate form: what a policy computes, as inert tuples. Every backend, explanation and analysis reads it.

- Amounts are exact rationals in base units (分, 月, 人, 户 …); units are settled, so no node converts.
- A reference says how many levels out it looks: `up` 0 is the entry at hand, 1 what holds it. Inside an aggregate the entry at hand
  is the list's entry.
- Conditions stand apart from values: a rule is lines with a condition and a result, the exceptions before them.
- No host-language code, no names of grammar: the form can be pickled, compared and read aloud.

NamedTuples, not attrs classes: deciding from the cache must not load attrs, and these load in a few milliseconds. The annotations are
evaluated (no `from __future__ import annotations` here): NamedTuple compiles each one that is a text, which adds half to what they cost.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any, NamedTuple

from ..model.clause import Clause
from ..model.types import Type
from ..source import Place

if TYPE_CHECKING:
    from ..backends.calendar import Calendar

# --- expressions -----------------------------------------------------------------------------------------------------


class Constant(NamedTuple):
    value: Any  # bool, position, yyyymmdd, or Fraction in base units
    type: Type
    place: Place


class FactRef(NamedTuple):
    up: int
    entity: str
    name: str
    type: Type
    place: Place


class RuleRef(NamedTuple):
    up: int
    entity: str
    name: str
    type: Type
    place: Place
    displaced: bool = False  # 原值: the rule is one that only stands for what another would give without a line


class ParameterRef(NamedTuple):
    name: str
    keys: tuple["Expression", ...]
    floor: bool  # 下限(x): the floor is read on purpose
    type: Type
    place: Place


class KeyRef(NamedTuple):
    """A key of the parameter whose value is being computed."""

    position: int
    type: Type
    place: Place


class Moment(NamedTuple):
    """决定日 (`decision_date`) or 本月 (`this_month`)."""

    name: str
    type: Type
    place: Place


class Not(NamedTuple):
    operand: "Expression"
    type: Type
    place: Place


class Logic(NamedTuple):
    joined: str  # and, or
    parts: tuple["Expression", ...]
    type: Type
    place: Place


class Compare(NamedTuple):
    sign: str  # < <= = != >= >
    left: "Expression"
    right: "Expression"
    word: str  # as the drafter wrote it
    type: Type
    place: Place


class Among(NamedTuple):
    item: "Expression"
    options: tuple["Expression", ...]
    type: Type
    place: Place


class Arithmetic(NamedTuple):
    sign: str  # + - * /
    left: "Expression"
    right: "Expression"
    type: Type
    place: Place


class Call(NamedTuple):
    """A function of the table (model/functions.py) on values."""

    function: str
    arguments: tuple["Expression", ...]
    type: Type
    place: Place


class AsOf(NamedTuple):
    """`x 于 d`: a parameter or rule under the law of another day, with the facts at hand and the same 决定日.

    A parameter's keys are what they are under today's law. Not nested, not through rules either.
    """

    value: ParameterRef | RuleRef
    day: "Expression"
    type: Type
    place: Place


class IfInForce(NamedTuple):
    """`现行(x, 默认 d)`: a parameter or rule, `x 于 d` too; `default` where it is not in force on its day."""

    value: ParameterRef | RuleRef | AsOf
    default: "Expression"
    type: Type
    place: Place


class Aggregate(NamedTuple):
    """A function over the entries of a list, or a path of lists, that an entry `up` levels out holds."""

    function: str  # sum, count, any, all, max, min, average
    up: int
    lists: tuple[str, ...]
    entity: str  # of the entries
    where: "Expression | None"
    value: "Expression | None"  # none for count
    default: "Expression | None"
    type: Type
    place: Place
    alias: str = ""  # what an entry is called inside
    outward: bool = False  # whether something inside is read outside, and not yet bound (ir/outside.py)


class Outside(NamedTuple):
    """What a formula inside a list function reads of the entry outside it, where an entry of the list has a name of its own.

    `entity`: of the entry outside. `at`: its path, once it is known which it is (ir/outside.py).
    """

    value: "Expression"
    entity: str
    at: str
    type: Type
    place: Place


class CarriedRef(NamedTuple):
    """What an entry has carried over from last month (Entity.carried)."""

    up: int
    entity: str
    name: str
    type: Type
    place: Place


class Past(NamedTuple):
    """上月, 持续, 累计, 进入时: a value of an earlier month.

    Where `guard` does not hold the value is `otherwise`, or an error; where there is no earlier month it is `default`, or an error.
    `shown` is what the function is about, for people: the name looked back at, or the state.
    """

    function: str  # previous, spent, total, at_entry
    guard: "Expression | None"
    value: "Expression"
    default: "Expression | None"
    otherwise: "Expression | None"
    shown: str
    type: Type
    place: Place


class Window(NamedTuple):
    """合计(近(12 个月, x)) and the like: a function over x in the months before this one; with `year` over this calendar year's."""

    function: str  # sum, average, max, min, count, any, all
    up: int
    entity: str
    name: str
    months: int  # at most
    default: "Expression | None"
    shown: str
    type: Type
    place: Place
    year: bool = False


class Measure(NamedTuple):
    """已发 or 应发 of the month that is settled, under 补发."""

    name: str  # paid, due
    type: Type
    place: Place


Expression = (
    Constant
    | FactRef
    | RuleRef
    | ParameterRef
    | KeyRef
    | Moment
    | Not
    | Logic
    | Compare
    | Among
    | Arithmetic
    | Call
    | AsOf
    | IfInForce
    | Aggregate
    | Outside
    | CarriedRef
    | Past
    | Window
    | Measure
)


# --- rules and parameters --------------------------------------------------------------------------------------------


PAID_ON = "paid_on"  # the key of the line that 发于 makes: an exception that gives 0 in every month but one


class Line(NamedTuple):
    """One line of a body. `row` is shared by the dated columns of one table row: on one date at most one of them is in force."""

    kind: str  # value, branch, row, otherwise, exception, transition
    label: str
    condition: Expression | None
    result: Expression
    beats: tuple[str, ...]
    since: int  # yyyymmdd, 0 for undated
    until: int  # yyyymmdd, 99991231 for open
    published: int
    row: int
    key: str  # what an amendment replaces: a row's cells, an exception's label
    layer: int  # 0 is the top layer
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place
    ends: int = 99991231  # its own 至; `until` may be earlier, where the next value of its key begins
    review: int = 0  # its 复核: the day by which it is looked at again


class Remark(NamedTuple):
    """A 假设 on a line of its own: said of all that its declaration writes, whose lines or values stand at `about`."""

    text: str
    layer: int
    clause: Clause
    place: Place
    about: tuple[Place, ...]


class Repeal(NamedTuple):
    """`废止`: takes from what higher layers say the lines with the key, or, with the key "", all of them."""

    key: str
    label: str
    since: int
    until: int
    published: int
    layer: int
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place

    @property
    def always(self) -> bool:
        """Whether it has no dates, so that what it takes away never counts."""
        return not self.since and self.until == 99991231

    def takes(self, key: str, layer: int) -> bool:
        return layer < self.layer and self.key in ("", key)


class Mark(NamedTuple):
    """`起始 s` or `终止 s, t` of a status; `states` are positions among its members."""

    kind: str  # initial, final
    states: tuple[int, ...]
    layer: int
    clause: Clause
    place: Place


class Parts(NamedTuple):
    """按月发, 按季发: in which calendar months a benefit is paid, ascending, and how each part is rounded (ir/parts.py)."""

    months: tuple[int, ...]
    rounding: str  # the function
    step: Fraction
    place: Place


class Rule(NamedTuple):
    """A rule, or (`displaces`) the part of one that would count without a line: hidden, read as 原值, never an output."""

    entity: str
    name: str
    type: Type
    benefit: bool
    modes: tuple[tuple[str, int, int, int, int], ...]  # (mode, since, until, layer, published)
    lines: tuple[Line, ...]
    since: int
    until: int
    clause: Clause
    remarks: tuple[Remark, ...]
    place: Place
    status: bool = False
    hidden: bool = False  # keeps what a later month looks back at; no output
    repeals: tuple[Repeal, ...] = ()
    displaces: str = ""  # the name of the rule that it is a part of
    without: str = ""  # and what is left out of it: an exception's label, or a layer's name
    marks: tuple[Mark, ...] = ()  # of a status
    sections: tuple[Place, ...] = ()  # where it is declared again or amended, `place` left out
    parts: Parts | None = None  # of a benefit that is not paid by its own period
    tells: str = (
        ""  # the benefit of which this hidden rule tells whether it is in force: its value line is, where that is
    )

    @property
    def called(self) -> str:
        """The name for people: that of the rule that it belongs to."""
        return self.displaces or self.name

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Those that speak of the whole rule; its lines have their own."""
        return tuple(r.text for r in self.remarks)


class Entry(NamedTuple):
    """One dated value of a parameter, for a set of keys (None: any)."""

    keys: tuple[tuple[int, ...] | None, ...]
    kind: str  # exact, floor, target, pending, absent
    value: Expression | None
    since: int
    until: int
    published: int
    layer: int
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place
    ends: int = 99991231  # its own 至
    review: int = 0  # its 复核
    bounds: tuple[Fraction, Fraction] | None = None  # of 待定: between which it lies


class Parameter(NamedTuple):
    name: str
    keys: tuple[str, ...]
    key_types: tuple[Type, ...]
    type: Type
    entries: tuple[Entry, ...]
    clause: Clause
    remarks: tuple[Remark, ...]
    place: Place
    repeals: tuple[Repeal, ...] = ()

    @property
    def assumptions(self) -> tuple[str, ...]:
        """Those that speak of all its values; each value has its own."""
        return tuple(r.text for r in self.remarks)


class Fact(NamedTuple):
    """A fact of an entity. `low` and `high` are in base units; `default` is a value, or None where none is written."""

    name: str
    type: Type
    low: Fraction | None
    high: Fraction | None
    default: object
    has_default: bool
    fixed: bool
    ask: str
    by: str
    when: Expression | None
    clause: Clause
    place: Place
    died: bool = False  # whether it is a death: left out, there is none


class Members(NamedTuple):
    """A list that an entity holds: `成员 : 若干 个人, 1..50`."""

    name: str
    entity: str
    low: int
    high: int
    place: Place
    empty: bool = False  # 默认 无: left out, there is nobody in it


class Carried(NamedTuple):
    """What an entry carries from one month into the next: the value of one of its rules or facts, or its values of some months.

    An amount is carried as a whole number of 1/grid, or where its grid is not known (0) as numerator and denominator.
    """

    name: str
    kind: str  # value, window
    source: str  # rule, fact
    of: str  # the name of that rule or fact
    months: int  # of a window
    type: Type
    start: object  # before the first month: a value in base units, or None for nothing
    grid: int
    given: tuple[str, ...]  # where facts give it, under 上月
    place: Place
    keeps: bool = (
        False  # whether it stays as it was while the entry is away: states and counts do, values of last month do not
    )


class Entity(NamedTuple):
    name: str
    counts_as: str
    facts: tuple[Fact, ...]
    lists: tuple[Members, ...]
    holder: str  # the entity that holds it, "" at the top
    holder_list: str
    clause: Clause
    place: Place
    carried: tuple[Carried, ...] = ()
    born: int = -1  # which of its facts is its birth, before which it is not there; -1 where none is
    died: int = -1  # which is its death, after which it is not there
    identity: int = -1  # which of its facts says who it is, whatever its place; -1 where none does

    @property
    def naming(self) -> int:
        """Which of its facts gives an entry its name for people: its first text, but for the one that identifies; -1 where none does."""
        named = (n for n, f in enumerate(self.facts) if f.type.kind == "text" and n != self.identity)
        return next(named, -1)


class Along(NamedTuple):
    """`随 成员.月收入`: the fact of the entry `up` levels out, or of the entries of the lists that it holds."""

    up: int
    lists: tuple[str, ...]
    fact: FactRef  # of the entity at the end of the way


class Claim(NamedTuple):
    """One line of a guarantee: `says` holds where `when` does; with `along`, `says` never rises when the fact does.

    `kind`: `condition` names facts (and parameters) alone and is asked of every case; `figures` names parameters alone;
    `roll` is about an entity above households and is looked at in each roll decided; `outcome` names rules.
    """

    kind: str
    says: Expression
    along: Along | None
    when: Expression | None
    since: int
    until: int
    published: int
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place


class Guarantee(NamedTuple):
    """保证: what must hold of every entry of one entity, in every case."""

    title: str
    entity: str
    claims: tuple[Claim, ...]
    layer: int
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place


class Expected(NamedTuple):
    """What an example expects of one output: a value, `unknown` with the facts it waits for, `error`, or that it is not in force (`absent`).

    In a history `month` is the month's first day, and `measure` tells 已发(x) and 补发(x) from what is due ("").
    """

    path: str
    kind: str  # value, unknown, error, absent
    value: object
    names: tuple[str, ...]
    place: Place
    month: int = 0
    measure: str = ""


class Example(NamedTuple):
    title: str
    on: int
    facts: object  # as JSON facts: {"家庭": {...}}
    expected: tuple[Expected, ...]
    policy: str
    place: Place
    history: bool = False  # facts with dates, expectations with months
    places: tuple[tuple[str, Place], ...] = ()  # where each fact is written, by its path


class Arrears(NamedTuple):
    """补发 当 E under a benefit: of the months with a difference those are settled for which E holds. Or 追回 每月不超过 E (`kind` recover):
    what was overpaid is taken back in instalments of at most E."""

    entity: str
    benefit: str
    condition: Expression
    layer: int
    clause: Clause
    place: Place
    assumptions: tuple[str, ...] = ()
    kind: str = "arrears"  # or recover


class Document(NamedTuple):
    """文件, as clauses name it (its number, or its id where it has none), and who issued it."""

    number: str
    title: str
    issuer: str
    date: str
    layer: int  # that declares it


class Payday(NamedTuple):
    """发放日: the day of the month on which each month is paid, as one layer says it."""

    day: int
    layer: int
    clause: Clause
    place: Place


class Change(NamedTuple):
    """Figures changed of the program that has the digest `before` (what-if): (parameter as written, its values by date)."""

    before: str
    values: tuple[tuple[str, tuple[tuple[str, object], ...]], ...]


class Program(NamedTuple):
    """A whole policy, compiled: rules in an order in which each stands after those it reads."""

    name: str
    chain: tuple[str, ...]  # the layers, top first
    jurisdiction: str
    digest: str
    entities: tuple[Entity, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    examples: Sequence[Example]  # a tuple, or one that is read when it is asked for
    outputs: tuple[tuple[str, str], ...]  # (entity, name) of every rule, in the order of the text
    paydays: tuple[Payday, ...] = ()  # of the layers that say one, top first: the last one counts
    arrears: tuple[Arrears, ...] = ()  # of all layers, top first: the last one of a benefit and kind counts
    deadlines: bool = False  # whether a rule asks for working days
    calendar: "Calendar | None" = None  # of working days; none: the default one
    guarantees: tuple[Guarantee, ...] = ()
    jurisdictions: tuple[str, ...] = ()  # of the layers, top first; "" where one names none
    documents: tuple[Document, ...] = ()  # of all layers
    texts: tuple[str, ...] = ()  # SHA-256 of the texts of each layer
    changes: tuple[Change, ...] = ()  # of the published program, one upon another; `digest` tells them

    @property
    def payday(self) -> int:
        """The day of the month on which it is paid; 0 is its last."""
        return self.paydays[-1].day if self.paydays else 0


OPEN = 99991231
