"""Writing files: whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from ..diagnostics.report import PolicyError, diagnostic
from ..library import why_unreadable


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
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        zh, en = why_unreadable(error)
        if isinstance(error, FileNotFoundError):
            zh, en = "没有这个文件夹", "no such folder"
        raise PolicyError([diagnostic("P0807", at=output, path=output, reason=zh, reason_en=en)]) from None
