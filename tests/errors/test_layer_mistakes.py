"""Slips between layers that have a status: one diagnostic for each cause, at its line, with the way out. And layers in a circle."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from policy_dsl.cli import main

ABOVE = """政策 省
对象 家庭
  收入 : 元/月, 0..100000
阶段 家庭 低保状态
  起始 未享受
  未享受、停发 → 在保 当 收入 < 500
  在保 → 渐退 当 收入 ≥ 500
  渐退 → 在保 当 收入 < 500
  渐退 → 停发 当 收入 ≥ 900
  终止 死亡
  停发 → 死亡 当 收入 ≥ 90000
给付 家庭 保障金 : 元/月
  当 低保状态 = 在保 为 300
  否则 为 0
"""
HEAD = "政策 县\n  上级 省\n"  # the lines of a slip count from 3

SLIPS: dict[str, tuple[str, str, str]] = {  # what the county writes, code and line, what stands in the message or the way out
    "a status that is not there": ("修订 低报状态\n  在保 → 停发 当 收入 ≥ 900\n", "P0606 3", "是不是 「低保状态」"),
    "a state in the place of its status": ("修订 渐退\n  在保 → 停发 当 收入 ≥ 900\n", "P0606 3", "写 修订 低保状态"),
    "an amendment of nothing like it": ("修订 养老\n  在保 → 停发 当 收入 ≥ 900\n", "P0606 3", "只能修订上级已声明的内容"),
    "a transition misspelt": ("修订 低保状态\n  废止 在保 → 渐腿\n", "P0611 4", "是不是 「在保 → 渐退」"),
    "a transition that is not there": ("修订 低保状态\n  废止 渐退 → 未享受\n", "P0611 4", "渐退 → 在保、渐退 → 停发"),
    "a state in the place of a transition": ("修订 低保状态\n  废止 死亡\n", "P0611 4", "上级的转换：停发 → 死亡"),
    "a transition of a benefit": ("修订 保障金\n  废止 在保 → 渐退\n", "P0611 4", "转换写 甲 → 乙"),
    "the county's own transition": (
        "修订 低保状态\n  在保 → 停发 当 收入 ≥ 900\n  在保 → 渐退 当 收入 < 900 且 收入 ≥ 500\n  废止 在保 → 停发\n", "P0611 6", "上级的转换",
    ),
    "a new target misspelt": ("修订 低保状态\n  未享受 → 停法 当 收入 ≥ 900\n", "P1006 4", "是不是 「停发」"),
    "a new source misspelt": ("修订 低保状态\n  渐腿 → 停发 当 收入 ≥ 900\n", "P1005 4", "是不是 「渐退」"),
    "the only way out repealed": ("修订 低保状态\n  废止 在保 → 渐退\n", "P1006 4", "终止 在保"),
    "a way out of a final state": ("修订 低保状态\n  死亡 → 在保 当 收入 < 1\n", "P1009 4", "写明终止"),
    "one transition amended twice": (
        "修订 低保状态\n  渐退 → 停发 当 收入 ≥ 800\n修订 低保状态\n  渐退 → 停发 当 收入 ≥ 700\n", "P0612 6", "合成一处",
    ),
    "repealed twice": ("修订 低保状态\n  废止 渐退 → 停发\n修订 低保状态\n  废止 渐退 → 停发\n", "P0612 6", "合成一处"),
    "repealed and written anew": (
        "修订 低保状态\n  废止 渐退 → 停发\n  渐退 → 停发 当 收入 ≥ 700\n", "P0612 5", "合成一处",
    ),
    "declared again": ("阶段 家庭 低保状态\n  起始 未享受\n  未享受 → 停发 当 收入 > 3\n", "P0605 3", "修订 低保状态"),
    "起始 changed": ("修订 低保状态\n  起始 在保\n", "P1002 4", "只留一个"),
    "a value in a status": ("修订 低保状态\n  为 在保\n", "P1004 4", "甲 → 乙"),
    "终止 in a benefit": ("修订 保障金\n  终止 死亡\n", "P1003 4", "不是阶段"),
}  # fmt: skip


def check(folder: Path, **layers: str) -> str:
    for name, text in layers.items():
        (folder / f"{name}.policy").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(folder / "县.policy")])
    assert done.exit_code == 1, done.output
    assert "Traceback" not in done.output
    return done.output


@pytest.mark.parametrize("slip", SLIPS)
def test_a_slip_is_named_at_its_line_with_the_way_out(slip: str, tmp_path: Path) -> None:
    text, wanted, said = SLIPS[slip]
    out = check(tmp_path, 省=ABOVE, 县=HEAD + text)
    found = re.findall(r"^错误\[([A-Z][0-9]{4})\].*\n +┌─ .*?([^/]*):([0-9]+):", out, re.MULTILINE)
    assert [f"{code} {line}" for code, file, line in found] == [wanted], out
    assert found[0][1] == "县.policy"
    assert said in out


def test_layers_in_a_circle_are_named_once_with_their_path(tmp_path: Path) -> None:
    circle = ABOVE.replace("政策 省\n", "政策 省\n  上级 县\n")
    out = check(tmp_path, 省=circle, 县=HEAD + "修订 低保状态\n  废止 渐退 → 停发\n")
    assert re.findall(r"\[([A-Z][0-9]{4})\]", out) == ["P0604"]
    assert "县 → 省 → 县" in out


def test_a_layer_above_itself(tmp_path: Path) -> None:
    out = check(tmp_path, 县="政策 县\n  上级 县\n")
    assert re.findall(r"\[([A-Z][0-9]{4})\]", out) == ["P0604"]
