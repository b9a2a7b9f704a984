"""What commands write and where: never over a source or what somebody else wrote, into pipes and devices, whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_dsl.cli import main

from .piping import piped

ROOT = Path(__file__).parents[2]


def compiled(policy: object, output: object, *more: str) -> Result:
    done = CliRunner().invoke(main, ["compile", str(policy), "-o", str(output), *more])
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done


@pytest.fixture
def policy(tmp_path: Path, county: Path) -> Path:
    """A policy in a folder of its own, whose name does not tell that it is one."""
    path = tmp_path / "p" / "county.txt"
    path.parent.mkdir()
    path.write_bytes(county.read_bytes())
    return path


# --- policy compile -o


def test_its_own_file_is_written_anew(county: Path, tmp_path: Path) -> None:
    target = tmp_path / "made.py"
    assert compiled(county, target).stdout == f"已写 {target}\n"
    first = target.read_text(encoding="utf-8")
    target.write_text(first.splitlines()[0] + "\n", encoding="utf-8")
    target.chmod(0o640)
    assert compiled(county, target, "--lang", "en").stdout == f"wrote {target}\n"
    assert target.read_text(encoding="utf-8") == first
    assert stat.S_IMODE(target.stat().st_mode) == 0o640


@pytest.mark.parametrize("way", ["itself", "dots", "link", "hard link"])
def test_never_over_its_source(policy: Path, way: str) -> None:
    text = policy.read_bytes()
    output = {
        "itself": policy,
        "dots": policy.parent / ".." / "p" / policy.name,
        "link": policy.with_name("link.py"),
        "hard link": policy.with_name("hard.py"),
    }[way]
    if way == "link":
        output.symlink_to(policy)
    if way == "hard link":
        os.link(policy, output)
    for lang, said in (("zh", "读的就是这个文件"), ("en", "that this command reads")):
        done = compiled(policy, output, "--lang", lang)
        assert (done.exit_code, done.stdout) == (2, "")
        assert "P0813" in done.stderr
        assert said in done.stderr
        assert policy.read_bytes() == text
    assert compiled(policy, policy.with_suffix(".py")).exit_code == 0, "as the message advises"


def test_never_over_a_layer_above(tmp_path: Path) -> None:
    (tmp_path / "省.policy").write_text(
        "政策 某省\n对象 户\n  收入 : 元\n规则 户 甲 : 元\n  为 收入\n", encoding="utf-8"
    )
    (tmp_path / "县.policy").write_text("政策 某县\n  上级 某省\n", encoding="utf-8")
    (tmp_path / "made.py").symlink_to("省.policy")
    before = (tmp_path / "省.policy").read_bytes()
    done = compiled(tmp_path / "县.policy", tmp_path / "made.py")
    assert (done.exit_code, "P0813" in done.stderr) == (2, True)
    assert (tmp_path / "省.policy").read_bytes() == before


@pytest.mark.parametrize("name", ["notes.py", "other.policy", "facts.json"])
def test_never_over_what_it_did_not_write(county: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("# by hand\n", encoding="utf-8")
    done = compiled(county, tmp_path / name)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "[P0813]" in done.stderr
    assert (tmp_path / name).read_text(encoding="utf-8") == "# by hand\n"


def test_into_a_pipe_which_stays_one(county: Path, tmp_path: Path) -> None:
    pipe, got = tmp_path / "pipe.py", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_text(encoding="utf-8")))
    reader.start()
    assert compiled(county, pipe).exit_code == 0
    reader.join(20)
    assert stat.S_ISFIFO(pipe.lstat().st_mode)
    compiled(county, tmp_path / "made.py")
    assert got == [(tmp_path / "made.py").read_text(encoding="utf-8")]


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="no /dev/stdout here")
def test_to_standard_output_nothing_else_is_printed(county: Path, tmp_path: Path) -> None:
    compiled(county, tmp_path / "made.py")
    whole = (tmp_path / "made.py").read_bytes()
    calls = {
        "$POLICY compile {0} -o /dev/stdout": whole,
        "$POLICY compile {0} -o /dev/stdout | cat": whole,
        "$POLICY compile {0} -o /dev/stdout > {1}/a.py; cat {1}/a.py": whole,
        "$POLICY compile {0} -o >(cat > {1}/b.py; echo done > {1}/c) > /dev/null; until [ -e {1}/c ]; do sleep 0.05; done; cat {1}/b.py": whole,
        "$POLICY compile {0} -o /dev/stdout | head -1": whole.partition(b"\n")[0] + b"\n",
        "$POLICY compile {0} -o /dev/null": "已写 /dev/null\n".encode(),
    }
    for call, wanted in calls.items():
        done = piped(call.format(county, tmp_path))
        assert (done.stdout, done.stderr) == (wanted, b""), call
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_a_device_without_room(county: Path) -> None:
    done = piped(f"$POLICY compile {county} -o /dev/full")
    assert (done.returncode, done.stdout, "磁盘满了" in done.stderr.decode()) == (1, b"", True)


# --- interrupted

_RUN = """
import os, signal, sys
part = sys.argv.pop(1)
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == part:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
from policy_dsl.__main__ import main
main()
"""


@pytest.mark.parametrize(
    "part",
    [
        "policy_dsl.cli.group",
        "click",
        "policy_dsl.diagnostics.report",
        "policy_dsl.library",
        "policy_dsl.cache",
        "policy_dsl.backends.standalone",
        "policy_dsl.writing",
        "policy_dsl.cli.compile",
    ],
)
def test_an_interrupt_is_quiet_from_the_first_moment_on(county: Path, tmp_path: Path, part: str) -> None:
    """While the parts of the command are loaded, too."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, part, "compile", county, "-o", tmp_path / "made.py"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT), "POLICY_DSL_CACHE": "0"},
        timeout=60,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")
    assert not list(tmp_path.iterdir())


def test_an_interrupt_of_help_is_quiet(tmp_path: Path) -> None:
    """It loads every command."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "policy_dsl.cli.schema", "--help"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        cwd=tmp_path,
    )
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


def test_where_interrupts_are_ignored_they_stay_so(county: Path, tmp_path: Path) -> None:
    """As in a script that goes on in the background."""
    done = subprocess.run(
        [sys.executable, "-c", _RUN, "click", "compile", county, "-o", tmp_path / "made.py"],
        capture_output=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        timeout=60,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_IGN),
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert (tmp_path / "made.py").exists()
