"""Benefits in parts against an account kept apart: plain sums over a list of months, in every way in which months are decided."""

from __future__ import annotations

import itertools
import math
from fractions import Fraction
from functools import lru_cache
from random import Random
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import policy_dsl
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.decision import Decision
from policy_dsl.timeline.timeline import Timeline

from ..regressions.deciding import policy_of
from .reading import read_alike

TEXT = """\
对象 家庭 : 户
  额 : {unit}, 0..100000
给付 家庭 补 : {unit} {parts}
  为 额
对象 名册
  户 : 若干 家庭, 0..9
"""
MONTHLY = tuple(range(1, 13))
PER_YEAR = {"元/年": 1, "元/季": 4, "元/月": 12}
ROUNDINGS = {"四舍五入": lambda x: math.floor(x + Fraction(1, 2)), "向下取整": math.floor, "向上取整": math.ceil}
STEPS = {"0.01": 1, "0.1": 10, "1": 100, "10": 1000}


class Way(NamedTuple):
    """In which months, and how rounded, a benefit is paid."""

    unit: str
    months: tuple[int, ...]
    rounding: str
    step: str

    def text(self) -> str:
        if self.months == MONTHLY:
            parts = "按月发"
        elif self.months == (3, 6, 9, 12):
            parts = "按季发"
        else:
            parts = f"按季发 于 {'、'.join(f'{m} 月' for m in self.months)}"
        if (self.rounding, self.step) != ("四舍五入", "0.01"):
            parts += f" {self.rounding} {self.step} 元"
        return TEXT.format(unit=self.unit, parts=parts)

    def share(self, cents: int) -> Fraction:
        return Fraction(cents * PER_YEAR[self.unit], 12)

    def rounded(self, cents: Fraction) -> int:
        step = STEPS[self.step]
        return ROUNDINGS[self.rounding](cents / step) * step


ways = st.builds(
    Way,
    st.sampled_from(sorted(PER_YEAR)),
    st.sampled_from([MONTHLY, (3, 6, 9, 12)]) | st.tuples(*(st.integers(3 * q + 1, 3 * q + 3) for q in range(4))),
    st.sampled_from(sorted(ROUNDINGS)),
    st.sampled_from(sorted(STEPS)),
)
amounts = st.integers(0, 10_000_000) | st.sampled_from([0, 1, 550_000, 100_001, 9_999_999])


@lru_cache(maxsize=64)
def policy(way: Way) -> policy_dsl.Policy:
    return policy_of(way.text())


def account(way: Way, first: int, cents: list[int | None]) -> tuple[dict[int, int], dict[int, int]]:
    """(part by month, row of the ledger by the pay month in which nobody is there), in 分. Months are counted from year 0; of None
    nobody is there. Months before the first one, back to the last pay month of the year before, are like it."""
    pays = [n for n in range(first - 24, first + len(cents)) if n % 12 + 1 in way.months]
    begins = max(n for n in pays if n // 12 < first // 12) + 1
    like = way.share(cents[0] or 0)
    shares = dict.fromkeys(range(begins, first), like)
    shares |= {first + n: way.share(c) for n, c in enumerate(cents) if c is not None}
    there = set(shares)
    given: dict[int, dict[int, int]] = {}  # by year: what each pay month gave of it
    parts: dict[int, int] = {}
    rows: dict[int, int] = {}
    for n in pays:
        if n < begins:
            continue
        last = max((p for p in pays if p < n), default=begins - 1)
        mine = [m for m in range(last + 1, n + 1) if m in shares]
        year = n // 12
        closes = year if way.months[-1] == 12 else year - 1
        closing = n % 12 + 1 == (12 if way.months[-1] == 12 else way.months[0])
        if n not in there:
            rows[n] = way.rounded(sum((shares[m] for m in mine), Fraction(0)))
            of_year = [m for m in mine if m // 12 == year]
            given.setdefault(year, {})[n] = way.rounded(sum((shares[m] for m in of_year), Fraction(0)))
            continue
        part = 0
        if closing:
            all_of = sum((s for m, s in shares.items() if m // 12 == closes and m <= n), Fraction(0))
            before = sum(given.get(closes, {}).values())
            part = max(0, math.floor(all_of + Fraction(1, 2)) - before)
        if not (closing and closes == year):
            new = way.rounded(sum((shares[m] for m in mine if m // 12 == year), Fraction(0)))
            given.setdefault(year, {})[n] = new
            part += new
        parts[n] = part
    return {first + n: parts.get(first + n, 0) for n, c in enumerate(cents) if c is not None}, rows


def month_text(n: int) -> str:
    return f"{2020 + n // 12:04d}-{n % 12 + 1:02d}"


def number_of(month: str) -> int:
    return (int(month[:4]) - 2020) * 12 + int(month[5:]) - 1


def part_of(decision: Decision) -> Fraction:
    found = decision.benefits[0].part
    assert found is not None
    return Fraction(found) * 100


def chained(way: Way, first: int, cents: list[int | None]) -> dict[int, Fraction]:
    """The parts by decisions that go on from each other; in a month without anybody what is carried is told of it."""
    made: dict[int, Fraction] = {}
    policy_ = policy(way)
    engine = policy_.engine
    carry: Any = None
    for n, c in enumerate(cents, first):
        day = int(month_text(n).replace("-", "")) * 100 + 1
        if c is None:
            if carry is not None:
                carry = (engine.intake.parts.gone("家庭", carry[0], day), carry[1])
            continue
        decision = policy_.decide({"家庭": {"额": Fraction(c, 100)}}, on=month_text(n))
        if carry is not None:
            data = engine.intake.laid(decision._data, "家庭", carry)
            run = engine.run(day, "家庭")
            decision = Decision(
                engine, run.epoch, run.compiled, day, "家庭", data, run.compiled.decide(run.parameters, day, data)
            )
        assert decision.compiled_alone
        interpreted = Interpretation(decision.epoch, decision.day, run_of(decision))
        interpreted.rules()
        assert interpreted.root.values == decision.instance.values
        read_alike(decision)
        made[n] = part_of(decision)
        carry = decision.carry()
    return made


def run_of(decision: Decision) -> Any:
    return decision._compiled.instance(decision.root, decision._data)


def drawn(dice: Random, least: int) -> tuple[Way, int, list[int | None]]:
    """A way, the first month, and what is given by month: in some nobody is there."""
    irregular = tuple(3 * q + dice.randint(1, 3) for q in range(4))
    months = dice.choice([MONTHLY, (3, 6, 9, 12), (1, 4, 7, 10), irregular])
    way = Way(dice.choice(sorted(PER_YEAR)), months, dice.choice(sorted(ROUNDINGS)), dice.choice(["0.01", "0.1", "1"]))
    cents: list[int | None] = [dice.randrange(1_000_000)]
    while len(cents) < least:
        cents += [dice.choice([550_000, 100_001, 0, dice.randrange(1_000_000)])] * dice.randint(1, 5)
        cents += [None] * dice.randint(0, 2)
    return way, dice.randrange(12), cents


@pytest.mark.parametrize("seed", range(60))
def test_parts_are_what_an_account_kept_apart_gives(seed: int) -> None:
    """With months in which nobody is there, before, in and behind pay months and the turn of a year."""
    way, first, cents = drawn(Random(seed), 26)
    assert chained(way, first, cents) == account(way, first, cents)[0]


def timeline_of(dice: Random, way: Way, first: int, cents: list[int | None], late: int = 0) -> Timeline:
    """A household on a roll, there while something is given; of every hundred dated values so many become known months later."""
    months = {n: c for n, c in enumerate(cents, first) if c is not None}
    last = first + len(cents) - 1

    def row(n: int, value: Any, known: str) -> dict[str, Any]:
        made = {"自": month_text(n), "为": value}
        own = f"{month_text(n)}-01"
        if first < n < last - 1 and dice.randrange(100) < late:
            own = f"{month_text(min(n + dice.randint(1, 4), last - 1))}-{dice.choice(('05', '15', '28'))}"
        if max(own, known) > f"{month_text(n)}-01":
            made["获知"] = max(own, known)
        return made

    def rows(values: dict[int, Any]) -> list[dict[str, Any]]:
        """Known in the order in which they begin."""
        made: list[dict[str, Any]] = []
        for n, value in values.items():
            known = max((f"{r['自']}-01" if "获知" not in r else r["获知"] for r in made), default="")
            made.append(row(n, value, known))
        return made

    there = {n: n in months for n in range(first, last + 1) if (n in months) is not (n - 1 in months)}
    changed = {n: Fraction(c, 100) for n, c in months.items() if months.get(n - 1) != c}
    roll = {"名册": {"户": [{"额": rows(changed), "在列": rows(there)}]}}
    return policy(way).timeline(roll, start=month_text(first), end=month_text(last))


def parts_and_rows(way: Way, first: int, cents: list[int | None]) -> tuple[dict[int, int], dict[int, int]]:
    """By the account: the parts, and what no part pays by the last month there."""
    parts, left = account(way, first, cents + [None] * 12 * (cents[-1] is None))
    there = [n for n, c in enumerate(cents, first) if c is not None]
    return parts, {max(m for m in there if m < n): amount for n, amount in left.items() if amount}


def parts_told(line: Timeline, first: int) -> dict[int, Fraction]:
    told = ((n, m.decision.benefits) for n, m in enumerate(line, first) if m.decision is not None)
    return {n: Fraction(b.part) * 100 for n, benefits in told for b in benefits}


@pytest.mark.parametrize("seed", range(40))
def test_what_no_part_pays_is_a_row_of_the_ledger(seed: int) -> None:
    """Who is not there in a pay month has the shares since the last part in the last month there, known on the first day gone."""
    dice = Random(seed)
    way, first, cents = drawn(dice, 22)
    line = timeline_of(dice, way, first, cents)
    parts, left = parts_and_rows(way, first, cents)
    assert parts_told(line, first) == parts
    rows = {(a.month, a.known): Fraction(a.difference) * 100 for a in line.arrears}
    assert rows == {(month_text(n), f"{month_text(n + 1)}-01"): amount for n, amount in left.items()}


@pytest.mark.parametrize("there", [1, 2])
@pytest.mark.parametrize("months", [(1, 4, 7, 10), (2, 5, 8, 11), (3, 6, 9, 10), (3, 6, 9, 12)])
def test_who_is_gone_before_the_first_part_has_what_the_old_year_left(months: tuple[int, ...], there: int) -> None:
    """The months before a run count as its first one, those of the old year that no part has paid, too."""
    way = Way("元/年", months, "四舍五入", "0.01")
    cents: list[int | None] = [*[550_000] * there, None, None, None]
    line = timeline_of(Random(0), way, 0, cents)
    parts, left = parts_and_rows(way, 0, cents)
    assert parts_told(line, 0) == parts
    assert {number_of(a.month): Fraction(a.difference) * 100 for a in line.arrears} == left


@pytest.mark.parametrize("seed", range(100, 140))
def test_what_becomes_known_late_comes_to_the_same(seed: int) -> None:
    """Amounts, leaving and coming back that are known months later: all is settled, and each month comes to what it is known to be due."""
    dice = Random(seed)
    way, first, cents = drawn(dice, 20)
    cents += [cents[-1]] * 4
    line = timeline_of(dice, way, first, cents, late=40)
    parts, left = parts_and_rows(way, first, cents)
    assert parts_told(line, first) == parts
    given = {n: Fraction(line.paid(m.month, "名册.户[0].补")) * 100 for n, m in enumerate(line, first)}
    for a in line.arrears:
        given[number_of(a.month)] += Fraction(a.difference) * 100
    assert given == {n: parts.get(n, 0) + left.get(n, 0) for n in given}
    assert [a for a in line.arrears if a.settled is None] == []


@given(ways, st.integers(0, 11), st.lists(amounts, min_size=1, max_size=26))
@settings(max_examples=60)
def test_a_timeline_and_a_chain_of_decisions_pay_the_same(way: Way, first: int, cents: list[int]) -> None:
    facts = [{"自": month_text(first + n), "为": Fraction(c, 100)} for n, c in enumerate(cents)]
    line = policy(way).timeline(
        {"家庭": {"额": facts}}, start=month_text(first), end=month_text(first + len(cents) - 1)
    )
    parts, _ = account(way, first, list(cents))
    previous = None
    for n, (month, c) in enumerate(zip(line, cents, strict=True), first):
        previous = policy(way).decide({"家庭": {"额": Fraction(c, 100)}}, on=month_text(n), previous=previous)
        assert part_of(month.decision) == part_of(previous) == parts[n]


@given(ways, st.integers(100, 10_000_000))
@settings(max_examples=60)
def test_an_unchanged_full_year_adds_up_to_its_amount(way: Way, cents: int) -> None:
    """Rounded half up to the 分; the rest is in the closing part alone."""
    way = way._replace(rounding="四舍五入", step="0.01")
    paid = chained(way, 0, [cents] * 36)
    closing = 12 if way.months[-1] == 12 else way.months[0]
    years = [[n for n in paid if closing + 12 * y <= n < closing + 12 * (y + 1)] for y in (0, 1)]
    assert [sum(paid[n] for n in year) for year in years] == [cents * PER_YEAR[way.unit]] * 2
    for month, after in itertools.pairwise((0, *way.months)):
        if after != closing:
            assert {paid[n] for n in paid if n % 12 + 1 == after} == {way.rounded(way.share(cents) * (after - month))}


@given(ways, st.integers(0, 40), amounts)
@settings(max_examples=100)
def test_a_decision_alone_counts_earlier_months_as_its_own(way: Way, month: int, cents: int) -> None:
    alone = part_of(policy(way).decide({"家庭": {"额": Fraction(cents, 100)}}, on=month_text(month)))
    assert alone == account(way, month, [cents])[0][month]
    long_before = chained(way, month - month % 12, [cents] * (month % 12 + 1))
    if way.months[-1] == 12:
        assert alone == long_before[month]


# --- who moves, leaves and dies, known late

ROLL = """\
  发放日 10
对象 个人 : 人
  身份证 : 文本, 认人
  残疾 : 是否
  卒日 : 日期, 死亡
对象 家庭 : 户
  户号 : 文本, 认人
  成员 : 若干 个人, 0..9
对象 名册
  户 : 若干 家庭, 0..9
给付 个人 补 : 元/年 按季发 于 1 月、4 月、7 月、10 月
  当 残疾 为 1200
  否则 为 600
"""
RUN = tuple(range(24, 40))  # to a pay month, so that no share is left over


def spells(dice: Random, there: list[bool]) -> list[dict[str, Any]]:
    """在列 by month, each change known at once, or some months later, before the next."""
    turns = [n for n, x in enumerate(there) if not n or there[n - 1] is not x]
    out = []
    for n, until in zip(turns, (*turns[1:], len(there) - 1), strict=True):
        row: dict[str, Any] = {"自": month_text(RUN[n]), "为": there[n]}
        late = n + dice.randint(0, 4)
        if late < until and dice.random() < 0.4:
            row["获知"] = f"{month_text(RUN[late])}-{dice.choice(['05', '20'])}"
        out.append(row)
    return out


def wandering(dice: Random, places: list[Any]) -> list[Any]:
    """A place for each month, some in a row alike."""
    where: list[Any] = []
    while len(where) < len(RUN):
        where += [dice.choice(places)] * dice.randint(1, 5)
    return where[: len(RUN)]


def dying(dice: Random) -> tuple[str | None, Any]:
    """The day of a death, and how a history says it: known at once, or at a later month's end."""
    if dice.random() < 0.5:
        return None, None
    n = dice.randint(3, len(RUN) - 2)
    day, late = f"{month_text(RUN[n])}-{dice.choice(['01', '15', '28'])}", n + dice.randint(0, 3)
    known = [{"自": day, "为": day, "获知": f"{month_text(RUN[late])}-28"}] if late < len(RUN) - 1 else day
    return day, dice.choice([day, known])


@pytest.mark.parametrize("seed", range(25))
def test_who_moves_leaves_and_dies_has_every_share_once(seed: int) -> None:
    """Households come and go, too. What is paid and settled in all places together is what the months there come to, and every row has a reason."""
    dice = Random(seed)
    people = [(wandering(dice, [0, 1, None]), dice.random() < 0.5, *dying(dice)) for _ in range(2)]
    open_ = [wandering(dice, [True, True, False]) for _ in range(2)]
    households = [
        {
            "户号": str(h),
            "在列": spells(dice, open_[h]),
            "成员": [
                {"身份证": f"证{n}", "残疾": ill, "卒日": said, "在列": spells(dice, [w == h for w in where])}
                for n, (where, ill, _, said) in enumerate(people)
            ],
        }
        for h in range(2)
    ]
    line = policy_of(ROLL).timeline({"名册": {"户": households}}, start=month_text(RUN[0]), end=month_text(RUN[-1]))
    assert all(a.because and a.because_en for a in line.arrears)
    for n, (where, ill, death, _) in enumerate(people):
        months = [
            m
            for m, w, *here in zip(RUN, where, *open_, strict=True)
            if w is not None and here[w] and (death is None or f"{month_text(m)}-01" <= death)
        ]
        places = [f"名册.户[{h}].成员[{n}].补" for h in range(2)]
        given = sum(line.paid(m.month, p) + line.settled(m.month, p) for m in line for p in places)
        given += sum(a.difference or 0 for a in line.arrears if a.settled is None and a.benefit in places)
        before = 2 * (RUN[0] in months)  # the first month counts for the two behind the last pay month
        assert given == (len(months) + before) * (100 if ill else 50), n
