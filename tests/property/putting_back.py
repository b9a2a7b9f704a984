"""A decision with causes put back: what the law of reasons is held against.

The later of two decisions is decided again by the interpreter, where what the causes name is as it was before: facts, who is in a list, lines
and values of parameters, what came over, the day. Neither the search for causes nor their words are used: only the atoms, read literally.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from policy_dsl.backends.encoding import carried_width
from policy_dsl.backends.entries import Entries, Instance, numbers_of
from policy_dsl.backends.epoch import Epoch
from policy_dsl.backends.interpret.interpretation import Interpretation, UnderLaw, dated
from policy_dsl.backends.interpret.parameters import evaluate_parameter
from policy_dsl.backends.runtime import Unknown
from policy_dsl.backends.values import Value, join
from policy_dsl.decision import Decision
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.in_force import Held
from policy_dsl.timeline.causes import Atom
from policy_dsl.timeline.world import with_keys

Atoms = Collection[Atom]


def epoch_of(old: Epoch, new: Epoch, law: int, depth: int, atoms: Atoms) -> Epoch:
    """The law of `new`, with the lines and the parameters' entries that the atoms name as they are in `old`."""
    made = Epoch.__new__(Epoch)
    for name in Epoch.__slots__:
        setattr(made, name, getattr(new, name))
    made.rules = {k: (old if ("lines", depth, *k, law) in atoms else new).rules[k] for k in new.rules}
    made.parameters = {}
    for parameter in new.laws.order[1]:
        values = made.parameters[parameter.name] = {}
        for keys in new.parameters[parameter.name]:
            before, after = old.parameters[parameter.name][keys], new.parameters[parameter.name][keys]
            value, entry, floor = before if ("figure", depth, parameter.name, keys, False, law) in atoms else after
            if ("figure", depth, parameter.name, keys, True, law) in atoms:
                floor = before.floor
            if entry is not None and entry.kind == "exact" and not isinstance(entry.value, ir.Constant):
                value = evaluate_parameter(entry.value, keys, made.parameters, new.first)
            values[keys] = Held(value, entry, floor)
    return made


def data_of(
    program: ir.Program, entity: ir.Entity, path: str, new: Any, old: Any, depth: int, atoms: Atoms
) -> tuple[Any, ...]:
    """The data of `new`, with the facts, entries and carried values that the atoms name as they are in `old`."""
    out = list(new)
    entities = {e.name: e for e in program.entities}
    for i, fact in enumerate(entity.facts):
        if old is not None and ("fact", depth, path, fact.name) in atoms:
            out[i] = old[i]
    for i, members in enumerate(entity.lists, len(entity.facts)):
        where, inner = f"{path}.{members.name}", entities[members.entity]
        before = None if old is None else old[i]
        if old is not None and ("list", depth, where) in atoms:
            out[i] = before
            continue
        if isinstance(new[i], Unknown):
            continue
        here = dict(zip(numbers_of(new[i]), new[i], strict=True))
        then = (
            {} if before is None or isinstance(before, Unknown) else dict(zip(numbers_of(before), before, strict=True))
        )
        rows = []
        for n in sorted({*here, *then}):
            named = ("entry", depth, f"{where}[{n}]") in atoms
            if n in here and (n in then or not named):
                rows.append((n, data_of(program, inner, f"{where}[{n}]", here[n], then.get(n), depth, atoms)))
            elif n not in here and named:
                rows.append((n, then[n]))
        out[i] = Entries([x for _, x in rows], tuple(n for n, _ in rows))
    at = len(entity.facts) + len(entity.lists) + 1
    for c in entity.carried:
        wide = carried_width(c)
        if old is not None and ("carried", depth, path, c.name) in atoms:
            out[at : at + wide] = old[at : at + wide]
        at += wide
    return tuple(out)


class PutBack(Interpretation):
    """The decision `new` with what the atoms name as it is in `old`; `data`: what came over where that is another."""

    def __init__(self, old: Decision, new: Decision, atoms: Atoms, depth: int = 0, data: Any = None) -> None:
        program = new.epoch.program
        self.pair, self.atoms, self.depth = (old, new), atoms, depth
        on = old.day if ("day", depth) in atoms else new.day
        entity = new.instance.entity
        given = new.instance.data if data is None else data
        made = data_of(program, entity, new.root, given, old.instance.data, depth, atoms)
        super().__init__(
            epoch_of(old.epoch, new.epoch, 0, depth, atoms), on, Instance(program, entity, made, None, new.root)
        )
        self.were = {e.path: e for e in old.instance.all()}
        self.rules()

    def rule(self, rule: ir.Rule, at: Instance) -> Value:
        if ("status", self.depth, at.path, rule.name) in self.atoms:
            return self.were[at.path].values[rule.name]
        return super().rule(rule, at)

    def law(self, day: int) -> Epoch:
        old, new = (d.epoch.laws.at(day, d.epoch.known) for d in self.pair)
        return epoch_of(old, new, day, self.depth, self.atoms)

    def under(self, day: int) -> UnderLaw:
        if day not in self._under:
            self._under[day] = UnderLaw(self.law(day), self.on, self.root)
        return self._under[day]

    def as_of(self, node: ir.AsOf, at: Instance | None) -> Value:
        keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
        day, *filled = (self.evaluate(x, at) for x in (node.day, *keys))
        held_back = join([day, *filled])
        if held_back is not None:
            return held_back
        if isinstance(node.value, ir.ParameterRef):
            return self.under(day).evaluate(with_keys(node.value, tuple(filled)), at)
        return dated(self.under(day).evaluate(node.value, at), day)
