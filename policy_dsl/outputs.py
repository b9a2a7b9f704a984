"""A decision's outputs as data: for Python, and as the contract's JSON. Read from results (backends/reading_plan.py)."""

from __future__ import annotations

import datetime
import json
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from itertools import repeat
from typing import Any, NamedTuple

from .backends.entries import Instance
from .backends.formatting import day_text, value_text
from .backends.payment import Beside, days_of
from .backends.reading_plan import Entry, Item
from .backends.runtime import Defer
from .backends.value_forms import Form, form
from .backends.values import PLAIN, Failure, Undetermined, diagnose, state
from .diagnostics.report import Diagnostic, PolicyError, diagnostic, suggestion
from .ir import nodes as ir
from .ir.in_force import nearest_span
from .model.types import Type
from .source import prints_as_it_is

Row = tuple[Instance, str, Type, bool]  # (entry, name, type, is a benefit)


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


def values(entries: Iterable[Entry]) -> dict[str, object]:
    """Every output's value by its path, None where it is not known. Raises PolicyError where one is in error."""
    out: dict[str, object] = {}
    for place, _, raw in entries:
        try:
            out.update(zip(place.paths, place.node.values(raw), strict=True))
        except Defer:
            for path, item, number in zip(place.paths, place.node.items, place.node.take(raw), strict=False):
                found = state(number)
                if found == "error":
                    raise PolicyError([diagnose(number, path)]) from None
                out[path] = item.form.python[number] if found == "known" else None
    return out


def outputs(entries: Iterable[Entry]) -> dict[str, Output]:
    """Every output by its path."""
    out: dict[str, Output] = {}
    for place, _, raw in entries:
        node = place.node
        numbers = node.take(raw)
        try:
            texts = [item.form.zh[number] for item, number in zip(node.items, numbers, strict=False)]
            made = zip(place.paths, node.values(raw), texts, node.units, node.benefits, repeat("known"))
            out.update(zip(place.paths, map(Output._make, made), strict=True))
        except Defer:
            for path, item, number in zip(place.paths, node.items, numbers, strict=False):
                found, value, text = state(number), None, ""
                if found == "known":
                    value, text = item.form.python[number], item.form.zh[number]
                out[path] = Output(path, value, text, item.form.unit, item.rule.benefit, found)
    return out


def benefits(entries: Iterable[Entry], month: int, seen: int | None) -> list[Benefit]:
    out = []
    for place, _, raw in entries:
        numbers = place.node.take(raw)
        for path, item, number in zip(place.paths, place.node.items, numbers, strict=False):
            if item.rule.benefit:
                value: Any = item.form.python[number] if number.__class__ in PLAIN else None
                found = month_pays(item, number, numbers, month, seen)
                said = {} if found is None or not found.known else {found.kind: found.form.python[found.number]}
                out.append(Benefit(path, place.path, item.rule.name, value, item.form.unit, **said))
    return out


class MonthPays(NamedTuple):
    """What the month pays of a benefit where that is not the amount of its own period: `part` or `share`, its number and how it is read."""

    kind: str
    form: Form
    number: Any

    @property
    def known(self) -> bool:
        return self.number.__class__ in PLAIN


def month_pays(item: Item, number: Any, numbers: Any, month: int, seen: int | None) -> MonthPays | None:
    """None for an amount a month or a single sum, and while the benefit's own `number` is not known."""
    found = item.beside
    if found is None or number.__class__ not in PLAIN:
        return None
    days = days_of(item.rule, month, seen) if found.daily else 1
    return MonthPays(found.kind, form(found.form.type, found.form.k * days), numbers[found.number])


def text_of(form: Form, number: Any, lang: str) -> str:
    """A number for eyes; what is not known says so."""
    return form.text(lang)[number] if number.__class__ in PLAIN else value_text(number, form.type, lang)


BESIDE = {"part": ("本月发", "paid this month"), "share": ("本月合", "this month's share")}


def beside_text(found: Beside | None, lang: str) -> str:
    """`本月发 458.33 元` beside an annual amount; "" where there is nothing to say."""
    return "" if found is None else paid_text(found.kind, value_text(found.value, found.type, lang), lang)


def paid_text(kind: str, amount: str, lang: str) -> str:
    return f"{BESIDE[kind][lang != 'zh']} {amount}"


def undetermined(entries: Iterable[Entry]) -> list[Open]:
    return [Open(path, x.needs, x.parameters) for path, x in _items(entries) if isinstance(x, Undetermined)]


def errors(entries: Iterable[Entry]) -> list[Diagnostic]:
    """What went wrong, each with the output's path."""
    return [diagnose(x, path) for path, x in _items(entries) if isinstance(x, Failure)]


def _items(entries: Iterable[Entry]) -> Iterator[tuple[str, Any]]:
    for place, _, raw in entries:
        yield from zip(place.paths, place.node.take(raw), strict=False)


def not_in_force(entries: Iterable[Entry], on: int, known: int | None) -> list[NotInForce]:
    """The outputs that are not in force on the day, with the stretch of days that lies nearest in which they are."""
    spans: dict[int, tuple[datetime.date | None, datetime.date | None]] = {}
    out = []
    for place, _, _ in entries:
        for rule in place.node.absent:
            if id(rule) not in spans:
                since, until = nearest_span(rule, on, known) or (0, ir.OPEN)
                spans[id(rule)] = (_date(since) if since else None, _date(until) if until < ir.OPEN else None)
            out.append(NotInForce(f"{place.path}.{rule.name}", *spans[id(rule)]))
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


def outputs_json(entries: Iterable[Entry], month: int, seen: int | None) -> dict[str, object]:
    """Path → value, null where it is not known; beside it what the month pays."""
    out: dict[str, object] = {}
    for place, _, raw in entries:
        numbers = place.node.take(raw)
        for path, item, number in zip(place.paths, place.node.items, numbers, strict=False):
            if number.__class__ not in PLAIN:
                out[path] = None
                continue
            made = item.form.row(number)
            if item.beside is not None:
                paid = month_pays(item, number, numbers, month, seen)
                assert paid is not None
                made[paid.kind] = paid.form.json[paid.number] if paid.known else None
            out[path] = made
    return out


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
