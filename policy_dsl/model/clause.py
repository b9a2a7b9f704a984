"""A place in the law. Standard library only: explanations need it too."""

from __future__ import annotations

from typing import NamedTuple


class Clause(NamedTuple):
    """Where a rule stands in the law: the layer, the document, the headings down to it, the gist in the drafter's words."""

    policy: str
    document: str = ""  # number, 清民发〔2022〕251号
    title: str = ""
    headings: tuple[str, ...] = ()
    gist: str = ""

    def show(self) -> str:
        return " ".join(x for x in (self.document, *self.headings) if x)
