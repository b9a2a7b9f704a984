"""What is missing of a decision: the facts and parameters that decide something now, those that can still matter, and those that cannot.

Walked from each undetermined rule through what is undetermined under it, in the lines in force; what is known is not walked. A rule stands
after those that it reads, so what each can wait for is made once, from what they can, and nothing recurses through rules. Where a list or
the day of another law is not known there is nothing to ask values of: then all that the formula could read is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any, NamedTuple

from .backends.entries import Instance, unknown_paths
from .backends.interpret.interpretation import Interpretation
from .backends.runtime import Unknown
from .backends.values import Undetermined, Value, known
from .ir import nodes as ir
from .ir.in_force import InForce
from .ir.in_force import Missing as Unset
from .ir.outside import outward
from .ir.traverse import children, formulas
from .model.types import Type


class Lacking(NamedTuple):
    """One fact (its path) or one parameter that is not known; the other of the two is "".

    `outputs`: the paths of those that wait for it; `by`: who decides the fact, `question`: how to ask for it, "" where none is written.
    """

    fact: str
    parameter: str
    outputs: tuple[str, ...]
    by: str
    question: str

    def to_json(self) -> dict[str, object]:
        what = {"fact": self.fact} if self.fact else {"parameter": self.parameter}
        return {**what, "outputs": list(self.outputs), "by": self.by, "question": self.question}


class Missing(NamedTuple):
    """What is not known, each once: `now` decides something as things stand, `can_matter` is that and what may be asked for after it, and
    whatever `cannot_matter` is, no output changes."""

    now: tuple[Lacking, ...]
    can_matter: tuple[Lacking, ...]
    cannot_matter: tuple[Lacking, ...]

    def to_json(self) -> dict[str, object]:
        return {name: [x.to_json() for x in found] for name, found in zip(self._fields, self, strict=True)}


class Leaf(NamedTuple):
    """Something that can be given: a fact, a list or a value of last month, by its path, or a parameter."""

    name: str
    parameter: bool = False


class Nobody(NamedTuple):
    """An entry of a list that is not given: its facts are part of the list."""

    holder: Instance | Nobody
    entity: str


Leaves = dict[Leaf, None]
Place = Instance | Nobody


def missing(interpretation: Interpretation, rows: Iterable[tuple[Instance, str, Type, bool]]) -> Missing:
    """`rows`: the outputs, whose values stand in their entries."""
    open_ = [
        (f"{e.path}.{name}", e, name, v)
        for e, name, _, _ in rows
        for v in [e.values[name]]
        if isinstance(v, Undetermined)
    ]
    now: dict[Leaf, list[str]] = {}
    later: dict[Leaf, list[str]] = {}
    reached = Reach(interpretation) if open_ else None
    for path, entry, name, value in open_:
        waits = leaves_of(value)
        for leaf in waits:
            now.setdefault(leaf, []).append(path)
        assert reached is not None
        for leaf in waits | reached.of(entry, name):
            later.setdefault(leaf, []).append(path)
    facts = {f"{e.path}.{f.name}": f for e in interpretation.root.all() for f in e.entity.facts}
    entities = {e.name: e for e in interpretation.program.entities}
    root = interpretation.root
    unknown = {Leaf(path): list[str]() for path, _ in unknown_paths(entities, root.entity.name, root.data, root.path)}
    left = {leaf: waiting for leaf, waiting in unknown.items() if leaf not in later}
    order = {leaf: n for n, leaf in enumerate(unknown)}
    return Missing(*(_told(found, facts, order) for found in (now, later, left)))


def unasked(entities: dict[str, ir.Entity], root: str, data: tuple[Any, ...]) -> Missing:
    """What is missing where every output is known: whatever is not given, no output changes."""
    found = unknown_paths(entities, root, data, root)
    return Missing((), (), tuple(Lacking(path, "", (), *((f.by, f.ask) if f else ("", ""))) for path, f in found))


def _told(found: dict[Leaf, list[str]], facts: dict[str, ir.Fact], order: dict[Leaf, int]) -> tuple[Lacking, ...]:
    """In the case's order, what is no fact of it behind them, parameters last."""
    out = []
    for leaf in sorted(found, key=lambda x: (x.parameter, order.get(x, len(order)))):
        fact = None if leaf.parameter else facts.get(leaf.name)
        names = ("", leaf.name) if leaf.parameter else (leaf.name, "")
        out.append(Lacking(*names, tuple(found[leaf]), fact.by if fact else "", fact.ask if fact else ""))
    return tuple(out)


def leaves_of(value: Undetermined) -> Leaves:
    """What a value waits for as things stand."""
    return dict.fromkeys([*map(Leaf, value.needs), *(Leaf(p, True) for p in value.parameters)])


class Reach:
    """What the undetermined rules of a decision can still wait for. `law`: under which they are looked at, of its own or of another day."""

    def __init__(self, law: Interpretation, reached: bool = True) -> None:
        self.law = law
        self.rules = {(r.entity, r.name): r for r in law.program.rules}
        self.entities = {e.name: e for e in law.program.entities}
        self.entries: dict[str, list[Instance]] = {}
        for entry in law.root.all():
            self.entries.setdefault(entry.entity.name, []).append(entry)
        self.leaves: dict[tuple[int, str], Leaves] = {}
        self.others: dict[int, Reach] = {}
        if reached:
            some = {entity: entries[0].values for entity, entries in self.entries.items()}
            self.add(r for r in law.program.rules if r.name in some.get(r.entity, ()))  # what was computed

    def of(self, entry: Instance, name: str) -> Leaves:
        """What a rule of an entry can wait for."""
        return self.leaves.get((id(entry), name), {})

    def add(self, rules: Iterable[ir.Rule]) -> None:
        """Looks at rules, each after those that it reads."""
        for rule in rules:
            found = self.law.epoch.rules[rule.entity, rule.name]
            for entry in self.entries.get(rule.entity, ()):
                key = (id(entry), rule.name)
                if found is not None and key not in self.leaves:
                    open_ = isinstance(self.law.value(entry, rule.name), Undetermined)
                    self.leaves[key] = self.gather(self.read(found, entry), entry) if open_ else {}

    def under(self, day: int, rule: ir.RuleRef) -> Reach:
        """The same under another day's law, a rule with all that it reads looked at."""
        law = self.law.under(day)
        if id(law) not in self.others:
            self.others[id(law)] = Reach(law, reached=False)
        other = self.others[id(law)]
        other.add(law.epoch.laws.closure((rule.entity, rule.name)))
        return other

    def read(self, found: InForce, entry: Instance) -> Iterator[ir.Expression]:
        """The conditions and results of the lines on which a rule's value can still rest."""
        applies = False
        for line in found.exceptions:
            holds = self.law.evaluate(line.condition, entry)
            applies |= holds is True
            yield from _formulas(line, holds)
        if applies:
            return
        for line in found.body:
            holds = True if line.condition is None else self.law.evaluate(line.condition, entry)
            applies |= holds is True
            yield from _formulas(line, holds)
            if applies and found.mode == "first":
                return
        if found.otherwise is not None and not applies:
            yield found.otherwise.result

    def gather(self, read: Iterable[ir.Expression], entry: Instance) -> Leaves:
        """What formulas can wait for at an entry."""
        out: Leaves = {}
        stack: list[tuple[ir.Expression, Instance]] = [(f, entry) for f in read]
        while stack:
            node, at = stack.pop()
            value = self.law.evaluate(node, at)
            if isinstance(value, Undetermined):
                stack += ((x, below) for x, below in self.open(node, at, value, out))
        return out

    def open(
        self, node: ir.Expression, at: Instance, value: Undetermined, out: Leaves
    ) -> Iterator[tuple[ir.Expression, Instance]]:
        """Adds what an undetermined formula waits for itself, and gives what is to be looked at inside it."""
        match node:
            case ir.FactRef():
                out |= leaves_of(value)
            case ir.RuleRef():
                here = self.law.up(at, node.up)
                out |= leaves_of(value) if here is None else self.of(here, node.name)
            case ir.ParameterRef():
                out |= self.unset(node, tuple(self.law.evaluate(k, at) for k in node.keys))
                yield from ((k, at) for k in node.keys)
            case ir.CarriedRef() | ir.Window():
                out |= leaves_of(value)
                yield from ((x, at) for x in children(node))
            case ir.Past():
                holds = True if node.guard is None else self.law.evaluate(node.guard, at)
                parts = (node.guard, None if holds is False else node.value, None if holds is False else node.default,
                         None if holds is True else node.otherwise)  # fmt: skip
                yield from ((x, at) for x in parts if x is not None)
            case ir.AsOf():
                day = self.law.evaluate(node.day, at)
                if known(day):
                    out |= self.as_of(node.value, at, day)
                else:
                    out |= self.possible([(node.value, at)], dated=True)
                keys = node.value.keys if isinstance(node.value, ir.ParameterRef) else ()
                yield from ((x, at) for x in (node.day, *keys))
            case ir.Aggregate():
                yield from self.listed(self.law.bound(node, at), at, out)
            case ir.Outside():
                yield node.value, self.law.entry_at(node.at)
            case _:
                yield from ((x, at) for x in children(node))

    def listed(self, node: ir.Aggregate, at: Instance, out: Leaves) -> Iterator[tuple[ir.Expression, Instance]]:
        here = self.law.up(at, node.up)
        if here is None:
            return
        inside = [x for x in (node.where, node.value) if x is not None]
        for entry in self.entries_of(here, node.lists, out):
            if isinstance(entry, Nobody):
                out |= self.possible([(x, entry) for x in inside], met=entry)
                holder = entry.holder
                while isinstance(holder, Nobody):  # a path of lists passes those above, of whom as much is asked
                    out |= self.possible([], met=holder)
                    holder = holder.holder
            elif node.where is None or self.law.evaluate(node.where, entry) is not False:
                yield from ((x, entry) for x in inside)
        if node.default is not None:
            yield node.default, at

    def as_of(self, value: ir.ParameterRef | ir.RuleRef, at: Instance, day: int) -> Leaves:
        """What is read under the law of a day that is known."""
        if isinstance(value, ir.ParameterRef):
            return self.unset(value, tuple(self.law.evaluate(k, at) for k in value.keys), day)
        here = self.law.up(at, value.up)
        return {} if here is None else self.under(day, value).of(here, value.name)

    def entries_of(self, here: Place, lists: tuple[str, ...], out: Leaves) -> list[Place]:
        """The entries at the end of a path of lists; those that are not given are added, and stand for nobody."""
        level: list[Place] = [here]
        for name in lists:
            following: list[Place] = []
            for entry in level:
                listed = None if isinstance(entry, Nobody) else entry.lists[name]
                if listed is None:
                    following.append(Nobody(entry, self.listing(entry, name)))
                    if isinstance(entry, Instance):
                        out[Leaf(f"{entry.path}.{name}")] = None
                else:
                    following += listed
            level = following
        return level

    def listing(self, entry: Place, name: str) -> str:
        """The entity of a list's entries."""
        entity = self.entities[entry.entity] if isinstance(entry, Nobody) else entry.entity
        return next(m.entity for m in entity.lists if m.name == name)

    def unset(self, node: ir.ParameterRef, keys: tuple[Value, ...], day: int | None = None) -> Leaves:
        """The parameters without an amount for any of the keys that are still possible."""
        epoch = self.law.epoch if day is None else self.law.epoch.laws.at(day, self.law.epoch.known)
        held = epoch.parameters[node.name]
        types = next(p.key_types for p in self.law.program.parameters if p.name == node.name)
        choices = [(k,) if known(k) else range(len(t.members)) for k, t in zip(keys, types, strict=True)]
        values = (held[choice] for choice in product(*choices))
        read = (v.value for v in values if not (node.floor and v.floor is not None))
        names: Leaves = {}
        for value in read:
            if isinstance(value, Undetermined):
                names |= leaves_of(value)
            elif isinstance(value, Unset) and value.kind != "none":
                names[Leaf(value.name, True)] = None
        return names

    # --- without values

    def possible(
        self, read: list[tuple[ir.Expression, Place]], dated: bool = False, met: Nobody | None = None
    ) -> Leaves:
        """All that formulas could read where nobody is there to be asked, or (`dated`) whatever the day of the law.

        With somebody who is `met` comes all that will be asked of the list's entries once it is given.
        """
        out: Leaves = {}
        seen: set[tuple[Place | int, str]] = set()
        stack = [*read, *(self.asked_of(met) if met is not None else ())]
        everybody = {met}
        while stack:
            node, at = stack.pop()
            match node:
                case ir.FactRef():
                    here = up(at, node.up)
                    if isinstance(here, Instance) and isinstance(here.facts[node.name], Unknown):
                        out[Leaf(f"{here.path}.{node.name}")] = None
                case ir.RuleRef():
                    here = up(at, node.up)
                    key = (id(here) if isinstance(here, Instance) else here or 0, node.name)
                    if isinstance(here, Instance) and not dated:
                        out |= self.of(here, node.name)
                    elif here is not None and key not in seen:
                        seen.add(key)
                        stack += ((x, here) for x in self.lines((node.entity, node.name), dated))
                case ir.ParameterRef():
                    out |= self.ever_unset(node) if dated else self.unset(node, (Undetermined(),) * len(node.keys))
                    stack += ((k, at) for k in node.keys)
                case ir.CarriedRef() | ir.Window():
                    value = self.law.evaluate(node, at) if isinstance(at, Instance) else None
                    out |= leaves_of(value) if isinstance(value, Undetermined) else {}
                    stack += ((x, at) for x in children(node))
                case ir.Aggregate():
                    here = up(at, node.up)
                    for entry in self.entries_of(here, node.lists, out) if here is not None else ():
                        stack += ((x, entry) for x in (node.where, node.value) if x is not None)
                        stack += ((o, at) for x in (node.where, node.value) if x is not None for o in outward(x))
                        above: Place = entry
                        while isinstance(above, Nobody):  # a path of lists passes those above, of whom as much is asked
                            if above not in everybody:
                                everybody.add(above)
                                stack += self.asked_of(above)
                            above = above.holder
                    stack += ((node.default, at),) if node.default is not None else ()
                case ir.Outside() if node.at:
                    stack.append((node.value, self.law.entry_at(node.at)))
                case ir.Outside():
                    continue  # read where the list function stands
                case _:
                    stack += ((x, at) for x in children(node))
        return out

    def asked_of(self, nobody: Nobody) -> Iterator[tuple[ir.Expression, Place]]:
        """What the outputs of an entry of a list that is not given read, and of those below it."""
        for entity, name in self.law.program.outputs:
            if entity == nobody.entity:
                yield from ((x, nobody) for x in self.lines((entity, name), False))
        for members in self.entities[nobody.entity].lists:
            yield from self.asked_of(Nobody(nobody, members.entity))

    def lines(self, key: tuple[str, str], dated: bool) -> Iterator[ir.Expression]:
        """The conditions and results of a rule's lines that are in force, or of all that ever are."""
        found = self.law.epoch.rules[key]
        if dated:
            yield from formulas(self.rules[key])
        elif found is not None:
            for line in (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())):
                yield from _formulas(line, None)

    def ever_unset(self, node: ir.ParameterRef) -> Leaves:
        """The parameter, where any of its values is none that can be used as it is."""
        entries = next(p.entries for p in self.law.program.parameters if p.name == node.name)
        return {Leaf(node.name, True): None} if any(e.kind in ("pending", "floor") for e in entries) else {}


def _formulas(line: ir.Line, holds: Value) -> Iterator[ir.Expression]:
    """What of a line can still count: nothing where it does not apply."""
    if holds is not False:
        if line.condition is not None:
            yield line.condition
        yield line.result


def up(at: Place, levels: int) -> Place | None:
    """The entry so many levels out."""
    here: Place | None = at
    for _ in range(levels):
        here = here.holder if here is not None else None
    return here
