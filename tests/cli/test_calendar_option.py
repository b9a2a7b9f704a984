"""`--calendar FILE`: a calendar from JSON, YAML or standard input, for decide, explain, timeline and test; bad files are told with their place."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_dsl.cli import main
from policy_dsl.facts.files import MAX_FACTS, MAX_YAML

POLICY = """政策 溪口县
对象 家庭
  受理日期 : 日期
规则 家庭 最迟确认日 : 日期
  为 受理日期 + 3 个工作日
案例 国庆
  于 2022-10
  家庭: 受理日期 = 2022-09-29
  应为 家庭: 最迟确认日 = 2022-10-09
"""
DAYS = '{"years": [2022], "off": ["2022-10-03"], "on": ["2022-10-08"]}'
YAML = 'years: [2022]\noff:\n  - 2022-10-03\non:\n  - "2022-10-08"\n'


def run(*args: object, stdin: str | None = None) -> Result:
    result = CliRunner().invoke(main, [str(a) for a in args], input=stdin)
    assert "Traceback" not in result.output
    return result


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    (tmp_path / "一户.json").write_text('{"家庭": {"受理日期": "2022-09-29"}}', encoding="utf-8")
    (tmp_path / "溪口.policy").write_text(POLICY, encoding="utf-8")
    return tmp_path / "溪口.policy"


def decide(policy: Path, *more: object, stdin: str | None = None) -> Result:
    return run("decide", policy, policy.parent / "一户.json", "--on", "2022-10", *more, stdin=stdin)


def written(policy: Path, name: str, text: str | bytes) -> Path:
    path = policy.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode("utf-8"))
    return path


@pytest.mark.parametrize(("name", "text"), [("日历.json", DAYS), ("日历.yaml", YAML), ("日历.yml", YAML)])
def test_a_file_of_days_decides(policy: Path, name: str, text: str) -> None:
    """Another day than by the published arrangements, under another digest."""
    usual = decide(policy)
    assert "2022-10-09" in usual.stdout
    given = decide(policy, "--calendar", written(policy, name, text))
    assert given.exit_code == 0
    assert "2022-10-05" in given.stdout
    made = [
        json.loads(decide(policy, "--json", *more).stdout)
        for more in ((), ("--calendar", policy.parent / name), ("--calendar", policy.parent / name))
    ]
    assert made[0]["digest"] != made[1]["digest"] == made[2]["digest"]


def test_standard_input_may_hold_it(policy: Path) -> None:
    assert "2022-10-05" in decide(policy, "--calendar", "-", stdin=DAYS).stdout


def test_explain_names_the_file(policy: Path) -> None:
    path = written(policy, "县里的日历.json", DAYS)
    call = ("explain", policy, policy.parent / "一户.json", "--on", "2022-10", "--calendar", path)
    assert "日历  县里的日历.json 2022：2022-09-29 至 2022-10-05，放假 2022-10-03" in run(*call).stdout
    assert (
        "calendar    县里的日历.json 2022: 2022-09-29 to 2022-10-05, off 2022-10-03"
        in run(*call, "--lang", "en").stdout
    )


def test_examples_run_by_it(policy: Path) -> None:
    """An example that holds by the published days fails by others."""
    assert run("test", policy).exit_code == 0
    given = run("test", policy, "--calendar", written(policy, "日历.json", DAYS))
    assert given.exit_code == 1
    assert "应为 2022-10-09，得到 2022-10-05" in given.stdout


def timeline(policy: Path, *more: object) -> Result:
    return run("timeline", policy, policy.parent / "一户.json", "--from", "2022-10", "--to", "2022-11", *more)


def test_months_are_counted_by_it(policy: Path) -> None:
    """Another day and digest than by the published arrangements; a year that it lacks is an error of all months, told once."""
    path = written(policy, "日历.json", DAYS)
    usual, given = (json.loads(timeline(policy, "--json", *more).stdout) for more in ((), ("--calendar", path)))
    days = [[m["outputs"]["家庭.最迟确认日"]["value"] for m in made["months"]] for made in (usual, given)]
    assert days == [["2022-10-09"] * 2, ["2022-10-05"] * 2]
    assert usual["digest"] != given["digest"]
    lacking = timeline(policy, "--calendar", written(policy, "去年.json", '{"years": [2021]}'))
    assert lacking.exit_code == 1
    assert lacking.stderr.count("错误[R0111]") == 1
    assert "家庭.最迟确认日 (2022-10..2022-11)" in lacking.stderr


BAD: list[tuple[str, str | bytes, str, str]] = [
    ("a.json", "", "F0101", "a.json"),
    ("a.json", '{"years": [2022],}', "F0101", "a.json:1:"),
    ("a.json", '{"years": [2022], "years": [2023]}', "F0112", "a.json"),
    ("a.json", '{"years": [NaN]}', "F0116", "a.json:1:"),
    ("a.json", b"\xff\xfe", "F0101", "a.json:1"),
    ("a.yaml", "years: [2022\n", "F0102", "a.yaml:"),
    ("a.yaml", "years: &a [2022]\noff: *a\n", "F0102", "a.yaml:2"),
    ("a.json", "[" * 100_000, "F0134", "a.json"),
    ("a.json", " " * (MAX_FACTS + 1), "F0134", "a.json"),
    ("a.yaml", " " * (MAX_YAML + 1), "F0134", "a.yaml"),
    ("a.json", "[2022]", "F0130", "a.json"),
    ("a.json", '{"years": ["2022"]}', "F0130", "a.json:years[0]"),
    ("a.json", '{"years": [2022.0]}', "F0130", "a.json:years[0]"),
    ("a.json", '{"years": [2022], "off": [20221003]}', "F0115", "a.json:off[0]"),
    ("a.json", '{"years": [2022], "off": [["2022-10-03"]]}', "F0115", "a.json:off[0]"),
    ("a.json", '{"years": [2022], "off": null}', "F0130", "a.json:off"),
    ("a.json", '{"years": [2022], "on": ["2022-10-03"]}', "F0132", "a.json:on[0]"),
]


@pytest.mark.parametrize(("name", "text", "code", "place"), BAD)
@pytest.mark.parametrize("command", ["decide", "explain", "timeline", "test"])
def test_a_file_that_is_wrong(policy: Path, command: str, name: str, text: str | bytes, code: str, place: str) -> None:
    """Its code and place, exit 1, and nothing is decided."""
    when = ("--from", "2022-10", "--to", "2022-10") if command == "timeline" else ("--on", "2022-10")
    more = () if command == "test" else (policy.parent / "一户.json", *when)
    done = run(command, policy, *more, "--calendar", written(policy, name, text))
    assert done.exit_code == 1
    assert f"错误[{code}]" in done.stderr
    assert f"┌─ {policy.parent}/{place}" in done.stderr or f"┌─ {place}" in done.stderr
    assert done.stdout == ""


def test_a_file_that_is_not_there(policy: Path) -> None:
    done = decide(policy, "--calendar", policy.parent / "没有.json", "--lang", "en")
    assert done.exit_code == 1
    assert "error[F0134] cannot read the calendar: No such file" in done.stderr
