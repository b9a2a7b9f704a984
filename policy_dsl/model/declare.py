"""Trees → symbols: what is declared, where it stands in the law, which layer it comes from. Bodies are left as they were written.

Layers come top first. A name that two layers declare without 修订 is an error, so a reader of the lower file sees every departure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import prod

from attrs import evolve, frozen

from ..diagnostics.report import Report, suggestion
from ..source import Span
from ..syntax import nodes
from ..syntax.characters import MAX_GIST, MAX_KEYS, MAX_LEVELS
from ..syntax.keywords import BY_TERMINAL, UNIT_KEYS
from ..syntax.settle import settle
from . import units
from .clause import Clause
from .functions import BY_NAME, MOMENTS
from .symbols import (
    Declared,
    EntitySymbol,
    FactSymbol,
    ListSymbol,
    Model,
    ParameterSymbol,
    RuleSymbol,
    StatusSymbol,
)
from .types import BUILTIN, TRUTH, Type, amount
from .units import Unit, unit_of


@frozen
class Layer:
    """One 政策: its name and its files, parsed."""

    name: str
    files: tuple[nodes.File, ...]


def declare(layers: Sequence[Layer], report: Report) -> Model:
    """Collects the symbols of all layers, top first, and reports what is declared wrongly."""
    return _Collector(report).run(layers)


def in_law(file: nodes.File, layer: str, documents: dict[str, nodes.Document]) -> Iterator[tuple[nodes.Item, Clause]]:
    """A file's items with the place in the law at which each stands; a gist's lines are joined, a heading begins anew.

    `documents`: those that headings may name, by their ids.
    """
    document: nodes.Document | None = None
    headings: dict[int, str] = {}
    gist = ""
    gist_open = False
    for item in file.items:
        if isinstance(item, nodes.Document):
            document, headings, gist = item, {}, ""
        elif isinstance(item, nodes.Heading) and item.level > 1:
            text = item.text
            first, _, rest = text.partition(" ")
            if first in documents and rest:
                document, text = documents[first], rest.strip()
            headings = {k: v for k, v in headings.items() if k < item.level}
            headings[item.level] = text
            gist, gist_open = "", False
        elif isinstance(item, nodes.Gist):
            gist = f"{gist} {item.text}" if gist_open else item.text
            gist_open = True
        elif not isinstance(item, nodes.Heading):
            gist_open = False
        yield (
            item,
            Clause(
                layer,
                (document.number or document.id) if document else "",
                (document.title or "") if document else "",
                tuple(headings[k] for k in sorted(headings)),
                gist,
            ),
        )


class _Collector:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.types: dict[str, Type] = {}
        self.units: set[str] = set()
        self.documents: dict[str, nodes.Document] = {}
        self.declaring: dict[str, int] = {}
        self.broken: set[str] = set()
        self.found: list[Declared] = []
        self.seen: dict[tuple[str, ...], tuple[Span, int]] = {}

    def run(self, layers: Sequence[Layer]) -> Model:
        jurisdictions = [""] * len(layers)
        paydays: list[Declared] = []
        for number, layer in enumerate(layers):
            for file in layer.files:
                self.documents |= {x.id: x for x in file.items if isinstance(x, nodes.Document)}
            for file in layer.files:
                self.broken |= file.broken
                jurisdictions[number] = self._file(file, layer.name, number) or jurisdictions[number]
                self._paydays(file, layer.name, number, paydays)
        self._types()
        self.found = [evolve(d, node=settle(d.node, self.units)) for d in self.found]
        entities = self._entities()
        parameters = self._parameters(entities)
        rules = self._rules(entities)
        self._clashes(entities, rules, parameters)
        return Model(
            layers[-1].name if layers else "",
            tuple(x.name for x in layers),
            next((j for j in reversed(jurisdictions) if j), ""),
            tuple(paydays),
            self.types,
            frozenset(self.units),
            entities,
            rules,
            parameters,
            tuple(d for d in self.found if isinstance(d.node, nodes.Example)),
            self.documents,
            frozenset(self.broken),
            tuple(d for d in self.found if isinstance(d.node, nodes.Guarantee)),
            tuple(jurisdictions),
            self.declaring,
        )

    # --- headings, documents, gists

    def _file(self, file: nodes.File, layer: str, number: int) -> str:
        jurisdiction = ""
        for item, clause in in_law(file, layer, self.documents):
            match item:
                case nodes.Document():
                    self._once(("document", item.id), item.id, item.span, number)
                    self.declaring[item.id] = number
                case nodes.Gist():
                    self._gist(item, len(clause.gist))
                case nodes.PolicyHead():
                    jurisdiction = item.jurisdiction or ""
                case nodes.Heading():
                    pass
                case _:
                    self.found.append(Declared(item, clause, number, isinstance(item, nodes.Amendment)))
        return jurisdiction

    def _gist(self, item: nodes.Gist, length: int) -> None:
        """The line with which a gist becomes too long is reported."""
        if length > MAX_GIST and (length - len(item.text) <= MAX_GIST or len(item.text) > MAX_GIST):
            self.report.error("P0132", item.span, length=length, most=MAX_GIST)

    def _paydays(self, file: nodes.File, layer: str, number: int, found: list[Declared]) -> None:
        """Adds the 发放日 that the file says, unless its layer has said it already; another day is an error."""
        for head in file.items:
            if not isinstance(head, nodes.PolicyHead) or head.payday is None:
                continue
            before = next((d for d in found if d.layer == number), None)
            if before is None:
                documents = [x for x in file.items if isinstance(x, nodes.Document)]
                named = documents[0] if len(documents) == 1 else None
                clause = Clause(
                    layer, (named.number or named.id) if named else "", (named.title or "") if named else ""
                )
                found.append(Declared(head, clause, number))
            elif before.node.payday != head.payday:  # type: ignore[union-attr]
                labels = [(before.node.span, "先在这里写了", "written first here")]
                self.report.error("P1021", head.span, labels=labels)

    def _once(
        self, key: tuple[str, ...], name: str, span: Span, layer: int, sections: tuple[str, str] | None = None
    ) -> bool:
        """Reports a second declaration; the first one stands. `sections`: how one layer declares it several times."""
        before = self.seen.get(key)
        if before is None:
            self.seen[key] = (span, layer)
            return True
        self._twice(name, before, (span, layer), sections if before[1] == layer else None)
        return False

    def _twice(self, name: str, a: tuple[Span, int], b: tuple[Span, int], hint: tuple[str, str] | None = None) -> None:
        """Two declarations of one name: the lower layer's is at fault, within a layer the second."""
        same_file = a[0].source is b[0].source
        (first, upper), (second, layer) = sorted((a, b), key=lambda x: (x[1], x[0].start if same_file else 0))
        code = "P0202" if upper == layer else "P0605"
        self.report.error(code, second, name=name, labels=[(first, "先在这里声明", "first declared here")], hint=hint)

    # --- types

    def _types(self) -> None:
        for d in self.found:
            node = d.node
            if not isinstance(node, nodes.TypeDeclaration):
                continue
            if node.name in BUILTIN or node.name in UNIT_KEYS:
                self.report.error("P0202", node.span, name=node.name)
                continue
            if not self._once(("type", node.name), node.name, node.span, d.layer):
                continue
            if node.kind == "unit":
                self.units.add(node.name)
            else:
                self.types[node.name] = self._enumeration(node.name, node.members, node.kind == "ordered", node.span)

    def _enumeration(self, name: str, members: tuple[str, ...], ordered: bool, span: Span) -> Type:
        double = next((m for i, m in enumerate(members) if m in members[:i]), None)
        if double is not None:
            self.report.error("P0202", span, name=double)
        elif len(members) < 2:
            self.report.error("P0219", span, name=name)
        return Type("enumeration", name, members=tuple(dict.fromkeys(members)), ordered=ordered)

    def type_of(self, node: nodes.TypeExpression, owner: str, counted: str = "") -> Type | None:
        """The type that is written; an inline list is a type of its own, named after its owner. None where it is wrong."""
        if isinstance(node, nodes.InlineEnumeration):
            return self._enumeration(owner, node.members, False, node.span)
        if isinstance(node, nodes.ListOf):
            self.report.error("P0212", node.span, name=node.entity)
            return None
        name = "/".join(node.parts)
        if len(node.parts) == 1:
            if name in BUILTIN:
                return BUILTIN[name]
            if name in self.types:
                return self.types[name]
        unit = unit_of(node.parts, frozenset(self.units))
        if unit is not None:
            return effective(unit, counted)
        if not any(p in self.broken for p in node.parts):
            known = [*BUILTIN, *self.types, *UNIT_KEYS, *self.units]
            zh, en = suggestion(next((p for p in node.parts if p not in UNIT_KEYS), name), known)
            self.report.error(
                "P0214",
                node.span,
                name=name,
                hint=(
                    zh or "先用「类型」声明它，或写一个单位，如 元/月",
                    en or "declare it with “type”, or write a unit such as yuan/month",
                ),
            )
        return None

    # --- entities

    def _entities(self) -> dict[str, EntitySymbol]:
        made: dict[str, tuple[Declared, list[tuple[nodes.Fact, Declared]]]] = {}
        for d in self.found:
            if isinstance(d.node, nodes.Entity) and self._once(
                ("entity", d.node.name), d.node.name, d.node.span, d.layer
            ):
                made[d.node.name] = (d, [(f, d) for f in d.node.facts])
                if d.node.counts_as is not None and unit_of((d.node.counts_as,)) is None:
                    self.report.error(
                        "P0214",
                        d.node.span,
                        name=d.node.counts_as,
                        hint=("对象后面的单位写 人 或 户", "write person or household"),
                    )
        for d in self.found:
            if isinstance(d.node, nodes.Amendment) and d.node.facts:
                for name in d.node.names:
                    known = [n for n, (e, _) in made.items() if e.layer <= d.layer]
                    if name in known:
                        made[name][1].extend((f, d) for f in d.node.facts)
                    elif name not in self.broken:
                        self._unknown_amendment(name, d, known)
        holders: dict[str, tuple[str, str, Span]] = {}
        lists: dict[str, dict[str, ListSymbol]] = {name: {} for name in made}
        for name, (_, facts) in made.items():
            for fact, d in facts:
                if not isinstance(fact.type, nodes.ListOf):
                    continue
                for listed in fact.names:
                    if not self._once(("member", name, listed), listed, fact.span, d.layer):
                        continue
                    held = self._held(fact.type.entity, made)
                    if held is None:
                        if fact.type.entity not in self.broken:
                            zh, en = suggestion(fact.type.entity, made)
                            self.report.error(
                                "P0201",
                                fact.type.span,
                                name=fact.type.entity,
                                hint=(zh or "先用「对象」声明它", en or "declare it with “entity”"),
                            )
                        continue
                    low, high = self._size(fact)
                    if held in holders:
                        other = holders[held]
                        self.report.error(
                            "P0216", fact.span, name=held, labels=[(other[2], "已由这里包含", "held here already")]
                        )
                        continue
                    holders[held] = (name, listed, fact.span)
                    lists[name][listed] = ListSymbol(listed, held, low, high, fact)
        for name in made:
            path = [name]
            while path[-1] in holders and holders[path[-1]][0] not in path and len(path) <= MAX_LEVELS:
                path.append(holders[path[-1]][0])
            if len(path) > MAX_LEVELS:
                self.report.error("P0221", made[name][0].node.span, name=name, most=MAX_LEVELS)
                del holders[name]
            elif path[-1] in holders:
                self.report.error("P0217", made[name][0].node.span, path=" → ".join([*path, holders[path[-1]][0]]))
                del holders[path[-1]]
        symbols = {
            name: EntitySymbol(
                name,
                self._counts(d),
                {},
                lists[name],
                d,
                holders[name][0] if name in holders else "",
                holders[name][1] if name in holders else "",
            )
            for name, (d, _) in made.items()
        }
        shell = _shell(symbols)
        for name, (_, facts) in made.items():
            counted = shell.counted(name)
            for fact, d in facts:
                if isinstance(fact.type, nodes.ListOf):
                    continue
                for written in fact.names:
                    if not self._once(("member", name, written), written, fact.span, d.layer):
                        continue
                    type_ = self.type_of(fact.type, written, counted)
                    if type_ is None:
                        self.broken.add(written)
                    else:
                        symbols[name].facts[written] = FactSymbol(written, type_, fact, d.clause)
        return symbols

    @staticmethod
    def _held(
        name: str, made: dict[str, object] | dict[str, tuple[Declared, list[tuple[nodes.Fact, Declared]]]]
    ) -> str | None:
        """`many persons` is legal beside `many person`."""
        if name in made:
            return name
        return name[:-1] if name.isascii() and name.endswith("s") and name[:-1] in made else None

    @staticmethod
    def _counts(d: Declared) -> str:
        assert isinstance(d.node, nodes.Entity)
        return UNIT_KEYS.get(d.node.counts_as or "", "")

    def _size(self, fact: nodes.Fact) -> tuple[int, int]:
        if fact.range is None:
            return 1, 50
        for end in fact.range:
            number = end.operand if isinstance(end, nodes.Negative) else end
            if isinstance(number, nodes.Number) and number.unit and unit_of(number.unit, frozenset(self.units)) is None:
                hint = ("名单的大小写整数，例如 0..20", "the size of a list is a whole number, as in 0..20")
                self.report.error("P0214", number.span, name="/".join(number.unit), hint=hint)
        ends = [plain_value(e) for e in fact.range]
        if None in ends or any(e is not None and e.denominator != 1 for e in ends):
            self.report.error(
                "P0203",
                fact.span,
                wanted="整数范围",
                wanted_en="a range of whole numbers",
                found="别的",
                found_en="something else",
                hint=("例如 0..20", "as in 0..20"),
            )
            return 1, 50
        low, high = int(ends[0] or 0), int(ends[1] or 0)
        if low > high or low < 0:
            self.report.error("P0220", fact.span, low=low, high=high)
            return 1, 50
        return low, high

    # --- parameters and rules

    def _parameters(self, entities: dict[str, EntitySymbol]) -> dict[str, ParameterSymbol]:
        inline = _inline_types(entities)
        made: dict[str, ParameterSymbol] = {}
        for d in self.found:
            node = d.node
            if not isinstance(node, nodes.Parameter):
                continue
            if node.name in made and made[node.name].declared[0].layer == d.layer and node.dates is not None:
                before = made[node.name]
                type_ = self.type_of(node.type, node.name)
                if type_ is not None and self._alike(before, d, type_):
                    made[node.name] = evolve(before, declared=(*before.declared, d))
                continue
            if not self._once(("parameter", node.name), node.name, node.span, d.layer, _SECTIONS):
                continue
            type_ = self.type_of(node.type, node.name)
            keys: list[Type] = []
            for key in node.keys:
                type_of_key = self.types.get(key) or inline.get(key)
                if type_of_key is not None:
                    keys.append(type_of_key)
                elif key not in self.broken:
                    self.report.error("P0406", node.span, name=key)
            cells = prod(len(t.members) for t in keys)
            if cells > MAX_KEYS:
                self.report.error("P0410", node.span, name=node.name, cells=cells, most=MAX_KEYS)
                keys = []
            if type_ is None or len(keys) != len(node.keys):
                self.broken.add(node.name)
                continue
            made[node.name] = ParameterSymbol(node.name, type_, node.keys, tuple(keys), (d,))
        return made

    def _rules(self, entities: dict[str, EntitySymbol]) -> dict[tuple[str, str], RuleSymbol]:
        made: dict[tuple[str, str], RuleSymbol] = {}
        shell = _shell(entities)
        for d in self.found:
            node = d.node
            if not isinstance(node, (nodes.Rule, nodes.Status)):
                continue
            for entity in node.entities:
                if entity not in entities:
                    if entity not in self.broken:
                        zh, en = suggestion(entity, entities)
                        self.report.error(
                            "P0201",
                            node.span,
                            name=entity,
                            hint=(zh or "先用「对象」声明它", en or "declare it with “entity”"),
                        )
                    self.broken.add(node.name)
                    continue
                if (
                    (entity, node.name) in made
                    and node.dates is not None
                    and made[entity, node.name].declared[0].layer == d.layer
                ):
                    before = made[entity, node.name]
                    type_: Type | None = before.type
                    if isinstance(node, nodes.Rule):
                        type_ = self.type_of(node.type, node.name, shell.counted(entity))
                    if type_ is not None and self._alike(before, d, type_):
                        made[entity, node.name] = evolve(before, declared=(*before.declared, d))
                    continue
                sections = _SECTIONS if (entity, node.name) in made else None  # a fact of that name has none
                if not self._once(("member", entity, node.name), node.name, node.span, d.layer, sections):
                    continue
                if isinstance(node, nodes.Status):
                    status, states = self._status(node, d.layer)
                    if status is None:
                        self.broken.add(node.name)
                    else:
                        made[entity, node.name] = RuleSymbol(entity, node.name, states, False, (d,), status)
                    continue
                type_ = self.type_of(node.type, node.name, shell.counted(entity))
                if type_ is None:
                    self.broken.add(node.name)
                    continue
                if node.benefit and not (type_.is_amount and type_.unit.is_money):
                    self.report.error("P0502", node.type.span, name=node.name)
                made[entity, node.name] = RuleSymbol(entity, node.name, type_, node.benefit, (d,))
        return made

    def _alike(self, before: RuleSymbol | ParameterSymbol, d: Declared, type_: Type) -> bool:
        """Whether a later section is declared like the first one; what differs is reported, since only the first one's would count."""
        first, node = before.declared[0].node, d.node
        a, b = (_kind_of(x) for x in (first, node))
        zh = en = ""
        if a != b:
            (zh_a, en_a), (zh_b, en_b) = ((x.zh, x.en) for x in (BY_TERMINAL[a], BY_TERMINAL[b]))
            zh, en = f"前一段是「{zh_a}」，这一段是「{zh_b}」", f"it was a “{en_a}”, here it is a “{en_b}”"
        elif isinstance(before, ParameterSymbol) and isinstance(node, nodes.Parameter) and before.keys != node.keys:
            said = [", ".join(keys) or "—" for keys in (before.keys, node.keys)]
            zh, en = f"键是 {said[1]}，前一段是 {said[0]}", f"its keys are {said[1]}, they were {said[0]}"
        elif type_ != before.type:
            zh = f"类型是 {type_.show('zh')}，前一段是 {before.type.show('zh')}"
            en = f"its type is {type_.show('en')}, it was {before.type.show('en')}"
        if zh:
            labels = [(first.span, "前一段在这里", "the one before is here")]
            self.report.error("P0422", node.span, name=before.name, problem=zh, problem_en=en, labels=labels)
        return not zh

    def _status(self, node: nodes.Status, layer: int) -> tuple[StatusSymbol | None, Type]:
        """The states of a 阶段, those that lower layers or later regimes add among them; 起始 comes first."""
        bodies = [(node, layer)]
        for d in self.found:
            again = isinstance(d.node, nodes.Status) and d.node.name == node.name and d.node is not node
            if again or (isinstance(d.node, nodes.Amendment) and node.name in d.node.names):
                bodies.append((d.node, d.layer))  # type: ignore[arg-type]
        initials: list[nodes.Initial] = []
        states: dict[str, None] = {}
        left: dict[str, None] = {}
        finals: set[str] = set()
        said = sorted(bodies, key=lambda x: x[1])
        kept = max((at for body, at in said if not body.dates and any(_takes_all(x) for x in body.body)), default=0)
        for body, at in said:
            for line in flat(body.body):
                if isinstance(line, nodes.Initial):
                    initials.append(line)
                elif isinstance(line, nodes.Transition):
                    states.update(dict.fromkeys((*line.sources, line.target)))
                    left.update(dict.fromkeys(line.sources))
                elif isinstance(line, nodes.Final):
                    states.update(dict.fromkeys(line.states))
                    finals |= set(line.states) if at >= kept else set()
        if len({x.state for x in initials}) != 1:
            if initials:
                labels = [(initials[0].span, "先在这里写了", "written first here")]
                self.report.error("P1002", initials[-1].span, name=node.name, labels=labels)
            else:
                self.report.error("P1001", node.span, name=node.name)
            return None, TRUTH
        first = initials[0].state
        members = tuple(dict.fromkeys((first, *states)))
        if first not in left and first not in finals:  # all else would follow from it
            zh, en = suggestion(first, left)
            hint = (zh or f"写一行：{first} → … 当 条件", en or f"write a line: {first} → … when …")
            self.report.error("P1006", initials[-1].span, state=first, hint=hint)
            return None, TRUTH
        return StatusSymbol(first, frozenset(finals)), self._enumeration(node.name, members, False, node.span)

    def _clashes(
        self,
        entities: dict[str, EntitySymbol],
        rules: dict[tuple[str, str], RuleSymbol],
        parameters: dict[str, ParameterSymbol],
    ) -> None:
        """Amendments find what they amend; names hide neither functions nor moments, nor a member a parameter."""
        by_name: dict[str, list[tuple[str, str]]] = {}
        for key in rules:
            by_name.setdefault(key[1], []).append(key)
        for d in self.found:
            if not isinstance(d.node, nodes.Amendment) or d.node.facts:
                continue
            for name in d.node.names:
                targets = [k for k in by_name.get(name, []) if rules[k].declared[0].layer <= d.layer]
                if name in parameters and parameters[name].declared[0].layer <= d.layer:
                    p = parameters[name]
                    parameters[name] = ParameterSymbol(p.name, p.type, p.keys, p.key_types, (*p.declared, d))
                elif targets:
                    for key in targets:
                        rules[key] = evolve(rules[key], declared=(*rules[key].declared, d))
                elif name not in self.broken:
                    known = [n for n, p in parameters.items() if p.declared[0].layer <= d.layer]
                    above = {n: r for (_, n), r in rules.items() if r.declared[0].layer <= d.layer}
                    states = {s: n for n, r in above.items() if r.status is not None for s in r.type.members}
                    self._unknown_amendment(name, d, [*known, *above], states.get(name, ""))
        for name, p in parameters.items():
            if name in BY_NAME or name in MOMENTS:
                self.report.error("P0202", p.declared[0].node.span, name=name)
        for (kind, *_, name), (span, layer) in self.seen.items():
            if kind != "member":
                continue
            if name in MOMENTS:
                self.report.error("P0202", span, name=name)
            elif ("parameter", name) in self.seen:  # it would be read in the place of the parameter everywhere
                self._twice(name, self.seen["parameter", name], (span, layer), ("换一个名称", "take another name"))

    def _unknown_amendment(self, name: str, d: Declared, known: list[str], status: str = "") -> None:
        """`status`: the one of which the name is a state."""
        zh, en = suggestion(name, known)
        if status:
            zh = f"「{name}」是阶段「{status}」的一个状态：写 修订 {status}，在下面写它的转换"
            en = f"“{name}” is a state of “{status}”: write amend {status}, and its transitions below"
        self.report.error(
            "P0606",
            d.node.span,
            name=name,
            hint=(zh or "只能修订上级已声明的内容", en or "only what a layer above declares can be amended"),
        )


_SECTIONS = (
    "分几段写的，后面各段的声明行要写「自 日期」；不然就留一个，或换一个名称",
    "of several sections each later one has “from DATE” at the end of its line; else keep one, or take another name",
)


def _kind_of(node: nodes.Declaration) -> str:
    if isinstance(node, nodes.Rule):
        return "BENEFIT" if node.benefit else "RULE"
    return "STATUS" if isinstance(node, nodes.Status) else "PARAMETER"


def _takes_all(line: nodes.Line) -> bool:
    """A 废止 of everything that is inherited, without a date."""
    return isinstance(line, nodes.Repeal) and not line.name


def _shell(entities: dict[str, EntitySymbol]) -> Model:
    """A model of entities alone, to ask what holds what while the rest is collected."""
    return Model("", (), "", (), {}, frozenset(), entities, {}, {}, (), {})


def _inline_types(entities: dict[str, EntitySymbol]) -> dict[str, Type]:
    """Types written as a list at a fact, by the fact's name; a name that two facts give to different lists is none."""
    found: dict[str, Type | None] = {}
    for symbol in entities.values():
        for fact in symbol.facts.values():
            if fact.type.kind == "enumeration" and fact.type.name == fact.name:
                found[fact.name] = fact.type if found.get(fact.name, fact.type) == fact.type else None
    return {name: t for name, t in found.items() if t is not None}


def flat(lines: Iterable[nodes.Line]) -> Iterator[nodes.Line]:
    """The lines of a body, those of dated blocks in their place."""
    for line in lines:
        if isinstance(line, nodes.Dated):
            yield from flat(line.lines)
        else:
            yield line


def effective(unit: Unit, counted: str) -> Type:
    """The type of money or a head count in an entity that counts as 人 or 户: 元/月 of a household is 元/户/月 (semantics, rule 4)."""
    dims = dict(unit.dims)
    if counted and "person" not in dims and "household" not in dims and dims.get("money") == 1:
        words = list(unit.words)
        at = next(i for i, (w, _) in enumerate(words) if units.BASE.get(w, ("",))[0] == "money") + 1
        full = Unit((*words[:at], (counted, -1), *words[at:]))
        return amount(full)._replace(written=unit)
    if counted == "户" and unit.words == (("人", 1),):
        return amount(Unit((("人", 1), ("户", -1))), whole=True)._replace(written=unit)
    return amount(unit)


def plain_value(node: nodes.Node) -> Fraction | None:
    """The number written, sign included, without its unit; None for anything else."""
    if isinstance(node, nodes.Negative):
        inner = plain_value(node.operand)
        return None if inner is None else -inner
    return node.value if isinstance(node, nodes.Number) else None
