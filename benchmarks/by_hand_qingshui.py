"""All that the shipped Qingshui policy gives on 2022-06-01, by hand: one function of plain integers over the facts' own dicts. The limit.

Written for speed by somebody who knows the policy: nothing is validated, lines that say the same are joined, a disability is looked up
once. Every rule of every entity is computed, so the work is the generated function's. Rural only: Qingshui's urban standard of 2022
is 待定, so nothing can be decided for an urban household. Amounts are given as int or Decimal, whose sums are exact, and come out in 分.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import policy_dsl

BORN = {str(year): 2022 - year for year in range(1900, 2023)}
STANDARD = 526800  # 农村低保标准, a person and year
MARGIN = 790200  # 1.5 times that
CLASSES = {"一类": 43900, "二类": 41700, "三类": 8400, "四类": 5800}
SUBSIDY = {"一类": 11000, "二类": 11000, "三类": 6000, "四类": 6000}  # 生活补贴 of a household's members
SINGLE_SUBSIDY = 11000
KEEP = 685200  # 特困基本生活费: 6852 元 a year
CARE = (
    ("具备", 15000),
    ("部分丧失", 30100),
    ("部分丧失", 30100),
    ("部分丧失", 30100),
    ("完全丧失", 45100),
    ("完全丧失", 45100),
    ("完全丧失", 45100),
)
# (重度残疾, 无劳动能力 by disability, 护理补贴 or 0: nobody entitled)
NONE = (False, False, 0)
SENSES = {"一级": (True, False, 6000), "二级": (True, False, 6000), "三级": NONE, "四级": NONE}
MIND = {
    "一级": (True, True, 11000),
    "二级": (True, True, 11000),
    "三级": (True, True, 6000),
    "四级": (False, False, 6000),
}
DISABILITY = {
    "视力": {"一级": (True, True, 11000), "二级": (True, False, 6000), "三级": NONE, "四级": NONE},
    "听力": SENSES,
    "言语": SENSES,
    "肢体": {"一级": (True, True, 11000), "二级": (True, True, 6000), "三级": NONE, "四级": NONE},
    "智力": MIND,
    "精神": MIND,
}

HOUSEHOLD = (
    "人口", "年收入", "人均年收入", "财产合规", "保障标准", "收入达标", "符合低保", "低保边缘", "低保金", "有五类情形", "每月合计", "可渐退",
    "低保状态", "停发人数", "低保在册", "供养在册", "儿童在册", "残补在册",
)  # fmt: skip
PERSON = (
    "年龄", "重度残疾", "计入人口", "不计入收入", "计入收入", "可单独申请", "施保方式", "单人户类别", "单人户低保金", "无劳动能力", "无生活来源",
    "无义务人", "符合特困", "丧失项数", "自理", "特困基本生活费", "照料护理费", "特困供养金", "生活补贴", "护理补贴对象", "护理补贴",
    "户外供养费", "在低保", "加发比例", "分类施保金", "单人在册", "在供养",
)  # fmt: skip
OBLIGOR = ("年龄", "重度残疾", "无履行能力")

Result = tuple[tuple[Any, ...], list[tuple[tuple[Any, ...], list[tuple[int, bool, bool]]]]]


def qingshui(facts: dict[str, Any]) -> Result:
    """(values of HOUSEHOLD, for each member (values of PERSON, for each obligor values of OBLIGOR)); 人均年收入 as (分, persons)."""
    household = facts["家庭"]
    found = bool(
        household["存款"] >= 30000
        or household["车辆机械价值"] >= 50000
        or household["商品房"]
        or household["工商登记"]
        or household["财政供养"]
    )
    assets = household["财产符合规定"] if found else True
    members = household["成员"]
    size = 0
    yearly: Any = 0
    first = []
    for m in members:
        born = m["出生日期"]
        age = BORN[born[:4]] - (born[5:] > "06-01")
        kind = m["残疾类别"]
        severe, unable, nursing = NONE if kind == "无残疾" else DISABILITY[kind][m["残疾等级"]]
        unable = unable or age >= 60 or age < 16
        left_out = m["其他不计入收入"] + m["基础养老金"]
        earned = m["工资性收入"] - m["就业成本"]
        income = m["经营净收入"] + m["财产净收入"] + m["转移性收入"] - left_out - m["转移性支出"]
        if earned > 0:
            income += earned
        poor = income < 5268 and m["本人财产符合规定"]
        nobody = True
        obligors = []
        for o in m["法定义务人"]:
            born = o["出生日期"]
            years = BORN[born[:4]] - (born[5:] > "06-01")
            o_kind = o["残疾类别"]
            o_severe = False if o_kind == "无残疾" else DISABILITY[o_kind][o["残疾等级"]][0]
            status = o["受助身份"]
            if status == "特困人员" or (status == "低保对象" and years >= 60):
                powerless = True
            else:
                powerless = o["财产符合低收入家庭规定"] and (
                    o["限制情形"] != "无" or ((years >= 70 or o_severe) and o["收入低于上年人均可支配收入"])
                )
                if not powerless:
                    nobody = False
            obligors.append((years, o_severe, powerless))
        minor = age < 18
        child = m["儿童福利"]
        destitute = m["申请特困供养"] and unable and poor and nobody and not (minor and child != "无")
        if destitute:
            counted = False
            lost = 6 - m["能吃饭"] - m["能穿衣"] - m["能上下床"] - m["能如厕"] - m["能行走"] - m["能洗澡"]
            able, care = CARE[lost]
            keep = KEEP
            paid = 0
        else:
            counted = m["不计入情形"] == "无"
            lost = 0
            able, care, keep = "未评估", 0, 0
            paid = 0 if m["领取工伤护理费"] else nursing
            if counted:
                size += 1
                yearly += income
        first.append(
            (m, age, kind, severe, unable, left_out, income, poor, nobody, minor, child, destitute, counted, lost, able, keep, care, nursing, paid, obligors)
        )  # fmt: skip
    yearly = int((yearly - household["刚性支出扣减"]) * 100)
    if yearly < 0:
        yearly = 0
    per_head = (yearly, size) if size else (0, 1)
    below = not size or yearly < STANDARD * size
    allowed = assets and size > 0 and not household["拒不配合"]
    entitled = below and allowed
    margin = not below and allowed and yearly < MARGIN * size
    class_ = household["档次"]
    allowance = CLASSES[class_] * size if entitled else 0
    total = allowance
    rows = []
    for m, age, kind, severe, unable, left_out, income, poor, nobody, minor, child, destitute, counted, lost, able, keep, care, nursing, paid, obligors in first:  # fmt: skip
        alone = margin and counted and (severe or m["重特大疾病"])
        single_class = "一类" if kind != "无残疾" and m["残疾等级"] == "一级" else "二类"
        if alone:
            way = "单人施保"
            single = CLASSES[single_class]
            subsidy = SINGLE_SUBSIDY
        else:
            single = 0
            if entitled and counted:
                way = "整户施保"
                subsidy = SUBSIDY[class_]
            else:
                way = "未施保"
                subsidy = 0
        if subsidy and (
            kind == "无残疾" or m["领取工伤护理费"] or (minor and (child == "孤儿" or child == "事实无人抚养全额"))
        ):
            subsidy = 0
        kept = keep // 12 + care
        total += single + kept + subsidy + paid
        rows.append(
            (
                (
                    age, severe, counted, int(left_out * 100), int(income * 100), alone, way, single_class, single, unable, poor,
                    nobody, destitute, lost, able, keep, care, kept, subsidy, nursing > 0, paid,
                    0, way != "未施保", 0, 0,  # no support by formula, and the county pays no top-ups
                    True, destitute,
                ),
                obligors,
            )
        )  # fmt: skip
    return (
        (
            size,
            yearly,
            per_head,
            assets,
            STANDARD,
            below,
            entitled,
            margin,
            allowance,
            found,
            total,
            margin and household["增收原因"] == "就业",
            "在保" if entitled else "未享受",
            0,  # nobody of these households has refused work three times
            *(True,) * 4,  # no procedure is given: by the figures
        ),
        rows,
    )


def same_qingshui(decision: policy_dsl.Decision, by_hand: Result) -> None:
    """Every output of the decision is exactly what the function by hand gives, and there are no others."""
    household, members = by_hand
    wanted: dict[str, object] = {f"家庭.{n}": v for n, v in zip(HOUSEHOLD, household, strict=True)}
    for i, (person, obligors) in enumerate(members):
        wanted |= {f"家庭.成员[{i}].{n}": v for n, v in zip(PERSON, person, strict=True)}
        for j, obligor in enumerate(obligors):
            wanted |= {f"家庭.成员[{i}].法定义务人[{j}].{n}": v for n, v in zip(OBLIGOR, obligor, strict=True)}
    given = decision.outputs
    assert given.keys() == wanted.keys()
    for path, output in given.items():
        value, other = output.value, wanted[path]
        if isinstance(other, tuple):
            assert Fraction(value) * 100 == Fraction(*other), path  # type: ignore[arg-type]
        elif output.unit.startswith("元"):
            assert value * 100 == other, path  # type: ignore[operator]
        else:
            assert value == other, path
            assert isinstance(value, bool) == isinstance(other, bool), path
