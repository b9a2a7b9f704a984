"""What absence leaves of the past, in decisions that go on from one another."""

from __future__ import annotations

from policy_dsl import Decision

from .deciding import policy_of

ENDED = """对象 个人 : 人
  姓名 : 文本
规则 个人 旧规 : 整数
  自 2022-01-01 至 2022-02-28 为 1
规则 个人 新规 : 整数
  为 2
规则 个人 看旧 : 整数
  为 上月(旧规, 默认 0)
规则 个人 看新 : 整数
  为 上月(新规, 默认 7)
"""
HOUSEHOLDS = """对象 家庭 : 户
  成员 : 若干 个人, 0..9
规则 家庭 户旧规 : 整数
  自 2022-01-01 至 2022-02-28 为 1
规则 家庭 户看旧 : 整数
  为 上月(户旧规, 默认 0)
对象 名册
  户 : 若干 家庭, 0..9
"""


def test_what_is_not_in_force_any_more_says_nothing_of_the_rest() -> None:
    """Of who goes away when one rule that is looked back at is no longer in force, the others have no value either; so below a household."""
    policy = policy_of(ENDED + HOUSEHOLDS)
    for there, household in ((False, True), (True, False)):
        before: Decision | None = None
        for month in range(1, 6):
            here = month != 4
            member = {"姓名": "甲", "在列": there or here}
            facts = {"名册": {"户": [{"在列": household or here, "成员": [member]}]}}
            before = policy.decide(facts, on=f"2022-{month:02d}", previous=before)
        assert before is not None
        assert before["名册.户[0].成员[0].看新"] == 7
