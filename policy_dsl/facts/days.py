"""Days as people and programs give them."""

from __future__ import annotations

import datetime
import re

from ..diagnostics.report import PolicyError, diagnostic
from .arguments import shown
from .plain import scalar


def day(on: str | datetime.date) -> int:
    """A decision's day as yyyymmdd; a month means its first day. Raises PolicyError, whatever object it is given."""
    made = scalar(on)
    if isinstance(made, datetime.datetime):
        made = made.date()
    if isinstance(made, datetime.date):
        return made.year * 10000 + made.month * 100 + made.day
    text = made if isinstance(made, str) else ""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", text):
        try:
            d = datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")
            return d.year * 10000 + d.month * 100 + d.day
        except ValueError:
            pass
    raise PolicyError([diagnostic("P0802", at=shown(on) or '""', date=shown(on))])
