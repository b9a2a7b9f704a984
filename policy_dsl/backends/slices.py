"""What is asked for of a decision: names of outputs → their rules, and all that these need on a day. Nothing else is computed then.

A benefit in parts brings its part along; a status, and a benefit in parts, what is carried of them, so that a slice that lists them can
hand it on. These rules are nobody's outputs and are not listed.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Container, Iterable, Iterator
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from ..diagnostics.report import PolicyError, diagnostic, suggestion
from ..ir import nodes as ir
from ..ir.traverse import counted_status, walk
from ..model.reserved_keys import PARTS
from .entries import numbers_of
from .epoch import Epoch
from .layout import RuleKey
from .payment import amount_key
from .runtime import Unknown

MOST_KEPT = 256  # slices of one kind; the oldest goes first


K = TypeVar("K")
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Keeps what was made last, so many of it. Threads may share it."""

    def __init__(self, most: int = MOST_KEPT) -> None:
        self._most = most
        self._found: dict[K, V] = {}
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self._found)

    def get(self, key: K) -> V | None:
        return self._found.get(key)

    def keep(self, key: K, value: V) -> V:
        """Keeps the value, unless another thread was first: then gives that one's."""
        with self._lock:
            made = self._found.setdefault(key, value)
            while len(self._found) > self._most:
                del self._found[next(iter(self._found))]
        return made


class Asked(NamedTuple):
    """What is asked for with facts that begin at one entity."""

    names: tuple[str, ...]  # as they were written, each once
    means: dict[str, tuple[RuleKey, ...]]  # by name
    listed: dict[RuleKey, re.Pattern[str] | None]  # outputs, and of which paths; None: of every entry
    rules: frozenset[RuleKey]  # the outputs, and what goes along with them

    def lists(self, path: str, key: RuleKey) -> bool:
        """Whether the output of the entry with this path is one that was asked for."""
        if key not in self.listed:
            return False
        only = self.listed[key]
        return only is None or only.search(f".{path}.{key[1]}") is not None

    @property
    def numbered(self) -> bool:
        """Whether of an output some entries alone were asked for."""
        return any(only is not None for only in self.listed.values())

    def nobody(self, found: Iterable[tuple[str, str]]) -> str | None:
        """The first name that says the number of an entry who is not there; `found`: (entity, path) of those who are."""
        there = list(found)
        for name in self.names:
            if without_numbers(name) != name:
                means, ends = self.means[name], re.compile(_ends(name))
                if not any(e == k[0] and ends.search(f".{path}.{k[1]}") for k in means for e, path in there):
                    return name
        return None


class Slices:
    """What may be asked for of one program. The same names are looked up once."""

    def __init__(self, program: ir.Program) -> None:
        self.program = program
        self.entities = {e.name: e for e in program.entities}
        self.rules = {(r.entity, r.name): r for r in program.rules}
        self._asked: Recent[tuple[tuple[str, ...], str], Asked] = Recent()

    @staticmethod
    def names(outputs: object) -> tuple[str, ...]:
        """The names in what a caller gave as `outputs`, each once. Raises PolicyError (P0820)."""
        if not isinstance(outputs, (list, tuple, set, frozenset)):
            kind = type(outputs).__name__
            raise _no_list(f"给的是 {kind}", f"it is of type {kind}")
        for n, name in enumerate(outputs, 1):
            if not isinstance(name, str):
                kind = type(name).__name__
                raise _no_list(f"第 {n} 项是 {kind}", f"item {n} is of type {kind}")
        if not outputs:
            raise _no_list("是空的", "it is empty")
        names = map(str, outputs)
        return tuple(dict.fromkeys(names if isinstance(outputs, (list, tuple)) else sorted(names)))

    def of(self, names: tuple[str, ...], root: str) -> Asked:
        """What names mean where facts begin at `root`. Raises PolicyError for those that mean nothing (P0803)."""
        found = self._asked.get((names, root))
        return found if found is not None else self._asked.keep((names, root), self._made(names, root))

    def _made(self, names: tuple[str, ...], root: str) -> Asked:
        known, within = self.called, frozenset(self.within(root))
        means: dict[str, tuple[RuleKey, ...]] = {}
        wrong = []
        ends: dict[RuleKey, list[str]] = {}
        for name in names:
            found = known.get(name) or known.get(without_numbers(name)) or []
            keys = tuple(k for k in found if k[0] in within)
            if not keys:
                wrong.append(self._unknown(name, root, within))
            means[name] = keys
            for key in keys:
                ends.setdefault(key, []).append("" if name in known else _ends(name))
        if wrong:
            raise PolicyError(wrong)
        listed = {k: None if "" in e else re.compile("|".join(e)) for k, e in ends.items()}
        rules = frozenset(x for k in listed for x in (k, amount_key(self.rules[k]), *self.memory.get(k, ())))
        return Asked(names, means, listed, rules)

    def _unknown(self, name: str, root: str, within: Container[str]) -> Any:
        """P0803: what else may have been meant, or where the facts would have to begin."""
        elsewhere = {e for e, _ in self.called.get(without_numbers(name), ())}
        if elsewhere:
            one = next(e.name for e in self.program.entities if e.name in elsewhere)
            hint = (
                f"它是「{one}」的；事实从「{root}」开始，这里没有「{one}」",
                f"it is one of “{one}”; the facts begin at “{root}”, and there is no “{one}” here",
            )
        else:
            hint = suggestion(
                without_numbers(name), (n for n, keys in self.called.items() if any(e in within for e, _ in keys))
            )
        return diagnostic("P0803", at=name, name=name, hint=hint)

    @cached_property
    def called(self) -> dict[str, list[RuleKey]]:
        """By every name under which outputs may be asked for: a path without its numbers from any entity on, or the end of one."""
        out: dict[str, list[RuleKey]] = {}
        for key in self.program.outputs:
            holder: ir.Entity | None = self.entities[key[0]]
            names, tail = {key[1]: None}, key[1]
            while holder is not None:
                names[f"{holder.name}.{tail}"] = None
                tail = f"{holder.holder_list}.{tail}"
                if holder.holder:
                    names[tail] = None
                holder = self.entities.get(holder.holder)
            for name in names:
                out.setdefault(name, []).append(key)
        return out

    def has(self, root: str, data: tuple[Any, ...], end: str) -> bool:
        """Whether the path of some output of a case ends so."""
        every = paths(self.entities, root, root, data)
        return any(f".{at}.{k[1]}".endswith(f".{end}") for e, at in every for k in self.program.outputs if k[0] == e)

    @cached_property
    def owners(self) -> dict[RuleKey, RuleKey]:
        """The outputs to which rules belong that are none themselves."""
        return {(r.entity, r.name): _owner(r) for r in self.program.rules if r.displaces or r.hidden}

    @cached_property
    def memory(self) -> dict[RuleKey, list[RuleKey]]:
        """By output, the rules that are none and whose values are carried to the next month."""
        out: dict[RuleKey, list[RuleKey]] = {}
        for key in self.carried(self.entities):
            if key in self.owners:
                out.setdefault(self.owners[key], []).append(key)
        return out

    def within(self, root: str) -> Iterator[str]:
        """The entity, and those below it."""
        yield root
        for members in self.entities[root].lists:
            yield from self.within(members.entity)

    def carried(self, entities: Iterable[str]) -> Iterator[RuleKey]:
        """The rules of these entities whose values are carried to the next month."""
        return ((e, c.of) for e in entities for c in self.entities[e].carried if c.source == "rule")

    def lacking(self, root: str, computed: Container[RuleKey]) -> list[str]:
        """The outputs that would have to be asked for, too, so that a month can be handed to the next: by entity and name."""
        lacks = [k for k in self.carried(self.within(root)) if k not in computed]
        return list(dict.fromkeys(".".join(self.owners.get(k, k)) for k in lacks))


def closure(epoch: Epoch, wanted: Iterable[RuleKey], within: Container[str]) -> frozenset[RuleKey]:
    """The rules and all that they read of these entities, directly or not, in the lines in force."""
    done: set[RuleKey] = set()
    stack = [k for k in wanted if k[0] in within]
    while stack:
        key = stack.pop()
        if key in done:
            continue
        done.add(key)
        found = epoch.rules[key]
        if found is None:
            continue
        for line in (*found.exceptions, *found.body, *((found.otherwise,) if found.otherwise else ())):
            for formula in (line.condition, line.result):
                if formula is not None:
                    read = (n for n in walk(formula) if isinstance(n, ir.RuleRef))
                    stack += ((n.entity, n.name) for n in read if n.entity in within)
    return frozenset(done)


def paths(entities: dict[str, ir.Entity], name: str, path: str, data: tuple[Any, ...]) -> Iterator[tuple[str, str]]:
    """(entity, path) of an entry and of all below it."""
    yield name, path
    for n, members in enumerate(entities[name].lists, len(entities[name].facts)):
        given = data[n]
        if not isinstance(given, Unknown):
            for number, inner in zip(numbers_of(given), given, strict=True):
                yield from paths(entities, members.entity, f"{path}.{members.name}[{number}]", inner)


def _owner(rule: ir.Rule) -> RuleKey:
    if rule.displaces:
        return rule.entity, rule.displaces
    word, _, rest = rule.name.partition("(")
    return (rule.entity, rest[:-1]) if word in PARTS else counted_status(rule)


def without_numbers(name: str) -> str:
    """A path without the numbers of its entries."""
    return re.sub(r"\[[0-9]+\](?=\.)", "", name)


def _ends(name: str) -> str:
    """The ends of paths that a name with numbers means: where it says none, any."""
    steps = re.split(r"(?<=\])\.", name)
    numbered = [re.escape(x) for x in steps]
    return r"\." + r"\.".join(x.replace(r"\.", r"(?:\[[0-9]+\])?\.") for x in numbered) + "$"


def _no_list(problem: str, problem_en: str) -> PolicyError:
    return PolicyError([diagnostic("P0820", at="outputs", problem=problem, problem_en=problem_en)])
