"""Looking back, told apart: 上月, 近, 持续, 累计, 进入时 by their definitions over the months as they were, without anything carried.

The engine carries values from month to month (ir/memory.py); here every month is kept, and a look-back looks.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from hypothesis import given, settings

from policy_dsl import Policy, PolicyError
from policy_dsl.backends.entries import Instance
from policy_dsl.backends.epoch import Epoch
from policy_dsl.backends.interpret.interpretation import Interpretation
from policy_dsl.backends.runtime import NOTHING, Unknown
from policy_dsl.backends.values import Failure, Undetermined, Value, known
from policy_dsl.decision import Decision
from policy_dsl.ir import nodes as ir

from .dice import examples
from .histories import Story, stories


class Open(Exception):
    """A state of an earlier month is not known; what follows from that is no matter here."""


Past = list[dict[str, Instance]]  # months before, oldest first: path → entry


def one_before(at: Instance, now: set[str], month: dict[str, Instance]) -> Instance | None:
    """The entry a month before: in its place, or, by what identifies it or what holds it, in one that has been left. `now`: the places
    of the month of the entry."""
    if at.path in month:
        return month[at.path]
    known = at.data[at.entity.identity] if at.entity.identity >= 0 else None
    if isinstance(known, str):
        for other in month.values():
            same = other.entity.name == at.entity.name and other.data[other.entity.identity] == known
            if same and other.path not in now:
                return other
    holder = one_before(at.holder, now, month) if at.holder is not None else None
    if holder is None:
        return None
    return month.get(holder.path + at.path.removeprefix(at.holder.path))  # type: ignore[union-attr]


def identity(entry: Instance) -> tuple[str, str] | None:
    """What identifies an entry, where it is known."""
    known = entry.data[entry.entity.identity] if entry.entity.identity >= 0 else None
    return (entry.entity.name, known) if isinstance(known, str) else None


class Looking(Interpretation):
    """Evaluates a month's formulas at its entries, earlier months at hand."""

    def __init__(self, epoch: Epoch, on: int, root: Instance, past: Past) -> None:
        super().__init__(epoch, on, root)
        self.past_months = past
        self.hidden = {(r.entity, r.name): r for r in self.program.rules if r.hidden}
        self.statuses = {(r.entity, r.name): r for r in self.program.rules if r.status}

    def before_at(self, at: Instance) -> list[Instance]:
        """The entry in the months before in which it was there, oldest first: the clock stands still in the others."""
        return [e for e in self.months_before(at) if e is not None]

    def months_before(self, at: Instance) -> list[Instance | None]:
        """The entry in each of the months before, oldest first; None where it was not there."""
        found: list[Instance | None] = []
        here, now = at, {e.path for e in self.root.all()}
        for month in reversed(self.past_months):
            before = one_before(here, now, month)
            found.insert(0, before)
            if before is not None:
                here, now = before, set(month)
        return found

    def of(self, entry: Instance, name: str) -> Value:
        """A fact's or rule's value in a month."""
        if name not in entry.facts:
            return entry.values[name]
        fact = next(f for f in entry.entity.facts if f.name == name)
        return self.fact(ir.FactRef(0, entry.entity.name, name, fact.type, fact.place), entry)

    def carried(self, node: ir.CarriedRef, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return super().carried(node, at)
        before = self.before_at(here)
        of = next(c.of for c in here.entity.carried if c.name == node.name)
        status, going_on = ((node.entity, x) in self.statuses for x in (of, node.name))
        if not before:
            return 0 if status else NOTHING
        if not going_on and self.months_before(here)[-1] is None:
            return NOTHING  # it comes back: there is no last month
        if status:  # it stands still while it is not in force
            before = self.in_force(before, of)
            return self.of(before[-1], of) if before else 0
        return self.then_of(before[-1], of)

    def in_force(self, entries: list[Instance], name: str) -> list[Instance]:
        """Those months of an entry, this one among them, in which one of its rules is in force."""
        return [e for e in entries if self.looked(e).epoch.rules.get((e.entity.name, name), True) is not None]

    def looked(self, entry: Instance) -> Looking:
        """What looked at the month of an entry."""
        month = next((n for n, m in enumerate(self.past_months) if m.get(entry.path) is entry), None)
        return self if month is None else self.lookers[month]

    def then_of(self, entry: Instance, name: str) -> Value:
        """A fact's or rule's value in a month, NOTHING where it is not in force."""
        return self.of(entry, name) if self.in_force([entry], name) else NOTHING

    def past(self, node: ir.Past, at: Instance | None) -> Value:
        if node.function == "previous":
            return super().past(node, at)
        status, state = self.asked(node)
        assert isinstance(node.value, (ir.RuleRef, ir.CarriedRef))
        here = self.up(at, node.value.up) if at else None
        if here is None:
            return super().past(node, at)
        there = self.in_force(self.before_at(here), status.name)
        states = [self.state(e, status.name) for e in there]
        now = isinstance(status, ir.RuleRef)
        if node.function == "total":
            return Fraction(states.count(state))
        if node.function == "spent":
            return Fraction(len(states) - self.begin(states, state))
        entries = [*there, here]
        if now:
            states.append(self.state(here, status.name))
        if (states[-1] if states else 0) != state:
            return self.failure("R0121", node.place, name=node.shown.partition(", ")[0])
        begin = self.begin(states, state)
        if begin == 0 and state == 0:  # the stay began before the first month
            return self.before(node, None, at)
        return self.then(node, entries[begin])

    @staticmethod
    def begin(states: list[int], state: int) -> int:
        """Where the unbroken stay at the end began."""
        at = len(states)
        while at and states[at - 1] == state:
            at -= 1
        return at

    def state(self, entry: Instance, name: str) -> int:
        value = entry.values[name]
        if not known(value):
            raise Open
        return value  # type: ignore[no-any-return]

    def asked(self, node: ir.Past) -> tuple[ir.RuleRef | ir.CarriedRef, int]:
        """The status and the position of its state."""
        guard = node.guard
        if guard is None:  # 累计: the hidden rule that counts asks for the state
            assert isinstance(node.value, ir.CarriedRef)
            guard = self.hidden[node.value.entity, node.value.name].lines[0].condition
        assert isinstance(guard, ir.Compare)
        assert isinstance(guard.left, (ir.RuleRef, ir.CarriedRef))
        assert isinstance(guard.right, ir.Constant)
        return guard.left, guard.right.value

    def then(self, node: ir.Past, entry: Instance) -> Value:
        """The formula of 进入时 in the month of the entry: the hidden rule says which."""
        assert isinstance(node.value, (ir.RuleRef, ir.CarriedRef))
        formula = self.hidden[node.value.entity, node.value.name].lines[1].result
        return self.looked(entry).evaluate(formula, entry)

    lookers: list[Looking]  # of the months before; where nobody was there, the last one's

    def window(self, node: ir.Window, at: Instance | None) -> Value:
        here = self.up(at, node.up) if at else None
        if here is None:
            return super().window(node, at)
        name = next(c.of for c in here.entity.carried if c.name == node.name)
        months = self.months_before(here)
        first = next((n for n, e in enumerate(months) if e is not None), len(months))
        values = tuple(NOTHING if e is None else self.then_of(e, name) for e in months[first:])
        kept = here.carried
        here.carried = {**kept, node.name: values}
        try:
            return super().window(node, at)
        finally:
            here.carried = kept


EMPTY: Any = None  # before anybody was there


def told(value: Value) -> object:
    return value[:2] if isinstance(value, Failure) else "nothing" if value is NOTHING else value


def overgrown(entry: Instance) -> bool:
    return any(isinstance(v, Failure) and v.code == "R0122" for v in (*entry.values.values(), *entry.carried.values()))


def without_state(facts: Any) -> Any:
    """The same history without what is given of the month before it."""
    if isinstance(facts, dict):
        return {k: without_state(v) for k, v in facts.items() if k not in ("上月", "previous")}
    return [without_state(x) for x in facts] if isinstance(facts, (list, tuple)) else facts


def decisions(made: Story) -> list[Decision | None]:
    try:
        months = Policy(made.program).timeline(without_state(made.history), start=made.start, end=made.end).months
    except PolicyError:
        return []
    return [m.decision for m in months]


@settings(max_examples=examples(120))
@given(stories(unknown=0))
def test_look_backs_are_what_they_are_defined_as(made: Story) -> None:
    """Every rule of every month gives its value again from the months as they were."""
    past: Past = []
    lookers: list[Looking] = []
    for decision in decisions(made):
        if decision is None:
            past.append({})
            lookers += lookers[-1:] or [EMPTY]
            continue
        root = decision.instance
        look = Looking(decision.epoch, decision.day, root, list(past))
        look.lookers = list(lookers)
        if any(overgrown(e) for e in root.all()):
            return
        for entry in root.all():
            for rule in made.program.rules:
                if rule.entity != entry.entity.name or rule.hidden:
                    continue
                try:
                    assert told(look.rule(rule, entry)) == told(entry.values[rule.name]), (rule.name, decision.day)
                except Open:
                    continue
        past.append({e.path: e for e in root.all()})
        lookers.append(look)


@settings(max_examples=examples(120))
@given(stories(unknown=3))
def test_every_timeline_is_a_run_of_its_state_machine(made: Story) -> None:
    """A month's state is last month's, or where a transition led whose condition holds: all that hold lead there."""
    before: dict[str, Instance] = {}
    for decision in decisions(made):
        now = {} if decision is None else {e.path: e for e in decision.instance.all()}
        for entry in now.values():
            assert decision is not None
            for rule in made.program.rules:
                if rule.status and rule.entity == entry.entity.name:
                    moved(decision, rule, entry, one_before(entry, set(now), before))
        there = {identity(e) for e in now.values()} - {None}
        before = {path: e for path, e in before.items() if identity(e) not in there} | now


def moved(decision: Decision, rule: ir.Rule, entry: Instance, before: Instance | None) -> None:
    """One status of one entry in one month."""
    was = 0 if before is None else before.values[rule.name]
    state = entry.values[rule.name]
    if not known(was) or isinstance(was, Unknown):
        assert not known(state) or state is was
        return
    lines = [x for x in rule.lines if x.kind == "transition" and x.since <= decision.day <= x.until]
    if not lines:
        assert state == was or decision.epoch.rules[rule.entity, rule.name] is None
        return
    lowest: dict[str, int] = {}
    for x in lines:
        lowest[x.key] = max(lowest.get(x.key, 0), x.layer)
    look = Interpretation(decision.epoch, decision.day, decision.instance)
    targets: list[int] = []
    open_: set[int] = set()  # where lines lead that may hold
    for x in lines:
        assert isinstance(x.condition, ir.Logic)
        assert isinstance(x.result, ir.Constant)
        first, *rest = x.condition.parts
        assert isinstance(first, ir.Compare)
        assert isinstance(first.right, ir.Constant)
        if first.right.value != was or x.layer != lowest[x.key]:
            continue
        values = [look.evaluate(p, entry) for p in rest]
        if all(v is True for v in values):
            targets.append(x.result.value)
        elif all(v is not False for v in values):
            open_.add(x.result.value)
    if len(set(targets)) > 1:
        assert isinstance(state, Failure)
        assert state.code == "R0102"
    elif targets and open_ - set(targets):
        assert isinstance(state, Undetermined)  # they would conflict
    elif targets:
        assert state == targets[0]
    elif open_:
        assert not known(state)
    else:
        assert state == was
