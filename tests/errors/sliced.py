"""Decisions for some outputs alone, as the pages of their messages tell of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

import policy_dsl
from policy_dsl.diagnostics.render import text
from policy_dsl.diagnostics.report import Diagnostic, PolicyError

POLICY = """政策 甲
对象 家庭 : 户
  收入 : 元/月, 0..5000
给付 家庭 保障金 : 元/月
  当 收入 < 900 为 四舍五入(900 - 收入, 1 元)
  否则 为 0
给付 家庭 补助 : 元/月
  为 50
规则 家庭 合计 : 元/月
  为 保障金 + 补助
阶段 家庭 状态
  起始 未享受
  未享受 → 在保 当 保障金 > 0
  在保 → 未享受 当 保障金 = 0
规则 家庭 月数 : 月
  为 持续(在保)
保证 补助不超过标准
  补助 ≤ 900
"""
FACTS = {"家庭": {"收入": 600}}


def decided(tmp_path: Path, outputs: object = ("家庭.保障金",)) -> policy_dsl.Decision:
    (tmp_path / "甲.policy").write_text(POLICY, encoding="utf-8")
    policy = policy_dsl.load(tmp_path / "甲.policy")
    return policy.decide(FACTS, on="2022-06", outputs=outputs)  # type: ignore[arg-type]


def said(found: Iterable[Diagnostic]) -> str:
    return text(tuple(found), "zh")


def refused(call: Callable[[], object]) -> str:
    with pytest.raises(PolicyError) as caught:
        call()
    return said(caught.value.diagnostics)


def remarked(tmp_path: Path) -> str:
    decision = decided(tmp_path)
    assert decision.errors == []
    return said(decision.findings)


SCENES: dict[str, Callable[[Path], str]] = {
    "P0818": lambda p: refused(lambda: decided(p).explain("家庭.合计")),
    "P0819": lambda p: refused(lambda: decided(p).carry()),
    "P0820": lambda p: refused(lambda: decided(p, "家庭.保障金")),
    "F0250": remarked,
}
