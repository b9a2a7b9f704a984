"""The command `policy compile`."""

from __future__ import annotations

import click

from .given import proper
from .guarded import guarded
from .options import lang_option
from .printing import put, say


@click.command()
@click.argument("policy")
@click.option("-o", "--output", required=True, metavar="FILE.py", help="写到这个文件 / write to this file.")
@lang_option
@guarded
def compile(policy: str, output: str, lang: str) -> None:
    """把政策编译成可读、可独立导入的 Python。 / Compile a policy to readable, standalone Python."""
    from .. import library
    from ..backends.standalone import MARK, standalone
    from ..loading import loaded
    from ..writing import standard_output, write

    layers = library.find(policy if library.is_path(policy) else proper(policy))
    text = standalone(loaded(layers).program)
    if standard_output(output):  # then that is all that is printed
        put(text.encode(), lang)
    else:
        write(output, text, MARK, [file.path for layer in layers for file in layer.files])
        say(f"已写 {output}" if lang == "zh" else f"wrote {output}", lang)
