"""The command `policy explain`."""

from __future__ import annotations

import click

from .given import decided, today
from .guarded import guarded
from .options import calendar_option, format_option, lang_option, of_option, on_option
from .printing import fail, say, say_json


@click.command()
@click.argument("policy")
@click.argument("facts")
@on_option
@of_option
@format_option("text", "md", "html", "json")
@calendar_option
@lang_option
@guarded
def explain(
    policy: str, facts: str, on: str | None, names: tuple[str, ...], form: str, calendar: str | None, lang: str
) -> None:
    """作出决定并逐条说明理由。 / Decide and give reasons, each traced to its clause."""
    decision = decided(policy, facts, today(on, lang), calendar, names)
    made = decision.explain()
    if form == "json":
        say_json(made.to_json(lang), lang)
    else:
        say({"text": made.text, "md": made.markdown, "html": made.html}[form](lang), lang)
    errors = decision.errors
    if errors:
        fail(errors, lang)
