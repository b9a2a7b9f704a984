"""The page of a rule: each layer's text beside what it writes, what that comes to from when on, and all that belongs to the rule."""

from __future__ import annotations

from collections.abc import Iterator

from ..backends.formatting import day_text
from ..effective.effective import Origin
from ..ir import nodes as ir
from ..syntax import nodes
from .graph import around, drawn
from .markdown import beside, link, md, opening, page, table
from .page import Book, Page
from .places import Item, Place, RuleKey, Scheme
from .relations import Expectation

MARK = "\x1f"  # in no policy's words: the scanner refuses it


class RulePage(Page):
    """Sets one rule or benefit as the place's policy has it."""

    def __init__(self, book: Book, place: Place, lang: str) -> None:
        super().__init__(book, place, lang)
        self.origins: dict[Origin, int] = {}

    def text(self, key: RuleKey) -> str:
        return page(self.parts(key))

    def parts(self, key: RuleKey) -> Iterator[str]:
        rule = self.place.rules[key]
        yield f"# {self.kind(key)} {md('.'.join(key))} · {md(self.place.name)}"
        yield self.crumbs(self.place.pages[key], self.place_link, md(self.type(rule.type)))
        yield f"## {self.say('原文与规则', 'Text and rule')}"
        for place in self.place.chain:
            for scheme, item in place.said.get(key, ()):
                yield self.layer(place, scheme, item)
        yield from self.lower(key)
        yield f"## {self.say('各级合起来', 'All layers together')}"
        yield from self.bands(rule)
        yield from self.read(key)
        yield from self.charts(key)
        yield from self.examples(key)
        yield from self.assumed(key)

    # --- what each layer writes

    def layer(self, place: Place, scheme: Scheme, item: Item) -> str:
        """A declaration or an amendment, with its gist and its place in the law."""
        amends = isinstance(item.node, nodes.Amendment)
        what = self.say("修订", "amends") if amends else self.say("规定", "declares")
        target = self.scheme_target(place, scheme, item)
        left = [
            f"{self.title(place)} {what} · {link(scheme.title, target)} · {self.written(place, item.file, item.line)}",
            self.clause(item.clause),
            opening(item.clause.gist),
            *map(self.note, item.notes),
        ]
        return beside("\n\n".join(x for x in left if x), self.code(item.node))

    def lower(self, key: RuleKey | str) -> Iterator[str]:
        """The places below that say something of it."""
        found = [p for p in self.place.below if key in p.said]
        if found:
            links = self.say("、", ", ").join(link(p.name, self.target(key, p)) for p in found)
            yield f"{self.say('下级有修订：', 'Amended below: ')}{links}"

    # --- what is in force when

    def bands(self, rule: ir.Rule) -> Iterator[str]:
        """The rule in force from each day on which it changes, each line with its origin and what it displaced."""
        before = None
        for day in [0, *changes(rule)]:
            made = self.effective(day).rule(rule)
            said = list(super().rule(made))[1:]
            if said == before or (before is None and not (made.lines or made.repeals)):
                continue
            before = said
            if day:
                yield f"**{self.say(f'自 {day_text(day)} 起', f'From {day_text(day)} on')}**"
            head = self.say("规定|出自", "what is in force|from where").split("|")
            rows = table(head, map(self.row, said))
            yield f'<div class="in-force" data-search-exclude markdown>\n\n{rows}\n\n</div>'

    def origin(self, origin: Origin) -> str:
        """A mark at the end of a line, of which the row makes its second cell."""
        return f"{MARK}{self.origins.setdefault(origin, len(self.origins))}"

    def row(self, said: str) -> list[str]:
        """A line of the rule in force: the formula as code, dates and assumptions after it; what it displaced stands in."""
        text, _, number = said.partition(MARK)
        parts = text.strip().split("  ")
        words = ["&emsp;" + md(parts.pop(0))] if said.startswith("    ") else []
        if parts:
            words += [f"<code>{md(parts[0])}</code>", *map(md, parts[1:])]
        return [" · ".join(words), self.where(list(self.origins)[int(number)]) if number else "—"]

    # --- what belongs to it

    def read(self, key: RuleKey) -> Iterator[str]:
        uses = self.relations.uses[key]
        readers = [k for k in self.relations.used_by.get(key, []) if k != key]
        yield f"## {self.say('用到与被用', 'Reads and is read by')}"
        graph = around(self.place, self.relations, key, self.target)
        yield drawn(graph)
        for title, keys in (
            (self.say("用到的规则", "Rules that it reads"), uses.rules),
            (self.say("用到的参数", "Parameters that it reads"), uses.parameters),
            (self.say("用它的规则", "Rules that read it"), readers),
        ):
            if keys:
                yield f"{title}{self.say('：', ': ')}{self.listed(keys)}"
        facts = [self.asked(*f) for f in uses.facts]
        head = self.say("事实|类型|问题|由谁定", "fact|type|question|decided by").split("|")
        yield table(head, (f for f in facts if f))
        if not (uses.rules or uses.parameters or readers or facts):
            yield self.say("不读别的，也没有别的规则读它。", "It reads nothing, and no other rule reads it.")

    def asked(self, entity: str, name: str) -> list[str]:
        found = (f for e in self.place.program.entities if e.name == entity for f in e.facts if f.name == name)
        fact = next(found, None)
        if fact is None:
            return []
        return [md(f"{entity}.{name}"), md(self.type(fact.type)), md(fact.ask) or "—", md(fact.by) or "—"]

    def charts(self, key: RuleKey) -> Iterator[str]:
        names = self.relations.uses[key].parameters
        if names:
            yield f"## {self.say('参数的沿革', 'Parameters over time')}"
        for name in names:
            yield f"**{self.linked(name)}** {md(self.type(self.place.parameters[name].type))}"
            yield self.chart(self.place.parameters[name])
            yield from self.lower(name)

    def examples(self, key: RuleKey) -> Iterator[str]:
        found = list(self.relations.expected.get(key, []))
        for place in self.place.below:  # places that leave the rule as it is here
            if place.home(key) is self.place:
                found += (e for e in self.book.relations(place).expected.get(key, []) if e.place is place)
        yield f"## {self.say('案例', 'Examples')}"
        yield "\n".join(self.expectation(e) for e in found) or self.say("没有。", "None.")

    def expectation(self, e: Expectation) -> str:
        assert isinstance(e.item.node, nodes.Example)
        on = f" · {e.item.node.on}" if e.item.node.on else ""
        title = e.item.node.title or f"{e.item.file}:{e.item.line}"
        return f"- {link(title, self.scheme_target(e.place, e.scheme, e.item))} · {md(e.place.name)}{on}"

    def assumed(self, key: RuleKey) -> Iterator[str]:
        """What it rests on, its own assumptions first, then those of what it reads."""
        yield f"## {self.say('依赖的假设', 'Rests on assumptions')}"
        head = self.say("假设|写在", "assumption|written at").split("|")
        rows = [[md(a), self.listed(keys)] for a, keys in self.relations.assumptions(key).items()]
        yield table(head, rows) or self.say("没有。", "None.")


def changes(rule: ir.Rule) -> list[int]:
    """The days on which something of a rule begins, or has ended."""
    from ..ir.in_force import day_after

    parts: list[ir.Line | ir.Repeal] = [*rule.lines, *rule.repeals]
    spans = [(x.since, x.until) for x in parts] + [(m[1], m[2]) for m in rule.modes]
    return sorted({s for s, _ in spans if s} | {day_after(u) for _, u in spans if u < ir.OPEN})
