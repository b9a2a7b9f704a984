"""案例 → given facts in the contract's JSON form and expected values. Names and types are checked here, so a mistake stands in its line."""

from __future__ import annotations

from decimal import Decimal

from ..diagnostics.report import Report, suggestion
from ..model.reserved_keys import IS, LEARNED, PRESENT, SINCE, UNTIL
from ..model.symbols import Declared, FactSymbol, Model, RuleSymbol
from ..model.types import TEXT, Type
from ..model.units import complete, unit_of
from ..source import Place, Span
from ..syntax import nodes
from . import nodes as ir
from .bodies.dates import first_day
from .elaborate.elaborator import Elaborator
from .elaborate.errors import Skip
from .elaborate.scope import Scope
from .periods import paid_type

ABSENT = ("没有规定", "not_in_force")


def _none(given: nodes.Given) -> bool:
    """`赡养户 = 无`: the list is given, and nobody is in it."""
    return isinstance(given.value, nodes.Name) and given.value.path in (("无",), ("none",))


def _absent(given: nodes.Given, type_: Type) -> bool:
    """`新线 = 没有规定`: the rule is not in force. A state or value of that name is the value."""
    said = given.value.path[0] if isinstance(given.value, nodes.Name) and len(given.value.path) == 1 else ""
    return said in ABSENT and said not in type_.members


def example_of(declared: Declared, model: Model, report: Report) -> ir.Example | None:
    """One example, or None when a line of it is wrong."""
    assert isinstance(declared.node, nodes.Example)
    return _Reader(declared.node, model, report).run(declared)


class _Reader:
    def __init__(self, node: nodes.Example, model: Model, report: Report) -> None:
        self.node = node
        self.model = model
        self.report = report
        self.elaborator = Elaborator(model, report)
        self.root = ""
        self.history = False
        self.facts: dict[str, object] = {}
        self.labels: dict[tuple[str, ...], int] = {}
        self.entered: dict[tuple[str, ...], Span] = {}  # where a list's first entry is written, by the way to the list
        self.empty: dict[tuple[str, ...], Span] = {}  # where a list is said to be 无
        self.said: dict[str, tuple[Span, bool]] = {}  # where a fact is first given, and whether with a date
        self.places: list[tuple[str, Place]] = []

    def run(self, declared: Declared) -> ir.Example | None:
        node = self.node
        if not any(e.expected for e in node.entries):
            self.report.error("P0702", node.span, title=node.title)
            return None
        self.history = any(e.month for e in node.entries)
        if node.on is None and not self.history:
            self.report.error("P0703", node.span, title=node.title)
            return None
        undated = next((e for e in node.entries if self.history and e.expected and e.target and e.month is None), None)
        if self.history and (node.on is not None or undated is not None):
            at = undated if undated is not None and node.on is None else next(e for e in node.entries if e.month)
            zh, en = "写了 于 某日，这一行又写了月份", "it has “on”, and this line a month"
            if node.on is None:
                zh, en = "别的行写了月份，这一条 应为 没有写", "other lines have months, this expectation has none"
            self.report.error("P1018", at.span, title=node.title, mixed=zh, mixed_en=en)
            return None
        resolved: list[tuple[nodes.Entry, list[tuple[str, str]], str]] = []
        failed = False
        for entry in node.entries:
            if not entry.target:
                continue
            try:
                resolved.append((entry, *self._target(entry)))
            except Skip:
                failed = True
        roots = dict.fromkeys(root for _, _, root in resolved)  # in the order of the text, whatever the hash seed
        if len(roots) > 1:
            outer = [r for r in roots if not any(r != o and o in self.model.ancestors(r) for o in roots)]
            self.root = outer[0]
        elif roots:
            (self.root,) = roots
        expected: list[ir.Expected] = []
        for entry, steps, root in resolved:
            try:
                if root != self.root:
                    raise self.elaborator.fail(
                        "P0701",
                        entry.span,
                        title=node.title,
                        problem=f"{root}不在{self.root}之内",
                        problem_en=f"{root} is not within {self.root}",
                        hint=("写明它属于哪一个", "say which one holds it"),
                    )
                self._entry(entry, steps, expected)
            except Skip:
                failed = True
        if any(not e.target for e in node.entries):
            expected.append(
                ir.Expected("", "error", None, (), next(e for e in node.entries if not e.target).span.place)
            )
        if failed:
            return None
        return ir.Example(
            node.title,
            first_day(node.on) if node.on is not None else 0,
            {self.root: self.facts} if self.root else {},
            tuple(expected),
            declared.clause.policy,
            node.span.place,
            self.history,
            tuple(self.places),
        )

    def _target(self, entry: nodes.Entry) -> tuple[list[tuple[str, str]], str]:
        """The way from the root to the entry: (list, label) pairs, and the root entity."""
        words = list(entry.target)
        entities = self.model.entities
        first = words[0]
        holder = next((e for e, s in entities.items() if first in s.lists), None)
        if first in entities and (holder is None or len(words) % 2):  # a list may be called like its entity
            root, rest = first, words[1:]
        else:
            if holder is None:
                if first in self.model.broken:
                    raise Skip
                known = [*entities, *(n for s in entities.values() for n in s.lists)]
                zh, en = suggestion(first, known)
                raise self.elaborator.fail(
                    "P0201",
                    entry.span,
                    name=first,
                    hint=(zh or "写对象或名单的名称", en or "write an entity or a list"),
                )
            root, rest = holder, words
        steps: list[tuple[str, str]] = []
        here = root
        while rest:
            if rest[0] not in entities[here].lists or len(rest) < 2:
                raise self.elaborator.fail(
                    "P0701",
                    entry.span,
                    title=self.node.title,
                    problem=f"「{rest[0]}」后面要写是哪一个",
                    problem_en=f"“{rest[0]}”: say which one",
                    hint=("例如 成员 甲: …", "as in members a: …"),
                )
            steps.append((rest[0], rest[1]))
            here = entities[here].lists[rest[0]].entity
            rest = rest[2:]
        return steps, root

    def _at(self, steps: list[tuple[str, str]], span: Span) -> tuple[dict[str, object], str, str]:
        """The facts of the entry (made when new), its entity and its path. `span`: where it is written."""
        here, entity, path = self.facts, self.root, self.root
        trail: tuple[str, ...] = ()
        for name, label in steps:
            if (*trail, name) in self.empty:
                raise self._nobody(name, span, self.empty[(*trail, name)])
            self.entered.setdefault((*trail, name), span)
            listed = here.setdefault(name, [])
            assert isinstance(listed, list)
            trail = (*trail, name, label)
            if trail not in self.labels:
                self.labels[trail] = len(listed)
                inner = self.model.entities[entity].lists[name].entity
                texts = [f for f in self.model.entities[inner].facts.values() if f.type.kind == "text"]
                named = [f for f in texts if f.node.identifies] + [f for f in texts if not f.node.identifies][:1]
                listed.append({f.name: label for f in named})
            index = self.labels[trail]
            here = listed[index]
            entity = self.model.entities[entity].lists[name].entity
            path = f"{path}.{name}[{index}]"
        return here, entity, path

    def _entry(self, entry: nodes.Entry, steps: list[tuple[str, str]], expected: list[ir.Expected]) -> None:
        facts, entity, path = self._at(steps, entry.span)
        symbol = self.model.entities[entity]
        failed = False
        for a in entry.assignments:
            name = ".".join(a.name)
            try:
                if name in PRESENT and not entry.expected and steps:
                    self._once(f"{path}.{PRESENT[0]}", name, entry, a)
                    presence = self._dated(facts.get(PRESENT[0]), entry, self._presence(a))
                    self._keep(facts, PRESENT[0], presence, path, a)
                elif name in PRESENT and not entry.expected and name not in symbol.facts:
                    hint = (
                        "写在名单里的那一个，例如 成员 甲: 在列 = 否",
                        "it stands with an entry of a list, as in members Ann: present = no",
                    )
                    raise self.elaborator.fail("P0201", a.span, name=name, hint=hint)
                elif entry.expected:
                    target = self.model.rules.get((entity, name)) or symbol.facts.get(name)
                    if target is None:
                        raise self._unknown(name, a.span, entity, [n for e, n in self.model.rules if e == entity])
                    if a.measure and not (isinstance(target, RuleSymbol) and target.benefit):
                        raise self.elaborator.fail("P1019", a.span, name=name)
                    type_ = target.type
                    if a.measure and isinstance(target, RuleSymbol):
                        type_ = paid_type(type_, target.parts is not None)
                    absent = isinstance(target, RuleSymbol) and not a.measure and _absent(a.given, target.type)
                    kind, value = ("absent", None) if absent else (a.given.kind, self._value(a, type_))
                    month = first_day(entry.month) if entry.month else 0
                    expected.append(
                        ir.Expected(f"{path}.{name}", kind, value, a.given.names, a.span.place, month, a.measure)
                    )
                elif name in symbol.lists and _none(a.given):
                    self._empty((*(word for step in steps for word in step), name), entry, a)
                    facts[name] = []
                else:
                    fact = symbol.facts.get(name)
                    if fact is None:
                        if (entity, name) in self.model.rules:
                            raise self.elaborator.fail(
                                "P0701",
                                a.span,
                                title=self.node.title,
                                problem=f"「{name}」是规则，不是事实",
                                problem_en=f"“{name}” is a rule, no fact",
                                hint=("放到 应为 之后", "put it behind “expect”"),
                            )
                        raise self._unknown(name, a.span, entity, list(symbol.facts))
                    self._once(f"{path}.{name}", name, entry, a)
                    self._keep(facts, name, self._dated(facts.get(name), entry, self._given(a, fact)), path, a)
            except Skip:
                failed = True
        if failed:
            raise Skip

    def _unknown(self, name: str, span: Span, entity: str, known: list[str]) -> Skip:
        """A name that this entity does not have; perhaps another one has it."""
        owners = [e for e, s in self.model.entities.items() if name in s.facts or (e, name) in self.model.rules]
        if not owners:
            return self.elaborator.unknown(name, span, Scope(self.model, entity), known)
        zh, en = "、".join(owners), ", ".join(owners)
        hint = (
            f"「{name}」是{zh}的，不是{entity}的：写到那一行",
            f"“{name}” is of {en}, not of {entity}: write it there",
        )
        return self.elaborator.fail("P0201", span, name=name, hint=hint)

    def _empty(self, trail: tuple[str, ...], entry: nodes.Entry, a: nodes.Assignment) -> None:
        """Notes that a list is 无; raises where it has entries, or where that is to hold from a day on."""
        name = trail[-1]
        if entry.month is not None:
            raise self.elaborator.fail(
                "P0701",
                a.span,
                title=self.node.title,
                problem=f"名单「{name}」不能分时间写",
                problem_en=f"the list “{name}” cannot have dates",
                hint=("谁来谁走写在那一个的 在列 里", "who comes and goes is said by “present” of the entry"),
            )
        if trail in self.entered:
            raise self._nobody(name, a.span, self.entered[trail])
        self.empty.setdefault(trail, a.span)

    def _nobody(self, name: str, span: Span, other: Span) -> Skip:
        return self.elaborator.fail(
            "P0704",
            span,
            labels=[(other, "这里说的不一样", "this says otherwise")],
            title=self.node.title,
            problem=f"「{name}」说是 无，又写了其中的一个",
            problem_en=f"“{name}” is said to be none, and one of its entries is written",
            hint=(
                f"里面没有人，就删去「{name}」的各行；有人，就删去 {name} = 无",
                f"take away the lines of “{name}” if nobody is in it, or “{name} = none” if somebody is",
            ),
        )

    def _once(self, path: str, name: str, entry: nodes.Entry, a: nodes.Assignment) -> None:
        """Raises where a fact has been given already. Dated values of a history stand beside each other."""
        dated = entry.month is not None
        span, before = self.said.get(path, (a.span, dated))
        if span == a.span or (dated and before):
            return
        both = ("，一次有日期，一次没有", ", once with a date and once without") if dated != before else ("", "")
        raise self.elaborator.fail(
            "P0704",
            a.span,
            labels=[(span, "第一次", "the first time")],
            title=self.node.title,
            problem=f"「{name}」给了两次{both[0]}",
            problem_en=f"“{name}” is given twice{both[1]}",
            hint=(
                ("每个值都写 自 日期，或只留一个", "give each value its “from”, or keep one")
                if self.history
                else ("留一个", "keep one")
            ),
        )

    def _keep(self, facts: dict[str, object], name: str, value: object, path: str, a: nodes.Assignment) -> None:
        """The fact, and where it is written."""
        facts[name] = value
        row = f"[{len(value) - 1}]" if isinstance(value, list) else ""
        self.places.append((f"{path}.{name}{row}", a.span.place))
        self.said.setdefault(f"{path}.{name}", (a.span, bool(row)))

    def _dated(self, before: object, entry: nodes.Entry, value: object) -> object:
        """The fact as a history writes it; what has no date holds from the beginning."""
        if entry.month is None:
            return value
        row = {SINCE[0]: entry.month, IS[0]: value}
        if entry.until is not None:
            row[UNTIL[0]] = entry.until
        if entry.learned is not None:
            row[LEARNED[0]] = entry.learned
        return [*(before if isinstance(before, list) else []), row]

    def _presence(self, a: nodes.Assignment) -> bool:
        if isinstance(a.given.value, nodes.Truth):
            return a.given.value.value
        raise self.elaborator.wanted(a.span, "是或否", "yes or no", TEXT)

    def _value(self, a: nodes.Assignment, type_: Type) -> object:
        if a.given.kind != "value":
            return None
        assert a.given.value is not None
        if type_.kind == "text":
            raise self.elaborator.fail("P0213", a.span)
        written = self.elaborator.given(a.given.value, type_)
        made = self.elaborator.expression(a.given.value, Scope(self.model, ""), written)
        if not isinstance(made, ir.Constant):
            raise self.elaborator.wanted(a.span, "写明的值", "a written value", made.type)
        return made.value

    def _given(self, a: nodes.Assignment, fact: FactSymbol) -> object:
        """The fact in the contract's form: numbers in the declared unit, or text with the unit as written."""
        if a.given.kind == "error":
            raise self.elaborator.fail(
                "P0701",
                a.span,
                title=self.node.title,
                problem="事实不能是 错误",
                problem_en="a fact cannot be “error”",
                hint=("写一个值或 未知", "give a value or unknown"),
            )
        if a.given.kind == "unknown":  # a death that is left out is none
            return "未知" if fact.node.died else None
        value = a.given.value
        if fact.type.kind == "text":
            return value.path[0] if isinstance(value, nodes.Name) else a.given.span.text
        self._value(a, fact.type)
        match value:
            case nodes.Truth():
                return value.value
            case nodes.Day():
                return value.text
            case nodes.Name():
                return value.path[0]
        negative = isinstance(value, nodes.Negative)
        number = value.operand if isinstance(value, nodes.Negative) else value
        assert isinstance(number, nodes.Number)
        digits = ("-" if negative else "") + number.digits
        if number.unit:
            unit = unit_of(number.unit, self.model.units)
            assert unit is not None
            return f"{digits} {(complete(unit, fact.type.own) or unit).show('zh')}"
        return int(digits) if "." not in digits else Decimal(digits)
