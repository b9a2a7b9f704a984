"""The command `policy new`."""

from __future__ import annotations

import datetime

import click

from .given import proper
from .guarded import guarded
from .options import lang_option
from .printing import say


@click.command()
@click.argument("name")
@click.option("--extends", metavar="POLICY", help="它的上级；没有的不写 / the layer above, if any.")
@click.option("-o", "--output", metavar="DIR", default=".", help="新文件夹放在这里 / where the folder is put.  [.]")
@lang_option
@guarded
def new(name: str, extends: str | None, output: str, lang: str) -> None:
    """为一个新地方写出开头：文件夹 NAME，要填的参数都是待定。 / A folder for a new place, everything to be filled in."""
    from ..library import is_path
    from ..newplace.write import start

    above = extends if extends is None or is_path(extends) else proper(extends)
    written = start(proper(name), above, output, lang, f"{datetime.date.today():%Y-%m}")
    say(f"已写 {written}" if lang == "zh" else f"wrote {written}", lang)
