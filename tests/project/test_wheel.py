"""The package as users get it: built, installed outside the tree, deciding by name from an empty folder."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_wheel_carries_policies_and_pages(tmp_path: Path) -> None:
    """A wheel in a new environment decides a shipped policy by name, in a folder that has nothing."""
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        check=True, capture_output=True, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    (wheel,) = tmp_path.glob("*.whl")
    home = tmp_path / "env"
    venv.create(home, with_pip=False, symlinks=True)
    python = home / "bin" / "python"
    target = subprocess.run(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--no-index", "--target", target, str(wheel)],
        check=True,
        capture_output=True,
    )
    # its dependencies come from the environment that runs the tests: what is tried here is the wheel itself
    import lark

    Path(target, "tests.pth").write_text(str(Path(lark.__file__).parents[1]) + "\n", encoding="utf-8")
    empty = tmp_path / "empty"
    empty.mkdir()
    code = (
        "import policy_dsl, pathlib, json\n"
        f"assert pathlib.Path(policy_dsl.__file__).is_relative_to({str(home)!r}), policy_dsl.__file__\n"
        "from policy_dsl import library\n"
        "assert pathlib.Path(library.shipped_folder()).is_relative_to(pathlib.Path(policy_dsl.__file__).parent)\n"
        f"facts = json.loads(pathlib.Path({str(ROOT / 'examples' / 'qingshui.json')!r}).read_text(encoding='utf-8'))\n"
        "d = policy_dsl.load('qingshui').decide(facts, on='2022-06')\n"
        "assert any(b.value for b in d.benefits), d\n"
        "from policy_dsl.cli.explain_code import page\n"
        "assert len(page('P0201', 'zh')) > 200\n"
        "print(policy_dsl.load('清水县').name)"
    )
    env = {**os.environ, "POLICY_DSL_CACHE": str(tmp_path / "cache"), "PYTHONUTF8": "1", "PYTHONPATH": ""}
    done = subprocess.run([python, "-c", code], cwd=empty, env=env, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "清水县"
