"""All pages of a path or of a shipped policy, as texts: what `policy docs` writes and what the documentation's site takes in."""

from __future__ import annotations

from collections.abc import Iterator

from .gather import places
from .markdown import link, md, page
from .page import Book
from .place_page import PlacePage
from .places import REGISTER, Place
from .rule_page import RulePage
from .scheme_page import SchemePage

LANGUAGES = {"zh": ("zh",), "en": ("en",), "both": ("zh", "en")}


def pages(given: str, lang: str = "zh") -> dict[str, str]:
    """Path → text of every page, in the order of the places; `lang` is zh, en or both (then each language has a folder).

    Raises PolicyError when something is not found or does not compile.
    """
    return pages_of(places(given), lang)


def pages_of(found: list[Place], lang: str) -> dict[str, str]:
    """The pages of places that have been gathered."""
    langs = LANGUAGES[lang]
    book = Book(found, len(langs) > 1)
    out: dict[str, str] = {}
    if book.both:
        out["index.md"] = page(
            ["# 政策库 · Policy library", link("中文", "zh/index.md"), link("English", "en/index.md")]
        )
    for language in langs:
        folder = f"{language}/" if book.both else ""
        out[f"{folder}index.md"] = _index(found, language, book.both)
        for place in found:
            for name, text in _pages(book, place, language):
                path = f"{folder}{place.folder}/{name}.md"
                assert path not in out, path
                out[path] = text
    return out


def _pages(book: Book, place: Place, lang: str) -> Iterator[tuple[str, str]]:
    place_page = PlacePage(book, place, lang)
    yield "index", place_page.text()
    yield REGISTER, place_page.register()
    scheme_page = SchemePage(book, place, lang)
    for scheme in place.schemes:
        yield scheme.page, scheme_page.text(scheme)
        yield scheme.listing, scheme_page.listing(scheme)
    rule_page = RulePage(book, place, lang)
    for key in place.own_rules:
        yield place.pages[key], rule_page.text(key)


def _index(found: list[Place], lang: str, both: bool) -> str:
    """The places, each under the one that it extends."""
    zh = lang == "zh"
    lines = [f"{'    ' * (len(p.chain) - 1)}- {link(p.name, f'{p.folder}/index.md')}{_note(p, lang)}" for p in found]
    other = link("English" if zh else "中文", f"../{'en' if zh else 'zh'}/index.md") if both else ""
    return page(["# 政策库" if zh else "# Policy library", other, "\n".join(lines)])


def _note(place: Place, lang: str) -> str:
    """The place's jurisdiction and its schemes."""
    where = place.program.jurisdiction
    links = (link(s.title.removeprefix(f"{place.name}："), f"{place.folder}/{s.page}.md") for s in place.schemes)
    return (f" · {md(where)}" if where != place.name else "") + " — " + ("、" if lang == "zh" else ", ").join(links)
