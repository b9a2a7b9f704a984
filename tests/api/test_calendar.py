"""A calendar is an input of a decision: given, named, in the digest, and loaded only where a deadline is computed."""

from __future__ import annotations

import datetime
import pickle
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import policy_dsl
from policy_dsl import Calendar, Policy, PolicyError
from policy_dsl.backends.standalone import standalone

TEXT = """政策 溪口县
对象 家庭
  受理日期 : 日期
规则 家庭 最迟确认日 : 日期
  为 受理日期 + 20 个工作日
"""
FACTS = {"家庭": {"受理日期": "2022-09-28"}}
OUTPUT = "家庭.最迟确认日"
COUNTY = Path(__file__).parents[1] / "data" / "county.policy"  # it has no deadlines
NO_HOLIDAYS = Calendar([2022, 2023], name="不放假")


def load(folder: Path, text: str = TEXT) -> Policy:
    file = folder / "溪口.policy"
    file.write_text(text, encoding="utf-8")
    return policy_dsl.load(file)


def test_a_given_calendar_decides(tmp_path: Path) -> None:
    """The same policy by another calendar, the first one unchanged."""
    policy = load(tmp_path)
    assert policy.decide(FACTS, on="2022-11")[OUTPUT] == datetime.date(2022, 10, 31)
    other = policy.with_calendar(NO_HOLIDAYS)
    decision = other.decide(FACTS, on="2022-11")
    assert decision[OUTPUT] == datetime.date(2022, 10, 26)
    assert decision.compiled_alone
    assert policy.decide(FACTS, on="2022-11")[OUTPUT] == datetime.date(2022, 10, 31)
    assert other.with_calendar(Calendar.default()).decide(FACTS, on="2022-11")[OUTPUT] == datetime.date(2022, 10, 31)
    assert (policy.calendar.name[:15], other.calendar.name) == ("chinesecalendar", "不放假")


def test_it_may_be_given_as_json(tmp_path: Path) -> None:
    """What from_json reads will do; whatever else it is gets a code. Nothing is compiled again for it."""
    policy = load(tmp_path)
    policy.decide(FACTS, on="2022-11")
    other = policy.with_calendar({"years": [2022, 2023]})
    assert other.decide(FACTS, on="2022-11")[OUTPUT] == datetime.date(2022, 10, 26)
    assert other.engine.saved().keys() == policy.engine.saved().keys()
    for wrong in (None, [2022], {"off": []}):
        with pytest.raises(PolicyError) as caught:
            policy.with_calendar(wrong)  # type: ignore[arg-type]
        assert [d.code for d in caught.value.diagnostics] == ["F0130"]


def test_the_explanation_names_it(tmp_path: Path) -> None:
    """Formula with numbers, calendar, and the days on the way that are no usual ones."""
    policy = load(tmp_path)
    zh = policy.decide(FACTS, on="2022-11").explain().text()
    assert "代入  2022-09-28 + 20 个工作日 = 2022-10-31" in zh
    assert "日历  chinesecalendar" in zh
    assert "放假 2022-10-03、2022-10-04、2022-10-05、2022-10-06、2022-10-07；补班 2022-10-08、2022-10-09" in zh
    other = policy.with_calendar(NO_HOLIDAYS).decide(FACTS, on="2022-11").explain()
    assert "calendar    不放假 2022–2023: 2022-09-28 to 2022-10-26, neither days off nor make-up days" in other.text(
        "en"
    )
    assert other.to_json()["steps"][OUTPUT]["calendar"] == [  # type: ignore[index, call-overload]
        "不放假 2022–2023：2022-09-28 至 2022-10-26，没有另行放假或补班"
    ]


def test_the_digest_says_which(tmp_path: Path) -> None:
    """By what the calendar says, not how it is called; a policy without deadlines keeps its own."""
    policy = load(tmp_path)
    other = policy.with_calendar(NO_HOLIDAYS)
    assert len({policy.digest, other.digest, policy.program.digest}) == 3
    assert policy.with_calendar(Calendar.default()).digest == policy.digest
    assert policy.with_calendar(Calendar([2022, 2023])).digest == other.digest
    assert policy.with_calendar(Calendar([2022, 2023], off=["2022-10-03"])).digest != other.digest
    assert other.decide(FACTS, on="2022-11").digest == other.digest
    assert other.decide(FACTS, on="2022-11").explain().digest == other.digest
    plain = load(tmp_path, TEXT.replace("个工作日", "天"))
    assert plain.digest == plain.program.digest
    assert plain.with_calendar(NO_HOLIDAYS).digest != plain.digest


def test_what_is_derived_keeps_it(tmp_path: Path) -> None:
    """Pickled, and with other parameters."""
    other = load(tmp_path, TEXT + "参数 标准 : 数\n  自 2022-01-01 为 1\n").with_calendar(NO_HOLIDAYS)
    for again in (pickle.loads(pickle.dumps(other)), other.with_parameters({"标准": {"2022-01-01": 2}})):
        assert again.calendar == NO_HOLIDAYS
        assert again.decide(FACTS, on="2022-11")[OUTPUT] == datetime.date(2022, 10, 26)
    assert pickle.loads(pickle.dumps(other)).digest == other.digest
    assert pickle.loads(pickle.dumps(Calendar.default())) is Calendar.default()


def test_a_year_that_it_lacks(tmp_path: Path) -> None:
    """An error with the year, the calendar and the way out, not a guess."""
    policy = load(tmp_path)
    (found,) = policy.decide({"家庭": {"受理日期": "2030-01-02"}}, on="2030-01").errors
    assert (found.code, found.path) == ("R0111", OUTPUT)
    assert "2030 年" in found.zh
    assert "chinesecalendar" in found.zh
    assert "--calendar" in found.help_zh
    assert "with_calendar" in found.help_en
    assert found.place is not None
    assert found.place.line == 5
    (found,) = policy.with_calendar(NO_HOLIDAYS).decide({"家庭": {"受理日期": "2023-12-20"}}, on="2023-12").errors
    assert "不放假 2022–2023" in found.zh
    assert "2024 年" in found.zh


def test_nothing_loads_it_without_need(tmp_path: Path) -> None:
    """Neither the import, nor a policy without deadlines, nor one whose deadline waits for a fact."""
    load(tmp_path)
    code = (
        "import sys, policy_dsl\n"
        "policy_dsl.load(sys.argv[2]).digest\n"
        "policy = policy_dsl.load(sys.argv[1])\n"
        "policy.decide({'家庭': {}}, on='2022-11').outputs\n"
        "policy.with_calendar(policy_dsl.Calendar([2022])).decide({'家庭': {'受理日期': '2022-09-28'}}, on='2022-11').outputs\n"
        "print('chinese_calendar' in sys.modules)\n"
        "policy.decide({'家庭': {'受理日期': '2022-09-28'}}, on='2022-11').outputs\n"
        "print('chinese_calendar' in sys.modules)\n"
    )
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", code, str(tmp_path / "溪口.policy"), str(COUNTY)],
        capture_output=True, text=True, encoding="utf-8", check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "True"]


def test_a_file_that_stands_alone(tmp_path: Path) -> None:
    """The module holds the calendar's days, says which, and takes others."""
    text = standalone(load(tmp_path).program)
    assert "calendar chinesecalendar" in text
    space: dict[str, Any] = {}
    exec(compile(text, "溪口.py", "exec"), space)
    assert space["decide"](FACTS, "2022-11-01") == {OUTPUT: "2022-10-31"}
    given = {"years": [2022], "off": ["2022-10-03"]}
    assert space["decide"](FACTS, "2022-11-01", calendar=given) == {OUTPUT: "2022-10-27"}
    with pytest.raises(space["Beyond"]):
        space["decide"]({"家庭": {"受理日期": "2022-12-20"}}, "2022-11-01", given)
    own: dict[str, Any] = {}
    exec(compile(standalone(load(tmp_path).with_calendar(NO_HOLIDAYS).program), "溪口.py", "exec"), own)
    assert own["decide"](FACTS, "2022-11-01") == {OUTPUT: "2022-10-26"}


def test_what_a_calendar_says() -> None:
    """Years and days in order, days off at weekends left out; equal by its days; there and back as JSON."""
    made = Calendar([2023, 2022], off=[datetime.date(2022, 10, 3), "2022-10-01"], on=["2022-10-08"], name="县")
    assert made.to_json() == {"years": [2022, 2023], "off": ["2022-10-03"], "on": ["2022-10-08"]}
    assert Calendar.from_json(made.to_json()) == made
    assert len({made, Calendar.from_json(made.to_json(), name="另一个"), Calendar([2022, 2023])}) == 2
    assert (made.name, made.years, made.span()) == ("县", (2022, 2023), "2022–2023")
    assert repr(Calendar([2020, 2022, 2023], name="县")) == "<Calendar 县 2020、2022–2023>"
    known = Calendar.default()
    assert known.years[0] == 2004
    assert 2026 in known.years
    assert known.between(20221001, 20221009) == (
        [20221003, 20221004, 20221005, 20221006, 20221007],
        [20221008, 20221009],
    )


BAD: list[tuple[Any, list[tuple[str, str]]]] = [
    ([], [("F0130", "甲")]),
    ("2022", [("F0130", "甲")]),
    ({}, [("F0130", "甲")]),
    ({"year": [2022]}, [("F0130", "甲:year")]),
    ({"years": []}, [("F0130", "甲:years")]),
    ({"years": 2022}, [("F0130", "甲:years")]),
    ({"years": "2022"}, [("F0130", "甲:years")]),
    ({"years": [2022, "2023", 0, True, None]}, [("F0130", f"甲:years[{n}]") for n in (1, 2, 3, 4)]),
    ({"years": range(1, 1000)}, [("F0130", "甲:years")]),
    ({"years": [2022], "off": "2022-10-03"}, [("F0130", "甲:off")]),
    ({"years": [2022], "off": {"2022-10-03": "国庆"}}, [("F0130", "甲:off")]),
    (
        {"years": [2022], "off": ["2022-02-30", 20221003, "2022-1-3", None]},
        [("F0115", f"甲:off[{n}]") for n in range(4)],
    ),
    ({"years": [2022], "off": ["2023-10-03"], "on": ["2021-10-09"]}, [("F0131", "甲:off[0]"), ("F0131", "甲:on[0]")]),
    ({"years": [2022], "on": ["2022-10-08", "2022-10-10"]}, [("F0132", "甲:on[1]")]),
    ({"years": [2022], "off": ["2022-10-08"], "on": ["2022-10-08"]}, [("F0133", "甲:on[0]")]),
    ({"years": [2022], "off": ["2022-10-03", "2022-10-03"]}, [("F0112", "甲:off[1]")]),
    ({"years": [2022], "off": ["x"] * 1000}, [("F0115", f"甲:off[{n}]") for n in range(50)]),
]


@pytest.mark.parametrize(("data", "wanted"), BAD)
def test_a_calendar_that_is_wrong(data: Any, wanted: list[tuple[str, str]]) -> None:
    """All that is wrong at once, each with its place, in both languages."""
    with pytest.raises(PolicyError) as caught:
        Calendar.from_json(data, name="甲")
    assert [(d.code, d.path) for d in caught.value.diagnostics] == wanted
    assert all(d.zh and d.en and not re.search(r"\{[a-z_]*\}", d.zh + d.en) for d in caught.value.diagnostics)
    assert str(caught.value)
