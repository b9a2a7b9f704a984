"""Exceptions of a layer that come before those of the layers above: which are told, and by which clause a diagnostic of an amended line is cited."""

from __future__ import annotations

import pytest

from policy_dsl.diagnostics.report import Diagnostic, Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

UPPER = """文件 省办法 : 省发1号
对象 家庭 : 户
  收入 : 元/月, 0..10000
  拒绝、城里 : 是否

## 第一条
给付 家庭 补 : 元/月
  为 100
  例外 拒绝工作 当 拒绝 为 0
  自 2025-01-01
    例外 后来的 当 城里 且 收入 > 5000 元/户/月 为 1
"""
LOWER = "文件 县办法 : 县发2号\n\n## 第九条\n修订 补\n"


def found(*bodies: str) -> list[Diagnostic]:
    """What is found in layers of these texts, top first."""
    layers = []
    for n, body in enumerate(bodies):
        text = f"政策 层{n}\n" + (f"  上级 层{n - 1}\n" if n else "") + body
        layers.append(LayerFiles(f"层{n}", (PolicyFile(f"{n}.policy", f"{n}.policy", text, f"层{n}", "", 2),)))
    report = Report()
    compile_layers(layers, report)
    return report.sorted()


@pytest.mark.parametrize(
    ("line", "over"),
    [
        ("例外 甲 当 城里 为 90", ["拒绝工作", "后来的"]),
        ("例外 甲 当 城里 且 非 拒绝 为 90", ["后来的"]),
        ("例外 甲 当 城里 且 非 拒绝 且 收入 < 3 元/户/月 为 90", []),
        ("例外 甲 当 城里 为 原值 + 90 元/月", []),  # goes on from what they give
        ("例外 拒绝工作 当 拒绝 且 非 城里 为 9", []),  # takes its place
        ("例外 甲 当 拒绝 且 非 城里 为 0", []),  # gives the same
        ("自 2020-01-01 至 2024-12-31\n    例外 甲 当 城里 为 90", ["拒绝工作"]),
        ("当 城里 为 90\n  否则 为 0", []),
        ("废止 拒绝工作\n  例外 甲 当 城里 为 90", ["后来的"]),
    ],
)
def test_an_exception_says_which_it_steps_over(line: str, over: list[str]) -> None:
    notes = [d for d in found(UPPER, f"{LOWER}  {line}\n") if d.code == "P0619"]
    assert len(notes) == bool(over)
    for d in notes:
        assert d.severity == "note"
        assert d.clause == "县发2号 第九条"
        assert [x.place.line for x in d.labels] == [{"拒绝工作": 10, "后来的": 12}[x] for x in over]
        assert all(x in d.zh and x in d.en for x in over)


def test_each_layer_is_told_where_it_is_checked_and_an_allowance_silences_it() -> None:
    lower = f"{LOWER}  例外 甲 当 城里 为 90\n"
    assert [d.code for d in found(UPPER, lower)] == ["P0619"]
    assert found(UPPER, lower + "  许可 P0619 县里议定\n") == []
    third = "文件 乡 : 乡发3号\n## 三\n修订 补\n  例外 乙 当 非 城里 且 非 拒绝 为 9\n"
    assert found(UPPER, lower, third) == []


def test_a_diagnostic_of_an_amended_line_cites_its_own_clause() -> None:
    (one,) = found(UPPER, f"{LOWER}  例外 拒绝工作 当 拒绝 且 非 城里 为 收入 / 3\n")
    assert (one.code, one.clause) == ("P0501", "县发2号 第九条")
