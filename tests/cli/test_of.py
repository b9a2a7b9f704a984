"""`--of`: these outputs alone, for `decide` and `explain`; exit code and errors are theirs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_dsl.cli import main

POLICY = """policy Faults
entity person : person
  age : integer, 0..120
entity household : household
  heads : integer, 0..20
  members : many persons, 0..20
rule household plain : number
  is 1
rule household share : number
  is 12 / heads
rule household both : number
  is plain + share
benefit person grant : yuan/month
  when age >= 60 is 80
  otherwise is 0
rule household old : number
  from 2010-01-01 to 2012-12-31 is 3
"""
FACTS = '{"household": {"heads": 0, "members": [{"age": 70}, {}]}}'


def call(folder: Path, *args: str, command: str = "decide") -> Result:
    (folder / "faults.policy").write_text(POLICY, encoding="utf-8")
    words = [command, str(folder / "faults.policy"), "-", "--on", "2022-06-01", "--lang", "en", *args]
    return CliRunner().invoke(main, words, input=FACTS)


def test_what_is_wrong_elsewhere_is_not_seen(tmp_path: Path) -> None:
    """All outputs: exit code 1. The one that is right: 0; the one that is in error: 1, with its code."""
    assert call(tmp_path).exit_code == 1
    for command in ("decide", "explain"):
        done = call(tmp_path, "--of", "household.plain", command=command)
        assert (done.exit_code, done.stderr) == (0, "")
        assert "share" not in done.stdout
        done = call(tmp_path, "--of", "share", command=command)
        assert done.exit_code == 1
        assert "R0103" in done.stderr
        assert "both" not in done.output


def test_it_may_be_repeated(tmp_path: Path) -> None:
    done = call(tmp_path, "--of", "plain", "--of", "members[0].grant", "--json")
    assert done.exit_code == 0
    made = json.loads(done.stdout)
    assert made["asked"] == ["plain", "members[0].grant"]
    assert list(made["outputs"]) == ["household.plain", "household.members[0].grant"]
    assert made["undetermined"] == []
    assert made["explanation"]["roots"] == list(made["outputs"])
    told = call(tmp_path, "--of", "plain", "--of", "grant", command="explain").stdout
    heads = [x for x in told.splitlines() if x.startswith("household.") and " = " in x]
    assert {x.partition(" = ")[0] for x in heads} == {*made["outputs"], "household.members[1].grant"}


@pytest.mark.parametrize("command", ["decide", "explain"])
@pytest.mark.parametrize(
    ("name", "code", "exits"),
    [("household.plan", "P0803", 2), ("heads", "P0803", 2), ("members[2].grant", "P0803", 2), ("old", "R0105", 1)],
)
def test_what_cannot_be_asked_for(tmp_path: Path, command: str, name: str, code: str, exits: int) -> None:
    """An unknown name, with the nearest; a fact; nobody; what is not in force, with its days."""
    done = call(tmp_path, "--of", "plain", "--of", name, command=command)
    assert (done.exit_code, done.stdout) == (exits, "")
    assert code in done.stderr
    assert name in done.stderr
    assert {"household.plan": "household.plain", "old": "2012-12-31"}.get(name, "") in done.stderr
