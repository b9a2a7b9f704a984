"""The law of reasons: every change has causes, putting back all of them takes it away, each is something that the value rests on.

How causes are put back stands in putting_back.py. What differs between two months is held to it, and what differs between what a month was paid
and what it is due, where causes may lie in earlier months: then those months are decided again one after another, each with its causes put
back, and hand on what they come to. A status that a cause names is as it was; everything else is computed.
"""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given, settings

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.entries import locate
from policy_dsl.backends.handover import from_values
from policy_dsl.backends.values import known
from policy_dsl.decision import Decision
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import formulas, walk
from policy_dsl.timeline.causes import Carried, Cause, Entry, Fact, Figure, Lines, Moved, Passed
from policy_dsl.timeline.month import differing
from policy_dsl.timeline.reasons import Compared, because
from policy_dsl.timeline.support import same

from .dice import examples
from .histories import Story, stories
from .putting_back import PutBack


def value_at(made: PutBack | Decision, path: str) -> object:
    """The value of an output; None where its entry is not there, nothing of it is in force, or it is not known."""
    root = made.root if isinstance(made, PutBack) else made.instance
    found = locate(root, path)
    if found is None:
        return None
    entry, name = found
    in_force = made.epoch.rules[entry.entity.name, name] is not None
    return entry.values[name] if in_force and known(entry.values[name]) else None


def put_back(policy: Policy, old: Compared, new: Compared, causes: list[Cause]) -> PutBack:
    """The later decision, and the months before it as far as a cause lies in them, with all causes put back."""
    atoms = {a for c in causes for a in c.atoms}
    chain = [(old, new)]
    while len(chain) <= max((a[1] for a in atoms if isinstance(a[1], int)), default=0):
        first, second = chain[-1]
        assert first.earlier is not None
        assert second.earlier is not None
        chain.append((first.earlier, second.earlier))
    made: PutBack | None = None
    for depth, (first, second) in reversed(list(enumerate(chain))):
        assert first.decision is not None
        assert second.decision is not None
        data = None
        if made is not None:
            carry = from_values(made.root, policy.engine.intake, made.epoch, made.on)
            data = policy.engine.intake.laid(second.decision.instance.data, second.decision.root, carry)
        made = PutBack(first.decision, second.decision, atoms, depth, data)
    assert made is not None
    return made


class Rests:
    """What an output may rest on by the text of the policy alone, whatever the facts."""

    def __init__(self, program: ir.Program, entity: str, name: str) -> None:
        rules = {(r.entity, r.name): r for r in program.rules}
        carried = {(e.name, c.name): c for e in program.entities for c in e.carried}
        parameters = {p.name: p for p in program.parameters}
        self.names: set[tuple[str, str]] = set()
        self.carried: set[str] = set()
        self.entities: set[str] = {entity}
        self.formulas: list[ir.Expression] = []
        stack: list[tuple[str, str]] = [(entity, name)]
        while stack:
            top = stack.pop()
            if top in self.names:
                continue
            self.names.add(top)
            found = list(formulas(rules[top])) if top in rules else []
            if top[0] == "" and top[1] in parameters:
                found = [e.value for e in parameters[top[1]].entries if e.value is not None]
            for node in (n for f in found for n in walk(f)):
                self.formulas.append(node)
                match node:
                    case ir.FactRef() | ir.RuleRef():
                        stack.append((node.entity, node.name))
                    case ir.ParameterRef():
                        stack.append(("", node.name))
                    case ir.CarriedRef() | ir.Window():
                        self.carried.add(node.name)
                        stack.append((node.entity, carried[node.entity, node.name].of))
                    case ir.Aggregate():
                        self.entities.add(node.entity)
        holders = {e.name: e.holder for e in program.entities}
        for e in list(self.entities):
            while holders[e]:
                e = holders[e]
                self.entities.add(e)

    def on(self, cause: Cause, decision: Decision) -> bool:
        """Whether the cause is about something of all this."""
        match cause:
            case Fact():
                entry = next(e for e in decision.instance.all() if e.path == cause.path)
                return (entry.entity.name, cause.name) in self.names and not same(cause.before, cause.after)
            case Entry():
                return cause.open or any(
                    e.entity.name in self.entities for e in decision.instance.all() if e.path == cause.path
                )
            case Figure():
                return ("", cause.name.removeprefix("下限(").partition("(")[0].rstrip(")")) in self.names
            case Lines() | Moved():
                return any(name == cause.name for _, name in self.names)
            case Carried():
                return cause.name in self.carried
            case Passed():
                return not same(cause.before, cause.after)
        return False


def laws(policy: Policy, old: Compared, new: Compared) -> Iterator[str]:
    """What two decisions that differ do not keep of the law of reasons."""
    for path in differing(old.decision, new.decision):
        causes = new.causes(old, path)
        words = [because(old, new, path, lang) for lang in ("zh", "en")]
        if not causes or not all(words) or not all(x for told in words for x in told):
            yield f"{path} has no reason"
        if old.decision is None or new.decision is None:
            continue
        entry, name, _ = new.decision.paths.get(path) or old.decision.paths[path]
        made = put_back(policy, old, new, causes)
        if not same(value_at(made, path), value_at(old.decision, path)):
            yield f"{path} stays: {words[0]}"
        rests = Rests(policy.program, entry.entity.name, name)
        for cause in causes:
            if cause.kind not in ("fact", "law", "status", "day") or not cause.name:
                yield f"{path} has a cause without a name: {cause}"
            there = old if isinstance(cause, Entry) and not cause.came else new
            while cause.month and there.decision is not None and there.decision.day // 100 * 100 + 1 != cause.month:
                assert there.earlier is not None
                there = there.earlier
            if there.decision is not None and not rests.on(cause, there.decision):
                yield f"{path} does not rest on {cause.atoms}: {words[0]}"


def month_by_month(made: Story) -> Iterator[str]:
    policy = Policy(made.program)
    try:
        timeline = policy.timeline(made.history, start=made.start, end=made.end)
    except PolicyError:
        return
    old: Compared | None = None
    for month in timeline:
        new = Compared(month.decision)
        if old is not None:
            yield from (f"{month.month} {broken}" for broken in laws(policy, old, new))
        old = new


def paid_and_due(made: Story) -> Iterator[str]:
    """Each month as it was paid against the same month as it is due, both with the months from which they went on."""
    policy = Policy(made.program)
    try:
        timeline = policy.timeline(made.history, start=made.start, end=made.end)
    except PolicyError:
        return

    def course(decisions: list[Decision | None]) -> list[Compared]:
        run: list[Compared] = []
        for n, decision in enumerate(decisions):
            run.append(Compared(decision, (lambda n=n: run[n - 1]) if n else None))
        return run

    paid, due = course([m.paid for m in timeline]), course([m.decision for m in timeline])
    for month, old, new in zip(timeline, paid, due, strict=True):
        yield from (f"{month.month} {broken}" for broken in laws(policy, old, new))


@settings(max_examples=examples(60))
@given(stories(size=0, change=50))
def test_every_change_of_a_month_has_its_reasons(made: Story) -> None:
    assert list(month_by_month(made)) == []


@settings(max_examples=examples(60))
@given(stories(size=0, change=60, late=60))
def test_what_is_due_and_not_paid_has_its_reasons(made: Story) -> None:
    assert list(paid_and_due(made)) == []
