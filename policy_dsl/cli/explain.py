"""The command `policy explain`."""

from __future__ import annotations

import click

from .given import decided, proper, today
from .guarded import guarded
from .options import calendar_option, format_option, lang_option, on_option
from .printing import fail, say, say_json


@click.command()
@click.argument("policy")
@click.argument("facts")
@on_option
@click.option("--of", "name", metavar="NAME", help="只解释这一项 / explain this output alone.")
@format_option("text", "md", "html", "json")
@calendar_option
@lang_option
@guarded
def explain(
    policy: str, facts: str, on: str | None, name: str | None, form: str, calendar: str | None, lang: str
) -> None:
    """作出决定并逐条说明理由。 / Decide and give reasons, each traced to its clause."""
    decision = decided(policy, facts, today(on, lang), calendar)
    made = decision.explain(None if name is None else proper(name))
    if form == "json":
        say_json(made.to_json(lang), lang)
    else:
        say({"text": made.text, "md": made.markdown, "html": made.html}[form](lang), lang)
    errors = decision.errors
    if errors:
        fail(errors, lang)
