"""A hook of the site's builder: the pages of the shipped policies are made while the site is built, and nothing comes from another host.

`policy docs policies --output DIR --lang both` writes the same pages into a folder, for a builder that runs no hooks.
"""

from __future__ import annotations

import logging
import re
from pathlib import Path
from typing import Any

from mkdocs.structure.files import File, Files

from policy_dsl.handbook.book import pages
from scripts import facts

log = logging.getLogger("mkdocs.hooks.library")  # a warning here fails `mkdocs build --strict`

ROOT = Path(__file__).parents[1]
MERMAID = "assets/javascripts/mermaid.min.js"
LOCAL = ROOT / "build" / "mermaid" / "mermaid.min.js"  # laid there by scripts/mermaid.py
GRAPH = '<pre class="mermaid">'
LISTING = '<pre class="listing">'
CLICK = re.compile(r"^(  click n\d+ href (?:&quot;|\"))(.*)$", re.MULTILINE)
# What a browser follows or loads: attributes with an address, url() and @import in styles. A name space is only a name.
ADDRESS = re.compile(
    r"""(?:\b(?:src|srcset|href|xlink:href|action|formaction|poster|data|background|content)\s*=\s*["']?|url\(\s*["']?|@import\s*["'])"""
    r"""\s*((?:[a-z][a-z0-9+.-]*:)?//[^"'\s)>]+)""",
    re.IGNORECASE,
)


def on_files(files: Files, config: Any) -> Files:
    """Adds the pages of policies/ under library/, the register of facts, and Mermaid's own script."""
    for path, text in pages(str(ROOT / "policies"), "both").items():
        files.append(File.generated(config, f"library/{path}", content=text))
    for lang in facts.WORDS if any((ROOT / "policies").glob("*/facts.yaml")) else ():
        files.append(File.generated(config, f"library/{lang}/facts.md", content=facts.page(lang)))
    if LOCAL.is_file():
        files.append(File.generated(config, MERMAID, abs_src_path=str(LOCAL)))
    else:
        log.warning("no Mermaid in build/: run scripts/mermaid.py, or `make docs`, which does")
    return files


def on_page_markdown(markdown: str, page: Any, **_: Any) -> str:
    """The policies' pages are reached by their own links; two columns need the room of the navigation."""
    path = page.file.src_uri
    if path.startswith("library/") and path.count("/") > 2:
        page.meta["hide"] = ["navigation"]
    if LISTING in markdown:
        page.meta["search"] = {"exclude": True}  # all of it stands in the scheme's page, too
    elif path.startswith(("library/en/", "errors/")):
        page.meta["search"] = {"boost": 0.5}  # after its twin, whose names are the same; after what speaks of policies
    return markdown


def on_page_content(html: str, page: Any, **_: Any) -> str:
    """A mark for the styles; clicks on a graph lead to pages, no longer to their files."""
    if not page.file.src_uri.startswith("library/"):
        return html
    up = "" if page.file.name == "index" else "../"
    html = CLICK.sub(lambda m: m[1] + up + re.sub(r"(index)?\.md\b", lambda n: "" if n[1] else "/", m[2]), html)
    return f'<div class="library">{html}</div>'


def on_post_page(output: str, page: Any, **_: Any) -> str:
    """A page with a graph loads the script that draws it, from here; without it the theme would ask a CDN."""
    if GRAPH in output:
        up = "../" * page.url.count("/")
        output = output.replace("</head>", f'<script src="{up}{MERMAID}"></script></head>', 1)
    if page.file.src_uri.startswith("library/en/"):
        output = output.replace('<html lang="zh"', '<html lang="en"', 1)
    for address in sorted(set(elsewhere(output))):
        log.warning("%s: refers to another host: %s", page.file.src_uri, address)
    return output


def elsewhere(html: str) -> list[str]:
    """The addresses on other hosts to which a page or a style refers."""
    return ADDRESS.findall(html)
