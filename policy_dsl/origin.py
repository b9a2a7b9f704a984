"""Of which policy something was made, as a pickle says it, and the engine of that policy when the pickle is read again.

A pickle holds no program and no code: it names the policy by its digest and says what was changed of the published one. Read in
another process it takes the policy of that digest that the process has loaded, or makes it from one by the changes. Engines are
remembered as long as somebody else holds them. What was made of a policy is kept as bytes, which only the version of the package that
wrote them opens, so that nothing is misread. A pickle can run code, as all pickles can: read none that strangers may have written.
"""

from __future__ import annotations

import pickle
import threading
import weakref
from collections.abc import Iterable
from typing import Any, NamedTuple

from ._version import __version__
from .backends.calendar import Calendar
from .backends.engine import Engine
from .backends.working_days import calendar_of
from .diagnostics.report import Diagnostic, PolicyError, diagnostic
from .ir import nodes as ir

LAYOUT = 2  # what stands in the bytes, and how; another layout is another number
MARK = f"policy_dsl {__version__}, {LAYOUT}"
SHOWN = 12  # signs of a digest, for eyes

Kept = tuple[
    Any, ...
]  # (mark, name, what it is for eyes, digest, layers, bytes): plain values; the first three stay where they are

_loaded: weakref.WeakSet[Engine] = weakref.WeakSet()
_lock = threading.RLock()


class Origin(NamedTuple):
    """A policy as a pickle names it. `texts`: the program's digest, the calendar left out; `calendar` where one was given, `by` the name
    of the usual one where it has a part in the digest."""

    name: str
    digest: str
    layers: tuple[tuple[str, str], ...]  # (name, digest of its texts), top first
    texts: str
    changes: tuple[ir.Change, ...]
    calendar: Calendar | None
    by: str


def remember(engine: Engine) -> None:
    """Lets what was made of the engine's policy be read in this process, as long as the engine lives."""
    with _lock:
        _loaded.add(engine)


def with_calendar(engine: Engine, calendar: Calendar | None) -> Engine:
    """The engine that counts working days by another calendar: the functions are the same, the calendar is an argument of theirs."""
    made = Engine(engine.program._replace(calendar=calendar), engine.saved(), engine.steps, shelf=engine.shelf)
    made.texts = engine.texts
    return made


def kept(engine: Engine, shown: str, made: object) -> Kept:
    """What a pickle holds of something that was made of the engine's policy; `shown` says for eyes what it is."""
    program = engine.program
    by = calendar_of(program).name if program.deadlines and program.calendar is None else ""
    inner = (program.digest, tuple(map(tuple, program.changes)), program.calendar, by, made)
    layers = tuple(zip(program.chain, program.texts, strict=False))
    return MARK, program.name, shown, engine.digest, layers, pickle.dumps(inner, 5)


def opened(found: Kept) -> tuple[Engine, Any]:
    """The engine and what was made of its policy. Raises PolicyError: another version wrote it (P0815), the policy is not loaded (P0814)."""
    if found[0] != MARK:
        raise PolicyError([diagnostic("P0815", at="pickle", written=str(found[0]), own=MARK)])
    _, name, _, digest, layers, inner = found
    texts, changes, calendar, by, made = pickle.loads(inner)
    origin = Origin(name, digest, layers, texts, tuple(ir.Change(*c) for c in changes), calendar, by)
    return engine_of(origin), made


def engine_of(origin: Origin) -> Engine:
    """The engine of the policy: one that is loaded, else one made from a loaded policy by the changes. Raises PolicyError (P0814)."""
    with _lock:
        there = list(_loaded)
        alike = [e for e in there if e.program.digest == origin.texts]
        for engine in alike:
            if engine.digest == origin.digest:
                return engine
        for engine in _made(origin, there):
            if engine.digest == origin.digest:
                _loaded.add(engine)
                return engine
    raise PolicyError([_not_loaded(origin, there)])


def _made(origin: Origin, there: Iterable[Engine]) -> Iterable[Engine]:
    """Engines made from those at hand: the fewer changes are missing, the sooner."""
    for engine in there:
        if engine.program.digest == origin.texts:
            yield with_calendar(engine, origin.calendar)
    if not origin.changes:
        return
    from .whatif import again

    for n in range(len(origin.changes) - 1, -1, -1):
        for engine in there:
            if engine.program.digest == origin.changes[n].before:
                program = engine.program
                for change in origin.changes[n:]:
                    program = again(program, change)
                yield Engine(program._replace(calendar=origin.calendar))


def _not_loaded(origin: Origin, there: Iterable[Engine]) -> Diagnostic:
    """P0814, with what is to be loaded: the layers, those of them that have other texts here, or the calendar."""
    same = [e.program for e in there if e.program.name == origin.name]
    then = dict(origin.layers)
    zh = f"先加载它，拿住它：政策 = policy_dsl.load(…)；当时的各层：{'、'.join(f'{n} {d[:SHOWN]}' for n, d in then.items())}"
    en = f"load it first, and keep hold of it: policy = policy_dsl.load(…); its layers: {', '.join(f'{n} {d[:SHOWN]}' for n, d in then.items())}"
    if same:
        now = min((_differing(then, p) for p in same), key=len)
        if now:
            zh = f"已加载的「{origin.name}」文本或文件名不同：{'、'.join(now)}；改为加载当时的那一份"
            en = f"the “{origin.name}” that is loaded has other texts or file names: {', '.join(now)}; load it as it was then"
        else:
            zh = f"文本相同，工作日历不同：当时是 {origin.by}，装上那个版本"
            en = (
                f"the texts are the same, the calendar of working days is not: it was {origin.by}; install that version"
            )
    return diagnostic("P0814", at="pickle", name=origin.name, digest=origin.digest[:SHOWN], hint=(zh, en))


def _differing(then: dict[str, str], program: ir.Program) -> list[str]:
    """The layers whose texts are not those of the time."""
    now = dict(zip(program.chain, program.texts, strict=False))
    return [n for n in {**then, **now} if then.get(n) != now.get(n)]
