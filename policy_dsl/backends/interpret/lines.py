"""Which lines of a rule apply, and the value that they give: exceptions first, then the body in its mode.

Where a condition is open each line is looked at by itself: which may count, what they may give, whether two may conflict. If that leaves
more than one value, they are read as a table, column by column (columns.py).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import combinations

from ...ir import nodes as ir
from ...ir.in_force import InForce
from ...model.types import Type
from .. import possible as may
from ..entries import Instance
from ..possible import Bounds, Possible
from ..values import Failure, Undetermined, Value, fails, join, known, narrowed, possible
from .aggregates import Aggregates
from .columns import Columns, ways_of
from .logic import conjunction, may_hold, may_not_hold, negation, one_of
from .rows import Outcome, Rows, outcome

Looked = list[tuple[ir.Line, Value]]  # lines, and whether they hold


class Lines(Aggregates):
    """Rules beside formulas."""

    def lines(self, found: InForce, at: Instance) -> Value:
        """Exceptions first, then the body (semantics, rules 3 and 7)."""
        if not found.exceptions and len(found.body) == 1 and found.body[0].kind == "value":
            return self.evaluate(found.body[0].result, at)
        rows = Rows(self, found, at)
        made = self.exceptions(rows) if found.exceptions else self.below(rows)
        if not isinstance(made.value, Undetermined):
            return made.value
        read = self.as_table(rows, (*found.exceptions, *found.body), self.exceptions, made)
        if read is None and found.exceptions and rows.below is not None:
            rows.below = self.body_as_table(rows, rows.below)
            return self.exceptions(rows).value
        return (read or made).value

    def body(self, found: InForce, at: Instance) -> Value:
        """What the rule gives without its exceptions."""
        rows = Rows(self, found, at)
        return self.body_as_table(rows, self.without_exceptions(rows)).value

    # --- as a table

    def columns(self, lines: tuple[ir.Line, ...]) -> Columns:
        """What the lines compare more than once."""
        raise AssertionError

    def step_of(self, node: ir.Expression) -> Fraction | None:
        """What a formula's values are whole multiples of, where that is known."""
        raise AssertionError

    def as_table(
        self, rows: Rows, lines: tuple[ir.Line, ...], give: Callable[[Rows], Outcome], made: Outcome
    ) -> Outcome | None:
        """What the lines give for each choice of what their columns may be; None where they are no table. `made`: each by itself."""
        columns = self.columns(lines)
        open_ = [n for n, x in enumerate(lines) if isinstance(rows.holds(x), Undetermined)] if columns.terms else []
        ways = ways_of(columns, open_, rows.value, self.step_of)
        of = rows.found.rule.type
        each: dict[object, Outcome] = {}
        left: Possible = may.NOTHING_LEFT
        may_fail = False
        for way in rows.as_chosen(lines, columns, ways) if ways else ():
            one = give(way)
            if one.key in each:
                continue
            each[one.key] = one
            left, may_fail = may.either((left, possible(one.value, of))), may_fail or fails(one.value)
            if len(each) > 1 and left == possible(made.value, of) and may_fail >= made.value.may_fail:
                return made  # it says no more
        if len(each) > 1:
            held = made.value._replace(may_fail=False)
            return outcome(one_of([x.value for x in each.values()], of, held))
        return next(iter(each.values()), None)

    def body_as_table(self, rows: Rows, made: Outcome) -> Outcome:
        """The body's outcome, read as a table where it is open."""
        if not isinstance(made.value, Undetermined):
            return made
        return self.as_table(rows, rows.found.body, self.without_exceptions, made) or made

    # --- exceptions

    def exceptions(self, rows: Rows) -> Outcome:
        """Of those that hold the lowest layer's count, but for those that others of them beat; where none holds, the body."""
        looked: Looked = [(x, rows.holds(x)) for x in rows.found.exceptions]
        sure = [x for x, h in looked if h is True]
        counting = [x for x in sure if not any(rules_out(y, x) for y in sure)]
        beaten: Looked = [
            (x, h) for x, h in looked if isinstance(h, Undetermined) and any(rules_out(y, x) for y in sure)
        ]  # open ones that cannot count, and may beat others all the same
        open_: Looked = [
            (x, h) for x, h in looked if h is not True and h is not False and not any(rules_out(y, x) for y in sure)
        ]
        perhaps: Looked = [(x, h) for x, h in open_ if may_hold(h)]
        beating: Looked = [*perhaps, *((x, h) for x, h in beaten if may_hold(h))]
        against = {id(x): [h for y, h in beating if rules_out(y, x)] for x in counting}
        surely = [x for x in counting if not against[id(x)]]
        if not open_ and len(surely) == len(counting):
            return self.agree(rows, counting) if sure else self.below(rows)
        unsure: Looked = [(x, conjunction(map(negation, against[id(x)]))) for x in counting if against[id(x)]]
        if surely:
            made = self.beside(rows, surely, [*perhaps, *unsure])
        else:
            lines = [*counting, *(x for x, _ in perhaps)]
            rest = [] if sure else [self.below(rows)]
            open_too = [
                x.value for x in rest if isinstance(x.value, Undetermined)
            ]  # it may turn out to be what they give
            conditions = [*(h for _, h in (*perhaps, *unsure)), *open_too]
            outcomes = [*rows.results(lines), *rest]
            made = settled(outcomes, rows.found.rule.type, conditions, self.clash(rows, lines))
        for line, holds in open_:
            if not may_hold(holds):
                over = [h for x, h in perhaps if rules_out(x, line)]
                made = self.doubted(rows, made, line, holds, over)
        return made

    def below(self, rows: Rows) -> Outcome:
        if rows.below is None:
            rows.below = self.without_exceptions(rows)
        return rows.below

    def clash(self, rows: Rows, lines: list[ir.Line]) -> bool:
        """Whether two exceptions that may count together may give different values."""
        return any(
            rows.result(x).key != rows.result(y).key and not rules_out(x, y) and not rules_out(y, x)
            for x, y in combinations(lines, 2)
        )

    def doubted(self, rows: Rows, made: Outcome, line: ir.Line, holds: Value, over: list[Value]) -> Outcome:
        """An outcome beside an exception whose condition is in error or may be: that is not seen where it would give the same.

        `over`: conditions of others under which it does not count.
        """
        result = rows.result(line)
        if result.key == made.key or isinstance(made.value, Failure):
            return made
        of = rows.found.rule.type
        if isinstance(holds, Failure) and not over and may.apart(possible(result.value, of), possible(made.value, of)):
            return outcome(holds)
        return outcome(waiting([*over, holds, made.value, result.value], possible(made.value, of)))

    # --- lines that apply together

    def agree(self, rows: Rows, lines: list[ir.Line]) -> Outcome:
        """The one value of lines that apply together; different ones are a conflict."""
        each = distinct(rows.results(lines))
        failed = next((x for x in each if isinstance(x.value, Failure)), None)
        if failed is not None or len(each) == 1:
            return failed or each[0]
        rule = rows.found.rule
        left = [possible(x.value, rule.type) for x in each]
        held = join(x.value for x in each)
        if held is None or any(may.apart(x, y) for x, y in combinations(left, 2)):
            return outcome(self.failure("R0102", lines[-1].place, name=rule.called))
        one = next((x for x in left if may.single(x)), left[0])
        return outcome(waiting([held], one))

    def beside(self, rows: Rows, lines: list[ir.Line], others: Looked) -> Outcome:
        """The value of lines that surely count, beside others that may count too: open where one could give another."""
        made = self.agree(rows, lines)
        other: Looked = [(x, h) for x, h in others if rows.result(x).key != made.key]
        if isinstance(made.value, Failure) or not other:
            return made
        return outcome(waiting([*(h for _, h in other), made.value], possible(made.value, rows.found.rule.type)))

    # --- the body

    def without_exceptions(self, rows: Rows) -> Outcome:
        """What the body gives, each line by itself."""
        found = rows.found
        if len(found.body) == 1 and found.body[0].kind == "value":
            return rows.result(found.body[0])
        match found.mode:
            case "first":
                return self.first(rows)
            case "sum":
                return self.total(rows)
            case "highest" | "lowest":
                return self.best(rows, found.mode == "highest")
        return self.unordered(rows)

    def otherwise(self, rows: Rows) -> Outcome:
        """What is given where no line applies."""
        if rows.found.otherwise is not None:
            return rows.result(rows.found.otherwise)
        return outcome(self.failure("R0101", rows.found.rule.place, name=rows.found.rule.called))

    def unordered(self, rows: Rows) -> Outcome:
        looked: Looked = [(x, rows.holds(x)) for x in rows.found.body]
        sure = [x for x, h in looked if h is True]
        perhaps: Looked = [(x, h) for x, h in looked if isinstance(h, Undetermined) and may_hold(h)]
        if sure:
            return self.beside(rows, sure, perhaps)
        failed = next((h for _, h in looked if isinstance(h, Failure)), None)
        if failed is not None and not perhaps:
            return outcome(failed)
        outcomes = rows.results(x for x, _ in perhaps)
        conflict = len(distinct(outcomes)) > 1
        if failed is None and all(may_not_hold(h) for _, h in perhaps):
            outcomes.append(self.otherwise(rows))
        conditions = [h for _, h in looked if isinstance(h, Undetermined)]
        may_fail = conflict or failed is not None or any(map(fails, conditions))
        return settled(outcomes, rows.found.rule.type, conditions, may_fail)

    def first(self, rows: Rows) -> Outcome:
        """依次: what each open line would give, down to the first that applies for sure."""
        outcomes: list[Outcome] = []
        conditions: list[Value] = []
        for line in rows.found.body:
            holds = rows.holds(line)
            if isinstance(holds, Failure):
                outcomes.append(outcome(holds))
                break
            if isinstance(holds, Undetermined):
                conditions.append(holds)
            if may_hold(holds):
                outcomes.append(rows.result(line))
            if not may_not_hold(holds):
                break
        else:
            outcomes.append(self.otherwise(rows))
        # the first open line is what decides now
        return settled(outcomes, rows.found.rule.type, conditions[:1], any(map(fails, conditions)))

    def total(self, rows: Rows) -> Outcome:
        """合计: every line matters, and one that is open by itself leaves it open, whatever is chosen of its columns."""
        looked: Looked = [(x, rows.holds(x)) for x in rows.found.body]
        sure = [rows.result(x).value for x, h in looked if h is True]
        conditions = [h for _, h in looked if h is not True and h is not False]
        held = join([*sure, *conditions])
        of = rows.found.rule.type
        if held is None:
            made = outcome(sum(sure)) if sure else self.otherwise(rows)
            alone = join(rows.alone(x) for x, _ in looked)
            if not isinstance(alone, Undetermined) or not known(made.value):
                return made
            return outcome(alone._replace(possible=possible(made.value, of), may_fail=False))
        if isinstance(held, Failure):
            return outcome(held)
        perhaps = [rows.result(x).value for x, h in looked if isinstance(h, Undetermined) and may_hold(h)]
        parts = [*(possible(v, of) for v in sure)]
        parts += [may.either([possible(v, of), may.just(Fraction(0), of)]) for v in perhaps]
        left = Bounds(Fraction(0), Fraction(0))
        for part in parts:
            left = may.plus(left, part if isinstance(part, Bounds) else may.UNBOUNDED)
        others = [*perhaps]
        if not sure and all(may_not_hold(h) for h in conditions):
            others.append(self.otherwise(rows).value)
        every = left if sure else may.either([left, *(possible(v, of) for v in others)])
        return outcome(held._replace(possible=every, may_fail=held.may_fail or any(map(fails, others))))

    def best(self, rows: Rows, greatest: bool) -> Outcome:
        """就高, 就低: an open line matters only where it could win."""
        of = rows.found.rule.type
        looked: Looked = [(x, rows.holds(x)) for x in rows.found.body]
        sure = [rows.result(x).value for x, h in looked if h is True]
        held = join(sure)
        if isinstance(held, Failure):
            return outcome(held)
        reached = [possible(v, of) for v in sure]
        top = may.extreme(greatest, reached)
        others: Looked = [
            (x, h)
            for x, h in looked
            if h is not True and h is not False
            if not sure or self.could_win(rows.result(x).value, top, greatest, of)
        ]
        conditions = [h for _, h in others]
        waits = conditions if held is None else [held]
        if not any(isinstance(h, Undetermined) for h in waits):
            if not conditions:
                return outcome(max(sure) if greatest else min(sure)) if sure else self.otherwise(rows)
            waits = [rows.result(x).value for x, _ in others]  # whether one of them wins, and its condition counts
            if not sure or not all(self.could_lose(v, top, greatest, of) for v in waits):
                return outcome(conditions[0])
        perhaps = [rows.result(x).value for x, h in others if may_hold(h)]
        meeting = True
        if not sure and all(may_not_hold(h) for h in conditions):
            perhaps.append(self.otherwise(rows).value)
            meeting = not isinstance(perhaps[-1], Undetermined)  # alone it would be open
        left = may.extreme(greatest, reached, [possible(v, of) for v in perhaps])
        if left == may.NOTHING_LEFT:  # every way ends in an error
            return outcome(next(x for x in (*perhaps, *conditions) if isinstance(x, Failure)))
        made = waiting(waits, left, any(map(fails, [*sure, *conditions, *perhaps])))
        return outcome(narrowed(made, left, meeting))

    def could_win(self, result: Value, top: Possible, greatest: bool, of: Type) -> bool:
        """Whether a result may be better than the best of the lines that apply."""
        return fails(result) or True in may.comparing(">" if greatest else "<", possible(result, of), top)

    def could_lose(self, result: Value, top: Possible, greatest: bool, of: Type) -> bool:
        """Whether a result may be no better than the best of the lines that apply."""
        return False in may.comparing(">" if greatest else "<", possible(result, of), top)


def rules_out(one: ir.Line, other: ir.Line) -> bool:
    """Whether an exception does not count beside another that holds: one of a lower layer, or one that beats it."""
    if one.layer != other.layer:
        return one.layer > other.layer
    return one is not other and bool(other.label) and other.label in one.beats


def distinct(outcomes: Sequence[Outcome]) -> list[Outcome]:
    """Each outcome once."""
    return list({x.key: x for x in reversed(outcomes)}.values())[::-1]


def waiting(parts: Sequence[Value], left: Possible, may_fail: bool = True) -> Undetermined:
    """What waits for all that is open among the parts, and may be an error."""
    held = join(p for p in parts if not isinstance(p, Failure))
    assert isinstance(held, Undetermined), parts
    return held._replace(possible=left, may_fail=may_fail)


def settled(outcomes: Sequence[Outcome], of: Type, conditions: Sequence[Value], may_fail: bool) -> Outcome:
    """What comes of outcomes of which it is open which one it is; `may_fail`: or that it is an error, a conflict say."""
    each = distinct(outcomes)
    if len(each) == 1 and not may_fail:
        return each[0]
    if all(isinstance(x.value, Failure) for x in each):
        return each[0]
    held = waiting(
        [*conditions, *(x.value for x in each if len(each) == 1)], None, may_fail or any(map(fails, conditions))
    )
    return outcome(one_of([x.value for x in each], of, held))
