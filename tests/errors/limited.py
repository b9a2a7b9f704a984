"""Runs the command line in a process of its own under the limits that the project promises: ten seconds, one GiB."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

SECONDS = 10
BYTES = 1 << 30
_START = (
    f"import resource, sys\nresource.setrlimit(resource.RLIMIT_AS, ({BYTES}, {BYTES}))\n"
    "from policy_dsl.cli import main\nsys.argv[0] = 'policy'\nmain()"
)


class Done(NamedTuple):
    code: int
    out: str
    err: str
    seconds: float


def policy(*args: str | Path, stdin: bytes = b"") -> Done:
    """The command `policy` with these arguments. Fails when it takes longer than it may."""
    began = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", _START, *map(str, args)], input=stdin, capture_output=True, timeout=SECONDS, check=False
    )
    out, err = (x.decode("utf-8") for x in (done.stdout, done.stderr))
    return Done(done.returncode, out, err, time.monotonic() - began)
