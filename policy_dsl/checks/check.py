"""What a program must keep before it may run: benefits whole 分 in their own period, plain enumerations without a gap, parameters without a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction

from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.births import unmarked
from ..ir.bounds import Analysis
from ..ir.in_force import change_days, dependency_order, parameters_read
from ..ir.periods import COIN
from ..ir.traverse import ages, all_formulas, asks_calendar, claimed, formulas, references, walk
from ..model.functions import MOMENT_WORDS
from ..model.types import decimal_text
from ..model.units import Unit
from ..source import Place
from ..syntax.characters import MAX_CHAIN, MAX_DAYS, MAX_SIZE
from .gaps import find_gaps
from .law import check_law
from .one_off import check_one_off
from .recovery import recovery
from .sizes import too_large


def check(program: ir.Program, report: Report) -> None:
    """Reports what the finished program does wrongly. Needs a program whose rules could all be built."""
    days = change_days(program)
    if len(days) > MAX_DAYS:
        dated = [(len(r.lines), r.place) for r in program.rules] + [
            (len(p.entries), p.place) for p in program.parameters
        ]
        report.error("P0411", max(dated)[1], days=len(days), most=MAX_DAYS)
        return
    _laws(program, report)
    if _parameters(program, report) and _chains(program, report) and _sizes(program, report):
        _benefits(program, report)
    check_one_off(program, report)
    find_gaps(program, report)
    _parts(program, report)
    _births(program, report)
    _ages(program, report)
    if not report.failed:
        check_law(program, report)
    recovery(program, report)


# --- births


def _births(program: ir.Program, report: Report) -> None:
    """A person with several facts that could be the birth has none: the drafter is asked which it is."""
    of_ages = ages(program)
    for entity in program.entities:
        asked = unmarked(program, entity, of_ages) if entity.born < 0 else []
        if len(asked) > 1:
            names = [f.name for f in asked]
            labels = [(f.place, "也问了周岁", "its age is asked for, too") for f in asked[1:]]
            report.error(
                "P0237",
                asked[0].place,
                name=entity.name,
                facts="、".join(names),
                facts_en=", ".join(names),
                labels=labels,
            )


def _ages(program: ir.Program, report: Report) -> None:
    """周岁 and + n 年 part ways for who is born on 29 February: a policy that has both for one fact is told."""
    asked: dict[tuple[str, str], ir.Call] = {}
    added: dict[Place, ir.FactRef] = {}
    needed = (f.when for e in program.entities for f in e.facts if f.when is not None)
    for formula in (*all_formulas(program), *needed):
        for node in walk(formula):
            match node:
                case ir.Call(function="age", arguments=(ir.FactRef() as fact, *_)):
                    asked.setdefault((fact.entity, fact.name), node)
                case ir.Arithmetic(sign="+", left=ir.FactRef() as fact) if _years(node.right):
                    added.setdefault(node.place, fact)
    for place, fact in added.items():
        other = asked.get((fact.entity, fact.name))
        if other is not None:
            age, added_here = other.place.written, place.written
            label = (other.place, "这里问的是周岁", "the age is asked for here")
            report.error("P0238", place, fact=fact.name, age=age, added=added_here, labels=[label])


def _years(added: ir.Expression) -> bool:
    """Whether what is added to a date is whole years: so written, or declared in years."""
    if not dict(added.type.unit.dims).get("month"):
        return False
    if isinstance(added, ir.Constant):
        return bool(added.value % 12 == 0)
    return added.type.own.scale == 12


# --- parameters


def _parameters(program: ir.Program, report: Report) -> bool:
    reads: dict[str, list[str]] = {}
    sound = True
    for parameter in program.parameters:
        reads[parameter.name] = []
        for entry in parameter.entries:
            for node in walk(entry.value) if entry.value is not None else ():
                if isinstance(node, ir.ParameterRef):
                    reads[parameter.name].append(node.name)
                elif isinstance(node, ir.Moment):
                    report.error("P0404", node.place, name=MOMENT_WORDS[node.name][0])
                    sound = False
                elif asks_calendar(node):
                    report.error("P0404", node.place, name="工作日历")
                    sound = False
    places = {p.name: p.place for p in program.parameters}
    done: set[str] = set()
    for start in reads:
        path: dict[str, Iterator[str]] = {start: iter(reads[start])} if start not in done else {}
        while path:
            last = next(reversed(path))
            following = next(path[last], None)
            if following is None:
                done.add(last)
                path.popitem()
            elif following in path:
                loop = [*path, following]
                report.error("P0206", places[following], path=" → ".join(loop[loop.index(following) :]))
                return False
            elif following not in done:
                path[following] = iter(reads.get(following, ()))
    return sound


# --- another day's law


def _laws(program: ir.Program, report: Report) -> None:
    """No rule that is read under another day's law reads anything under yet another one's."""
    inside: dict[tuple[str, str], ir.AsOf] = {}  # rules that do, with the place where they or those before them say so

    def dated(read: Iterable[ir.Expression]) -> ir.AsOf | None:
        """The first `于` of some formulas; what is read by it is looked into."""
        found = [n for formula in read for n in walk(formula) if isinstance(n, ir.AsOf)]
        for node in found:
            value = node.value
            other = inside.get((value.entity, value.name)) if isinstance(value, ir.RuleRef) else None
            if other is not None:
                label = (other.place, "里面已经用了「于」", "“on” is used in here already")
                report.error("P0228", node.place, name=value.name, labels=[label])
        return found[0] if found else None

    for rule in program.rules:
        found = dated(formulas(rule)) or next((inside[key] for key in references(rule) if key in inside), None)
        if found is not None:
            inside[rule.entity, rule.name] = found
    dated([*(arrears.condition for arrears in program.arrears), *claimed(program.guarantees)])


# --- sizes


def _chains(program: ir.Program, report: Report) -> bool:
    """Whether no chain of rules or parameters that read each other is longer than anyone could follow."""
    before = len(report.items)
    deep: dict[object, int] = {}

    def add(key: object, read: Iterable[object], place: Place, name: str) -> None:
        deep[key] = 1 + max((deep.get(x, 0) for x in read), default=0)
        if deep[key] > MAX_CHAIN:
            report.error("P0225", place, name=name, most=MAX_CHAIN)
            deep[key] = 0

    for p in dependency_order(program.parameters):
        add(p.name, parameters_read(p), p.place, p.name)
    for r in program.rules:
        add((r.entity, r.name), references(r), r.place, r.called)
    return len(report.items) == before


def _sizes(program: ir.Program, report: Report) -> bool:
    """Whether every number stays within its digits, so that a chain of products cannot take for ever."""
    found = list(too_large(program))
    for item in found:
        report.error("P0224", item.place, name=item.name, most=MAX_SIZE)
    return not found


# --- benefits


def _benefits(program: ir.Program, report: Report) -> None:
    analysis = Analysis(program)
    for rule in program.rules:
        if not rule.benefit:
            continue
        unit = rule.type.own.in_main
        for line in rule.lines:
            grid = analysis.of(line.result, rule.entity).grid
            if grid is None or (1 / (grid * unit.coin)).denominator != 1:
                report.error(
                    "P0501",
                    line.result.place,
                    name=rule.name,
                    clause=line.clause.show(),
                    hint=_other_step(line.result, unit),
                    unit=unit.show("zh"),
                    unit_en=unit.show("en"),
                )


def _other_step(result: ir.Expression, unit: Unit) -> tuple[str, str] | None:
    """What to write where it is rounded, but in another period, `四舍五入(标准 * 人口, 1 元)` of amounts a year; None elsewhere."""
    if not isinstance(result, ir.Call) or not result.function.startswith("round_"):
        return None
    value, step = result.arguments
    own = step.type.unit
    assert isinstance(step, ir.Constant)
    number = Fraction(step.value) / own.scale
    digits, name, inside = decimal_text(number), result.place.written.partition("(")[0], value.place.written
    if digits is None or (number * unit.scale / unit.coin).denominator != 1 or not result.place.written.endswith(")"):
        return None
    zh, en = (f"{name}({inside}, {digits} {unit.show(lang)})" for lang in ("zh", "en"))
    return (
        f"步长是 {digits} {own.show('zh')}，随所取的值；按给付的单位取整，写成 {zh}",
        f"the step is {digits} {own.show('en')}, like the value; to round in the benefit's own unit write {en}",
    )


# --- parts


def _parts(program: ir.Program, report: Report) -> None:
    """Parts that are rounded up, or coarsely: what they give too much is never taken back, what they leave comes at the year's end."""
    for rule in program.rules:
        if rule.parts is None or (rule.parts.rounding != "round_up" and rule.parts.step <= COIN):
            continue
        zh, en = "前面多发的，结清一年的那一期也不收回", "what they give too much is never taken back"
        if rule.parts.rounding == "round_down":
            zh, en = "前面少发的，都压到结清一年的那一期", "what they leave comes with the part that closes the year"
        report.error("P0276", rule.parts.place, name=rule.name, written=rule.parts.place.written, later=zh, later_en=en)
