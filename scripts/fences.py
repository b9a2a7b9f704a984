"""A hook of the site's builder: a fence may say more than its language (```policy 出错), and no fence may be left as text."""

from __future__ import annotations

import logging
import re
from typing import Any

log = logging.getLogger("mkdocs.hooks.fences")  # a warning here fails `mkdocs build --strict`

WORDS = re.compile(r"^( *`{3,}[\w-]+) +([^\s={}`][^={}`\n]*)$", re.MULTILINE)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """What stands behind a fence's language becomes the block's title; the Markdown dialect would not see a fence."""
    return WORDS.sub(r'\1 title="\2"', markdown)


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """Says on which page a fence was not understood."""
    if "<p>```" in output or "\n```" in output:
        log.warning("%s: a code block is left as text", page.file.src_uri)
    return output
