"""The command `policy show`."""

from __future__ import annotations

import click

from .given import policy_named, today
from .guarded import guarded
from .options import format_option, lang_option, on_option
from .printing import say, say_json


@click.command()
@click.argument("policy")
@on_option
@format_option("text", "json")
@lang_option
@guarded
def show(policy: str, on: str | None, form: str, lang: str) -> None:
    """列出某一天有效的规定，每一项写明出自哪一级。 / The effective policy through all layers, each item with its origin."""
    made = policy_named(policy).show(on=today(on, lang))
    if form == "json":
        say_json(made.to_json(lang), lang)
    else:
        say(made.text(lang), lang)
