"""What differs by the law: lines of a rule, values of parameters, the day whose law is asked."""

from __future__ import annotations

from ..backends.payment import days_of
from ..backends.runtime import add_days
from ..backends.values import Value, known
from ..ir import nodes as ir
from ..ir.in_force import InForce, in_force, repealing
from ..ir.traverse import walk
from ..model.functions import BY_KEY
from .causes import Atom, Figure, Lines
from .walking import Kept, Walk
from .world import Ref, World, with_keys


class LawCauses(Walk):
    """Finds them on the way down."""

    def _lines(
        self,
        old: World,
        rule: ir.Rule,
        found: tuple[InForce | None, InForce | None],
        looked: tuple[list[tuple[ir.Line, Value]], list[tuple[ir.Line, Value]]],
        path: str,
    ) -> None:
        """Lines that only one of the two has, where they matter: those before that might apply, those after that might."""
        new = old.twin
        n = new.entries[path]
        before, after = (_lines_of(f) for f in found)
        counting = {id(x) for side in looked for x, holds in side if holds is not False}
        ended = [x for x in before if id(x) in counting and x not in after]
        began: list[ir.Line] = []
        idle: list[ir.Line] = []
        for line in after:
            if line in before:
                continue
            holds = line.condition is None or new.evaluate(line.condition, n) is not False
            matters = id(line) in counting if line.kind == "otherwise" else holds
            (began if matters else idle).append(line)
        modes = found[0] is not None and found[1] is not None and found[0].mode != found[1].mode
        named = ended or began or modes or found[0] is None or found[1] is None
        if named:
            self._law(old, rule, began, ended, found[1] is None)
            return
        atom = ("lines", old.at, rule.entity, rule.name, old.law)
        for line in idle:
            if line.condition is not None:
                self.kept.append(
                    Kept(
                        lambda: [atom],
                        lambda f=line.condition: self.support.formula(new, f, n),  # type: ignore[misc]
                        lambda x=line: self._law(old, rule, [x], [], False),  # type: ignore[misc]
                    )
                )

    def _law(self, old: World, rule: ir.Rule, began: list[ir.Line], ended: list[ir.Line], gone: bool) -> None:
        new = old.twin
        days = (old.explainer.day, new.explainer.day)
        seen = new.explainer.epoch.known
        repeal = next(
            (r for r in repealing(rule, days[1], seen) if not ended or r.takes(ended[0].key, ended[0].layer)), None
        )
        atom = ("lines", old.at, rule.entity, rule.name, old.law)
        clause = (*(x.clause for x in (*began, *ended)), rule.clause)[0]
        month = self._month(old)
        cause = Lines(
            (atom,), month, rule.called, tuple(began), tuple(ended), repeal, gone, days, seen, clause, old.law
        )
        self._tell(atom, cause)

    def ends(self, rule: ir.Rule) -> None:
        """That a benefit of which each day is paid ends on another day of the month."""
        old, new = self.old, self.new
        known_on = [w.explainer.epoch.known for w in (old, new)]
        days = [days_of(rule, w.on, k) for w, k in zip((old, new), known_on, strict=True)]
        if days[0] == days[1]:
            return
        first = add_days(new.on, min(days))  # of those that only one of the two pays
        before, after = (_lines_of(in_force(rule, first, k)) for k in known_on)
        repeals = repealing(rule, first, known_on[1])
        repeal = next((r for r in repeals if before and r.takes(before[0].key, before[0].layer)), None)
        atom = ("lines", 0, rule.entity, rule.name, 0)
        clause = (*(x.clause for x in (*after, *before)), rule.clause)[0]
        cause = Lines(
            (atom,), 0, rule.called, tuple(after), tuple(before), repeal, not after, (first, first), known_on[1], clause
        )
        self._tell(("ends", atom), cause)

    # --- parameters, and the law of another day

    def _parameter(self, old: World, node: ir.ParameterRef, path: str) -> None:
        self._both(old, path, list(node.keys), list(node.keys))
        keys = tuple(old.evaluate(k, old.entries[path]) for k in node.keys)
        if all(known(k) for k in keys):
            self._figure(old, node, keys)

    def _figure(self, old: World, node: ir.ParameterRef, keys: tuple[int, ...]) -> None:
        """A parameter for its keys: the entry that gives it, and what its formula reads."""
        key = ("figure", node.name, keys, node.floor, old)
        if key in self.seen:
            return
        self.seen.add(key)
        sources = [w.source(node.name, keys, node.floor) for w in (old, old.twin)]
        atoms = tuple(self.support.figure(old, node.name, keys, node.floor))
        if atoms:
            self._tell(key, self._figure_cause(old, old.twin, node, keys, atoms))
        before, after = (self._formulas(old, e, keys) for e in sources)
        self._both(old, old.root.path, before, after)

    @staticmethod
    def _formulas(world: World, entry: ir.Entry | None, keys: tuple[int, ...]) -> list[ir.Expression]:
        """The formula of a parameter's entry, the keys at hand written in."""
        if entry is None or entry.value is None or isinstance(entry.value, ir.Constant):
            return []
        return [world.explainer.phrases.filled(entry, keys)]

    def _figure_cause(
        self, old: World, new: World, node: ir.ParameterRef, keys: tuple[int, ...], atoms: tuple[Atom, ...]
    ) -> Figure:
        parameter = new.explainer.parameters[node.name]
        words = ", ".join(t.members[k] for t, k in zip(parameter.key_types, keys, strict=True))
        name = f"{node.name}({words})" if words else node.name
        name = f"{BY_KEY['floor_of'].zh[0]}({name})" if node.floor else name
        before, after = (w.evaluate(with_keys(node, keys), w.root) for w in (old, new))
        was, is_ = (w.source(node.name, keys, node.floor) for w in (old, new))
        repeals = repealing(parameter, new.explainer.day, new.explainer.epoch.known)
        repeal = next((r for r in repeals if was is not None and r.takes("", was.layer)), None)
        law = (old.law, new.law)
        return Figure(atoms, self._month(old), name, parameter.type, before, after, was, is_, repeal, law)

    def _as_of(self, old: World, node: ir.AsOf, path: str) -> None:
        new = old.twin
        o, n = old.entries[path], new.entries[path]
        days = [w.evaluate(node.day, e) for w, e in ((old, o), (new, n))]
        moved = all(known(d) for d in days) and days[0] != days[1]
        if isinstance(node.value, ir.ParameterRef):
            self._both(old, path, list(node.value.keys), list(node.value.keys))
            keys = [tuple(w.evaluate(k, e) for k in node.value.keys) for w, e in ((old, o), (new, n))]
            if known(days[0]) and all(known(k) for k in keys[0]):
                self._figure(old.under(days[0]), node.value, keys[0])
                if moved and keys[0] == keys[1]:
                    self._on_another_day(old, node, path, keys[0], days)
        elif known(days[0]):
            here = old.interpretation.up(o, node.value.up)
            if here is not None:
                self._on(Ref(old.under(days[0]), here.path, node.value.name))
        self._both(old, path, [node.day], [node.day], (node, o))

    def _on_another_day(self, old: World, node: ir.AsOf, path: str, keys: tuple[int, ...], days: list[int]) -> None:
        """The day whose law is asked has moved on: that is told with the two values, once."""
        assert isinstance(node.value, ir.ParameterRef)
        for moment in walk(node.day):
            if isinstance(moment, ir.Moment):
                self.seen.add((id(moment), old, path))
        atoms = tuple(x for x in self.support.reads(old, node.day, old.entries[path]) if x == ("day", old.at))
        before, after = old.under(days[0]), old.twin.under(days[1])
        self._tell(("on", id(node), old, path), self._figure_cause(before, after, node.value, keys, atoms))


def _lines_of(found: InForce | None) -> list[ir.Line]:
    if found is None:
        return []
    return [*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise is not None else ())]
