"""Generated cases, by Hypothesis: facts and days at which the policy may turn, and the smallest case for each problem that they show.

The same seed gives the same cases, unless time runs out. Nothing is proved by them: what is said is how many were tried.
"""

from __future__ import annotations

import datetime
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import cache
from ..backends.facts import Reader, start_of
from ..backends.guard import fails
from ..backends.interpret import Instance, Interpretation, carried_width
from ..backends.runtime import UNKNOWN, Unknown
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from ..ir.traverse import in_force_on, walk
from ..policy import Policy
from .cases import Case, begins, bits_of, facts_of, left_out, measure, with_carried, with_fact, without_entry
from .drawing import Drawing
from .guarantees import Key, Problem, decided, errors, problems, thresholds
from .thresholds import claims

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Size = tuple[bool, int, int, str]
SECONDS = 60.0  # that the cases of one policy may take, and again as much for making the smallest of what they show


class Tested(NamedTuple):
    """What came of the cases: how many were decided, the problems with their smallest cases, and whether time ran out."""

    cases: int
    findings: tuple[Diagnostic, ...]
    in_time: bool


class _Over(BaseException):
    """Time has run out: nothing that Hypothesis would take for a failure."""


def generated(policy: Policy, count: int, seed: int, seconds: float = SECONDS) -> Tested:
    """Tries `count` cases for each entity that cases begin with. Raises PolicyError where Hypothesis is not installed."""
    _hypothesis()
    search = _Search(policy, count, seed, seconds)
    for root in roots(policy.program):
        search.run(root)
    return Tested(search.cases, search.findings(), search.in_time)


def _hypothesis() -> None:
    """Loads Hypothesis. What it keeps on disk goes into our cache, not into the folder at hand."""
    fresh = "hypothesis" not in sys.modules
    try:
        import hypothesis  # noqa: F401
        from hypothesis.configuration import set_hypothesis_home_dir
    except ImportError:
        raise PolicyError([diagnostic("P0909")]) from None
    folder = cache.folder()
    if fresh and folder is not None:
        set_hypothesis_home_dir(os.path.join(folder, "hypothesis"))


def roots(program: ir.Program) -> list[str]:
    """The entities with which cases begin: for each that a guarantee about outcomes is of, the outermost around it that is no roll."""
    entities = {e.name: e for e in program.entities}
    rolls = {e.name for e in program.entities if _is_roll(program, e)}

    def outermost(name: str) -> str:
        while entities[name].holder and entities[name].holder not in rolls:
            name = entities[name].holder
        return name

    found = [outermost(g.entity) for g, c in claims(program) if c.kind == "outcome"]
    usual = [e.name for e in program.entities if e.name not in rolls and (not e.holder or e.holder in rolls)]
    return list(dict.fromkeys(found)) or usual[:1]


def _is_roll(program: ir.Program, entity: ir.Entity) -> bool:
    entities = {e.name: e for e in program.entities}
    outer = entity
    while outer.holder and not outer.counts_as:
        outer = entities[outer.holder]
    return not outer.counts_as and any(entities[x.entity].counts_as == "户" for x in entity.lists)


class _Search:
    def __init__(self, policy: Policy, count: int, seed: int, seconds: float) -> None:
        self.policy = policy
        self.program = policy.program
        self.entities = {e.name: e for e in policy.program.entities}
        self.whens = any(f.when is not None for e in policy.program.entities for f in e.facts)
        self.count = count
        self.seed = seed
        self.seconds = seconds
        self.days = days_of(policy)
        self.near = {on: thresholds(policy, on) for on in self.days}
        self.cases = 0
        self.in_time = True
        self.smallest: dict[Key, tuple[Size, Case, Problem]] = {}
        self.drawing = Drawing(policy, self.near)
        self.granted = [(g, c) for g, c in claims(policy.program) if c.kind == "outcome" and _of_last_month(c)]

    # --- searching

    def run(self, root: str) -> None:
        """Decides cases, then looks again for the smallest of each problem that they have shown."""
        done = set(self.smallest)
        self.until = time.monotonic() + self.seconds
        self.drive(self.drawing.cases(root), None)
        self.until = time.monotonic() + self.seconds
        while left := [k for k in self.smallest if k not in done]:  # looking for one may show another
            done.add(left[0])
            self.minimise(root, left[0])
            self.reduce(left[0])

    def minimise(self, root: str, key: Key) -> None:
        """Looks for the problem in smaller and smaller cases: with few entries first, and rather on a history than with one supposed."""
        few, more = Drawing(self.policy, self.near, 1), self.drawing
        ways = [few.cases, more.cases] if self.smallest[key][1].supposed else [more.real]
        for cases in (few.real, *ways):
            if self.drive(cases(root), key):
                break

    def drive(self, cases: SearchStrategy[Case], key: Key | None) -> bool:
        """Hypothesis over the cases; with a key it looks for the smallest case that shows that problem, and says whether one does."""
        from hypothesis import HealthCheck, Phase, Verbosity, given, reject, seed, settings

        phases = [Phase.generate] if key is None else [Phase.generate, Phase.shrink]

        @seed(self.seed)
        @settings(
            max_examples=self.count,
            database=None,
            deadline=None,
            phases=phases,
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            print_blob=False,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def run(case: Case) -> None:
            if time.monotonic() > self.until:
                raise _Over
            shown = self.shown(case)
            if shown is None:
                reject()
            if key is None:
                self.cases += 1
            assert key is None or key not in shown

        try:
            run()
        except _Over:
            self.in_time = False
        except Exception:  # what Hypothesis says of the failure; the case itself has been taken down
            if key is None:
                raise
            return True
        return False

    def shown(self, case: Case) -> set[Key] | None:
        """The problems that a case shows, the smallest case of each kept; None where the case is refused."""
        if self.whens:
            case = self.asked(case)
        decision = decided(self.policy, case)
        if decision is None or (case.supposed and self.denies(decision)):
            return None
        found: set[Key] = set()
        for problem in (
            *problems(self.policy, case, decision, self.near.get(case.on)),
            *errors(self.policy, case, decision),
        ):
            found.add(problem.key)
            size = _size(self.program, case, problem)
            if problem.key not in self.smallest or size < self.smallest[problem.key][0]:
                self.smallest[problem.key] = (size, case, problem)
        return found

    def denies(self, decision: Decision) -> bool:
        """Whether what is supposed of last month is against a guarantee that speaks of last month alone."""
        run = Interpretation(decision.epoch, decision.day, decision.instance)
        return any(
            entry.entity.name == guarantee.entity and fails(claim, run, entry)
            for guarantee, claim in self.granted
            if in_force_on(claim, decision.day)
            for entry in decision.instance.all()
        )

    def asked(self, case: Case) -> Case:
        """The case without the facts that are not asked for in it (当 behind a fact)."""
        run = self.policy.run(case.on, case.root)
        root = run.compiled.instance(case.root, case.data)
        interpretation = Interpretation(run.epoch, case.on, root)
        interpretation.rules()
        data = case.data
        for entry in root.all():
            for n, fact in enumerate(entry.entity.facts):
                if fact.when is not None and interpretation.evaluate(fact.when, entry) is False:
                    data = with_fact(data, entry, n, UNKNOWN)
        return case._replace(data=data)

    # --- making it small

    def reduce(self, key: Key) -> None:
        """Leaves out entries, facts and values of last month that the problem does not need."""
        changed = True
        while changed and time.monotonic() < self.until:
            changed = False
            size, case, _ = self.smallest[key]
            for smaller in self.smaller(case):
                if time.monotonic() > self.until:
                    self.in_time = False
                    return
                self.shown(smaller)
                if self.smallest[key][0] < size:
                    changed = True
                    break

    def smaller(self, case: Case) -> Iterator[Case]:
        instance = self.policy.run(case.on, case.root).compiled.instance(case.root, case.data)
        entries = instance.all()
        for entry in reversed(entries):
            if entry.holder is None:
                continue
            members = next(
                m for m in entry.holder.entity.lists if any(x is entry for x in entry.holder.lists[m.name] or ())
            )
            if len(entry.holder.lists[members.name] or ()) > members.low:
                yield case._replace(data=without_entry(case.data, entry))
        for entry in entries:
            if not begins(entry.entity, entry.data):
                yield from self.forgetting(case, entry)
            for n, fact in enumerate(entry.entity.facts):
                if isinstance(entry.facts[fact.name], Unknown) or entry.data[bits_of(entry.entity)] >> n & 1:
                    continue
                value = Reader.default(fact) if fact.has_default else UNKNOWN
                yield case._replace(data=with_fact(case.data, entry, n, value, fact.has_default))

    def forgetting(self, case: Case, entry: Instance) -> Iterator[Case]:
        """The case with the entry in its first month, then without one value of last month after another."""
        yield case._replace(data=with_carried(case.data, entry, start_of(entry.entity)))
        first = at = bits_of(entry.entity) + 1
        for c in entry.entity.carried:
            wide = carried_width(c)
            if not isinstance(entry.data[at], Unknown):
                kept, rest = entry.data[first:at], entry.data[at + wide :]
                yield case._replace(data=with_carried(case.data, entry, [*kept, *left_out(entry, c), *rest]))
            at += wide

    def findings(self) -> tuple[Diagnostic, ...]:
        made = [problem.make(()) for _, _, problem in self.smallest.values()]
        return tuple(sorted(made, key=lambda d: (d.place or _NOWHERE, d.code)))


_NOWHERE: Any = ("",)


def days_of(policy: Policy) -> list[int]:
    """Days around the changes of policy and guarantees, the latest first; where nothing changes, one day."""
    changes = {*policy.engine.days, *(c.since for _, c in claims(policy.program) if c.since)}
    days: dict[int, None] = {}
    for day in sorted(changes, reverse=True):
        date = datetime.date(day // 10000, day // 100 % 100, day % 100)
        days[day] = None
        if date > datetime.date.min:
            days[_number(date - datetime.timedelta(days=1))] = None
    return list(days) or [20200101]


def _number(date: datetime.date) -> int:
    return date.year * 10000 + date.month * 100 + date.day


def _of_last_month(claim: ir.Claim) -> bool:
    """Whether it says nothing that this month's rules could break."""
    parts = [p for f in (claim.says, claim.when) if f is not None for p in walk(f)]
    return not any(isinstance(p, ir.RuleRef) for p in parts)


def _size(program: ir.Program, case: Case, problem: Problem) -> Size:
    """How much a case says, one that is supposed after all others; then, of two that say as much, which is plainer."""
    text = json.dumps(facts_of(program, case.root, case.data), ensure_ascii=False)
    return case.supposed, measure(program, case), problem.size, f"{len(text):06d}{text}{case.on}"
