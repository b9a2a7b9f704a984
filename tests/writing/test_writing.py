"""`policy_dsl.writing`: whole or not at all, never over what somebody else wrote, nothing left beside it."""

from __future__ import annotations

import os
import resource
import socket
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from policy_dsl import PolicyError, writing
from policy_dsl.writing import device, is_stage, stage, standard_output, write

ROOT = Path(__file__).parents[2]
MARK = "written by this test"
TEXT = f"# {MARK}\nnew 新\n"
OLD = f"# {MARK}\nold\n"


def told(output: object, text: str = TEXT, read: tuple[str, ...] = ()) -> tuple[str, str]:
    """The code and the Chinese message with which a write is refused."""
    with pytest.raises(PolicyError) as error:
        write(str(output), text, MARK, read)
    (found,) = error.value.diagnostics
    assert found.path == str(output)
    assert found.help_zh
    assert found.help_en
    return found.code, found.zh


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """An empty folder in which no stage is left at the end."""
    yield tmp_path
    assert not [p for p in tmp_path.rglob("*") if is_stage(p.name)]


@pytest.fixture
def umask() -> Iterator[Callable[[int], None]]:
    before = os.umask(0o022)
    yield lambda mask: [os.umask(mask)][1:] and None
    os.umask(before)


# --- regular files


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_a_new_file_has_the_rights_that_the_umask_leaves(folder: Path, umask: Callable[[int], None], mask: int) -> None:
    umask(mask)
    write(str(folder / "a"), TEXT, MARK)
    assert (folder / "a").read_text(encoding="utf-8") == TEXT
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o666 & ~mask


@pytest.mark.parametrize("mode", [0o600, 0o640, 0o755, 0o664])
def test_its_own_file_is_written_anew_and_keeps_its_rights(folder: Path, mode: int) -> None:
    path = folder / "a"
    path.write_text(OLD, encoding="utf-8")
    path.chmod(mode)
    write(str(path), TEXT, MARK)
    assert path.read_text(encoding="utf-8") == TEXT
    assert stat.S_IMODE(path.stat().st_mode) == mode


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a file away")
def test_its_own_file_keeps_its_owner(folder: Path) -> None:
    path = folder / "a"
    path.write_text(OLD, encoding="utf-8")
    os.chown(path, 65534, 65534)
    write(str(path), TEXT, MARK)
    assert (path.stat().st_uid, path.stat().st_gid) == (65534, 65534)


@pytest.mark.parametrize(
    "text",
    ["by hand\n", f"by hand\n# {MARK}\n", "x" * writing.HEAD + MARK, "\0", " "],
    ids=["by hand", "the mark further down", "the mark too far", "NUL", "a space"],
)
def test_what_somebody_else_wrote_stays(folder: Path, text: str) -> None:
    path = folder / "a"
    path.write_text(text, encoding="utf-8")
    before = path.stat()
    assert told(path) == ("P0813", f"不写到 {path}：那里的文件不是这个命令写的")
    assert path.read_text(encoding="utf-8") == text
    assert path.stat() == before or path.stat().st_mtime_ns == before.st_mtime_ns


def test_an_empty_file_holds_nothing_to_lose(folder: Path) -> None:
    (folder / "a").touch(0o600)
    write(str(folder / "a"), TEXT, MARK)
    assert (folder / "a").read_text(encoding="utf-8") == TEXT
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize("name", ["县.policy", "县.POLICY", "link.py"])
@pytest.mark.parametrize("there", [True, False])
def test_a_policy_file_is_never_a_goal(folder: Path, name: str, there: bool) -> None:
    """Whatever it holds, whether it is there or not, under its own name or a link's."""
    source = folder / ("县.policy" if name == "link.py" else name)
    if there:
        source.write_text(OLD, encoding="utf-8")
    if name == "link.py":
        (folder / name).symlink_to(source)
    assert told(folder / name)[0] == "P0813"
    assert source.read_text(encoding="utf-8") == OLD if there else not source.exists()


@pytest.mark.parametrize("way", ["plain", "dots", "link", "folder link", "hard link", "relative"])
def test_what_was_read_is_never_a_goal_however_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    """By device and inode; this source even bears the mark."""
    source = folder / "in.txt"
    source.write_text(OLD, encoding="utf-8")
    (folder / "link").symlink_to("in.txt")
    (folder / "here").symlink_to(".")
    os.link(source, folder / "other")
    (folder / "sub").mkdir()
    monkeypatch.chdir(folder)
    output = {
        "plain": str(source),
        "dots": f"{folder}/sub/../in.txt",
        "link": "link",
        "folder link": "here/in.txt",
        "hard link": "other",
        "relative": "./in.txt",
    }[way]
    code, said = told(output, read=("missing", str(source)))
    assert (code, "读的就是" in said) == ("P0813", True)
    assert source.read_text(encoding="utf-8") == OLD


def test_another_name_of_its_own_file_keeps_the_old_text(folder: Path) -> None:
    """A hard link: the new text gets the name that was asked for, and no other."""
    (folder / "a").write_text(OLD, encoding="utf-8")
    os.link(folder / "a", folder / "b")
    write(str(folder / "a"), TEXT, MARK)
    assert (folder / "a").read_text(encoding="utf-8") == TEXT
    assert (folder / "b").read_text(encoding="utf-8") == OLD


@pytest.mark.parametrize("there", [True, False])
def test_a_link_is_followed_and_stays(folder: Path, there: bool) -> None:
    (folder / "far").mkdir()
    (folder / "a").symlink_to("far/b")
    if there:
        (folder / "far" / "b").write_text(OLD, encoding="utf-8")
    write(str(folder / "a"), TEXT, MARK)
    assert os.readlink(folder / "a") == "far/b"
    assert (folder / "far" / "b").read_text(encoding="utf-8") == TEXT
    assert not (folder / "far" / "b").is_symlink()


def test_a_link_to_what_somebody_else_wrote_stays(folder: Path) -> None:
    (folder / "b").write_text("by hand", encoding="utf-8")
    (folder / "a").symlink_to("b")
    assert told(folder / "a")[0] == "P0813"
    assert (folder / "b").read_text(encoding="utf-8") == "by hand"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("no/a", "没有这个文件夹"),
        ("no/", "没有这个文件夹"),
        ("folder", "这是文件夹"),
        ("folder/", "这是文件夹"),
        ("file/a", "路径中间不是文件夹"),
        ("file/", "路径中间不是文件夹"),
        ("loop", "符号链接绕成了圈"),
        ("lost", "没有这个文件夹"),
        ("x" * 300, "名称太长"),
        ("a\0b", "没有这样的路径"),
        ("socket", "这是套接字"),
    ],
    ids=range(11),
)
def test_where_nothing_can_be_written(folder: Path, name: str, reason: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    Path("folder").mkdir()
    Path("file").write_text(OLD, encoding="utf-8")
    Path("loop").symlink_to("loop")
    Path("lost").symlink_to("no/a")
    with socket.socket(socket.AF_UNIX) as bound:
        bound.bind("socket")
        before = sorted(Path().rglob("*"))
        code, said = told(name)
    assert (code, said.endswith(f"：{reason}")) == ("P0807", True), said
    assert sorted(Path().rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is forbidden to the administrator")
def test_a_closed_folder_and_a_closed_file(folder: Path) -> None:
    (folder / "a").write_text(OLD, encoding="utf-8")
    (folder / "a").chmod(0o400)
    assert told(folder / "a")[0] == "P0807"
    folder.chmod(0o500)
    assert told(folder / "b")[0] == "P0807"
    folder.chmod(0o700)


def test_a_file_that_must_not_grow_so_large(folder: Path) -> None:
    """A limit on the size of files stands in for a full disk."""
    (folder / "a").write_text(OLD, encoding="utf-8")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, hard))
    try:
        code, said = told(folder / "a", TEXT + "x" * 100_000)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert (code, said.endswith("文件太大")) == ("P0807", True)
    assert (folder / "a").read_text(encoding="utf-8") == OLD
    assert [p.name for p in folder.iterdir()] == ["a"]


@pytest.mark.parametrize("step", ["mkdir", "open", "fsync", "chmod", "replace"])
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), MemoryError()])
def test_whatever_goes_wrong_the_old_file_is_there_and_nothing_else(
    folder: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: BaseException
) -> None:
    (folder / "a").write_text(OLD, encoding="utf-8")
    real = getattr(os, step)

    def fails(*args: object, **more: object) -> object:
        if step == "open" and not str(args[0]).endswith("new"):
            return real(*args, **more)
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fails)
        with pytest.raises(PolicyError if isinstance(error, OSError) else type(error)):
            write(str(folder / "a"), TEXT, MARK)
    assert (folder / "a").read_text(encoding="utf-8") == OLD
    assert [p.name for p in folder.iterdir()] == ["a"]


def test_of_two_writers_the_last_wins_whole(folder: Path) -> None:
    texts = [f"# {MARK}\n" + letter * 300_000 for letter in "甲乙"]
    seen, over = set(), threading.Event()

    def watch() -> None:
        while not over.is_set():
            seen.add((folder / "a").read_text(encoding="utf-8"))

    write(str(folder / "a"), texts[0], MARK)
    threads = [
        threading.Thread(target=lambda t=text: [write(str(folder / "a"), t, MARK) for _ in range(20)]) for text in texts
    ]
    watcher = threading.Thread(target=watch)
    for thread in (watcher, *threads):
        thread.start()
    for thread in threads:
        thread.join()
    over.set()
    watcher.join()
    assert seen <= set(texts)
    assert [p.name for p in folder.iterdir()] == ["a"]


# --- what is no regular file


def test_into_a_pipe(folder: Path) -> None:
    path = folder / "pipe"
    os.mkfifo(path)
    got: list[str] = []
    reader = threading.Thread(target=lambda: got.append(path.read_text(encoding="utf-8")))
    reader.start()
    long = TEXT + "长" * 200_000
    write(str(path), long, MARK)
    reader.join(20)
    assert got == [long]
    assert stat.S_ISFIFO(path.lstat().st_mode)


def test_a_pipe_that_nobody_reads_is_not_waited_for(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writing, "WAIT", 0.1)
    os.mkfifo(folder / "pipe")
    assert told(folder / "pipe") == ("P0807", f"写不了 {folder / 'pipe'}：没有人读这个管道")
    assert stat.S_ISFIFO((folder / "pipe").lstat().st_mode)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full here")
def test_devices_are_written_into(folder: Path) -> None:
    before = [os.stat(path) for path in ("/dev/null", "/dev/full")]
    write("/dev/null", TEXT, MARK)
    (folder / "null").symlink_to("/dev/null")
    write(str(folder / "null"), TEXT, MARK)
    assert told("/dev/full")[1].endswith("磁盘满了")
    after = [os.stat(path) for path in ("/dev/null", "/dev/full")]
    assert [(x.st_ino, x.st_mode) for x in after] == [(x.st_ino, x.st_mode) for x in before]


def test_a_disk_is_not_written_into(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "disk").write_text("a file system", encoding="utf-8")
    real = os.stat

    def block(path: object, **more: bool) -> os.stat_result:
        info = real(path, **more)  # type: ignore[arg-type]
        return os.stat_result((stat.S_IFBLK | 0o660, *info[1:]))

    with monkeypatch.context() as patch:
        patch.setattr(os, "stat", block)
        code, said = told(folder / "disk")
    assert (code, said.endswith("这是磁盘")) == ("P0807", True)
    assert (folder / "disk").read_text(encoding="utf-8") == "a file system"


_STREAM = "import sys; from policy_dsl.writing import *; print(standard_output(sys.argv[1]), file=sys.stderr); write(sys.argv[1], 'x mark\\n', 'mark')"


@pytest.mark.parametrize("path", ["/dev/stdout", "/proc/self/fd/1"])
@pytest.mark.parametrize("mode", ["wb", "ab"])
def test_standard_output_is_written_into_where_it_is_a_file_too(folder: Path, path: str, mode: str) -> None:
    """It is open already: a file in its place would get none of what follows."""
    if not Path(path).exists():
        pytest.skip(f"no {path} here")
    goal = folder / "out"
    goal.write_text("before\n", encoding="utf-8")
    with goal.open(mode) as file:
        done = subprocess.run(
            [sys.executable, "-c", _STREAM, path],
            stdout=file,
            stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            timeout=60,
        )
        file.write(b"after\n")
    assert done.stderr == b"True\n"
    assert goal.read_text(encoding="utf-8") == ("before\n" if mode == "ab" else "") + "x mark\nafter\n"


def test_what_is_not_standard_output(folder: Path) -> None:
    assert not standard_output(str(folder / "a"))
    assert not standard_output("a\0b")


# --- stages


def test_a_stage_is_private_and_goes(folder: Path) -> None:
    with stage(str(folder)) as path:
        assert is_stage(os.path.basename(path))
        assert stat.S_IMODE(os.stat(path).st_mode) == 0o700
        Path(path, "a").write_text("x", encoding="utf-8")
    assert not list(folder.iterdir())


def test_the_stages_of_the_killed_go_those_of_the_living_and_other_folders_stay(folder: Path) -> None:
    dead = folder / f".policy-stage-{'0' * 16}"
    (dead / "new").mkdir(parents=True)
    (dead / "new" / "a").write_text("half", encoding="utf-8")
    others = [folder / ".policy-stage-notes", folder / f".policy-stage-{'0' * 17}", folder / ".policy-new"]
    for other in others:
        other.mkdir()
        (other / "a").write_text("mine", encoding="utf-8")
    with stage(str(folder)) as living:
        write(str(folder / "a"), TEXT, MARK)
        assert os.path.isdir(living)
        assert not dead.exists()
    for other in others:
        assert (other / "a").read_text(encoding="utf-8") == "mine"
        (other / "a").unlink()
        other.rmdir()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_the_stages_of_others_stay(tmp_path: Path) -> None:
    other = tmp_path / f".policy-stage-{'1' * 16}"
    other.mkdir()
    os.chown(other, 65534, 65534)
    write(str(tmp_path / "a"), TEXT, MARK)
    assert other.is_dir()


def test_a_link_that_is_called_like_a_stage_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "a").write_text("mine", encoding="utf-8")
    (tmp_path / f".policy-stage-{'2' * 16}").symlink_to("mine")
    write(str(tmp_path / "b"), TEXT, MARK)
    assert (tmp_path / "mine" / "a").read_text(encoding="utf-8") == "mine"


def test_a_file_system_without_locks(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(*_: object) -> None:
        raise OSError(95, "Operation not supported")

    with monkeypatch.context() as patch:
        patch.setattr(writing.fcntl, "flock", unable)
        write(str(folder / "a"), TEXT, MARK)
    assert [p.name for p in folder.iterdir()] == ["a"]


def test_somebody_clears_a_stage_before_it_is_locked(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real, calls = os.mkdir, []

    def cleared(path: str, *mode: int) -> None:
        real(path, *mode)
        calls.append(path)
        if len(calls) == 1:
            os.rmdir(path)

    monkeypatch.setattr(os, "mkdir", cleared)
    write(str(folder / "a"), TEXT, MARK)
    assert len(calls) == 2
    assert (folder / "a").read_text(encoding="utf-8") == TEXT


# --- names


@pytest.mark.parametrize(
    "name", ["CON", "con", "Nul.txt", "AUX.a.b", "COM1", "lpt9", "COM¹", "PRN ", "nul .md", "CONIN$"]
)
def test_devices_of_windows(name: str) -> None:
    assert device(name)


@pytest.mark.parametrize("name", ["CONSOLE", "清水县", "", "COM", "COM10", "XCON", "a.con", "CON_", "LPTX"])
def test_no_devices_of_windows(name: str) -> None:
    assert not device(name)
