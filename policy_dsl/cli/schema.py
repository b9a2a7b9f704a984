"""The command `policy schema`."""

from __future__ import annotations

import click

from .given import policy_named
from .guarded import guarded
from .options import lang_option
from .printing import say, say_json


@click.command()
@click.argument("policy")
@click.option(
    "--template", type=click.Choice(["json", "yaml", "csv"]), help="输出可填写的空白 / print a blank to fill in."
)
@lang_option
@guarded
def schema(policy: str, template: str | None, lang: str) -> None:
    """列出政策需要的事实（JSON Schema 或空白表）。 / The facts that a policy takes."""
    from ..facts import schema as schemas

    program = policy_named(policy).program
    if template is None:
        say_json(schemas.schema(program, lang), lang)
    else:
        say(schemas.template(program, template, lang), lang)
