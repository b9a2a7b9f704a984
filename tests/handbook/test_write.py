"""`policy docs` writes all pages or none, and never over a file that is not its own."""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from policy_dsl.cli import main
from policy_dsl.handbook import write as writing
from policy_dsl.handbook.book import pages
from policy_dsl.handbook.write import LIST

HERE = Path(__file__).parent
GIVEN = str(HERE / "1-nation.policy")


def docs(output: Path, given: str = GIVEN, *more: str) -> Result:
    return CliRunner().invoke(main, ["docs", given, "--output", str(output), *more], catch_exceptions=False)


def held(folder: Path) -> dict[str, str]:
    return {str(p.relative_to(folder)): p.read_text("utf-8") for p in sorted(folder.rglob("*")) if p.is_file()}


def written(folder: Path) -> dict[str, str]:
    return {k: v for k, v in held(folder).items() if k != LIST}


@pytest.mark.parametrize("there", [False, True])
def test_a_new_or_empty_folder_is_filled(tmp_path: Path, there: bool) -> None:
    target = tmp_path / "网页"
    if there:
        target.mkdir()
    done = docs(target)
    assert (done.exit_code, done.stderr) == (0, "")
    assert written(target) == pages(GIVEN)
    assert done.stdout == f"已写 {len(pages(GIVEN))} 页到 {target}\n"
    assert [p.name for p in tmp_path.iterdir()] == ["网页"]
    assert target.stat().st_mode & 0o777 == 0o777 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_own_pages_are_written_anew_as_a_whole(tmp_path: Path) -> None:
    """What the pages of before had too many is gone."""
    docs(tmp_path / "w", str(HERE), "--lang", "both")
    done = docs(tmp_path / "w", GIVEN, "--lang", "en")
    assert done.exit_code == 0
    assert done.stdout.startswith("wrote ")
    assert written(tmp_path / "w") == pages(GIVEN, "en")


@pytest.mark.parametrize("name", ["自己的.txt", "zh/index.md", ".git/config"])
def test_a_foreign_file_stops_it(tmp_path: Path, name: str) -> None:
    (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
    (tmp_path / name).write_text("自己写的", encoding="utf-8")
    done = docs(tmp_path, str(HERE), "--lang", "both")
    assert done.exit_code == 1
    assert "P0809" in done.stderr
    assert name in done.stderr
    assert held(tmp_path) == {name: "自己写的"}


def test_a_page_changed_by_hand_is_foreign(tmp_path: Path) -> None:
    docs(tmp_path / "w")
    page = tmp_path / "w" / "index.md"
    page.write_text("改过", encoding="utf-8")
    before = held(tmp_path / "w")
    done = docs(tmp_path / "w")
    assert "P0809" in done.stderr
    assert "index.md" in done.stderr
    assert held(tmp_path / "w") == before


def test_a_link_is_foreign(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "w").mkdir()
    (tmp_path / "w" / "zh").symlink_to(tmp_path / "elsewhere")
    assert "P0809" in docs(tmp_path / "w", GIVEN, "--lang", "both").stderr
    assert not list((tmp_path / "elsewhere").iterdir())


def test_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    for target, reason in ((tmp_path / "no" / "folder", "没有这个文件夹"), (tmp_path / "file", "这是文件，不是文件夹")):
        done = docs(target)
        assert done.exit_code == 1
        assert f"[P0807] 写不了 {target}：{reason}" in done.stderr


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to the administrator")
def test_no_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        assert "没有权限" in docs(tmp_path / "w").stderr
    finally:
        tmp_path.chmod(0o700)


def test_permission_refused_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(os, "mkdir", refuse)
        done = docs(tmp_path / "w", GIVEN, "--lang", "en")
    assert "[P0807] cannot write" in done.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("inside", "step"),
    [(False, 0), (False, 1), (False, 2), (True, 0), (True, 1), (True, 3), (True, 6)],
)
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_whoever_is_stopped_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, inside: bool, step: int, error: BaseException
) -> None:
    """While pages are laid (0), while the old ones are moved away, while the new ones are moved in; as a whole, and one by one."""
    docs(tmp_path / "w", str(HERE), "--lang", "both")
    before = held(tmp_path / "w")
    calls = {"n": 0}
    real = os.rename

    def fails(*args: str) -> None:
        calls["n"] += 1
        if calls["n"] == step:
            raise error
        real(*args)

    def fails_at_once(*_: object) -> None:
        raise error

    if inside:
        monkeypatch.chdir(tmp_path / "w")
    with monkeypatch.context() as patch:
        if step:
            patch.setattr(os, "rename", fails)
        else:
            patch.setattr(writing, "lay", fails_at_once)
        done = docs(tmp_path / "w", GIVEN, "--lang", "both")
    if isinstance(error, OSError):
        assert (done.exit_code, "磁盘满了" in done.stderr) == (1, True)
    else:
        assert (done.exit_code, done.stderr) == (130, "")
    assert held(tmp_path / "w") == before
    assert [p.name for p in tmp_path.iterdir()] == ["w"]


def test_a_folder_in_which_somebody_is_stays_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes into the folder in which he is does not end up in one that is gone."""
    docs(tmp_path / "w", str(HERE), "--lang", "both")
    monkeypatch.chdir(tmp_path / "w")
    before = os.stat(".").st_ino
    assert docs(Path(), GIVEN, "--lang", "en").exit_code == 0
    assert (os.stat(".").st_ino, (tmp_path / "w").stat().st_ino) == (before, before)
    assert written(tmp_path / "w") == pages(GIVEN, "en")


@pytest.mark.parametrize("number", [errno.EACCES, errno.EROFS, errno.EBUSY, errno.EXDEV])
def test_a_folder_that_cannot_be_moved_gets_its_pages_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    """It is a mount point, or nothing may be written beside it."""
    target = tmp_path / "w"
    docs(target, str(HERE), "--lang", "both")
    real = os.rename

    def fails(source: str, goal: str) -> None:
        if str(target) in (source, goal):
            raise OSError(number, os.strerror(number))
        real(source, goal)

    before = target.stat().st_ino
    with monkeypatch.context() as patch:
        patch.setattr(os, "rename", fails)
        assert docs(target, GIVEN, "--lang", "en").exit_code == 0
    assert target.stat().st_ino == before
    assert written(target) == pages(GIVEN, "en")
    assert [p.name for p in tmp_path.iterdir()] == ["w"]


@pytest.mark.parametrize("step", range(7))
def test_a_mixture_is_known_as_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: int) -> None:
    """A writer is killed while he exchanges one by one: whatever is there then, the next one writes anew."""
    target = tmp_path / "w"
    docs(target, str(HERE), "--lang", "both")
    monkeypatch.chdir(target)
    script = (
        "import os, sys\nfrom policy_dsl.cli import main\nreal, calls = os.rename, []\n"
        "def rename(*args):\n    calls.append(args)\n    len(calls) > int(sys.argv[1]) and os._exit(9)\n    real(*args)\n"
        "os.rename = rename\nmain(['docs', sys.argv[2], '--output', '.'])\n"
    )
    env = {**os.environ, "PYTHONPATH": str(HERE.parents[1])}
    done = subprocess.run([sys.executable, "-c", script, str(step), GIVEN], env=env, capture_output=True, timeout=60)
    assert done.returncode == 9, done.stderr.decode()
    assert docs(target, GIVEN, "--lang", "en").exit_code == 0
    assert written(target) == pages(GIVEN, "en")


def test_rights_and_a_link_stay(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir(mode=0o700)
    (tmp_path / "w").symlink_to("real")
    assert docs(tmp_path / "w").exit_code == 0
    assert (tmp_path / "w").is_symlink()
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o700
    assert written(tmp_path / "real") == pages(GIVEN)


def test_a_list_that_is_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    docs(tmp_path / "w")
    (tmp_path / "w" / LIST).unlink()
    os.mkfifo(tmp_path / "w" / LIST)
    assert "P0809" in docs(tmp_path / "w").stderr


def test_what_does_not_compile_writes_nothing(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    (tmp_path / "p" / "a.policy").write_text("政策 甲\n规则 家庭 乙 : 元\n  为 1\n", encoding="utf-8")
    done = docs(tmp_path / "w", str(tmp_path / "p"))
    assert done.exit_code == 1
    assert "P0201" in done.stderr
    assert not (tmp_path / "w").exists()


@pytest.mark.parametrize(("given", "code", "exit_code"), [("没有", "P0801", 2), ("./没有.policy", "P0129", 1)])
def test_an_unknown_policy(tmp_path: Path, given: str, code: str, exit_code: int) -> None:
    done = docs(tmp_path / "w", given)
    assert code in done.stderr
    assert done.exit_code == exit_code
    assert not (tmp_path / "w").exists()


def test_an_empty_folder_has_no_policy(tmp_path: Path) -> None:
    (tmp_path / "p").mkdir()
    assert "P0806" in docs(tmp_path / "w", str(tmp_path / "p")).stderr


def test_a_folder_needs_no_slash_and_a_shipped_name_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("mine", "gansu"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.policy").write_text((HERE / "1-nation.policy").read_text("utf-8"), encoding="utf-8")
    docs(tmp_path / "w", "mine")
    assert (tmp_path / "w" / "上国").is_dir()
    docs(tmp_path / "v", "gansu")
    assert (tmp_path / "v" / "甘肃省").is_dir()
