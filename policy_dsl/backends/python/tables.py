"""Long bodies → look-ups: which line applies is looked up by what the lines compare; then its value is.

A line is known by its position among the rule's lines, which is also its pick. What is looked up is such a position, or else

    NONE       no line applies; where there is 否则, its position stands here instead
    CLASH      lines with different results apply
    further    a group behind the positions: lines that apply together, or whose other conditions are to be asked

Lines that are no table are asked one after the other, flat, so that nothing is nested more deeply than Python takes.
"""

from __future__ import annotations

import ast
import math
from abc import abstractmethod
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from ...ir import nodes as ir
from ...ir.disjoint import shape
from ...ir.in_force import InForce
from ..layout import RuleKey, column_step
from .aggregates import Aggregates
from .ast_nodes import Form, assign, call, cmp, const, defer, either, item, name, op, store
from .cells import Cell, Cells, End, cells
from .lookups import Choice, Columns, Level, Overlapping, Row, Span

FEW = 12  # lines that are asked one after the other: no look-up is faster
NESTED = 40  # lines that are nested in each other where they are no table
NONE, CLASH = -1, -2
JOINED = ("highest", "lowest", "sum")


class Coordinate(NamedTuple):
    """A term as a whole number to look up, with the statements that it needs first and the place of an end among its values."""

    before: list[ast.stmt]
    value: ast.expr
    place: Callable[[End], int]
    size: int | None  # how many positions it may have
    form: object  # what the places depend on
    text: str


class Tables(Aggregates):
    """Emits which line of many applies, and what it gives."""

    lines: tuple[ir.Line, ...] = ()  # of the rule at hand, by position
    places: dict[int, int]  # a line's position

    @abstractmethod
    def result(self, line: ir.Line, key: RuleKey) -> Form | ast.expr:
        """What a line gives."""

    def one_of_many(
        self, found: InForce, lines: Sequence[ir.Line], kind: str, rest: Callable[[], None], arms: list[Any]
    ) -> bool:
        """The value of the line that applies, and of 否则; `rest` where none does. False where other lines than many, or a table, are best
        nested in each other."""
        if len(lines) <= FEW:
            return False
        key = (found.rule.entity, found.rule.name)
        otherwise = found.otherwise if kind != "exception" else None
        none = NONE if otherwise is None else len(self.lines) - 1
        made = (
            None if any(x.beats for x in lines) else self.choice(key, lines, kind, none)
        )  # what beats others is asked
        if made is None and len(lines) <= NESTED:
            return False
        at = self.fresh()
        if made is None:
            self.asked(at, key, lines, kind, none)
        else:
            self.look_up(at, key, lines, kind, none, *made)
        if made is not None and CLASH in made[0].found:
            self.block.append(ast.If(cmp(name(at), "=", const(CLASH)), [defer("conflict")], []))
        if otherwise is not None:
            self.give(key, [*lines, otherwise], at, arms)
        elif made is not None and not made[0].open and NONE not in made[0].found:
            self.give(key, lines, at, arms)
        else:
            no: list[ast.stmt] = []
            some: list[ast.stmt] = []
            with self.into(no):
                rest()
            with self.into(some):
                self.give(key, lines, at, arms)
            self.block.append(ast.If(cmp(name(at), "<", const(0)), no, some))
        return True

    def many_joined(self, found: InForce, rest: Callable[[], None], arms: list[Any]) -> bool:
        """就高, 就低, 合计 of many lines with written results; False where they are no table."""
        key = (found.rule.entity, found.rule.name)
        if len(found.body) <= FEW or not all(_written(x) for x in found.body):
            return False
        made = self.choice(key, found.body, found.mode, NONE)
        if made is None or made[0].open:
            return False
        at = self.fresh()
        self.look_up(at, key, found.body, found.mode, NONE, *made)
        none: list[ast.stmt] = []
        some = self.block if NONE not in made[0].found else []
        if some is not self.block:
            with self.into(none):
                rest()
            test = ast.UnaryOp(ast.Not(), name(at)) if found.mode == "sum" else cmp(name(at), "<", const(0))
            self.block.append(ast.If(test, none, some))
        with self.into(some):
            if found.mode == "sum":
                values, step = self.column(key)
                pick = self.temp(call("picked", name(at))).id if self.recording else ""
                arms.append((some, found.body[0], pick, Form(call("total", name(at), values), step)))
            else:
                self.give(key, found.body, at, arms)
        return True

    # --- what a line gives

    def column(self, key: RuleKey) -> tuple[ast.expr, Fraction]:
        """The written results of a rule's lines by position, and their step: amounts are an argument, others never change."""
        rule = self.rules_by_key[key]
        if rule.type.is_amount:
            self.columns.setdefault(key, len(self.columns))
            return name(self.local(("column", key), f"{key[1]}_rows")), column_step(rule)
        values = tuple(x.result.value if isinstance(x.result, ir.Constant) else None for x in self.lines)
        return self.data(("column", key), f"{key[1]}_rows", values), Fraction(1)

    def data(self, key: object, text: str, value: object) -> ast.expr:
        """A table that stands beside the functions."""
        local = self.local(("table", key), text)
        self.tables[local] = value
        return name(local)

    def kinds(self, key: RuleKey) -> tuple[int, ...]:
        """For each line the number of what it gives; written amounts have -1, since what they are may change from year to year."""
        amount = self.rules_by_key[key].type.is_amount
        seen: dict[object, int] = {}
        return tuple(-1 if amount and _written(x) else seen.setdefault(shape(x.result), len(seen)) for x in self.lines)

    def give(self, key: RuleKey, lines: Sequence[ir.Line], at: str, arms: list[Any]) -> None:
        """The value of the line at a position: written ones out of the column, formulas by which one it is."""
        ways: dict[object, ir.Line] = {}
        for line in lines:
            ways.setdefault("written" if _written(line) else shape(line.result), line)
        if len(ways) == 1:
            self.way(key, lines[0], at, self.block, arms)
            return
        numbers = {way: n for n, way in enumerate(ways)}
        mine = {id(x) for x in lines}
        each = tuple(numbers["written" if _written(x) else shape(x.result)] if id(x) in mine else 0 for x in self.lines)
        which = self.fresh()
        table = self.data(("ways", key, self.places[id(lines[0])]), f"{key[1]}_ways", each)
        self.block.append(assign(which, item(table, name(at))))
        order = list(ways.values())
        self.split(which, 0, len(order), lambda n: self.way(key, order[n], at, self.block, arms))

    def way(self, key: RuleKey, line: ir.Line, at: str, block: list[ast.stmt], arms: list[Any]) -> None:
        value: Form | ast.expr
        if _written(line):
            values, step = self.column(key)
            found = item(values, name(at))
            value = Form(found, step) if line.result.type.is_amount else found
        else:
            value = self.result(line, key)
        arms.append((block, line, at, value))

    def split(self, number: str, low: int, high: int, make: Callable[[int], None]) -> None:
        """if … else … by halves, down to each number from `low` on and below `high`."""
        if high - low == 1:
            make(low)
            return
        middle = (low + high + 1) // 2
        below: list[ast.stmt] = []
        above: list[ast.stmt] = []
        for block, a, b in ((below, low, middle), (above, middle, high)):
            with self.into(block):
                self.split(number, a, b, make)
        self.block.append(ast.If(cmp(name(number), "<", const(middle)), below, above))

    # --- which line applies: looked up

    def choice(
        self, key: RuleKey, lines: Sequence[ir.Line], kind: str, none: int
    ) -> tuple[Choice, list[Coordinate]] | None:
        """The look-ups of lines that are a table, with what is looked up in each column."""
        demands = [cells(x.condition) for x in lines]
        terms: dict[object, tuple[ir.Expression, list[Cell]]] = {}
        for demand in demands:
            for term, (node, cell) in demand.terms.items():
                terms.setdefault(term, (node, []))[1].append(cell)
        if not terms:
            return None
        coordinates = [self.coordinate(node, each) for node, each in terms.values()]
        known = (key, self.places[id(lines[0])], tuple(x.form for x in coordinates))
        if known not in self.choices:
            numbers = {term: n for n, term in enumerate(terms)}
            rows: list[Row] = [
                {numbers[t]: _spans(cell, coordinates[numbers[t]].place) for t, (_, cell) in d.terms.items()}
                for d in demands
            ]
            distinct = [len({*each}) for _, each in terms.values()]
            orders = [sorted(numbers.values(), key=lambda n: (distinct[n], n))]
            if len(orders[0]) > 1:
                orders.append(orders[0][::-1])
            sizes = {n: x.size for n, x in enumerate(coordinates) if x.size is not None}
            self.choices[known] = next(
                (x for order in orders if (x := self._tried(key, lines, kind, none, demands, rows, order, sizes))), None
            )
        found = self.choices[known]
        return None if found is None else (found, coordinates)

    def _tried(
        self,
        key: RuleKey,
        lines: Sequence[ir.Line],
        kind: str,
        none: int,
        demands: list[Cells],
        rows: list[Row],
        order: list[int],
        sizes: dict[int, int],
    ) -> Choice | None:
        """The look-ups with their columns in an order; None where they would be too many."""
        kinds = self.kinds(key)
        groups: dict[tuple[int, ...], int] = {}
        seen: set[int] = set()

        def leaf(applying: tuple[int, ...]) -> int:
            places = tuple(self.places[id(lines[n])] for n in applying)
            made = self._leaf(places, kind, kinds, any(demands[n].rest for n in applying))
            if not made:
                seen.add(NONE)
            if isinstance(made, int):
                seen.add(made)
                return none if made == NONE else made
            return len(self.lines) + groups.setdefault(made, len(groups))

        sure = [not d.rest for d in demands]
        try:
            columns = Columns(rows, sure, order, sizes, kind == "first", leaf)
        except Overlapping:
            return None
        open_ = not all(sure)
        if open_ and sum(map(len, groups)) > 4 * len(rows):
            return None
        return Choice(tuple(columns.levels()), tuple(groups), open_, frozenset(seen & {NONE, CLASH}))

    def _leaf(self, applying: tuple[int, ...], kind: str, kinds: tuple[int, ...], asks: bool) -> int | tuple[int, ...]:
        """What lines are that apply together: the position of one that counts, or a group; for 合计 always a group."""
        if kind == "sum" or asks:
            return applying
        if not applying:
            return NONE
        if len(applying) == 1 or kind == "first":
            return applying[0]
        if kind in JOINED:
            return applying
        each = {kinds[n] for n in applying}
        return CLASH if len(each) > 1 else applying if each == {-1} else applying[0]

    def coordinate(self, node: ir.Expression, demanded: Sequence[Cell]) -> Coordinate:
        """What is looked up for a term."""
        before: list[ast.stmt] = []
        text = getattr(node, "name", "")
        with self.into(before):
            if not node.type.is_amount:
                if node.type.kind == "truth":
                    return Coordinate(before, either(self.truth(node), const(1), const(0)), _whole, 2, "truth", text)
                size = len(node.type.members) if node.type.kind == "enumeration" else None
                return Coordinate(before, self.plain(node), _whole, size, node.type.kind, text)
            form = self.amount(node)
            if form.den is None:
                k = form.k
                return Coordinate(before, form.num, lambda end: _counted(end, k), None, k, text)
            # a quotient: twice the whole number of shares below it, one more where it lies between two
            ends = {end for cell in demanded for end in cell.ends}
            shares = math.lcm(*((Fraction(value) / form.k).denominator for value, _ in ends))
            num = self.settled(op(form.num, "*", const(shares)))
            den = self.settled(form.den)
            between = cmp(op(num, "%", den), ">", const(0))
            value = op(op(const(2), "*", op(num, "//", den)), "+", between)
            unit = form.k / shares
            return Coordinate(before, value, lambda end: int(end[0] / unit) * 2 + end[1], None, (form.k, shares), text)

    def look_up(
        self,
        at: str,
        key: RuleKey,
        lines: Sequence[ir.Line],
        kind: str,
        none: int,
        choice: Choice,
        coordinates: list[Coordinate],
    ) -> None:
        """Statements that leave the position of the line that applies in a local."""
        first = self.places[id(lines[0])]
        local = self.fresh() if kind == "sum" else at
        for n, level in enumerate(choice.levels):
            self._level(local, (key, first, n), f"{key[1]}_by", level, coordinates[level.column], n == 0)
        if not choice.groups:
            return
        behind = len(self.lines)
        further: list[ast.stmt] = []
        with self.into(further):
            if choice.open:
                self.split(
                    at,
                    behind,
                    behind + len(choice.groups),
                    lambda n: self.asked(at, key, [self.lines[p] for p in choice.groups[n - behind]], kind, none),
                )
            else:
                group = item(
                    self.data(("groups", key, first), f"{key[1]}_groups", choice.groups),
                    op(name(local), "-", const(behind)),
                )
                self.block.append(assign(at, self.joined_lines(group, key, kind, none)))
        if kind == "sum":
            self.block += further
        else:
            self.block.append(ast.If(cmp(name(at), ">=", const(behind)), further, []))

    def _level(self, at: str, key: object, text: str, level: Level, of: Coordinate, single: bool) -> None:
        """One step: from a node, or from the start, by what is looked up to the next."""
        text = f"{text}_{of.text}"
        if single:
            self.block += of.before
            ((left, right),) = level.nodes
            match level.kind:
                case "index":
                    found = item(self.data(key, text, left), of.value)
                case "key":
                    found = _got(self.data(key, text, left), of.value, const(right))
                case _:
                    found = item(
                        self.data(key, text, right),
                        call("bisect_right", self.data((key, "cuts"), text, left), of.value),
                    )
            self.block.append(assign(at, found))
            return
        left_, right_ = self.fresh(), self.fresh()
        node = item(self.data(key, text, level.nodes), name(at))
        self.block.append(ast.Assign([ast.Tuple([store(left_), store(right_)], ast.Store())], node))
        alone: ast.expr = name(right_)
        match level.kind:
            case "index":
                found = item(name(left_), of.value)
            case "key":
                found = _got(name(left_), of.value, name(right_))
            case _:
                found = item(name(right_), call("bisect_right", name(left_), of.value))
                alone = item(name(right_), const(0))
        steps = [*of.before, assign(at, found)]
        self.block += [ast.If(name(left_), steps, [assign(at, alone)])] if level.idle else steps

    # --- which line applies: asked

    def asked(self, at: str, key: RuleKey, lines: Sequence[ir.Line], kind: str, none: int) -> None:
        """The same by the lines' conditions, one after the other: for 依次 down to the first that holds, else all of them."""
        positions = self.places
        if kind == "first":
            steps: list[ast.stmt] = []
            with self.into(steps):
                for line in lines:
                    self._if_holds(line, [assign(at, const(positions[id(line)])), ast.Break()])
            end = [] if steps and isinstance(steps[-1], ast.Break) else [assign(at, const(none)), ast.Break()]
            self.block.append(ast.While(const(True), [*steps, *end], []))
            return
        holding = self.fresh()
        self.block.append(assign(holding, ast.List([], ast.Load())))
        append = ast.Attribute(name(holding), "append", ast.Load())
        for line in lines:
            self._if_holds(line, [ast.Expr(ast.Call(append, [const(positions[id(line)])], []))])
        rows: ast.expr = name(holding)
        if any(x.beats for x in lines):
            mine = {id(x) for x in lines}
            beats = tuple(
                tuple(positions[id(y)] for y in lines if y is not x and y.label and y.label in x.beats)
                if x.beats and id(x) in mine
                else ()
                for x in self.lines
            )
            table = self.data(("beats", key, positions[id(lines[0])]), f"{key[1]}_beats", beats)
            rows = call("not_beaten", rows, table)
        self.block.append(assign(at, self.joined_lines(rows, key, kind, none)))

    def _if_holds(self, line: ir.Line, then: list[ast.stmt]) -> None:
        if line.condition is None:
            self.block += then
        else:
            self.block.append(ast.If(self.truth(line.condition), then, []))

    def joined_lines(self, rows: ast.expr, key: RuleKey, kind: str, none: int) -> ast.expr:
        """What lines that apply together are: the position of the one that counts; for 合计 they themselves."""
        if kind == "sum":
            return rows
        values = self.column(key)[0]
        if kind in JOINED:
            return call(f"{kind}_of", rows, values)
        kinds = self.kinds(key)
        written = values if -1 in kinds else ast.Tuple([], ast.Load())
        return call("agreed", rows, self.data(("kinds", key), f"{key[1]}_kinds", kinds), written, const(none))


def _written(line: ir.Line) -> bool:
    """Whether a line's result stands in the column of its rule."""
    return isinstance(line.result, ir.Constant)


def _spans(cell: Cell, place: Callable[[End], int]) -> list[Span]:
    """A cell as stretches of what is looked up."""
    out: list[Span] = []
    inside, low = cell.below, None
    for end in cell.ends:
        at = place(end)
        if inside and (low is None or low < at):
            out.append((low, at))
        inside, low = not inside, at
    return [*out, (low, None)] if inside else out


def _whole(end: End) -> int:
    """The first whole number behind an end at one."""
    return int(end[0]) + end[1]


def _counted(end: End, k: Fraction) -> int:
    """The first multiple of k behind an end."""
    at = Fraction(end[0]) / k
    return math.floor(at) + 1 if end[1] else math.ceil(at)


def _got(table: ast.expr, value: ast.expr, rest: ast.expr) -> ast.expr:
    return ast.Call(ast.Attribute(table, "get", ast.Load()), [value, rest], [])
