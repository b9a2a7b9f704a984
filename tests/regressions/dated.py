"""Every construct that can have a date, in every place where the date may stand, with the time that it then has.

Each construct gives 7 in its time, and what `before` and `after` say outside of it; the time is worked out here, from the dates
alone: of dates inside dates the days that both have, and the 公布 of the inner one, else of the outer one.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterator
from typing import NamedTuple

NONE, PENDING, CONFLICT = "R0105", "未定", "R0102"


# --- times


class When(NamedTuple):
    """`自 D [至 D] [公布 D]`."""

    since: str
    until: str = ""
    published: str = ""

    @property
    def text(self) -> str:
        words = (("自", self.since), ("至", self.until), ("公布", self.published))
        return " ".join(f"{word} {day}" for word, day in words if day)


class Time(NamedTuple):
    """The days from the first to the last one (none: for good), known since a day."""

    first: datetime.date
    last: datetime.date | None
    known: datetime.date


def day(text: str, end: bool = False) -> datetime.date:
    if len(text) == 10:
        return datetime.date.fromisoformat(text)
    first = datetime.date.fromisoformat(f"{text}-01")
    return (first + datetime.timedelta(days=31)).replace(day=1) - datetime.timedelta(days=1) if end else first


def time_of(dates: tuple[When, ...]) -> Time:
    """Outer dates come first."""
    first = max(day(d.since) for d in dates)
    last = min((day(d.until, True) for d in dates if d.until), default=None)
    published = [d.published for d in dates if d.published]
    return Time(first, last, day(published[-1]) if published else first)


ALONE = [
    (When("2023-03-01"),),
    (When("2023-03"),),
    (When("2023-03-01", "2023-08-31"),),
    (When("2023-03", "2023-08"),),
    (When("2023-03-01", "", "2023-05-10"),),
    (When("2023-03-01", "2023-08-31", "2023-05-10"),),
]
NESTED = [
    (When("2023-01-01"), When("2023-03-01")),
    (When("2023-03-01"), When("2023-01-01", "2023-08-31")),
    (When("2023-01-01", "2023-08-31"), When("2023-03-01")),
    (When("2023-03-01", "2023-12-31"), When("2023-01-01", "2023-08-31")),
    (When("2023-03-01", "", "2023-05-10"), When("2023-03-01", "2023-08-31")),
    (When("2023-02-01", "", "2023-02-10"), When("2023-03-01", "", "2023-05-10")),
]


# --- what is dated


class Construct(NamedTuple):
    """`dated` gives 7 in its time. `base`: the lines beside it that have no date; `before`, `after`: what they give then.

    `over`: what a layer gives outside the time of what a lower one says (there is no `base` in the lower one).
    `header`, `cell`: of a table that says the same, a row of two columns; `result`: the second one's value, `plain` that of the base.
    """

    head: str
    dated: tuple[str, ...]
    base: tuple[str, ...] = ()
    before: object = NONE
    after: object = NONE
    over: object = 1
    reads: str = ""
    rest: str = ""
    upper: tuple[str, ...] = ()  # of the layer above, where it is not the base
    header: str = ""
    cell: str = ""
    result: str = "7"
    inside: object = 7
    whole: bool = True  # whether it can be all that a declaration says
    name: str = "标准"


PARAMETER = "参数 标准 : 数"
KEYED = "参数 标准(地区) : 数"
RULE = "规则 家庭 标准 : 数"
BENEFIT = "给付 家庭 标准 : 元/月"
STATUS = "阶段 家庭 状态"
CONSTRUCTS: dict[str, Construct] = {
    "value": Construct(PARAMETER, ("为 7",), ("为 1",), 1, NONE),
    "computed value": Construct(PARAMETER, ("为 基数 + 3",), ("为 1",), 1, NONE, rest="参数 基数 : 数\n  为 4\n"),
    "pending value": Construct(PARAMETER, ("为 待定",), ("为 1",), 1, NONE, inside=PENDING),
    "floor": Construct(PARAMETER, ("为 不低于 7",), ("为 1",), 1, NONE, inside=PENDING),
    "floor read": Construct(PARAMETER, ("为 不低于 7",), reads="下限(标准)"),
    "target": Construct(PARAMETER, ("为 目标 7",), ("为 1",), 1, 1, inside=1),
    "value for all keys": Construct(KEYED, ("为 7",), ("为 1",), 1, NONE, reads="标准(城市)"),
    "value by keys": Construct(
        KEYED,
        ("| 地区 | 标准 |", "| 城市 | 7 |"),
        ("| 地区 | 标准 |", "| 城市, 农村 | 1 |"),
        1,
        NONE,
        reads="标准(城市)",
        header="地区",
        cell="城市",
    ),
    "value by keys, any": Construct(
        KEYED,
        ("| 地区 | 标准 |", "| — | 7 |"),
        ("| 地区 | 标准 |", "| 城市 | 1 |", "| 农村 | 2 |"),
        1,
        NONE,
        reads="标准(城市)",
        header="地区",
        cell="—",
    ),
    "pending by keys": Construct(
        KEYED,
        ("| 地区 | 标准 |", "| 城市 | 待定 |"),
        ("| 地区 | 标准 |", "| 城市 | 1 |"),
        1,
        NONE,
        reads="标准(城市)",
        header="地区",
        cell="城市",
        result="待定",
        inside=PENDING,
    ),
    "floor by keys": Construct(
        KEYED,
        ("| 地区 | 标准 |", "| 城市 | 不低于 7 |"),
        reads="下限(标准(城市))",
        header="地区",
        cell="城市",
        result="不低于 7",
    ),
    "target by keys": Construct(
        KEYED,
        ("| 地区 | 标准 |", "| 城市 | 目标 7 |"),
        ("| 地区 | 标准 |", "| 城市 | 1 |"),
        1,
        1,
        reads="标准(城市)",
        header="地区",
        cell="城市",
        result="目标 7",
        inside=1,
    ),
    "rule's value": Construct(RULE, ("为 7",), ("为 1",), 1, NONE),
    "benefit's value": Construct(BENEFIT, ("为 7",), ("为 1",), 1, NONE, reads="标准 / 1 元/月"),
    "branches": Construct(RULE, ("当 甲 > 0 为 7", "否则 为 3"), upper=("当 甲 > 0 为 1", "否则 为 3")),
    "branch beside otherwise": Construct(
        RULE, ("当 甲 > 0 为 7",), ("否则 为 1",), 1, 1, upper=("当 甲 > 0 为 1", "否则 为 3")
    ),
    "otherwise": Construct(RULE, ("否则 为 7",), ("当 甲 > 5 为 3", "否则 为 1"), 1, NONE + "|R0101"),
    "row": Construct(
        RULE, ("| 甲 | 标准 |", "| > 0 | 7 |"), ("| 甲 | 标准 |", "| > 0 | 1 |"), 1, NONE, header="甲", cell="> 0"
    ),
    "row otherwise": Construct(
        RULE, ("| 甲 | 标准 |", "| 否则 | 7 |"), ("| 甲 | 标准 |", "| 否则 | 1 |"), 1, NONE, header="甲", cell="否则"
    ),
    "exception": Construct(RULE, ("例外 子 当 甲 > 0 为 7",), ("为 1",), 1, 1, whole=False),
    "exception without a name": Construct(
        BENEFIT, ("例外 当 甲 > 0 为 7",), ("为 1",), 1, 1, reads="标准 / 1 元/月", whole=False
    ),
    "mode": Construct(
        RULE,
        ("就高",),
        ("当 甲 > 0 为 1", "当 甲 > 0 为 7", "否则 为 0"),
        CONFLICT,
        CONFLICT,
        over=CONFLICT,
        whole=False,
    ),
    "transition": Construct(
        STATUS,
        ("子 → 丑 当 甲 > 0",),
        ("起始 子", "终止 丑"),
        1,
        1,
        name="状态",
        whole=False,
        upper=("起始 子", "终止 丑", "子 → 丑 当 甲 > 5"),
        rest="规则 家庭 看 : 数\n  当 状态 = 丑 为 7\n  否则 为 1\n",
        reads="看",
    ),
}
REPEALS: dict[str, Construct] = {
    "repeal of a parameter": Construct(PARAMETER, ("废止",), upper=("为 1",), inside=NONE),
    "repeal of keys": Construct(KEYED, ("废止",), upper=("| 地区 | 标准 |", "| 城市 | 1 |"), inside=NONE, reads="标准(城市)"),
    "repeal of a rule": Construct(RULE, ("废止",), upper=("为 1",), inside=NONE),
    "repeal of an exception": Construct(RULE, ("废止 子",), upper=("为 7", "例外 子 当 甲 > 0 为 1")),
    "repeal of a transition": Construct(
        STATUS, ("废止 子 → 丑",), name="状态", upper=("起始 子", "终止 丑", "子 → 丑 当 甲 > 0"),
        rest="规则 家庭 看 : 数\n  当 状态 = 丑 为 1\n  否则 为 7\n", reads="看",
    ),
}  # fmt: skip


# --- where dates stand


class Text(NamedTuple):
    """Layers, top first, and what is there outside the time: before it, after it."""

    layers: tuple[str, ...]
    before: object
    after: object


def lines(written: tuple[str, ...], depth: int = 1) -> str:
    return "".join(f"{'  ' * depth}{line}\n" for line in written)


def own(c: Construct, declaration: str, base: bool = True) -> Text | None:
    """In one layer."""
    return Text((declaration,), c.before if base and c.base else NONE, c.after if base and c.base else NONE)


def head(c: Construct, when: When) -> Text | None:
    if not c.whole:
        return None
    return own(c, f"{c.head} {when.text}\n{lines(c.dated)}", False)


def section(c: Construct, when: When) -> Text | None:
    """A second declaration, below one without a date."""
    if not c.base:
        return None
    return own(c, f"{c.head}\n{lines(c.base)}{c.head} {when.text}\n{lines(c.dated)}")


def block(c: Construct, when: When) -> Text | None:
    return own(c, f"{c.head}\n{lines(c.base)}  {when.text}\n{lines(c.dated, 2)}")


def block_first(c: Construct, when: When) -> Text | None:
    return own(c, f"{c.head}\n  {when.text}\n{lines(c.dated, 2)}{lines(c.base)}")


def line(c: Construct, when: When) -> Text | None:
    if not (c.dated[0].startswith("为") and len(c.dated) == 1):
        return None
    return own(c, f"{c.head}\n{lines(c.base)}  {when.text} {c.dated[0]}\n")


def line_published_behind(c: Construct, when: When) -> Text | None:
    if not when.published:
        return None
    made = line(c, when._replace(published=""))
    return made and made._replace(layers=(made.layers[0].rstrip("\n") + f" 公布 {when.published}\n",))


def special(c: Construct, when: When) -> Text | None:
    """不低于, 目标, 待定 need no 为."""
    word = c.dated[0].removeprefix("为 ")
    if len(c.dated) > 1 or not word.startswith(("不低于", "目标", "待定")):
        return None
    return own(c, f"{c.head}\n{lines(c.base)}  {when.text} {word}\n")


def column(c: Construct, when: When) -> Text | None:
    if not c.header:
        return None
    return own(c, f"{c.head}\n  | {c.header} | {when.text} |\n  | {c.cell} | {c.result} |\n", False)


def column_beside(c: Construct, when: When) -> Text | None:
    """A column without a date is the base."""
    if not c.header or not c.base:
        return None
    return own(c, f"{c.head}\n  | {c.header} | 为 | {when.text} |\n  | {c.cell} | 1 | {c.result} |\n")


def two_heads(c: Construct, outer: When, inner: When) -> Text | None:
    if not c.whole:
        return None
    return own(c, f"{c.head} {outer.text}\n  {inner.text}\n{lines(c.dated, 2)}", False)


def head_and_line(c: Construct, outer: When, inner: When) -> Text | None:
    if not c.whole or line(c, inner) is None:
        return None
    return own(c, f"{c.head} {outer.text}\n  {inner.text} {c.dated[0]}\n", False)


def head_and_column(c: Construct, outer: When, inner: When) -> Text | None:
    if not c.header:
        return None
    return own(c, f"{c.head} {outer.text}\n  | {c.header} | {inner.text} |\n  | {c.cell} | {c.result} |\n", False)


def section_and_block(c: Construct, outer: When, inner: When) -> Text | None:
    if not c.base:
        return None
    return own(c, f"{c.head}\n{lines(c.base)}{c.head} {outer.text}\n  {inner.text}\n{lines(c.dated, 2)}")


def block_in_block(c: Construct, outer: When, inner: When) -> Text | None:
    return own(c, f"{c.head}\n{lines(c.base)}  {outer.text}\n    {inner.text}\n{lines(c.dated, 3)}")


def block_and_line(c: Construct, outer: When, inner: When) -> Text | None:
    if line(c, inner) is None:
        return None
    return own(c, f"{c.head}\n{lines(c.base)}  {outer.text}\n    {inner.text} {c.dated[0]}\n")


def block_and_column(c: Construct, outer: When, inner: When) -> Text | None:
    if not c.header:
        return None
    table = f"    | {c.header} | {inner.text} |\n    | {c.cell} | {c.result} |\n"
    return own(c, f"{c.head}\n  {outer.text}\n{table}", False)


def amended(c: Construct, dated: str) -> Text | None:
    upper = c.upper or c.base
    if not upper:
        return None
    return Text((f"{c.head}\n{lines(upper)}", f"修订 {c.name}{dated}"), c.over, c.over)


def amendment_head(c: Construct, when: When) -> Text | None:
    return amended(c, f" {when.text}\n{lines(c.dated)}")


def amendment_block(c: Construct, when: When) -> Text | None:
    return amended(c, f"\n  {when.text}\n{lines(c.dated, 2)}")


def amendment_line(c: Construct, when: When) -> Text | None:
    if len(c.dated) > 1 or not c.dated[0].startswith(("为", "废止")):
        return None
    return amended(c, f"\n  {when.text} {c.dated[0]}\n")


def amendment_column(c: Construct, when: When) -> Text | None:
    return amended(c, f"\n  | {c.header} | {when.text} |\n  | {c.cell} | {c.result} |\n") if c.header else None


def amendment_head_and_block(c: Construct, outer: When, inner: When) -> Text | None:
    return amended(c, f" {outer.text}\n  {inner.text}\n{lines(c.dated, 2)}")


def amendment_head_and_line(c: Construct, outer: When, inner: When) -> Text | None:
    if amendment_line(c, inner) is None:
        return None
    return amended(c, f" {outer.text}\n  {inner.text} {c.dated[0]}\n")


def amendment_head_and_column(c: Construct, outer: When, inner: When) -> Text | None:
    return (
        amended(c, f" {outer.text}\n  | {c.header} | {inner.text} |\n  | {c.cell} | {c.result} |\n")
        if c.header
        else None
    )


ONE: tuple[Callable[[Construct, When], Text | None], ...] = (
    head, section, block, block_first, line, line_published_behind, special, column, column_beside,
    amendment_head, amendment_block, amendment_line, amendment_column,
)  # fmt: skip
TWO: tuple[Callable[[Construct, When, When], Text | None], ...] = (
    two_heads, head_and_line, head_and_column, section_and_block, block_in_block, block_and_line, block_and_column,
    amendment_head_and_block, amendment_head_and_line, amendment_head_and_column,
)  # fmt: skip
REPEALING = (
    amendment_head, amendment_block, amendment_line, amendment_head_and_block, amendment_head_and_line
)  # fmt: skip


def texts(name: str) -> Iterator[tuple[str, Text, tuple[When, ...]]]:
    """Every text that dates the construct, with its dates, the outer one first."""
    c = CONSTRUCTS.get(name) or REPEALS[name]
    for place in ONE if name in CONSTRUCTS else [p for p in ONE if p in REPEALING]:
        for dates in ALONE:
            made = place(c, *dates)
            if made is not None:
                yield place.__name__, made, dates
    for inside in TWO if name in CONSTRUCTS else [p for p in TWO if p in REPEALING]:
        for dates in NESTED:
            made = inside(c, *dates)
            if made is not None:
                yield inside.__name__, made, dates
