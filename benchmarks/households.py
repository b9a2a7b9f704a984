"""Random households for the benchmarks: seeded, a hundredth of the incomes exactly on a threshold."""

from __future__ import annotations

import random
from typing import Any

EDGES = (42000, 63000, 94500, 16800, 29400, 41999, 62999, 63001)


def sa(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Households for sa.policy, in the contract's form."""
    r = random.Random(seed)
    return [_household(r) for _ in range(count)]


def _household(r: random.Random) -> dict[str, Any]:
    size = r.choices(range(1, 9), weights=[16, 26, 24, 17, 9, 5, 2, 1])[0]
    return {"家庭": {"area": r.choice(["城市", "农村"]), "members": [_person(r) for _ in range(size)]}}


def _person(r: random.Random) -> dict[str, Any]:
    u = r.random()
    income = 0 if u < 0.33 else r.randrange(160_000) if u < 0.93 else r.randrange(100_000, 900_000)
    if r.random() < 0.01:
        income = r.choice(EDGES)
    return {
        "age": r.randrange(100),
        "income": income,
        "grade": 0 if r.random() < 0.75 else r.randrange(1, 5),
        "kind": r.choice(["肢体", "精神", "智力", "其他"]),
        "ill": r.random() < 0.08,
        "student": r.random() < 0.15,
        "selfcare": r.choice(["全自理", "半自理", "不能自理"]),
        "supp": r.random() < 0.7,
    }
