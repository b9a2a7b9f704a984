"""`policy new`: what it writes, kept as files; that it checks and begins with an example that passes; what it refuses, and leaves alone.

`pytest --update-golden` writes the files anew; read the diff before committing it.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl import writing
from policy_dsl.cli import main
from policy_dsl.library import in_order
from policy_dsl.newplace import write as starting
from policy_dsl.newplace.draft import draft

HERE = Path(__file__).parent
PROVINCE = HERE.parent / "register" / "2-province.policy"
FILE = Path("北县") / "北县.policy"


def run(*args: object) -> Any:
    done = CliRunner().invoke(main, [str(a) for a in args])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    assert "Traceback" not in done.output
    return done


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder, in which the command is run."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def left(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*"))


# --- what is written


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_reads_as_before(lang: str, update_golden: bool) -> None:
    """Over an invented province: a floor, a target, values that are open in part, an amount that once was open."""
    path = HERE / "golden" / f"province.{lang}.policy.txt"
    found = draft(policy_dsl.load(PROVINCE), "北县", lang, "2024-03")
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("above", ["全国", "gansu", "清水县"])
def test_a_new_place_checks_at_once(folder: Path, above: str, lang: str) -> None:
    done = run("new", "北县", "--extends", above, "--lang", lang)
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == {"zh": f"已写 {FILE}\n", "en": f"wrote {FILE}\n"}[lang]
    assert left(folder) == ["北县", str(FILE)]
    checked = run("check", "北县")
    headings = re.findall(r"^#{2,} (?:待填|to_fill) ", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    result = "1 条提示" if headings else "没有发现问题"
    assert (checked.exit_code, checked.stdout) == (0, f"检查了 1 个政策：{result}\n")
    assert re.findall(r"\[(\w+)\]", checked.stderr) == (["P0340"] if headings else [])
    assert not headings or f"共 {len(headings)} 处" in checked.stderr
    policy = policy_dsl.load(folder / "北县")
    assert policy.layers == (*policy_dsl.load(above).layers, "北县")


def test_every_open_parameter_is_amended_in_the_order_and_under_the_headings_of_the_layers_above() -> None:
    parent = policy_dsl.load("gansu")
    text = draft(parent, "北县", "zh", "2024-03")
    amended = re.findall(r"^修订 (\S+)", text, re.MULTILINE)
    open_ = {q.parameter.name for q in parent.register().questions if q.until == 99991231}
    assert set(amended) == open_
    layers = list(parent.layers)
    ordered = sorted(
        (p for p in parent.program.parameters if p.name in open_),
        key=lambda p: (layers.index(p.clause.policy), in_order(p.place.file), p.place.line),
    )
    assert amended == [p.name for p in ordered]
    headings = re.findall(r"^#+ (?:待填 )?(.+)", text, re.MULTILINE)
    for p in ordered:
        assert set(p.clause.headings) <= set(headings)
    cells = re.findall(r"\| (\S+) +\|$", text, re.MULTILINE)
    assert {c for c in cells if c not in open_} == {"待定"}


def test_it_asks_what_a_drafter_must_know() -> None:
    parent = policy_dsl.load("gansu")
    for lang, words in (
        ("zh", ("哪一份文件", "多少", "从哪一天起", "哪一天公布", "这些假设在本地成立吗")),
        ("en", ("Which document", "How much", "Since when", "Published when", "Do they hold here")),
    ):
        text = draft(parent, "北县", lang, "2024-03")
        for word in words:
            assert word in text, word
        for assumed in parent.register().assumptions:
            assert f"- {assumed.id} " in text


@pytest.mark.parametrize("above", ["全国", "甘肃省", "清水县"])
def test_the_example_to_begin_with_passes_once_its_marks_are_taken_away(folder: Path, above: str) -> None:
    run("new", "北县", "--extends", above)
    head, mark, example = FILE.read_text(encoding="utf-8").rpartition("// 案例 ")
    FILE.write_text(head + re.sub("^// ", "", mark + example, flags=re.MULTILINE), encoding="utf-8")
    assert run("test", "北县").stdout == "1 个案例相符，0 个不符\n"


def test_the_example_is_of_a_household_where_a_nation_has_rolls_above_it_and_reviews_beside_it() -> None:
    example = draft(policy_dsl.load("national"), "北县", "zh", "2024-03").rpartition("// 案例 ")[2]
    assert example.splitlines()[2].startswith("//   家庭: 户籍 = ")
    assert "应为 家庭: 低保金" in example


def test_an_amount_of_former_times_above_goes_on_counting(folder: Path) -> None:
    """What is 待定 here begins where the layer above ends."""
    (folder / "省.policy").write_text(
        "政策 某省\n对象 家庭\n  收入 : 元/月\n参数 数 : 元\n  自 2015-01-01 至 2019-12-31 为 7\n  自 2020-01-01 待定\n"
        "规则 家庭 甲 : 元\n  为 数\n",
        encoding="utf-8",
    )
    run("new", "北县", "--extends", "./省.policy")
    assert "自 2020-01-01 为 待定" in FILE.read_text(encoding="utf-8")
    policy = policy_dsl.load(folder / "北县")
    assert policy.decide({"家庭": {}}, on="2016-01")["家庭.甲"] == 7
    assert policy.decide({"家庭": {}}, on="2021-01").undetermined[0].parameters == ("数",)


def test_many_open_cells_share_rows_but_hide_no_amount(folder: Path) -> None:
    first, second = "甲乙丙丁戊己庚辛壬", "子丑寅卯辰巳午未"
    (folder / "省.policy").write_text(
        f"政策 某省\n类型 天干 = {' | '.join(first)}\n类型 地支 = {' | '.join(second)}\n对象 户\n  干 : 天干\n  支 : 地支\n"
        "参数 数(天干, 地支) : 元\n  自 2020-01-01 待定\n修订 数\n  | 天干 | 地支 | 自 2021-01-01 |\n  | 丙   | 卯   | 7  |\n规则 户 得 : 元\n  为 数(干, 支)\n",
        encoding="utf-8",
    )
    run("new", "北县", "--extends", "./省.policy")
    assert run("check", "北县").exit_code == 0
    rows = re.findall(r"^  \| (.) +\| (.) +\| 待定", FILE.read_text(encoding="utf-8"), re.MULTILINE)
    assert rows == [(x, y) for x in first for y in (second.replace("卯", "") if x == "丙" else "—")]
    policy = policy_dsl.load(folder / "北县")
    assert policy.decide({"户": {"干": "丙", "支": "卯"}}, on="2024-01")["户.得"] == 7


def test_a_parent_that_leaves_nothing_open(folder: Path) -> None:
    (folder / "省.policy").write_text("政策 某省\n", encoding="utf-8")
    assert run("new", "北县", "--extends", "./省.policy").exit_code == 0
    assert run("check", "北县").exit_code == 0
    assert not re.search("^修订 ", FILE.read_text(encoding="utf-8"), re.MULTILINE)


# --- what is refused, with nothing written


@pytest.mark.parametrize(
    ("name", "above", "code", "said"),
    [
        ("北县", "甘肃", "P0801", "「甘肃省」"),
        ("北县", "甘素省", "P0801", "「甘肃省」"),
        ("北县", "./没有", "P0129", "没有这个文件"),
        ("北 县", "甘肃省", "P0810", "空格"),
        ("../北县", "甘肃省", "P0810", "标点"),
        ("", "甘肃省", "P0810", "字开头"),
        ("2024县", "甘肃省", "P0810", "字开头"),
        ("北.policy", "甘肃省", "P0810", "标点"),
        ("且", "甘肃省", "P0810", "关键词"),
        ("CON", "甘肃省", "P0810", "Windows"),
        ("nul", "甘肃省", "P0810", "Windows"),
        ("Com1", "甘肃省", "P0810", "Windows"),
        ("CON.", "甘肃省", "P0810", "标点"),
        ("CON ", "甘肃省", "P0810", "空格"),
        ("⼾县", "甘肃省", "P0810", "看上去像"),
        ("清水县", "甘肃省", "P0811", "policies"),
        ("qingshui", "甘肃省", "P0811", "policies"),
        ("甘肃省", "甘肃省", "P0811", "policies"),
        ("全国", "甘肃省", "P0811", "policies"),
    ],
)
def test_a_wrong_call_is_told_and_nothing_is_written(folder: Path, name: str, above: str, code: str, said: str) -> None:
    done = run("new", name, "--extends", above)
    assert done.exit_code == (1 if code == "P0129" else 2)
    assert f"错误[{code}]" in done.stderr
    assert said in done.stderr
    assert left(folder) == []


def test_a_name_that_a_neighbour_has(folder: Path) -> None:
    (folder / "旧").mkdir()
    (folder / "旧" / "x.policy").write_text("政策 北县\n", encoding="utf-8")
    before = left(folder)
    done = run("new", "北县", "--extends", "甘肃省")
    assert (done.exit_code, "P0811" in done.stderr) == (2, True)
    assert left(folder) == before


@pytest.mark.parametrize("kind", ["folder", "empty", "file", "link"])
def test_what_is_there_is_never_touched(folder: Path, kind: str) -> None:
    target = folder / "北县"
    if kind in ("folder", "empty"):
        target.mkdir()
    if kind == "folder":
        (target / "北县.policy").write_text("政策 北县\n", encoding="utf-8")
    if kind == "file":
        target.write_text("旧", encoding="utf-8")
    if kind == "link":
        target.symlink_to(folder / "nowhere")
    before = left(folder)
    for _ in range(2):
        done = run("new", "北县", "--extends", "甘肃省")
        assert (done.exit_code, "P0812" in done.stderr) == (2, True)
        assert left(folder) == before
    assert kind != "folder" or (target / "北县.policy").read_text(encoding="utf-8") == "政策 北县\n"


def test_somebody_else_makes_the_folder_meanwhile(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def raced(*_: object) -> str:
        (folder / "北县").mkdir()
        return draft(policy_dsl.load("gansu"), "北县", "zh", "2024-03")

    monkeypatch.setattr(starting, "draft", raced)
    done = run("new", "北县", "--extends", "甘肃省")
    assert (done.exit_code, "P0812" in done.stderr) == (2, True)
    assert left(folder) == ["北县"]


def test_a_place_that_is_not_there_or_closed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done = run("new", "北县", "--extends", "甘肃省", "--output", "没有")
    assert (done.exit_code, "P0807" in done.stderr, "没有这个文件夹" in done.stderr) == (1, True, True)

    def closed(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "mkdir", closed)
    done = run("new", "北县", "--extends", "甘肃省")
    assert (done.exit_code, "P0807" in done.stderr, "没有权限" in done.stderr) == (1, True, True)
    assert left(folder) == []


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_nothing_half_written_is_left(folder: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException) -> None:
    def full(*_: object) -> None:
        raise error

    monkeypatch.setattr(writing.os, "replace", full)
    done = run("new", "北县", "--extends", "甘肃省")
    assert done.exit_code in (1, 130)
    assert left(folder) == []


def test_a_name_too_long_for_the_disk(folder: Path) -> None:
    done = run("new", "长" * 200, "--extends", "甘肃省")
    assert (done.exit_code, "P0807" in done.stderr, "名称太长" in done.stderr) == (1, True, True)
    assert left(folder) == []


def test_a_parent_that_does_not_compile(folder: Path) -> None:
    (folder / "坏.policy").write_text("政策 坏省\n规则 家庭 乙 : 元\n  为 1\n", encoding="utf-8")
    done = run("new", "北县", "--extends", "./坏.policy")
    assert (done.exit_code, "P0201" in done.stderr) == (1, True)
    assert left(folder) == ["坏.policy"]


def test_a_parent_by_path_must_be_within_reach(folder: Path) -> None:
    """The new policy names its parent, and is looked for beside it: elsewhere it would be lost, or be another one of that name."""
    (folder / "省" / "里").mkdir(parents=True)
    (folder / "省" / "省.policy").write_text("政策 某省\n", encoding="utf-8")
    assert run("new", "北县", "--extends", "./省").exit_code == 0
    done = run("new", "南县", "--extends", "./省", "-o", "省/里")
    assert (done.exit_code, "P0603" in done.stderr, "--output" in done.stderr) == (1, True, True)
    (folder / "省" / "里" / "另.policy").write_text("政策 某省\n类型 甲 = 乙 | 丙\n", encoding="utf-8")
    done = run("new", "南县", "--extends", "./省", "-o", "省/里")
    assert (done.exit_code, "P0603" in done.stderr) == (1, True)
    assert not (folder / "省" / "里" / "南县").exists()


def test_help() -> None:
    assert "--extends" in run("new", "--help").stdout


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_policy_that_extends_none_begins_too(folder: Path, lang: str) -> None:
    """It checks but for its headings, its example passes, and with a figure it pays."""
    done = run("new", "北县", "--lang", lang)
    assert (done.exit_code, left(folder)) == (0, ["北县", str(FILE)])
    checked = run("check", "北县")
    assert (checked.exit_code, re.findall(r"\[(\w+)\]", checked.stderr)) == (0, ["P0340"])
    assert run("test", "北县").stdout == "1 个案例相符，0 个不符\n"
    text = FILE.read_text(encoding="utf-8")
    FILE.write_text(re.sub(r"(为 待定|is pending)", {"zh": "为 600", "en": "is 600"}[lang], text), encoding="utf-8")
    root, members, income = {"zh": ("家庭", "成员", "月收入"), "en": ("household", "members", "income")}[lang]
    d = policy_dsl.load(folder / "北县").decide({root: {members: [{income: 100}, {income: 0}]}}, on="2024-03")
    assert d[f"{root}.{ {'zh': '补助', 'en': 'allowance'}[lang] }".replace(" ", "")] == 1100


def test_the_plainest_person_has_nothing_special() -> None:
    """Of an enumeration the value that says so; else the first."""
    example = draft(policy_dsl.load("gansu"), "北县", "zh", "2024-03").rpartition("// 案例 ")[2]
    for said in (
        "残疾类别 = 无残疾",
        "就学 = 不在校",
        "供养形式 = 分散供养",
        "重特大疾病 = 否",
        "丧失劳动能力 = 否",
        "能吃饭 = 是",
    ):
        assert said in example
