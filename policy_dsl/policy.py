"""A compiled policy: load it, decide cases, ask what it takes and gives."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any

from .backends.calendar import Calendar
from .backends.compiled import Run
from .backends.engine import Engine, unpacked
from .backends.runtime import Defer, month_start
from .backends.slices import Asked, paths
from .backends.working_days import calendar_of
from .decision import Decision
from .diagnostics.report import PolicyError, diagnostic
from .facts.arguments import looked_up, unfit, whole
from .facts.days import day
from .facts.plain import FLOATS
from .facts.taking import Taking
from .ir import nodes as ir
from .ir.traverse import usual_root
from .origin import remember, with_calendar
from .outputs import asked_in_vain
from .shelf import engine_stamp

if TYPE_CHECKING:
    from .effective.effective import Effective
    from .listing import Input, OutputInfo, ParameterInfo
    from .register.register import Register
    from .timeline.timeline import Timeline


class Policy:
    """A policy, compiled and immutable: share it between threads, pickle it into a process pool.

    Made by `load`. `decide` takes facts as the contract writes them: {"家庭": {"户籍": "农村", "成员": [{…}]}}.
    """

    __slots__ = ("_guarded", "_root", "_runs", "_takings", "engine", "program")

    def __init__(self, program: ir.Program, engine: Engine | None = None) -> None:
        self.program = program
        self.engine = engine or Engine(program)
        self._runs: dict[object, tuple[int, Run]] = {}
        self._takings: dict[object, Taking] = {}
        self._guarded = self.engine.guard is not None
        self._root = usual_root(program).name if program.entities else ""
        remember(self.engine)

    # --- what it is

    @property
    def name(self) -> str:
        return self.program.name

    @property
    def layers(self) -> tuple[str, ...]:
        """The policies that this one extends, top first, itself last."""
        return self.program.chain

    @property
    def digest(self) -> str:
        """SHA-256 of the texts of all layers, and of the calendar where one was given or the policy computes deadlines."""
        return self.engine.digest

    @property
    def calendar(self) -> Calendar:
        """The calendar by which deadlines in working days are counted."""
        return calendar_of(self.program)

    def rule(self, entity: str, name: str) -> ir.Rule:
        """A rule, benefit or status of an entity. Raises KeyError for another."""
        return self.engine.rules[looked_up(entity), looked_up(name)]

    @property
    def inputs(self) -> list[Input]:
        """Every fact of every entity, in the order of the text."""
        from .listing import inputs

        return inputs(self.program)

    @property
    def outputs(self) -> list[OutputInfo]:
        """Every rule and benefit, in the order of the text."""
        from .listing import outputs

        return outputs(self.program)

    @property
    def parameters(self) -> list[ParameterInfo]:
        """Every parameter with its dated values."""
        from .listing import parameters

        return parameters(self.program)

    # --- deciding

    def decide(
        self,
        facts: Mapping[str, Any] | Any,
        *,
        on: str | datetime.date,
        previous: Decision | None = None,
        months_absent: int = 0,
        outputs: Collection[str] | None = None,
        floats: str = "refuse",
    ) -> Decision:
        """Decides one case for a day.

        `facts`: the contract's form; numbers are int, decimal.Decimal, fractions.Fraction or text ("300 元/月"). Any mapping is taken
        for an object, any sequence for a list, and whole numbers, truths, texts and days of NumPy and pandas for Python's; their NA and NaT are unknown.
        `floats`: a float is refused ("refuse"), or taken as the shortest decimal that is written for it, if that is no finer than the fact
        ("grid"): 0.1 is 0.1, and NaN is unknown.
        `on`: YYYY-MM-DD, YYYY-MM (its first day) or a date. Raises PolicyError for facts or a date at fault; an unknown fact is no
        fault: what it leaves open comes back undetermined. A case that breaks a guarantee about facts is refused (F0120).
        `previous`: the decision of the month before, from which statuses and look-backs go on; without it they are as the facts say under
        上月, or as before the first month. Entries are those of the month before by the fact that identifies them (认人), else by their place,
        where what cannot change must be the same (F0233). `months_absent`: how many months lie between the two in which the first entry was
        not there.
        `outputs`: the names of what is asked for, paths or ends of paths (["家庭.低保金", "成员.加发金"]); only what they need is computed, and
        the decision has them and nothing else.
        """
        asked = None
        try:
            taking = self._takings[floats]
        except Exception:  # asked for the first time, or something that is no key
            taking = self._taking(floats)
        if outputs is None:
            try:
                number, run = self._runs[on]
            except Exception:
                number, run = self._run(on)
        else:
            number = day(on)
            run, asked = self._slice(facts, number, self.engine.slices.names(outputs), taking)
        try:
            data = run.compiled.read(facts, number, taking)
        except Exception:  # another root, or anything unusual
            names, first = asked and asked.names, run.compiled.root
            run, data = taking.otherwise(facts, number, run, lambda root: self._of(root, number, None, names)[0])
            if asked is not None and run.compiled.root != first:
                asked = self.engine.slices.of(asked.names, run.compiled.root)
        compiled = run.compiled
        root = compiled.root
        if previous is not None:
            data = self._continued(data, root, number, previous, months_absent)
        if self._guarded:
            self._legal(number, root, data)
        try:
            raw = compiled.decide(run.parameters, number, data)
        except Defer:
            raw = None
        made = Decision(self.engine, run.epoch, compiled, number, root, data, raw, asked)
        return made if asked is None else self._answered(made, asked)

    def _answered(self, made: Decision, asked: Asked) -> Decision:
        """The decision. Raises PolicyError where an output is asked for that is not in force on the day (R0105), or of an entry who is not
        there (P0803)."""
        for name, means in asked.means.items():
            if all(made.epoch.rules[k] is None for k in means):
                raise asked_in_vain(self.engine.rules[means[0]], made.day, made.epoch.known, name)
        if asked.numbered:
            nobody = asked.nobody(paths(self.engine.slices.entities, made.root, made.root, made.data))
            if nobody is not None:
                made.explain(nobody)  # raises: there is no such output
        return made

    def run(self, on: int, root: str, known: int | None = None) -> Run:
        """The compiled functions and parameter values for a day (yyyymmdd) and a root entity, as known on another day."""
        return self.engine.run(on, root, known)

    def _continued(self, data: tuple[Any, ...], root: str, on: int, previous: Decision, absent: int) -> tuple[Any, ...]:
        """The data with what the decision of the month before hands over, or of the last month before so many in which nobody was there."""
        if not isinstance(previous, Decision):
            raise unfit(
                "previous",
                "上一个月的决定（decide 的结果）",
                "the decision of the month before, as decide gave it",
                previous,
            )
        absent = whole("months_absent", absent)
        if previous.digest != self.digest or previous.root != root:
            raise PolicyError([diagnostic("P1020", at="previous", name=previous.policy, root=previous.root)])
        given, month = previous.on.isoformat()[:7], f"{on // 10000:04d}-{on // 100 % 100:02d}"
        months = on // 10000 * 12 + on // 100 % 100 - (previous.on.year * 12 + previous.on.month)
        if absent < 0 or months != 1 + absent:
            raise PolicyError([diagnostic("F0217", at="previous", given=given, month=month)])
        from .backends.runtime import add_months
        from .facts.same import remember, same_entries

        last, before = int(previous.on.strftime("%Y%m%d")), add_months(on // 100 * 100 + 1, -1)
        intake = self.engine.intake
        carry = intake.absent(root, previous.carry(), last, before)
        same_entries(self.program, root, previous.data, data, intake.here(data, root, carry).moved)
        made = intake.laid(data, root, carry)
        remember(self.program, root, previous.data, made)
        return made

    def _legal(self, on: int, root: str, data: tuple[Any, ...], known: int | None = None) -> None:
        """Raises PolicyError for a case that breaks a guarantee about facts."""
        from .backends.guarantees import broken

        found = broken(self.engine, on, root, data, known)
        if found:
            from .explain.guarantees import refused

            raise PolicyError(refused(found))

    def decide_data(
        self,
        root: str,
        data: tuple[Any, ...],
        *,
        on: int,
        known: int | None = None,
        outputs: tuple[str, ...] | None = None,
        patience: int = 0,
    ) -> Decision:
        """Decides facts that have been read already (facts/read.py); `on` and `known`, the day as of which the law is known, as
        yyyymmdd. Who is not yet born is left out. Raises PolicyError as `decide` does, but for outputs that are not in force.
        `patience`: so many cases for the same outputs are interpreted before a function is compiled."""
        data = self.engine.presence.of(root, data, month_start(on))
        if self._guarded:
            self._legal(on, root, data, known)
        run, asked = self._of(root, on, known, outputs, patience)
        try:
            raw = run.compiled.decide(run.parameters, on, data)
        except Defer:
            raw = None
        return Decision(self.engine, run.epoch, run.compiled, on, root, data, raw, asked)

    def _slice(self, facts: Any, on: int, names: tuple[str, ...], taking: Taking) -> tuple[Run, Asked | None]:
        """What decides these outputs of facts that begin with the usual entity or, where it has none of them, with their own."""
        root = self._root or usual_root(self.program).name
        try:
            return self._of(root, on, None, names)
        except PolicyError:
            from .facts.read import Reader

            own, _ = Reader(self.program, floats=taking.floats).read(facts, on)
            if own == root:
                raise
            return self._of(own, on, None, names)

    def _of(
        self, root: str, on: int, known: int | None, names: tuple[str, ...] | None, patience: int = 0
    ) -> tuple[Run, Asked | None]:
        """What decides facts that begin with an entity: all outputs, or those that are asked for."""
        if names is None:
            return self.engine.run(on, root, known), None
        asked = self.engine.slices.of(names, root)
        return self.engine.run(on, root, known, asked.rules, patience), asked

    def _run(self, on: str | datetime.date) -> tuple[int, Run]:
        number = day(on)
        made = (number, self.engine.run(number, usual_root(self.program).name))
        if len(self._runs) < 4096 and type(on) in (str, datetime.date):
            self._runs[on] = made
        return made

    def _taking(self, floats: str) -> Taking:
        """How facts are taken where a float is this."""
        if not (isinstance(floats, str) and floats in FLOATS):
            raise unfit("floats", ' "refuse" 或 "grid"', '"refuse" or "grid"', floats)
        return self._takings.setdefault(floats, Taking(self.program, floats))

    def timeline(
        self,
        history: Mapping[str, Any] | Any,
        *,
        start: str | datetime.date,
        end: str | datetime.date,
        as_known: str | datetime.date | None = None,
        floats: str = "refuse",
    ) -> Timeline:
        """Decides a history month by month, from the month `start` to the month `end`.

        `history`: facts as for `decide`, where each fact may be a list of {"自": "2022-03", "至": "2022-08", "为": 520, "获知": "2022-05-10"}
        (至, inclusive, and 获知 may be left out). The first month begins with statuses at their 起始, or as 上月 says.
        `as_known`: what is due as known on that day; without it, with all that is known. `floats`: as for `decide`.
        Raises PolicyError.
        """
        from .timeline.timeline import timeline

        return timeline(self.engine, history, start, end, as_known, floats=self._taking(floats).floats)

    def with_parameters(self, changes: Mapping[str, Mapping[str, object]]) -> Policy:
        """A new policy in which parameters have other values from given dates: {"农村低保标准": {"2022-01-01": 5500}}.

        Numbers are in the declared unit; a value takes the place of what would be in force from its date on. For what-if:
        the new policy's digest says that it is not the published one. Raises PolicyError.
        """
        from .whatif import with_parameters

        return Policy(with_parameters(self.program, changes))

    def with_calendar(self, calendar: Calendar | Mapping[str, Any]) -> Policy:
        """A new policy that counts working days by `calendar` (or what Calendar.from_json reads); its digest says so.

        Raises PolicyError.
        """
        given = calendar if isinstance(calendar, Calendar) else Calendar.from_json(calendar)
        engine = with_calendar(self.engine, given)
        return Policy(engine.program, engine)

    def show(self, *, on: str | datetime.date) -> Effective:
        """What is in force on a day through all layers, each item with its origin: data, with `.text(lang)` and `.to_json(lang)`.

        Raises PolicyError for a date at fault.
        """
        from .effective.make import effective

        return effective(self.engine.epoch(day(on)), day(on))

    def register(self) -> Register:
        """Every assumption with the outputs that rest on it and the office that could settle it, and every open parameter: data, with
        `.text(lang)`, `.markdown(lang)` and `.to_json(lang)`."""
        from .register.register import register

        return register(self.program)

    def schema(self) -> dict[str, object]:
        """The facts as JSON Schema (2020-12)."""
        from .facts.schema import schema

        return schema(self.program)

    def __repr__(self) -> str:
        return f"<Policy {self.name} {self.digest[:12]}>"

    def __reduce__(self) -> tuple[Any, ...]:
        """The program with the functions that are at hand, so that a worker of a pool compiles nothing again."""
        return _unpickled, (self.program, engine_stamp(), *self.engine.packed())


def _unpickled(program: ir.Program, stamp: str, *packed: Any) -> Policy:
    """A policy out of a pickle; what another engine or another Python compiled is compiled anew."""
    return Policy(program, unpacked(program, *packed) if stamp == engine_stamp() else None)
