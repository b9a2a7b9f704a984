"""Runs the command line in a process of its own under the limits that the project promises: ten seconds, one GiB.

The seconds are of the processor: how busy the machine is otherwise says nothing of the project. A wall clock only ends what waits for ever.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

SECONDS = 10
WALL = 120  # seconds
BYTES = 1 << 30
_LIMITS = (
    "import resource, sys\n"
    "seconds, bytes = int(sys.argv.pop(1)), int(sys.argv.pop(1))\n"
    "resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))\n"
    "resource.setrlimit(resource.RLIMIT_AS, (bytes, bytes))\n"
)
_POLICY = "from policy_dsl.cli import main\nsys.argv[0] = 'policy'\nmain()"


class Done(NamedTuple):
    code: int
    out: str
    err: str


def policy(*args: str | Path, stdin: bytes = b"") -> Done:
    """The command `policy` with these arguments. Fails when it takes longer than it may."""
    return limited(_POLICY, *args, stdin=stdin)


def limited(code: str, *args: str | Path, stdin: bytes = b"", seconds: int = SECONDS, wall: float = WALL) -> Done:
    """Python code under the limits; says which one it was that it did not keep."""
    command = [sys.executable, "-c", _LIMITS + code, str(seconds), str(BYTES), *map(str, args)]
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, timeout=wall, check=False)
    except subprocess.TimeoutExpired:
        pytest.fail(f"has not ended after {wall} seconds by the clock, with fewer than {seconds} of the processor")
    if done.returncode == -signal.SIGXCPU:
        pytest.fail(f"takes more than {seconds} seconds of the processor")
    return Done(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))
