"""What a program must keep before it may run: benefits whole 分, plain enumerations without a gap, parameters without a cycle."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product

from ..diagnostics.report import Report
from ..model.functions import MOMENT_WORDS
from ..source import Place
from ..syntax.characters import MAX_CHAIN, MAX_DAYS, MAX_SIZE
from . import nodes as ir
from .bounds import Analysis
from .epoch import change_days, day_after, dependency_order, in_force, parameters_read
from .lives import unmarked
from .sizes import too_large
from .traverse import asks_calendar, claimed, compared, formulas, references, walk

MOST_CASES = 4096  # combinations of one rule's plain values
MOST_WORK = 1_000_000  # combinations times lines, of all rules together; what is beyond is seen when it happens


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
    _gaps(program, report)
    _births(program, report)


# --- births


def _births(program: ir.Program, report: Report) -> None:
    """A person with several facts that could be the birth has none: the drafter is asked which it is."""
    for entity in program.entities:
        asked = unmarked(program, entity) if entity.born < 0 else []
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
        bad = [x for x in rule.lines if analysis.of(x.result, rule.entity).grid != 1]
        for line in bad:
            report.error("P0501", line.result.place, name=rule.name, clause=rule.clause.show())


# --- gaps in plain enumerations


def _subject(node: ir.Expression) -> tuple[object, ...] | None:
    """Identity of a plain name of few values: an enumeration or a truth of one entry."""
    if isinstance(node, (ir.FactRef, ir.RuleRef)) and node.type.kind in ("truth", "enumeration"):
        return (type(node).__name__, node.up, node.entity, node.name)
    return None


def _domain(node: ir.Expression) -> tuple[object, ...]:
    return (False, True) if node.type.kind == "truth" else tuple(range(len(node.type.members)))


def _subjects(node: ir.Expression, found: dict[tuple[object, ...], ir.Expression]) -> bool:
    """Collects the plain names of a condition; False where it is more than names against written values."""
    key = _subject(node)
    if key is not None and node.type.kind == "truth":
        found[key] = node
        return True
    match node:
        case ir.Constant():
            return node.type.kind == "truth"
        case ir.Not():
            return _subjects(node.operand, found)
        case ir.Logic():
            return all([_subjects(p, found) for p in node.parts])
        case ir.Compare() if isinstance(node.right, ir.Constant):
            inner = _subject(node.left)
            if inner is not None:
                found[inner] = node.left
            return inner is not None
        case ir.Among() if all(isinstance(o, ir.Constant) for o in node.options):
            inner = _subject(node.item)
            if inner is not None:
                found[inner] = node.item
            return inner is not None
    return False


def _holds(node: ir.Expression, case: dict[tuple[object, ...], object]) -> bool:
    key = _subject(node)
    if key is not None and node.type.kind == "truth":
        return bool(case[key])
    match node:
        case ir.Constant():
            return bool(node.value)
        case ir.Not():
            return not _holds(node.operand, case)
        case ir.Logic():
            return (all if node.joined == "and" else any)(_holds(p, case) for p in node.parts)
        case ir.Compare():
            left, right = _subject(node.left), node.right
            assert left is not None
            assert isinstance(right, ir.Constant)
            return compared(node.sign, case[left], right.value)
        case ir.Among():
            item = _subject(node.item)
            assert item is not None
            return case[item] in [o.value for o in node.options if isinstance(o, ir.Constant)]
    raise AssertionError(node)


def _words(node: ir.Expression, value: object) -> tuple[str, str]:
    name = node.name  # type: ignore[union-attr]
    if node.type.kind == "truth":
        return f"{name} = {'是' if value else '否'}", f"{name} = {'yes' if value else 'no'}"
    return f"{name} = {node.type.members[value]}", f"{name} = {node.type.members[value]}"  # type: ignore[call-overload]


def _days_of(rule: ir.Rule) -> list[int]:
    """A day in each of the rule's own times; 0 for the time before anything dated."""
    lines = {(x.since, x.until) for x in rule.lines}
    lines |= {(x.since, x.until) for x in rule.repeals}
    return sorted({s for s, _ in lines} | {day_after(u) for _, u in lines if u < ir.OPEN})


def _gaps(program: ir.Program, report: Report) -> None:
    """No 否则 and a combination of plain values that no line covers, in any of the rule's times."""
    work = 0
    for rule in program.rules:
        for day in _days_of(rule) if not rule.displaces else ():  # of what is displaced only a part may be asked for
            found = in_force(rule, day)
            if found is None or found.otherwise is not None or any(x.kind == "value" for x in found.body):
                continue
            subjects: dict[tuple[object, ...], ir.Expression] = {}
            if not all([_subjects(x.condition, subjects) for x in found.body if x.condition is not None]):
                continue
            size = 1
            for node in subjects.values():
                size *= len(_domain(node))
            work += size * len(found.body)
            if size > MOST_CASES or work > MOST_WORK:
                continue
            keys = list(subjects)
            for values in product(*(_domain(subjects[k]) for k in keys)):
                case = dict(zip(keys, values, strict=True))
                if not any(x.condition is None or _holds(x.condition, case) for x in found.body):
                    words = [_words(subjects[k], v) for k, v in case.items()]
                    report.error(
                        "P0301",
                        rule.place,
                        case="、".join(w[0] for w in words) or "无论什么情形",
                        case_en=", ".join(w[1] for w in words) or "whatever the facts are",
                        clause=rule.clause.show(),
                    )
                    break
            else:
                continue
            break
