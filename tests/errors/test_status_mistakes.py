"""Slips in 阶段, looking back, and examples over months: one diagnostic for each cause, at its line, with the way out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from policy_dsl.cli import main

HEAD = """政策 示例
对象 家庭
  收入 : 元/月, 0..100000
  有车 : 是否
规则 家庭 符合 : 是否
  为 收入 低于 500 元/月
"""  # six lines
STATUS = "阶段 家庭 状态\n  起始 未享受\n  未享受 → 在保 当 符合\n  在保 → 未享受 当 非 符合\n"  # to line 10
BENEFIT = "给付 家庭 保障金 : 元/月\n  当 状态 = 在保 为 300\n  否则 为 0\n"  # to line 13
GOOD = HEAD + STATUS + BENEFIT
CASE = "案例 甲\n  自 2022-01 家庭: 收入 = 300\n"

SLIPS: dict[str, tuple[str, str, int, str]] = {  # the program, its only code, the line, what stands in the message
    "起始 in a rule": (HEAD + "规则 家庭 乙 : 是否\n  起始 未享受\n  为 是\n", "P1003", 8, "「乙」不是阶段"),
    "终止 in a benefit": (HEAD + "给付 家庭 乙 : 元/月\n  为 3\n  终止 未享受\n", "P1003", 9, "「乙」不是阶段"),
    "补发 in a rule": (HEAD + "规则 家庭 乙 : 元/月\n  为 3\n  补发 当 已发 > 0\n", "P1015", 9, "给付"),
    "追回 in a rule": (HEAD + "规则 家庭 乙 : 元/月\n  为 3\n  追回 每月不超过 60 元\n", "P1015", 9, "给付"),
    "追回 twice": (GOOD + "  追回 每月不超过 60 元\n  追回 每月不超过 70 元\n", "P1016", 15, "追回"),
    "追回 of nothing": (GOOD + "  追回 每月不超过 0 元\n", "P0260", 14, "大于零"),
    "追回 of less than nothing": (GOOD + "  追回 每月不超过 -1 元\n", "P0260", 14, "大于零"),
    "追回 of something else": (GOOD + "  追回 每月不超过 3 岁\n", "P0204", 14, "单位"),
    "追回 with a date": (GOOD + "  自 2022-01-01\n    追回 每月不超过 60 元\n", "P0420", 15, "不分时期"),
    "补发 in a status": (HEAD + STATUS + "  补发 当 已发 > 0\n", "P1015", 11, "给付"),
    "已发 in a rule": (HEAD + "规则 家庭 乙 : 元/月\n  为 已发\n", "P0201", 8, "补发 当"),
    "依次 in a status": (HEAD + STATUS.replace("  起始", "  依次\n  起始"), "P1004", 8, "只写"),
    "one state": (HEAD + "阶段 家庭 状态\n  起始 未享受\n", "P1006", 8, "「未享受」没有出路"),
    "起始 misspelt": (HEAD + STATUS.replace("起始 未享受", "起始 未想受") + BENEFIT, "P1006", 8, "是不是 「未享受」"),
    "a state misspelt": (
        HEAD + STATUS + "  在保 → 停发 当 符合 且 有车\n  停法 → 在保 当 符合\n", "P1005 P1006", 12, "是不是 「停发」",
    ),
    "a status that reads itself": (GOOD.replace("当 非 符合", "当 状态 = 在保"), "P0206", 10, "左边"),
    "a status that reads its benefit": (GOOD.replace("在保 当 符合", "在保 当 符合 且 保障金 = 0"), "P0206", 9, "上月(保障金, 默认"),
    "持续 without a status": (HEAD + "规则 家庭 乙 : 是否\n  为 持续(在保) ≥ 3 个月\n", "P1014", 8, "先用「阶段」声明"),
    "上月 of a formula": (GOOD + "规则 家庭 乙 : 元/月\n  为 上月(收入 * 2, 默认 0)\n", "P1012", 15, "立一条规则"),
    "上月 of a parameter": (
        GOOD + "参数 标准 : 元/月\n  自 2022-01 为 300\n规则 家庭 乙 : 元/月\n  为 上月(标准, 默认 0)\n", "P1012", 17, "标准 于 (本月 - 1 个月)",
    ),
    "应发 in an example": (GOOD + CASE + "  应为 2022-02 家庭: 应发(保障金) = 300\n", "P1011", 16, "保障金 = "),
    "于 beside months": (GOOD + CASE.replace("甲\n", "甲\n  于 2022-03\n") + "  应为 2022-02 家庭: 状态 = 在保\n", "P1018", 16, "写了 于 某日"),
    "an expectation without its month": (
        GOOD + CASE + "  应为 2022-02 家庭: 状态 = 在保\n  应为 家庭: 保障金 = 300\n", "P1018", 17, "这一条 应为 没有写",
    ),
}  # fmt: skip


def run(tmp_path: Path, text: str, *command: str) -> str:
    file = tmp_path / "甲.policy"
    file.write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, [*command, str(file)])
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    return done.output


@pytest.mark.parametrize("what", SLIPS)
def test_a_slip_is_told_once(what: str, tmp_path: Path) -> None:
    """No other message follows from it."""
    text, codes, line, shown = SLIPS[what]
    said = run(tmp_path, text, "check")
    assert set(re.findall(r"^错误\[(\w+)\]", said, flags=re.MULTILINE)) == set(codes.split()), said
    assert f"甲.policy:{line}:" in said, said
    assert shown in said, said


WRONG_FACTS: dict[str, tuple[str, int, str]] = {  # lines of an example, the line at fault, the words
    "an overlap": ("  自 2022-01 至 2022-05 家庭: 收入 = 300\n  自 2022-03 家庭: 收入 = 600\n  应为 2022-06 家庭: 保障金 = 0\n", 16, "重叠"),
    "out of order": ("  自 2022-03 家庭: 收入 = 300\n  自 2022-01 家庭: 收入 = 600\n  应为 2022-06 家庭: 保障金 = 0\n", 16, "先后"),
    "before the facts": ("  自 2022-03 家庭: 收入 = 300\n  应为 2022-01 家庭: 保障金 = 0\n", 14, "2022-01 没有人在"),
    "too many months": ("  自 1900-01 家庭: 收入 = 300\n  应为 2022-01 家庭: 保障金 = 0\n", 14, "时间线最多 1200 个月"),
    "out of range": ("  自 2022-01 家庭: 收入 = 300\n  自 2022-03 家庭: 收入 = 200000\n  应为 2022-06 家庭: 保障金 = 0\n", 16, "超出范围"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG_FACTS)
def test_wrong_facts_of_an_example_are_told_at_their_line(what: str, tmp_path: Path) -> None:
    """The line of the fact, where one is at fault; else the example's."""
    lines, line, shown = WRONG_FACTS[what]
    said = run(tmp_path, f"{GOOD}案例 甲\n{lines}", "test")
    assert f"甲.policy:{line})" in said.splitlines()[1], said
    assert shown in said
