"""Slips in statuses and looking back, each found by the generated policies of tests/property."""

from __future__ import annotations

import pytest

from policy_dsl import PolicyError

from .deciding import policy_of

HEAD = """对象 家庭 : 户
  数 : 整数, 0..9
  岁数 : 整数, 0..9
"""


def codes(text: str) -> list[str]:
    """The codes of what is wrong with a policy's text."""
    try:
        policy_of(text)
    except PolicyError as error:
        return [d.code for d in error.diagnostics]
    return []


def status(first: str, second: str) -> str:
    return f"""{HEAD}阶段 家庭 状态
  起始 丙
  终止 甲, 乙
  丙 → 甲 当 {first}
  丙 → 乙 当 {second}
"""


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("数 = 1", "非 数 = 1"),
        ("数 = 1", "数 ≠ 1 且 岁数 > 2"),
        ("累计(丙) = 1", "非 (累计(丙) = 1) 且 岁数 > 2"),
        ("数 < 1 且 数 > 2", "数 < 4"),  # the first never holds, so it meets nothing
        ("数 ≥ 1", "数 ≤ 1 且 数 ≠ 1"),
    ],
)
def test_conditions_that_exclude_each_other_are_no_conflict(first: str, second: str) -> None:
    assert "P1007" not in codes(status(first, second))


@pytest.mark.parametrize(
    ("first", "second"), [("数 = 1", "数 ≠ 2"), ("数 ≠ 1", "数 ≠ 2"), ("数 ≥ 1", "数 ≤ 3 且 数 ≠ 1")]
)
def test_conditions_that_meet_are_one(first: str, second: str) -> None:
    assert "P1007" in codes(status(first, second))
