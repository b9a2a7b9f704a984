"""Characters that no word, number or sign is made of, each with a message of its own."""

from __future__ import annotations

from ...diagnostics.report import Diagnostic, diagnostic
from ...source import Source, Span
from .. import characters
from .tokens import TOKEN


def unreadable(source: Source, at: int) -> Diagnostic:
    """What is wrong with the character there."""
    character = source.text[at]
    span = Span(source, at, at + 1)
    if character.isdecimal():
        stop = at
        while stop < len(source.text) and (source.text[stop].isdecimal() or source.text[stop] in ".．"):
            stop += 1
        written = source.text[at:stop]
        plain = "".join(str(int(c)) if c.isdecimal() else "." for c in written)
        return diagnostic("P0110", Span(source, at, stop), written=written, plain=plain)
    if characters.is_hidden(character):
        return diagnostic("P0111", span, character=characters.describe(character))
    plain = characters.lookalike(character)
    if plain and TOKEN.match(characters.fold(plain)):
        return diagnostic("P0113", span, character=characters.describe(character), plain=plain)
    if character in '「」"“”':
        return diagnostic("P0114", span, character=character)
    return diagnostic("P0115", span, character=characters.describe(character))
