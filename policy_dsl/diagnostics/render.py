"""Diagnostics as text for a terminal, as JSON for programs, as SARIF for code-scanning services."""

from __future__ import annotations

import json
from collections.abc import Iterable
from urllib.parse import quote

from ..source import Place, visible, width
from .report import KEPT, MOST, Diagnostic, Witness

SEVERITY = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}
COLOUR = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}


COLUMNS = 100  # of a line that is shown
BEFORE = 40  # of them at most before the place


def _snippet(place: Place, mark: str, note: str) -> list[str]:
    """The line with a marker under the stretch, counted in screen columns; long lines are cut around the place."""
    line = "".join(c if c.isprintable() or c == "\u3000" else " " if c in "\t\u00a0" else "\ufffd" for c in place.text)
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    end = max(min(end, len(line)), start)
    cut = start if width(line) > COLUMNS else 0
    while cut and width(line[cut - 1 : start]) <= BEFORE:
        cut -= 1
    stop = len(line)
    if width(line[cut:]) > COLUMNS:
        stop = start
        while stop < len(line) and width(line[cut : stop + 1]) <= COLUMNS:
            stop += 1
    lead, tail = "…" if cut else "", "…" if stop < len(line) else ""
    number = str(place.line)
    pad = " " * len(number)
    under = " " * width(lead + line[cut:start]) + mark * max(1, width(line[start : min(end, stop)]))
    return [f"{number} │ {lead}{line[cut:stop]}{tail}", f"{pad} │ {under} {note}".rstrip()]


def one(d: Diagnostic, lang: str, colour: bool = False) -> str:
    """One diagnostic as a block: what, where, the line with its place marked, further places, the way out."""
    zh = lang == "zh"
    word = SEVERITY[d.severity][0 if zh else 1]
    head = f"{word}[{d.code}]"
    if colour:
        head = f"{COLOUR[d.severity]}{head}\x1b[0m"
    lines = [f"{head} {visible(d.message(lang))}"]
    if d.place:
        where = f"  ┌─ {d.place}"
        lines.append(where + (f"    ({d.clause})" if d.clause else ""))
        if d.place.text:
            lines += _snippet(d.place, "^", "")
    if d.path:
        lines.append(f"  ┌─ {d.path}")
    for label in d.labels:
        note = label.zh if zh else label.en
        if d.place and label.place.file != d.place.file:
            lines.append(f"  ┌─ {label.place}")
        lines += _snippet(label.place, "─", note)
    for w in d.witness:
        lines += _case(w, zh)
    if d.help(lang):
        lines.append(f"  = 建议：{d.help(lang)}" if zh else f"  = help: {d.help(lang)}")
    return "\n".join([lines[0], *map(visible, lines[1:])])


def _case(w: Witness, zh: bool) -> list[str]:
    """A case that shows the finding; its facts in one line, as `policy decide` takes them."""
    facts = json.dumps(w.facts, ensure_ascii=False)
    values = [f"    {path} = {value}" for path, value in w.outputs]
    head = f"  = 情形：于 {w.on}" if zh else f"  = case: on {w.on}"
    if w.supposed:
        head += (
            "（上月的值是假设的，未必有哪一户会走到这里）"
            if zh
            else " (last month is supposed: perhaps nobody gets there)"
        )
    return [head, f"    {facts}", *values]


def text(found: Iterable[Diagnostic], lang: str, colour: bool = False) -> str:
    """All diagnostics, a blank line between; beyond a hundred they are counted."""
    items = list(found)
    blocks = [one(d, lang, colour) for d in items[:MOST]]
    if len(items) > MOST:
        more = len(items) - MOST
        least = len(items) >= KEPT  # where a run ends
        zh, en = (
            (f"……另有至少 {more} 条", f"… and at least {more} more")
            if least
            else (f"……另有 {more} 条", f"… and {more} more")
        )
        blocks.append(zh if lang == "zh" else en)
    return "\n\n".join(blocks)


def as_json(found: Iterable[Diagnostic], lang: str) -> list[dict[str, object]]:
    """The contract's form: code, severity, file, line, column, message, help, witness; `path` where facts are at fault."""
    rows: list[dict[str, object]] = []
    for d in found:
        row: dict[str, object] = {
            "code": d.code,
            "severity": d.severity,
            "file": d.place.file if d.place else None,
            "line": d.place.line if d.place else None,
            "column": d.place.column if d.place else None,
            "message": d.message(lang),
            "help": d.help(lang),
            "witness": [
                {"facts": w.facts, "on": w.on, "outputs": dict(w.outputs), "supposed": w.supposed} for w in d.witness
            ]
            or None,
        }
        if d.path:
            row["path"] = d.path
        if d.labels:
            row["labels"] = [
                {
                    "file": x.place.file,
                    "line": x.place.line,
                    "column": x.place.column,
                    "message": x.zh if lang == "zh" else x.en,
                }
                for x in d.labels
            ]
        rows.append(row)
    return rows


def as_sarif(found: Iterable[Diagnostic], lang: str, version: str) -> dict[str, object]:
    """SARIF 2.1.0, as code-scanning services read it. Columns count Unicode characters, ends are exclusive."""
    from .codes import CODES

    items = list(found)
    rules = sorted({d.code for d in items})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "policy_dsl",
                        "version": version,
                        "rules": [
                            {"id": c, "shortDescription": {"text": CODES[c].zh if lang == "zh" else CODES[c].en}}
                            for c in rules
                        ],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_result(d, lang, rules.index(d.code)) for d in items],
            }
        ],
    }


def _result(d: Diagnostic, lang: str, rule: int) -> dict[str, object]:
    words = d.message(lang) + (f"\n{d.help(lang)}" if d.help(lang) else "")
    made: dict[str, object] = {"ruleId": d.code, "ruleIndex": rule, "level": d.severity, "message": {"text": words}}
    if d.place:
        made["locations"] = [{"physicalLocation": _physical(d.place)}]
    related = [
        {"id": n, "physicalLocation": _physical(x.place), "message": {"text": x.zh if lang == "zh" else x.en}}
        for n, x in enumerate(d.labels)
    ]
    if related:
        made["relatedLocations"] = related
    if d.allowed:
        made["suppressions"] = [{"kind": "inSource", "justification": d.allowed}]
    return made


def _physical(place: Place) -> dict[str, object]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": max(place.end_column, place.column + (place.line == place.end_line)),
    }
    return {"artifactLocation": {"uri": quote(place.file.replace("\\", "/"))}, "region": region}
