"""Declarations: what begins at the start of a line, with the head that it has."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import assert_never

from attrs import evolve

from .. import keywords, nodes
from .bodies import AMENDMENT_LINE, Bodies
from .examples import Examples
from .guarantees import Guarantees
from .layout import fitted, joined, opening

_TYPE = frozenset(keywords.words("type"))
_BEHIND_MONTHS = frozenset((*keywords.words("paying"), *keywords.UNIT_KEYS))  # what a name behind 按季发 is not read as
_CLAIM = frozenset(keywords.words("claim"))


class Declarations(Bodies, Guarantees, Examples):
    """Files and their items."""

    def file(self, items: Sequence[nodes.Item]) -> str:
        """A blank line between declarations; a heading and a gist stay with what they stand over."""
        out: list[str] = []
        for n, item in enumerate(items):
            if n and not isinstance(items[n - 1], nodes.Heading | nodes.Gist):
                out.append("")
            out += self.item(item)
        return joined(out)

    def item(self, item: nodes.Item) -> Iterator[str]:
        match item:
            case nodes.Heading(level, said):
                yield f"{'#' * level} {said}".rstrip(" ")
            case nodes.Gist(said):
                yield f"> {said}".rstrip(" ")
            case nodes.PolicyHead(name, extends, jurisdiction, payday):
                yield f"{self.word('POLICY')} {self.name(name)}"
                upper = None if extends is None else self.name(extends)
                yield from self.said(("EXTENDS", upper), ("JURISDICTION", jurisdiction))
                yield from self.said(("PAYDAY", None if payday is None else str(payday)))
            case nodes.Document():
                number = f" : {item.number}" if item.number else ""
                yield f"{self.word('DOCUMENT')} {self.name(item.id)}{number}"
                yield from self.said(("TITLE", item.title), ("ISSUER", item.issuer), ("DATED", item.date))
            case nodes.Entity(name, counts_as, facts):
                upper = "" if counts_as is None else f" : {self.name(counts_as)}"
                yield f"{self.word('ENTITY')} {self.name(name)}{upper}"
                yield from self.facts(facts)
            case nodes.TypeDeclaration(name, kind, members):
                unit = "单位" if self.lang == "zh" else "unit"
                made = unit if kind == "unit" else self.names(members, " < " if kind == "ordered" else " | ")
                yield f"{self.word('TYPE')} {self.name(name)} = {made}"
            case nodes.Parameter(name, keys):
                listed = f"({self.names(keys)})" if keys else ""
                yield f"{self.word('PARAMETER')} {self.name(name)}{listed}{self.typed(item)}"
                yield from evolve(self, declared=name).body(item.body)
            case nodes.Rule(entities, name):
                word = self.word("BENEFIT" if item.benefit else "RULE")
                yield f"{word} {self.names(entities)} {self.name(name)}{self.typed(item)}"
                yield from evolve(self, declared=name).body(item.body)
            case nodes.Status(entities, name, dates, body):
                dated = "" if dates is None else f" {self.dates(dates)}"
                yield f"{self.word('STATUS')} {self.names(entities)} {self.name(name)}{dated}"
                yield from evolve(self, declared=name).body(body)
            case nodes.Amendment(names, body, facts, dates, values):
                dated = "" if dates is None else f" {self.dates(dates)}"
                yield f"{self.word('AMEND')} {self.names(names)}{dated}"
                yield from evolve(self, declared=names[0]).body(body)
                yield from self.facts(facts, AMENDMENT_LINE)
                for added in values:
                    after = f" {self.word('AFTER')} {self.name(added.after)}" if added.after is not None else ""
                    yield "  " + opening(f"{self.name(added.name)}{after}", AMENDMENT_LINE)
            case nodes.Guarantee(title, lines):
                yield f"{self.word('GUARANTEE')} {title}"
                yield from evolve(self, reserved=self.reserved | _CLAIM).claims(lines, 1)
            case nodes.Example(title, on, entries):
                yield f"{self.word('EXAMPLE')} {title}".rstrip(" ")
                yield from self.said(("ON", on))
                yield from (f"  {self.entry(e)}" for e in entries)
            case _:
                assert_never(item)
        if isinstance(item, nodes.Declaring):
            yield from self.said(*(("ALLOW", f"{a.code} {a.reason}") for a in item.allowances))

    def said(self, *lines: tuple[str, str | None]) -> Iterator[str]:
        return (f"  {self.word(terminal)} {said}".rstrip(" ") for terminal, said in lines if said is not None)

    def typed(self, item: nodes.Parameter | nodes.Rule) -> str:
        dates = "" if item.dates is None else f" {self.dates(item.dates)}"
        parts = item.parts if isinstance(item, nodes.Rule) else None
        paid = "" if parts is None else f" {self.parts(parts)}"
        return f" : {self.type(item.type)}{paid}{dates}"

    def parts(self, p: nodes.Parts) -> str:
        """`按季发 于 1 月, 4 月, 7 月, 10 月 向下取整 1 元`."""
        made = self.word(p.every.upper())
        if p.months:
            listed = ", ".join(f"{m} 月" if self.lang == "zh" else str(m) for m in p.months)
            made += f" {self.word('PAY_MONTHS')} {listed}"
        if p.step is not None:
            made += f" {opening(self.name(p.rounding), _BEHIND_MONTHS)} {self.expression(p.step)}"
        return made

    def type(self, t: nodes.TypeExpression) -> str:
        match t:
            case nodes.NamedType(("%", *below)):
                return "/".join(("%", *map(self.name, below)))
            case nodes.NamedType(parts):
                return self.names(parts, "/")
            case nodes.InlineEnumeration(members):
                return self.names(members, " | ")
            case nodes.ListOf(entity):
                return f"{self.word('MANY')} {self.name(entity)}"
            case _:
                assert_never(t)

    def facts(self, facts: Iterable[nodes.Fact], keyword: frozenset[str] = frozenset()) -> Iterator[str]:
        inside = evolve(self, reserved=self.reserved | _TYPE)
        for fact in facts:
            yield from fitted(opening(f"{self.names(fact.names)} : {inside.fact(fact)}", keyword), 1)

    def fact(self, f: nodes.Fact) -> str:
        """What stands behind the colon."""
        said = [self.type(f.type)]
        if f.range is not None:
            said.append("..".join(self.expression(e) for e in f.range))
        if f.default is not None:
            said.append(f"{self.word('DEFAULT')} {self.expression(f.default)}")
        if f.fixed:
            said.append(self.word("FIXED"))
        if f.born:
            said.append(self.word("BORN"))
        if f.identifies:
            said.append(self.word("IDENTIFIES"))
        if f.died:
            said.append(self.word("DIED"))
        if f.ask is not None:
            said.append(f'{self.word("ASK")} "{f.ask}"')
        if f.by is not None:
            said.append(f"{self.word('BY')} {self.name(f.by)} {self.word('DECIDES')}")
        if f.when is not None:
            said.append(f"{self.word('WHEN')} {self.condition(f.when)}")
        return ", ".join(said)
