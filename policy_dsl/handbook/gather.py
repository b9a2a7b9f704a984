"""Puts places together: which files belong to a policy and its layers, their programs, and what stands in each file in which order."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import assert_never

from .. import cache, library
from ..backends.engine import Engine
from ..diagnostics.report import Diagnostic, PolicyError, Report
from ..ir import nodes as ir
from ..library import LayerFiles
from ..model.clause import Clause
from ..model.declare.clauses import in_law
from ..pipeline import compile_layers
from ..source import Source
from ..syntax import nodes
from ..syntax.parse import parse
from .names import Names
from .places import REGISTER, Group, Item, Place, Scheme, documents_of


def places(given: str) -> list[Place]:
    """The policies of a path, or the shipped one of a name, with all layers above them; uppers first.

    A name without slash is a shipped policy's first, a folder's where no policy is called so. Raises PolicyError when something
    is not found or does not compile.
    """
    folder = os.path.isdir(given) and given not in library.shipped()
    units, problems = library.units([given]) if folder or library.is_path(given) else ([library.find(given)], [])
    return places_of(units, problems)


def places_of(units: list[list[LayerFiles]], problems: Iterable[Diagnostic] = ()) -> list[Place]:
    """The places of policies that have been found, each given with its layers, top first."""
    report = Report()
    for found in problems:
        report.add(found)
    gatherer = _Gatherer(report)
    for layers in units:
        gatherer.place(layers)
    if report.failed:
        raise PolicyError(report.sorted())
    return gatherer.sorted()


class _Gatherer:
    def __init__(self, report: Report) -> None:
        self.report = report
        self.found: dict[tuple[str, ...], Place | None] = {}
        self.folders = Names()

    def sorted(self) -> list[Place]:
        """Each place after the one above it, beside each other by their names."""
        made = [p for p in self.found.values() if p is not None]
        for place in made:
            place.lower.sort(key=lambda p: (p.name, p.folder))
        tops = sorted((p for p in made if p.upper is None), key=lambda p: (p.name, p.folder))
        return [p for top in tops for p in (top, *top.below)]

    def place(self, layers: list[LayerFiles]) -> Place | None:
        """The place of the last of the layers; None, and the reasons in the report, when it does not compile."""
        key = tuple(os.path.realpath(f.path) for f in layers[-1].files)
        if key not in self.found:
            upper = self.place(layers[:-1]) if len(layers) > 1 else None
            program = self._program(layers) if upper is not None or len(layers) == 1 else None
            self.found[key] = None if program is None else self._made(layers[-1], program, upper)
        return self.found[key]

    def _program(self, layers: list[LayerFiles]) -> ir.Program | None:
        path = cache.entry(layers)
        kept = cache.read(path) if path is not None else None
        if kept is not None:
            return kept.program
        mine = Report()
        program = compile_layers(layers, mine)
        for found in mine.items if program is None else ():
            self.report.add(found)
        return program

    def _made(self, layer: LayerFiles, program: ir.Program, upper: Place | None) -> Place:
        pages = Names("index", REGISTER)
        documents = {d.id: d for p in (upper.chain if upper else ()) for d in documents_of(p)}
        place = Place(layer.policy, self.folders.take(layer.policy), Engine(program), upper, [], pages)
        sources = [Source(file.name, file.text) for file in layer.files]
        trees = [parse(source, Report()) for source in sources]
        documents |= {x.id: x for tree in trees for x in tree.items if isinstance(x, nodes.Document)}
        for source, tree in zip(sources, trees, strict=True):
            place.schemes.append(_scheme(source, tree, layer.policy, documents, pages))
        for key in program.outputs:
            if key in place.said:
                pages.take(key, ".".join(key))
        if upper is not None:
            upper.lower.append(place)
        return place


def _scheme(
    source: Source, tree: nodes.File, policy: str, documents: dict[str, nodes.Document], pages: Names
) -> Scheme:
    file = source.name.replace("\\", "/").rpartition("/")[2]
    title = next((i.text for i in tree.items if isinstance(i, nodes.Heading) and i.level == 1), "")
    stem = os.path.splitext(file)[0]
    anchors = Names()
    groups = [Group()]
    for item, clause, notes in _with_notes(tree, policy, documents):
        match item:
            case nodes.Comment(said) | nodes.Gist(said):
                if groups[-1].items:
                    groups.append(Group())
                note = isinstance(item, nodes.Comment)
                groups[-1].texts.append(("note", plain_note(said)) if note else ("gist", said))
            case nodes.Heading(level):
                if level > 1:
                    groups.append(Group(item))
            case _:
                assert clause is not None
                anchor = anchors.take(item, _label(item))
                groups[-1].items.append(Item(item, clause, notes, file, item.span.place.line, anchor))
    kept = [g for g in groups if g.heading or g.texts or g.items]
    listing = pages.take((file, "as it was written", ""), file)
    return Scheme(file, title or stem, pages.take(file, stem), listing, source.text, kept)


def _label(item: nodes.Declaration) -> str:
    """What an item's anchor is made of."""
    match item:
        case nodes.PolicyHead(name) | nodes.Entity(name) | nodes.TypeDeclaration(name) | nodes.Parameter(name):
            return name
        case nodes.Rule(entities, name) | nodes.Status(entities, name):
            return f"{'-'.join(entities)}.{name}"
        case nodes.Document(id_):
            return id_
        case nodes.Amendment(names):
            return "-".join(names)
        case nodes.Example(title) | nodes.Guarantee(title):
            return title
        case _:
            assert_never(item)


def _with_notes(
    tree: nodes.File, policy: str, documents: dict[str, nodes.Document]
) -> Iterable[tuple[nodes.Item | nodes.Comment, Clause | None, tuple[str, ...]]]:
    """The items of a file in their order, with their clause and comments; a comment between items stands for itself."""
    items = list(in_law(tree, policy, documents))
    comments = sorted(tree.comments, key=lambda c: c.span.start)
    for n, (item, clause) in enumerate(items):
        while comments and comments[0].span.start < item.span.start:
            yield comments.pop(0), None, ()
        end = items[n + 1][0].span.start if n + 1 < len(items) else len(item.span.source.text)
        inside = []
        while comments and comments[0].span.start < end and _inside(comments[0], item):
            inside.append(plain_note(comments.pop(0).text))
        yield item, clause, tuple(inside)
    for comment in comments:
        yield comment, None, ()


def _inside(comment: nodes.Comment, item: nodes.Item) -> bool:
    """On the item's first line, or on an indented one."""
    source = comment.span.source
    line = source.line_of(comment.span.start)
    return line == source.line_of(item.span.start) or source.line_text(line)[:1].isspace()


def plain_note(comment: str) -> str:
    """A comment without its slashes."""
    return comment.lstrip("/").strip()
