"""A timeline as a picture: a strip of months with each status as bands, each benefit as bars, what months settle of it for
earlier ones as marks below them, and what decides it as lines.

SVG without script or outside parts. What is drawn as lines is what the policy's statuses compare: the first two amounts of one unit
that stand on both sides of a comparison in a transition, or in a rule that transitions ask (an income and a standard, as a rule).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from fractions import Fraction
from html import escape
from itertools import groupby

from ..backends.formatting import value_text
from ..backends.interpret.interpretation import Interpretation
from ..backends.values import known
from ..explain.formula import Words
from ..ir import nodes as ir
from ..ir.traverse import formulas, walk
from .month import Month
from .owed import Settlement, amount_text, settled_text
from .rows import Cell, cells

LEFT, RIGHT, BAND, BARS, MARKS, LINES, GAP = 150, 20, 26, 64, 24, 120, 14
COLOURS = (
    "#6e7781",
    "#0969da",
    "#9a6700",
    "#8250df",
    "#1b7c83",
    "#953800",
    "#bf3989",
    "#57606a",
)  # tell apart, judge nothing
MOST_ROWS = 12


def svg(
    months: Sequence[Month], settlements: Sequence[Settlement], program: ir.Program, root: str, lang: str = "zh"
) -> str:
    """The picture as one <svg> element; `root` is the entity with which the history begins."""
    settled = {(s.benefit, s.month): s for s in settlements}
    paid = {s.benefit for s in settlements}
    step = max(6.0, min(44.0, 780 / len(months)))
    wide = LEFT + step * len(months) + RIGHT
    parts: list[str] = []
    top = 22.0
    parts += _months(months, step)
    for path, row in list(_rows(months, paid, lang).items())[:MOST_ROWS]:
        status = next(c.status for c in row if c is not None)
        name = next(c.label for c in row if c is not None)
        parts.append(_text(4, top + 17, name))
        parts += _band(row, step, top, path) if status else _bars(row, step, top, lang)
        top += (BAND if status else BARS) + GAP
        if path in paid:
            parts += _marks([settled.get((path, m.month)) for m in months], step, top, lang)
            top += MARKS + GAP
    compared = compared_amounts(program, root)
    if compared is not None:
        parts += _lines(months, compared, step, top, lang)
        top += LINES + GAP
    label = escape(f"{program.name} {months[0].month} – {months[-1].month}", quote=True)
    told = "; ".join(f"{s.month} {s.benefit} {settled_text(s, lang)}" for s in settlements)
    described = f"<desc>{escape(told)}</desc>" if told else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide:.0f} {top:.0f}" width="{wide:.0f}" height="{top:.0f}" role="img" '
        f"aria-label=\"{label}\" font-family=\"'Noto Sans CJK SC','PingFang SC','Microsoft YaHei',sans-serif\" font-size=\"12\" "
        f'fill="currentColor">{described}{"".join(parts)}</svg>'
    )


def _text(x: float, y: float, said: str, more: str = "") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}"{more}>{escape(said)}</text>'


def _rows(months: Sequence[Month], settled: Set[str], lang: str) -> dict[str, list[Cell | None]]:
    """Path → its cell in each month; statuses first, then benefits that are ever paid or `settled`."""
    out: dict[str, list[Cell | None]] = {}
    for n, month in enumerate(months):
        for cell in cells(month.decision, lang):
            out.setdefault(cell.path, [None] * len(months))[n] = cell
    paid = {p for p, row in out.items() if p in settled or any(c and (c.status or c.value != 0) for c in row)}
    return dict(
        sorted(((p, r) for p, r in out.items() if p in paid), key=lambda x: not any(c and c.status for c in x[1]))
    )


def _months(months: Sequence[Month], step: float) -> Iterator[str]:
    """Years and, where there is room, months over the strip."""
    for n, month in enumerate(months):
        x = LEFT + n * step
        january = month.month.endswith("-01")
        soon = any(m.month.endswith("-01") for m in months[1 : int(32 / step) + 1])  # its label would be written over
        if january or (n == 0 and not soon):
            yield f'<line x1="{x:.1f}" y1="2" x2="{x:.1f}" y2="18" stroke="currentColor" stroke-opacity=".35"/>'
            yield _text(x + 2, 14, month.month[:4])
        elif step >= 20:
            yield _text(x + 2, 14, month.month[5:], ' fill-opacity=".6"')


def _band(row: list[Cell | None], step: float, top: float, path: str) -> Iterator[str]:
    at = 0
    for text, group in groupby(row, lambda c: (c.text, c.value if isinstance(c.value, int) else -1) if c else None):
        count = len(list(group))
        x, w = LEFT + at * step, count * step
        if text is not None:
            colour = COLOURS[text[1] % len(COLOURS)] if text[1] >= 0 else "#d0d7de"
            yield (
                f'<rect x="{x:.1f}" y="{top:.1f}" width="{w - 1:.1f}" height="{BAND}" fill="{colour}" rx="3">'
                f"<title>{escape(f'{path}: {text[0]}')}</title></rect>"
            )
            if w > 16 * len(text[0]):
                yield _text(x + 5, top + 17, text[0], ' fill="#fff"')
        at += count


def _bars(row: list[Cell | None], step: float, top: float, lang: str) -> Iterator[str]:
    amounts = [Fraction(c.value) if c is not None and known(c.value) else Fraction(0) for c in row]  # type: ignore[call-overload]
    most = max(*amounts, Fraction(1))
    last = None
    for n, (cell, amount) in enumerate(zip(row, amounts, strict=True)):
        high = float(amount / most) * (BARS - 16)
        x = LEFT + n * step
        if cell is not None:
            yield (
                f'<rect x="{x:.1f}" y="{top + BARS - high:.1f}" width="{step - 1:.1f}" height="{high:.1f}" fill="#0b5394">'
                f"<title>{escape(cell.said(lang))}</title></rect>"
            )
            if cell.text != last and step * 3 > 30:
                yield _text(x, top + BARS - high - 3, cell.text.split(" ")[0], ' font-size="10"')
            last = cell.text


def _marks(row: list[Settlement | None], step: float, top: float, lang: str) -> Iterator[str]:
    """In the month of settlement: upwards what is paid for earlier months, downwards what is taken back."""
    yield _text(4, top + 14, "补发" if lang == "zh" else "arrears", ' fill-opacity=".6"')
    until = 0.0
    for n, s in enumerate(row):
        if s is None:
            continue
        x, up = LEFT + n * step, s.amount > 0
        y, tip = (top + 10, -8) if up else (top + 2, 8)
        yield (
            f'<path d="M{x:.1f} {y:.1f}h8l-4 {tip}z" fill="#9a6700">'
            f"<title>{escape(f'{s.month} {settled_text(s, lang)}')}</title></path>"
        )
        said = amount_text(s.amount).replace("-", "−")
        if x >= until:
            yield _text(x, top + 22, said, ' font-size="10"')
            until = x + 6 * len(said)


def compared_amounts(program: ir.Program, root: str) -> tuple[ir.RuleRef, ir.Expression] | None:
    """A rule of the root and what it is compared with in a transition, or in a rule that transitions ask."""
    rules = {(r.entity, r.name): r for r in program.rules}
    asked = [r for r in program.rules if r.status and r.entity == root]
    seen = {(r.entity, r.name) for r in asked}
    while asked:
        rule = asked.pop(0)
        for formula in formulas(rule):
            for node in walk(formula):
                if isinstance(node, ir.Compare) and node.sign in ("<", "<=", ">", ">=") and node.left.type.is_amount:
                    ref, other = (
                        (node.left, node.right) if isinstance(node.left, ir.RuleRef) else (node.right, node.left)
                    )
                    if (
                        isinstance(ref, ir.RuleRef)
                        and isinstance(other, (ir.ParameterRef, ir.RuleRef, ir.AsOf))
                        and not ref.up
                    ):
                        return ref, other
                key = (node.entity, node.name) if isinstance(node, ir.RuleRef) else None
                if key in rules and key not in seen and key is not None and key[0] == root:
                    seen.add(key)
                    asked.append(rules[key])
    return None


def _lines(
    months: Sequence[Month], pair: tuple[ir.RuleRef, ir.Expression], step: float, top: float, lang: str
) -> Iterator[str]:
    series: list[list[Fraction | None]] = [[], []]
    for month in months:
        for values, node in zip(series, pair, strict=True):
            value = None
            if month.decision is not None:
                at = month.decision.instance
                value = Interpretation(month.decision.epoch, month.decision.day, at).evaluate(node, at)
            values.append(Fraction(value) if value is not None and known(value) else None)
    most = max((v for values in series for v in values if v is not None), default=Fraction(0)) or Fraction(1)
    for n, (node, values, colour) in enumerate(zip(pair, series, ("#0969da", "#cf222e"), strict=True)):
        yield _text(4, top + 17 + 18 * n, Words(lang).text(node), f' fill="{colour}"')
        path, last = "", None
        for i, value in enumerate(values):
            if value is None:
                last = None
                continue
            x, y = LEFT + i * step, top + LINES - float(value / most) * (LINES - 16)
            path += f"M{x:.1f} {y:.1f}H{x + step:.1f}" if last is None else f"V{y:.1f}H{x + step:.1f}"
            if value != last and step * 3 > 30:
                yield _text(
                    x + 1,
                    y - 3,
                    value_text(value, pair[0].type, lang).split(" ")[0],
                    f' font-size="10" fill="{colour}"',
                )
            last = value
        yield f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
