"""Files that the code's docstrings and comments, the design pages and the recipes name are there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SPEAKING = [*(ROOT / "policy_dsl").rglob("*.py"), *(ROOT / "docs" / "design").glob("*.md"), ROOT / "CONTRIBUTING.md"]
THERE = [f"/{f.relative_to(ROOT).as_posix()}" for folder in ("policy_dsl", "scripts", "tests", "benchmarks") for f in (ROOT / folder).rglob("*.py")]  # fmt: skip
NAMED = re.compile(r"[\w/]*\w\.py\b")


@pytest.mark.parametrize("file", SPEAKING, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_file_that_is_named_is_there(file: Path) -> None:
    named = {m.lstrip("/") for m in NAMED.findall(file.read_text(encoding="utf-8"))} - {"FILE.py"}  # what a user names
    assert not [n for n in named if not any(there.endswith(f"/{n}") for there in THERE)]
