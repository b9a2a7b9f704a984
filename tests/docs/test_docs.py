"""What the pages say is true: their policies compile, their commands print what is shown, their Python runs, their tables are current."""

from __future__ import annotations

import doctest
import os
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import policy_dsl
from policy_dsl.cli import main
from policy_dsl.cli.group import COMMANDS
from policy_dsl.examples import run as testing
from policy_dsl.explain.describe import _LABELS
from policy_dsl.facts import files as given
from policy_dsl.facts import values as facts
from policy_dsl.ir.elaborate import lookback
from policy_dsl.model.functions import FUNCTIONS
from policy_dsl.syntax import characters
from policy_dsl.syntax.keywords import KEYWORDS
from policy_dsl.timeline.month import Month
from policy_dsl.timeline.timeline import Timeline
from scripts import pages

from .blocks import Block, agrees, blocks, commands, rewritten

ROOT = Path(__file__).parents[2]
PAGES = sorted(
    [*ROOT.glob("README*.md"), ROOT / "CONTRIBUTING.md", ROOT / "docs" / "index.md"]
    + [p for part in ("guide", "language", "reference", "design") for p in (ROOT / "docs" / part).glob("*.md")]
)
WITH_CODE = [p for p in PAGES if any(b.lang in ("console", "sh", "python", "pycon") for b in blocks(p))]
POLICIES = [b for p in PAGES for b in blocks(p) if b.lang == "policy" and not b.fragment]
HEAD = re.compile(r"^(政策|policy)[ \u3000]", re.MULTILINE)


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def workspace(folder: Path) -> Path:
    """A folder as the pages see it: the repository's examples and policies."""
    for part in ("examples", "policies"):
        shutil.copytree(ROOT / part, folder / part)
    return folder


def prelude() -> str:
    """What the short examples of the language reference stand on."""
    return blocks(ROOT / "docs" / "language" / "index.md")[0].text


# --- policies


@pytest.mark.parametrize("block", POLICIES, ids=str)
def test_policies_compile(block: Block, tmp_path: Path) -> None:
    """Every policy on a page compiles, and the examples in it hold."""
    for other in blocks(block.page):
        if other.lang == "policy" and other.title:
            (tmp_path / other.title).parent.mkdir(exist_ok=True)
            (tmp_path / other.title).write_text(other.text, encoding="utf-8")
    path = tmp_path / (block.title or "block.policy")
    path.write_text(block.text if HEAD.search(block.text) else prelude() + "\n" + block.text, encoding="utf-8")
    policy = policy_dsl.load(path)
    for result in testing.run(policy):
        assert result.passed, [m.zh for m in result.mismatches]


# --- commands


def run(line: str, folder: Path) -> tuple[int, str]:
    """What a shell line gives: in this process, or through bash where it redirects."""
    words = shlex.split(line, comments=True)
    if words[0] == "policy" and not {"|", ">", "<", "&&"} & set(words):
        result = CliRunner().invoke(main, words[1:], prog_name="policy")
        return result.exit_code, result.output
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, capture_output=True, text=True, encoding="utf-8", timeout=60,
        env={**os.environ, "PATH": path, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"},
    )  # fmt: skip
    return done.returncode, done.stdout + done.stderr


def exercise(page: Path, folder: Path, update: bool) -> list[str]:
    """Runs a page's blocks in their order; what is wrong, in words."""
    wrong: list[str] = []
    names: dict[str, object] = {}
    for block in blocks(page):
        if block.title:
            (folder / block.title).parent.mkdir(parents=True, exist_ok=True)
            (folder / block.title).write_text(block.text, encoding="utf-8")
        if block.fragment:
            continue
        if block.lang == "console":
            given = [run(c.text, folder) for c in commands(block.text)]
            if update:
                block = next(b for b in blocks(page) if b.text == block.text)
                page.write_text(rewritten(page, block, [out for _, out in given]), encoding="utf-8")
                continue
            for command, (code, found) in zip(commands(block.text), given, strict=True):
                if command.output and not agrees(command.output, found):
                    wrong.append(f"{block}: $ {command.text}\nprints\n{found}\nnot\n{command.output}")
                if not command.output and code:
                    wrong.append(f"{block}: $ {command.text}\nfails\n{found}")
        elif block.lang == "sh":
            for line in block.text.splitlines():
                if line.startswith("policy "):
                    code, found = run(line, folder)
                    if code:
                        wrong.append(f"{block}: {line}\nfails\n{found}")
        elif block.lang == "python":
            exec(compile(block.text, str(block), "exec"), names)
        elif block.lang == "pycon":
            test = doctest.DocTestParser().get_doctest(block.text, names, str(block), str(page), block.line)
            runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
            told: list[str] = []
            runner.run(test, out=told.append, clear_globs=False)
            names.update(test.globs)
            wrong += told
    return wrong


@pytest.mark.parametrize("page", WITH_CODE, ids=name_of)
def test_blocks_run(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool) -> None:
    """Commands print what the page shows, Python blocks run and give what is written under them."""
    monkeypatch.chdir(workspace(tmp_path))
    assert not "\n".join(exercise(page, tmp_path, update_golden))


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_make_targets_exist(page: Path) -> None:
    """A `make` that a page names can be made."""
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    text = page.read_text(encoding="utf-8")
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", text, re.MULTILINE)) <= targets


# --- readme


@pytest.mark.parametrize(("page", "file"), [("README.md", "willow.policy"), ("README.zh.md", "liuxi.policy")])
def test_readme_shows_the_example(page: str, file: str) -> None:
    """The policy on the first page is the file that its commands name, and its reasons are really printed there."""
    found = blocks(ROOT / page)
    shown = next(b.text for b in found if b.lang == "policy")
    assert shown == (ROOT / "examples" / file).read_text(encoding="utf-8")
    printed = next(c for b in found if b.lang == "console" for c in commands(b.text))
    assert printed.text.startswith(f"policy explain examples/{file} ")
    assert "…" not in printed.output
    assert len(printed.output.splitlines()) > 20


def test_readmes_are_twins() -> None:
    """Both languages have the same sections and the same commands."""
    pages = [(ROOT / p) for p in ("README.md", "README.zh.md")]
    headings = [
        [line.count("#") for line in p.read_text(encoding="utf-8").splitlines() if re.match("#+ ", line)] for p in pages
    ]
    langs = [[b.lang for b in blocks(p)] for p in pages]
    lines = [[w.split()[:2] for b in blocks(p) if b.lang == "sh" for w in b.text.splitlines()] for p in pages]
    assert langs[0] == langs[1]
    assert lines[0] == lines[1]
    assert headings[0][-3:] == headings[1][-3:]


# --- reference


def test_command_line_reference_is_whole() -> None:
    """Every command, argument and option stands in reference/cli.md, and no command that does not exist."""
    text = (ROOT / "docs" / "reference" / "cli.md").read_text(encoding="utf-8")
    assert re.findall(r"^## `policy ([a-z-]+)", text, re.MULTILINE) == list(COMMANDS)
    for name in COMMANDS:
        command = main.get_command(click.Context(main), name)
        section = text.split("\n## ")[0] + text.split(f"## `policy {name}")[1].split("\n## ")[0]
        for parameter in command.params:
            word = (
                max(parameter.opts, key=len) if parameter.param_type_name == "option" else parameter.human_readable_name
            )
            assert word.replace("...", "…") in section, f"{word} is missing in the section of {name}"


def test_python_reference_is_whole() -> None:
    """Every public name, and every public method and property of the classes, stands in reference/api.md."""
    text = (ROOT / "docs" / "reference" / "api.md").read_text(encoding="utf-8")
    for name in policy_dsl.__all__:
        assert f"`{name}" in text or f"policy_dsl.{name}" in text, name
    for kind in (
        policy_dsl.Policy,
        policy_dsl.Calendar,
        policy_dsl.Decision,
        policy_dsl.Explanation,
        policy_dsl.Diagnostic,
        policy_dsl.PolicyError,
        Timeline,
        Month,
    ):
        section = text.split(f"## `{kind.__name__}`")[1].split("\n## ")[0]
        own = [n for n in vars(kind) if not n.startswith("_") and n not in getattr(kind, "__slots__", ())]
        missing = [n for n in own if f"`{n}" not in section and f".{n}" not in section and n not in INTERNAL]
        assert not missing, f"{kind.__name__}: {missing}"


INTERNAL = {
    "instance", "epoch", "day", "recorded", "rows", "decide_data", "run", "rule", "words", "walk", "root", "compiled_alone", "paths", "seen_from", "told",
}  # fmt: skip
"""What other parts of the package use and nobody else should. A new public name goes into reference/api.md, another one here."""


# --- pages made from the engine's tables


@pytest.mark.parametrize("name", ["keywords.md", "functions.md", "bounds.md"])
def test_generated_pages_are_current(name: str, update_golden: bool) -> None:
    """The pages of keywords, functions and bounds are what the engine's tables say now."""
    path = ROOT / "docs" / "language" / name
    made = pages.PAGES[name]()
    if update_golden:
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


def test_generated_pages_leave_nothing_out() -> None:
    """Every keyword, function and bound is explained, and nothing that does not exist."""
    assert set(pages.MEANING) == {k.terminal for k in KEYWORDS}
    assert set(pages.DOES) == {f.key for f in FUNCTIONS}
    assert {k.where[0] for k in KEYWORDS} <= {w[0] for w in pages.WHERE}
    for module in (characters, facts, given, lookback):
        bounds = {n for n in vars(module) if re.match(r"(MAX|MOST)_", n)}
        listed = {b[1] for b in pages.BOUNDS if getattr(module, b[1], None) == getattr(b[0], b[1])}
        assert bounds - pages.INNER <= listed, module.__name__


def test_reviewers_guide_names_every_row() -> None:
    """Each label that can stand before a row of an explanation is in the reviewer's tables, in both languages."""
    zh, en = (ROOT / "docs" / "guide" / "reviewer.md").read_text(encoding="utf-8").split("## In English")
    cells = {c.strip() for line in zh.splitlines() if line.startswith("|") for c in line.split("|")[1:2]}
    words = {w.strip() for line in en.splitlines() if line.startswith("|") for w in line.split("|")[1].split(",")}
    assert {label[0] for label in _LABELS.values()} <= cells
    assert {label[1] for label in _LABELS.values()} <= words


# --- design and recipes


@pytest.mark.parametrize(
    "page", [ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs" / "design").glob("*.md"))], ids=name_of
)
def test_named_files_exist(page: Path) -> None:
    """A file or folder that a recipe or a design page names is there."""
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    named = re.findall(r"`((?:[\w.-]+/)+[\w.-]*|[\w-]+\.(?:py|toml|txt|md|lark|json|yml))`", text)
    for name in named:
        if not re.search(r"CODE|NAME", name):
            places = (ROOT / name, ROOT / "policy_dsl" / name, *(ROOT / "policy_dsl").glob(f"*/{name}"))
            assert any(p.exists() for p in places), name


def test_layers_are_those_of_the_contract() -> None:
    """The layers on the architecture page are the ones that lint-imports holds, in the same order."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        contract = tomllib.load(file)["tool"]["importlinter"]["contracts"][0]["layers"]
    text = (ROOT / "docs" / "design" / "architecture.md").read_text(encoding="utf-8")
    table = text.split("## Which module imports which")[1].split("\n## ")[0]
    rows = [re.findall(r"`(\w+)`", line.split("|")[1]) for line in table.splitlines() if line.startswith("| `")]
    assert rows == [[part.strip().removeprefix("policy_dsl.") for part in layer.split("|")] for layer in contract]


def test_every_page_is_in_the_navigation() -> None:
    """mkdocs --strict says so too; this says it without building the site."""
    nav = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    missing = [
        name_of(p)
        for p in (ROOT / "docs").rglob("*.md")
        if p.parent.name != "errors" and str(p.relative_to(ROOT / "docs")) not in nav
    ]
    assert not missing
