"""What has been generated and met so far in this run, so that a test can ask whether anything of the language was left out."""

from __future__ import annotations

from collections import Counter

from policy_dsl.diagnostics.codes import CODES
from policy_dsl.diagnostics.report import Report
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import asks_calendar, walk
from policy_dsl.model.functions import FUNCTIONS
from policy_dsl.model.types import Type, amount
from policy_dsl.model.units import BASE, unit_of
from policy_dsl.source import Source
from policy_dsl.syntax import nodes
from policy_dsl.syntax.keywords import COMPARISON_WORDS
from policy_dsl.syntax.parse import parse
from policy_dsl.syntax.traverse import walk as walk_tree

from .policies import Text

NODES = (
    ir.Constant, ir.FactRef, ir.RuleRef, ir.ParameterRef, ir.KeyRef, ir.Moment, ir.Not, ir.Logic, ir.Compare, ir.Among, ir.Arithmetic,
    ir.Call, ir.AsOf, ir.IfInForce, ir.Aggregate, ir.CarriedRef, ir.Past, ir.Window, ir.Measure,
)  # fmt: skip

WANTED: frozenset[str] = frozenset(
    [f"node {n.__name__}" for n in NODES]
    + [f"function {f.key}" for f in FUNCTIONS]
    + [f"over a list: {f.key}" for f in FUNCTIONS if f.shape in ("gather", "repeat")]
    + [f"in months before: {f.key}" for f in FUNCTIONS if f.shape == "gather"]
    + [f"a default of {what}" for what in ("上月", "近")]
    + [f"{kind} carried from a {source}" for kind in ("value", "window") for source in ("fact", "rule")]
    + [f"last month's {kind}" for kind in ("truth", "amount", "enumeration", "date")]
    + [f"in a step: {f}" for f in ("previous", "last", "spent", "total", "at_entry")]
    + [f"outside a step: {f}" for f in ("previous", "last", "spent", "total", "at_entry")]
    + [
        "a carried quotient",
        "a payday",
        "arrears",
        "a day of payment",
        "a year's months",
        "a fact that identifies",
        "a published value",
        "a published line",
        "a status of a lower layer",
    ]
    + [f"of values: {f}" for f in ("sum", "max", "min", "average", "count")]
    + [
        f"{what} of type {kind}"
        for what in ("fact", "rule", "parameter")
        for kind in ("truth", "amount", "enumeration", "date")
    ]
    + [
        "fact of type text",
        "an aggregate with a filter",
        "an aggregate with a default",
        "a path of lists",
        "a list above",
        "perhaps not in force: RuleRef",
        "perhaps not in force: ParameterRef",
        "perhaps not in force: AsOf",
        "a parameter on another day",
        "a rule on another day",
        "working days added",
        "working days taken away",
    ]
    + [
        f"{kind}: {place}"
        for kind in ("a declared unit", "a price", "a rate")
        for place in (
            "fact",
            "range",
            "default",
            "rule",
            "parameter",
            "constant",
            "cell",
            "sum",
            "rounding",
            "comparison",
        )
    ]
    + [f"{kind}: {place}" for kind in ("a declared unit", "a price") for place in ("months before", "list", "carried")]
    + [f"mode {m}" for m in ("", "first", "highest", "lowest", "sum")]
    + [f"line {k}" for k in ("value", "branch", "row", "otherwise", "exception", "transition")]
    + [f"entry {k}" for k in ("exact", "floor", "target", "pending")]
    + [f"result {k}" for k in ("exact", "floor", "target", "pending", "absent")]
    + [f"cell {k}" for k in ("any", "otherwise", "tests")]
    + [f"test {s}" for s in ("=", "<", "<=", ">", ">=", "in")]
    + [f"several tests joined by {j}" for j in ("and", "or")]
    + [f"range {a}{b}" for a in "[(" for b in "])"]
    + [f"sign {s}" for s in ("<", "<=", "=", "!=", ">=", ">", "+", "-", "*", "/")]
    + [f"word {w}" for w in COMPARISON_WORDS if not w.isascii()]
    + [f"moment {m}" for m in ("decision_date", "this_month")]
    + ["a repealed exception", "a repealed rule", "a repealed parameter"]
    + ["displaced by an exception", "displaced by a body"]
    + ["an exception that beats another", "an exception of a lower layer", "a benefit", "a default that was used"]
    + [f"code {c}" for c in CODES if c.startswith("R010")]
)
DECLARED = frozenset({"亩", "度"})
SEEN: Counter[str] = Counter()


def note(*what: str) -> None:
    SEEN.update(what)


def missing() -> list[str]:
    return sorted(WANTED - set(SEEN))


def note_program(program: ir.Program) -> None:
    """Takes down what a program is made of."""
    for rule in program.rules:
        note(*_units("rule", rule.type))
        note(f"rule of type {rule.type.kind}", *(f"mode {m[0]}" for m in rule.modes or (("",),)))
        if rule.benefit:
            note("a benefit")
        note(*(f"a repealed {'exception' if r.key else 'rule'}" for r in rule.repeals))
        if rule.displaces:
            note("displaced by a body" if rule.without in program.chain else "displaced by an exception")
        for line in rule.lines:
            note(f"line {line.kind}", *(["a day of payment"] if line.key == ir.PAID_ON else []))
            if line.beats:
                note("an exception that beats another")
            if line.kind == "exception" and line.layer:
                note("an exception of a lower layer")
            if line.published:
                note("a published line")
            if line.kind == "transition" and line.layer:
                note("a status of a lower layer")
            for formula in (line.condition, line.result):
                _formula(formula)
                _looked_back(formula, "in a step" if rule.status else "outside a step")
    for parameter in program.parameters:
        note(*_units("parameter", parameter.type))
        note(f"parameter of type {parameter.type.kind}", *("a repealed parameter" for _ in parameter.repeals))
        for entry in parameter.entries:
            note(f"entry {entry.kind}", *(["a published value"] if entry.published else []))
            _formula(entry.value)
    for entity in program.entities:
        note(*(f"fact of type {f.type.kind}" for f in entity.facts))
        for f in entity.facts:
            holds = (("fact", True), ("range", f.low is not None), ("default", f.has_default))
            note(*(x for place, there in holds if there for x in _units(place, f.type)))
        note(*(["a fact that identifies"] if entity.identity >= 0 else []))
        for c in entity.carried:
            note(*_units("carried", c.type))
            note(f"{c.kind} carried from a {c.source}", f"last month's {c.type.kind}")
            if c.type.is_amount and not c.grid:
                note("a carried quotient")
    if program.payday:
        note("a payday")
    for a in program.arrears:
        note("arrears")
        _formula(a.condition)


def _units(place: str, type_: Type) -> list[str]:
    """The kind of unit that the type has, at a place, where it is not one of the language's own."""
    unit = type_.unit
    if not type_.is_amount or (all(w in BASE for w, _ in unit.words) and not (unit.in_percent and unit.dims)):
        return []
    return [f"{'a rate' if unit.in_percent else 'a price' if unit.is_price else 'a declared unit'}: {place}"]


def _looked_back(formula: ir.Expression | None, where: str) -> None:
    for node in walk(formula) if formula is not None else ():
        match node:
            case ir.Past():
                note(f"function {node.function}", f"{where}: {node.function}")
                note(*(["a default of 上月"] if node.default is not None else []))
            case ir.Window():
                note(*_units("months before", node.type))
                note("function last", f"in months before: {node.function}", f"{where}: last")
                note(*(["a default of 近"] if node.default is not None else []))
                note(*(["a year's months"] if node.year else []))


def _formula(formula: ir.Expression | None) -> None:
    for node in walk(formula) if formula is not None else ():
        note(f"node {type(node).__name__}")
        match node:
            case ir.Constant():
                note(*_units("constant", node.type))
            case ir.Compare() | ir.Arithmetic():
                note(f"sign {node.sign}")
                if isinstance(node, ir.Arithmetic) and asks_calendar(node):
                    note(f"working days {'added' if node.sign == '+' else 'taken away'}")
                if isinstance(node, ir.Compare):
                    note(f"word {node.word}", *_units("comparison", node.left.type))
                elif node.sign in "+-":
                    note(*_units("sum", node.type))
            case ir.Call():
                note(f"function {node.function}", f"of values: {node.function}")
                note(*(_units("rounding", node.type) if node.function.startswith("round_") else []))
            case ir.Aggregate():
                note(*_units("list", node.type))
                note(f"function {node.function}", f"over a list: {node.function}")
                for what, holds in (
                    ("an aggregate with a filter", node.where is not None),
                    ("an aggregate with a default", node.default is not None),
                    ("a path of lists", len(node.lists) > 1),
                    ("a list above", node.up > 0),
                ):
                    if holds:
                        note(what)
            case ir.IfInForce(value=value):
                note("function in_force", f"perhaps not in force: {type(value).__name__}")
            case ir.AsOf():
                note(f"a {'parameter' if isinstance(node.value, ir.ParameterRef) else 'rule'} on another day")
            case ir.ParameterRef() if node.floor:
                note("function floor_of")
            case ir.Moment():
                note(f"moment {node.name}")


def note_cells(text: Text) -> None:
    """Takes down the kinds of table cells, which no program shows any more."""
    for layer in text.files():
        for file in layer.files:
            for node in walk_tree(parse(Source(file.name, file.text), Report())):
                match node:
                    case nodes.Cell():
                        note(f"cell {node.kind}")
                        if len(node.tests) > 1:
                            note(f"several tests joined by {node.joined}")
                    case nodes.Result():
                        note(f"result {node.kind}")
                    case nodes.Test():
                        note(f"test {node.sign}")
                        units = [unit_of(x.unit, DECLARED) for x in walk_tree(node) if isinstance(x, nodes.Number)]
                        note(*(x for unit in units if unit is not None for x in _units("cell", amount(unit))))
                    case nodes.Range():
                        note(f"range {'[' if node.low_closed else '('}{']' if node.high_closed else ')'}")
