"""A date counts in every place where it may stand, over everything that it may stand over; where none may stand the text is refused."""

from __future__ import annotations

import datetime
import itertools

import pytest

from policy_dsl import Policy, PolicyError
from policy_dsl.timeline.timeline import Timeline

from .dated import ALONE, CONSTRUCTS, NONE, PENDING, REPEALS, Construct, Text, When, day, texts, time_of
from .deciding import decided, policy_of

FIRST = "类型 地区 = 城市 | 农村\n对象 家庭\n  甲 : 数\n  名单 : 若干 个人, 0..9\n对象 个人\n  姓名 : 文本\n"
FIRST += "参数 早已公布的 : 数\n  自 2020-01-01 为 1\n"  # before it nothing can be asked as known
FACTS = {"家庭": {"甲": 1, "名单": []}}


# --- what comes of it


def policy_with(c: Construct, made: Text) -> Policy:
    reader = f"规则 家庭 读 : 数\n  为 {c.reads or c.name}\n"
    upper, *lower = made.layers
    return policy_of(FIRST + c.rest + upper + reader, *lower)


def seen(policy: Policy, on: datetime.date) -> object:
    d = decided(policy, FACTS, str(on))
    return d["家庭.读"] if not d.errors and not d.undetermined else outcome([e.code for e in d.errors])


def outcome(codes: list[str | None]) -> object:
    return codes[0] if codes else PENDING


def as_known(policy: Policy, month: datetime.date, known: datetime.date) -> object:
    made: Timeline = policy.timeline(FACTS, start=str(month)[:7], end=str(month)[:7], as_known=str(known))
    decision = made.months[0].decision
    return (
        decision["家庭.读"]
        if not decision.errors and not decision.undetermined
        else outcome([e.code for e in decision.errors])
    )


def same(found: object, wanted: object) -> bool:
    return found in str(wanted).split("|") if isinstance(wanted, str) else found == wanted


ONE_DAY = datetime.timedelta(days=1)


@pytest.mark.parametrize("name", [*CONSTRUCTS, *REPEALS])
def test_a_date_counts_wherever_it_may_stand(name: str) -> None:
    """On the day before, on the first and the last day, on the day after; and as known before and since its 公布."""
    c = CONSTRUCTS.get(name) or REPEALS[name]
    places = set()
    for place, made, dates in texts(name):
        places.add(place)
        time = time_of(dates)
        policy = policy_with(c, made)
        wanted = {time.first - ONE_DAY: made.before, time.first: c.inside}
        if time.last is None:
            wanted[day("2032-01-01")] = c.inside
        else:
            wanted |= {time.last: c.inside, time.last + ONE_DAY: made.after}
        if c.inside == 1 and made.before != 1:  # a 目标 gives nothing where nothing is before it
            wanted = dict.fromkeys(wanted, made.before)
        text = "\n".join(made.layers)
        for on, value in wanted.items():
            assert same(seen(policy, on), value), f"{place}, {on}: {value}, not {seen(policy, on)}\n{text}"
        if time.known > time.first:
            for known, value in ((time.known - ONE_DAY, made.before), (time.known, wanted[time.first])):
                found = as_known(policy, time.first, known)
                assert same(found, value), f"{place}, as known on {known}: {value}, not {found}\n{text}"
    assert {"amendment_head", "amendment_block"} <= places or not (c.base or c.upper)


# --- sections that follow each other


RAISED = (
    "参数 标准(地区) : 数\n  | 地区 | 自 2022-01-01 |\n  | 城市 | 600 |\n  | 农村 | 400 |\n",
    "参数 标准(地区) : 数 自 2023-01-01\n  | 地区 | 标准 |\n  | 城市 | 650 |\n",
    "参数 标准(地区) : 数 自 2024-01-01 至 2024-12-31\n  假设 一 抄自通知\n  | 地区 | 标准 |\n  | 城市, 农村 | 700 |\n",
)
READERS = "规则 家庭 城 : 数\n  为 标准(城市)\n规则 家庭 乡 : 数\n  为 标准(农村)\n"


@pytest.mark.parametrize("order", list(itertools.permutations(RAISED[1:])))
def test_each_section_of_a_keyed_parameter_begins_on_its_date(order: tuple[str, ...]) -> None:
    """A row that a later section leaves out goes on; after 至 nothing is in force, for each of the keys."""
    policy = policy_of(FIRST + RAISED[0] + "".join(order) + READERS)
    wanted = {"2022-05": (600, 400), "2023-05": (650, 400), "2024-05": (700, 700), "2025-01": (NONE, NONE)}
    for on, pair in wanted.items():
        d = decided(policy, FACTS, on)
        codes = {e.path: e.code for e in d.errors}
        assert tuple(codes.get(o) or d[o] for o in ("家庭.城", "家庭.乡")) == pair, on


def test_a_section_that_ends_for_some_of_the_keys_alone() -> None:
    """What not all keys of a row have ended is still shown, and ends where the next one begins."""
    policy = policy_of(
        FIRST
        + "参数 标准(地区) : 数\n  | 地区 | 标准 |\n  | 城市, 农村 | 1 |\n"
        + "参数 标准(地区) : 数 自 2023-01-01 至 2023-12-31\n  | 地区 | 标准 |\n  | 城市 | 2 |\n"
        + READERS
    )
    d = decided(policy, FACTS, "2023-05")
    assert (d["家庭.城"], d["家庭.乡"]) == (2, 1)
    d = decided(policy, FACTS, "2024-05")
    assert ([(e.path, e.code) for e in d.errors], d["家庭.乡"]) == ([("家庭.城", NONE)], 1)
    (shown,) = [p for p in policy.show(on="2024-05").parameters if p.name == "标准"]
    assert [(v.keys, v.kind) for v in shown.values] == [(("城市",), "none"), (("农村",), "exact")]


def test_reasons_and_the_effective_policy_say_since_when() -> None:
    """The date of the head line, or the later one of the column, in an explanation and in `policy show`."""
    policy = policy_of(
        FIRST + RAISED[0] + RAISED[1] + "参数 另 : 数 自 2023-03-01 公布 2023-04-01\n  自 2023-01-01 为 3\n" + READERS
        + "规则 家庭 丙 : 数\n  为 另\n",
        "修订 标准 自 2024-01-01\n  | 地区 | 标准 |\n  | 农村 | 450 |\n",
    )  # fmt: skip
    for on, output, since in (
        ("2022-05", "城", "2022-01-01"), ("2023-05", "城", "2023-01-01"), ("2023-05", "丙", "2023-03-01"), ("2024-05", "乡", "2024-01-01"),
    ):  # fmt: skip
        assert f"自 {since} 起" in policy.decide(FACTS, on=on).explain(f"家庭.{output}").text("zh"), (on, output)
    shown = {p.name: p for p in policy.show(on="2024-05").parameters}
    assert [(v.keys, v.since) for v in shown["标准"].values] == [(("城市",), 20230101), (("农村",), 20240101)]
    assert "450.00" not in policy.show(on="2023-12").text("zh")
    assert [(v.since, v.published) for v in shown["另"].values] == [(20230301, 20230401)]


@pytest.mark.parametrize(
    "text",
    [
        RAISED[2],
        "参数 标准 : 数 自 2023-01-01\n  假设 一 抄自通知\n  为 3\n",
        "规则 家庭 标准 : 数 自 2023-01-01\n  假设 一 抄自通知\n  为 3\n",
        "阶段 家庭 标准 自 2023-01-01\n  起始 子  假设 一 抄自通知\n  终止 丑\n  子 → 丑 当 甲 > 0\n",
        "参数 标准 : 数\n  为 1\n~修订 标准 自 2023-01-01\n  假设 一 抄自通知\n  为 3\n",
    ],
)
def test_what_a_dated_declaration_assumes_is_kept(text: str) -> None:
    assert [a.id for a in policy_of(*(FIRST + text).split("~")).register().assumptions] == ["一"]


def test_one_layer_may_amend_a_thing_twice_for_different_times() -> None:
    upper = FIRST + "参数 标准 : 数\n  为 1\n规则 家庭 乙 : 数\n  为 标准\n"
    lower = "修订 标准 自 2023-01-01\n  为 {0}\n修订 标准 自 2024-01-01 至 2024-12-31\n  为 3\n"
    policy = policy_of(upper, lower.format(2))
    assert [decided(policy, FACTS, f"{year}-05")["家庭.乙"] for year in (2022, 2023, 2024, 2025)] == [1, 2, 3, 1]
    with pytest.raises(PolicyError) as error:
        policy_of(upper, "修订 标准 自 2023-01-01\n  为 2\n修订 标准 自 2023-01-01\n  为 3\n")
    assert [d.code for d in error.value.diagnostics] == ["P0401"]


@pytest.mark.parametrize("when", [d[0] for d in ALONE])
def test_a_guarantee_holds_in_its_time(when: When) -> None:
    """A condition on cases: F0120 on the days of its block."""
    policy = policy_of(f"{FIRST}保证 没有\n  {when.text}\n    甲 = 0\n规则 家庭 乙 : 数\n  为 甲\n")
    time = time_of((when,))
    for on, holds in (
        (time.first - ONE_DAY, False),
        (time.first, True),
        (time.last, True),
        (time.last and time.last + ONE_DAY, False),
    ):
        if on is None:
            continue
        if holds:
            with pytest.raises(PolicyError) as error:
                policy.decide(FACTS, on=on)
            assert [d.code for d in error.value.diagnostics] == ["F0120"]
        else:
            assert policy.decide(FACTS, on=on)["家庭.乙"] == 1


# --- where none may stand


HOUSEHOLD = "对象 家庭 : 户\n  甲 : 数\n  户籍 : 城市 | 农村\n"
REFUSED: list[tuple[str, str, str]] = [  # what is refused, with which code, and what its advice makes of it
    ("对象 某 : 户 自 2023-01-01\n  乙 : 数\n", "P0420", "对象 某 : 户\n  乙 : 数\n"),
    ("对象 某 : 户\n  乙 : 是否 自 2023-01-01\n", "P0420", "对象 某 : 户\n  乙 : 是否, 当 决定日 ≥ 2023-01-01\n"),
    ("修订 家庭 自 2023-01-01\n  乙 : 是否\n", "P0420", "修订 家庭\n  乙 : 是否, 当 决定日 ≥ 2023-01-01\n"),
    ("修订 家庭\n  乙 : 是否 自 2023-01-01\n", "P0420", "修订 家庭\n  乙 : 是否\n"),
    ("类型 某 = 子 | 丑 自 2023-01-01\n", "P0420", "类型 某 = 子 | 丑\n"),
    ("参数 乙 自 2023-01-01 : 数\n  为 3\n", "P0420", "参数 乙 : 数 自 2023-01-01\n  为 3\n"),
    ("参数 乙 : 数 公布 2023-01-01\n  为 3\n", "P0420", "参数 乙 : 数 自 2023-01-01 公布 2023-01-01\n  为 3\n"),
    ("参数 乙 : 数 至 2023-01-01\n  为 3\n", "P0420", "参数 乙 : 数 自 2022-01-01 至 2023-01-01\n  为 3\n"),
    ("参数 乙 : 数 自 2023-01 公布 2023-01 至 2023-03\n  为 3\n", "P0420", "参数 乙 : 数 自 2023-01 至 2023-03 公布 2023-01\n  为 3\n"),
    ("参数 乙 : 数\n  为 3 自 2023-01-01\n", "P0420", "参数 乙 : 数\n  自 2023-01-01 为 3\n"),
    ("参数 乙 : 数\n  待定 自 2023-01-01\n", "P0420", "参数 乙 : 数\n  自 2023-01-01 待定\n"),
    ("参数 乙 : 数\n  自 2023-01 为 3 至 2023-03\n", "P0420", "参数 乙 : 数\n  自 2023-01 至 2023-03 为 3\n"),
    ("参数 乙 : 数\n  公布 2023-01-01 为 3\n", "P0420", "参数 乙 : 数\n  自 2023-01-01 公布 2023-01-01 为 3\n"),
    ("规则 家庭 乙 : 数\n  当 甲 > 0 为 3 自 2023-01-01\n  否则 为 1\n", "P0420", "规则 家庭 乙 : 数\n  自 2023-01-01\n    当 甲 > 0 为 3\n  否则 为 1\n"),
    ("规则 家庭 乙 : 数\n  自 2023-01-01 当 甲 > 0 为 3\n  否则 为 1\n", "P0420", "规则 家庭 乙 : 数\n  自 2023-01-01\n    当 甲 > 0 为 3\n  否则 为 1\n"),
    ("规则 家庭 乙 : 数\n  为 1\n  例外 子 自 2023-01-01 当 甲 > 0 为 3\n", "P0420", "规则 家庭 乙 : 数\n  为 1\n  自 2023-01-01\n    例外 子 当 甲 > 0 为 3\n"),
    ("规则 家庭 乙 : 数\n  为 1\n  自 2023-01-01 例外 子 当 甲 > 0 为 3\n", "P0420", "规则 家庭 乙 : 数\n  为 1\n  自 2023-01-01\n    例外 子 当 甲 > 0 为 3\n"),
    ("规则 家庭 乙 : 数\n  为 1\n  例外 子 当 甲 > 0 为 3 自 2023-01-01\n", "P0420", "规则 家庭 乙 : 数\n  为 1\n  自 2023-01-01\n    例外 子 当 甲 > 0 为 3\n"),
    ("文件 办法 : 一号\n规则 家庭 乙 : 数\n  为 3 依据 办法 第二条 自 2023-01-01\n", "P0420", "文件 办法 : 一号\n规则 家庭 乙 : 数\n  自 2023-01-01 为 3 依据 办法 第二条\n"),
    ("规则 家庭 乙 : 数\n  | 甲 | 乙 自 2023-01 |\n  | — | 4 |\n", "P0420", "规则 家庭 乙 : 数\n  | 甲 | 自 2023-01 |\n  | — | 4 |\n"),
    ("规则 家庭 乙 : 数\n  | 甲 | 公布 2023-01 |\n  | — | 4 |\n", "P0420", "规则 家庭 乙 : 数\n  | 甲 | 自 2023-01 公布 2023-01 |\n  | — | 4 |\n"),
    ("规则 家庭 乙 : 数\n  | 甲 | 乙 |\n  | — | 4 自 2023-01 |\n", "P0420", "规则 家庭 乙 : 数 自 2023-01\n  | 甲 | 乙 |\n  | — | 4 |\n"),
    ("规则 家庭 乙 : 数\n  | 甲 | 乙 |\n  | — | 4 | 自 2023-01\n", "P0420", "规则 家庭 乙 : 数\n  自 2023-01\n    | 甲 | 乙 |\n    | — | 4 |\n"),
    ("阶段 家庭 乙\n  起始 子 自 2023-01-01\n  终止 丑\n  子 → 丑 当 甲 > 0\n", "P0420", "阶段 家庭 乙\n  起始 子\n  终止 丑\n  子 → 丑 当 甲 > 0\n"),
    ("阶段 家庭 乙\n  起始 子\n  自 2023-01-01\n    终止 丑\n  子 → 丑 当 甲 > 0\n", "P0420", "阶段 家庭 乙\n  起始 子\n  终止 丑\n  子 → 丑 当 甲 > 0\n"),
    ("阶段 家庭 乙\n  起始 子\n  终止 丑\n  自 2023-01-01 子 → 丑 当 甲 > 0\n", "P0420", "阶段 家庭 乙\n  起始 子\n  终止 丑\n  自 2023-01-01\n    子 → 丑 当 甲 > 0\n"),
    ("给付 家庭 乙 : 元/月\n  为 3\n  补发 当 已发 > 0 自 2023-01-01\n", "P0420", "给付 家庭 乙 : 元/月\n  为 3\n  补发 当 已发 > 0 且 本月 ≥ 2023-01-01\n"),
    ("给付 家庭 乙 : 元/月\n  为 3\n  自 2023-01-01 补发 当 已发 > 0\n", "P0420", "给付 家庭 乙 : 元/月\n  为 3\n  补发 当 已发 > 0\n"),
    ("给付 家庭 乙 : 元/月\n  为 3\n  自 2023-01-01\n    补发 当 已发 > 0\n", "P0420", "给付 家庭 乙 : 元/月 自 2023-01-01\n  为 3\n  补发 当 已发 > 0\n"),
    ("给付 家庭 乙 : 元/月\n  为 3\n给付 家庭 乙 : 元/月 自 2023-01-01\n  为 4\n  补发 当 已发 > 0\n", "P0420", "给付 家庭 乙 : 元/月\n  为 3\n  补发 当 已发 > 0\n给付 家庭 乙 : 元/月 自 2023-01-01\n  为 4\n"),
    ("给付 家庭 乙 : 元/月\n  为 3\n修订 乙 自 2023-01-01\n  补发 当 已发 > 0\n", "P0420", "给付 家庭 乙 : 元/月\n  为 3\n修订 乙\n  补发 当 已发 > 0\n"),
    ("保证 不少 自 2023-01-01\n  甲 ≥ 0\n", "P0420", "保证 不少\n  自 2023-01-01\n    甲 ≥ 0\n"),
    ("保证 不少\n  甲 ≥ 0 自 2023-01-01\n", "P0420", "保证 不少\n  自 2023-01-01\n    甲 ≥ 0\n"),
    ("保证 不少\n  自 2023-01-01 甲 ≥ 0\n", "P0420", "保证 不少\n  自 2023-01-01\n    甲 ≥ 0\n"),
    ("规则 家庭 乙 : 数\n  为 甲\n案例 某\n  家庭: 甲 = 3 自 2023-01\n  应为 2023-01 家庭: 乙 = 3\n", "P0420", "规则 家庭 乙 : 数\n  为 甲\n案例 某\n  自 2023-01 家庭: 甲 = 3\n  应为 2023-01 家庭: 乙 = 3\n"),
    ("参数 乙 : 数 自 2023-01-01 至 2023-12-31\n  自 2024-01-01 为 3\n", "P0421", "参数 乙 : 数 自 2023-01-01\n  自 2024-01-01 为 3\n"),
    ("参数 乙(户籍) : 数 自 2023-01-01\n  | 户籍 | 自 2021-01-01 | 自 2022-01-01 |\n  | 城市 | 3 | 4 |\n", "P0421", "参数 乙(户籍) : 数\n  | 户籍 | 自 2021-01-01 | 自 2022-01-01 |\n  | 城市 | 3 | 4 |\n"),
    ("规则 家庭 乙 : 数\n  自 2023-01-01 至 2023-06-30\n    自 2023-07-01\n      为 3\n", "P0421", "规则 家庭 乙 : 数\n  自 2023-07-01\n    为 3\n"),
    ("保证 不少\n  自 2023-01-01 至 2023-06-30\n    自 2023-07-01\n      甲 ≥ 0\n", "P0421", "保证 不少\n  自 2023-07-01\n    甲 ≥ 0\n"),
    ("参数 乙 : 元/月\n  为 400\n参数 乙 : 元/年 自 2023-01-01\n  为 5400\n", "P0422", "参数 乙 : 元/月\n  为 400\n参数 乙 : 元/月 自 2023-01-01\n  为 5400 元/年\n"),
    ("参数 乙(户籍) : 数\n  为 4\n参数 乙 : 数 自 2023-01-01\n  为 5\n", "P0422", "参数 乙(户籍) : 数\n  为 4\n参数 乙(户籍) : 数 自 2023-01-01\n  为 5\n"),
    ("规则 家庭 乙 : 元/月\n  为 400\n给付 家庭 乙 : 元/月 自 2023-01-01\n  为 500\n", "P0422", "给付 家庭 乙 : 元/月\n  为 400\n给付 家庭 乙 : 元/月 自 2023-01-01\n  为 500\n"),
    ("规则 家庭 乙 : 子 | 丑\n  为 子\n阶段 家庭 乙 自 2023-01-01\n  起始 子\n  终止 丑\n  子 → 丑 当 甲 > 0\n", "P0422", "规则 家庭 乙 : 子 | 丑\n  为 子\n规则 家庭 乙 : 子 | 丑 自 2023-01-01\n  为 丑\n"),
    ("参数 乙 : 数 自 2023-01-01\n  为 4\n参数 乙 : 数\n  为 3\n", "P0202", "参数 乙 : 数 自 2023-01-01\n  为 4\n参数 乙 : 数 自 2022-01-01\n  为 3\n"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "code", "mended"), REFUSED, ids=range(len(REFUSED)))
def test_where_no_date_may_stand_the_message_says_how_to_write_it(text: str, code: str, mended: str) -> None:
    """One diagnostic, with its way out in both languages; and what the way out says is accepted."""
    with pytest.raises(PolicyError) as error:
        policy_of(HOUSEHOLD + text)
    (found,) = error.value.diagnostics
    assert found.code == code
    assert found.help_zh
    assert found.help_en
    policy_of(HOUSEHOLD + mended)
