"""Tree → text in either keyword language, the one form that the formatter writes and that a translation comes out in.

What the parser makes of the text is the tree again. So a name stands in 「」 where it equals a word of expressions (且, is) or
where only its place would make a keyword of it, and parentheses stand where the grammar would group otherwise. Names and
types are the policy's own and stay; keywords, units and comparison words change with the language. Comments are no part of
the tree's meaning: who formats a file puts them back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, assert_never

from attrs import evolve, frozen

from ..source import width
from . import characters, keywords, nodes
from .nodes import (
    Arithmetic,
    AsOf,
    Call,
    Comparison,
    Day,
    Displaced,
    Logic,
    Membership,
    Name,
    Negative,
    Not,
    Number,
    Per,
    Range,
    Truth,
)

Language = Literal["zh", "en"]
Printable = nodes.File | nodes.Item | nodes.Line | nodes.Expression

WIDTH = 100  # columns of a line; a longer condition takes a line for each of its parts

_PLAIN = re.compile(characters.NAME)
_TYPE = frozenset(keywords.words("type"))
_CELL = frozenset(keywords.words("cell"))
_RESULT = frozenset(keywords.words("result"))
_VALUE = frozenset(keywords.words("value"))
_CLAIM = frozenset(keywords.words("claim"))
_FROM = frozenset({keywords.spelling("FROM", "zh"), keywords.spelling("FROM", "en")})
_AMENDMENT_LINE = frozenset(keywords.words("line", "AMEND"))
_BODY_LINE = frozenset(keywords.words("line", "STATUS")) | _AMENDMENT_LINE
_GUARANTEE_LINE = frozenset(keywords.words("line", "GUARANTEE"))
_EXAMPLE_LINE = frozenset(keywords.words("line", "EXAMPLE"))
_CELL_WORDS = {w: k.terminal for w, k in keywords.words("cell").items()}

_OR, _NOT, _COMPARED, _SUM, _PRODUCT, _SIGNED, _ATOM = range(7)  # how tightly an expression binds


def text(node: Printable, lang: Language = "zh") -> str:
    """The node as a drafter would write it; a file and its lines end in a line break, expressions do not."""
    printer = _Printer(lang)
    if isinstance(node, nodes.File):
        return printer.file(node.items)
    if isinstance(node, nodes.Line):
        return _joined(printer.line(node, 0))
    if isinstance(node, nodes.Expression):
        return printer.expression(node)
    return _joined(printer.item(node))


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _opening(text: str, words: frozenset[str]) -> str:
    """`text` with its first word in 「」 where only standing first would make a keyword of it."""
    first = re.match(r"\w+", text)
    return f"「{first.group()}」{text[first.end() :]}" if first and first.group() in words else text


def _fitted(text: str, depth: int) -> Iterator[str]:
    """The line, broken where \\n marks that it may be (before 且 and 或) if it is too long for one."""
    flat = "  " * depth + text.replace("\n", " ")
    if width(flat) <= WIDTH:
        yield flat
        return
    for n, part in enumerate(text.split("\n")):
        yield "  " * (depth + 2 if n else depth) + part


def _plain(name: str) -> bool:
    """Whether a name can be read without 「」."""
    return _PLAIN.fullmatch(name) is not None and characters.disguised(name) < 0


def _ends_in_unit(e: nodes.Expression) -> bool:
    """Whether a name behind `e` and a slash would be read as a part of the unit in which it ends."""
    match e:
        case Number():
            return bool(e.unit) and e.unit != ("%",) and not e.apart
        case Negative(operand):
            return _ends_in_unit(operand)
        case Arithmetic("*" | "/", _, Number() | Negative() | Per() as right):
            return isinstance(right, Per) or _ends_in_unit(right)
    return False


@frozen
class _Printer:
    lang: Language
    reserved: frozenset[str] = keywords.RESERVED  # what may not be a bare name where it prints
    declared: str = ""  # the name whose body it prints: the heading of a table's results

    # --- words

    def word(self, terminal: str) -> str:
        return keywords.spelling(terminal, self.lang)

    def bare(self, name: str) -> bool:
        return _plain(name) and name not in self.reserved

    def name(self, name: str) -> str:
        return name if self.bare(name) else f"「{name}」"

    def names(self, names: Iterable[str], between: str = ", ") -> str:
        return between.join(map(self.name, names))

    def compared(self, word: str) -> str:
        return keywords.comparison_in(word, self.lang)

    # --- expressions

    def condition(self, e: nodes.Expression) -> str:
        """An expression that stands by itself on its line; \\n before each 且 or 或 where the line may be broken."""
        if isinstance(e, Logic):
            return f"\n{self.word(e.joined.upper())} ".join(self.expression(p, _NOT) for p in e.parts)
        return self.expression(e)

    def expression(self, e: nodes.Expression | Range, least: int = _OR) -> str:
        """In parentheses where it binds less tightly than its place takes."""
        binds, made = self._bound(e)
        return f"({made})" if binds < least else made

    def _bound(self, e: nodes.Expression | Range) -> tuple[int, str]:
        match e:
            case Name(path):
                return _ATOM, self.names(path, ".")
            case Number():
                return _ATOM, self.number(e)
            case Day(written):
                return _ATOM, written
            case Truth(value):
                return _ATOM, self.word("YES" if value else "NO")
            case Displaced():
                return _ATOM, self.word("DISPLACED")
            case Call():
                return _ATOM, self.call(e)
            case AsOf(target, day):
                at = self.expression(day)
                at = at if isinstance(day, Name | Call | Day) else f"({at})"
                return _ATOM, f"{self.expression(target)} {self.word('ON')} {at}"
            case Range():
                return _ATOM, self.range(e)
            case Negative(operand):
                return _SIGNED, f"-{self.expression(operand, _SIGNED)}"
            case Per(word):
                return _ATOM, self.unit(word)
            case Arithmetic("/", left, Per() as word):
                return _PRODUCT, f"{self.expression(left, _PRODUCT)}/{self.expression(word)}"
            case Arithmetic("/", left, Name((_,)) as name) if _ends_in_unit(left):
                return _PRODUCT, f"{self.expression(left, _PRODUCT)} / ({self.expression(name)})"
            case Arithmetic(sign, left, right):
                level = _SUM if sign in "+-" else _PRODUCT
                return level, f"{self.expression(left, level)} {sign} {self.expression(right, level + 1)}"
            case Comparison(first, links):
                rest = (f" {self.compared(x.word)} {self.expression(x.right, _SUM)}" for x in links)
                return _COMPARED, self.expression(first, _SUM) + "".join(rest)
            case Membership(item, options):
                among = self.range(options) if isinstance(options, Range) else f"({self.listed(options)})"
                return _COMPARED, f"{self.expression(item, _SUM)} {self.word('AMONG')} {among}"
            case Not(operand):
                return _NOT, f"{self.word('NOT')} {self.expression(operand, _NOT)}"
            case Logic():
                return _OR, self.condition(e).replace("\n", " ")
            case _:
                assert_never(e)

    def listed(self, expressions: Iterable[nodes.Expression]) -> str:
        return ", ".join(self.expression(e) for e in expressions)

    def number(self, e: Number) -> str:
        """The digits as written; a unit that the policy declares is a name, the others have a word in each language."""
        unit = "/".join(map(self.unit, e.unit))
        if e.apart:
            return f"{e.digits} ({unit})"
        return f"{e.digits}{'%' if e.unit else ''}" if e.unit in ((), ("%",)) else f"{e.digits} {unit}"

    def unit(self, word: str) -> str:
        return keywords.unit_in(word, self.lang) if word in keywords.UNIT_KEYS and word != "%" else self.name(word)

    def range(self, e: Range) -> str:
        left, right = "[" if e.low_closed else "(", "]" if e.high_closed else ")"
        return f"{left}{self.expression(e.low)}, {self.expression(e.high)}{right}"

    def call(self, e: Call) -> str:
        inside = self.listed(e.arguments)
        if e.where is not None:
            inside += f" {self.word('WHEN')} {self.expression(e.where)}"
        if e.default is not None:
            inside += f", {self.word('DEFAULT')} {self.expression(e.default)}"
        return f"{self.name(e.name)}({inside})"

    # --- bodies

    def dates(self, d: nodes.Dates) -> str:
        parts = (("FROM", d.since), ("TO", d.until), ("PUBLISHED", d.published))
        return " ".join(f"{self.word(terminal)} {day}" for terminal, day in parts if day is not None)

    def notes(self, notes: nodes.Notes) -> str:
        """With a space before each, as they stand behind a line."""
        said = [("UNDER", x) for x in notes.basis] + [("ASSUME", x) for x in notes.assumptions]
        return "".join(f" {self.word(terminal)} {x}".rstrip() for terminal, x in said)

    def result(self, r: nodes.Result, keyword: frozenset[str] = _RESULT) -> str:
        made = self.condition(r.value) if r.value is not None else ""
        match r.kind:
            case "exact":
                return _opening(made, keyword)
            case "floor":
                return f"{self.compared('不低于')} {made}"
            case "target":
                return f"{self.word('TARGET')} {made}"
            case "pending":
                return self.word("PENDING")
            case "absent":
                return "—"

    def body(self, lines: Iterable[nodes.Line], depth: int = 1) -> Iterator[str]:
        for line in lines:
            yield from self.line(line, depth)

    def line(self, line: nodes.Line, depth: int) -> Iterator[str]:
        match line:
            case nodes.Table():
                yield from ("  " * depth + row for row in self.table(line))
            case nodes.Dated(dates, (nodes.Value() | nodes.Repeal() as value,), True):
                yield from _fitted(f"{self.dates(dates)} {self.given(value)}", depth)
            case nodes.Dated(dates, lines):
                yield "  " * depth + self.dates(dates)
                yield from self.body(lines, depth + 1)
            case nodes.Mode(kind):
                yield "  " * depth + self.word(kind.upper())
            case nodes.Remark(notes):
                yield "  " * depth + self.notes(notes).lstrip(" ")
            case nodes.Initial(state, notes):
                yield "  " * depth + f"{self.word('INITIAL')} {self.name(state)}{self.notes(notes)}"
            case nodes.Final(states, notes):
                yield "  " * depth + f"{self.word('FINAL')} {self.names(states)}{self.notes(notes)}"
            case nodes.Transition():
                yield from _fitted(self.transition(line), depth)
            case nodes.Arrears(condition, notes):
                made = f"{self.word('ARREARS')} {self.word('WHEN')} {self.condition(condition)}{self.notes(notes)}"
                yield from _fitted(made, depth)
            case _:
                yield from _fitted(self.given(line), depth)

    def transition(self, line: nodes.Transition) -> str:
        steps = f"{self.names(line.sources)} → {self.name(line.target)}"
        made = f"{steps} {self.word('WHEN')} {self.condition(line.condition)}{self.notes(line.notes)}"
        return _opening(made, _BODY_LINE)

    def given(self, line: nodes.Value | nodes.Branch | nodes.Otherwise | nodes.Except | nodes.Repeal) -> str:
        """A line that gives a result: what must hold, 为, the result, its notes; or one that takes something away."""
        if isinstance(line, nodes.Repeal):
            target = f" → {self.name(line.target)}" if line.target else ""
            return f"{self.word('REPEAL')} {self.names(line.name)}{target}".rstrip(" ") + self.notes(line.notes)
        ends = f"{self.word('IS')} {self.result(line.result)}"
        match line:
            case nodes.Branch():
                ends = f"{self.word('WHEN')} {self.condition(line.condition)} {ends}"
            case nodes.Otherwise():
                ends = f"{self.word('OTHERWISE')} {ends}"
            case nodes.Except():
                label = f" {self.name(line.label)}" if line.label else ""
                beats = f" {self.word('BEATS')} {self.names(line.beats)}" if line.beats else ""
                ends = (
                    f"{self.word('EXCEPT')}{label} {self.word('WHEN')} {self.condition(line.condition)} {ends}{beats}"
                )
            case nodes.Value():
                pass
        return ends + self.notes(line.notes)

    # --- tables

    def table(self, table: nodes.Table) -> list[str]:
        """Columns aligned by width on screen, and the row of dashes that makes Markdown take it for a table."""
        inside = evolve(self, reserved=self.reserved | _CELL)
        rows = [[inside.column(c) for c in table.columns]]
        rows += [[inside.cell(c) for c in row.cells] for row in table.rows]
        widths = [max(map(width, column)) for column in zip(*rows, strict=True)]
        made = ["".join(f"| {c}{' ' * (w - width(c))} " for c, w in zip(r, widths, strict=True)) + "|" for r in rows]
        dashes = "".join(f"|{'-' * (w + 2)}" for w in widths) + "|"
        notes = [self.notes(row.notes) for row in table.rows]
        return [made[0], dashes, *(row + said for row, said in zip(made[1:], notes, strict=True))]

    def column(self, c: nodes.Column) -> str:
        if c.dates is not None:
            return self.dates(c.dates)
        if c.expression is not None:
            return _opening(self.expression(c.expression), _RESULT | _FROM)
        return _opening(self.name(self.declared), _RESULT | _FROM) if self.declared else self.word("IS")

    def cell(self, c: nodes.Cell | nodes.Result) -> str:
        if isinstance(c, nodes.Result):
            return self.result(c, _RESULT | _FROM).replace("\n", " ")
        match c.kind:
            case "any":
                return "—"
            case "otherwise":
                return self.word("OTHERWISE")
            case "tests":
                listed = c.joined == "or" and all(t.sign == "=" for t in c.tests)
                between = ", " if listed else f" {self.word(c.joined.upper())} "
                return _opening(between.join(map(self.test, c.tests)), _RESULT | _FROM)

    def test(self, t: nodes.Test) -> str:
        match t.operand:
            case Range(low, True, high, True) if t.word == "..":
                return f"{self.expression(low)}..{self.expression(high)}"
            case Range() as range_:
                return self.range(range_)
            case operand if t.word in _CELL_WORDS:
                return f"{self.expression(operand)} {self.word(_CELL_WORDS[t.word])}"
            case Name() | Number() | Negative(Number()) | Day() | Truth() if t.sign == "=":
                return self.expression(t.operand)
            case operand:
                return f"{self.compared(t.word)} {self.expression(operand, _SUM)}"

    # --- declarations

    def file(self, items: Sequence[nodes.Item]) -> str:
        """A blank line between declarations; a heading and a gist stay with what they stand over."""
        out: list[str] = []
        for n, item in enumerate(items):
            if n and not isinstance(items[n - 1], nodes.Heading | nodes.Gist):
                out.append("")
            out += self.item(item)
        return _joined(out)

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
            case nodes.Amendment(names, body, facts, dates):
                dated = "" if dates is None else f" {self.dates(dates)}"
                yield f"{self.word('AMEND')} {self.names(names)}{dated}"
                yield from evolve(self, declared=names[0]).body(body)
                yield from self.facts(facts, _AMENDMENT_LINE)
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
        return f" : {self.type(item.type)}{dates}"

    def type(self, t: nodes.TypeExpression) -> str:
        match t:
            case nodes.NamedType(("%",)):
                return "%"
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
            yield from _fitted(_opening(f"{self.names(fact.names)} : {inside.fact(fact)}", keyword), 1)

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
        if f.ask is not None:
            said.append(f'{self.word("ASK")} "{f.ask}"')
        if f.by is not None:
            said.append(f"{self.word('BY')} {self.name(f.by)} {self.word('DECIDES')}")
        if f.when is not None:
            said.append(f"{self.word('WHEN')} {self.condition(f.when)}")
        return ", ".join(said)

    # --- guarantees

    def claims(self, lines: Iterable[nodes.ClaimLine], depth: int) -> Iterator[str]:
        for line in lines:
            match line:
                case nodes.Remark(notes):
                    yield "  " * depth + self.notes(notes).lstrip(" ")
                case nodes.DatedClaims(dates, inner):
                    yield "  " * depth + self.dates(dates)
                    yield from self.claims(inner, depth + 1)
                case nodes.Claim(says, along, when):
                    made = _opening(self.condition(says), _GUARANTEE_LINE)
                    if along is not None:
                        made += f" {self.word('ALONG')} {self.expression(along)} {self.word('NEVER_RISES')}"
                    if when is not None:
                        made += f" {self.word('WHEN')} {self.condition(when)}"
                    yield from _fitted(made + self.notes(line.notes), depth)

    # --- examples

    def entry(self, e: nodes.Entry) -> str:
        assigned = ", ".join(f"{self.assigned(a)} = {self.value(a.given)}" for a in e.assignments)
        who = f"{self.names(e.target, ' ')}: {assigned}"
        if not e.expected:
            if e.month is None:
                return _opening(who, _EXAMPLE_LINE)
            dates = (("FROM", e.month), ("TO", e.until), ("LEARNED", e.learned))
            return " ".join([*(f"{self.word(t)} {day}" for t, day in dates if day is not None), who])
        if not e.target:
            return f"{self.word('EXPECT')} {self.word('FAILURE')}"
        return f"{self.word('EXPECT')} {_opening(who, _VALUE) if e.month is None else f'{e.month} {who}'}"

    def assigned(self, a: nodes.Assignment) -> str:
        name = self.names(a.name, ".")
        if not a.measure:
            return name
        zh, en = keywords.MEASURES[a.measure]
        return f"{zh if self.lang == 'zh' else en}({name})"

    def value(self, g: nodes.Given) -> str:
        match g:
            case nodes.Given("unknown", _, names):
                return self.word("UNKNOWN") + (f"({self.names(names)})" if names else "")
            case nodes.Given("error", _, names):
                return " ".join([self.word("FAILURE"), *map(self.name, names)])
            case nodes.Given(_, Name((said,))) if not _plain(said) and '"' not in characters.fold(said):
                return f'"{said}"'
            case nodes.Given(_, value):
                return _opening(self.expression(value), _VALUE) if value is not None else ""
