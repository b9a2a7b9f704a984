"""Syntax trees as the grammar allows them, so that the laws of printing are tried on what nobody thought of writing."""

from __future__ import annotations

import functools
import itertools
from typing import Any

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from policy_dsl.syntax import keywords, nodes
from policy_dsl.syntax.allowances import ALLOWABLE
from policy_dsl.syntax.settle import amount

from .words import (
    CELL_WORDS,
    NOWHERE,
    SIGNS,
    days,
    full_days,
    hidden,
    made,
    maybe,
    names,
    prose,
    row_prose,
    strings,
    tuples,
)

# --- expressions

_digits = st.sampled_from(["0", "5", "007", "1.50", "300", "1000000"]) | st.integers(0, 9999).map(str)
_units = st.one_of(
    st.just(()),
    st.just(("%",)),
    st.just(("%", "年")),
    tuples(st.sampled_from([key for key, _, _ in keywords.UNITS if key != "%"]), 1),
    names.map(lambda name: (keywords.UNIT_KEYS.get(name, name),)),
)
paths = made(nodes.Name, tuples(names, 1))
_words = names.filter(lambda name: name != "%").map(lambda name: keywords.UNIT_KEYS.get(name, name))
numbers = made(nodes.Number, _digits, _units) | made(nodes.Number, _digits, tuples(_words, 1), st.just(True))
written = numbers | made(
    nodes.Number, _digits, tuples(_words, 1)
)  # where nothing can be divided, every word is a unit's
bounds = hidden(st.one_of(written, made(nodes.Negative, written), paths))
truths = made(nodes.Truth, st.booleans())
cell_values = hidden(st.one_of(bounds, truths, made(nodes.Day, full_days)))
values_ = hidden(st.one_of(numbers, made(nodes.Negative, numbers), paths, truths, made(nodes.Day, full_days)))
ranges = hidden(made(nodes.Range, bounds, st.booleans(), bounds, st.booleans()))
one_square = ranges.map(lambda r: attrs.evolve(r, low_closed=r.low_closed or not r.high_closed))


def _as_set(options: tuple[nodes.Expression, ...]) -> tuple[nodes.Expression, ...]:
    """Two numbers in parentheses are refused, since they look like a range: a third makes them a set."""
    return (
        options + options[:1] if all(isinstance(amount(x), nodes.Number | nodes.Negative) for x in options) else options
    )


@st.composite
def _rates(draw: DrawFn, inside: SearchStrategy[nodes.Expression]) -> nodes.Expression:
    """A number with a unit and words behind slashes; one that no unit is known for comes first, or the unit would go on."""
    counted = _units.filter(lambda unit: unit != ())
    number = made(nodes.Number, _digits, counted)
    rate: nodes.Expression = draw(
        st.one_of(number, made(nodes.Negative, number), made(nodes.Arithmetic, st.sampled_from("*/"), inside, number))
    )
    first = draw(names.filter(lambda name: name not in keywords.UNIT_KEYS))
    for name in (first, *draw(tuples(names.filter(lambda name: name != "%"), 0, 2))):
        rate = nodes.Arithmetic(
            "/", rate, nodes.Per(keywords.UNIT_KEYS.get(name, name), name, span=NOWHERE), span=NOWHERE
        )
    return rate


def _larger(inside: SearchStrategy[nodes.Expression]) -> SearchStrategy[nodes.Expression]:
    link = st.sampled_from(SIGNS).flatmap(lambda s: made(nodes.Link, st.just(s[0]), st.just(s[1]), inside))
    return st.one_of(
        made(nodes.Not, inside),
        made(nodes.Negative, inside),
        made(nodes.Logic, st.sampled_from(["and", "or"]), tuples(inside, 2)),
        made(nodes.Comparison, inside, tuples(link, 1, 2)),
        made(nodes.Membership, inside, tuples(inside, 2).map(_as_set) | one_square),
        made(nodes.Arithmetic, st.sampled_from("+-*/"), inside, inside),
        _rates(inside),
        made(nodes.Call, names, tuples(inside, 1), maybe(inside), maybe(inside), st.just("") | names),
        made(
            nodes.AsOf,
            paths | made(nodes.Call, names, tuples(inside, 0, 1)),
            st.one_of(inside, paths, made(nodes.Day, days)),
        ),
    )


expressions: SearchStrategy[Any] = hidden(
    st.recursive(
        st.one_of(values_, made(nodes.Displaced), made(nodes.Call, names, st.just(()))),
        _larger,
        max_leaves=6,
    )
)


# --- bodies


def _notes(texts: SearchStrategy[str]) -> SearchStrategy[nodes.Notes]:
    return made(nodes.Notes, tuples(texts, 0, 2), tuples(texts, 1, 2)) | made(nodes.Notes, tuples(texts, 1, 2))


notes = hidden(made(nodes.Notes) | _notes(prose))
results = hidden(
    st.one_of(
        made(nodes.Result, st.sampled_from(["exact", "floor", "target"]), expressions),
        made(nodes.Result, st.just("pending")),
    )
)


@st.composite
def _spans(draw: DrawFn) -> nodes.Dates:
    since = draw(days)
    until = draw(maybe(days))
    backwards = until is not None and until < since[: len(until)]
    return nodes.Dates(since, since if backwards else until, draw(maybe(days)), span=NOWHERE)


spans = _spans()
values = made(nodes.Value, results, notes)
_alternative = st.sampled_from(SIGNS).flatmap(lambda s: made(nodes.Test, st.just(s[0]), st.just(s[1]), expressions))
_bound = st.sampled_from(CELL_WORDS).flatmap(lambda s: made(nodes.Test, st.just(s[0]), st.just(s[1]), cell_values))
_between = made(nodes.Test, st.just("in"), st.sampled_from(["in", ".."]), ranges)
_equal = made(nodes.Test, st.just("="), st.just("="), cell_values)
tests = hidden(st.one_of(_equal, _alternative, _bound, _between))
cells = hidden(
    st.one_of(
        made(nodes.Cell, st.sampled_from(["any", "otherwise"])),
        made(nodes.Cell, st.just("tests"), tuples(tests, 1), st.just("or")),
        made(nodes.Cell, st.just("tests"), tuples(tests, 2), st.just("and")),
    )
)
result_cells = results | made(nodes.Result, st.just("absent"))
condition_columns = made(nodes.Column, st.just("condition"), expressions)
result_columns = st.one_of(
    made(nodes.Column, st.just("result")), made(nodes.Column, st.just("dated"), st.none(), spans)
)


@st.composite
def _tables(draw: DrawFn) -> nodes.Table:
    conditions = draw(st.just(()) | tuples(condition_columns, 1) | tuples(condition_columns, 1, 2))
    given = draw(tuples(result_columns, 1, 2))
    row = st.tuples(*[cells] * len(conditions), *[result_cells] * len(given))
    rows = draw(tuples(made(nodes.Row, row, made(nodes.Notes) | _notes(row_prose)), draw(st.integers(0, 2))))
    return nodes.Table(conditions + given, rows, span=NOWHERE)


tables = _tables()


def _apart(lines: tuple[nodes.Line, ...]) -> tuple[nodes.Line, ...]:
    """Without a table right under another: the rows of both would be one table's."""
    pairs = itertools.pairwise((None, *lines))
    return tuple(
        b for a, b in pairs if b is not None and not (isinstance(a, nodes.Table) and isinstance(b, nodes.Table))
    )


states = made(nodes.Initial, names, notes) | made(nodes.Final, tuples(names, 1), notes)
transitions = made(nodes.Transition, tuples(names, 1, 3), names, expressions, notes)
LINES = (
    values,
    made(nodes.Branch, expressions, results, notes),
    made(nodes.Otherwise, results, notes),
    made(nodes.Except, names | st.just(""), expressions, results, tuples(names, 0, 2), notes),
    made(nodes.Mode, st.sampled_from(["first", "highest", "lowest", "sum"])),
    made(nodes.Remark, _notes(prose)),
    made(nodes.Dated, spans, st.tuples(values), st.just(True)),
    states,
    transitions,
    made(nodes.Arrears, expressions, notes),
    made(nodes.PaidOn, expressions, notes),
    made(nodes.Recover, expressions, notes),
    tables,
)
added = made(nodes.Added, names, maybe(names))
repeals = hidden(
    st.one_of(made(nodes.Repeal, tuples(names, 0, 1), notes), made(nodes.Repeal, tuples(names, 1, 3), notes, names))
)
AMENDING = (repeals, made(nodes.Dated, spans, st.tuples(repeals), st.just(True)))  # lines that only a 修订 has


def _blocks(*plain: SearchStrategy[Any]) -> SearchStrategy[Any]:
    """The lines, some of them under a date of their own."""
    return hidden(
        st.recursive(
            st.one_of(*plain, tables),
            lambda inside: made(nodes.Dated, spans, tuples(inside, 1).map(_apart), st.just(False)),
            max_leaves=4,
        )
    )


lines: SearchStrategy[Any] = _blocks(*LINES)
bodies = tuples(lines, 1, 4).map(_apart)
amending = tuples(_blocks(*LINES, *AMENDING), 1, 4).map(_apart)


def _headings(body: tuple[nodes.Line, ...]) -> set[str]:
    """Names that head a condition column: a declaration so named would make it a column of results."""
    found: set[str] = set()
    for line in body:
        if isinstance(line, nodes.Dated):
            found |= _headings(line.lines)
        elif isinstance(line, nodes.Table):
            found |= {".".join(c.expression.path) for c in line.columns if isinstance(c.expression, nodes.Name)}
    return found


def _fitting(body: tuple[nodes.Line, ...], kind: type[nodes.Node], benefit: bool = False) -> tuple[nodes.Line, ...]:
    """The lines that a declaration may have: 起始 and 终止 stand under 阶段, 补发 and 发于 under 给付, all of them under 修订."""
    wrong: tuple[type[nodes.Node], ...] = (
        () if kind in (nodes.Status, nodes.Amendment) else (nodes.Initial, nodes.Final)
    )
    if not (kind is nodes.Amendment or benefit):
        wrong = (*wrong, nodes.Arrears, nodes.Recover, nodes.PaidOn)
    kept = [
        attrs.evolve(line, lines=_fitting(line.lines, kind, benefit)) if isinstance(line, nodes.Dated) else line
        for line in body
        if not isinstance(line, wrong)
    ]
    return _apart(tuple(kept)) or (nodes.Mode("first", span=NOWHERE),)


# --- declarations

_named = made(nodes.NamedType, tuples(names, 1) | tuples(names, 0, 2).map(lambda below: ("%", *below)))
types = hidden(_named | made(nodes.InlineEnumeration, tuples(names, 2)))
literals = cell_values
facts = hidden(
    made(
        nodes.Fact,
        tuples(names, 1),
        types | made(nodes.ListOf, names),
        range=maybe(st.tuples(bounds, bounds)),
        default=maybe(literals),
        fixed=st.booleans(),
        born=st.booleans(),
        identifies=st.booleans(),
        died=st.booleans(),
        ask=maybe(strings),
        by=maybe(names),
        when=maybe(expressions),
    )
)


_steps = made(nodes.Number, st.sampled_from(("1", "0.01")), st.just(("元",)))
_pay_months = st.permutations(range(4)).flatmap(lambda q: st.tuples(*(st.integers(3 * n + 1, 3 * n + 3) for n in q)))
parts = hidden(
    st.one_of(
        made(nodes.Parts, st.just("monthly")),
        made(nodes.Parts, st.just("quarterly"), st.just(()) | _pay_months),
        made(nodes.Parts, st.just("quarterly"), st.just(()) | _pay_months, names, _steps),
    )
)


@st.composite
def _with_body(
    draw: DrawFn,
    kind: type[nodes.Parameter] | type[nodes.Rule] | type[nodes.Status] | type[nodes.Amendment],
    in_parts: bool = False,
) -> nodes.Node:
    benefit = in_parts or draw(st.booleans())
    body = _fitting(draw(amending if kind is nodes.Amendment else bodies), kind, benefit and kind is nodes.Rule)
    name = draw(names.filter(lambda n: n not in _headings(body)))
    if kind is nodes.Amendment:
        return nodes.Amendment((name, *draw(tuples(names, 0, 2))), body, (), draw(maybe(spans)), span=NOWHERE)
    dates = draw(maybe(spans))
    if kind is nodes.Status:
        return nodes.Status(draw(tuples(names, 1, 2)), name, dates, body, span=NOWHERE)
    type_ = draw(_named if in_parts else types)
    if kind is nodes.Parameter:
        return nodes.Parameter(name, draw(tuples(names, 0, 2)), type_, dates, body, span=NOWHERE)
    paid = draw(parts) if in_parts else None
    return nodes.Rule(draw(tuples(names, 1, 2)), name, type_, dates, body, benefit, paid, span=NOWHERE)


claims = hidden(made(nodes.Claim, expressions, maybe(paths), maybe(expressions), notes))
claim_lines: SearchStrategy[Any] = hidden(
    st.recursive(
        claims | made(nodes.Remark, _notes(prose)),
        lambda inside: made(nodes.DatedClaims, spans, tuples(inside, 1)),
        max_leaves=4,
    )
)
guarantees = made(nodes.Guarantee, prose.filter(bool), tuples(claim_lines, 1))

given = hidden(
    st.one_of(
        made(nodes.Given, st.just("value"), st.one_of(cell_values, made(nodes.Day, days))),
        made(nodes.Given, st.just("value"), made(nodes.Name, st.tuples(strings))),
        made(nodes.Given, st.just("unknown"), st.none(), tuples(names)),
        made(nodes.Given, st.just("error"), st.none(), tuples(names, 0, 1)),
    )
)
_money = made(nodes.Assignment, st.tuples(names), given, st.sampled_from(sorted(keywords.MEASURES)))
assignments = tuples(made(nodes.Assignment, tuples(names, 1), given) | _money, 1)


@st.composite
def _learned(draw: DrawFn) -> nodes.Entry:
    """A line of a history: 自, and now and then 至 and 获知."""
    dates = draw(_spans())
    who, assigned = draw(tuples(names, 1)), draw(assignments)
    return nodes.Entry(False, dates.since, who, assigned, dates.until, dates.published, span=NOWHERE)


entries = hidden(
    made(nodes.Entry, st.booleans(), st.none(), tuples(names, 1), assignments)
    | made(nodes.Entry, st.just(True), days, tuples(names, 1), assignments)
    | _learned()
    | made(nodes.Entry, st.just(True), st.none(), st.just(()), st.just(()))
)

allowances = hidden(
    tuples(
        st.builds(
            functools.partial(nodes.Allowance, span=NOWHERE, covers=NOWHERE),
            st.sampled_from(sorted(ALLOWABLE)),
            prose.filter(
                lambda reason: bool(reason) and reason[0] not in ":："
            ),  # in an example that is somebody's facts
        ),
        0,
        2,
    )
)


@st.composite
def _allowing(draw: DrawFn, of: SearchStrategy[Any]) -> nodes.Node:
    """The declaration, now and then with what is allowed under it."""
    return attrs.evolve(draw(of), allowances=draw(st.just(()) | allowances))


SHORT = (
    made(nodes.Heading, st.integers(1, 6), prose),
    made(nodes.Gist, prose),
    _allowing(made(nodes.PolicyHead, names, maybe(names), maybe(prose), maybe(st.integers(1, 31)))),
    _allowing(made(nodes.Document, names, prose, maybe(prose), maybe(prose), maybe(full_days))),
    _allowing(made(nodes.TypeDeclaration, names, st.sampled_from(["ordered", "unordered"]), tuples(names, 2))),
    _allowing(made(nodes.TypeDeclaration, names, st.just("unit"))),
    _allowing(
        made(
            nodes.TypeDeclaration,
            names,
            st.just("named"),
            tuples(names.filter(lambda name: name not in ("单位", "unit")), 1, 1),
        )
    ),
)
LONG = (
    _allowing(made(nodes.Entity, names, maybe(names), tuples(facts))),
    _allowing(made(nodes.Amendment, tuples(names, 1), st.just(()), tuples(facts, 1))),
    _allowing(made(nodes.Amendment, tuples(names, 1), st.just(()), values=tuples(added, 1))),
    _allowing(made(nodes.Example, prose, maybe(days), tuples(entries))),
    _allowing(guarantees),
    _allowing(_with_body(nodes.Parameter)),
    _allowing(_with_body(nodes.Rule)),
    _allowing(_with_body(nodes.Status)),
    _allowing(_with_body(nodes.Amendment)),
)
items = hidden(st.integers(0, 3).flatmap(lambda n: st.one_of(LONG if n else SHORT)))
files = hidden(made(nodes.File, tuples(items, 2, 5)))

IN_PARTS = _with_body(nodes.Rule, in_parts=True)
PARTS = (*SHORT, *LONG, IN_PARTS, *LINES, *AMENDING, tables, lines, cells, expressions, entries, given, claim_lines)


# --- all of a kind, where chance would seldom meet


def around(e: nodes.Expression) -> list[nodes.Expression]:
    """Every construct with `e` in each of its places: which of them need parentheses is decided pair by pair."""
    a, b = (nodes.Name((word,), span=NOWHERE) for word in ("甲", "乙"))
    at: dict[str, Any] = {"span": NOWHERE}
    link = nodes.Link("<", "<", e, **at)
    end = nodes.Link("<=", "不超过", b, **at)
    number = nodes.Number("5", ("元",), **at)
    rate = nodes.Arithmetic("/", number, nodes.Per("丁", "丁", **at), **at)
    return [
        e,
        nodes.Not(e, **at),
        nodes.Negative(e, **at),
        *(nodes.Logic(word, parts, **at) for word in ("and", "or") for parts in ((e, a), (a, e))),
        nodes.Comparison(e, (end,), **at),
        nodes.Comparison(a, (link, end), **at),
        nodes.Membership(e, (a, b), **at),
        nodes.Membership(a, (b, e, b), **at),
        *(nodes.Arithmetic(sign, *pair, **at) for sign in "+-*/" for pair in ((e, a), (a, e))),  # type: ignore[arg-type]
        *(nodes.Arithmetic("/", *pair, **at) for x in (number, rate) for pair in ((e, x), (x, e))),
        nodes.Call("甲", (e, a), **at),
        nodes.Call("甲", (a,), e, e, **at),
        nodes.Call("甲", (a, e), b, e, "丙", **at),
        nodes.AsOf(a, e, **at),
        nodes.AsOf(nodes.Call("甲", (e,), **at), b, **at),
    ]


def with_name(name: str) -> nodes.File:
    """The name in every place that takes one: whether it is a keyword there, or needs quotes, depends on the place."""
    at: dict[str, Any] = {"span": NOWHERE}
    none = nodes.Notes(**at)
    both = (name, name)
    word = nodes.Name((name,), **at)
    path = nodes.Name((name, name, "甲"), **at)
    unit = nodes.Number("5", (keywords.UNIT_KEYS.get(name, name),), **at)
    call = nodes.Call(name, (path, unit), word, word, name, **at)
    other = nodes.Arithmetic("+", nodes.AsOf(word, path, **at), nodes.AsOf(call, word, **at), **at)
    sum_ = nodes.Arithmetic("+", word, nodes.Arithmetic("+", call, other, **at), **at)
    named, listed = nodes.NamedType(both, **at), nodes.InlineEnumeration(both, **at)
    dates = nodes.Dates("2022-01", "2022-12-31", "2022-02-02", **at)
    facts = (
        nodes.Fact(both, nodes.ListOf(name, **at), (unit, path), word, True, "", name, sum_, **at),
        nodes.Fact(both, listed, None, path, **at),
        nodes.Fact(both, named, (word, unit), unit, **at),
    )
    first, second, third = (nodes.Result("exact", e, **at) for e in (word, path, sum_))
    low, target = nodes.Result("floor", word, **at), nodes.Result("target", sum_, **at)
    tests = [nodes.Test("=", "=", e, **at) for e in (word, path, unit)]
    tests += [nodes.Test("<=", "以内", word, **at), nodes.Test("<", "<", sum_, **at)]
    heads = [nodes.Column("condition", e, **at) for e in (path, sum_, nodes.Not(word, **at))]
    ends = [nodes.Column("dated", None, dates, **at), nodes.Column("result", **at)]
    cells = [nodes.Cell("tests", tuple(tests), "or", **at), nodes.Cell("tests", tuple(tests[::-1]), "and", **at)]
    cells += [nodes.Cell("tests", (tests[1],), **at)]
    rows = tuple(nodes.Row((*cells, *pair), none, **at) for pair in ((first, second), (third, low), (low, target)))
    value = nodes.Value(first, none, **at)
    body: tuple[nodes.Line, ...] = (
        *(nodes.Value(result, none, **at) for result in (first, second, third, low, target)),
        nodes.Branch(sum_, first, none, **at),
        nodes.Except(name, word, first, both, none, **at),
        nodes.Dated(dates, (value,), True, **at),
        nodes.Table((*heads, *ends), rows, **at),
        nodes.Transition(both, name, word, none, **at),
    )
    states: tuple[nodes.Line, ...] = (nodes.Initial(name, none, **at), nodes.Final(both, none, **at))
    settled = (nodes.Arrears(word, none, **at), nodes.Recover(unit, none, **at), nodes.PaidOn(path, none, **at))
    gone = (
        nodes.Repeal((name,), none, **at),
        nodes.Repeal((), none, **at),
        nodes.Repeal((name, name), none, name, **at),
    )
    given = [nodes.Given("value", e, **at) for e in (word, path, unit)]
    given += [nodes.Given("unknown", None, both, **at), nodes.Given("error", None, (name,), **at)]
    assigned = tuple(nodes.Assignment(both, g, **at) for g in given)
    assigned += tuple(nodes.Assignment((name,), given[0], measure, **at) for measure in keywords.MEASURES)
    entries = tuple(nodes.Entry(e, m, both, assigned, **at) for e in (False, True) for m in (None, "2022-01"))
    entries += (nodes.Entry(False, "2022-01", both, assigned, "2022-12-31", "2022-02-02", **at),)
    claims = tuple(
        nodes.Claim(e, a, w, none, **at) for e in (word, path, sum_) for a in (None, path) for w in (None, word)
    )
    step = nodes.Number("1", ("元",), **at)
    paid = (nodes.Parts("monthly", **at), nodes.Parts("quarterly", (1, 4, 7, 10), name, step, **at))
    allowed = (nodes.Allowance("P0616", f"{name} {name}", covers=NOWHERE, **at),)
    declared: tuple[nodes.Declaration, ...] = (
        nodes.PolicyHead(name, name, None, 10, **at),
        nodes.Document(name, "", **at),
        nodes.Entity(name, name, facts, **at),
        nodes.TypeDeclaration(name, "unit", **at),
        nodes.TypeDeclaration(name, "named", (name,), **at),
        nodes.TypeDeclaration(name, "ordered", both, **at),
        nodes.TypeDeclaration(name, "unordered", both, **at),
        nodes.Parameter(name, both, named, dates, (value,), **at),
        nodes.Rule(both, name, listed, dates, body, False, **at),
        nodes.Rule(both, name, listed, dates, (*body, *settled), True, **at),
        *(nodes.Rule(both, name, named, dates, body, True, p, **at) for p in paid),
        nodes.Status(both, name, dates, (*states, *body), **at),
        nodes.Amendment(both, (*body, *states, *settled, *gone), **at),
        nodes.Amendment(both, (value,), (), dates, **at),
        nodes.Amendment(both, (), facts, **at),
        nodes.Amendment(
            both,
            (),
            values=(*(nodes.Added(name, after, **at) for after in (None, name)), nodes.Added("甲", name, **at)),
            **at,
        ),
        nodes.Guarantee("甲", claims, **at),
        nodes.Example("", None, entries, **at),
    )
    return nodes.File((*declared, *(attrs.evolve(d, allowances=allowed) for d in declared)), **at)
