"""`policy check --format sarif`: what code-scanning services read."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from policy_dsl.cli import main

CYCLE = "政策 甲县\n对象 家庭\n  存款 : 元, 0..100\n规则 家庭 乙 : 元\n  为 丙\n规则 家庭 丙 : 元\n  为 乙 + 存款\n"


def test_sarif_has_the_findings_with_their_places(tmp_path: Path) -> None:
    """Every finding is a result with rule, level, region and related places; a clean policy gives none."""
    file = tmp_path / "甲 县.policy"
    file.write_text(CYCLE, encoding="utf-8")
    done = CliRunner().invoke(main, ["check", str(file), "--format", "sarif", "--lang", "en"])
    assert done.exit_code == 1
    made = json.loads(done.stdout)
    (run,) = made["runs"]
    (result,) = run["results"]
    assert made["version"] == "2.1.0"
    assert (result["ruleId"], result["level"]) == ("P0206", "error")
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == "P0206"
    where = result["locations"][0]["physicalLocation"]
    assert where["artifactLocation"]["uri"].endswith("%E7%94%B2%20%E5%8E%BF.policy")
    assert where["region"]["startLine"] == 5
    assert where["region"]["startColumn"] < where["region"]["endColumn"]
    assert len(result["relatedLocations"]) == 2
    file.write_text(CYCLE.replace("为 丙", "为 存款"), encoding="utf-8")
    assert (
        json.loads(CliRunner().invoke(main, ["check", str(file), "--format", "sarif"]).stdout)["runs"][0]["results"]
        == []
    )


def test_a_warning_has_its_level_in_every_form_and_fails_nothing(tmp_path: Path) -> None:
    """Only errors make the command fail."""
    (tmp_path / "省.policy").write_text(
        "政策 甲省\n参数 标准 : 元\n  自 2021-01-01 为 1\n  自 2023-01-01 为 2\n", encoding="utf-8"
    )
    file = tmp_path / "县.policy"
    file.write_text("政策 甲县\n  上级 甲省\n修订 标准\n  自 2022-01-01 为 3\n", encoding="utf-8")

    def check(*more: str) -> str:
        done = CliRunner().invoke(main, ["check", str(file), *more], catch_exceptions=False)
        assert done.exit_code == 0
        return done.stdout + done.stderr

    (result,) = json.loads(check("--format", "sarif"))["runs"][0]["results"]
    assert (result["ruleId"], result["level"]) == ("P0616", "warning")
    (row,) = json.loads(check("--format", "json"))
    assert (row["code"], row["severity"], row["line"]) == ("P0616", "warning", 4)
    assert "警告[P0616]" in check()
    assert "warning[P0616]" in check("--lang", "en")
    assert "检查了 1 个政策：1 条提示" in check()
    assert CliRunner().invoke(main, ["test", str(file)]).exit_code == 0
    assert CliRunner().invoke(main, ["show", str(file), "--on", "2024-01"]).exit_code == 0
