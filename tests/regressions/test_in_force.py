"""What is not in force is no error: where it is told, who asks for it, and what check says beforehand."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from policy_dsl import PolicyError
from policy_dsl.checks.law import CODE
from policy_dsl.cli.group import main
from policy_dsl.diagnostics.report import Report
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .deciding import decided, policy_of

HOUSEHOLD = "类型 地 = 城 | 乡\n对象 家庭 : 户\n  收入 : 元/月, 0..100000\n  户籍 : 地, 默认 城\n"
LINE = HOUSEHOLD + "规则 家庭 新线 : 元/月\n  自 2017-01-01 至 2018-12-31 为 2 * 收入\n"
FACTS = {"家庭": {"收入": 100}}


def checked(text: str) -> Report:
    report = Report()
    file = PolicyFile(Path("z.policy"), "z.policy", f"政策 试\n{text}", "试", "", 2)
    compile_layers([LayerFiles("试", (file,))], report)
    return report


def codes(text: str) -> list[str]:
    return [d.code for d in checked(text).items if d.severity != "note"]


def told(text: str, *lower: str) -> list[tuple[str, str]]:
    """(place, message) of what check says of the law, with the other places behind the first."""
    report = checked(text)
    assert all(d.severity in ("warning", "note") for d in report.items)
    return [
        (" ".join(str(x.line) for x in (d.place, *(label.place for label in d.labels[1:])) if x is not None), d.zh)
        for d in report.items
        if d.code == CODE
    ]


def run(tmp_path: Path, text: str, *arguments: str) -> tuple[int, str, str]:
    (tmp_path / "z.policy").write_text(f"政策 试\n{text}", encoding="utf-8")
    (tmp_path / "f.json").write_text(json.dumps(FACTS), encoding="utf-8")
    command, *rest = arguments
    made = CliRunner().invoke(main, [command, str(tmp_path / "z.policy"), str(tmp_path / "f.json"), *rest])
    return made.exit_code, made.stdout, made.stderr


# --- deciding


def test_nobody_hears_of_what_is_not_in_force_but_who_looks(tmp_path: Path) -> None:
    """No exit code, no word on stderr; the summary lists it at its end, with the days; who asks for it is told them, too."""
    text = LINE + "给付 家庭 补 : 元/月\n  为 10\n"
    code, out, err = run(tmp_path, text, "decide", "--on", "2015-10")
    assert (code, err) == (0, "")
    assert out.endswith("这一天没有规定：\n  家庭.新线（2017-01-01 至 2018-12-31）\n")
    code, out, err = run(tmp_path, text, "explain", "--on", "2015-10", "--of", "新线")
    assert (code, out) == (1, "")
    assert "R0105" in err
    assert "2017-01-01 起才有，到 2018-12-31 为止" in err
    code, _, err = run(tmp_path, text, "explain", "--on", "2019-10", "--of", "新线", "--lang", "en")
    assert "it was from 2017-01-01 until 2018-12-31" in err


def test_what_needs_it_is_in_error_and_the_rest_stands(tmp_path: Path) -> None:
    text = LINE + "规则 家庭 够线 : 是否\n  为 收入 < 新线\n给付 家庭 补 : 元/月\n  为 10\n"
    code, out, err = run(tmp_path, text, "decide", "--on", "2019-02", "--json")
    assert code == 1
    assert "[R0105] 新线 在 2019-02-01 没有规定" in err
    made = json.loads(out)
    assert [(e["output"], e["code"]) for e in made["errors"]] == [("家庭.够线", "R0105")]
    assert made["outputs"] == {"家庭.够线": None, "家庭.补": {"value": "10.00", "unit": "元/月"}}


def test_the_mapping_has_what_is_in_force_alone() -> None:
    d = decided(policy_of(LINE), FACTS, "2015-10")
    assert "家庭.新线" not in d
    assert d.get("家庭.新线", "—") == "—"
    with pytest.raises(KeyError, match=r"R0105.*[\s\S]*2017-01-01"):
        d["家庭.新线"]
    with pytest.raises(PolicyError, match="P0803"):
        d.explain("新钱")


@pytest.mark.parametrize(
    ("on", "span"),
    [
        ("2016-06", ("2017-01-01", "2017-12-31")),  # before the first: the first
        ("2018-02", ("2017-01-01", "2017-12-31")),  # in a hole: the nearer one
        ("2018-12", ("2019-01-01", "2019-03-31")),
        ("2019-08-15", ("2019-01-01", "2019-03-31")),  # 137 days to the one, 139 to the other
        ("2019-08-16", ("2020-01-01", "2020-06-30")),  # 138 to both: the later
        ("2023-01", ("2020-01-01", "2020-06-30")),  # after the last: the last
    ],
)
def test_the_nearest_of_several_stretches(on: str, span: tuple[str, str]) -> None:
    """Values that follow each other are one stretch."""
    text = HOUSEHOLD + (
        "规则 家庭 线 : 数\n  自 2017-01-01 为 1\n  自 2017-07-01 至 2017-12-31 为 2\n"
        "  自 2019-01-01 至 2019-03-31 为 3\n  自 2020-01-01 至 2020-06-30 为 4\n"
    )
    (found,) = decided(policy_of(text), FACTS, on).not_in_force
    assert (str(found.since), str(found.until)) == span


def test_as_known_on_a_day() -> None:
    """What was not published yet had not begun, and ends nothing."""
    text = (
        HOUSEHOLD + "参数 甲 : 数\n  自 2020-01-01 为 1\n给付 家庭 补 : 元/月\n  自 2022-01-01 公布 2022-06-20 为 10\n"
    )
    made = policy_of(text).timeline(FACTS, start="2022-03", end="2022-03", as_known="2022-05-01")
    decision = made.months[0].decision
    assert decision is not None
    assert [x[1:] for x in decision.not_in_force] == [(None, None)]
    assert not made.arrears


def test_a_parameter_names_its_keys() -> None:
    text = (
        HOUSEHOLD
        + "参数 标准(地) : 数\n  | 地 | 自 2020-01-01 至 2021-12-31 |\n  | 城 | 1 |\n  | 乡 | 2 |\n规则 家庭 读 : 数\n  为 标准(户籍)\n"
    )
    (error,) = decided(policy_of(text), FACTS, "2022-07").errors
    assert error.zh == "标准(城) 在 2022-07-01 没有规定"


# --- months


def test_beginning_and_ending_are_changes() -> None:
    text = HOUSEHOLD + "给付 家庭 补 : 元/月\n  自 2022-02-01 至 2022-02-28 为 10\n"
    made = policy_of(text).timeline(FACTS, start="2022-01", end="2022-03").to_json()
    months = made["months"]
    assert isinstance(months, list)
    changes = [[(c["output"], c["before"], c["after"]) for c in m["changes"]] for m in months]
    assert changes == [[], [("家庭.补", None, "10.00")], [("家庭.补", "10.00", None)]]
    assert ["2022-02-01" in months[1]["changes"][0]["because"], "2022-02-28" in months[2]["changes"][0]["because"]] == [
        True,
        True,
    ]
    assert [[x["output"] for x in m.get("not_in_force", [])] for m in months] == [["家庭.补"], [], ["家庭.补"]]


# --- check


READ = "规则 家庭 {} : 是否\n  为 收入 < 新线\n"


def test_once_a_cause_at_the_first_that_reads_it() -> None:
    """What reads one that is told is not told again."""
    text = LINE + READ.format("一") + READ.format("二") + "规则 家庭 三 : 是否\n  为 一 或 二\n"
    assert told(text) == [("9 11", "一 要用 新线，可是 新线 2019-01-01 起没有规定")]


def test_an_allowance_is_for_its_own_declaration() -> None:
    text = LINE + READ.format("一") + "  许可 P0280 本来如此\n" + READ.format("二")
    assert told(text) == [("12", "二 要用 新线，可是 新线 2019-01-01 起没有规定")]
    assert told(LINE + READ.format("一") + "  许可 P0280 本来如此\n") == []


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("规则 家庭 读 : 元/月\n  为 新线", ["2019-01-01 起"]),
        ("规则 家庭 读 : 元/月\n  自 2017-01-01 至 2018-12-31 为 新线", []),
        ("规则 家庭 读 : 元/月\n  自 2010-01-01 至 2018-12-31 为 新线", []),  # before its law begins
        ("规则 家庭 读 : 元/月\n  自 2010-01-01 至 2012-12-31 为 新线", ["2010-01-01 至 2012-12-31 "]),  # on every day
        ("规则 家庭 读 : 元/月\n  自 2010-01-01 至 2012-12-31 为 1\n  自 2016-01-01 至 2017-12-31 为 新线", ["2016-01-01 至 2016-12-31 "]),
        ("规则 家庭 读 : 元/月\n  为 现行(新线, 默认 0)", []),
        ("规则 家庭 读 : 元/月\n  为 现行(新线, 默认 新线)", ["2019-01-01 起"]),
        ("规则 家庭 读 : 元/月\n  为 新线 于 2018-06-01", []),
        ("规则 家庭 读 : 元/月\n  为 新线 于 2020-06-01", ["哪一天都"]),
        ("规则 家庭 读 : 元/月\n  当 决定日 < 2019-01-01 为 新线\n  否则 为 0", []),
        ("规则 家庭 读 : 元/月\n  当 本月 ≤ 2019-02-01 且 收入 > 0 为 新线\n  否则 为 0", ["2019-01-01 至 2019-02-28 "]),
        ("规则 家庭 读 : 是否\n  为 决定日 ≥ 2018-07-01 或 收入 < 新线", []),
        ("规则 家庭 读 : 元/月\n  为 上月(新线, 默认 0)", []),
    ],
)  # fmt: skip
def test_the_days_that_are_told(text: str, days: list[str]) -> None:
    assert [message for _, message in told(LINE + text + "\n")] == [
        f"读 要用 新线，可是 新线 {d}没有规定" for d in days
    ]


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("给付 家庭 补 : 元/月\n  为 3\n  补发 当 收入 < 新线\n", "2019-01-01 起"),
        ("给付 家庭 补 : 元/月\n  自 2017-01-01 至 2018-12-31 为 3\n  补发 当 收入 < 新线\n", "2019-01-01 起"),  # its last month is settled after it
        ("给付 家庭 补 : 元/月\n  自 2020-01-01 为 3\n  补发 当 收入 < 新线\n", "2020-01-01 起"),  # on every day
        ("给付 家庭 补 : 元/月\n  为 3\n  补发 当 收入 < 现行(新线, 默认 0)\n", ""),
        ("给付 家庭 补 : 元/月\n  为 3\n  补发 当 收入 < 新线\n  许可 P0280 本来如此\n", ""),
        ("给付 家庭 补 : 元/月\n  为 3\n  追回 每月不超过 额\n参数 额 : 元/户\n  自 2017-01-01 至 2018-12-31 为 2\n", "额"),
        ("保证 补\n  收入 < 新线 + 100000\n", ""),  # not asked where nothing is in force
        ("保证 补\n  自 2020-01-01\n    收入 < 新线 + 100000\n", "2020-01-01 起"),
        ("保证 补\n  收入 ≥ 0 当 收入 < 额\n参数 额 : 元/户/月\n  自 2020-01-01 待定\n", ""),
    ],
)  # fmt: skip
def test_what_is_asked_beside_the_rules(text: str, days: str) -> None:
    """Conditions of 补发, limits of 追回; of guarantees those that are never asked."""
    found = told(LINE + text)
    if days == "额":
        assert [m for _, m in found] == ["补 要用 额，可是 额 2019-01-01 起没有规定"]
    else:
        assert [m for _, m in found] == ([f"补 要用 新线，可是 新线 {days}没有规定"] if days else [])


RECOVERED = "给付 家庭 补 : 元/月\n  为 3\n  补发 当 {}\n  追回 每月不超过 {}\n"
FIGURES = """对象 家庭 : 户
  积蓄 : 元/月, 0..100000
参数 门槛 : 元/户/月
  自 2020-01-01 为 0
  自 2022-01-01 为 5
参数 空额 : 元/户/月
  自 2020-01-01 为 0
参数 待议 : 元/户/月
  自 2020-01-01 待定
规则 家庭 线 : 元/月
  为 门槛 + 积蓄
"""


@pytest.mark.parametrize(
    ("condition", "limit", "code"),
    [
        ("应发 > 已发", "60 元", "P0261"),
        ("应发 > 已发 + 门槛", "60 元", "P0261"),
        ("应发 - 已发 ≥ 门槛 + 1 元/户/月", "60 元", "P0261"),
        ("应发 > 已发 + 线", "60 元", "P0261"),
        ("应发 > 已发 + 积蓄", "60 元", "P0261"),
        ("应发 > 已发 + 线 且 积蓄 > 0", "60 元", "P0261"),
        ("应发 > 已发 + 待议", "60 元", ""),  # open: it may come below nothing
        ("应发 > 已发 - 线", "60 元", ""),
        ("应发 > 已发 或 积蓄 > 0", "60 元", ""),
        ("已发 > 门槛", "60 元", ""),
        ("已发 > 0", "门槛", ""),
        ("已发 > 0", "空额", "P0260"),
        ("已发 > 0", "空额 * 2", "P0260"),
        ("已发 > 0", "待议", ""),
    ],
)  # fmt: skip
def test_what_can_be_taken_back(condition: str, limit: str, code: str) -> None:
    """Names count with all that they can be."""
    assert codes(FIGURES + RECOVERED.format(condition, limit)) == ([code] if code else [])


def test_keys_without_any_value_are_no_matter_of_days() -> None:
    """A combination that ended is told by its name; one that never had a value is not."""
    table = "参数 标准(地) : 数\n  | 地 | 自 2020-01-01 |\n  | 城 | 1 |\n参数 标准(地) : 数 自 2022-01-01 至 2022-12-31\n  | 地 | 标准 |\n  | 城 | 2 |\n"
    read = "规则 家庭 读 : 数\n  为 标准({})\n"
    assert [m for _, m in told(HOUSEHOLD + table + read.format("户籍"))] == [
        "读 要用 标准(城)，可是 标准(城) 2023-01-01 起没有规定"
    ]
    assert [m for _, m in told(HOUSEHOLD + table + read.format("乡"))] == [
        "读 要用 标准(乡)，可是 标准(乡) 哪一天都没有规定"
    ]


def test_a_parameter_that_is_computed_from_one_that_has_ended() -> None:
    text = (
        HOUSEHOLD
        + "参数 甲 : 数\n  自 2020-01-01 至 2021-12-31 为 1\n参数 乙 : 数\n  为 2 * 甲\n规则 家庭 读 : 数\n  为 乙\n"
    )
    assert [m for _, m in told(text)] == ["读 要用 甲，可是 甲 2022-01-01 起没有规定"]


def test_a_status_that_has_ended() -> None:
    text = HOUSEHOLD + (
        "阶段 家庭 状态 自 2020-01-01 至 2021-12-31\n  起始 不在\n  终止 在\n  不在 → 在 当 收入 > 0\n"
        "规则 家庭 读 : 是否\n  为 状态 = 在\n规则 家庭 也读 : 是否\n  为 现行(状态, 默认 不在) = 在\n"
    )
    assert [m for _, m in told(text)] == ["读 要用 状态，可是 状态 2022-01-01 起没有规定"]
