"""Writers are killed at random moments: what they write is whole, old or new, and the next one clears up.

Two kinds of victims: commands as the shell runs them, killed anywhere between their first and their last moment; and processes that do nothing but
write, again and again, so that most kills hit them while they write. A few of each in every run, hundreds in `make deep`.
"""

from __future__ import annotations

import os
import random
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import pytest

from policy_dsl import shelf
from policy_dsl.handbook.write import LIST
from policy_dsl.writing import is_stage

ROOT = Path(__file__).parents[2]
HANDBOOK = ROOT / "tests" / "handbook"
WILLOW = ROOT / "examples" / "willow.policy"
FEW, MANY = 3, 60  # kills of one victim: in every run, in `make deep`
LONGEST = 0.2  # seconds that a process which does nothing but write may live

# --- processes that do nothing but write

_BEGIN = "import itertools, os\nfor n in itertools.count():\n    n == 1 and print(end='.', flush=True)\n"
LOOPS = {
    "file": "from policy_dsl.writing import write\ntexts = ['# mark\\n' + c * 400_000 for c in 'ab']\n"
    + _BEGIN
    + "    write('goal', texts[n % 2], 'mark')\n",
    "link": "from policy_dsl.writing import write\ntexts = ['# mark\\n' + c * 400_000 for c in 'ab']\n"
    + _BEGIN
    + "    write('link', texts[n % 2], 'mark')\n",
    "pages": "from policy_dsl.handbook.write import write\n"
    "pages = [{f'{c}/{k}.md': c * 9000 for k in range(n)} for c, n in ((x, y) for x, y in zip('ab', (20, 30)))]\n"
    + _BEGIN
    + "    write('goal', pages[n % 2])\n",
    "pages one by one": "import os\nfrom policy_dsl.handbook.write import write\nos.chdir('goal')\n"
    "pages = [{f'{c}/{k}.md': c * 9000 for k in range(n)} for c, n in ((x, y) for x, y in zip('ab', (20, 30)))]\n"
    + _BEGIN
    + "    write('.', pages[n % 2])\n",
    "new": "from policy_dsl.newplace.write import _write\n"
    + _BEGIN
    + "    _write(f'p{os.getpid()}-{n}', f'p{os.getpid()}-{n}/a.policy', 'c' * 400_000)\n",
}


def _file(folder: Path, name: str = "goal") -> None:
    text = (folder / name).read_text(encoding="utf-8")
    assert text in {"# mark\n" + c * 400_000 for c in "ab"}


def _link(folder: Path) -> None:
    assert (folder / "link").is_symlink()
    _file(folder)


def _pages(folder: Path) -> None:
    """One set of pages whole, or between two of them none."""
    found = {p.relative_to(folder / "goal").as_posix() for p in (folder / "goal").rglob("*") if p.is_file()}
    assert found in (set(), *({f"{c}/{k}.md" for k in range(n)} | {LIST} for c, n in (("a", 20), ("b", 30))))
    for path in found - {LIST}:
        assert (folder / "goal" / path).read_text(encoding="utf-8") == path[0] * 9000


def _mixed(folder: Path) -> None:
    """Pages that are exchanged one by one may be mixed, each is whole; that the next one takes them for its own is tried below."""
    for page in (folder / "goal").rglob("*.md"):
        if not any(is_stage(part) for part in page.parts):
            assert page.read_text(encoding="utf-8") == page.parent.name * 9000


def _new(folder: Path) -> None:
    for place in folder.iterdir():
        if place.name.startswith("p"):
            assert [p.name for p in place.iterdir()] == ["a.policy"]
            assert (place / "a.policy").read_text(encoding="utf-8") == "c" * 400_000


WHOLE: dict[str, Callable[[Path], None]] = {
    "file": _file,
    "link": _link,
    "pages": _pages,
    "pages one by one": _mixed,
    "new": _new,
}


@pytest.fixture
def seed(record_property: Callable[[str, object], None]) -> int:
    drawn = secrets.randbelow(2**32)
    record_property("seed", drawn)
    return drawn


def env(folder: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(ROOT), "POLICY_DSL_CACHE": str(folder / "cache")}


def stages(folder: Path) -> list[Path]:
    return [p for p in folder.rglob("*") if is_stage(p.name)]


def once(loop: str) -> str:
    """The loop's first round alone."""
    return loop.replace("itertools.count()", "range(1)")


@pytest.mark.parametrize("kind", list(LOOPS))
def test_killed_while_it_writes(kind: str, tmp_path: Path, deep: bool, seed: int) -> None:
    dice = random.Random(seed)
    (tmp_path / "link").symlink_to("goal")
    if kind == "pages one by one":
        (tmp_path / "goal").mkdir()
    for _ in range(MANY if deep else FEW):
        with subprocess.Popen(
            [sys.executable, "-c", LOOPS[kind]], cwd=tmp_path, env=env(tmp_path), stdout=subprocess.PIPE
        ) as victim:
            assert victim.stdout is not None
            assert victim.stdout.read(1) == b"."
            time.sleep(dice.uniform(0.01, LONGEST))
            assert victim.poll() is None, "it went on until it was killed"
            victim.kill()
        WHOLE[kind](tmp_path)
        assert len(stages(tmp_path)) <= 1, "what earlier ones left was cleared away"
    subprocess.run([sys.executable, "-c", once(LOOPS[kind])], cwd=tmp_path, env=env(tmp_path), check=True, timeout=60)
    WHOLE[kind](tmp_path)
    assert not stages(tmp_path)


# --- commands


class Command(NamedTuple):
    """A command that writes: its words, what it makes, and the words by which it once made what is there now, if anything is."""

    words: tuple[str, ...]
    made: str
    before: tuple[str, ...] = ()


COMMANDS = {
    "compile": Command(
        ("compile", "./willow.policy", "-o", "made.py"),
        "made.py",
        ("compile", f"{HANDBOOK}/1-nation.policy", "-o", "made.py"),
    ),
    "docs": Command(
        ("docs", str(HANDBOOK), "--lang", "both", "--output", "pages"),
        "pages",
        ("docs", "./willow.policy", "--output", "pages"),
    ),
    "new": Command(("new", "北县", "--extends", "./willow.policy"), "北县"),
    "cache": Command(("schema", "./willow.policy"), "cache"),
}


def held(path: Path) -> dict[str, bytes]:
    """What lies at a path, file by file; nothing where nothing is. The grammar's tables hold sets, written in any order: of them, whether they are whole."""
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
    found = {p.relative_to(path).as_posix(): p.read_bytes() for p in files if not any(map(is_stage, p.parts))}
    return {
        name: b"whole" if name.startswith("grammar-") and shelf.unseal(name.removesuffix(shelf.SUFFIX), raw) else raw
        for name, raw in found.items()
    }


def put_back(path: Path, old: dict[str, bytes]) -> None:
    """Nothing else lies at the path any more."""
    if path.is_dir():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    for name, raw in old.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_bytes(raw)


def ran(words: tuple[str, ...], folder: Path) -> float:
    """Runs a command to its end; how long that took."""
    begin = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-m", "policy_dsl", *words], cwd=folder, env=env(folder), capture_output=True, timeout=120
    )
    assert done.returncode == 0, done.stderr.decode()
    return time.monotonic() - begin


@pytest.mark.parametrize("name", list(COMMANDS))
def test_killed_at_any_moment(name: str, tmp_path: Path, deep: bool, seed: int) -> None:
    dice, command = random.Random(seed), COMMANDS[name]
    shutil.copy(WILLOW, tmp_path)
    made = tmp_path / command.made
    if command.before:
        ran(command.before, tmp_path)
    old = held(made)
    lasts = ran(command.words, tmp_path)
    new = held(made)
    assert old != new
    for _ in range(MANY if deep else FEW):
        put_back(made, old)
        with subprocess.Popen(
            [sys.executable, "-m", "policy_dsl", *command.words],
            cwd=tmp_path,
            env=env(tmp_path),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as victim:
            time.sleep(dice.uniform(0, lasts))
            victim.kill()
        found = held(made)
        if name == "cache":  # several files, each whole or not there
            assert found.items() <= new.items()
        else:
            assert found in (old, new, {})
        if not (name == "new" and found):  # a new place is written once
            ran(command.words, tmp_path)
            assert not stages(tmp_path)
        assert held(made) == new
