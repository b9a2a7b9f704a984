"""The command line: what it prints where, how it ends, and that nothing of the surroundings changes that."""

from __future__ import annotations

import csv
import datetime
import io
import json
import os
import random
import re
import stat
import subprocess
import sys
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner, Result

import policy_dsl
from policy_dsl.cli import group, main
from policy_dsl.cli.group import COMMANDS

from .piping import piped

ROOT = Path(__file__).parents[2]
FACTS = {
    "家庭": {
        "户籍": "农村",
        "类别": "一类",
        "成员": [{"姓名": "甲", "出生日期": "1980-01-01", "月收入": 300, "重病": False}],
    }
}
OPEN = {"家庭": {"户籍": "农村", "成员": [{"姓名": "甲", "出生日期": "1980-01-01", "月收入": 300, "重病": False}]}}
BROKEN = "政策 坏县\n对象 家庭\n  收入 : 元/月\n规则 家庭 额 : 元/月\n  为 收人\n"
SOUND = """政策 好县
对象 家庭
  收入 : 元/月, 0..10000
规则 家庭 额 : 元/月
  为 收入
案例 对的
  于 2022-01
  家庭: 收入 = 3
  应为 家庭: 额 = 3
"""
GAPS = """政策 缺县
对象 家庭
  收入 : 元/月, 0..10000
规则 家庭 额 : 整数
  当 收入 < 100 为 1
规则 家庭 倍 : 元/月
  为 收入 * 2
"""


def run(*args: object, stdin: object = None) -> Result:
    """The command in this process, as the shell would call it."""
    text = stdin if isinstance(stdin, (str, bytes, type(None))) else json.dumps(stdin, ensure_ascii=False)
    result = CliRunner().invoke(main, [str(a) for a in args], input=text)
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert "Traceback" not in result.output
    return result


def shell(
    *args: object, stdin: bytes | str | None = None, cwd: Path | None = None, env: dict[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    raw = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "policy_dsl", *map(str, args)],
        input=raw,
        stdin=subprocess.DEVNULL if raw is None else None,
        capture_output=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
        timeout=120,
    )
    assert b"Traceback" not in done.stderr, done.stderr.decode()
    return done


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a sound policy, a broken one below it, and one that has a gap."""
    (tmp_path / "好.policy").write_text(SOUND, encoding="utf-8")
    (tmp_path / "内").mkdir()
    (tmp_path / "内" / "坏.policy").write_text(BROKEN, encoding="utf-8")
    (tmp_path / "缺.policy").write_text(GAPS, encoding="utf-8")
    return tmp_path


@pytest.fixture
def facts(tmp_path: Path) -> Path:
    path = tmp_path / "facts.json"
    path.write_text(json.dumps(FACTS, ensure_ascii=False), encoding="utf-8")
    return path


# --- check


@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "检查了 1 个政策：没有发现问题\n"), ("en", "1 policy checked: nothing found\n")]
)
def test_check_says_that_nothing_is_wrong(county: Path, lang: str, said: str) -> None:
    result = run("check", county, "--lang", lang)
    assert (result.exit_code, result.stdout, result.stderr) == (0, said, "")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_check_shows_each_mistake_at_its_place(folder: Path, lang: str) -> None:
    path = folder / "内" / "坏.policy"
    result = run("check", path, "--lang", lang)
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "P0201" in result.stderr
    assert f"{path}:5:5" in result.stderr
    assert "为 收人" in result.stderr
    assert "「收入」" in result.stderr or "“收入”" in result.stderr
    assert ("1 个错误" if lang == "zh" else "1 error") in result.stderr.splitlines()[-1]


def test_check_as_json_keeps_the_contract(folder: Path) -> None:
    result = run("check", folder / "内" / "坏.policy", "--format", "json")
    (found,) = json.loads(result.stdout)
    assert result.exit_code == 1
    assert list(found)[:8] == ["code", "severity", "file", "line", "column", "message", "help", "witness"]
    assert (found["code"], found["severity"], found["line"], found["column"]) == ("P0201", "error", 5, 5)
    assert found["file"].endswith("坏.policy")
    assert "收人" in result.stdout, "Chinese is not escaped"


def test_check_as_json_of_a_sound_policy_is_an_empty_list(county: Path) -> None:
    result = run("check", county, "--format", "json")
    assert (result.exit_code, json.loads(result.stdout), result.stderr) == (0, [], "")


def test_check_as_json_speaks_english(folder: Path) -> None:
    (found,) = json.loads(run("check", folder / "内" / "坏.policy", "--format", "json", "--lang", "en").stdout)
    assert found["message"] == "unknown name “收人”"


def test_check_takes_many_paths_and_folders_with_all_below(folder: Path, county: Path) -> None:
    result = run("check", folder, county, folder / "好.policy", county, "--format", "json")
    assert result.exit_code == 1
    assert [(d["code"], Path(d["file"]).name) for d in json.loads(result.stdout)] == [("P0201", "坏.policy")]
    assert "检查了 4 个政策" in run("check", folder, county, folder / "好.policy", county).stderr


def test_check_goes_on_behind_what_cannot_be_read(folder: Path) -> None:
    """A file that is not there, or no text, or extends nothing that exists, does not hide what is wrong elsewhere."""
    (folder / "二进制.policy").write_bytes(b"\xff\xfe\x00")
    (folder / "孤.policy").write_text("政策 孤县\n  上级 没有这个省\n", encoding="utf-8")
    result = run("check", folder / "没有.policy", folder, "--format", "json")
    assert result.exit_code == 1
    assert {d["code"] for d in json.loads(result.stdout)} == {"P0129", "P0125", "P0603", "P0201"}


@pytest.mark.parametrize(("name", "code"), [("没有.policy", "P0129"), ("空", "P0806")])
def test_check_of_nothing_is_an_error(tmp_path: Path, name: str, code: str) -> None:
    (tmp_path / "空").mkdir()
    result = run("check", tmp_path / name)
    assert result.exit_code in (1, 2)
    assert code in result.stderr
    assert name in result.stderr


@pytest.mark.parametrize(
    "call",
    [
        ["check"],
        ["check", "a.policy", "--format", "xml"],
        ["check", "a.policy", "--frmat", "json"],
        ["check", "a.policy", "--lang", "fr"],
        ["test"],
        ["decide", "qingshui"],
        ["decide", "qingshui", "a", "b"],
        ["explain"],
        ["explain-code"],
        ["schema"],
        ["schema", "qingshui", "--template", "xml"],
        ["compile", "qingshui"],
        ["没有这个命令"],
        ["--没有"],
        [],
    ],
    ids=" ".join,
)
def test_a_wrong_call_ends_with_two_and_usage(call: list[str]) -> None:
    result = run(*call)
    assert result.exit_code == 2
    assert "Usage: " in result.stderr + result.stdout


# --- test


def test_examples_that_pass_are_counted(folder: Path) -> None:
    assert run("test", folder / "好.policy").stdout == "1 个案例相符，0 个不符\n"
    assert run("test", folder / "好.policy", "--lang", "en").stdout == "1 example passed, 0 failed\n"
    result = run("test", folder / "缺.policy")
    assert (result.exit_code, result.stdout) == (0, "0 个案例相符，0 个不符\n")


def test_an_example_that_fails_is_shown_with_both_values_and_places(folder: Path) -> None:
    path = folder / "错.policy"
    path.write_text(
        SOUND.replace("好县", "错县").replace("额 = 3", "额 = 4") + "案例 又一个\n  于 2022-01\n  应为 家庭: 额 = 5\n",
        encoding="utf-8",
    )
    result = run("test", path)
    assert result.exit_code == 1
    assert f"不符  对的  ({path}:6)" in result.stdout
    assert f"家庭.额  应为 4.00 元/月，得到 3.00 元/月  ({path}:9)" in result.stdout
    assert f"家庭.额  应为 5.00 元/月，得到 未知（待 家庭.收入）  ({path}:12)" in result.stdout
    assert result.stdout.endswith("0 个案例相符，2 个不符\n")
    english = run("test", path, "--lang", "en")
    assert f"FAILED  对的  ({path}:6)" in english.stdout
    assert "expected 4.00 yuan/month, got 3.00 yuan/month" in english.stdout
    assert english.stdout.endswith("0 examples passed, 2 failed\n")


def test_examples_of_a_folder_run_though_one_policy_is_broken(folder: Path) -> None:
    result = run("test", folder)
    assert result.exit_code == 1
    assert "P0201" in result.stderr
    assert "1 个案例相符，0 个不符" in result.stdout


def test_the_examples_of_an_upper_layer_run_with_it_alone(folder: Path) -> None:
    lower = folder / "下.policy"
    lower.write_text("政策 下县\n  上级 好县\n", encoding="utf-8")
    assert run("test", lower).stdout == "0 个案例相符，0 个不符\n"
    assert run("test", lower, folder / "好.policy").stdout == "1 个案例相符，0 个不符\n"


# --- decide


def test_decide_in_words(county: Path, facts: Path) -> None:
    result = run("decide", county, facts, "--on", "2022-06")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "青石县  2022-06-01" in result.stdout
    assert "139.00 元/月" in result.stdout
    english = run("decide", county, facts, "--on", "2022-06", "--lang", "en")
    assert "Benefits" in english.stdout
    assert "139.00 yuan/month" in english.stdout


def test_decide_as_json_keeps_the_contract(county: Path, facts: Path) -> None:
    result = run("decide", county, facts, "--on", "2022-06-01", "--json")
    made = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    keys = {"policy", "digest", "engine", "language", "on", "outputs", "undetermined", "missing", "assumptions"}
    assert set(made) == {*keys, "explanation"}
    assert made["policy"] == "青石县"
    assert re.fullmatch("[0-9a-f]{64}", made["digest"])
    assert made["engine"] == policy_dsl.__version__
    assert made["on"] == "2022-06-01"
    assert made["outputs"]["家庭.保障金"] == {"value": "139.00", "unit": "元/月"}
    assert made["outputs"]["家庭.成员[0].护理补贴"] == {"value": "0.00", "unit": "元/月"}
    assert made["outputs"]["家庭.符合"] == {"value": True}
    amounts = [v for v in made["outputs"].values() if isinstance(v, dict) and "unit" in v]
    assert amounts
    assert all(isinstance(v["value"], str) for v in amounts)
    assert made["undetermined"] == []
    assert "保障金" in result.stdout, "Chinese is not escaped"


def test_a_quotient_that_does_not_end_stays_exact(county: Path) -> None:
    many = {"家庭": {**FACTS["家庭"], "成员": [{**FACTS["家庭"]["成员"][0], "月收入": x} for x in (100, 0, 0)]}}  # type: ignore[index]
    made = json.loads(run("decide", county, "-", "--on", "2022-06", "--json", stdin=many).stdout)
    assert made["outputs"]["家庭.人均月收入"] == {"value": "100/3", "unit": "元/人/月", "shown": "33.33"}


def test_what_is_undetermined_is_no_error(county: Path) -> None:
    result = run("decide", county, "-", "--on", "2022-06", "--json", stdin=OPEN)
    made = json.loads(result.stdout)
    assert (result.exit_code, result.stderr) == (0, "")
    assert made["outputs"]["家庭.保障金"] is None
    assert made["undetermined"] == [{"output": "家庭.保障金", "needs": ["家庭.类别"], "parameters": []}]
    words = run("decide", county, "-", "--on", "2022-06", stdin=OPEN)
    assert words.exit_code == 0
    assert "家庭.类别" in words.stdout
    assert "民主评议" in words.stdout, "who decides it"


@pytest.mark.parametrize("form", ["facts.json", "facts.yaml", "facts.yml", "-"])
def test_facts_come_as_json_yaml_or_standard_input(county: Path, tmp_path: Path, form: str) -> None:
    yaml = "家庭:\n  户籍: 农村\n  类别: 一类  # 评议\n  成员:\n    - 姓名: 甲\n      出生日期: 1980-01-01\n      月收入: 300.00\n      重病: false\n"
    text = yaml if form.endswith("ml") else json.dumps(FACTS)
    if form != "-":
        (tmp_path / form).write_text(text, encoding="utf-8")
    where = "-" if form == "-" else tmp_path / form
    made = json.loads(run("decide", county, where, "--on", "2022-06", "--json", stdin=text).stdout)
    assert made["outputs"]["家庭.保障金"]["value"] == "139.00"


def test_numbers_are_read_as_decimals(county: Path) -> None:
    text = json.dumps(FACTS).replace("300", "438.990")
    made = json.loads(run("decide", county, "-", "--on", "2022-06", "--json", stdin=text).stdout)
    assert made["outputs"]["家庭.人均月收入"]["value"] == "438.99"


def test_without_a_date_today_is_taken_and_said(county: Path, facts: Path) -> None:
    """On standard error, so that standard output stays JSON."""
    before = datetime.date.today()
    result = run("decide", county, facts, "--json")
    english = run("explain", county, facts, "--lang", "en")
    days = {before.isoformat(), datetime.date.today().isoformat()}
    assert json.loads(result.stdout)["on"] in days
    assert any(result.stderr == f"未给 --on，按今天 {d} 决定\n" for d in days)
    assert any(english.stderr == f"no --on given: deciding for today, {d}\n" for d in days)


@pytest.mark.parametrize("command", ["decide", "explain"])
def test_an_error_while_deciding_ends_with_one_and_the_rest_is_whole(folder: Path, command: str) -> None:
    given = {"家庭": {"收入": 100}}
    call = ["--json"] if command == "decide" else ["--format", "json"]
    result = run(command, folder / "缺.policy", "-", "--on", "2022-01", *call, stdin=given)
    assert result.exit_code == 1
    assert "R0101" in result.stderr
    assert "家庭.额" in result.stderr
    made = json.loads(result.stdout)
    if command == "decide":
        assert made["outputs"] == {"家庭.额": None, "家庭.倍": {"value": "200.00", "unit": "元/月"}}
        (error,) = made["errors"]
        assert (error["output"], error["code"]) == ("家庭.额", "R0101")
    words = run(command, folder / "缺.policy", "-", "--on", "2022-01", stdin=given)
    assert words.exit_code == 1
    assert "200.00" in words.stdout
    assert "R0101" in words.stderr


@pytest.mark.parametrize(
    ("stdin", "code"),
    [
        ("{", "F0101"),
        ("", "F0101"),
        (b"\xff\xfe", "F0101"),
        ("[]", "F0103"),
        ('{"家庭": 3}', "F0103"),
        ('{"户": {}}', "F0113"),
        ('{"家庭": {"户籍": "郊区", "成员": []}}', "F0105"),
        ('{"家庭": {"户籍": "农村"}}', "F0110"),
        ('{"家庭": {"成员": []}}', "F0111"),
        ('{"家庭": {"户籍": "农村", "户籍": "农村"}}', "F0112"),
        ('{"家庭": {"成员": [{"月收入": NaN}]}}', "F0116"),
        ('{"家庭": {"成员": [{"月收入": 1e400}]}}', "F0116"),
        ('{"a":' * 100_000, "F0114"),
    ],
    ids=range(13),
)
def test_facts_at_fault_end_with_one_and_nothing_decided(county: Path, stdin: str | bytes, code: str) -> None:
    result = run("decide", county, "-", "--on", "2022-06", "--json", stdin=stdin)
    assert result.exit_code == 1
    assert code in result.stderr
    assert result.stdout == ""
    english = run("decide", county, "-", "--on", "2022-06", "--lang", "en", stdin=stdin)
    assert english.stderr.startswith("error[")


def test_facts_that_cannot_be_read(county: Path, tmp_path: Path) -> None:
    for name in ("没有.json", "没有/a.json", "."):
        result = run("decide", county, tmp_path / name, "--on", "2022-06")
        assert result.exit_code in (1, 2)
        assert "F0117" in result.stderr


@pytest.mark.parametrize("on", ["2022-13", "2022", "今天", "", "2022-06-31"])
def test_a_wrong_date_is_the_calls_fault(county: Path, facts: Path, on: str) -> None:
    result = run("decide", county, facts, "--on", on)
    assert result.exit_code == 2
    assert "P0802" in result.stderr


def test_a_policy_that_is_not_there_is_suggested(facts: Path) -> None:
    result = run("decide", "qingshiu", facts, "--on", "2022-06")
    assert result.exit_code == 2
    assert "P0801" in result.stderr
    assert "「qingshui」" in result.stderr


def test_a_policy_that_does_not_compile_decides_nothing(folder: Path, facts: Path) -> None:
    result = run("decide", folder / "内" / "坏.policy", facts, "--on", "2022-06", "--json")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "P0201" in result.stderr


# --- explain


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("form", ["text", "md", "html", "json"])
def test_explain_in_every_form_and_language(county: Path, facts: Path, form: str, lang: str) -> None:
    result = run("explain", county, facts, "--on", "2022-06", "--format", form, "--lang", lang)
    assert (result.exit_code, result.stderr) == (0, "")
    for said in ("139", "439", "青民发〔2022〕3号", "第三条"):
        assert said in result.stdout, said
    if form == "json":
        assert isinstance(json.loads(result.stdout), dict)
    if form == "html":
        assert result.stdout.lstrip().lower().startswith("<!doctype html>")
        assert not re.search(r"(?:src|href)\s*=\s*[\"']?(?:https?:)?//", result.stdout), (
            "nothing is fetched from elsewhere"
        )
    if lang == "en" and form != "json":
        assert "yuan" in result.stdout


@pytest.mark.parametrize("name", ["保障金", "家庭.保障金", "家庭.成员[0].护理补贴", "护理补贴"])
def test_explain_one_output(county: Path, facts: Path, name: str) -> None:
    whole = run("explain", county, facts, "--on", "2022-06").stdout
    result = run("explain", county, facts, "--on", "2022-06", "--of", name)
    assert result.exit_code == 0
    assert name.rpartition(".")[2] in result.stdout
    assert len(result.stdout) < len(whole)


def test_explain_suggests_the_output_that_was_meant(county: Path, facts: Path) -> None:
    result = run("explain", county, facts, "--on", "2022-06", "--of", "保证金")
    assert result.exit_code == 2
    assert "P0803" in result.stderr
    assert "保障金" in result.stderr


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_code_prints_its_page(lang: str) -> None:
    result = run("explain-code", "p0201", "--lang", lang)
    assert result.exit_code == 0
    assert "P0201" in result.stdout


def test_explain_code_knows_what_it_does_not_know() -> None:
    result = run("explain-code", "P0219x", "--lang", "en")
    assert result.exit_code == 2
    assert "P0804" in result.stderr
    assert "P0219" in result.stderr


# --- schema


def _valid(schema: dict[str, Any], given: object) -> bool:
    try:
        jsonschema.Draft202012Validator(schema).validate(given)
    except jsonschema.ValidationError:
        return False
    return True


def test_the_schema_takes_what_decide_takes(county: Path) -> None:
    schema = json.loads(run("schema", county).stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    person = {"姓名": "甲", "出生日期": "1980-01-01", "月收入": 300, "自理": "具备", "重病": False}
    good: list[dict[str, Any]] = [
        {"成员": [person]},
        {"户籍": "农村", "类别": None, "成员": [{**person, "月收入": "300 元/月"}]},
        {"户籍": "城市", "成员": [{**person, "月收入": 0.5}, {}]},
    ]
    bad: list[dict[str, Any]] = [
        {},
        {"成员": []},
        {"成员": [person] * 21},
        {"成员": 3},
        {"户籍": "郊区", "成员": [person]},
        {"户口": "农村", "成员": [person]},
        {"成员": [{**person, "月收入": -1}]},
        {"成员": [{**person, "月收入": 1_000_001}]},
        {"成员": [{**person, "月收入": "三百"}]},
        {"成员": [{**person, "月收入": True}]},
        {"成员": [{**person, "重病": "否"}]},
        {"成员": [{**person, "出生日期": "1980"}]},
        {"成员": [{**person, "自理": 1}]},
    ]
    for given, wanted in [*((g, True) for g in good), *((b, False) for b in bad)]:
        assert _valid(schema, {"家庭": given}) is wanted, given
        decided = run("decide", county, "-", "--on", "2022-06", stdin={"家庭": given})
        assert (decided.exit_code == 0) is wanted, (given, decided.stderr)
    assert not _valid(schema, [])
    assert not _valid(schema, {"家庭": {"成员": [person]}, "户": {}})


@pytest.mark.parametrize("example", sorted((ROOT / "examples").glob("qingshui*.json")), ids=lambda p: p.stem)
def test_the_schema_takes_the_example_households(example: Path) -> None:
    schema = json.loads(run("schema", "qingshui").stdout)
    assert _valid(schema, json.loads(example.read_text(encoding="utf-8")))


@pytest.mark.parametrize("form", ["json", "yaml"])
@pytest.mark.parametrize("policy", ["qingshui", "county", "many", "bare"])
def test_a_blank_form_is_accepted_back(county: Path, tmp_path: Path, policy: str, form: str) -> None:
    """Nothing is known yet: what that leaves open is undetermined, and nothing is wrong."""
    if policy == "many":
        path: object = tmp_path / "多.policy"
        text = "政策 多\n对象 个人\n  收 : 元/月, 0..9, 默认 0.5\n  比 : %, 默认 30%\n对象 家庭\n  成员 : 若干 个人, 3..5\n  「a: b」 : 是否, 默认 是\n规则 家庭 和 : 元/月\n  为 合计(成员.收 * 成员.比)\n"
        Path(str(path)).write_text(text, encoding="utf-8")
    elif policy == "bare":
        path = tmp_path / "空.policy"
        text = "政策 空\n对象 个人\n对象 家庭\n  成员 : 若干 个人\n规则 家庭 数 : 人\n  为 人数(成员)\n"
        Path(str(path)).write_text(text, encoding="utf-8")
    else:
        path = county if policy == "county" else policy
    blank = run("schema", path, "--template", form)
    assert blank.exit_code == 0
    filled = tmp_path / f"blank.{form}"
    filled.write_text(blank.stdout, encoding="utf-8")
    result = run("decide", path, filled, "--on", "2022-06", "--json")
    assert result.exit_code == 0, result.stderr
    if form == "json":
        schema = json.loads(run("schema", path).stdout)
        assert all(_valid(schema, {root: entry}) for root, entry in json.loads(blank.stdout).items())


def test_a_blank_table_has_a_row_a_fact(county: Path) -> None:
    rows = list(csv.reader(io.StringIO(run("schema", county, "--template", "csv").stdout)))
    assert all(len(r) == len(rows[0]) for r in rows)
    assert [(r[0], r[1]) for r in rows[1:]][:2] == [("个人", "姓名"), ("个人", "出生日期")]


# --- compile


def _cases(seed: int, number: int) -> list[dict[str, Any]]:
    dice = random.Random(seed)
    return [
        {
            "家庭": {
                "户籍": dice.choice(["城市", "农村"]),
                "类别": dice.choice(["一类", "二类"]),
                "成员": [
                    {
                        "姓名": "甲",
                        "出生日期": f"{dice.randint(1930, 2021)}-{dice.randint(1, 12):02d}-{dice.randint(1, 28):02d}",
                        "月收入": dice.choice([0, 438.99, 439, dice.randint(0, 100_000) / 100]),
                        "自理": dice.choice(["具备", "部分丧失", "完全丧失"]),
                        "重病": dice.random() < 0.3,
                    }
                    for _ in range(dice.randint(1, 4))
                ],
            }
        }
        for _ in range(number)
    ]


_ALONE = """
import importlib.util, json, sys
from decimal import Decimal
spec = importlib.util.spec_from_file_location("made", sys.argv[1])
made = importlib.util.module_from_spec(spec)
spec.loader.exec_module(made)
out = []
for case, on in json.load(sys.stdin, parse_float=Decimal):
    try:
        values = made.decide(case, on)
    except made.Defer as error:
        values = {"Defer": str(error)}
    out.append({k: str(v) for k, v in values.items()})
assert not [m for m in sys.modules if m.split(".")[0] in ("policy_dsl", "lark", "attr", "click")], sorted(sys.modules)
json.dump(out, sys.stdout)
"""


def test_a_compiled_policy_runs_alone_and_decides_the_same(county: Path, tmp_path: Path) -> None:
    target = tmp_path / "青石 县.py"
    result = run("compile", county, "-o", target)
    assert (result.exit_code, result.stdout) == (0, f"已写 {target}\n")
    cases = [(c, on) for n, c in enumerate(_cases(7, 60)) for on in [("2021-06-01", "2022-06-01", "2022-02")[n % 3]]]
    given = json.dumps(cases)
    done = subprocess.run(
        [sys.executable, "-I", "-X", "utf8", "-c", _ALONE, str(target)],
        input=given.encode(),
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    policy = policy_dsl.load(county)
    plain = 0
    for (case, on), alone in zip(json.loads(given, parse_float=Decimal), json.loads(done.stdout), strict=True):
        if "Defer" in alone:
            continue  # an amount with a unit, or in more decimals: the file leaves it to policy_dsl
        plain += 1
        wanted = {
            k: str(Fraction(v) if isinstance(v, (Decimal, Fraction, int)) and not isinstance(v, bool) else v)
            for k, v in policy.decide(case, on=on).items()
        }
        assert alone == wanted
    assert plain > 20


def test_compile_replaces_a_file_whole_or_not_at_all(
    county: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "made.py"
    assert run("compile", county, "-o", target).exit_code == 0
    whole = target.read_text(encoding="utf-8")
    assert "def decide(" in whole
    assert stat.S_IMODE(target.stat().st_mode) & 0o600 == 0o600

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    result = run("compile", county, "-o", target, "--lang", "en")
    assert result.exit_code == 1
    assert "P0807" in result.stderr
    assert target.read_text(encoding="utf-8") == whole
    assert [p.name for p in tmp_path.iterdir()] == ["made.py"], "nothing is left beside it"


@pytest.mark.parametrize("where", ["没有/made.py", "一个文件夹", "文件/made.py"])
def test_an_output_that_cannot_be_written(county: Path, tmp_path: Path, where: str) -> None:
    (tmp_path / "一个文件夹").mkdir()
    (tmp_path / "文件").write_text("", encoding="utf-8")
    before = sorted(tmp_path.rglob("*"))
    result = run("compile", county, "-o", tmp_path / where)
    assert result.exit_code == 1
    assert "P0807" in result.stderr
    assert where in result.stderr
    assert sorted(tmp_path.rglob("*")) == before


# --- the command itself


def test_help_lists_the_commands_in_the_order_in_which_people_meet_them() -> None:
    result = run("--help")
    assert result.exit_code == 0
    listed = re.findall(r"^  ([a-z-]+)  ", result.stdout.partition("Commands:")[2], re.MULTILINE)
    assert tuple(listed) == COMMANDS
    assert listed[:4] == ["check", "test", "decide", "explain"]
    assert "POLICY 是文件或文件夹的路径" in result.stdout
    assert run("-h").stdout == result.stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_each_commands_help_speaks_both_languages(command: str) -> None:
    result = run(command, "--help")
    assert result.exit_code == 0
    assert re.search("[\u4e00-\u9fff].* / [A-Z]", result.stdout), "Chinese first, then English"
    assert "--lang [zh|en" in result.stdout


def test_every_command_has_a_file_of_its_name() -> None:
    """… and no other file holds a command."""
    files = [f for f in Path(group.__file__).parent.glob("*.py") if "@click.command(" in f.read_text(encoding="utf-8")]
    assert sorted(f.stem.replace("_", "-") for f in files) == sorted(COMMANDS)


_LOADED = """
import sys
from policy_dsl.cli import main
try:
    main(sys.argv[1:])
finally:
    parts = {m.removeprefix("policy_dsl.cli.").replace("_", "-") for m in sys.modules}
    print(*sorted({"lark", "attr", "attrs", "yaml", *main.list_commands(None)} & parts), file=sys.stderr)
"""


def test_a_command_is_loaded_when_it_is_called(county: Path, facts: Path, tmp_path: Path) -> None:
    """… and no other one; nor, with a cached policy, what reads a policy's text."""
    env = {**os.environ, "PYTHONPATH": str(ROOT), "POLICY_DSL_CACHE": str(tmp_path / "cache")}

    def loaded(*args: str | Path) -> list[str]:
        done = subprocess.run([sys.executable, "-c", _LOADED, *args], capture_output=True, check=True, env=env)
        return done.stderr.decode().split()

    assert loaded("--version") == []
    assert "lark" in loaded("decide", county, facts, "--on", "2022-06")
    assert loaded("decide", county, facts, "--on", "2022-06") == ["decide"]
    assert loaded("--help") == sorted(COMMANDS), "help loads them all, and nothing that they need"


def test_a_mistyped_command_is_suggested() -> None:
    result = run("chekc", "a.policy")
    assert result.exit_code == 2
    assert "「check」" in result.stderr
    assert "“check”" in result.stderr


def test_version() -> None:
    assert run("--version").stdout == f"policy {policy_dsl.__version__}\n"


# --- English

ENGLISH = """policy brook
  jurisdiction some province
document measure : No. 1 of 2022
  title Measure on allowances
  issuer Bureau
  date 2022-03-01
type grade = third < second < first
type sheep = unit
entity person : person
  name : text
  birth : date, fixed, ask "date of birth?"
  income : yuan/month, 0..100000
  ill : boolean, default no
  share : %, 0%..100%, default 10%
entity household : household
  area : urban | rural
  grade : grade, by panel decides
  flock : sheep, 0..100, default 0
  months : month, 0..100, default 0
  n : number, 0..10, default 0
  members : many persons, 1..20
## Article 1
> 600 in town.
parameter standard : yuan/person/month
  from 2021-01-01 is 600
  from 2023-01-01 pending
parameter year_standard : yuan/person/year
  from 2021-01-01 at_least 7200
rule household size : person
  is count(members)
rule household per_head : yuan/person/month
  is sum(members.income) / size
rule household eligible : boolean
  when per_head below standard is yes
  otherwise is no
  except sick when any(members.ill) is yes
  except fifth when size > 5 is no beats sick
rule household ages : years
  is max(age(members.birth), default 0)
rule household tier : high | low
  first
  when per_head < 100 yuan is high   assume A made up
  when grade at_least second is high
  otherwise is low
rule household quotient : number
  is 10 / n
rule household gap : integer
  when n < 1 is 1
  when n > 5 and n < 7 is 2
  when n > 6 is 3
rule household late : date
  is members_birth + 9000 year
rule household members_birth : date
  is min(members.birth, default 2000-01-01)
rule household best : date
  is max(members.birth when ill)
rule household half : date
  is members_birth + n * 1 month
rule household best2 : number
  highest
  when n > 1 is 1
  when n > 2 is 2
  otherwise is 0
rule household floor : yuan/person/year
  is year_standard
rule household table : integer
  | grade           | size | table |
  | second and_more | > 1 person  | 1 |
  | otherwise       | — | 2 |
benefit household allowance : yuan/month
  when eligible is round_half_up((standard - per_head) * size, 1 yuan) under measure Article 3
  otherwise is 0
example one
  on 2022-01
  household: area = rural
  members a: birth = 1990-01-01, income = 300
  expect household: size = 1, per_head = 5, allowance = unknown, gap = 1
"""
CHINESE = re.compile("[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")


@pytest.fixture
def brook(tmp_path: Path) -> Path:
    path = tmp_path / "brook.policy"
    path.write_text(ENGLISH, encoding="utf-8")
    return path


def english(*args: object, stdin: object = None) -> Result:
    """A call whose answer is in English alone: all names in it are."""
    result = run(*args, "--lang", "en", stdin=stdin)
    assert [x for x in result.output.splitlines() if CHINESE.search(x)] == []
    return result


@pytest.mark.parametrize(
    ("on", "given"),
    [("2022-01", {"n": 0}), ("2022-01", {"n": "6.5"}), ("2023-01", {"n": 3, "grade": "first"}), ("2020-01", {"n": 3})],
)
def test_an_english_policy_is_decided_and_explained_in_english(brook: Path, on: str, given: dict[str, object]) -> None:
    """What is known, open, pending, given up, assumed or wrong: no word of the other language."""
    persons = [
        {"name": "A", "birth": "1990-01-01", "income": 300, "ill": given["n"] == "6.5"},
        {"name": "B", "birth": "1999-01-01", "income": "33.33"},
    ]
    facts = {"household": {"area": "rural", **given, "members": persons}}
    english("decide", brook, "-", "--on", on, stdin=facts)
    for form in ("text", "md", "html"):
        english("explain", brook, "-", "--on", on, "--format", form, stdin=facts)


@pytest.mark.parametrize(
    "stdin",
    [
        "{",
        "[]",
        '{"x": 1}',
        '{"household": {}}',
        '{"household": {"members": []}}',
        '{"household": {"members": [{"income": -1, "birth": "x", "ill": 3, "share": "1/2", "name": 4, "z": 1}], "area": "x", "flock": 1.5}}',
        '{"household": {"members": [{"income": "3 kg"}, {"income": "0.001"}, {"income": 1e99}, {"income": []}]}}',
        '{"household": {"members": NaN}}',
        '{"household": {"a": 1, "a": 1}}',
        "",
    ],
    ids=range(10),
)
def test_facts_at_fault_are_refused_in_english(brook: Path, stdin: str) -> None:
    assert english("decide", brook, "-", "--on", "2022-01", stdin=stdin).exit_code == 1


def test_every_other_command_speaks_english(brook: Path, tmp_path: Path) -> None:
    english("check", brook)
    english("check", tmp_path / "none.policy")
    english("check", tmp_path / "none")
    english("test", brook)
    english("schema", brook)
    for form in ("json", "yaml", "csv"):
        english("schema", brook, "--template", form)
    english("compile", brook, "-o", tmp_path / "none" / "brook.py")
    english("compile", brook, "-o", tmp_path / "brook.py")
    english("decide", brook, tmp_path / "none.json", "--on", "2022-01")
    english("decide", brook, "-", "--on", "2022", stdin="{}")
    english("explain", brook, "-", "--on", "2022-01", "--of", "alowance", stdin={"household": {"members": [{}]}})
    english("explain-code", "Q0999")
    english("register", brook)
    english("new", "elm", "--extends", brook, "-o", tmp_path)
    english("new", "elm", "--extends", brook, "-o", tmp_path)
    english("new", "elm tree", "--extends", brook, "-o", tmp_path)
    english("new", "brook", "--extends", brook, "-o", tmp_path)
    english("new", "oak", "--extends", brook, "-o", tmp_path / "none")


# --- in processes of their own


def test_the_module_is_the_command() -> None:
    done = shell("--version")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (0, f"policy {policy_dsl.__version__}\n", b"")
    usage = shell("decide")
    assert usage.returncode == 2
    assert b"Usage: policy decide" in usage.stderr


def test_from_an_empty_folder_with_spaces_and_chinese_in_the_path(county: Path, tmp_path: Path) -> None:
    home = tmp_path / "我的 政策"
    home.mkdir()
    (home / "青石 县.policy").write_bytes(county.read_bytes())
    (home / "甲 家.json").write_text(json.dumps(FACTS), encoding="utf-8")
    empty = tmp_path / "空"
    empty.mkdir()
    done = shell(
        "decide", "../我的 政策/青石 县.policy", "../我的 政策/甲 家.json", "--on", "2022-06", "--json", cwd=empty
    )
    assert json.loads(done.stdout)["outputs"]["家庭.保障金"]["value"] == "139.00"
    done = shell("decide", "清水县", ROOT / "examples" / "qingshui.json", "--on", "2022-06", cwd=empty)
    assert (done.returncode, done.stderr) == (0, b"")
    assert list(empty.iterdir()) == []


LOCALES = {
    "C": {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    "gbk": {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"},
}


@pytest.mark.parametrize("locale", list(LOCALES))
def test_what_is_printed_is_utf8_in_every_locale(folder: Path, locale: str, facts: Path) -> None:
    env = LOCALES[locale]
    path = folder / "内" / "坏.policy"
    done = shell("check", path, env=env)
    assert done.returncode == 1
    assert "不认识「收人」" in done.stderr.decode()
    assert f"{path}:5:5" in done.stderr.decode()
    assert "1 个错误" in done.stderr.decode()
    (found,) = json.loads(shell("check", path, "--format", "json", env=env).stdout.decode())
    assert found["file"].encode("utf-8", "surrogateescape").decode() == str(path)
    assert "检查政策文件" in shell("--help", env=env).stdout.decode()
    assert "「check」" in shell("chekc", env=env).stderr.decode()
    done = shell("decide", "清水县", ROOT / "examples" / "qingshui.json", "--on", "2022-06", env=env)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout.decode().startswith("清水县  2022-06-01\n")
    done = shell("explain", "qingshui", ROOT / "examples" / "qingshui.json", "--of", "低保金", env=env)
    assert done.returncode == 0, done.stderr.decode()
    assert "未给 --on" in done.stderr.decode()
    done = shell("decide", folder / "好.policy", "-", "--on", "2022-06", stdin='{"家庭": {"收入": 3}}', env=env)
    assert "3.00 元/月" in done.stdout.decode()


def _on_a_terminal(*args: object, env: dict[str, str] | None = None) -> str:
    pty = pytest.importorskip("pty")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "policy_dsl", *map(str, args)]
    with subprocess.Popen(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=slave,
        env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})},
    ) as process:
        os.close(slave)
        read = b""
        while True:
            try:
                piece = os.read(master, 65536)
            except OSError:
                break
            if not piece:
                break
            read += piece
        process.wait(60)
    os.close(master)
    return read.decode()


def test_colour_on_a_terminal_alone_and_not_when_it_is_declined(folder: Path) -> None:
    path = folder / "内" / "坏.policy"
    assert "\x1b[1;31m错误[P0201]\x1b[0m" in _on_a_terminal("check", path)
    assert "\x1b" not in _on_a_terminal("check", path, env={"NO_COLOR": "1"})
    assert b"\x1b" not in shell("check", path).stderr


@pytest.mark.parametrize("call", ["schema qingshui", "--help", "check {county} --format json", "explain-code P0201"])
def test_a_pipe_that_is_closed_early_makes_no_noise(county: Path, call: str) -> None:
    done = piped(f"$POLICY {call.format(county=county)} | true")
    assert done.stderr == b""
    done = piped(f"$POLICY {call.format(county=county)} | head -1")
    assert done.stderr == b""
    assert done.stdout.count(b"\n") == 1


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize("call", ["schema qingshui", "--version", "check {county}", "test {county}"])
def test_an_output_that_is_full_is_said(county: Path, call: str) -> None:
    done = piped(f"$POLICY {call.format(county=county)} > /dev/full")
    assert done.returncode == 1
    assert b"P0807" in done.stderr
    assert b"Traceback" not in done.stderr
    assert b"Exception" not in done.stderr


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
@pytest.mark.parametrize(
    "call",
    [
        "check {county} --format json",
        "check {county} --format sarif",
        "decide {county} - --on 2022-06",
        "decide {county} - --on 2022-06 --json",
        "explain {county} - --on 2022-06",
        "explain {county} - --on 2022-06 --format json",
        "explain-code P0201",
        "register {county} --format json",
        "schema {county}",
        "show {county} --on 2022-06 --format json",
        "timeline {county} - --from 2022-06 --to 2022-06",
        "timeline {county} - --from 2022-06 --to 2022-06 --json",
    ],
)
def test_an_output_that_is_full_is_said_in_the_language_asked_for(county: Path, call: str) -> None:
    done = piped(f"echo '{json.dumps(FACTS)}' | $POLICY {call.format(county=county)} --lang en > /dev/full")
    assert b"error[P0807]" in done.stderr, done.stderr.decode()
    assert "标准输出" not in done.stderr.decode()


def test_closed_streams(county: Path) -> None:
    done = piped("$POLICY schema qingshui >&-")
    assert done.returncode == 1
    assert b"P0807" in done.stderr
    done = piped(f"$POLICY decide {county} - --on 2022-06 <&-")
    assert done.returncode == 1
    assert b"F0101" in done.stderr
    done = piped(f"$POLICY decide {county} - --on 2022-13 2>&- </dev/null")
    assert done.returncode == 2
    assert done.stdout == b""
    done = piped(f"echo '{json.dumps(FACTS)}' | $POLICY decide {county} - 2>&-")
    assert done.returncode == 0
    assert "保障金" in done.stdout.decode()


def test_the_installed_script(facts: Path, county: Path) -> None:
    script = Path(sys.executable).with_name("policy")
    if not script.exists():
        pytest.skip("not installed")
    done = subprocess.run(
        [script, "decide", county, facts, "--on", "2022-06"], capture_output=True, timeout=60, check=True
    )
    assert "139.00 元/月" in done.stdout.decode()
