"""What an explanation says of its numbers: found by checking them by hand."""

from __future__ import annotations

from .deciding import policy_of


def test_a_rounding_is_told_in_the_unit_that_is_rounded() -> None:
    """A yearly amount rounded by the month: the reader compares two monthly figures."""
    policy = policy_of(
        "对象 家庭 : 户\n  年额 : 元/年, 0..100000\n给付 家庭 月额 : 元/月\n  为 四舍五入(年额, 1 元/月)\n"
    )
    told = policy.decide({"家庭": {"年额": "904.5"}}, on="2022-01").explain("月额").text()
    assert "取整  四舍五入 75.375 元/月 → 75.00 元/月" in told.replace("户/", "")
