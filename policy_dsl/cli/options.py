"""The options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def format_option(*forms: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The forms in which the command prints its result; the first is text."""
    return click.option(
        "--format", "form", type=click.Choice(forms), default="text", help="输出格式 / output format.  [text]"
    )


lang_option = click.option(
    "--lang", type=click.Choice(["zh", "en"]), default="zh", help="输出的语言 / language of the output.  [zh]"
)

on_option = click.option("--on", metavar="DATE", help="决定的日期 YYYY-MM-DD 或 YYYY-MM / day to decide for.  [today]")

of_option = click.option(
    "--of",
    "names",
    multiple=True,
    metavar="NAME",
    help="只算这一项，可以写几次 / this output alone; may be repeated.  [all]",
)

calendar_option = click.option(
    "--calendar",
    metavar="FILE",
    help="工作日历 .json 或 .yaml / calendar of working days.  [chinesecalendar]",
)
