"""Generated cases, by Hypothesis: facts and days at which the policy may turn, and the smallest case for each problem that they show.

The same seed gives the same cases, unless time runs out. Nothing is proved by them: what is said is how many were tried.
"""

from __future__ import annotations

import datetime
import itertools
import json
import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import shelf
from ..backends.guarantees import fails
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import UNKNOWN, add_months, month_start
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from ..ir.traverse import in_force_on, is_roll, usual_roots, walk
from ..policy import Policy
from .case import Case, facts_of, measure, with_fact
from .case_strategies import LONGEST, MOST_STRETCHES, CaseStrategies
from .guarantees import Key, Problem, decided, errors, problems, thresholds
from .shrink import smaller_cases
from .thresholds import claims

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

Size = tuple[bool, int, int, str]
ROUND = 10  # cases of one run of Hypothesis while any are looked for
PATIENCE = 20  # runs that bring nothing new
LAST_CHANGE = 99900101  # after which the calendar has no room for months that go on
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
    folder = shelf.folder()
    if fresh and folder is not None:
        set_hypothesis_home_dir(os.path.join(folder, "hypothesis"))


def roots(program: ir.Program) -> list[str]:
    """The entities with which cases begin: for each that a guarantee about outcomes is of, the outermost around it that is no roll."""
    entities = {e.name: e for e in program.entities}
    rolls = {e.name for e in program.entities if is_roll(program, e)}

    def outermost(name: str) -> str:
        while entities[name].holder and entities[name].holder not in rolls:
            name = entities[name].holder
        return name

    found = [outermost(g.entity) for g, c in claims(program) if c.kind == "outcome"]
    return list(dict.fromkeys(found)) or [e.name for e in usual_roots(program)[:1]]


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
        self.strategies = CaseStrategies(policy, self.near)
        self.few = CaseStrategies(policy, self.near, 1)
        self.granted = [(g, c) for g, c in claims(policy.program) if c.kind == "outcome" and _of_last_month(c)]

    # --- searching

    def run(self, root: str) -> None:
        """Decides cases, then looks again for the smallest of each problem that they have shown."""
        done = set(self.smallest)
        self.until = time.monotonic() + self.seconds
        self.search(self.strategies.cases(root))
        self.until = time.monotonic() + self.seconds
        while left := [k for k in self.smallest if k not in done]:  # looking for one may show another
            done.add(left[0])
            self.minimise(root, left[0])
            self.reduce(left[0])

    def search(self, cases: SearchStrategy[Case]) -> None:
        """Decides as many different cases as are asked for, or as there are.

        In short rounds: after its first ten cases Hypothesis mostly tries each again with parts of it repeated.
        """
        wanted, tried, idle = self.cases + self.count, set[str](), 0

        def new(case: Case) -> bool:
            told = _told(self.program, case)
            if self.cases < wanted and told not in tried:
                tried.add(told)
                self.cases += self.shown(case) is not None
            return False

        for number in itertools.count(self.seed * 1_000_003):
            before = len(tried)
            self.drive(cases, ROUND, number, new)
            idle = 0 if len(tried) > before else idle + 1
            if self.cases >= wanted or idle == PATIENCE or not self.in_time:
                break

    def minimise(self, root: str, key: Key) -> None:
        """Looks for the problem in smaller and smaller cases: with few entries first, and rather on a history than with one supposed."""
        few, more = self.few, self.strategies
        ways = [few.cases, more.cases] if self.smallest[key][1].supposed else [more.real]

        def shows(case: Case) -> bool:
            return key in (self.shown(case) or ())

        for cases in (few.real, *ways):
            if self.drive(cases(root), self.count, self.seed, shows):
                break

    def drive(self, cases: SearchStrategy[Case], count: int, number: int, found: Callable[[Case], bool]) -> bool:
        """Hypothesis over so many cases until one is found, which is then made smaller; says whether one was."""
        from hypothesis import HealthCheck, Phase, Verbosity, given, seed, settings

        hit = False

        @seed(number)
        @settings(
            max_examples=count,
            database=None,
            deadline=None,
            phases=[Phase.generate, Phase.shrink],
            verbosity=Verbosity.quiet,
            report_multiple_bugs=False,
            print_blob=False,
            derandomize=False,
            suppress_health_check=list(HealthCheck),
        )
        @given(cases)
        def run(case: Case) -> None:
            nonlocal hit
            if time.monotonic() > self.until:
                raise _Over
            if found(case):
                hit = True
                raise AssertionError

        try:
            run()
        except _Over:
            self.in_time = False
        except Exception:  # what Hypothesis says of the case, which has been taken down
            if not hit:
                raise
        return hit

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
        """The case without the facts that are not asked for in it (当 behind a fact), with who is there on its day."""
        run = self.policy.run(case.on, case.root)
        try:
            there = self.policy.engine.presence.of(case.root, case.data, month_start(case.on))
        except PolicyError:  # it is refused
            return case
        root = run.compiled.instance(case.root, there)
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
            for smaller in smaller_cases(self.policy, case):
                if time.monotonic() > self.until:
                    self.in_time = False
                    return
                self.shown(smaller)
                if self.smallest[key][0] < size:
                    changed = True
                    break

    def findings(self) -> tuple[Diagnostic, ...]:
        made = [problem.make(()) for _, _, problem in self.smallest.values()]
        return tuple(sorted(made, key=lambda d: (d.place or _NOWHERE, d.code)))


_NOWHERE: Any = ("",)


def days_of(policy: Policy) -> list[int]:
    """Days around the changes of policy and guarantees, the latest first; where nothing changes, one day.

    Where a policy looks back, before them a day so late that all months which it looks back at lie under one law.
    """
    changes = {*policy.engine.days, *(c.since for _, c in claims(policy.program) if c.since)}
    days: dict[int, None] = {}
    if changes and max(changes) < LAST_CHANGE and any(e.carried for e in policy.program.entities):
        days[add_months(max(changes), MOST_STRETCHES * LONGEST)] = None
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


def _told(program: ir.Program, case: Case) -> str:
    return f"{json.dumps(facts_of(program, case.root, case.data), ensure_ascii=False)} {case.on}"


def _size(program: ir.Program, case: Case, problem: Problem) -> Size:
    """How much a case says, one that is supposed after all others; then, of two that say as much, which is plainer."""
    told = _told(program, case)
    return case.supposed, measure(program, case), problem.size, f"{len(told):06d}{told}"
