"""Brings Mermaid's script, of one version and with one checksum, from the npm registry to build/mermaid, where the site takes it from.

    python scripts/mermaid.py

Only the package itself is fetched: no dependencies, no scripts are run. Needs npm.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "11.17.2"
INTEGRITY = (
    "V6K3C8EBdEsPFZXSKMJe6ppQOENxuHARr9GvHX4hh47lAbhMRD9qf4oEK7LoaRQxULMa80/qt5gHO73aCleBBg=="  # sha512, as npm says it
)
FOLDER = Path(__file__).parents[1] / "build" / "mermaid"
WANTED = {"package/dist/mermaid.min.js": "mermaid.min.js", "package/LICENSE": "LICENSE"}


def main() -> str:
    """Lays the files; what went wrong, or ""."""
    npm = shutil.which("npm")
    if npm is None:
        return "npm is missing: install Node.js, which brings it"
    with tempfile.TemporaryDirectory() as folder:
        command = [npm, "pack", f"mermaid@{VERSION}", "--silent", "--ignore-scripts", "--pack-destination", folder]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            return f"npm pack: {done.stderr.strip()}"
        (archive,) = Path(folder).glob("*.tgz")
        if base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode() != INTEGRITY:
            return f"mermaid {VERSION} is not what it was: its checksum differs"
        FOLDER.mkdir(parents=True, exist_ok=True)
        with tarfile.open(archive) as files:
            for member, name in WANTED.items():
                source = files.extractfile(member)
                if source is None:
                    return f"mermaid {VERSION} has no {member}"
                (FOLDER / name).write_bytes(source.read())
    return ""


if __name__ == "__main__":
    sys.exit(main() or 0)
