"""The site as it is built: policies' pages are in it, can be searched in Chinese, and nothing refers to another host.

Needs what `make docs` installs; skipped where it has not run. The hook that makes the pages looks at every page of the real site, too.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[2]
BUILD = """
import logging, sys
from pathlib import Path
from mkdocs.commands.build import build
from mkdocs.config import load_config

root, folder = map(Path, sys.argv[1:])
config = load_config(
    str(root / "mkdocs.yml"), docs_dir=str(folder / "docs"), site_dir=str(folder / "site"), strict=True,
    nav=[{"x": "index.md"}, {"zh": "library/zh/index.md"}, {"en": "library/en/index.md"}],
)
hook = config.hooks["scripts/library.py"]
hook.ROOT = folder
hook.LOCAL = folder / "mermaid.js"
config.plugins.on_startup(command="build", dirty=False)
build(config)
"""

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("mkdocs") is None or importlib.util.find_spec("material") is None,
    reason="the site's builder is not installed: make docs",
)


@pytest.fixture(scope="module")
def hook() -> ModuleType:
    """scripts/library.py; it needs the site's builder."""
    from scripts import library

    return library


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of two invented policies, built strictly: a broken link or anchor, or another host, would fail it."""
    folder = tmp_path_factory.mktemp("site")
    (folder / "docs" / "assets").mkdir(parents=True)
    (folder / "docs" / "index.md").write_text("# 首页\n", encoding="utf-8")
    for name in ("library.css", "library.js"):
        (folder / "docs" / "assets" / name).write_bytes((ROOT / "docs" / "assets" / name).read_bytes())
    (folder / "policies").mkdir()
    (folder / "mermaid.js").write_text("// stands for the script", encoding="utf-8")
    for file in (ROOT / "tests" / "handbook").glob("*.policy"):
        (folder / "policies" / file.name).write_bytes(file.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(ROOT), str(folder)], capture_output=True, text=True, check=False,
        env={**os.environ, "NO_MKDOCS_2_WARNING": "1"},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return folder / "site"


def test_no_page_refers_to_another_host(site: Path, hook: ModuleType) -> None:
    found = {p: hook.elsewhere(p.read_text(encoding="utf-8")) for p in [*site.rglob("*.html"), *site.rglob("*.css")]}
    assert len(found) > 20
    assert not {str(p): x for p, x in found.items() if x}


@pytest.mark.parametrize(
    "html",
    [
        '<script src="https://cdn.example/x.js">',
        "<link href=//fonts.example/css>",
        "<img srcset='http://a.example/1.png 2x'>",
        '<div style="background:url(https://a.example/x.png)">',
        "@import 'https://a.example/x.css'",
        '<a href="https://a.example">',
        '<svg><image xlink:href="ftp://a.example/x.svg"/>',
    ],
)
def test_what_a_browser_would_follow_is_found(hook: ModuleType, html: str) -> None:
    assert hook.elsewhere(html)


@pytest.mark.parametrize(
    "html", ['<svg xmlns="http://www.w3.org/2000/svg">', "见 (http://example.invalid)", '<a href="../x/">', "a // b"]
)
def test_a_name_or_a_text_is_no_reference(hook: ModuleType, html: str) -> None:
    assert not hook.elsewhere(html)


def test_graphs_are_drawn_by_a_script_of_the_site(site: Path) -> None:
    """Only pages with a graph load it, from where it lies."""
    with_graph = 0
    for path in site.rglob("*.html"):
        text = path.read_text(encoding="utf-8")
        loaded = re.search(r'<script src="([^"]*mermaid[^"]*)"', text)
        assert (loaded is not None) == ('<pre class="mermaid">' in text), path
        if loaded is not None:
            with_graph += 1
            assert (path.parent / loaded[1]).resolve().is_file()
    assert with_graph > 4


def test_pages_are_set_as_they_are_meant(site: Path) -> None:
    """No Markdown is left as text: columns, code, pictures and folds are elements."""
    page = (site / "library" / "zh" / "上国" / "1-nation" / "index.html").read_text(encoding="utf-8")
    assert page.count('<div class="beside">') >= 3
    assert page.count('<figure class="steps"') == 3
    assert "<details>" in page
    assert "```" not in page
    assert " markdown>" not in page
    assert "<h1" in page


def test_a_click_on_a_graph_leads_to_a_page(site: Path) -> None:
    page = site / "library" / "zh" / "上国" / "家庭.救助金" / "index.html"
    targets = re.findall(r"click n\d+ href (?:&quot;|\")(.*?)(?:&quot;|\")", page.read_text(encoding="utf-8"))
    assert len(targets) > 1
    for target in targets:
        assert (page.parent / target.partition("#")[0] / "index.html").resolve().is_file(), target


def test_a_page_says_in_which_language_it_is(site: Path) -> None:
    for lang in ("zh", "en"):
        page = site / "library" / lang / "上国" / "1-nation" / "index.html"
        assert f'<html lang="{lang}"' in page.read_text(encoding="utf-8")


def test_names_can_be_searched_in_chinese(site: Path) -> None:
    """The index holds Chinese words by themselves, with the break between them that the search knows."""
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    texts = [d for d in index["docs"] if d["location"].startswith("library/zh/")]
    words = {w for d in texts for w in re.split(index["config"]["separator"], d["title"] + " " + d["text"])}
    assert {"标准", "救助"} <= words
    assert not any("graph LR" in d["text"] for d in texts)
    assert not any(d["location"].endswith(".policy/") for d in texts)
