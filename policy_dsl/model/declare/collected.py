"""What has been collected so far, and the names that are taken."""

from __future__ import annotations

from ...diagnostics.report import Report
from ...source import Span
from ...syntax import nodes
from ..symbols import Declared
from ..types import Type

INHERITED = (
    "上级声明的在本级也能用：删去这里的；另有所指的，换一个名称",
    "what is declared above can be used here: delete this one; for something else take another name",
)


class Collected:
    """The declarations of all layers in their order, with what their meaning rests on. Each step of `declare` adds to it."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.types: dict[str, Type] = {}
        self.units: set[str] = set()
        self.documents: dict[str, nodes.Document] = {}
        self.declaring: dict[str, int] = {}  # document id → the layer that declares it
        self.jurisdictions: list[str] = []  # of the layers, top first
        self.paydays: list[Declared] = []
        self.broken: set[str] = set()
        self.found: list[Declared] = []
        self.additions: dict[str, list[Declared]] = {}  # values that 修订 adds, by the name of the type
        self.amended: set[str] = set()  # types that have such values
        self.seen: dict[tuple[str, ...], tuple[Span, int]] = {}

    def once(
        self,
        key: tuple[str, ...],
        name: str,
        span: Span,
        layer: int,
        sections: tuple[str, str] | None = None,
        *,
        amendable: bool = False,
        inherited: tuple[str, str] = INHERITED,
    ) -> bool:
        """Reports a second declaration; the first one stands. `sections`: how one layer declares it several times. `amendable`: whether
        the one of a layer above can be amended. `inherited`: what to do where it cannot."""
        before = self.seen.get(key)
        if before is None:
            self.seen[key] = (span, layer)
            return True
        above = None if amendable else inherited
        self.twice(name, before, (span, layer), sections if before[1] == layer else above)
        return False

    def twice(self, name: str, a: tuple[Span, int], b: tuple[Span, int], hint: tuple[str, str] | None = None) -> None:
        """Two declarations of one name: the lower layer's is at fault, within a layer the second."""
        same_file = a[0].source is b[0].source
        (first, upper), (second, layer) = sorted((a, b), key=lambda x: (x[1], x[0].start if same_file else 0))
        code = "P0202" if upper == layer else "P0605"
        self.report.error(code, second, name=name, labels=[(first, "先在这里声明", "first declared here")], hint=hint)
