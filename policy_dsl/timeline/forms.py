"""A timeline as text for a terminal, as Markdown, and as one self-contained HTML page: the same rows, set three ways."""

from __future__ import annotations

import html as escape_
from collections.abc import Iterable, Iterator

from ..backends.formatting import day_text
from ..backends.values import Undetermined
from ..diagnostics.render import SEVERITY
from ..diagnostics.report import Diagnostic
from ..explain.html import PAGE_STYLE, fragment
from ..source import width
from .owed import Arrear, amount_text, settled_text
from .rows import Row, rows
from .stretches import Stretches
from .timeline import Timeline

MOST_REASONS = 12  # of one change, in a text


def _title(made: Timeline, lang: str) -> str:
    first, last = made.months[0].month, made.months[-1].month
    known = "" if made.as_known is None else day_text(made.as_known)
    if lang == "zh":
        return f"{made.policy}  {first} 至 {last}" + (f"（按 {known} 所知）" if known else "")
    return f"{made.policy}  {first} to {last}" + (f" (as known on {known})" if known else "")


def _cells(row: Row, lang: str) -> str:
    if not row.there:
        return "不在" if lang == "zh" else "not there"
    colon, between = ("：", "，") if lang == "zh" else (": ", ", ")
    return between.join(f"{c.label}{colon}{c.said(lang)}" for c in row.cells) or "—"


def _changes(row: Row, lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(what moved, its reasons); the same reasons are told once a month."""
    told: set[tuple[str, ...]] = set()
    for m in row.moved:
        yield (
            f"{m.label}：{m.before} → {m.after}" if lang == "zh" else f"{m.label}: {m.before} → {m.after}",
            (() if m.reasons in told else _first(m.reasons, lang)),
        )
        told.add(m.reasons)


_STAYS = {
    "condition": ("不结清", "not settled"),
    "needs": ("尚未结清", "not yet settled"),
    "rest": (
        "尚未结清，不到一分，随下一次结清",
        "not yet settled: less than a fen, goes along with the next settlement",
    ),
    "instalment": ("尚未结清，分月追回", "not yet settled: taken back month by month"),
    "end": ("尚未结清，在这段时间之后", "not yet settled: after this time"),
}


def _first(reasons: tuple[str, ...], lang: str) -> tuple[str, ...]:
    """As many as people read; JSON and Python have them all."""
    left = len(reasons) - MOST_REASONS
    if left <= 1:
        return reasons
    return (*reasons[:MOST_REASONS], f"另有 {left} 项" if lang == "zh" else f"{left} more")


def _arrears(made: Timeline, lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The rows of the ledger, each with its reasons; the same reasons are told once."""
    told: tuple[str, ...] = ()
    for a in made.arrears:
        reasons = a.because if lang == "zh" else a.because_en
        paid = amount_text(a.paid)
        if lang == "zh":
            due = f"应发{_unknown(a, lang)}" if a.due is None else f"应发 {amount_text(a.due)}"
            line = f"{a.month}  {a.benefit}  {a.known} 所知：已发 {paid}，{due}，{_differs(a, lang)}（{_settled(a, lang)}）"
        else:
            due = f"due {_unknown(a, lang)}" if a.due is None else f"due {amount_text(a.due)}"
            line = f"{a.month}  {a.benefit}  as known on {a.known}: paid {paid}, {due}, {_differs(a, lang)} ({_settled(a, lang)})"
        yield line, () if reasons == told else _first(reasons, lang)
        told = reasons


def _unknown(a: Arrear, lang: str) -> str:
    if a.code:
        return f"有错误 {a.code}" if lang == "zh" else f"in error {a.code}"
    return "未定" if lang == "zh" else "undetermined"


def _differs(a: Arrear, lang: str) -> str:
    if a.difference is None:
        return "差额未定" if lang == "zh" else "difference undetermined"
    amount = amount_text(a.difference if a.difference >= 0 else -a.difference)
    if lang == "zh":
        return f"{'补发' if a.difference >= 0 else '多发'} {amount} {a.unit}"
    return f"{amount} {'in arrears' if a.difference >= 0 else 'too much'}"


def _settled(a: Arrear, lang: str) -> str:
    zh = lang == "zh"
    settled = f"{a.settled} 结清" if zh else f"settled in {a.settled}"
    said = settled if a.settled else _STAYS[a.why or "end"][not zh]
    if a.needs and not a.settled:
        said += f"，缺少 {'、'.join(a.needs)}" if zh else f": waits for {', '.join(a.needs)}"
    if a.code and a.balance is not None:
        said += f"，每月追回多少有错误 {a.code}" if zh else f": how much a month takes back is in error {a.code}"
    elif a.code and a.due is not None:
        said += f"，补发的条件有错误 {a.code}" if zh else f": the condition of arrears is in error {a.code}"
    if a.balance is not None:
        said += f"，还应追回 {amount_text(a.balance)}" if zh else f", {amount_text(a.balance)} left to take back"
    return said


def _settlements(made: Timeline, lang: str) -> Iterator[str]:
    """What each month pays for earlier ones, in one sum, where there is more than one difference."""
    for s in made.settlements if len(made.arrears) > 1 else ():
        yield f"{s.month} {'合计' if lang == 'zh' else 'in all'}  {s.benefit}  {settled_text(s, lang)}"


def _missing(listed: Iterable[Row]) -> list[str]:
    """The facts and parameters that undetermined statuses and benefits wait for, each with its months."""
    found: Stretches[str] = Stretches()
    for row in listed:
        found.begin(row.month)
        for cell in row.cells:
            if isinstance(cell.value, Undetermined):
                for name in (*cell.value.needs, *cell.value.parameters):
                    found.add(name)
    return [f"{name} {found.text(name)}" for name in found.found]


def _headings(lang: str) -> tuple[str, str, str, str]:
    if lang == "zh":
        return ("逐月", "已发与应发", "提示", "未定，缺少")
    return ("Month by month", "Paid and due", "Remarks", "Undetermined for want of")


def text(made: Timeline, lang: str) -> str:
    lines = [_title(made, lang), ""]
    listed = list(rows(made.months, lang))
    for row in listed:
        lines.append(f"{row.month}  {_cells(row, lang)}")
        for moved, reasons in _changes(row, lang):
            lines.append(f"    {moved}")
            lines += [f"      · {r}" for r in reasons]
        lines += [f"    {_finding(f, lang)}" for f in row.findings]
    owed = list(_arrears(made, lang))
    if owed:
        heading = _headings(lang)[1]
        lines += ["", heading, "-" * width(heading)]
        for line, reasons in owed:
            lines.append(line)
            lines += [f"    · {r}" for r in reasons]
        lines += _settlements(made, lang)
    missing = _missing(listed)
    if missing:
        lines += ["", _headings(lang)[3], *(f"    {m}" for m in missing)]
    remarks = list(_remarks(made, lang))
    if remarks:
        lines += ["", _headings(lang)[2]]
        for line, ways_out in remarks:
            lines += [line, *(f"    · {w}" for w in ways_out)]
    rest = made.assumptions
    if rest:
        lines += ["", _rest(lang), *(f"    - {a}" for a in rest)]
    return "\n".join(lines)


def _rest(lang: str) -> str:
    return "依据的假设" if lang == "zh" else "Assumptions"


def _finding(f: Diagnostic, lang: str) -> str:
    """`警告[F0212] 家庭：…`"""
    zh = lang == "zh"
    return f"{SEVERITY[f.severity][not zh]}[{f.code}] {f.path}{'：' if zh else ': '}{f.message(lang)}"


def _remarks(made: Timeline, lang: str) -> Iterator[tuple[str, tuple[str, ...]]]:
    """(remark on the history, its way out)."""
    return ((_finding(f, lang), (f.help(lang),) if f.help(lang) else ()) for f in made.findings)


def markdown(made: Timeline, lang: str) -> str:
    """A table of months, then what moved and why, then what is owed. The strip is part of it as an inline picture."""
    first, second, third, fourth = _headings(lang)
    listed = list(rows(made.months, lang))
    names = list(dict.fromkeys(c.label for r in listed for c in r.cells))
    month = "月份" if lang == "zh" else "month"
    lines = [f"# {_title(made, lang)}", "", _inline(made.svg(lang)), "", f"## {first}", ""]
    lines += [f"| {month} | {' | '.join(map(_md, names))} |", "|---|" + "---|" * len(names)]
    for row in listed:
        by_name = {c.label: c.said(lang) for c in row.cells}
        lines.append(f"| {row.month} | " + " | ".join(_md(by_name.get(n, "—")) for n in names) + " |")
    for row in listed:
        changes = list(_changes(row, lang))
        if changes or row.findings:
            lines += ["", f"### {row.month}", "", *_items(changes)]
            lines += [f"- {_md(_finding(f, lang))}" for f in row.findings]
    owed = list(_arrears(made, lang))
    if owed:
        lines += ["", f"## {second}", "", *_items(owed)]
        lines += [f"- {_md(line)}" for line in _settlements(made, lang)]
    missing = _missing(listed)
    if missing:
        lines += ["", f"## {fourth}", "", *(f"- {_md(m)}" for m in missing)]
    if made.findings:
        lines += ["", f"## {third}", "", *_items(_remarks(made, lang))]
    rest = made.assumptions
    if rest:
        lines += ["", f"## {_rest(lang)}", "", *(f"- {_md(a)}" for a in rest)]
    return "\n".join(lines) + "\n"


def _items(told: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    for line, below in told:
        yield f"- {_md(line)}"
        yield from (f"    - {_md(b)}" for b in below)


def _md(said: str) -> str:
    """A text that Markdown leaves as it is."""
    return "".join(f"\\{c}" if c in "\\`*_{}[]<>#|~" else c for c in said)


def _inline(picture: str) -> str:
    from base64 import b64encode

    return f"![](data:image/svg+xml;base64,{b64encode(picture.encode()).decode()})"


_STYLE = """
table.months{border-collapse:collapse;font-variant-numeric:tabular-nums}
table.months :is(th,td){border-bottom:1px solid #d0d7de;padding:.15rem .6rem;text-align:left;vertical-align:top}
table.months :is(th,td):not(:last-child){white-space:nowrap}
table.months ul{margin:.2rem 0}
table.months tr.moved{background:#0b539411}
table.months div.finding{color:#b42318}
svg{max-width:100%;height:auto}
"""


def html(made: Timeline, lang: str) -> str:
    first, second, third, fourth = _headings(lang)
    e = escape_.escape
    listed = list(rows(made.months, lang))
    names = list(dict.fromkeys(c.label for r in listed for c in r.cells))
    title = e(_title(made, lang))
    head = "".join(f"<th>{e(n)}</th>" for n in names)
    body = []
    for row in listed:
        by_name = {c.label: c.said(lang) for c in row.cells}
        shown = "".join(f"<td>{e(by_name.get(n, '—'))}</td>" for n in names)
        moved = ' class="moved"' if row.moved else ""
        body.append(f"<tr{moved}><td>{row.month}</td>{shown}<td>{_why(row, lang)}</td></tr>")
    owed = "".join(f"<li>{e(line)}{_list(reasons)}</li>" for line, reasons in _arrears(made, lang))
    owed += "".join(f"<li>{e(line)}</li>" for line in _settlements(made, lang))
    missing = "".join(f"<li>{e(m)}</li>" for m in _missing(listed))
    remarks = "".join(f"<li>{e(line)}{_list(ways_out)}</li>" for line, ways_out in _remarks(made, lang))
    rest = "".join(f"<li>{e(a)}</li>" for a in made.assumptions)
    why = "变化与原因" if lang == "zh" else "changes and reasons"
    months = "月份" if lang == "zh" else "month"
    said = "".join(
        f"<details><summary>{m.month}</summary>{fragment(m.decision.explain(), lang)}</details>"
        for m, row in zip(made.months, listed, strict=True)
        if m.decision is not None and (row.moved or m is made.months[0])
    )
    reasons_of = "各次变化当月的全部理由" if lang == "zh" else "all reasons of the months in which something changed"
    return (
        f'<!doctype html>\n<html lang="{"zh-CN" if lang == "zh" else "en"}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{PAGE_STYLE}{_STYLE}</style></head><body><h1>{title}</h1>{made.svg(lang)}<h2>{first}</h2>"
        f'<table class="months"><tr><th>{months}</th>{head}<th>{why}</th></tr>{"".join(body)}</table>'
        + (f"<h2>{second}</h2><ul>{owed}</ul>" if owed else "")
        + (f"<h2>{fourth}</h2><ul>{missing}</ul>" if missing else "")
        + (f"<h2>{third}</h2><ul>{remarks}</ul>" if remarks else "")
        + (f"<h2>{_rest(lang)}</h2><ul>{rest}</ul>" if rest else "")
        + f"<h2>{reasons_of}</h2>{said}<footer>{e(made.digest)}</footer></body></html>\n"
    )


def _list(reasons: tuple[str, ...]) -> str:
    return f"<ul>{''.join(f'<li>{escape_.escape(r)}</li>' for r in reasons)}</ul>" if reasons else ""


def _why(row: Row, lang: str) -> str:
    changes = "".join(f"<div>{escape_.escape(moved)}{_list(reasons)}</div>" for moved, reasons in _changes(row, lang))
    return changes + "".join(f'<div class="finding">{escape_.escape(_finding(f, lang))}</div>' for f in row.findings)
