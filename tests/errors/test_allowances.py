"""许可 CODE 理由: silences its finding in its declaration, and that alone; what silences nothing is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from policy_dsl import library
from policy_dsl.cli import main
from policy_dsl.diagnostics.codes import CODES
from policy_dsl.diagnostics.report import Diagnostic, Report
from policy_dsl.pipeline import compile_layers
from policy_dsl.syntax.allowances import ALLOWABLE

from .pages import PAGES
from .test_pages import lay

PROVINCE = "政策 甲省\n对象 家庭\n  收入 : 元/月, 0..100\n参数 标准 : 元\n  自 2021-01-01 为 1\n  自 2023-01-01 为 2\n"
COUNTY = "政策 甲县\n  上级 甲省\n修订 标准\n  自 2022-01-01 为 3\n"
ALLOWED = "  许可 P0616 县里另有规定\n"


def checked(path: Path) -> Report:
    report = Report()
    compile_layers(library.find(path), report)
    return report


def found(path: Path) -> list[tuple[str, int]]:
    """(code, line) of what is told."""
    return [(d.code, d.place.line if d.place else 0) for d in checked(path).sorted()]


def write(folder: Path, **texts: str) -> Path:
    """The files; the last of them is the policy that is checked."""
    for name, text in texts.items():
        (folder / f"{name}.policy").write_text(text, encoding="utf-8")
    return folder / f"{list(texts)[-1]}.policy"


def allowing(program: str, at: Diagnostic) -> tuple[str, int]:
    """The program with its finding allowed under the declaration in which it stands, and the number of the new line."""
    assert at.place is not None
    lines = program.splitlines(keepends=True)
    head = max(n for n, line in enumerate(lines[: at.place.line], 1) if line[:1].strip() and line[0] not in "#>/")
    lines.insert(head, f"  许可 {at.code} 看过了\n")
    return "".join(lines), head + 1


SHOWN = [(c, program) for c in sorted(ALLOWABLE) for program in PAGES[c].shown("policy", "出错")]


@pytest.mark.parametrize(("code", "program"), SHOWN, ids=[c for c, _ in SHOWN])
def test_every_warning_can_be_allowed_where_it_stands(code: str, program: str, tmp_path: Path) -> None:
    """The first finding of the page's program is silent under its declaration; all else that is told stays as it was."""
    before = checked(lay(tmp_path, PAGES[code], program)).sorted()
    first = next(d for d in before if d.code == code)
    changed, line = allowing(program, first)
    report = checked(lay(tmp_path, PAGES[code], changed))
    if first.severity == "error":
        assert CODES[code].milder
        assert report.allowed == []
        assert [d.zh for d in report.sorted()] == [d.zh for d in before], "an error stays"
        return
    assert first._replace(place=None, labels=(), allowed="看过了") in [
        d._replace(place=None, labels=()) for d in report.allowed
    ]
    assert {d.code for d in report.allowed} == {code}
    now = [(d.code, d.zh, d.place.line) for d in (*report.items, *report.allowed) if d.place]
    assert sorted((c, zh, n - (n >= line)) for c, zh, n in now) == sorted(
        (d.code, d.zh, d.place.line) for d in before if d.place
    )


def test_every_warning_about_the_text_can_be_allowed() -> None:
    told = {c for c, row in CODES.items() if c.startswith("P") and (row.severity != "error" or row.milder)}
    assert told - ALLOWABLE == {
        "P0340",
        "P0822",
    }  # of headings, which stand in no declaration; of a file that is compiled
    assert told >= ALLOWABLE
    assert {c for c, _ in SHOWN} == ALLOWABLE


def test_the_finding_is_silent_and_nothing_else(tmp_path: Path) -> None:
    """Two declarations with the same finding: only the one with the line is silent."""
    top = PROVINCE + "参数 另一 : 元\n  自 2021-01-01 为 1\n  自 2023-01-01 为 2\n"
    other = "修订 另一\n  自 2022-01-01 为 3\n"
    assert found(write(tmp_path, 省=top, 县=COUNTY + ALLOWED + other)) == [("P0616", 7)]
    assert found(write(tmp_path, 省=top, 县=COUNTY + other + ALLOWED)) == [("P0616", 4)]


def test_an_allowance_that_silences_nothing_is_told(tmp_path: Path) -> None:
    """Also a second one, and one for another code."""
    still = PROVINCE.replace("  自 2023-01-01 为 2\n", "")
    assert found(write(tmp_path, 省=still, 县=COUNTY + ALLOWED)) == [("P0142", 5)]
    assert found(write(tmp_path, 省=PROVINCE, 县=COUNTY + ALLOWED * 2)) == [("P0142", 6)]
    assert found(write(tmp_path, 省=PROVINCE, 县=COUNTY + "  许可 P0615 不是这个\n")) == [("P0616", 4), ("P0142", 5)]
    idle = COUNTY + ALLOWED + "  许可 P0142 省里就要改\n"
    assert found(write(tmp_path, 省=still, 县=idle)) == []
    assert found(write(tmp_path, 省=PROVINCE, 县=idle)) == [("P0142", 6)]


def test_with_errors_nobody_knows_what_an_allowance_silences(tmp_path: Path) -> None:
    """Passes that did not run found nothing; an error is never silenced."""
    wrong = COUNTY + ALLOWED + "规则 家庭 乙 : 元\n  为 丙\n"
    assert found(write(tmp_path, 省=PROVINCE, 县=wrong)) == [("P0201", 7)]
    assert found(write(tmp_path, 省=PROVINCE, 县=wrong + "  许可 P0201 名称以后再补\n")) == [("P0201", 7), ("P0141", 8)]


def test_an_upper_layer_allows_in_its_own_text(tmp_path: Path) -> None:
    """What the province allows stays silent in the county's check; whether it is still needed is told by its own check alone."""
    nation = PROVINCE.replace("甲省", "甲国")
    province = COUNTY.replace("甲省", "甲国").replace("甲县", "甲省") + ALLOWED
    county = "政策 甲县\n  上级 甲省\n"
    assert found(write(tmp_path, 国=nation, 省=province, 县=county)) == []
    covered = county + "修订 标准\n  自 2022-06-01 为 5\n"
    assert found(write(tmp_path, 国=nation, 省=province, 县=covered)) == [("P0616", 4)]
    assert found(tmp_path / "省.policy") == []
    done = CliRunner().invoke(main, ["check", str(tmp_path)])
    assert done.stderr.count("P0616") == 1
    assert "P0142" not in done.stderr


@pytest.mark.parametrize("order", [("县", "省"), ("省", "县")])
def test_one_run_over_several_policies_counts_for_each(order: tuple[str, str], tmp_path: Path) -> None:
    """The province's allowance is not idle because the county's check met its finding first."""
    write(
        tmp_path,
        国=PROVINCE.replace("甲省", "甲国"),
        省=COUNTY.replace("甲省", "甲国").replace("甲县", "甲省") + ALLOWED,
        县="政策 甲县\n  上级 甲省\n",
    )
    done = CliRunner().invoke(main, ["check", *(str(tmp_path / f"{n}.policy") for n in order)])
    assert (done.exit_code, done.stderr) == (0, "")


def test_errors_of_one_policy_hide_none_of_another(tmp_path: Path) -> None:
    """Each policy of a run goes through all passes."""
    write(
        tmp_path,
        一="政策 一\n对象 家庭\n规则 家庭 乙 : 元\n  为 丙\n",
        二="政策 二\n对象 家庭\n  甲 : 是否\n规则 家庭 乙 : 元\n  当 甲 为 1\n",
    )
    done = CliRunner().invoke(
        main, ["check", str(tmp_path / "一.policy"), str(tmp_path / "二.policy"), "--format", "json"]
    )
    assert {row["code"] for row in json.loads(done.stdout)} == {"P0201", "P0301"}


def test_sarif_shows_it_as_suppressed(tmp_path: Path) -> None:
    """With the reason; JSON and text leave it out."""
    file = write(tmp_path, 省=PROVINCE, 县=COUNTY + ALLOWED)

    def run(*more: str) -> str:
        done = CliRunner().invoke(main, ["check", str(file), *more], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout + done.stderr

    (result,) = json.loads(run("--format", "sarif"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("P0616", "warning")
    assert result["suppressions"] == [{"kind": "inSource", "justification": "县里另有规定"}]
    assert json.loads(run("--format", "json")) == []
    assert "没有发现问题" in run()
    assert "P0616" not in CliRunner().invoke(main, ["test", str(file)]).output


@pytest.mark.parametrize(
    ("written", "code", "said"),
    [
        ("许可", "P0140", "没有写代码"),
        ("许可 县里另有规定", "P0140", "没有写代码"),
        ("许可 P0616", "P0140", "没有写理由"),
        ("许可 P0616：县里另有规定", "P0140", "许可 P0616 县里另有规定"),
        ("许可 P0616县里另有规定", "P0140", "许可 P0616 县里另有规定"),
        ("许可 P0616 P0615 县里另有规定", "P0140", "一行一个：许可 P0616 理由，下一行 许可 P0615 理由"),
        ("许可 P0616、P0615 县里另有规定", "P0140", "许可 P0615 理由"),
        ("许可 p0616，p0615：县里另有规定", "P0140", "许可 P0615 理由"),
        ("许可 P0616P0615 县里另有规定", "P0140", "许可 P0615 理由"),
        ("许可 P0661 县里另有规定", "P0141", "P0616"),
        ("许可 P9999 县里另有规定", "P0141", "没有代码 P9999"),
        ("许可 P0201 县里另有规定", "P0141", "policy explain-code P0201"),
        ("许可 F0208 县里另有规定", "P0141", "不是政策的文字"),
        ("许可 R0101 县里另有规定", "P0141", "不是政策的文字"),
    ],
)
def test_a_wrong_allowance_is_told_with_the_way_out(written: str, code: str, said: str, tmp_path: Path) -> None:
    """Under a declaration in which names begin lines, and under one in which they do not."""
    for body in ("修订 标准\n  自 2022-01-01 至 2022-12-31 为 3\n", "参数 另一 : 元\n  自 2022-01-01 为 3\n"):
        (item,) = checked(write(tmp_path, 省=PROVINCE, 县=f"政策 甲县\n  上级 甲省\n{body}  {written}\n")).items
        assert item.code == code
        assert item.place is not None
        assert item.place.line == 5
        assert said in item.zh + item.help_zh
        assert item.en
        assert item.help_en


def test_what_is_offered_works(tmp_path: Path) -> None:
    """The spelling in the help of P0140 is an allowance."""
    wrong = COUNTY + "  许可 P0616：县里另有规定\n"
    (item,) = checked(write(tmp_path, 省=PROVINCE, 县=wrong)).items
    offered = item.help_zh.partition("：")[2]
    assert found(write(tmp_path, 省=PROVINCE, 县=COUNTY + f"  {offered}\n")) == []


def test_many_warnings_end_no_pass(tmp_path: Path) -> None:
    """Warnings fill no report: the policy compiles, and all of them are told."""
    names = [f"第{n}项" for n in range(250)]
    top = "政策 甲省\n" + "".join(f"参数 {n} : 元\n  自 2021-01-01 为 1\n  自 2023-01-01 为 2\n" for n in names)
    low = "政策 甲县\n  上级 甲省\n" + "".join(f"修订 {n}\n  自 2022-01-01 为 3\n" for n in names)
    assert found(write(tmp_path, 省=top, 县=low)) == [("P0616", 4 + 2 * n) for n in range(250)]
    allowed = low.replace("为 3\n", "为 3\n" + ALLOWED)
    assert found(write(tmp_path, 省=top, 县=allowed)) == []
