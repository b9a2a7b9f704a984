"""What looks like content does something: parameters are read, a gist's figures are in rules; and the five places decide every day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl.ir import nodes as ir
from policy_dsl.ir.traverse import all_formulas, walk
from scripts import facts as register

POLICIES = Path(__file__).parents[2] / "policies"
ZERO = {"工资性收入": 0, "经营净收入": 0, "财产净收入": 0, "转移性收入": 0}
PLACES: dict[str, dict[str, Any]] = {
    "changyuan": {"监测户": False, "档次": "B类"},
    "qingshui": {"档次": "二类"},
    "qiannan": {"县市": "都匀市", "已入户核查": True},
    "liaoning": {"设区市": "沈阳市"},
    "shangluo": {"档次": "A档"},
}
# The first day of the earliest rules, both sides of the days on which one rule book or figure takes the place of another, and years without any.
DAYS = [
    "2012-12-12",
    "2014-04-30",
    "2014-05-01",
    "2015-12-31",
    "2016-01-01",
    "2016-10-09",
    "2016-10-10",
    "2018-11-25",
    "2018-11-26",
    "2019-04-17",
    "2020-07-30",
    "2020-08-25",
    "2021-06-30",
    "2021-07-01",
    "2022-10-19",
    "2022-10-20",
    "2024-01-01",
    "2025-01-01",
    "2026-01-01",
]
AGED = {
    "出生日期": "1950-01-01",
    "残疾类别": "肢体",
    "残疾等级": "一级",
    "领取工伤护理费": False,
    "重特大疾病": False,
    "申请特困供养": True,
    "供养形式": "分散供养",
    "本人财产符合规定": True,
    "法定义务人": [],
    **ZERO,
}


@pytest.mark.parametrize("place", PLACES)
def test_every_day_since_2012_is_decided_without_an_error(place: str) -> None:
    policy = policy_dsl.load(place)
    found = []
    for on in DAYS:
        for area in ("城市", "农村"):
            home = {"户籍": area, "财产符合规定": True, "增收原因": "就业", **PLACES[place]}
            decision = policy.decide({"家庭": {**home, "成员": [ZERO, AGED, {**AGED, "申请特困供养": False}]}}, on=on)
            found += [(on, area, error.code, error.zh) for error in decision.errors]
    assert found == []


# --- a parameter that nothing reads


def reads(program: ir.Program) -> Iterator[str]:
    """The parameters that a rule, a guarantee or another parameter's value asks for."""
    values = (e.value for p in program.parameters for e in p.entries if e.value is not None)
    for formula in (*all_formulas(program), *values):
        yield from (node.name for node in walk(formula) if isinstance(node, ir.ParameterRef))


def test_every_parameter_is_read() -> None:
    programs = [policy_dsl.load(place).program for place in PLACES]
    read = {name for program in programs for name in reads(program)}
    idle = {p.name for program in programs for p in program.parameters if p.name not in read}
    # a target is never in force: the plan for homes in every county is told, and read by nothing
    assert idle == {"照护机构县的比例"}


# --- a figure in a gist that no rule has

NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
DAY = re.compile(
    r"\d{4}-\d{2}(?:-\d{2})?|\d{4} ?(?:至 ?\d{4} ?)?年(?:底|初)?(?: ?\d{1,2} ?月(?:底)?)?|\d{1,2} ?月(?:底|起)?(?: ?\d+ ?日)?"
)
NAMED = re.compile(r"〔\d{4}〕\d+号|N\d+|第\d+号")
COUNTED = re.compile(r"([二三四五六七八九十]{1,3})(?=个?(?:工作日|月|成|周岁|日内|倍))")
DIGITS = "零一二三四五六七八九"

# Where the figure stands, if not under the gist's own heading.
ELSEWHERE = {
    ("national/12-procedure.policy", "七"): "公示天数，第十九条",
    ("national/14-roll.policy", "三"): "县级抽查比例、特困抽查比例，办理程序一章",
    ("national/3-tekun.policy", "16"): "第五条的年龄",
    ("changyuan/2022.policy", "1.3"): "河南省的倍数",
    ("liaoning/2021.policy", "1.5"): "全国的倍数",
    ("gansu/gansu.policy", "7476"): "每月 623 元的一年",
    ("national/7-marginal.policy", "十二"): "支出和收入的事实问的就是前十二个月",
    ("national/10-medical.policy", "二"): "二成半：25%",
    ("changyuan/2022.policy", "450"): "例数；每例的 300 元在规则里",
    ("changyuan/2022.policy", "13.5"): "450 例的合计",
    ("qingshui/2022.policy", "十"): "十个月的合计，名册上核对",
}


def sections(file: Path) -> Iterator[tuple[str, str]]:
    """(gists, what rules, tables, guarantees and examples say) under each heading."""
    gists: list[str] = []
    said: list[str] = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            yield " ".join(gists), " ".join(said)
            gists, said = [], []
        elif line.startswith(">"):
            gists.append(line[1:])
        else:
            said.append(line.split("//")[0].split("假设")[0])
    yield " ".join(gists), " ".join(said)


def counted(word: str) -> set[str]:
    """A number in Chinese as digits; three tenths are 30 (%), too."""
    tens, ten, ones = word.partition("十")
    value = (DIGITS.index(tens or "一") * 10 + (DIGITS.index(ones) if ones else 0)) if ten else DIGITS.index(word)
    return {str(value), str(value * 10)}


def figures(text: str) -> set[str]:
    return {n.replace(",", "") for n in NUMBER.findall(NAMED.sub(" ", DAY.sub(" ", text)))}


def controls(place: str) -> set[str]:
    """The figures of the facts that are no rules, and of those that check the others: they may stand in a gist alone."""
    if not (POLICIES / place / "facts.yaml").exists():
        return set()
    return {n for f in register.facts(place) if f.standing != "encoded" for n in figures(f.said["zh"])}


@pytest.mark.parametrize("place", sorted(p.name for p in POLICIES.iterdir()))
def test_a_gists_figures_are_in_rules(place: str) -> None:
    lost = []
    for file in sorted((POLICIES / place).glob("*.policy")):
        name = f"{place}/{file.name}"
        for gist, said in sections(file):
            there = {n.replace(",", "") for n in NUMBER.findall(said)}
            lost += [(name, n) for n in figures(gist) - there - controls(place)]
            lost += [(name, w) for w in COUNTED.findall(NAMED.sub(" ", gist)) if not counted(w) & there]
    assert [x for x in lost if x not in ELSEWHERE] == []


# --- assumptions

IDS = [
    "G-INC12",
    "G-ROUND-GAP",
    "G-ROUND-TOPUP",
    "G-ROUND-CARE",
    "G-AGE",
    "G-STACK",
    "G-EXIT-FREEZE",
    "G-EXIT-BAND",
    "G-EXIT-BACK",
    "G-EXIT-CAP6",
    "G-RETRO",
    "G-UNKNOWN",
    "G-NEXTMONTH",
    "G-EXIT-START",
    "G-MOVE",
    "G-INCLUSIVE",
    "G-OWNSHARE",
    "G-SUPPORT",
    "G-MED60",
    "CY-URBAN-GAP",
    "CY-TIER-ABC",
    "CY-MINWAGE",
    "CY-NURSING",
    "QS-CLASS-AMT",
    "QS-CLASS-CRIT",
    "QS-SINGLE-CLASS",
    "QS-EFFECTIVE-JAN",
    "QS-EXIT6",
    "QS-DISAB-AMT",
    "QS-TEMP",
    "QS-FIVE",
    "QN-TOPUP-BASE",
    "QN-URB-RATES",
    "QN-ELDER60",
    "LN-SHENYANG",
    "LN-EXIT6",
    "LN-MONTHLY",
    "SL-TIER",
    "SL-TOPUP",
]


def test_every_known_assumption_is_in_the_library_or_its_page_says_why_not() -> None:
    files = [*POLICIES.glob("*/*.policy"), POLICIES.parent / "docs" / "guide" / "library.md"]
    text = "\n".join(f.read_text(encoding="utf-8") for f in files)
    assert [i for i in IDS if not re.search(rf"{re.escape(i)}(?![A-Z0-9-])", text)] == []
