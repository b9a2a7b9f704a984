"""Loading a policy: find its files, take the compiled one from the cache, or compile and keep it."""

from __future__ import annotations

import os

from . import cache, library
from .facts.arguments import unfit
from .library import LayerFiles
from .policy import Policy


def load(name: str | os.PathLike[str]) -> Policy:
    """Loads a policy: a shipped one by name ("qingshui", "清水县"), or a path to a file or folder (with a slash, or ending in .policy).

    Compiled policies are kept in the user's cache folder (cache.py), their functions as soon as they are asked for. Raises PolicyError with everything that is wrong in the texts.
    """
    if not isinstance(name, (str, os.PathLike)):
        raise unfit("name", "政策的名称或路径", "the name of a policy or a path", name)
    return loaded(library.find(name))


def loaded(layers: list[LayerFiles]) -> Policy:
    """The policy of these layers, top first. Raises PolicyError with everything that is wrong in the texts."""
    texts = {f.name: f.text for layer in layers for f in layer.files}
    path = cache.entry(layers)
    if path is not None:
        found = cache.read(path)
        if found is not None:
            found.engine.texts = texts
            return found
    from .backends.engine import Engine
    from .pipeline import compile_or_raise

    engine = Engine(compile_or_raise(layers), shelf=None if path is None else cache.shelf(path))
    engine.texts = texts
    if path is not None:
        cache.write(path, engine)
    return Policy(engine.program, engine)
