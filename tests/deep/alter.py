"""Small faults in the product's own code: one operator, number, condition, return value or statement changed, the rest of the file as it was.

A change is known by what it is, not by where it stands: its function, its line before and its line after. Left out is what nobody could notice
or what only the type checker reads: annotations, decorators, docstrings, and `assert`, which says what holds anyway.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]

_COMPARED: dict[type[ast.cmpop], tuple[str, str]] = {
    ast.Lt: ("<", "<="),
    ast.LtE: ("<=", "<"),
    ast.Gt: (">", ">="),
    ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="),
    ast.NotEq: ("!=", "=="),
    ast.Is: ("is", "is not"),
    ast.IsNot: (r"is\s+not", "is"),
    ast.In: ("in", "not in"),
    ast.NotIn: (r"not\s+in", "in"),
}
_COMPUTED: dict[type[ast.operator], tuple[str, str]] = {
    ast.Add: (r"\+", "-"),
    ast.Sub: ("-", "+"),
    ast.Mult: (r"\*", "//"),
    ast.Div: ("/", "*"),
    ast.FloorDiv: ("//", "*"),
    ast.Mod: ("%", "//"),
    ast.Pow: (r"\*\*", "*"),
    ast.BitOr: (r"\|", "&"),
    ast.BitAnd: ("&", "|"),
}
_CALLED = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Change(NamedTuple):
    """A file of which the bytes from `start` to `end` are others."""

    path: Path
    function: str
    line: int
    start: int
    end: int
    new: bytes

    @property
    def compiles(self) -> bool:
        try:
            compile(self.made(), str(self.path), "exec", dont_inherit=True)
        except SyntaxError:
            return False
        return True

    def made(self) -> bytes:
        old = _bytes(self.path)
        return old[: self.start] + self.new + old[self.end :]

    @property
    def key(self) -> tuple[str, str, str]:
        """The function, the first line that differs, as it is and as it becomes."""
        text = _bytes(self.path)
        begin = text.rfind(b"\n", 0, self.start) + 1
        after = text[begin : self.start] + self.new + text[self.end :].partition(b"\n")[0]
        return self.function, _first(text[begin:]), _first(after)

    def __str__(self) -> str:
        function, old, new = self.key
        return f"{self.path.relative_to(ROOT)}:{self.line} {function}\n    - {old}\n    + {new}"


@cache
def _bytes(path: Path) -> bytes:
    return path.read_bytes()


def _first(text: bytes) -> str:
    return text.partition(b"\n")[0].decode().strip()


def changes(path: Path) -> list[Change]:
    """Every change that can be tried on a file, in its order; a few do not compile."""
    source = _bytes(path)
    starts = [0]
    for line in source.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return sorted(Change(path, *found) for found in _Finder(source, starts).all())


_Found = tuple[str, int, int, int, bytes]


class _Finder:
    def __init__(self, source: bytes, starts: list[int]) -> None:
        self.source = source
        self.starts = starts

    def all(self) -> Iterator[_Found]:
        yield from self._in(ast.parse(self.source), "")

    def _at(self, node: ast.expr | ast.stmt) -> tuple[int, int]:
        assert node.end_lineno is not None
        assert node.end_col_offset is not None
        return self.starts[node.lineno - 1] + node.col_offset, self.starts[node.end_lineno - 1] + node.end_col_offset

    def _in(self, node: ast.AST, function: str) -> Iterator[_Found]:
        if isinstance(node, ast.Assert) or (isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)):
            return
        if isinstance(node, ast.expr | ast.stmt):
            for start, end, new in self._of(node):
                yield function, node.lineno, start, end, new
        if isinstance(node, ast.comprehension):
            for test in node.ifs:
                for start, end, new in self._negated(test):
                    yield function, test.lineno, start, end, new
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            function = f"{function}.{node.name}" if function else node.name
        for field, value in ast.iter_fields(node):
            if field in ("annotation", "returns", "decorator_list", "bases"):
                continue
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from self._in(child, function)

    def _of(self, node: ast.expr | ast.stmt) -> Iterator[tuple[int, int, bytes]]:
        start, end = self._at(node)
        match node:
            case ast.Compare(left=left, ops=ops, comparators=right):
                for a, op, b in zip([left, *right[:-1]], ops, right, strict=True):
                    yield from self._between(a, b, _COMPARED[type(op)])
            case ast.BinOp(left=left, op=op, right=other) if type(op) in _COMPUTED:
                yield from self._between(left, other, _COMPUTED[type(op)])
            case ast.BoolOp(op=op, values=values):
                words = ("and", "or") if isinstance(op, ast.And) else ("or", "and")
                for a, b in pairwise(values):
                    yield from self._between(a, b, words)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                yield start, self._at(operand)[0], b""
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                yield start, start + 1, b"+"
            case ast.AugAssign(target=target, op=op, value=value) if type(op) in _COMPUTED:
                yield from self._between(target, value, _COMPUTED[type(op)])
            case ast.Constant(value=bool()):
                yield start, end, str(not node.value).encode()
            case ast.Constant(value=int(number)):
                yield start, end, str(number + 1).encode()
                yield start, end, f"({number - 1})".encode()
            case ast.Call(func=ast.Name(id=name) as called) if name in _CALLED:
                yield *self._at(called), _CALLED[name].encode()
            case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
                yield from self._negated(test)
            case ast.Return(value=ast.expr() as value) if not _is_none(value):
                yield *self._at(value), b"None"
        match node:
            case ast.Expr(value=ast.Constant()):
                pass
            case ast.Assign() | ast.AugAssign() | ast.Expr() | ast.Raise() | ast.Delete():
                yield start, end, b"pass"
            case ast.If(orelse=[]) if self.source[start : start + 2] == b"if":
                yield start, end, b"pass"
            case ast.Continue():
                yield start, end, b"break"
            case ast.Break():
                yield start, end, b"continue"

    def _between(self, a: ast.expr, b: ast.expr, words: tuple[str, str]) -> Iterator[tuple[int, int, bytes]]:
        old, new = words
        begin, end = self._at(a)[1], self._at(b)[0]
        word = re.search(rf"\b{old}\b".encode() if old[0].isalpha() else old.encode(), self.source[begin:end])
        assert word is not None
        yield begin + word.start(), begin + word.end(), new.encode()

    def _negated(self, test: ast.expr) -> Iterator[tuple[int, int, bytes]]:
        """Branches exchanged. A comparison alone is negated by its operator, where it has an opposite."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return
        if isinstance(test, ast.Compare) and len(test.ops) == 1 and not isinstance(test.ops[0], _ORDERED):
            return
        start, end = self._at(test)
        yield start, end, b"not (" + self.source[start:end] + b")"


_ORDERED = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)


def _is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None
