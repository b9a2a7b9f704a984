"""Headings that a scaffold leaves to be filled in: `## 待填 标准`. While they stand, reasons cite no article of any document."""

from __future__ import annotations

from ..diagnostics.report import Report
from . import nodes

TO_FILL = ("待填", "to_fill")


def unfilled(file: nodes.File, report: Report) -> None:
    """Tells once of a file that headings of it are still to be filled in."""
    headings = [x for x in file.items if isinstance(x, nodes.Heading) and x.text.split(" ")[0].rstrip(":：") in TO_FILL]
    if headings:
        first, *others = headings
        labels = [(x.span, "这里也是", "here, too") for x in others]
        report.error("P0340", first.span, heading=first.text, count=len(headings), labels=labels)
