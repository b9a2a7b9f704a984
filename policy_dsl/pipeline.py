"""The passes, in order. The page to read first.

    texts ──parse──▶ trees ──declare──▶ model ──build──▶ program (IR) ──check──▶ fit to run
          syntax/          model/             ir/                     checks/

Each pass reports all that it finds wrong. What one pass could not use is left out of the next; the others go on, so that independent
mistakes come at once and nothing is reported that only follows from another.
"""

from __future__ import annotations

import gc

from attrs import evolve

from .checks.check import check
from .checks.compiled import tell_left_out
from .checks.figures import check_figures
from .checks.law import joined
from .checks.layers import compare_layers
from .checks.statuses import check_statuses
from .checks.stepped import stepped_over
from .diagnostics.report import Enough, PolicyError, Report
from .ir.build import build
from .ir.nodes import Program
from .library import LayerFiles, digest
from .model.declare.copies import without_copies
from .model.declare.declare import declare
from .model.declare.layers import Layer
from .source import Source, Span
from .syntax import nodes
from .syntax.allowances import settle
from .syntax.characters import MAX_WORDS, word_count
from .syntax.parse import parse
from .syntax.unfilled import unfilled


def compile_layers(layers: list[LayerFiles], report: Report) -> Program | None:
    """The program of a policy with its layers (top first); None, and the reasons in `report`, when it does not compile."""
    collecting = gc.isenabled()
    gc.disable()  # trees hold no cycles, and looking for some again and again takes a third of the time
    parsed: list[Layer] = []
    mine = Report()  # of this policy alone: what was found in another one ends no pass here
    program = None
    try:
        try:
            program = _passes(layers, parsed, mine)
        finally:
            files = [f for layer in parsed for f in layer.files]
            settle(files, parsed[-1].files if program is not None else (), mine, program is not None)
            mine.items = joined(mine.items)
            report.take(mine)
    except Enough:
        return None
    finally:
        if collecting:
            gc.enable()
    return program


def _passes(layers: list[LayerFiles], parsed: list[Layer], report: Report) -> Program | None:
    words = 0
    for layer in layers:
        files = []
        for file in layer.files:
            source = Source(file.name, file.text)
            words += word_count(file.text)
            if words > MAX_WORDS:
                report.error("P0130", Span(source, 0, 1), most=MAX_WORDS)
                return None
            tree = parse(source, report)
            _head(tree, source, report)
            files.append(tree)
        parsed.append(Layer(layer.policy, tuple(files)))
    model = declare([evolve(x, files=without_copies(x.files, report)) for x in parsed], report)
    program = build(model, digest(layers), report)._replace(texts=tuple(digest([x]) for x in layers))
    check_statuses(program, model, report)
    for own in parsed[-1].files if parsed else ():
        unfilled(own, report)
    if not report.failed:
        check(program, report)
        compare_layers(program, report)
        stepped_over(program, report)
        if not report.failed:
            check_figures(program, report)
            tell_left_out(program, report)
    return None if report.failed else program


def _head(tree: nodes.File, source: Source, report: Report) -> None:
    """Each file says which policy it belongs to, once."""
    heads = [i for i in tree.items if isinstance(i, nodes.PolicyHead)]
    if not heads and source.text.strip() and not tree.broken:
        first = tree.items[0].span if tree.items else Span(source, 0, 1)
        if not any(d.place and d.place.file == source.name for d in report.items):
            report.error("P0601", first)
    for extra in heads[1:]:
        report.error("P0602", extra.span, labels=[(heads[0].span, "第一个", "the first one")])


def compile_or_raise(layers: list[LayerFiles]) -> Program:
    report = Report()
    program = compile_layers(layers, report)
    if program is None:
        raise PolicyError(report.sorted())
    return program
