"""Days as people give them."""

from __future__ import annotations

import datetime
import re

from ..diagnostics.report import PolicyError, diagnostic


def day(on: str | datetime.date) -> int:
    """A decision's day as yyyymmdd; a month means its first day. Raises PolicyError."""
    if isinstance(on, datetime.datetime):
        on = on.date()
    if isinstance(on, datetime.date):
        return on.year * 10000 + on.month * 100 + on.day
    text = on if isinstance(on, str) else ""
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}(-[0-9]{2})?", text):
        try:
            d = datetime.date.fromisoformat(text if len(text) == 10 else text + "-01")
            return d.year * 10000 + d.month * 100 + d.day
        except ValueError:
            pass
    raise PolicyError([diagnostic("P0802", at=str(on)[:40] or '""', date=str(on)[:40])])
