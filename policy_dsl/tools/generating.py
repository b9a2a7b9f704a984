"""Generated cases, by Hypothesis: facts and days at which the policy may turn, and the smallest case for each problem that they show.

The same seed gives the same cases, unless time runs out. Nothing is proved by them: what is said is how many were tried.
"""

from __future__ import annotations

import datetime
import os
import sys
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

from .. import cache
from ..backends.interpret import Interpretation
from ..backends.runtime import UNKNOWN, Unknown
from ..diagnostics.report import Diagnostic, PolicyError, diagnostic
from ..ir import nodes as ir
from ..ir.traverse import is_roll, usual_roots
from ..policy import Policy
from .guarantees import Case, Key, Problem, decided, errors, problems, replaced, route, thresholds
from .thresholds import Thresholds, claims, ends

if TYPE_CHECKING:
    from hypothesis.strategies import SearchStrategy

MOST_ENTRIES = 3  # of a list, where its own bounds allow so few
SECONDS = 60.0  # that the cases of one policy may take, and again as much for making the smallest of what they show
LEFT_OUT = object()


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
        self.smallest: dict[Key, tuple[tuple[int, int, str], Case, Problem]] = {}

    # --- searching

    def run(self, root: str) -> None:
        """Decides cases, then looks again for the smallest of each problem that they have shown."""
        cases = self.cases_of(root)
        known = set(self.smallest)
        self.until = time.monotonic() + self.seconds
        self.drive(cases, self.count, None)
        found = [k for k in self.smallest if k not in known]
        self.until = time.monotonic() + self.seconds
        for key in found:
            self.drive(cases, self.count, key)
            self.reduce(key)

    def drive(self, cases: SearchStrategy[Case], count: int, key: Key | None) -> None:
        """Hypothesis over the cases; with a key it looks for the smallest case that shows that problem."""
        from hypothesis import HealthCheck, Phase, Verbosity, given, reject, seed, settings

        phases = [Phase.generate] if key is None else [Phase.generate, Phase.shrink]

        @seed(self.seed)
        @settings(
            max_examples=count,
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

    def shown(self, case: Case) -> set[Key] | None:
        """The problems that a case shows, the smallest case of each kept; None where the case is refused."""
        if self.whens:
            case = self.asked(case)
        decision = decided(self.policy, case)
        if decision is None:
            return None
        found: set[Key] = set()
        shape = _measure(case)
        for problem in (
            *problems(self.policy, case, decision, self.near.get(case.on)),
            *errors(self.policy, case, decision),
        ):
            found.add(problem.key)
            size = (shape[0], problem.size, shape[1])
            if problem.key not in self.smallest or size < self.smallest[problem.key][0]:
                self.smallest[problem.key] = (size, case, problem)
        return found

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
                    data = replaced(data, route(entry), n, UNKNOWN)
        return case._replace(data=data)

    # --- making it small

    def reduce(self, key: Key) -> None:
        """Leaves out entries and facts that the problem does not need."""
        changed = True
        while changed and time.monotonic() < self.until:
            changed = False
            _, case, _ = self.smallest[key]
            for smaller in self.smaller(case):
                if time.monotonic() > self.until:
                    self.in_time = False
                    return
                shown = self.shown(smaller)
                if shown is not None and key in shown and self.smallest[key][1] == smaller:
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
                yield case._replace(data=_without(case.data, route(entry)))
        for entry in entries:
            for n, fact in enumerate(entry.entity.facts):
                if isinstance(entry.facts[fact.name], Unknown) or entry.data[-1] >> n & 1:
                    continue
                value = _default(fact) if fact.has_default else UNKNOWN
                yield case._replace(data=replaced(case.data, route(entry), n, value, fact.has_default))

    def findings(self) -> tuple[Diagnostic, ...]:
        made = [problem.make(()) for _, _, problem in self.smallest.values()]
        return tuple(sorted(made, key=lambda d: (d.place or _NOWHERE, d.code)))

    # --- strategies

    def cases_of(self, root: str) -> SearchStrategy[Case]:
        from hypothesis import strategies as st

        def on_day(on: int) -> SearchStrategy[Case]:
            return st.builds(Case, st.just(root), self.entry(self.entities[root], self.near[on]), st.just(on))

        return st.sampled_from(self.days).flatmap(on_day)

    def entry(self, entity: ir.Entity, near: Thresholds) -> SearchStrategy[tuple[Any, ...]]:
        from hypothesis import strategies as st

        facts = [self.fact(f, near) for f in entity.facts]
        lists = [
            st.lists(
                self.entry(self.entities[m.entity], near),
                min_size=m.low,
                max_size=min(m.high, max(m.low, MOST_ENTRIES)),
            ).map(tuple)
            for m in entity.lists
        ]

        def made(drawn: tuple[Any, ...]) -> tuple[Any, ...]:
            out, bits = list(drawn), 0
            for n, fact in enumerate(entity.facts):
                if out[n] is LEFT_OUT:
                    out[n] = _default(fact) if fact.has_default else UNKNOWN
                    bits |= 1 << n if fact.has_default else 0
            return (*out, bits)

        return st.tuples(*facts, *lists).map(made)

    def fact(self, fact: ir.Fact, near: Thresholds) -> SearchStrategy[Any]:
        from hypothesis import strategies as st

        some = near.values(fact)
        if not some:
            return st.just(LEFT_OUT)  # texts: no rule reads them
        ways: list[SearchStrategy[Any]] = [st.just(LEFT_OUT)] if fact.has_default else []
        ways.append(st.sampled_from(some))
        if fact.type.is_amount:
            low, high = ends(fact)
            usual = max(abs(x) for x in some) * 2
            if fact.high is not None and len(some) > 3:
                usual = max(abs(x) for x in some if x != high) * 2
            ways += [st.integers(max(low, -usual), max(low, min(high, usual))), st.integers(low, high)]
        elif fact.type.kind == "date":
            ways.append(st.dates(_back(near.on, 100), _back(near.on, 0)).map(_number))
        return st.one_of(ways)


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


def _back(day: int, years: int) -> datetime.date:
    return datetime.date(max(1, day // 10000 - years), day // 100 % 100, min(28, day % 100))


def _default(fact: ir.Fact) -> Any:
    from ..backends.facts import Reader

    return Reader.default(fact)


def _without(data: tuple[Any, ...], way: tuple[tuple[int, int], ...]) -> tuple[Any, ...]:
    """The data without one entry of a list."""
    (n, at), *rest = way
    out = list(data)
    entries = list(out[n])
    if rest:
        entries[at] = _without(entries[at], tuple(rest))
    else:
        del entries[at]
    out[n] = tuple(entries)
    return tuple(out)


def _measure(case: Case) -> tuple[int, str]:
    """How much a case says: facts that are given and entries; then, of two that say as much, which is plainer."""

    def count(data: tuple[Any, ...]) -> int:
        given = sum(not isinstance(x, (Unknown, tuple)) for x in data[:-1]) - int(data[-1]).bit_count()
        return given + sum(2 + count(e) for x in data[:-1] if isinstance(x, tuple) for e in x)

    text = repr(case)
    return count(case.data), f"{len(text):06d}{text}"
