"""Keys of given facts that belong to their form and not to a policy, each in both spellings (semantics, further rule 32)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Word = tuple[str, str]

PREVIOUS: Word = ("上月", "previous")  # what an entry carries from the month before
PRESENT: Word = ("在列", "present")  # whether an entry of a list is there
PAID: Word = ("已发", "paid")  # the ledger: what was really paid
DUE: Word = ("应发", "due")  # what a month pays, as 补发 reads it
RESERVED_FACTS = frozenset(
    word for pair in (PREVIOUS, PRESENT, PAID, DUE) for word in pair
)  # no names of facts or lists
SINCE: Word = ("自", "from")
UNTIL: Word = ("至", "to")
IS: Word = ("为", "is")
LEARNED: Word = ("获知", "known")
SETTLED: Word = ("结清", "settled")  # of the ledger: the month in which that was paid as a settlement
LOOK_BACKS: dict[str, str] = {"持续": "spent", "累计": "total", "进入时": "at_entry", "近": "last"}  # under 上月

PARTS: dict[str, str] = {
    "现行": "in_force",
    "份额": "share",
    "待发": "outstanding",
    "结余": "remainder",
    "发放": "part",
    "未发": "unpaid",
    "余额": "balance",
}
"""What is known of a benefit in parts (ir/parts.py); a value of one is named 份额(月发). `上月` gives the last two."""
CARRIED_PARTS = ("未发", "余额")


def of_parts(word: str, benefit: str) -> str:
    """The name of one of PARTS of a benefit: 份额(月发)."""
    return f"{word}({benefit})"


AWAY: Word = ("不在", "absent")  # in 近, a month in which the entry was not there


def stay_of(status: str) -> str:
    """The carried count of a status's months in its state, this one included, as rules and `上月` name it."""
    return f"持续({status})"


def given(value: Mapping[Any, Any], word: Word) -> Any:
    """What stands under a key in either spelling; None where nothing does."""
    return value.get(word[0], value.get(word[1]))
