"""Brings Mermaid's script, of one version and with one checksum, from the npm registry to build/mermaid, where the site takes it from.

    python scripts/mermaid.py

Only the package itself is fetched, once: no dependencies, no scripts are run. npm does it, with the registry and proxies that it is set up
for. Where there is no npm, the package may be laid into build/mermaid by hand; its checksum is looked at all the same.
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


ARCHIVE = FOLDER / f"mermaid-{VERSION}.tgz"

MISSING = f"""\
绘图要用 Mermaid {VERSION}，由 npm 取来，这台机器没有 npm。装上 Node.js（带有 npm）再运行 make docs；
不能装的，在别的机器上运行 npm pack mermaid@{VERSION}，把得到的文件放到 {ARCHIVE}。
Graphs are drawn by Mermaid {VERSION}, which npm brings; there is no npm on this machine. Install Node.js, npm comes with it, and run
make docs again; or run npm pack mermaid@{VERSION} on another machine and put the file that it gives at {ARCHIVE}."""
FAILED = """\
npm 没有取来 Mermaid {version}：{said}
检查网络和 npm 的设置；不能联网的，把 mermaid-{version}.tgz 放到 {archive}。
npm did not bring Mermaid {version}: {said}
Check the network and how npm is set up; without a network put mermaid-{version}.tgz at {archive}."""
CHANGED = """\
{archive} 不是 Mermaid {version} 原来的包，校验和不符。删掉它再运行 make docs。
{archive} is not the package of Mermaid {version} as it was: the checksum differs. Remove it and run make docs again."""


def main() -> str:
    """Lays the files; what went wrong in Chinese and English, or ""."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    if not ARCHIVE.is_file():
        problem = bring()
        if problem:
            return problem
    if base64.b64encode(hashlib.sha512(ARCHIVE.read_bytes()).digest()).decode() != INTEGRITY:
        return CHANGED.format(version=VERSION, archive=ARCHIVE)
    with tarfile.open(ARCHIVE) as files:
        for member, name in WANTED.items():
            source = files.extractfile(member)
            assert source is not None, member  # the checksum holds
            (FOLDER / name).write_bytes(source.read())
    return ""


def bring() -> str:
    """Fetches the package; what went wrong, or ""."""
    npm = shutil.which("npm")
    if npm is None:
        return MISSING
    with tempfile.TemporaryDirectory() as folder:
        command = [
            npm,
            "pack",
            f"mermaid@{VERSION}",
            "--loglevel=error",
            "--ignore-scripts",
            "--pack-destination",
            folder,
        ]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        found = list(Path(folder).glob("*.tgz"))
        if done.returncode or len(found) != 1:
            return FAILED.format(
                version=VERSION,
                archive=ARCHIVE,
                said="\n".join(done.stderr.strip().splitlines()[:4]) or f"npm pack: {done.returncode}",
            )
        shutil.move(found[0], ARCHIVE)
    return ""


if __name__ == "__main__":
    sys.exit(main() or 0)
