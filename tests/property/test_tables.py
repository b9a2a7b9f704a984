"""Tables that are looked up give what the interpreter gives, whatever their cells, modes and results; with any facts unknown."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.python import rules, tables
from policy_dsl.backends.runtime import Defer
from policy_dsl.backends.values import known
from policy_dsl.ir import nodes as ir

from ..regressions.deciding import policy_of

MANY = 8

HEAD = """
对象 家庭
  类 : 子 | 丑 | 寅
  级 : 整数, 0..9
  病 : 是否
  生 : 日期
  收 : 元/月, 0..1000
  口 : 整数, 1..5
参数 界 : 元/月
  为 100
  自 2022-01-01 为 200
规则 家庭 双 : 元/月
  为 收 * 2
"""

Cell = Callable[[random.Random], str]


def number(top: int, unit: str = "") -> Cell:
    def cell(dice: random.Random) -> str:
        a, b = sorted(dice.sample(range(top), 2))
        low, high = f"{a}{unit}", f"{b}{unit}"
        ways = (
            low,
            f"{low}, {high}",
            f"< {high}",
            f"<= {low}",
            f"> {low}",
            f">= {high}",
            f"≠ {low}",
            f"> {high} 或 < {low}",
        )
        return dice.choice((*ways, *(f"{x}{low}, {high}{y}" for x in "[(" for y in ")]")))

    return cell


def one_of(*ways: str) -> Cell:
    return lambda dice: dice.choice(ways)


COLUMNS: dict[str, Cell] = {
    "类": one_of("子", "丑", "寅", "子, 寅", "≠ 子"), "级": number(10), "病": one_of("是", "否"),
    "生": one_of("< 2000-01-01", ">= 2000-01-01", "2000-02-29", "> 2010-05-05", ">= 1990-01-01 且 <= 2000-02-29"), "收": number(1000),
    "收 / 口": number(400), "双": one_of("< 100.5", ">= 100.5", "[100.5, 333.33)", "> 333.33", "< 界", ">= 界", "≤ 1000"), "收 + 双": number(2000),
}  # fmt: skip


def body(dice: random.Random, amounts: bool) -> Iterator[str]:
    """A table of some columns, in some mode, with results of all kinds."""
    mode = dice.choice(("", "", "依次", "就高", "就低", "合计") if amounts else ("", "", "依次"))
    if mode:
        yield f"  {mode}"
    columns = dice.sample(list(COLUMNS), dice.randint(1, 3))
    dated = amounts and dice.random() < 0.5
    heads = ["自 2021-01-01", "自 2022-01-01"] if dated else ["为"]
    yield f"  | {' | '.join([*columns, *heads])} |"
    formulas = amounts and dice.random() < 0.4
    values = dice.choice((("7",), ("1", "2", "3.5"), tuple(map(str, range(40))))) if amounts else ("低", "中", "高")

    def results() -> list[str]:
        if formulas and dice.random() < 0.5:
            return [dice.choice(("收", "收 + 1", "双 / 口", "收 / 口"))] * len(heads)
        return [dice.choice(values) for _ in heads]

    seen = set()
    for _ in range(dice.randint(2, 9)):
        cells = [COLUMNS[c](dice) if dice.random() < 0.85 else "—" for c in columns]
        if tuple(cells) not in seen and any(c != "—" for c in cells):
            seen.add(tuple(cells))
            yield f"  | {' | '.join([*cells, *results()])} |"
    if mode in ("就高", "就低", "合计") or dice.random() < 0.7:
        yield f"  | {' | '.join(['否则', *['—'] * (len(columns) - 1), *results()])} |"
    for n in range(dice.choice((0, 0, 0, 1, 5))):
        beats = f"    优先于 例{n - 1}" if n and dice.random() < 0.3 else ""
        yield f"  例外 例{n} 当 级 {dice.choice('<>=')} {dice.randrange(10)} 为 {results()[0]}{beats}"


def policy(dice: random.Random) -> str:
    amounts = dice.random() < 0.75
    return (
        HEAD
        + f"规则 家庭 果 : {'元/月' if amounts else '低 | 中 | 高'}\n"
        + "".join(f"{x}\n" for x in body(dice, amounts))
    )


def made_of(dice: random.Random) -> Policy:
    """One whose gaps are not seen when it is compiled."""
    while True:
        try:
            return policy_of(policy(dice))
        except PolicyError:
            continue


def facts(dice: random.Random, unknown: float) -> dict[str, Any]:
    given: dict[str, Any] = {
        "类": dice.choice("子丑寅"), "级": dice.randrange(10), "病": dice.random() < 0.5,
        "生": dice.choice(("1980-01-01", "1999-12-31", "2000-01-01", "2000-02-29", "2011-01-01")), "收": dice.choice((0, 100, 101, dice.randrange(1000))),
        "口": dice.randint(1, 4),
    }  # fmt: skip
    return {"家庭": {k: None if dice.random() < unknown else v for k, v in given.items()}}


@pytest.mark.parametrize("seed", range(12))
def test_look_ups_agree_with_the_interpreter(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Values and picked lines; the compiled forms defer where the interpreter has no value, and only there while all facts are known."""
    monkeypatch.setattr(tables, "FEW", 1)
    monkeypatch.setattr(rules, "FEW", 1)
    monkeypatch.setattr(tables, "NESTED", seed % 3)
    for n in range(MANY):
        dice = random.Random(seed * MANY + n)
        made = made_of(dice)
        for _ in range(12):
            agree(made, facts(dice, dice.choice((0, 0, 0.15))), dice.choice((20210601, 20220601)))


def agree(made: Policy, given: dict[str, Any], on: int) -> None:
    run = made.run(on, "家庭")
    data = run.compiled.read(given, on)
    oracle = run.compiled.instance("家庭", data)
    Interpretation(run.epoch, on, oracle).rules()
    written = all(isinstance(x.result, ir.Constant) for x in made.rule("家庭", "果").lines)
    sure = written and None not in given["家庭"].values()  # different formulas may come to the same all the same
    for function in (run.compiled.decide, run.compiled.record):
        try:
            raw = function(run.parameters, on, data)
        except Defer:
            assert not (sure and known(oracle.values["果"])), given
            continue
        again = run.compiled.instance("家庭", data)
        run.compiled.fill(again, raw, on, recorded=function is run.compiled.record)
        assert again.values == oracle.values, given
