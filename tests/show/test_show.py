"""The effective policy as a reader sees it, kept as files; and what holds of it whatever the policy.

`pytest --update-golden` writes the files anew; read the diff before committing it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl.cli import main
from policy_dsl.effective.effective import Effective, ShownRule

HERE = Path(__file__).parent
COUNTY = HERE / "3-county.policy"
CASES = {
    "county-2022-08": (COUNTY, "2022-08"),
    "county-2023-02": (COUNTY, "2023-02"),
    "qingshui-2022-06": ("清水县", "2022-06"),
    "status-2022-06": (HERE / "status" / "2-county.policy", "2022-06"),
    "status-2023-02": (HERE / "status" / "2-county.policy", "2023-02"),
}
ENDINGS = {"text": "txt", "json": "json"}
KEPT = [
    (c, f) for c in CASES for f in ENDINGS if (c, f) != ("qingshui-2022-06", "json")
]  # which is long and says the same


def shown(case: str) -> Effective:
    name, on = CASES[case]
    return policy_dsl.load(name).show(on=on)


def written(made: Effective, form: str, lang: str) -> str:
    if form == "text":
        return made.text(lang) + "\n"
    return json.dumps(made.to_json(lang) | {"engine": "-"}, ensure_ascii=False, indent=1) + "\n"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(("case", "form"), KEPT)
def test_it_reads_as_before(case: str, form: str, lang: str, update_golden: bool) -> None:
    path = HERE / "golden" / f"{case}.{lang}.{ENDINGS[form]}"
    found = written(shown(case), form, lang)
    if update_golden:
        path.write_text(found, encoding="utf-8")
    assert found == path.read_text(encoding="utf-8")


def test_golden_folder_holds_nothing_else() -> None:
    wanted = {f"{case}.{lang}.{ending}" for case, form in KEPT for ending in [ENDINGS[form]] for lang in ("zh", "en")}
    assert {p.name for p in (HERE / "golden").iterdir()} == wanted


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_command_prints_what_the_api_gives(lang: str) -> None:
    for form in ENDINGS:
        done = CliRunner().invoke(
            main, ["show", str(COUNTY), "--on", "2023-02", "--format", form, "--lang", lang], catch_exceptions=False
        )
        assert (done.exit_code, done.stderr) == (0, "")
        made = shown("county-2023-02")
        assert done.stdout == (made.text(lang) + "\n" if form == "text" else _dumped(made.to_json(lang)))


def _dumped(data: object) -> str:
    from policy_dsl.outputs import dump

    return dump(data) + "\n"


def test_without_a_day_today_is_taken_and_said() -> None:
    done = CliRunner().invoke(main, ["show", "qingshui"])
    assert done.exit_code == 0
    assert "--on" in done.stderr


@pytest.mark.parametrize("on", ["2022-13", "gestern"])
def test_a_date_at_fault_is_said_in_words(on: str) -> None:
    done = CliRunner().invoke(main, ["show", "qingshui", "--on", on])
    assert done.exit_code == 2
    assert "P0802" in done.stderr


def test_a_cached_policy_shows_itself_without_parser(tmp_path: Path) -> None:
    """Neither lark nor attrs is loaded."""
    code = (
        "import sys, policy_dsl\n"
        f"made = policy_dsl.load({str(COUNTY)!r}).show(on='2023-02')\n"
        "print(len(made.text()) > 0, len(made.to_json('en')) > 0, sorted({'lark', 'attrs', 'attr'} & set(sys.modules)))\n"
    )
    policy_dsl.load(COUNTY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True True []\n"


@pytest.mark.parametrize("case", CASES)
def test_what_comes_from_another_layer_says_so(case: str) -> None:
    """Each line with a place names its layer, unless it is the policy's own."""
    made = shown(case)
    for line in made.text().splitlines():
        if "  ← " in line:
            file = line.rpartition(" ")[2].rpartition(":")[0]
            own = {o.file for o in _origins(made.to_json()) if o.own}
            assert ("← 上级 " in line) == (file not in own), line


class _Origin:
    def __init__(self, data: dict[str, Any]) -> None:
        self.file, self.own = data["file"], data["own"]


def _origins(data: Any) -> list[_Origin]:
    found = []
    if isinstance(data, dict):
        if "origin" in data:
            found.append(_Origin(data["origin"]))
        for x in data.values():
            found += _origins(x)
    elif isinstance(data, list):
        for x in data:
            found += _origins(x)
    return found


def test_every_item_in_force_is_there_in_the_order_of_the_text() -> None:
    made = shown("county-2023-02")
    policy = policy_dsl.load(COUNTY)
    assert {p.name for p in made.parameters} == {p.name for p in policy.parameters}
    assert {(r.entity, r.name) for r in made.rules} == {(o.entity, o.name) for o in policy.outputs}
    layers = {name: n for n, name in enumerate(made.layers)}
    places = [(layers[x.origin.layer], x.origin.line) for x in made.items]
    assert places == sorted(places)


def test_a_repealed_rule_is_named_with_who_repealed_it() -> None:
    rule = next(r for r in shown("county-2023-02").rules if r.name == "春节补贴")
    assert isinstance(rule, ShownRule)
    assert not rule.lines
    (repeal,) = rule.repeals
    assert (repeal.label, repeal.since, repeal.origin.layer) == ("", 20230101, "下县")
    assert [x.origin.layer for x in repeal.taken] == ["上国"]


FACTS = {"家庭": {"户籍": "城市", "收入": 101, "有轿车": True, "成员": [{"年龄": 91, "等级": "一级"}]}}


def test_a_trace_shows_the_displaced_value_as_what_was_given_up() -> None:
    """原值 is a step of its own, in the published form; it is no output."""
    decision = policy_dsl.load(COUNTY).decide(FACTS, on="2022-08")
    assert not any("~" in path for path in decision)
    made = decision.explain("家庭.救助金")
    step = made.steps["家庭.救助金"]
    below = next(s for s in made.steps.values() if s.kind == "displaced" and s.without == "轿车")
    assert step.given_up == below.value == 54900
    assert "549.00 元/月：原值，没有这一行时的结果" in made.text()
    assert "家庭.救助金（没有「轿车」时） = 549.00 元/月  [原值]" in made.text()
    assert "家庭.救助金 (without “轿车”) = 549.00 yuan/month  [displaced value]" in made.text("en")
    schema = json.loads((Path(policy_dsl.__file__).parent / "explain" / "schema.json").read_text(encoding="utf-8"))
    for lang in ("zh", "en"):
        jsonschema.Draft202012Validator(schema).validate(made.to_json(lang))


def test_a_displaced_value_is_no_output_of_the_standalone_file(tmp_path: Path) -> None:
    out = tmp_path / "county.py"
    done = CliRunner().invoke(main, ["compile", str(COUNTY), "-o", str(out)], catch_exceptions=False)
    assert done.exit_code == 0
    space: dict[str, Any] = {}
    exec(compile(out.read_text(encoding="utf-8"), "county.py", "exec"), space)
    given = space["decide"](FACTS, "2022-08-01")
    assert given["家庭.救助金"] == 274
    assert set(given) == set(policy_dsl.load(COUNTY).decide(FACTS, on="2022-08"))
