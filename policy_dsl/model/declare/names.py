"""Names that would hide others."""

from __future__ import annotations

from ..functions import BY_NAME, MOMENTS
from ..symbols import ParameterSymbol
from .collected import Collected


def refuse_hiding_names(collected: Collected, parameters: dict[str, ParameterSymbol]) -> None:
    """Names hide neither functions nor moments, nor a member a parameter."""
    for name, p in parameters.items():
        function = BY_NAME.get(name)
        if name in MOMENTS or (function is not None and (p.keys or not function.soft)):
            collected.report.error("P0202", p.declared[0].node.span, name=name)
    for (kind, *_, name), (span, layer) in collected.seen.items():
        if kind != "member":
            continue
        if name in MOMENTS:
            collected.report.error("P0202", span, name=name)
        elif ("parameter", name) in collected.seen:  # it would be read in the place of the parameter everywhere
            collected.twice(name, collected.seen["parameter", name], (span, layer), ("换一个名称", "take another name"))
