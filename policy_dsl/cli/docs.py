"""The command `policy docs`."""

from __future__ import annotations

import click

from .given import proper
from .guarded import guarded
from .printing import counted, say


@click.command()
@click.argument("policy", metavar="POLICY|FOLDER")
@click.option("--output", required=True, metavar="DIR", help="写到这个文件夹 / write into this folder.")
@click.option(
    "--lang",
    type=click.Choice(["zh", "en", "both"]),
    default="zh",
    help="页面的语言 / language of the pages; both: a folder for each.  [zh]",
)
@guarded
def docs(policy: str, output: str, lang: str) -> None:
    """把政策写成网页用的 Markdown：每个地方、每个文件、每条规则一页。 / Write a page for each place, scheme and rule."""
    from ..handbook.book import pages
    from ..handbook.write import write

    made = pages(proper(policy), lang)
    write(output, made)
    say(f"wrote {counted(len(made), 'page')} to {output}" if lang == "en" else f"已写 {len(made)} 页到 {output}", lang)
