"""Four documents, one after another: each day is decided, explained and shown by the one that governs it, with its own source."""

from __future__ import annotations

from pathlib import Path

import pytest

import policy_dsl

FOLDER = Path(__file__).parents[1] / "data" / "regimes"
NATION, COUNTY = (policy_dsl.load(FOLDER / name) for name in ("1-nation.policy", "2-county.policy"))
FACTS = {"家庭": {"已下放": True, "特殊情形": False, "人均月收入": 1000, "刚性支出占比": 70}}
SOURCES = {"石发〔2012〕220号", "石发〔2021〕57号", "石发〔2022〕83号", "石发〔2024〕45号", "石乡发〔2023〕1号"}

REGIMES = [
    (NATION, "2021-06-30", 60, "石发〔2012〕220号", "无", "石发〔2012〕220号"),
    (NATION, "2021-07-01", 30, "石发〔2021〕57号", "无", "石发〔2021〕57号"),
    (NATION, "2022-10-19", 30, "石发〔2021〕57号", "无", "石发〔2021〕57号"),
    (NATION, "2022-10-20", 20, "石发〔2022〕83号", "无", "石发〔2021〕57号"),
    (NATION, "2025-01-01", 20, "石发〔2022〕83号", "刚性支出困难", "石发〔2024〕45号"),
    (COUNTY, "2022-10-20", 20, "石发〔2022〕83号", "无", "石发〔2021〕57号"),
    (COUNTY, "2025-01-01", 15, "石乡发〔2023〕1号", "刚性支出困难", "石发〔2024〕45号"),
]


@pytest.mark.parametrize(("policy", "on", "limit", "its_source", "kind", "its_other"), REGIMES)
def test_each_day_has_its_own_rules_and_sources(
    policy: policy_dsl.Policy, on: str, limit: int, its_source: str, kind: str, its_other: str
) -> None:
    decision = policy.decide(FACTS, on=on)
    assert decision["家庭.办结期限"] == limit
    assert decision["家庭.困难类型"] == kind
    for output, source in (("家庭.办结期限", its_source), ("家庭.困难类型", its_other)):
        made = decision.explain(output)
        assert made.steps[output].clause.show().startswith(source)
        said = next(line for line in made.text().splitlines() if "依据" in line)
        assert {x for x in SOURCES if x in said} == {source}


@pytest.mark.parametrize(("policy", "on", "limit", "its_source", "kind", "its_other"), REGIMES)
def test_show_tells_what_is_in_force(
    policy: policy_dsl.Policy, on: str, limit: int, its_source: str, kind: str, its_other: str
) -> None:
    lines = policy.show(on=on).text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith("规则 家庭 办结期限"))
    block = lines[start + 1 : next((n for n in range(start + 1, len(lines)) if not lines[n]), len(lines))]
    assert any(f"为 {limit} 个工作日" in line and its_source in line for line in block), block
    if its_source == "石乡发〔2023〕1号":
        at = next(n for n, line in enumerate(block) if "为 15 个工作日" in line)
        assert "取代  当 已下放 为 20 个工作日" in block[at + 1]
    displaced = {"石发〔2022〕83号"} if its_source == "石乡发〔2023〕1号" else set()
    assert {x for x in SOURCES if x in "\n".join(block)} == {its_source} | displaced
