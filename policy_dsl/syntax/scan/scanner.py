"""The scanner: lines and cells of one source."""

from __future__ import annotations

from .cells import Cells
from .lines import Lines


class Scanner(Lines, Cells):
    """Scans the items of one source with `scan`, the cells of its tables with `row` and `scan_cell`."""
