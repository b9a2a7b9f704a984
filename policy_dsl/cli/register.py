"""The command `policy register`."""

from __future__ import annotations

import click

from ..diagnostics.report import Diagnostic, PolicyError
from .given import proper
from .guarded import guarded
from .options import format_option, lang_option
from .printing import fail, say, say_json


@click.command()
@click.argument("policies", nargs=-1, required=True, metavar="POLICY...")
@format_option("text", "md", "json")
@lang_option
@guarded
def register(policies: tuple[str, ...], form: str, lang: str) -> None:
    """登记每一项假设、待定和复核：影响哪些结果，由谁可定。文件夹：里面的每个政策。 / Every assumption, open parameter and review."""
    from .. import library
    from ..loading import load, loaded

    made = []
    problems: list[Diagnostic] = []
    for given in policies:
        try:
            if not library.is_path(given):
                made.append(load(proper(given)).register())
                continue
            units, found = library.units([given])
            problems += found
            made += [loaded(layers).register() for layers in units]
        except PolicyError as error:
            problems += error.diagnostics
    if form == "json":
        say_json([x.to_json(lang) for x in made], lang)
    elif made:
        say("\n\n".join({"text": x.text, "md": x.markdown}[form](lang) for x in made), lang)
    if problems:
        fail(problems, lang)
