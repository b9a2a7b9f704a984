"""Writing files: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path

from .diagnostics.report import Diagnostic, PolicyError, diagnostic
from .library import why_unreadable


def write_whole(output: str, text: str) -> None:
    """Writes beside and renames, so that nobody ever sees half a file. Raises PolicyError P0807."""
    target = Path(output)
    temporary = None
    try:
        handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".policy-")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(temporary, 0o644)
        os.replace(temporary, target)
    except BaseException as error:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)
        if isinstance(error, OSError):
            raise PolicyError([unwritable(output, error)]) from None
        raise


def unwritable(path: str, error: OSError) -> Diagnostic:
    """P0807 with the reason; what is missing is the folder in which it should be."""
    zh, en = why_unreadable(error)
    if isinstance(error, FileNotFoundError):
        zh, en = "没有这个文件夹", "no such folder"
    return diagnostic("P0807", at=path, path=path, reason=zh, reason_en=en)
