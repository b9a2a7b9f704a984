"""Decisions and timelines with their reasons: beside functions written by hand, and how they grow with people and months."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import policy_dsl

from . import by_hand, households
from .measuring import Way, table
from .reading import DICTS, hand, over

HERE = Path(__file__).parent
COUNT = 40
PEOPLE = (40, 160)
MONTHS = (12, 48)


def reasons() -> list[str]:
    """All tables; gives what crossed its bound."""
    return [*beside_hand(), *growth()]


def beside_hand() -> list[str]:
    sa, shipped = policy_dsl.load(HERE / "sa.policy"), policy_dsl.load("qingshui")
    out = []
    for title, policy, on, cases, function, bound, goal in (
        ("SA-bench", sa, "2025-01-01", households.sa(COUNT), by_hand.sa, 2000, 1500),
        ("Qingshui 2022", shipped, "2022-06-01", households.qingshui(COUNT), by_hand.qingshui, 1200, 600),
    ):

        def way(name: str, read: Any, bound: float = 0, goal: float = 0) -> Way:
            return Way(name, COUNT, over(policy, cases, on, read), DICTS, bound, goal)  # noqa: B023

        out += table(
            f"Reasons, {title}: {COUNT} households; by hand figures without any",
            [
                hand(function, cases, 20),
                way("JSON with reasons", lambda d: d.to_json(), bound, goal),
                way("explain().to_json()", lambda d: d.explain().to_json()),
                way("explain().text()", lambda d: d.explain().text()),
            ],
        )
    return out


def growth() -> list[str]:
    """Four times as much to explain, at most five times as dear."""
    bridge = policy_dsl.load(HERE / "bridge.policy")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "sa.policy"
        file.write_text((HERE / "sa.policy").read_text(encoding="utf-8").replace("1..8", "1..200"), encoding="utf-8")
        sa = policy_dsl.load(file)
    few, many = (_household(n) for n in PEOPLE)
    people = [
        Way(
            f"{n} people", 1, over(sa, [case], "2025-01-01", lambda d: d.to_json()), DICTS, EVEN if n > PEOPLE[0] else 0
        )
        for n, case in zip(PEOPLE, (few, many), strict=True)
    ]

    def timeline(months: int) -> Way:
        def run() -> None:
            json.dumps(bridge.timeline(HISTORY, start="2022-01", end=f"{2021 + months // 12}-12").to_json())

        return Way(f"{months} months", 1, run, DICTS, EVEN if months > MONTHS[0] else 0)

    return [
        *table("Reasons as JSON of a household, SA-bench", people),
        *table("A timeline as JSON, bridge, household of five", [timeline(n) for n in MONTHS]),
    ]


EVEN = 5
HISTORY: dict[str, Any] = {
    "家庭": {
        "成员": [
            {
                "姓名": str(n),
                "月收入": [
                    {"自": f"{2022 + k // 12}-{k % 12 + 1:02d}", "为": 100 * n + k % 7 * 50} for k in range(n, 48, 5)
                ]
                if n
                else 100,
            }
            for n in range(5)
        ]
    }
}


def _household(people: int) -> dict[str, Any]:
    """One of SA-bench's with so many people."""
    cases = households.sa(people)
    members = [m for c in cases for m in c["家庭"]["members"]][:people]
    return {"家庭": {**cases[0]["家庭"], "members": members}}
