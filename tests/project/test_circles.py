"""No file of the package needs one that needs it: imports at the top, inside functions and for types, all counted."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import policy_dsl

PACKAGE = Path(policy_dsl.__file__).parent
NAMES = {  # dotted name below the package → file
    ".".join(f.relative_to(PACKAGE).with_suffix("").parts).removesuffix(".__init__"): f for f in PACKAGE.rglob("*.py")
}
Imports = dict[str, dict[str, set[str]]]  # file → files that it imports → how: "top", "lazy", "types"

FORMS = "a result offers its forms, and loads the one that is asked for; the form reads the result"

# file → file that stands above it in the imports, with the reason why it is named all the same
BACKWARD = {
    ("diagnostics.report", "diagnostics.render"): FORMS,
    ("effective.effective", "effective.data"): FORMS,
    ("effective.effective", "effective.text"): FORMS,
    ("explain.explanation", "explain.data"): FORMS,
    ("explain.explanation", "explain.html"): FORMS,
    ("explain.explanation", "explain.text"): FORMS,
    ("register.register", "register.data"): FORMS,
    ("register.register", "register.text"): FORMS,
    ("timeline.timeline", "timeline.forms"): FORMS,
}


@cache
def imports() -> Imports:
    """Every import of a file of the package by another."""
    out: Imports = {}
    for name, file in NAMES.items():
        found: dict[str, set[str]] = {}
        folder = name.split(".") if file.name == "__init__.py" else name.split(".")[:-1]
        for node, how in _nodes(ast.parse(file.read_text(encoding="utf-8")), "top"):
            for imported in _named(node, folder):
                if imported != name:
                    found.setdefault(imported, set()).add(how)
        out[name] = found
    return out


def _nodes(node: ast.AST, how: str) -> Iterator[tuple[ast.ImportFrom, str]]:
    """The imports below a node, each with how it comes about."""
    for child in ast.iter_child_nodes(node):
        here = how
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test) and child in node.body:
            here = "types"
        elif isinstance(child, (ast.FunctionDef, ast.AsyncFunctionDef)) and how == "top":
            here = "lazy"
        if isinstance(child, ast.ImportFrom) and child.level:
            yield child, here
        yield from _nodes(child, here)


def _named(node: ast.ImportFrom, folder: list[str]) -> Iterator[str]:
    """The files that `from … import …` in a file of a folder names."""
    base = folder[: len(folder) + 1 - node.level] + (node.module.split(".") if node.module else [])
    for alias in node.names:
        for parts in ([*base, alias.name], base):
            if ".".join(parts) in NAMES:
                yield ".".join(parts)
                break


def circles(found: Imports, left_out: set[tuple[str, str]]) -> list[list[str]]:
    """The files that need each other, one list a circle (Tarjan's strongly connected components)."""
    number: dict[str, int] = {}
    lowest: dict[str, int] = {}
    open_: list[str] = []
    out: list[list[str]] = []

    def visit(file: str) -> None:
        number[file] = lowest[file] = len(number)
        open_.append(file)
        for other in found[file]:
            if (file, other) in left_out:
                continue
            if other not in number:
                visit(other)
                lowest[file] = min(lowest[file], lowest[other])
            elif other in open_:
                lowest[file] = min(lowest[file], number[other])
        if lowest[file] == number[file]:
            at = open_.index(file)
            if len(open_) - at > 1:
                out.append(sorted(open_[at:]))
            del open_[at:]

    for file in found:
        if file not in number:
            visit(file)
    return out


def test_no_file_needs_one_that_needs_it() -> None:
    assert circles(imports(), set(BACKWARD)) == []


@pytest.mark.parametrize("pair", BACKWARD, ids=" names ".join)
def test_what_is_named_backward_is_loaded_late(pair: tuple[str, str]) -> None:
    """… and would close a circle: what no longer does leaves the list."""
    found = imports()
    file, other = pair
    hows = found[file].get(other, set())
    assert hows == {"lazy"}, f"{file} imports {other}: {hows or 'not at all'}"
    assert any(file in circle for circle in circles(found, set(BACKWARD) - {pair}))


def test_every_folder_says_what_it_is_for() -> None:
    for file in NAMES.values():
        if file.name == "__init__.py":
            assert ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))), file
