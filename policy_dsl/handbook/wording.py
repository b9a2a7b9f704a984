"""A declaration in the words of one language, so that an English page shows a Chinese file's rule as `sum(…) : yuan/month`.

The printer turns keywords; functions, moments, units and built-in types stand in tables that lie above it. The policy's own names stay.
"""

from __future__ import annotations

from typing import Any, TypeVar

import attrs

from ..ir.elaborate.lookback import is_this_year
from ..model.functions import BY_NAME, MOMENT_WORDS, MOMENTS, THIS_YEAR
from ..model.types import BUILTIN
from ..syntax import nodes
from ..syntax.keywords import UNIT_KEYS, unit_in

N = TypeVar("N", bound=nodes.Node)


def worded(node: N, lang: str) -> N:
    """The same tree, each word of the language that has a twin in the other one said in `lang`."""
    match node:
        case nodes.Call(name, arguments):
            if is_this_year(node):
                this_year = nodes.Name((THIS_YEAR[0 if lang == "zh" else 1],), span=arguments[0].span)
                arguments = (this_year, *arguments[1:])
            node = attrs.evolve(node, name=_function(name, lang), arguments=arguments)
        case nodes.Parts(_, _, rounding) if rounding:
            node = attrs.evolve(node, rounding=_function(rounding, lang))
        case nodes.Name((name,)) if name in MOMENTS:
            zh, en = MOMENT_WORDS[MOMENTS[name]]
            node = attrs.evolve(node, path=(zh if lang == "zh" else en,))
        case nodes.NamedType(parts):
            return attrs.evolve(node, parts=tuple(_type(p, lang) for p in parts))
    inner = {f.name: getattr(node, f.name) for f in attrs.fields(type(node)) if f.init and f.name != "span"}
    made = {name: _inside(value, lang) for name, value in inner.items()}
    changed = {name: value for name, value in made.items() if value is not inner[name]}
    return attrs.evolve(node, **changed) if changed else node


def _inside(value: Any, lang: str) -> Any:
    if isinstance(value, nodes.Node):
        return worded(value, lang)
    if isinstance(value, tuple):
        made = tuple(_inside(v, lang) for v in value)
        return made if any(a is not b for a, b in zip(made, value, strict=True)) else value
    return value


def _function(name: str, lang: str) -> str:
    """A function by its word; what has several keeps the one that was written. A parameter with keys stays."""
    row = BY_NAME.get(name)
    words = (row.zh if lang == "zh" else row.en) if row is not None else (name,)
    return name if name in words else words[0]


def _type(word: str, lang: str) -> str:
    if word in UNIT_KEYS:
        return unit_in(UNIT_KEYS[word], lang)
    twins = [w for w, t in BUILTIN.items() if t == BUILTIN.get(word) and w.isascii() == (lang == "en")]
    return twins[0] if twins else word
