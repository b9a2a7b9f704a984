"""Diagnostics as text for a terminal, as JSON for programs, as SARIF for code-scanning services."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from ..source import Place, width
from .report import MOST, Diagnostic

SEVERITY = {"error": ("错误", "error"), "warning": ("警告", "warning"), "note": ("提示", "note")}
COLOUR = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m", "note": "\x1b[1;36m"}


def _snippet(place: Place, mark: str, note: str) -> list[str]:
    """The line with a marker under the stretch, counted in screen columns; long lines are cut around the place."""
    line = place.text.replace("\t", " ").replace("\u3000", "\u3000")
    line = "".join(c if c.isprintable() or c == "\u3000" else "\ufffd" for c in line)
    start = min(place.column - 1, len(line))
    end = place.end_column - 1 if place.end_line == place.line else len(line)
    end = max(min(end, len(line)), start)
    cut = max(0, start - 60)
    shown = line[cut : cut + 140]
    lead = "…" if cut else ""
    number = str(place.line)
    pad = " " * len(number)
    under = " " * (width(lead) + width(line[cut:start])) + mark * max(1, width(line[start : min(end, cut + 140)]))
    return [f"{number} │ {lead}{shown}", f"{pad} │ {under} {note}".rstrip()]


def one(d: Diagnostic, lang: str, colour: bool = False) -> str:
    """One diagnostic as a block: what, where, the line with its place marked, further places, the way out."""
    zh = lang == "zh"
    word = SEVERITY[d.severity][0 if zh else 1]
    head = f"{word}[{d.code}]"
    if colour:
        head = f"{COLOUR[d.severity]}{head}\x1b[0m"
    lines = [f"{head} {d.message(lang)}"]
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
    if d.help(lang):
        lines.append(f"  = {'建议' if zh else 'help'}：{d.help(lang)}" if zh else f"  = help: {d.help(lang)}")
    return "\n".join(lines)


def text(found: Iterable[Diagnostic], lang: str, colour: bool = False) -> str:
    """All diagnostics, a blank line between; beyond a hundred they are counted."""
    items = list(found)
    blocks = [one(d, lang, colour) for d in items[:MOST]]
    if len(items) > MOST:
        more = len(items) - MOST
        blocks.append(f"……另有 {more} 条" if lang == "zh" else f"… and {more} more")
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
            "witness": None,
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
    return made


def _physical(place: Place) -> dict[str, object]:
    region = {
        "startLine": place.line,
        "startColumn": place.column,
        "endLine": place.end_line,
        "endColumn": max(place.end_column, place.column + (place.line == place.end_line)),
    }
    return {"artifactLocation": {"uri": quote(place.file.replace("\\", "/"))}, "region": region}
