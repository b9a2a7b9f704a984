"""What every kind of page needs: the words of one language, and links from one place's folder to another's pages."""

from __future__ import annotations

from collections.abc import Iterable

from ..effective.effective import Origin
from ..effective.make import EffectiveBuilder
from ..effective.text import Phrases
from ..ir import nodes as ir
from ..model.clause import Clause
from ..syntax import nodes
from ..syntax.printer import printer
from .chart import chart
from .markdown import code, link, md, whole
from .names import safe
from .places import Item, Place, RuleKey, Scheme
from .relations import Relations
from .wording import worded


class Book:
    """All places of one run, and the relations of each, made once."""

    def __init__(self, places: list[Place], both: bool) -> None:
        self.places = places
        self.both = both
        self._relations: dict[int, Relations] = {}

    def relations(self, place: Place) -> Relations:
        if id(place) not in self._relations:
            self._relations[id(place)] = Relations(place)
        return self._relations[id(place)]


class Page(Phrases):
    """Sets the pages of one place in one language."""

    def __init__(self, book: Book, place: Place, lang: str) -> None:
        super().__init__(lang)
        self.book = book
        self.place = place
        self.relations = book.relations(place)

    # --- links

    def folder(self, place: Place) -> str:
        return "" if place is self.place else f"../{place.folder}/"

    def scheme_target(self, place: Place, scheme: Scheme, item: Item | None = None) -> str:
        target = f"{self.folder(place)}{scheme.page}.md"
        return target if item is None else f"{target}#{item.anchor}"

    def target(self, key: RuleKey | str, place: Place | None = None) -> str:
        """The page of a rule, the section of a parameter: those of the place, or of the lowest layer that says something of it."""
        home = place or self.place.home(key)
        if isinstance(key, str):
            return f"{self.folder(home)}{home.said[key][0][0].page}.md#{parameter_anchor(key)}"
        return f"{self.folder(home)}{home.pages[key]}.md"

    def written(self, place: Place, file: str, number: int) -> str:
        """`FILE:LINE`, linked to that line as it was written."""
        listing = next(s.listing for s in place.schemes if s.file == file)
        return link(f"{file}:{number}", f"{self.folder(place)}{listing}.md#L{number}")

    def linked(self, key: RuleKey | str, place: Place | None = None) -> str:
        return link(key if isinstance(key, str) else ".".join(key), self.target(key, place))

    def listed(self, keys: Iterable[RuleKey | str]) -> str:
        return self.say("、", ", ").join(map(self.linked, keys))

    def kind(self, key: RuleKey | str) -> str:
        if isinstance(key, str):
            return self.word("PARAMETER")
        rule = self.place.rules[key]
        return self.word("STATUS" if rule.status else "BENEFIT" if rule.benefit else "RULE")

    def crumbs(self, name: str, *steps: str) -> str:
        """The way to the page `name` of this place, and the page in the other language."""
        way = [link(self.say("政策库", "Policy library"), "../index.md"), *steps]
        other = "en" if self.zh else "zh"
        switch = link(self.say("English", "中文"), f"../../{other}/{self.place.folder}/{name}.md")
        return " › ".join(way) + (f" · {switch}" if self.book.both else "")

    @property
    def place_link(self) -> str:
        return link(self.place.name, "index.md")

    # --- words

    def title(self, place: Place) -> str:
        """A layer, linked to its page."""
        return link(place.name, f"{self.folder(place)}index.md")

    def clause(self, clause: Clause) -> str:
        """Where something stands: `文号《标题》 第八条 标准`."""
        title = f"《{clause.title}》" if clause.title else ""
        said = " ".join(x for x in (clause.document + title, *clause.headings) if x)
        return f"**{md(said)}**" if said else ""

    def note(self, said: str) -> str:
        """A comment of the file."""
        return f"*{self.say('注：', 'Note: ')}{md(said)}*"

    def where(self, origin: Origin) -> str:
        """Clause, file and line of an origin, its layer first."""
        place = next(p for p in self.place.chain if p.name == origin.layer)
        said = [md(origin.layer), md(origin.clause.show()), self.written(place, origin.file, origin.line)]
        return " · ".join(x for x in said if x)

    def code(self, node: nodes.Declaration) -> str:
        """A declaration as it reads in the language of the page."""
        return whole(code(printer.text(worded(node, self.lang), "zh" if self.zh else "en"), "policy"))

    def signature(self, parameter: ir.Parameter) -> str:
        keys = f"({', '.join(parameter.keys)})" if parameter.keys else ""
        return f"{self.word('PARAMETER')} {parameter.name}{keys} : {self.type(parameter.type)}"

    def chart(self, parameter: ir.Parameter) -> str:
        """The step chart of a parameter, as the place's policy sees it through all layers."""
        made = chart(parameter.name, parameter.type, self.relations.series(parameter.name), self.lang)
        return f'<figure class="steps" data-search-exclude>\n{made}\n</figure>' if made else ""

    def effective(self, on: int) -> EffectiveBuilder:
        return EffectiveBuilder(self.place.engine.epoch(on), on)


def parameter_anchor(name: str) -> str:
    """Where a parameter's history stands in its scheme's page."""
    return f"parameter-{safe(name)}"
