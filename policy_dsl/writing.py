"""Writing files and folders: whole or not at all, and never over what somebody else wrote.

What is to be written is laid into a *stage*, a folder beside its goal that is open to this user alone, and moved from there by one
rename. So nobody ever sees half of it, and a writer that is killed leaves the goal as it was. A stage is locked as long as its writer
lives; whoever writes beside it later takes away the stages that nobody holds any more.
"""

from __future__ import annotations

import errno
import os
import re
import stat
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from .diagnostics.report import Diagnostic, PolicyError, diagnostic
from .library import why_unreadable

if sys.platform != "win32":
    import fcntl

HEAD = 4096  # bytes in which the first line of a file of ours ends
WAIT = 5.0  # seconds in which somebody must begin to read a pipe
_STAGE = re.compile(r"\.policy-stage-[0-9a-f]{16}")
# the reserved names of Windows, whatever stands behind a dot; it takes the small raised digits for digits
_DEVICES = re.compile(r"(?:CON|PRN|AUX|NUL|CONIN\$|CONOUT\$|CLOCK\$|(?:COM|LPT)[0-9¹²³])\s*", re.IGNORECASE)


def write(output: str, text: str, mark: str, read: Iterable[str] = ()) -> None:
    """Writes a text to where `output` leads: a new file, or one whose first line holds `mark`, as the text's own first line does.

    A link is followed, and stays. Into what is no regular file, such as a pipe or a device, the text is written. `read`: the files that the
    text was made of. Raises PolicyError: P0807 what cannot be written, P0813 what is not written over.
    """
    raw = text.encode()
    try:
        there = _there(output)
        if there is not None and not _replaceable(there):
            _into(output, there, raw)
            return
        target = os.path.realpath(output)
        _refuse(output, target, there, mark, read)
        put(target, raw, like=there)
    except OSError as error:
        raise PolicyError([unwritable(output, error)]) from None
    except ValueError:  # a NUL or half a character in the name
        raise PolicyError([_unwritable(output, "没有这样的路径", "no such path")]) from None


def put(path: str, raw: bytes, mode: int = 0o666, like: os.stat_result | None = None, settled: bool = True) -> None:
    """Puts a file at `path`, whatever stands there, with the rights of the file `like` where one is given. Raises OSError."""
    with stage(os.path.dirname(path) or os.curdir) as folder:
        made = os.path.join(folder, "new")
        lay(made, raw, mode, settled)
        if like is not None:
            alike(made, like)
        os.replace(made, path)


def lay(path: str, raw: bytes, mode: int = 0o666, settled: bool = False) -> None:
    """Writes a new file in a stage. Raises OSError. Settled: it is on the disk before it gets its name, so that a power cut leaves no empty one."""
    with open(path, "xb", opener=lambda name, flags: os.open(name, flags, mode)) as file:
        file.write(raw)
        if settled:
            file.flush()
            os.fsync(file.fileno())


def alike(path: str, like: os.stat_result) -> None:
    """Gives what has been made the owner, as far as this user may, and the rights of what it replaces."""
    if hasattr(os, "chown"):
        with suppress(OSError):
            os.chown(path, like.st_uid, like.st_gid)
    os.chmod(path, stat.S_IMODE(like.st_mode) & 0o777)


@contextmanager
def stage(where: str) -> Iterator[str]:
    """A new folder in `where` in which things are laid; gone at the end, with what is still in it. Raises OSError."""
    path, lock = _stage(where)
    try:
        yield path
        _clear(where)
    finally:
        _remove(path)
        if lock is not None:
            os.close(lock)


def is_stage(name: str) -> bool:
    """Whether a folder of this name is a stage."""
    return _STAGE.fullmatch(name) is not None


def unwritable(path: str, error: OSError) -> Diagnostic:
    """P0807 with the reason; what is missing is the folder in which it should be."""
    zh, en = why_unreadable(error)
    if isinstance(error, FileNotFoundError):
        zh, en = "没有这个文件夹", "no such folder"
    return _unwritable(path, zh, en)


def standard_output(path: str) -> bool:
    """Whether a path leads to where this process prints, as /dev/stdout does."""
    try:
        return _stream(os.stat(path)) == 1
    except (OSError, ValueError):
        return False


def device(name: str) -> bool:
    """Whether Windows takes a file or folder of this name for a device (CON, nul.txt), so that it cannot hold one."""
    return _DEVICES.fullmatch(name.partition(".")[0]) is not None


def _unwritable(path: str, zh: str, en: str) -> Diagnostic:
    return diagnostic("P0807", at=path, path=path, reason=zh, reason_en=en)


# --- what is there


def _there(output: str) -> os.stat_result | None:
    """What the path leads to; None where that is to be made."""
    try:
        return os.stat(output)
    except FileNotFoundError:
        if output.endswith(os.sep):  # a folder is meant
            raise
        return None


def _stream(info: os.stat_result) -> int | None:
    """Which of this process's own streams this is: 1 or 2. Such a file is being written to, and must not be replaced."""
    for number in (1, 2):
        with suppress(OSError):
            if os.path.samestat(info, os.fstat(number)):
                return number
    return None


def _replaceable(info: os.stat_result) -> bool:
    return stat.S_ISREG(info.st_mode) and _stream(info) is None


def _refuse(output: str, target: str, there: os.stat_result | None, mark: str, read: Iterable[str]) -> None:
    """Raises PolicyError P0813 for a source and for a file that was not written with this mark, OSError where nothing may be written."""
    sources = (
        "编译结果另起一个名称，例如以 .py 结尾的",
        "give the result a name of its own, one that ends in .py for instance",
    )
    reason, hint = None, None
    if any(os.path.splitext(path)[1].lower() == ".policy" for path in (output, target)):
        reason, hint = ("这是政策文件的名称", "it is the name of a policy file"), sources
    elif there is None:
        return
    elif any(_same(there, path) for path in read):
        reason, hint = ("这个命令读的就是这个文件", "it is a file that this command reads"), sources
    elif there.st_size and not _marked(target, mark):  # an empty file holds nothing that could be lost
        reason = "那里的文件不是这个命令写的", "the file there was not written by this command"
    elif not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
    if reason is not None:
        zh, en = reason
        raise PolicyError([diagnostic("P0813", at=output, path=output, reason=zh, reason_en=en, hint=hint)])


def _same(info: os.stat_result, path: str) -> bool:
    """Whether the path leads there: another spelling, a link or another name of the file is the same file."""
    try:
        return os.path.samestat(info, os.stat(path))
    except OSError:
        return False


def _marked(path: str, mark: str) -> bool:
    """Whether the file's first line holds the mark. What may have become a pipe meanwhile is not waited for."""
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        return mark.encode() in (file.read(HEAD) or b"").partition(b"\n")[0]


# --- what is no regular file


def _into(output: str, there: os.stat_result, raw: bytes) -> None:
    """Opens and writes. Raises OSError, or PolicyError P0807 for what takes no text, or holds something else."""
    if stat.S_ISDIR(there.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
    if stat.S_ISSOCK(there.st_mode):
        raise PolicyError([_unwritable(output, "这是套接字", "it is a socket")])
    if stat.S_ISBLK(there.st_mode):
        raise PolicyError([_unwritable(output, "这是磁盘", "it is a disk")])
    number = _stream(there)
    handle = _opened(output, stat.S_ISFIFO(there.st_mode)) if number is None else os.dup(number)
    with os.fdopen(handle, "wb") as file:
        if number is None and stat.S_ISREG(os.fstat(handle).st_mode):
            raise PolicyError([_unwritable(output, "那里的东西刚刚变了", "what is there has just changed")])
        file.write(raw)


def _opened(output: str, pipe: bool) -> int:
    """Opened for writing; nobody waits for ever for somebody to read a pipe. Raises OSError, or PolicyError P0807 when nobody does."""
    end = time.monotonic() + WAIT
    while True:
        try:
            handle = os.open(output, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0))
        except OSError as error:
            if error.errno != errno.ENXIO or not pipe:
                raise
            if time.monotonic() > end:
                raise PolicyError([_unwritable(output, "没有人读这个管道", "nobody reads this pipe")]) from None
            time.sleep(0.05)
        else:
            if hasattr(os, "O_NONBLOCK"):
                os.set_blocking(handle, True)
            return handle


# --- stages


def _stage(where: str) -> tuple[str, int | None]:
    """A new stage and the handle that locks it, if the file system has locks."""
    while True:
        path = os.path.join(where, f".policy-stage-{os.urandom(8).hex()}")
        os.mkdir(path, 0o700)
        try:
            return path, _lock(path)
        except (BlockingIOError, FileNotFoundError):
            continue  # somebody who clears up came between
        except OSError:
            return path, None


def _lock(path: str) -> int:
    """A handle that locks the stage until it is closed. Raises OSError: BlockingIOError where somebody else holds it, FileNotFoundError where it is gone."""
    if sys.platform == "win32":
        raise OSError(errno.ENOSYS, os.strerror(errno.ENOSYS))
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if not os.path.samestat(os.fstat(handle), os.lstat(path)):
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
    except BaseException:
        os.close(handle)
        raise
    return handle


def _clear(where: str) -> None:
    """Takes away the stages of this user's writers that were killed."""
    if sys.platform == "win32":
        return
    with suppress(OSError):
        for name in filter(is_stage, os.listdir(where)):
            path = os.path.join(where, name)
            with suppress(OSError):
                handle = _lock(path)
                try:
                    if os.fstat(handle).st_uid == os.geteuid():
                        _remove(path)
                finally:
                    os.close(handle)


def _remove(path: str) -> None:
    try:
        os.rmdir(path)
    except OSError:
        import shutil

        shutil.rmtree(path, ignore_errors=True)
