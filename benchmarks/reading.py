"""Decisions as users read them: one output, some, all, as JSON; then the same where facts are not known."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import policy_dsl
from policy_dsl import Decision, Policy

from . import by_hand, households
from .measuring import Way, table

HERE = Path(__file__).parent
COUNT = 1000
Facts = dict[str, Any]
DICTS = "from the facts as dicts"


def reading() -> list[str]:
    """All tables; gives what crossed its bound."""
    return [*sa(), *qingshui(), *open_facts()]


def over(policy: Policy, cases: list[Facts], on: str, read: Callable[[Decision], object]) -> Callable[[], None]:
    decide = policy.decide

    def run() -> None:
        for case in cases:
            read(decide(case, on=on))

    return run


def hand(function: Callable[[Facts], object], cases: list[Facts], times: int = 5) -> Way:
    """The base: so often that its time can be measured."""

    def run() -> None:
        for _ in range(times):
            for case in cases:
                function(case)

    return Way("by hand", times * len(cases), run, DICTS)


def unread(_: Decision) -> None:
    """What deciding costs by itself."""


def sa() -> list[str]:
    policy, on = policy_dsl.load(HERE / "sa.policy"), "2025-01-01"
    cases = households.sa(COUNT)
    for case in cases:
        decision = policy.decide(case, on=on)
        per_head, _, total, totals = by_hand.sa(case)
        assert four_of_sa(decision)[::2] == (per_head, total)
        assert decision["家庭.members[0].合计额"] == totals[0]
        same_by_every_way(decision)

    def way(name: str, read: Callable[[Decision], object], bound: float, goal: float, part: int = 1) -> Way:
        some = cases[: len(cases) // part]
        return Way(name, len(some), over(policy, some, on, read), DICTS, bound, goal)

    return table(
        f"Reading, SA-bench: {COUNT} households; by hand four figures, ours all outputs of a household",
        [
            hand(by_hand.sa, cases),
            way("decide, unread", unread, 3.8, 3),
            way("one output", lambda d: d["家庭.合计总额"], 4.4, 0),
            way("four outputs", four_of_sa, 5.5, 4.5),
            way("dict(decision)", dict, 17, 12),
            way("decision.outputs", lambda d: d.outputs, 30, 30, 2),
            way("decision.amounts()", Decision.amounts, 9, 0),
            way("JSON without reasons", without_reasons, 40, 40, 4),
        ],
    )


def qingshui() -> list[str]:
    policy, on = policy_dsl.load("qingshui"), "2022-06-01"
    cases = households.qingshui(COUNT // 4)
    for case in cases:
        decision = policy.decide(case, on=on)
        by_hand.same_qingshui(decision, by_hand.qingshui(case))
        same_by_every_way(decision)

    def way(name: str, read: Callable[[Decision], object], bound: float, goal: float, part: int = 1) -> Way:
        some = cases[: len(cases) // part]
        return Way(name, len(some), over(policy, some, on, read), DICTS, bound, goal)

    return table(
        f"Reading, Qingshui 2022: {len(cases)} households; by hand and ours all outputs of household, person and obligor",
        [
            hand(by_hand.qingshui, cases, 2),
            way("decide, unread", unread, 5.5, 3.5),
            way("one benefit", lambda d: d["家庭.低保金"], 5.7, 4),
            way("all benefits, amounts()", Decision.amounts, 7, 6),
            way("decision.outputs", lambda d: d.outputs, 30, 30, 2),
            way("JSON without reasons", without_reasons, 95, 80, 4),
        ],
    )


def open_facts() -> list[str]:
    """Qingshui's households with facts left out, against the same households whole; amounts are read of both."""
    policy, on = policy_dsl.load("qingshui"), "2022-06-01"
    cases = households.qingshui(COUNT // 20)

    def way(name: str, facts: list[Facts], bound: float, goal: float) -> Way:
        return Way(name, len(facts), over(policy, facts, on, Decision.amounts), DICTS, bound, goal)

    dice = random.Random(4)
    whole = Way("all known", 4 * len(cases), over(policy, cases * 4, on, Decision.amounts), DICTS)
    return table(
        f"Open facts, Qingshui 2022: {len(cases)} households, decide and amounts()",
        [
            whole,
            way("one of the household unknown", [without(c, ("存款",), ()) for c in cases], 45, 1.5),
            way("one of each member unknown", [without(c, (), ("工资性收入",)) for c in cases], 60, 2),
            way("a third of all unknown", [a_third(c, dice) for c in cases], 130, 5),
        ],
    )


# --- what is read


def four_of_sa(d: Decision) -> tuple[object, ...]:
    return d["家庭.人均收入"], d["家庭.状态"], d["家庭.合计总额"], d["家庭.members[0].合计额"]


def without_reasons(d: Decision) -> object:
    return d.to_json(explanation=False)


def same_by_every_way(decision: Decision) -> None:
    """Every way of reading gives the same values, which the entries' own agree with."""
    assert decision.compiled_alone, "complete facts must not need the interpreter"
    one_by_one = {path: decision[path] for path in decision.paths}
    assert dict(decision) == one_by_one == {path: output.value for path, output in decision.outputs.items()}
    made: Any = decision.to_json(explanation=False)["outputs"]
    for path, row in made.items():
        value = one_by_one[path]
        assert row["value"] == (value if isinstance(value, (bool, str)) or value is None else f"{value}"), path


# --- what is left out


def without(case: Facts, of_household: tuple[str, ...], of_members: tuple[str, ...]) -> Facts:
    home = {k: v for k, v in case["家庭"].items() if k not in of_household}
    members = [{k: v for k, v in m.items() if k not in of_members} for m in home["成员"]]
    return {"家庭": {**home, "成员": members}}


def a_third(case: Facts, dice: random.Random) -> Facts:
    """A third of the facts of every entry not known."""

    def entry(given: Facts) -> Facts:
        return {
            name: [entry(x) for x in value] if isinstance(value, list) else None if dice.random() < 1 / 3 else value
            for name, value in given.items()
        }

    return {"家庭": entry(case["家庭"])}
