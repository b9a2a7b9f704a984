"""The builder: all its parts together, as Lark looks for their methods by name."""

from __future__ import annotations

from .declarations import Declarations
from .examples import Examples
from .guarantees import Guarantees


class Builder(Declarations, Guarantees, Examples):
    """One method per alternative of policy.lark."""
