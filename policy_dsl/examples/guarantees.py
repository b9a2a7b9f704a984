"""Guarantees tried on one case: what breaks them, and the errors that deciding the case runs into."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from ..backends.encoding import fact_step
from ..backends.entries import Instance
from ..backends.formatting import day_text, value_text
from ..backends.guarantees import breaches, fails, named
from ..backends.interpret.interpretation import Interpretation
from ..backends.runtime import Unknown
from ..backends.values import Failure, known
from ..backends.values import diagnose as failed
from ..decision import Decision
from ..diagnostics.report import Diagnostic, PolicyError, Witness, diagnostic
from ..explain.guarantees import BROKEN, diagnose, said, values
from ..ir import nodes as ir
from ..ir.in_force import day_after
from ..ir.traverse import in_force_on
from ..policy import Policy
from ..source import Place
from .case import Case, facts_of, with_fact
from .thresholds import Thresholds, claims

PATIENCE = 24  # cases, about what it takes to compile
Key = tuple[object, ...]  # one problem, whichever case shows it


class Problem(NamedTuple):
    """What a case shows: `make` writes the finding, with labels of the caller's (where the example stands)."""

    key: Key
    size: int  # of what shows it besides the case: how far a fact was raised
    make: Callable[[Iterable[tuple[Place, str, str]]], Diagnostic]


def decided(policy: Policy, case: Case, outputs: tuple[str, ...] | None = None) -> Decision | None:
    """The decision, of these outputs alone or of all; None where the case is refused."""
    try:
        return policy.decide_data(
            case.root, case.data, on=case.on, known=case.known, outputs=outputs, patience=PATIENCE
        )
    except PolicyError:
        return None


def named_in(policy: Policy, root: str, claims: Iterable[ir.Claim]) -> tuple[str, ...]:
    """The outputs that claims name, to be asked for; of what is no output, the one to which it belongs."""
    slices = policy.engine.slices
    within = set(slices.within(root))
    keys = dict.fromkeys(slices.owners.get(k, k) for claim in claims for k in named(claim) if k[0] in within)
    return tuple(map(".".join, keys))


def thresholds(policy: Policy, on: int) -> Thresholds:
    return Thresholds(policy.engine.epoch(on), on, policy.engine.days)


# --- one case


def problems(policy: Policy, case: Case, decision: Decision, near: Thresholds | None = None) -> Iterator[Problem]:
    """Guarantees that the case breaks, itself or beside one in which a fact is higher; last month stays what it was."""
    interpretation = Interpretation(decision.epoch, case.on, decision.instance)
    for n, found in enumerate(breaches(policy.program, interpretation, *BROKEN)):
        guarantee, claim, _, entry = found
        witness = (_witness(policy, case, values(claim, interpretation, entry)),)
        yield Problem(
            ("broken", guarantee.title, claim.place),
            n,
            lambda labels, found=found, witness=witness: diagnose(BROKEN[found[1].kind], found, labels)._replace(
                witness=witness
            ),  # type: ignore[misc]
        )
    for guarantee, claim in claims(policy.program):
        if claim.along is not None and in_force_on(claim, case.on, case.known):
            near = near or thresholds(policy, case.on)
            yield from _rising(policy, case, decision, guarantee, claim, near)


def errors(policy: Policy, case: Case, decision: Decision) -> Iterator[Problem]:
    """Gaps, conflicts and other errors of the policy: not what had not begun on the day or has ended, nor a year that the calendar lacks."""
    witness = (_witness(policy, case, ()),)
    for entry, name, _, _ in decision.rows():
        value = entry.values[name]
        if isinstance(value, Failure) and value.code != "R0111" and not _outside(policy.program, value, case.on):
            found = failed(value, f"{entry.path}.{name}")._replace(witness=witness)
            yield Problem(
                ("error", value.code, value.place),
                0,
                lambda labels, found=found: found,  # type: ignore[misc]
            )


def _outside(program: ir.Program, failure: Failure, day: int) -> bool:
    """Whether nothing was in force because the rule or parameter begins later, or a fact asked for the law of its day."""
    name, on = dict(failure.words).get("name", ""), day_text(day)
    lines = [line for r in program.rules if r.name == name for line in r.lines if line.kind != "exception"]
    named = [p for p in program.parameters if name == p.name or (p.keys and name.startswith(f"{p.name}("))]
    starts = [e.since for p in named for e in p.entries]
    starts += [line.since for line in lines]
    begun = not starts or on >= day_text(min(starts))
    other = dict(failure.words).get("date") != on
    return failure.code == "R0105" and (not begun or other)


# --- 随 … 不增


def _rising(
    policy: Policy, case: Case, decision: Decision, guarantee: ir.Guarantee, claim: ir.Claim, near: Thresholds
) -> Iterator[Problem]:
    """Cases in which the fact of one entry is higher and what must never rise is."""
    assert claim.along is not None
    before = Interpretation(decision.epoch, case.on, decision.instance)
    outputs = named_in(policy, case.root, [claim]) or None
    for entry in decision.instance.all():
        if entry.entity.name != guarantee.entity:
            continue
        low = _compared(claim, before, entry)
        if low is None:
            continue
        for target in _targets(claim.along, entry):
            given = target.facts[claim.along.fact.name]
            if isinstance(given, Unknown):
                continue
            fact = next(f for f in target.entity.facts if f.name == claim.along.fact.name)
            for n, value in enumerate(near.above(fact, given)):
                position = target.entity.facts.index(fact)
                raised = case._replace(data=with_fact(case.data, target, position, value))
                other = decided(policy, raised, outputs)
                if other is None:
                    continue
                after = Interpretation(other.epoch, case.on, other.instance)
                moved = next((x for x in other.instance.all() if x.path == entry.path), None)
                high = None if moved is None else _compared(claim, after, moved)  # by a later birth it may be gone
                if moved is not None and high is not None and high > low:
                    pair = (case, raised)
                    yield Problem(
                        ("rises", guarantee.title, claim.place),
                        n,
                        _rise(
                            policy,
                            pair,
                            (guarantee, claim),
                            (before, after),
                            (entry, moved),
                            (target, fact, value),
                            (low, high),
                        ),
                    )
                    break


def _compared(claim: ir.Claim, interpretation: Interpretation, entry: Instance) -> Any:
    """The value that must not rise; None where it is open, or where the claim does not apply."""
    if claim.when is not None and interpretation.evaluate(claim.when, entry) is not True:
        return None
    value = interpretation.evaluate(claim.says, entry)
    return value if known(value) else None


def _rise(
    policy: Policy,
    pair: tuple[Case, Case],
    about: tuple[ir.Guarantee, ir.Claim],
    runs: tuple[Interpretation, Interpretation],
    entries: tuple[Instance, Instance],
    raised: tuple[Instance, ir.Fact, Any],
    between: tuple[Any, Any],
) -> Callable[[Iterable[tuple[Place, str, str]]], Diagnostic]:
    guarantee, claim = about
    target, fact, value = raised

    def made(labels: Iterable[tuple[Place, str, str]]) -> Diagnostic:
        words: dict[str, str] = {}
        for lang, end in (("zh", ""), ("en", "_en")):
            given = (("before", target.facts[fact.name]), ("after", value))
            words |= {k + end: value_text(_base(fact, v), fact.type, lang) for k, v in given}
            compared = zip(("low", "high"), between, strict=True)
            words |= {k + end: value_text(v, claim.says.type, lang) for k, v in compared}
        shown = [
            _witness(policy, case, values(claim, run, entry))
            for case, run, entry in zip(pair, runs, entries, strict=True)
        ]
        found = diagnostic(
            "R0131",
            claim.place,
            at=entries[0].path,
            labels=labels,
            clause=claim.clause.show(),
            title=guarantee.title,
            name=f"{target.path}.{fact.name}",
            value=claim.says.place.written,
            **words,  # type: ignore[arg-type]
        )
        return found._replace(witness=tuple(shown))

    return made


def _base(fact: ir.Fact, value: Any) -> Any:
    return value * fact_step(fact.type) if fact.type.is_amount else value


def _targets(along: ir.Along, entry: Instance) -> list[Instance]:
    """The entries whose fact rises: the one `up` levels out, or those of the lists that it holds."""
    here: Instance | None = entry
    for _ in range(along.up):
        here = here.holder if here else None
    level = [here] if here else []
    for name in along.lists:
        level = [x for e in level for x in e.lists[name] or ()]
    return level


def _witness(policy: Policy, case: Case, outputs: Iterable[tuple[str, str]]) -> Witness:
    facts = facts_of(policy.program, case.root, case.data)
    return Witness(facts, day_text(case.on), tuple(outputs), case.supposed)


# --- figures


def figures(policy: Policy) -> Iterator[Diagnostic]:
    """Guarantees about parameters alone, looked at on every day on which one of them changes: each once, on its first bad day."""
    program = policy.program
    for guarantee, claim in claims(program):
        if claim.kind != "figures":
            continue
        days = {*policy.engine.days, claim.since or _first(policy)}
        days |= {day_after(claim.until)} if claim.until < ir.OPEN else set()
        for on in sorted(d for d in days if in_force_on(claim, d)):
            run = Interpretation(policy.engine.epoch(on), on, None)  # type: ignore[arg-type]
            if fails(claim, run, None):
                zh, en = (said(claim, run, None, lang) for lang in ("zh", "en"))
                yield diagnostic("R0133", claim.place, clause=claim.clause.show(), title=guarantee.title, date=day_text(on), numbers=zh, numbers_en=en)  # fmt: skip
                break


def _first(policy: Policy) -> int:
    """A day before all changes, or any day where nothing changes."""
    return 10101 if policy.engine.days else 20200101
