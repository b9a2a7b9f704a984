"""Keywords in the language that is asked for; names, in 「」 where they could not be read without."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from attrs import frozen

from .. import keywords
from .layout import plain

Language = Literal["zh", "en"]


@frozen
class Words:
    """What is written in which language, and what may not be a bare name there."""

    lang: Language
    reserved: frozenset[str] = keywords.RESERVED  # what may not be a bare name where it prints
    declared: str = ""  # the name whose body it prints: the heading of a table's results

    def word(self, terminal: str) -> str:
        return keywords.spelling(terminal, self.lang)

    def bare(self, name: str) -> bool:
        return plain(name) and name not in self.reserved

    def name(self, name: str) -> str:
        return name if self.bare(name) else f"「{name}」"

    def names(self, names: Iterable[str], between: str = ", ") -> str:
        return between.join(map(self.name, names))

    def compared(self, word: str) -> str:
        return keywords.comparison_in(word, self.lang)
