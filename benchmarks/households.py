"""Random households for the benchmarks: seeded, with incomes, ages and savings exactly on a threshold and just beside it."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
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


# --- the shipped Qingshui policy

DAY = (2022, 6, 1)
STANDARD, MARGIN = 5268, 7902  # 元 a person and year: 农村低保标准, 1.5 times that
KINDS = ["视力", "听力", "言语", "肢体", "智力", "精神"]
GRADES = ["一级", "二级", "三级", "四级"]
SELF_CARE = ["能吃饭", "能穿衣", "能上下床", "能如厕", "能行走", "能洗澡"]
CENT = Decimal("0.01")


def qingshui(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Complete rural households for the shipped policy on 2022-06-01: each fact that applies is given, so all can be decided.

    (Nothing can be decided for an urban household: Qingshui's urban standard of 2022 is 待定.) A sixth of the households have an income
    per head exactly on a threshold or 0.01 元 beside it, a seventh of the persons a birthday around the day on which an age counts.
    """
    r = random.Random(seed)
    return [_rural(r) for _ in range(count)]


def _rural(r: random.Random) -> dict[str, Any]:
    size = r.choices(range(1, 9), weights=[22, 26, 22, 16, 8, 4, 1, 1])[0]
    on_edge = r.random() < 0.17
    members = [_villager(r, n, applies=not on_edge and r.random() < (0.5 if size == 1 else 0.08)) for n in range(size)]
    household = {
        "户籍": "农村",
        "刚性支出扣减": _money(r, 200, 6000) if r.random() < 0.1 else 0,
        "财产符合规定": r.random() < 0.6,
        "拒不配合": r.random() < 0.03,
        "增收原因": r.choice(("就业", "其他")),
        "档次": r.choice(["一类", "二类", "三类", "四类"]),
        "存款": r.choice([30000, Decimal("29999.99"), Decimal("30000.01")])
        if r.random() < 0.06
        else _money(r, 0, 33000),
        "车辆机械价值": r.choice([50000, Decimal("49999.99"), 0]) if r.random() < 0.1 else r.choice([0, 1500, 12000]),
        "商品房": r.random() < 0.03,
        "工商登记": r.random() < 0.03,
        "财政供养": r.random() < 0.03,
        "成员": members,
    }
    if on_edge:
        _to_the_edge(r, household, members)
    else:
        level = r.choices([0, STANDARD * 0.6, STANDARD, MARGIN, 20000], weights=[10, 30, 30, 20, 10])[0]
        for m in members:
            _earn(r, m, int(level))
    return {"家庭": household}


def _villager(r: random.Random, number: int, *, applies: bool) -> dict[str, Any]:
    """A person without income yet. Who applies for 特困供养 is mostly old or disabled, with few obligors."""
    born = _born(r, old=applies and r.random() < 0.7)
    person: dict[str, Any] = {"姓名": f"村民{number}", "出生日期": born}
    _disability(r, person, 0.6 if applies else 0.3)
    person |= {
        "不计入情形": r.choice(["监狱服刑", "强制隔离戒毒", "宣告失踪", "宗教教职三年以上"])
        if r.random() < 0.04
        else "无",
        "工资性收入": 0,
        "经营净收入": 0,
        "财产净收入": 0,
        "转移性收入": 0,
        "转移性支出": 0,
        "基础养老金": 0,
        "其他不计入收入": 0,
        "就业成本": 0,
        "重特大疾病": r.random() < 0.12,
        "已就业": r.random() < 0.4,
        "本人财产符合规定": r.random() < 0.9,
        "申请特困供养": applies,
        "儿童福利": r.choice(["孤儿", "事实无人抚养全额", "事实无人抚养补差"])
        if born > "2003" and r.random() < 0.4
        else "无",
    }
    lost = set(r.sample(SELF_CARE, r.choice([0, 0, 0, 1, 2, 3, 4, 5, 6])))
    person |= {answer: answer not in lost for answer in SELF_CARE}
    person["领取工伤护理费"] = r.random() < 0.06
    likely = r.random() < 0.6  # that each obligor is unable
    person["法定义务人"] = [_obligor(r, likely if applies else False) for _ in range(r.choice([0, 1, 1, 2, 2, 3]))]
    return person


def _obligor(r: random.Random, unable: bool) -> dict[str, Any]:
    person: dict[str, Any] = {
        "称呼": r.choice(["父亲", "母亲", "配偶", "儿子", "女儿"]),
        "出生日期": _born(r, old=unable),
    }
    _disability(r, person, 0.4 if unable else 0.2)
    return person | {
        "受助身份": r.choices(["无", "低保对象", "特困人员"], weights=[3, 4, 3] if unable else [8, 1, 1])[0],
        "限制情形": r.choice(["无民事行为能力", "宣告失踪", "监狱服刑"]) if r.random() < 0.15 else "无",
        "收入低于上年人均可支配收入": r.random() < (0.9 if unable else 0.5),
        "财产符合低收入家庭规定": r.random() < (0.9 if unable else 0.5),
    }


def _born(r: random.Random, *, old: bool) -> str:
    """A date of birth; one in seven turns 16, 18, 60 or 70 on the day decided for, a day before or a day after."""
    if r.random() < 0.14:
        day = datetime.date(DAY[0] - r.choice([60, 70] if old else [16, 18, 60, 70]), *DAY[1:])
        return str(day + datetime.timedelta(days=r.choice([-1, 0, 1])))
    year = r.randrange(1930, 1965) if old else r.randrange(1935, 2022)
    return f"{year}-{r.randrange(1, 13):02d}-{r.randrange(1, 29):02d}"


def _disability(r: random.Random, person: dict[str, Any], likely: float) -> None:
    if r.random() < likely:
        person |= {"残疾类别": r.choice(KINDS), "残疾等级": r.choice(GRADES)}
    else:
        person["残疾类别"] = "无残疾"  # no 残疾等级, then


def _money(r: random.Random, low: int, high: int) -> int | Decimal:
    """Mostly whole 元; a small share to the 分, as Decimal."""
    return r.randrange(low, high) if r.random() < 0.96 else Decimal(r.randrange(low * 100, high * 100)) / 100


def _earn(r: random.Random, m: dict[str, Any], level: int) -> None:
    """Incomes around `level` 元 a year in all, of every kind."""
    if r.random() < 0.25:
        return
    if m["申请特困供养"]:
        level = r.choice([0, 0, 600, STANDARD])
    kind = r.choice(["工资性收入", "工资性收入", "经营净收入", "转移性收入"])
    m[kind] = _money(r, level // 2, level * 3 // 2 + 1)
    if r.random() < 0.2:
        m["经营净收入"] = _money(r, -2000, 3000)
    if r.random() < 0.2:
        m["财产净收入"] = _money(r, -200, 1500)
    if kind == "工资性收入" and r.random() < 0.3:
        m["就业成本"] = _money(r, 0, 4000)
    if r.random() < 0.2:
        m["转移性支出"] = _money(r, 100, 800)
    if r.random() < 0.3:
        m["基础养老金"] = 1356
        m["转移性收入"] += 1356
    if r.random() < 0.15:
        grant = _money(r, 100, 3000)
        m["其他不计入收入"] = grant
        m["转移性收入"] += grant
    if m["申请特困供养"] and r.random() < 0.3:
        others = (
            m["经营净收入"]
            + m["财产净收入"]
            + m["转移性收入"]
            - m["转移性支出"]
            - m["基础养老金"]
            - m["其他不计入收入"]
        )
        m["工资性收入"] = max(STANDARD + r.choice([-CENT, 0, CENT]) - others, 0) + m["就业成本"]


def _to_the_edge(r: random.Random, household: dict[str, Any], members: list[dict[str, Any]]) -> None:
    """One member earns just what brings the household to a threshold, or 0.01 元 beside it."""
    for m in members:
        if r.random() < 0.3:
            m["转移性收入"] = m["基础养老金"] = 1356
    counted = [m for m in members if m["不计入情形"] == "无"]
    if not counted:
        return
    earner = r.choice(counted)
    earner["就业成本"] = r.choice([0, 1200])
    earner["转移性支出"] = r.choice([0, 300])
    total = r.choice([STANDARD, MARGIN]) * len(counted) + r.choice([-CENT, 0, CENT])
    earner["工资性收入"] = total + household["刚性支出扣减"] + earner["就业成本"] + earner["转移性支出"]
