"""A program made ready to run: epochs, compiled functions, and the way from plain facts to values.

Compiled functions are kept by what they depend on (formulas in force, root entity), so a year's new amounts compile nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from fractions import Fraction
from functools import cached_property
from hashlib import sha256
from itertools import count, islice
from typing import TYPE_CHECKING, Any

from ..ir import nodes as ir
from ..ir.conditions import conditions
from ..ir.traverse import first_review
from . import runtime
from .compiled import Compiled, Opened, Run, Saved
from .epoch import Epoch, Index, Laws, epoch_order
from .layout import RuleKey, Slot, arguments
from .payment import per_day
from .reading_plan import Reading
from .slices import Recent, Slices, closure
from .working_days import digest_of

if TYPE_CHECKING:
    from ..ir.bounds import Analysis
    from ..shelf import Shelf
    from .handover import Handover, Intake
    from .presence import Presence


MOST_PACKED = 100  # functions in a pickle
LINES_OF_A_FILE = 100_000  # a policy file has fewer (its size is bounded)


class Engine:
    """Runs a program. Safe to share between threads: what is made is made under a lock and never changed afterwards."""

    def __init__(
        self,
        program: ir.Program,
        saved: dict[str, bytes] | None = None,
        steps: dict[str, Fraction] | None = None,
        guard: Engine | None = None,
        shelf: Shelf | None = None,
    ) -> None:
        self.program = program
        self._order = epoch_order(program)
        self.days = self._order[0]
        self.texts: dict[str, str] = {}  # file → text, where it is at hand
        self._saved = dict(saved or {})
        self.shelf = shelf  # where functions are kept, beside those at hand
        self._steps = steps
        self._analysis: Analysis | None = None
        self.laws = Laws(program, self._order)
        self._intake: Intake | None = None
        self._handovers: dict[int, Handover] = {}
        self._compiled: dict[tuple[object, str], Compiled] = {}
        self._readers: dict[str, Any] = {}
        self._runs: dict[tuple[Index, str], Run] = {}
        self._opened: dict[tuple[Index, str], Opened] = {}
        self._open_slices: Recent[tuple[object, ...], Opened] = Recent()
        self._sliced: Recent[tuple[object, ...], Compiled] = Recent()
        self._interpreted: Recent[tuple[object, ...], tuple[Run, count[int]]] = Recent()
        self._sliced_runs: Recent[tuple[object, ...], Run] = Recent()
        self._lock = threading.RLock()
        self.guard = guard or guard_engine(program)
        if self.guard is not None and shelf is not None:
            self.guard.shelf = shelf.beside("guard")

    @cached_property
    def digest(self) -> str:
        """The program's, and the calendar's where that has a part in it."""
        return digest_of(self.program)

    @cached_property
    def slices(self) -> Slices:
        """What may be asked for alone."""
        return Slices(self.program)

    @cached_property
    def rules(self) -> dict[RuleKey, ir.Rule]:
        return {(r.entity, r.name): r for r in self.program.rules}

    @cached_property
    def first_review(self) -> int:
        """The earliest day by which anything is to be looked at again."""
        return first_review(self.program)

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

    def run(
        self,
        on: int,
        root: str,
        known: int | None = None,
        wanted: frozenset[RuleKey] | None = None,
        patience: int = 0,
    ) -> Run:
        """What decides on a day; with `wanted` these rules and what they need, and nothing else: interpreted for as many cases as there
        is `patience`, since to compile takes as long as some dozens of them."""
        index = self.laws.index(on, known)
        if wanted is not None:
            found = self._sliced_runs.get((index, root, wanted))
            return found or self._slice(index, self.epoch(on, known), root, wanted, patience)
        found = self._runs.get((index, root))
        if found is None:
            with self._lock:
                epoch = self.epoch(on, known)
                compiled = self.compiled(epoch, root)
                found = Run(epoch, compiled, arguments(epoch, list(compiled.order), self.steps))
                self._runs[index, root] = found
        return found

    def _slice(self, index: Index, epoch: Epoch, root: str, wanted: frozenset[RuleKey], patience: int) -> Run:
        key = (index, root, wanted)
        with self._lock:
            if patience:
                some = self._interpreted.get(key)
                if some is None:
                    keys = closure(epoch, wanted, frozenset(self.slices.within(root)))
                    made = Run(epoch, Compiled.interpreted(epoch, root, wanted, keys), ())
                    some = self._interpreted.keep(key, (made, count()))
                if next(some[1]) < patience:
                    return some[0]
            compiled = self.compiled(epoch, root, wanted)
            found = Run(epoch, compiled, arguments(epoch, list(compiled.order), self.steps))
            return self._sliced_runs.keep(key, found)

    def compiled(self, epoch: Epoch, root: str, wanted: frozenset[RuleKey] | None = None) -> Compiled:
        """The functions for what is in force. Those of slices are kept apart, the last ones asked for."""
        if wanted is not None:
            one = self._slice_key(epoch, root, wanted)
            sliced = self._sliced.get(one)
            if sliced is None:
                with self._lock:
                    sliced = self._sliced.keep(one, self._set(epoch, root, _named(*one), wanted))
            return sliced
        key = (epoch.formula_key(), root)
        found = self._compiled.get(key)
        if found is None:
            with self._lock:
                found = self._compiled.get(key)
                if found is None:
                    found = self._compiled[key] = self._set(epoch, root, _named(*key))
        return found

    def _slice_key(self, epoch: Epoch, root: str, wanted: frozenset[RuleKey]) -> tuple[object, ...]:
        """What a slice's functions depend on."""
        needed = closure(epoch, wanted, frozenset(self.slices.within(root)))
        return epoch.formula_key(needed), root, tuple(sorted(wanted)), tuple(sorted(needed))

    def opened(self, on: int, root: str, known: int | None = None, wanted: frozenset[RuleKey] | None = None) -> Opened:
        """The same for facts some of which are unknown; made when it is first asked for."""
        index = self.laws.index(on, known)
        found = self._opened.get((index, root)) if wanted is None else self._open_slices.get((index, root, wanted))
        if found is None:
            with self._lock:
                epoch = self.epoch(on, known)
                made = self._open_form(epoch, root, wanted)
                if wanted is None:
                    found = self._opened[index, root] = made
                else:
                    found = self._open_slices.keep((index, root, wanted), made)
        return found

    def _open_form(self, epoch: Epoch, root: str, wanted: frozenset[RuleKey] | None) -> Opened:
        name = _named(*((epoch.formula_key(), root) if wanted is None else self._slice_key(epoch, root, wanted)))
        piece = self._piece(f"open {name}", "open", epoch, root, wanted=wanted)
        compiled = self._laid_out(piece, epoch, root, lambda _: self._function("open", piece), wanted)
        return Opened.of(epoch, compiled, arguments(epoch, list(piece.order), self.steps), dict(piece.handed))

    def _set(self, epoch: Epoch, root: str, name: str, wanted: frozenset[RuleKey] | None = None) -> Compiled:
        """A set of functions; each but `decide`, which says how all are read, is made when it is asked for."""
        first = self._piece(f"decide {name}", "decide", epoch, root, wanted=wanted)

        def make(piece: str) -> Any:
            with self._lock:
                if piece == "read":  # it knows no formulas: one for all sets of the root
                    if root not in self._readers:
                        saved = self._piece(f"read {root}", piece, epoch, root)
                        self._readers[root] = self._function(piece, saved)
                    return self._readers[root]
                saved = self._piece(f"{piece} {name}", piece, epoch, root, first.order, wanted)
                return self._function(piece, saved)

        return self._laid_out(first, epoch, root, make, wanted)

    def _laid_out(
        self, saved: Saved, epoch: Epoch, root: str, make: Callable[[str], Any], wanted: frozenset[RuleKey] | None
    ) -> Compiled:
        """Functions with what reads their results."""
        slots = {(k[0], k[1]): Slot(i, Fraction(n, d), dynamic) for k, i, n, d, dynamic in saved.slots}
        entities = {e: (tuple((k[0], k[1]) for k in keys), tuple(lists)) for e, keys, lists in saved.entities}
        reading = Reading(self.program, root, slots, entities, epoch, wanted)
        return Compiled(self.program, root, make, saved.order, slots, entities, reading, wanted)

    def _piece(
        self,
        name: str,
        piece: str,
        epoch: Epoch,
        root: str,
        order: tuple[object, ...] = (),
        wanted: frozenset[RuleKey] | None = None,
    ) -> Saved:
        """One function as it is kept, compiled where it is not there."""
        raw = self._saved.get(name) or (self.shelf.get(name) if self.shelf is not None else None)
        found = None if raw is None else Saved.read(raw)
        if raw is None or found is None:
            found = self._compile(piece, epoch, root, order, wanted)
            raw = found.written()
            if self.shelf is not None:
                self.shelf.put(name, raw)
        if wanted is None or len(self._saved) < MOST_PACKED:
            self._saved[name] = raw
        return found

    def _compile(
        self,
        piece: str,
        epoch: Epoch,
        root: str,
        order: tuple[object, ...],
        wanted: frozenset[RuleKey] | None,
    ) -> Saved:
        from .python import emit, strip_comments

        emitted = emit(piece, epoch, root, self.analysis, self.steps, self.offsets(), order, wanted)
        code = compile(strip_comments(emitted.module), self.filename, "exec")
        return Saved(
            code,
            emitted.order,
            tuple((k, s.position, s.k.numerator, s.k.denominator, s.dynamic) for k, s in emitted.slots.items()),
            tuple((e, keys, lists) for e, (keys, lists) in emitted.entities.items()),
            tuple(emitted.handed.items()),
        )

    def _function(self, piece: str, saved: Saved) -> Any:
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
            "KeyError": KeyError,
            "isinstance": isinstance,
        }
        space["__name__"] = self.filename
        space["__loader__"] = self
        exec(saved.code, space)  # our own code object: made from ast by the emitter, never from text
        return space[piece]

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
        from .handover import Handover

        if compiled.wanted is not None:
            return Handover(compiled, self.intake)
        found = self._handovers.get(id(compiled))
        if found is None:
            found = self._handovers.setdefault(
                id(compiled), Handover(compiled, self.intake)
            )  # functions of all rules live as long as the engine
        return found

    def saved(self) -> dict[str, bytes]:
        """The functions that are at hand."""
        return dict(self._saved)

    def packed(self) -> tuple[Any, ...]:
        """What has been compiled, as plain data for a pickle (`unpacked`): the functions, at most MOST_PACKED, and the parameters' steps; the
        same of the conditions on cases; the shelf."""
        some = dict(islice(self._saved.items(), MOST_PACKED))
        guard = () if self.guard is None else self.guard.packed()[:2]
        return some, self._steps, *guard, self.shelf

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


def unpacked(program: ir.Program, functions: dict[str, bytes], steps: dict[str, Fraction] | None, *more: Any) -> Engine:
    """The engine of a program with what `packed` gave."""
    *guarding, shelf = more
    guard = unpacked(conditions(program), *guarding, None) if guarding else None
    return Engine(program, functions, steps, guard, shelf)


def _named(*key: object) -> str:
    """A name of a set of functions: of what it depends on."""
    return sha256(repr(key).encode()).hexdigest()[:32]


def guard_engine(program: ir.Program) -> Engine | None:
    """What asks a case for the conditions of the program; None where it has none."""
    if not any(c.kind == "condition" for g in program.guarantees for c in g.claims):
        return None
    return Engine(conditions(program))
