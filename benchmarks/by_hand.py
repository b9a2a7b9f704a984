"""The rule set of sa.policy by hand: one function of plain integers over the facts' own dicts, written for speed. The limit."""

from __future__ import annotations

from typing import Any

from .by_hand_qingshui import qingshui, same_qingshui

__all__ = ["qingshui", "sa", "same_qingshui"]

SELF_CARE = {"全自理": 15000, "半自理": 30100, "不能自理": 45100}


def sa(facts: dict[str, Any]) -> tuple[int, int, int, list[int]]:
    """(income per head, status 0 none 1 eligible 2 graduated exit, household total, totals per person), in 分 a month."""
    household = facts["家庭"]
    members = household["members"]
    urban = household["area"] == "城市"
    n = len(members)
    s = 0
    for m in members:
        s += m["income"]
    per_head = (2 * s + n) // (2 * n)
    standard = 63000 if urban else 42000
    if per_head < standard:
        status = 1
        gap = standard - per_head
        if urban:
            base = gap
        elif gap * 100 > 60 * standard:
            base = 25100
        elif gap * 100 > 30 * standard:
            base = 21000
        else:
            base = 10000
    else:
        status = 2 if per_head * 2 <= standard * 3 else 0
        base = 0
    totals = []
    total = 0
    for m in members:
        age = m["age"]
        grade = m["grade"]
        severe = grade == 1 or grade == 2
        mind = grade == 3 and (m["kind"] == "精神" or m["kind"] == "智力")
        if not m["supp"] and (age >= 60 or age < 16 or severe or mind) and m["income"] < standard:
            pay = (standard * 26 + 10) // 20 + SELF_CARE[m["selfcare"]]
        else:
            ill = m["ill"]
            pay = base
            if status == 2 and (severe or mind or ill):
                gap = standard - m["income"]
                if gap > 0:
                    if urban:
                        pay = gap
                    elif gap * 100 > 60 * standard:
                        pay = 25100
                    elif gap * 100 > 30 * standard:
                        pay = 21000
                    else:
                        pay = 10000
            if pay and (age >= 70 or age < 18 or severe or ill):
                pay += (pay * 40 + 100) // 200
            if severe:
                pay += 23000 if status == 1 else 12000
        totals.append(pay)
        total += pay
    return per_head, status, total, totals
