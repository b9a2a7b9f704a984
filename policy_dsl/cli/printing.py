"""What is printed: results to standard output, diagnostics to standard error, both as UTF-8; and failing, which prints why."""

from __future__ import annotations

import errno
import os
import sys
from typing import Any, NoReturn

from ..diagnostics.report import Diagnostic, diagnostic
from ..source import visible


def colour(stream: Any) -> bool:
    return bool(stream.isatty()) and not os.environ.get("NO_COLOR")


def utf8(text: str) -> bytes:
    """The text as bytes; a path that the locale could not read comes out as it was given."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")


def say(text: str, lang: str) -> None:
    """To standard output, as UTF-8 whatever the locale; a closed pipe ends the command quietly."""
    put(utf8(visible(text)) + b"\n", lang)


def say_json(data: Any, lang: str) -> None:
    from ..outputs import dump

    say(dump(data), lang)


def put(raw: bytes, lang: str) -> None:
    """The same with what is printed as it is."""
    try:
        if sys.stdout is None:
            raise OSError(errno.EBADF, os.strerror(errno.EBADF))
        sys.stdout.buffer.write(raw)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _discard()
        sys.exit(0)
    except OSError as error:
        unwritable(error, lang)


def _discard() -> None:
    """What is still on its way to standard output goes nowhere, so that nothing fails once more at the end."""
    if sys.stdout is not None:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def unwritable(error: OSError, lang: str) -> NoReturn:
    from ..library import why_unreadable

    _discard()
    zh, en = why_unreadable(error)
    path = "标准输出" if lang == "zh" else "standard output"
    fail([diagnostic("P0807", path=path, reason=zh, reason_en=en)], lang)


def complain(found: tuple[Diagnostic, ...] | list[Diagnostic], lang: str) -> None:
    """Diagnostics to standard error."""
    from ..diagnostics.render import text

    out = text(found, lang, colour(sys.stderr))
    try:
        sys.stderr.buffer.write(utf8(out) + b"\n")
        sys.stderr.buffer.flush()
    except OSError:
        pass


def fail(found: tuple[Diagnostic, ...] | list[Diagnostic], lang: str) -> NoReturn:
    complain(found, lang)
    codes = {d.code for d in found}
    sys.exit(2 if codes <= {"P0801", "P0802", "P0803", "P0804", "P0810", "P0811", "P0812", "P0813"} else 1)


def counted(n: int, one: str, many: str = "") -> str:
    return f"{n} {one if n == 1 else many or one + 's'}"
