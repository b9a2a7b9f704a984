"""The page of a scheme: one file in its order, heading by heading, gist by gist; text on the left, the rule on the right."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from ..backends.formatting import day_text
from ..effective.effective import ShownValue
from ..ir import nodes as ir
from ..syntax import nodes
from .graph import among, drawn
from .markdown import anchor, beside, folded, link, listing, md, opening, page, table
from .page import Page, parameter_anchor
from .places import Group, Item, RuleKey, Scheme


class SchemePage(Page):
    """Sets one scheme."""

    def text(self, scheme: Scheme) -> str:
        return page(self.parts(scheme))

    def parts(self, scheme: Scheme) -> Iterator[str]:
        yield f"# {md(scheme.title)}"
        yield self.crumbs(scheme.page, self.place_link, link(scheme.file, f"{scheme.listing}.md"))
        keys = list(dict.fromkeys(k for i in scheme.items for k in self.keys(i) if not isinstance(k, str)))
        yield self.folded_graph(
            among(self.place, self.relations, keys, self.target), self.say("规则之间", "How the rules read each other")
        )
        for group in scheme.groups:
            yield from self.group(group)

    def listing(self, scheme: Scheme) -> str:
        """The file as it was written."""
        way = self.crumbs(scheme.listing, self.place_link, link(scheme.title, f"{scheme.page}.md"))
        return page([f"# {md(self.place.name)} · {md(scheme.file)}", way, listing(scheme.text)])

    def folded_graph(self, graph: str, summary: str) -> str:
        return folded(summary, drawn(graph)) if graph else ""

    def keys(self, item: Item) -> list[RuleKey | str]:
        """The rules and parameters of which an item speaks."""
        return [k for k, said in self.place.said.items() if any(i is item for _, i in said)]

    def group(self, group: Group) -> Iterator[str]:
        if group.heading is not None:
            yield f"{'#' * min(group.heading.level, 6)} {md(group.heading.text)}"
        left = self.left(group)
        shown = [i for i in group.items if not isinstance(i.node, nodes.Example)]
        right = page(self.printed(i) for i in shown).strip()
        yield beside(left, right) if left and right else left or right
        yield from self.belonging(shown)
        for item in group.items:
            if isinstance(item.node, nodes.Example):
                yield self.example(item)

    def belonging(self, shown: list[Item]) -> Iterator[str]:
        """The way to the rules' pages; a parameter's history where the place first speaks of it, elsewhere the way there."""
        keys = [(key, item) for item in shown for key in self.keys(item)]
        first = [k for k, item in keys if isinstance(k, str) and self.place.said[k][0][1] is item]
        others = dict.fromkeys(k for k, _ in keys if k not in first)
        if others:
            yield "→ " + self.say("、", ", ").join(f"{self.kind(k)} {self.linked(k, self.place)}" for k in others)
        for name in first:
            yield page(self.section(self.place.parameters[name])).rstrip()

    def left(self, group: Group) -> str:
        """The clause, then gists and notes; lines of one kind that follow each other are one text."""
        kinds = (nodes.Rule, nodes.Parameter, nodes.Status, nodes.Amendment)
        first = next((i for i in group.items if isinstance(i.node, kinds)), None)
        parts = [self.clause(first.clause)] if first is not None else []
        for kind, run in groupby(group.texts, key=lambda t: t[0]):
            said = " ".join(text for _, text in run)
            parts.append(opening(said) if kind == "gist" else self.note(said))
        parts += [self.note(t) for i in group.items if not isinstance(i.node, nodes.Example) for t in i.notes]
        return "\n\n".join(p for p in parts if p)

    def printed(self, item: Item) -> str:
        where = self.written(self.place, item.file, item.line)
        return f"{anchor(item.anchor)}{where}\n\n{self.code(item.node)}"

    # --- parameters

    def section(self, p: ir.Parameter) -> Iterator[str]:
        yield f"{anchor(parameter_anchor(p.name))}**{md(self.signature(p))}**"
        yield self.chart(p)
        effective = self.effective(max(self.place.engine.days, default=0))
        head = (
            *((self.say("键", "keys"),) if p.keys else ()),
            *self.say("值|自|至|公布", "value|from|to|published").split("|"),
            *((self.say("复核", "review"),) if any(e.review for e in p.entries) else ()),
            *self.say("出自|假设", "from where|assumption").split("|"),
        )
        yield table(head, (self.entry(p, e, effective.value(e, effective.cells(p, e), None)) for e in p.entries))
        readers = self.relations.used_by.get(p.name, [])
        if readers:
            yield f"{self.say('读它的规则：', 'Read by: ')}{self.listed(readers)}"

    def entry(self, p: ir.Parameter, e: ir.Entry, shown: ShownValue) -> list[str]:
        """One written value, whatever its date, with the layer that says it."""
        assert shown.origin is not None
        return [
            *([md(self.say("、", ", ").join(shown.keys))] if p.keys else []),
            md(self.amount(p, shown)) or "—",
            day_text(e.since) if e.since else "—",
            day_text(e.ends) if e.ends < ir.OPEN else "—",
            day_text(e.published) if e.published else "—",
            *([day_text(e.review) if e.review else "—"] if any(x.review for x in p.entries) else []),
            self.where(shown.origin),
            md("；".join(e.assumptions)) or "—",
        ]

    # --- examples

    def example(self, item: Item) -> str:
        """An example, folded; below it the rules of which it expects something."""
        assert isinstance(item.node, nodes.Example)
        found = self.relations.checked[id(item)]
        rules = f" · {self.say('检验：', 'Checks: ')}{self.listed(found)}" if found else ""
        where = self.written(self.place, item.file, item.line)
        return folded(self.example_title(item), f"{self.printed_code(item)}\n\n{where}{rules}", item.anchor)

    def example_title(self, item: Item) -> str:
        assert isinstance(item.node, nodes.Example)
        return f"{self.word('EXAMPLE')} {item.node.title}".rstrip()

    def printed_code(self, item: Item) -> str:
        notes = "".join(f"\n\n{self.note(t)}" for t in item.notes)
        return self.code(item.node) + notes
