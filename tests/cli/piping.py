"""A line of the shell in which $POLICY is the command: pipes, closed streams, devices."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def piped(command: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLICY": f"{sys.executable} -m policy_dsl", **env},
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
