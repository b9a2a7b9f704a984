"""Files that the code's docstrings and comments, the design pages and the recipes name are there; and a folder names its files."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from policy_dsl.cli.group import COMMANDS

ROOT = Path(__file__).parents[2]
SPEAKING = [*(ROOT / "policy_dsl").rglob("*.py"), *(ROOT / "docs" / "design").glob("*.md"), ROOT / "CONTRIBUTING.md"]
THERE = [f"/{f.relative_to(ROOT).as_posix()}" for folder in ("policy_dsl", "scripts", "tests", "benchmarks") for f in (ROOT / folder).rglob("*.py")]  # fmt: skip
NAMED = re.compile(r"[\w/]*\w\.py\b")
FOLDERS = [f.parent for f in (ROOT / "policy_dsl").glob("*/**/__init__.py")]


@pytest.mark.parametrize("file", SPEAKING, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_file_that_is_named_is_there(file: Path) -> None:
    named = {m.lstrip("/") for m in NAMED.findall(file.read_text(encoding="utf-8"))} - {"FILE.py"}  # what a user names
    assert not [n for n in named if not any(there.endswith(f"/{n}") for there in THERE)]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda f: f.relative_to(ROOT).as_posix())
def test_a_folder_says_what_each_of_its_files_is_for(folder: Path) -> None:
    """Its first file names the others and the folders in it; a command's file needs no other word than its name."""
    said = ast.get_docstring(ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))) or ""
    there = {f.name for f in folder.glob("*.py")} | {f"{f.parent.name}/" for f in folder.glob("*/__init__.py")}
    commands = {f"{c.replace('-', '_')}.py" for c in COMMANDS} if folder.name == "cli" else set()
    assert not [n for n in there - commands - {"__init__.py"} if not re.search(rf"(?<![\w/]){re.escape(n)}", said)]
