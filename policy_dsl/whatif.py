"""A program in which parameters have other values from given dates."""

from __future__ import annotations

import datetime
import hashlib
from collections.abc import Mapping
from fractions import Fraction
from operator import itemgetter
from typing import Any

from .backends.formatting import day_text
from .checks.check import check
from .diagnostics.report import PolicyError, Report, diagnostic, suggestion
from .facts.arguments import mapping, named
from .facts.days import day
from .facts.plain import scalar
from .facts.read import Reader
from .ir import nodes as ir


def with_parameters(program: ir.Program, changes: Mapping[str, Mapping[str, object]]) -> ir.Program:
    """The program with the changes; a key's values are written name(值, 值): {"类别金额(一类)": {"2022-01": 450}}. Raises PolicyError."""
    by_name = {p.name: p for p in program.parameters}
    made = dict(by_name)
    reader = Reader(program)
    stamp: list[str] = []
    wanted = {named("changes", k): _dated(k, v) for k, v in mapping("changes", changes).items()}
    for written in sorted(wanted):
        name, _, rest = written.partition("(")
        parameter = made.get(name.strip())
        if parameter is None:
            zh, en = suggestion(name, by_name)
            raise PolicyError([diagnostic("P0201", at=written, name=name, hint=(zh, en))])
        keys = _keys(parameter, rest.rstrip(") "), written)
        entries = list(parameter.entries)
        for date, value in sorted(wanted[written].items(), key=itemgetter(0)):
            constant = _value(parameter, value, reader, written)
            since = day(date)
            stamp.append(f"{written}\0{date}\0{constant}")
            layer = max((e.layer for e in entries), default=0)
            place = parameter.place
            entries = [e for e in entries if not (e.since == since and e.layer == layer and e.keys == keys)]
            entries.append(
                ir.Entry(
                    keys,
                    "exact",
                    ir.Constant(constant, parameter.type, place),
                    since,
                    ir.OPEN,
                    0,
                    layer + (keys != (None,) * len(keys)),
                    parameter.clause,
                    (f"假想：{written} = {value}",),
                    place,
                )
            )
        made[parameter.name] = parameter._replace(entries=tuple(entries))
    digest = hashlib.sha256("\0\0".join([program.digest, *stamp]).encode()).hexdigest()
    given = tuple((w, tuple(sorted(wanted[w].items(), key=itemgetter(0)))) for w in sorted(wanted))
    changed = program._replace(
        parameters=tuple(made[p.name] for p in program.parameters),
        digest=digest,
        changes=(*program.changes, ir.Change(program.digest, given)),
    )
    report = Report()
    check(changed, report)
    if report.failed:
        raise PolicyError(report.sorted())
    return changed


def again(program: ir.Program, change: ir.Change) -> ir.Program:
    """The program with a change that was made before."""
    return with_parameters(program, {written: dict(values) for written, values in change.values})


def _dated(name: str, values: object) -> dict[str, Any]:
    """A parameter's new values by the days, as texts, from which they hold."""
    out: dict[str, Any] = {}
    for date, value in mapping(name, values).items():
        plain, since = scalar(date), day(date)
        out[plain if isinstance(plain, str) else day_text(since)] = scalar(value)
    return out


def _keys(parameter: ir.Parameter, rest: str, written: str) -> tuple[tuple[int, ...] | None, ...]:
    if not rest:
        return (None,) * len(parameter.keys)
    names = [n.strip() for n in rest.replace("，", ",").split(",")]
    if len(names) != len(parameter.keys):
        raise PolicyError(
            [diagnostic("P0405", at=written, name=parameter.name, wanted=len(parameter.keys), given=len(names))]
        )
    out: list[tuple[int, ...] | None] = []
    for name, type_ in zip(names, parameter.key_types, strict=True):
        if name not in type_.members:
            raise PolicyError(
                [
                    diagnostic(
                        "P0208",
                        at=written,
                        name=name,
                        type=type_.show("zh"),
                        type_en=type_.show("en"),
                        members="、".join(type_.members),
                    )
                ]
            )
        out.append((type_.members.index(name),))
    return tuple(out)


def _value(parameter: ir.Parameter, value: object, reader: Reader, written: str) -> object:
    """The value in base units, read under the rules of facts."""
    type_ = parameter.type
    if type_.kind == "truth" and isinstance(value, bool):
        return value
    if type_.kind == "enumeration" and value in type_.members:
        return type_.members.index(str(value))
    if type_.kind == "date" and isinstance(value, (str, datetime.date)):
        try:
            return day(value)
        except PolicyError:
            pass
    if type_.is_amount:
        reader.errors = []
        number = reader.number(value, type_, written)
        if number is None:
            raise PolicyError(reader.errors)
        return Fraction(number) * type_.own.scale
    raise PolicyError(
        [
            diagnostic(
                "P0805",
                at=written,
                name=parameter.name,
                problem=f"要{type_.show('zh')}",
                problem_en=f"{type_.show('en')} is wanted",
            )
        ]
    )
