"""A roll costs what its households cost: four times the households, about four times the operations, in every way of asking."""

from __future__ import annotations

import cProfile
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl.cli.decide import decide
from policy_dsl.decision import Decision

TEXT = """政策 众乡县
对象 个人 : 人
  姓名 : 文本
  身份证号 : 文本, 认人
  出生日期 : 日期, 出生
  月收入 : 元/月, 0..100000
  重病 : 是否, 由 村委会 定
对象 家庭 : 户
  户籍 : 城市 | 农村
  成员 : 若干 个人, 1..20
对象 名册
  户 : 若干 家庭, 1..100000
## 第一条
参数 标准(户籍) : 元/人/月
  | 户籍 | 自 2022-01-01 |
  |------|---------------|
  | 农村 | 500           | 假设 J-1 村里的数
  | 城市 | 600           | 假设 J-2 城里的数
参数 上限 : 元/人/年
  自 2022-01-01 为 1200    复核 2022-03-01
规则 家庭 人均 : 元/人/月
  为 合计(成员.月收入) / 人数(成员)
给付 家庭 补助 : 元/月
  当 人均 低于 标准(户籍) 为 四舍五入((标准(户籍) - 人均) * 人数(成员), 1 元)
  否则 为 0
给付 个人 病补 : 元/人/月
  当 重病 且 家庭.人均 低于 标准(家庭.户籍) 为 100    假设 J-3 病补的数
  否则 为 0
给付 个人 年补 : 元/人/年
  当 周岁(出生日期, 本月) < 18 岁 为 上限
  否则 为 0
规则 名册 总额 : 元/月
  为 合计(户.补助)
保证 名册的补助不多
  家庭.补助 ≤ 900 元/月
"""


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> policy_dsl.Policy:
    path = tmp_path_factory.mktemp("rolls") / "众乡县.policy"
    path.write_text(TEXT, encoding="utf-8")
    return policy_dsl.load(path)


def roll(count: int, open_: bool) -> dict[str, Any]:
    """Households of two; every third has somebody not yet born, every fifth a person who stands in the next one, too, and where `open_` one in ten
    does not know of an illness."""
    households = []
    for n in range(count):
        people = [
            {"姓名": f"甲{n}", "身份证号": f"{n // 5}-{n % 5 % 4}", "出生日期": "1980-05-01", "月收入": n % 7 * 100, "重病": n % 4 == 0},
            {"姓名": f"乙{n}", "身份证号": f"乙{n}", "出生日期": "2023-01-01" if n % 3 == 0 else "2010-01-01", "月收入": 0, "重病": False},
        ]  # fmt: skip
        if open_ and n % 10 == 3:
            people[0]["重病"] = None
        households.append({"户籍": "农村" if n % 2 else "城市", "成员": people})
    return {"名册": {"户": households}}


def operations(run: Callable[[], object]) -> int:
    """How many functions are called."""
    profile = cProfile.Profile()
    profile.runcall(run)
    return sum(entry.callcount for entry in profile.getstats())


WAYS: dict[str, Callable[[Decision], object]] = {
    "text": lambda d: d.text(),
    "JSON": lambda d: d.to_json(explanation=False),
    "values": dict,
    "outputs": lambda d: (d.outputs, d.benefits, d.amounts(), d.undetermined, d.errors, d.not_in_force),
    "one by one": lambda d: [d[path] for path in d.outputs],
    "findings": lambda d: d.findings,
    "assumptions": lambda d: d.assumptions,
    "missing": lambda d: d.missing,
    "one explained": lambda d: d.explain("名册.户[150].补助").text(),
}


@pytest.mark.parametrize("open_", [False, True], ids=["known", "some open"])
@pytest.mark.parametrize("way", WAYS)
def test_four_times_the_households(county: policy_dsl.Policy, way: str, open_: bool) -> None:
    counted = []
    for households in (200, 800):
        decision = county.decide(roll(households, open_), on="2022-06-01")
        assert decision.compiled_alone != open_
        counted.append(operations(partial(WAYS[way], decision)))
    assert counted[1] <= 5 * counted[0], counted


def test_the_command_line_on_a_roll(tmp_path: Path) -> None:
    """With reasons and findings."""
    path, facts = tmp_path / "众乡县.policy", tmp_path / "facts.json"
    path.write_text(TEXT.replace("复核", "// 复核"), encoding="utf-8")
    counted = []
    for households in (200, 800):
        made = roll(households, open_=True)
        for household in made["名册"]["户"]:
            del household["成员"][1]
        facts.write_text(json.dumps(made, ensure_ascii=False), encoding="utf-8")
        argv = [str(path), str(facts), "--on", "2022-06-01", "--json"]
        counted.append(operations(partial(CliRunner().invoke, decide, argv, catch_exceptions=False)))
    assert counted[1] <= 5 * counted[0], counted
