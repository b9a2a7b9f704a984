"""A program made ready to run: epochs, compiled functions, and the way from plain facts to values.

Compiled functions are kept by what they depend on (formulas in force, root entity), so a year's new amounts compile nothing.
"""

from __future__ import annotations

import marshal
import threading
from fractions import Fraction
from functools import cached_property
from types import CodeType
from typing import TYPE_CHECKING, Any

from ..ir import nodes as ir
from ..ir.conditions import conditions
from ..ir.traverse import usual_roots
from . import runtime
from .compiled import Compiled, Opened, Paid, Run, Saved
from .epoch import Epoch, Index, Laws, epoch_order
from .layout import RuleKey, Slot, arguments
from .payment import amount_key, per_day
from .working_days import digest_of

if TYPE_CHECKING:
    from ..ir.bounds import Analysis
    from .handover import Handover, Intake
    from .presence import Presence
    from .python import Emitted
    from .python.emitter import Emitter


MOST_KEPT = 100  # compiled functions in a cache's entry; the others are made when they are asked for
LINES_OF_A_FILE = 100_000  # a policy file has fewer (its size is bounded)


class Engine:
    """Runs a program. Safe to share between threads: what is made is made under a lock and never changed afterwards."""

    def __init__(
        self,
        program: ir.Program,
        saved: dict[str, Saved] | None = None,
        steps: dict[str, Fraction] | None = None,
        guard: Engine | None = None,
    ) -> None:
        self.program = program
        self._order = epoch_order(program)
        self.days = self._order[0]
        self.texts: dict[str, str] = {}  # file → text, where it is at hand
        self._saved = dict(saved or {})
        self._steps = steps
        self._analysis: Analysis | None = None
        self.laws = Laws(program, self._order)
        self._intake: Intake | None = None
        self._handovers: dict[int, Handover] = {}
        self._compiled: dict[tuple[object, ...], Compiled] = {}
        self._runs: dict[tuple[Index, str], Run] = {}
        self._opened: dict[tuple[Index, str], Opened] = {}
        self._lock = threading.RLock()
        self.guard = guard or guard_engine(program)

    @cached_property
    def digest(self) -> str:
        """The program's, and the calendar's where that has a part in it."""
        return digest_of(self.program)

    @cached_property
    def rules(self) -> dict[RuleKey, ir.Rule]:
        return {(r.entity, r.name): r for r in self.program.rules}

    @cached_property
    def daily(self) -> bool:
        """Whether a benefit is paid by the day, so that what ends inside a month matters to it."""
        return any(per_day(r) for r in self.program.rules)

    @property
    def roots(self) -> list[str]:
        """Entities with which facts may begin; the one usually meant first: the innermost that holds others, or is held by none."""
        return [e.name for e in self.program.entities]

    @property
    def steps(self) -> dict[str, Fraction]:
        if self._steps is None:
            from .python import parameter_steps

            self._steps = parameter_steps(self.program, self.analysis)
        return self._steps

    @property
    def analysis(self) -> Analysis:
        if self._analysis is None:
            from ..ir.bounds import Analysis

            self._analysis = Analysis(self.program)
        return self._analysis

    def epoch(self, on: int, known: int | None = None) -> Epoch:
        """The law on a day (yyyymmdd), as known on another or with all that is known."""
        with self._lock:
            return self.laws.at(on, known)

    def run(self, on: int, root: str, known: int | None = None) -> Run:
        index = self.laws.index(on, known)
        found = self._runs.get((index, root))
        if found is None:
            with self._lock:
                epoch = self.epoch(on, known)
                compiled = self.compiled(epoch, root)
                found = Run(epoch, compiled, arguments(epoch, list(compiled.order), self.steps))
                self._runs[index, root] = found
        return found

    def compiled(self, epoch: Epoch, root: str) -> Compiled:
        key = (epoch.formula_key(), root)
        found = self._compiled.get(key)
        if found is None:
            with self._lock:
                name = repr(key)
                if name not in self._saved:
                    self._saved[name] = self._compile(epoch, root)
                found = self._compiled[key] = self._load(self._saved[name], root)
        return found

    def opened(self, on: int, root: str, known: int | None = None) -> Opened:
        """The same for facts some of which are unknown; made when it is first asked for."""
        index = self.laws.index(on, known)
        found = self._opened.get((index, root))
        if found is None:
            with self._lock:
                epoch = self.epoch(on, known)
                compiled = self._open_form(epoch, root)
                parameters = arguments(epoch, list(compiled.order), self.steps)
                found = self._opened[index, root] = Opened.of(epoch, compiled, parameters)
        return found

    def _open_form(self, epoch: Epoch, root: str) -> Compiled:
        key = (epoch.formula_key(), root, "open")
        found = self._compiled.get(key)
        if found is None:
            name = repr(key)
            if name not in self._saved:
                from .python import emit_open

                self._saved[name] = self._written(*emit_open(epoch, root, self.analysis, self.steps, self.offsets()))
            found = self._compiled[key] = self._load(self._saved[name], root)
        return found

    def _compile(self, epoch: Epoch, root: str) -> Saved:
        from .python import emit

        return self._written(*emit(epoch, root, self.analysis, self.steps, self.offsets()))

    def _written(self, emitted: Emitted, emitter: Emitter) -> Saved:
        from .python import strip_comments

        module = strip_comments(emitted.module)
        code = compile(module, self.filename, "exec")
        return Saved(
            marshal.dumps(code),
            tuple(emitter.argument_order()),
            tuple((k, s.position, s.k.numerator, s.k.denominator, s.dynamic) for k, s in emitted.slots.items()),
            tuple((e, keys, lists) for e, (keys, lists) in emitted.entities.items()),
            tuple(emitter.handed.items()),
        )

    def _load(self, saved: Saved, root: str) -> Compiled:
        code: CodeType = marshal.loads(saved.code)
        space: dict[str, Any] = {n: getattr(runtime, n) for n in dir(runtime) if not n.startswith("__")}
        space["__builtins__"] = {
            "type": type,
            "dict": dict,
            "list": list,
            "str": str,
            "int": int,
            "len": len,
            "max": max,
            "min": min,
            "isinstance": isinstance,
        }
        space["__name__"] = self.filename
        space["__loader__"] = self
        exec(code, space)  # our own code object: made from ast by the emitter, never from text
        slots = {(k[0], k[1]): Slot(i, Fraction(n, d), dynamic) for k, i, n, d, dynamic in saved.slots}
        entities = {e: (tuple((k[0], k[1]) for k in keys), tuple(lists)) for e, keys, lists in saved.entities}
        return Compiled(
            self.program,
            root,
            code,
            space.get("read"),
            space.get("decide") or space["open"],
            space.get("record"),
            saved.order,
            slots,
            entities,
            self._paid(slots, entities),
            dict(saved.handed),
        )

    def _paid(
        self, slots: dict[RuleKey, Slot], entities: dict[str, tuple[tuple[RuleKey, ...], tuple[str, ...]]]
    ) -> dict[str, Paid]:
        benefits = {(r.entity, r.name): r for r in self.program.rules if r.benefit}
        paying = {e for e, _ in benefits}
        for e in self.program.entities:  # what holds somebody who is paid
            holder = e.holder if e.name in paying else ""
            while holder:
                paying.add(holder)
                holder = next(x.holder for x in self.program.entities if x.name == holder)
        out: dict[str, Paid] = {}
        for e in self.program.entities:
            keys, walked = entities.get(e.name, ((), ()))
            lists = tuple(
                (m.name, m.entity, i, walked.index(m.name) - len(walked))
                for i, m in enumerate(e.lists, len(e.facts))
                if m.name in walked and m.entity in paying
            )
            paid = tuple((k[1], slots[amount_key(benefits[k])]) for k in keys if k in benefits)
            out[e.name] = Paid.of(paid, lists)
        return out

    @cached_property
    def news(self) -> set[tuple[int, int]]:
        """(known since, in force since) of everything dated."""
        return self.laws.news()

    @cached_property
    def presence(self) -> Presence:
        """Who is there in a month."""
        from .presence import Presence

        return Presence(self.program)

    @property
    def intake(self) -> Intake:
        if self._intake is None:
            from .handover import Intake

            self._intake = Intake(self.program)
        return self._intake

    def handover(self, compiled: Compiled) -> Handover:
        """What hands a month's results of this function to the next."""
        found = self._handovers.get(id(compiled))
        if found is None:
            from .handover import Handover

            found = self._handovers.setdefault(
                id(compiled), Handover(compiled, self.intake)
            )  # functions live as long as the engine
        return found

    def compile_all(self) -> None:
        """Compiles the usual root's functions for every epoch, so that a cache holds them all, up to a hundred of them."""
        tops = [e.name for e in usual_roots(self.program)[:1]]
        for on in [0, *self.days]:
            for root in tops:
                if len(self._saved) < MOST_KEPT:
                    self.compiled(self.epoch(on), root)
        if self.guard is not None:
            self.guard.compile_all()

    def saved(self) -> dict[str, Saved]:
        """What has been compiled, for a cache."""
        return dict(self._saved)

    # --- the text that tracebacks and profilers show

    @property
    def filename(self) -> str:
        return f"{self.program.name} (policy)"

    def offsets(self) -> dict[str, int]:
        """Line offsets of the files in the one text that `filename` stands for."""
        files = dict.fromkeys(rule.place.file for rule in self.program.rules)
        return {file: n * LINES_OF_A_FILE for n, file in enumerate(files)}

    def get_source(self, _name: str) -> str:
        """The policies' text, as linecache asks for it (PEP 302): a traceback or a profiler shows the line of the policy."""
        lines: list[str] = []
        for file, offset in self.offsets().items():
            lines += [""] * (offset - len(lines))
            lines += self.texts.get(file, "").splitlines()
        return "\n".join(lines)


def guard_engine(program: ir.Program) -> Engine | None:
    """What asks a case for the conditions of the program; None where it has none."""
    if not any(c.kind == "condition" for g in program.guarantees for c in g.claims):
        return None
    return Engine(conditions(program))
