"""The intermediate form: what a policy computes, as inert tuples. Every backend, explanation and analysis reads it.

- Amounts are exact rationals in base units (分, 月, 人, 户 …); units are settled, so no node converts.
- A reference says how many levels out it looks: `up` 0 is the entry at hand, 1 what holds it. Inside an aggregate the entry at hand
  is the list's entry.
- Conditions stand apart from values: a rule is lines with a condition and a result, the exceptions before them.
- No host-language code, no names of grammar: the form can be pickled, compared and read aloud.

NamedTuples, not attrs classes: deciding from the cache must not load attrs, and these load in a few milliseconds.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any, NamedTuple

from ..model.clause import Clause
from ..model.types import Type
from ..source import Place

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


class ParameterRef(NamedTuple):
    name: str
    keys: tuple[Expression, ...]
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
    operand: Expression
    type: Type
    place: Place


class Logic(NamedTuple):
    joined: str  # and, or
    parts: tuple[Expression, ...]
    type: Type
    place: Place


class Compare(NamedTuple):
    sign: str  # < <= = != >= >
    left: Expression
    right: Expression
    word: str  # as the drafter wrote it
    type: Type
    place: Place


class Among(NamedTuple):
    item: Expression
    options: tuple[Expression, ...]
    type: Type
    place: Place


class Arithmetic(NamedTuple):
    sign: str  # + - * /
    left: Expression
    right: Expression
    type: Type
    place: Place


class Call(NamedTuple):
    """A function of the table (model/functions.py) on values."""

    function: str
    arguments: tuple[Expression, ...]
    type: Type
    place: Place


class Aggregate(NamedTuple):
    """A function over the entries of a list, or a path of lists, that an entry `up` levels out holds."""

    function: str  # sum, count, any, all, max, min, average
    up: int
    lists: tuple[str, ...]
    entity: str  # of the entries
    where: Expression | None
    value: Expression | None  # none for count
    default: Expression | None
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
    | Aggregate
)


# --- rules and parameters --------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """One line of a body. `row` is shared by the dated columns of one table row: on one date at most one of them is in force."""

    kind: str  # value, branch, row, otherwise, exception
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


class Rule(NamedTuple):
    entity: str
    name: str
    type: Type
    benefit: bool
    modes: tuple[tuple[str, int, int, int], ...]  # (mode, since, until, layer)
    lines: tuple[Line, ...]
    since: int
    until: int
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place


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


class Parameter(NamedTuple):
    name: str
    keys: tuple[str, ...]
    key_types: tuple[Type, ...]
    type: Type
    entries: tuple[Entry, ...]
    clause: Clause
    assumptions: tuple[str, ...]
    place: Place


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


class Members(NamedTuple):
    """A list that an entity holds: `成员 : 若干 个人, 1..50`."""

    name: str
    entity: str
    low: int
    high: int
    place: Place


class Entity(NamedTuple):
    name: str
    counts_as: str
    facts: tuple[Fact, ...]
    lists: tuple[Members, ...]
    holder: str  # the entity that holds it, "" at the top
    holder_list: str
    clause: Clause
    place: Place


class Expected(NamedTuple):
    """What an example expects of one output: a value, `unknown` with the facts it waits for, or `error`."""

    path: str
    kind: str  # value, unknown, error
    value: object
    names: tuple[str, ...]
    place: Place


class Example(NamedTuple):
    title: str
    on: int
    facts: object  # as JSON facts: {"家庭": {...}}
    expected: tuple[Expected, ...]
    policy: str
    place: Place


class Program(NamedTuple):
    """A whole policy, compiled: rules in an order in which each stands after those it reads."""

    name: str
    chain: tuple[str, ...]  # the layers, top first
    jurisdiction: str
    digest: str
    entities: tuple[Entity, ...]
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    examples: tuple[Example, ...]
    outputs: tuple[tuple[str, str], ...]  # (entity, name) of every rule, in the order of the text


OPEN = 99991231
