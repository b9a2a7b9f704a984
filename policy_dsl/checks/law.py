"""What is in force and reads what is not: told beforehand, where it is so after a day on which it could be decided, or on every day.

So is what a condition of 补发 or a limit of 追回 reads; of a guarantee, which asks nothing then, only that it can never be asked.

Each rule is looked at by itself, on the days on which something of it or of what it reads begins or ends; rules stand after those that they
read, so what reads one that cannot be decided has the causes of that one. What a case may need counts as needed, but for a line that the day
itself rules out.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise, product
from typing import NamedTuple

from ..diagnostics.report import MOST_LABELS, Diagnostic, Label, Report
from ..ir import nodes as ir
from ..ir.in_force import InForce, by_keys, dependency_order, entry_days, held, in_force, rule_days
from ..ir.traverse import children, references
from ..model.clause import Clause
from ..model.types import Type
from ..source import Place
from .days import ALL, END, Days, settled

Key = tuple[str, str]
CODE = "P0280"
MOST_CELLS = 3  # combinations of a parameter's keys that a message names


class Cause(NamedTuple):
    """What is not in force: a rule, or a parameter for combinations of its keys."""

    name: str
    place: Place


ANY = Cause("", Place("", 0, 0, 0, 0))  # whatever it is, of what no case can decide


class Needed(NamedTuple):
    """What a formula waits for in vain, and on which days; `sure` where no case can do without it. `read` and `place`: how it is read;
    `rule`: the rule that is read; `via`: that one is in force and waits for the cause."""

    cause: Cause
    days: Days
    sure: bool
    read: str
    place: Place
    rule: Key | None = None
    via: bool = False


def check_law(program: ir.Program, report: Report) -> None:
    """Reports what reads what is not in force (P0280)."""
    for rule, found, days in reading(program):
        _tell(rule, found, days, report)


def reading(program: ir.Program) -> Iterator[tuple[ir.Rule, Needed, Days]]:
    """Rules that read what is not in force, and what is asked beside them: what they wait for in vain, and the days to tell."""
    parameters: dict[str, _Parameter] = {}
    rules: dict[Key, _Rule] = {}
    formula = _Formula(parameters, rules)
    for parameter in dependency_order(program.parameters):
        parameters[parameter.name] = _Parameter(parameter, formula)
    for rule in program.rules:
        rules[rule.entity, rule.name] = _Rule(rule, formula)
    said: dict[Key, dict[Cause, Days]] = {}  # what is told of a rule and of all that it reads
    for key, made in rules.items():
        mine: dict[Cause, Days] = {}
        for other in references(made.rule):
            for cause, days in said[other].items():
                mine[cause] = mine.get(cause, Days()).joined(days)
        if not (made.rule.hidden or made.rule.displaces):  # these are told of what reads them
            for found, late in list(made.told(said)):
                days = late.without(mine.get(found.cause, Days()))
                if days:
                    yield made.rule, found, days
                    mine[found.cause] = mine.get(found.cause, Days()).joined(days)
        said[key] = mine
    for asked in (*_settling(program), *_claims(program)):
        told = [said[read] for read in references(asked)]
        for found, late in _Rule(asked, formula).told(said):
            days = late
            for before in told:
                days = days.without(before.get(found.cause, Days()))
            if days and (asked.benefit or days == Days(((asked.since, asked.until + 1),))):
                yield asked, found, days


def _settling(program: ir.Program) -> Iterator[ir.Rule]:
    """Conditions of 补发 and limits of 追回 as rules of their benefits: asked from the benefit's first day on, also when it has ended."""
    rules = {(r.entity, r.name): r for r in program.rules}
    for a in {(a.kind, a.entity, a.benefit): a for a in program.arrears}.values():
        rule = rules[a.entity, a.benefit]
        since = min((x.since for x in rule.lines), default=0)
        line = _line(None, a.condition, since, ir.OPEN, a.layer, a.clause, a.place)
        yield rule._replace(modes=(), lines=(line,), repeals=(), parts=None)


def _claims(program: ir.Program) -> Iterator[ir.Rule]:
    """The lines of guarantees as rules."""
    for g in program.guarantees:
        for c in g.claims:
            line = _line(c.when, c.says, c.since, c.until, g.layer, c.clause, c.place)
            yield ir.Rule(g.entity, g.title, c.says.type, False, (), (line,), c.since, c.until, c.clause, (), c.place)


def _line(
    condition: ir.Expression | None,
    result: ir.Expression,
    since: int,
    until: int,
    layer: int,
    clause: Clause,
    place: Place,
) -> ir.Line:
    kind = "value" if condition is None else "branch"
    return ir.Line(kind, "", condition, result, (), since, until, 0, -1, "", layer, clause, (), place)


def _tell(rule: ir.Rule, found: Needed, days: Days, report: Report) -> None:
    zh, en, cause = days.text("zh"), days.text("en"), found.cause
    label = (cause.place, f"{cause.name} {zh}没有规定", f"{cause.name}: nothing is in force {en}")
    report.error(
        CODE, found.place, labels=[label], name=rule.name, cause=cause.name, days=zh, days_en=en, read=found.read
    )


class Asked(NamedTuple):
    """Of the combinations of keys that a reference may ask for: by name, the days on which some lack a value; those on which all do; what
    their formulas wait for."""

    lacks: tuple[tuple[str, Days], ...]
    surely: Days
    fails: tuple[Needed, ...]


class _Parameter:
    """A parameter's combinations of keys: on which days nothing of them is in force, and what their formulas wait for in vain."""

    def __init__(self, parameter: ir.Parameter, formula: _Formula) -> None:
        self.parameter = parameter
        self.lacks: dict[tuple[int, ...], Days] = {}
        self.fails: dict[tuple[int, ...], list[Needed]] = {}
        self._asked: dict[tuple[tuple[int, ...], ...], Asked] = {}
        alike: dict[tuple[int, ...], Days] = {}  # by the entries that speak of the combination
        computed = any(e.value is not None and not isinstance(e.value, ir.Constant) for e in parameter.entries)
        for keys, alone in by_keys(parameter).items():
            same = tuple(map(id, alone.entries))
            if computed or same not in alike:
                alike[same] = self._combination(keys, alone, formula)
            self.lacks[keys] = alike[same]

    def _combination(self, keys: tuple[int, ...], alone: ir.Parameter, formula: _Formula) -> Days:
        """The days on which nothing is in force; what the formulas of the others wait for is kept."""
        lacks: list[tuple[int, int]] = []
        for since, following in pairwise([0, *entry_days([alone]), END]):
            entry, floor = held(alone, keys, since)
            if entry is None and floor is None:
                lacks.append((since, following))
            elif entry is not None and entry.value is not None and not isinstance(entry.value, ir.Constant):
                found = formula.needs(entry.value, Days(((since, following),)), True, keys)
                self.fails.setdefault(keys, []).extend(found)
        return Days(lacks)

    def asked(self, node: ir.ParameterRef, own: tuple[int, ...]) -> Asked:
        """What a reference may ask for; `own` are the keys of the parameter in whose formula it stands. Worked out once for the same keys."""
        types = self.parameter.key_types
        ways = tuple(_ways(k, t, own) for k, t in zip(node.keys, types, strict=True))
        found = self._asked.get(ways)
        if found is None:
            cells = list(product(*ways))
            alike: dict[Days, list[tuple[int, ...]]] = {}
            for cell in cells:
                alike.setdefault(self.lacks[cell], []).append(cell)
            surely = ALL
            for lacks in alike:
                surely = surely.within(lacks)
            # keys that have no value on any day are no matter of days
            named = tuple(
                (self.called(some), lacks) for lacks, some in alike.items() if not lacks.all or len(alike) == 1
            )
            fails = tuple(n._replace(sure=n.sure and len(cells) == 1) for c in cells for n in self.fails.get(c, ()))
            found = self._asked[ways] = Asked(named, surely, fails)
        return found

    def called(self, cells: list[tuple[int, ...]]) -> str:
        name, types = self.parameter.name, self.parameter.key_types
        if len(cells) > MOST_CELLS or len(cells) == len(self.lacks):
            return name
        return "、".join(f"{name}({', '.join(t.members[k] for k, t in zip(c, types, strict=True))})" for c in cells)


def _ways(key: ir.Expression, type_: Type, own: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(key, ir.Constant):
        return (key.value,)
    if isinstance(key, ir.KeyRef):
        return (own[key.position],)
    return tuple(range(len(type_.members)))


class _Formula:
    """What formulas wait for in vain, by what is known of the parameters and rules that stand before them."""

    def __init__(self, parameters: dict[str, _Parameter], rules: dict[Key, _Rule]) -> None:
        self.parameters = parameters
        self.rules = rules

    def needs(self, formula: ir.Expression, days: Days, sure: bool, own: tuple[int, ...] = ()) -> Iterator[Needed]:
        """All that a formula may wait for in vain on some days. `sure`: on these it is asked for in every case."""
        stack = [(formula, days, sure)]
        while stack:
            node, on, must = stack.pop()
            if not on:
                continue
            match node:
                case ir.RuleRef() | ir.ParameterRef():
                    yield from self.read(node, on, must, own)
                    stack.extend((k, on, must) for k in children(node))
                case ir.AsOf():
                    yield from self.as_of(node, on, must)
                    stack.extend((k, on, must) for k in (node.day, *children(node.value)))
                case ir.IfInForce(value=ir.AsOf() as value):
                    stack.extend((k, on, must) for k in (value.day, *children(value.value)))
                    stack.append((node.default, on, False))
                case ir.IfInForce(value=ir.RuleRef() | ir.ParameterRef() as value):
                    lacks = self.lacks(value, own)
                    yield from self.read(value, on.without(lacks), must, own)
                    stack.extend((k, on, must) for k in children(value))
                    stack.append((node.default, on.within(lacks), False))
                case ir.Logic():
                    open_ = on.without(settled(node, node.joined == "or", on))
                    stack.extend((p, open_, False) for p in node.parts)
                case ir.Aggregate() | ir.Past() | ir.Window():
                    stack.extend((c, on, False) for c in children(node))
                case _:
                    stack.extend((c, on, must) for c in children(node))

    def lacks(self, node: ir.RuleRef | ir.ParameterRef, own: tuple[int, ...]) -> Days:
        """The days on which nothing that a reference may mean is in force."""
        if isinstance(node, ir.RuleRef):
            return self.rules[node.entity, node.name].lacks
        return self.parameters[node.name].asked(node, own).surely

    def read(self, node: ir.RuleRef | ir.ParameterRef, on: Days, must: bool, own: tuple[int, ...]) -> Iterator[Needed]:
        """What a reference waits for in vain."""
        if isinstance(node, ir.RuleRef):
            found = self.rule_read(node, self.rules[node.entity, node.name])
        else:
            found = self.parameter_read(node, self.parameters[node.name], own)
        for n in found:
            days = n.days.within(on)
            if days:
                yield n._replace(days=days, sure=n.sure and must)

    def rule_read(self, node: ir.RuleRef, rule: _Rule) -> Iterator[Needed]:
        key, read = (node.entity, node.name), node.place.written
        if rule.lacks and not rule.rule.hidden:
            yield Needed(Cause(rule.rule.called, rule.rule.place), rule.lacks, True, read, node.place, key)
        for cause, days in rule.fails.items():
            yield Needed(cause, days, False, cause.name, node.place, key, True)
        yield Needed(ANY, rule.surely, True, read, node.place)

    def parameter_read(self, node: ir.ParameterRef, found: _Parameter, own: tuple[int, ...]) -> Iterator[Needed]:
        asked = found.asked(node, own)
        for n in asked.fails:
            yield n._replace(read=n.cause.name, place=node.place)
        for name, lacks in asked.lacks:
            yield Needed(Cause(name, found.parameter.place), lacks, False, node.place.written, node.place)
        yield Needed(ANY, asked.surely, True, "", node.place)

    def as_of(self, node: ir.AsOf, on: Days, must: bool) -> Iterator[Needed]:
        """What is read on a day that is written down: it is the same on all days."""
        if not isinstance(node.day, ir.Constant):
            return
        then = Days(((node.day.value, node.day.value + 1),))
        for n in self.read(node.value, then, must, ()):
            yield n._replace(days=on, read=node.place.written, place=node.place, rule=None, via=False)


class _Rule:
    """The days on which a rule is not in force; those on which it may fail, by cause; those on which it surely does."""

    def __init__(self, rule: ir.Rule, formula: _Formula) -> None:
        self.rule = rule
        self.needs: list[tuple[Needed, int]] = []  # with the line
        self.fails: dict[Cause, Days] = {}
        self.lines: dict[int, Days] = {}  # the days on which a line surely fails where it is asked for
        lacks: list[tuple[int, int]] = []
        surely: list[tuple[int, int]] = []
        for since, following in pairwise([0, *rule_days([rule]), END]):
            found = in_force(rule, since)
            if found is None:
                lacks.append((since, following))
                continue
            alone = not found.exceptions and len(found.body) == 1 and found.body[0].condition is None
            for n, line in _lines(found, formula, Days(((since, following),))):
                if n.sure:
                    self.lines[id(line)] = self.lines.get(id(line), Days()).joined(n.days)
                    surely += n.days.spans if alone else ()
                if n.cause != ANY:
                    self.needs.append((n, id(line)))
                    self.fails[n.cause] = self.fails.get(n.cause, Days()).joined(n.days)
        self.lacks = Days(lacks)
        self.surely = Days(surely)

    def told(self, said: dict[Key, dict[Cause, Days]]) -> Iterator[tuple[Needed, Days]]:
        """What is to be told: days after one on which the rule could be decided, all where there is no such day; of what it reads by way of
        another rule only what that one does not tell."""
        holds = ALL.without(self.lacks)
        beside: dict[Key, Days] = {}  # the days on which a rule that is read has no value, for whatever cause
        for n, _ in self.needs:
            if n.rule is not None:
                beside[n.rule] = beside.get(n.rule, Days()).joined(n.days)
        for n, line in self.needs:
            decided = holds.without(self.surely).without(self.fails[n.cause])
            days, other = n.days, self.lines.get(line, Days())
            if n.rule is not None and n.via:
                days, other = days.without(said[n.rule].get(n.cause, Days())), beside[n.rule]
            good = decided.without(other)
            late = days.since(good.first) if good else days if not decided else Days()
            if late:
                yield n, late


def _lines(found: InForce, formula: _Formula, days: Days) -> Iterator[tuple[Needed, ir.Line]]:
    """What the lines of a rule wait for in vain, each. One that the day itself rules out needs nothing."""
    for line in (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())):
        on = days
        if line.condition is not None:
            yield from ((n, line) for n in formula.needs(line.condition, days, False))
            on = days.without(settled(line.condition, False, days))
        yield from ((n, line) for n in formula.needs(line.result, on, True))


def joined(found: list[Diagnostic]) -> list[Diagnostic]:
    """The findings, those of one cause told once, at the first that reads it."""
    first: dict[object, int] = {}
    out: list[Diagnostic] = []
    for d in found:
        key = d.labels[0] if d.code == CODE else None
        if key is None or d.place is None:
            out.append(d)
        elif key not in first:
            first[key] = len(out)
            out.append(d)
        else:
            before = out[first[key]]
            also = Label(d.place, "这里也用它", "it is read here, too")
            out[first[key]] = before._replace(labels=(*before.labels, also)[:MOST_LABELS])
    return out
