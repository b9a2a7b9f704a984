"""The options that several commands have."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click


def lang_option(function: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), default="zh", help="输出的语言 / language of the output.  [zh]"
    )(function)


on_option = click.option("--on", metavar="DATE", help="决定的日期 YYYY-MM-DD 或 YYYY-MM / day to decide for.  [today]")


calendar_option = click.option(
    "--calendar",
    metavar="FILE",
    help="工作日历 .json 或 .yaml / calendar of working days.  [chinesecalendar]",
)
