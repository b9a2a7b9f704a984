"""The command `policy decide`."""

from __future__ import annotations

import click

from .given import decided, today
from .guarded import guarded
from .options import calendar_option, lang_option, of_option, on_option
from .printing import fail, say, say_json


@click.command()
@click.argument("policy")
@click.argument("facts")
@on_option
@of_option
@click.option("--json", "as_json", is_flag=True, help="按约定的 JSON 输出 / print the contract's JSON.")
@calendar_option
@lang_option
@guarded
def decide(
    policy: str, facts: str, on: str | None, names: tuple[str, ...], as_json: bool, calendar: str | None, lang: str
) -> None:
    """对一户作出决定。FACTS 是 .json、.yaml 文件或 -。 / Decide one case."""
    decision = decided(policy, facts, today(on, lang), calendar, names)
    if as_json:
        say_json(decision.to_json(), lang)
    else:
        say(decision.text(lang), lang)
    errors = decision.errors
    if errors:
        fail(errors, lang)
