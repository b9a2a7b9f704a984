"""IR → Python `ast`: straight-line functions over integers, from one emitter in two forms, and a reader for plain facts.

    read(facts)            a dict → the data tuple (facts.py says its form); anything unusual defers to the careful reader
    decide(P, on, data)    the data → values of all rules, nested like the data
    record(P, on, data)    the same, and for each rule which of its lines gave the value

An amount is `num * k / den`: `num` an integer expression, `k` a fraction known now, `den` a positive integer expression or nothing.
So a quotient stays a pair until it is rounded, and `sum / n < standard` becomes `sum < standard * n`. Where the plain way ends (an
unknown fact, a gap, two lines at once) the code raises Defer and the interpreter answers; it never guesses.

Nodes carry the positions of the .policy text. Names of a policy become parts of local names, never code.
"""

from __future__ import annotations

import ast
import keyword
import math
import unicodedata
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from typing import Any, NamedTuple

from ..ir import nodes as ir
from ..ir.bounds import Analysis
from ..ir.disjoint import disjoint, same_result
from ..ir.epoch import InForce
from ..model.types import grid
from .epoch import Epoch
from .interpret import fact_step
from .layout import RuleKey, Slot, row_step
from .schedule import Gather, Scheduler, Step, all_gathers


class Form(NamedTuple):
    """An amount: num * k / den. `const` holds the value where it is written."""

    num: ast.expr
    k: Fraction
    den: ast.expr | None = None
    const: Fraction | None = None


class Emitted(NamedTuple):
    module: ast.Module
    slots: dict[RuleKey, Slot]
    entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]]  # rules and lists in each result tuple
    comments: list[str]


# --- small constructors


def name(id_: str) -> ast.Name:
    return ast.Name(id_, ast.Load())


def store(id_: str) -> ast.Name:
    return ast.Name(id_, ast.Store())


def const(value: object) -> ast.expr:
    if isinstance(value, int) and not isinstance(value, bool) and value < 0:
        return ast.UnaryOp(ast.USub(), ast.Constant(-value))
    return ast.Constant(value)  # type: ignore[arg-type]


_OPS: dict[str, type[ast.operator]] = {"+": ast.Add, "-": ast.Sub, "*": ast.Mult, "//": ast.FloorDiv, "%": ast.Mod}
_SIGNS: dict[str, type[ast.cmpop]] = {
    "<": ast.Lt, "<=": ast.LtE, ">": ast.Gt, ">=": ast.GtE, "=": ast.Eq, "!=": ast.NotEq, "is": ast.Is, "is not": ast.IsNot, "in": ast.In,
}  # fmt: skip


def op(left: ast.expr, sign: str, right: ast.expr) -> ast.expr:
    return ast.BinOp(left, _OPS[sign](), right)


def times(num: ast.expr, factor: int) -> ast.expr:
    if factor == 1:
        return num
    if isinstance(num, ast.Constant) and isinstance(num.value, int):
        return const(num.value * factor)
    return op(num, "*", const(factor))


def cmp(left: ast.expr, sign: str, right: ast.expr) -> ast.expr:
    return ast.Compare(left, [_SIGNS[sign]()], [right])


def call(function: str, *args: ast.expr) -> ast.expr:
    return ast.Call(name(function), list(args), [])


def either(test: ast.expr, yes: ast.expr, no: ast.expr) -> ast.expr:
    return ast.IfExp(test, yes, no)


def assign(target: str, value: ast.expr) -> ast.stmt:
    return ast.Assign([store(target)], value)


def item(value: ast.expr, index: ast.expr) -> ast.expr:
    return ast.Subscript(value, index, ast.Load())


def tuple_(*items: ast.expr) -> ast.expr:
    return ast.Tuple(list(items), ast.Load())


def defer(reason: str) -> ast.stmt:
    return ast.Raise(call("Defer", const(reason)), None)


def fragment(text: str) -> str:
    """A part of an identifier that is safe to compile and reads like the policy's name."""
    plain = "".join(c if c.isalnum() or c == "_" else "_" for c in unicodedata.normalize("NFKC", text))[:40].strip("_")
    return plain if plain.isidentifier() and not keyword.iskeyword(plain) else ""


def parameter_steps(program: ir.Program, analysis: Analysis) -> dict[str, Fraction]:
    """For each amount parameter the step that all its values are whole multiples of, on every date."""
    from ..ir.epoch import change_days

    steps: dict[str, Fraction] = {}
    unclear: list[str] = []
    for p in program.parameters:
        if p.type.is_amount:
            fine = analysis.parameters[p.name].grid
            if fine is None:
                unclear.append(p.name)
            steps[p.name] = Fraction(1, fine or 1)
    if unclear:
        dens: dict[str, int] = dict.fromkeys(unclear, 1)
        for day in change_days(program) or [0]:
            epoch = Epoch(program, day)
            for n in unclear:
                for held in epoch.parameters[n].values():
                    for v in (held.value, held.floor):
                        if isinstance(v, (int, Fraction)):
                            dens[n] = math.lcm(dens[n], Fraction(v).denominator)
        steps.update({n: Fraction(1, d) for n, d in dens.items()})
    return steps


class Emitter:
    """Emits the functions of one epoch's formulas for one root entity."""

    def __init__(
        self, epoch: Epoch, root: str, analysis: Analysis, steps: dict[str, Fraction], lines: dict[str, int]
    ) -> None:
        self.epoch = epoch
        self.program = epoch.program
        self.root = root
        self.analysis = analysis
        self.steps = steps
        self.offsets = lines  # file → line offset in the text that tracebacks show
        self.entities = {e.name: e for e in self.program.entities}
        self.rules_by_key = {(r.entity, r.name): r for r in self.program.rules}
        self.scheduler = Scheduler(epoch, root)
        self.locals: dict[object, str] = {}
        self.forms: dict[RuleKey, tuple[Fraction, bool]] = {}
        self.gathered: dict[Gather, tuple[Fraction, bool]] = {}
        self.block: list[ast.stmt] = []
        self.entity = root
        self.count = 0
        self.recording = False
        self.parameters: dict[tuple[str, bool], int] = {}
        self.amounts: dict[tuple[RuleKey, int], int] = {}
        self.comments: list[str] = []
        self.month_used = False

    # --- names

    def local(self, key: object, text: str) -> str:
        if key not in self.locals:
            self.count += 1
            plain = fragment(text)
            self.locals[key] = f"{plain}_{self.count}" if plain else f"v{self.count}"
        return self.locals[key]

    def temp(self, value: ast.expr) -> ast.Name:
        """The value in a local of its own, so that it can be used more than once."""
        if isinstance(value, ast.Name):
            return name(value.id)
        self.count += 1
        self.block.append(assign(f"t{self.count}", value))
        return name(f"t{self.count}")

    def fact_local(self, entity: str, fact: str) -> str:
        return self.local(("fact", entity, fact), fact)

    def rule_local(self, key: RuleKey) -> str:
        return self.local(("rule", *key), key[1])

    def list_local(self, entity: str, list_: str) -> str:
        return self.local(("list", entity, list_), list_)

    def at(self, entity: str, up: int) -> str:
        return self.scheduler.outward(entity, up)

    def comment(self, text: str) -> ast.stmt:
        """A statement that stands for a comment; `compile -o` writes the text there."""
        self.comments.append(text)
        return ast.Expr(const(f"§{len(self.comments) - 1}"))

    # --- formulas

    def truth(self, node: ir.Expression) -> ast.expr:
        match node:
            case ir.Constant():
                return const(bool(node.value))
            case ir.Not():
                return ast.UnaryOp(ast.Not(), self.truth(node.operand))
            case ir.Logic():
                joined: ast.boolop = ast.And() if node.joined == "and" else ast.Or()
                return ast.BoolOp(joined, [self.truth(p) for p in node.parts])
            case ir.Compare():
                return self.compare(node)
            case ir.Among():
                return self.among(node)
            case ir.Aggregate():
                return name(self.local(("gather", self.at(self.entity, node.up), node), node.function))
        return self.plain(node)

    def compare(self, node: ir.Compare) -> ast.expr:
        if not node.left.type.is_amount:
            left, right = (self.truth, self.truth) if node.left.type.kind == "truth" else (self.plain, self.plain)
            return cmp(left(node.left), node.sign, right(node.right))
        a, b = self.amount(node.left), self.amount(node.right)
        return self.compared(a, node.sign, b)

    def compared(self, a: Form, sign: str, b: Form) -> ast.expr:
        ratio = a.k / b.k
        left, right = times(a.num, ratio.numerator), times(b.num, ratio.denominator)
        if b.const is not None:
            value = b.const / a.k
            left, right = times(a.num, value.denominator), const(value.numerator)
        elif a.const is not None:
            value = a.const / b.k
            left, right = const(value.numerator), times(b.num, value.denominator)
        if a.den is not None and b.den is not None and ast.dump(a.den) == ast.dump(b.den):
            return cmp(left, sign, right)
        if b.den is not None:
            left = op(left, "*", b.den)
        if a.den is not None:
            right = op(right, "*", a.den)
        return cmp(left, sign, right)

    def among(self, node: ir.Among) -> ast.expr:
        if node.item.type.kind in ("enumeration", "date"):
            return cmp(self.plain(node.item), "in", tuple_(*(self.plain(o) for o in node.options)))
        if node.item.type.kind == "truth":
            return cmp(self.truth(node.item), "in", tuple_(*(self.truth(o) for o in node.options)))
        subject = self.amount(node.item)
        if subject.const is None:
            subject = subject._replace(
                num=self.temp(subject.num), den=None if subject.den is None else self.temp(subject.den)
            )
        return ast.BoolOp(
            ast.Or(), [self.compared(subject, "=", self.amount(o)) for o in node.options] + [const(False)]
        )

    def plain(self, node: ir.Expression) -> ast.expr:
        """A value that is no amount: position, date, truth of a fact or rule."""
        match node:
            case ir.Constant():
                return const(node.value)
            case ir.FactRef():
                entity = self.at(self.entity, node.up)
                return (
                    name(self.fact_local(entity, node.name))
                    if entity
                    else call("defer", const(f"{node.entity}.{node.name}"))
                )
            case ir.RuleRef():
                entity = self.at(self.entity, node.up)
                return (
                    name(self.rule_local((entity, node.name)))
                    if entity
                    else call("defer", const(f"{node.entity}.{node.name}"))
                )
            case ir.ParameterRef():
                return self.parameter(node)
            case ir.Moment():
                if node.name == "decision_date":
                    return name("on")
                return op(op(op(name("on"), "//", const(100)), "*", const(100)), "+", const(1))
            case ir.Arithmetic():  # a date moved
                months = bool(dict(node.right.type.unit.dims).get("month"))
                count = self.whole(self.amount(node.right))
                if node.sign == "-":
                    count = ast.UnaryOp(ast.USub(), count)
                return call("add_months" if months else "add_days", self.plain(node.left), count)
            case ir.Call() if node.function in ("max", "min"):
                return ast.Call(name(node.function), [self.plain(a) for a in node.arguments], [])
            case ir.Call():
                return call(node.function, *(self.plain(a) for a in node.arguments))
            case ir.Aggregate():
                return name(self.local(("gather", self.at(self.entity, node.up), node), node.function))
        return self.truth(node)

    def whole(self, form: Form) -> ast.expr:
        """The amount as a whole number; what is not whole defers."""
        if form.den is None and form.k.denominator == 1:
            return times(form.num, form.k.numerator)
        num = self.temp(times(form.num, form.k.numerator))
        den = const(form.k.denominator) if form.den is None else times(form.den, form.k.denominator)
        den = self.temp(den)
        self.block.append(ast.If(op(num, "%", den), [defer("whole")], []))
        return op(num, "//", den)

    def amount(self, node: ir.Expression) -> Form:
        match node:
            case ir.Constant():
                value = Fraction(node.value)
                return Form(const(value.numerator), Fraction(1, value.denominator), None, value)
            case ir.FactRef():
                return Form(self.plain(node), fact_step(node.type))
            case ir.RuleRef():
                entity = self.at(self.entity, node.up)
                if not entity or (entity, node.name) not in self.forms:
                    return Form(call("defer", const(f"{node.entity}.{node.name}")), Fraction(1))
                k, dynamic = self.forms[entity, node.name]
                local = self.rule_local((entity, node.name))
                return Form(name(local), k, name(local + "_n") if dynamic else None)
            case ir.ParameterRef():
                return Form(self.parameter(node), self.steps[node.name])
            case ir.Arithmetic():
                return self.arithmetic(node)
            case ir.Call():
                return self.call(node)
            case ir.Aggregate():
                gather = Gather(self.at(self.entity, node.up), node)
                if not gather.host:
                    return Form(call("defer", const(".".join(node.lists))), Fraction(1))
                k, dynamic = self.gathered[gather]
                local = self.local(("gather", gather.host, node), node.function)
                return Form(name(local), k, name(local + "_n") if dynamic else None)
        raise AssertionError(node)

    def parameter(self, node: ir.ParameterRef) -> ast.expr:
        index = self.parameters.setdefault((node.name, node.floor), len(self.parameters))
        value: ast.expr = name(self.local(("parameter", node.name, node.floor), node.name))
        del index
        for key in node.keys:
            value = item(value, self.plain(key))
        return value

    def common(self, forms: list[Form]) -> tuple[list[ast.expr], Fraction, ast.expr | None]:
        """The numerators over one k and one denominator."""
        k = forms[0].k
        for f in forms[1:]:
            k = Fraction(
                math.gcd(k.numerator * f.k.denominator, f.k.numerator * k.denominator), k.denominator * f.k.denominator
            )
        dens: dict[str, ast.expr] = {}
        for f in forms:
            if f.den is not None:
                dens.setdefault(ast.dump(f.den), f.den)
        if len(dens) > 1 or (dens and not isinstance(next(iter(dens.values())), ast.Name)):
            dens = {d: self.temp(v) for d, v in dens.items()}
        nums = []
        for f in forms:
            num = times(f.num, int(f.k / k))
            mine = None if f.den is None else ast.dump(f.den)
            for d, v in dens.items():
                if d != mine:
                    num = op(num, "*", v)
            nums.append(num)
        den: ast.expr | None = None
        for v in dens.values():
            den = v if den is None else op(den, "*", v)
        return nums, k, den

    def arithmetic(self, node: ir.Arithmetic) -> Form:
        if node.left.type.kind == "date":
            return Form(call("days_between", self.plain(node.left), self.plain(node.right)), Fraction(1))
        a, b = self.amount(node.left), self.amount(node.right)
        if node.sign in "+-":
            (x, y), k, den = self.common([a, b])
            return Form(op(x, node.sign, y), k, den)
        if node.sign == "*":
            return self.product(a, b)
        if b.const is not None and b.const > 0:
            return Form(a.num, a.k / b.const, a.den)
        if not self.analysis.of(node.right, self.entity).positive:
            divisor = self.temp(b.num)
            top = self.temp(a.num)
            self.block.append(ast.If(cmp(divisor, "=", const(0)), [defer("division")], []))
            self.block.append(
                ast.If(
                    cmp(divisor, "<", const(0)),
                    [
                        assign(divisor.id + "p", op(const(0), "-", divisor)),
                        assign(top.id + "p", op(const(0), "-", top)),
                    ],
                    [assign(divisor.id + "p", divisor), assign(top.id + "p", top)],
                )
            )
            a = a._replace(num=name(top.id + "p"), const=None)
            b = b._replace(num=name(divisor.id + "p"), const=None)
        num = a.num if b.den is None else op(a.num, "*", b.den)
        den = b.num if a.den is None else op(b.num, "*", a.den)
        return Form(num, a.k / b.k, den)

    def product(self, a: Form, b: Form) -> Form:
        if a.const is not None and b.const is not None:
            value = a.const * b.const
            return Form(const(value.numerator), Fraction(1, value.denominator), None, value)
        if a.const is not None:
            a, b = b, a
        if b.const is not None and b.const > 0:
            return Form(a.num, a.k * b.const, a.den)
        den = a.den if b.den is None else b.den if a.den is None else op(a.den, "*", b.den)
        return Form(op(a.num, "*", b.num), a.k * b.k, den)

    def call(self, node: ir.Call) -> Form:
        match node.function:
            case "round_half_up" | "round_down" | "round_up":
                return self.rounded(node)
            case "max" | "min":
                nums, k, den = self.common([self.amount(a) for a in node.arguments])
                best: ast.expr = self.temp(nums[0])
                for other in nums[1:]:
                    o = self.settled(other)
                    best = (
                        self.temp(either(cmp(o, ">" if node.function == "max" else "<", best), o, best))
                        if other is not nums[-1]
                        else either(cmp(o, ">" if node.function == "max" else "<", best), o, best)
                    )
                return Form(best, k, den)
            case "sum" | "average":
                nums, k, den = self.common([self.amount(a) for a in node.arguments])
                total = nums[0]
                for other in nums[1:]:
                    total = op(total, "+", other)
                return Form(total, k / len(nums) if node.function == "average" else k, den)
            case "count":
                terms = [either(self.truth(a), const(1), const(0)) for a in node.arguments]
                total = terms[0]
                for other in terms[1:]:
                    total = op(total, "+", other)
                return Form(total, Fraction(1))
            case "age":
                day, on = (self.plain(a) for a in node.arguments)
                return Form(op(op(on, "-", day), "//", const(10000)), Fraction(12))
        return Form(call(node.function, *(self.plain(a) for a in node.arguments)), Fraction(1))

    def settled(self, value: ast.expr) -> ast.expr:
        return value if isinstance(value, (ast.Constant, ast.Name)) else self.temp(value)

    def rounded(self, node: ir.Call) -> Form:
        x = self.amount(node.arguments[0])
        step: Fraction = node.arguments[1].value  # type: ignore[union-attr, assignment]
        ratio = x.k / step
        if ratio.denominator == 1 and x.den is None:
            return Form(times(x.num, ratio.numerator), step)
        num = times(x.num, ratio.numerator)
        den = const(ratio.denominator) if x.den is None else times(x.den, ratio.denominator)
        if node.function == "round_down":
            return Form(op(num, "//", den), step)
        if node.function == "round_up":
            return Form(ast.UnaryOp(ast.USub(), op(ast.UnaryOp(ast.USub(), num), "//", den)), step)
        if not self.analysis.of(node.arguments[0], self.entity).not_negative:
            return Form(call("round_half_up", num, den), step)
        if isinstance(den, ast.Constant):
            d: int = den.value  # type: ignore[assignment]
            if d % 2 == 0:
                return Form(op(op(num, "+", const(d // 2)), "//", const(d)), step)
            return Form(op(op(times(num, 2), "+", const(d)), "//", const(2 * d)), step)
        divisor = self.temp(den)
        return Form(op(op(times(num, 2), "+", divisor), "//", times(divisor, 2)), step)

    # --- rules

    def place(self, statements: list[ast.stmt], at: ir.Rule | ir.Line) -> None:
        """Gives new statements the position of the policy's text."""
        line = self.offsets.get(at.place.file, 0) + at.place.line
        for statement in statements:
            for node in ast.walk(statement):
                if isinstance(node, (ast.expr, ast.stmt)) and not hasattr(node, "lineno"):
                    node.lineno = node.end_lineno = line
                    node.col_offset = node.end_col_offset = 0

    @contextmanager
    def into(self, block: list[ast.stmt]) -> Iterator[None]:
        """Within it, statements go to `block`."""
        outer, self.block = self.block, block
        try:
            yield
        finally:
            self.block = outer

    def rule(self, key: RuleKey) -> None:
        rule = self.rules_by_key[key]
        local = self.rule_local(key)
        found = self.epoch.rules[key]
        start = len(self.block)
        self.block.append(self.comment(_headline(rule)))
        if found is None:
            self.forms[key] = (Fraction(1), False)
            self.block.append(assign(local, name("UNKNOWN")))
            if self.recording:
                self.block.append(assign(local + "_p", const(None)))
            self.place(self.block[start:], rule)
            return
        arms: list[tuple[list[ast.stmt], ir.Line, int, Form | ast.expr]] = []
        order = self.ordered_exceptions(found)
        positions = {
            id(x): n
            for n, x in enumerate((*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())))
        }
        self.chain(found, [(x, "exception") for x in order], lambda: self.body(found, arms, positions), arms, positions)
        self.finish(rule, arms, local)
        self.place(self.block[start:], rule)

    def ordered_exceptions(self, found: InForce) -> list[ir.Line]:
        """Lowest layer first, inside a layer those that beat others before them."""
        left = list(found.exceptions)
        out: list[ir.Line] = []
        while left:
            for x in left:
                if not any(x.label and x.label in y.beats and y.layer == x.layer for y in left if y is not x):
                    break
            else:
                x = left[0]
            left.remove(x)
            out.append(x)
        return sorted(out, key=lambda x: -x.layer)

    def arm(self, line: ir.Line, block: list[ast.stmt], arms: list[Any], positions: dict[int, int]) -> None:
        key = self.current
        with self.into(block):
            value = self.result(line, key)
        arms.append((block, line, positions[id(line)], value))

    def result(self, line: ir.Line, key: RuleKey) -> Form | ast.expr:
        node = line.result
        if not node.type.is_amount:
            return self.truth(node) if node.type.kind == "truth" else self.plain(node)
        if line.row >= 0 and isinstance(node, ir.Constant):
            return Form(
                name(self.local(("amount", key, line.row), f"{key[1]}_{line.row}")), self.row_step(key, line.row)
            )
        return self.amount(node)

    def row_step(self, key: RuleKey, row: int) -> Fraction:
        """A step for the written amounts of one table row over all its dates."""
        self.amounts.setdefault((key, row), len(self.amounts))
        return row_step(self.rules_by_key[key], row)

    @property
    def current(self) -> RuleKey:
        return self._current

    def chain(
        self,
        found: InForce,
        lines: list[tuple[ir.Line, str]],
        rest: Callable[[], None],
        arms: list[Any],
        positions: dict[int, int],
    ) -> None:
        """if … else if … for lines of which at most one may apply; `rest` fills the last else."""
        self._current = (found.rule.entity, found.rule.name)
        if not lines:
            rest()
            return
        line, kind = lines[0]
        test = self.truth(line.condition) if line.condition is not None else const(True)
        yes: list[ast.stmt] = []
        no: list[ast.stmt] = []
        if kind != "first":
            for other, _ in lines[1:]:
                if kind == "exception" and (other.layer != line.layer or (other.label and other.label in line.beats)):
                    continue
                if disjoint(line.condition, other.condition) or same_result(line.result, other.result):
                    continue
                assert other.condition is not None
                with self.into(yes):
                    self.block.append(ast.If(self.truth(other.condition), [defer("conflict")], []))
        self.arm(line, yes, arms, positions)
        with self.into(no):
            self.chain(found, lines[1:], rest, arms, positions)
        self.block.append(ast.If(test, yes, no))

    def body(self, found: InForce, arms: list[Any], positions: dict[int, int]) -> None:
        if len(found.body) == 1 and found.body[0].kind == "value":
            self.arm(found.body[0], self.block, arms, positions)
            return
        if found.mode in ("highest", "lowest", "sum"):
            self.joined(found, arms, positions)
            return

        def rest() -> None:
            if found.otherwise is not None:
                self.arm(found.otherwise, self.block, arms, positions)
            else:
                self.block.append(defer("gap"))

        self.chain(found, [(x, found.mode or "one") for x in found.body], rest, arms, positions)

    def joined(self, found: InForce, arms: list[Any], positions: dict[int, int]) -> None:
        """就高, 就低, 合计: all lines are looked at."""
        amount = found.rule.type.is_amount
        inner: list[tuple[list[ast.stmt], ir.Line, int, Form | ast.expr]] = []
        tests: list[tuple[ast.expr, list[ast.stmt], list[ast.stmt]]] = []
        for line in found.body:
            before: list[ast.stmt] = []
            assert line.condition is not None
            with self.into(before):
                test = self.truth(line.condition)
            block: list[ast.stmt] = []
            self.arm(line, block, inner, positions)
            tests.append((test, before, block))
        self.count += 1
        best, pick = f"b{self.count}", f"p{self.count}"
        k, dynamic = self.unify([v for *_, v in inner]) if amount else (Fraction(1), False)
        self.block.append(assign(best, const(None)))
        if dynamic:
            self.block.append(assign(best + "_n", const(1)))
        self.block.append(assign(pick, const(0 if found.mode == "sum" else -1)))
        for (test, before, block), (_, _, position, value) in zip(tests, inner, strict=True):
            self.block += before
            num, den = self.scaled(value, k, dynamic)
            with self.into(block):
                n = self.temp(num)
                d = self.temp(den) if den is not None else None
            if found.mode == "sum":
                more: list[ast.stmt] = []
                if d is not None:
                    more += [
                        assign(best, op(op(name(best), "*", d), "+", op(n, "*", name(best + "_n")))),
                        assign(best + "_n", op(name(best + "_n"), "*", d)),
                    ]
                else:
                    more.append(assign(best, op(name(best), "+", n)))
                first = [assign(best, n), *([assign(best + "_n", d)] if d is not None else [])]
                block.append(ast.If(cmp(name(best), "is", const(None)), first, more))
                block.append(assign(pick, op(name(pick), "+", const(1 << position))))
            else:
                left, right = (n, name(best)) if d is None else (op(n, "*", name(best + "_n")), op(name(best), "*", d))
                better = ast.BoolOp(
                    ast.Or(),
                    [cmp(name(best), "is", const(None)), cmp(left, ">" if found.mode == "highest" else "<", right)],
                )
                block.append(
                    ast.If(
                        better,
                        [
                            assign(best, n),
                            *([assign(best + "_n", d)] if d is not None else []),
                            assign(pick, const(position)),
                        ],
                        [],
                    )
                )
            self.block.append(ast.If(test, block, []))
        none: list[ast.stmt] = []
        assert found.otherwise is not None
        self.arm(found.otherwise, none, arms, positions)
        some: list[ast.stmt] = []
        form = Form(name(best), k, name(best + "_n") if dynamic else None) if amount else name(best)
        arms.append((some, found.body[0], pick, form))
        self.block.append(ast.If(cmp(name(best), "is", const(None)), none, some))

    def unify(self, values: list[Any]) -> tuple[Fraction, bool]:
        k = values[0].k
        for f in values[1:]:
            k = Fraction(
                math.gcd(k.numerator * f.k.denominator, f.k.numerator * k.denominator), k.denominator * f.k.denominator
            )
        return k, any(f.den is not None for f in values)

    @staticmethod
    def scaled(value: Form | ast.expr, k: Fraction, dynamic: bool) -> tuple[ast.expr, ast.expr | None]:
        if not isinstance(value, Form):
            return value, None
        return times(value.num, int(value.k / k)), (value.den or const(1)) if dynamic else None

    def finish(self, rule: ir.Rule, arms: list[Any], local: str) -> None:
        """All arms write their value in one form; then what must hold of it is tested."""
        k, dynamic = self.unify([v for *_, v in arms]) if rule.type.is_amount else (Fraction(1), False)
        self.forms[rule.entity, rule.name] = (k, dynamic)
        for block, line, position, value in arms:
            num, den = self.scaled(value, k, dynamic)
            block.append(assign(local, self.forced(num, line.result)))
            if den is not None:
                block.append(assign(local + "_n", self.forced(den, line.result)))
            if self.recording:
                block.append(assign(local + "_p", name(position) if isinstance(position, str) else const(position)))
        if rule.benefit and not all(self.analysis.of(x.result, rule.entity).not_negative for _, x, _, _ in arms):
            self.block.append(ast.If(cmp(name(local), "<", const(0)), [defer("negative")], []))

    @staticmethod
    def forced(value: ast.expr, node: ir.Expression) -> ast.expr:
        """A value that may be an unknown fact passed on is touched, so that it defers here and never becomes a result."""
        if node.type.kind == "truth":
            return value if isinstance(value, (ast.Constant, ast.Compare)) else either(value, const(True), const(False))
        if isinstance(value, (ast.Name, ast.Subscript)) and not isinstance(node, ir.RuleRef):
            return ast.UnaryOp(ast.UAdd(), value)
        return value

    # --- aggregates

    def gather_form(self, gather: Gather) -> None:
        """Settles how an aggregate's running value is kept, by a dry run of its formula in the entry."""
        node = gather.node
        if node.function in ("any", "all") or not node.type.is_amount or node.function == "count":
            self.gathered[gather] = (Fraction(1), False)

    def open_gather(self, gather: Gather) -> list[ast.stmt]:
        node = gather.node
        local = self.local(("gather", gather.host, node), node.function)
        start = {"any": False, "all": True, "count": 0, "sum": 0, "average": 0}.get(node.function)
        out = [assign(local, const(start))]
        if node.function == "average":
            out.append(assign(local + "_c", const(0)))
        out.append(assign(local + "_n", const(1)))
        return out

    def gather(self, gather: Gather) -> None:
        """Takes the entry at hand into the aggregate."""
        node = gather.node
        local = self.local(("gather", gather.host, node), node.function)
        outer = self.block
        block: list[ast.stmt] = []
        test: ast.expr | None = None
        if node.where is not None:
            test = self.truth(node.where)
        self.block = block
        if node.function in ("any", "all"):
            assert node.value is not None
            want = node.function == "any"
            value = self.truth(node.value)
            block.append(ast.If(value if want else ast.UnaryOp(ast.Not(), value), [assign(local, const(want))], []))
            self.gathered[gather] = (Fraction(1), False)
        elif node.function == "count":
            add: list[ast.stmt] = [assign(local, op(name(local), "+", const(1)))]
            if node.value is not None:
                add = [ast.If(self.truth(node.value), add, [])]
            block += add
            self.gathered[gather] = (Fraction(1), False)
        elif node.type.is_amount:
            assert node.value is not None
            form = self.amount(node.value)
            dynamic = form.den is not None
            n = self.settled(form.num)
            d = self.settled(form.den) if form.den is not None else None
            if node.function in ("sum", "average"):
                if d is None:
                    block.append(assign(local, op(name(local), "+", n)))
                else:
                    block += [
                        assign(local, op(op(name(local), "*", d), "+", op(n, "*", name(local + "_n")))),
                        assign(local + "_n", op(name(local + "_n"), "*", d)),
                    ]
                if node.function == "average":
                    block.append(assign(local + "_c", op(name(local + "_c"), "+", const(1))))
            else:
                left, right = (
                    (n, name(local)) if d is None else (op(n, "*", name(local + "_n")), op(name(local), "*", d))
                )
                better = ast.BoolOp(
                    ast.Or(),
                    [cmp(name(local), "is", const(None)), cmp(left, ">" if node.function == "max" else "<", right)],
                )
                # the unknown must defer even when it is the first entry
                taken = [
                    assign(local, ast.UnaryOp(ast.UAdd(), n)),
                    *([assign(local + "_n", d)] if d is not None else []),
                ]
                block.append(ast.If(better, taken, []))
            self.gathered[gather] = (form.k, dynamic)
        else:
            assert node.value is not None
            n = self.settled(self.plain(node.value))
            better = ast.BoolOp(
                ast.Or(),
                [cmp(name(local), "is", const(None)), cmp(n, ">" if node.function == "max" else "<", name(local))],
            )
            block.append(ast.If(better, [assign(local, ast.UnaryOp(ast.UAdd(), n))], []))
            self.gathered[gather] = (Fraction(1), False)
        self.block = outer
        inner: list[ast.stmt] = block if test is None else [ast.If(test, block, [])]
        if node.function in ("any", "all"):
            flag = ast.UnaryOp(ast.Not(), name(local)) if node.function == "any" else name(local)
            inner = [ast.If(flag, inner, [])]
        self.block += inner

    def close_gather(self, gather: Gather) -> None:
        """After the loop: an empty list takes the default, an average is divided."""
        node = gather.node
        local = self.local(("gather", gather.host, node), node.function)
        if node.function not in ("max", "min", "average"):
            return
        k, dynamic = self.gathered[gather]
        empty: list[ast.stmt] = []
        some: list[ast.stmt] = []
        test = (
            cmp(name(local + "_c"), "=", const(0))
            if node.function == "average"
            else cmp(name(local), "is", const(None))
        )
        if node.default is None:
            empty.append(defer("empty"))
            k_default = k
        elif node.type.is_amount:
            with self.into(empty):
                form = self.amount(node.default)
            k_default = form.k
            both = Fraction(
                math.gcd(k.numerator * k_default.denominator, k_default.numerator * k.denominator),
                k.denominator * k_default.denominator,
            )
            empty += [
                assign(local, self.forced(times(form.num, int(k_default / both)), node.default)),
                assign(local + "_n", form.den or const(1)),
            ]
            some.append(assign(local, times(name(local), int(k / both))))
            dynamic = dynamic or form.den is not None
            k = both
        else:
            with self.into(empty):
                other = self.plain(node.default)
            empty.append(assign(local, self.forced(other, node.default)))
        if node.function == "average":
            some.append(assign(local + "_n", op(name(local + "_n"), "*", name(local + "_c"))))
            dynamic = True
        self.block.append(ast.If(test, empty, some))
        self.gathered[gather] = (k, dynamic)

    # --- functions

    def decide(self, recording: bool) -> ast.FunctionDef:
        self.recording = recording
        self.forms.clear()
        self.gathered.clear()
        self.block = []
        plan = self.scheduler.plan()
        with self.into([]):
            body = self._root(plan)
        head: list[ast.stmt] = []
        order = self.argument_order()
        if order:
            head.append(ast.Assign([ast.Tuple([store(self.locals[key]) for key in order], ast.Store())], name("P")))
        arguments = ast.arguments([], [ast.arg("P"), ast.arg("on"), ast.arg("data")], None, [], [], None, [])
        return ast.FunctionDef("record" if recording else "decide", arguments, head + body, [], None, None)

    def argument_order(self) -> list[object]:
        """The locals that the argument P fills, in its order: parameters, then written amounts of dated rows."""
        return [("parameter", *k) for k in self.parameters] + [("amount", *k) for k in self.amounts]

    def _root(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        flow = _Flow(self)
        return flow.function(plan)

    # --- the reader

    def reader(self) -> tuple[ast.FunctionDef, list[ast.stmt]]:
        """`read(facts)` and the tables that it looks values up in."""
        tables: list[ast.stmt] = []
        body: list[ast.stmt] = [
            ast.If(
                ast.BoolOp(
                    ast.Or(),
                    [
                        cmp(call("type", name("facts")), "is not", name("dict")),
                        cmp(call("len", name("facts")), "!=", const(1)),
                    ],
                ),
                [defer("facts")],
                [],
            ),
            assign("o0", item(name("facts"), const(self.root))),
        ]
        value = self._read_entity(self.entities[self.root], 0, body, tables)
        body.append(ast.Return(value))
        arguments = ast.arguments([], [ast.arg("facts")], None, [], [], None, [])
        return ast.FunctionDef("read", arguments, body, [], None, None), tables

    def _read_entity(self, entity: ir.Entity, depth: int, body: list[ast.stmt], tables: list[ast.stmt]) -> ast.expr:
        o = f"o{depth}"
        body.append(ast.If(cmp(call("type", name(o)), "is not", name("dict")), [defer("entry")], []))
        counted = any(f.has_default for f in entity.facts)
        total = len(entity.facts) + len(entity.lists)
        if counted:
            body += [assign(f"n{depth}", const(total)), assign(f"d{depth}", const(0))]
        items: list[ast.expr] = []
        for i, fact in enumerate(entity.facts):
            self.count += 1
            x = f"x{self.count}"
            if fact.has_default:
                body.append(
                    assign(
                        "v",
                        ast.Call(ast.Attribute(name(o), "get", ast.Load()), [const(fact.name), name("UNKNOWN")], []),
                    )
                )
                given: list[ast.stmt] = []
                self._read_fact(fact, x, name("v"), given, tables)
                from .facts import Reader

                absent: list[ast.stmt] = [
                    assign(x, const(Reader.default(fact))),
                    assign(f"n{depth}", op(name(f"n{depth}"), "-", const(1))),
                    assign(f"d{depth}", op(name(f"d{depth}"), "+", const(1 << i))),
                ]
                body.append(ast.If(cmp(name("v"), "is", name("UNKNOWN")), absent, given))
            else:
                self._read_fact(fact, x, item(name(o), const(fact.name)), body, tables)
            items.append(name(x))
        for members in entity.lists:
            self.count += 1
            m, out = f"m{self.count}", f"x{self.count}"
            body.append(assign(m, item(name(o), const(members.name))))
            size = call("len", name(m))
            body.append(
                ast.If(
                    ast.BoolOp(
                        ast.Or(),
                        [
                            cmp(call("type", name(m)), "is not", name("list")),
                            ast.UnaryOp(
                                ast.Not(),
                                ast.Compare(const(members.low), [ast.LtE(), ast.LtE()], [size, const(members.high)]),
                            ),
                        ],
                    ),
                    [defer("list")],
                    [],
                )
            )
            body.append(assign(out, ast.List([], ast.Load())))
            inner: list[ast.stmt] = []
            value = self._read_entity(self.entities[members.entity], depth + 1, inner, tables)
            inner.append(ast.Expr(ast.Call(ast.Attribute(name(out), "append", ast.Load()), [value], [])))
            body.append(ast.For(store(f"o{depth + 1}"), name(m), inner, []))
            items.append(name(out))
        body.append(
            ast.If(
                cmp(call("len", name(o)), "!=", name(f"n{depth}") if counted else const(total)), [defer("names")], []
            )
        )
        items.append(name(f"d{depth}") if counted else const(0))
        return tuple_(*items)

    def _read_fact(self, fact: ir.Fact, x: str, value: ast.expr, body: list[ast.stmt], tables: list[ast.stmt]) -> None:
        kind = fact.type.kind
        if kind == "enumeration":
            table = self.local(("table", fact.type.members), "values")
            if not any(
                isinstance(t, ast.Assign) and isinstance(t.targets[0], ast.Name) and t.targets[0].id == table
                for t in tables
            ):
                keys: list[ast.expr | None] = [const(m) for m in fact.type.members]
                tables.append(assign(table, ast.Dict(keys, [const(i) for i in range(len(keys))])))
            body.append(assign(x, item(name(table), value)))
            return
        body.append(assign(x, value))
        if kind == "truth":
            test: ast.expr = ast.BoolOp(
                ast.And(), [cmp(name(x), "is not", const(True)), cmp(name(x), "is not", const(False))]
            )
            body.append(ast.If(test, [defer("truth")], []))
        elif kind == "date":
            body.append(assign(x, call("read_day", name(x))))
        elif kind == "text":
            body.append(ast.If(cmp(call("type", name(x)), "is not", name("str")), [defer("text")], []))
        else:
            step = fact_step(fact.type)
            per_unit = int(1 / grid(fact.type))
            bound = 10**15 * per_unit - 1
            low = -bound if fact.low is None else math.ceil(fact.low / step)
            high = bound if fact.high is None else math.floor(fact.high / step)
            plain: list[ast.stmt] = [] if per_unit == 1 else [assign(x, times(name(x), per_unit))]
            other: list[ast.stmt] = [assign(x, call("read_decimal", name(x), const(per_unit)))]
            body.append(ast.If(cmp(call("type", name(x)), "is", name("int")), plain or [ast.Pass()], other))
            body.append(
                ast.If(
                    ast.UnaryOp(ast.Not(), ast.Compare(const(low), [ast.LtE(), ast.LtE()], [name(x), const(high)])),
                    [defer("range")],
                    [],
                )
            )


class _Flow:
    """Turns the plan into loops, and carries what a later loop or the result needs from one walk over a list to the next."""

    def __init__(self, emitter: Emitter) -> None:
        self.e = emitter
        self.walks: dict[str, int] = {}
        self.total: dict[str, int] = {}

    def function(self, plan: tuple[Step, ...]) -> list[ast.stmt]:
        self._count(plan)
        e = self.e
        entity = e.entities[e.root]
        body: list[ast.stmt] = [self.unpack(entity, name("data"))]
        body += self.steps(plan, e.root)
        body.append(ast.Return(self.result(e.root)))
        self.trim(body)
        return body

    def _count(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if step.kind == "loop":
                self.total[step.entity] = self.total.get(step.entity, 0) + 1
                self._count(step.steps)

    def unpack(self, entity: ir.Entity, value: ast.expr) -> ast.stmt:
        return ast.Assign([self.unpacked(entity)], value)

    def unpacked(self, entity: ir.Entity) -> ast.Tuple:
        """The tuple of locals that an entry's data fill."""
        e = self.e
        targets: list[ast.expr] = [store(e.fact_local(entity.name, f.name)) for f in entity.facts]
        targets += [store(e.list_local(entity.name, m.name)) for m in entity.lists]
        targets.append(store("_"))
        return ast.Tuple(targets, ast.Store())

    def names(self, entity: ir.Entity) -> list[str]:
        """Every local that an entry may have after a walk: facts, lists, rules, saved inner walks."""
        e = self.e
        made = [e.fact_local(entity.name, f.name) for f in entity.facts] + [
            e.list_local(entity.name, m.name) for m in entity.lists
        ]
        for key in e.scheduler.rules.get(entity.name, ()):
            local = e.rule_local(key)
            made += [local, local + "_n", local + "_p"]
        for members in entity.lists:
            if members.entity in self.total:
                made += [
                    f"w{n}_{e.list_local(entity.name, members.name)}" for n in range(1, self.total[members.entity] + 1)
                ]
        for g in e.scheduler.gathers:
            if g.host == entity.name:
                local = e.local(("gather", g.host, g.node), g.node.function)
                made += [local, local + "_n"]
        return made

    def steps(self, steps: tuple[Step, ...], entity: str) -> list[ast.stmt]:
        e = self.e
        out: list[ast.stmt] = []
        for step in steps:
            e.entity = entity
            if step.rule is not None:
                with e.into(out):
                    e.rule(step.rule)
            elif step.gather is not None:
                with e.into(out):
                    e.gather(step.gather)
            else:
                out += self.loop(step, entity)
                e.entity = entity
                for gather in step.closes:
                    with e.into(out):
                        e.close_gather(gather)
        return out

    def loop(self, step: Step, entity: str) -> list[ast.stmt]:
        e = self.e
        inner = e.entities[step.entity]
        listed = e.list_local(entity, step.list)
        self.walks[step.entity] = walk = self.walks.get(step.entity, 0) + 1
        last = walk == self.total[step.entity]
        out: list[ast.stmt] = []
        for gather in all_gathers(step.steps):
            if gather.host == entity:
                out += e.open_gather(gather)
        saved = f"w{walk}_{listed}"
        out.append(assign(saved, ast.List([], ast.Load())))
        if walk == 1:
            target = self.unpacked(inner)
            source = name(listed)
        else:
            before = f"w{walk - 1}_{listed}"
            target = ast.Tuple([store(n) for n in self.names(inner)], ast.Store())
            target.saved = before  # type: ignore[attr-defined]
            target.order = (self.depth(step.entity), walk)  # type: ignore[attr-defined]
            source = name(before)
        body = self.steps(step.steps, step.entity)
        e.entity = step.entity
        value: ast.expr = self.result(step.entity) if last else tuple_(*(name(n) for n in self.names(inner)))
        if not last:
            value.saved = saved  # type: ignore[attr-defined]
        body.append(ast.Expr(ast.Call(ast.Attribute(name(saved), "append", ast.Load()), [value], [])))
        out.append(ast.For(target, source, body, []))
        return out

    def result(self, entity: str) -> ast.expr:
        """The entry's values in the rules' order, then (recording) the lines that gave them, then its lists' results."""
        e = self.e
        items: list[ast.expr] = []
        for key in e.scheduler.rules.get(entity, ()):
            local = e.rule_local(key)
            items.append(name(local))
            if e.forms.get(key, (1, False))[1]:
                items.append(name(local + "_n"))
        if e.recording:
            items += [name(e.rule_local(key) + "_p") for key in e.scheduler.rules.get(entity, ())]
        for members in e.entities[entity].lists:
            if members.entity in self.total:
                items.append(name(f"w{self.total[members.entity]}_{e.list_local(entity, members.name)}"))
        return tuple_(*items)

    def depth(self, entity: str) -> int:
        levels = 0
        while entity != self.e.root:
            entity = self.e.entities[entity].holder
            levels += 1
        return levels

    def trim(self, body: list[ast.stmt]) -> None:
        """Saved tuples keep only what a later walk reads; unpacked names that nobody reads become `_`."""
        saves: dict[str, list[ast.Tuple]] = {}
        loads: dict[str, ast.Tuple] = {}
        loops: dict[str, ast.For] = {}
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Tuple) and hasattr(node, "saved"):
                    if isinstance(node.ctx, ast.Store):
                        loads[node.saved] = node
                    else:
                        saves.setdefault(node.saved, []).append(node)
                if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and hasattr(node.target, "saved"):
                    loops[node.target.saved] = node
        # innermost and last walks first: what they keep is what the walks before them must save
        for saved in sorted(loads, key=lambda s: loads[s].order, reverse=True):  # type: ignore[attr-defined]
            target = loads[saved]
            read = _loaded(loops[saved].body)
            made = _made(loops[saved].body)
            keep = [t.id for t in target.elts if isinstance(t, ast.Name) and t.id in read and t.id not in made]
            target.elts = [store(n) for n in keep]
            for value in saves.get(saved, ()):
                value.elts = [name(n) for n in keep]
        used = _loaded(body)
        for statement in body:
            for node in ast.walk(statement):
                if isinstance(node, ast.Tuple) and isinstance(node.ctx, ast.Store) and not hasattr(node, "saved"):
                    for element in node.elts:
                        if isinstance(element, ast.Name) and element.id not in used:
                            element.id = "_"


def _loaded(body: list[ast.stmt]) -> set[str]:
    return {n.id for s in body for n in ast.walk(s) if isinstance(n, ast.Name) and isinstance(n.ctx, ast.Load)}


def _made(body: list[ast.stmt]) -> set[str]:
    """Names that a loop's body makes itself. (A rule is computed once, so writing it means making it.)"""
    found: set[str] = set()
    for statement in body:
        for node in ast.walk(statement):
            if isinstance(node, ast.Assign):
                found |= {t.id for t in node.targets if isinstance(t, ast.Name)}
            elif isinstance(node, ast.For) and isinstance(node.target, ast.Tuple):
                found |= {
                    t.id for t in node.target.elts if isinstance(t, ast.Name) and not hasattr(node.target, "saved")
                }
    return found


def _headline(rule: ir.Rule) -> str:
    clause = rule.clause.show()
    words = f"{rule.entity} {rule.name}"
    gist = f"：{rule.clause.gist}" if rule.clause.gist else ""
    return f"{words} 〔{clause}{gist}〕" if clause else words


def emit(
    epoch: Epoch, root: str, analysis: Analysis, steps: dict[str, Fraction], offsets: dict[str, int]
) -> tuple[Emitted, Emitter]:
    """The module of one epoch's formulas: tables, `read`, `decide`, `record`."""
    emitter = Emitter(epoch, root, analysis, steps, offsets)
    decide = emitter.decide(False)
    slots: dict[RuleKey, Slot] = {}
    entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]] = {}
    for entity in emitter.scheduler.within:
        keys = tuple(emitter.scheduler.rules.get(entity, ()))
        index = 0
        for key in keys:
            k, dynamic = emitter.forms[key]
            slots[key] = Slot(index, k, dynamic)
            index += 2 if dynamic else 1
        entities[entity] = (keys, tuple(m.name for m in emitter.entities[entity].lists if _walked(emitter, m.entity)))
    record = emitter.decide(True)
    read, tables = emitter.reader()
    module = ast.Module([*tables, read, decide, record], [])
    ast.fix_missing_locations(module)
    return Emitted(module, slots, entities, emitter.comments), emitter


def _walked(emitter: Emitter, entity: str) -> bool:
    """Whether the plan walks the list of this entity."""
    if emitter.scheduler.rules.get(entity) or any(g.node.entity == entity for g in emitter.scheduler.gathers):
        return True
    return any(_walked(emitter, m.entity) for m in emitter.entities[entity].lists)


def strip_comments(module: ast.Module) -> ast.Module:
    """The module without the statements that stand for comments."""

    class Strip(ast.NodeTransformer):
        def visit_Expr(self, node: ast.Expr) -> ast.AST | None:
            value = node.value
            return (
                None
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value.startswith("§")
                else node
            )

    made: ast.Module = Strip().visit(module)
    return ast.fix_missing_locations(made)
