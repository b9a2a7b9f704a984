"""The command `policy timeline`."""

from __future__ import annotations

import click

from .given import about, policy_named, with_calendar
from .guarded import guarded
from .options import calendar_option, format_option, lang_option
from .printing import fail, say, say_json


@click.command()
@click.argument("policy")
@click.argument("history")
@click.option("--from", "start", metavar="YYYY-MM", required=True, help="第一个月 / the first month.")
@click.option("--to", "end", metavar="YYYY-MM", required=True, help="最后一个月 / the last month.")
@click.option("--as-known", metavar="DATE", help="按那一天所知的规定和事实 / as known on that day.")
@format_option("text", "md", "html", "json")
@click.option("--json", "as_json", is_flag=True, help="同 --format json / the same as --format json.")
@calendar_option
@lang_option
@guarded
def timeline(
    policy: str,
    history: str,
    start: str,
    end: str,
    as_known: str | None,
    form: str,
    as_json: bool,
    calendar: str | None,
    lang: str,
) -> None:
    """逐月作出决定：状态、变化与原因、补发。 / Decide month by month, with arrears."""
    from ..facts.files import read

    made = with_calendar(calendar)(policy_named(policy))
    given = read(history)
    with about(history):
        months = made.timeline(given, start=start, end=end, as_known=as_known)
    if as_json or form == "json":
        say_json(months.to_json(lang), lang)
    else:
        say({"text": months.text, "md": months.markdown, "html": months.html}[form](lang), lang)
    errors = months.errors
    if errors:
        fail(errors, lang)
