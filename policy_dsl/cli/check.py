"""The command `policy check`."""

from __future__ import annotations

import sys

import click

from .._version import __version__
from .guarded import guarded
from .options import format_option, lang_option
from .printing import complain, counted, say, say_json


@click.command()
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@format_option("text", "json", "sarif")
@lang_option
@guarded
def check(paths: tuple[str, ...], form: str, lang: str) -> None:
    """检查政策文件：语法、名称、类型、单位、日期。 / Check policy files."""
    from .. import library
    from ..diagnostics.render import as_json, as_sarif
    from ..diagnostics.report import Report
    from ..pipeline import compile_layers

    report = Report(ends=False)
    policies, problems = library.units(list(paths))
    for found in problems:
        report.add(found)
    for layers in policies:
        compile_layers(layers, report)
    items = report.sorted()
    if form == "json":
        say_json(as_json(items, lang), lang)
    elif form == "sarif":
        say_json(as_sarif([*items, *report.allowed], lang, __version__), lang)
    else:
        if items:
            complain(items, lang)
        errors = sum(d.severity == "error" for d in items)
        if lang == "zh":
            result = f"{errors} 个错误" if errors else f"{len(items)} 条提示" if items else "没有发现问题"
            line = f"检查了 {len(policies)} 个政策：{result}"
        else:
            result = (
                counted(errors, "error") if errors else counted(len(items), "finding") if items else "nothing found"
            )
            line = f"{counted(len(policies), 'policy', 'policies')} checked: {result}"
        if errors:
            click.echo(line, err=True)
        else:
            say(line, lang)
    sys.exit(1 if report.failed else 0)
