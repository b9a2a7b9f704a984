"""A decision: what a policy gives for facts on a day, with everything needed to explain it. Made by `Policy.decide`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import outputs as given
from ._version import LANGUAGE, __version__
from .backends.compiled import Compiled
from .backends.engine import Engine
from .backends.entries import Instance
from .backends.epoch import Epoch
from .backends.formatting import day_text
from .backends.interpret.interpretation import Interpretation
from .backends.paid import amounts
from .backends.payment import Beside, beside
from .backends.reading_plan import Reading, all_known
from .backends.runtime import Defer
from .backends.slices import Asked
from .backends.some_entries import SomeEntries, reading_of
from .diagnostics.report import Diagnostic, PolicyError, diagnostic
from .facts.arguments import named
from .ir import nodes as ir
from .model.types import Type
from .origin import Kept, kept, opened
from .outputs import Row
from .reads import Read

if TYPE_CHECKING:
    from .backends.handover import Carry
    from .explain.explainer import Explainer
    from .explain.explanation import Explanation
    from .missing import Missing


class Decision(Read):
    """What the policy gives. A mapping from output paths (家庭.保障金, 家庭.成员[0].护理补贴) to values.

    `d[path]` is a Decimal in the declared unit (a Fraction where the decimals do not end), a bool, the name of an enumeration's value,
    a date, or None while it is undetermined. An output that is in error raises PolicyError with the code and the place.
    Where outputs were asked for by name, it has these and nothing else (`asked`).
    A decision is a pure function of policy, facts and day; it keeps no reference to the facts given.
    """

    __slots__ = ("_asked", "_compiled", "_engine", "_kept", "_open", "_paths", "_root")

    _kept: Kept

    def __init__(
        self,
        engine: Engine,
        epoch: Epoch,
        compiled: Compiled,
        on: int,
        root: str,
        data: tuple[Any, ...],
        raw: tuple[Any, ...] | None,
        asked: Asked | None = None,
    ) -> None:
        self._asked = asked
        self._engine = engine
        self._epoch = epoch
        self._compiled = compiled
        self._on = on
        self._root = root
        self._data = data
        self._raw = raw
        if raw is not None:
            self._reading = self._read_by(compiled)
            self._result = raw
        self._open: tuple[tuple[Compiled, tuple[Any, ...]] | None] | None = None  # once the open form was asked
        self._values = None
        self._instance: Instance | None = None
        self._paths: dict[str, tuple[Instance, str, Type]] | None = None

    # --- kept and read again

    def __reduce__(self) -> tuple[Any, ...]:
        found = getattr(self, "_kept", None)
        if found is None:
            made = (self._on, self._epoch.known, self._root, self._data, self._raw, self.asked)
            found = kept(self._engine, day_text(self._on), made)
        return _unread, found

    def __getattr__(self, name: str) -> Any:
        """What a pickle holds, and the policy's engine, are looked for when something of them is first read; so are the interpreter's values."""
        if name not in _LEFT_OUT:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        if name in _READ:
            if self._raw is None and self._opened is not None:
                self._reading, self._result = self._read_by(self._opened[0]), self._opened[1]
            elif self._raw is None:
                self._reading = self._read_by(self._compiled).laid_out
                self._result = self._reading.lay_out(self.instance)
            return object.__getattribute__(self, name)
        engine, (on, known_on, root, data, raw, names) = opened(self._kept)
        asked = None if names is None else engine.slices.of(names, root)
        run = engine.run(on, root, known_on, asked and asked.rules)
        self.__init__(engine, run.epoch, run.compiled, on, root, data, raw, asked)  # type: ignore[misc]
        return getattr(self, name)

    def __copy__(self) -> Decision:
        return self

    def __deepcopy__(self, _memo: object) -> Decision:
        return self

    # --- what was decided

    @property
    def policy(self) -> str:
        return self._engine.program.name

    @property
    def digest(self) -> str:
        return self._engine.digest

    @property
    def language(self) -> int:
        """The number of the language's meaning by which it was decided."""
        return LANGUAGE

    @property
    def on(self) -> datetime.date:
        return datetime.date(self._on // 10000, self._on // 100 % 100, self._on % 100)

    @property
    def root(self) -> str:
        """The entity with which the facts began."""
        return self._root

    @property
    def asked(self) -> tuple[str, ...] | None:
        """The names of the outputs that were asked for, as they were given; None where all were."""
        return None if self._asked is None else self._asked.names

    @property
    def compiled_alone(self) -> bool:
        """Whether the compiled function gave all values; else the interpreter did (something was unknown or in error)."""
        return self._raw is not None

    @property
    def instance(self) -> Instance:
        """The root entry with the values of every rule that was computed, for explanations and tests."""
        if self._instance is None:
            root = self._compiled.instance(self._root, self._data)
            if self._raw is not None:
                self._compiled.fill(root, self._raw, self._on)
            else:
                Interpretation(self._epoch, self._on, root).rules(self._compiled.slots)
            self._instance = root
        return self._instance

    @property
    def epoch(self) -> Epoch:
        return self._epoch

    @property
    def day(self) -> int:
        """The day as yyyymmdd."""
        return self._on

    @property
    def data(self) -> tuple[Any, ...]:
        """The facts as they were read, with what came over from the month before (facts/read.py)."""
        return self._data

    @property
    def _opened(self) -> tuple[Compiled, tuple[Any, ...]] | None:
        """What the open form gives where the plain one ends, with what reads it; None where that ends, too."""
        if self._open is None:
            from .backends.piecemeal import opened

            run = self._engine, self._on, self._root, self._epoch.known, self._data, self._compiled.wanted
            self._open = (opened(*run) if self._raw is None and self._compiled.emitted else None,)
        return self._open[0]

    def recorded(self) -> Instance:
        """The root entry with every value and, where the recording function could run, the line that gave it."""
        raw = self._record()
        if raw is None:
            return self.instance
        root = self._compiled.instance(self._root, self._data)
        self._compiled.fill(root, raw, self._on, recorded=True)
        return root

    def _interpretation(self) -> Interpretation:
        return Interpretation(self._epoch, self._on, self.instance)

    def _record(self) -> tuple[Any, ...] | None:
        """What the recording function gives; None where it defers."""
        run = self._engine.run(self._on, self._root, self._epoch.known, self._asked and self._asked.rules)
        try:
            return self._compiled.record(run.parameters, self._on, self._data)  # type: ignore[no-any-return]
        except Defer:
            return None

    def carry(self) -> Carry:
        """What the next month needs of this one (backends/handover.py). Raises PolicyError where that was not asked for (P0819)."""
        from .backends.handover import Unusual, from_values

        if self._asked is not None:
            given.complete(self._engine.slices.lacking(self._root, self._compiled.slots))
        found = (self._compiled, self._raw) if self._raw is not None else self._opened
        if found is not None:
            try:
                return self._engine.handover(found[0]).of(self._data, found[1], self._on)
            except Unusual:
                pass
        return from_values(self.instance, self._engine.intake, self._epoch, self._on)

    def amounts(self) -> dict[tuple[str, str], Fraction]:
        """(path of the entry, benefit) → amount in base units, of every benefit whose amount is known; of one in parts its part."""
        found = amounts(self._reading.paid, self._root, self._root, self._data, self._result)
        only = isinstance(self._reading, SomeEntries)
        return {k: v for k, v in found.items() if ".".join(k) in self} if only else found

    def beside(self, entry: Instance, name: str) -> Beside | None:
        """What the month pays of a benefit, where that is not the amount of its own period: its part or its share."""
        return beside(self._engine.rules[entry.entity.name, name], entry.values, self._on, self._epoch.known)

    def rows(self) -> Iterator[Row]:
        """(entry, name, type, is a benefit) of every output in force, in order; the values stand in the entry."""
        rules = self._engine.rules
        by_entity: dict[str, list[ir.Rule]] = {}
        for key in self._engine.program.outputs:
            if self._epoch.rules[key] is not None:
                by_entity.setdefault(key[0], []).append(rules[key])
        for entry in self.instance.all():
            for rule in by_entity.get(entry.entity.name, ()):
                if self._asked is None or self._asked.lists(entry.path, (rule.entity, rule.name)):
                    yield entry, rule.name, rule.type, rule.benefit

    def _read_by(self, compiled: Compiled) -> Reading:
        """What reads the function's results: of all entries, or of those that were asked for."""
        return reading_of(compiled.reading, self._asked)

    @property
    def _interpreted(self) -> bool:
        return self._raw is None and self._opened is None

    @property
    def missing(self) -> Missing:
        """What is not known: what decides something now, what can still matter, what cannot any more."""
        return self._missing(all_known(self._entries))

    def _missing(self, all_known: bool) -> Missing:
        from .missing import missing, unasked

        if all_known:
            return unasked(self._engine.presence.entities, self._root, self._data)
        return missing(self._interpretation(), self.rows())

    @property
    def findings(self) -> list[Diagnostic]:
        """Who is not there: not yet born (F0218) or dead (F0222); who is in two places (F0231); figures that should have been reviewed (R0175);
        then the guarantees that the decision does not keep, each with its place and numbers.

        It stands all the same.
        One about facts alone (F0120) is among them only in a month of a timeline: `decide` refuses such a case.
        """
        return self._findings(None)

    def _findings(self, tree: Explanation | None) -> list[Diagnostic]:
        """`tree`: the whole decision's explanation, where it is made already."""
        presence = self._engine.presence
        found = list(presence.absent(self._root, self._data))
        remarks = []
        if found:
            from .backends.presence import told

            remarks = [told(x, self._on) for x in found]
        remarks += self._twice()
        if self._on > self._engine.first_review:
            from .explain.overdue import overdue

            remarks += overdue(tree or self.explain(), self._on)
        if not self._engine.program.guarantees:
            return remarks
        from .explain.guarantees import findings

        computed = None if self._asked is None else self._compiled.slots
        return remarks + findings(self._engine.program, self._interpretation(), computed)

    def _twice(self) -> list[Diagnostic]:
        """Who stands in two places."""
        program = self._engine.program
        if all(e.identity < 0 for e in program.entities):
            return []
        from .backends.identity import shared, told

        return [told(x) for x in shared({e.name: e for e in program.entities}, self._root, self._data)]

    @property
    def assumptions(self) -> list[str]:
        """The 假设 that the decision rests on, each once."""
        if not self._engine.laws.assumed:
            return []
        if isinstance(self._reading, SomeEntries):  # what is listed differs from entry to entry
            return self.explain().assumptions()
        from .explain.assumed import assumptions

        raw = self._record()
        reading = self._reading if raw is None else self._compiled.reading
        entries = reading.entries(self._data, self._result if raw is None else raw)
        return assumptions(reading, self._epoch, entries, raw is not None, self._interpretation, self.explainer)

    # --- the mapping

    @property
    def paths(self) -> dict[str, tuple[Instance, str, Type]]:
        """Path → (entry, name, type) of every output."""
        if self._paths is None:
            self._paths = {f"{entry.path}.{name}": (entry, name, type_) for entry, name, type_, _ in self.rows()}
        return self._paths

    def _no_output(self, path: str, names: list[str]) -> PolicyError:
        """P0803, saying who is not yet born, or dead; R0105 where it is not in force on the day, P0818 where it was not asked for."""
        for absent in self._engine.presence.absent(self._root, self._data):
            if path.startswith(f"{absent.path}."):
                from .backends.presence import told

                late = told(absent, self._on)
                hint = (f"{late.zh}；{late.help_zh}", f"{late.en}; {late.help_en}")
                return PolicyError([diagnostic("P0803", at=path, name=path, hint=hint)])
        for place, _, _ in self._entries:
            for rule in place.node.absent:
                if f".{place.path}.{rule.name}".endswith(f".{path}"):
                    return given.asked_in_vain(rule, self._on, self._epoch.known, path)
        listed = any(p == path or p.endswith(f".{path}") for p in self)
        if self._asked is not None and not listed and self._engine.slices.has(self._root, self._data, path):
            return given.not_asked(path, self._asked.names)
        return given.no_output(path, names)

    # --- explaining and showing

    def explainer(self) -> Explainer:
        """What makes reasons of the decision's values, each step once; for callers that ask for one output after another."""
        from .explain.explainer import Explainer

        return Explainer(self.policy, self.digest, Interpretation(self._epoch, self._on, self.recorded()))

    def explain(self, output: str | None = None) -> Explanation:
        """The reasons for one output (a path, or the end of one), or for the whole decision. Raises PolicyError for an unknown name."""
        wanted = paths = list(self)
        if output is not None:
            output = named("output", output)
            wanted = [p for p in paths if p == output] or [p for p in paths if p.endswith(f".{output}")]
            if not wanted:
                names = [*paths, *dict.fromkeys(p.rpartition(".")[2] for p in paths)]
                raise self._no_output(output, names)
        return self.explainer().of(wanted)

    def to_json(
        self, explanation: bool = True, told: Explanation | None = None, lacking: bool = True
    ) -> dict[str, object]:
        """The contract's form (design, section 9). Amounts are strings. `told`: the whole decision's explanation, where it is made already;
        without `lacking` what is missing is left out."""
        entries, seen = self._entries, self._epoch.known
        whole = all_known(entries)
        reasons = entries if whole else self._told(entries)
        made: dict[str, object] = {
            "policy": self.policy,
            "digest": self.digest,
            "engine": __version__,
            "language": self.language,
            "on": day_text(self._on),
            **({} if self._asked is None else {"asked": list(self._asked.names)}),
            "outputs": given.outputs_json(entries, self._on, seen),
            "undetermined": [] if whole else [given.open_json(o) for o in given.undetermined(reasons)],
        }
        if lacking:
            made["missing"] = self._missing(whole).to_json()
        absent = given.not_in_force(entries, self._on, seen)
        if absent:
            made["not_in_force"] = [given.not_in_force_json(x) for x in absent]
        errors = [] if whole else given.errors(reasons)
        if errors:
            made["errors"] = [given.error_json(e) for e in errors]
        tree = told or self.explain() if explanation else told
        findings = self._findings(tree)
        if findings:
            made["findings"] = [given.finding_json(f) for f in findings]
        if explanation and tree is not None:
            made["assumptions"] = tree.assumptions()
            made["explanation"] = tree.to_json()
        else:
            made["assumptions"] = tree.assumptions() if tree is not None else self.assumptions
        return made

    def text(self, lang: str = "zh") -> str:
        """A summary: each benefit of each entry, then what is open, then the other outputs."""
        from .explain.summary import summary

        entries, seen = self._entries, self._epoch.known
        whole = all_known(entries)
        entries = entries if whole else self._told(entries)
        return summary(
            self._engine.program,
            self._on,
            seen,
            entries,
            given.not_in_force(entries, self._on, seen),
            self.findings,
            self.assumptions,
            self._missing(whole) if not whole and given.undetermined(entries) else None,
            lang,
        )

    def __repr__(self) -> str:
        found = getattr(self, "_kept", None)
        name, day = (self.policy, day_text(self._on)) if found is None else found[1:3]
        return f"<Decision {name} {day}>"

    def __str__(self) -> str:
        return self.text()

    def _repr_html_(self) -> str:
        import html

        rows = "".join(
            f"<tr><td>{html.escape(o.path)}</td><td style='text-align:right'>{html.escape(o.text or '—')}</td></tr>"
            for o in self.outputs.values()
        )
        return f"<table><caption>{html.escape(self.policy)} {day_text(self._on)}</caption>{rows}</table>"


_READ = ("_reading", "_result")
_LEFT_OUT = frozenset((*Read.__slots__, *Decision.__slots__)) - {"_kept"}


def _unread(*found: Any) -> Decision:
    """A decision out of a pickle."""
    made = Decision.__new__(Decision)
    made._kept = found
    return made
