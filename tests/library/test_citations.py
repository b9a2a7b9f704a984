"""A decision cites the rule of its time: nothing that was not yet written on its day."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl.explain.explanation import Step
from policy_dsl.model.clause import Clause

POLICIES = Path(__file__).parents[2] / "policies"
DECLARED = re.compile(r"^文件 (\S+)(?: : ([^/\n]*?))?[ ]*(?://.*)?$", re.MULTILINE)
WRITTEN = re.compile(r"〔(\d{4})〕")
OTHER = re.compile(r"\bN\d+旧?")

PERSON = {
    "出生日期": "1940-01-01",
    "残疾类别": "肢体",
    "残疾等级": "一级",
    "重特大疾病": False,
    "丧失劳动能力": True,
    "单独立户": True,
    "本人财产符合规定": True,
    "工资性收入": 1200,
    "经营净收入": 0,
    "财产净收入": 0,
    "转移性收入": 0,
    **{f"能{what}": True for what in ("吃饭", "穿衣", "上下床", "如厕", "行走", "洗澡")},
}
FILES = {
    "低保办理": [
        {
            "受理日期": "2015-03-02",
            "经过调查核实": True,
            "公示开始日": "2015-03-10",
            "公示有异议": False,
            "县级收到日": "2015-03-20",
            "确认日期": "2015-04-10",
            "委托乡镇确认": False,
            "近亲属": False,
            "有投诉": False,
            "决定": "确认",
            "拟保障人数": 1,
        }
    ]
}
HOUSEHOLD = {"财产符合规定": True, "增收原因": "就业", **FILES}
BETTER_OFF = {**PERSON, "工资性收入": 100000}
TEKUN = {**PERSON, "申请特困供养": True, "供养形式": "分散供养", "法定义务人": []}
QIANNAN = {"县市": "龙里县", "已入户核查": True, "计生家庭": False, "单亲家庭": False}
PUPIL = {"三无人员": False, "在校学生": False}


def household(person: dict[str, Any], **other: Any) -> dict[str, Any]:
    return {"家庭": {**HOUSEHOLD, **other, "成员": [person]}}


def review(area: str) -> dict[str, Any]:
    return {
        "复核件": {
            "户籍": area,
            "三无或重病重残": False,
            "有劳动能力": True,
            "收入稳定": False,
            "上次复核日": "2015-01-20",
        }
    }


CASES: list[tuple[str, str, dict[str, Any]]] = [
    *(
        ("qiannan", "2015-06-01", household({**person, **PUPIL}, 户籍=area, **QIANNAN))
        for area in ("城市", "农村")
        for person in (PERSON, BETTER_OFF, TEKUN)
    ),
    ("qiannan", "2015-06-01", review("城市")),
    *(
        ("shangluo", "2017-06-01", household(person, 户籍=area, 档次="A档"))
        for area in ("城市", "农村")
        for person in (PERSON, BETTER_OFF, TEKUN)
    ),
    ("shangluo", "2017-06-01", household({**PERSON, "不计入情形": "监狱服刑"}, 户籍="农村", 档次="A档")),
    ("shangluo", "2017-06-01", household(PERSON, 户籍="农村", 档次="A档", 拒不配合=True)),
    ("shangluo", "2017-06-01", review("农村")),
]


def dates(policy: policy_dsl.Policy) -> dict[str, str]:
    """The day of each document, by its number and by the name that headings use: as declared, else the year of its number."""
    known = {
        d.number: d.date or "".join(f"{y}-01-01" for y in WRITTEN.findall(d.number)) for d in policy.program.documents
    }
    for file in POLICIES.glob("*/*.policy"):
        for name, number in DECLARED.findall(file.read_text(encoding="utf-8")):
            known.setdefault(name, known.get(number.strip(), ""))
    return known


def clauses(step: Step) -> Iterator[Clause]:
    yield step.clause
    yield from (c.line.clause for c in step.applied)
    if step.displaced:
        yield step.displaced.clause


@pytest.mark.parametrize(("place", "on", "facts"), CASES)
def test_no_document_of_a_later_day(place: str, on: str, facts: dict[str, Any]) -> None:
    policy = policy_dsl.load(place)
    written = dates(policy)
    explained = policy.decide(facts, on=on).explain()
    cited = {
        (step.name, clause.show(), document)
        for step in explained.walk(*explained.roots)
        if step.kind != "fact"  # a fact stands under a heading too, but no reason cites it
        and step.state != "error"  # what was not ruled yet is answered so, and cites nothing
        for clause in clauses(step)
        for document in (clause.document, *OTHER.findall(" ".join(clause.headings)))
    }
    assert len(cited) > 1
    assert sorted((name, shown) for name, shown, document in cited if written.get(document, "") > on) == []


def test_the_rules_of_their_time() -> None:
    """Members, amount and single persons: what was in force in 2015, and what has been since July 2021."""
    policy = policy_dsl.load("qiannan")
    facts = household({**PERSON, **PUPIL}, 户籍="城市", **QIANNAN)
    told = {
        on: policy.decide(facts, on=on).explain("家庭.低保金").text()
        for on in ("2015-06-01", "2020-12-31", "2021-07-01")
    }
    for on in ("2015-06-01", "2020-12-31"):
        assert "民发〔2012〕220号 第五条" in told[on]
        assert "民发〔2012〕220号 第二十七条" in told[on]
        assert "民发〔2021〕57号" not in told[on]
    assert "民发〔2021〕57号 第七条" in told["2021-07-01"]
    assert "民发〔2021〕57号 第二十三条" in told["2021-07-01"]
    assert "民发〔2012〕220号" not in told["2021-07-01"]
