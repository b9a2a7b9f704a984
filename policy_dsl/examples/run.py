"""Runs the 案例 of a policy: each is decided from its facts and compared with what it expects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import NamedTuple

from ..backends.entries import Instance, locate
from ..backends.formatting import day_text, value_text
from ..backends.payment import paid_type
from ..backends.presence import first_month
from ..backends.slices import without_numbers
from ..backends.values import Failure, Undetermined, known
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError
from ..facts.days import day
from ..facts.read import Reader
from ..ir import nodes as ir
from ..model.reserved_keys import SINCE
from ..model.types import Type
from ..policy import Policy
from ..source import Place
from ..syntax.keywords import MEASURES
from ..timeline.month import Month
from ..timeline.timeline import Timeline, timeline
from .case import Case
from .guarantees import PATIENCE, Key, named_in, problems


class Mismatch(NamedTuple):
    """One expectation that did not come true, in both languages."""

    path: str
    zh: str
    en: str
    place: Place


class Result(NamedTuple):
    example: ir.Example
    mismatches: tuple[Mismatch, ...]
    findings: tuple[Diagnostic, ...] = ()  # guarantees that the example breaks

    @property
    def passed(self) -> bool:
        """Whether all came true; a roll that breaks a guarantee is told, and may be what the example shows."""
        return not self.mismatches and all(f.severity != "error" for f in self.findings)


def run_example(policy: Policy, example: ir.Example) -> Result:
    """Decides the example's facts (a list that it does not mention is unknown) and compares."""
    if example.history:
        return run_history(policy, example)
    whole_error = any(e.kind == "error" and not e.path for e in example.expected)
    try:
        root, data = Reader(policy.program, lenient=True).read(example.facts, example.on)
        names = asked_by(policy, example, root)
        decision = policy.decide_data(root, data, on=example.on, outputs=names, patience=PATIENCE)
    except PolicyError as error:
        if whole_error:
            return Result(example, ())
        return Result(example, (_refused(error, example),))
    out: list[Mismatch] = []
    for want in example.expected:
        if not want.path:
            if not decision.errors:
                out.append(
                    Mismatch("", "应为错误，却作出了决定", "an error was expected, a decision was made", want.place)
                )
            continue
        mismatch = _expected(policy, decision, want)
        if mismatch is not None:
            out.append(mismatch)
    return Result(example, tuple(out), tuple(_guarantees(policy, example, [("", decision)])))


def asked_by(policy: Policy, example: ir.Example, root: str) -> tuple[str, ...] | None:
    """The outputs that an example needs: those that it expects, and those that guarantees name. None, for all, where most would be
    needed, or any error will do."""
    known = policy.engine.slices.called
    expected = {without_numbers(e.path) for e in example.expected}
    if not expected <= known.keys():
        return None
    claims = (claim for guarantee in policy.program.guarantees for claim in guarantee.claims)
    names = {*expected, *named_in(policy, root, claims)}
    return tuple(sorted(names)) if names and len(names) < len(policy.program.outputs) // 2 else None


def _guarantees(policy: Policy, example: ir.Example, months: Iterable[tuple[str, Decision]]) -> Iterator[Diagnostic]:
    """Each guarantee that the example breaks, once, in the first month in which it does."""
    seen: set[Key] = set()
    for month, decision in months:
        label = (
            example.place,
            f"案例「{example.title}」 {month}".strip(),
            f"example “{example.title}” {month}".strip(),
        )
        case = Case(decision.root, decision.instance.data, decision.day, decision.epoch.known)
        for problem in problems(policy, case, decision):
            if problem.key not in seen:
                seen.add(problem.key)
                yield problem.make([label])


def timeline_of(policy: Policy, example: ir.Example) -> Timeline:
    """The example month by month, from its first date to the last month that it asks for. Raises PolicyError."""
    months = [e.month for e in example.expected if e.month]
    start = min([*(first_month(d) for d in _dates(example.facts)), *months])
    return timeline(policy.engine, example.facts, day_text(start), day_text(max(months, default=start)), lenient=True)


def run_history(policy: Policy, example: ir.Example) -> Result:
    """Decides the example month by month and compares each month that it asks for; guarantees are looked at in all of them."""
    whole_error = any(e.kind == "error" and not e.path for e in example.expected)
    try:
        made = timeline_of(policy, example)
    except PolicyError as error:
        return Result(example, () if whole_error else (_refused(error, example),))
    out: list[Mismatch] = []
    decided = [(m.month, m.decision) for m in made if m.decision is not None]
    findings = list(_guarantees(policy, example, decided))
    refused = any(f.code == "F0120" for f in findings)
    for want in example.expected:
        if not want.path:
            if not refused and not any(decision.errors for _, decision in decided):
                out.append(Mismatch("", "应为错误，却没有错误", "an error was expected, there was none", want.place))
            continue
        month = day_text(want.month)[:7]
        mismatch = _measured(made, want, month) if want.measure else _of_month(policy, made[month], want)
        if mismatch is not None:
            out.append(mismatch._replace(path=f"{month} {mismatch.path}"))
    return Result(example, tuple(out), tuple(f for f in findings if not (whole_error and f.code == "F0120")))


def _dates(facts: object) -> Iterator[int]:
    """The 自 of every dated fact, as yyyymmdd."""
    if isinstance(facts, dict):
        if SINCE[0] in facts:
            yield day(facts[SINCE[0]])
        for value in facts.values():
            yield from _dates(value)
    elif isinstance(facts, list):
        for value in facts:
            yield from _dates(value)


def _of_month(policy: Policy, month: Month, want: ir.Expected) -> Mismatch | None:
    if month.decision is None:
        return Mismatch(
            want.path,
            "这个月不在（事实还没有开始，或已离开）",
            "nobody is there in this month (the facts have not begun, or all have left)",
            want.place,
        )
    return _expected(policy, month.decision, want)


def _measured(made: Timeline, want: ir.Expected, month: str) -> Mismatch | None:
    """已发(x) and 补发(x) of a month."""
    entry, _, name = want.path.rpartition(".")
    type_ = paid_type(made.benefit(want.path))
    amount = made.paid(month, want.path) if want.measure == "paid" else made.settled(month, want.path)
    words = MEASURES[want.measure]
    found = _compare(want, Fraction(amount) * type_.own.scale, type_)
    return found and found._replace(path=f"{entry}.{words[0]}({name})")


def _refused(error: PolicyError, example: ir.Example) -> Mismatch:
    first = error.diagnostics[0]
    ends = ("", ".", "[")
    at = [p for path, p in example.places if first.path.startswith(path) and first.path[len(path) :][:1] in ends]
    zh, en = (
        f"{text}{mark}{way}" if way else text
        for text, mark, way in (
            (first.zh, "。建议：", first.help("zh")),
            (first.en, ". Help: ", first.help("en")),
        )
    )
    place = at[-1] if at else example.place
    return Mismatch(first.path, f"事实有误[{first.code}]：{zh}", f"the facts are wrong [{first.code}]: {en}", place)


def _expected(policy: Policy, decision: Decision, want: ir.Expected) -> Mismatch | None:
    located = locate(decision.instance, want.path)
    if located is None:
        return Mismatch(want.path, "不在名单里", "is not in the list", want.place)
    entry, name = located
    rule = next((r for r in policy.program.rules if (r.entity, r.name) == (entry.entity.name, name)), None)
    type_ = rule.type if rule else next(f.type for f in entry.entity.facts if f.name == name)
    value = entry.values[name] if rule else _fact(entry, name)
    found = rule is None or decision.epoch.rules[rule.entity, rule.name] is not None
    return _compare(want, value, type_, found)


def _fact(entry: Instance, name: str) -> object:
    from ..backends.encoding import fact_step
    from ..backends.runtime import Unknown

    fact = next(f for f in entry.entity.facts if f.name == name)
    given = entry.facts[name]
    if isinstance(given, Unknown):
        return Undetermined((f"{entry.path}.{name}",))
    return given * fact_step(fact.type) if fact.type.is_amount else given


def _compare(want: ir.Expected, value: object, type_: Type, found: bool = True) -> Mismatch | None:
    """`found`: whether what the value is of is in force."""

    def shown(v: object, lang: str) -> str:
        if v is value and not found:
            return "没有规定" if lang == "zh" else "not in force"
        if isinstance(v, Failure):
            return f"错误 {v.code}" if lang == "zh" else f"error {v.code}"
        if isinstance(v, Undetermined):
            waits = "、".join((*v.needs, *v.parameters))
            return f"未知（待 {waits}）" if lang == "zh" else f"unknown (waits for {waits})"
        return value_text(Fraction(v) if type_.is_amount else v, type_, lang, exact=True)  # type: ignore[call-overload]

    wanted: tuple[str, str] | None = None
    if want.kind == "value":
        if not known(value) or value != want.value:
            wanted = (shown(want.value, "zh"), shown(want.value, "en"))
    elif want.kind == "error":
        code = want.names[0] if want.names else ""
        if not isinstance(value, Failure) or (code and value.code != code):
            wanted = (f"错误 {code}".strip(), f"error {code}".strip())
    elif want.kind == "absent":
        if found:
            wanted = ("没有规定", "not in force")
    else:
        ends = (
            {n.rpartition(".")[2] for n in (*value.needs, *value.parameters)}
            if isinstance(value, Undetermined)
            else set()
        )
        if not isinstance(value, Undetermined) or (want.names and ends != set(want.names)):
            names = "、".join(want.names)
            wanted = (f"未知（{names}）" if names else "未知", f"unknown ({names})" if names else "unknown")
    if wanted is None:
        return None
    return Mismatch(
        want.path,
        f"应为 {wanted[0]}，得到 {shown(value, 'zh')}",
        f"expected {wanted[1]}, got {shown(value, 'en')}",
        want.place,
    )


def run(policy: Policy, only: str | None = None) -> list[Result]:
    """Runs the policy's own examples (those of its layers belong to the layers' own run)."""
    return [run_example(policy, e) for e in policy.program.examples if e.policy == (only or policy.name)]


__all__ = ["Mismatch", "Result", "day_text", "run", "run_example", "timeline_of"]
