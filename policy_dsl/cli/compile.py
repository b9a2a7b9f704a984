"""The command `policy compile`."""

from __future__ import annotations

import sys

import click

from .given import proper
from .guarded import guarded
from .options import lang_option
from .printing import complain, put, say


@click.command()
@click.argument("policy")
@click.option("-o", "--output", metavar="FILE.py", help="写到这个文件 / write to this file.")
@click.option(
    "--check",
    "checked",
    metavar="[FILE.py]",
    is_flag=False,
    flag_value="",
    help="不写，只看文件是不是最新的 / write nothing, see whether the file is up to date.",
)
@lang_option
@guarded
def compile(policy: str, output: str | None, checked: str | None, lang: str) -> None:
    """把政策编译成可读、可独立导入的 Python。 / Compile a policy to readable, standalone Python."""
    from .. import library
    from ..backends.standalone import MARK, left_out_of, standalone
    from ..diagnostics.report import diagnostic
    from ..loading import loaded
    from ..writing import standard_output, write

    file = checked or output
    if not file or (checked and output):
        raise click.UsageError("写 -o FILE.py，或者 --check FILE.py / give -o FILE.py, or --check FILE.py")
    layers = library.find(policy if library.is_path(policy) else proper(policy))
    program = loaded(layers).program
    text = standalone(program)
    if checked is not None:
        if stale := _stale(file, text):
            complain(
                [diagnostic("P0823", at=file, path=file, policy=policy, reason=stale[0], reason_en=stale[1])], lang
            )
            sys.exit(1)
        say(f"{file} 是最新的" if lang == "zh" else f"{file} is up to date", lang)
    elif standard_output(file):  # then that is all that is printed
        put(text.encode(), lang)
    else:
        write(file, text, MARK, [file.path for layer in layers for file in layer.files])
        say(f"已写 {file}" if lang == "zh" else f"wrote {file}", lang)
    if left := left_out_of(program):
        complain([diagnostic("P0822", at=policy, outputs="、".join(left) if lang == "zh" else ", ".join(left))], lang)


def _stale(file: str, text: str) -> tuple[str, str] | None:
    """Why a file is not what is compiled now; None where it is."""
    from ..library import why_unreadable

    try:
        with open(file, "rb") as opened:
            there = opened.read(len(text) * 4 + 1)
    except (OSError, ValueError) as error:
        return why_unreadable(error) if isinstance(error, OSError) else ("没有这样的路径", "no such path")
    return None if there == text.encode() else ("内容不同", "it differs")
