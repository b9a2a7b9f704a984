"""许可 CODE 理由: a line under a declaration that silences a finding there, with the reason why it may stay.

It is no part of what the declaration says, so it is taken out of the item before the grammar sees the rest (parse.py), and looked at again
when all passes have run (pipeline.py). Only what `check` says of the text and does not refuse can be allowed: an error is mended, and what is
found about given facts is not the text's.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence

from lark import Token

from ..diagnostics.codes import CODES
from ..diagnostics.report import Diagnostic, Report, nearest
from ..source import Source, Span
from . import characters, nodes
from .expected import expected_words, found_words
from .scan.lines import LogicalLine

_OUTSIDE = frozenset({"P0340", "P0822"})  # of headings, which stand in no declaration; of a compiled file
ALLOWABLE = (
    frozenset(c for c, row in CODES.items() if c.startswith("P") and (row.severity != "error" or row.milder)) - _OUTSIDE
)
UNUSED = "P0142"


# --- reading


def taken_out(
    lines: list[LogicalLine], source: Source, covers: Span, report: Report
) -> tuple[list[LogicalLine], tuple[nodes.Allowance, ...], bool]:
    """The lines of an item without its allowances; these; and whether one of them could not be read."""
    left: list[LogicalLine] = []
    found: list[nodes.Allowance] = []
    failed = False
    for line in lines:
        if line.tokens[0].type != "ALLOW":
            left.append(line)
            continue
        made = _allowance(line.tokens, source, covers, report)
        failed = failed or made is None
        found += [] if made is None else [made]
    return left, tuple(found), failed


def _allowance(tokens: list[Token], source: Source, covers: Span, report: Report) -> nodes.Allowance | None:
    span = Span(source, tokens[0].start_pos or 0, tokens[0].end_pos or 0)
    if len(tokens) > 1:  # a line that begins with 且 or 或 would continue it
        found, expected = found_words(tokens[1]), expected_words({"_NL"})
        at = Span(source, tokens[1].start_pos or 0, tokens[1].end_pos or 0)
        report.error("P0101", at, found=found[0], found_en=found[1], expected=expected[0], expected_en=expected[1])
        return None
    text = str(tokens[0])
    first = re.match(r"\S*", characters.fold(text))
    code = first.group().upper() if first else ""
    reason = text[len(code) :].strip(_BLANK)
    if not re.match(r"[A-Z]+[0-9]", code):
        report.error("P0140", span, problem="没有写代码", problem_en="it names no code")
        return None
    if (one := _leading(text)) and (other := _leading(text[len(one) :].lstrip(_BETWEEN + _BLANK))):
        hint = (
            f"一行一个：许可 {one} 理由，下一行 许可 {other} 理由",
            f"one a line: allow {one} REASON, below it allow {other} REASON",
        )
        report.error("P0140", span, hint=hint, problem="写了两个代码", problem_en="it names two codes")
        return None
    if code not in CODES and (known := _leading(code)):
        example = (
            f"许可 {known} {text[len(known) :].lstrip(_BETWEEN)}",
            f"allow {known} {text[len(known) :].lstrip(_BETWEEN)}",
        )
        hint = (f"代码后面空一格：{example[0]}", f"put a space behind the code: {example[1]}")
        report.error("P0140", span, hint=hint, problem="代码和理由连在一起", problem_en="code and reason are not apart")
        return None
    if not reason:
        report.error("P0140", span, problem="没有写理由", problem_en="it gives no reason")
        return None
    if code not in ALLOWABLE:
        _not_allowable(code, span, report)
    return nodes.Allowance(code, reason, span=span, covers=covers)


_BETWEEN = " :,;、：，；。"
_BLANK = " \t\u3000\u00a0"


def _leading(text: str) -> str:
    """The code with which the text begins, whatever follows."""
    code = re.match(r"[A-Z][0-9]{4}(?![0-9])", characters.fold(text[:6]).upper())
    return code.group() if code and code.group() in CODES else ""


def _not_allowable(code: str, span: Span, report: Report) -> None:
    row = CODES.get(code)
    if row is None:
        near = nearest(code, sorted(ALLOWABLE))
        zh, en = "、".join(near), " or ".join(near)
        problem = (f"没有代码 {code}", f"there is no code {code}")
        hint = (
            f"是不是 {zh}？" if near else "照提示写，方括号里的就是代码",
            f"did you mean {en}?" if near else "take it from the message, where it stands in brackets",
        )
    elif row.severity == "error" and code.startswith("P"):
        problem = (f"{code} 是错误，不能许可", f"{code} is an error and cannot be allowed")
        hint = (f"改正它：policy explain-code {code}", f"mend it: policy explain-code {code} --lang en")
    else:
        problem = (
            f"{code} 说的是给出的事实或某一户的决定，不是政策的文字",
            f"{code} is said of given facts or of a decision, not of the policy's text",
        )
        hint = ("删去这一行", "take the line away")
    report.error("P0141", span, hint=hint, problem=problem[0], problem_en=problem[1])


# --- once all passes have run


def settle(files: Sequence[nodes.File], own: Iterable[nodes.File], report: Report, complete: bool) -> None:
    """Takes out of the report what an allowance covers; of an allowance that covers nothing a finding is added.

    `own`: the files of the lowest layer. What an upper layer allows may be hidden by what stands below, so only its own check tells.
    `complete`: all passes have run to their ends; else nobody knows what they would have found.
    """
    given = list(_allowances(files))
    if not given:
        return
    hit = _silence(report, [a for a in given if a.code != UNUSED])
    if not complete:
        return
    mine = [a for a in _allowances(own) if a.code in ALLOWABLE]
    _tell(report, [a for a in mine if a.code != UNUSED and id(a) not in hit])
    hit = _silence(report, [a for a in given if a.code == UNUSED])
    _tell(report, [a for a in mine if a.code == UNUSED and id(a) not in hit])


def _allowances(files: Iterable[nodes.File]) -> Iterator[nodes.Allowance]:
    for file in files:
        for item in file.items:
            if isinstance(item, nodes.Declaring):
                yield from item.allowances


def _silence(report: Report, given: list[nodes.Allowance]) -> set[int]:
    """Sets aside what the allowances cover; which of them (by identity) did. Of one code the first in a declaration counts."""
    by_code: dict[tuple[str, str], dict[int, nodes.Allowance]] = {}
    for a in given:
        place = a.covers.place
        by_code.setdefault((place.file, a.code), {}).setdefault(place.line, a)
    lines = {key: sorted(allowed) for key, allowed in by_code.items()}
    hit: set[int] = set()

    def reason(found: Diagnostic) -> str:
        key = (found.place.file, found.code) if found.place and found.severity != "error" else None
        if key is None or key not in lines or found.place is None:
            return ""
        nearest_above = bisect_right(lines[key], found.place.line)
        a = by_code[key][lines[key][nearest_above - 1]] if nearest_above else None
        if a is None or found.place.line > a.covers.place.end_line:
            return ""
        hit.add(id(a))
        return a.reason

    report.set_aside(reason)
    return hit


def _tell(report: Report, idle: list[nodes.Allowance]) -> None:
    for a in idle:
        report.error(UNUSED, a.span, allowed=a.code)
