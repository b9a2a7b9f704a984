"""Tests judge a change in the product's code: in a copy of the package, in processes of their own, never in the tree itself."""

from __future__ import annotations

import compileall
import os
import py_compile
import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from .alter import ROOT, Change

SECONDS, BYTES = 120, 4 << 30  # what the tests may take of the processor, four times what they need, and of memory
ENDLESS = 3600  # for what waits and computes nothing

Tests = tuple[str, ...]


class House:
    """The project once more in an empty folder: the package copied and compiled, all else by links."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "house"
        self.folder.mkdir()
        for path in ROOT.iterdir():
            if path.name == "policy_dsl":
                shutil.copytree(path, self.folder / path.name, ignore=shutil.ignore_patterns("__pycache__"))
            elif not path.name.startswith("."):
                (self.folder / path.name).symlink_to(path)
        # a changed file is known by what it holds: one of the same size, written in the same second, must not be taken for it
        compileall.compile_dir(
            self.folder / "policy_dsl", quiet=1, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH
        )

    def caught(self, change: Change | None, runs: tuple[Tests, ...]) -> str:
        """Tries the runs of pytest one after the other: how the first failed, nothing where all pass."""
        if change is None:
            return self._caught(runs)
        path = self.folder / change.path.relative_to(ROOT)
        path.write_bytes(change.made())
        try:
            return self._caught(runs)
        finally:
            shutil.copyfile(change.path, path)

    def _caught(self, runs: tuple[Tests, ...]) -> str:
        for tests in runs:
            try:
                done = subprocess.run(
                    [
                        sys.executable, "-m", "pytest", "-x", "-q", "--no-header", "--tb=line", "-n", "0",
                        "-p", "no:cacheprovider", "--basetemp", "basetemp", *tests,
                    ],
                    cwd=self.folder, env=self._env(), preexec_fn=_limited, timeout=ENDLESS,
                    stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                return "endless"
            assert done.returncode != pytest.ExitCode.NO_TESTS_COLLECTED, tests
            if done.returncode:
                return done.stdout.decode(errors="replace")[-2000:] or f"ended by {-done.returncode}"
        return ""

    def _env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "HYPOTHESIS_", "POLICY_"))}
        return {**kept, "PYTHONPATH": str(self.folder), "PYTHONDONTWRITEBYTECODE": "1"}


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 5))
    resource.setrlimit(resource.RLIMIT_AS, (BYTES, BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
