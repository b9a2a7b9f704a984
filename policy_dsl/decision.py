"""A decision: what a policy gives for facts on a day, with everything needed to explain it. Made by `Policy.decide`."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from . import outputs as given
from ._version import LANGUAGE, __version__
from .backends.compiled import Compiled
from .backends.engine import Engine
from .backends.entries import Instance
from .backends.epoch import Epoch
from .backends.formatting import day_text, python_value
from .backends.interpret.interpretation import Interpretation
from .backends.payment import Beside, amount_key, beside
from .backends.runtime import Defer
from .backends.values import Failure, diagnose, known
from .diagnostics.report import Diagnostic, PolicyError, diagnostic
from .ir import nodes as ir
from .ir.traverse import first_review, stated_assumptions
from .model.types import Type
from .origin import Kept, kept, opened
from .outputs import Benefit, NotInForce, Open, Output, Row

if TYPE_CHECKING:
    from .backends.handover import Carry
    from .explain.explainer import Explainer
    from .explain.explanation import Explanation
    from .missing import Missing


class Decision(Mapping[str, object]):
    """What the policy gives. A mapping from output paths (家庭.保障金, 家庭.成员[0].护理补贴) to values.

    `d[path]` is a Decimal in the declared unit (a Fraction where the decimals do not end), a bool, the name of an enumeration's value,
    a date, or None while it is undetermined. An output that is in error raises PolicyError with the code and the place.
    A decision is a pure function of policy, facts and day; it keeps no reference to the facts given.
    """

    __slots__ = (
        "_compiled",
        "_data",
        "_engine",
        "_epoch",
        "_instance",
        "_kept",
        "_on",
        "_open",
        "_paths",
        "_raw",
        "_root",
    )

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
    ) -> None:
        self._engine = engine
        self._epoch = epoch
        self._compiled = compiled
        self._on = on
        self._root = root
        self._data = data
        self._raw = raw
        self._open: tuple[tuple[Compiled, tuple[Any, ...]] | None] | None = None  # once the open form was asked
        self._instance: Instance | None = None
        self._paths: dict[str, tuple[Instance, str, Type]] | None = None

    # --- kept and read again

    def __reduce__(self) -> tuple[Any, ...]:
        found = getattr(self, "_kept", None)
        if found is None:
            made = (self._on, self._epoch.known, self._root, self._data, self._raw)
            found = kept(self._engine, day_text(self._on), made)
        return _unread, found

    def __getattr__(self, name: str) -> Any:
        """What a pickle holds, and the policy's engine, are looked for when something of them is first read."""
        if name not in _LEFT_OUT:
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}", name=name, obj=self)
        engine, (on, known_on, root, data, raw) = opened(self._kept)
        run = engine.run(on, root, known_on)
        self.__init__(engine, run.epoch, run.compiled, on, root, data, raw)  # type: ignore[misc]
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
    def compiled_alone(self) -> bool:
        """Whether the compiled function gave all values; else the interpreter did (something was unknown or in error)."""
        return self._raw is not None

    @property
    def instance(self) -> Instance:
        """The root entry with the values of every rule, for explanations and tests."""
        if self._instance is None:
            root = self._compiled.instance(self._root, self._data)
            if self._raw is not None:
                self._compiled.fill(root, self._raw, self._on)
            else:
                Interpretation(self._epoch, self._on, root).rules()
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

            self._open = (opened(self._engine, self._on, self._root, self._epoch.known, self._data),)
        return self._open[0]

    def recorded(self) -> Instance:
        """The root entry with every value and, where the recording function could run, the line that gave it."""
        run = self._engine.run(self._on, self._root, self._epoch.known)
        try:
            raw = self._compiled.record(run.parameters, self._on, self._data)
        except Defer:
            return self.instance
        root = self._compiled.instance(self._root, self._data)
        self._compiled.fill(root, raw, self._on, recorded=True)
        return root

    def carry(self) -> Carry:
        """What the next month needs of this one (backends/handover.py)."""
        from .backends.handover import Unusual, from_values

        found = (self._compiled, self._raw) if self._raw is not None else self._opened
        if found is not None:
            try:
                return self._engine.handover(found[0]).of(self._data, found[1], self._on)
            except Unusual:
                pass
        return from_values(self.instance, self._engine.intake, self._epoch, self._on)

    def amounts(self) -> dict[tuple[str, str], Fraction]:
        """(path of the entry, benefit) → amount in base units, of every benefit whose amount is known; of one in parts its part."""
        result = (self._compiled, self._raw) if self._raw is not None else self._opened
        if result is not None:
            return result[0].amounts(self._root, self._root, self._data, result[1])
        rules = self._engine.rules
        found = (
            (entry.path, name, entry.values[amount_key(rules[entry.entity.name, name])[1]])
            for entry, name, _, benefit in self.rows()
            if benefit
        )
        return {(path, name): Fraction(value) for path, name, value in found if known(value)}

    def beside(self, entry: Instance, name: str) -> Beside | None:
        """What the month pays of a benefit, where that is not the amount of its own period: its part or its share."""
        return beside(self._engine.rules[entry.entity.name, name], entry.values, self._on, self._epoch.known)

    def rows(self) -> Iterator[Row]:
        """(entry, name, type, is a benefit) of every output in force, in order; the values stand in the entry."""
        for entry, rule, found in self._outputs():
            if found:
                yield entry, rule.name, rule.type, rule.benefit

    def _outputs(self) -> Iterator[tuple[Instance, ir.Rule, bool]]:
        """Every output of every entry, and whether it is in force."""
        rules = self._engine.rules
        by_entity: dict[str, list[tuple[ir.Rule, bool]]] = {}
        for key in self._engine.program.outputs:
            by_entity.setdefault(key[0], []).append((rules[key], self._epoch.rules[key] is not None))
        for entry in self.instance.all():
            for rule, found in by_entity.get(entry.entity.name, ()):
                yield entry, rule, found

    @property
    def outputs(self) -> dict[str, Output]:
        """Every rule, benefit and status of every entry that is in force on the day, in the order of the policy."""
        return given.outputs(self.rows())

    @property
    def not_in_force(self) -> list[NotInForce]:
        """The other outputs: what is not in force on the day, with the days on which it is."""
        absent = ((f"{entry.path}.{rule.name}", rule) for entry, rule, found in self._outputs() if not found)
        return given.not_in_force(absent, self._on, self._epoch.known)

    @property
    def benefits(self) -> list[Benefit]:
        """Every 给付 in force of every entry, in order."""
        return given.benefits(self.rows(), self.beside)

    @property
    def undetermined(self) -> list[Open]:
        """Outputs that wait for facts or parameters."""
        return given.undetermined(self.rows())

    @property
    def missing(self) -> Missing:
        """What is not known: what decides something now, what can still matter, what cannot any more."""
        from .missing import missing

        return missing(Interpretation(self._epoch, self._on, self.instance), self.rows())

    @property
    def errors(self) -> list[Diagnostic]:
        """What went wrong while deciding: a gap, a conflict, a division by zero …, each with the output's path."""
        return given.errors(self.rows())

    @property
    def findings(self) -> list[Diagnostic]:
        """Who is not there: not yet born (F0218) or dead (F0222); who is in two places (F0231); figures that should have been reviewed (R0175);
        then the guarantees that the decision does not keep, each with its place and numbers.

        It stands all the same.
        One about facts alone (F0120) is among them only in a month of a timeline: `decide` refuses such a case.
        """
        presence = self._engine.presence
        found = list(presence.absent(self._root, self._data))
        remarks = []
        if found:
            from .backends.presence import told

            remarks = [told(x, self._on) for x in found]
        remarks += self._twice()
        remarks += self._overdue()
        if not self._engine.program.guarantees:
            return remarks
        from .explain.guarantees import findings

        return remarks + findings(self._engine.program, Interpretation(self._epoch, self._on, self.instance))

    def _overdue(self) -> list[Diagnostic]:
        """What the decision rests on and should have been looked at again before its day."""
        if self._on <= first_review(self._engine.program):
            return []
        from .explain.overdue import overdue

        return overdue(self.explain(), self._on)

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
        return self.explain().assumptions() if any(stated_assumptions(self._engine.program)) else []

    # --- the mapping

    @property
    def paths(self) -> dict[str, tuple[Instance, str, Type]]:
        """Path → (entry, name, type) of every output."""
        if self._paths is None:
            self._paths = {f"{entry.path}.{name}": (entry, name, type_) for entry, name, type_, _ in self.rows()}
        return self._paths

    def __getitem__(self, path: str) -> object:
        found = self.paths.get(path)
        if found is None:
            ends = [p for p in self.paths if p.endswith(f".{path}")]
            error = self._no_output(path, ends or list(self.paths))
            raise KeyError(str(error)) from error
        entry, name, type_ = found
        value = entry.values[name]
        if isinstance(value, Failure):
            raise PolicyError([diagnose(value, path)])
        return python_value(value, type_) if known(value) else None

    def _no_output(self, path: str, names: list[str]) -> PolicyError:
        """P0803, or R0105 where it is not in force on the day. Of somebody who is not yet born, or dead, there is no output, and that is said."""
        for absent in self._engine.presence.absent(self._root, self._data):
            if path.startswith(f"{absent.path}."):
                from .backends.presence import told

                late = told(absent, self._on)
                hint = (f"{late.zh}；{late.help_zh}", f"{late.en}; {late.help_en}")
                return PolicyError([diagnostic("P0803", at=path, name=path, hint=hint)])
        for entry, rule, found in self._outputs():
            if not found and f".{entry.path}.{rule.name}".endswith(f".{path}"):
                return given.asked_in_vain(rule, self._on, self._epoch.known, path)
        return given.no_output(path, names)

    def __iter__(self) -> Iterator[str]:
        return iter(self.paths)

    def __len__(self) -> int:
        return len(self.paths)

    def __contains__(self, path: object) -> bool:
        return path in self.paths

    # --- explaining and showing

    def explainer(self) -> Explainer:
        """What makes reasons of the decision's values, each step once; for callers that ask for one output after another."""
        from .explain.explainer import Explainer

        return Explainer(self.policy, self.digest, Interpretation(self._epoch, self._on, self.recorded()))

    def explain(self, output: str | None = None) -> Explanation:
        """The reasons for one output (a path, or the end of one), or for the whole decision. Raises PolicyError for an unknown name."""
        wanted = paths = list(self)
        if output is not None:
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
        made: dict[str, object] = {
            "policy": self.policy,
            "digest": self.digest,
            "engine": __version__,
            "language": self.language,
            "on": day_text(self._on),
            "outputs": given.outputs_json(self.rows(), self.beside),
            "undetermined": [given.open_json(o) for o in self.undetermined],
        }
        if lacking:
            made["missing"] = self.missing.to_json()
        absent = self.not_in_force
        if absent:
            made["not_in_force"] = [given.not_in_force_json(x) for x in absent]
        errors = self.errors
        if errors:
            made["errors"] = [given.error_json(e) for e in errors]
        findings = self.findings
        if findings:
            made["findings"] = [given.finding_json(f) for f in findings]
        if explanation:
            tree = told or self.explain()
            made["assumptions"] = tree.assumptions()
            made["explanation"] = tree.to_json()
        else:
            made["assumptions"] = told.assumptions() if told is not None else self.assumptions
        return made

    def text(self, lang: str = "zh") -> str:
        """A summary: each benefit of each entry, then what is open, then the other outputs."""
        from .explain.summary import summary

        at = Interpretation(self._epoch, self._on, self.instance)
        lacking = self.missing if self.undetermined else None
        return summary(
            self.policy,
            at,
            self.rows(),
            self.not_in_force,
            self.beside,
            self.findings,
            self.assumptions,
            lacking,
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


_LEFT_OUT = frozenset(Decision.__slots__) - {"_kept"}


def _unread(*found: Any) -> Decision:
    """A decision out of a pickle."""
    made = Decision.__new__(Decision)
    made._kept = found
    return made
