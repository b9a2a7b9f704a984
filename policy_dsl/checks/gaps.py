"""Gaps: a rule without 否则, and a combination of plain values that no line covers.

Names of few values, enumerations and booleans, are tried in all their combinations. Of plain facts each combination is a case that can come, so a
gap is an error. What rules give, and facts of which a guarantee speaks, do not come in all combinations; those that can be seen not to come are
left out, and for the others a gap is a warning.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import product
from math import prod

from ..diagnostics.report import Report
from ..ir import nodes as ir
from ..ir.in_force import InForce, day_after, in_force, repealing
from ..ir.traverse import restricted, walk
from ..model.signs import compared
from ..source import Place

MOST_CASES = 4096  # combinations of one rule's plain values
MOST_WORK = 1_000_000  # combinations times lines, of all rules together; what is beyond is seen when it happens

Key = tuple[object, ...]
Case = dict[Key, object]
Subjects = dict[Key, ir.Expression]


def find_gaps(program: ir.Program, report: Report) -> None:
    """Reports the first case that no line covers, in any of the times of what a declaration says of the rule; behind those that are perhaps
    none, also the first that is certain."""
    left = MOST_WORK
    spoken_of = restricted(program.guarantees)
    defined = {(r.entity, r.name): r for r in program.rules}
    for rule in program.rules:
        told: set[Place] = set()
        for day in _days_of(rule) if not rule.displaces else ():  # of what is displaced only a part may be asked for
            found = in_force(rule, day)
            if found is None or found.otherwise is not None or any(x.kind == "value" for x in found.body):
                continue
            subjects: Subjects = {}
            if not all([_subjects(x.condition, subjects) for x in found.body if x.condition is not None]):
                continue
            doubts = _doubts(subjects, spoken_of)
            place, labels = _place(rule, found, day)
            if place in told and doubts:
                continue
            covering = [x.condition for x in found.body] + _excepting(found, subjects)
            known = [*_definitions(subjects, defined), *_guaranteed(program, rule.entity, subjects, day)]
            size = prod(len(_domain(node)) for node in subjects.values())
            left -= size * (len(covering) + len(known))
            if size > MOST_CASES or left < 0:
                continue
            case = _uncovered(subjects, covering, known)
            if case is not None:
                _tell(rule, place, labels, [_words(subjects[k], v) for k, v in case.items()], doubts, report)
                told.add(place)
                if not doubts:
                    break


def _uncovered(
    subjects: Subjects, covering: list[ir.Expression | None], known: list[Callable[[Case], bool]]
) -> Case | None:
    for values in product(*map(_domain, subjects.values())):
        case = dict(zip(subjects, values, strict=True))
        if all(keeps(case) for keeps in known) and not any(c is None or _holds(c, case) for c in covering):
            return case
    return None


def _doubts(subjects: Subjects, spoken_of: frozenset[tuple[str, str]]) -> list[tuple[str, str]]:
    """Why not all combinations of these names need come, in both languages; none where all can."""
    derived = {n.name: None for n in subjects.values() if isinstance(n, ir.RuleRef)}
    bound = {n.name: None for n in subjects.values() if isinstance(n, ir.FactRef) and (n.entity, n.name) in spoken_of}
    return [
        *[(f"{'、'.join(derived)} 由规则得出", f"rules give {', '.join(derived)}")] * bool(derived),
        *[(f"{'、'.join(bound)} 有保证", f"a guarantee speaks of {', '.join(bound)}")] * bool(bound),
    ]


def _tell(
    rule: ir.Rule,
    place: Place,
    labels: list[tuple[Place, str, str]],
    words: list[tuple[str, str]],
    doubts: list[tuple[str, str]],
    report: Report,
) -> None:
    zh, en = "，".join(x for x, _ in doubts), "; ".join(x for _, x in doubts)
    perhaps = (
        f"也许没有这种情形（{zh}）。会有的，补上它，或加 否则 为 …；不会有的，在这条声明下写 许可 P0301 理由",
        f"perhaps there is no such case ({en}). If there is, add it, or otherwise is …; if not, write under this declaration: allow P0301 REASON",
    )
    report.error(
        "P0301",
        place,
        labels=labels,
        severity="warning" if doubts else "",
        hint=perhaps if doubts else None,
        case="、".join(w[0] for w in words) or "无论什么情形",
        case_en=", ".join(w[1] for w in words) or "whatever the facts are",
        clause=rule.clause.show(),
    )


def _place(rule: ir.Rule, found: InForce, day: int) -> tuple[Place, list[tuple[Place, str, str]]]:
    """Where the gap comes from: the declaration that gives the lines, or what the lowest layer says. Who mends or allows it does so there."""
    said = [(x.layer, x.place) for x in found.body] + [(r.layer, r.place) for r in repealing(rule, day)]
    lowest = max(layer for layer, _ in said) if said else 0
    if lowest <= min(x.layer for x in rule.lines):
        written = [x.place for x in found.body[:1]]
        above = [s for s in (rule.place, *rule.sections) for x in written if s.file == x.file and s.line <= x.line]
        section = max(above, key=lambda s: s.line, default=rule.place)
        return section, [] if section == rule.place else [(rule.place, "规则在这里", "the rule")]
    return next(place for layer, place in said if layer == lowest), [(rule.place, "规则在这里", "the rule")]


def _days_of(rule: ir.Rule) -> list[int]:
    """A day in each of the rule's own times; 0 for the time before anything dated."""
    lines = {(x.since, x.until) for x in rule.lines}
    lines |= {(x.since, x.until) for x in rule.repeals}
    return sorted({s for s, _ in lines} | {day_after(u) for _, u in lines if u < ir.OPEN})


# --- what covers a case, and what is known of it


def _excepting(found: InForce, subjects: Subjects) -> list[ir.Expression | None]:
    """Conditions of exceptions that need no value of the body and speak of the same names."""
    return [
        x.condition
        for x in found.exceptions
        if x.condition is not None
        if _within(x.condition, subjects) and not any(isinstance(n, ir.RuleRef) and n.displaced for n in walk(x.result))
    ]


def _definitions(subjects: Subjects, defined: dict[tuple[str, str], ir.Rule]) -> Iterator[Callable[[Case], bool]]:
    """Of each rule among the names that is one formula of the others, at all times: that it is what the formula says."""
    for key, node in subjects.items():
        rule = defined.get((node.entity, node.name)) if isinstance(node, ir.RuleRef) and not node.up else None
        if rule is None or rule.status or rule.repeals or len(rule.lines) != 1:
            continue
        (line,) = rule.lines
        if line.kind == "value" and node.type.kind == "truth" and _within(line.result, subjects):
            yield lambda case, key=key, says=line.result: case[key] == _holds(says, case)  # type: ignore[misc]


def _guaranteed(program: ir.Program, entity: str, subjects: Subjects, day: int) -> Iterator[Callable[[Case], bool]]:
    """Of each guarantee about these names alone: that it is kept. A case against it is refused."""
    for guarantee in program.guarantees:
        for claim in guarantee.claims if guarantee.entity == entity else ():
            whole = claim.kind == "condition" and claim.since <= day <= claim.until
            if whole and _within(claim.says, subjects) and (claim.when is None or _within(claim.when, subjects)):
                yield lambda case, c=claim: (c.when is not None and not _holds(c.when, case)) or _holds(c.says, case)  # type: ignore[misc]


def _within(node: ir.Expression, subjects: Subjects) -> bool:
    """Whether a formula is plain and speaks of these names alone."""
    inside: Subjects = {}
    return _subjects(node, inside, pairs=True) and inside.keys() <= subjects.keys()


# --- plain conditions


def _subject(node: ir.Expression) -> Key | None:
    """Identity of a plain name of few values: an enumeration or a truth of one entry."""
    if isinstance(node, (ir.FactRef, ir.RuleRef)) and node.type.kind in ("truth", "enumeration"):
        return (type(node).__name__, node.up, node.entity, node.name)
    return None


def _domain(node: ir.Expression) -> tuple[object, ...]:
    return (False, True) if node.type.kind == "truth" else tuple(range(len(node.type.members)))


def _subjects(node: ir.Expression, found: Subjects, pairs: bool = False) -> bool:
    """Collects the plain names of a condition; False where it is more than names against written values (`pairs`: or against names)."""
    key = _subject(node)
    if key is not None and node.type.kind == "truth":
        found[key] = node
        return True
    match node:
        case ir.Constant():
            return node.type.kind == "truth"
        case ir.Not():
            return _subjects(node.operand, found, pairs)
        case ir.Logic():
            return all([_subjects(p, found, pairs) for p in node.parts])
        case ir.Compare() if pairs and (left := _subject(node.left)) and (right := _subject(node.right)):
            found |= {left: node.left, right: node.right}
            return True
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


def _holds(node: ir.Expression, case: Case) -> bool:
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
            left, right = _subject(node.left), _subject(node.right)
            assert left is not None
            if right is not None:
                return compared(node.sign, case[left], case[right])
            assert isinstance(node.right, ir.Constant)
            return compared(node.sign, case[left], node.right.value)
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
