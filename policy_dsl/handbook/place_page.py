"""The page of a place: what it is made of, its schemes, what is in force there through all layers, and what it asks and assumes."""

from __future__ import annotations

from collections.abc import Iterator

from ..effective.effective import Origin
from ..register.register import register
from ..syntax import nodes
from .markdown import link, md, page, table
from .page import Page
from .places import REGISTER, RuleKey, documents_of


class PlacePage(Page):
    """Sets one place."""

    def text(self) -> str:
        return page(self.parts())

    def parts(self) -> Iterator[str]:
        program = self.place.program
        yield f"# {md(self.place.name)}"
        yield self.crumbs("index", md(self.place.name))
        if len(self.place.chain) > 1:
            yield f"{self.say('各级：', 'Layers: ')}{' → '.join(map(self.title, self.place.chain))}"
        if self.place.lower:
            links = self.say("、", ", ").join(map(self.title, self.place.lower))
            yield f"{self.say('下级：', 'Below it: ')}{links}"
        if program.jurisdiction:
            yield f"{self.say('辖区：', 'Jurisdiction: ')}{md(program.jurisdiction)}"
        yield from self.schemes()
        yield from self.documents()
        yield from self.outputs()
        yield from self.parameters()
        yield from self.facts()
        yield from self.guarantees()
        yield from self.assumptions()

    def register(self) -> str:
        """What the place assumes and leaves open: what rests on it, and who could settle it."""
        title, _, rest = register(self.place.program).markdown(self.lang).partition("\n")
        return page([title, self.crumbs(REGISTER, self.place_link, self.say("登记册", "Register")), rest.strip()])

    def schemes(self) -> Iterator[str]:
        yield f"## {self.say('各部分', 'Schemes')}"
        rows = []
        for s in self.place.schemes:
            items = list(s.items)
            own = [k for k in self.place.own_rules if any(x is s for x, _ in self.place.said[k])]
            examples = sum(isinstance(i.node, nodes.Example) for i in items)
            rows.append([link(s.title, f"{s.page}.md"), f"`{s.file}`", str(len(own)), str(examples)])
        yield table(self.say("部分|文件|规则|案例", "scheme|file|rules|examples").split("|"), rows)

    def documents(self) -> Iterator[str]:
        rows = [
            [md(d.id), md(d.number) or "—", md(d.title or "") or "—", md(d.issuer or "") or "—", d.date or "—"]
            for d in documents_of(self.place)
        ]
        if rows:
            yield f"## {self.say('来源文件', 'Documents')}"
            yield table(self.say("简称|文号|标题|机关|日期", "id|number|title|issuer|date").split("|"), rows)

    def outputs(self) -> Iterator[str]:
        """Every rule in force here, with the layers that say something of it; each layer's name leads to its page."""
        yield f"## {self.say('规则和给付', 'Rules and benefits')}"
        rows = [
            [self.kind(k), self.linked(k), md(self.type(self.place.rules[k].type)), self.layers(k)]
            for k in self.place.program.outputs
        ]
        yield table(self.say("种类|名称|类型|各级", "kind|name|type|layers").split("|"), rows)

    def layers(self, key: RuleKey | str) -> str:
        return " → ".join(link(p.name, self.target(key, p)) for p in self.place.chain if key in p.said)

    def parameters(self) -> Iterator[str]:
        rows = [
            [self.linked(p.name), md(", ".join(p.keys)) or "—", md(self.type(p.type)), self.layers(p.name)]
            for p in self.place.program.parameters
        ]
        if rows:
            yield f"## {self.say('参数', 'Parameters')}"
            yield table(self.say("名称|键|单位|各级", "name|keys|unit|layers").split("|"), rows)

    def facts(self) -> Iterator[str]:
        rows = [
            [md(f"{e.name}.{f.name}"), md(self.type(f.type)), md(f.ask) or "—", md(f.by) or "—", md(f.clause.policy)]
            for e in self.place.program.entities
            for f in e.facts
        ]
        if rows:
            yield f"## {self.say('要问的事实', 'Facts that it asks for')}"
            yield table(self.say("事实|类型|问题|由谁定|出自", "fact|type|question|decided by|from").split("|"), rows)

    def guarantees(self) -> Iterator[str]:
        """What can never happen here, whichever layer says so."""
        rows = [
            [
                md(g.title),
                self.where(
                    Origin(
                        g.clause.policy, g.clause.policy == self.place.name, g.clause, g.place.bare.file, g.place.line
                    )
                ),
            ]
            for g in self.place.program.guarantees
        ]
        if rows:
            yield f"## {self.say('保证', 'Guarantees')}"
            yield self.say(
                "是核对，不是证明：`policy test` 在每个案例、每个案例的每个月上核对，写了 `--generate` 也在生成的家庭上核对。",
                "Checked, not proven: `policy test` checks them on every example and each of its months, with `--generate` on generated households too.",
            )
            yield table(self.say("保证|写在", "guarantee|written at").split("|"), rows)

    def assumptions(self) -> Iterator[str]:
        """Every 假设 behind the rules and parameters of this place, with where it is written."""
        found: dict[str, list[RuleKey | str]] = {}
        keys: list[RuleKey | str] = [*self.place.program.outputs, *self.place.parameters]
        for key in keys:
            for text in self.relations.own_assumptions(key):
                found.setdefault(text, []).append(key)
        if found:
            yield f"## {self.say('假设', 'Assumptions')}"
            head = self.say("假设|写在", "assumption|written at").split("|")
            yield link(
                self.say(
                    "登记册：影响哪些结果，谁能定，还有哪些待定",
                    "Register: what rests on each, who could settle it, and what is open",
                ),
                f"{REGISTER}.md",
            )
            yield table(head, ([md(a), self.listed(keys)] for a, keys in sorted(found.items())))
