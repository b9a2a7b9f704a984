"""What is in force on a day, held against a reader of the dates that goes day by day; what check tells of it, against what deciding finds."""

from __future__ import annotations

import datetime
import itertools
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st

from policy_dsl import Policy
from policy_dsl.backends.standalone import standalone
from policy_dsl.checks.law import reading
from policy_dsl.diagnostics.report import Report
from policy_dsl.ir.nodes import OPEN
from policy_dsl.library import LayerFiles, PolicyFile
from policy_dsl.pipeline import compile_layers

from .dice import examples

BEGIN, END = datetime.date(2019, 12, 1), datetime.date(2022, 2, 1)  # all dates lie between them
ALL = [BEGIN + datetime.timedelta(days=n) for n in range((END - BEGIN).days + 1)]
MONTHS = [datetime.date(y, m, 1) for y in (2020, 2021) for m in (1, 4, 7, 10)]
ONE_DAY = datetime.timedelta(days=1)


class Formula(NamedTuple):
    """`a`, `a + b`, or `现行(a, 默认 7)`; of a rule also `当 F 为 a` and `否则 为 b`. No name: the number 1."""

    kind: str  # plain, sum, default, branch
    a: str
    b: str


class Segment(NamedTuple):
    since: datetime.date | None
    until: datetime.date | None
    formula: Formula


class Item(NamedTuple):
    """A parameter or a rule: its lines in the order of their dates."""

    name: str
    rule: bool
    segments: tuple[Segment, ...]

    def on(self, day: datetime.date) -> Formula | None:
        """What begins later takes over; what it followed does not come back."""
        begun = [s for s in self.segments if s.since is None or s.since <= day]
        return begun[-1].formula if begun and (begun[-1].until is None or day <= begun[-1].until) else None


class Lacking(Exception):
    """What is not in force and read."""


class Made(NamedTuple):
    items: tuple[Item, ...]

    @property
    def text(self) -> str:
        rules = [i for i in self.items if i.rule]
        lines = ["政策 试", "对象 家庭", *(f"  F{i.name} : 是否" for i in rules), "  总 : 是否"]
        for i in self.items:
            lines.append(f"规则 家庭 {i.name} : 数" if i.rule else f"参数 {i.name} : 数")
            for s in i.segments:
                lines += ["  " + x for x in self.lines(i, s)]
        return "\n".join(lines) + "\n"

    @staticmethod
    def lines(i: Item, s: Segment) -> list[str]:
        dates = f"自 {s.since}" if s.since else ""
        dates += f" 至 {s.until}" if s.until else ""
        f = s.formula
        a, b = f.a or "1", f.b or "1"
        if f.kind == "branch":
            body = [f"当 F{i.name} 为 {a}", f"否则 为 {b}"]
            return [dates, *("  " + x for x in body)] if dates else body
        said = {"plain": a, "sum": f"{a} + {b}", "default": f"现行({a}, 默认 7)" if f.a else "1"}[f.kind]
        return [f"{dates} 为 {said}".strip()]

    def value(self, name: str, day: datetime.date, case: dict[str, bool]) -> int:
        """Raises Lacking with the name of what is not in force."""
        if not name:
            return 1
        item = next(i for i in self.items if i.name == name)
        f = item.on(day)
        if f is None:
            raise Lacking(name)
        match f.kind:
            case "sum":
                return self.value(f.a, day, case) + self.value(f.b, day, case)
            case "default":
                other = next((i for i in self.items if i.name == f.a), None)
                return 7 if other is not None and other.on(day) is None else self.value(f.a, day, case)
            case "branch":
                return self.value(f.a if case[f"F{name}"] else f.b, day, case)
        return self.value(f.a, day, case)

    @property
    def rules(self) -> list[Item]:
        return [i for i in self.items if i.rule]

    def turning(self) -> list[datetime.date]:
        """The first day, and every day on which something begins or has ended."""
        dates = {d for i in self.items for s in i.segments for d in (s.since, s.until and s.until + ONE_DAY) if d}
        return sorted({BEGIN, *dates})

    def cases(self) -> list[dict[str, bool]]:
        names = [f"F{i.name}" for i in self.rules]
        return [dict(zip(names, way, strict=True)) for way in itertools.product((True, False), repeat=len(names))]

    def reads(self, name: str) -> set[str]:
        """Rules that a rule reads, directly or not, and itself."""
        item = next(i for i in self.items if i.name == name)
        below = {n for s in item.segments for n in (s.formula.a, s.formula.b) if n}
        return {name}.union(*(self.reads(n) for n in below))


@st.composite
def policies(draw: st.DrawFn, branches: bool = True) -> Made:
    items: list[Item] = []
    for n in range(draw(st.integers(2, 5))):
        rule = n > 1 or draw(st.booleans())
        earlier = [i.name for i in items if rule or not i.rule]
        kinds = ["plain", "sum", "default", *(["branch"] if branches and rule else [])]
        names = st.sampled_from(["", *earlier]) if earlier else st.just("")
        formula = st.builds(Formula, st.sampled_from(kinds), names, names)
        starts: list[Any] = sorted(draw(st.sets(st.sampled_from(MONTHS), min_size=0, max_size=3)))
        segments = []
        for since in [None] if not starts or draw(st.integers(0, 3)) == 0 else starts:
            until = draw(st.sampled_from([None, None, *(m - ONE_DAY for m in MONTHS if since and m > since)]))
            segments.append(Segment(since, until if since else None, draw(formula)))
        if any(s.formula.kind == "branch" for s in segments):  # branches go on beside what comes later
            following = [s.since for s in segments[1:]]
            segments = [
                s._replace(until=min(s.until or END, later - ONE_DAY)) if later else s
                for s, later in itertools.zip_longest(segments, following)
            ]
        items.append(Item(f"{'规' if rule else '参'}{n}", rule, tuple(segments)))
    if not items[-1].rule:
        items.append(Item("末", True, (Segment(None, None, Formula("plain", items[-1].name, "")),)))
    return Made(tuple(items))


def compiled(made: Made) -> Policy:
    report = Report()
    file = PolicyFile(Path("z.policy"), "z.policy", made.text, "试", "", 2)
    program = compile_layers([LayerFiles("试", (file,))], report)
    assert program is not None, (made.text, report.items)
    return Policy(program)


def nearest(item: Item, day: datetime.date) -> tuple[str | None, str | None]:
    """By going through all days: the run of days in force that is nearest to one."""
    runs: list[list[datetime.date]] = []
    for d in ALL:
        if item.on(d) is not None:
            if runs and runs[-1][-1] == d - ONE_DAY:
                runs[-1].append(d)
            else:
                runs.append([d])
    if not runs:
        return None, None
    apart = {n: min(abs((d - day).days) for d in (run[0], run[-1])) for n, run in enumerate(runs)}
    run = runs[max(n for n in apart if apart[n] == min(apart.values()))]
    return (None if run[0] == BEGIN else str(run[0])), (None if run[-1] == END else str(run[-1]))


@settings(max_examples=examples(150))
@given(policies(), st.data())
def test_outputs_and_what_is_not_in_force(made: Made, data: st.DataObject) -> None:
    """Together they are all outputs and share none; values, errors and days are those of the reader; the compiled file agrees."""
    policy = compiled(made)
    space: dict[str, Any] = {}
    exec(compile(standalone(policy.program), "z.py", "exec"), space)
    day = data.draw(st.sampled_from([x for d in made.turning() for x in (d - ONE_DAY, d) if x >= BEGIN]))
    case = data.draw(st.sampled_from(made.cases()))
    facts = {"家庭": {**case, "总": True}}
    d = policy.decide(facts, on=str(day))
    found = d.to_json(explanation=False)
    here = {f"家庭.{i.name}" for i in made.rules if i.on(day) is not None}
    assert set(d) == set(d.outputs) == set(found["outputs"]) == here  # type: ignore[call-overload]
    rest = {x["output"]: (x["from"], x["until"]) for x in found.get("not_in_force", [])}  # type: ignore[attr-defined]
    assert rest == {f"家庭.{i.name}": nearest(i, day) for i in made.rules if i.on(day) is None}
    values: dict[str, int | str] = {}
    for i in made.rules:
        if i.on(day) is not None:
            try:
                values[f"家庭.{i.name}"] = made.value(i.name, day, case)
            except Lacking as lacking:
                values[f"家庭.{i.name}"] = f"{lacking} 在 {day} 没有规定"
    errors = {e.path: (e.code, e.zh) for e in d.errors}
    assert errors == {p: ("R0105", v) for p, v in values.items() if isinstance(v, str)}
    known = {p: v for p, v in values.items() if not isinstance(v, str)}
    assert {p: d[p] for p in known} == {p: Decimal(v) for p, v in known.items()}
    if errors:
        return
    assert d.compiled_alone
    assert space["decide"](facts, str(day)) == known


def number(day: datetime.date) -> int:
    return day.year * 10000 + day.month * 100 + day.day


Decided = dict[tuple[str, datetime.date, int], bool]


def outcomes(made: Made) -> Decided:
    """By rule in force, day of change and case: whether it can be decided."""
    out: Decided = {}
    for day in made.turning():
        for n, case in enumerate(made.cases()):
            for i in made.rules:
                if i.on(day) is None:
                    continue
                try:
                    made.value(i.name, day, case)
                    out[i.name, day, n] = True
                except Lacking:
                    out[i.name, day, n] = False
    return out


@settings(max_examples=examples(150))
@given(policies())
def test_what_check_tells_of_the_law(made: Made) -> None:
    """Each day that is told is one on which deciding runs into it; each on which a case fails that could be decided before, or that can on
    no day, is told of the rule or of one that it reads."""
    told = [(r.name, days) for r, _, days in reading(compiled(made).program)]
    got = outcomes(made)
    days = made.turning()
    for name, span in told:
        for day in days:
            if any(a <= number(day) < b for a, b in span.spans):
                assert any(not ok for (n, d, _), ok in got.items() if (n, d) == (name, day)), (made.text, name, day)
    for (name, day, case), ok in got.items():
        before = any(got.get((name, d, case)) for d in days if d < day)
        never = not any(o for (n, _, c), o in got.items() if (n, c) == (name, case)) and not any(
            o for (n, _, _), o in got.items() if n == name
        )
        if not ok and (before or never):
            below = made.reads(name)
            assert any(n in below and any(a <= number(day) < b for a, b in s.spans) for n, s in told), (
                made.text,
                name,
                day,
            )


@settings(max_examples=examples(150))
@given(policies(branches=False))
def test_what_check_does_not_tell(made: Made) -> None:
    """Where every case is decided alike: nothing is told of a rule but after a day on which it could be decided, or where it never can."""
    told = [(r.name, days) for r, _, days in reading(compiled(made).program)]
    got = outcomes(made)
    for name, span in told:
        assert span.spans[-1][1] <= OPEN + 1
        decided = [d for (n, d, _), ok in got.items() if n == name and ok]
        for day in made.turning():
            if decided and any(a <= number(day) < b for a, b in span.spans):
                assert min(decided) < day, (made.text, name, day)
