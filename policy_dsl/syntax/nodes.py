"""The tree of what was written: inert values, children in tuples, spans outside equality."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

from attrs import field, frozen

from ..source import Span


@frozen
class Node:
    span: Span = field(eq=False, repr=False, kw_only=True)


# --- expressions -----------------------------------------------------------------------------------------------------


@frozen
class Name(Node):
    """`户籍`, `家庭.符合低保`, `成员.月收入`: parts as written, without 「」."""

    path: tuple[str, ...]


@frozen
class Number(Node):
    """`300`, `60%`, `300 元/月`: the digits as written and the unit's words, ('%',) for percent, () for a bare number.

    `apart`: the unit stands in parentheses, `300 (元/床)`, and is no division whatever the names mean. `asked`: the words behind
    slashes that could be read as a division too, as written.
    """

    digits: str
    unit: tuple[str, ...] = ()
    apart: bool = False
    asked: tuple[tuple[str, Span], ...] = field(default=(), eq=False, repr=False)

    @property
    def value(self) -> Fraction:
        return Fraction(self.digits)


@frozen
class Per(Node):
    """`床` in `300 元/床`, right of a division: a part of the unit, or a name to divide by. `settle` knows, once all units are declared."""

    word: str
    written: str = field(eq=False)


@frozen
class Day(Node):
    """`2022-06-30`, or a month `2022-06` where months are legal."""

    text: str


@frozen
class Truth(Node):
    value: bool


@frozen
class Displaced(Node):
    """`原值`: what the rule would give if the line that says it were not there."""


@frozen
class Not(Node):
    operand: Expression


@frozen
class Negative(Node):
    operand: Expression


@frozen
class Logic(Node):
    """Two or more parts joined by one word: 且 or 或, never both without parentheses."""

    joined: Literal["and", "or"]
    parts: tuple[Expression, ...]


@frozen
class Link(Node):
    """One comparison of a chain: the meaning of the word, the word as the drafter wrote it, the right side."""

    sign: str
    word: str = field(eq=False)
    right: Expression


@frozen
class Comparison(Node):
    """`x < y`, `a ≤ x < b`."""

    first: Expression
    links: tuple[Link, ...]


@frozen
class Range(Node):
    """`[30%, 60%)`, `30%..60%`."""

    low: Expression
    low_closed: bool
    high: Expression
    high_closed: bool


@frozen
class Membership(Node):
    """`x 属于 (a, b)`: options are values, or one range."""

    item: Expression
    options: tuple[Expression, ...] | Range


@frozen
class Arithmetic(Node):
    sign: Literal["+", "-", "*", "/"]
    left: Expression
    right: Expression


@frozen
class Call(Node):
    """A function of the table, or a parameter with keys: `合计(成员.月收入 当 年龄 ≥ 60)`, `低保标准(户籍)`.

    `alias` is the name that a list's entry has inside: `人数(家庭.成员 作 他 当 他.年龄 > 年龄)`.
    """

    name: str
    arguments: tuple[Expression, ...]
    where: Expression | None = None
    default: Expression | None = None
    alias: str = ""


@frozen
class AsOf(Node):
    """`低保标准(户籍) 于 2021-12-31`: a parameter or rule under the law of a day."""

    target: Name | Call
    day: Expression


Expression = (
    Name
    | Number
    | Per
    | Day
    | Truth
    | Displaced
    | Not
    | Negative
    | Logic
    | Comparison
    | Membership
    | Arithmetic
    | Call
    | AsOf
)


# --- bodies ----------------------------------------------------------------------------------------------------------


@frozen
class Notes(Node):
    """What a line says of its source: `依据 …`, `假设 …`."""

    basis: tuple[str, ...] = ()
    assumptions: tuple[str, ...] = ()


@frozen
class Dates(Node):
    """`自 D [至 D] [公布 D] [复核 D]`; texts as written, a month stays a month."""

    since: str
    until: str | None = None
    published: str | None = None
    review: str | None = None


@frozen
class Result(Node):
    """What a line gives: an expression, a floor, a target, 待定 (between two bounds, where there are some), or (in a table) no such row
    in that column's time."""

    kind: Literal["exact", "floor", "target", "pending", "absent"]
    value: Expression | None = None
    range: tuple[Expression, Expression] | None = None


@frozen
class Value(Node):
    """`为 E`."""

    result: Result
    notes: Notes


@frozen
class Branch(Node):
    condition: Expression
    result: Result
    notes: Notes


@frozen
class Otherwise(Node):
    result: Result
    notes: Notes


@frozen
class Except(Node):
    label: str
    condition: Expression
    result: Result
    beats: tuple[str, ...]
    notes: Notes


@frozen
class Repeal(Node):
    """`废止 名`: takes an inherited exception away by its label; without a name the whole of what is inherited.

    `废止 在保、渐退 → 退出`: takes inherited transitions away; `name` is the states from which they lead, `target` the other one.
    """

    name: tuple[str, ...]
    notes: Notes
    target: str = ""


@frozen
class Mode(Node):
    """How lines that apply together are joined: 依次, 就高, 就低, 合计."""

    kind: Literal["first", "highest", "lowest", "sum"]


@frozen
class Remark(Node):
    """`依据` or `假设` on a line of their own: they hold for the whole body."""

    notes: Notes


@frozen
class Dated(Node):
    """`自 D` before a value on its line (`inline`), or alone with the lines indented under it."""

    dates: Dates
    lines: tuple[Line, ...]
    inline: bool


@frozen
class Column(Node):
    """A header cell: an expression whose value the cells below test, a result, or a dated result."""

    kind: Literal["condition", "result", "dated"]
    expression: Expression | None = None
    dates: Dates | None = None


@frozen
class Test(Node):
    """One alternative of a condition cell: a value, a range, or a comparison with the column."""

    sign: str  # "=", a comparison sign, or "in" for a range
    word: str = field(eq=False)
    operand: Expression | Range


@frozen
class Cell(Node):
    """A condition cell: any (—), 否则, or tests joined by `or` (also a list) or `and`."""

    kind: Literal["any", "otherwise", "tests"]
    tests: tuple[Test, ...] = ()
    joined: Literal["or", "and"] = "or"


@frozen
class Row(Node):
    cells: tuple[Cell | Result, ...]
    notes: Notes


@frozen
class Table(Node):
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]


@frozen
class Initial(Node):
    """`起始 s`: the state before the first month."""

    state: str
    notes: Notes


@frozen
class Final(Node):
    """`终止 s, t`: states that are meant to be without a way out."""

    states: tuple[str, ...]
    notes: Notes


@frozen
class Transition(Node):
    """`s, t → u 当 C`: short for one line for each state on the left."""

    sources: tuple[str, ...]
    target: str
    condition: Expression
    notes: Notes


@frozen
class Arrears(Node):
    """`补发 当 E` under a benefit: which months are settled later."""

    condition: Expression
    notes: Notes


@frozen
class PaidOn(Node):
    """`发于 E` under a benefit without a period: it is paid in the calendar month that holds this day."""

    day: Expression
    notes: Notes


@frozen
class Recover(Node):
    """`追回 每月不超过 E` under a benefit: what was overpaid is taken back in instalments."""

    limit: Expression
    notes: Notes


Line = (
    Value
    | Branch
    | Otherwise
    | Except
    | Repeal
    | Mode
    | Remark
    | Dated
    | Table
    | Initial
    | Final
    | Transition
    | Arrears
    | PaidOn
    | Recover
)


# --- declarations ----------------------------------------------------------------------------------------------------


@frozen
class NamedType(Node):
    """A type or unit by its words: 是否, 自理能力, 元/人/月, %."""

    parts: tuple[str, ...]


@frozen
class InlineEnumeration(Node):
    members: tuple[str, ...]


@frozen
class ListOf(Node):
    entity: str


TypeExpression = NamedType | InlineEnumeration | ListOf


@frozen
class Fact(Node):
    """One line of an entity: names that share a type, and what is said of them."""

    names: tuple[str, ...]
    type: TypeExpression
    range: tuple[Expression, Expression] | None = None
    default: Expression | None = None
    fixed: bool = False
    ask: str | None = None
    by: str | None = None
    when: Expression | None = None
    born: bool = False
    identifies: bool = False
    died: bool = False


@frozen
class Allowance(Node):
    """`许可 CODE 理由`: the finding of that code is silent in the declaration, whose stretch of the text is `covers`."""

    code: str
    reason: str
    covers: Span = field(eq=False, repr=False, kw_only=True)


@frozen
class Declaring(Node):
    """What a declaration has whatever it declares."""

    allowances: tuple[Allowance, ...] = field(default=(), kw_only=True)


@frozen
class PolicyHead(Declaring):
    name: str
    extends: str | None = None
    jurisdiction: str | None = None
    payday: int | None = None


@frozen
class Document(Declaring):
    id: str
    number: str
    title: str | None = None
    issuer: str | None = None
    date: str | None = None


@frozen
class Entity(Declaring):
    name: str
    counts_as: str | None
    facts: tuple[Fact, ...]


@frozen
class TypeDeclaration(Declaring):
    name: str
    kind: Literal["ordered", "unordered", "unit", "named"]  # named: by one other name, which declares nothing
    members: tuple[str, ...] = ()


@frozen
class Parameter(Declaring):
    name: str
    keys: tuple[str, ...]
    type: TypeExpression
    dates: Dates | None
    body: tuple[Line, ...]


@frozen
class Parts(Node):
    """`按月发`, `按季发 于 1 月、4 月、7 月、10 月`, with the rounding of parts behind it: `向下取整 1 元`."""

    every: Literal["monthly", "quarterly"]
    months: tuple[int, ...] = ()  # as written; none are those of the word
    rounding: str = ""  # the function's word
    step: Expression | None = None


@frozen
class Rule(Declaring):
    """规则 and 给付: `benefit` tells them apart. `parts`: how often a benefit is paid, where that is not its own period."""

    entities: tuple[str, ...]
    name: str
    type: TypeExpression
    dates: Dates | None
    body: tuple[Line, ...]
    benefit: bool
    parts: Parts | None = None


@frozen
class Status(Declaring):
    """阶段: a state that lives from month to month, with its transitions."""

    entities: tuple[str, ...]
    name: str
    dates: Dates | None
    body: tuple[Line, ...]


@frozen
class Added(Node):
    """`五类`, `五类 后于 四类`: a value that an amended type has besides, and the one that it comes after."""

    name: str
    after: str | None = None


@frozen
class Amendment(Declaring):
    """修订: changes by key what is inherited. `facts` are given when facts are added instead of lines, `values` when a type's values are."""

    names: tuple[str, ...]
    body: tuple[Line, ...]
    facts: tuple[Fact, ...] = ()
    dates: Dates | None = None
    values: tuple[Added, ...] = ()


@frozen
class Claim(Node):
    """`E`, `E 当 C`, `E 随 F 不增 [当 C]`: what must hold, along which fact it must never rise, in which cases."""

    says: Expression
    along: Name | None
    when: Expression | None
    notes: Notes


@frozen
class DatedClaims(Node):
    """`自 D [至 D]` with claims indented under it."""

    dates: Dates
    lines: tuple[ClaimLine, ...]


ClaimLine = Claim | DatedClaims | Remark


@frozen
class Guarantee(Declaring):
    """保证: what must hold in every possible case."""

    title: str
    lines: tuple[ClaimLine, ...]


@frozen
class Given(Node):
    """A value in an example: a literal, 未知 (with the facts it waits for), or 错误 (with its code)."""

    kind: Literal["value", "unknown", "error"]
    value: Expression | None = None
    names: tuple[str, ...] = ()


@frozen
class Assignment(Node):
    """`名 = 值`; `measure` is the word before the benefit in `已发(x)`, `补发(x)`."""

    name: tuple[str, ...]
    given: Given
    measure: str = ""


@frozen
class Entry(Node):
    """`成员 甲 法定义务人 父: 年龄 = 45`: pairs of (entity or list, label), then what is given or expected.

    `month`: of a fact in a history its 自, of an expectation its month.
    """

    expected: bool
    month: str | None
    target: tuple[str, ...]
    assignments: tuple[Assignment, ...]
    until: str | None = None
    learned: str | None = None


@frozen
class Example(Declaring):
    title: str
    on: str | None
    entries: tuple[Entry, ...]


@frozen
class Heading(Node):
    level: int
    text: str


@frozen
class Gist(Node):
    text: str


@frozen
class Comment(Node):
    text: str


Declaration = (
    PolicyHead | Document | Entity | TypeDeclaration | Parameter | Rule | Status | Amendment | Guarantee | Example
)
Item = Heading | Gist | Declaration


@frozen
class File(Node):
    """One file: its items in order, its comments with their places, and the names whose declarations could not be read."""

    items: tuple[Item, ...]
    comments: tuple[Comment, ...] = field(default=(), eq=False)
    broken: frozenset[str] = field(default=frozenset(), eq=False)
