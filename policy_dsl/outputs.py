"""A decision's outputs as data: for Python, and as the contract's JSON. Made from rows, whose values stand in their entries."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from fractions import Fraction
from typing import Any, NamedTuple

from .backends.entries import Instance
from .backends.formatting import day_text, json_amount, json_value, python_value, value_text
from .backends.payment import Beside
from .backends.values import Failure, Undetermined, diagnose, known
from .diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from .ir import nodes as ir
from .ir.in_force import nearest_span
from .model.types import Type
from .source import prints_as_it_is

Row = tuple[Instance, str, Type, bool]  # (entry, name, type, is a benefit)
Paid = Callable[[Instance, str], Beside | None]


class Output(NamedTuple):
    """One output: `value` as Python has it (Decimal, Fraction, bool, str, date; None when open), `text` and `unit` for eyes."""

    path: str
    value: object
    text: str
    unit: str
    benefit: bool
    state: str  # known, undetermined, error


class Benefit(NamedTuple):
    """One 给付 of one entry: the amount in its declared unit, None while it is undetermined.

    `part`: of a benefit in parts what the month pays, in money; `share`: of another benefit that is not per month a month's share.
    """

    path: str
    entity: str
    name: str
    value: Decimal | Fraction | None
    unit: str
    part: Decimal | Fraction | None = None
    share: Decimal | Fraction | None = None


class NotInForce(NamedTuple):
    """An output that is not in force on the day: since when and until when it is, in the stretch of days that lies nearest.

    None: it has no beginning, no end; both None: it never is.
    """

    output: str
    since: datetime.date | None
    until: datetime.date | None


class Open(NamedTuple):
    """An output that cannot be decided yet, with the facts (paths) and parameters that it waits for."""

    output: str
    needs: tuple[str, ...]
    parameters: tuple[str, ...]


def outputs(rows: Iterable[Row]) -> dict[str, Output]:
    """Every output by its path."""
    out = {}
    for entry, name, type_, benefit in rows:
        value = entry.values[name]
        path = f"{entry.path}.{name}"
        unit = type_.own.show() if type_.is_amount else ""
        if known(value):
            out[path] = Output(path, python_value(value, type_), value_text(value, type_, "zh"), unit, benefit, "known")
        else:
            out[path] = Output(path, None, "", unit, benefit, "error" if isinstance(value, Failure) else "undetermined")
    return out


def benefits(rows: Iterable[Row], paid: Paid) -> list[Benefit]:
    return [
        Benefit(
            f"{entry.path}.{name}",
            entry.path,
            name,
            python_value(entry.values[name], type_) if known(entry.values[name]) else None,  # type: ignore[arg-type]
            type_.own.show(),
            **_beside(paid(entry, name)),
        )
        for entry, name, type_, benefit in rows
        if benefit
    ]


def _beside(found: Beside | None) -> dict[str, Any]:
    if found is None or not known(found.value):
        return {}
    return {found.kind: python_value(found.value, found.type)}


BESIDE = {"part": ("本月发", "paid this month"), "share": ("本月合", "this month's share")}


def beside_text(found: Beside | None, lang: str) -> str:
    """`本月发 458.33 元` beside an annual amount; "" where there is nothing to say."""
    if found is None:
        return ""
    return f"{BESIDE[found.kind][lang != 'zh']} {value_text(found.value, found.type, lang)}"


def undetermined(rows: Iterable[Row]) -> list[Open]:
    return [
        Open(f"{entry.path}.{name}", value.needs, value.parameters)
        for entry, name, _, _ in rows
        for value in [entry.values[name]]
        if isinstance(value, Undetermined)
    ]


def errors(rows: Iterable[Row]) -> list[Diagnostic]:
    """What went wrong, each with the output's path."""
    return [
        diagnose(value, f"{entry.path}.{name}")
        for entry, name, _, _ in rows
        for value in [entry.values[name]]
        if isinstance(value, Failure)
    ]


def not_in_force(rules: Iterable[tuple[str, ir.Rule]], on: int, known: int | None) -> list[NotInForce]:
    """Where each of these rules, with the path of its output, is in force; none of them is on the day."""
    out = []
    found: dict[tuple[str, str], tuple[datetime.date | None, datetime.date | None]] = {}
    for path, rule in rules:
        key = (rule.entity, rule.name)
        if key not in found:
            since, until = nearest_span(rule, on, known) or (0, ir.OPEN)
            found[key] = (_date(since) if since else None, _date(until) if until < ir.OPEN else None)
        out.append(NotInForce(path, *found[key]))
    return out


def span_text(found: NotInForce, lang: str) -> str:
    """（2017-01-01 至 2018-12-31）, as it stands behind the output's name."""
    zh = lang == "zh"
    if found.since and found.until:
        said = f"{found.since} 至 {found.until}" if zh else f"{found.since} to {found.until}"
    elif found.since:
        said = f"{found.since} 起" if zh else f"from {found.since} on"
    elif found.until:
        said = f"到 {found.until} 为止" if zh else f"until {found.until}"
    else:
        said = "哪一天都没有" if zh else "on no day"
    return f"（{said}）" if zh else f" ({said})"


def _date(day: int) -> datetime.date:
    return datetime.date(day // 10000, day // 100 % 100, day % 100)


def no_output(path: str, names: list[str]) -> PolicyError:
    """P0803: what else may have been meant."""
    return PolicyError([diagnostic("P0803", at=path, name=path, hint=suggestion(path, names))])


def not_asked(path: str, asked: Iterable[str]) -> PolicyError:
    """P0818: the output is there, and the decision was made for others."""
    zh, en = (mark.join(asked) for mark in ("、", ", "))
    return PolicyError([diagnostic("P0818", at=path, name=path, asked=zh, asked_en=en)])


def complete(lacking: list[str]) -> None:
    """Raises PolicyError (P0819) where a decision lacks outputs that the next month needs."""
    if lacking:
        zh, en = (mark.join(lacking) for mark in ("、", ", "))
        raise PolicyError([diagnostic("P0819", at="outputs", names=zh, names_en=en)])


def asked_in_vain(rule: ir.Rule, on: int, known: int | None, path: str) -> PolicyError:
    """R0105 of an output that was asked for and is not in force on the day: when it is."""
    written = day_text(on)
    hint = _when(nearest_span(rule, on, known), on)
    return PolicyError([diagnostic("R0105", rule.place, at=path, hint=hint, name=rule.called, date=written)])


def _when(span: tuple[int, int] | None, on: int) -> tuple[str, str]:
    """When an output is in force that is not on a day."""
    if span is None:
        return "哪一天都没有规定", "it is in force on no day"
    since, until = (day_text(day) for day in span)
    if on > span[1]:
        begun = (f"从 {since} ", f" from {since}") if span[0] else ("", "")
        return f"{begun[0]}到 {until} 为止才有：换一个日期", f"it was{begun[1]} until {until}: take another date"
    ended = (f"，到 {until} 为止", f" until {until}") if span[1] < ir.OPEN else ("", "")
    return f"{since} 起才有{ended[0]}：换一个日期", f"it is from {since} on{ended[1]}: take another date"


# --- as JSON


def outputs_json(rows: Iterable[Row], paid: Paid) -> dict[str, object]:
    """Path → value, null where it is not known; beside it what the month pays."""
    out: dict[str, object] = {}
    for entry, name, type_, _ in rows:
        value = entry.values[name]
        path = f"{entry.path}.{name}"
        if not known(value):
            out[path] = None
        elif type_.is_amount:
            out[path] = {**json_amount(value, type_), **_beside_json(paid(entry, name))}
        else:
            out[path] = {"value": json_value(value, type_)}
    return out


def _beside_json(found: Beside | None) -> dict[str, object]:
    if found is None:
        return {}
    return {found.kind: json_value(found.value, found.type) if known(found.value) else None}


def open_json(found: Open) -> dict[str, object]:
    return {"output": found.output, "needs": list(found.needs), "parameters": list(found.parameters)}


def not_in_force_json(found: NotInForce) -> dict[str, object]:
    """`from` and `until` as days, null where there is none."""
    since, until = (None if d is None else d.isoformat() for d in found[1:])
    return {"output": found.output, "from": since, "until": until}


def error_json(found: Diagnostic) -> dict[str, object]:
    """What went wrong while an output was decided."""
    place = str(found.place and found.place.bare)
    return {"output": found.path, "code": found.code, "message": found.zh, "place": place}


def finding_json(found: Diagnostic, lang: str = "zh") -> dict[str, object]:
    """A guarantee that does not hold, as the contract writes it."""
    place = str(found.place and found.place.bare)
    return {
        "code": found.code,
        "path": found.path,
        "message": found.message(lang),
        "clause": found.clause,
        "place": place,
    }


_UNSEEN = r"[\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"


def dump(made: object) -> str:
    """JSON as the contract wants it: UTF-8, Chinese unescaped; only what a terminal would obey, or no UTF-8 could hold, is escaped."""
    text = json.dumps(made, ensure_ascii=False, indent=2)
    if prints_as_it_is(text):
        return text
    return re.sub(_UNSEEN, lambda m: f"\\u{ord(m[0]):04x}", text)
