"""Why an output of two decisions differs: from the output down, wherever values differ, to facts, law, what came over, and the day.

Where a value is the same in both the way down ends, so that nobody is told what changed without effect. That holds as long as the causes
found leave it as it is: where they would not (two changes that made up for each other), the way goes on there, too. So putting back all
causes gives the value before: all that it rested on is then as it was, or comes to the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from ..backends.entries import Instance
from ..backends.payment import per_day
from ..backends.runtime import Unknown
from ..backends.values import known
from ..explain.lines import looked_at
from ..ir import nodes as ir
from ..ir.in_force import InForce
from ..ir.traverse import condition_of, steps_of
from ..model.functions import BY_KEY
from .causes import Atom, Carried, Cause, Entry, Fact, Moved, Passed, counted
from .coming import way_of
from .law_causes import LawCauses
from .walking import Kept, Term
from .world import (
    Ref,
    World,
    adds_nothing,
    counts,
    found_in_force,
    gathered,
    looked_back,
    looked_through,
    parts,
    same,
    settling,
)


class Comparing(LawCauses):
    """Looks for the causes of one output. `old` is the decision before, its twin the one after."""

    def of(self, path: str, name: str, paid: bool = False) -> list[Cause]:
        """The causes for an output of an entry, or for what a month pays of it: first what changed, then how statuses moved."""
        there = [path in w.entries for w in (self.old, self.new)]
        if all(there):
            self.stack.append(lambda: self._rule(Ref(self.old, path, name)))
            self._all()
            rule = self.old.explainer.rules[self.old.entries[path].entity.name, name]
            if paid and per_day(rule):
                self.ends(rule)
        elif there[1]:
            self._entry(self.old, path, True)
        elif there[0]:
            self._entry(self.old, path, False, self.support.all([Ref(self.old, path, name)]))
        found = [counted(c, self.support.top) for c in self.causes.values()]
        return [c for c in found if not isinstance(c, Moved)] + [c for c in found if isinstance(c, Moved)]

    def _formula(self, old: World, node: ir.Expression, path: str, term: Term) -> None:
        key = (id(node), old, path)
        if key in self.seen:
            return
        self.seen.add(key)
        self.formulas.append(node)
        new = old.twin
        o, n = old.entries[path], new.entries[path]
        here = None
        if isinstance(node, (ir.FactRef, ir.RuleRef, ir.CarriedRef, ir.Window)):
            here = old.interpretation.up(o, node.up)
            if here is None:
                return
        match node:
            case ir.FactRef():
                assert here is not None
                self._fact(old, here, node)
            case ir.RuleRef():
                assert here is not None
                self._on(Ref(old, here.path, node.name))
            case ir.CarriedRef() | ir.Window():
                assert here is not None
                self._carried(old, here, node.name)
                if isinstance(node, ir.Window) and node.year:
                    self._passed(old, *(term or (node, o)))
                if isinstance(node, ir.Window) and node.default is not None:
                    self._both(old, path, [node.default], [node.default])
            case ir.ParameterRef():
                self._parameter(old, node, path)
            case ir.Moment():
                self._passed(old, *(term or (node, o)))
            case ir.Past() if node.function in ("spent", "total"):
                self._months(old, node, path)
            case ir.Past():
                self._both(old, path, looked_back(old, node, o), looked_back(new, node, n))
            case ir.IfInForce():
                self._both(old, path, found_in_force(old, node, o), found_in_force(new, node, n))
            case ir.AsOf():
                self._as_of(old, node, path)
            case ir.Aggregate():
                self._aggregate(old, node, path)
            case ir.Outside():
                self._both(old, node.at, [node.value], [node.value])
            case _:
                inner = self._term(node, o, term)
                self._both(old, path, list(parts(old, node, o)), list(parts(new, node, n)), inner)

    @staticmethod
    def _term(node: ir.Expression, at: Instance, term: Term) -> Term:
        """What is said to have changed where the day alone moved on: a function of dates, else a comparison."""
        date = isinstance(node, ir.Call) and node.function in BY_KEY and BY_KEY[node.function].shape == "date"
        within = term is not None and isinstance(term[0], ir.Call)
        return (node, at) if (date and not within) or isinstance(node, (ir.Compare, ir.Among)) else term

    # --- what differs

    def _fact(self, old: World, entry: Instance, node: ir.FactRef) -> None:
        atom = ("fact", old.at, entry.path, node.name)
        before, after = (w.interpretation.fact(node._replace(up=0), w.entries[entry.path]) for w in (old, old.twin))
        if not same(entry.facts[node.name], old.twin.entries[entry.path].facts[node.name]):
            type_ = next(f.type for f in entry.entity.facts if f.name == node.name)
            month, name = self._month(old), self._who(old.twin.entries[entry.path])
            self._tell(atom, Fact((atom,), month, entry.path, node.name, name, type_, before, after))

    def _passed(self, old: World, formula: ir.Expression, at: Instance) -> None:
        """The day has moved on, told by what it changed."""
        atom = ("day", old.at)
        if old.on == old.twin.on:
            return
        key = ("passed", id(formula), old, at.path)
        there = old.twin.entries[at.path]
        before, after = old.evaluate(formula, at), old.twin.evaluate(formula, there)
        since = ("", 0)
        if isinstance(formula, ir.Call) and formula.function == "age" and isinstance(formula.arguments[0], ir.FactRef):
            birth = formula.arguments[0]
            born = old.twin.evaluate(birth, there)
            if same(old.evaluate(birth, at), born) and known(born):
                since = (birth.name, born)
            if isinstance(formula.arguments[1], ir.Moment):
                formula = formula._replace(arguments=formula.arguments[:1])
        cause = Passed((atom,), self._month(old), formula, self._who(there), formula.type, before, after, since)
        self._tell(key, cause)

    def _months(self, old: World, node: ir.Past, path: str) -> None:
        """持续, 累计: the months of a stay. Where the months before are at hand, what they were made of."""
        o, n = old.entries[path], old.twin.entries[path]
        before, after = old.evaluate(node, o), old.twin.evaluate(node, n)
        read = [looked_back(w, node, e) for w, e in ((old, o), (old.twin, n))]
        under = [
            x
            for world, formulas, entry in ((old, read[0], o), (old.twin, read[1], n))
            for f in formulas
            for x in self.support.reads(world, f, entry)
        ]
        atoms = {x for x in under if not isinstance(x, Ref)}
        if same(before, after) or len(atoms) < len(set(under)):
            self._both(old, path, read[0], read[1])
            return
        cause = Passed(tuple(sorted(atoms, key=str)), self._month(old), node, self._who(n), node.type, before, after)
        self._tell(("months", id(node), old, path), cause)

    def _carried(self, old: World, entry: Instance, name: str) -> None:
        """What came over; where the months before are at hand, what it was made of there."""
        here = old.entries[entry.path]
        sources = list(self.support.sources(old, here, name))
        steps: list[Callable[[], None]] = []
        for world, there, carried in sources:
            if carried.source == "rule":
                ref = Ref(world, there.path, carried.of)
                steps.append(lambda r=ref: self._on(r))  # type: ignore[misc]
            else:
                fact = next(f for f in there.entity.facts if f.name == carried.of)
                node = ir.FactRef(0, there.entity.name, fact.name, fact.type, fact.place)
                steps.append(lambda w=world, e=there, f=node: self._fact(w, e, f))  # type: ignore[misc]
        self._then(steps)
        atom = ("carried", old.at, entry.path, name)
        other = old.twin.entries[entry.path]
        before, after = here.carried[name], other.carried[name]
        if sources or atom in self.named or same(before, after):
            return
        type_ = next(c.type for c in here.entity.carried if c.name == name)
        cause = Carried((atom,), self._month(old), name, self._who(other), type_, before, after)
        self._tell(atom, cause)

    def _on(self, ref: Ref) -> None:
        """On to a rule, where its value differs, or would with the causes so far."""
        if self.support.differs(ref):
            self._rule(ref)
            return
        twin = Ref(ref.world.twin, ref.path, ref.name)

        self.kept.append(Kept(lambda: [ref], lambda: [twin], lambda: self._rule(ref), lambda: self._stays(ref)))

    def _stays(self, ref: Ref) -> bool:
        """Whether a status surely comes to the same from the other state in which it was last month."""
        old, path, name = ref
        new = old.twin
        o, n = old.entries[path], new.entries[path]
        rule = old.explainer.rules[o.entity.name, name]
        found = new.rule(rule.entity, name)
        if not rule.status or found is None or found != old.rule(rule.entity, name) or name not in n.carried:
            return False
        if ("carried", old.at, path, name) in self.named:
            return False
        reached = {n.carried[name]} if known(n.carried[name]) and not isinstance(n.carried[name], Unknown) else set()
        for line in found.body:
            begin, _ = steps_of(line)
            if begin not in reached:
                continue
            rest = condition_of(line)
            if not self.support.touched(self.support.formula(new, rest, n), self.named):
                holds = new.evaluate(rest, n)
            elif self.support.within(self.support.formula(old, rest, o), self.named):
                holds = old.evaluate(rest, o)
            else:
                return False
            if holds is not False:
                return False
        return reached == {new.value(n, name)}

    # --- who is there

    def _entry(self, old: World, path: str, came: bool, rests: Iterable[Atom] = ()) -> None:
        """An entry that only one of the two has. `rests`: what its part rested on, which is put back with it."""
        world, other = (old.twin, old) if came else (old, old.twin)
        path = self.support.missing(path, other)
        top = world.entries[path]
        way, day = way_of(world, top, came)
        atom = ("entry", old.at, path)
        known = old.on // 100 == old.twin.on // 100
        cause = Entry((atom, *rests), self._month(old), path, self._who(top), came, way, day, known)
        self.named.update(dict.fromkeys(cause.atoms))
        self._tell(atom, cause)

    def _aggregate(self, old: World, node: ir.Aggregate, path: str) -> None:
        new, support = old.twin, self.support
        o = old.entries[path]
        node = old.interpretation.bound(node, o)
        mine, other, open_ = support.entries(old, node, o)
        if open_:
            atom = ("list", old.at, open_)
            self._tell(atom, Entry((atom,), self._month(old), open_, open_.partition(".")[2], bool(mine), open=True))
        there = {e.path: e for e in other}
        steps: list[Callable[[], None]] = []
        for entry in mine:
            formulas = gathered(old, node, entry)
            if entry.path in there:
                after = gathered(new, node, there[entry.path])
                steps.append(lambda p=entry.path, b=formulas, a=after: self._both(old, p, b, a))  # type: ignore[misc]
            elif not adds_nothing(old, node, entry):
                rests = support.all(x for f in formulas for x in support.reads(old, f, entry))
                steps.append(lambda p=entry.path, r=rests: self._entry(old, p, False, r))  # type: ignore[misc]
        own = {e.path for e in mine}
        for entry in other:
            if entry.path in own:
                continue
            if adds_nothing(new, node, entry):
                self._keep_out(old, node, entry)
            else:
                steps.append(lambda p=entry.path: self._entry(old, p, True))  # type: ignore[misc]
        if node.default is not None:
            needed = [not any(counts(w, node, e) for e in es) for w, es in ((old, mine), (new, other))]
            default = [node.default]
            steps.append(lambda: self._both(old, path, default if needed[0] else [], default if needed[1] else []))
        self._then(steps)

    def _keep_out(self, old: World, node: ir.Aggregate, entry: Instance) -> None:
        """Somebody new who adds nothing, as long as the causes leave that so."""
        atom = ("entry", old.at, self.support.missing(entry.path, old))
        formulas = gathered(old.twin, node, entry)

        def rests() -> Iterator[Atom | Ref]:
            return (x for f in formulas for x in self.support.formula(old.twin, f, entry))

        self.kept.append(Kept(lambda: [atom], rests, lambda: self._entry(old, entry.path, True)))

    # --- rules

    def _rule(self, ref: Ref) -> None:
        if ref in self.seen:
            return
        self.seen.add(ref)
        old, path, name = ref
        new = old.twin
        o, n = old.entries[path], new.entries[path]
        rule = old.explainer.rules[o.entity.name, name]
        found = [w.rule(rule.entity, name) for w in (old, new)]
        looked = [looked_through(w, f, e, w.value(e, name)) for w, f, e in ((old, found[0], o), (new, found[1], n))]
        if rule.status and self.support.differs(ref):
            self._moved(old, rule, found[1], o, n)
        if found[0] != found[1]:
            self._lines(old, rule, (found[0], found[1]), (looked[0], looked[1]), path)
        self._both(old, path, settling(looked[0]), settling(looked[1]))

    def _moved(self, old: World, rule: ir.Rule, found: InForce | None, o: Instance, n: Instance) -> None:
        """The transition that a status took in the later decision, where it took one."""
        new = old.twin
        if found is None:
            return
        before, after = (w.value(e, rule.name) for w, e in ((old, o), (new, n)))
        pick = None if new.law else n.picks.get(rule.name)
        applied, _ = looked_at(new.interpretation, found, n, after, pick)
        taken = applied[0] if applied else None
        if taken is None or taken.line.kind != "transition":
            return
        atoms: tuple[Atom, ...] = ()
        if not new.law:
            atoms = (("status", old.at, n.path, rule.name), ("carried", old.at, n.path, rule.name))
        month = self._month(old)
        cause = Moved(atoms, month, rule.name, n, taken, new.interpretation, before, after, new.law)
        self._tell(("moved", old, n.path, rule.name), cause)
