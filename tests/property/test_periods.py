"""Benefits and rules in every period are rounded in their own: each way to decide against fractions reckoned here."""

from __future__ import annotations

import itertools
import math
import re
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.standalone import standalone

from ..regressions.deciding import decided, policy_of
from .dice import examples

# Periods that convert into each other: how many of the smallest each has.
FAMILIES: tuple[dict[str, int], ...] = ({"月": 1, "季": 3, "年": 12}, {"日": 1, "周": 7}, {"": 1})
# What the entity counts as, and what its money may be per.
ENTITIES = (("", ""), (" : 户", ""), (" : 人", ""), (" : 户", "/人"), (" : 户", "/户"), (" : 人", "/人"))
STEPS = ("0.01", "0.05", "0.1", "1", "3", "10", "100", "0.25", "7.77")
MONEY = st.integers(0, 500_000).map(lambda n: Fraction(n, 100))


def half_up(x: Fraction) -> int:
    return math.floor(abs(x) + Fraction(1, 2)) * (-1 if x < 0 else 1)


ROUNDINGS = {"四舍五入": half_up, "向下取整": math.floor, "向上取整": math.ceil}


class Written(NamedTuple):
    """A benefit as drawn: 取整((标准 ± 收入) × n / d, 步长), each in a period of its own."""

    counts: str
    per: str
    family: dict[str, int]
    paid: str  # the period of the benefit
    standard: tuple[str, Fraction]
    income: tuple[str, Fraction]
    sign: str
    times: int
    parts: int
    function: str
    step: str
    stated: str | None  # the step's period; None: a step of money alone

    def unit(self, period: str) -> str:
        return f"元{self.per}" + (f"/{period}" if period else "")

    @property
    def of_the_standard(self) -> str:
        """A parameter belongs to no entity, so that it names what its money is per."""
        per = self.per or self.counts.replace(" : ", "/")
        return f"元{per}" + (f"/{self.standard[0]}" if self.standard[0] else "")

    @property
    def formula(self) -> str:
        return f"(标准 {self.sign} 收入) * {self.times} / {self.parts}"

    @property
    def rounded(self) -> str:
        step = f"{self.step} 元" if self.stated is None else f"{self.step} {self.unit(self.stated)}"
        return f"{self.function}({self.formula}, {step})"

    def text(self, body: str) -> str:
        return (
            f"对象 家庭{self.counts}\n  收入 : {self.unit(self.income[0])}, 0..9999\n"
            f"参数 标准 : {self.of_the_standard}\n  自 2021-01-01 为 {Decimal(self.standard[1].numerator) / self.standard[1].denominator}\n"
            f"规则 家庭 额 : {self.unit(self.paid)}\n  为 {self.rounded}\n"
            f"给付 家庭 补 : {self.unit(self.paid)}\n  为 {body}\n"
            f"规则 家庭 前额 : {self.unit(self.paid)}\n  为 上月(补, 默认 0)\n"
        )

    @property
    def exact(self) -> Fraction:
        """The value that is rounded, for the family's smallest period."""
        a, b = (x / self.family[p] for p, x in (self.standard, self.income))
        return (a + b if self.sign == "+" else a - b) * self.times / self.parts

    @property
    def size(self) -> Fraction:
        """The step for the smallest period: a step of money alone has the value's own, which a sum takes from its left side."""
        return Fraction(self.step) / self.family[self.standard[0] if self.stated is None else self.stated]

    @property
    def value(self) -> Fraction:
        return ROUNDINGS[self.function](self.exact / self.size) * self.size * self.family[self.paid]

    @property
    def whole(self) -> bool:
        """Whether whatever comes of the rounding is whole 分 in the benefit's own period."""
        return (self.size * self.family[self.paid] * 100).denominator == 1


@st.composite
def drawn(draw: st.DrawFn) -> Written:
    counts, per = draw(st.sampled_from(ENTITIES))
    family = draw(st.sampled_from(FAMILIES))
    period = st.sampled_from(sorted(family))
    return Written(
        counts,
        per,
        family,
        draw(period),
        (draw(period), draw(MONEY)),
        (draw(period), draw(MONEY)),
        draw(st.sampled_from("+-")),
        draw(st.integers(1, 4)),
        draw(st.sampled_from((1, 2, 3, 7, 12))),
        draw(st.sampled_from(sorted(ROUNDINGS))),
        draw(st.sampled_from(STEPS)),
        draw(st.none() | period),
    )


def refused(text: str, lang: str = "zh") -> tuple[list[str], str]:
    """The codes of what is wrong, and what to do about the first."""
    try:
        policy_of(text)
    except PolicyError as error:
        found = [d for d in error.diagnostics if d.severity == "error"]  # money without a period is warned of
        return [d.code for d in found], found[0].help_zh if lang == "zh" else found[0].help_en
    return [], ""


def in_every_way(policy: Policy, facts: dict[str, Any], wanted: dict[str, Fraction]) -> None:
    """The interpreter, the fast and the recording function, and the file that stands alone give what is wanted."""
    decision = decided(policy, facts, "2022-02")  # holds interpreter and recording function to the decision
    assert decision.compiled_alone
    assert {path: Fraction(decision[path]) for path in wanted} == wanted  # type: ignore[arg-type]
    written = decision.to_json()["outputs"]
    assert {path: Fraction(written[path]["value"]) for path in wanted} == wanted  # type: ignore[index]
    space: dict[str, Any] = {}
    exec(compile(standalone(policy.program), "policy.py", "exec"), space)
    alone = space["decide"](facts, "2022-02-01")
    assert {path: alone[path] for path in wanted} == wanted


@given(drawn())
@settings(max_examples=examples(120), deadline=None)
def test_a_value_is_rounded_in_its_own_period(w: Written) -> None:
    """A rule's rounding, its step stated or of money alone; a benefit that is whole 分 in its own period is accepted, and no other."""
    text = w.text(f"最大({w.rounded}, 0)")
    codes, _ = refused(text)
    assert codes == ([] if w.whole else ["P0501"])
    if not w.whole:
        text = w.text("0")
    policy = policy_of(text)
    paid = max(w.value, Fraction(0)) if w.whole else Fraction(0)
    facts = {"家庭": {"收入": Decimal(w.income[1].numerator) / w.income[1].denominator}}
    in_every_way(policy, facts, {"家庭.额": w.value, "家庭.补": paid, "家庭.前额": Fraction(0)})
    first = policy.decide(facts, on="2022-01")
    again = policy.decide(facts, on="2022-02", previous=first)
    assert Fraction(again["家庭.前额"]) == paid  # type: ignore[arg-type]
    given = {"家庭": {**facts["家庭"], "上月": {"补": str(first["家庭.补"])}}}
    assert policy.decide(given, on="2022-02")["家庭.前额"] == again["家庭.前额"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("counts", "per", "paid", "standard"),
    [
        (*e, paid, standard)
        for e in ENTITIES
        for f in FAMILIES
        for paid, standard in itertools.product(sorted(f), repeat=2)
    ],
)
def test_the_advice_of_p0501_works(counts: str, per: str, paid: str, standard: str, lang: str) -> None:
    """The whole result wrapped as the message says, with either step: accepted, and rounded to that step in the benefit's period."""
    family = next(f for f in FAMILIES if paid in f)
    w = Written(
        counts, per, family, paid, (standard, Fraction(1000)), (paid, Fraction(1)), "-", 1, 7, "四舍五入", "0.01", paid
    )
    for body in (w.formula, f"四舍五入({w.formula}, 0.007 元)"):
        codes, advice = refused(w.text(body), lang)
        assert codes == ["P0501"]
        wraps = re.findall(r"(?:四舍五入|round_half_up)\(…, ([0-9.]+) ([^)]+)\)", advice)
        assert [number for number, _ in wraps] == ["0.01", "1"]
        for number, unit in wraps:
            policy = policy_of(w.text(advised(advice, number, unit).replace("…", body)))
            value = w.exact * family[paid]
            if body != w.formula:
                step = Fraction("0.007") * family[paid] / family[standard]
                value = half_up(value / step) * step
            wanted = half_up(value / Fraction(number)) * Fraction(number)
            in_every_way(policy, {"家庭": {"收入": 1}}, {"家庭.补": wanted})


def advised(advice: str, number: str, unit: str) -> str:
    """The call of the advice with that step, letter by letter."""
    return re.search(rf"(?:四舍五入|round_half_up)\(…, {re.escape(number)} {re.escape(unit)}\)", advice)[0]  # type: ignore[index]


@pytest.mark.parametrize(
    ("money", "scale"), [("万元", 10_000), ("亿元", 10**8), ("角", Fraction(1, 10)), ("分", Fraction(1, 100))]
)
@pytest.mark.parametrize("period", ["年", "季", "月", "周", "日"])
def test_the_coin_is_the_fen_whatever_money_the_unit_names(money: str, scale: Fraction, period: str) -> None:
    """万元/年 is rounded to 0.01 元/年, which its advice says, and need not be rounded to 0.01 万元."""
    head = f"对象 家庭\n  甲 : {money}/{period}, 0..1000\n给付 家庭 补 : {money}/{period}\n  为 "
    codes, advice = refused(f"{head}甲 / 7")
    assert codes == ["P0501"]
    assert f"0.01 元/{period}" in advice
    policy = policy_of(f"{head}四舍五入(甲 / 7, 0.01 元/{period})")
    wanted = Fraction(half_up(Fraction(1) * scale / 7 * 100), 100) / scale
    in_every_way(policy, {"家庭": {"甲": 1}}, {"家庭.补": wanted})


@pytest.mark.parametrize(("period", "count"), [("年", 12), ("季", 3), ("月", 1)])
def test_the_month_before_may_have_any_whole_fen(period: str, count: int) -> None:
    """However coarse the rule is that gives a benefit now, what is given of the month before may be any 分 in its period; nothing finer."""
    policy = policy_of(
        f"对象 家庭\n  甲 : 是否\n给付 家庭 补 : 元/{period}\n  当 甲 为 1200\n  否则 为 0\n"
        f"规则 家庭 前 : 元/{period}\n  为 上月(补, 默认 0)\n规则 家庭 共 : 元\n  为 合计(近(2 个月, 补, 默认 0))\n"
    )
    last = {"补": "333.33", "近": {"补": ["333.33"]}}
    facts = {"家庭": {"甲": True, "上月": last}}
    decision = decided(policy, facts, "2022-02")
    assert decision["家庭.前"] == Decimal("333.33")
    assert Fraction(decision["家庭.共"]) == Fraction("333.33") / count  # type: ignore[arg-type]
    with pytest.raises(PolicyError) as error:
        policy.decide({"家庭": {"甲": True, "上月": {**last, "补": "333.333"}}}, on="2022-02")
    assert [d.code for d in error.value.diagnostics] == ["F0107"]
    assert f"0.01 元/{period}" in error.value.diagnostics[0].zh
